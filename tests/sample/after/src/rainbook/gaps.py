"""Days on which the gauge of a station was not read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from rainbook.reading import Reading

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Gap:
    """The days from `first` to `last`, both included, for which a station has no reading."""

    station: str
    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days are missing."""
        return (self.last - self.first) // _DAY + 1

    def __str__(self) -> str:
        return f"{self.station} {self.first}" + (f" to {self.last}" if self.days > 1 else "")


def missing_days(readings: Iterable[Reading]) -> Iterator[Gap]:
    """Yield the gaps between the first and the last reading of each station, by station, then day."""
    days: defaultdict[str, set[date]] = defaultdict(set)
    for reading in readings:
        days[reading.station].add(reading.day)
    for station in sorted(days):
        for earlier, later in pairwise(sorted(days[station])):
            if later - earlier > _DAY:
                yield Gap(station, earlier + _DAY, later - _DAY)
