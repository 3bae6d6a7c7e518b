"""Benchmarks that were not measured alike are not compared, and what fails more often is never called better."""

from __future__ import annotations

from dataclasses import replace

import pytest

from phasemetrics.errors import Refusal, UsageError
from phasemetrics.evidence.appending import appended
from phasemetrics.evidence.binding import require_fit
from phasemetrics.evidence.candidates import candidates
from phasemetrics.evidence.comparable import common_machine
from phasemetrics.evidence.comparing import compare
from phasemetrics.evidence.model import Machine, Metric, Revision, Snapshot, Source, Warning
from phasemetrics.evidence.regressions import regressions
from phasemetrics.evidence.target import judge
from phasemetrics.settings import Config, MetricTable
from phasemetrics.statnames import stated

MACHINE = Machine("Linux", "x86_64", "A", 2, "CPython 3.13.1")
NAME = "bench.x.median"


def around(centre: float, count: int = 6) -> tuple[float, ...]:
    return tuple(centre * (1 + 0.001 * index) for index in range(count))


def side(
    centre: float = 1.0,
    *,
    name: str = NAME,
    unit: str = "second",
    count: int = 6,
    sessions: tuple[int, ...] = (),
    failed: int | None = None,
    total: int = 20,
    **options: str,
) -> Snapshot:
    runs = around(centre, count)
    metrics = {name: Metric(centre, unit, runs=runs, sessions=sessions)}
    if failed is not None:
        counts = {"failed": failed, "total": total}
        metrics |= {f"bench.x.{stat}": Metric(value, "count", runs=(value,)) for stat, value in counts.items()}
    return Snapshot(metrics=metrics, machine=MACHINE, options={"x": options} if options else {})


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ({"warmup": "no"}, {"warmup": "yes"}, "warmup differs (no → yes)"),
        ({"version": "a" * 64}, {"version": "b" * 64}, f"version differs ({'a' * 39}… → {'b' * 39}…)"),
        ({"timer": "a"}, {"warmup": "yes"}, None),
        ({}, {"warmup": "yes"}, None),
        ({"timer": "a\x1b[2J"}, {"timer": "b"}, "timer differs (a\\x1b[2J → b)"),
    ],
)
def test_other_options_are_not_compared(before: dict[str, str], after: dict[str, str], reason: str | None) -> None:
    row = compare(NAME, side(**before), side(0.5, **after))  # type: ignore[arg-type]
    assert row.verdict == ("not-comparable" if reason else "improved")
    if reason:
        assert row.improvement() == row.change_text == f"not comparable: {reason}"


def test_options_matter_whatever_the_unit_is_and_only_for_their_benchmark() -> None:
    one, other = (
        side(name="bench.x.B/op", unit="byte", warmup="no"),
        side(name="bench.x.B/op", unit="byte", warmup="yes"),
    )
    assert compare("bench.x.B/op", one, other).verdict == "not-comparable"
    elsewhere = replace(other, options={"y": {"warmup": "yes"}})
    assert compare("bench.x.B/op", one, elsewhere).verdict == "unchanged"


def test_options_that_differ_from_run_to_run_are_never_alike() -> None:
    mixed = {"threads": "16 and 4 (mixed)"}
    for before, after in ((mixed, mixed), ({"threads": "4"}, mixed), (mixed, {"threads": "4"}), ({}, mixed)):
        assert compare(NAME, side(**before), side(0.5, **after)).verdict == "not-comparable"  # type: ignore[arg-type]


def test_an_earlier_name_has_options_and_failures_too() -> None:
    def called(name: str, snapshot: Snapshot) -> Snapshot:
        metrics = {one.replace(".x.", f".{name}."): metric for one, metric in snapshot.metrics.items()}
        return replace(snapshot, metrics=metrics, options={name: snapshot.options["x"]})

    new = called("new", side(0.5, failed=3, threads="16"))
    unlike = compare("bench.new.median", called("old", side(failed=3, threads="4")), new, aliases=["old"])
    assert unlike.message == "threads differs (4 → 16)"
    alike = called("old", side(failed=3, threads="16"))
    for alias in ("old", "bench.old", "bench.old.median"):
        row = compare("bench.new", alike, new, aliases=[alias])
        assert (row.verdict, row.failing) == ("improved", 0.0), "as many failed before"


@pytest.mark.parametrize("unit", ["frames/s", "ms/frame", "points"])
def test_a_unit_that_is_not_known_may_be_a_time(unit: str) -> None:
    name, other = "bench.x.value", replace(MACHINE, cpu="B")
    one, two = side(name=name, unit=unit, failed=0), side(2, name=name, unit=unit, failed=0)
    assert compare(name, one, replace(two, machine=other)).message == "CPU differs (A → B)"
    assert compare(name, one, side(2, name=name, unit=unit, failed=4)).verdict == "failed"
    allocations = [side(centre, name=name, unit="allocs/op") for centre in (1, 2)]
    assert compare(name, allocations[0], replace(allocations[1], machine=other)).verdict == "regressed"


@pytest.mark.parametrize(
    ("unit", "before", "after"), [("count", 2.4, 1.68), ("ratio", 1e-4, 7e-5), ("byte", 2**20, 2**20 + 1)]
)
def test_what_is_printed_alike_is_no_claim(unit: str, before: float, after: float) -> None:
    name = "size.a" if unit == "byte" else NAME
    row = compare(name, side(before, name=name, unit=unit), side(after, name=name, unit=unit), better="lower")
    assert row.before_text == row.after_text
    assert row.verdict == ("unchanged" if unit == "byte" else "no-significant-change")
    assert "the same as it is printed" in row.message


def test_zeros_and_values_below_zero() -> None:
    zero = Snapshot(metrics={"bench.x.value": Metric(0, "byte", runs=(0,) * 6)})
    assert compare("bench.x.value", zero, zero).message == "exactly the same"
    sides = [Snapshot(metrics={"bench.x.value": Metric(-v, "dB", runs=tuple(-r for r in around(v)))}) for v in (10, 17)]
    assert compare("bench.x.value", sides[0], sides[1]).message.endswith("a run measured 0 or less")


def test_what_fails_more_often_is_never_better() -> None:
    quick = side(0.1, failed=3)
    for before in (side(), side(failed=0), side(failed=2), Snapshot(metrics=side().metrics)):
        row = compare(NAME, before, quick)
        assert row.verdict == "failed"
        assert judge(row, None) is None
    assert compare(NAME, side(failed=0), quick).improvement() == "failed (3/20)"
    assert compare(NAME, side(failed=2), quick).improvement() == "failed (3/20, 2/20 before)"
    assert compare(NAME, side(failed=0, total=6), side(0.1, failed=14)).improvement() == "failed (14/20 runs)"


def test_what_fails_as_often_as_before_or_less_is_compared() -> None:
    assert compare(NAME, side(failed=3), side(0.5, failed=3)).verdict == "improved"
    assert compare(NAME, side(failed=30, total=200), side(0.5, failed=3)).verdict == "improved", "15 % both"
    assert compare(NAME, side(failed=3), side(0.5)).verdict == "improved", "not told any more"


def test_a_rate_is_withheld_too_and_a_size_is_not() -> None:
    rate, size = "bench.x.rate", "bench.x.B/op"
    one, other = side(name=rate, unit="per_second", failed=0), side(9, name=rate, unit="per_second", failed=3)
    assert compare(rate, one, other).verdict == "failed", "errors come quickly"
    one, other = side(name=size, unit="byte", failed=0), side(0.1, name=size, unit="byte", failed=3)
    assert compare(size, one, other).verdict == "improved"


def test_a_benchmark_that_failed_altogether_is_failed_and_not_missing() -> None:
    gone = replace(side(failed=20), metrics={n: m for n, m in side(failed=20).metrics.items() if n != NAME})
    row = compare(NAME, side(failed=0), gone)
    assert (row.verdict, row.message) == ("failed", "failed (20/20 runs)")
    assert compare(NAME, side(), Snapshot()).verdict == "missing"


def test_repetitions_of_few_sessions_are_tested_and_not_proven() -> None:
    few = compare(NAME, side(count=10, sessions=(10,)), side(0.5, count=10, sessions=(10,)))
    assert (few.verdict, few.proven, few.runs, few.sessions) == ("improved", False, (10, 10), (1, 1))
    assert few.message.endswith("n=10+10 in 1+1 sessions")
    assert judge(few, None) == "near"
    mixed = compare(NAME, side(count=6), side(0.5, count=9, sessions=(3, 3, 3)))
    assert mixed.message.endswith("n=6+9 in 6+3 sessions")
    assert not mixed.proven
    many = compare(NAME, side(count=12, sessions=(3, 3, 3, 3)), side(0.5, count=8, sessions=(2, 2, 2, 2)))
    assert (many.message, many.proven, many.runs) == ("p=0.029, n=4+4", True, (12, 8)), "a session counts once"


def test_more_repetitions_than_can_be_paired_count_as_their_sessions() -> None:
    runs = tuple(1 + index / 10**6 for index in range(1500))
    one, other = (
        Snapshot(metrics={NAME: Metric(1.0, "second", runs=tuple(factor * run for run in runs), sessions=(1500,))})
        for factor in (1.0, 0.5)
    )
    assert compare(NAME, one, other).verdict == "single-measurement"


def test_what_is_gone_altogether_is_a_change_of_all_of_it() -> None:
    unit = "allocs/op"
    before = Snapshot(metrics={"bench.x.allocs/op": Metric(2, unit, runs=(2,) * 6)})
    after = Snapshot(metrics={"bench.x.allocs/op": Metric(0, unit, runs=(0,) * 6)})
    row = compare("bench.x.allocs/op", before, after)
    assert (row.verdict, row.improvement(), row.interval) == ("improved", "+100.0% (p=0.002, n=6+6)", None)


def test_the_report_says_which_way_is_better_where_the_unit_does_not() -> None:
    def row(better: str | None, unit: str = "points") -> str:
        sides = [
            Snapshot(metrics={"bench.x.value": Metric(c, unit, runs=around(c), better=better)})  # type: ignore[arg-type]
            for c in (1.0, 2.0)
        ]
        return compare("bench.x.value", sides[0], sides[1]).verdict

    assert [row("higher"), row("lower"), row(None)] == ["improved", "regressed", "changed"]
    assert row("higher", "second") == "improved", "the report knows better than the unit"
    assert row(None, "ratio") == "changed", "it may be one of hits or of failures"


def test_machines_know_more_together() -> None:
    one, other = (
        Machine("Linux", "x86_64", "unknown", 0, "CPython 3.13.1"),
        Machine("Linux", "unknown", "A", 2, "unknown"),
    )
    assert common_machine([one, other]) == (MACHINE, None)
    assert common_machine([]) == (None, None)
    known, reason = common_machine([one, other, replace(other, cpu="B")])
    assert (known, reason) == (None, "CPU differs (A → B)")


# Appending


def test_sessions_are_added_behind_those_that_are_recorded() -> None:
    recorded = replace(side(1.0, count=2), sources=(Source("a.json", "bench", "x", "1", "t"),))
    recorded = replace(recorded, metrics={**recorded.metrics, "tests.total": Metric(3, "count")})
    more = replace(side(2.0, count=3, sessions=(3,)), sources=(Source("b.json", "bench", "x", "2", "t"),))
    more = replace(
        more, metrics={**more.metrics, "tests.total": Metric(9, "count"), "bench.y.median": Metric(1, "byte")}
    )
    found = appended(recorded, more, "b.json")
    assert found.metrics[NAME].runs == (*around(1.0, 2), *around(2.0, 3))
    assert found.metrics[NAME].sessions == (1, 1, 3)
    assert found.metrics[NAME].value == around(1.0, 2)[1], "the middle of three sessions"
    assert found.metrics["tests.total"] == Metric(3, "count"), "nothing else of the new ones counts"
    assert found.metrics["bench.y.median"] == Metric(1, "byte")
    assert [source.path for source in found.sources] == ["a.json", "b.json"]


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        (replace(side(), machine=replace(MACHINE, cpu="B")), "CPU differs"),
        (side(warmup="yes"), "warmup differs"),
        (side(unit="byte"), "unit differs"),
        (replace(side(name="bench.y.median"), machine=replace(MACHINE, cpu="B")), "these runs cannot .* CPU differs"),
    ],
)
def test_runs_that_are_not_alike_are_not_added(more: Snapshot, reason: str) -> None:
    with pytest.raises(Refusal, match=reason) as caught:
        appended(side(warmup="no"), more, "b.json")
    assert caught.value.code == "not-alike"


def test_runs_of_other_code_are_not_added() -> None:
    one, other = (replace(side(), revision=Revision(sha * 40, sha * 40, "", dirty=False)) for sha in "ab")
    with pytest.raises(Refusal, match=r"b\.json: the baseline was measured at commit aaaaaaaaaaaa, these runs at bbbb"):
        appended(one, other, "b.json")
    same = replace(other, revision=Revision("b" * 40, "a" * 40, "", dirty=False))
    assert len(appended(one, same, "b.json").metrics[NAME].runs) == 12, "another commit of the same tree"
    dirty = replace(one, revision=Revision("a" * 40, "a" * 40, "", dirty=True))
    with pytest.raises(Refusal, match="with uncommitted changes"):
        appended(dirty, same, "b.json")
    assert appended(replace(dirty, metrics={}), same, "b.json").metrics == same.metrics, (
        "nothing was measured with them"
    )


def test_a_warning_is_kept_once() -> None:
    warning = Warning("a", "b", "c")
    doubtful = replace(side(), warnings=(warning,))
    assert appended(doubtful, doubtful, "b.json").warnings == (warning,)


# Binding


def bound(name: str, source: str = NAME, better: str | None = None, unit: str = "second") -> None:
    metric = MetricTable.model_validate({"name": name, "from": source, "better": better})
    row = compare(source, side(name=source, unit=unit), side(name=source, unit=unit), better=metric.better)
    require_fit(metric, row)


@pytest.mark.parametrize(
    ("name", "source", "unit", "said"),
    [
        ("Response time (p95)", NAME, "second", 'from = "bench.x.p95"'),
        ("Parse (min)", NAME, "second", 'from = "bench.x.min"'),
        ("Throughput", NAME, "second", 'say better = "lower"'),
        ("Requests per second", NAME, "second", 'say better = "lower"'),
        ("Response time", "bench.x.ops", "per_second", 'say better = "higher"'),
    ],
)
def test_a_name_that_contradicts_its_metric_is_refused(name: str, source: str, unit: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        bound(name, source, unit=unit)
    assert caught.value.code == "bad-metric"
    assert said in str(caught.value)


def test_names_that_say_nothing_wrong_are_taken() -> None:
    bound("Response time (p95)", "bench.x.p95")
    bound("Parse (MEDIAN, warm)")
    bound("Parse (10 MB)")
    bound("Parse (2024)")
    bound("Throughput", better="lower")
    bound("Throughput", "bench.x.ops", unit="per_second")
    bound("Latency under throughput load")
    bound("Coverage (min)", "coverage.lines", unit="ratio")


def test_statistics_in_brackets() -> None:
    assert list(stated("A (p95)")) == ["p95"]
    assert list(stated("A (p(99), cold)")) == ["p99"]
    assert list(stated("A (95%, min)")) == ["p95", "min"]
    assert list(stated("A (99) [p95] p95")) == []


# Suggestions


METRICS = [
    *(f"bench.test_render_page.{stat}" for stat in ("median", "min", "p95")), "bench.parse.median",
    *(f"bench.http_req_duration.{stat}" for stat in ("p95", "median")), "coverage.lines", "tests.passed",
    "bench.Join.B/op",
]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "best"),
    [
        ("Render page", "bench.test_render_page.median"),
        ("Render page (min)", "bench.test_render_page.min"),
        ("Rendering pages", "bench.test_render_page.median"),
        ("Request duration (p95)", "bench.http_req_duration.p95"),
        ("Line coverage", "coverage.lines"),
        ("Tests passed", "tests.passed"),
        ("Join B/op", "bench.Join.B/op"),
        ("Customer happiness", None),
        ("", None),
    ],
)
def test_metrics_that_a_row_may_be_about(row: str, best: str | None) -> None:
    assert next(iter(candidates(row, METRICS)), None) == best


# The gate


def test_what_got_worse_for_certain() -> None:
    def worse(before: Snapshot, after: Snapshot, **config: object) -> list[str]:
        from phasemetrics.evidence.model import Phase

        return [row.name for row in regressions(Phase("1", before, after), Config.model_validate(config))]

    assert worse(side(1), side(2)) == [NAME]
    assert worse(side(2), side(1)) == []
    assert worse(side(1, count=10, sessions=(10,)), side(2, count=10, sessions=(10,))) == [], (
        "one session proves nothing"
    )
    assert worse(side(1, name="bench.x.stddev"), side(2, name="bench.x.stddev")) == []
    assert worse(side(1, name="bench.x.mean"), side(2, name="bench.x.mean")) == [], "its median speaks for it"
    metric = {"name": "Mean", "from": "bench.x.mean"}
    assert worse(side(1, name="bench.x.mean"), side(2, name="bench.x.mean"), metric=[metric]) == ["bench.x.mean"]
    assert worse(side(failed=0), side(0.1, failed=2)) == [NAME]
    assert worse(side(), side(0.1, failed=2)) == [], "nobody knows how many failed before"
    many = {f"bench.{n}.median": Metric(1.0, "second", runs=around(1.0)) for n in range(40)}
    crowd = [replace(side(centre), metrics={**many, **side(centre).metrics}) for centre in (1, 2)]
    row = {"name": "X", "from": "bench.x"}
    assert worse(crowd[0], crowd[1], metric=[row]) == [NAME], "the gate says what the document does"
    assert worse(side(failed=0, total=1000), side(0.1, failed=2, total=1000)) == [], "too few to stop a build"
    count = [Snapshot(metrics={"tests.failed": Metric(value, "count")}) for value in (0, 1)]
    assert worse(count[0], count[1]) == ["tests.failed"]
