"""All that a document may be told: a text with its origin, or the reason why there is none and what would mend it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measured import AFTER, BEFORE, CARRYING, CONFIG, FILES, change, facts, snapshot
from phasemetrics.config import load
from phasemetrics.errors import UsageError
from phasemetrics.escaping import visible
from phasemetrics.evidence.collecting import Evidence
from phasemetrics.evidence.facts import facts_of
from phasemetrics.evidence.measuring import measure
from phasemetrics.evidence.model import Kind, Metric, Phase, Snapshot
from phasemetrics.settings import Config
from phasemetrics.units import parse_quantity
from phasemetrics.value import Gate, Lookup, Origin, Value
from sample_project import BASE, SampleProject, coverage_total, git, pytest_summary

TWO_SPEEDS = replace(AFTER, metrics={**AFTER.metrics, "bench.test_write.median": Metric(1.0, "second")})
OTHER_MACHINE = replace(AFTER, machine=replace(AFTER.machine, cpu="Other CPU"))  # type: ignore[type-var]


def having(base: Snapshot, **metrics: Metric | None) -> Snapshot:
    """Return a snapshot with other metrics: `tests__passed=…`, None for one that is to go."""
    merged = {**base.metrics, **{name.replace("__", "."): metric for name, metric in metrics.items()}}
    return replace(base, metrics={name: metric for name, metric in merged.items() if metric is not None})


def count(number: int) -> Metric:
    return Metric(number, "count")


NO_TESTS = having(AFTER, **{name.replace(".", "__"): count(0) for name in AFTER.metrics if name.startswith("tests.")})
NO_STATEMENTS = replace(having(AFTER, coverage__lines=None, coverage__total=None), coverage=())
SPEED = "bench__test_parse__median"
NO_NUMBER = having(AFTER, **{SPEED: Metric(float("nan"), "second", runs=(float("nan"),))})
ZERO = having(BEFORE, **{SPEED: Metric(0.0, "second", runs=(0.0,) * 6)})
SITUATIONS: dict[str, tuple[Snapshot | None, Snapshot | None, Config]] = {
    "all": (BEFORE, AFTER, CONFIG),
    "no configuration": (BEFORE, AFTER, Config()),
    "nothing": (None, None, CONFIG),
    "nothing at all": (None, None, Config()),
    "no baseline": (None, AFTER, CONFIG),
    "no end": (BEFORE, None, CONFIG),
    "no tests read": (BEFORE, snapshot(without=("junit",), files=FILES), CONFIG),
    "no coverage read": (BEFORE, snapshot(without=("coverage",), files=FILES), CONFIG),
    "no benchmark read": (snapshot(without=("bench",)), snapshot(without=("bench",)), Config()),
    "nothing read": (Snapshot(), Snapshot(), CONFIG),
    "no base": (BEFORE, snapshot(), CONFIG),
    "no difference": (BEFORE, snapshot(files=()), CONFIG),
    "zero tests": (NO_TESTS, NO_TESTS, Config()),
    "no statements": (BEFORE, NO_STATEMENTS, CONFIG),
    "two benchmarks": (BEFORE, TWO_SPEEDS, Config()),
    "other machine": (BEFORE, OTHER_MACHINE, CONFIG),
    "no number": (BEFORE, NO_NUMBER, CONFIG),
    "zero before": (ZERO, AFTER, CONFIG),
    "all that is opted in": (BEFORE, AFTER, CARRYING),
}

CODE = "[a-z]+(-[a-z]+)*"
# What may stand in a document where a fact answers to it: a label, a path, a bound, and what no one expects.
ASKED = ("Happy path scenarios", "internal/parser/core.py", ">= 80%", "< 100 ms", "", " ", "\u202e`|\n", "x" * 500)


def leaves(tree: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every end of the facts with what a template would call it; what a document asks for is asked for here."""
    if isinstance(tree, Lookup):
        for text in ASKED:
            yield from leaves(tree[text], f"{path}[]")
    elif isinstance(tree, dict):
        for name, inner in tree.items():
            yield from leaves(inner, f"{path}.{name}".lstrip("."))
    elif isinstance(tree, list):
        for inner in tree:
            yield from leaves(inner, f"{path}[]")
    else:
        yield path, tree


def whole(tree: dict[str, Any]) -> None:
    """Assert that each end of the facts is a text that can be printed, or a reason."""
    for path, value in leaves(tree):
        if path.endswith(".aliases"):
            assert isinstance(value, tuple)
            continue
        if isinstance(value, Gate):
            decided = value.holds is not None
            assert value.said, path
            assert re.fullmatch("" if decided else CODE, value.code), path
            continue
        assert isinstance(value, Value), path
        if value.text is None:
            assert value.reason, path
            assert re.fullmatch(CODE, value.code), path
        else:
            assert (value.text != "", value.code, value.reason) == (True, "", ""), path
            assert visible(value.text, 10_000) == value.text, path


def absent(value: Value, code: str, *words: str) -> None:
    assert (value.text, value.code) == (None, code)
    said = f"{value.reason}; {value.mend}"
    assert [word for word in words if word not in said] == []


def only_row(before: Snapshot | None, after: Snapshot | None, **row: Any) -> dict[str, Value]:
    """Return the one row of a table; the parser's speed unless `source` names another metric."""
    row = {"name": "A", "from": row.pop("source", "bench.test_parse.median"), **row}
    (found,) = facts(before, after, Config.model_validate({"metric": [row]}))["metrics"]
    return dict(found)


def texts(row: dict[str, Value], *names: str) -> list[str | None]:
    return [row[name].text for name in names]


@pytest.mark.parametrize("situation", SITUATIONS)
def test_every_end_is_a_text_or_a_reason(situation: str) -> None:
    found = facts(*SITUATIONS[situation])
    whole(found)
    # A template may name any of them, so what is not known is there as well.
    everything = {path.partition("[]")[0] for path, _ in leaves(facts())}
    lists = {f"{root}.{name}" for root in ("files", "key_files", "dependencies", "tests") for name in found[root]}
    listed = {"metrics", "coverage.files", *lists}
    assert {path.partition("[]")[0] for path, _ in leaves(found)} | listed == everything | listed


@given(st.sets(st.sampled_from(sorted(BEFORE.metrics))), st.sets(st.sampled_from(sorted(AFTER.metrics))), st.booleans())
def test_whatever_is_not_measured_is_said_to_be(before: set[str], after: set[str], configured: bool) -> None:
    ends = [
        replace(end, metrics={name: end.metrics[name] for name in end.metrics if name not in gone})
        for end, gone in ((BEFORE, before), (AFTER, after))
    ]
    found = facts(ends[0], ends[1], CONFIG if configured else Config())
    whole(found)
    for side, gone in (("before", before), ("after", after)):
        for name in ("total", "passed", "failed", "errors", "skipped", "xfailed", "xpassed", "flaky"):
            known = not {f"tests.{name}", "tests.total"} & gone
            assert (found[side]["tests"][name].text is not None) == known


@given(st.text(st.characters(exclude_categories=()), min_size=1), st.text(min_size=1).filter(str.strip))
def test_text_from_reports_is_made_visible(name: str, other: str) -> None:
    metrics = {**having(AFTER, **{SPEED: None}).metrics, f"bench.{name}.median": Metric(1.0, "second")}
    covered = replace(AFTER.coverage[0], path=name)
    after = snapshot(files=(change(name, "created"),), coverage=(covered,), date=f"2{name}")
    after = replace(after, metrics=metrics)
    whole(facts(after, after, Config()))
    assert facts(after, after, Config())["after"]["performance"].text == "1.00 s"
    whole(
        facts(after, after, Config.model_validate({"metric": [{"name": f"A{other}", "from": f"bench.{other}.median"}]}))
    )


@pytest.mark.parametrize(
    ("situation", "path", "code", "words"),
    [
        (
            "no baseline",
            "before.tests.passed",
            "no-baseline",
            ["for phase 3", "phasemetrics baseline -p 3", "--before"],
        ),
        ("no baseline", "change.headline", "no-baseline", ["phasemetrics baseline"]),
        ("no end", "after.coverage.total", "no-evidence", ["phasemetrics fill"]),
        ("no end", "files.created", "no-evidence", []),
        ("no tests read", "after.tests.summary", "no-tests", ["--junit"]),
        ("no tests read", "suites.unit.total", "no-tests", ["--junit"]),
        ("no coverage read", "after.coverage.total", "no-coverage", ["--coverage"]),
        ("no coverage read", "coverage.files", "no-coverage", ["--coverage"]),
        ("no benchmark read", "after.performance", "no-benchmark", ["--bench"]),
        ("no base", "counts.modified", "no-base", ["--base"]),
        ("no base", "files.documents", "no-base", ["--base"]),
        ("zero tests", "after.tests.total", "zero-tests", []),
        ("zero tests", "after.headline", "no-headline", []),
        ("no statements", "after.coverage.lines", "no-statements", []),
        ("two benchmarks", "after.performance", "no-headline", ["2 benchmarks", 'from = "bench.test_parse.median"']),
        ("no configuration", "metrics", "not-configured", ["[[metric]]"]),
        ("no configuration", "phase.name", "not-configured", ["[phase.3]"]),
    ],
)
def test_reasons(situation: str, path: str, code: str, words: Sequence[str]) -> None:
    found: Any = facts(*SITUATIONS[situation])
    for part in path.split("."):
        found = found[part]
    absent(found, code, *words)


def test_the_rows_of_a_table() -> None:
    speed, coverage, tests = facts()["metrics"]
    names = ("name", "before", "after", "improvement", "target", "expected", "status")
    gain = "+26.0% median (p=0.002, n=6+6)"
    assert texts(speed, *names) == ["Parse large file", "412 ms", "305 ms", gain, "<= 320 ms", "+22.3%", "✅"]
    assert texts(coverage, *names) == ["Coverage", "78.4%", "84.6%", "+6.2 pp", ">= 90%", "+11.6 pp", "⚠️"]
    assert texts(tests, *names) == ["Tests passing", "118", "146", "+28", ">= 100", "-18", "✅"]
    assert {row["status"].choice for row in (speed, coverage, tests)} == {True}
    numbers = [row["numbers"].text for row in (speed, coverage, tests)]
    assert numbers == [f"412 ms → 305 ms ({gain})", "78.4% → 84.6% (+6.2 pp)", "118 → 146 (+28)"]
    assert speed["measured"].text == "2026-10-30"
    assert speed["after"].origin == Origin("build/bench.x", "a" * 64, "3" * 40)
    assert coverage["before"].origin == Origin("build/coverage.x", "a" * 64, "1" * 40)


@pytest.mark.parametrize(
    ("runs", "target", "glyph"),
    [
        ((0.305,) * 6, "<= 320 ms", "✅"),
        ((0.305,) * 6, "<= 300 ms", "⚠️"),
        ((0.305,) * 6, "<= 200 ms", "❌"),
        ((0.305,), "<= 320 ms", "⚠️"),
        ((0.305,) * 3, "<= 320 ms", "⚠️"),
        ((0.305,), "<= 200 ms", "❌"),
    ],
)
def test_status(runs: tuple[float, ...], target: str, glyph: str) -> None:
    assert only_row(BEFORE, snapshot(parse=runs), target=target)["status"].text == glyph
    assert only_row(BEFORE, snapshot(parse=runs[:1]))["status"].text != "✅"


def test_a_metric_that_nobody_measured() -> None:
    row = only_row(BEFORE, AFTER, source="bench.test_pars.median", target="<= 1 s")
    for name in ("before", "after", "improvement", "numbers", "expected", "status", "measured"):
        absent(row[name], "no-metric", "bench.test_pars.median", "did you mean `bench.test_parse.median`?")
    absent(only_row(BEFORE, AFTER, source="zzz")["after"], "no-metric", "phasemetrics collect")
    absent(only_row(BEFORE, AFTER)["target"], "no-target", "target = ")


@pytest.mark.parametrize("after", [AFTER, having(AFTER, tests__passed=None), None])
def test_a_target_in_another_unit_is_wrong_usage(after: Snapshot | None) -> None:
    with pytest.raises(UsageError, match=r"tests\.passed is a count") as caught:
        only_row(BEFORE, after, source="tests.passed", target="<= 3 ms")
    assert (caught.value.code, caught.value.exit_code) == ("bad-target", 2)


def test_another_machine_is_not_compared() -> None:
    found = facts(BEFORE, OTHER_MACHINE)
    said = "not comparable: CPU differs (Test CPU → Other CPU)"
    assert texts(found["metrics"][0], "before", "after", "improvement", "status") == ["412 ms", "305 ms", said, "⚠️"]
    assert found["change"]["headline"].text == said
    assert found["after"]["performance"].note == "CPU differs (Test CPU → Other CPU)"
    assert found["metrics"][1]["improvement"].text == "+6.2 pp", "lines do not run"


def test_benchmarks_are_listed_once_by_name() -> None:
    more = {f"bench.a.b[{number}].{stat}": Metric(1.0, "second") for number in range(60) for stat in ("mean", "median")}
    found = facts(after=TWO_SPEEDS)["benchmarks"]
    assert [row["name"].text for row in found] == ["test_parse", "test_write"]
    assert found[0]["name"].origin == Origin("build/bench.x", "a" * 64, "3" * 40)
    many = facts(after=replace(AFTER, metrics=more))["benchmarks"]
    assert (many[0]["name"].text, len(many)) == ("a.b[0]", 50)
    absent(facts(after=snapshot(without=("bench",)))["benchmarks"], "no-benchmark", "--bench")
    absent(facts(after=None)["benchmarks"], "no-evidence")


def test_a_baseline_of_zero_and_a_value_that_is_no_number() -> None:
    row = only_row(ZERO, AFTER, target="<= 1 s")
    assert texts(row, "before", "improvement") == ["0.000 s", "n/a (baseline 0)"]
    absent(row["expected"], "baseline-zero")
    failed = only_row(BEFORE, NO_NUMBER)
    assert texts(failed, "before", "after", "improvement", "status") == ["412 ms", None, None, None]


def test_errors_are_never_hidden() -> None:
    tests = facts(after=having(AFTER, tests__errors=count(3), tests__xfailed=count(2)))["after"]["tests"]
    assert texts(tests, "failed_words", "summary") == ["3 errors and 0 failed", "3 errors, 146 passed"]
    assert tests["passed_words"] == Value("146 passed", tests["total"].origin, note="the report also counts 2 xfailed")
    both = facts(after=having(AFTER, tests__errors=count(1), tests__failed=count(2)))["after"]["tests"]
    assert texts(both, "failed_words", "summary") == ["1 error and 2 failed", "2 failed, 1 error, 146 passed"]
    fine = facts()["after"]["tests"]
    assert texts(fine, "failed_words", "skipped_words", "summary") == ["0 failed", "1 skipped", "146 passed"]


def measured(root: Path, base: str | None = None) -> Snapshot:
    reports: dict[Kind, tuple[str, ...]] = {"junit": ("build/junit.xml",), "coverage": ("build/coverage.json",)}
    return measure(Evidence(root, {**reports, "bench": ("build/bench-*.json",)}, base)).snapshot


@pytest.fixture(scope="module", name="real")
def _real(sample_before: Path, sample_after: Path) -> dict[str, Any]:
    phase = Phase("3", measured(sample_before), measured(sample_after, BASE))
    return facts_of(phase, load(sample_after).config, "no baseline")


@pytest.mark.parametrize("side", ["before", "after"])
def test_tests_and_coverage_of_a_project(real: dict[str, Any], side: str, request: pytest.FixtureRequest) -> None:
    whole(real)
    root: Path = request.getfixturevalue(f"sample_{side}")
    tests, said = real[side]["tests"], pytest_summary(SampleProject(root))
    assert {name: int(tests[name].text) for name in said} == said
    assert int(tests["total"].text) == sum(said.values())
    percent = json.loads((root / "build" / "coverage.json").read_bytes())["totals"]["percent_covered"]
    assert real[side]["coverage"]["total"].text == f"{percent:.1f}%"
    assert coverage_total(SampleProject(root)) == f"{percent:.0f}%"


def test_files_and_lines_of_a_real_project(real: dict[str, Any], sample_after: Path) -> None:
    project = SampleProject(sample_after)
    said = re.findall(r"\d+", git(project, "diff", "--shortstat", BASE, "HEAD"))
    statuses = {"created": "A", "modified": "MR", "deleted": "D"}
    assert sum(int(real["counts"][status].text) for status in statuses) == int(said[0])
    assert texts(real["lines"], "added", "deleted") == said[1:]
    for status, letters in statuses.items():
        names = git(project, "diff", "--name-only", f"--diff-filter={letters}", BASE, "HEAD").splitlines()
        assert [one["path"].text for one in real["files"][status]] == names
        assert real["counts"][status].text == str(len(names))
    assert texts(real["phase"], "date", "actual_days", "variance") == ["2026-10-15", "11", "+1"]


def test_times_of_a_real_project(real: dict[str, Any], sample_before: Path, sample_after: Path) -> None:
    for row, name in zip(real["metrics"], ("test_total_two_years", "test_read_two_years"), strict=False):
        for side, root in (("before", sample_before), ("after", sample_after)):
            benchmarks = json.loads((root / "build" / "bench-1.json").read_bytes())["benchmarks"]
            (median,) = [one["stats"]["median"] for one in benchmarks if one["name"] == name]
            shown = parse_quantity(row[side].text)
            assert shown is not None
            assert abs(shown.value - Decimal(repr(median))) <= shown.step / 2
        assert row["improvement"].text.endswith("(1 run each, not tested)")
        assert row["status"].text != "✅"
