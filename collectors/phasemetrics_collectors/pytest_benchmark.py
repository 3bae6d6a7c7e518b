"""Benchmarks as `pytest --benchmark-json` and `--benchmark-save` write them (pytest-benchmark 3 to 5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from phasemetrics.evidence.model import UNKNOWN, Fact, Kind, Machine, Report
from phasemetrics_collectors._bench import MOST, Benchmark, carries, no_benchmarks, percentile, run_of
from phasemetrics_collectors._json import read
from phasemetrics_collectors._json_node import Node, spelled
from phasemetrics_collectors._outline import outline

KIND: Kind = "bench"
_MEND = "write it again with `pytest --benchmark-json`"
_ROUNDING = 1e-9  # relative: releases before statistics.mean() summed with floats

# The first six have always been written, the rest is read where it is there.
_UNITS = {
    "mean": "second",
    "min": "second",
    "max": "second",
    "median": "second",
    "stddev": "second",
    "rounds": "count",
    "q1": "second",
    "q3": "second",
    "iqr": "second",
    "ops": "per_second",
}
_REQUIRED = frozenset({"mean", "min", "max", "median", "stddev", "rounds"})
_PERCENTILES = (90, 95, 99)
# How the rounds were measured; how many there were is a result of how long each took.
_OPTIONS = ("disable_gc", "timer", "warmup")
_OWN = frozenset({"machine_info", "benchmarks[].extra_info", "benchmarks[].stats.ops"})


def recognises(head: bytes) -> bool:
    """Return whether a file that begins with `head` has `machine_info`, or benchmarks with `extra_info` or `ops`."""
    return not _OWN.isdisjoint(outline(head))


def collect(report: Report) -> Iterator[Fact]:
    """Yield one `Machine` and, for each benchmark, its `Options` and `bench.NAME.STAT` (second, per_second or count).

    The label `run` is the `datetime` of the session in UTC, empty where there is none. NAME is `name`, or `fullname`
    for benchmarks of one name. The name of the host is never read. Raises `Refusal` with the JSON path for a
    statistic that cannot be; `Warning` `no-benchmarks` for an empty list. p90, p95 and p99 are those of the rounds,
    where the report has them and they are enough.
    """
    root = read(report, _MEND)
    listed = root.find("benchmarks")
    if listed is None:
        raise root.refuse("has no `benchmarks`: it is not what `pytest --benchmark-json` writes")
    benchmarks = list(listed.items())
    run = run_of(root.find("datetime"))
    yield _machine(root.value)
    if not benchmarks:
        yield no_benchmarks(report)
    for name, node in _named(benchmarks):
        benchmark, stats = Benchmark(name, run), node.need("stats")
        yield benchmark.options({key: _member(_member(node.value, "options"), key) for key in _OPTIONS})
        for stat, value in _statistics(stats).items():
            yield benchmark.measured(stat, value, _UNITS[stat])
        for stat, value in _percentiles(stats).items():
            yield benchmark.measured(stat, value)


def _named(benchmarks: list[Node]) -> Iterator[tuple[str, Node]]:
    names = [_name(benchmark.need("name")) for benchmark in benchmarks]
    uses = Counter(names)
    seen: set[str] = set()
    for name, benchmark in zip(names, benchmarks, strict=True):
        field = benchmark.need("name" if uses[name] == 1 else "fullname")
        unique = _name(field)
        if unique in seen:
            raise field.refuse("is the name of another benchmark of this file as well")
        seen.add(unique)
        yield unique, benchmark


def _name(node: Node) -> str:
    if not node.text():
        raise node.refuse("is empty")
    return node.text()


def _statistics(stats: Node) -> dict[str, float]:
    found: dict[str, float] = {}
    for stat in _UNITS:
        node = stats.need(stat) if stat in _REQUIRED else stats.find(stat)
        if node is None:
            continue
        found[stat] = float(node.integer(1, int(MOST))) if stat == "rounds" else node.number(0, MOST)
    for stat in ("mean", "median"):
        low, high = found["min"] * (1 - _ROUNDING), found["max"] * (1 + _ROUNDING)
        if not low <= found[stat] <= high:
            raise stats.refuse(f"has {stat} {found[stat]:g}, not between min {found['min']:g} and max {found['max']:g}")
    return found


def _percentiles(stats: Node) -> dict[str, float]:
    data = stats.find("data")
    if data is None or data.value is None:
        return {}
    rounds = sorted(data.numbers(0, MOST))
    wanted = (percent for percent in _PERCENTILES if carries(len(rounds), percent))
    return {f"p{percent}": percentile(rounds, percent) for percent in wanted}


def _machine(root: object) -> Machine:
    # A project may put anything here (pytest_benchmark_update_machine_info), so nothing of it is a reason to refuse.
    info = _member(root, "machine_info")
    cpu = _member(info, "cpu")
    count = _member(cpu, "count")
    parts = [_words(info, "python_implementation"), _words(info, "python_version")]
    return Machine(
        os=_words(info, "system") or UNKNOWN,
        arch=_words(info, "machine") or UNKNOWN,
        cpu=_words(cpu, "brand_raw") or UNKNOWN,
        cores=count if type(count) is int and 0 < count <= 10**6 else 0,
        runtime=" ".join(part for part in parts if part) or UNKNOWN,
    )


def _member(value: object, key: str) -> object:
    return value.get(key) if isinstance(value, dict) else None


def _words(value: object, key: str) -> str:
    found = _member(value, key)
    return " ".join(spelled(found).split()) if isinstance(found, str) else ""
