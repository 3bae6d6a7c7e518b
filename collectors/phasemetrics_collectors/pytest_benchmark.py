"""Benchmarks as `pytest --benchmark-json` and `--benchmark-save` write them (pytest-benchmark 3 to 5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

from phasemetrics.evidence.model import Fact, Kind, Machine, Measurement, Report, Warning
from phasemetrics_collectors._json import looks_like_json, read
from phasemetrics_collectors._json_node import Node, spelled

KIND: Kind = "bench"
_MEND = "write it again with `pytest --benchmark-json`"
_MOST = 1e15  # of any statistic: what a later change of unit cannot turn into infinity
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


def recognises(head: bytes) -> bool:
    """Return whether a file that begins with `head` is JSON.

    No other JSON format of this kind is known yet, so that whatever is wrong with the file is said here, with its
    place; a second one will have to look for `"machine_info"` and `"benchmarks"`.
    """
    return looks_like_json(head)


def collect(report: Report) -> Iterator[Fact]:
    """Yield one `Machine` and, for each benchmark, `bench.NAME.STAT` (second, per_second or count).

    The label `run` is the `datetime` of the session in UTC, empty where there is none. NAME is `name`, or `fullname`
    for benchmarks of one name. The name of the host is never read. Raises `Refusal` with the JSON path for a
    statistic that cannot be; `Warning` `no-benchmarks` for an empty list.
    """
    root = read(report, _MEND)
    listed = root.find("benchmarks")
    if listed is None:
        raise root.refuse("has no `benchmarks`: it is not what `pytest --benchmark-json` writes")
    benchmarks = list(listed.items())
    run = _run(root.find("datetime"))
    yield _machine(root.value)
    if not benchmarks:
        yield Warning("no-benchmarks", report.name, "holds no benchmark: all of them failed or none ran")
    for name, benchmark in _named(benchmarks):
        for stat, value in _statistics(benchmark.need("stats")).items():
            yield Measurement(f"bench.{name}.{stat}", value, _UNITS[stat], {"run": run})


def _run(node: Node | None) -> str:
    if node is None:
        return ""
    text = node.text()
    try:
        moment = datetime.fromisoformat(text)
        # Releases before 5.0 wrote UTC without saying so.
        utc = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise node.refuse("is not a date and time (ISO 8601)") from None
    return utc.isoformat().replace("+00:00", "Z")


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
        found[stat] = float(node.integer(1, int(_MOST))) if stat == "rounds" else node.number(0, _MOST)
    for stat in ("mean", "median"):
        low, high = found["min"] * (1 - _ROUNDING), found["max"] * (1 + _ROUNDING)
        if not low <= found[stat] <= high:
            raise stats.refuse(f"has {stat} {found[stat]:g}, not between min {found['min']:g} and max {found['max']:g}")
    return found


def _machine(root: object) -> Machine:
    # A project may put anything here (pytest_benchmark_update_machine_info), so nothing of it is a reason to refuse.
    info = _member(root, "machine_info")
    cpu = _member(info, "cpu")
    count = _member(cpu, "count")
    parts = [_words(info, "python_implementation"), _words(info, "python_version")]
    return Machine(
        os=_words(info, "system") or "unknown",
        arch=_words(info, "machine") or "unknown",
        cpu=_words(cpu, "brand_raw") or "unknown",
        cores=count if type(count) is int and 0 < count <= 10**6 else 0,
        runtime=" ".join(part for part in parts if part) or "unknown",
    )


def _member(value: object, key: str) -> object:
    return value.get(key) if isinstance(value, dict) else None


def _words(value: object, key: str) -> str:
    found = _member(value, key)
    return " ".join(spelled(found).split()) if isinstance(found, str) else ""
