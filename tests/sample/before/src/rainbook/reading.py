"""Rain gauge logs: one reading on a line, as in `2026-03-01 Hilltop 12.4`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation


@dataclass(frozen=True, slots=True)
class Reading:
    """What the gauge of one station caught on one day, in millimetres."""

    day: date
    station: str
    amount: Decimal


class LogError(ValueError):
    """A line of a log that is not a reading."""

    def __init__(self, number: int, message: str) -> None:
        super().__init__(f"line {number}: {message}")


def read_log(text: str) -> list[Reading]:
    """Return the readings of a log in their order; blank lines and `#` comments are skipped."""
    readings = []
    for number, line in enumerate(text.splitlines(), start=1):
        content = line.partition("#")[0].strip()
        if content:
            readings.append(_reading(content, number))
    return readings


def _reading(content: str, number: int) -> Reading:
    words = content.split()
    if len(words) != 3:
        raise LogError(number, f"expected a day, a station and an amount, found {len(words)} words")
    day, station, amount = words
    return Reading(_day(day, number), station, _amount(amount, number))


def _day(text: str, number: int) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise LogError(number, f"{text!r} is not a day") from None


def _amount(text: str, number: int) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise LogError(number, f"{text!r} is not an amount") from None
    if not amount.is_finite() or amount < 0:
        raise LogError(number, f"{text} mm cannot be")
    return amount
