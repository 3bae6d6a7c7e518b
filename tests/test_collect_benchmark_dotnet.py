"""BenchmarkDotNet: launches, jobs and failures of its JSON, and what a report may not say."""

from __future__ import annotations

import copy
import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phasemetrics.errors import Refusal
from phasemetrics.evidence.model import Fact, Machine, Measurement, Options, Report, Warning
from phasemetrics_collectors import benchmark_dotnet
from phasemetrics_collectors._dotnet_job import job_of

FOLDERS = Path(__file__).parent / "collectors"
SAMPLES = FOLDERS / "benchmark_dotnet"
EXPECTED: dict[str, dict[str, dict[str, Any]]] = json.loads((SAMPLES / "expected.json").read_text())
JOIN_9, JOIN_8 = "Shop.Cart.Join(Size: 10) (.NET 9.0)", "Shop.Cart.Join(Size: 10) (.NET 8.0)"
OTHERS = sorted(
    path
    for path in FOLDERS.glob("*/*")
    if path.suffix in {".json", ".txt", ".xml"} and path.parent != SAMPLES and path.name != "expected.json"
)


def sample(name: str) -> list[Fact]:
    return list(benchmark_dotnet.collect(Report(SAMPLES / name, name)))


def facts_of(document: object, folder: Path) -> list[Fact]:
    path = folder / "bdn.json"
    path.write_text(json.dumps(document))
    return list(benchmark_dotnet.collect(Report(path, "bdn.json")))


def benchmark(name: object = "A.B.C", **more: Any) -> dict[str, Any]:
    statistics = {"N": 3, "Mean": 20.0, "Median": 20.0, "Min": 10.0, "Max": 30.0, "StandardDeviation": 10.0}
    changes = {key: more.pop(key) for key in list(more) if key in {*statistics, "OriginalValues", "Percentiles"}}
    return {"FullName": name, "Statistics": statistics | changes, **more}


def measured(value: object, launch: object = 1, stage: str = "Result", operations: object = 1) -> dict[str, Any]:
    return {
        "IterationMode": "Workload", "IterationStage": stage, "LaunchIndex": launch, "Operations": operations,
        "Nanoseconds": value,
    }  # fmt: skip


def report(*benchmarks: object, **host: object) -> dict[str, Any]:
    return {"Title": "A", "HostEnvironmentInfo": host, "Benchmarks": list(benchmarks)}


def values(facts: Iterable[Fact], name: str = "A.B.C") -> dict[str, list[float]]:
    """Return what was measured of one benchmark, by statistic."""
    found: dict[str, list[float]] = defaultdict(list)
    for fact in facts:
        if isinstance(fact, Measurement) and fact.name.rpartition(".")[0] == f"bench.{name}":
            found[fact.name.rpartition(".")[2]].append(fact.value)
    return found


def names(facts: Iterable[Fact]) -> set[str]:
    return {
        fact.name.removeprefix("bench.").removesuffix(".failed")
        for fact in facts
        if isinstance(fact, Measurement) and fact.name.endswith(".failed")
    }


def machines(facts: Iterable[Fact]) -> list[Machine]:
    return [fact for fact in facts if isinstance(fact, Machine)]


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_every_launch_is_a_repetition(name: str) -> None:
    facts = sample(name)
    assert names(facts) == {*EXPECTED[name], *(["Shop.Cart.Crash"] if name == "full.json" else [])}
    for benchmark_name, expected in EXPECTED[name].items():
        found = values(facts, benchmark_name)
        for stat, numbers in expected.items():
            wanted = [numbers] if stat == "rounds" else numbers
            assert found[stat] == pytest.approx(wanted, rel=1e-12), (benchmark_name, stat)
        others = {"failed", "total", "allocated", "gen0", "gen1", "gen2"}
        assert set(found) - set(expected) <= others


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_recognised_wherever_it_is_cut_off_and_however_it_is_ordered(name: str) -> None:
    whole = (SAMPLES / name).read_bytes()
    assert all(benchmark_dotnet.recognises(whole[:size]) for size in (800, 1000, 4096))
    compressed = json.dumps(json.loads(whole), separators=(",", ":"), sort_keys=True).encode()
    assert benchmark_dotnet.recognises(compressed[:4096])


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_nothing_else_is_recognised(path: Path) -> None:
    assert not benchmark_dotnet.recognises(path.read_bytes()[:4096])


@pytest.mark.parametrize(
    "head", [b"", b"{}", b'{"Benchmarks": [{"Name": "a"}]}', b'{"HostEnvironmentInfo": {}}', b"[]"]
)
def test_half_of_the_shape_is_not_recognised(head: bytes) -> None:
    assert not benchmark_dotnet.recognises(head)


# What is a result


def test_neither_actual_measurements_nor_overhead_are_results(tmp_path: Path) -> None:
    raw = [measured(700.0, stage="Actual"), measured(900.0, stage="Warmup"), measured(5.0)]
    raw.append(measured(1.0) | {"IterationMode": "Overhead"})
    found = values(facts_of(report(benchmark(Measurements=raw, OriginalValues=[8.0])), tmp_path))
    assert (found["mean"], found["rounds"]) == ([5e-9], [1])


def test_a_result_is_the_time_of_one_operation(tmp_path: Path) -> None:
    found = values(facts_of(report(benchmark(Measurements=[measured(500.0, operations=200)])), tmp_path))
    assert found["median"] == [2.5e-9]


def test_launches_are_kept_apart_and_their_iterations_are_not(tmp_path: Path) -> None:
    raw = [measured(10.0, 2), measured(1.0, 1), measured(30.0, 2), measured(3.0, 1)]
    found = values(facts_of(report(benchmark(Measurements=raw)), tmp_path))
    assert found["mean"] == pytest.approx([2e-9, 20e-9])
    assert found["rounds"] == [4]
    assert "stddev" not in found


def test_without_results_among_them_the_values_of_the_summary_count(tmp_path: Path) -> None:
    raw = [measured(700.0, stage="Pilot")]
    found = values(facts_of(report(benchmark(Measurements=raw, OriginalValues=[2.0, 4.0], Mean=99.0)), tmp_path))
    assert found["mean"] == pytest.approx([3e-9])
    assert found["rounds"] == [2]
    assert found["stddev"] == pytest.approx([2**0.5 * 1e-9])


def test_a_summary_alone(tmp_path: Path) -> None:
    found = values(facts_of(report(benchmark(OriginalValues=[])), tmp_path))
    del found["failed"], found["total"]
    assert found == {
        "mean": [20e-9], "median": [20e-9], "min": [10e-9], "max": [30e-9], "stddev": [10e-9], "rounds": [3],
    }  # fmt: skip


def test_a_mean_alone(tmp_path: Path) -> None:
    one = {"Namespace": None, "Method": "M", "Statistics": {"Mean": 20.0, "Percentiles": {"P95": 30.0}}}
    assert values(facts_of(report(one), tmp_path), "M") == {"failed": [0], "total": [1], "mean": [20e-9]}


@pytest.mark.parametrize(("count", "carried"), [(49, set()), (50, {"p90"}), (100, {"p90", "p95"})])
def test_percentiles_of_a_summary_need_enough_values(tmp_path: Path, count: int, carried: set[str]) -> None:
    percentiles = {"P0": 1.0, "P67": 2.0, "P90": 3.0, "P95": 4.0, "P100": 5.0}
    found = values(facts_of(report(benchmark(N=count, Percentiles=percentiles)), tmp_path))
    assert {stat for stat in found if stat.startswith("p")} == carried


def test_the_text_that_stands_for_nan_is_left_out(tmp_path: Path) -> None:
    assert "stddev" not in values(facts_of(report(benchmark(StandardDeviation="", N=1)), tmp_path))


# Failures


def test_a_benchmark_without_statistics_failed_and_has_no_times() -> None:
    facts = sample("full.json")
    assert values(facts, "Shop.Cart.Crash") == {"failed": [1], "total": [1]}
    assert (values(facts, JOIN_9)["failed"], values(facts, JOIN_9)["total"]) == ([0], [1])


def test_what_failed_has_no_times_though_there_are_measurements(tmp_path: Path) -> None:
    broken = {"FullName": "A.B.C", "Statistics": None, "Measurements": [measured(5.0)]}
    assert values(facts_of(report(broken), tmp_path)) == {"failed": [1], "total": [1]}


def test_an_empty_list_is_a_warning(tmp_path: Path) -> None:
    (warning,) = facts_of(report(), tmp_path)
    assert isinstance(warning, Warning)
    assert (warning.code, warning.path) == ("no-benchmarks", "bdn.json")


# Memory


def test_memory_by_operation_and_collections_as_the_tool_shows_them() -> None:
    found = {fact.name.rpartition(".")[2]: fact for fact in sample("full.json") if isinstance(fact, Measurement)}
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
    found = values(facts_of(report(benchmark(Memory=memory)), tmp_path))
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
    assert names(facts_of(report(one), tmp_path)) == {name}


def test_one_name_in_two_jobs_is_two_benchmarks(tmp_path: Path) -> None:
    one = benchmark(DisplayInfo="B.C: Job-ABCDEF(Runtime=.NET 8.0, LaunchCount=2) [N=1]")
    assert names(facts_of(report(one), tmp_path)) == {"A.B.C"}
    other = benchmark(DisplayInfo="B.C: DefaultJob")
    assert names(facts_of(report(one, other), tmp_path)) == {"A.B.C (Job-ABCDEF)", "A.B.C (DefaultJob)"}


@pytest.mark.parametrize("display", ["B.C: DefaultJob", "", "nothing that is known"])
def test_one_name_and_one_job_are_refused(tmp_path: Path, display: str) -> None:
    with pytest.raises(Refusal, match=r"Benchmarks\[1\] has the name and the job of another benchmark"):
        facts_of(report(benchmark(DisplayInfo=display), benchmark(DisplayInfo=display)), tmp_path)


@pytest.mark.parametrize(
    ("display", "name", "runtime", "options"),
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
def test_the_job(display: str, name: str, runtime: str, options: dict[str, str]) -> None:
    found = job_of(display)
    assert (found.name, found.runtime, dict(found.options)) == (name, runtime, options)


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
    assert (machines(facts), values(facts)["mean"]) == ([], [20e-9])


@pytest.mark.parametrize("frequency", [2143474, {"Hertz": 1000000000}, None])
def test_the_frequency_of_the_clock_does_not_matter(tmp_path: Path, frequency: object) -> None:
    facts = facts_of(report(benchmark(), ChronometerFrequency=frequency), tmp_path)
    assert facts == facts_of(report(benchmark()), tmp_path)


def test_options_with_the_runtime_of_the_job_or_else_of_the_host() -> None:
    found = {
        fact.benchmark: dict(fact.values) for name in EXPECTED for fact in sample(name) if isinstance(fact, Options)
    }
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
    assert {fact.labels["run"] for fact in facts if isinstance(fact, Measurement)} == {run}


def test_nothing_of_a_person_or_a_folder_is_read() -> None:
    assert "name-of-the-user" not in repr([sample(name) for name in EXPECTED])


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
        (report(benchmark(Measurements=[measured(5.0, operations=0)])), r"Operations is 0, expected 1 or more"),
        (report(benchmark(Measurements=[measured(-5.0)])), r"Nanoseconds is -5.0, expected 0 or more"),
        (report(benchmark(Measurements=[measured(5.0, "1")])), r"LaunchIndex is a string"),
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
    path = tmp_path / "cut.json"
    path.write_bytes((SAMPLES / "full.json").read_bytes()[:3000])
    with pytest.raises(Refusal, match="is not JSON"):
        list(benchmark_dotnet.collect(Report(path, "cut.json")))


@given(st.permutations(json.loads((SAMPLES / "full.json").read_text())["Benchmarks"]))
def test_the_order_of_the_benchmarks_makes_no_difference(
    tmp_path_factory: pytest.TempPathFactory, benchmarks: list[dict[str, Any]]
) -> None:
    document = json.loads((SAMPLES / "full.json").read_text()) | {"Benchmarks": benchmarks}
    found = facts_of(document, tmp_path_factory.mktemp("order"))
    assert sorted(map(repr, found)) == sorted(map(repr, sample("full.json")))


GOLDEN = [one for name in sorted(EXPECTED) for one in json.loads((SAMPLES / name).read_text())["Benchmarks"]]
SPOILT: st.SearchStrategy[object] = st.sampled_from(
    [None, True, -1, 0, 1.5, 1e300, "x", "", "\ud800", [], {}, [{}], [None], float("nan")]
)


@given(st.integers(0, len(GOLDEN) - 1), st.data(), SPOILT)
def test_a_spoilt_report_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, index: int, data: st.DataObject, spoilt: object
) -> None:
    document = copy.deepcopy(GOLDEN[index])
    places = [document, document["Statistics"], document.get("Memory"), *document.get("Measurements", ())[-1:]]
    where = data.draw(st.sampled_from([place for place in places if place]))
    where[data.draw(st.sampled_from(sorted(where)))] = spoilt
    try:
        facts = facts_of(report(document), tmp_path_factory.mktemp("spoilt"))
    except Refusal as error:
        facts = [Warning(error.code, "", str(error))]
    for fact in facts:
        repr(fact).encode()
        assert not isinstance(fact, Measurement) or 0 <= fact.value < float("inf")
