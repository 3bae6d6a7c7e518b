"""Reads the Bencher Metric Format, which benchmarks of one's own write for Bencher."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from phasemetrics.evidence.model import Fact, Kind, Measurement, Report
from phasemetrics_collectors._bench import MOST, Benchmark, in_base, no_benchmarks
from phasemetrics_collectors._bench_names import without_folders
from phasemetrics_collectors._json import read
from phasemetrics_collectors._json_node import Node, spelled

KIND: Final[Kind] = "bench"
_MEND = "write it again as Bencher Metric Format"
# Of the measures that Bencher makes by itself; those that others make have their units at the server only.
_UNITS = {"latency": "ns", "throughput": "ops/s", "build-time": "s", "file-size": "B"}
_IGNORED = re.compile(r"(?:-bencher-ignore|_bencher_ignore|BencherIgnore)\Z")
_TEXT = rb'"(?:[^"\\]|\\.)*"'
# {"parse": {"latency": {"value": 88.0, "lower_value": 87.42}: and nothing beside these, as a gauge of k6 has it.
_BEGINNING = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*\{\s*" + _TEXT + rb"\s*:\s*\{\s*" + _TEXT + rb'\s*:\s*\{(?=[^{}]*"value")'
    rb'(?:\s*+"(?:lower_|upper_)?value"\s*+:\s*+(?:' + _TEXT + rb"|[^\s{}\[\]\",]++)\s*+,?+)++\s*+\}"
)


def recognises(head: bytes) -> bool:
    """Return whether `head` begins an object of objects of objects with a `value`, and at most its two bounds."""
    return _BEGINNING.match(head) is not None


def collect(report: Report) -> Iterator[Fact]:
    """Yield `bench.NAME.STAT` for each measure of each benchmark; STAT is the slug of the measure.

    `latency` and `build-time` in seconds, `throughput` per second, `file-size` in bytes; any other measure has its own
    name for a unit. NAME is without the suffix by which Bencher ignores alerts. The bounds are only held against the
    value. Raises `Refusal` with the JSON path for what cannot be; `Warning` `no-benchmarks`. Format: Bencher 0.6,
    https://bencher.dev/docs/reference/bencher-metric-format, and `measure/built_in.rs`.
    """
    names: set[str] = set()
    measured = False
    for key, measures in read(report, _MEND).members():
        name = without_folders(_IGNORED.sub("", key))
        if not name or name in names:
            raise measures.refuse("is the name of another benchmark of this file as well" if name else "has no name")
        names.add(name)
        for fact in _measured(Benchmark(name), measures):
            measured = True
            yield fact
    if not measured:
        yield no_benchmarks(report)


def _measured(benchmark: Benchmark, measures: Node) -> Iterator[Measurement]:
    stats: set[str] = set()
    for key, metric in measures.members():
        # Bencher takes the name of a measure of its own, `Build Time`, for its slug as well.
        slug = key.strip().lower().replace(" ", "-")
        known = slug in _UNITS
        stat = slug if known else " ".join(spelled(key).split()).replace(".", "_")
        if not stat or stat in stats:
            raise metric.refuse("is the name of another measure of this benchmark as well" if stat else "has no name")
        stats.add(stat)
        value = _value(metric, 0 if known else -MOST)
        yield benchmark.measured(stat, *(in_base(value, _UNITS[slug]) if known else (value, stat)))


def _value(metric: Node, least: float) -> float:
    value = metric.need("value").number(least, MOST)
    for bound in (metric.find("lower_value"), metric.find("upper_value")):
        # Nobody promises that they enclose the value, and in reports of Bencher's own adapters they do not.
        if bound is not None and bound.value is not None:
            bound.number(-MOST, MOST)
    return value
