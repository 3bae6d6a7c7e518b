"""Reads the statistics of requests that `locust --json` prints."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import accumulate
from typing import Final

from phasemetrics.evidence.model import Fact, Kind, Measurement, Report
from phasemetrics_collectors._bench import MOST, Benchmark, carries, in_base, no_benchmarks
from phasemetrics_collectors._json import read
from phasemetrics_collectors._json_node import Node
from phasemetrics_collectors._outline import outline

KIND: Final[Kind] = "bench"
_MEND = "write it again with `locust --headless --json`"
_KEYS = frozenset(
    f"[].{key}"
    for key in (
        "num_requests", "num_none_requests", "num_failures", "num_reqs_per_sec", "total_response_time",
        "min_response_time", "max_response_time", "response_times", "last_request_timestamp",
    )
)  # fmt: skip
_ENOUGH = 3  # of these keys: the file may be cut off among them, and their order is nobody's promise
_SHORTEST = 1.0  # second: locust has no moment before the first answer, so a rate over less says nothing
_LAST_DATE = 253402300799.0  # 9999-12-31T23:59:59Z
_MILLISECONDS = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,15})?")
_ROUNDING = 1e-9  # relative: the times were added as floats
_PERCENTILES = {"median": 50, "p90": 90, "p95": 95, "p99": 99}


def recognises(head: bytes) -> bool:
    """Return whether `head` begins a JSON list of entries with the keys that only locust uses."""
    return len(_KEYS & outline(head)) >= _ENOUGH


def collect(report: Report) -> Iterator[Fact]:
    """Yield, for each kind of request, how many failed, the rate of requests (per_second) and their times (second).

    NAME is `METHOD name`. `run` is when the first answer came. A request that failed has its time among the others, so
    where all of them failed there are no times. Raises `Refusal` with the JSON path for what cannot be. Format: the
    entries of locust 2, as `--json` and `--json-file` write them.
    """
    entries = list(read(report, _MEND).items())
    if not entries:
        yield no_benchmarks(report)
        return
    # One span for all of them, as locust has it: an entry that was asked for once would span some microseconds.
    start = min(entry.need("start_time").number(0, _LAST_DATE) for entry in entries)
    seconds = max(_last(entry) for entry in entries) - start
    run = datetime.fromtimestamp(start, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    seen: set[str] = set()
    for entry in entries:
        name = _name(entry)
        if name in seen:
            raise entry.need("name").refuse("is, with its method, another entry of this file as well")
        seen.add(name)
        yield from _entry(entry, Benchmark(name, run), seconds)


def _last(entry: Node) -> float:
    last = entry.need("last_request_timestamp")
    return 0.0 if last.value is None else last.number(0, _LAST_DATE)


def _name(entry: Node) -> str:
    method, name = entry.need("method"), entry.need("name")
    if not name.text():
        raise name.refuse("is empty")
    return name.text() if method.value is None else f"{method.text()} {name.text()}".strip()


def _entry(entry: Node, benchmark: Benchmark, seconds: float) -> Iterator[Measurement]:
    requests = entry.need("num_requests").integer(0, int(MOST))
    failed = entry.need("num_failures").integer(0, int(MOST))
    timed = requests - entry.need("num_none_requests").integer(0, requests)
    times = _times(entry, timed) if timed else {}
    # `stats.log_error()` counts a failure without a request.
    total = max(requests, failed)
    yield from benchmark.outcomes(failed, total)
    if failed == total:
        return
    if seconds >= _SHORTEST:
        yield benchmark.measured("rate", requests / seconds, "per_second")
    if timed:
        yield benchmark.measured("rounds", timed, "count")
    for stat, milliseconds in times.items():
        yield benchmark.measured(stat, *in_base(milliseconds, "ms"))


def _times(entry: Node, timed: int) -> dict[str, float]:
    counts = _histogram(entry.need("response_times"), timed)
    least = entry.need("min_response_time").number(0, MOST)
    most = entry.need("max_response_time").number(least, MOST)
    total = entry.need("total_response_time")
    mean = total.number(0, MOST) / timed
    if not least * (1 - _ROUNDING) <= mean <= most * (1 + _ROUNDING):
        raise total.refuse(f"is a mean of {mean:g} ms, not between {least:g} and {most:g}")
    found = {"min": least, "max": most, "mean": mean}
    for stat, percent in _PERCENTILES.items():
        if stat == "median" or carries(timed, percent):
            # Times are rounded in the histogram, 3460 ms to 3500: never beyond the exact ones, as locust's median.
            found[stat] = min(max(_percentile(counts, timed * percent // 100), least), most)
    return found


def _histogram(node: Node, timed: int) -> dict[float, int]:
    counts: dict[float, int] = {}
    for key, count in node.members():
        if not _MILLISECONDS.fullmatch(key):
            raise count.refuse("is not counted under a number of milliseconds")
        # Older releases write 120.0, and what several workers sent may have both.
        counts[float(key)] = counts.get(float(key), 0) + count.integer(0, int(MOST))
    counted = sum(counts.values())
    if counted != timed:
        raise node.refuse(f"counts {counted} times, where {timed} requests have one")
    return counts


def _percentile(counts: dict[float, int], place: int) -> float:
    """Return the time that stands at `place`, from 0, when all of them are in order: locust's own percentile."""
    times = sorted(counts)
    upto = accumulate(counts[time] for time in times)
    return next(time for time, number in zip(times, upto, strict=True) if number > place)
