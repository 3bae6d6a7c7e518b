"""OpenCover's XML, line by line under its sequence points."""

from __future__ import annotations

from pathlib import Path

import pytest

from coverage_facts import GOLDEN, expected, files, read, totals, warnings, written
from phasemetrics.errors import Refusal
from phasemetrics.evidence.model import Fact
from phasemetrics_collectors import opencover

EXPECTED = expected("opencover")
FILES = '<Files><File uid="1" fullPath="C:\\src\\A.cs"/><File uid="2" fullPath="/src/B.cs"/></Files>'


def made(folder: Path, points: str, summary: str = "", files: str = FILES) -> list[Fact]:
    method = f'<Method><FileRef uid="1"/><SequencePoints>{points}</SequencePoints></Method>'
    module = f"<Module>{files}<Classes><Class><Methods>{method}</Methods></Class></Classes></Module>"
    text = f"<CoverageSession>{summary}<Modules>{module}</Modules></CoverageSession>"
    return written(opencover, folder, text)


def point(first: object, last: object, visits: object = 1, more: str = "") -> str:
    return f'<SequencePoint vc="{visits}" sl="{first}" el="{last}" {more}/>'


def branch(line: object, path: int, visits: int, offset: int = 3) -> str:
    return f'<BranchPoint vc="{visits}" sl="{line}" offset="{offset}" path="{path}"/>'


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_samples_are_counted_line_by_line(name: str) -> None:
    facts = read(opencover, GOLDEN / "opencover" / name)
    assert totals(facts) == EXPECTED[name]
    assert not warnings(facts)
    assert list(files(facts)) == ["C:/work/shop/src/Cart.cs"]


def test_points_overlap_and_files_are_told_apart(tmp_path: Path) -> None:
    found = files(made(tmp_path, point(1, 3) + point(2, 4, 0) + point(4, 4, 0, 'fileid="2"')))
    assert (found["C:/src/A.cs"].covered, found["C:/src/A.cs"].missing) == (frozenset({1, 2, 3}), frozenset({4}))
    assert (found["/src/B.cs"].covered, found["/src/B.cs"].missing) == (frozenset(), frozenset({4}))


def test_two_modules_may_number_their_files_alike(tmp_path: Path) -> None:
    visited = point(1, 1, more='fileid="1"')
    modules = "".join(
        f'<Module><Files><File uid="1" fullPath="{path}"/></Files>{visited}</Module>'
        for path in ("/src/A.cs", "/src/B.cs")
    )
    facts = written(opencover, tmp_path, f"<CoverageSession><Modules>{modules}</Modules></CoverageSession>")
    assert sorted(files(facts)) == ["/src/A.cs", "/src/B.cs"]


def test_branches_are_known_by_their_place_in_the_code(tmp_path: Path) -> None:
    ways = branch(1, 0, 1) + branch(1, 1, 0) + branch(1, 0, 0) + branch(1, 0, 0, offset=9)
    (found,) = files(made(tmp_path, point(1, 1) + ways)).values()
    assert [(line, one.total, one.covered) for line, one in (found.branches or {}).items()] == [(1, 3, 1)]


def test_branches_without_a_line_are_left_out_aloud(tmp_path: Path) -> None:
    facts = made(tmp_path, point(1, 1) + '<BranchPoint vc="1" offset="3" path="0"/>')
    assert totals(facts) == {"lines": [1, 1]}
    assert warnings(facts) == {"bad-branches": "1 branch points name no line; they are left out"}


def test_the_summary_is_only_held_against_the_points(tmp_path: Path) -> None:
    facts = made(tmp_path, point(1, 3), '<Summary numSequencePoints="4" visitedSequencePoints="1"/>')
    assert totals(facts) == {"lines": [3, 3]}
    assert warnings(facts) == {
        "attribute-mismatch": 'the header says numSequencePoints="4" where 1 were counted; the lines were counted'
    }


def test_a_summary_alone_is_no_evidence(tmp_path: Path) -> None:
    assert set(warnings(made(tmp_path, "", '<Summary numSequencePoints="0"/>'))) == {"no-lines"}
    with pytest.raises(Refusal, match='numSequencePoints="4"') as caught:
        made(tmp_path, "", '<Summary numSequencePoints="4"/>')
    assert caught.value.code == "no-lines"


@pytest.mark.parametrize(
    "row",
    [
        *(point(text, 1) for text in ("", "-1", "1.5", "nan", "1_0", "٥", "9" * 5000, "\u202e1")),
        *(point(1, text) for text in ("", "-1", "many")),
        *(point(1, 1, text) for text in ("", "-1", "9" * 5000)),
        point(3, 2),
        point(1, 999_999_999),
        point(1, 1, 1, 'fileid="3\u202e"'),
        branch("many", 0, 1),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(tmp_path: Path, row: str) -> None:
    with pytest.raises(Refusal) as caught:
        made(tmp_path, f"\n{row}")
    assert (caught.value.code, caught.value.line, caught.value.column) == ("bad-count", 2, 1)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 400


def test_a_file_needs_a_path(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="without a fullPath"):
        made(tmp_path, "", files='<Files><File uid="1"/></Files>')
