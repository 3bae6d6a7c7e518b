"""Reads the results that JMH, the Java Microbenchmark Harness, writes with `-rf json`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from phasemetrics.escaping import visible
from phasemetrics.evidence.model import Fact, Kind, Measurement, Options, Report
from phasemetrics_collectors._bench import MOST, Benchmark, carries, in_base, no_benchmarks, percent_of
from phasemetrics_collectors._bench_names import without_folders
from phasemetrics_collectors._json import read
from phasemetrics_collectors._json_node import Node, spelled
from phasemetrics_collectors._outline import outline
from phasemetrics_collectors._weighted import Weighted, repetitions

KIND: Final[Kind] = "bench"
_MEND = "write it again with `-rf json`"
_ALWAYS = frozenset({"[].benchmark", "[].mode"})
# The arguments of the virtual machine may be longer than what is looked at, and stand before the metrics.
_SIGNS = frozenset(f"[].{key}" for key in ("primaryMetric", "jmhVersion", "warmupIterations", "measurementIterations"))
_COUNTS = ("threads", "forks", "warmupIterations", "measurementIterations", "measurementBatchSize")
_TIMES = ("warmupTime", "measurementTime")
_MOST_OFTEN = 10**12  # one value in one iteration
_PERCENTILES = {"0.0": "min", "50.0": "median", "90.0": "p90", "95.0": "p95", "99.0": "p99", "99.9": "p999",
                "100.0": "max"}  # fmt: skip
_MAJOR = re.compile(r"(?:1\.)?(\d+)")  # 1.8.0_202 is 8
_NO_NUMBER = ("NaN", "+INF", "-INF")  # as JMH writes what JSON has no number for
_OURS = {"min", "max", "mean", "median", "stddev", "ops", "rounds", "failed", "total"}
# In mode sample JMH repeats the percentiles of the score as metrics: `p0.99`, and `name·p0.99` before 1.37.
_OF_SCORE = re.compile(r"(?:.*[:·])?p[01]\.\d+", re.DOTALL)


def recognises(head: bytes) -> bool:
    """Return whether `head` begins a JSON list of results with a benchmark, a mode, and what only JMH says of both."""
    found = outline(head)
    return found >= _ALWAYS and not found.isdisjoint(_SIGNS)


def collect(report: Report) -> Iterator[Fact]:
    """Yield `bench.NAME.STAT` and the `Options` of each result; every fork is a repetition.

    NAME is the benchmark with its parameters in braces, and its mode where it was run in several. `scoreUnit` says
    what a score is (second, per_second or its own unit), never `mode`. Secondary metrics go by their own names.
    Raises `Refusal` with the JSON path for what cannot be; `Warning` `no-benchmarks` for an empty list. Format: JMH
    1.14 to 1.37, `org.openjdk.jmh.results.format.JSONResultFormat`. A benchmark that failed is not in it.
    """
    results = list(read(report, _MEND).items())
    if not results:
        yield no_benchmarks(report)
    for benchmark, result in _named(results):
        yield from _primary(benchmark, result)
        yield from _secondary(benchmark, result)
        yield _options(benchmark, result)


def _named(results: list[Node]) -> Iterator[tuple[Benchmark, Node]]:
    names = [_name(result) for result in results]
    uses = Counter(names)
    seen: set[str] = set()
    for name, result in zip(names, results, strict=True):
        mode = result.need("mode").text()
        unique = name if uses[name] == 1 else f"{name} ({mode})"
        if unique in seen:
            raise result.need("benchmark").refuse("stands here twice with the same params and mode")
        seen.add(unique)
        yield Benchmark(unique), result


def _name(result: Node) -> str:
    benchmark, params = result.need("benchmark"), result.find("params")
    if not benchmark.text():
        raise benchmark.refuse("is empty")
    values = sorted((spelled(key), value.text()) for key, value in params.members()) if params else []
    braces = ",".join(f"{key}={without_folders(value)}" for key, value in values)
    return benchmark.text() + (f"{{{braces}}}" if braces else "")


def _primary(benchmark: Benchmark, result: Node) -> Iterator[Measurement]:
    metric = result.need("primaryMetric")
    spelling = metric.need("scoreUnit")
    if not spelling.text().strip():
        raise spelling.refuse("is empty")
    unit = in_base(0, spelling.text())[1]
    counted, listed = metric.find("rawDataHistogram"), metric.find("rawData")
    forks = [_counted(fork, spelling.text()) for fork in counted.items()] if counted else []
    scores = [_scores(fork, spelling.text()) for fork in listed.items()] if listed else []
    if any(fork.total for fork in forks):
        yield from repetitions(benchmark, forks, unit)
    elif any(scores):
        yield from benchmark.repetitions(scores, unit)
    else:  # -Djmh.json.rawData=false
        yield from _summary(benchmark, metric, _values(result))


def _scores(fork: Node, unit: str) -> list[float]:
    return [in_base(value, unit)[0] for value in fork.numbers(0, MOST)]


def _counted(fork: Node, unit: str) -> Weighted:
    """Return all values of a fork: each iteration is a list of values with how often each was measured."""
    pairs = [list(pair.items()) for iteration in fork.items() for pair in iteration.items()]
    for pair in pairs:
        if len(pair) != 2:
            raise fork.refuse("counts values otherwise than as [value, count]")
    return Weighted.of(
        (in_base(value.number(0, MOST), unit)[0], count.integer(1, _MOST_OFTEN)) for value, count in pairs
    )


def _values(result: Node) -> int | None:
    """Return how many values there are behind a score; None in mode sample, which measures as many as it can."""
    if result.need("mode").text() == "sample":
        return None
    return max(_count(result, "forks") or 0, 1) * (_count(result, "measurementIterations") or 0)


def _summary(benchmark: Benchmark, metric: Node, count: int | None) -> Iterator[Measurement]:
    unit = metric.need("scoreUnit").text()
    yield benchmark.measured("mean", *in_base(metric.need("score").number(0, MOST), unit))
    percentiles = metric.find("scorePercentiles")
    for key, node in percentiles.members() if percentiles else ():
        stat = _PERCENTILES.get(key)
        if stat is None or node.value in _NO_NUMBER:
            continue
        if count is None or stat in _OURS or carries(count, float(key)):
            yield benchmark.measured(stat, *in_base(node.number(0, MOST), unit))


def _secondary(benchmark: Benchmark, result: Node) -> Iterator[Measurement]:
    metrics = result.find("secondaryMetrics")
    seen: set[str] = set()
    for name, metric in metrics.members() if metrics else ():
        score = metric.need("score")
        if score.value in _NO_NUMBER or _OF_SCORE.fullmatch(name):
            continue
        stat = _secondary_stat(name)
        if not stat or stat in seen:
            raise metric.refuse(f'would be called "{visible(stat)}", which is no name or that of another metric')
        seen.add(stat)
        # What a benchmark counts by itself (@AuxCounters) may be below zero.
        value, unit = in_base(score.number(-MOST, MOST), metric.need("scoreUnit").text())
        # A rate of the collector is a cost, though its unit is one of which more is better.
        yield benchmark.measured(stat, value, unit, "lower" if stat.startswith("gc_") else None)


def _secondary_stat(name: str) -> str:
    """Return what a metric is called: `gc_alloc_rate_norm` of any release, for those before 1.37 led with a dot."""
    stat = spelled(name).replace("·", "").replace(".", "_").strip()
    return f"secondary_{stat}" if stat in _OURS or percent_of(stat) is not None else stat


def _options(benchmark: Benchmark, result: Node) -> Options:
    counts = {key: _count(result, key) for key in _COUNTS}
    return benchmark.options(
        {"mode": _text(result, "mode")} | counts | {key: _text(result, key) or None for key in _TIMES}
        | {"runtime": _runtime(result) or None}
    )  # fmt: skip


def _count(result: Node, key: str) -> int | None:
    found = result.find(key)
    return None if found is None else found.integer(0, 10**9)


def _text(result: Node, key: str) -> str:
    found = result.find(key)
    return "" if found is None else found.text().strip()


def _runtime(result: Node) -> str:
    major = _MAJOR.match(_text(result, "jdkVersion"))
    return " ".join(filter(None, (_text(result, "vmName"), major[1] if major else "")))
