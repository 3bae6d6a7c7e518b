"""A gap is what lies between two readings of one station."""

from __future__ import annotations

from datetime import date

import pytest

from rainbook.gaps import Gap, missing_days
from rainbook.reading import Reading, read_log


def readings(*days: str, station: str = "Hilltop") -> list[Reading]:
    return read_log("\n".join(f"{day} {station} 1.0" for day in days))


@pytest.mark.parametrize(
    "days",
    [
        (),
        ("2026-03-01",),
        ("2026-03-01", "2026-03-02"),
        ("2026-03-02", "2026-03-01"),
        ("2026-03-01", "2026-03-01"),
        ("2026-02-28", "2026-03-01"),
    ],
)
def test_days_in_a_row_have_no_gap(days: tuple[str, ...]) -> None:
    assert list(missing_days(readings(*days))) == []


def test_a_gap_lies_between_two_readings() -> None:
    gap = Gap("Hilltop", date(2026, 3, 2), date(2026, 3, 4))
    assert list(missing_days(readings("2026-03-01", "2026-03-05"))) == [gap]


def test_the_leap_day_can_be_missing() -> None:
    assert [gap.days for gap in missing_days(readings("2028-02-28", "2028-03-01"))] == [1]


def test_a_reading_of_another_station_fills_no_gap() -> None:
    both = readings("2026-03-01", "2026-03-03") + readings("2026-03-02", station="Millpond")
    assert [str(gap) for gap in missing_days(both)] == ["Hilltop 2026-03-02"]


def test_gaps_are_sorted_by_station_and_day() -> None:
    both = readings("2026-03-01", "2026-03-03", station="Millpond")
    both += readings("2026-03-07", "2026-03-05", "2026-03-03")
    assert [str(gap) for gap in missing_days(both)] == [
        "Hilltop 2026-03-04",
        "Hilltop 2026-03-06",
        "Millpond 2026-03-02",
    ]
