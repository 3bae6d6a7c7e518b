"""Readings add up by station and month."""

from __future__ import annotations

from decimal import Decimal

from rainbook.reading import read_log
from rainbook.summary import Total, monthly_totals


def test_no_readings_have_no_totals() -> None:
    assert monthly_totals([]) == []


def test_a_month_adds_up() -> None:
    readings = read_log("2026-03-01 Hilltop 12.4\n2026-03-02 Hilltop 0.2\n")
    assert monthly_totals(readings) == [Total("Hilltop", "2026-03", Decimal("12.6"), 1)]


def test_months_and_stations_are_kept_apart() -> None:
    readings = read_log("2026-04-01 Hilltop 1\n2026-03-31 Hilltop 2\n2026-03-31 Millpond 4\n")
    totals = [(one.station, one.month, one.amount) for one in monthly_totals(readings)]
    assert totals == [("Hilltop", "2026-03", 2), ("Hilltop", "2026-04", 1), ("Millpond", "2026-03", 4)]
