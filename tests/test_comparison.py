"""What is said about a change is what the two printed values and the runs behind them bear out."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Mapping
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phasemetrics.evidence.comparing import compare, settle
from phasemetrics.evidence.comparison import Comparison
from phasemetrics.evidence.model import Machine, Metric, Snapshot
from phasemetrics.evidence.significance import ratio_interval, smallest_p
from phasemetrics.evidence.verdict import ALPHA, FEWEST_RUNS, Verdict
from phasemetrics.unitnames import Direction
from phasemetrics.units import parse_quantity

CORPUS = Path(__file__).parents[1].parent / "shared/corpus/bench"
needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="../shared/corpus/bench is not here")

MACHINE = Machine("Linux", "x86_64", "Alpha 1", 2, "CPython 3.13.1")
EXACT = ["tests.passed", "tests.failed", "tests.skipped", "coverage.lines", "lines.added", "tests.duration"]
UNIT = {"coverage.lines": "ratio", "tests.duration": "second"}
CLAIMS = {"improved", "regressed"}


def snapshot(machine: Machine | None = None, /, **metrics: Metric) -> Snapshot:
    return Snapshot(metrics={name.replace("__", "."): metric for name, metric in metrics.items()}, machine=machine)


def between(name: str, before: Metric, after: Metric, better: Direction | None = None) -> Comparison:
    return compare(name, Snapshot(metrics={name: before}), Snapshot(metrics={name: after}), better)


def exact(name: str, before: float, after: float, unit: str = "count", better: Direction | None = None) -> Comparison:
    return between(name, Metric(before, unit), Metric(after, unit), better)


def timed(before: list[float], after: list[float], name: str = "bench.x.median", unit: str = "second") -> Comparison:
    one, other = (Metric(median(runs), unit, runs=tuple(runs)) for runs in (before, after))
    return between(name, one, other)


def around(centre: float, count: int) -> list[float]:
    return [centre * (1 + 0.001 * index) for index in range(count)]


@pytest.mark.parametrize(
    ("name", "unit", "before", "after", "verdict", "change", "improvement"),
    [
        ("tests.passed", "count", 189, 216, "improved", "+27", "+27"),
        ("tests.total", "count", 216, 189, "regressed", "-27", "-27"),
        ("tests.failed", "count", 3, 1, "improved", "-2", "+2"),
        ("tests.errors", "count", 0, 12, "regressed", "+12", "-12"),
        ("tests.flaky", "count", 0, 1, "regressed", "+1", "-1"),
        ("tests.skipped", "count", 2, 5, "changed", "+3", "+3"),
        ("tests.xfailed", "count", 2, 2, "unchanged", "0", "0"),
        ("coverage.lines", "ratio", 0.75, 0.812, "improved", "+6.2 pp", "+6.2 pp"),
        ("coverage.branches", "ratio", 0.5, 0.5, "unchanged", "0.0 pp", "0.0 pp"),
        ("coverage.lines", "ratio", 0, 0.5, "improved", "+50.0 pp", "+50.0 pp"),
        ("coverage.lines", "ratio", 0.99999, 1, "improved", "+0.1 pp", "+0.1 pp"),
        ("lines.added", "count", 10, 4, "changed", "-6", "-6"),
        ("files.created", "count", 0, 4, "changed", "+4", "+4"),
        ("size.wheel", "byte", 2048, 1024, "improved", "-50.0%", "+50.0%"),
        ("size.wheel", "byte", 0, 1024, "baseline-zero", "n/a (baseline 0)", "n/a (baseline 0)"),
        ("size.wheel", "byte", 0, 0, "unchanged", "0.0%", "0.0%"),
        ("size.wheel", "byte", 1024, 0, "improved", "-100.0%", "+100.0%"),
        ("size.wheel", "byte", 2**30, 1024, "improved", "-99.9%", "+99.9%"),
        ("rate", "per_second", 100, 200, "improved", "+100.0%", "+100.0%"),
        ("size.growth", "widget", -4, -2, "changed", "+50.0%", "+50.0%"),
    ],
)
def test_exact_metrics(
    name: str, unit: str, before: float, after: float, verdict: Verdict, change: str, improvement: str
) -> None:
    row = exact(name, before, after, unit)
    assert (row.verdict, row.change_text, row.improvement(), row.p) == (verdict, change, improvement, None)


def test_the_configured_direction_wins() -> None:
    assert exact("lines.added", 10, 4, better="lower").verdict == "improved"
    assert exact("lines.added", 10, 4, better="lower").improvement() == "+6"
    assert exact("coverage.lines", 0.5, 0.6, "ratio", better="lower").verdict == "regressed"


@pytest.mark.parametrize(
    ("before", "after", "verdict", "improvement"),
    [
        ([0.012], [0.00923], "single-measurement", "+23.1% median (1 run each, not tested)"),
        ([], [0.00923], "single-measurement", "+23.1% median (1 run each, not tested)"),
        (around(0.012, 3), around(0.00923, 3), "too-few-runs", "+23.1% median (n=3+3, too few runs to test)"),
        (around(0.012, 3), around(0.00923, 6), "too-few-runs", "+23.0% median (n=3+6, too few runs to test)"),
        (around(0.012, 6), [0.00923], "too-few-runs", "+23.3% median (n=6+1, too few runs to test)"),
        (around(0.012, 4), around(0.00923, 4), "improved", "+23.1% median (p=0.029, n=4+4)"),
        (around(0.012, 6), around(0.00923, 6), "improved", "+23.1% median (p=0.002, n=6+6)"),
        (around(0.012, 8), around(0.00923, 8), "improved", "+23.1% median (p<0.001, n=8+8)"),
        (around(0.00923, 6), around(0.012, 6), "regressed", "-30.1% median (p=0.002, n=6+6)"),
        (around(0.012, 6), around(0.012, 6), "unchanged", "~ unchanged (median within ±2%)"),
        (around(0.012, 6), around(0.01176, 6), "no-significant-change", None),
    ],
)
def test_benchmarks(before: list[float], after: list[float], verdict: Verdict, improvement: str | None) -> None:
    one, other = (Metric(median(side or [0.012]), "second", runs=tuple(side)) for side in (before, after))
    row = between("bench.x.median", one, other)
    assert row.verdict == verdict
    assert improvement is None or row.improvement() == improvement


def test_noise_is_called_noise() -> None:
    row = timed([1.0, 1.3, 0.9, 1.2, 1.1, 1.4], [1.05, 1.1, 0.95, 1.25, 1.0, 1.3])
    assert row.verdict == "no-significant-change"
    assert row.improvement() == "~ no significant change (+6.1% median, p=0.706, n=6+6)"
    assert row.change_text == "-6.1%"


def test_a_significant_change_too_small_to_matter_is_no_claim() -> None:
    row = timed(around(1, 8), around(1.018, 8))
    assert row.p is not None
    assert row.p < 0.001
    assert row.verdict == "no-significant-change"


def test_a_rate_is_better_when_it_rises_and_a_spread_has_no_direction() -> None:
    assert timed(around(100, 6), around(200, 6), "bench.x.ops", "per_second").verdict == "improved"
    for stat, unit in (("stddev", "second"), ("iqr", "second"), ("rounds", "count"), ("iterations", "count")):
        row = timed(around(100, 6), around(200, 6), f"bench.x.{stat}", unit)
        assert (row.better, row.verdict) == (None, "changed")
        assert row.improvement() == f"{row.change_text} {stat} (p=0.002, n=6+6, direction not set)"


def test_a_claim_needs_the_printed_values_on_its_side() -> None:
    # The median of the runs is the collector's to choose: here the one it gave says the opposite of the runs.
    before = snapshot(bench__x__median=Metric(1.0, "second", runs=tuple(around(2, 6))))
    after = snapshot(bench__x__median=Metric(1.5, "second", runs=tuple(around(1, 6))))
    assert compare("bench.x.median", before, after).verdict == "no-significant-change"


def test_an_interval_of_tied_runs_alone_is_no_claim() -> None:
    before, after = [1.0, 2, 2, 4, 4], [3.0, 3, 3, 5, 5, 5, 6, 6]
    assert ratio_interval(before, after)[1] == 1.25
    row = timed(before, after)
    assert row.improvement() == "~ no significant change (-150.0% median, p=0.053, n=5+8)"


def test_four_runs_a_side_are_the_fewest_that_can_prove_anything() -> None:
    assert smallest_p(FEWEST_RUNS, FEWEST_RUNS) <= ALPHA < smallest_p(FEWEST_RUNS - 1, FEWEST_RUNS - 1)


def test_a_run_of_zero_has_no_ratio() -> None:
    row = timed([0.0, *around(1, 5)], around(2, 6))
    assert row.verdict == "no-significant-change"
    assert row.message == "p=0.002, n=6+6, a run measured 0 or less"


@pytest.mark.parametrize("name", ["tests.duration", "tests.wall"])
def test_a_duration_is_measured_once_and_never_claimed(name: str) -> None:
    row = exact(name, 12.0, 6.0, "second")
    assert (row.verdict, row.improvement()) == ("single-measurement", "+50.0% (1 run each, not tested)")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_a_number_failed(value: float) -> None:
    row = timed([value] * 6, around(1, 6))
    assert (row.verdict, row.before_text, row.change_text, row.improvement()) == ("failed", None, None, None)
    assert row.after_text == "1.00 s"


def test_a_side_that_is_absent_has_no_text() -> None:
    some = snapshot(tests__passed=Metric(3, "count"))
    new, missing = compare("tests.passed", None, some), compare("tests.passed", some, snapshot())
    assert (new.verdict, new.before_text, new.after_text, new.change_text) == ("new", None, "3", None)
    assert (missing.verdict, missing.before_text, missing.after_text) == ("missing", "3", None)
    assert (new.runs, missing.runs, new.improvement()) == ((0, 1), (1, 0), None)
    assert compare("tests.passed", snapshot(), None).message == "not measured at either end"


def test_an_earlier_name_counts_in_the_baseline_only() -> None:
    old, new = snapshot(bench__old__median=Metric(2, "second")), snapshot(bench__new__median=Metric(1, "second"))
    for alias in ("bench.old.median", "old"):
        assert compare("bench.new.median", old, new, aliases=[alias]).before_text == "2.00 s"
        assert compare("bench.old.median", old, new, aliases=["new"]).verdict == "missing"
    assert compare("bench.new.median", old, new, aliases=["ol"]).verdict == "new"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"cpu": "Beta 2"}, "CPU differs (Alpha 1 → Beta 2)"),
        ({"cpu": "Beta\x1b[2J"}, "CPU differs (Alpha 1 → Beta\\x1b[2J)"),
        ({"cores": 4}, "number of cores differs (2 → 4)"),
        ({"arch": "arm64"}, "architecture differs (x86_64 → arm64)"),
        ({"os": "Darwin"}, "OS differs (Linux → Darwin)"),
        ({"runtime": "CPython 3.14.0"}, "runtime differs (CPython 3.13 → CPython 3.14)"),
        ({"runtime": "CPython 3.13.9"}, None),
        ({"cpu": ""}, None),
        ({"cores": 0}, None),
        ({}, None),
    ],
)
def test_times_from_different_machines_are_not_compared(change: Mapping[str, str | int], reason: str | None) -> None:
    traits: dict[str, str | int] = {field: getattr(MACHINE, field) for field in Machine.__slots__}
    other = Machine(**{**traits, **change})  # type: ignore[arg-type]
    metric = Metric(1.0, "second", runs=tuple(around(1, 6)))
    row = compare("bench.x.min", snapshot(MACHINE, bench__x__min=metric), snapshot(other, bench__x__min=metric))
    assert row.verdict == ("not-comparable" if reason else "unchanged")
    if reason:
        assert row.improvement() == row.change_text == f"not comparable: {reason}"
        assert (row.before_text, row.p) == ("1.00 s", None)
    counted = Metric(1, "count")
    row = compare("tests.passed", snapshot(MACHINE, tests__passed=counted), snapshot(other, tests__passed=counted))
    assert row.verdict == "unchanged"


def test_an_unknown_machine_is_no_different_one() -> None:
    metric = Metric(1.0, "second", runs=tuple(around(1, 6)))
    row = compare("bench.x.min", snapshot(MACHINE, bench__x__min=metric), snapshot(bench__x__min=metric))
    assert row.verdict == "unchanged"


def test_values_of_different_units_are_not_compared() -> None:
    row = between("x", Metric(3, "second"), Metric(0.5, "ratio"))
    assert row.improvement() == "not comparable: unit differs (second → ratio)"
    assert (row.before_text, row.after_text) == ("3.00 s", "50.0%")


def test_claims_that_do_not_survive_their_document_are_withdrawn() -> None:
    claim, sure = timed(around(1, 4), around(2, 4)), timed(around(1, 8), around(2, 8))
    count = exact("tests.passed", 1, 2)
    assert settle([claim, count]) == [claim, count]
    kept, withdrawn, same, noise = settle([sure, claim, count, timed(around(1, 8), around(1.018, 8))])
    assert (kept, same) == (sure, count)
    assert noise.verdict == "no-significant-change"
    assert withdrawn.verdict == "regressed"  # Holm: the last of three is not adjusted
    first, second = settle([claim, claim])
    assert first == second
    assert first.improvement() == "~ no significant change (-100.0% median, p=0.029, n=4+4, one of 2 tested)"


@given(st.sampled_from(EXACT), st.integers(0, 10**6), st.integers(0, 10**6))
def test_printed_change_is_printed_after_minus_printed_before(name: str, one: int, other: int) -> None:
    unit = UNIT.get(name, "count")
    divisor = 10**6 if unit == "ratio" else 1
    row = exact(name, one / divisor, other / divisor, unit)
    before, after = parse_quantity(row.before_text or ""), parse_quantity(row.after_text or "")
    assert before is not None
    assert after is not None
    difference = after.value - before.value
    change = row.change_text or ""
    if unit == "count":
        assert Decimal(change) == difference
    elif unit == "ratio":
        assert Decimal(change.removesuffix(" pp")) == difference * 100
    elif one:
        percent = difference / before.value * 100
        # What is left of almost nothing is not rounded away: -99.98 % is printed -99.9%.
        step = Decimal("0.1" if change == "-99.9%" else "0.05")
        assert abs(Decimal(change.removesuffix("%")) - percent) <= step


@given(st.sampled_from(EXACT), st.integers(0, 10**6), st.integers(0, 10**6))
def test_improvement_is_the_change_with_the_sign_of_better(name: str, one: int, other: int) -> None:
    row = exact(name, one, other, UNIT.get(name, "count"))
    change, improvement = row.change_text or "", (row.improvement() or "").partition(" (1 run")[0]
    if change.startswith(("n/a", "0")):
        assert improvement == change
    elif row.better == "lower":
        assert improvement == change.translate(str.maketrans("+-", "-+"))
    else:
        assert improvement == change
    if row.verdict in CLAIMS:
        assert (improvement[0] == "+") == (row.verdict == "improved")


@given(
    st.sampled_from(["tests.passed", "coverage.lines", "bench.x.median", "bench.x.ops", "bench.x.rounds", "size"]),
    st.sampled_from(["count", "ratio", "second", "per_second", "byte", "day", "widget"]),
    st.lists(st.floats(), min_size=1, max_size=6),
    st.lists(st.floats(), min_size=1, max_size=6),
)
def test_no_text_holds_a_negative_zero_or_what_is_no_number(
    name: str, unit: str, before: list[float], after: list[float]
) -> None:
    row = between(name, Metric(before[0], unit, runs=tuple(before)), Metric(after[0], unit, runs=tuple(after)))
    texts = [row.before_text, row.after_text, row.change_text, row.improvement(), row.message]
    for text in filter(None, texts):
        words = text.replace("(", " ").replace(",", " ").replace("%", " ").split()
        assert not {"-0", "-0.0", "+0", "+0.0", "nan", "NaN", "inf", "-inf", "Infinity"} & set(words)
        assert "E+" not in text


@given(st.floats(0, 1), st.floats(0, 1))
def test_all_of_it_is_said_only_when_it_is_all(before: float, after: float) -> None:
    ratio, size = exact("coverage.lines", before, after, "ratio"), exact("size", before, after, "byte")
    assert (ratio.after_text == "100.0%") == (after == 1)
    assert size.change_text != "-100.0%" or after == 0


def runs_of(prefix: str) -> Mapping[str, list[float]]:
    found: dict[str, list[float]] = {}
    for number in range(1, 7):
        report = json.loads((CORPUS / f"pytest-benchmark-runs/{prefix}-{number}.json").read_bytes())
        for benchmark in report["benchmarks"]:
            found.setdefault(benchmark["name"].partition("[")[0], []).append(benchmark["stats"]["median"])
    return found


@needs_corpus
def test_real_changes_are_claimed_and_the_unchanged_one_is_not() -> None:
    before, after = runs_of("before"), runs_of("after")
    rows = {name: timed(before[name], after[name]) for name in before}
    claimed = {name for name, row in rows.items() if row.verdict in CLAIMS}
    assert claimed == {"test_render", "test_checksum"}
    assert settle([*rows.values()]) == [*rows.values()]
    assert (rows["test_unchanged"].improvement() or "").startswith("~ ")


@needs_corpus
@pytest.mark.parametrize("column", ["median_s", "min_s"])
def test_identical_code_is_claimed_in_one_percent_of_splits_at_most(column: str) -> None:
    sessions: dict[str, list[float]] = {}
    with (CORPUS / "identical-code-sessions.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            sessions.setdefault(row["benchmark"], []).append(float(row[column]))
    splits = claims = 0
    for values in sessions.values():
        # All 924 ways to deal 12 sessions to two sides: more than any random choice of them.
        for chosen in combinations(range(len(values)), 6):
            rest = [value for index, value in enumerate(values) if index not in chosen]
            splits += 1
            claims += timed([values[index] for index in chosen], rest).verdict in CLAIMS
    assert splits == 3 * math.comb(12, 6)
    assert claims <= 0.01 * splits
