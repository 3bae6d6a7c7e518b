"""The statistics of one benchmark as tinybench gives them, in its own results and in the reports of vitest."""

from __future__ import annotations

from collections.abc import Iterator

from phasemetrics.evidence.model import Measurement
from phasemetrics_collectors._bench import MOST, Benchmark, carries, in_base, percent_of
from phasemetrics_collectors._json_node import Node

_ROUNDING = 1e-9  # relative: a mean of many equal times may miss them by the last digits
_REQUIRED = ("min", "max", "mean")
_MIDDLE = ("median", "p50")  # as vitest calls it, and as tinybench does since 3
_PERCENTILES = ("p75", "p99", "p995", "p999")


def statistics(benchmark: Benchmark, stats: Node) -> Iterator[Measurement]:
    """Yield the statistics in seconds: from `samples` (milliseconds) where they were kept, else from the summary.

    A percentile of the summary only where as many values as were measured carry it. Raises `Refusal` for what cannot
    be a time, and for a mean, median or percentile that lies outside of min and max.
    """
    samples = stats.find("samples")
    values = [] if samples is None else [_seconds(one) for one in samples.items()]
    yield from benchmark.session(values) if values else _summary(benchmark, stats)


def flat_statistics(benchmark: Benchmark, stats: Node) -> Iterator[Measurement]:
    """Yield the statistics and `ops`, which is 1 / mean in tinybench 2; none where the clock saw no time pass."""
    mean = 0.0
    for fact in statistics(benchmark, stats):
        if fact.name.endswith(".mean"):
            mean = fact.value
        yield fact
    if mean * MOST > 1:
        yield benchmark.measured("ops", 1 / mean, "per_second")


def _summary(benchmark: Benchmark, stats: Node) -> Iterator[Measurement]:
    count = _count(stats)
    nodes = {key: stats.need(key) for key in _REQUIRED}
    nodes |= {key: node for key in (*_MIDDLE, *_PERCENTILES) if (node := stats.find(key)) is not None}
    low, high = _seconds(nodes["min"]), _seconds(nodes["max"])
    for key, node in nodes.items():
        value = _seconds(node)
        if not low * (1 - _ROUNDING) <= value <= high * (1 + _ROUNDING):
            raise node.refuse(f"is {node.value}, not between min and max")
        if key not in _PERCENTILES:
            yield benchmark.measured("median" if key in _MIDDLE else key, value)
        elif count is None or carries(count, percent_of(key) or 0):
            yield benchmark.measured(key, value)
    if count is not None:
        yield benchmark.measured("rounds", count, "count")
    deviation = stats.find("sd")
    if deviation is not None and count != 1:  # of one value it is written as 0
        yield benchmark.measured("stddev", _seconds(deviation))


def _count(stats: Node) -> int | None:
    for key, fewer in (("samplesCount", 0), ("sampleCount", 0), ("df", 1)):
        node = stats.find(key)
        if node is not None:
            return node.integer(1 - fewer, int(MOST)) + fewer
    return None


def _seconds(node: Node) -> float:
    return in_base(node.number(0, MOST), "ms")[0]
