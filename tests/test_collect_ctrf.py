"""CTRF against what the runners said themselves, and against the JUnit of the same run."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any, cast

import pytest

from junit_workshop import by_file, by_group, counts, made_with, read, read_with, value, warnings
from phasemetrics.errors import Refusal
from phasemetrics.evidence.grouping import GroupRule
from phasemetrics.evidence.model import Collector, Fact
from phasemetrics_collectors import ctrf

CTRF = cast(Collector, ctrf)
SAMPLES = Path(__file__).parent / "collectors" / "ctrf"
EXPECTED = json.loads((SAMPLES / "expected.json").read_text())


def made(tmp_path: Path, *tests: dict[str, Any], **summary: Any) -> list[Fact]:
    results = {"tool": {"name": "t"}, "summary": summary, "tests": list(tests)}
    return made_with(CTRF, tmp_path, json.dumps({"results": results}))


def case(status: str = "passed", **more: Any) -> dict[str, Any]:
    return {"name": "a", "status": status, "duration": 5} | more


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_samples_are_counted_as_their_runner_did(name: str) -> None:
    facts = read_with(CTRF, SAMPLES / name)
    assert counts(facts) == Counter(EXPECTED[name])
    assert not warnings(facts)
    assert ctrf.recognises((SAMPLES / name).read_bytes()[:4096])


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_junit_of_the_same_run_counts_the_same(name: str) -> None:
    ours, theirs = counts(read_with(CTRF, SAMPLES / name)), counts(read((SAMPLES / name).with_suffix(".xml")))
    del ours["flaky"]  # neither runner's JUnit knows it
    assert ours == theirs


def test_the_files_of_a_sample() -> None:
    assert by_file(read_with(CTRF, SAMPLES / "pytest.json")) == by_file(read(SAMPLES / "pytest.xml"))
    assert by_file(read_with(CTRF, SAMPLES / "mocha.json")) == {"cart.mocha.js": 8}


@pytest.mark.parametrize(
    ("status", "raw", "expected", "codes"),
    [
        ("passed", None, "passed", set()),
        ("passed", "xpassed", "xpassed", set()),
        ("failed", "call_failed", "failed", set()),
        ("failed", "setup_failed", "errors", set()),
        ("failed", "xpassed", "failed", set()),
        ("skipped", "todo", "skipped", set()),
        ("skipped", "xfailed", "xfailed", set()),
        ("pending", None, "skipped", set()),
        ("other", "todo", "skipped", set()),
        ("other", "timedOut", "errors", set()),
        ("other", "x-fail", "xfailed", set()),
        ("other", None, "skipped", {"unknown-status"}),
        ("other", "\u202e", "skipped", {"unknown-status"}),
        ("crashed", None, "errors", set()),
        ("invented", None, "skipped", {"unknown-status"}),
    ],
)
def test_statuses(tmp_path: Path, status: str, raw: str | None, expected: str, codes: set[str]) -> None:
    facts = made(tmp_path, case(status, rawStatus=raw))
    assert (counts(facts), set(warnings(facts))) == ({expected: 1}, codes)
    assert "\u202e" not in str(warnings(facts))


@pytest.mark.parametrize(
    ("more", "flaky"),
    [
        ({"flaky": True, "retries": 1}, 1), ({"retries": 2}, 1), ({"flaky": False, "retries": 2}, 0), ({}, 0),
        ({"flaky": True, "status": "failed"}, 0), ({"flaky": None, "retries": 0}, 0),
    ],
)  # fmt: skip
def test_a_pass_after_a_retry_is_flaky_and_counts_once(tmp_path: Path, more: dict[str, Any], flaky: int) -> None:
    facts = made(tmp_path, case(**more))
    assert (counts(facts)["flaky"], sum(by_file(facts).values())) == (flaky, 1)


def test_the_summary_is_only_held_against_the_tests(tmp_path: Path) -> None:
    facts = made(tmp_path, case(), case("failed", name="b"), tests=3, passed=1, failed="1", pending=0)
    assert counts(facts) == {"passed": 1, "failed": 1}
    said = "the summary says tests 3 where 2 were counted, failed 1 where 1 were counted; the tests were counted"
    assert warnings(facts) == {"attribute-mismatch": said}


@pytest.mark.parametrize(
    ("durations", "seconds", "codes"),
    [
        ([5, 0.5], 0.0055, set()),
        ([0, 0], None, set()),
        ([None, 5], 0.005, set()),
        ([-1, 5], None, {"bad-time"}),
        ([10**14, 5], None, {"bad-time"}),
    ],
)
def test_durations(tmp_path: Path, durations: list[float], seconds: float | None, codes: set[str]) -> None:
    facts = made(tmp_path, *(case(name=str(place), duration=one) for place, one in enumerate(durations)))
    assert (value(facts, "tests.duration"), set(warnings(facts))) == (seconds, codes)


@pytest.mark.parametrize(
    ("start", "stop", "wall", "codes"),
    [
        (1795283605705, 1795283607205, 1.5, set()),
        (0, 0, None, set()),
        (5, 5, None, set()),
        (2000, 1000, None, {"bad-time"}),
        (None, 5, None, set()),
    ],
)
def test_wall(tmp_path: Path, start: int | None, stop: int, wall: float | None, codes: set[str]) -> None:
    facts = made(tmp_path, case(), start=start, stop=stop)
    assert (value(facts, "tests.wall"), set(warnings(facts))) == (wall, codes)


def test_repeats_are_counted_and_named(tmp_path: Path) -> None:
    facts = made(tmp_path, case(), case(), case(suite=["b"]), case(suite="b"), case(suite="b", filePath="c.js"))
    assert (counts(facts), warnings(facts)["repeated-case"]) == (
        {"passed": 5},
        '"a" stands twice in a row (and 1 more); each was counted',
    )


def test_groups_by_name_suite_file_and_tag(tmp_path: Path) -> None:
    rules = [
        GroupRule("slow", markers=frozenset({"slow"})),
        GroupRule("cart", ("cart > inner::a",)),
        GroupRule("file", (r"tests/cart.js::*",)),
    ]
    tests = [case(suite=["cart", "inner"], tags=["@slow"]), case(filePath=r"tests\cart.js")]
    results = {"results": {"tests": tests}}
    facts = made_with(CTRF, tmp_path, json.dumps(results), *rules)
    assert {name: one.total for name, one in by_group(facts).items()} == {"slow": 1, "cart": 1, "file": 1}
    assert by_file(facts) == {"": 1, "tests/cart.js": 1}


def test_no_tests_is_evidence_of_zero(tmp_path: Path) -> None:
    assert set(warnings(made(tmp_path))) == {"no-cases"}


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ('{"results": {"tests": [{"name": "a"}]}}', "results.tests[0].status is missing"),
        ('{"results": {"tests": [{"name": "a", "status": 1}]}}', "results.tests[0].status is a number"),
        ('{"results": {"tests": {}}}', "results.tests is an object"),
        ('{"results": {}}', "results.tests is missing"),
        ('{"results": {"tests": [{"name": "\\ud800", "status": "passed"}]}}', "results.tests[0].name holds half"),
        ('{"results": {"tests": [{"name": "a", "status": "passed", "duration": NaN}]}}', "is NaN"),
        ('{"results": {"tests": [{"name": "a", "status": "passed", "duration": true}]}}', "is true or false"),
        ('{"results": {"tests": [{"name": "a", "name": "b"}]}}', 'has the key "name" twice'),
        ('{"results": {"tests": [', "is not JSON"),
        ("[" * 100_000, "is nested too deeply"),
    ],
)
def test_what_is_no_ctrf_is_refused_with_its_place(tmp_path: Path, body: str, place: str) -> None:
    with pytest.raises(Refusal) as caught:
        made_with(CTRF, tmp_path, body)
    assert caught.value.code == "bad-json"
    assert place in caught.value.message


@pytest.mark.parametrize(
    ("head", "ours"),
    [
        (b'{"results": {"tool"', True),
        (b'\xef\xbb\xbf{\n "reportFormat" : "CTRF"', True),
        ('{"reportFormat": "CTRF"'.encode("utf-16"), True),
        (b'{"results": [', False),
        (b'{"Action":"run"}', False),
        (b'{"files": {"results": {', False),
        (b"", False),
    ],
)
def test_what_is_recognised(head: bytes, ours: bool) -> None:
    assert ctrf.recognises(head) == ours
