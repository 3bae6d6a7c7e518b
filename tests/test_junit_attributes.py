"""What JUnit reports say of themselves: believed where it can be, held against the cases where it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from junit_workshop import CASE, counts, made, value, warnings
from phasemetrics_collectors._junit_attributes import nanoseconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0.5", 0.5), (" 12 ", 12), (".5", 0.5), ("1.", 1), ("1.63E2", 163), ("5e-05", 5e-05),
        ("14,029.255", 14029.255),
        ("1,234,567.5", 1234567.5), ("0:00:00.69", 0.69), ("1:02:03", 3723), ("1000000000", 1e9),
        ("1,5", None), ("0,160", None), ("1,234", None), ("1.234,56", None), ("nan", None), ("inf", None),
        ("Infinity", None), ("-1.5", None), ("1e309", None), ("9" * 20, None), ("1_0", None), ("٥", None),
        ("0x10", None),
        ("fast", None), ("1 s", None), ("0:00:60", None), ("0:60:00", None), ("1:2", None), ("", None),
    ],
)  # fmt: skip
def test_times(text: str, seconds: float | None) -> None:
    nanos = nanoseconds(text)
    assert (None if nanos is None else nanos / 1e9) == seconds


@pytest.mark.parametrize("bad", ["1,5", "nan", "-1", "9" * 5000, "\u202e1"])
def test_one_time_that_cannot_be_believed_makes_the_sum_unknown(tmp_path: Path, bad: str) -> None:
    cases = f'<testcase name="good" time="1"/><testcase name="b&#10;ad" time="{bad}"/><testcase name="c" time="x"/>'
    facts = made(tmp_path, CASE.format(cases))
    assert value(facts, "tests.duration") is None
    assert r'"b\nad" says time=' in warnings(facts)["bad-time"]
    assert "(and 1 more)" in warnings(facts)["bad-time"]
    assert "\u202e" not in warnings(facts)["bad-time"]


@pytest.mark.parametrize(
    ("body", "duration", "said"),
    [
        (
            '<testcase name="a" time=""/><testcase name="b" time=""/>',
            None,
            '"a" says time="", not a number of seconds (and',
        ),
        ('<testcase name="a" time=""/><testcase name="b" time="2"/>', 2, None),
        (
            '<testcase name="a" time=""/><testcase name="b" time="x"/>',
            None,
            '"b" says time="x", not a number of seconds;',
        ),
        ('<testcase name="a"/>', None, None),
    ],
)
def test_empty_times_are_doubted_where_there_is_no_other(
    tmp_path: Path, body: str, duration: float | None, said: str | None
) -> None:
    facts = made(tmp_path, CASE.format(body))
    assert value(facts, "tests.duration") == duration
    assert (said or "") in warnings(facts).get("bad-time", "")
    assert ("bad-time" in warnings(facts)) == (said is not None)


@pytest.mark.parametrize(
    ("body", "duration", "wall"),
    [
        ('<testsuites time="9"><testsuite time="4"/><testsuite time="5"/></testsuites>', None, 9),
        (
            '<testsuites><testsuite time="4"/><testsuite time="5"><testsuite time="3"/></testsuite></testsuites>',
            None,
            9,
        ),
        ('<testsuites><testsuite time="4"/><testsuite/></testsuites>', None, None),
        ('<testsuites><testsuite time="4"/><testcase name="a" time="2"/></testsuites>', 2, None),
        ('<testsuite time=""><testcase name="a" time=""/><testcase name="b" time="2"/></testsuite>', 2, None),
        ('<testsuite time="inf"><testcase name="a"/></testsuite>', None, None),
        ("<testsuite>" + '<testcase time="0.1"/>' * 10 + "</testsuite>", 1.0, None),
    ],
)
def test_duration_is_a_sum_and_wall_is_what_the_outermost_say(
    tmp_path: Path, body: str, duration: float | None, wall: float | None
) -> None:
    facts = made(tmp_path, body)
    assert (value(facts, "tests.duration"), value(facts, "tests.wall")) == (duration, wall)


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ('tests="2" failures="1" errors="0" skipped="0"', None),
        ('tests="2.0"', None),
        ('tests=""', None),
        ('tests="5"', 'tests="5" where 2 were counted'),
        ('tests="2" failures="0"', 'failures="0" where 1 were counted'),
        ('skipped="many"', 'skipped="many" where 0 were counted'),
        ('tests="1_0"', 'tests="1_0"'),
        ('tests="٢"', 'tests="٢"'),
        (f'tests="{"9" * 5000}"', 'tests="999'),
        ('tests="-2"', 'tests="-2"'),
    ],
)
def test_suite_attributes_are_only_held_against_the_cases(tmp_path: Path, attributes: str, message: str | None) -> None:
    facts = made(
        tmp_path, f'<testsuite {attributes}><testcase name="a"/><testcase name="b"><failure/></testcase></testsuite>'
    )
    assert counts(facts) == {"passed": 1, "failed": 1}
    assert (message or "") in warnings(facts).get("attribute-mismatch", "")
    assert set(warnings(facts)) == ({"attribute-mismatch"} if message else set())


def test_a_suite_may_leave_nested_suites_out(tmp_path: Path) -> None:
    inner = '<testsuite tests="1"><testcase name="b"/></testsuite>'
    for said in (1, 2):
        body = f'<testsuites tests="2"><testsuite tests="{said}"><testcase name="a"/>{inner}</testsuite></testsuites>'
        assert not warnings(made(tmp_path, body))
