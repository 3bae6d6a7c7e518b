"""Benchmarks in our own shape and in a GitHub action's: what every key means, and that no typing error is lost."""

from __future__ import annotations

import json
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench_facts import (
    COLLECTORS,
    expected,
    leaks,
    machines,
    measured,
    only_warning,
    repetitions,
    runs,
    samples_of,
    written,
)
from phasemetrics.errors import Refusal
from phasemetrics.evidence.model import Machine, Measurement, Options

custom_json = COLLECTORS["custom_json"]
EXPECTED: dict[str, dict[str, list[float]]] = expected("custom_json")
facts_of = partial(written, custom_json)
sample = samples_of("custom_json")


def entry(**more: Any) -> dict[str, Any]:
    given = {"name": "a", "unit": "ms"} | ({} if {"value", "values"} & more.keys() else {"value": 12.1}) | more
    return {key: value for key, value in given.items() if value is not ...}


def ours(*entries: object, **more: Any) -> dict[str, Any]:
    return {"benchmarks": list(entries), **more}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_samples(name: str) -> None:
    found = repetitions(sample(name))
    assert found.keys() == EXPECTED[name].keys()
    for stat, numbers in EXPECTED[name].items():
        assert found[stat] == pytest.approx(numbers, rel=1e-15)


def test_units_machine_options_run_and_direction_of_a_sample() -> None:
    facts = sample("ours.json")
    units = {fact.name.removeprefix("bench."): fact.unit for fact in measured(facts)}
    assert (units["parse large file.min"], units["parse large file.rounds"]) == ("second", "count")
    assert (units["parse large file.peak memory"], units["GET /api/users.rate"]) == ("byte", "per_second")
    assert (units["app.js.value"], units["search.value"]) == ("byte", "points")
    assert Machine("Linux", "x86_64", "Example 9000", 8, "unknown") in facts
    assert Options("parse large file", {"threads": "4", "cache": "yes", "mode": "release"}) in facts
    assert runs(facts) == {"2026-11-20T10:00:00Z"}
    directed = {
        fact.name.removeprefix("bench."): fact.labels["better"] for fact in measured(facts) if "better" in fact.labels
    }
    lower = dict.fromkeys((f"parse large file.{stat}" for stat in ("min", "max", "mean", "median")), "lower")
    assert directed == lower | {"search.value": "higher"}


@pytest.mark.parametrize(
    ("document", "known"),
    [
        (ours(entry()), True),
        (ours(entry(values=[1, 2], value=...)), True),
        (ours(entry(failed=1, total=1, value=...), entry()), True),
        ({"machine": {"os": "Linux"}, "date": "2026-11-20", "benchmarks": [entry(extra={"stats": 1})]}, True),
        ([{"name": "a", "unit": "ms", "value": "1"}], True),
        ([{"extra": "x", "range": "1", "value": 1, "unit": "ms", "name": "a"}], True),
        ([{"name": "a", "value": 1}], False),
        ([[{"name": "a", "unit": "ms", "value": 1}]], False),
        ([], False),
        (ours(), False),
        (ours({"name": "a"}), False),
        (ours({"name": "a", "stats": {"value": 1, "min": 1}}), False),
        (ours({"name": "a", "stats": {"min": 1}, "value": 1}), False),
        (ours({"name": "a", "runs": [{"values": [1]}], "values": []}), False),
        ({"context": {"date": "x"}} | ours({"name": "a", "run_name": "a", "real_time": 1, "value": 3}), False),
        (ours({"name": "a", "cpu_time": 1, "real_time": 1, "value": 3}), False),
        (ours(entry()) | {"machine_info": {}}, False),
        ({"files": [{"groups": [{"benchmarks": [{"name": "a", "value": 1, "hz": 1}]}]}]}, False),
        ({"Benchmarks": [{"name": "a", "value": 1}]}, False),
        ({"metrics": {"http_reqs": {"value": 1}}}, False),
        ([{"name": "/", "response_times": {}, "num_requests": 1}], False),
        ([{"benchmark": "x.y", "mode": "avgt", "primaryMetric": {"score": 1, "scoreUnit": "s/op"}}], False),
    ],
)
def test_recognition_is_by_shape(document: object, known: bool) -> None:
    for text in (json.dumps(document), json.dumps(document, indent=4, sort_keys=True)):
        assert custom_json.recognises(text.encode()) is known
        assert custom_json.recognises(b"\xef\xbb\xbf" + text.encode()[:4096]) is known


def test_a_head_that_is_cut_off_is_recognised() -> None:
    many = json.dumps(ours(*(entry(name=f"benchmark {number}") for number in range(400)))).encode()
    # The entries look alike and have 54 or 55 bytes, of which 7 divides none: it is cut off at each place in one.
    assert all(custom_json.recognises(many[:end]) for end in (*range(100, 4097, 7), 4096))


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({}, {"value": [0.0121]}),
        ({"stat": "median"}, {"median": [0.0121]}),
        ({"stat": "avg"}, {"mean": [0.0121]}),
        ({"stat": "99.9%"}, {"p999": [0.0121]}),
        ({"measure": "gc pause"}, {"gc pause": [0.0121]}),
        ({"measure": "gc.pause"}, {"gc_pause": [0.0121]}),
        ({"values": [12.1]}, {"min": [0.0121], "max": [0.0121], "mean": [0.0121], "median": [0.0121], "rounds": [1]}),
        ({"values": [1, 2], "stat": "p95"}, {"p95": [0.001, 0.002]}),
        ({"values": [1, 2], "measure": "gc"}, {"gc": [0.001, 0.002]}),
        ({"failed": 0, "total": 20}, {"value": [0.0121], "failed": [0], "total": [20]}),
        ({"failed": 20, "total": 20, "value": ...}, {"failed": [20], "total": [20]}),
        ({"stat": "p95", "failed": 3, "total": 103}, {"p95": [0.0121], "failed": [3], "total": [103]}),
    ],
)
def test_what_an_entry_comes_to(tmp_path: Path, more: dict[str, Any], found: dict[str, list[float]]) -> None:
    assert repetitions(facts_of(ours(entry(**more)), tmp_path)) == {
        f"bench.a.{stat}": value for stat, value in found.items()
    }


def test_repetitions_carry_percentiles_only_together(tmp_path: Path) -> None:
    found = repetitions(facts_of(ours(entry(values=[*range(100)], unit="s")), tmp_path))
    assert {stat: value for stat, value in found.items() if ".p" in stat} == {
        "bench.a.p90": [pytest.approx(89.1)],
        "bench.a.p95": [pytest.approx(94.05)],
    }
    assert len(found["bench.a.median"]) == 100


@pytest.mark.parametrize(
    ("value", "unit", "base"),
    [
        (89.62, "ns", (8.962e-08, "second")),
        (2, "KiB", (2048, "byte")),
        (48213, "B", (48213, "byte")),
        (70, "req/s", (70, "per_second")),
        (3, "MB/s", (3e6, "byte_per_second")),
        (84.6, "%", (0.846, "ratio")),
        (7, "", (7, "count")),
        (7, " queries \n per page", (7, "queries per page")),
        (-7, "dB", (-7, "dB")),
    ],
)
def test_units(tmp_path: Path, value: float, unit: str, base: tuple[float, str]) -> None:
    for document in (ours(entry(value=value, unit=unit)), [{"name": "a", "unit": unit, "value": value}]):
        (fact,) = measured(facts_of(document, tmp_path))
        assert (fact.value, fact.unit) == base


@pytest.mark.parametrize(
    ("text", "value"), [("12.5", 12.5), (" 3 ", 3), ("-1e3", -1000), (".5", 0.5), ("+2.", 2), ("0", 0)]
)
def test_a_list_may_hold_numbers_as_text_and_our_own_shape_may_not(tmp_path: Path, text: str, value: float) -> None:
    (fact,) = measured(facts_of([{"name": "a", "unit": "dB", "value": text}], tmp_path))
    assert fact.value == value
    with pytest.raises(Refusal, match=r"benchmarks\[0\].value is a string, expected a number"):
        facts_of(ours(entry(value=text)), tmp_path)


def test_what_the_action_leaves_aside_is_left_aside(tmp_path: Path) -> None:
    listed = {"name": "a", "unit": "ms", "value": 1, "range": None, "extra": 5, "os": "ubuntu", "biggerIsBetter": True}
    (fact,) = facts_of([listed], tmp_path)
    assert fact == Measurement("bench.a.value", 0.001, "second", {"run": ""})


def test_measures_tell_entries_of_one_name_apart(tmp_path: Path) -> None:
    entries = (entry(values=[1, 2], failed=0, total=2), entry(measure="memory", unit="B"), entry(stat="p95"))
    found = repetitions(facts_of(ours(*entries), tmp_path))
    assert {"bench.a.median", "bench.a.memory", "bench.a.p95", "bench.a.failed"} <= found.keys()


@pytest.mark.parametrize("document", [ours(), []])
def test_nothing_is_a_warning(tmp_path: Path, document: object) -> None:
    assert only_warning(facts_of(document, tmp_path)) == ("no-benchmarks", "bench.json")


@pytest.mark.parametrize(
    ("machine", "understood"),
    [
        ({}, Machine("unknown", "unknown", "unknown", 0, "unknown")),
        ({"os": "macOS", "arch": "aarch64"}, Machine("Darwin", "arm64", "unknown", 0, "unknown")),
        ({"cpu": " A\n B ", "cores": 2}, Machine("unknown", "unknown", "A B", 2, "unknown")),
    ],
)
def test_machines(tmp_path: Path, machine: object, understood: Machine) -> None:
    assert machines(facts_of(ours(entry(), machine=machine), tmp_path)) == [understood]


def test_no_machine_is_none(tmp_path: Path) -> None:
    assert machines(facts_of(ours(entry()), tmp_path)) == []


def test_places_on_the_machine_do_not_get_through(tmp_path: Path) -> None:
    name, options = "/home/ann/shop/dist/app.js", {"binary": "/home/ann/bin/node", "n": 1.5, "quick": False}
    facts = facts_of(ours(entry(name=name, options=options)), tmp_path)
    assert Options("app.js", {"binary": "node", "n": "1.5", "quick": "no"}) in facts
    assert "bench.app.js.value" in repetitions(facts)
    assert leaks(facts) == []


@pytest.mark.parametrize(
    ("document", "said", "meant"),
    [
        (
            ours(entry(vlaue=1)),
            r"benchmarks\[0\].vlaue is a key that this format does not have",
            "did you mean `value`?",
        ),
        (ours(entry(bettr="lower")), r"benchmarks\[0\].bettr", "did you mean `better`?"),
        (ours(entry(measures="x")), r"benchmarks\[0\].measures", "did you mean `measure`?"),
        (ours(entry(zzz=1)), r"benchmarks\[0\].zzz", "known keys: name, unit, value, values, better"),
        (ours(entry(), dates="2026"), "^error.* dates is a key", "did you mean `date`?"),
        (ours(entry(), machine={"core": 2}), r"machine.core is a key", "did you mean `cores`?"),
        (
            ours(entry(), machine={"hostname": "secret"}),
            r"machine.hostname is a key",
            "known keys: os, arch, cpu, cores",
        ),
        (ours(entry(stat="medain")), r"benchmarks\[0\].stat is no statistic", "name anything else with `measure`"),
        (ours(entry(stat="rounds")), r"benchmarks\[0\].stat is no statistic", "or a percentile such as p95"),
    ],
)
def test_a_typing_error_is_not_lost(tmp_path: Path, document: object, said: str, meant: str) -> None:
    with pytest.raises(Refusal, match=said) as caught:
        facts_of(document, tmp_path)
    assert meant in str(caught.value)
    assert "secret" not in str(caught.value)


LISTED = {"name": "a", "unit": "ms", "value": 1}


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("5", "the document is a number, expected an object"),
        ({"date": "2026-11-20"}, "benchmarks is missing"),
        (ours(5), r"benchmarks\[0\] is a number, expected an object"),
        (ours(entry(name=...)), r"benchmarks\[0\].name is missing"),
        (ours(entry(name="")), r"benchmarks\[0\].name is empty"),
        (ours(entry(name=["a"])), r"benchmarks\[0\].name is a list"),
        (ours(entry(name="\ud800")), "half of a surrogate pair"),
        (ours(entry(unit=...)), r"benchmarks\[0\].unit is missing"),
        (ours(entry(unit=5)), r"benchmarks\[0\].unit is a number"),
        (ours(entry(value=...)), r"benchmarks\[0\].value is missing"),
        (ours(entry(value=None)), r"benchmarks\[0\].value is null"),
        (ours(entry(value=True)), r"benchmarks\[0\].value is true or false"),
        (ours(entry(value=-1)), r"benchmarks\[0\].value is -1, expected 0 or more"),
        (ours(entry(value=1e16)), r"benchmarks\[0\].value is 1e\+16, expected 1e\+15 at most"),
        (ours(entry(value=-1e16, unit="dB")), r"value is -1e\+16, expected -1e\+15 or more"),
        (ours(entry(value=1, values=[1])), r"benchmarks\[0\].values is beside `value`"),
        (ours(entry(values=[])), r"benchmarks\[0\].values is empty"),
        (ours(entry(values=3)), r"benchmarks\[0\].values is a number, expected a list"),
        (ours(entry(values=[1, "2"])), r"benchmarks\[0\].values\[1\] is a string, expected a number"),
        (ours(entry(values=[1, -2])), r"benchmarks\[0\].values\[1\] is -2, expected 0 or more"),
        (ours(entry(better="up")), r"benchmarks\[0\].better is neither `lower` nor `higher`"),
        (ours(entry(better=None)), r"benchmarks\[0\].better is null, expected a string"),
        (ours(entry(stat="min", measure="x")), r"benchmarks\[0\].measure is beside `stat`"),
        (ours(entry(measure=" ")), r"benchmarks\[0\].measure is empty"),
        (ours(entry(measure="failed")), r"benchmarks\[0\].measure is failed, which counts attempts"),
        (ours(entry(stat="p95", failed=1, total=100)), r"benchmarks\[0\].stat is p95, and 99 attempts are too few"),
        (ours(entry(failed=1)), r"benchmarks\[0\].total is missing"),
        (ours(entry(total=1)), r"benchmarks\[0\].failed is missing"),
        (ours(entry(failed=3, total=2)), r"benchmarks\[0\].failed is 3, expected 2 at most"),
        (ours(entry(failed=-1, total=2)), r"benchmarks\[0\].failed is -1, expected 0 or more"),
        (ours(entry(failed=0, total=0)), r"benchmarks\[0\].total is 0, expected 1 or more"),
        (ours(entry(failed=0.5, total=2)), r"benchmarks\[0\].failed is a number, expected a whole number"),
        (ours(entry(failed=2, total=2)), r"benchmarks\[0\].value is there, though all attempts failed"),
        (ours(entry(options=[])), r"benchmarks\[0\].options is a list, expected an object"),
        (ours(entry(options={"a": None})), r"benchmarks\[0\].options.a is null"),
        (ours(entry(), entry()), r"benchmarks\[1\].name is that of an entry before, which has its `value` as well"),
        (ours(entry(values=[1]), entry(stat="median")), r"benchmarks\[1\].name is that .* its `median` as well"),
        (ours(entry(), date="yesterday"), "date is not a date and time"),
        (ours(entry(), date=5), "date is a number, expected a string"),
        (ours(entry(), machine={"cores": 0}), "machine.cores is 0, expected 1 or more"),
        (ours(entry(), machine={"os": 5}), "machine.os is a number"),
        (ours(entry(), machine=[]), "machine is a list"),
        ([5], r"\[0\] is a number, expected an object"),
        ([{"unit": "ms", "value": 1}], r"\[0\].name is missing"),
        ([{"name": "a", "value": 1}], r"\[0\].unit is missing"),
        ([{"name": "a", "unit": "ms"}], r"\[0\].value is missing"),
        ([LISTED, LISTED], r"\[1\].name is that of an entry before"),
        ([LISTED | {"better": "lower"}], r"\[0\].better is a key for an entry of `benchmarks`"),
        ([LISTED | {"value": "12.1 ± 3"}], r"\[0\].value is a string, and not that of one number"),
        ([LISTED | {"value": ""}], r"\[0\].value is a string, and not that of one number"),
        ([LISTED | {"value": "NaN"}], r"\[0\].value is a string, and not that of one number"),
        ([LISTED | {"value": "1" * 31}], r"\[0\].value is a string, and not that of one number"),
        ([LISTED | {"value": "-1"}], r"\[0\].value is -1.0, expected 0 or more"),
        ([LISTED | {"value": "1e999"}], r"\[0\].value is inf, expected 1e\+15 at most"),
        ([LISTED | {"value": None}], r"\[0\].value is null"),
        ('{"benchmarks": [{"name": "a", "unit": "s", "value": Infinity}]}', "value is Infinity, which is not a number"),
        ('{"benchmarks": [{"name": "a", "unit": "s", "value": 1', "is not JSON"),
        ('{"benchmarks": [], "benchmarks": []}', 'has the key "benchmarks" twice'),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, document: object, said: str) -> None:
    with pytest.raises(Refusal, match=said) as caught:
        facts_of(document, tmp_path)
    assert (caught.value.code, caught.value.path) == ("bad-json", "bench.json")
    assert "docs/formats.md" in str(caught.value) or "known keys" in str(caught.value)


@given(st.dictionaries(st.text("abc.", min_size=1), st.floats(0, 1e9), min_size=1), st.randoms())
def test_the_order_of_entries_makes_no_difference(scratch: Path, numbers: dict[str, float], random: Any) -> None:
    entries = [entry(name=name, value=value) for name, value in numbers.items()]
    found = repetitions(facts_of(ours(*entries), scratch))
    random.shuffle(entries)
    assert repetitions(facts_of(ours(*entries), scratch)) == repetitions(facts_of(entries, scratch)) == found
    assert found.keys() == {f"bench.{name}.value" for name in numbers}


@given(st.floats(0, 1e9), st.sampled_from([("s", 1), ("ms", 10**3), ("us", 10**6), ("ns", 10**9)]))
def test_a_time_is_the_same_in_every_unit(scratch: Path, value: float, unit: tuple[str, int]) -> None:
    (fact,) = measured(facts_of(ours(entry(value=value, unit=unit[0])), scratch))
    assert fact.value == pytest.approx(float(Fraction(value) / unit[1]), rel=1e-15)
    assert fact.unit == "second"
