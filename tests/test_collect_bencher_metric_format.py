"""The Bencher Metric Format: units of the measures that Bencher knows, and bounds that change nothing."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench_facts import COLLECTORS, expected, measured, only_warning, samples_of, written
from phasemetrics.errors import Refusal
from phasemetrics.evidence.model import Fact
from phasemetrics.unitnames import direction

bencher_metric_format = COLLECTORS["bencher_metric_format"]
EXPECTED: dict[str, list[Any]] = expected("bencher_metric_format")
facts_of = partial(written, bencher_metric_format)
sample = samples_of("bencher_metric_format")


def in_units(facts: Iterable[Fact]) -> dict[str, list[Any]]:
    """Return the value of each measure and its unit."""
    return {fact.name: [fact.value, fact.unit] for fact in measured(facts)}


def latency(value: object = 88.0, **bounds: object) -> dict[str, Any]:
    return {"latency": {"value": value, **bounds}}


def test_the_sample() -> None:
    facts = sample("report.json")
    assert in_units(facts) == EXPECTED
    assert len(facts) == len(EXPECTED), "no machine, no options, no warning"
    assert {tuple(fact.labels.items()) for fact in measured(facts)} == {(("run", ""),)}


@pytest.mark.parametrize(
    ("document", "known"),
    [
        ({"a": latency()}, True),
        ({"a": latency(lower_value=1, upper_value=99)}, True),
        ({"a": {"x": {"upper_value": None, "lower_value": -1e-5, "value": 1}}}, True),
        ({'quoted "a" {b}.c': latency()}, True),
        ({"a": latency("88")}, True),
        ({"metrics": {"vus": {"value": 1, "min": 1, "max": 1}}}, False),
        ({"metrics": {"checks": {"value": 0.5, "passes": 5, "fails": 5}}}, False),
        ({"metrics": {"checks": {"passes": 5, "fails": 5, "value": 0.5}}}, False),
        ({"a": {"x": {"lower_value": 1}}}, False),
        ({"a": {"x": {"value": [1]}}}, False),
        ({"a": {"x": {"value": {"value": 1}}}}, False),
        ({"a": {"value": 1}}, False),
        ({"a": {"x": {}}}, False),
        ({"a": 5, "b": latency()}, False),
        ([{"a": latency()}], False),
        ({}, False),
    ],
)
def test_recognition_is_by_shape(document: object, known: bool) -> None:
    for text in (json.dumps(document), json.dumps(document, indent=4), json.dumps(document, separators=(",", ":"))):
        assert bencher_metric_format.recognises(text.encode()) is known
        assert bencher_metric_format.recognises(b"\xef\xbb\xbf\n" + text.encode()) is known


def test_a_head_that_is_cut_off_is_recognised_behind_its_first_measure() -> None:
    whole = json.dumps({f"benchmark {number}": latency() for number in range(200)}, indent=2).encode()
    first = whole.index(b"}") + 1
    assert all(bencher_metric_format.recognises(whole[:end]) is (end >= first) for end in range(4097))


def test_blanks_do_not_hold_up_recognition() -> None:
    head = b'{"a": {"b": {' + b'"value": 1   ' * 14 + b"x"  # which blank ends which value has 4**14 answers
    began = time.perf_counter()
    assert not bencher_metric_format.recognises(head)
    assert time.perf_counter() - began < 0.5


@pytest.mark.parametrize(
    ("measure", "value", "stat", "found"),
    [
        ("latency", 2.5e9, "latency", [2.5, "second"]),
        ("Latency", 1, "latency", [1e-9, "second"]),
        ("throughput", 3, "throughput", [3, "per_second"]),
        ("Build Time", 3, "build-time", [3, "second"]),
        ("file-size", 1024, "file-size", [1024, "byte"]),
        ("allocated", 3, "allocated", [3, "allocated"]),
        ("v1.2 score", -3, "v1_2 score", [-3, "v1_2 score"]),
        ("31aba8a9-977a-47d1-9fb6-e6b94b428471", 3, "31aba8a9-977a-47d1-9fb6-e6b94b428471", None),
    ],
)
def test_measures(tmp_path: Path, measure: str, value: float, stat: str, found: list[Any] | None) -> None:
    facts = facts_of({"a": {measure: {"value": value}}}, tmp_path)
    assert in_units(facts) == {f"bench.a.{stat}": found or [value, measure]}


def test_a_measure_that_is_not_known_has_no_direction(tmp_path: Path) -> None:
    ((_, unit),) = in_units(facts_of({"a": {"accuracy": {"value": 0.9}}}, tmp_path)).values()
    assert direction(unit) is None


@pytest.mark.parametrize(
    ("called", "name"),
    [
        ("parse-bencher-ignore", "parse"),
        ("parse_bencher_ignore", "parse"),
        ("ParseBencherIgnore", "Parse"),
        ("bencher-ignore-parse", "bencher-ignore-parse"),
        ("/bin/sh -c ./build.sh", "sh -c ./build.sh"),
        ("/home/ann/shop/parse", "parse"),
        ("GET /api/users", "GET /api/users"),
        ("tests::parse.rs", "tests::parse.rs"),
    ],
)
def test_names(tmp_path: Path, called: str, name: str) -> None:
    assert set(in_units(facts_of({called: latency()}, tmp_path))) == {f"bench.{name}.latency"}


@pytest.mark.parametrize("document", [{}, {"a": {}}, {"a": {}, "b": {}}])
def test_nothing_measured_is_a_warning(tmp_path: Path, document: object) -> None:
    assert only_warning(facts_of(document, tmp_path)) == ("no-benchmarks", "bench.json")


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ([], "the document is a list, expected an object"),
        ({"a": 5}, "a is a number, expected an object"),
        ({"a": {"latency": 5}}, "a.latency is a number, expected an object"),
        ({"a": {"latency": {}}}, "a.latency.value is missing"),
        ({"a": latency(None)}, "a.latency.value is null"),
        ({"a": latency("88")}, "a.latency.value is a string, expected a number"),
        ({"a": latency(True)}, "a.latency.value is true or false"),
        ({"a": latency(-1)}, "a.latency.value is -1, expected 0 or more"),
        ({"a": {"file-size": {"value": -1}}}, r'a\["file-size"\].value is -1, expected 0 or more'),
        ({"a": latency(1e300)}, r"a.latency.value is 1e\+300, expected 1e\+15 at most"),
        ({"a": {"x": {"value": -1e300}}}, r"a.x.value is -1e\+300, expected -1e\+15 or more"),
        ({"a": latency(88, upper_value="99")}, "a.latency.upper_value is a string"),
        ({"a": latency(), "a-bencher-ignore": latency()}, r'\["a-bencher-ignore"\] is the name of another benchmark'),
        ({"-bencher-ignore": latency()}, "has no name"),
        ({"a": latency() | {"Latency": {"value": 1}}}, "a.Latency is the name of another measure"),
        ({"a": {" ": {"value": 1}}}, "has no name"),
        ('{"a": {"latency": {"value": NaN}}}', "a.latency.value is NaN, which is not a number"),
        ('{"a": {"latency": {"value": 1}}, "b": {"late', "is not JSON"),
        ('{"a": {"latency": {"value": 1}}, "a": {}}', 'has the key "a" twice'),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, document: object, said: str) -> None:
    with pytest.raises(Refusal, match=said) as caught:
        facts_of(document, tmp_path)
    assert (caught.value.code, caught.value.path) == ("bad-json", "bench.json")
    assert "Bencher Metric Format" in str(caught.value)


BOUND = st.none() | st.integers(0, 9)


@given(st.integers(0, 9), BOUND, BOUND)
def test_bounds_change_nothing(scratch: Path, value: int, lower: int | None, upper: int | None) -> None:
    document = {"a": {"x": {"value": value, "lower_value": lower, "upper_value": upper}}}
    assert in_units(facts_of(document, scratch)) == {"bench.a.x": [value, "x"]}


MEASURES = st.dictionaries(st.sampled_from(["latency", "throughput", "x"]), st.floats(0, 1e9))


@given(st.dictionaries(st.text("abc."), MEASURES), st.randoms())
def test_the_order_of_benchmarks_makes_no_difference(
    scratch: Path, numbers: dict[str, dict[str, float]], random: Any
) -> None:
    numbers.pop("", None)
    listed = [
        (name, {measure: {"value": value} for measure, value in measures.items()}) for name, measures in numbers.items()
    ]
    found = in_units(facts_of(dict(listed), scratch))
    random.shuffle(listed)
    assert in_units(facts_of(dict(listed), scratch)) == found
    assert len(found) == sum(map(len, numbers.values()))
