"""Reads the end-of-test summary of k6."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from phasemetrics.escaping import visible
from phasemetrics.evidence.model import Fact, Kind, Measurement, Report, Warning
from phasemetrics_collectors._bench import MOST, Benchmark, carries, no_benchmarks, percent_of, stat_name
from phasemetrics_collectors._json import read
from phasemetrics_collectors._k6_summary import Metric, Summary, given, summary_of
from phasemetrics_collectors._outline import outline

KIND: Final[Kind] = "bench"
_MEND = "write it again with `k6 run --summary-export`, or from handleSummary()"
_SURE = frozenset(
    {
        "root_group.groups", "root_group.checks", "root_group.path", "state.testRunDurationMs",
        "metadata.k6_version", "metadata.k6Version",
    }
)  # fmt: skip
_MEMBER = re.compile(r"(?:metrics\.(.+)|results\.(?:checks\.)?metrics\[\])\.(\w+|p\([0-9.]+\))")
_SHAPES = ({"type", "contains"}, {"avg", "med"}, {"value", "passes", "fails"})
_OWN = re.compile(r"(?:http_req|iteration|vus|data_|group_duration|dropped_iterations)\w*")
_STATS = frozenset({"avg", "min", "med", "max", "count", "rate", "value"})
_PERCENTILE = re.compile(r"p\(?\d{1,2}(?:\.\d+)?\)?", re.ASCII)  # p(100) is the maximum
_SUMMARIES = frozenset({"avg", "med", "min", "max"})
_REQUESTS = re.compile(r"((?:browser_)?http_req)(?:_\w+|s)")
_SHORTEST = 1e-3  # second: nothing can be said of the rate of a shorter test
_ROUNDING = 1e-9  # relative: the mean is a sum of floats


def recognises(head: bytes) -> bool:
    """Return whether `head` begins a JSON object with the keys, or with metrics of the shapes, that only k6 has."""
    paths = outline(head)
    metrics: defaultdict[str, set[str]] = defaultdict(set)
    for match in filter(None, map(_MEMBER.fullmatch, paths)):
        metrics[match[1] or ""].add(match[2])
    return bool(paths & _SURE) or any(_is_metric(name, keys) for name, keys in metrics.items())


def _is_metric(name: str, keys: set[str]) -> bool:
    own = _OWN.match(name) and len(keys & _STATS) > 1
    return bool(own) or any(shape <= keys for shape in _SHAPES)


def collect(report: Report) -> Iterator[Fact]:
    """Yield what each metric says and how many attempts failed, how the test was run, and each threshold it crossed.

    NAME is the metric with its tag selector. Trends give `mean`, `median`, percentiles and so on (second, byte or
    count), counters `count` and `rate`, rates `rate` (ratio), gauges `value`, `min` and `max`. What k6 writes for a
    trend without a value, or one of requests that all failed, is no time. Raises `Refusal` with the JSON path for what
    cannot be. Format: what k6 to 2.2 writes with `--summary-export`, hands to handleSummary(), and writes with
    `--new-machine-readable-summary` (schema 1.0.0).
    """
    summary = summary_of(read(report, _MEND))
    if not summary.metrics:
        yield no_benchmarks(report)
    options = summary.options | _virtual_users(summary)
    for metric in summary.metrics.values():
        benchmark = Benchmark(metric.name, summary.run)
        if options:
            yield benchmark.options(options)
        yield from _measurements(metric, benchmark, summary)
        for expression in metric.crossed:
            message = f"{visible(metric.name)}: the threshold {visible(expression)} was crossed"
            yield Warning("crossed-threshold", report.name, message)


def _virtual_users(summary: Summary) -> dict[str, object]:
    found = summary.metrics.get("vus_max")
    most = found.amount("max") if found else None
    return {"vus": f"{most[0]:.0f}"} if most else {}


def _measurements(metric: Metric, benchmark: Benchmark, summary: Summary) -> Iterator[Measurement]:
    outcomes = _outcomes(metric, summary)
    if outcomes:
        yield from benchmark.outcomes(*outcomes)
    if metric.type == "rate":
        matches, total = metric.matches()
        if total:
            yield benchmark.measured("rate", matches / total, "ratio")
    elif metric.type == "counter":
        yield from _counter(metric, benchmark, summary.seconds)
    elif metric.type == "gauge":
        for stat in ("value", "min", "max"):
            yield benchmark.measured(stat, *metric.needed(stat))
    elif not outcomes or outcomes[0] < outcomes[1]:
        yield from _trend(metric, benchmark, summary)


def _outcomes(metric: Metric, summary: Summary) -> tuple[int, int] | None:
    """Return how many attempts behind a metric failed, and of how many; None where nothing says so."""
    if metric.base == "checks":
        passed, total = metric.matches()
        return total - passed, total
    request = _REQUESTS.fullmatch(metric.base) if metric.type in {"trend", "counter"} else None
    if request is None:
        return None
    rate = f"{request[1]}_failed"
    found = summary.metrics.get(rate + metric.selector) or summary.metrics.get(rate)
    # What is true of http_req_failed is a failure, though k6 calls it a pass.
    return found.matches() if found else None


def _counter(metric: Metric, benchmark: Benchmark, seconds: float) -> Iterator[Measurement]:
    count, unit = metric.needed("count")
    yield benchmark.measured("count", count, unit)
    rate = given(metric.values, "rate")
    if not metric.rate_unit:
        return
    if rate is not None:
        yield benchmark.measured("rate", rate.number(0, MOST), metric.rate_unit)
    elif seconds >= _SHORTEST:
        yield benchmark.measured("rate", count / seconds, metric.rate_unit)


def _trend(metric: Metric, benchmark: Benchmark, summary: Summary) -> Iterator[Measurement]:
    own = given(metric.values, "count")
    count = own.integer(0, int(MOST)) if own else _requests(summary, metric.base, metric.selector)
    # Of all requests together there are at least as many as of those with a tag.
    most = _requests(summary, metric.base, "") if count is None else count
    amounts = dict(_amounts(metric, most))
    # For a metric that has a threshold and not one value k6 writes zeros.
    if not (any(value for value, _ in amounts.values()) if count is None else count):
        return
    if own and count:
        yield benchmark.measured("rounds", count, "count")
    for stat, amount in amounts.items():
        yield benchmark.measured(stat, *amount)


def _requests(summary: Summary, base: str, selector: str) -> int | None:
    counter = summary.metrics.get(f"http_reqs{selector}") if base.startswith("http_req_") else None
    return int(counter.needed("count")[0]) if counter else None


def _amounts(metric: Metric, most: int | None) -> Iterator[tuple[str, tuple[float, str]]]:
    low, high = metric.amount("min"), metric.amount("max")
    for key, node in metric.values.members():
        stat = _stat(key)
        amount = metric.amount(key) if stat else None
        if stat is None or amount is None:
            continue
        slack = abs(amount[0]) * _ROUNDING
        if (low and amount[0] < low[0] - slack) or (high and amount[0] > high[0] + slack):
            raise node.refuse("is not between min and max")
        percent = percent_of(stat)
        if percent is None or most is None or carries(most, percent):
            yield stat, amount


def _stat(key: str) -> str | None:
    return stat_name(key) if key in _SUMMARIES or _PERCENTILE.fullmatch(key) else None
