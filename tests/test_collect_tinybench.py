"""tinybench: the numbers of three of its releases against their samples, and what a file may not say."""

from __future__ import annotations

import json
import statistics
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench_facts import (
    COLLECTORS,
    FOLDERS,
    benchmarks,
    codes,
    expected,
    leaks,
    machines,
    measured,
    only_warning,
    options,
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

tinybench = COLLECTORS["tinybench"]
SAMPLES = FOLDERS / "tinybench"
EXPECTED: dict[str, Any] = expected("tinybench")
WITH_SAMPLES = sorted(set(EXPECTED) - {"tinybench-6.json"})
NEEDED = {"p75": 20, "p99": 500, "p995": 1000, "p999": 5000}  # values: five beyond each
FLAT = {"min": 1.0, "max": 9.0, "mean": 4.0, "p75": 5.0, "p99": 9.0, "sd": 2.0, "df": 9}
LATENCY = {"min": 1.0, "max": 9.0, "mean": 4.0, "p50": 3.0, "p75": 5.0, "p99": 9.0, "sd": 2.0, "samplesCount": 10}
facts_of = partial(written, tinybench)
sample = samples_of("tinybench")
stats_of = partial(stats, benchmark="b")


def golden(name: str) -> Any:
    return json.loads((SAMPLES / name).read_text())


def flat(name: object = "b", **stats: object) -> dict[str, Any]:
    return {"name": name, "result": {**FLAT, **stats}}


def nested(name: object = "b", rate: object = 300.0, **stats: object) -> dict[str, Any]:
    latency, throughput = {**LATENCY, **stats}, {"mean": rate, "samplesCount": 10}
    return {"name": name, "result": {"state": "completed", "latency": latency, "throughput": throughput}}


def ended(**result: object) -> dict[str, Any]:
    """Return a task that has statistics beside what is said of its end."""
    return {"name": "b", "result": {"latency": LATENCY, **result}}


@pytest.mark.parametrize("name", WITH_SAMPLES)
def test_samples_that_were_kept_give_the_statistics(name: str) -> None:
    facts = sample(name)
    for task, numbers in EXPECTED[name].items():
        found = stats(facts, task)
        assert (found.pop("failed"), found.pop("total"), found.pop("rounds")) == (0, 1, numbers["rounds"])
        assert found.pop("ops") > 0
        assert found == {
            stat: pytest.approx(value / 1000, rel=1e-9) for stat, value in numbers.items() if stat != "rounds"
        }


def test_a_summary_is_what_the_table_prints() -> None:
    facts = sample("tinybench-6.json")
    for task, numbers in EXPECTED["tinybench-6.json"].items():
        found = stats(facts, task)
        assert found["mean"] == pytest.approx(numbers["mean"] / 1000, rel=1e-4)
        assert found["median"] == pytest.approx(numbers["median"] / 1000, rel=1e-4)
        assert found["ops"] == pytest.approx(numbers["ops"], abs=0.51)
        assert found["rounds"] == numbers["rounds"] == 6000
        assert set(NEEDED) <= set(found), "6000 values carry p999"


@pytest.mark.parametrize("name", ["tinybench-5.json", "tinybench-6-samples.json"])
def test_a_summary_says_what_its_samples_do(tmp_path: Path, name: str) -> None:
    """The summary is read one way and the samples another, and both are of one run."""
    document = golden(name)
    for task in document:
        task["result"].get("latency", {}).pop("samples", None)
    from_summary, from_samples = values(facts_of(document, tmp_path)), values(sample(name))
    alike = set(from_summary) & set(from_samples)
    assert {key: from_summary[key] for key in alike} == pytest.approx({key: from_samples[key] for key in alike})
    assert {key.rpartition(".")[2] for key in set(from_summary) ^ set(from_samples)} == {"p75", "p90", "p95"}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_samples_name_every_task_and_what_broke(name: str) -> None:
    facts = sample(name)
    assert codes(facts) == []
    names = {"sort", 'a.b | "c"', "throws", "throws later"}
    assert benchmarks(facts) == names
    for task in names:
        found = stats(facts, task)
        assert (found["failed"], found["total"]) == (task.startswith("throws"), 1)
        assert (set(found) == {"failed", "total"}) == task.startswith("throws")


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_ops_are_what_each_release_prints(name: str) -> None:
    facts = sample(name)
    for task in golden(name):
        result = task["result"]
        rate = result["throughput"]["mean"] if "throughput" in result else result.get("hz")
        assert stats(facts, task["name"]).get("ops") == (rate and pytest.approx(rate, rel=1e-9))


def test_a_mean_of_rates_is_not_the_rate_of_the_mean() -> None:
    facts = sample("tinybench-6.json")
    found = stats(facts, "sort")
    assert found["ops"] > 1.001 / found["mean"], "slow calls weigh on the mean of times more"
    before = stats(sample("tinybench-2.json"), "sort")
    assert before["ops"] == pytest.approx(1 / before["mean"])


def test_units_runs_and_machines() -> None:
    for name in EXPECTED:
        facts = sample(name)
        found = units(facts)
        assert {stat for stat, unit in found.items() if unit == "count"} == {"failed", "total", "rounds"}
        assert {stat for stat, unit in found.items() if unit == "per_second"} == {"ops"}
        assert {unit for stat, unit in found.items() if stat not in {"failed", "total", "rounds", "ops"}} == {"second"}
        assert runs(facts) == {""}
        assert machines(facts) == []


@pytest.mark.parametrize(
    ("name", "known"),
    [("tinybench-2.json", set()), ("tinybench-5.json", {"runtime"}), ("tinybench-6.json", {"runtime", "timer"})],
)
def test_options_of_the_samples(name: str, known: set[str]) -> None:
    found = options(sample(name))
    assert set(found) == ({"sort", 'a.b | "c"'} if known else set()) | (
        {"throws", "throws later"} if "timer" in known else set()
    )
    for said in found.values():
        assert set(said) == known
        assert said["runtime"].startswith("node ")
        assert said["runtime"].count(".") == 1


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ({"runtime": "node", "runtimeVersion": "20.20.2"}, {"runtime": "node 20.20"}),
        ({"runtime": "bun", "runtimeVersion": "1.3.0-canary.4"}, {"runtime": "bun 1.3"}),
        ({"runtime": "deno", "runtimeVersion": "2"}, {"runtime": "deno 2"}),
        ({"runtime": "browser", "runtimeVersion": "unknown"}, {"runtime": "browser"}),
        ({"runtime": "node"}, {"runtime": "node"}),
        ({"timestampProviderName": "hrtimeNow"}, {"timer": "hrtimeNow"}),
        ({"runtime": "unknown", "runtimeVersion": "unknown"}, None),
        ({}, None),
    ],
)
def test_the_runtime_is_an_option(tmp_path: Path, said: dict[str, str], known: dict[str, str] | None) -> None:
    assert options(facts_of([ended(**said)], tmp_path)) == ({} if known is None else {"b": known})


@pytest.mark.parametrize(
    ("result", "failed"),
    [
        ({"state": "completed"}, 0),
        ({"state": "errored", "error": {}}, 1),
        ({"state": "error"}, 1),
        ({"state": "aborted"}, 1),
        ({"state": "aborted-with-statistics"}, 1),
        ({"error": {}}, 1),
        ({"error": None}, 1),
        ({"error": "a text"}, 1),
        ({"aborted": True}, 1),
        ({"aborted": False}, 0),
    ],
)
def test_how_a_task_ended(tmp_path: Path, result: dict[str, object], failed: int) -> None:
    found = stats_of(facts_of([ended(**result)], tmp_path))
    assert (found["failed"], found["total"]) == (failed, 1)
    assert ("mean" in found) == (not failed), "what broke has no times, even where some are there"


@pytest.mark.parametrize(
    "task", [{"name": "b"}, *({"name": "b", "result": {"state": state}} for state in ("not-started", "started"))]
)
def test_what_never_ran_is_no_failure(tmp_path: Path, task: dict[str, object]) -> None:
    assert only_warning(facts_of([task], tmp_path)) == ("no-benchmarks", "bench.json")
    assert values(facts_of([task, nested("c")], tmp_path)) == values(facts_of([nested("c")], tmp_path))


@pytest.mark.parametrize("nothing", [[], {}])
def test_no_task_is_a_warning(tmp_path: Path, nothing: object) -> None:
    assert codes(facts_of(nothing, tmp_path)) == ["no-benchmarks"]


@pytest.mark.parametrize("task", [flat(hz=250), nested()])
def test_a_result_may_stand_beside_its_name_or_under_it(tmp_path: Path, task: dict[str, Any]) -> None:
    spread, named = [{"name": task["name"], **task["result"]}], {task["name"]: task["result"]}
    expected_values = values(facts_of([task], tmp_path))
    assert values(facts_of(spread, tmp_path)) == values(facts_of(named, tmp_path)) == expected_values


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_each_shape_is_recognised(name: str) -> None:
    tasks = golden(name)
    spread, named = [{"name": t["name"], **t["result"]} for t in tasks], {t["name"]: t["result"] for t in tasks}
    for shape in (spread, named):
        head = json.dumps(shape).encode()[:4096]
        assert [key for key, one in COLLECTORS.items() if one.recognises(head)] == ["tinybench"]


def test_statistics_of_both_shapes(tmp_path: Path) -> None:
    both = {"failed": 0, "total": 1, "rounds": 10, "min": 0.001, "max": 0.009, "mean": 0.004, "stddev": 0.002}
    assert stats_of(facts_of([flat(hz=1)], tmp_path)) == both | {"ops": pytest.approx(250)}
    assert stats_of(facts_of([nested()], tmp_path)) == both | {"median": 0.003, "ops": 300}
    # Releases 3 to 5 write both shapes; the flat one was kept for old programs.
    mixed = {"name": "b", "result": {**FLAT, "mean": 8, **nested()["result"]}}
    assert stats_of(facts_of([mixed], tmp_path)) == stats_of(facts_of([nested()], tmp_path))


@pytest.mark.parametrize("task", [flat, nested])
def test_samples_are_believed_and_not_their_summary(tmp_path: Path, task: Any) -> None:
    raw = [2.0, 4.0, 9.0, 1.0] * 25
    found = stats_of(facts_of([task(samples=raw, mean=0.5, p50=7)], tmp_path))
    ops = found.pop("ops")
    assert found == {
        "failed": 0, "total": 1, "rounds": 100, "min": 0.001, "max": 0.009, "mean": 0.004, "median": 0.003,
        "stddev": pytest.approx(statistics.stdev(raw) / 1000), "p90": 0.009, "p95": 0.009,
    }  # fmt: skip
    assert ops == (pytest.approx(250) if task is flat else 300)


@pytest.mark.parametrize("task", [flat, nested])
def test_one_sample_is_a_sample(tmp_path: Path, task: Any) -> None:
    found = stats_of(facts_of([task(samples=[2.0])], tmp_path))
    assert [found[stat] for stat in ("min", "max", "mean", "median", "rounds")] == [0.002] * 4 + [1]


@pytest.mark.parametrize("stat", NEEDED)
@pytest.mark.parametrize("shape", ["flat", "nested"])
def test_a_percentile_needs_values_beyond_it(tmp_path: Path, stat: str, shape: str) -> None:
    def found(count: int) -> dict[str, float]:
        said: dict[str, Any] = {stat: 8.0}
        task = flat(**said, df=count - 1) if shape == "flat" else nested(**said, samplesCount=count)
        return stats_of(facts_of([task], tmp_path))

    assert stat not in found(NEEDED[stat] - 1)
    assert found(NEEDED[stat])[stat] == 0.008
    assert found(NEEDED[stat])["rounds"] == NEEDED[stat]


def test_percentiles_of_an_unknown_number_of_values_are_trusted(tmp_path: Path) -> None:
    latency = {"min": 1, "max": 9, "mean": 4, "p99": 9, "sd": 2}
    found = stats_of(facts_of([{"name": "b", "result": {"latency": latency}}], tmp_path))
    assert found == {"failed": 0, "total": 1, "min": 0.001, "max": 0.009, "mean": 0.004, "p99": 0.009, "stddev": 0.002}


@pytest.mark.parametrize("one", [flat(df=0, sd=0), nested(samplesCount=1, sd=0)])
def test_one_value_has_no_deviation(tmp_path: Path, one: dict[str, Any]) -> None:
    assert "stddev" not in stats_of(facts_of([one], tmp_path))


ZEROS = dict.fromkeys(("min", "max", "mean", "p75", "p99", "sd"), 0)


@pytest.mark.parametrize(
    "coarse",
    [
        flat(**ZEROS, hz=None, rme=None),
        flat(**ZEROS, hz=None, samples=[0, 0]),
        flat(samples=[1e-300, 1e-300]),
        nested(**ZEROS, p50=0, rate=0),
        nested(**ZEROS, p50=0, rate=None),
    ],
)
def test_a_clock_that_saw_no_time_pass_gives_no_rate(tmp_path: Path, coarse: dict[str, Any]) -> None:
    found = stats_of(facts_of([coarse], tmp_path))
    assert found["mean"] < 1e-300
    assert "ops" not in found


def test_the_text_of_an_error_goes_nowhere(tmp_path: Path) -> None:
    error = {"message": "SECRET", "stack": "at /home/someone/x.mjs"}
    facts = facts_of([{"name": "b", "result": {"state": "errored", "error": error}}], tmp_path)
    assert leaks(facts) == []


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (5, "the document is a number, expected a list"),
        ([5], r"\[0\] is a number, expected an object"),
        ([FLAT], r"\[0\].name is missing"),
        ([flat(5)], r"\[0\].name is a number"),
        ([flat("")], r"\[0\].name is empty"),
        ([flat("\ud800")], r"\[0\].name holds half of a surrogate pair"),
        ([flat(), flat()], r"\[1\].name is the name of another task"),
        ([{"name": "b"}, flat()], r"\[1\].name is the name of another task"),
        ([{"name": "b", "result": None}], r"\[0\].result is null, expected an object"),
        ([{"name": "b", "result": {}}], r"\[0\].result.min is missing"),
        ([ended(latency=5)], r"\[0\].result.latency is a number"),
        ([ended(latency={})], r"\[0\].result.latency.min is missing"),
        ([ended(throughput={})], r"\[0\].result.throughput.mean is missing"),
        ([ended(state="paused")], r"\[0\].result.state is no state"),
        ([ended(state=5)], r"\[0\].result.state is a number"),
        ([ended(runtime=5)], r"\[0\].result.runtime is a number"),
        ([nested(rate=-1)], r"throughput.mean is -1, expected 0 or more"),
        ([nested(rate=1e300)], r"throughput.mean is 1e\+300, expected 1e\+15 at most"),
        ([nested(rate="fast")], r"throughput.mean is a string"),
        ([nested(min=None)], r"latency.min is null"),
        ([nested(mean=-4)], r"latency.mean is -4"),
        ([nested(mean=10)], r"latency.mean is 10, not between min and max"),
        ([nested(p50=0.5)], r"latency.p50 is 0.5, not between min and max"),
        ([nested(p99=9.5)], r"latency.p99 is 9.5, not between min and max"),
        ([nested(samplesCount=0)], r"samplesCount is 0, expected 1 or more"),
        ([flat(df=-1)], r"result.df is -1, expected 0 or more"),
        ([flat(df=1.5)], r"result.df is a number, expected a whole number"),
        ([flat(max=1e16)], r"result.max is 1e\+16, expected 1e\+15 at most"),
        ([flat(samples=[1, -1])], r"result.samples\[1\] is -1"),
        ([nested(samples=[None])], r"latency.samples\[0\] is null"),
        ([nested(samples=None)], r"latency.samples is null"),
        ([flat(mean=float("nan"))], r"result.mean is NaN"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, document: object, said: str) -> None:
    with pytest.raises(Refusal, match=said) as caught:
        facts_of(document, tmp_path)
    assert (caught.value.code, caught.value.path) == ("bad-json", "bench.json")
    assert "bench.tasks" in str(caught.value)


def test_a_file_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    assert refused_when_cut_off(tinybench, SAMPLES / "tinybench-6.json", tmp_path, 1000).line


@pytest.mark.parametrize("name", sorted(EXPECTED))
@pytest.mark.parametrize("spacing", [{"indent": 2}, {"separators": (",", ":")}, {"indent": 1, "sort_keys": True}])
def test_recognises_its_samples_in_any_order_of_keys(name: str, spacing: dict[str, Any]) -> None:
    assert tinybench.recognises((SAMPLES / name).read_bytes()[:4096])
    turned = [dict(reversed(task.items())) for task in golden(name)]
    for document in (golden(name), turned, golden(name)[::-1]):
        head = json.dumps(document, **spacing).encode()[:4096]
        assert tinybench.recognises(head)
        assert tinybench.recognises(b"\xef\xbb\xbf" + head)


@pytest.mark.parametrize("result", [{"error": {}}, {"state": "errored", "error": {}}, {"state": "not-started"}])
def test_recognises_tasks_of_which_none_has_numbers(result: dict[str, Any]) -> None:
    assert tinybench.recognises(json.dumps([{"name": "b", "result": result}]).encode())


@pytest.mark.parametrize(
    "text",
    [
        "", "{}", "[]", '[{"name": "b"}]', '[{"name": "b", "result": 5}]', '[{"name": "b", "result": {"value": 5}}]',
        '{"name": "b", "result": {"latency": {}}}', '[{"name": "[].result.hz", "value": 5, "unit": "ms"}]',
        '[{"result": {"error": {}}}]', '[{"Task name": "b", "Latency avg (ns)": "5 ± 1%", "Samples": 30}]',
        '[{"latency": {"mean": 5}, "throughput": {}}]', '[[{"name": "b", "result": {"hz": 5}}]]',
    ],
)  # fmt: skip
def test_recognises_nothing_that_is_only_alike(text: str) -> None:
    assert not tinybench.recognises(text.encode())


@pytest.mark.parametrize("name", sorted(EXPECTED))
@given(data=st.data())
def test_the_order_of_tasks_and_samples_makes_no_difference(scratch: Path, name: str, data: st.DataObject) -> None:
    tasks = data.draw(st.permutations(golden(name)))
    for task in tasks:
        latency = task["result"].get("latency", task["result"])
        if "samples" in latency:
            # One draw for the whole order: with a draw for each of a thousand samples, drawing is all that takes time.
            data.draw(st.randoms(use_true_random=True)).shuffle(latency["samples"])
    assert values(facts_of(tasks, scratch)) == values(sample(name))


@given(st.sampled_from(sorted(EXPECTED)), st.data(), spoilt(5e-324, [5e-324]))
def test_a_spoilt_file_is_read_or_refused(scratch: Path, name: str, data: st.DataObject, value: object) -> None:
    document = golden(name)
    task = document[0]
    where = data.draw(
        st.sampled_from([one for one in (task, task["result"], task["result"].get("latency")) if one is not None])
    )
    where[data.draw(st.sampled_from([*sorted(where), "error", "state"]))] = value
    assert all(0 <= fact.value < float("inf") for fact in measured(survived(facts_of, document, scratch)))
