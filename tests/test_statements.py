"""Numbers that a document states in a team's own words: what they count, at which end, how exactly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phasemetrics.claims.finding import statements
from phasemetrics.document.markdown import parse
from phasemetrics.templates import wordings
from stating import said


def results(line: str) -> list[str]:
    return said(f"## Test Results\n\n{line}\n")


@pytest.mark.parametrize(
    ("line", "stated"),
    [
        ("- **Total Tests:** 1,045", ["tests.total after =1045"]),
        ("**Tests Passing**: 45/47 (95.7%) ✅", [
            "tests.passed after =45", "tests.total after =47", "tests.rate after =95.7%",
        ]),
        ("- ✅ Test pass rate: 100% (73/73)", [
            "tests.rate after =100%", "tests.passed after =73", "tests.total after =73",
        ]),
        ("Tests: 45 passing", ["tests.passed after =45"]),
        ("- Code coverage: ~92%", ["coverage after ~92%"]),
        ("- Code coverage: ≈ 92 %", ["coverage after ~92%"]),
        ("* Coverage: 80%+", ["coverage after >=80%"]),
        ("- Coverage: 60% → **64.7%** (+4.7 points)", [
            "coverage before =60%", "coverage after =64.7%", "coverage change =4.7",
        ]),
        ("Total tests: 644 (636 passing, 8 failed)", [
            "tests.total after =644", "tests.passed after =636", "tests.failed after =8",
        ]),
        ("- テスト総数: 120", ["tests.total after =120"]),
        ("- Tests: 45 passed, 2 failed, 1 skipped", [
            "tests.passed after =45", "tests.failed after =2", "tests.skipped after =1",
        ]),
        ("- All 45 tests pass", ["tests.passed after =45"]),
        ("- Tests: 40-50", ["tests.total after range40-50"]),
        ("- Tests: **45** -> `60` (+15)", [
            "tests.total before =45", "tests.total after =60", "tests.total change =15",
        ]),
        ("- Tests: 45 (was 30)", ["tests.total after =45", "tests.total before =30"]),
        ("- Was 30 tests, now 45 tests", ["tests.total before =30", "tests.total after =45"]),
        ("- Coverage: +4.7%", ["coverage change =4.7%"]),
        ("- Coverage: 81% (target: 90%)", ["coverage after =81%", "coverage target =90%"]),
        ("- Coverage: ≥90%", ["coverage target >=90%"]),
        ("- [ ] 45 tests passing", ["tests.passed target =45"]),
        ("- [x] 45 tests passing", ["tests.passed after =45"]),
        ("- We need 45 tests", ["tests.total target =45"]),
        ("- Tests: 45 new", ["tests.added change =45"]),
        ("- Statement coverage: 81%", ["coverage after =81% (whole statements)"]),
        ("  - Tests: 45", ["tests.total after =45"]),
        # A count of tests is what it is, whatever it is called.
        ("- Test coverage: 22 tests", ["tests.total after =22"]),
        ("12 files changed, 300 insertions(+), 40 deletions(-)", [
            "files.changed change =12", "lines.added change =300", "lines.deleted change =40",
        ]),
        ("- Created 5 files and modified 3", ["files.created change =5", "files.modified change =3"]),
        ("- Lines of code: 12,000", ["lines.total after =12000"]),
        ("- 45 of 47 tests passing", ["tests.passed after =45", "tests.total after =47"]),
        ("- Tests passing: 45 of 47", ["tests.passed after =45", "tests.total after =47"]),
        ("- Coverage: from 70% to 81%", ["coverage before =70%", "coverage after =81%"]),
        ("- Coverage gain: 5%", ["coverage change =5%"]),
        ("- Coverage increased by 5%", ["coverage change =5%"]),
        ("- Test count: 45 → 60 → 75", [
            "tests.total before =45", "tests.total unknown =60", "tests.total after =75",
        ]),
        ("- Tests: 45 - 2 failed", ["tests.total after =45", "tests.failed after =2"]),
        ("- Tests: _45_", ["tests.total after =45"]),
        ("- Test 1: 600 passed", ["tests.passed after =600 (part)"]),
        ("- Removed 12 tests", ["tests.total after =12 (part)"]),
        ("- 3 tests modified", ["tests.total after =3 (part)"]),
        ("- #1,045 tests passed", []),
        ("- Failure rate: 2%", []),
        ("- Phase 2B: 19 tests", ["tests.total after =19 (part)"]),
        ("- 97 tests passed in 3.21s", ["tests.passed after =97"]),
    ],
)  # fmt: skip
def test_a_number_is_found_with_its_end_and_its_precision(line: str, stated: list[str]) -> None:
    assert results(line) == stated


@pytest.mark.parametrize(
    "line",
    [
        "- Coverage: high",
        "- Tests: 3x faster",
        "- Tests run in 45 s",
        "- Phase 3 of 5",
        "- Passed: 45 users",
        "- Skipped 3 rows",
        "- Version 1.45.2 of the tests, 2026-01-02, 12:45",
        "- Tests: see [12](http://example.org/45) and $45",
        "- 81% faster tests",
        "- Tests: ~~45~~",
        "- <!-- Tests: 45 -->",
        "- Tests at commit 4a5b6c7d8e",
        "- Uncovered: 19%",
    ],
)
def test_a_number_of_something_else_is_none(line: str) -> None:
    assert results(line) == []


@pytest.mark.parametrize(
    ("line", "stated"),
    [
        ("- Unit tests: 45", ["tests.total after =45 (part)"]),
        ("45 tests written for the parser", ["tests.total after =45 (part)"]),
        ("- Branch coverage: 80%", ["coverage after =80% (part)"]),
        ("- New code coverage: 95%", ["coverage after =95% (part)"]),
        ("- 95% test coverage on utils", ["coverage after =95% (part)"]),
        ("- `make test`: 45 tests", ["tests.total after =45 (part)"]),
        ("- Tests last week: 45", ["tests.total after =45 (part)"]),
        ("- Modified 3 files in src", ["files.modified change =3 (part)"]),
        ("- New test files: 5", ["files.created change =5 (part)"]),
        ("- Documentation: 300 lines", ["lines.total after =300 (part)"]),
    ],
)
def test_a_word_that_nobody_knows_narrows_a_number(line: str, stated: list[str]) -> None:
    assert results(line) == stated


@pytest.mark.parametrize(
    ("heading", "aside"),
    [
        ("Phase 2 Summary", " (part) (other)"),
        ("Next Steps", " (part) (other)"),
        ("Target Metrics", " (part) (other)"),
        ("Session 4", " (part) (other)"),
        ("2026-01-02 Results", " (part) (other)"),
        ("Parser tests", " (part)"),
        ("Phase 3 Summary", ""),
        ("📊 Test Results", ""),
        ("3. Final metrics", ""),
        ("テスト結果", ""),
    ],
)
def test_a_heading_says_of_what_and_of_when(heading: str, aside: str) -> None:
    assert said(f"## {heading}\n\n- Total tests: 45\n") == [f"tests.total after =45{aside}"]
    assert said(f"## {heading}\n\n### Results\n\n- Total tests: 45\n") == [f"tests.total after =45{aside}"]


def test_a_label_above_a_list_narrows_it() -> None:
    assert said("## Results\n\n**Unit tests:**\n\n- Passed: 45\n") == ["tests.passed after =45 (part)"]
    assert said("## Results\n\n**Test results:**\n\n- Passed: 45\n") == ["tests.passed after =45"]
    assert said("## Results\n\n- Parser\n  - Tests: 45\n- Tests: 60\n") == [
        "tests.total after =45 (part)", "tests.total after =60",
    ]  # fmt: skip


def test_a_label_above_a_list_says_what_is_counted() -> None:
    assert said("## Results\n\n**Coverage:**\n- Total: 81%\n") == ["coverage after =81%"]
    assert said("## Results\n\n**Users:**\n- Total: 81\n") == []


def test_tables_are_read_by_the_roles_of_their_columns() -> None:
    rows = "| **Total tests** | 30 | 45 | +15 |\n| Parser | 3 | 4 | +1 |\n| Coverage | 70% | 81.5% | |\n"
    assert said(f"## Metrics\n\n| Metric | Before | After | Change |\n|---|---|---|---|\n{rows}") == [
        "tests.total before =30", "tests.total after =45", "tests.total change =15",
        "coverage before =70%", "coverage after =81.5%",
    ]  # fmt: skip
    assert said("## Metrics\n\n| Metric | Target | Value |\n|---|---|---|\n| Tests | 40 | 45 |\n") == [
        "tests.total target =40", "tests.total after =45",
    ]  # fmt: skip


def test_columns_may_name_phases() -> None:
    table = "| Metric | Phase 1 | Phase 2 | Phase 3 |\n|---|---|---|---|\n| Tests | 20 | 30 | 45 |\n"
    assert said(f"## Metrics\n\n{table}") == [
        "tests.total unknown =20", "tests.total before =30", "tests.total after =45",
    ]  # fmt: skip
    assert [one.split()[1] for one in said(f"## Metrics\n\n{table}", "2")] == ["before", "after", "unknown"]


def test_a_drawn_block_is_read_and_a_program_is_not() -> None:
    block = "Total Tests: 45\nPassed:      44\n"
    assert said(f"## Results\n\n```\n{block}```\n") == ["tests.total after =45", "tests.passed after =44"]
    assert said(f"## Results\n\n```python\n{block}```\n") == []
    # What a command prints may be of whatever it was run on.
    assert said(f"## Results\n\n```bash\n{block}```\n") == [
        "tests.total after =45 (part)", "tests.passed after =44 (part)",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("- **Tests:** ~1,045 passing", [(1, 15, "1,045")]),
        ("\ufeff- Tests: `45`/**47** passing\r\n", [(1, 11, "45"), (1, 17, "47")]),
        ("# T\r\r\r- Coverage: +4.7%\r", [(4, 14, "4.7")]),
        ("## N\n\n| a | Tests |\n|---|---|\n| total | ≥ 45+ |\n", [(5, 13, "45")]),
        ("> - caf\udce9: テスト総数 120\n", [(1, 17, "120")]),
    ],
)
def test_a_statement_stands_where_it_says(text: str, where: list[tuple[int, int, str]]) -> None:
    assert [(one.line, one.column, one.text) for one in statements(parse(text), "3", wordings({}))] == where


words = st.sampled_from([
    "Tests", "Coverage", "passed", "failed", "new", "files", "lines", "of", "45", "1,045", "78%", "~9", ">=80", "81.5%",
    "3/4", "2026-01-02", "v1.2", "→", "->", "(", ")", ":", ",", "|", "**", "`", "`a.py`", "-", "#", "##", "```", "\n",
    "\r\n", "テスト", "個", "12ms", "Phase", "3", "target", "was", "+3", "-3", "[ ]", "<!--", "-->", "~~", "\t",
])  # fmt: skip


@given(st.lists(words, max_size=30).map(" ".join))
def test_every_statement_is_a_number_of_the_document(text: str) -> None:
    document = parse(text)
    for one in statements(document, "3", wordings({})):
        raw = document.raw(document.lines[one.line - 1])
        assert raw[one.column - 1 :].startswith(one.text)
        assert one.value == abs(one.value)
        assert str(one.value) == one.text.replace(",", "")
        assert (one.high is not None) == (one.relation == "range") or one.relation not in {"=", "range"}
        assert one.scope != "file" or one.of
