"""Statistics of values of which a report says how often each was measured, and does not list them one by one."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate

from phasemetrics.evidence.model import Measurement
from phasemetrics_collectors._bench import Benchmark, carries

_PERCENTILES = {"p90": 90, "p95": 95, "p99": 99, "p999": 99.9}


@dataclass(frozen=True, slots=True)
class Weighted:
    """Values in ascending order; `upto` is how many were measured up to and with each of them."""

    values: tuple[float, ...]
    upto: tuple[int, ...]

    @classmethod
    def of(cls, pairs: Iterable[tuple[float, int]]) -> Weighted:
        """Return the values of pairs of a value and how often it was measured, at least once."""
        counts: Counter[float] = Counter()
        for value, count in pairs:
            counts[value] += count
        values = tuple(sorted(counts))
        return cls(values, tuple(accumulate(counts[value] for value in values)))

    @property
    def total(self) -> int:
        """How many were measured."""
        return self.upto[-1] if self.upto else 0

    def pairs(self) -> Iterator[tuple[float, int]]:
        """Yield each value with how often it was measured."""
        for value, before, upto in zip(self.values, (0, *self.upto), self.upto, strict=False):
            yield value, upto - before

    def mean(self) -> float:
        """Return the mean, rounded once: it never lies outside of the values."""
        return float(sum(Fraction(value) * count for value, count in self.pairs()) / self.total)

    def percentile(self, percent: float) -> float:
        """Return the percentile that `_bench.percentile` gives for the same values as a list."""
        place = (self.total - 1) * Fraction(str(percent)) / 100
        below, above = self._at(int(place)), self._at(min(int(place) + 1, self.total - 1))
        return below + (above - below) * float(place - int(place))

    def _at(self, place: int) -> float:
        return self.values[bisect_right(self.upto, place)]


def repetitions(benchmark: Benchmark, processes: Sequence[Weighted], unit: str) -> Iterator[Measurement]:
    """Yield what `Benchmark.repetitions` does; p999 as well, which only so many values can carry."""
    for one in processes:
        if one.total:
            yield benchmark.measured("min", one.values[0], unit)
            yield benchmark.measured("max", one.values[-1], unit)
            yield benchmark.measured("mean", one.mean(), unit)
            yield benchmark.measured("median", one.percentile(50), unit)
    everything = Weighted.of(pair for one in processes for pair in one.pairs())
    yield benchmark.measured("rounds", everything.total, "count")
    for stat, percent in _PERCENTILES.items():
        if carries(everything.total, percent):
            yield benchmark.measured(stat, everything.percentile(percent), unit)
