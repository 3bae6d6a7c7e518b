"""BenchmarkDotNet: launches, jobs and failures of its JSON, and what a report may not say."""

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
    benchmarks,
    expected,
    leaks,
    machines,
    measured,
    only_warning,
    options,
    refused_when_cut_off,
    repeated,
    runs,
    samples_of,
    spoilt,
    survived,
    written,
)
from phasemetrics.errors import Refusal
from phasemetrics.evidence.model import Machine
from phasemetrics_collectors._dotnet_job import job_of

benchmark_dotnet = COLLECTORS["benchmark_dotnet"]
SAMPLES = FOLDERS / "benchmark_dotnet"
EXPECTED: dict[str, dict[str, dict[str, Any]]] = expected("benchmark_dotnet")
JOIN_9, JOIN_8 = "Shop.Cart.Join(Size: 10) (.NET 9.0)", "Shop.Cart.Join(Size: 10) (.NET 8.0)"
facts_of = partial(written, benchmark_dotnet, name="bdn.json")
sample = samples_of("benchmark_dotnet")


def benchmark(name: object = "A.B.C", **more: Any) -> dict[str, Any]:
    statistics = {"N": 3, "Mean": 20.0, "Median": 20.0, "Min": 10.0, "Max": 30.0, "StandardDeviation": 10.0}
    changes = {key: more.pop(key) for key in list(more) if key in {*statistics, "OriginalValues", "Percentiles"}}
    return {"FullName": name, "Statistics": statistics | changes, **more}


def iteration(value: object, launch: object = 1, stage: str = "Result", operations: object = 1) -> dict[str, Any]:
    return {
        "IterationMode": "Workload", "IterationStage": stage, "LaunchIndex": launch, "Operations": operations,
        "Nanoseconds": value,
    }  # fmt: skip


def report(*benchmarks: object, **host: object) -> dict[str, Any]:
    return {"Title": "A", "HostEnvironmentInfo": host, "Benchmarks": list(benchmarks)}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_every_launch_is_a_repetition(name: str) -> None:
    facts = sample(name)
    assert benchmarks(facts) == {*EXPECTED[name], *(["Shop.Cart.Crash"] if name == "full.json" else [])}
    for benchmark_name, wanted in EXPECTED[name].items():
        found = repeated(facts, benchmark_name)
        for stat, numbers in wanted.items():
            several = [numbers] if stat == "rounds" else numbers
            assert found[stat] == pytest.approx(several, rel=1e-12), (benchmark_name, stat)
        others = {"failed", "total", "allocated", "gen0", "gen1", "gen2"}
        assert set(found) - set(wanted) <= others


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_recognised_wherever_it_is_cut_off_and_however_it_is_ordered(name: str) -> None:
    whole = (SAMPLES / name).read_bytes()
    assert all(benchmark_dotnet.recognises(whole[:size]) for size in (800, 1000, 4096))
    compressed = json.dumps(json.loads(whole), separators=(",", ":"), sort_keys=True).encode()
    assert benchmark_dotnet.recognises(compressed[:4096])


@pytest.mark.parametrize(
    "head", [b"", b"{}", b'{"Benchmarks": [{"Name": "a"}]}', b'{"HostEnvironmentInfo": {}}', b"[]"]
)
def test_half_of_the_shape_is_not_recognised(head: bytes) -> None:
    assert not benchmark_dotnet.recognises(head)


# What is a result


def test_neither_actual_measurements_nor_overhead_are_results(tmp_path: Path) -> None:
    raw = [iteration(700.0, stage="Actual"), iteration(900.0, stage="Warmup"), iteration(5.0)]
    raw.append(iteration(1.0) | {"IterationMode": "Overhead"})
    found = repeated(facts_of(report(benchmark(Measurements=raw, OriginalValues=[8.0])), tmp_path), "A.B.C")
    assert (found["mean"], found["rounds"]) == ([5e-9], [1])


def test_a_result_is_the_time_of_one_operation(tmp_path: Path) -> None:
    found = repeated(facts_of(report(benchmark(Measurements=[iteration(500.0, operations=200)])), tmp_path), "A.B.C")
    assert found["median"] == [2.5e-9]


def test_launches_are_kept_apart_and_their_iterations_are_not(tmp_path: Path) -> None:
    raw = [iteration(10.0, 2), iteration(1.0, 1), iteration(30.0, 2), iteration(3.0, 1)]
    found = repeated(facts_of(report(benchmark(Measurements=raw)), tmp_path), "A.B.C")
    assert found["mean"] == pytest.approx([2e-9, 20e-9])
    assert found["rounds"] == [4]
    assert "stddev" not in found


def test_without_results_among_them_the_values_of_the_summary_count(tmp_path: Path) -> None:
    raw = [iteration(700.0, stage="Pilot")]
    found = repeated(
        facts_of(report(benchmark(Measurements=raw, OriginalValues=[2.0, 4.0], Mean=99.0)), tmp_path), "A.B.C"
    )
    assert found["mean"] == pytest.approx([3e-9])
    assert found["rounds"] == [2]
    assert found["stddev"] == pytest.approx([2**0.5 * 1e-9])


def test_a_summary_alone(tmp_path: Path) -> None:
    found = repeated(facts_of(report(benchmark(OriginalValues=[])), tmp_path), "A.B.C")
    del found["failed"], found["total"]
    assert found == {
        "mean": [20e-9], "median": [20e-9], "min": [10e-9], "max": [30e-9], "stddev": [10e-9], "rounds": [3],
    }  # fmt: skip


def test_a_mean_alone(tmp_path: Path) -> None:
    one = {"Namespace": None, "Method": "M", "Statistics": {"Mean": 20.0, "Percentiles": {"P95": 30.0}}}
    assert repeated(facts_of(report(one), tmp_path), "M") == {"failed": [0], "total": [1], "mean": [20e-9]}


@pytest.mark.parametrize(("count", "carried"), [(49, set()), (50, {"p90"}), (100, {"p90", "p95"})])
def test_percentiles_of_a_summary_need_enough_values(tmp_path: Path, count: int, carried: set[str]) -> None:
    percentiles = {"P0": 1.0, "P67": 2.0, "P90": 3.0, "P95": 4.0, "P100": 5.0}
    found = repeated(facts_of(report(benchmark(N=count, Percentiles=percentiles)), tmp_path), "A.B.C")
    assert {stat for stat in found if stat.startswith("p")} == carried


def test_the_text_that_stands_for_nan_is_left_out(tmp_path: Path) -> None:
    assert "stddev" not in repeated(facts_of(report(benchmark(StandardDeviation="", N=1)), tmp_path), "A.B.C")


# Failures


def test_a_benchmark_without_statistics_failed_and_has_no_times() -> None:
    facts = sample("full.json")
    assert repeated(facts, "Shop.Cart.Crash") == {"failed": [1], "total": [1]}
    assert (repeated(facts, JOIN_9)["failed"], repeated(facts, JOIN_9)["total"]) == ([0], [1])


def test_what_failed_has_no_times_though_there_are_measurements(tmp_path: Path) -> None:
    broken = {"FullName": "A.B.C", "Statistics": None, "Measurements": [iteration(5.0)]}
    assert repeated(facts_of(report(broken), tmp_path), "A.B.C") == {"failed": [1], "total": [1]}


def test_an_empty_list_is_a_warning(tmp_path: Path) -> None:
    assert only_warning(facts_of(report(), tmp_path)) == ("no-benchmarks", "bdn.json")


# Memory


def test_memory_by_operation_and_collections_as_the_tool_shows_them() -> None:
    found = {fact.name.rpartition(".")[2]: fact for fact in measured(sample("full.json"))}
    assert (found["allocated"].value, found["allocated"].unit) == (368, "byte")
    # 184 collections in 8388608 operations: the column Gen0 says 0.0219.
    assert found["gen0"].value == pytest.approx(0.02193450927734375)
    assert (found["gen0"].unit, found["gen0"].labels["better"]) == ("collections/1000 op", "lower")
    assert found["gen2"].value == 0


@pytest.mark.parametrize(
    "memory",
    [
        None,
        {},
        {"BytesAllocatedPerOperation": None},
        {"Gen0Collections": 5, "TotalOperations": 0},
        {"Gen0Collections": 5},
    ],
)
def test_memory_that_is_not_known_is_not_measured(tmp_path: Path, memory: object) -> None:
    found = repeated(facts_of(report(benchmark(Memory=memory)), tmp_path), "A.B.C")
    assert not {"allocated", "gen0", "gen1", "gen2"} & found.keys()


# Names


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ({"FullName": "N.T.M(a: 1)", "Namespace": "X", "Method": "Y"}, "N.T.M(a: 1)"),
        ({"FullName": None, "Namespace": None, "Type": "T", "Method": "M"}, "T.M"),
        ({"FullName": None, "Namespace": "N", "Type": "T", "Method": "M", "Parameters": "a=1&b=2"}, "N.T.M(a=1&b=2)"),
        ({"Namespace": None, "Method": "M", "Parameters": ""}, "M"),
        ({"FullName": 'T.M(file: "/home/ann/big.csv")'}, 'T.M(file: "big.csv")'),
    ],
)
def test_names(tmp_path: Path, said: dict[str, Any], name: str) -> None:
    one = benchmark() | {"FullName": None} | said
    assert benchmarks(facts_of(report(one), tmp_path)) == {name}


def test_one_name_in_two_jobs_is_two_benchmarks(tmp_path: Path) -> None:
    one = benchmark(DisplayInfo="B.C: Job-ABCDEF(Runtime=.NET 8.0, LaunchCount=2) [N=1]")
    assert benchmarks(facts_of(report(one), tmp_path)) == {"A.B.C"}
    other = benchmark(DisplayInfo="B.C: DefaultJob")
    assert benchmarks(facts_of(report(one, other), tmp_path)) == {"A.B.C (Job-ABCDEF)", "A.B.C (DefaultJob)"}


@pytest.mark.parametrize("display", ["B.C: DefaultJob", "", "nothing that is known"])
def test_one_name_and_one_job_are_refused(tmp_path: Path, display: str) -> None:
    with pytest.raises(Refusal, match=r"Benchmarks\[1\] has the name and the job of another benchmark"):
        facts_of(report(benchmark(DisplayInfo=display), benchmark(DisplayInfo=display)), tmp_path)


@pytest.mark.parametrize(
    ("display", "name", "runtime", "said"),
    [
        ("B.C: DefaultJob", "DefaultJob", "", {}),
        ("B.C: DefaultJob [a=1, b=x: y]", "DefaultJob", "", {}),
        ("'one: two': ShortRun(IterationCount=3, LaunchCount=1)", "ShortRun", "",
         {"IterationCount": "3", "LaunchCount": "1"}),
        ("B.C: .NET 8.0(Runtime=.NET 8.0, Server=True)", ".NET 8.0", ".NET 8.0", {"Server": "True"}),
        ("B.C: Job-X(EnvironmentVariables=HOME=/home/ann, WarmupCount=1)", "Job-X", "", {"WarmupCount": "1"}),
        ("B.C: Job-X(Runtime=.NET Framework 4.8.1) [N=(1)]", "Job-X", ".NET Framework 4.8", {}),
        ("B.C", "", "", {}),
        (": " * 5000, "", "", {}),
    ],
)  # fmt: skip
def test_the_job(display: str, name: str, runtime: str, said: dict[str, str]) -> None:
    found = job_of(display)
    assert (found.name, found.runtime, dict(found.options)) == (name, runtime, said)


# The machine, the options, the date


@pytest.mark.parametrize(
    ("said", "system"),
    [
        ("Windows 11 (10.0.26100.3775/24H2/2024Update/HudsonValley)", "Windows"),
        ("Microsoft Windows NT 6.2.9200.0", "Windows"),
        ("macOS Sequoia 15.4 (24E248) [Darwin 24.4.0]", "Darwin"),
        ("macOS Sonoma 14.0", "Darwin"),
        ("ubuntu 20.04", "Linux"),
        ("Debian GNU/Linux 12 (bookworm)", "Linux"),
        ("Alpine Linux v3.21", "Linux"),
        ("Linux Ubuntu 24.04.2 LTS (Noble Numbat)", "Linux"),
        ("FreeBSD 14.0-RELEASE", "FreeBSD"),
        ("Haiku", "unknown"),
    ],
)
def test_the_system_has_no_version(tmp_path: Path, said: str, system: str) -> None:
    (machine,) = machines(facts_of(report(benchmark(), OsVersion=said, Architecture="Arm64"), tmp_path))
    assert (machine.os, machine.arch) == (system, "arm64")


def test_machines_of_the_samples() -> None:
    assert machines(sample("full.json")) == [Machine("Linux", "x86_64", "AMD EPYC 7763 2.45GHz", 4, "unknown")]
    (older,) = machines(sample("older.json"))
    assert (older.os, older.cores) == ("Windows", 8)
    assert older.cpu == "Intel(R) Core(TM) i7-4702MQ CPU 2.20GHz", "in an object, in this release"


@pytest.mark.parametrize(
    "host", [{}, {"ProcessorName": None, "LogicalCoreCount": None}, {"ProcessorName": "Unknown processor"}]
)
def test_a_host_that_says_nothing_is_no_machine(tmp_path: Path, host: dict[str, Any]) -> None:
    assert machines(facts_of(report(benchmark(), **host), tmp_path)) == []


@pytest.mark.parametrize("host", [None, [], "x", 5])
def test_a_host_that_is_none_is_no_reason_to_refuse(tmp_path: Path, host: object) -> None:
    facts = facts_of(report(benchmark()) | {"HostEnvironmentInfo": host}, tmp_path)
    assert (machines(facts), repeated(facts, "A.B.C")["mean"]) == ([], [20e-9])


@pytest.mark.parametrize("frequency", [2143474, {"Hertz": 1000000000}, None])
def test_the_frequency_of_the_clock_does_not_matter(tmp_path: Path, frequency: object) -> None:
    facts = facts_of(report(benchmark(), ChronometerFrequency=frequency), tmp_path)
    assert facts == facts_of(report(benchmark()), tmp_path)


def test_options_with_the_runtime_of_the_job_or_else_of_the_host() -> None:
    found = {benchmark: said for name in EXPECTED for benchmark, said in options(sample(name)).items()}
    host = {"runtime": ".NET 9.0", "configuration": "RELEASE"}
    assert found[JOIN_9] == {"IterationCount": "4", "LaunchCount": "2", "WarmupCount": "1", **host}
    assert found[JOIN_8] == {"WarmupCount": "1", "runtime": ".NET 8.0", "configuration": "RELEASE"}
    assert found["Cart.Find(Text=a)"] == host
    assert found["Shop.Cart.Find"]["runtime"] == "MS.NET 4.0"


@pytest.mark.parametrize(
    ("title", "run"),
    [
        ("Shop.Cart-20261120-104500", "2026-11-20T10:45:00"),
        ("Shop.Cart", ""),
        ("Shop.Cart-20261399-104500", ""),
        (None, ""),
        (5, ""),
    ],
)
def test_the_run_is_the_local_time_in_the_title(tmp_path: Path, title: object, run: str) -> None:
    facts = facts_of(report(benchmark()) | {"Title": title}, tmp_path)
    assert runs(facts) == {run}


def test_nothing_of_a_person_or_a_folder_is_read() -> None:
    for name in EXPECTED:
        assert leaks(sample(name)) == []


# What cannot be


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ([], "the document is a list, expected an object"),
        ({"HostEnvironmentInfo": {}}, "Benchmarks is missing"),
        (report() | {"Benchmarks": {}}, "Benchmarks is an object, expected a list"),
        (report(5), r"Benchmarks\[0\] has neither `FullName` nor `Method`"),
        (report({"FullName": "a"}), r"Benchmarks\[0\].Statistics is missing"),
        (report({"FullName": "", "Statistics": None}), r"Benchmarks\[0\] has neither `FullName` nor `Method`"),
        (report(benchmark(5)), r"has neither `FullName` nor `Method`"),
        (report(benchmark(Statistics=5)), r"Statistics is a number, expected an object"),
        (report(benchmark(Statistics={})), r"Statistics.Mean is missing"),
        (report(benchmark(Mean=-1.0)), r"Statistics.Mean is -1.0, expected 0 or more"),
        (report(benchmark(Mean="")), r"Statistics.Mean is a string"),
        (report(benchmark(Median=None)), r"Statistics.Median is null"),
        (report(benchmark(Max=1e16)), r"Statistics.Max is 1e\+16, expected 1e\+15 at most"),
        (report(benchmark(N=0)), r"Statistics.N is 0, expected 1 or more"),
        (report(benchmark(OriginalValues=[1, ""])), r"OriginalValues\[1\] is a string"),
        (report(benchmark(OriginalValues=[-1])), r"OriginalValues\[0\] is -1"),
        (report(benchmark(Measurements=5)), r"Measurements is a number, expected a list"),
        (report(benchmark(Measurements=[{}])), r"Measurements\[0\].IterationMode is missing"),
        (report(benchmark(Measurements=[iteration(5.0, operations=0)])), r"Operations is 0, expected 1 or more"),
        (report(benchmark(Measurements=[iteration(-5.0)])), r"Nanoseconds is -5.0, expected 0 or more"),
        (report(benchmark(Measurements=[iteration(5.0, "1")])), r"LaunchIndex is a string"),
        (report(benchmark(Memory=[])), r"Memory is a list, expected an object"),
        (report(benchmark(Memory={"BytesAllocatedPerOperation": -1})), r"BytesAllocatedPerOperation is -1"),
        (report(benchmark(Memory={"TotalOperations": 1, "Gen1Collections": None})), r"Gen1Collections is null"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, document: object, said: str) -> None:
    with pytest.raises(Refusal, match=said) as caught:
        facts_of(document, tmp_path)
    assert (caught.value.code, caught.value.path) == ("bad-json", "bdn.json")
    assert "--exporters fulljson" in str(caught.value)


def test_a_file_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    refused_when_cut_off(benchmark_dotnet, SAMPLES / "full.json", tmp_path, 3000)


FULL = json.loads((SAMPLES / "full.json").read_text())


@given(st.permutations(FULL["Benchmarks"]))
def test_the_order_of_the_benchmarks_makes_no_difference(scratch: Path, shuffled: list[dict[str, Any]]) -> None:
    found = facts_of(FULL | {"Benchmarks": shuffled}, scratch)
    assert sorted(map(repr, found)) == sorted(map(repr, sample("full.json")))


GOLDEN = [one for name in sorted(EXPECTED) for one in json.loads((SAMPLES / name).read_text())["Benchmarks"]]
UNLIKELY = spoilt("", [{}], [None])


@given(st.integers(0, len(GOLDEN) - 1), st.data(), UNLIKELY)
def test_a_spoilt_report_is_read_or_refused(scratch: Path, index: int, data: st.DataObject, value: object) -> None:
    document = copy.deepcopy(GOLDEN[index])
    places = [document, document["Statistics"], document.get("Memory"), *document.get("Measurements", ())[-1:]]
    where = data.draw(st.sampled_from([place for place in places if place]))
    where[data.draw(st.sampled_from(sorted(where)))] = value
    facts = survived(facts_of, report(document), scratch)
    assert all(0 <= fact.value < float("inf") for fact in measured(facts))
