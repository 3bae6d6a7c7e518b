"""pyperf: the numbers that pyperf has of its own files, and what a file may not say."""

from __future__ import annotations

import gzip
import json
import platform
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench_facts import (
    COLLECTORS,
    CORPUS,
    FOLDERS,
    codes,
    expected,
    leaks,
    machines,
    measured,
    needs_corpus,
    only_warning,
    options,
    read,
    refused_when_cut_off,
    repetitions,
    runs,
    samples_of,
    spoilt,
    survived,
    written,
)
from phasemetrics.errors import Refusal
from phasemetrics.evidence.model import Machine

pyperf = COLLECTORS["pyperf"]
SAMPLES = FOLDERS / "pyperf"
EXPECTED: dict[str, Any] = expected("pyperf")
UNITS = {"second": "second", "byte": "byte", "integer": "count"}
METADATA: dict[str, object] = {
    "cpu_count": 8,
    "cpu_model_name": "A CPU",
    "hostname": "SECRET-HOST",
    "perf_version": "2.10.0",
    "platform": "Linux-6.1.0-18-amd64-x86_64-with-glibc2.36",
    "python_executable": "/home/SECRET/python",
    "python_implementation": "cpython",
    "python_version": "3.11.7 (64-bit)",
    "timer": "clock_gettime(CLOCK_MONOTONIC), resolution: 1.00 ns",
    "unit": "second",
}
facts_of = partial(written, pyperf)
values = partial(repetitions, start="bench.")
sample = samples_of("pyperf")


def run(*values: object, **metadata: object) -> dict[str, Any]:
    return {"values": list(values), "warmups": [[1, 99.0]], "metadata": metadata}


def calibration(**metadata: object) -> dict[str, Any]:
    return {"warmups": [[1, 0.0001], [2, 99.0]], "metadata": {"calibrate_loops": 2, **metadata}}


def benchmark(name: object, *runs: object, **metadata: object) -> dict[str, Any]:
    return {"metadata": {"name": name, "loops": 2, **metadata}, "runs": list(runs)}


def suite(*benchmarks: object, **more: object) -> dict[str, Any]:
    return {"benchmarks": list(benchmarks), "metadata": METADATA, "version": "1.0", **more}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_samples_have_the_numbers_of_pyperf(name: str) -> None:
    facts = sample(name)
    found = values(facts)
    for title, numbers in EXPECTED[name]["benchmarks"].items():
        for stat in ("min", "max", "mean", "median"):
            assert found.pop(f"{title}.{stat}") == pytest.approx(numbers[stat], rel=1e-12)
        assert found.pop(f"{title}.rounds") == [numbers["rounds"]]
        if numbers["rounds"] >= 50:
            assert found.pop(f"{title}.p90") == pytest.approx([numbers["p90"]], rel=1e-9)
        assert {fact.unit for fact in measured(facts) if fact.name.endswith("median")} == {UNITS[numbers["unit"]]}
    assert not found, "nothing but these statistics, and no percentile that too few values would have to carry"
    assert runs(facts) == {EXPECTED[name]["first"]}


def test_samples_have_percentiles_where_there_are_enough_values() -> None:
    rounds = [one["rounds"] for report in EXPECTED.values() for one in report["benchmarks"].values()]
    assert min(rounds) < 50 <= max(rounds)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_machine_and_options_of_samples(name: str) -> None:
    facts = sample(name)
    metadata = json.loads((SAMPLES / name).read_text())["metadata"]
    machine = Machine("Linux", "x86_64", metadata["cpu_model_name"], metadata["cpu_count"], "unknown")
    assert machines(facts) == [machine]
    major, minor = metadata["python_version"].split(".")[:2]
    common = {
        "runtime": f"CPython {major}.{minor}",
        "timer": "clock_gettime(CLOCK_MONOTONIC)",
        "aslr": metadata["aslr"],
        "perf_version": metadata["perf_version"].split(".")[0],
    }
    assert options(facts) == dict.fromkeys(EXPECTED[name]["benchmarks"], common)
    assert leaks(facts) == []
    assert platform.node() not in (SAMPLES / name).read_text()


def test_one_benchmark_has_its_name_in_the_metadata_of_the_file(tmp_path: Path) -> None:
    document = json.loads((SAMPLES / "one.json").read_text())
    assert "metadata" not in document["benchmarks"][0], "the trap"
    alone = facts_of({**suite({"runs": [run(1.0)]}), "metadata": {"name": "a", "loops": 4}}, tmp_path)
    assert values(alone) == values(facts_of(suite(benchmark("a", run(1.0))), tmp_path))


def test_one_run_has_even_its_date_in_the_metadata_of_the_file(tmp_path: Path) -> None:
    document = suite({"runs": [{"values": [1.0]}]}, metadata={"name": "a", "date": "2026-11-20 17:01:24.5"})
    assert runs(facts_of(document, tmp_path)) == {"2026-11-20T17:01:24.500000"}


def test_a_run_without_values_is_a_calibration_and_warmups_are_no_values(tmp_path: Path) -> None:
    document = suite(benchmark("a", calibration(), run(2.0, 4.0), run(3.0), {"values": [], "warmups": [[1, 7.0]]}))
    found = values(facts_of(document, tmp_path))
    assert (found["a.min"], found["a.max"], found["a.rounds"]) == ([2.0, 3.0], [4.0, 3.0], [3])


def test_what_is_said_nearer_counts(tmp_path: Path) -> None:
    document = suite(benchmark("a", run(5), unit="byte", python_version="3.12.1 (64-bit)"), benchmark("b", run(5)))
    facts = facts_of(document, tmp_path)
    found = {fact.name: fact.unit for fact in measured(facts)}
    assert (found["bench.a.min"], found["bench.b.min"]) == ("byte", "second")
    assert {name: one["runtime"] for name, one in options(facts).items()} == {"a": "CPython 3.12", "b": "CPython 3.11"}


@pytest.mark.parametrize("unit", sorted(UNITS))
def test_units(tmp_path: Path, unit: str) -> None:
    facts = facts_of(suite(benchmark("a", run(3), unit=unit)), tmp_path)
    found = {fact.name: fact.unit for fact in measured(facts)}
    assert (found["bench.a.median"], found["bench.a.rounds"]) == (UNITS[unit], "count")


def test_loops_are_calibrated_and_no_option(tmp_path: Path) -> None:
    first = facts_of(suite(benchmark("a", run(1.0), loops=4)), tmp_path)
    assert options(first) == options(facts_of(suite(benchmark("a", run(1.0), loops=8)), tmp_path))
    assert options(first)["a"] == {
        "runtime": "CPython 3.11",
        "timer": "clock_gettime(CLOCK_MONOTONIC)",
        "perf_version": "2",
    }
    assert options(facts_of(suite(benchmark("a", run(1.0), python_gc="disabled")), tmp_path))["a"]["python_gc"]


@pytest.mark.parametrize(
    ("implementation", "version", "runtime"),
    [
        ("cpython", "3.13.0rc1 (64-bit) revision 74667320778e", "CPython 3.13"),
        ("pypy", "PyPy 7.3.11 (Python 3.9.16) (64-bit)", "PyPy 3.9"),
        ("pypy", "3.9.16 (64-bit)", "PyPy 3.9"),
        ("rustpython", "3.12.0", "rustpython 3.12"),
        ("cpython", "main", "CPython"),
    ],
)
def test_the_runtime_is_major_and_minor(tmp_path: Path, implementation: str, version: str, runtime: str) -> None:
    one = benchmark("a", run(1.0), python_implementation=implementation, python_version=version)
    assert options(facts_of(suite(one), tmp_path))["a"]["runtime"] == runtime


@pytest.mark.parametrize(
    ("text", "os", "arch"),
    [
        ("Linux-6.18.44-fc-v595-x86_64-with-glibc2.36", "Linux", "x86_64"),
        ("Linux-6.1.0-18-amd64-x86_64-with-glibc2.36", "Linux", "x86_64"),
        ("Linux-6.1.0-18-amd64-i686-with-glibc2.36", "Linux", "i686"),
        ("Linux-5.4.0-aarch64-with-debian-9.1", "Linux", "arm64"),
        ("Linux-3.10.0-1160.el7.x86_64-x86_64-with-glibc2.17", "Linux", "x86_64"),
        ("macOS-13.5-arm64-arm-64bit", "Darwin", "arm64"),
        ("Darwin-16.7.0-x86_64-i386-64bit", "Darwin", "x86_64"),
        ("Windows-10-10.0.19041-SP0", "Windows", "unknown"),
        ("FreeBSD-13.2-RELEASE-amd64-64bit-ELF", "FreeBSD", "x86_64"),
        ("Linux", "Linux", "unknown"),
        ("----------", "unknown", "unknown"),
    ],
)
def test_system_and_architecture_come_out_of_the_platform(tmp_path: Path, text: str, os: str, arch: str) -> None:
    facts = facts_of(suite(benchmark("a", run(1.0)), metadata={"platform": text}), tmp_path)
    assert machines(facts) == [Machine(os, arch, "unknown", 0, "unknown")]


def test_no_machine_where_nothing_is_said_of_it_or_not_of_all(tmp_path: Path) -> None:
    several = [benchmark("a", run(1.0), cpu_count=2), benchmark("b", run(1.0), cpu_count=4)]
    assert machines(facts_of(suite(*several, metadata={}), tmp_path)) == []


def test_nothing_of_the_host_leaks(tmp_path: Path) -> None:
    facts = facts_of(suite(benchmark("/home/SECRET/shop/parse --fast", run(1.0))), tmp_path)
    assert leaks(facts) == []
    assert "parse --fast.median" in values(facts)


@pytest.mark.parametrize(
    ("dates", "first"),
    [
        (["2026-11-20 17:01:25.25", "2026-11-20 17:01:24.631835"], "2026-11-20T17:01:24.631835"),
        (["2026-11-20 17:01:24.5", "2026-11-20 17:01:24"], "2026-11-20T17:01:24"),
    ],
)
def test_the_run_is_the_earliest_date_without_a_zone(tmp_path: Path, dates: list[str], first: str) -> None:
    several = [benchmark(f"b{index}", calibration(date=date), run(1.0)) for index, date in enumerate(dates)]
    assert runs(facts_of(suite(*several), tmp_path)) == {first}


def test_no_date_is_no_run(tmp_path: Path) -> None:
    assert runs(facts_of(suite(benchmark("a", run(1.0))), tmp_path)) == {""}


@pytest.mark.parametrize("benchmarks", [[], [benchmark("a")], [benchmark("a", calibration()), benchmark("b")]])
def test_no_values_at_all_is_a_warning(tmp_path: Path, benchmarks: list[object]) -> None:
    machine, *rest = facts_of(suite(*benchmarks), tmp_path)
    assert isinstance(machine, Machine)
    assert only_warning(rest) == ("no-benchmarks", "bench.json")


def test_a_benchmark_without_values_is_left_out(tmp_path: Path) -> None:
    facts = facts_of(suite(benchmark("a", calibration()), benchmark("b", run(1.0))), tmp_path)
    assert {name.partition(".")[0] for name in values(facts)} == {"b"}
    assert codes(facts) == []


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ([], "the document is a list"),
        ({"benchmarks": []}, "version is missing"),
        (suite(version=6), r'version is not "1\.0"'),
        (suite(version="2.0"), r'version is not "1\.0"'),
        ({"version": "1.0"}, "benchmarks is missing"),
        (suite(benchmarks={}), "benchmarks is an object, expected a list"),
        (suite(5), r"benchmarks\[0\] is a number, expected an object"),
        (suite({"metadata": {"name": "a"}}), r"benchmarks\[0\].runs is missing"),
        (suite({"runs": []}), r"benchmarks\[0\] has no `name`"),
        (suite(benchmark("", run(1.0))), r"benchmarks\[0\] has no `name`"),
        (suite(benchmark(5, run(1.0))), r"benchmarks\[0\].metadata.name is a number"),
        (suite(benchmark("\ud800", run(1.0))), r"metadata.name holds half of a surrogate pair"),
        (
            suite(benchmark("a", run(1)), benchmark("a", run(1))),
            r"benchmarks\[1\].metadata.name is the name of another",
        ),
        (suite(benchmark("a", 5)), r"benchmarks\[0\].runs\[0\] is a number"),
        (suite(benchmark("a", {"values": 5})), r"runs\[0\].values is a number, expected a list"),
        (suite(benchmark("a", run(1.0), run(None))), r"benchmarks\[0\].runs\[1\].values\[0\] is null"),
        (suite(benchmark("a", run("1"))), r"values\[0\] is a string"),
        (suite(benchmark("a", run(True))), r"values\[0\] is true or false"),
        (suite(benchmark("a", run(-1))), r"values\[0\] is -1, expected 0 or more"),
        (suite(benchmark("a", run(1e16))), r"values\[0\] is 1e\+16, expected 1e\+15 at most"),
        (suite(benchmark("a", run(float("nan")))), r"values\[0\] is NaN"),
        (suite(benchmark("a", run(1.0), unit="furlong")), r'metadata.unit is "furlong", expected second, byte'),
        (suite(benchmark("a", run(1.0), unit=None)), r"metadata.unit is null"),
        (suite(benchmark("a", run(1.0), timer=1)), r"metadata.timer is a number"),
        (suite(benchmark("a", run(1.0, date="yesterday"))), r"runs\[0\].metadata.date is not a date and time"),
        (suite(benchmark("a", run(1.0, date=5))), r"runs\[0\].metadata.date is a number"),
        (suite(metadata=5), "metadata is a number, expected an object"),
        (suite(metadata={"cpu_count": -1}), "metadata.cpu_count is -1"),
        (suite(metadata={"cpu_count": 2.5}), "metadata.cpu_count is a number, expected a whole number"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, document: object, said: str) -> None:
    with pytest.raises(Refusal, match=said) as caught:
        facts_of(document, tmp_path)
    assert (caught.value.code, caught.value.path) == ("bad-json", "bench.json")
    assert "pyperf convert" in str(caught.value)


@pytest.mark.parametrize("size", [1, 100, 2000])
def test_a_file_that_was_cut_off_is_refused(tmp_path: Path, size: int) -> None:
    refused_when_cut_off(pyperf, SAMPLES / "suite.json", tmp_path, size)


def test_gzip_is_refused_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "bench.json.gz"
    path.write_bytes(gzip.compress((SAMPLES / "suite.json").read_bytes()))
    assert pyperf.recognises(path.read_bytes()[:4096])
    with pytest.raises(Refusal, match="is compressed with gzip, not JSON; decompress it first") as caught:
        read(pyperf, path)
    assert (caught.value.code, caught.value.line, caught.value.column) == ("bad-json", 1, 1)


@pytest.mark.parametrize(
    "document",
    [
        {"version": "1.0", "metadata": METADATA, "benchmarks": []},
        {"version": "1.0", "metadata": {}, "benchmarks": [benchmark("a", calibration())]},
        {"metadata": dict(METADATA, python_config_args="x" * 4000), "benchmarks": [{"runs": [{"values": [1]}]}]},
        {"benchmarks": [{"runs": [{"warmups": [[1, 2.0]] * 2000}]}], "version": "1.0"},
    ],
)
def test_recognises_its_keys_in_any_order(document: object) -> None:
    for indent in (None, 4):
        assert pyperf.recognises(json.dumps(document, indent=indent).encode()[:4096])


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"{",
        b'{"benchmarks": [{"name": "a", "run_name": "a", "run_type": "iteration"}]}',
        b'{"machine_info": {}, "benchmarks": [{"stats": {"values": []}}]}',
        b'{"metadata": {"k6Version": "1"}, "version": "1.0"}',
        b'{"note": "benchmarks[].runs[].values perf_version"}',
    ],
)
def test_does_not_recognise_what_only_resembles_it(head: bytes) -> None:
    assert not pyperf.recognises(head)


TIMES = st.lists(st.lists(st.floats(1e-9, 1e3), min_size=1, max_size=4), min_size=1, max_size=6)


@given(TIMES, st.randoms(use_true_random=False))
def test_the_order_of_the_workers_makes_no_difference(scratch: Path, workers: list[list[float]], random: Any) -> None:
    before = values(facts_of(suite(benchmark("a", *(run(*one) for one in workers))), scratch))
    random.shuffle(workers)
    after = values(facts_of(suite(benchmark("a", *(run(*one) for one in workers), calibration())), scratch))
    assert {name: sorted(found) for name, found in before.items()} == {name: sorted(f) for name, f in after.items()}
    assert len(before["a.median"]) == len(workers)


@given(st.sampled_from(["metadata", "runs", "values", "name", "unit", "date", "warmups", *METADATA]), spoilt("", [[]]))
def test_a_spoilt_report_is_read_or_refused(scratch: Path, key: str, value: object) -> None:
    document = suite(benchmark("a", run(1.0, date="2026-11-20 17:01:24")))
    one = document["benchmarks"][0]
    document["metadata"] = {**METADATA, key: value} if key in METADATA else METADATA
    for place in (one, one["metadata"], one["runs"][0], one["runs"][0]["metadata"]):
        if key in place:
            place[key] = value
            break
    assert all(0 <= fact.value < float("inf") for fact in measured(survived(facts_of, document, scratch)))


@needs_corpus
@pytest.mark.parametrize("name", ["pyperf-before.json", "pyperf-after.json"])
def test_reports_of_the_corpus(name: str) -> None:
    path = CORPUS / "bench" / name
    found = values(read(pyperf, path))
    for one in json.loads(path.read_text())["benchmarks"]:
        means = [fmean(process["values"]) for process in one["runs"] if "values" in process]
        assert found[f"{one['metadata']['name']}.mean"] == pytest.approx(means, rel=1e-12)
