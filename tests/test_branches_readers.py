"""What collectors do with the parts of a report that stand where no tool puts them, and what their readers do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

import pytest

from coverage_facts import files, totals, written
from junit_workshop import by_file, by_group, counts, made_with, value
from junit_workshop import warnings as said
from phasemetrics.errors import Refusal
from phasemetrics.evidence.grouping import GroupRule
from phasemetrics.evidence.model import Collector, Dependency
from phasemetrics_collectors import clover, coverage_xml, go_test, jacoco, opencover, tap, trx, xunit_net
from phasemetrics_collectors._json import parse
from phasemetrics_collectors._manifest_changes import differences
from phasemetrics_collectors._manifest_python import elsewhere, requirement
from phasemetrics_collectors._text_lines import first_line

TAP, GO, TRX, XUNIT = (cast(Collector, one) for one in (tap, go_test, trx, xunit_net))


@pytest.mark.parametrize("place_first", [True, False])
def test_of_a_place_and_a_version_in_one_list_the_version_stands(place_first: bool) -> None:
    listed = [elsewhere("rich", ""), requirement("rich>=2", "")]
    before = {"a/requirements.txt": [requirement("rich>=1", "")]}
    after = {"a/requirements.txt": listed if place_first else listed[::-1]}
    assert list(differences(before, after)) == [Dependency("rich", "raised", ">=1", ">=2", "a/requirements.txt")]


def test_a_requirement_is_read_up_to_its_limit() -> None:
    text = f"rich>=1{' ' * 4089}"
    assert (len(text), requirement(text, "").spec) == (4096, ">=1")
    with pytest.raises(ValueError, match=r"^is a requirement of 4097 characters, the limit is 4096$"):
        requirement(f"{text} ", "")


@pytest.mark.parametrize(
    ("text", "expected", "codes"),
    [
        ("1..1\nok 1 - a {\n    1..2\n    ok 1 - b\n    not ok 2 - c\n", {"passed": 1, "failed": 1}, set()),
        ("1..1\n    1..1\n    ok 1 - b\n", {"passed": 1}, {"attribute-mismatch"}),
        ("1..1\n        ok 1 - b\nok 1 - a\n", {"passed": 1}, set()),
        ("1..1\nok 1 - a\n    ok 1 - b\nok 1 - c\n1..1\n", {"passed": 2}, set()),
    ],
    ids=[
        "cut off in a block",
        "cut off in a subtest",
        "a point two levels down",
        "the next stream begins in a subtest",
    ],
)
def test_subtests_that_are_not_where_they_should_be(
    tmp_path: Path, text: str, expected: dict[str, int], codes: set[str]
) -> None:
    facts = made_with(TAP, tmp_path, text)
    assert (counts(facts), set(said(facts))) == (expected, codes)


@pytest.mark.parametrize(
    ("head", "expected"),
    [(b"\xef\xbb\xbf# a\n\n \t\r\n b \r\nc\n", b"b"), (b"# a\n\n  # b\n", b""), (b"", b"")],
)
def test_the_first_line_that_says_something(head: bytes, expected: bytes) -> None:
    assert first_line(head) == expected


def test_only_the_categories_of_a_test_with_an_id_are_its_own(tmp_path: Path) -> None:
    category = '<{0}><TestCategoryItem TestCategory="quick"/></{0}>'
    defined = {
        "owned": ('id="a"', "TestCategory"),
        "strange": ('id="b"', "Owners"),
        "nameless": ("", "TestCategory"),
    }
    tests = "".join(
        f'<UnitTest {id_}>{category.format(element)}<TestMethod className="{name}"/></UnitTest>'
        for name, (id_, element) in defined.items()
    )
    results = "".join(f'<UnitTestResult testName="{one}" testId="{one}" outcome="Passed"/>' for one in ("a", "b", ""))
    rule = GroupRule("quick", markers=frozenset({"quick"}))
    facts = made_with(TRX, tmp_path, f"<TestRun><Results>{results}</Results>{tests}</TestRun>", rule)
    assert by_file(facts) == {"owned": 1, "strange": 1, "": 1}
    assert by_group(facts)["quick"].total == 1


def test_counters_are_held_against_the_results_in_the_summary_only(tmp_path: Path) -> None:
    run = '<TestRun><UnitTestResult testName="a" outcome="Passed"/><{0}><Counters total="7"/></{0}></TestRun>'
    assert said(made_with(TRX, tmp_path, run.format("Results"))) == {}
    message = said(made_with(TRX, tmp_path, run.format("ResultSummary")))["attribute-mismatch"]
    assert 'total="7" where 1 were counted' in message


def test_lines_behind_a_file_inside_another_are_of_none(tmp_path: Path) -> None:
    line = '<line num="{}" count="1" type="stmt"/>'
    body = f'<file name="a"><file name="b">{line.format(2)}</file>{line.format(3)}</file>'
    found = files(written(clover, tmp_path, f"<coverage><project>{body}</project></coverage>"))
    assert {path: file.covered for path, file in found.items()} == {"b": {2}}


def test_a_class_inside_another_and_a_header_inside_the_report(tmp_path: Path) -> None:
    line = '<line number="{}" hits="1"/>'
    inner = f'<class filename="b"><lines>{line.format(2)}</lines></class>'
    body = f'<class filename="a">{inner}{line.format(3)}</class>'
    header = '<coverage lines-valid="9" lines-covered="9"/>'
    facts = written(coverage_xml, tmp_path, f"<coverage>{header}<packages>{body}</packages></coverage>")
    assert {path: file.covered for path, file in files(facts).items()} == {"a": set(), "b": {2}}
    assert said(facts) == {}


def test_blank_lines_between_events_are_nothing(tmp_path: Path) -> None:
    events = '{"Action":"run","Package":"p","Test":"T"}\n\n  \n{"Action":"pass","Package":"p","Test":"T"}\n'
    facts = made_with(GO, tmp_path, f'{events}{{"Action":"pass","Package":"p"}}\n')
    assert (counts(facts), said(facts)) == ({"passed": 1}, {})


@pytest.mark.parametrize(("second", "wall"), [("00:00:04", 5.0), ("00:00:03", None)])
def test_events_that_go_back_further_than_a_second_have_no_wall_time(
    tmp_path: Path, second: str, wall: float | None
) -> None:
    times = ("00:00:00", "00:00:05", second)
    events: list[dict[str, object]]
    events = [{"Time": f"2026-01-01T{time}Z", "Action": "start", "Package": "p"} for time in times]
    events += [{"Action": "pass", "Package": "p", "Test": "T", "Elapsed": 1}, {"Action": "pass", "Package": "p"}]
    facts = made_with(GO, tmp_path, "\n".join(map(json.dumps, events)))
    assert (value(facts, "tests.wall"), value(facts, "tests.duration")) == (wall, 1.0)


def test_a_line_outside_of_all_source_files_is_of_none(tmp_path: Path) -> None:
    line = '<line nr="{}" ci="1"/>'
    body = f'{line.format(1)}<sourcefile name="A.java">{line.format(2)}</sourcefile>{line.format("x")}'
    facts = written(jacoco, tmp_path, f'<report><package name="p">{body}</package></report>')
    assert totals(facts) == {"lines": [1, 1]}
    assert files(facts)["p/A.java"].covered == {2}


def test_only_the_summary_of_the_session_is_held_against_the_points(tmp_path: Path) -> None:
    point = '<Files><File uid="1" fullPath="a.cs"/></Files><SequencePoint vc="1" sl="3" fileid="1"/>'
    summary = '<Summary numSequencePoints="7"/>'
    inside = written(opencover, tmp_path, f"<CoverageSession><Module>{summary}{point}</Module></CoverageSession>")
    above = written(opencover, tmp_path, f"<CoverageSession>{summary}{point}</CoverageSession>")
    assert totals(inside) == totals(above) == {"lines": [1, 1]}
    assert (said(inside), list(said(above))) == ({}, ["attribute-mismatch"])


@pytest.mark.parametrize("time", ["1,5", "x", "nan", "-1"])
def test_what_is_no_time_is_no_duration(tmp_path: Path, time: str) -> None:
    test = '<test name="A.b" type="A" result="Pass" time="{}"/>'
    facts = made_with(XUNIT, tmp_path, f"<assembly>{test.format(time)}</assembly>")
    assert counts(facts) == {"passed": 1}
    assert value(facts, "tests.duration") is None
    assert [f'time="{time}"' in message for message in said(facts).values()] == [True]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"a": [1], "b": [0, NaN, NaN, -Infinity]}', "b[1] is NaN, which is not a number"),
        ('{"a": [1], "b": [0, {"c": NaN, "d": NaN, "c": 1}]}', 'b[1] has the key "c" twice'),
    ],
)
def test_of_what_is_unfit_the_first_that_is_left_is_named(text: str, problem: str) -> None:
    with pytest.raises(Refusal) as caught:
        parse(text.encode(), "report.json", "write it again")
    assert (caught.value.code, problem in str(caught.value)) == ("bad-json", True)
