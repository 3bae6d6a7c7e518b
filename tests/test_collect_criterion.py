"""Criterion.rs: real files of two generations, the stream of cargo-criterion, and what neither may say."""

from __future__ import annotations

import copy
import json
import shutil
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
    measured,
    only_warning,
    read,
    runs,
    spoilt,
    stats,
    survived,
    units,
    values,
)
from phasemetrics.errors import Refusal
from phasemetrics.evidence.model import Fact, Report

criterion = COLLECTORS["criterion"]
SAMPLES = FOLDERS / "criterion"
EXPECTED: dict[str, dict[str, Any]] = expected("criterion")
CHANGE = SAMPLES / "criterion" / "sum" / "change" / "estimates.json"
STREAM = SAMPLES / "stream.json"
ESTIMATE = {"confidence_interval": {"confidence_level": 0.95}, "point_estimate": 5.0, "standard_error": 0.1}
ESTIMATES: dict[str, Any] = {
    "mean": ESTIMATE,
    "median": ESTIMATE | {"point_estimate": 4.0},
    "slope": None,
    "std_dev": ESTIMATE | {"point_estimate": 0.5},
}
SAMPLE = {"sampling_mode": "Flat", "iters": [2.0, 2.0, 4.0], "times": [4.0, 6.0, 16.0]}
MESSAGE = {
    "reason": "benchmark-complete", "id": "a", "report_directory": "r", "iteration_count": [1, 2],
    "measured_values": [10.0, 40.0], "unit": "ns", "slope": None,
}  # fmt: skip
facts_of = partial(read, criterion)


def left(folder: Path, estimates: object = ESTIMATES, place: str = "target/criterion/a/new", **files: object) -> Path:
    """Write the files of one benchmark as Criterion would leave them, and return its estimates."""
    inner = folder / place
    inner.mkdir(parents=True, exist_ok=True)
    for name, content in {"estimates": estimates, **files}.items():
        if content is not None:
            (inner / f"{name}.json").write_text(json.dumps(content))
    return inner / "estimates.json"


def streamed(folder: Path, *messages: object) -> list[Fact]:
    path = folder / "stream.json"
    path.write_text("\n".join(map(json.dumps, messages)) + "\n")
    return facts_of(path)


def in_seconds(numbers: dict[str, Any]) -> dict[str, float]:
    return {stat: value * (1 if stat == "rounds" else 1e-9) for stat, value in numbers.items() if stat != "name"}


@pytest.mark.parametrize("folder", sorted(EXPECTED))
def test_the_raw_times_come_to_what_criterion_estimated(folder: str) -> None:
    numbers = EXPECTED[folder]
    facts = facts_of(SAMPLES / folder / "estimates.json")
    assert stats(facts, numbers["name"]) == pytest.approx(in_seconds(numbers), rel=1e-9)
    assert len(values(facts)) == len(numbers) - 1
    found = units(facts)
    assert found.pop("rounds") == "count"
    assert set(found.values()) == {"second"}


@pytest.mark.parametrize("folder", sorted(EXPECTED))
def test_without_raw_times_the_estimates_count(folder: str, tmp_path: Path) -> None:
    for name in ("estimates.json", "benchmark.json"):
        shutil.copy(SAMPLES / folder / name, tmp_path)
    found = stats(facts_of(tmp_path / "estimates.json"), EXPECTED[folder]["name"])
    wanted = {stat: value for stat, value in EXPECTED[folder].items() if stat in {"mean", "median", "stddev", "slope"}}
    assert found == pytest.approx(in_seconds(wanted), rel=1e-12)


def test_the_sample_has_what_the_tests_speak_of() -> None:
    assert "slope" in EXPECTED["criterion/sum/new"]
    assert "slope" not in EXPECTED["criterion/sums_by_size/xor/1000/new"], "a flat sample"
    assert isinstance(json.loads((SAMPLES / "older" / "sample.json").read_text()), list)
    assert json.loads(CHANGE.read_text())["mean"]["point_estimate"] < 1


@pytest.mark.parametrize(
    "path", sorted(SAMPLES.rglob("estimates.json")), ids=lambda path: str(path.relative_to(SAMPLES))
)
def test_recognised_however_it_is_written(path: Path) -> None:
    document = json.loads(path.read_text())
    assert criterion.recognises(json.dumps(document, indent=4, sort_keys=True).encode()[:4096])


@pytest.mark.parametrize("size", [400, 1000, 4096])
def test_a_stream_is_recognised_wherever_it_is_cut_off(size: int) -> None:
    assert criterion.recognises(STREAM.read_bytes()[:size])


@pytest.mark.parametrize(
    "head", [b"", b"[]", b"{}", b'{"mean": 5, "median": 4}', b'{"reason": "compiler-artifact", "package_id": "x"}']
)
def test_half_of_the_shape_is_not_recognised(head: bytes) -> None:
    assert not criterion.recognises(head)


# Raw times


def test_a_time_is_divided_by_its_iterations(tmp_path: Path) -> None:
    found = stats(facts_of(left(tmp_path, sample=SAMPLE)), "a")
    assert (found["min"], found["median"], found["max"]) == (2e-9, 3e-9, 4e-9)
    assert found["rounds"] == 3
    assert found["stddev"] == pytest.approx(1e-9)


def test_raw_times_are_believed_and_estimates_beside_them_are_not(tmp_path: Path) -> None:
    estimates = ESTIMATES | {"slope": ESTIMATE | {"point_estimate": 77.0}}
    found = stats(facts_of(left(tmp_path, estimates, sample=SAMPLE)), "a")
    assert found["mean"] == pytest.approx(3e-9)
    assert found["slope"] == pytest.approx((4 * 2 + 6 * 2 + 16 * 4) / (2 * 2 + 2 * 2 + 4 * 4) * 1e-9)


def test_percentiles_where_there_are_enough_times(tmp_path: Path) -> None:
    sample = {"iters": [1.0] * 100, "times": [float(time) for time in range(100)]}
    found = stats(facts_of(left(tmp_path, sample=sample)), "a")
    assert found["p95"] == pytest.approx(94.05e-9)
    assert "p99" not in found


@given(st.lists(st.tuples(st.integers(1, 1000), st.floats(0, 1e6)), min_size=1, max_size=10), st.integers(1, 100))
def test_more_iterations_of_the_same_speed_make_no_difference(
    scratch: Path, pairs: list[tuple[int, float]], factor: int
) -> None:
    one, other = (
        values(facts_of(left(scratch, sample=[[n * by for n, _ in pairs], [time * n * by for n, time in pairs]])))
        for by in (1, factor)
    )
    assert other == pytest.approx(one, rel=1e-9, abs=1e-15)


# Names and runs


def test_a_name_with_a_slash_is_the_id_and_not_the_folder() -> None:
    facts = facts_of(SAMPLES / "criterion" / "sums_by_size" / "xor" / "1000" / "new" / "estimates.json")
    assert benchmarks(facts) == {"sums/by_size/xor/1000"}


def test_two_groups_of_one_name_are_told_apart_by_the_title() -> None:
    second = SAMPLES / "criterion" / "sums_by_size" / "xor" / "1000_2" / "new"
    described = json.loads((second / "benchmark.json").read_text())
    assert described["full_id"] == "sums/by_size/xor/1000", "that of the first group as well"
    assert stats(facts_of(second / "estimates.json"), "sums/by_size/xor/1000 #2")


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("target/criterion/sum/new", "sum"),
        ("target/criterion/group/xor/1000/base", "group/xor/1000"),
        ("criterion/target/criterion/sum/new", "sum"),
    ],
)
def test_without_a_description_the_folders_are_the_name(tmp_path: Path, place: str, name: str) -> None:
    assert stats(facts_of(left(tmp_path, place=place)), name)


@pytest.mark.parametrize("place", ["new", "sum/new", "target/criterion/new", "my-criterion/sum/new"])
def test_without_a_description_and_the_folder_of_criterion_it_is_refused(tmp_path: Path, place: str) -> None:
    with pytest.raises(Refusal, match=r"has no benchmark\.json beside it"):
        facts_of(left(tmp_path, place=place))


def test_a_name_has_no_folder_of_the_machine(tmp_path: Path) -> None:
    described = {"full_id": "parse//home/ann/shop/big.csv", "title": None}
    assert leaks(facts_of(left(tmp_path, benchmark=described | {"full_id": "parse /home/ann/shop/big.csv"}))) == []


@pytest.mark.parametrize(
    ("folder", "run"), [("new", ""), ("base", ""), ("run-1", "run-1"), ("2026-11-20", "2026-11-20")]
)
def test_the_name_of_a_baseline_is_the_run(tmp_path: Path, folder: str, run: str) -> None:
    assert runs(facts_of(left(tmp_path, place=f"target/criterion/a/{folder}"))) == {run}


def test_the_report_may_be_named_from_inside_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = left(tmp_path, place="target/criterion/sum/second", sample=SAMPLE)
    monkeypatch.chdir(path.parent)
    facts = list(criterion.collect(Report(Path("estimates.json"), "estimates.json")))
    assert stats(facts, "sum")["rounds"] == 3
    assert runs(facts) == {"second"}


# What is no result


def test_a_change_is_recognised_to_say_what_to_name_instead() -> None:
    with pytest.raises(Refusal, match="by what fraction two runs differ") as caught:
        facts_of(CHANGE)
    assert "name `new/estimates.json`" in str(caught.value)
    assert caught.value.code == "bad-json"


def test_a_change_is_told_by_its_folder_and_by_its_shape(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="by what fraction"):
        facts_of(left(tmp_path, place="target/criterion/a/change", sample=SAMPLE))
    with pytest.raises(Refusal, match="by what fraction"):
        facts_of(left(tmp_path, json.loads(CHANGE.read_text()), sample=SAMPLE))


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in ESTIMATES.items() if name != key}


@pytest.mark.parametrize(
    ("estimates", "said"),
    [
        ([], "the document is a list, expected an object"),
        (without("mean"), "mean is missing"),
        (without("median"), "median is missing"),
        (ESTIMATES | {"mean": None}, "mean is null, expected an object"),
        (ESTIMATES | {"mean": {}}, "mean.point_estimate is missing"),
        (ESTIMATES | {"mean": {"point_estimate": -5.0}}, "mean.point_estimate is -5.0, expected 0 or more"),
        (ESTIMATES | {"mean": {"point_estimate": 1e16}}, r"mean.point_estimate is 1e\+16"),
        (ESTIMATES | {"median": {"point_estimate": "4"}}, "median.point_estimate is a string"),
        (ESTIMATES | {"slope": {"point_estimate": None}}, "slope.point_estimate is null"),
        (ESTIMATES | {"std_dev": 5}, "std_dev is a number, expected an object"),
    ],
)
def test_estimates_that_cannot_be_are_refused(tmp_path: Path, estimates: object, said: str) -> None:
    with pytest.raises(Refusal, match=said) as caught:
        facts_of(left(tmp_path, estimates))
    assert (caught.value.code, caught.value.path) == ("bad-json", "estimates.json")


@pytest.mark.parametrize(
    ("sample", "said"),
    [
        (5, "the document is a number, expected an object"),
        ({}, "iters is missing"),
        ({"iters": [1.0]}, "times is missing"),
        ({"iters": [1.0], "times": 5}, "times is a number, expected a list"),
        ({"iters": [1.0], "times": [1.0, 2.0]}, "has 1 counts of iterations and 2 times"),
        ({"iters": [], "times": []}, "has 0 counts of iterations and 0 times"),
        ({"iters": [0.0], "times": [1.0]}, r"iters\[0\] is 0.0, expected 1 or more"),
        ({"iters": [1.0], "times": [-1.0]}, r"times\[0\] is -1.0, expected 0 or more"),
        ({"iters": [1.0], "times": [1e300]}, r"times\[0\] is 1e\+300"),
        ({"iters": [True], "times": [1.0]}, r"iters\[0\] is true or false"),
        ([[1.0], [2.0], [3.0]], "has 3 lists, expected iterations and times"),
        ([[1.0], "x"], r"\[1\] is a string, expected a list"),
    ],
)
def test_raw_times_that_cannot_be_are_refused(tmp_path: Path, sample: object, said: str) -> None:
    with pytest.raises(Refusal, match=said) as caught:
        facts_of(left(tmp_path, sample=sample))
    assert (caught.value.code, caught.value.path) == ("bad-json", "sample.json")


@pytest.mark.parametrize(
    ("described", "said"),
    [
        ([], "is a list"),
        ({}, "full_id is missing"),
        ({"full_id": ""}, "full_id is empty"),
        ({"full_id": 5}, "is a number"),
    ],
)
def test_a_description_that_cannot_be_is_refused(tmp_path: Path, described: object, said: str) -> None:
    with pytest.raises(Refusal, match=said) as caught:
        facts_of(left(tmp_path, benchmark=described))
    assert caught.value.path == "benchmark.json"


def test_what_lies_beside_it_has_to_be_a_file_with_something_in_it(tmp_path: Path) -> None:
    path = left(tmp_path)
    path.with_name("sample.json").write_bytes(b"")
    report = Report(path, "target/criterion/a/new/estimates.json")
    with pytest.raises(Refusal) as caught:
        list(criterion.collect(report))
    assert (caught.value.code, caught.value.path) == ("empty-file", "target/criterion/a/new/sample.json")
    path.with_name("sample.json").unlink()
    path.with_name("sample.json").mkdir()
    with pytest.raises(Refusal) as caught:
        list(criterion.collect(report))
    assert caught.value.code == "not-a-file"


# The stream


def test_a_stream_holds_several_benchmarks() -> None:
    facts = facts_of(STREAM)
    wanted = [one for folder, one in EXPECTED.items() if folder.endswith("new")]
    for one in wanted:
        assert stats(facts, one["name"]) == pytest.approx(in_seconds(one), rel=1e-9)
    assert len(values(facts)) == sum(len(one) - 1 for one in wanted), "neither the group nor the change"
    assert runs(facts) == {""}
    assert leaks(facts) == []


def test_another_unit_of_a_stream_keeps_its_name(tmp_path: Path) -> None:
    facts = streamed(tmp_path, MESSAGE | {"unit": "cycles", "slope": {"estimate": 15.0, "unit": "cycles"}})
    assert (stats(facts, "a")["mean"], stats(facts, "a")["slope"]) == (15.0, 15.0)
    assert {fact.unit for fact in measured(facts)} == {"cycles", "count"}


def test_messages_of_another_reason_are_passed_over(tmp_path: Path) -> None:
    facts = streamed(tmp_path, {"reason": "something-new", "id": 5}, MESSAGE)
    assert stats(facts, "a")["rounds"] == 2


def test_blank_lines_and_a_byte_order_mark_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "stream.json"
    path.write_bytes(b"\xef\xbb\xbf" + STREAM.read_bytes().replace(b"\n", b"\r\n\r\n"))
    assert criterion.recognises(path.read_bytes()[:4096])
    assert values(facts_of(path)) == values(facts_of(STREAM))


def test_a_stream_without_a_benchmark_is_a_warning(tmp_path: Path) -> None:
    facts = streamed(tmp_path, {"reason": "group-complete", "group_name": "a", "report_directory": "r"})
    assert only_warning(facts) == ("no-benchmarks", "stream.json")


@pytest.mark.parametrize(
    ("messages", "said"),
    [
        ([MESSAGE, 5], r"\[1\] is a number, expected an object"),
        ([MESSAGE, {"id": "b"}], r"\[1\].reason is missing"),
        ([MESSAGE, MESSAGE], r"\[1\].id is empty or that of another benchmark"),
        ([MESSAGE | {"id": ""}], r"\[0\].id is empty"),
        ([MESSAGE | {"id": None}], r"\[0\].id is null"),
        ([MESSAGE | {"unit": 5}], r"\[0\].unit is a number"),
        ([MESSAGE | {"iteration_count": [1]}], r"\[0\] has 1 counts of iterations and 2 measured values"),
        (
            [MESSAGE | {"iteration_count": [], "measured_values": []}],
            "has 0 counts of iterations and 0 measured values",
        ),
        ([MESSAGE | {"iteration_count": [1, 0]}], r"iteration_count\[1\] is 0, expected 1 or more"),
        ([MESSAGE | {"iteration_count": [1, 1.5]}], r"iteration_count\[1\] is a number, expected a whole number"),
        ([MESSAGE | {"measured_values": [1, -1]}], r"measured_values\[1\] is -1, expected 0 or more"),
        ([MESSAGE | {"slope": {}}], r"slope.estimate is missing"),
    ],
)
def test_a_stream_that_cannot_be_is_refused(tmp_path: Path, messages: list[object], said: str) -> None:
    with pytest.raises(Refusal, match=said) as caught:
        streamed(tmp_path, *messages)
    assert (caught.value.code, caught.value.path) == ("bad-json", "stream.json")
    assert "--message-format=json" in str(caught.value)


def test_a_stream_that_was_cut_off_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "stream.json"
    path.write_bytes(b"\n".join(STREAM.read_bytes().split(b"\n")[:2])[:-20])
    with pytest.raises(Refusal, match="is not JSON") as caught:
        facts_of(path)
    assert caught.value.line == 2


UNLIKELY = spoilt("", [[]], [1], [[1], [1]])


@given(st.sampled_from(["estimates", "sample", "benchmark", "message"]), st.data(), UNLIKELY)
def test_a_spoilt_report_is_read_or_refused(scratch: Path, which: str, data: st.DataObject, value: object) -> None:
    described = {"full_id": "a", "title": "a"}
    files: dict[str, Any] = copy.deepcopy(
        {"estimates": ESTIMATES, "sample": SAMPLE, "benchmark": described, "message": MESSAGE}
    )
    files[which][data.draw(st.sampled_from(sorted(files[which])))] = value
    message, folder = files.pop("message"), scratch / "spoilt"
    estimates = left(folder, **files)
    facts = survived(streamed, folder, message) if which == "message" else survived(facts_of, estimates)
    assert all(0 <= fact.value < float("inf") for fact in measured(facts))
