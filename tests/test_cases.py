"""Test cases by name: kept in a snapshot, and what became of them over a phase."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phasemetrics.evidence.casechanges import CaseChanges, case_changes
from phasemetrics.evidence.cases import MOST, CaseBook, read_cases, shown_cases
from phasemetrics.evidence.model import OUTCOMES, Outcome, TestCase


def case(name: str, outcome: Outcome = "passed", path: str = "tests/test_a.py", classname: str = "") -> TestCase:
    return TestCase(path, classname, name, outcome)


CASES = st.lists(
    st.builds(
        TestCase, st.sampled_from(["a.py", "b.py"]), st.sampled_from(["", "X"]), st.text("xy[12]", max_size=4),
        st.sampled_from(OUTCOMES),
    ),
    unique_by=lambda one: (one.path, one.classname, one.name),
    max_size=12,
)  # fmt: skip


def test_a_case_is_kept_once_with_its_most_severe_outcome() -> None:
    book = CaseBook()
    for outcome in ("passed", "errors", "failed"):
        book.add("test_x", "tests.unit.test_a.TestX", "tests/unit/test_a.py", outcome)
    book.add("test_y", "tests.unit.test_a", "tests/unit/test_a.py", "skipped")
    assert book.cases() == (
        case("test_y", "skipped", "tests/unit/test_a.py"),
        case("test_x", "errors", "tests/unit/test_a.py", "TestX"),
    )


def test_too_many_cases_are_not_kept() -> None:
    book = CaseBook()
    for number in range(MOST + 1):
        book.add(f"test_{number}", "", "a.py", "passed")
    assert book.full
    assert book.cases() is None


@given(CASES)
def test_what_is_kept_is_read_back(cases: list[TestCase]) -> None:
    assert read_cases(shown_cases(cases)) == tuple(sorted(cases))


@pytest.mark.parametrize(
    "damaged", [{"a.py": {"won": []}}, {"a.py": {"passed": [["", 1]]}}, {"a.py": {"passed": [""]}}]
)
def test_a_damaged_list_is_refused(damaged: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_cases(damaged)


def changes(before: list[TestCase], after: list[TestCase], **moved: str) -> CaseChanges:
    return case_changes(before, after, {new: old for old, new in moved.items()})


def test_a_new_test_and_a_removed_one() -> None:
    found = changes([case("test_a"), case("test_b")], [case("test_a"), case("test_c", "failed")])
    # Nothing says that test_b became test_c.
    assert (found.added, found.removed, found.renamed) == ((case("test_c", "failed"),), (case("test_b"),), ())
    assert found.failing == ()


def test_transitions_are_those_of_tests_that_were_there() -> None:
    before = [case("broke"), case("mended", "errors"), case("off"), case("still", "failed")]
    after = [case("broke", "errors"), case("mended"), case("off", "skipped"), case("still", "errors")]
    found = changes(before, after)
    assert found.failing == (case("broke", "errors"),)
    assert found.passing == (case("mended"),)
    assert found.skipped == (case("off", "skipped"),)
    assert (found.added, found.removed, found.renamed) == ((), (), ())


def test_a_moved_file_renames_its_tests_and_adds_the_new_one() -> None:
    before = [case(f"test_{number}", path="old.py", classname="X") for number in range(3)]
    after = [replace(one, path="new.py") for one in before] + [case("test_new", path="new.py", classname="X")]
    found = case_changes(before, after, {"new.py": "old.py"})
    assert [(was.name, now.path) for was, now in found.renamed] == [(f"test_{number}", "new.py") for number in range(3)]
    assert found.added == (after[-1],)
    assert found.removed == ()


def test_a_moved_file_is_no_hundred_removed_and_ninety_one_added() -> None:
    before = [case(f"test_{number}", path="tests/old.py") for number in range(100)]
    after = [replace(one, path="tests/new.py") for one in before[:91]]
    found = case_changes(before, after, {})  # git did not see it as a rename
    assert len(found.renamed) == 91
    assert found.removed == tuple(sorted(before[91:]))
    assert found.added == ()


def test_a_parameter_that_is_called_otherwise() -> None:
    found = changes(
        [case("test_sum[1-2]"), case("test_sum[3-4]")], [case("test_sum[a]"), case("test_sum[b]", "failed")]
    )
    assert [(was.name, now.name) for was, now in found.renamed] == [
        ("test_sum[1-2]", "test_sum[a]"), ("test_sum[3-4]", "test_sum[b]"),
    ]  # fmt: skip
    assert [one.name for one in found.failing] == ["test_sum[b]"]


def test_more_parameters_are_not_guessed_at() -> None:
    found = changes([case("test_sum[1]")], [case("test_sum[a]"), case("test_sum[b]")])
    assert found.renamed == ()
    assert len(found.added) == 2


def test_a_class_that_is_called_otherwise() -> None:
    found = changes([case("test_a", classname="Old")], [case("test_a", classname="New")])
    assert found.renamed == ((case("test_a", classname="Old"), case("test_a", classname="New")),)


@given(CASES, CASES)
def test_every_test_is_accounted_for_once(before: list[TestCase], after: list[TestCase]) -> None:
    found = case_changes(before, after, {})
    key = {(one.path, one.classname, one.name) for one in before} & {
        (one.path, one.classname, one.name) for one in after
    }
    assert len(before) == len(key) + len(found.removed) + len(found.renamed)
    assert len(after) == len(key) + len(found.added) + len(found.renamed)
    assert case_changes(before[::-1], after[::-1], {}) == found


@given(CASES)
def test_nothing_changes_between_a_run_and_itself(cases: list[TestCase]) -> None:
    assert case_changes(cases, cases, {}) == CaseChanges()
