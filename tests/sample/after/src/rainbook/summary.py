"""How much it rained at each station in each month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from rainbook.reading import Reading

WET_DAY = Decimal("1.0")


@dataclass(frozen=True, slots=True)
class Total:
    """The rain of one station in one month (`2026-03`), in millimetres."""

    station: str
    month: str
    amount: Decimal
    wet_days: int


def monthly_totals(readings: Iterable[Reading]) -> list[Total]:
    """Return a total for each station and month that has readings, sorted by station, then month.

    A day is wet from 1.0 mm on.
    """
    amounts: defaultdict[tuple[str, int, int], list[Decimal]] = defaultdict(list)
    for reading in readings:
        amounts[reading.station, reading.day.year, reading.day.month].append(reading.amount)
    return [_total(*key, amounts[key]) for key in sorted(amounts)]


def _total(station: str, year: int, month: int, amounts: list[Decimal]) -> Total:
    wet_days = sum(amount >= WET_DAY for amount in amounts)
    return Total(station, f"{year:04}-{month:02}", sum(amounts, Decimal()), wet_days)
