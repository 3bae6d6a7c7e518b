"""Reads the results that the JSON exporters of BenchmarkDotNet write."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from phasemetrics.evidence.model import Fact, Kind, Machine, Measurement, Report
from phasemetrics_collectors._bench import MOST, Benchmark, carries, in_base, machine, no_benchmarks
from phasemetrics_collectors._bench_names import without_folders
from phasemetrics_collectors._dotnet_job import Job, job_of, runtime_name
from phasemetrics_collectors._json import read
from phasemetrics_collectors._json_node import Node, spelled
from phasemetrics_collectors._outline import outline

KIND: Final[Kind] = "bench"
_MEND = "write it again with `--exporters fulljson`"
_SIGNS = frozenset({"HostEnvironmentInfo", "Benchmarks[].DisplayInfo", "Benchmarks[].MethodTitle"})
_SUMMARY = {"Min": "min", "Max": "max", "Median": "median", "StandardDeviation": "stddev"}
_PERCENTILES = {"P90": 90, "P95": 95, "P99": 99}
_PER = 1000  # operations, as the columns Gen0 to Gen2 of the tool's own table have it
_DATE = re.compile(r"-(\d{8}-\d{6})\Z", re.ASCII)
# As the tool writes them; of Linux it names the distribution and, since 0.15, sometimes Linux as well.
_SYSTEMS = {
    "Windows": re.compile(r"windows", re.IGNORECASE),
    "Darwin": re.compile(r"mac ?os|os ?x|darwin", re.IGNORECASE),
    "FreeBSD": re.compile(r"freebsd", re.IGNORECASE),
    "Linux": re.compile(
        r"linux|ubuntu|debian|fedora|centos|red hat|rhel|suse|alpine|mint|manjaro|nixos|rocky|amazon", re.IGNORECASE
    ),
}


def recognises(head: bytes) -> bool:
    """Return whether `head` begins an object with `Benchmarks` and what only BenchmarkDotNet says beside or in them."""
    found = outline(head)
    return "Benchmarks" in found and not found.isdisjoint(_SIGNS)


def collect(report: Report) -> Iterator[Fact]:
    """Yield one `Machine` and, for each benchmark, `bench.NAME.STAT` and its `Options`; every launch is a repetition.

    Times are seconds, of the measurements whose mode is Workload and whose stage is Result: the actual ones without
    overhead and outliers, which the tool's own statistics are of (`BenchmarkReport.GetResultRuns`). `allocated` is
    bytes an operation, `gen0` to `gen2` collections in 1000 operations. A benchmark without `Statistics` failed. NAME
    is `FullName`, with the job where it ran in several. `run` is the local time in the title, where one is. Raises
    `Refusal` with the JSON path for what cannot be; `Warning` `no-benchmarks` for an empty list. Format:
    BenchmarkDotNet 0.9.9 to 0.15, `JsonExporterBase`.
    """
    root = read(report, _MEND)
    host, run = root.find("HostEnvironmentInfo"), _run(root.find("Title"))
    results = list(root.need("Benchmarks").items())
    yield from _machine(host)
    if not results:
        yield no_benchmarks(report)
    for name, job, result in _named(results):
        benchmark, statistics = Benchmark(name, run), result.need("Statistics")
        failed = statistics.value is None
        yield from benchmark.outcomes(int(failed), 1)
        if not failed:
            yield from _times(benchmark, result, statistics)
            yield from _memory(benchmark, result.find("Memory"))
            runtime = job.runtime or runtime_name(_words(host, "RuntimeVersion") or _words(host, "ClrVersion"))
            configuration = _words(host, "Configuration")  # of the host: RELEASE or DEBUG
            yield benchmark.options({**job.options, "runtime": runtime or None, "configuration": configuration or None})


def _run(title: Node | None) -> str:
    """Return the local time that the titles of releases up to 0.15 end in; it has no zone, and only gives an order."""
    found = _DATE.search(title.text()) if title is not None and isinstance(title.value, str) else None
    try:
        return datetime.strptime(found[1], "%Y%m%d-%H%M%S").isoformat() if found else ""
    except ValueError:
        return ""


def _named(results: list[Node]) -> Iterator[tuple[str, Job, Node]]:
    names = [_name(result) for result in results]
    uses = Counter(names)
    seen: set[str] = set()
    for name, result in zip(names, results, strict=True):
        job = job_of(_words(result, "DisplayInfo"))
        unique = f"{name} ({job.name})" if uses[name] > 1 and job.name else name
        if unique in seen:
            raise result.refuse("has the name and the job of another benchmark of this file")
        seen.add(unique)
        yield unique, job, result


def _name(result: Node) -> str:
    parameters = _words(result, "Parameters")
    parts = [found for key in ("Namespace", "Type", "Method") if (found := _words(result, key))]
    own = ".".join(parts) + (f"({parameters})" if parts and parameters else "")
    name = without_folders(_words(result, "FullName") or own)
    if not name:
        raise result.refuse("has neither `FullName` nor `Method`")
    return name


def _times(benchmark: Benchmark, result: Node, statistics: Node) -> Iterator[Measurement]:
    launches, original = _launches(result), statistics.find("OriginalValues")
    if not launches and original is not None:
        launches = [[in_base(value, "ns")[0] for value in original.numbers(0, MOST)]]
    if not any(launches):
        yield from _summary(benchmark, statistics)
    elif len(launches) == 1:
        yield from benchmark.session(launches[0])
    else:
        yield from benchmark.repetitions(launches)


def _launches(result: Node) -> list[list[float]]:
    launches: dict[int, list[float]] = defaultdict(list)
    measurements = result.find("Measurements")
    for one in measurements.items() if measurements else ():
        if (one.need("IterationMode").value, one.need("IterationStage").value) == ("Workload", "Result"):
            operations = one.need("Operations").integer(1, int(MOST))
            nanoseconds = one.need("Nanoseconds").number(0, MOST) / operations
            launches[one.need("LaunchIndex").integer(0, 10**6)].append(in_base(nanoseconds, "ns")[0])
    return [launches[index] for index in sorted(launches)]


def _summary(benchmark: Benchmark, statistics: Node) -> Iterator[Measurement]:
    yield benchmark.measured("mean", *in_base(statistics.need("Mean").number(0, MOST), "ns"))
    values, percentiles = statistics.find("N"), statistics.find("Percentiles")
    count = 0 if values is None else values.integer(1, int(MOST))
    if count:
        yield benchmark.measured("rounds", count, "count")
    found = [(stat, statistics.find(key)) for key, stat in _SUMMARY.items()]
    for key, percent in _PERCENTILES.items():
        if percentiles is not None and carries(count, percent):
            found.append((key.lower(), percentiles.find(key)))
    for stat, node in found:
        if node is not None and node.value != "":  # what the tool writes for NaN: the deviation of one value
            yield benchmark.measured(stat, *in_base(node.number(0, MOST), "ns"))


def _memory(benchmark: Benchmark, memory: Node | None) -> Iterator[Measurement]:
    if memory is None or memory.value is None:
        return
    allocated, operations = memory.find("BytesAllocatedPerOperation"), memory.find("TotalOperations")
    if allocated is not None and allocated.value is not None:
        yield benchmark.measured("allocated", allocated.number(0, MOST), "byte")
    total = 0 if operations is None else operations.integer(0, int(MOST))
    for generation in range(3) if total else ():
        collections = memory.find(f"Gen{generation}Collections")
        if collections is not None:
            rate = collections.integer(0, int(MOST)) * _PER / total
            # The tool's own descriptor of this metric says `TheGreaterTheBetter: false`.
            yield benchmark.measured(f"gen{generation}", rate, f"collections/{_PER} op", "lower")


def _machine(host: Node | None) -> Iterator[Machine]:
    count = _members(host).get("LogicalCoreCount", _members(host).get("ProcessorCount"))
    said, cpu = _words(host, "OsVersion"), _words(host, "ProcessorName")
    found = machine(
        os=next((name for name, words in _SYSTEMS.items() if words.search(said)), ""),
        arch=_words(host, "Architecture").lower(),
        cpu="" if cpu.startswith("Unknown") else cpu,
        cores=count if type(count) is int else 0,
    )
    if found != machine():
        yield found


def _members(node: Node | None) -> dict[str, object]:
    return node.value if node is not None and isinstance(node.value, dict) else {}


def _words(node: Node | None, key: str) -> str:
    """Return a text on one line, empty for null and whatever else: none of them is a reason to refuse times."""
    found = _members(node).get(key)
    if isinstance(found, dict):  # the tool wrote a `Lazy<string>` as one until 0.10
        found = found.get("Value")
    return " ".join(spelled(found).split()) if isinstance(found, str) else ""
