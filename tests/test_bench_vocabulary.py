"""The words and laws that every format of benchmark results shares."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phasemetrics.errors import Refusal
from phasemetrics.evidence.model import Machine, Measurement, Options, Report
from phasemetrics_collectors._bench import (
    MOST,
    Benchmark,
    carries,
    in_base,
    machine,
    no_benchmarks,
    percent_of,
    percentile,
    run_of,
    stat_name,
)
from phasemetrics_collectors._json_node import Node

NEEDED = {"50": 10, "75": 20, "90": 50, "95": 100, "99": 500, "99.5": 1000, "99.9": 5000, "99.99": 50000}
TIMES = st.lists(st.floats(0, MOST), min_size=1, max_size=30)
PERCENTS = st.floats(0, 100)


def by_stat(facts: Iterable[Measurement], name: str = "b") -> dict[str, list[float]]:
    found = defaultdict(list)
    for fact in facts:
        assert fact.name.startswith(f"bench.{name}.")
        found[fact.name.removeprefix(f"bench.{name}.")].append(fact.value)
    return dict(found)


def moment(text: object) -> str:
    return run_of(Node(text, "bench.json", "mend it"))


@pytest.mark.parametrize(("percent", "needed"), NEEDED.items())
def test_how_many_values_carry_a_percentile(percent: str, needed: int) -> None:
    assert carries(needed, float(percent))
    assert not carries(needed - 1, float(percent))
    assert not carries(0, float(percent))


@given(st.integers(0, 6000), st.integers(0, 9999))
def test_a_percentile_is_carried_by_five_values_beyond_it(count: int, hundredths: int) -> None:
    beyond = sum(1 for rank in range(count) if rank >= Fraction(count * hundredths, 10000))
    assert carries(count, hundredths / 100) == (beyond >= 5)


@given(st.lists(st.floats(0, MOST), min_size=2, max_size=30), st.integers(1, 999))
def test_a_percentile_is_what_python_calls_it(values: list[float], thousandth: int) -> None:
    theirs = statistics.quantiles(values, n=1000, method="inclusive")[thousandth - 1]
    # Python takes a weighted sum, we a step from one value to the next: they differ by digits of the larger.
    assert percentile(values, thousandth / 10) == pytest.approx(theirs, rel=1e-12, abs=max(values) * 1e-12 + 1e-300)


@given(TIMES, PERCENTS, PERCENTS)
def test_a_larger_percentile_is_no_smaller_value(values: list[float], one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert min(values) <= percentile(values, low) <= percentile(values, high) <= max(values)


@given(TIMES, PERCENTS, st.randoms())
def test_the_order_of_values_makes_no_difference_to_a_percentile(
    values: list[float], percent: float, random: Random
) -> None:
    shuffled = [*values]
    random.shuffle(shuffled)
    assert percentile(shuffled, percent) == percentile(values, percent)


@given(TIMES)
def test_the_ends_and_the_middle_are_percentiles(values: list[float]) -> None:
    assert (percentile(values, 0), percentile(values, 100)) == (min(values), max(values))
    assert percentile(values, 50) == pytest.approx(statistics.median(values), rel=1e-15, abs=1e-300)


@pytest.mark.parametrize(
    ("spelled", "name"),
    [
        *((one, "p95") for one in ("p(95)", "P95", "p95", "95.0", "95", "95%", "95th", "95.00", "P(95)", "p95.0")),
        *((one, "p95") for one in ("95 %", "percentile(95)", "Percentile 95", " p95\n", "p95th", "p 95")),
        *((one, "p999") for one in ("p(99.9)", "99.9", "P99.90", "99.9%", "p99.9", "p999")),
        *((one, "p9999") for one in ("99.99", "p(99.99)", "p9999")),
        ("99.5", "p995"), ("50", "p50"), ("50.0", "p50"), ("p(5)", "p5"), ("0.0", "p0"),
        ("avg", "mean"), ("Average", "mean"), ("AVG", "mean"), ("med", "median"), ("Med", "median"),
        ("minimum", "min"), ("Maximum", "max"), ("sd", "stddev"), ("std_dev", "stddev"), ("hz", "ops"),
    ],
)  # fmt: skip
def test_one_statistic_has_one_name(spelled: str, name: str) -> None:
    assert stat_name(spelled) == name


@pytest.mark.parametrize(
    "unknown",
    ["", "rate", "allocs/op", "B/op", "100.5", "p(95,99)", "95 ms", "p-95", "95.5.5", "p", "%", "2024"],
)
def test_what_is_no_statistic_keeps_its_name(unknown: str) -> None:
    assert stat_name(unknown) == unknown
    assert stat_name(f"  {unknown} ") == unknown
    assert percent_of(unknown) is None


def test_a_name_of_any_length_is_judged_at_once() -> None:
    # Each of its blanks may belong to one of several places: a million of them took hours.
    name = f"p{' ' * 1_000_000}!"
    assert stat_name(name) == name


@given(st.text())
def test_any_text_has_a_name_that_stays(text: str) -> None:
    name = stat_name(text)
    assert name == name.strip()
    assert percent_of(name) is not None or stat_name(name) == name


@pytest.mark.parametrize("form", ["p({})", "P{}", "{}", "{}%", "{}th", "p{}", "percentile({})", " {} % "])
@given(whole=st.integers(0, 99), digits=st.text("0123456789", max_size=6))
def test_the_name_of_a_percentile_says_which_it_is(form: str, whole: int, digits: str) -> None:
    percent = f"{whole}.{digits}" if digits else f"{whole}"
    name = stat_name(form.format(percent))
    assert "." not in name, "a point would end the name of the benchmark"
    assert percent_of(name) == float(percent)


@given(st.integers(0, 9900), st.integers(0, 9900))
def test_two_percentiles_have_two_names(one: int, other: int) -> None:
    names = {stat_name(str(Decimal(hundredths) / 100)) for hundredths in (one, other)}
    assert len(names) == len({one, other})


@pytest.mark.parametrize(
    "stat", ["mean", "median", "min", "ops", "p", "p9x", "P95", "p(95)", "p99.9", "", "B/op", "p100", "p950"]
)
def test_other_statistics_are_no_percentile(stat: str) -> None:
    assert percent_of(stat) is None


@given(
    st.decimals(0, 10**9, places=6).map(lambda one: one.normalize()),
    st.sampled_from(
        [
            ("s", 0, "second"), ("ms", -3, "second"), ("us", -6, "second"), ("µs", -6, "second"), ("μs", -6, "second"),
            ("ns", -9, "second"), ("ns/op", -9, "second"), ("ms/op", -3, "second"), ("s/op", 0, "second"),
            ("B/op", 0, "byte"), ("bytes", 0, "byte"), ("MB/s", 6, "byte_per_second"), ("ops/s", 0, "per_second"),
            ("ops/ms", 3, "per_second"), ("percent", -2, "ratio"), ("count", 0, "count"), ("", 0, "count"),
        ]
    ),
)  # fmt: skip
def test_a_value_in_its_base_unit_has_the_digits_that_were_written(value: Decimal, unit: tuple[str, int, str]) -> None:
    spelling, power, base = unit
    assert in_base(float(value), spelling) == (float(f"{value:f}e{power}"), base)


@pytest.mark.parametrize(
    ("value", "spelling", "expected"),
    [
        (89.62, "ns/op", (8.962e-08, "second")),
        (12.1, "ms/op", (0.0121, "second")),
        (0.1, "min", (6.0, "second")),
        (1.5, "KiB", (1536.0, "byte")),
        (3, "ms", (0.003, "second")),
        (0.97, "hit-ratio", (0.97, "hit-ratio")),
        (7.0, "allocs/op", (7.0, "allocs/op")),
        (5.0, " ns ", (5e-09, "second")),
    ],
)
def test_units_and_what_is_none(value: float, spelling: str, expected: tuple[float, str]) -> None:
    assert in_base(value, spelling) == expected


@pytest.mark.parametrize(
    ("os", "arch", "expected"),
    [
        ("linux", "amd64", ("Linux", "x86_64")),
        ("Linux", "x86_64", ("Linux", "x86_64")),
        ("darwin", "arm64", ("Darwin", "arm64")),
        ("macOS", "aarch64", ("Darwin", "arm64")),
        ("Windows", "AMD64", ("Windows", "x86_64")),
        ("windows", "X64", ("Windows", "x86_64")),
        ("Windows", "ARM64", ("Windows", "arm64")),
        ("macos", "Arm64", ("Darwin", "arm64")),
        ("FreeBSD", "riscv64", ("FreeBSD", "riscv64")),
        ("", "", ("unknown", "unknown")),
        (" \n", "\t", ("unknown", "unknown")),
        ("Li\n nux", "a\ud800b", ("Li nux", "a\\ud800b")),
    ],
)
def test_a_machine_has_one_spelling(os: str, arch: str, expected: tuple[str, str]) -> None:
    found = machine(os=os, arch=arch)
    assert (found.os, found.arch) == expected


def test_what_a_machine_does_not_say_is_unknown() -> None:
    assert machine() == Machine("unknown", "unknown", "unknown", 0, "unknown")
    assert machine(cpu="  AMD \n EPYC ", cores=2) == Machine("unknown", "unknown", "AMD EPYC", 2, "unknown")


@pytest.mark.parametrize(("said", "known"), [(1, 1), (10**6, 10**6), (0, 0), (-4, 0), (10**6 + 1, 0)])
def test_a_number_of_cores_that_cannot_be_is_unknown(said: int, known: int) -> None:
    assert machine(cores=said).cores == known


@pytest.mark.parametrize(
    ("written", "run"),
    [
        ("2026-11-20T12:00:00Z", "2026-11-20T12:00:00Z"),
        ("2026-11-20T12:00:00+00:00", "2026-11-20T12:00:00Z"),
        ("2026-11-20T12:00:00.25-05:30", "2026-11-20T17:30:00.250000Z"),
        ("2026-11-20 12:00:00", "2026-11-20T12:00:00Z"),
        (" 2026-11-20T23:30:00-01:00\n", "2026-11-21T00:30:00Z"),
        ("2019-01-02T03:04:05.000006", "2019-01-02T03:04:05.000006Z"),
        ("2026-11-20T12:00:00.123456789Z", "2026-11-20T12:00:00.123456Z"),
        ("2026-11-20", "2026-11-20T00:00:00Z"),
    ],
)
def test_a_run_is_a_moment_in_utc(written: str, run: str) -> None:
    assert moment(written) == run


def test_no_moment_is_no_run() -> None:
    assert run_of(None) == ""


ZONES = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1)), ZONES)
def test_a_moment_is_the_same_in_every_zone(naive: datetime, zone: timezone) -> None:
    utc = naive.replace(tzinfo=UTC)
    assert moment(utc.astimezone(zone).isoformat()) == moment(naive.isoformat()) == moment(utc.isoformat())
    assert datetime.fromisoformat(moment(utc.isoformat())) == utc


SECONDS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)).map(lambda one: one.replace(microsecond=0))


@given(SECONDS, SECONDS)
def test_runs_sort_as_their_moments_do(one: datetime, other: datetime) -> None:
    assert (moment(one.isoformat()) < moment(other.isoformat())) == (one < other)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("yesterday", "is not a date and time"),
        ("", "is not a date and time"),
        ("1700000000", "is not a date and time"),
        ("2026-13-01T00:00:00", "is not a date and time"),
        ("2026-11-20T25:00:00", "is not a date and time"),
        ("Fri Nov 20 12:00:00 2026", "is not a date and time"),
        ("0001-01-01T00:00:00+23:00", "is not a date and time"),
        ("9999-12-31T23:59:59-23:00", "is not a date and time"),
        (5, "is a number, expected a string"),
        (None, "is null, expected a string"),
        ("2026-11-20\ud800", "half of a surrogate pair"),
    ],
)
def test_what_is_no_moment_is_refused(written: object, said: str) -> None:
    with pytest.raises(Refusal, match=said) as caught:
        moment(written)
    assert caught.value.code == "bad-json"


def test_a_session_of_one_process() -> None:
    facts = list(Benchmark("b", "2026").session([2.0, 4.0, 9.0, 1.0]))
    assert by_stat(facts) == {
        "min": [1], "max": [9], "mean": [4], "median": [3], "rounds": [4], "stddev": [statistics.stdev([2, 4, 9, 1])],
    }  # fmt: skip
    assert {fact.name.rpartition(".")[2] for fact in facts if fact.unit == "count"} == {"rounds"}
    assert {fact.unit for fact in facts} == {"second", "count"}
    assert {tuple(fact.labels.items()) for fact in facts} == {(("run", "2026"),)}


def test_one_value_has_no_deviation() -> None:
    assert by_stat(Benchmark("b").session([3.0])) == {
        "min": [3], "max": [3], "mean": [3], "median": [3], "rounds": [1],
    }  # fmt: skip


def test_repetitions_give_one_value_each_and_none_for_an_empty_process() -> None:
    facts = list(Benchmark("b").repetitions([[1.0, 3.0], [], [5.0, 9.0, 10.0], []], "byte"))
    assert by_stat(facts) == {
        "min": [1, 5], "max": [3, 10], "mean": [2, 8], "median": [2, 9], "rounds": [5],
    }  # fmt: skip
    assert {fact.unit for fact in facts if not fact.name.endswith(".rounds")} == {"byte"}
    assert {fact.unit for fact in facts if fact.name.endswith(".rounds")} == {"count"}


@given(st.lists(st.lists(st.floats(0, MOST), max_size=60), min_size=1, max_size=6))
def test_laws_of_repetitions(processes: list[list[float]]) -> None:
    found = by_stat(Benchmark("b").repetitions(processes))
    everything = [value for values in processes for value in values]
    measured = [values for values in processes if values]
    assert found.pop("rounds") == [len(everything)]
    percentiles = {stat: found.pop(stat) for stat in ("p90", "p95", "p99") if stat in found}
    for stat, needed in (("p90", 50), ("p95", 100), ("p99", 500)):
        assert (stat in percentiles) == (len(everything) >= needed)
    for (value,) in percentiles.values():
        assert min(everything) <= value <= max(everything)
    assert set(found) == ({"min", "max", "mean", "median"} if measured else set())
    for stat, values in found.items():
        assert len(values) == len(measured), stat
        for value, process in zip(values, measured, strict=True):
            assert min(process) <= value * (1 + 1e-15)
            assert value <= max(process) * (1 + 1e-15)


@given(st.lists(st.floats(0, MOST), min_size=1, max_size=120))
def test_a_session_is_its_only_repetition(values: list[float]) -> None:
    session, repetitions = (by_stat(getattr(Benchmark("b"), way)(given)) for way, given in (
        ("session", values), ("repetitions", [values]),
    ))  # fmt: skip
    assert ("stddev" in session) == (len(values) > 1)
    session.pop("stddev", None)
    assert session == repetitions


def test_a_mean_lies_between_min_and_max() -> None:
    found = by_stat(Benchmark("b").session([0.1, 0.1, 0.1]))
    assert found["min"] <= found["mean"] <= found["max"]


def test_a_measure_of_its_own_name() -> None:
    assert Benchmark("a.b", "r").measured("allocs/op", 7, "allocs/op") == Measurement(
        "bench.a.b.allocs/op", 7, "allocs/op", {"run": "r"}
    )
    assert Benchmark("b").measured("rate", 0.5, "ratio", "higher").labels == {"run": "", "better": "higher"}


def test_outcomes_are_told_where_none_failed() -> None:
    facts = list(Benchmark("b").outcomes(0, 10))
    assert by_stat(facts) == {"failed": [0], "total": [10]}
    assert {fact.unit for fact in facts} == {"count"}


def test_options_are_lines_of_text() -> None:
    said = {
        "threads": 4,
        "debug": True,
        "aslr": False,
        "warmup": None,
        "flags": " -O2 \n -g",
        "half": "\ud800",
        "zero": 0,
    }
    assert Benchmark("b").options(said) == Options(
        "b", {"threads": "4", "debug": "yes", "aslr": "no", "flags": "-O2 -g", "half": "\\ud800", "zero": "0"}
    )


def test_a_report_without_benchmarks() -> None:
    warning = no_benchmarks(Report(Path("x"), "build/bench.json"))
    assert (warning.code, warning.path) == ("no-benchmarks", "build/bench.json")


def test_a_percentile_of_many_nines_is_not_carried() -> None:
    assert not carries(10**6, percent_of(stat_name("p(99." + "9" * 20 + ")")) or 0)


@pytest.mark.parametrize("written", ["0.1", "5.5"])
def test_the_name_of_a_small_percentile_stays(written: str) -> None:
    assert stat_name(stat_name(written)) == stat_name(written)


@pytest.mark.parametrize("written", ["Median", "MEAN", "Min"])
def test_a_statistic_in_capitals_is_the_same(written: str) -> None:
    assert stat_name(written) == written.lower()
