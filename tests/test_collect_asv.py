"""asv: the numbers that asv loads from its own files, and what a file may not say."""

from __future__ import annotations

import json
import math
import os
import platform
import re
from collections.abc import Iterable
from functools import partial
from itertools import product
from pathlib import Path
from statistics import quantiles, stdev
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
    runs,
    samples_of,
    spoilt,
    stats,
    survived,
    values,
)
from phasemetrics.errors import Refusal
from phasemetrics.evidence.model import Fact, Machine, Measurement, Options, Report
from phasemetrics_collectors._asv_json import number
from phasemetrics_collectors._asv_json import read as read_json

asv = COLLECTORS["asv"]
SAMPLES = FOLDERS / "asv"
EXPECTED: dict[str, Any] = expected("asv")
SAMPLE = max(EXPECTED, key=lambda name: (SAMPLES / name).stat().st_size)  # the one with samples
NAN, INFINITY = math.nan, math.inf
COLUMNS = [
    "result", "params", "version", "started_at", "duration", "stats_ci_99_a", "stats_ci_99_b", "stats_q_25",
    "stats_q_75", "stats_number", "stats_repeat", "samples", "profile",
]  # fmt: skip
sample = samples_of("asv")
by_name = partial(values, start="bench.")


def row(result: object, params: object = (), **columns: object) -> list[object]:
    """Return a row as asv writes it, without the nulls at its end."""
    values: dict[str, object] = {"result": result, "params": params, **columns}
    cells = [values.get(column) for column in COLUMNS]
    while cells and cells[-1] is None:
        cells.pop()
    return cells


def document(results: object, **more: object) -> dict[str, Any]:
    return {
        "commit_hash": "0" * 40,
        "env_name": "existing-py_home_SECRET_bin_python3.11",
        "date": 1793534400000,
        "params": {"machine": "SECRET-HOST", "os": "Linux 6.1.0", "arch": "x86_64", "cpu": "A CPU", "num_cpu": "8"},
        "python": "3.11",
        "requirements": {},
        "env_vars": {"DATA": "/home/SECRET"},
        "result_columns": COLUMNS,
        "results": results,
        "durations": {},
        "version": 2,
        **more,
    }


def first_version(results: object, **more: object) -> dict[str, Any]:
    kept = document(results, version=1, **more)
    return {key: value for key, value in kept.items() if key not in {"result_columns", "env_vars", "durations"}}


def facts_of(content: object, folder: Path, listed: object = None) -> list[Fact]:
    """Return the facts of a result file, beside whose folder there may be a list of the benchmarks."""
    path = folder / "machine" / "00000000-py3.11.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    if listed is not None:
        (folder / "benchmarks.json").write_text(listed if isinstance(listed, str) else json.dumps(listed))
    return list(asv.collect(Report(path, f"results/machine/{path.name}")))


def units(facts: Iterable[Fact]) -> dict[str, str]:
    """Return the unit of each metric."""
    return {fact.name.removeprefix("bench."): fact.unit for fact in measured(facts)}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_samples_have_the_numbers_of_asv(name: str) -> None:
    facts = sample(name)
    for benchmark, wanted in EXPECTED[name].items():
        ours = stats(facts, benchmark)
        if wanted == "skipped":
            assert not ours, "nobody tried it"
            continue
        failed = int(wanted == "failed")
        assert (ours.pop("failed"), ours.pop("total")) == (failed, 1)
        numbers = {} if wanted == "failed" else wanted
        assert {stat: ours[stat] for stat in numbers} == pytest.approx(numbers, rel=1e-12)
        # asv has no standard deviation. That of the samples is tested below.
        assert set(ours) - set(numbers) == ({"stddev"} if "mean" in numbers else set())
    assert codes(facts) == []


def test_the_samples_hold_what_is_not_json() -> None:
    texts = [(SAMPLES / name).read_text() for name in EXPECTED]
    assert [any(word in text for text in texts) for word in ("NaN", "-Infinity", "[Infinity")] == [True] * 3


def test_units_and_machine_of_a_sample() -> None:
    facts = sample(SAMPLE)
    found = units(facts)
    assert found.pop("shop.Suite.track_ratio.median") == "hit-ratio", "only benchmarks.json says it"
    assert found.pop("shop.Suite.track_items.median") == "track", "the benchmark says no unit"
    assert found.pop("shop.Suite.peakmem_list.median") == "byte"
    counted = {name for name in found if name.rpartition(".")[2] in {"rounds", "failed", "total"}}
    assert {found[name] for name in counted} == {"count"}
    assert {unit for name, unit in found.items() if name not in counted} == {"second"}
    written = json.loads((SAMPLES / SAMPLE).read_text())["params"]
    machine = Machine("Linux", written["arch"], written["cpu"], int(written["num_cpu"]), "unknown")
    assert machines(facts) == [machine]
    assert runs(facts) == {"2026-11-01T12:00:00Z"}


def test_options_of_a_sample() -> None:
    found = options(sample(SAMPLE))
    listed = json.loads((SAMPLES / "results" / "benchmarks.json").read_text())
    assert set(found) == {name for name, wanted in EXPECTED[SAMPLE].items() if wanted != "skipped"}
    for name, one in found.items():
        assert one["version"] == listed[name.partition("(")[0]]["version"]
        assert re.fullmatch(r"Python 3\.\d+", one["runtime"])
        assert one["requirements"].startswith("six 1.")


def test_samples_are_anonymous() -> None:
    for path in (path for path in SAMPLES.rglob("*") if path.suffix == ".json"):
        assert json.dumps(platform.node()) not in path.read_text()
    for name in EXPECTED:
        assert leaks(sample(name)) == []


def test_samples_are_taken_before_the_summary(tmp_path: Path) -> None:
    samples = [4.0, 1.0, 3.0, 2.0, 5.0]
    one = row([99.0], [], stats_q_25=[98.0], stats_q_75=[99.5], stats_repeat=[7], samples=[samples])
    found = by_name(facts_of(document({"a.time_b": one}), tmp_path))
    q1, median, q3 = quantiles(samples, method="inclusive")
    wanted = {"min": 1, "max": 5, "mean": 3, "median": median, "q1": q1, "q3": q3, "stddev": stdev(samples)}
    assert found == pytest.approx({f"a.time_b.{stat}": value for stat, value in wanted.items()} | {
        "a.time_b.rounds": 5, "a.time_b.failed": 0, "a.time_b.total": 1,
    })  # fmt: skip


def test_a_percentile_needs_samples_that_carry_it(tmp_path: Path) -> None:
    few = {"a.time_b": row([1.0], [], samples=[[float(index) for index in range(49)]])}
    enough = {"a.time_b": row([1.0], [], samples=[[float(index) for index in range(51)]])}
    assert "a.time_b.p90" not in by_name(facts_of(document(few), tmp_path))
    assert by_name(facts_of(document(enough), tmp_path))["a.time_b.p90"] == pytest.approx(45)


def test_results_are_in_the_order_of_the_product_of_the_parameters(tmp_path: Path) -> None:
    params = [["1", "2"], ["'a'", "'b'", "'c'"]]
    found = by_name(facts_of(document({"m.time_p": row([1, 2, 3, 4, 5, 6], params)}), tmp_path))
    medians = {name: value for name, value in found.items() if name.endswith("median")}
    assert medians == {
        "m.time_p(1, 'a').median": 1,
        "m.time_p(1, 'b').median": 2,
        "m.time_p(1, 'c').median": 3,
        "m.time_p(2, 'a').median": 4,
        "m.time_p(2, 'b').median": 5,
        "m.time_p(2, 'c').median": 6,
    }


def test_null_failed_and_nan_was_skipped(tmp_path: Path) -> None:
    one = row([1.0, None, NAN], [["1", "2", "3"]], stats_q_25=[1.0, None, None], stats_repeat=[2, None, None])
    facts = facts_of(document({"m.time_p": one}), tmp_path)
    assert by_name(facts) == {
        "m.time_p(1).median": 1, "m.time_p(1).q1": 1, "m.time_p(1).rounds": 2,
        "m.time_p(1).failed": 0, "m.time_p(1).total": 1, "m.time_p(2).failed": 1, "m.time_p(2).total": 1,
    }  # fmt: skip
    assert set(options(facts)) == {"m.time_p(1)", "m.time_p(2)"}


@pytest.mark.parametrize("cells", [row(None, [["1", "2"]]), row(None, [["1", "2"]], version="v")])
def test_where_all_failed_there_is_one_null_for_all(tmp_path: Path, cells: list[object]) -> None:
    facts = facts_of(document({"m.time_p": cells}), tmp_path)
    assert by_name(facts) == {
        "m.time_p(1).failed": 1, "m.time_p(1).total": 1, "m.time_p(2).failed": 1, "m.time_p(2).total": 1,
    }  # fmt: skip
    assert codes(facts) == ["no-benchmarks"]


def test_infinity_is_read_over_where_it_is_a_bound(tmp_path: Path) -> None:
    one = row([2.0], [], stats_ci_99_a=[-INFINITY], stats_ci_99_b=[INFINITY], stats_q_25=[2.0], stats_q_75=[2.0])
    found = by_name(facts_of(document({"m.time_b": one}), tmp_path))
    assert (found["m.time_b.median"], found["m.time_b.q3"]) == (2, 2)


def test_the_quartiles_have_only_five_digits(tmp_path: Path) -> None:
    one = row([4.3359978008084e-06], [], stats_q_25=[4.336e-06], stats_q_75=[4.336e-06])
    assert by_name(facts_of(document({"m.time_b": one}), tmp_path))["m.time_b.q1"] == 4.336e-06


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("m.time_b", "second"),
        ("m.Suite.timeraw_b", "second"),
        ("m.TimeKeys", "second"),
        ("m.Suite.mem_b", "byte"),
        ("m.Suite.peakmem_b", "byte"),
        ("m.PeakMemLists", "byte"),
        ("m.Suite.track_b", "track"),
        ("time_units.track_b", "track"),  # only the last part says it
        ("m.Suite.timely", "track"),
        ("m.Suite.custom", "track"),
    ],
)
def test_without_a_list_the_name_says_the_unit(tmp_path: Path, name: str, unit: str) -> None:
    assert units(facts_of(document({name: row([3])}), tmp_path))[f"{name}.median"] == unit


@pytest.mark.parametrize(
    ("listed", "unit", "value"),
    [
        ({"m.track_b": {"unit": "ms"}, "version": 2}, "second", 0.0025),
        ({"m.track_b": {"unit": "requests/s"}}, "per_second", 2.5),
        ({"m.track_b": {"unit": "bytes"}}, "byte", 2.5),
        ({"m.track_b": {"unit": "mag"}}, "mag", 2.5),
        ({"m.track_b": {"unit": "unit"}}, "track", 2.5),
        ({"m.track_b": {"unit": " "}}, "track", 2.5),
        ({"m.track_b": {"type": "track"}}, "track", 2.5),
        ({"m.track_b": {"unit": "mag", "timeout": INFINITY}}, "mag", 2.5),
        ({"other": {"unit": "ms"}, "version": 2}, "track", 2.5),
        ({"machine_info": {}, "benchmarks": []}, "track", 2.5),  # of another tool
        ("", "track", 2.5),  # an empty file
    ],
)
def test_the_list_of_benchmarks_says_the_unit(tmp_path: Path, listed: object, unit: str, value: float) -> None:
    facts = facts_of(document({"m.track_b": row([2.5])}), tmp_path, listed)
    assert (units(facts)["m.track_b.median"], by_name(facts)["m.track_b.median"]) == (unit, value)


def test_half_a_surrogate_pair_in_a_name_is_spelled(tmp_path: Path) -> None:
    content = document({"m.time_a\ud800": row([1.0]), "m.time_b\udfff": row([1.0], [["1"]])})
    assert set(units(facts_of(content, tmp_path))) >= {"m.time_a\\ud800.median", "m.time_b\\udfff(1).median"}


def test_a_list_that_is_no_regular_file_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "benchmarks.json")
    assert units(facts_of(document({"m.track_b": row([2.5])}), tmp_path))["m.track_b.median"] == "track"


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ('{"m.track_b": {"unit": "ms"', "is not JSON"),
        ({"m.track_b": 5}, r'\["m.track_b"\] is a number, expected an object'),
        ({"m.track_b": {"unit": 5}}, r'\["m.track_b"\].unit is a number, expected a string'),
        ([], "the document is a list"),
    ],
)
def test_a_list_that_is_broken_is_refused_by_its_name(tmp_path: Path, listed: object, said: str) -> None:
    with pytest.raises(Refusal, match=said) as caught:
        facts_of(document({"m.track_b": row([2.5])}), tmp_path, listed)
    assert (caught.value.code, caught.value.path) == ("bad-json", "results/benchmarks.json")


def test_the_list_is_found_from_the_folder_of_the_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "machine").mkdir()
    (tmp_path / "machine" / "a.json").write_text(json.dumps(document({"m.track_b": row([2.5])})))
    (tmp_path / "benchmarks.json").write_text('{"m.track_b": {"unit": "ms"')
    monkeypatch.chdir(tmp_path / "machine")
    with pytest.raises(Refusal) as caught:
        list(asv.collect(Report(Path("a.json"), "a.json")))
    assert caught.value.path == "../benchmarks.json"


def test_what_is_tracked_may_be_negative_and_a_time_may_not(tmp_path: Path) -> None:
    assert by_name(facts_of(document({"m.track_b": row([-2.5])}), tmp_path))["m.track_b.median"] == -2.5
    with pytest.raises(Refusal, match=r"is -2\.5, expected 0 or more"):
        facts_of(document({"m.peakmem_b": row([-2.5])}), tmp_path)


def test_nothing_of_the_host_leaks(tmp_path: Path) -> None:
    paths = [repr("/home/SECRET/data/a.csv"), "PosixPath('/tmp/SECRET/b')", repr(r"C:\Users\SECRET\c.csv"), "'/api/x'"]
    wanted = {"numpy": "1.26", "six": "", "Cython": None, "pip+/home/SECRET/wheel": "", "local": "-e /home/SECRET"}
    content = document({"m.time_p": row([1, 2, 3, 4], [paths])}, requirements=wanted)
    facts = facts_of(content, tmp_path)
    assert leaks(facts) == []
    names = ["m.time_p('a.csv')", "m.time_p(PosixPath('b'))", "m.time_p('c.csv')", "m.time_p('/api/x')"]
    assert list(options(facts)) == names
    assert {one["requirements"] for one in options(facts).values()} == {"Cython, numpy 1.26, six"}


def test_parameters_that_look_alike_are_numbered(tmp_path: Path) -> None:
    paths = ["PosixPath('/tmp/one/b')", "PosixPath('/tmp/two/b')", "3"]
    found = options(facts_of(document({"m.time_p": row([1, 2, 3], [paths])}), tmp_path))
    assert list(found) == ["m.time_p(PosixPath('b') (0))", "m.time_p(PosixPath('b') (1))", "m.time_p(3)"]


@pytest.mark.parametrize(
    ("python", "runtime"),
    [
        ("3.11", "Python 3.11"),
        ("2.7.18", "Python 2.7"),
        ("3.14t", "Python 3.14"),
        ("pypy3.9", "PyPy 3.9"),
        ("graalpy-3.10", "graalpy 3.10"),
        ("/home/SECRET/bin/python3.11", None),
        ("", None),
        (3.11, None),
    ],
)
def test_the_runtime_is_major_and_minor(tmp_path: Path, python: object, runtime: str | None) -> None:
    found = options(facts_of(document({"m.time_b": row([1.0])}, python=python), tmp_path))["m.time_b"]
    assert found == ({"runtime": runtime} if runtime else {})


@pytest.mark.parametrize(
    ("params", "machine"),
    [
        ({"os": "Linux 5.4.0-91", "num_cpu": 4}, Machine("Linux", "unknown", "unknown", 4, "unknown")),
        ({"os": "Darwin 20.6.0", "arch": "arm64"}, Machine("Darwin", "arm64", "unknown", 0, "unknown")),
        ({"os": "macOS 13.5.1 (22G90)", "cpu": "M2"}, Machine("Darwin", "unknown", "M2", 0, "unknown")),
        ({"os": "Windows 10", "arch": "AMD64"}, Machine("Windows", "x86_64", "unknown", 0, "unknown")),
        ({"os": "Linux (Fedora 20)"}, Machine("Linux", "unknown", "unknown", 0, "unknown")),
        ({"os": "Macintosh OS-X 10.8"}, Machine("Macintosh OS-X", "unknown", "unknown", 0, "unknown")),
        ({"num_cpu": "many", "cpu": "A\ud800\nB"}, Machine("unknown", "unknown", "A\\ud800 B", 0, "unknown")),
        ({"os": None, "arch": [], "cpu": {}, "num_cpu": True, "machine": "x"}, None),
        ({}, None),
    ],
)
def test_machines(tmp_path: Path, params: object, machine: Machine | None) -> None:
    facts = facts_of(document({"m.time_b": row([1.0])}, params=params), tmp_path)
    assert machines(facts) == ([machine] if machine else [])


def test_no_machine_where_the_file_has_none(tmp_path: Path) -> None:
    content = document({"m.time_b": row([1.0])})
    del content["params"], content["date"], content["requirements"], content["python"]
    facts = facts_of(content, tmp_path)
    assert [type(fact) for fact in facts] == [Measurement] * 3 + [Options]
    assert runs(facts) == {""}


@pytest.mark.parametrize(
    ("date", "run"),
    [(0, "1970-01-01T00:00:00Z"), (1367127519000, "2013-04-28T05:38:39Z"), (None, "")],
)
def test_the_run_is_the_date_of_the_commit_in_utc(tmp_path: Path, date: object, run: str) -> None:
    assert runs(facts_of(document({"m.time_b": row([1.0])}, date=date), tmp_path)) == {run}


@pytest.mark.parametrize("results", [{}, {"m.time_b": row([NAN])}, {"m.time_b": row([None, NAN], [["1", "2"]])}])
def test_nothing_measured_is_a_warning(tmp_path: Path, results: object) -> None:
    assert codes(facts_of(document(results), tmp_path)) == ["no-benchmarks"]


def test_the_first_version_has_numbers_and_objects(tmp_path: Path) -> None:
    results = {"m.time_a": 2.0, "m.time_b": {"result": 3.0}, "m.time_c": {"params": [["1"]], "result": [NAN]}}
    facts = facts_of(first_version(results, benchmark_version={"m.time_a": "5"}), tmp_path)
    assert {name: value for name, value in by_name(facts).items() if name.endswith("median")} == {
        "m.time_a.median": 2, "m.time_b.median": 3,
    }  # fmt: skip
    assert options(facts) == {
        "m.time_a": {"version": "5", "runtime": "Python 3.11"}, "m.time_b": {"runtime": "Python 3.11"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ([], "the document is a list"),
        ({"results": {}}, "version is missing"),
        (document({}, version=3), "version is 3, expected 2 at most"),
        (document({}, version="2"), "version is a string"),
        (document({}, result_columns=None), "result_columns is null, expected a list"),
        (document({}, result_columns=["params"]), "result_columns does not name one column `result`"),
        (document({}, result_columns=["result", "result"]), "result_columns does not name one column `result`"),
        (document([]), "results is a list, expected an object"),
        (document({"a": 5}), "results.a is a number, expected a list"),
        (document({"a": [[1], []] + [None] * 12}), r"results.a has 14 values for 13 `result_columns`"),
        (document({"a": row([1, 2])}), r"results.a\[0\] has 2 values for 1 combinations"),
        (document({"a": row([1], [["1", "2"]])}), r"results.a\[0\] has 1 values for 2 combinations"),
        (document({"a": row([1], [], samples=[])}), r"results.a\[11\] has 0 values for 1 combinations"),
        (document({"a": row([1], [["1"] * 1000] * 5)}), r"results.a\[1\] has more than 100000 combinations"),
        (document({"a": row([1], [[1]])}), r"results.a\[1\]\[0\]\[0\] is a number, expected a string"),
        (document({"a": row([1], [5])}), r"results.a\[1\]\[0\] is a number, expected a list"),
        (document({"a": row([1], [["\ud800"]])}), "holds half of a surrogate pair"),
        (document({"a": row([1, 2, 3, 4], [["1, 2", "1"], ["3", "2, 3"]])}), "has the name and parameters of another"),
        (document({"a": row(["1"])}), r"results.a\[0\]\[0\] is a string, expected a number"),
        (document({"a": row([True])}), r"results.a\[0\]\[0\] is true or false"),
        (document({"a": row([1e16])}), r"results.a\[0\]\[0\] is 1e\+16, expected 1e\+15 at most"),
        (document({"a": row([INFINITY])}), r"results.a\[0\]\[0\] is Infinity, expected a finite number"),
        (document({"a": row([-INFINITY])}), r"results.a\[0\]\[0\] is -Infinity, expected a finite number"),
        (document({"a": row([1], [], samples=[[1, NAN]])}), r"results.a\[11\]\[0\]\[1\] is NaN, expected a finite"),
        (document({"a": row([1], [], samples=[5])}), r"results.a\[11\]\[0\] is a number, expected a list"),
        (document({"a": row([1], [], stats_q_25=[NAN])}), r"results.a\[7\]\[0\] is NaN, expected a finite"),
        (document({"a": row([1], [], stats_q_25=[2])}), r"results.a\[0\]\[0\] is 1, which does not lie between"),
        (document({"a": row([1], [], stats_q_75=[0.9])}), r"results.a\[0\]\[0\] is 1, which does not lie between"),
        (document({"a": row([1], [], stats_repeat=[0])}), r"results.a\[10\]\[0\] is 0, expected 1 or more"),
        (document({"a": row([1], [], stats_repeat=[1.5])}), r"results.a\[10\]\[0\] is a number, expected a whole"),
        (document({"a": row([1], [], version=5)}), r"results.a\[2\] is a number, expected a string"),
        (document({"a.time_b": row([-1])}), r'results\["a.time_b"\]\[0\]\[0\] is -1, expected 0 or more'),
        (document({}, date="2026"), "date is a string, expected a whole number"),
        (document({}, date=NAN), "date is a number, expected a whole number"),
        (document({}, date=10**18), "date is 1000000000000000000, expected"),
        (document({}, params=[]), "params is a list, expected an object"),
        (document({}, requirements=[]), "requirements is a list, expected an object"),
        (first_version({"a": {"params": []}}), "results.a.result is missing"),
        (first_version({"a": "x"}), "results.a is a string, expected a number"),
        (first_version({"a": 1}, benchmark_version=[]), "benchmark_version is a list"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, content: object, said: str) -> None:
    with pytest.raises(Refusal, match=said) as caught:
        facts_of(content, tmp_path)
    assert (caught.value.code, caught.value.path) == ("bad-json", "results/machine/00000000-py3.11.json")
    assert "asv run" in str(caught.value)


@pytest.mark.parametrize("size", [1, 300, 1000, 1300])
def test_a_file_that_was_cut_off_is_refused(tmp_path: Path, size: int) -> None:
    with pytest.raises(Refusal, match="is not JSON"):
        facts_of((SAMPLES / SAMPLE).read_text()[:size], tmp_path)


def tree(content: bytes, folder: Path) -> Any:
    path = folder / "a.json"
    path.write_bytes(content)
    return read_json(path, "a.json", "write it again").value


def test_only_bare_words_are_constants(tmp_path: Path) -> None:
    found = tree(rb'["NaN", "\"Infinity", "\\", -Infinity, Infinity, {"NaN": NaN}, -1]', tmp_path)
    assert found[:5] == ["NaN", '"Infinity', "\\", -INFINITY, INFINITY]
    assert math.isnan(found[5]["NaN"])
    assert tree(b"\xef\xbb\xbf[NaN]", tmp_path) == [pytest.approx(NAN, nan_ok=True)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[1NaN]", "at line 1 column 3"),
        (b"[NaN1]", "at line 1 column 5"),
        (b"[NaN.5]", "at line 1 column 5"),
        (b"[NaNe5]", "at line 1 column 5"),
        (b"[-NaN]", "is not JSON"),
        (b"[--Infinity]", "is not JSON"),
        (b"[NaNNaN]", "is not JSON"),
        (b"[nan]", "is not JSON"),
        (b"[Infinit]", "is not JSON"),
        (b"{NaN: 1}", "is not JSON"),
        (b"[NaN,\n Infinity,\n x]", "at line 3 column 2"),
        (b"[NaN, x]", "at line 1 column 7"),
        pytest.param(b'["' + b'\\"' * 100_000, "is not JSON", id="many quotes in a string that does not end"),
        (b'["\\', "is not JSON"),
        (b'{"a": NaN, "a": 1}', 'has the key "a" twice'),
        (b"[NaN, 1e999]", r"\[1\] is 1e999, which is too large"),
        (b"[NaN, " + b"1" * 31 + b"]", r"\[1\] is a number of 31 characters"),
        pytest.param(b"[" * 100_000, "is nested too deeply", id="deep"),
        ("[NaN]".encode("utf-16"), "is UTF-16"),
        (b'["\xff", NaN]', "byte 0xff is not UTF-8"),
    ],
)
def test_everything_else_stays_refused(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(Refusal, match=said) as caught:
        tree(content, tmp_path)
    assert (caught.value.code, caught.value.path) == ("bad-json", "a.json")


JSON = st.recursive(
    st.none() | st.integers(-(10**20), 10**20) | st.floats() | st.text("NaInfity\"\\-\u2028", max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("NaN\"\\", max_size=4), inner, max_size=4),
)  # fmt: skip


@given(JSON)
def test_what_python_writes_is_read_back(scratch: Path, value: object) -> None:
    text = json.dumps(value)
    path = scratch / "a.json"
    path.write_text(text)
    assert json.dumps(read_json(path, "a.json", "").value) == text


def test_numbers_are_finite(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("[1.5, NaN, -Infinity]")
    good, *bad = read_json(path, "a.json", "write it again").items()
    assert (number(good), good.constant) == (1.5, False)
    for node in bad:
        assert node.constant
        with pytest.raises(Refusal, match="expected a finite number"):
            number(node)


@pytest.mark.parametrize("content", [document({"m.time_b": row([1.0])}), first_version({"m.time_b": 1.0})])
def test_recognises_its_keys_in_any_order(content: dict[str, Any]) -> None:
    for keys in (list(content), sorted(content), list(reversed(content))):
        ordered = {key: content[key] for key in keys}
        for indent in (None, 4):
            assert asv.recognises(json.dumps(ordered, indent=indent).encode()[:4096])


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"{",
        b'{"commit_hash": "x", "results": {"t": [[1.0]]}, "version": 2}',
        b'{"results": {"a": 1}, "result_columns": [], "version": 2}',
        b'{"text": "commit_hash result_columns"}',
        b'{"commit": {"commit_hash": "x", "result_columns": []}}',
    ],
)
def test_does_not_recognise_what_only_resembles_it(head: bytes) -> None:
    assert not asv.recognises(head)


AXES = st.lists(st.lists(st.text("abc'", min_size=1, max_size=4), min_size=1, max_size=3, unique=True), max_size=3)


@given(AXES, st.randoms(use_true_random=False))
def test_names_and_values_belong_together(scratch: Path, axes: list[list[str]], random: Any) -> None:
    combinations = list(product(*axes))
    numbers = [float(index) for index in range(len(combinations))]
    rows = {f"m{index}.time_p": row(numbers, axes) for index in range(3)}
    found = by_name(facts_of(document(rows), scratch))
    for combination, value in zip(combinations, numbers, strict=True):
        name = f"m1.time_p({', '.join(combination)})" if axes else "m1.time_p"
        assert found[f"{name}.median"] == value
    shuffled = list(rows.items())
    random.shuffle(shuffled)
    assert by_name(facts_of(document(dict(shuffled)), scratch)) == found


UNLIKELY = spoilt("", [[]], INFINITY, [NAN], [INFINITY])


@given(st.sampled_from([*document({}), *range(len(COLUMNS))]), UNLIKELY)
def test_a_spoilt_report_is_read_or_refused(scratch: Path, key: str | int, value: object) -> None:
    content = document({"m.time_b": row([1.0], [], samples=[[1.0, 2.0]], stats_repeat=[2])})
    if isinstance(key, str):
        content[key] = value
    else:
        cells = content["results"]["m.time_b"]
        cells += [None] * (len(COLUMNS) - len(cells))
        cells[key] = value
    assert all(0 <= fact.value < INFINITY for fact in measured(survived(facts_of, content, scratch)))


@needs_corpus
def test_the_hostile_report_is_not_recognised() -> None:
    content = (CORPUS / "hostile" / "dev" / "bench-json" / "bench-asv" / "asv.json").read_bytes()
    assert not asv.recognises(content[:4096])
