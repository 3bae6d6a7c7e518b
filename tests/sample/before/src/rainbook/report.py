"""The monthly report: totals and wet days as a table."""

from __future__ import annotations

from collections.abc import Sequence

from rainbook.reading import Reading
from rainbook.render import render
from rainbook.summary import monthly_totals

_HEADER = ("Station", "Month", "Rain (mm)", "Wet days")


def monthly_report(readings: Sequence[Reading]) -> str:
    """Return the report of some readings; without any it says so."""
    if not readings:
        return "No readings.\n"
    totals = monthly_totals(readings)
    rows = [(one.station, one.month, f"{one.amount:.1f}", str(one.wet_days)) for one in totals]
    return render(_HEADER, rows)
