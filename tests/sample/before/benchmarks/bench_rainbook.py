"""How long two years of three stations take."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from rainbook.reading import read_log
from rainbook.summary import monthly_totals

STATIONS = ("Hilltop", "Millpond", "Quayside")
FIRST_DAY = date(2024, 1, 1)
DAYS = 730


@pytest.fixture(scope="module")
def two_years() -> str:
    lines = []
    for offset in range(DAYS):
        day = FIRST_DAY + timedelta(days=offset)
        lines += [f"{day} {station} {offset * 7 % 31}.{offset % 10}" for station in STATIONS]
    return "\n".join(lines)


def test_read_two_years(benchmark: BenchmarkFixture, two_years: str) -> None:
    assert len(benchmark(read_log, two_years)) == DAYS * len(STATIONS)


def test_total_two_years(benchmark: BenchmarkFixture, two_years: str) -> None:
    assert len(benchmark(monthly_totals, read_log(two_years))) == 24 * len(STATIONS)
