"""The files of the old loggers: day, station and tenths of a millimetre in columns of fixed width."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from rainbook.reading import LogError, Reading

_DAY = slice(0, 8)
_STATION = slice(8, 20)
_TENTHS = slice(20, 25)


def read_fixed_width(text: str) -> list[Reading]:
    """Return the readings of a logger file in their order; a line that begins with `*` is a header."""
    readings = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("*") or not line.strip():
            continue
        try:
            day = datetime.strptime(line[_DAY], "%Y%m%d").date()
            tenths = int(line[_TENTHS])
        except ValueError as error:
            raise LogError(number, str(error)) from None
        if tenths < 0:
            continue
        readings.append(Reading(day, line[_STATION].strip(), Decimal(tenths) / 10))
    return readings
