"""Google Benchmark: the numbers of real runs against its own CSV, and what a report may not say."""

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
    codes,
    expected,
    leaks,
    machines,
    measured,
    options,
    repetitions,
    runs,
    samples_of,
    spoilt,
    survived,
    units,
    written,
)
from phasemetrics.errors import Refusal
from phasemetrics.evidence.merging import Merged
from phasemetrics.evidence.model import Machine

google_benchmark = COLLECTORS["google_benchmark"]
SAMPLES = FOLDERS / "google_benchmark"
EXPECTED: dict[str, Any] = expected("google_benchmark")
GOLDEN: dict[str, Any] = json.loads((SAMPLES / "repetitions.json").read_text())
CSV = 1e-5  # relative: it has six digits
STATS = {"real_time": "median", "total": "own_total"}
CONTEXT = {"date": "2026-11-20T12:00:00+01:00", "num_cpus": 4, "library_build_type": "release"}
facts_of = partial(written, google_benchmark)
values = partial(repetitions, start="bench.")
sample = samples_of("google_benchmark")


def row(name: object = "BM_A", **more: object) -> dict[str, Any]:
    times = {"iterations": 10, "real_time": 5.0, "cpu_time": 4.0, "time_unit": "ns"}
    return {"name": name, "run_name": name, "run_type": "iteration", "threads": 1, **times, **more}


def aggregate(stat: str, time: object, **more: object) -> dict[str, Any]:
    kind = {"run_name": "BM_A", "run_type": "aggregate", "aggregate_name": stat, "aggregate_unit": "time"}
    return row(f"BM_A_{stat}", **{**kind, "real_time": time, **more})


def session(*rows: object, **context: object) -> dict[str, Any]:
    return {"context": {**CONTEXT, **context}, "benchmarks": list(rows)}


@pytest.mark.parametrize("name", ["repetitions.json", "once.json"])
def test_repetitions_of_a_sample(name: str) -> None:
    facts = sample(name)
    found = values(facts)
    for benchmark, numbers in EXPECTED[name].items():
        several = numbers["repetitions"]
        for key in several[0] if several else ():
            given_values = [one[key] for one in several]
            assert found[f"{benchmark}.{STATS.get(key, key)}"] == pytest.approx(given_values, rel=CSV)
        for stat in ("min", "max", "mean"):
            assert found.get(f"{benchmark}.{stat}") == found.get(f"{benchmark}.median")
        assert found[f"{benchmark}.failed"] == [numbers["failed"]]
        assert found[f"{benchmark}.total"] == [numbers["failed"] + len(several)]
        assert found.get(f"{benchmark}.rounds") == ([len(several)] if several else None)
    assert benchmarks(facts) == set(EXPECTED[name])


def test_a_session_comes_to_what_the_library_makes_of_it() -> None:
    merged = Merged()
    for fact in sample("repetitions.json"):
        merged.add(fact, "repetitions.json")
    found = merged.metrics({"bench": 1})
    for benchmark, numbers in EXPECTED["repetitions.json"].items():
        for stat in numbers["aggregates"].keys() & {"mean", "median", "max"}:
            whole = numbers["aggregates"][stat]["real_time"]
            assert found[f"bench.{benchmark}.{stat}"].value == pytest.approx(whole, rel=CSV)
        for key, middle in numbers["aggregates"].get("median", {}).items():
            assert found[f"bench.{benchmark}.{STATS.get(key, key)}"].value == pytest.approx(middle, rel=CSV)


def test_aggregates_of_a_sample() -> None:
    found = values(sample("aggregates.json"))
    for benchmark, numbers in EXPECTED["aggregates.json"].items():
        for stat, times in numbers["aggregates"].items():
            assert found.pop(f"{benchmark}.{stat}") == pytest.approx([times["real_time"]], rel=CSV)
        for key, middle in numbers["aggregates"].get("median", {"real_time": 0}).items():
            if key != "real_time":
                assert found.pop(f"{benchmark}.{STATS.get(key, key)}") == pytest.approx([middle], rel=CSV)
    # Without any time, repetitions that failed are all that there is; among others they do not show.
    assert found == {"BM_Fails.failed": [4], "BM_Fails.total": [4]}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_what_samples_say_besides(name: str) -> None:
    facts = sample(name)
    machine, *_ = facts
    context = GOLDEN["context"]
    build = context["library_build_type"]
    assert machine == Machine("unknown", "unknown", "unknown", context["num_cpus"], "unknown")
    assert codes(facts) == (["debug-build"] if build == "debug" else [])
    said = options(facts)
    assert said["BM_Items/threads:2"] == {"build": build, "threads": "2"}
    assert said["BM_Fails"] == {"build": build, "threads": "1"}
    found = units(facts)
    assert {found[stat] for stat in ("median", "mean", "cpu_time")} == {"second"}
    assert (found["bytes_per_second"], found["items_per_second"]) == ("byte_per_second", "per_second")
    assert (found["hits"], found["misses"], found["own_total"]) == ("hits", "misses", "total")
    assert all(set(fact.labels) == {"run"} for fact in measured(facts))
    assert all(run.startswith("20") and run.endswith("Z") for run in runs(facts))
    assert leaks(facts) == []
    assert "./benchmarks" not in repr(facts)


@pytest.mark.parametrize(
    ("head", "recognised"),
    [
        ('{"context": {"num_cpus": 4, "mhz_per_cpu": 4228, "cpu_sc', True),
        ('{"context": {"date": "x", "mhz_per_cpu": 1, "num_cpus": 4}, "benchmarks": [', True),
        ('\ufeff{"context": {"num_cpus": 4, "mhz_per_cpu": 4228}', True),
        (json.dumps({"benchmarks": [row()], "context": {}}, sort_keys=True), True),
        ('{"context": {"num_cpus": 4}, "benchmarks": []}', False),
        ('{"machine_info": {"cpu": {"num_cpus": 4}}, "benchmarks": [{"name": "a"}]}', False),
        ('{"benchmarks": [{"name": "a", "real_time": 5, "cpu_time": 4}]}', False),
        ('[{"benchmarks": [{"real_time": 5, "cpu_time": 4, "time_unit": "ns"}]}]', False),
        ('{"text": "context num_cpus mhz_per_cpu real_time cpu_time time_unit"}', False),
        ("BenchmarkA 1 2 real_time", False),
        ("", False),
    ],
)
def test_recognition(head: str, recognised: bool) -> None:
    assert google_benchmark.recognises(head.encode()) is recognised


@pytest.mark.parametrize(
    ("unit", "seconds"), [("ns", 5e-9), ("us", 5e-6), ("ms", 5e-3), ("s", 5.0)]
)  # fmt: skip
def test_units_of_time(tmp_path: Path, unit: str, seconds: float) -> None:
    found = values(facts_of(session(row(time_unit=unit)), tmp_path))
    assert found["BM_A.median"] == [seconds]
    assert found["BM_A.cpu_time"] == pytest.approx([seconds * 0.8])


def test_repetitions_are_grouped_and_their_aggregates_left_out(tmp_path: Path) -> None:
    rows = [row(real_time=time, repetition_index=index) for index, time in enumerate([5, 7, 9])]
    found = values(
        facts_of(session(aggregate("mean", 100), *rows, aggregate("cv", 0.5), aggregate("p99", 50)), tmp_path)
    )
    assert found["BM_A.mean"] == pytest.approx([5e-9, 7e-9, 9e-9])
    assert not {"BM_A.p99", "BM_A_mean.mean", "BM_A.stddev"} & found.keys()


def test_aggregates_count_where_nothing_else_is_told(tmp_path: Path) -> None:
    ratio = aggregate("cv", 0.5, aggregate_unit="percentage")
    own = aggregate("stddev", 0.5, aggregate_unit="percentage")
    found = values(facts_of(session(aggregate("mean", 6), aggregate("median", 5, hits=3), ratio, own), tmp_path))
    assert found == {"BM_A.mean": [6e-9], "BM_A.median": [5e-9], "BM_A.cpu_time": [4e-9], "BM_A.hits": [3]}
    found = values(
        facts_of(session(aggregate("mean", 6, cpu_time=3), aggregate("p99", 9), aggregate("min", 5)), tmp_path)
    )
    assert found == {"BM_A.min": [5e-9], "BM_A.mean": [6e-9], "BM_A.cpu_time": [3e-9]}


def test_aggregates_of_which_none_is_in_the_middle(tmp_path: Path) -> None:
    assert values(facts_of(session(aggregate("max", 9, hits=3)), tmp_path)) == {"BM_A.max": [9e-9]}


def test_no_folder_of_the_machine_is_in_a_name(tmp_path: Path) -> None:
    facts = facts_of(session(row("parse /home/ann/shop/cart.json")), tmp_path)
    assert benchmarks(facts) == {"parse cart.json"}


def test_how_the_time_grows_is_no_benchmark(tmp_path: Path) -> None:
    growth = {"name": "BM_A_BigO", "run_name": "BM_A", "run_type": "aggregate", "aggregate_name": "BigO"}
    error = {"name": "BM_A_RMS", "run_name": "BM_A", "run_type": "aggregate", "aggregate_name": "RMS", "rms": 0.1}
    rows = [row("BM_A/8"), {**growth, "cpu_coefficient": 1, "real_coefficient": 1, "big_o": "N"}, error]
    for one in rows[1:]:
        one.update(family_index=0, per_family_instance_index=0)
    assert benchmarks(facts_of(session(*rows), tmp_path)) == {"BM_A/8"}
    older = [{key: value for key, value in one.items() if not key.startswith("run_")} for one in rows]
    assert benchmarks(facts_of(session(*older), tmp_path)) == {"BM_A/8"}


def test_files_from_before_1_5(tmp_path: Path) -> None:
    times = [("BM_A", 5), ("BM_A", 7), ("BM_A_mean", 6), ("BM_A_stddev", 1), ("BM_A_cv", 0.1), ("BM_B", 8)]
    rows = [
        {"name": name, "iterations": 10, "real_time": time, "cpu_time": time, "time_unit": "ns"}
        for name, time in [*times, ("BM_C_mean", 3)]
    ]
    facts = facts_of({"context": {"date": "2016-08-02 17:44:46", "num_cpus": 4}, "benchmarks": rows}, tmp_path)
    assert values(facts)["BM_A.median"] == pytest.approx([5e-9, 7e-9])
    assert benchmarks(facts) == {"BM_A", "BM_B", "BM_C_mean"}
    assert options(facts) == {"BM_A": {}, "BM_B": {}, "BM_C_mean": {}}
    assert runs(facts) == {"2016-08-02T17:44:46Z"}


@pytest.mark.parametrize("mark", [{"error_occurred": True, "error_message": "x"}, {"skipped": True}])
def test_what_failed_or_was_skipped_has_no_time(tmp_path: Path, mark: dict[str, Any]) -> None:
    failed = row(repetition_index=1, real_time=0, cpu_time=0, hits=0, **mark)
    found = values(facts_of(session(row(repetition_index=0, hits=3), failed), tmp_path))
    assert (found["BM_A.failed"], found["BM_A.total"]) == ([1], [2])
    assert (found["BM_A.median"], found["BM_A.cpu_time"], found["BM_A.hits"]) == ([5e-9], [4e-9], [3])
    assert values(facts_of(session(failed), tmp_path)) == {"BM_A.failed": [1], "BM_A.total": [1]}
    fine = row(error_occurred=False, skipped=False)
    assert values(facts_of(session(fine), tmp_path))["BM_A.failed"] == [0]


@pytest.mark.parametrize(
    ("key", "value", "stat", "unit"),
    [
        ("hits", 3, "hits", "hits"),
        ("drift", -2.5, "drift", "drift"),
        ("cache.hits", 3, "cache_hits", "cache.hits"),
        ("total", 3, "own_total", "total"),
        ("failed", 3, "own_failed", "failed"),
        ("mean", 3, "own_mean", "mean"),
        ("p95", 3, "own_p95", "p95"),
        ("CYCLES", 7, "CYCLES", "CYCLES"),
        ("rms", 0.5, "rms", "rms"),
        ("iqr", 3, "own_iqr", "iqr"),
        ("max_bytes_used", 64, "max_bytes_used", "byte"),
        ("net_heap_growth", -64, "net_heap_growth", "byte"),
        ("allocs_per_iter", 2.5, "allocs_per_iter", "allocs/op"),
        ("a\ud800", 1, "a\\ud800", "a\\ud800"),
    ],
)
def test_counters(tmp_path: Path, key: str, value: float, stat: str, unit: str) -> None:
    facts = facts_of(session(row(**{key: value})), tmp_path)
    (found,) = [fact for fact in measured(facts) if fact.name == f"bench.BM_A.{stat}"]
    assert (found.value, found.unit, set(found.labels)) == (value, unit, {"run"})
    assert values(facts)["BM_A.total"] == [1]
    repr(facts).encode()


def test_what_is_no_number_is_no_counter(tmp_path: Path) -> None:
    more = {"label": "x", "family_index": 0, "per_family_instance_index": 0, "repetitions": 1, "new": True, "list": []}
    assert set(units(facts_of(session(row(**more, repetition_index=0)), tmp_path))) == {
        "min", "max", "mean", "median", "rounds", "failed", "total", "cpu_time",
    }  # fmt: skip


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity"])
def test_a_counter_that_is_not_finite_is_none(tmp_path: Path, literal: str) -> None:
    text = json.dumps(session(row(label='NaN "Infinity" \\', hits="HERE", misses=2))).replace('"HERE"', literal)
    found = values(facts_of(text, tmp_path))
    assert found["BM_A.misses"] == [2]
    assert "BM_A.hits" not in found
    time = json.dumps(session(row(real_time="HERE"))).replace('"HERE"', literal)
    with pytest.raises(Refusal, match=r"benchmarks\[0\].real_time is (nan|inf|-inf), expected"):
        facts_of(time, tmp_path)


def test_names_of_things_that_are_not_finite_stay(tmp_path: Path) -> None:
    facts = facts_of(session(row('parse<"NaN">'), row("Infinity")), tmp_path)
    assert benchmarks(facts) == {'parse<"NaN">', "Infinity"}


@pytest.mark.parametrize(("build", "said"), [("debug", ["debug-build"]), ("DEBUG", ["debug-build"]), ("release", [])])
def test_a_debug_build_is_said(tmp_path: Path, build: str, said: list[str]) -> None:
    assert codes(facts_of(session(row(), library_build_type=build), tmp_path)) == said


@pytest.mark.parametrize(("cores", "known"), [(4, [4]), (0, []), (-1, [])])
def test_the_number_of_cores(tmp_path: Path, cores: int, known: list[int]) -> None:
    facts = facts_of(session(row(), num_cpus=cores), tmp_path)
    assert [machine.cores for machine in machines(facts)] == known


def test_no_benchmark_is_a_warning(tmp_path: Path) -> None:
    assert codes(facts_of(session(), tmp_path)) == ["no-benchmarks"]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ([], "the document is a list"),
        ({"benchmarks": []}, "context is missing"),
        ({"context": {}}, "benchmarks is missing"),
        ({"context": {}, "benchmarks": {}}, "benchmarks is an object, expected a list"),
        (session(5), r"benchmarks\[0\] is a number, expected an object"),
        (session({}), r"benchmarks\[0\].name is missing"),
        (session(row("")), r"benchmarks\[0\].run_name is empty"),
        (session(row(5)), r"benchmarks\[0\].name is a number"),
        (session(row("\ud800")), "half of a surrogate pair"),
        (session(row(run_type="total")), r'run_type is "total", expected iteration or aggregate'),
        (session(row(run_type="aggregate")), r"benchmarks\[0\].aggregate_name is missing"),
        (session(row(real_time=-1)), r"benchmarks\[0\].real_time is -1, expected 0 or more"),
        (session(row(real_time="5")), r"benchmarks\[0\].real_time is a string"),
        (session(row(real_time=None)), r"benchmarks\[0\].real_time is null"),
        (session(row(cpu_time=1e16)), r"benchmarks\[0\].cpu_time is 1e\+16, expected 1e\+15 at most"),
        (session(row(cpu_time=True)), r"benchmarks\[0\].cpu_time is true or false"),
        (session(row(time_unit="h")), r'benchmarks\[0\].time_unit is "h", expected ns, us, ms or s'),
        (session(row(hits=-1e16)), r"benchmarks\[0\].hits is -1e\+16"),
        (session(row(**{" ": 5})), r'benchmarks\[0\]\[" "\] is a counter without a name'),
        (session(row(threads=0)), r"benchmarks\[0\].threads is 0, expected 1 or more"),
        (session(row(repetition_index="x")), r"repetition_index is a string, expected a whole number"),
        (session(aggregate("mean", -1)), r"benchmarks\[0\].real_time is -1"),
        (session(row(repetition_index=0), row(repetition_index=0)), r"benchmarks\[1\].run_name is the name of another"),
        (session(row(family_index=0), row(family_index=1)), r"benchmarks\[1\].run_name is the name of another"),
        (session(aggregate("mean", 1), aggregate("mean", 1)), r"benchmarks\[1\].run_name is the name of another"),
        (session(row("parse /home/ann/a"), row("parse /home/bob/a")), "is the name of another"),
        (session(row(), date="yesterday"), "context.date is not a date and time"),
        (session(row(), num_cpus="4"), "context.num_cpus is a string"),
        (session(row(), library_build_type=5), "context.library_build_type is a number"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, document: object, said: str) -> None:
    with pytest.raises(Refusal, match=said) as caught:
        facts_of(document, tmp_path)
    assert (caught.value.code, caught.value.path) == ("bad-json", "bench.json")
    assert "--benchmark_format=json" in str(caught.value)


@pytest.mark.parametrize(
    "text", ["{", '{"context": {"num_cpus": 4', '{"a": NaN, "b', '{"x": "NaN\\', '"' + '\\"' * 9999]
)
def test_a_file_that_was_cut_off_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(Refusal, match="is not JSON"):
        facts_of(text, tmp_path)


def test_a_key_twice_is_refused(tmp_path: Path) -> None:
    """A counter called `threads` gives one."""
    text = json.dumps(session(row())).replace('"threads": 1', '"threads": 1, "threads": 3')
    with pytest.raises(Refusal, match='has the key "threads" twice'):
        facts_of(text, tmp_path)


ROWS = json.loads((SAMPLES / "repetitions.json").read_text().replace("NaN", "null"))["benchmarks"]


@given(st.permutations(range(len(ROWS))))
def test_the_order_of_rows_makes_no_difference(scratch: Path, order: list[int]) -> None:
    shuffled = {**GOLDEN, "benchmarks": [ROWS[index] for index in order]}
    found = values(facts_of(shuffled, scratch))
    assert {name: sorted(one) for name, one in found.items()} == {
        name: sorted(one) for name, one in values(sample("repetitions.json")).items()
    }


KEYS = st.sampled_from([*GOLDEN["benchmarks"][0], "aggregate_name", "error_occurred", "big_o"])


@given(KEYS, spoilt(float("inf")), st.integers(0, len(GOLDEN["benchmarks"]) - 1))
def test_a_spoilt_report_is_read_or_refused(scratch: Path, key: str, value: object, index: int) -> None:
    document = copy.deepcopy(GOLDEN)
    document["benchmarks"][index][key] = value
    assert all(abs(fact.value) <= 1e15 for fact in measured(survived(facts_of, document, scratch)))
