"""locust: the numbers of a real session, and what its JSON may not say."""

from __future__ import annotations

import copy
import json
import random
import statistics
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench_facts import (
    COLLECTORS,
    CORPUS,
    FOLDERS,
    expected,
    measured,
    needs_corpus,
    only_warning,
    read,
    refused_when_cut_off,
    runs,
    samples_of,
    spoilt,
    stats,
    survived,
    units,
    values,
    written,
)
from phasemetrics.errors import Refusal
from phasemetrics.evidence.model import Fact
from phasemetrics_collectors._bench import carries

locust = COLLECTORS["locust"]
SAMPLES = FOLDERS / "locust"
GOLDEN: list[dict[str, Any]] = json.loads((SAMPLES / "session.json").read_text())
EXPECTED: dict[str, dict[str, Any]] = expected("locust")
facts_of = partial(written, locust, name="locust.json")


def entry(name: object = "/", **more: object) -> dict[str, Any]:
    return {
        "name": name,
        "method": "GET",
        "last_request_timestamp": 1010.0,
        "start_time": 1000.0,
        "num_requests": 4,
        "num_none_requests": 0,
        "num_failures": 1,
        "total_response_time": 20.0,
        "max_response_time": 8.2,
        "min_response_time": 2.1,
        "total_content_length": 8,
        "response_times": {"8": 1, "2": 1, "5": 2},
        "num_reqs_per_sec": {"1000": 4},
        "num_fail_per_sec": {},
        **more,
    }


@pytest.fixture(scope="module")
def golden() -> Sequence[Fact]:
    return samples_of("locust")("session.json")


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_the_numbers_are_those_that_locust_has(golden: Sequence[Fact], name: str) -> None:
    found, numbers = stats(golden, name), EXPECTED[name]
    assert (found["failed"], found["total"]) == (numbers["failed"], numbers["total"])
    if name == "GET /nope":
        return
    # locust counts from before its users are there, the file from the first answer.
    assert found["rate"] == pytest.approx(numbers["rate"], rel=0.1)
    if name == "queued":
        return
    low, high = numbers["min"], numbers["max"]
    for stat in {"min", "max", "mean", "median", "p90", "p95", "p99"} & found.keys():
        assert found[stat] == pytest.approx(min(max(numbers[stat], low), high) / 1000, rel=1e-9)
    assert {f"p{percent}" for percent in (90, 95, 99) if carries(numbers["total"], percent)} == {
        stat for stat in found if stat in {"p90", "p95", "p99"}
    }


def test_the_sample_has_what_the_tests_speak_of() -> None:
    assert set(EXPECTED) == {"GET /", "GET /once", "POST /orders", "GET /nope", "GET /flaky", "queued"}
    assert carries(EXPECTED["GET /"]["total"], 99)
    assert 0 < EXPECTED["GET /flaky"]["failed"] < EXPECTED["GET /flaky"]["total"]


def test_what_always_fails_has_fine_times_and_gives_none(golden: Sequence[Fact]) -> None:
    (written,) = [one for one in GOLDEN if one["name"] == "/nope"]
    assert written["total_response_time"] / written["num_requests"] < 20, "as quick as the others"
    assert stats(golden, "GET /nope") == {"failed": written["num_requests"], "total": written["num_requests"]}


def test_no_failure_is_said_too(golden: Sequence[Fact]) -> None:
    assert stats(golden, "POST /orders")["failed"] == 0


def test_an_entry_that_was_asked_for_once_has_no_rate_of_its_own(golden: Sequence[Fact]) -> None:
    (written,) = [one for one in GOLDEN if one["name"] == "/once"]
    assert 1 / (written["last_request_timestamp"] - written["start_time"]) > 1000
    assert stats(golden, "GET /once")["rate"] < 1


def test_a_session_of_a_moment_has_no_rate(tmp_path: Path) -> None:
    document = [entry(last_request_timestamp=1000.9), entry("/b", start_time=1000.5, last_request_timestamp=1000.7)]
    assert not [name for name in values(facts_of(document, tmp_path)) if name.endswith(".rate")]


def test_what_has_no_time_is_counted_and_not_timed(golden: Sequence[Fact], tmp_path: Path) -> None:
    assert set(stats(golden, "queued")) == {"failed", "total", "rate"}
    half = entry(num_requests=6, num_none_requests=2)
    found = stats(facts_of([half], tmp_path), "GET /")
    assert {stat: found[stat] for stat in ("rounds", "mean", "rate")} == {"rounds": 4, "mean": 0.005, "rate": 0.6}


def test_units_and_run(golden: Sequence[Fact]) -> None:
    assert len(measured(golden)) == len(golden)
    found = units(golden)
    assert {stat for stat, unit in found.items() if unit == "count"} == {"failed", "total", "rounds"}
    assert found.pop("rate") == "per_second"
    assert {found[stat] for stat in ("min", "max", "mean", "median", "p90", "p95", "p99")} == {"second"}
    (run,) = runs(golden)
    assert run.startswith("20")
    assert run.endswith("Z")


def test_run_is_when_the_first_answer_came(tmp_path: Path) -> None:
    facts = facts_of([entry(start_time=1000.5), entry("/b", start_time=1000.25)], tmp_path)
    assert runs(facts) == {"1970-01-01T00:16:40.250000Z"}


@pytest.mark.parametrize(("method", "called"), [("POST", "POST /"), ("", "/"), (None, "/"), (" ", "/")])
def test_an_entry_is_called_by_its_method_and_name(tmp_path: Path, method: object, called: str) -> None:
    assert stats(facts_of([entry(method=method)], tmp_path), called)["total"] == 4


def test_one_name_under_two_methods_is_two_benchmarks(tmp_path: Path) -> None:
    found = facts_of([entry(), entry(method="PUT", num_failures=0)], tmp_path)
    assert (stats(found, "GET /")["failed"], stats(found, "PUT /")["failed"]) == (1, 0)


def test_times_as_older_releases_write_them(tmp_path: Path) -> None:
    times = {"99": 1, "120.0": 2, "120": 1}
    old = entry(response_times=times, min_response_time=98.9, max_response_time=123.4, total_response_time=460)
    found = stats(facts_of([old], tmp_path), "GET /")
    assert (found["median"], found["min"], found["max"]) == (0.12, 0.0989, 0.1234)


def test_a_rounded_time_is_never_beyond_the_exact_ones(tmp_path: Path) -> None:
    rounded = {"response_times": {"3500": 100}, "num_requests": 100, "num_failures": 0, "total_response_time": 346000}
    found = stats(facts_of([entry(**rounded, min_response_time=3451, max_response_time=3462)], tmp_path), "GET /")
    assert (found["median"], found["p90"], found["p95"]) == (3.462, 3.462, 3.462)
    assert "p99" not in found


def test_a_failure_without_a_request_counts(tmp_path: Path) -> None:
    nothing: dict[str, object] = {
        "min_response_time": None,
        "max_response_time": 0,
        "total_response_time": 0,
        "response_times": {},
    }
    alone = entry("rule", num_requests=0, num_failures=3, last_request_timestamp=None, **nothing)
    found = facts_of([entry(), alone], tmp_path)
    assert stats(found, "GET rule") == {"failed": 3, "total": 3}
    assert stats(found, "GET /")["rate"] == pytest.approx(0.4)


def test_an_empty_list_is_a_warning(tmp_path: Path) -> None:
    assert only_warning(facts_of([], tmp_path)) == ("no-benchmarks", "locust.json")


def test_recognises_its_own_in_any_order_and_cut_off(tmp_path: Path) -> None:
    whole = (SAMPLES / "session.json").read_bytes()
    assert locust.recognises(whole[:4096])
    assert locust.recognises(whole[:400])
    assert locust.recognises(json.dumps([dict(sorted(entry().items()))]).encode())
    assert locust.recognises(b"\xef\xbb\xbf" + whole)
    assert not locust.recognises(b"")
    assert not locust.recognises(b'[{"name": "a", "num_requests": 1}]')
    assert not locust.recognises(json.dumps({"stats": [entry()]}).encode())


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({}, "the document is an object, expected a list"),
        ([5], r"\[0\] is a number, expected an object"),
        ([{}], r"\[0\].start_time is missing"),
        ([entry(start_time=None)], r"\[0\].start_time is null"),
        ([entry(start_time=1e300)], r"start_time is 1e\+300"),
        ([entry(last_request_timestamp="now")], "last_request_timestamp is a string"),
        ([entry("")], r"\[0\].name is empty"),
        ([entry(None)], r"\[0\].name is null"),
        ([entry(method=5)], r"\[0\].method is a number"),
        ([entry(), entry()], r"\[1\].name is, with its method, another entry"),
        ([entry("GET /", method=""), entry("/")], r"\[1\].name is, with its method, another entry"),
        ([entry(num_requests=4.5)], "num_requests is a number, expected a whole number"),
        ([entry(num_requests=-1)], "num_requests is -1, expected 0 or more"),
        ([entry(num_failures=True)], "num_failures is true or false"),
        ([entry(num_none_requests=5)], "num_none_requests is 5, expected 4 at most"),
        ([entry(response_times={"5": 3})], "response_times counts 3 times, where 4 requests have one"),
        ([entry(num_none_requests=1)], "response_times counts 4 times, where 3 requests have one"),
        ([entry(response_times={"5": 5, "6": -1})], r'response_times\["6"\] is -1'),
        ([entry(response_times={"-5": 4})], r'response_times\["-5"\] is not counted under a number of milli'),
        ([entry(response_times={"nan": 4})], r"response_times.nan is not counted under a number"),
        ([entry(response_times={"1e9": 4})], r'response_times\["1e9"\] is not counted under a number'),
        ([entry(response_times=[5, 5, 5, 5])], "response_times is a list"),
        ([entry(min_response_time=None)], "min_response_time is null, expected a number"),
        ([entry(min_response_time=-2)], "min_response_time is -2, expected 0 or more"),
        ([entry(max_response_time=2)], "max_response_time is 2, expected 2.1 or more"),
        ([entry(max_response_time=1e300)], r"max_response_time is 1e\+300, expected 1e\+15 at most"),
        ([entry(total_response_time=33)], "total_response_time is a mean of 8.25 ms, not between 2.1 and 8.2"),
        ([entry(num_failures=4, total_response_time=1)], "total_response_time is a mean of 0.25 ms"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, document: object, said: str) -> None:
    with pytest.raises(Refusal, match=said) as caught:
        facts_of(document, tmp_path)
    assert (caught.value.code, caught.value.path) == ("bad-json", "locust.json")
    assert "locust --headless --json" in str(caught.value)


def test_a_cut_off_report_and_nan_are_refused(tmp_path: Path) -> None:
    refused_when_cut_off(locust, SAMPLES / "session.json", tmp_path, -30)
    with pytest.raises(Refusal, match=r"\[0\].total_response_time is NaN"):
        facts_of([entry(total_response_time=float("nan"))], tmp_path)


TIMES = st.lists(st.integers(0, 99), min_size=1, max_size=300)


@given(TIMES)
def test_the_histogram_says_what_its_times_say(scratch: Path, times: list[int]) -> None:
    shuffled = random.Random(0).sample(sorted(set(times)), len(set(times)))
    exact = {"min_response_time": min(times), "max_response_time": max(times), "total_response_time": sum(times)}
    histogram = {str(time): times.count(time) for time in shuffled}
    document = [entry(num_requests=len(times), num_failures=0, response_times=histogram, **exact)]
    found = stats(facts_of(document, scratch), "GET /")
    assert found["median"] == pytest.approx(statistics.median_high(times) / 1000)
    assert found["mean"] == pytest.approx(statistics.fmean(times) / 1000)
    assert ("p95" in found) == (len(times) >= 100)
    for percent in (90, 95, 99):
        if f"p{percent}" in found:
            assert found[f"p{percent}"] == sorted(times)[len(times) * percent // 100] / 1000


@given(st.permutations(GOLDEN))
def test_the_order_of_the_entries_does_not_matter(
    golden: Sequence[Fact], scratch: Path, document: list[dict[str, Any]]
) -> None:
    assert values(facts_of(document, scratch)) == values(golden)


KEYS = st.sampled_from(list(GOLDEN[0]))


@given(KEYS, spoilt({"x": 1}), st.integers(0, len(GOLDEN) - 1))
def test_a_spoilt_report_is_read_or_refused(scratch: Path, key: str, value: object, index: int) -> None:
    document = copy.deepcopy(GOLDEN)
    document[index][key] = value
    assert all(0 <= fact.value < float("inf") for fact in measured(survived(facts_of, document, scratch)))


@needs_corpus
def test_a_report_of_the_corpus() -> None:
    found = read(locust, CORPUS / "bench" / "locust.json")
    assert stats(found, "GET /nope") == {"failed": 528, "total": 528}
    assert stats(found, "GET /")["mean"] == pytest.approx(3525.636851999252 / 555 / 1000)
