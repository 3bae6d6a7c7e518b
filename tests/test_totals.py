"""Totals that a document states in a team's own words: found where nothing narrows them, and held against evidence."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from journey import at_the_end_of_the_phase, phasemetrics, succeed
from measured import AFTER, BEFORE
from phasemetrics.document.markdown import parse
from phasemetrics.document.totals import totals
from phasemetrics.evidence.model import Phase
from phasemetrics.evidence.stated import answer
from phasemetrics.templates import wordings


def found(text: str) -> list[tuple[str, str, str, str]]:
    stated = totals(parse(text), "3", wordings())
    return [(one.subject, one.side, str(one.value), one.relation) for one in stated]


def passed(number: str, total: str, side: str = "after") -> list[tuple[str, str, str, str]]:
    return [("tests.passed", side, number, "="), ("tests.total", side, total, "=")]


@pytest.mark.parametrize(
    ("line", "stated"),
    [
        ("- **Total Tests:** 1,045", [("tests.total", "after", "1045", "=")]),
        ("**Tests Passing**: 45/47 (95.7%) ✅", passed("45", "47")),
        ("- ✅ Test pass rate: 100% (73/73)", passed("73", "73")),
        ("Tests: 45 passing", [("tests.passed", "after", "45", "=")]),
        ("- Code coverage: ~92%", [("coverage", "after", "92", "~")]),
        ("* Coverage: 80%+", [("coverage", "after", "80", ">=")]),
        ("- Coverage: 60% → **64.7%** (+4.7 points)", [
            ("coverage", "after", "64.7", "="), ("coverage", "before", "60", "="),
        ]),
        ("Total tests: 644 (636 passing, 8 failed)", [
            ("tests.total", "after", "644", "="), ("tests.passed", "after", "636", "="),
            ("tests.failed", "after", "8", "="),
        ]),
        ("1. **324 tests passing** (up from 94)", [("tests.passed", "after", "324", "=")]),
        ("- テスト総数: 120", [("tests.total", "after", "120", "=")]),
        # A part, another thing, another time, or no number of it
        ("- Unit tests: 45", []),
        ("- Tests: 45 new", []),
        ("- Test coverage: 22 tests", []),
        ("- Coverage: high", []),
        ("- Tests: 3x faster", []),
        ("- Tests: 40-50", []),
        ("- Coverage: +4.7%", []),
        ("  - Tests: 45", []),
        ("45 tests written for the parser", []),
    ],
)  # fmt: skip
def test_a_total_is_found_with_its_precision(line: str, stated: list[tuple[str, str, str, str]]) -> None:
    assert found(f"## Test Results\n\n{line}\n") == stated


@pytest.mark.parametrize(
    "heading", ["Phase 2 Summary", "Next Steps", "Target Metrics", "Parser tests", "Session 4", "2026-01-02 Results"]
)
def test_a_section_about_something_else_is_left_alone(heading: str) -> None:
    assert found(f"## {heading}\n\n- Total tests: 45\n") == []
    assert found("## Phase 3 Summary\n\n- Total tests: 45\n") == [("tests.total", "after", "45", "=")]


def test_a_label_above_a_list_narrows_it() -> None:
    assert found("## Results\n\n**Unit tests:**\n\n- Passed: 45\n") == []
    assert found("## Results\n\n**Test results:**\n\n- Passed: 45\n") == [("tests.passed", "after", "45", "=")]


def test_tables_are_read_by_the_roles_of_their_columns() -> None:
    rows = "| **Total tests** | 30 | 45 | +15 |\n| Parser | 3 | 4 | +1 |\n| Coverage | 70% | 81.5% | |\n"
    assert found(f"## Metrics\n\n| Metric | Before | After | Change |\n|---|---|---|---|\n{rows}") == [
        ("tests.total", "before", "30", "="), ("tests.total", "after", "45", "="),
        ("coverage", "before", "70", "="), ("coverage", "after", "81.5", "="),
    ]  # fmt: skip
    assert found("## Metrics\n\n| Metric | Target | Value |\n|---|---|---|\n| Tests | 40 | 45 |\n") == []


def test_a_drawn_block_is_read_and_a_program_is_not() -> None:
    assert found("## Results\n\n```\nTotal Tests: 45\nPassed:      44\n```\n") == [
        ("tests.total", "after", "45", "="), ("tests.passed", "after", "44", "="),
    ]  # fmt: skip
    assert found("## Results\n\n```python\nTotal Tests: 45\n```\n") == []


@pytest.mark.parametrize(
    ("subject", "side", "value", "relation", "agrees"),
    [
        ("tests.total", "after", "147", "=", True),
        ("tests.total", "after", "140", "~", True),
        ("tests.total", "after", "100", ">=", True),
        ("tests.total", "after", "99", "=", False),
        ("tests.total", "after", "121", "=", None),  # what it was before
        ("tests.passed", "after", "10", "=", None),  # the integration tests
        ("tests.failed", "after", "77", "=", False),
        ("coverage", "after", "84.6", "=", True),
        ("coverage", "after", "85", "=", True),
        ("coverage", "after", "84", "=", False),
        ("coverage", "after", "79", "=", None),  # one file
        ("coverage", "before", "78.4", "=", True),
        ("tests.total", "before", "300", "=", False),
    ],
)
def test_only_a_number_that_is_true_of_nothing_contradicts(
    subject: str, side: str, value: str, relation: str, agrees: bool | None
) -> None:
    found = answer(Phase("3", BEFORE, AFTER), subject, side, Decimal(value), relation)  # type: ignore[arg-type]
    assert (found.agrees if found else None) is agrees


def test_without_evidence_nothing_is_said() -> None:
    assert answer(Phase("3", None, AFTER), "tests.total", "before", Decimal(3), "=") is None
    assert answer(Phase("3", None, replace(AFTER, metrics={})), "coverage", "after", Decimal(3), "=") is None


def test_check_says_both_sides(sample_before: Path, sample_after: Path, tmp_path: Path) -> None:
    root = at_the_end_of_the_phase(sample_before, sample_after, tmp_path)
    succeed(root, "fill", "-p", "3")
    text = "# Notes\n\n## Test Results\n\n- Total tests: 31\n- Tests passing: 29/33\n- Coverage: 98.6%\n"
    (root / "docs/notes.md").write_text(text, encoding="utf-8")
    ended = phasemetrics(root, "check", "-p", "3", "docs/notes.md")
    assert ended.code == 1
    assert [line.split(": ", 1)[0] for line in ended.out.splitlines()] == ["docs/notes.md:6:18", "docs/notes.md:6:21"]
    assert "the document says 29 tests passed, the evidence after the phase says 30" in ended.out
    assert (root / "docs/notes.md").read_text("utf-8") == text
