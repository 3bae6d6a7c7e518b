"""Istanbul's JSON against what nyc and c8 say of the same runs, and against files made up to be odd."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from coverage_facts import GOLDEN, expected, files, knowing, read, totals, warnings, written
from phasemetrics.errors import Refusal
from phasemetrics.evidence.model import Fact
from phasemetrics_collectors import istanbul

EXPECTED = expected("istanbul")


def place(line: object) -> dict[str, object]:
    return {"start": {"line": line, "column": 0}, "end": {"line": line, "column": None}}


def entry() -> dict[str, Any]:
    """Return a file with two statements on line 1, one on line 3, and a condition of three branches on line 2."""
    return {
        "path": "/src/a.js",
        "statementMap": {"0": place(1), "1": place(1), "2": place(3)},
        "fnMap": {},
        "branchMap": {"0": {"loc": place(2), "type": "switch", "locations": [place(2)] * 3, "line": 2}},
        "s": {"0": 0, "1": 4, "2": 0},
        "f": {},
        "b": {"0": [1, 0, 2]},
    }


def made(folder: Path, **changed: object) -> list[Fact]:
    return written(istanbul, folder, json.dumps({"/src/a.js": entry() | changed}))


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_samples_are_counted_as_the_tool_did(name: str) -> None:
    facts = read(istanbul, GOLDEN / "istanbul" / name)
    assert totals(facts) == EXPECTED[name]
    assert not warnings(facts)


def test_a_line_is_where_a_statement_begins(tmp_path: Path) -> None:
    (found,) = files(made(tmp_path)).values()
    assert (found.path, found.covered, found.missing) == ("/src/a.js", frozenset({1}), frozenset({3}))
    assert found.branches is not None
    assert [(line, one.total, one.covered) for line, one in found.branches.items()] == [(2, 3, 2)]


def test_a_branch_without_a_place_of_its_own(tmp_path: Path) -> None:
    (found,) = files(made(tmp_path, branchMap={"0": {"line": 7, "locations": []}})).values()
    assert list(found.branches or {}) == [7]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"s": {"0": 1, "1": 1}}, 's["2"] is missing'),
        ({"s": {"0": -1, "1": 0, "2": 0}}, 's["0"] is -1'),
        ({"s": {"0": 1.5, "1": 0, "2": 0}}, 's["0"] is a number, expected a whole number'),
        ({"s": {"0": True, "1": 0, "2": 0}}, 's["0"] is true or false'),
        ({"s": []}, ".s is a list"),
        ({"b": {"0": 3}}, 'b["0"] is a number'),
        ({"b": {"0": [-1]}}, 'b["0"][0] is -1'),
        ({"statementMap": {"0": {}}}, 'statementMap["0"].start is missing'),
        ({"statementMap": {"0": place(10**9)}}, 'statementMap["0"].start.line is 1000000000'),
        ({"statementMap": {"0\u202e": {}}}, 'statementMap["0\\u202e"].start is missing'),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(tmp_path: Path, changed: dict[str, object], message: str) -> None:
    with pytest.raises(Refusal) as caught:
        made(tmp_path, **changed)
    assert (caught.value.code, caught.value.path) == ("bad-json", "made.txt")
    assert message in str(caught.value)
    assert str(caught.value).isprintable()


def test_a_report_without_statements_is_said_to_be_empty(tmp_path: Path) -> None:
    facts = made(tmp_path, statementMap={}, s={}, branchMap={}, b={})
    assert set(warnings(facts)) == {"no-lines"}


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ('{"a.js": {"path": "a.js", "statementMap": {', "istanbul"),
        ('\ufeff { "a{}\\".js" : {"all": true, "path": "a{b}", "statementMap" :', "istanbul"),
        ('{"meta": {"format": 3}, "files": {"a.py": {"functions": {"statementMap": {', "coverage_json"),
        ("{}", "coverage_json"),
    ],
)
def test_it_is_known_by_its_content(tmp_path: Path, text: str, known: str) -> None:
    path = tmp_path / "made.json"
    path.write_text(text, encoding="utf-8")
    assert knowing(path) == [known]
