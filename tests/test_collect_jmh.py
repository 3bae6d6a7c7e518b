"""JMH: forks, histograms and units of its JSON, and what a result may not say."""

from __future__ import annotations

import copy
import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench_facts import (
    COLLECTORS,
    FOLDERS,
    expected,
    leaks,
    measured,
    only_warning,
    options,
    refused_when_cut_off,
    repeated,
    runs,
    samples_of,
    spoilt,
    survived,
    units,
    written,
)
from phasemetrics.errors import Refusal
from phasemetrics_collectors._bench import Benchmark, percentile
from phasemetrics_collectors._weighted import Weighted, repetitions

jmh = COLLECTORS["jmh"]
SAMPLES = FOLDERS / "jmh"
EXPECTED: dict[str, dict[str, dict[str, Any]]] = expected("jmh")
FIND = "shop.CartBenchmark.find"
facts_of = partial(written, jmh, name="jmh.json")
sample = samples_of("jmh")


def result(name: object = "a.B.c", **more: Any) -> dict[str, Any]:
    metric = {"score": 2.0, "scoreError": "NaN", "scoreUnit": "ns/op", "rawData": [[1.0, 2.0, 3.0]]}
    changes = {key: more.pop(key) for key in ("score", "scoreUnit", "rawData", "scorePercentiles") if key in more}
    return {"benchmark": name, "mode": "avgt", "primaryMetric": metric | changes, "secondaryMetrics": {}, **more}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_every_fork_is_a_repetition(name: str) -> None:
    facts = sample(name)
    assert options(facts).keys() == EXPECTED[name].keys()
    for benchmark, numbers in EXPECTED[name].items():
        found = repeated(facts, benchmark)
        for stat in ("min", "max", "mean", "median"):
            assert found[stat] == pytest.approx(numbers[stat], rel=1e-12), (benchmark, stat)
        assert found["rounds"] == [numbers["rounds"]]
        times = [fact for fact in measured(facts) if fact.name == f"bench.{benchmark}.min"]
        assert {fact.unit for fact in times} == {numbers["unit"]}
        assert runs(times) == {""}, "the file has no date"


@pytest.mark.parametrize("name", [*sorted(EXPECTED), "summary.json"])
def test_recognised_wherever_it_is_cut_off_and_however_it_is_ordered(name: str) -> None:
    whole = (SAMPLES / name).read_bytes()
    assert all(jmh.recognises(whole[:size]) for size in (700, 1000, 4096))
    assert jmh.recognises(json.dumps(json.loads(whole), sort_keys=True).encode()[:4096])


@pytest.mark.parametrize(
    "head",
    [b"", b"[]", b"{}", b'[{"benchmark": "a", "mode": "b"}]', b'{"benchmark": "a", "mode": "b", "primaryMetric": {}}'],
)
def test_half_of_the_shape_is_not_recognised(head: bytes) -> None:
    assert not jmh.recognises(head)


def test_the_parameters_are_part_of_the_name_in_their_own_order(tmp_path: Path) -> None:
    one, other = result(params={"size": "1", "kind": "x"}), result(params={"kind": "y", "size": "1"})
    assert options(facts_of([one, other], tmp_path)).keys() == {"a.B.c{kind=x,size=1}", "a.B.c{kind=y,size=1}"}


def test_a_parameter_that_is_a_path_says_nothing_of_the_machine(tmp_path: Path) -> None:
    facts = facts_of([result(params={"file": "/home/ann/data/big.csv"})], tmp_path)
    assert options(facts).keys() == {"a.B.c{file=big.csv}"}


def test_one_benchmark_in_two_modes_is_two(tmp_path: Path) -> None:
    thrpt = result(mode="thrpt", scoreUnit="ops/s")
    assert options(facts_of([result()], tmp_path)).keys() == {"a.B.c"}
    facts = facts_of([result(), thrpt], tmp_path)
    assert options(facts).keys() == {"a.B.c (avgt)", "a.B.c (thrpt)"}
    assert repeated(facts, "a.B.c (thrpt)")["max"] == [3.0]


@pytest.mark.parametrize(
    ("unit", "value", "base"),
    [
        ("ns/op", 2e-9, "second"), ("us/op", 2e-6, "second"), ("ms/op", 2e-3, "second"), ("s/op", 2.0, "second"),
        ("min/op", 120.0, "second"), ("ops/s", 2.0, "per_second"), ("ops/ms", 2e3, "per_second"),
        ("ops/us", 2e6, "per_second"), ("ops/ns", 2e9, "per_second"), ("frogs", 2.0, "frogs"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("mode", ["thrpt", "avgt", "ss"])
def test_the_unit_decides_and_not_the_mode(tmp_path: Path, unit: str, value: float, base: str, mode: str) -> None:
    facts = facts_of([result(mode=mode, scoreUnit=unit)], tmp_path)
    assert repeated(facts, "a.B.c")["median"] == [value]
    assert units(facts)["median"] == base


def test_the_score_is_not_believed_where_the_raw_data_are_there(tmp_path: Path) -> None:
    facts = facts_of([result(score=99.0, scorePercentiles={"50.0": 99.0})], tmp_path)
    assert repeated(facts, "a.B.c")["mean"] == repeated(facts, "a.B.c")["median"] == [2e-9]


@pytest.mark.parametrize("error", ["NaN", "+INF", 5.0, None])
def test_an_error_of_the_score_is_never_read(tmp_path: Path, error: object) -> None:
    one = result()
    one["primaryMetric"]["scoreError"] = error
    assert repeated(facts_of([one], tmp_path), "a.B.c")["mean"] == [2e-9]


def test_a_fork_without_iterations_is_no_repetition(tmp_path: Path) -> None:
    facts = facts_of([result(rawData=[[4.0], [], [6.0]])], tmp_path)
    assert repeated(facts, "a.B.c")["mean"] == pytest.approx([4e-9, 6e-9])
    assert repeated(facts, "a.B.c")["rounds"] == [2]


# Histograms


def test_a_histogram_has_percentiles_by_weight() -> None:
    found = repeated(sample("sample.json"), FIND)
    histogram = json.loads((SAMPLES / "sample.json").read_text())[0]["primaryMetric"]["rawDataHistogram"]
    everything = [value for fork in histogram for one in fork for value, count in one for _ in range(count)]
    for stat, percent in (("p90", 90), ("p95", 95), ("p99", 99), ("p999", 99.9)):
        assert found[stat] == pytest.approx([percentile(everything, percent) * 1e-9])


def test_a_histogram_is_not_written_out(tmp_path: Path) -> None:
    one = result(mode="sample")
    one["primaryMetric"] |= {"rawDataHistogram": [[[[1.0, 10**12], [3.0, 10**12]]]]}
    found = repeated(facts_of([one], tmp_path), "a.B.c")
    assert found["rounds"] == [2 * 10**12]
    assert found["mean"] + found["median"] == pytest.approx([2e-9, 2e-9])


def test_a_fork_that_sampled_nothing_is_no_repetition(tmp_path: Path) -> None:
    one = result(mode="sample")
    one["primaryMetric"]["rawDataHistogram"] = [[[]], [[[5.0, 3]], []], []]
    found = repeated(facts_of([one], tmp_path), "a.B.c")
    assert (found["max"], found["rounds"]) == ([5e-9], [3])


PAIRS = st.lists(st.tuples(st.floats(0, 1e15), st.integers(1, 20)), min_size=1, max_size=8)


@given(st.lists(PAIRS, min_size=1, max_size=3))
def test_values_with_their_number_are_as_all_of_them(forks: list[list[tuple[float, int]]]) -> None:
    benchmark = Benchmark("b")
    written_out = [[value for value, count in fork for _ in range(count)] for fork in forks]
    found = repeated(repetitions(benchmark, [Weighted.of(fork) for fork in forks], "second"), "b")
    for stat, numbers in repeated(benchmark.repetitions(written_out), "b").items():
        assert found[stat] == pytest.approx(numbers, rel=1e-9), stat


@given(PAIRS)
def test_a_weighted_mean_lies_among_the_values(pairs: list[tuple[float, int]]) -> None:
    assert min(value for value, _ in pairs) <= Weighted.of(pairs).mean() <= max(value for value, _ in pairs)


# Without raw data


def test_a_summary_is_all_there_is_without_raw_data() -> None:
    facts = sample("summary.json")
    written = json.loads((SAMPLES / "summary.json").read_text())
    joined = repeated(facts, "shop.CartBenchmark.join{size=10,text=a,b}")
    percentiles = written[0]["primaryMetric"]["scorePercentiles"]
    assert joined["mean"] == [pytest.approx(written[0]["primaryMetric"]["score"] * 1e6)]
    for stat, key in (("min", "0.0"), ("median", "50.0"), ("max", "100.0")):
        assert joined[stat] == [pytest.approx(percentiles[key] * 1e6)]
    assert not {"p90", "p95", "p99", "rounds", "stddev"} & joined.keys(), "six iterations carry no percentile"


def test_the_percentiles_of_a_sample_are_trusted_without_its_number() -> None:
    metric = json.loads((SAMPLES / "summary.json").read_text())[1]["primaryMetric"]
    found = repeated(sample("summary.json"), FIND)
    for stat, key in (("p90", "90.0"), ("p99", "99.0"), ("p999", "99.9")):
        assert found[stat] == [pytest.approx(metric["scorePercentiles"][key] * 1e-9)]


def test_percentiles_of_enough_iterations(tmp_path: Path) -> None:
    percentiles = {"90.0": 5.0, "95.0": 6.0, "99.0": "NaN"}
    one = result(rawData=[], scorePercentiles=percentiles, forks=2, measurementIterations=25)
    found = repeated(facts_of([one], tmp_path), "a.B.c")
    assert found["p90"] == [5e-9]
    assert "p95" not in found, "50 values carry p90 and no more"


# Secondary metrics


def test_secondary_metrics_go_by_their_own_names() -> None:
    facts = sample("session.json")
    found = repeated(facts, "shop.CartBenchmark.start")
    assert found["gc_alloc_rate_norm"] == [92.25]
    assert found["gc_time"] == [0.044]
    assert found["gc_count"] == [6.0]
    assert found["gc_alloc_rate"] == [529.5]
    said = units(facts)
    assert (said["gc_alloc_rate_norm"], said["gc_time"], said["gc_count"]) == ("byte", "second", "counts")
    assert said["gc_alloc_rate"] == "MB/sec", "JMH's are of 1024 * 1024 bytes, so they are no MB/s"
    assert "stack" not in said, "NaN is no number"
    ways = {fact.labels.get("better") for fact in measured(facts) if ".gc_" in fact.name}
    assert ways == {"lower"}, "what the collector does is a cost, whatever its unit says"


def test_the_names_of_older_releases_are_those_of_newer_ones() -> None:
    older, newer = (repeated(sample(name), benchmark) for name, benchmark in (
        ("older.json", FIND), ("session.json", "shop.CartBenchmark.start"),
    ))  # fmt: skip
    assert {stat for stat in older if stat.startswith("gc")} == {stat for stat in newer if stat.startswith("gc")}


def test_the_percentiles_that_stand_among_the_metrics_are_left_out(tmp_path: Path) -> None:
    assert not [stat for stat in repeated(sample("sample.json"), FIND) if "0_" in stat or "1_" in stat]
    metrics = {name: {"score": 1.0, "scoreUnit": "ns/op"} for name in ("find·p0.99", "find:·p0.9999", "put:p1.00")}
    assert set(repeated(facts_of([result(secondaryMetrics=metrics)], tmp_path), "a.B.c")) == {
        "min", "max", "mean", "median", "rounds",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["mean", "min", "rounds", "failed", "ops", "p95"])
def test_a_secondary_metric_is_never_the_score(tmp_path: Path, name: str) -> None:
    metrics = {name: {"score": 77.0, "scoreUnit": "ops/s"}}
    found = repeated(facts_of([result(secondaryMetrics=metrics)], tmp_path), "a.B.c")
    assert found[f"secondary_{name}"] == [77.0]
    assert 77.0 not in found.get(name, [])


def test_two_metrics_of_one_name_are_refused(tmp_path: Path) -> None:
    metrics = {name: {"score": 1.0, "scoreUnit": "ms"} for name in ("gc.time", "·gc.time")}
    with pytest.raises(Refusal, match='would be called "gc_time"'):
        facts_of([result(secondaryMetrics=metrics)], tmp_path)


# Options


def test_how_it_was_run(tmp_path: Path) -> None:
    assert options(sample("session.json"))["shop.CartBenchmark.start"] == {
        "mode": "ss", "threads": "1", "forks": "2", "warmupIterations": "1", "measurementIterations": "1",
        "measurementBatchSize": "1", "warmupTime": "50 ms", "measurementTime": "single-shot",
        "runtime": "OpenJDK 64-Bit Server VM 17",
    }  # fmt: skip
    assert options(facts_of([result()], tmp_path)) == {"a.B.c": {"mode": "avgt"}}


@pytest.mark.parametrize(
    ("version", "runtime"),
    [("1.8.0_202", "VM 8"), ("11.0.17", "VM 11"), ("21", "VM 21"), ("25-ea", "VM 25"), ("N/A", "VM"), ("", "VM")],
)
def test_the_runtime_is_the_machine_and_its_major_version(tmp_path: Path, version: str, runtime: str) -> None:
    facts = facts_of([result(vmName="VM", jdkVersion=version)], tmp_path)
    (said,) = options(facts).values()
    assert said["runtime"] == runtime


def test_nothing_of_the_host_is_read() -> None:
    for name in EXPECTED:
        assert leaks(sample(name)) == []
        assert "/" not in repr(sample(name)).replace("MB/sec", "")


# What cannot be


def test_an_empty_list_is_a_warning(tmp_path: Path) -> None:
    assert only_warning(facts_of([], tmp_path)) == ("no-benchmarks", "jmh.json")


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({}, "the document is an object, expected a list"),
        ([5], r"\[0\] is a number, expected an object"),
        ([{"mode": "avgt"}], r"\[0\].benchmark is missing"),
        ([result(5)], r"\[0\].benchmark is a number"),
        ([result("")], r"\[0\].benchmark is empty"),
        ([result("\ud800")], "half of a surrogate pair"),
        ([result(), result()], r"\[1\].benchmark stands here twice with the same params and mode"),
        ([result(mode=None)], r"\[0\].mode is null"),
        ([result(params=[])], r"\[0\].params is a list, expected an object"),
        ([result(params={"a": 5})], r"\[0\].params.a is a number, expected a string"),
        ([result(primaryMetric=None)], r"\[0\].primaryMetric is null, expected an object"),
        ([result(scoreUnit="")], r"scoreUnit is empty"),
        ([result(scoreUnit=None)], r"scoreUnit is null"),
        ([result(rawData=5)], r"rawData is a number, expected a list"),
        ([result(rawData=[5])], r"rawData\[0\] is a number, expected a list"),
        ([result(rawData=[[1.0, "NaN"]])], r"rawData\[0\]\[1\] is a string, expected a number"),
        ([result(rawData=[[-1.0]])], r"rawData\[0\]\[0\] is -1.0, expected 0 or more"),
        ([result(rawData=[[1e300]])], r"rawData\[0\]\[0\] is 1e\+300, expected 1e\+15 at most"),
        ([result(rawData=[[True]])], r"rawData\[0\]\[0\] is true or false"),
        ([result(rawData=[], score="NaN")], r"primaryMetric.score is a string"),
        ([result(rawData=[], scorePercentiles={"50.0": -1})], r'scorePercentiles\["50.0"\] is -1'),
        ([result(threads=1.5)], r"\[0\].threads is a number, expected a whole number"),
        ([result(warmupTime=5)], r"\[0\].warmupTime is a number, expected a string"),
        ([result(secondaryMetrics={"gc": {}})], r"secondaryMetrics.gc.score is missing"),
        ([result(secondaryMetrics={"gc": {"score": None, "scoreUnit": "ms"}})], r"gc.score is null"),
        ([result(secondaryMetrics={"·": {"score": 1, "scoreUnit": "ms"}})], "which is no name"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, document: object, said: str) -> None:
    with pytest.raises(Refusal, match=said) as caught:
        facts_of(document, tmp_path)
    assert (caught.value.code, caught.value.path) == ("bad-json", "jmh.json")
    assert "-rf json" in str(caught.value)


@pytest.mark.parametrize(
    ("pair", "said"),
    [
        ([1.0], r"rawDataHistogram\[0\] counts values otherwise than as \[value, count\]"),
        ([1.0, 2, 3], "otherwise than"),
        ([1.0, 0], "is 0, expected 1 or more"),
        ([1.0, -5], "is -5, expected 1 or more"),
        ([1.0, 2.5], "expected a whole number"),
        ([1.0, 10**13], r"is 10000000000000, expected 1e\+12 at most"),
        (["NaN", 1], r"\[0\]\[0\] is a string, expected a number"),
        ([-1.0, 1], "is -1.0, expected 0 or more"),
        (5, "is a number, expected a list"),
    ],
)
def test_a_count_that_cannot_be_is_refused(tmp_path: Path, pair: object, said: str) -> None:
    one = result(mode="sample")
    one["primaryMetric"]["rawDataHistogram"] = [[[pair]]]
    with pytest.raises(Refusal, match=said):
        facts_of([one], tmp_path)


def test_a_file_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    refused_when_cut_off(jmh, SAMPLES / "session.json", tmp_path, 5000)


@given(st.permutations(json.loads((SAMPLES / "session.json").read_text())))
def test_the_order_of_the_results_makes_no_difference(scratch: Path, document: list[dict[str, Any]]) -> None:
    found = facts_of(document, scratch)
    assert sorted(map(repr, found)) == sorted(map(repr, sample("session.json")))


GOLDEN = [one for name in sorted(EXPECTED) for one in json.loads((SAMPLES / name).read_text())]
UNLIKELY = spoilt("NaN", [[]], [[[[1, 1]]]])


@given(st.integers(0, len(GOLDEN) - 1), st.data(), UNLIKELY)
def test_a_spoilt_report_is_read_or_refused(scratch: Path, index: int, data: st.DataObject, value: object) -> None:
    document = copy.deepcopy(GOLDEN[index])
    where = data.draw(st.sampled_from([document, document["primaryMetric"], document["secondaryMetrics"]]))
    where[data.draw(st.sampled_from(sorted({*where, "rawData", "params", "rawDataHistogram"})))] = value
    assert all(-1e30 < fact.value < 1e30 for fact in measured(survived(facts_of, [document], scratch)))
