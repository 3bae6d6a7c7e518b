"""pytest-benchmark: the numbers of real sessions, and what a report may not say."""

from __future__ import annotations

import copy
import importlib.util
import json
import re
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
    codes,
    expected,
    leaks,
    machines,
    measured,
    needs_corpus,
    options,
    read,
    runs,
    samples_of,
    spoilt,
    survived,
    units,
    values,
    written,
)
from phasemetrics.errors import Refusal
from phasemetrics.evidence.model import Machine, Report, Warning

pytest_benchmark = COLLECTORS["pytest_benchmark"]
SAMPLES = FOLDERS / "pytest_benchmark"
GOLDEN: dict[str, Any] = json.loads((SAMPLES / "session.json").read_text())
STATS = {"min": 1.0, "max": 3.0, "mean": 2.0, "median": 2.0, "stddev": 0.5, "rounds": 4}
facts_of = partial(written, pytest_benchmark)
sample = samples_of("pytest_benchmark")


def benchmark(name: object = "test_b", **stats: object) -> dict[str, Any]:
    return {"name": name, "fullname": f"tests/test_x.py::{name}", "stats": {**STATS, **stats}}


def session(*benchmarks: object, **more: object) -> dict[str, Any]:
    return {"machine_info": {}, "benchmarks": list(benchmarks), **more}


def make_module() -> Any:
    spec = importlib.util.spec_from_file_location("make_pytest_benchmark", SAMPLES / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["session.json", "saved.json"])
def test_golden_reports(name: str) -> None:
    found = values(sample(name))
    for fullname, numbers in expected("pytest_benchmark").items():
        # Two classes have a test of one name, so both go by their full name.
        short = fullname if fullname.endswith("same_name") else fullname.rpartition("::")[2]
        for stat, value in numbers.items():
            assert found[f"bench.{short}.{stat}"] == pytest.approx(value, rel=1e-12)
    assert len(found) == 4 * 10, "the benchmark that failed is not in the report"


def test_units_run_and_machine_of_a_golden_report() -> None:
    machine, *rest = facts = sample("session.json")
    assert isinstance(machine, Machine)
    info = GOLDEN["machine_info"]
    assert (machine.os, machine.arch) == (info["system"], info["machine"])
    assert (machine.cpu, machine.cores) == (info["cpu"]["brand_raw"], info["cpu"]["count"])
    assert re.fullmatch(r"CPython 3\.\d+\.\d+", machine.runtime)
    assert leaks(facts) == []
    found = units(rest)
    assert found.pop("rounds") == "count"
    assert found.pop("ops") == "per_second"
    assert set(found) == {"min", "max", "mean", "median", "stddev", "q1", "q3", "iqr"}
    assert set(found.values()) == {"second"}
    (run,) = runs(rest)
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", run)


def test_a_session_of_today(tmp_path: Path) -> None:
    module = make_module()
    module.session(tmp_path, module.BENCHMARKS, "--benchmark-json=session.json")
    report = json.loads((tmp_path / "session.json").read_text())
    facts = read(pytest_benchmark, tmp_path / "session.json")
    found = values(facts)
    for one in report["benchmarks"]:
        name = one["fullname"] if one["name"] == "test_same_name" else one["name"]
        data = one["stats"]["data"]
        assert found[f"bench.{name}.mean"] == pytest.approx(statistics.mean(data), rel=1e-12)
        assert found[f"bench.{name}.rounds"] == len(data)
        assert found[f"bench.{name}.ops"] == one["stats"]["ops"]
    assert report["machine_info"]["node"] not in repr(machines(facts))


@pytest.mark.parametrize(
    ("date", "run"),
    [
        ("2026-11-20T12:00:00+00:00", "2026-11-20T12:00:00Z"),
        ("2026-11-20T12:00:00.25-05:30", "2026-11-20T17:30:00.250000Z"),
        ("2019-01-02T03:04:05.000006", "2019-01-02T03:04:05.000006Z"),
    ],
)
def test_the_run_is_a_date_in_utc(tmp_path: Path, date: str, run: str) -> None:
    assert runs(facts_of(session(benchmark(), datetime=date), tmp_path)) == {run}


def test_no_date_is_no_run(tmp_path: Path) -> None:
    assert runs(facts_of(session(benchmark()), tmp_path)) == {""}


def test_an_old_report_without_ops_and_quartiles(tmp_path: Path) -> None:
    found = values(facts_of(session(benchmark()), tmp_path))
    assert found == {f"bench.test_b.{stat}": value for stat, value in STATS.items()}


def test_an_empty_list_is_a_warning(tmp_path: Path) -> None:
    machine, warning = facts_of(session(), tmp_path)
    assert isinstance(machine, Machine)
    assert isinstance(warning, Warning)
    assert (warning.code, warning.path) == ("no-benchmarks", "bench.json")


@pytest.mark.parametrize(
    "info",
    [None, [], "x", {}, {"cpu": "fast"}, {"cpu": {"count": True, "brand_raw": 5}, "system": None}, {"system": " "}],
)
def test_a_machine_that_says_little(tmp_path: Path, info: object) -> None:
    facts = facts_of(session(benchmark(), machine_info=info), tmp_path)
    assert machines(facts) == [Machine("unknown", "unknown", "unknown", 0, "unknown")]


def test_a_machine_is_one_line_of_text(tmp_path: Path) -> None:
    info = {"system": "Li\n nux", "cpu": {"brand_raw": "A\ud800B"}, "python_version": "3.11", "node": "secret"}
    machine, *_ = facts_of(session(benchmark(), machine_info=info), tmp_path)
    assert machine == Machine("Li nux", "unknown", "A\\ud800B", 0, "3.11")


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ([], "the document is a list"),
        ({"results": {}}, "has no `benchmarks`"),
        ({"benchmarks": {}}, "benchmarks is an object, expected a list"),
        (session(5), r"benchmarks\[0\] is a number, expected an object"),
        (session({"name": "b"}), r"benchmarks\[0\].stats is missing"),
        (session({"name": "b", "stats": {"min": 1}}), r"benchmarks\[0\].stats.mean is missing"),
        (session(benchmark(mean=None)), r"benchmarks\[0\].stats.mean is null"),
        (session(benchmark(mean="2")), r"stats.mean is a string"),
        (session(benchmark(mean=-0.5)), r"stats.mean is -0.5, expected 0 or more"),
        (session(benchmark(mean=1e308)), r"stats.mean is 1e\+308, expected 1e\+15 at most"),
        (session(benchmark(mean=0)), r"has mean 0, not between min 1 and max 3"),
        (session(benchmark(median=4)), r"has median 4, not between min 1 and max 3"),
        (session(benchmark(min=3, max=1)), r"has mean 2, not between min 3 and max 1"),
        (session(benchmark(rounds=0)), r"stats.rounds is 0, expected 1 or more"),
        (session(benchmark(rounds=2.5)), r"stats.rounds is a number, expected a whole number"),
        (session(benchmark(ops=True)), r"stats.ops is true or false"),
        (session(benchmark(5)), r"benchmarks\[0\].name is a number"),
        (session(benchmark("")), r"benchmarks\[0\].name is empty"),
        (session(benchmark("\ud800")), r"name holds half of a surrogate pair"),
        (session(benchmark("a"), benchmark("a")), r"benchmarks\[1\].fullname is the name of another benchmark"),
        (session(benchmark(), datetime="yesterday"), "datetime is not a date and time"),
        (session(benchmark(), datetime="0001-01-01T00:00:00+23:00"), "datetime is not a date and time"),
        (session(benchmark(), datetime=5), "datetime is a number, expected a string"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, document: object, said: str) -> None:
    with pytest.raises(Refusal, match=said) as caught:
        facts_of(document, tmp_path)
    assert (caught.value.code, caught.value.path) == ("bad-json", "bench.json")
    assert "--benchmark-json" in str(caught.value)


def test_infinity_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"benchmarks\[0\].stats.mean is Infinity"):
        facts_of(session(benchmark(mean=float("inf"))), tmp_path)


def test_zero_is_a_time(tmp_path: Path) -> None:
    zeros = {"min": 0, "max": 0, "mean": 0, "median": 0, "stddev": 0, "ops": 0}
    assert values(facts_of(session(benchmark(**zeros)), tmp_path))["bench.test_b.mean"] == 0


def test_a_mean_one_rounding_outside_is_no_lie(tmp_path: Path) -> None:
    third = 1 / 3
    found = facts_of(session(benchmark(min=third, max=third, mean=third * (1 + 2e-16), median=third)), tmp_path)
    assert values(found)["bench.test_b.min"] == third


KEYS = st.sampled_from([*GOLDEN["benchmarks"][0]["stats"], "name", "fullname", "stats"])


@given(KEYS, spoilt(), st.integers(0, 3))
def test_a_spoilt_report_is_read_or_refused(scratch: Path, key: str, value: object, index: int) -> None:
    document = copy.deepcopy(GOLDEN)
    where = document["benchmarks"][index]
    (where if key in where else where["stats"])[key] = value
    facts = survived(facts_of, document, scratch)
    assert all(0 <= fact.value < float("inf") for fact in measured(facts))


@needs_corpus
def test_reports_of_the_corpus() -> None:
    reports = sorted((CORPUS / "bench").glob("**/*pytest-benchmark*.json"))
    reports += sorted((CORPUS / "bench" / "pytest-benchmark-runs").glob("*.json"))
    assert reports
    for path in reports:
        found = values(read(pytest_benchmark, path))
        for one in json.loads(path.read_text())["benchmarks"]:
            assert found[f"bench.{one['name']}.mean"] == pytest.approx(statistics.mean(one["stats"]["data"]), rel=1e-9)


def hostile_cases() -> list[dict[str, Any]]:
    if not CORPUS.exists():
        return []
    cases = json.loads((CORPUS / "hostile" / "manifest.json").read_text())["cases"]
    return [case for case in cases if case["kind"] == "bench-json"]


@needs_corpus
@pytest.mark.parametrize("case", hostile_cases(), ids=lambda case: str(case["id"]))
def test_hostile_reports(case: dict[str, Any]) -> None:
    (given_report,) = case["given"]["bench"]
    expect = case["expect"]
    try:
        report = Report(CORPUS / "hostile" / given_report["file"], given_report["name"])
        facts, refused = list(pytest_benchmark.collect(report)), ""
    except Refusal as error:
        facts, refused = [], str(error)
    if refused:
        assert expect["outcome"] in {"error", "either"}
        assert re.search(expect.get("place") or "", refused, re.IGNORECASE)
        assert given_report["name"] in refused
        return
    assert expect["outcome"] in {"value", "either"}
    assert expect["warn"] == bool(codes(facts))
    means = {name: value for name, value in values(facts).items() if name.endswith(".mean")}
    assert means == {f"bench.{name}.mean": value for name, value in expect["values"]["bench_mean_s"].items()}
    assert "SECRET-HOST" not in repr(facts)


def test_percentiles_are_those_of_the_rounds_where_these_can_carry_them(tmp_path: Path) -> None:
    def found(rounds: int, data: object) -> dict[str, float]:
        stats = {"min": 0, "max": rounds, "mean": 1, "median": 1, "rounds": rounds, "data": data}
        return values(facts_of(session(benchmark(**stats)), tmp_path))

    carried = found(100, list(range(100)))
    cuts = statistics.quantiles(range(100), n=20, method="inclusive")
    assert [carried["bench.test_b.p90"], carried["bench.test_b.p95"]] == pytest.approx([cuts[17], cuts[18]])
    assert {"bench.test_b.p90", "bench.test_b.p95", "bench.test_b.p99"} & set(carried) == {
        "bench.test_b.p90",
        "bench.test_b.p95",
    }
    assert "bench.test_b.p99" in found(500, list(range(500)))
    for few in (found(49, list(range(49))), found(1000, None)):
        assert not [name for name in few if ".p9" in name]


@pytest.mark.parametrize("wrong", ["x", -1.0, True, None, [1]])
def test_a_round_that_is_no_time_is_refused(tmp_path: Path, wrong: object) -> None:
    with pytest.raises(Refusal, match=re.escape("benchmarks[0].stats.data[1]")):
        facts_of(session(benchmark(data=[1.0, wrong])), tmp_path)


def test_the_options_that_matter_are_kept(tmp_path: Path) -> None:
    said = {"disable_gc": True, "timer": "perf_counter", "warmup": False, "min_rounds": 5, "max_time": 1.0}
    found = options(facts_of(session({**benchmark(), "options": said}), tmp_path))
    assert found == {"test_b": {"disable_gc": "yes", "timer": "perf_counter", "warmup": "no"}}
    assert options(facts_of(session(benchmark()), tmp_path)) == {"test_b": {}}


@pytest.mark.parametrize(
    ("head", "ours"),
    [
        ('{"machine_info": {', True),
        ('{\n "benchmarks": [{"extra_info": {}, "fullname"', True),
        ('{"benchmarks": [{"group": null, "stats": {"iterations": 1, "ops": 2', True),
        ('{"benchmarks": [{"metadata": {"machine_info": 1', False),
        ('{"context": {"date"', False),
        ('["machine_info"', False),
        ("<machine_info", False),
    ],
)
def test_its_shape_tells_the_format(head: str, ours: bool) -> None:
    assert pytest_benchmark.recognises(head.encode()) is ours
