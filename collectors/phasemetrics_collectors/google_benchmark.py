"""Reads benchmarks as Google Benchmark writes them with `--benchmark_format=json`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from phasemetrics.escaping import visible
from phasemetrics.evidence.model import Fact, Kind, Machine, Measurement, Report, Warning
from phasemetrics_collectors._bench import MOST, Benchmark, in_base, machine, no_benchmarks, run_of
from phasemetrics_collectors._bench_measure import measure_name
from phasemetrics_collectors._google_rows import IDENTITY, groups_of, value_of
from phasemetrics_collectors._json import read
from phasemetrics_collectors._json_node import Node, spelled
from phasemetrics_collectors._outline import outline

KIND: Final[Kind] = "bench"
_MEND = "write it again with `--benchmark_format=json` or `--benchmark_out=FILE`"
_CONTEXT = {"context.num_cpus", "context.mhz_per_cpu"}
_ROW = {f"benchmarks[].{key}" for key in ("real_time", "cpu_time", "time_unit")}
_TIME_UNITS = frozenset({"ns", "us", "ms", "s"})
_STATISTICS = ("min", "max", "mean", "median", "stddev")

# What stands in a row beside the measures: every other number is one.
_KNOWN = frozenset({
    *IDENTITY, "repetitions", "repetition_index", "threads", "iterations", "real_time", "cpu_time",
})  # fmt: skip
_UNITS = {
    "bytes_per_second": "byte_per_second",
    "items_per_second": "per_second",
    "allocs_per_iter": "allocs/op",
    **dict.fromkeys(("max_bytes_used", "total_allocated_bytes", "net_heap_growth"), "byte"),
}


def recognises(head: bytes) -> bool:
    """Return whether `head` begins JSON with the `context` of Google Benchmark, or with times as its rows have them."""
    paths = outline(head)
    return paths >= _CONTEXT or paths >= _ROW


def collect(report: Report) -> Iterator[Fact]:
    """Yield the number of cores and, for each benchmark, its `Options` and `bench.NAME.STAT`.

    NAME is `run_name`, or `name` in files from before 1.5. Each repetition has its real time (second), `cpu_time`
    (second), `bytes_per_second` (byte_per_second), `items_per_second` (per_second), and each counter in a unit of its
    own name; one that failed or was skipped has none. Aggregates count where no repetition is told. `run` is the date.
    Raises `Refusal` with the JSON path for what cannot be; `Warning` `debug-build` where the library is one. Format:
    json_reporter.cc of Google Benchmark 1.0 to 1.9.
    """
    # C++ prints NaN as it is, and the variation of a counter that is always 0 is 0 / 0.
    root = read(report, _MEND, constants=True)
    context, groups = root.need("context"), groups_of(list(root.need("benchmarks").items()))
    run, build = run_of(context.find("date")), context.find("library_build_type")
    yield from _machine(context)
    if build is not None and build.text().lower() == "debug":
        message = "the library of Google Benchmark is a debug build, whose own work may be part of the times"
        yield Warning("debug-build", report.name, message)
    if not groups:
        yield no_benchmarks(report)
    for name, group in groups.items():
        benchmark = Benchmark(name, run)
        threads = group.first.find("threads")
        yield benchmark.options({
            "build": build.text() if build else None,
            "threads": threads.integer(1, 10**6) if threads else None,
        })  # fmt: skip
        yield from _repetitions(benchmark, group.repetitions)
        if not group.repetitions:
            yield from _aggregates(benchmark, group.aggregates)


def _machine(context: Node) -> Iterator[Machine]:
    cores = context.find("num_cpus")
    if cores is not None and cores.integer(-1, 10**6) > 0:
        yield machine(cores=cores.integer(-1, 10**6))


def _repetitions(benchmark: Benchmark, rows: list[Node]) -> Iterator[Measurement]:
    measured = [row for row in rows if not _failed(row)]
    if rows:
        yield from benchmark.outcomes(len(rows) - len(measured), len(rows))
    if measured:
        yield from benchmark.repetitions([[_seconds(row, "real_time")] for row in measured])
    for row in measured:
        yield from _measures(benchmark, row)


def _aggregates(benchmark: Benchmark, rows: dict[str, Node]) -> Iterator[Measurement]:
    # Not how many repetitions they come from: `repetitions` and `iterations` count those that failed as well.
    for stat in _STATISTICS:
        row = rows.get(stat)
        if row is not None and value_of(row, "aggregate_unit") in (None, "time"):
            yield benchmark.measured(stat, _seconds(row, "real_time"))
    middle = rows.get("median") or rows.get("mean")
    if middle is not None:
        yield from _measures(benchmark, middle)


def _failed(row: Node) -> bool:
    return any(value_of(row, key) is True for key in ("error_occurred", "skipped"))


def _seconds(row: Node, key: str) -> float:
    unit = row.need("time_unit")
    if unit.text() not in _TIME_UNITS:
        raise unit.refuse(f'is "{visible(unit.text())}", expected ns, us, ms or s')
    return in_base(row.need(key).number(0, MOST), unit.text())[0]


def _measures(benchmark: Benchmark, row: Node) -> Iterator[Measurement]:
    yield benchmark.measured("cpu_time", _seconds(row, "cpu_time"))
    for key, node in row.members():
        if key in _KNOWN or type(node.value) not in {int, float} or node.constant:
            continue
        if not key.strip():
            raise node.refuse("is a counter without a name")
        stat = measure_name(key)
        yield benchmark.measured(stat, node.number(-MOST, MOST), _UNITS.get(key, spelled(key)))
