"""Facts add up by case, line and run, whatever the order they come in and the reports they come from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import groupby
from statistics import median
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phasemetrics.evidence.merging import Merged, united
from phasemetrics.evidence.model import (
    OUTCOMES,
    Branches,
    Fact,
    FileCoverage,
    Measurement,
    Metric,
    Options,
    PathCount,
    TestCount,
    Warning,
)

Pair: TypeAlias = tuple[str, Fact]

REPORTS = st.sampled_from(["a.xml", "b.xml", "c.xml"])
NAMED = ("src/a.py", "src/b.py", "src/c.py")
COUNTED = ("lib/x.py", "lib/y.py", NAMED[0])
SECONDS = st.integers(0, 10**12).map(lambda nanoseconds: nanoseconds / 10**9)
LINES = st.frozensets(st.integers(1, 12), max_size=8)


def case(outcome: str, count: int, path: str = "tests/test_a.py") -> Measurement:
    return Measurement("tests", count, "count", {"outcome": outcome, "path": path})


def seconds(value: float, name: str = "tests.duration") -> Measurement:
    return Measurement(name, value, "second")


def bench(value: float, run: str = "", name: str = "bench.x.median") -> Measurement:
    return Measurement(name, value, "second", {"run": run})


def counts(path: str, what: str, covered: int, total: int) -> list[Measurement]:
    labels = {"path": path}
    return [
        Measurement(f"coverage.{what}.covered", covered, "count", labels),
        Measurement(f"coverage.{what}.total", total, "count", labels),
    ]


def lines(path: str, covered: Iterable[int], missing: Iterable[int]) -> FileCoverage:
    return FileCoverage(path, frozenset(covered), frozenset(missing))


def named(*taken: int, total: int = 2) -> Branches:
    return Branches(total, len(taken), frozenset(taken))


def branching(branches: dict[int, Branches], path: str = "src/a.py") -> FileCoverage:
    return FileCoverage(path, frozenset(branches), frozenset(), branches)


@st.composite
def branch(draw: st.DrawFn) -> Branches:
    taken = draw(st.frozensets(st.integers(-2, 2), max_size=3))
    covered = len(taken) or draw(st.integers(0, 3))
    return Branches(draw(st.integers(covered, 5)), covered, taken)


@st.composite
def file_coverage(draw: st.DrawFn) -> FileCoverage:
    covered = draw(LINES)
    branches = draw(st.none() | st.dictionaries(st.integers(1, 4), branch(), max_size=3))
    return FileCoverage(draw(st.sampled_from(NAMED)), covered, draw(LINES) - covered, branches)


CASES = st.builds(case, st.sampled_from(OUTCOMES), st.integers(0, 40), st.sampled_from(["", "t/a.py", "t/b.py"]))
COUNTS = st.builds(
    lambda path, what, sizes: counts(path, what, *sorted(sizes)),
    st.sampled_from(COUNTED),
    st.sampled_from(["lines", "branches"]),
    st.tuples(st.integers(0, 30), st.integers(0, 30)),
)
SUMS = st.builds(seconds, SECONDS, st.sampled_from(["tests.duration", "tests.wall", "tests.flaky"]))
RUNS = st.builds(bench, SECONDS, st.sampled_from(["", "2026-11-01", "2026-11-02"]))
FACTS = st.one_of(CASES, file_coverage(), SUMS, RUNS).map(lambda fact: [fact]) | COUNTS
PAIRS = st.lists(st.tuples(REPORTS, FACTS), max_size=12).map(
    lambda given: [(report, fact) for report, facts in given for fact in facts]
)


def merged(pairs: Iterable[Pair]) -> Merged:
    found = Merged()
    for report, fact in pairs:
        found.add(fact, report)
    return found


def summed(pairs: Iterable[Pair], reports: int = 3) -> tuple[dict[str, Metric], list[PathCount], tuple[TestCount, ...]]:
    found = merged(pairs)
    return found.metrics({"junit": reports}), found.files(), found.tests.tested()


def of(report: str, facts: Iterable[Fact]) -> list[Pair]:
    return [(report, fact) for fact in facts]


def covered_of(*facts: Fact, name: str = "coverage.lines") -> tuple[int | None, int | None]:
    metric = merged(("a", fact) for fact in facts).metrics({})[name]
    return metric.covered, metric.total


@given(PAIRS.flatmap(lambda pairs: st.tuples(st.just(pairs), st.permutations(pairs))))
def test_any_order_gives_the_same(both: tuple[Sequence[Pair], Sequence[Pair]]) -> None:
    pairs, shuffled = both
    assert summed(shuffled) == summed(pairs)


@given(st.lists(st.tuples(REPORTS, REPORTS, st.one_of(CASES, file_coverage(), SECONDS)), max_size=12))
def test_any_split_into_reports_gives_the_same(dealt: list[tuple[str, str, Fact | float]]) -> None:
    facts = [bench(fact, f"{i:03}") if isinstance(fact, float) else fact for i, (_, _, fact) in enumerate(dealt)]
    one = zip((report for report, _, _ in dealt), facts, strict=True)
    other = zip((report for _, report, _ in dealt), facts, strict=True)
    assert summed(one) == summed(other)


@given(st.lists(CASES, min_size=1))
def test_the_total_is_the_sum_of_the_six_outcomes(cases: list[Measurement]) -> None:
    metrics, _, tested = summed(("a.xml", fact) for fact in cases)
    expected: Counter[str] = Counter()
    for fact in cases:
        expected[fact.labels["outcome"]] += int(fact.value)
    assert {name: metrics[f"tests.{name}"].value for name in OUTCOMES} == {name: expected[name] for name in OUTCOMES}
    assert metrics["tests.total"].value == sum(expected.values()) == sum(one.total for one in tested)
    assert sum(one.passed for one in tested) == expected["passed"]
    assert sum(one.failed or 0 for one in tested) == expected["failed"] + expected["errors"]
    unnamed = any(fact.value for fact in cases if not fact.labels["path"])
    paths = {path for fact in cases if (path := fact.labels["path"]) or unnamed} or {""}
    assert [one.path for one in tested] == sorted(paths)


def test_a_report_without_cases_is_zero_tests_and_no_report_is_none() -> None:
    assert summed([("a.xml", case("passed", 0))])[0]["tests.total"] == Metric(0, "count")
    assert summed([]) == ({}, [], ())


@given(st.lists(st.tuples(REPORTS, st.sampled_from(["happy", "edge"]), st.sampled_from(OUTCOMES), st.integers(0, 9))))
def test_the_cases_of_a_group_are_known_when_every_report_counts_them(dealt: list[tuple[str, str, str, int]]) -> None:
    found = Merged()
    for report, group, outcome, count in dealt:
        found.add(Measurement("tests.group", count, "count", {"group": group, "outcome": outcome}), report)
    reports = {group: {report for report, name, _, _ in dealt if name == group} for _, group, _, _ in dealt}
    counts = [
        TestCount(
            group,
            sum(count for _, name, outcome, count in dealt if (name, outcome) == (group, "passed")),
            sum(count for _, name, outcome, count in dealt if name == group and outcome in {"failed", "errors"}),
            sum(count for _, name, _, count in dealt if name == group),
        )
        for group in sorted(reports)
    ]
    for number in (1, 2, 3):
        expected = tuple(one for one in counts if len(reports[one.path]) == number)
        assert found.tests.grouped(number) == expected
    assert found.metrics({"junit": 3}) == {}, "they are no cases beside the others"


@given(st.lists(file_coverage(), min_size=1))
def test_a_line_covered_in_either_shard_is_covered(shards: list[FileCoverage]) -> None:
    metrics, files, _ = summed((f"{number}.xml", fact) for number, fact in enumerate(shards))
    covered = {(one.path, line) for one in shards for line in one.covered}
    known = covered | {(one.path, line) for one in shards for line in one.missing}
    assert [(one.path, one.covered, one.total) for one in files] == [
        (path, sum(path == of for of, _ in covered), sum(path == of for of, _ in known))
        for path in sorted({one.path for one in shards})
    ]
    metric = metrics.get("coverage.lines")
    assert (metric is None) == (not known)
    if metric is not None:
        assert (metric.covered, metric.total) == (len(covered), len(known))
        assert metric.value == len(covered) / len(known)
    assert metrics.get("coverage.statements") == metric


def test_percentages_are_never_averaged() -> None:
    small, large = lines("src/a.py", [1], range(2, 11)), lines("src/b.py", range(1, 91), [])
    assert covered_of(small, large) == (91, 100)
    assert covered_of(lines("src/a.py", [1], [2]), lines("src/a.py", [2], [1])) == (2, 2)


@given(st.lists(st.frozensets(st.integers(-4, 4)), min_size=1, max_size=5))
def test_branches_with_named_destinations_are_united(taken: list[frozenset[int]]) -> None:
    shards = [branching({7: Branches(9, len(one), one)}) for one in taken]
    assert covered_of(*shards, name="coverage.branches") == (len(frozenset().union(*taken)), 9)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (named(8), named(8), (1, 2)),
        (named(8), named(9), (2, 2)),
        (Branches(2, 1), Branches(2, 1), (1, 2)),
        (named(8), Branches(4, 3), (3, 4)),
        (named(8, 9), Branches(2, 0), (2, 2)),
        (named(8, total=1), named(9, total=1), (1, 1)),
        (named(), named(), (0, 2)),
    ],
)
def test_what_is_certain_of_a_branch(one: Branches, other: Branches, expected: tuple[int, int]) -> None:
    for pair in ((one, other), (other, one)):
        assert covered_of(*(branching({3: side}) for side in pair), name="coverage.branches") == expected


def test_branches_of_other_lines_and_of_one_shard_alone() -> None:
    whole = united(branching({3: named(4)}), branching({5: named(6)}))
    assert whole.branches == {3: named(4), 5: named(6)}
    assert united(lines("src/a.py", [1], []), branching({3: named(4)})).branches == {3: named(4)}
    assert united(lines("src/a.py", [1], []), lines("src/a.py", [2], [])).branches is None


@given(PAIRS)
def test_the_coverage_total_is_lines_and_branches_together(pairs: list[Pair]) -> None:
    metrics, files, _ = summed(pairs)
    sums = [
        (sum(one.covered for one in files), sum(one.total for one in files)),
        (sum(one.branches_covered for one in files), sum(one.branches_total for one in files)),
    ]
    sums.append((sums[0][0] + sums[1][0], sums[0][1] + sums[1][1]))
    for name, (covered, total) in zip(("lines", "branches", "total"), sums, strict=True):
        metric = metrics.get(f"coverage.{name}")
        assert metric == (Metric(covered / total, "ratio", covered, total) if total else None)
    assert all(0 <= one.covered <= one.total and 0 <= one.branches_covered <= one.branches_total for one in files)
    assert len({one.path for one in files}) == len(files), "a file stands there twice"


def test_nothing_to_cover_is_no_percentage() -> None:
    metrics, files, _ = summed([("a.json", lines("src/__init__.py", [], [])), ("b.json", branching({}, "src/b.py"))])
    assert metrics == {}
    assert files == [PathCount("src/__init__.py", 0, 0), PathCount("src/b.py", 0, 0)]
    assert summed(("a.json", fact) for fact in counts("", "lines", 0, 0))[0] == {}
    without_branches = summed([("a.json", lines("src/a.py", [1], []))])[0]
    assert set(without_branches) == {"coverage.lines", "coverage.statements", "coverage.total"}


def test_counts_without_lines() -> None:
    found = merged(
        [*of("a.json", counts("lib/x.py", "lines", 8, 10)), *of("a.json", counts("lib/x.py", "branches", 1, 2))]
    )
    assert found.files() == [PathCount("lib/x.py", 8, 10, 1, 2)]
    assert merged(of("a.json", counts("", "lines", 8, 10))).doubts() == []
    assert found.metrics({})["coverage.total"] == Metric(0.75, "ratio", 9, 12)
    assert found.doubts() == []
    for fact in counts("lib/x.py", "lines", 6, 11):
        found.add(fact, "b.json")
    assert found.files() == [PathCount("lib/x.py", 8, 11, 1, 2)]
    assert {(one.code, one.path) for one in found.doubts()} == {("not-mergeable", "b.json")}
    assert all("a.json" in one.message and "the larger count is kept" in one.message for one in found.doubts())


def test_many_files_that_cannot_be_joined_are_one_warning() -> None:
    pairs = [
        pair
        for report in ("a.json", "b.json")
        for i in (3, 1, 2)
        for pair in of(report, counts(f"{i}.py", "lines", 1, 2))
    ]
    (covered, total) = merged(pairs).doubts()
    expected = "is counted in a.json as well, and neither names its lines; the larger count is kept"
    assert (covered.path, covered.message) == ("b.json", f"1.py (and 2 more files): coverage.lines.covered {expected}")
    assert (total.path, total.message) == ("b.json", f"1.py (and 2 more files): coverage.lines.total {expected}")
    named = [*pairs, *(pair for i in (1, 2) for pair in of("c.json", [lines(f"{i}.py", [1], [2])]))]
    assert [one.message for one in merged(named).doubts() if "names;" in one.message] == [
        "1.py (and 1 more files): only counts lines that another report names; the larger count is kept"
    ]


def test_a_file_whose_lines_are_named_and_whose_branches_are_counted_is_one_file() -> None:
    # What coverage 5.2 to 6.2 writes.
    found = merged(of("a.json", [lines("src/a.py", [1, 2], [3]), *counts("src/a.py", "branches", 3, 4)]))
    assert found.files() == [PathCount("src/a.py", 2, 3, 3, 4)]
    assert found.metrics({})["coverage.total"] == Metric(5 / 7, "ratio", 5, 7)
    assert found.doubts() == []


@pytest.mark.parametrize(
    ("path", "covered", "total", "expected"),
    [("src/a.py", 1, 4, (2, 4)), ("src/a.py", 2, 3, (2, 3)), ("", 80, 100, (80, 100)), ("", 1, 2, (2, 3))],
)
def test_lines_that_are_named_and_counted_do_not_count_twice(
    path: str, covered: int, total: int, expected: tuple[int, int]
) -> None:
    pairs = [*of("a.json", [lines("src/a.py", [1, 2], [3])]), *of("b.json", counts(path, "lines", covered, total))]
    for order in (pairs, pairs[::-1]):
        found = merged(order)
        metric = found.metrics({})["coverage.lines"]
        assert (metric.covered, metric.total) == expected
        assert len(found.files()) == 1
        (doubt,) = found.doubts()
        assert (doubt.code, doubt.path, path in doubt.message) == ("not-mergeable", "b.json", True)


@given(st.lists(st.none() | SECONDS, min_size=1, max_size=6))
def test_a_sum_is_there_only_when_every_report_gives_it(given_times: list[float | None]) -> None:
    pairs: list[Pair] = [(f"{i}.xml", case("passed", 1)) for i in range(len(given_times))]
    pairs += [(f"{i}.xml", seconds(value)) for i, value in enumerate(given_times) if value is not None]
    metrics = summed(pairs, reports=len(given_times))[0]
    if None in given_times:
        assert "tests.duration" not in metrics
    else:
        exact = sum(Fraction(value) for value in given_times if value is not None)
        assert metrics["tests.duration"] == Metric(round(float(exact), 9), "second")


def test_sums_are_of_decimals_and_two_of_them_are_never_mixed() -> None:
    pairs: list[Pair] = [
        *((f"{number}.xml", seconds(0.1)) for number in range(3)),
        *((f"{number}.xml", seconds(5.0, "tests.wall")) for number in range(2)),
    ]
    metrics = summed(pairs)[0]
    assert metrics == {"tests.duration": Metric(0.3, "second")}


def test_flaky_tests_are_counted_where_a_report_knows_of_any() -> None:
    pairs: list[Pair] = [("a.xml", case("passed", 3)), ("b.xml", case("passed", 3))]
    assert summed(pairs, 2)[0]["tests.flaky"] == Metric(0, "count")
    pairs.append(("b.xml", Measurement("tests.flaky", 2, "count")))
    assert summed(pairs, 2)[0]["tests.flaky"] == Metric(2, "count")


@given(st.lists(st.tuples(st.sampled_from(["", "2026-11-01", "2026-11-02"]), REPORTS, SECONDS), min_size=1))
def test_runs_are_in_order_and_the_value_is_the_median_of_their_sessions(runs: list[tuple[str, str, float]]) -> None:
    metric = summed((report, bench(value, run)) for run, report, value in runs)[0]["bench.x.median"]
    assert metric.runs == tuple(value for _, _, value in sorted(runs))
    sessions = [[value for *_, value in some] for _, some in groupby(sorted(runs), key=lambda one: one[:2])]
    assert metric.sessions == (tuple(map(len, sessions)) if len(sessions) < len(runs) else ())
    assert (metric.value, metric.unit) == (median(map(median, sessions)), "second")


def test_a_session_comes_to_what_its_statistic_says_of_the_repetitions() -> None:
    runs = [("a", 3.0), ("a", 1.0), ("a", 5.0), ("b", 4.0), ("b", 2.0)]
    expected = {"min": 1.5, "max": 4.5, "mean": 3.0, "median": 3.0, "p95": 3.0, "failed": 3.0}
    for stat, value in expected.items():
        metric = summed((report, bench(one, name=f"bench.x.{stat}")) for report, one in runs)[0][f"bench.x.{stat}"]
        assert (metric.value, metric.runs, metric.sessions) == (value, (1, 3, 5, 2, 4), (3, 2)), stat


def test_what_reports_give_in_different_units_is_left_out() -> None:
    merged = Merged()
    for report, unit in (("a", "second"), ("b", "byte")):
        merged.add(Measurement("bench.x.value", 1, unit), report)
    assert merged.metrics({}) == {}
    assert [(one.code, one.path) for one in merged.doubts()] == [("mixed-units", "b")]


def test_a_unit_that_is_not_known_is_only_words() -> None:
    merged = Merged()
    merged.add(Measurement("bench.x.value", 1, "`a`|<!--@b](c)\n" + "d" * 99), "a.json")
    (metric,) = merged.metrics({}).values()
    assert metric.unit == "\u02cba\u02cb\u2223\u2039!--\uff20b\uff3d(c)\\nddddddddddddd\u2026"


def test_the_report_may_say_which_way_is_better_and_contradict_itself() -> None:
    def told(*said: str) -> str | None:
        facts = [Measurement("bench.x.value", 1, "widget", {"better": one} if one else {}) for one in said]
        return summed((str(number), fact) for number, fact in enumerate(facts))[0]["bench.x.value"].better

    assert [told("higher", "higher"), told("lower"), told("higher", "lower"), told("higher", ""), told("")] == [
        "higher", "lower", None, None, None,
    ]  # fmt: skip


def test_options_that_differ_from_report_to_report_are_named() -> None:
    merged = Merged()
    merged.add(Options("x", {"warmup": "yes", "timer": "a"}), "a.json")
    merged.add(Options("x", {"warmup": "no", "timer": "a"}), "b.json")
    assert merged.bench.options() == {"x": {"timer": "a", "warmup": "no and yes (mixed)"}}
    (doubt,) = merged.doubts()
    assert (doubt.code, doubt.message) == ("mixed-options", "x was run with warmup no and yes; its runs are not alike")


def test_runs_are_ordered_by_date_before_report() -> None:
    runs = [("late.json", bench(3, "2026-11-03")), ("a.json", bench(9)), ("z.json", bench(1, "2026-11-01"))]
    assert summed(runs)[0]["bench.x.median"].runs == (9, 1, 3)
    # A `.` sorts before a `Z`, and a whole second is still before its fractions.
    runs = [("a.json", bench(2, "2026-11-01T00:00:00.5Z")), ("b.json", bench(1, "2026-11-01T00:00:00Z"))]
    assert summed(runs)[0]["bench.x.median"].runs == (1, 2)


def test_the_doubts_of_a_report_are_kept() -> None:
    doubt = Warning("bad-time", "a.xml", "a time of -1")
    assert merged([("a.xml", doubt)]).doubts() == [doubt]
