"""xUnit.net XML, in the shape that its documentation gives it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import cast

import pytest

from junit_workshop import by_file, by_group, counts, made_with, read_with, value, warnings
from phasemetrics.errors import Refusal
from phasemetrics.evidence.grouping import GroupRule
from phasemetrics.evidence.model import Collector, Fact
from phasemetrics_collectors import junit, trx, xunit_net

XUNIT = cast(Collector, xunit_net)
SAMPLES = Path(__file__).parent / "collectors" / "xunit_net"
EXPECTED = json.loads((SAMPLES / "expected.json").read_text())


def made(tmp_path: Path, tests: str, attributes: str = "") -> list[Fact]:
    return made_with(XUNIT, tmp_path, f"<assemblies><assembly {attributes}>{tests}</assembly></assemblies>")


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_samples(name: str) -> None:
    facts = read_with(XUNIT, SAMPLES / name)
    assert counts(facts) == Counter(EXPECTED[name])
    assert by_file(facts) == {"Shop.Tests.CartTests": Counter(EXPECTED[name]).total()}
    assert (value(facts, "tests.duration"), warnings(facts)) == (0.05, {})
    head = (SAMPLES / name).read_bytes()[:4096]
    assert [one.recognises(head) for one in (xunit_net, trx, junit)] == [True, False, False]


@pytest.mark.parametrize(
    ("result", "outcome"), [("Pass", "passed"), ("Fail", "failed"), ("Skip", "skipped"), ("NotRun", "skipped")]
)
def test_results(tmp_path: Path, result: str, outcome: str) -> None:
    facts = made(tmp_path, f'<test name="A.b" type="A" result="{result}" time="0.5" />')
    assert (counts(facts), warnings(facts)) == ({outcome: 1}, {})


def test_what_is_no_result_is_said(tmp_path: Path) -> None:
    facts = made(tmp_path, '<test name="A.b" type="A" result="Maybe" time="0.5" />')
    assert counts(facts) == {"skipped": 1}
    assert warnings(facts)["unknown-status"].startswith('result="Maybe", which xUnit.net does not have')


def test_attributes_are_only_held_against_the_tests(tmp_path: Path) -> None:
    facts = made(tmp_path, '<test name="A.b" type="A" result="Pass" time="0.5" />', 'total="3" passed="1"')
    assert counts(facts) == {"passed": 1}
    assert 'total="3" where 1 were counted' in warnings(facts)["attribute-mismatch"]


def test_a_failure_outside_of_all_tests_is_said(tmp_path: Path) -> None:
    facts = made(tmp_path, '<errors><error type="class-cleanup" /></errors><test name="A.b" type="A" result="Pass" />')
    assert counts(facts) == {"passed": 1}
    assert warnings(facts)["assembly-error"].startswith("1 failures outside of all tests")


@pytest.mark.parametrize("time", ["soon", "nan", "-1", "inf", "1e400"])
def test_a_time_that_cannot_be_is_left_out(tmp_path: Path, time: str) -> None:
    facts = made(tmp_path, f'<test name="A.b" type="A" result="Pass" time="{time}" />')
    assert value(facts, "tests.duration") is None
    assert set(warnings(facts)) == {"bad-time"}


def test_traits_are_markers(tmp_path: Path) -> None:
    found = by_group(read_with(XUNIT, SAMPLES / "shop.xml", GroupRule("quick", markers=frozenset({"fast"}))))
    assert {name: one.total for name, one in found.items()} == {"quick": 2}


def test_a_report_without_tests_is_a_warning_and_a_broken_one_a_refusal(tmp_path: Path) -> None:
    assert set(warnings(made(tmp_path, ""))) == {"no-cases"}
    with pytest.raises(Refusal) as caught:
        made(tmp_path, "<test>")
    assert caught.value.code == "bad-xml"
