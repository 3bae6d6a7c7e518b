"""A log is read line by line, and an error names the line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from rainbook.reading import LogError, Reading, read_log


def test_a_line_is_a_reading() -> None:
    assert read_log("2026-03-01 Hilltop 12.4\n") == [
        Reading(date(2026, 3, 1), "Hilltop", Decimal("12.4"))
    ]


@pytest.mark.parametrize("text", ["", "\n\n", "# spring\n", "   # nothing yet"])
def test_blank_lines_and_comments_are_skipped(text: str) -> None:
    assert read_log(text) == []


def test_a_comment_may_follow_a_reading() -> None:
    assert len(read_log("2026-03-01 Hilltop 12.4 # emptied late")) == 1


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("2026-03-01 Hilltop", "found 2 words"),
        ("2026-02-30 Hilltop 1.0", "'2026-02-30' is not a day"),
        ("2026-03-01 Hilltop much", "'much' is not an amount"),
        ("2026-03-01 Hilltop -0.2", "-0.2 mm cannot be"),
    ],
)
def test_an_error_names_the_line(line: str, message: str) -> None:
    with pytest.raises(LogError, match=f"line 2: .*{message}"):
        read_log(f"# March\n{line}\n")


def test_a_byte_order_mark_is_skipped() -> None:
    assert len(read_log("\ufeff2026-03-01 Hilltop 12.4\n")) == 1


def test_a_trace_counts_as_nothing() -> None:
    assert read_log("2026-03-01 Hilltop T")[0].amount == 0
