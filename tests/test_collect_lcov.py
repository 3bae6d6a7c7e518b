"""LCOV against what other programs say of the same runs, and against files made up to be odd."""

from __future__ import annotations

from pathlib import Path

import pytest

from coverage_facts import GOLDEN, expected, files, read, totals, warnings, written
from phasemetrics.errors import Refusal
from phasemetrics.evidence.model import Fact, FileCoverage
from phasemetrics_collectors import lcov

EXPECTED = expected("lcov")


def made(folder: Path, *lines: str) -> list[Fact]:
    return written(lcov, folder, "\n".join([*lines, ""]))


def of(path: str, *lines: str) -> list[str]:
    return ["TN:", f"SF:{path}", *lines, "end_of_record"]


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_samples_are_counted_as_the_tool_did(name: str) -> None:
    facts = read(lcov, GOLDEN / "lcov" / name)
    assert totals(facts) == EXPECTED[name]
    assert not warnings(facts)


def test_records_of_one_file_are_united(tmp_path: Path) -> None:
    one = of("a.c", "DA:1,0", "DA:2,5,checksum", "BRDA:2,0,0,-", "BRDA:2,0,1,3")
    two = of("a.c", "DA:1,18446744073709551615", "DA:3,0", "BRDA:2,0,0,1", "BRDA:2,0,1,0")
    found = files(made(tmp_path, *one, *of("b.c", "DA:1,1"), *two))
    assert (found["a.c"].covered, found["a.c"].missing) == (frozenset({1, 2}), frozenset({3}))
    assert found["a.c"].branches is not None
    assert [(one.total, one.covered) for one in found["a.c"].branches.values()] == [(2, 2)]
    assert found["b.c"] == FileCoverage("b.c", frozenset({1}), frozenset(), {})


@pytest.mark.parametrize("name", ["e0,1", "0,jump to line 12", "0,a, b and c", "0,"])
def test_a_branch_may_have_any_name(tmp_path: Path, name: str) -> None:
    found = files(made(tmp_path, *of("a", "DA:1,1", f"BRDA:1,{name},1", "BRDA:1,7,7,-")))["a"].branches
    assert found is not None
    assert (found[1].total, found[1].covered) == (2, 1)
    assert min(found[1].taken) > 10**9, "a name is never taken for the line that a branch leads to"


def test_names_stay_the_same_from_report_to_report(tmp_path: Path) -> None:
    reports = (("BRDA:1,0,0,1", "BRDA:1,0,1,0"), ("BRDA:1,0,1,0", "BRDA:1,0,0,4"))
    once, again = (files(made(tmp_path, *of("a", "DA:1,1", *rows)))["a"].branches for rows in reports)
    assert once is not None
    assert once == again
    assert (once[1].total, once[1].covered) == (2, 1)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["LF:1", "LH:1"], None),
        (["LF:2"], 'LF="2" where 1 were counted (line 5)'),
        (["LH:0"], 'LH="0" where 1 were counted'),
        (["BRF:2", "BRH:1"], None),
        (["BRDA:1,0,0,1", "BRF:2", "BRH:1"], 'BRF="2" where 1 were counted'),
        (["LF:many"], 'LF="many" where 1 were counted'),
    ],
)
def test_the_records_own_totals_are_only_held_against_it(tmp_path: Path, rows: list[str], message: str | None) -> None:
    facts = made(tmp_path, *of("a", "DA:1,1", *rows))
    assert totals(facts)["lines"] == [1, 1]
    assert (message or "") in warnings(facts).get("attribute-mismatch", "")
    assert set(warnings(facts)) == ({"attribute-mismatch"} if message else set())


def test_many_contradictions_are_one_warning(tmp_path: Path) -> None:
    facts = made(tmp_path, *(row for number in range(9) for row in of(f"{number}.c", "DA:1,1", "LF:7")))
    assert warnings(facts)["attribute-mismatch"].count("LF=") == 3
    assert "(and 6 more like it)" in warnings(facts)["attribute-mismatch"]


@pytest.mark.parametrize(
    ("rows", "code", "place"),
    [
        (["TN:", "DA:1,1"], "bad-record", (2, 1)),
        (["TN:", "end_of_record"], "bad-record", (2, 1)),
        (["TN:", "SF:", "end_of_record"], "bad-record", (2, 4)),
        (["SF:a", "DA:1,1"], "bad-record", (2, 1)),
        (["SF:a", "SF:b", "end_of_record"], "bad-record", (2, 1)),
        (["SF:a", "DA:1", "end_of_record"], "bad-record", (2, 1)),
        (["SF:a", "BRDA:1,0", "end_of_record"], "bad-record", (2, 1)),
        (["SF:a", "what is this", "end_of_record"], "bad-record", (2, 1)),
        (["SF:a", "DA:-1,1", "end_of_record"], "bad-count", (2, 4)),
        (["SF:a", "DA:12,-1", "end_of_record"], "bad-count", (2, 7)),
        (["SF:a", "DA:12,nan", "end_of_record"], "bad-count", (2, 7)),
        (["SF:a", "DA:12,1e9", "end_of_record"], "bad-count", (2, 7)),
        (["SF:a", "DA:\u0661,1", "end_of_record"], "bad-count", (2, 4)),
        (["SF:a", f"DA:{'9' * 5000},1", "end_of_record"], "bad-count", (2, 4)),
        (["SF:a", f"DA:1,{'9' * 5000}", "end_of_record"], "bad-count", (2, 6)),
        (["SF:a", "BRDA:1,0,0,some", "end_of_record"], "bad-count", (2, 12)),
        (["SF:a", f"FN:{'a' * (1 << 20)}", "end_of_record"], "bad-record", (2, 1 << 20)),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(
    tmp_path: Path, rows: list[str], code: str, place: tuple[int, int]
) -> None:
    with pytest.raises(Refusal) as caught:
        made(tmp_path, *rows)
    assert (caught.value.code, (caught.value.line, caught.value.column)) == (code, place)
    assert len(str(caught.value)) < 400


def test_no_text_of_a_report_comes_through_unescaped(tmp_path: Path) -> None:
    for row in ("what\x1b[31m is this", "DA:1\x1b,1", "DA:1,\u202e1", "BRDA:1,0,0,\x1b"):
        with pytest.raises(Refusal) as caught:
            made(tmp_path, *of("a", row))
        assert str(caught.value).isprintable()
    facts = made(tmp_path, *of("a", "DA:1,1", "LF:\x1b[31m"))
    assert warnings(facts)["attribute-mismatch"].isprintable()


def test_a_report_without_lines(tmp_path: Path) -> None:
    assert set(warnings(made(tmp_path, *of("a", "LF:0", "LH:0")))) == {"no-lines"}
    with pytest.raises(Refusal, match="LF:12") as caught:
        made(tmp_path, *of("a", "LF:12", "LH:3"))
    assert caught.value.code == "no-lines"


def test_what_is_in_other_records_is_passed_over(tmp_path: Path) -> None:
    rows = ["VER:1", "FN:1,2,f", "FNDA:0,f", "FNL:0,1,2", "MCDC:1,2,t,1,0,(a)", "SOMETHING_NEW:1", "# a comment", ""]
    assert totals(made(tmp_path, *of("a", *rows, "DA:1,1"))) == {"lines": [1, 1]}


@pytest.mark.parametrize("spelled", ["C:\\work\\a.c", "C:/work/a.c"])
def test_paths_of_windows(tmp_path: Path, spelled: str) -> None:
    assert list(files(made(tmp_path, *of(spelled, "DA:1,1")))) == ["C:/work/a.c"]


def test_bytes_that_are_no_utf_8_and_other_ends_of_lines(tmp_path: Path) -> None:
    path = tmp_path / "made.info"
    path.write_bytes(b"\xef\xbb\xbfTN:\r\nSF:caf\xe9.c\r\nDA:1,1\r\nend_of_record\r\n")
    assert lcov.recognises(path.read_bytes())
    assert files(read(lcov, path)) == {"café.c": FileCoverage("café.c", frozenset({1}), frozenset(), None)}
