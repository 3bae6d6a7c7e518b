"""The statistics that a benchmark is summed up in: what they are called, and how many values carry them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

_MOST_DIGITS = 10  # behind the point of a percentile: with more, 99.999… is 100 as a float
_LONGEST = 100  # characters of a percentile's name: blanks in it may be read in many ways
BEYOND = 5  # values that must lie beyond a percentile before it is more than the maximum of a few
# Those that one slow moment does not move, so that identical code is told apart from faster code by them: measured in
# docs/verdicts.md.
STEADY = frozenset({"median", "min"})
# They describe the measuring, not what was measured.
ABOUT_MEASURING = frozenset({"stddev", "iqr", "rounds", "iterations", "total"})

_SPELLINGS = {
    "avg": "mean", "average": "mean", "med": "median", "minimum": "min", "best": "min", "maximum": "max",
    "sd": "stddev", "std_dev": "stddev", "hz": "ops", "ops/s": "ops",
}  # fmt: skip
_NAMES = STEADY | ABOUT_MEASURING | {"mean", "max", "ops", "q1", "q3", "slope"}
_PERCENTILE = re.compile(r"(?:p|percentile)?\s*\(?\s*(\d{1,3})(?:\.(\d*?)0*)?\s*\)?\s*(?:%|th)?", re.IGNORECASE)
_SMALL = re.compile(r"p0\d+", re.ASCII)  # what we call 2.5: p025
_OURS = re.compile(r"p(\d{1,2})(\d*)", re.ASCII)
_IN_BRACKETS = re.compile(r"\(([^()]*(?:\([^()]*\))?[^()]*)\)")


def stat_name(text: str) -> str:
    """Return what we call a statistic: `p(95)`, `P95`, `95.0`, `95%` are `p95`, 99.9 is `p999`, `avg` is `mean`.

    What is no statistic that is known keeps its name. 99.9 has no point, for that would end the name of the benchmark.
    """
    words = text.strip()
    match = _PERCENTILE.fullmatch(words) if len(words) <= _LONGEST else None
    if match is None:
        known = words.lower()
        return _SPELLINGS.get(known, known if known in _NAMES else words)
    whole, fraction = int(match[1]), (match[2] or "")[:_MOST_DIGITS].rstrip("0")
    if whole > 99 or _SMALL.fullmatch(words):
        return words
    return f"p{whole:02}{fraction}" if fraction else f"p{whole}"


def percent_of(stat: str) -> float | None:
    """Return which percentile a name of ours means: 99.9 for `p999`; None for another statistic."""
    match = _OURS.fullmatch(stat)
    if match is None or match[2].endswith("0") or len(match[2]) > _MOST_DIGITS:
        return None
    return float(f"{match[1]}.{match[2] or 0}")


def is_statistic(stat: str) -> bool:
    """Return whether a name of ours is that of a statistic, and not of a measure such as `allocs/op`."""
    return stat in _NAMES or percent_of(stat) is not None


def carries(count: int, percent: float) -> bool:
    """Return whether `count` values carry a percentile: at least five of them have to lie beyond it.

    p95 needs 100 values, p99 500; of fewer it is little more than their maximum.
    """
    return count >= needed(percent)


def needed(percent: float) -> int:
    """Return how many values carry a percentile below 100."""
    beyond = 1 - Fraction(str(percent)) / 100
    return -(-BEYOND * beyond.denominator // beyond.numerator)


def stated(name: str) -> Iterator[str]:
    """Yield the statistics that the name of a row states in brackets: `p95` for `Response time (p95)`."""
    for found in _IN_BRACKETS.findall(name):
        for word in re.split(r"[,;]", found):
            bare = word.strip()
            stat = stat_name(bare)
            # `(2024)` and `(10)` are no percentiles: one in brackets says so.
            if is_statistic(stat) and (percent_of(stat) is None or re.search(r"p|%|th", bare, re.IGNORECASE)):
                yield stat


def meanings(name: str) -> tuple[str, ...]:
    """Return what the name of a metric may mean, the likeliest first.

    A benchmark without a statistic is its median, or its only value.
    """
    return (name, f"{name}.median", f"{name}.value") if name.startswith("bench.") else (name,)
