"""One entry of the benchmarks in a shape of our own: its keys, its values, and what they are called."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches

from phasemetrics.evidence.model import Fact, Measurement
from phasemetrics.unitnames import SYMBOLS, Direction, base_unit
from phasemetrics_collectors._bench import MOST, Benchmark, carries, in_base, percent_of, stat_name
from phasemetrics_collectors._bench_names import without_folders
from phasemetrics_collectors._json_node import Node, spelled

KEYS = ("name", "unit", "value", "values", "better", "stat", "measure", "failed", "total", "options")
_STATS = ("min", "max", "mean", "median", "stddev", "ops")
_COUNTED = frozenset({"failed", "total", "rounds"})
_BETTER: dict[str, Direction] = {"lower": "lower", "higher": "higher"}
_Attempts = tuple[int, int]  # failed, of all


def refuse_others(node: Node, known: Sequence[str]) -> None:
    """Raise Refusal for a key that is not known: what it was meant to say would be lost."""
    for key, member in node.members():
        if key not in known:
            near = get_close_matches(key, known, n=1)
            mend = f"did you mean `{near[0]}`?" if near else f"known keys: {', '.join(known)}"
            raise replace(member, mend=mend).refuse("is a key that this format does not have")


def name_of(node: Node) -> str:
    """Return what an entry is called."""
    name = without_folders(node.need("name").text())
    if not name:
        raise node.need("name").refuse("is empty")
    return name


def unit_of(node: Node) -> tuple[str, float]:
    """Return the unit of an entry, as it is spelled, and the least value in it: none that we know is ever below 0."""
    unit = " ".join(node.need("unit").text().split())
    return unit, 0 if base_unit(unit)[0] in SYMBOLS else -MOST


def entry_facts(node: Node, run: str) -> Iterator[Fact]:
    """Yield the `Options` of one entry and its measurements, in base units; raise Refusal for what cannot be."""
    refuse_others(node, KEYS)
    benchmark, options, attempts = Benchmark(name_of(node), run), node.find("options"), _attempts(node)
    if options is not None:
        yield benchmark.options({spelled(key): _option(value) for key, value in options.members()})
    if attempts is not None:
        yield from benchmark.outcomes(*attempts)
    yield from _measured(benchmark, node, attempts)


def _measured(benchmark: Benchmark, node: Node, attempts: _Attempts | None) -> Iterator[Measurement]:
    (unit, least), better = unit_of(node), _better(node)
    stat = _stat(node, attempts)
    values = [in_base(value, unit) for value in _values(node, least, attempts)]
    if values and stat is None and node.find("values"):
        yield from benchmark.repetitions([[value] for value, _ in values], base_unit(unit)[0], better)
        return
    for value, base in values:
        yield benchmark.measured(stat or "value", value, base, better)


def _attempts(node: Node) -> _Attempts | None:
    if node.find("failed") is None and node.find("total") is None:
        return None
    total = node.need("total").integer(1, int(MOST))
    return node.need("failed").integer(0, total), total


def _values(node: Node, least: float, attempts: _Attempts | None) -> list[float]:
    one, several = node.find("value"), node.find("values")
    if attempts is not None and attempts[0] == attempts[1]:
        if found := one or several:
            raise found.refuse("is there, though all attempts failed")
        return []
    if several is None:
        return [node.need("value").number(least, MOST)]
    values = several.numbers(least, MOST)
    if one is not None or not values:
        raise several.refuse("is empty" if one is None else "is beside `value`; only one of the two can be there")
    return values


def _stat(node: Node, attempts: _Attempts | None) -> str | None:
    """Return what the values of an entry are called; None where it does not say."""
    stat, measure = node.find("stat"), node.find("measure")
    if measure is not None:
        if stat is not None:
            raise measure.refuse("is beside `stat`; only one of the two can be there")
        return _measure(measure)
    if stat is None:
        return None
    name = stat_name(stat.text())
    percent = percent_of(name)
    if percent is None and name not in _STATS:
        mend = f"write one of {', '.join(_STATS)}, or a percentile such as p95; name anything else with `measure`"
        raise replace(stat, mend=mend).refuse("is no statistic that is known here")
    if percent is not None and attempts is not None and not carries(attempts[1] - attempts[0], percent):
        raise stat.refuse(f"is {name}, and {attempts[1] - attempts[0]} attempts are too few for that")
    return name


def _measure(node: Node) -> str:
    name = " ".join(node.text().split()).replace(".", "_")  # a dot would end the name of the benchmark
    if not name or name in _COUNTED:
        raise node.refuse(f"is {name}, which counts attempts" if name else "is empty")
    return name


def _better(node: Node) -> Direction | None:
    found = node.find("better")
    if found is None:
        return None
    if found.text() not in _BETTER:
        raise found.refuse("is neither `lower` nor `higher`")
    return _BETTER[found.text()]


def _option(node: Node) -> object:
    return node.value if isinstance(node.value, bool | int | float) else without_folders(node.text())
