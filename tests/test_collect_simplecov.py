"""SimpleCov's result set: what each command ran, and what none of them calls code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from coverage_facts import GOLDEN, expected, files, read, totals, warnings, written
from limiting import limited
from phasemetrics.errors import Refusal
from phasemetrics.evidence.model import Fact
from phasemetrics_collectors import simplecov

EXPECTED = expected("simplecov")


def made(folder: Path, *commands: Mapping[str, object]) -> list[Fact]:
    report = {f"command {number}": {"coverage": one, "timestamp": 1} for number, one in enumerate(commands)}
    return written(simplecov, folder, json.dumps(report))


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_samples_are_counted_as_simplecov_does(name: str) -> None:
    facts = read(simplecov, GOLDEN / "simplecov" / name)
    assert totals(facts) == EXPECTED[name]
    assert not warnings(facts)


def test_commands_are_united_by_line(tmp_path: Path) -> None:
    first, second = [1, 0, None, 0, None, 0], [0, 2, 3, None, None, 0]
    for one, two in ((first, second), (second, first)):
        (found,) = files(made(tmp_path, {"a.rb": {"lines": one}}, {"a.rb": {"lines": two}})).values()
        # Line 4 is no code for the one that loaded the file, line 6 is code for both.
        assert (found.covered, found.missing) == (frozenset({1, 2, 3}), frozenset({6}))


def test_branches_are_united_by_name(tmp_path: Path) -> None:
    condition = "[:if, 0, 3, 4, 8, 7]"
    ways = [{"[:then, 1, 4, 6, 4, 10]": then, "[:else, 2, 6, 6, 6, 10]": other} for then, other in ((1, 0), (0, 2))]
    (found,) = files(made(tmp_path, *({"a.rb": {"lines": [1], "branches": {condition: way}}} for way in ways))).values()
    assert [(line, one.total, one.covered) for line, one in (found.branches or {}).items()] == [(3, 2, 2)]


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ({"lines": [1, -1]}, '["a.rb"].lines[1] is -1'),
        ({"lines": [1, "ignored"]}, '["a.rb"].lines[1] is a string'),
        ({"lines": [True]}, '["a.rb"].lines[0] is true or false'),
        ({"branches": {}}, '["a.rb"].lines is missing'),
        ([1.5], '["a.rb"][0] is a number, expected a whole number'),
        ({"lines": [1], "branches": {"\u202eif": {}}}, '["\\u202eif"] has a key that is no place'),
        ({"lines": [1], "branches": {"[:if, 0, 3, 4, 8, 7]": {"[:then]": -1}}}, '["[:then]"] is -1'),
        ("lines", '["a.rb"] is a string'),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(tmp_path: Path, file: object, message: str) -> None:
    with pytest.raises(Refusal) as caught:
        made(tmp_path, {"a.rb": file})
    assert (caught.value.code, caught.value.path) == ("bad-json", "made.txt")
    assert message in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("lines", [[0, None, 1] * 10, {"lines": [0, None, 1] * 10}])
def test_the_lines_of_a_report_have_a_limit(tmp_path: Path, lines: object) -> None:
    with limited(elements=90):
        assert len(files(made(tmp_path, *[{f"{i}.rb": lines for i in range(3)}] * 4))) == 3
        with pytest.raises(Refusal, match="more than 90 lines, the limit") as caught:
            made(tmp_path, *[{f"{i}.rb": lines for i in range(3)}] * 2, {"3.rb": lines})
    assert caught.value.code == "bad-json"
    assert "`elements`" in (caught.value.mend or "")


def test_a_report_without_lines_is_said_to_be_empty(tmp_path: Path) -> None:
    assert set(warnings(made(tmp_path, {"a.rb": {"lines": [None, None]}}))) == {"no-lines"}
    assert set(warnings(made(tmp_path, {}))) == {"no-lines"}
