"""From a log file to the report that is printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from rainbook.files import read_file
from rainbook.report import monthly_report

LOG = """\
# Spring, both stations
2026-03-01 Hilltop 12.4
2026-03-02 Hilltop 4.6
2026-03-01 Millpond 3.5
"""


def test_a_log_file_becomes_a_table(tmp_path: Path) -> None:
    path = tmp_path / "spring.log"
    path.write_text(LOG, encoding="utf-8")
    assert monthly_report(read_file(path)).splitlines() == [
        "Station   Month    Rain (mm)  Wet days",
        "Hilltop   2026-03  17.0       2",
        "Millpond  2026-03  3.5        1",
    ]


def test_an_empty_log_is_said_to_be_empty(tmp_path: Path) -> None:
    path = tmp_path / "empty.log"
    path.touch()
    assert monthly_report(read_file(path)) == "No readings.\n"


@pytest.mark.skip(reason="needs the archive of the weather office")
def test_a_year_of_the_archive_adds_up() -> None:
    raise NotImplementedError
