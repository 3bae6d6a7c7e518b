"""How much it rained at each station in each month."""

from __future__ import annotations

from collections.abc import Sequence
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


def monthly_totals(readings: Sequence[Reading]) -> list[Total]:
    """Return a total for each station and month that has readings, sorted by station, then month.

    A day is wet from 1.0 mm on.
    """
    keys = sorted({(reading.station, _month(reading)) for reading in readings})
    return [_total(station, month, readings) for station, month in keys]


def _total(station: str, month: str, readings: Sequence[Reading]) -> Total:
    amounts = [
        reading.amount
        for reading in readings
        if reading.station == station and _month(reading) == month
    ]
    wet_days = sum(amount >= WET_DAY for amount in amounts)
    return Total(station, month, sum(amounts, Decimal()), wet_days)


def _month(reading: Reading) -> str:
    return f"{reading.day.year:04}-{reading.day.month:02}"
