"""Go's cover profiles: statements of blocks, as `go tool cover -func` counts them."""

from __future__ import annotations

from pathlib import Path

import pytest

from coverage_facts import GOLDEN, expected, files, read, totals, warnings, written
from phasemetrics.errors import Refusal
from phasemetrics.evidence.merging import LAST_LINE, Merged
from phasemetrics.evidence.model import Fact, FileCoverage
from phasemetrics_collectors import gocover

EXPECTED = expected("gocover")


def made(folder: Path, *blocks: str) -> list[Fact]:
    return written(gocover, folder, "\n".join(["mode: set", *blocks, ""]))


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_samples_are_counted_as_go_does(name: str) -> None:
    facts = read(gocover, GOLDEN / "gocover" / name)
    assert totals(facts) == EXPECTED[name]
    assert not warnings(facts)


def test_a_block_counts_once_and_ran_if_one_profile_says_so(tmp_path: Path) -> None:
    rows = ["a.go:1.2,3.4 5 0", "a.go:1.2,3.4 5 7", "mode: atomic", "a.go:1.2,3.4 5 0", "a.go:3.4,5.6 2 0"]
    assert totals(made(tmp_path, *rows)) == {"lines": [5, 7]}


def test_profiles_of_two_runs_are_united_exactly(tmp_path: Path) -> None:
    merged = Merged()
    for rows in (("a.go:1.2,3.4 5 1", "a.go:3.4,5.6 2 0"), ("a.go:1.2,3.4 5 0", "a.go:3.4,5.6 2 1")):
        for fact in made(tmp_path, *rows):
            merged.add(fact, "cover.out")
    assert [(one.covered, one.total) for one in merged.files()] == [(7, 7)]
    assert not merged.doubts()


def test_statements_are_not_mixed_with_lines(tmp_path: Path) -> None:
    merged = Merged()
    (statements,) = files(made(tmp_path, "a.go:1.2,3.4 5 1", "a.go:3.4,5.6 2 0")).values()
    merged.add(statements, "cover.out")
    merged.add(FileCoverage("a.go", frozenset({1, 2}), frozenset({3})), "lcov.info")
    assert [(one.covered, one.total) for one in merged.files()] == [(5, 7)], "the larger count, not the sum"
    assert [(one.code, one.path) for one in merged.doubts()] == [("not-mergeable", "cover.out")]
    assert min(statements.covered) > LAST_LINE


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ("what is this", "bad-record", 1),
        ("a.go:1.2,3.4 5", "bad-record", 1),
        ("a.go:1.2,3.4 5 -1", "bad-record", 1),
        ("a.go:1.2,3.4 1.5 1", "bad-record", 1),
        ("a.go:1.2,3.4 ٥ 1", "bad-record", 1),
        (f"a.go:1.2,3.4 {'9' * 5000} 1", "bad-record", 1),
        (f"{'a' * (1 << 20)}.go:1.2,3.4 1 1", "bad-record", 1 << 20),
        ("a.go:3.4,1.2 5 1", "bad-record", 10),
        ("a.go:1.2,3.4 999999999 1", "bad-count", 14),
        ("\x1b[31m", "bad-record", 1),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(tmp_path: Path, row: str, code: str, column: int) -> None:
    with pytest.raises(Refusal) as caught:
        made(tmp_path, "a.go:1.1,1.2 1 1", row)
    assert (caught.value.code, caught.value.line, caught.value.column) == (code, 3, column)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 400


def test_a_block_never_changes_its_size(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="a block of 4 statements that had 5 before") as caught:
        made(tmp_path, "a.go:1.2,3.4 5 1", "a.go:1.2,3.4 4 1")
    assert (caught.value.code, caught.value.line) == ("bad-count", 3)


def test_a_profile_without_statements_is_said_to_be_empty(tmp_path: Path) -> None:
    for rows in ((), ("a.go:1.2,1.3 0 1",)):
        facts = made(tmp_path, *rows)
        assert set(warnings(facts)) == {"no-lines"}
        assert totals(facts) == {"lines": [0, 0]}
