"""vitest: the numbers of real reports against the samples of the same runs, and what a report may not say."""

from __future__ import annotations

import copy
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
    CORPUS,
    FOLDERS,
    benchmarks,
    codes,
    expected,
    leaks,
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
from phasemetrics.evidence.model import Machine, Options

vitest = COLLECTORS["vitest"]
SAMPLES = FOLDERS / "vitest"
EXPECTED: dict[str, Any] = expected("vitest")
GOLDEN: dict[str, Any] = json.loads((SAMPLES / "vitest-4.json").read_text())
NAMES = {
    "cart.bench.js > top",
    "cart.bench.js > sort > native",
    'cart.bench.js > sort > reverse > "quoted"',
    "cart.bench.js > sort > inner > native",
    "cart.bench.js > broken > throws",
    "cart.bench.js > broken > fine",
    "late.bench.js > late > throws later",
    "late.bench.js > late > fine",
}
BROKEN = {"cart.bench.js > broken > throws", "late.bench.js > late > throws later"}
NEEDED = {"p75": 20, "p99": 500, "p995": 1000, "p999": 5000}  # values: five beyond each
STATS = {"min": 1.0, "max": 9.0, "mean": 4.0, "median": 3.0, "sd": 2.0, "sampleCount": 10}
facts_of = partial(written, vitest)
sample = samples_of("vitest")
stats_of = partial(stats, benchmark="x.bench.js > g > b")


def benchmark(name: object = "b", **stats: object) -> dict[str, Any]:
    return {"id": "1_0", "name": name, "rank": 1, "rme": 0, "samples": [], **STATS, **stats}


def report(*benchmarks: object, full: object = "x.bench.js > g", path: object = "/home/someone/x.bench.js") -> Any:
    return {"files": [{"filepath": path, "groups": [{"fullName": full, "benchmarks": list(benchmarks)}]}]}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_samples_have_the_statistics_of_their_runs(name: str) -> None:
    facts = sample(name)
    for benchmark_name, numbers in EXPECTED[name].items():
        found = stats(facts, benchmark_name)
        for stat, value in numbers.items():
            if stat == "rounds":
                assert found[stat] == value
            elif stat == "median" and name == "vitest-1.json":
                assert stat not in found, "vitest 1 wrote none"
            elif numbers["rounds"] >= NEEDED.get(stat, 0):
                assert found[stat] == pytest.approx(value / 1000, rel=1e-9)
            else:
                assert stat not in found, f"{numbers['rounds']} values do not carry it"
    assert any(numbers["rounds"] >= NEEDED["p999"] for numbers in EXPECTED[name].values())


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_samples_name_every_benchmark_and_what_broke(name: str) -> None:
    facts = sample(name)
    assert codes(facts) == []
    assert benchmarks(facts) == NAMES
    found = values(facts)
    for one in NAMES:
        assert (found[f"bench.{one}.failed"], found[f"bench.{one}.total"]) == (one in BROKEN, 1)
    assert {key for key in found for one in BROKEN if key.startswith(f"bench.{one}.")} == {
        f"bench.{one}.{stat}" for one in BROKEN for stat in ("failed", "total")
    }


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_ops_are_what_vitest_calls_hz(name: str) -> None:
    found = values(sample(name))
    for file in json.loads((SAMPLES / name).read_text())["files"]:
        for group in file["groups"]:
            for one in group["benchmarks"]:
                key = f"bench.{group['fullName']} > {one['name']}.ops"
                assert found.get(key) == (pytest.approx(one["hz"], rel=1e-9) if "hz" in one else None)


def test_units_runs_and_what_no_report_says() -> None:
    facts = sample("vitest-4.json")
    found = units(facts)
    assert {stat for stat, unit in found.items() if unit == "count"} == {"failed", "total", "rounds"}
    assert {stat for stat, unit in found.items() if unit == "per_second"} == {"ops"}
    assert {unit for stat, unit in found.items() if stat not in {"failed", "total", "rounds", "ops"}} == {"second"}
    assert runs(facts) == {""}
    assert not [fact for fact in facts if isinstance(fact, Machine | Options)]


def test_the_one_that_broke_is_not_the_fastest() -> None:
    (broken,) = [
        one for file in GOLDEN["files"] for group in file["groups"] for one in group["benchmarks"]
        if one["name"] == "throws"
    ]  # fmt: skip
    assert broken["rank"] == 1, "vitest says so"
    assert stats(sample("vitest-4.json"), "cart.bench.js > broken > throws") == {"failed": 1, "total": 1}


@pytest.mark.parametrize(
    "left",
    [
        {"name": "b", "rank": 1, "rme": 0, "samples": []},
        {"name": "b", "sampleCount": 0, "rank": 1, "rme": 0},
        {"name": "b", "samples": [], "error": {}, "sampleCount": 0, "median": None},
        benchmark(error={"message": "late"}),
        {"name": "b", "rme": None, "samples": [], "totalTime": 0, "hz": None, "mean": 0, "df": -1, "sampleCount": 0},
    ],
)
def test_what_has_no_numbers_or_an_error_failed(tmp_path: Path, left: dict[str, Any]) -> None:
    assert stats_of(facts_of(report(left), tmp_path)) == {"failed": 1, "total": 1}


def test_samples_are_believed_and_not_their_summary(tmp_path: Path) -> None:
    raw = [2.0, 4.0, 9.0, 1.0] * 25
    found = stats_of(facts_of(report(benchmark(samples=raw, mean=0.5, hz=2000, p75=0)), tmp_path))
    assert found == {
        "failed": 0, "total": 1, "rounds": 100, "min": 0.001, "max": 0.009, "mean": 0.004, "median": 0.003,
        "stddev": pytest.approx(statistics.stdev(raw) / 1000), "p90": 0.009, "p95": 0.009, "ops": pytest.approx(250),
    }  # fmt: skip


def test_a_summary_without_samples(tmp_path: Path) -> None:
    found = stats_of(facts_of(report(benchmark(hz=1, period=5, critical=2)), tmp_path))
    assert found == {
        "failed": 0, "total": 1, "rounds": 10, "min": 0.001, "max": 0.009, "mean": 0.004, "median": 0.003,
        "stddev": 0.002, "ops": pytest.approx(250),
    }  # fmt: skip


@pytest.mark.parametrize("stat", NEEDED)
def test_a_percentile_needs_values_beyond_it(tmp_path: Path, stat: str) -> None:
    few, enough = (
        stats_of(facts_of(report(benchmark(sampleCount=count, **{stat: 8.0})), tmp_path))
        for count in (NEEDED[stat] - 1, NEEDED[stat])
    )
    assert stat not in few
    assert enough[stat] == 0.008


def test_one_value_has_no_deviation(tmp_path: Path) -> None:
    ones = {"min": 1, "max": 1, "mean": 1, "median": 1}
    assert "stddev" not in stats_of(facts_of(report(benchmark(**ones, sd=0, sampleCount=1)), tmp_path))
    assert stats_of(facts_of(report(benchmark(**ones, sd=0, sampleCount=2)), tmp_path))["stddev"] == 0


def test_a_clock_that_saw_no_time_pass_gives_no_rate(tmp_path: Path) -> None:
    zeros = {"min": 0, "max": 0, "mean": 0, "median": 0, "sd": 0, "hz": None, "rme": None}
    found = stats_of(facts_of(report(benchmark(**zeros)), tmp_path))
    assert found["mean"] == 0
    assert "ops" not in found


@pytest.mark.parametrize(
    ("path", "full", "name"),
    [
        ("/home/someone/x.bench.js", "x.bench.js > g", "x.bench.js > g > b"),
        ("D:/someone/x.bench.js", "D:/someone/x.bench.js > g", "x.bench.js > g > b"),
        ("/home/someone/x.bench.js", "/home/someone/x.bench.js", "x.bench.js > b"),
        ("", "x.bench.js", "x.bench.js > b"),
    ],
)
def test_no_path_of_the_machine_is_in_a_name(tmp_path: Path, path: str, full: str, name: str) -> None:
    facts = facts_of(report(benchmark(), full=full, path=path), tmp_path)
    assert stats(facts, name)["rounds"] == 10
    assert leaks(facts) == []


def test_the_text_of_an_error_goes_nowhere(tmp_path: Path) -> None:
    facts = facts_of(report(benchmark(error={"message": "SECRET", "stack": "at /home/someone"})), tmp_path)
    assert leaks(facts) == []


@pytest.mark.parametrize("empty", [{"files": []}, {"files": [{"filepath": "x", "groups": []}]}, report()])
def test_no_benchmark_is_a_warning(tmp_path: Path, empty: object) -> None:
    assert only_warning(facts_of(empty, tmp_path)) == ("no-benchmarks", "bench.json")


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ([], "the document is a list"),
        ({}, "files is missing"),
        ({"files": {}}, "files is an object, expected a list"),
        ({"files": [5]}, r"files\[0\] is a number, expected an object"),
        ({"files": [{"filepath": "x"}]}, r"files\[0\].groups is missing"),
        ({"files": [{"groups": [{"benchmarks": [benchmark()]}]}]}, r"groups\[0\].fullName is missing"),
        ({"files": [{"groups": [{"fullName": "g"}]}]}, r"files\[0\].groups\[0\].benchmarks is missing"),
        ({"files": [{"groups": [{"fullName": "g", "benchmarks": [benchmark()]}]}]}, "filepath is missing"),
        (report(benchmark(5)), r"benchmarks\[0\].name is a number"),
        (report(benchmark("")), r"benchmarks\[0\].name is empty"),
        (report(benchmark(), full=None), "fullName is null"),
        (report(benchmark("\ud800")), "name holds half of a surrogate pair"),
        (report({"name": "b", "min": 1}), r"benchmarks\[0\].max is missing"),
        (report({"name": "b", "min": 1, "max": 2}), r"benchmarks\[0\].mean is missing"),
        (report(benchmark(min=None)), r"benchmarks\[0\].min is null"),
        (report(benchmark(mean="4")), r"benchmarks\[0\].mean is a string"),
        (report(benchmark(mean=True)), r"benchmarks\[0\].mean is true or false"),
        (report(benchmark(min=-1)), "min is -1, expected 0 or more"),
        (report(benchmark(max=1e300)), r"max is 1e\+300, expected 1e\+15 at most"),
        (report(benchmark(mean=10)), r"benchmarks\[0\].mean is 10, not between min and max"),
        (report(benchmark(min=5)), r"benchmarks\[0\].mean is 4.0, not between"),
        (report(benchmark(median=0.5)), r"benchmarks\[0\].median is 0.5, not between"),
        (report(benchmark(p75=9.1)), r"benchmarks\[0\].p75 is 9.1, not between"),
        (report(benchmark(sd=-2)), "sd is -2, expected 0 or more"),
        (report(benchmark(sampleCount=0)), "sampleCount is 0, expected 1 or more"),
        (report(benchmark(sampleCount=2.5)), "sampleCount is a number, expected a whole number"),
        (report(benchmark(samples=[1, -1])), r"samples\[1\] is -1"),
        (report(benchmark(samples=[1, None])), r"samples\[1\] is null"),
        (report(benchmark(samples=5)), "samples is a number, expected a list"),
        (report(benchmark(), benchmark()), r"benchmarks\[1\].name is the name of another benchmark"),
        ({"files": report(benchmark())["files"] * 2}, r"files\[1\].* is the name of another benchmark"),
        (report(benchmark(mean=float("nan"))), "mean is NaN"),
        (report(benchmark(max=float("inf"))), "max is Infinity"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, document: object, said: str) -> None:
    with pytest.raises(Refusal, match=said) as caught:
        facts_of(document, tmp_path)
    assert (caught.value.code, caught.value.path) == ("bad-json", "bench.json")
    assert "--outputJson" in str(caught.value)


def test_a_report_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    assert refused_when_cut_off(vitest, SAMPLES / "vitest-4.json", tmp_path, 2000).line


def test_one_name_in_two_groups_is_two_benchmarks(tmp_path: Path) -> None:
    two = {"files": report(benchmark())["files"] + report(benchmark(), full="x.bench.js > h")["files"]}
    assert benchmarks(facts_of(two, tmp_path)) == {"x.bench.js > g > b", "x.bench.js > h > b"}


@pytest.mark.parametrize("name", sorted(EXPECTED))
@pytest.mark.parametrize("spacing", [{"indent": 2}, {"separators": (",", ":")}, {"indent": 1, "sort_keys": True}])
def test_recognises_its_samples_in_any_order_of_keys(name: str, spacing: dict[str, Any]) -> None:
    assert vitest.recognises((SAMPLES / name).read_bytes()[:4096])
    head = json.dumps(json.loads((SAMPLES / name).read_text()), **spacing).encode()[:4096]
    assert vitest.recognises(head)
    assert vitest.recognises(b"\xef\xbb\xbf" + head)
    assert vitest.recognises(head[:700])


def test_recognises_a_report_whose_path_comes_after_its_groups() -> None:
    files = [dict(reversed(file.items())) for file in GOLDEN["files"]]
    assert vitest.recognises(json.dumps({"files": files}).encode()[:700])


def test_recognises_a_report_whose_first_files_have_no_groups() -> None:
    files = [{"filepath": f"/home/someone/{index}.bench.js", "groups": []} for index in range(200)]
    assert vitest.recognises(json.dumps({"files": files}).encode()[:4096])


@pytest.mark.parametrize(
    "text",
    [
        "", "{}", "[]", '{"files": []}', '{"files": {"groups": []}}', '{"files": [{"filepath": "files[].groups"}]}',
        '{"name": "files[].groups[].benchmarks"}', '[{"files": [{"groups": [{"benchmarks": 1}]}]}]',
        'files: [{"groups": [{"benchmarks": []}]}]', '{"groups": [{"benchmarks": []}]}',
    ],
)  # fmt: skip
def test_recognises_nothing_that_is_only_alike(text: str) -> None:
    assert not vitest.recognises(text.encode())


@given(st.data())
def test_the_order_of_entries_makes_no_difference(scratch: Path, data: st.DataObject) -> None:
    shuffled = copy.deepcopy(GOLDEN)
    shuffled["files"] = data.draw(st.permutations(shuffled["files"]))
    for file in shuffled["files"]:
        file["groups"] = data.draw(st.permutations(file["groups"]))
        for group in file["groups"]:
            group["benchmarks"] = data.draw(st.permutations(group["benchmarks"]))
    assert values(facts_of(shuffled, scratch)) == values(sample("vitest-4.json"))


KEYS = sorted({*GOLDEN["files"][0]["groups"][0]["benchmarks"][0], "error"})


@given(st.sampled_from(KEYS), spoilt(5e-324, [5e-324]))
def test_a_spoilt_report_is_read_or_refused(scratch: Path, key: str, value: object) -> None:
    document = copy.deepcopy(GOLDEN)
    document["files"][0]["groups"][0]["benchmarks"][0][key] = value
    assert all(0 <= fact.value < float("inf") for fact in measured(survived(facts_of, document, scratch)))


@needs_corpus
def test_a_report_of_the_corpus() -> None:
    path = CORPUS / "bench" / "vitest-bench.json"
    assert vitest.recognises(path.read_bytes()[:4096])
    found = values(read(vitest, path))
    for group in json.loads(path.read_text())["files"][0]["groups"]:
        for one in group["benchmarks"]:
            start = f"bench.{group['fullName']} > {one['name']}"
            assert found[f"{start}.mean"] == pytest.approx(one["mean"] / 1000)
            assert found[f"{start}.p999"] == pytest.approx(one["p999"] / 1000)
