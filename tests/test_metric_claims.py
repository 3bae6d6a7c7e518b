"""Numbers that a document states for configured metrics: found by name, with unit and end, and held against runs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from journey import files_of, phasemetrics, succeed
from measured import AFTER, BEFORE, CONFIG, LATER, facts
from phasemetrics.adopting import Adoption, Taking
from phasemetrics.claiming import Held, held
from phasemetrics.claims.finding import statements
from phasemetrics.config import Project
from phasemetrics.document.ledger import Ledger
from phasemetrics.document.markdown import parse
from phasemetrics.document.plan import Plan
from phasemetrics.evidence.model import Phase, Snapshot
from phasemetrics.settings import Config, MetricTable
from phasemetrics.templates import builtin, wordings
from stating import in_words

NAME = "docs/notes.md"
MORE = (
    {"name": "Render tests", "from": "tests.passed"},
    {"name": "p95_latency", "from": "bench.test_serve.median", "aliases": ["p95 latency"]},
    {"name": "Latency", "from": "bench.test_serve.max"},
    {"name": "Lines added", "from": "lines.added"},
    {"name": "Twice", "from": "tests.total"},
    {"name": "Twice", "from": "tests.failed"},
)
METRICS = (*CONFIG.metric, *map(MetricTable.model_validate, MORE))
BOOK = wordings({}, METRICS)


def said(text: str) -> list[str]:
    """Return what a document states, without `metric:Parse large file`: `after =12.1 ms`, `Coverage after =84.6%`."""
    found = []
    for one in statements(parse(text), "3", BOOK):
        words = in_words(one).removeprefix("metric:").removeprefix("Parse large file ")
        found.append(f"{words} {one.unit}".strip())
    return found


@pytest.mark.parametrize(
    ("line", "stated"),
    [
        ("- **Parse large file**: 12.1 ms", ["after =12.1 ms"]),
        ("**Parse large file:** **12.1** ms", ["after =12.1 ms"]),
        ("* parse  LARGE file = 12.1ms", ["after =12.1 ms"]),
        ("- `Parse large file` — `12.1 ms`", ["after =12.1 ms"]),
        ("1. [Parse large file](bench.md#parse): 12.1 ms", ["after =12.1 ms"]),
        ("- ⚡ _Parse large file_ (ms): 1,012", ["after =1012 ms"]),
        ("- Performance: Parse large file 12.1 ms", ["after =12.1 ms"]),
        ("Parse large file: 15 ms → 12.1 ms (-19%)", [
            "before =15 ms", "after =12.1 ms", "change =19% (whole 15 ms → 12.1 ms)",
        ]),
        ("Parse large file: 15 -> 12.1 ms (19% faster)", [
            "before =15 ms", "after =12.1 ms", "change =19% (whole 15 ms → 12.1 ms)",
        ]),
        ("Parse large file: improved from 1.5 s to 900 ms", ["before =1.5 s", "after =900 ms"]),
        ("Parse large file: 12.1 ms (was 15 ms)", ["after =12.1 ms", "before =15 ms"]),
        ("Parse large file: was 15 ms, now 12.1 ms", ["before =15 ms", "after =12.1 ms"]),
        ("Parse large file before: 15 ms", ["before =15 ms"]),
        ("Parse large file: 15 ms (baseline)", ["before =15 ms"]),
        ("Parse large file: 12.1 ms vs 15 ms before", ["after =12.1 ms", "before =15 ms"]),
        ("Parse large file: 12.1 ms vs 15 ms", ["unknown =12.1 ms", "unknown =15 ms"]),
        ("Parse large file: 12.1 ms (target: <= 10 ms)", ["after =12.1 ms", "target <=10 ms"]),
        ("Parse large file: 12.1 ms, target 10 ms", ["after =12.1 ms", "target =10 ms"]),
        ("Parse large file: < 15 ms", ["target <15 ms"]),
        ("- [ ] Parse large file: 10 ms", ["target =10 ms"]),
        ("- [x] Parse large file: 10 ms", ["after =10 ms"]),
        ("Parse large file: ~12 ms", ["after ~12 ms"]),
        ("Parse large file: 12+ ms", ["after >=12 ms"]),
        ("Parse large file: 12-13 ms", ["after range12-13 ms"]),
        ("Parse large file: 12.1 ms ± 0.3 ms", ["after =12.1 ms"]),
        ("Parse large file: 12.1 ± 0.3 ms (n=6)", ["after =12.1 ms"]),
        ("12.1 ms for Parse large file", ["after =12.1 ms"]),
        ("It is 12.1 ms for the **Parse large file**.", ["after =12.1 ms"]),
        ("Coverage: 84.6%, Parse large file: 12.1 ms", ["Coverage after =84.6%", "after =12.1 ms"]),
        ("Coverage: 78% → 84.6% (+6.6 pp)", [
            "Coverage before =78%", "Coverage after =84.6%", "Coverage change =6.6 (whole 78 % → 84.6 %) pp",
        ]),
        ("Coverage: 6% improvement", ["Coverage change =6%"]),
        ("Render tests: 12", ["Render tests after =12"]),
        ("- p95 latency: 3.2 ms", ["p95_latency after =3.2 ms"]),
        ("- `p95_latency`: 3.2 ms", ["p95_latency after =3.2 ms"]),
        # Something beside the number may narrow it.
        ("Parse large file: 12.1 ms on Windows", ["after =12.1 (part) ms"]),
        ("Parse large file: 12.1 ms (cold cache)", ["after =12.1 (part) ms"]),
        ("Windows has 12.1 ms for Parse large file", ["after =12.1 (part) ms"]),
        # A part and its whole: the words say which, and they count what they always do.
        ("Tests passing: 30/31", ["tests.passed after =30", "tests.total after =31"]),
    ],
)  # fmt: skip
def test_a_metric_is_found_by_its_name(line: str, stated: list[str]) -> None:
    assert said(f"## Results\n\n{line}\n") == stated


@pytest.mark.parametrize(
    "line",
    [
        "- Parse large files: 12.1 ms",
        "- Reparse large file: 12.1 ms",
        "- parse_large_file: 12.1 ms",
        "- Parse large file (cold): 12.1 ms",
        "- Parse large file p95: 12.1 ms",
        "- Parse large file: 12.1 ms/op",
        "- Parse large file: 3 of them",
        "- Parse large file: fast",
        "- Parse large file: 95% confidence",
        "- We parse large file after large file: 12.1 ms",
        "- 12.1 ms for Parse large file, 3 ms for Coverage",
        "- 15 ms, 12.1 ms for Parse large file",
        "- Twice: 3",
    ],
)
def test_what_only_resembles_a_name_is_no_metric(line: str) -> None:
    assert not [one for one in statements(parse(f"## Results\n\n{line}\n"), "3", BOOK) if one.family == "metric"]


def test_columns_are_read_by_the_roles_of_their_heads() -> None:
    table = "| Benchmark | Before | After | Change | Target | Windows |\n|---|---|---|---|---|---|\n"
    rows = (
        "| **Parse large file** | 15.0 ms | ~12.1 ms | -19% | 10 ms | 30 ms |\n| Parse a file | 1 ms | 2 ms | | | |\n"
    )
    assert said(f"## Performance\n\n{table}{rows}") == [
        "before =15.0 ms", "after ~12.1 ms", "change =19% (whole 15.0 ms → 12.1 ms)", "target =10 ms",
    ]  # fmt: skip


def test_a_unit_may_stand_in_the_head_or_in_the_label() -> None:
    heads = (
        "| # | Benchmark | Phase 2 (ms) | Phase 3 (ms) |\n|---|---|---|---|\n| 1 | `Parse large file` | 15.0 | 12.1 |\n"
    )
    assert said(heads) == ["before =15.0 ms", "after =12.1 ms"]
    label = "| Metric | Value |\n|---|---|\n| Parse large file (µs) | 1,210 |\n| Coverage (%) | 84.6 |\n"
    assert said(label) == ["after =1210 µs", "Coverage after =84.6%"]


def test_a_number_right_behind_its_row_needs_no_head_but_a_head_may_narrow_it() -> None:
    table = "| | {} |\n|---|---|\n| Parse large file | 12.1 ms |\n"
    assert said(table.format("Median time")) == ["after =12.1 ms"]
    assert said(table.format("Mean")) == ["after =12.1 (part) ms"]  # the metric is a median


def test_a_drawn_block_is_read_and_columns_without_heads_are_not_told_apart() -> None:
    lines = "Parse large file    12.1 ms\nCoverage ....... 84.6%\nTests passing\t146\n| Parse large file | 12.1 ms |\n"
    assert said(f"## Results\n\n```\n{lines}```\n") == [
        "after =12.1 ms", "Coverage after =84.6%", "Tests passing after =146", "after =12.1 ms",
    ]  # fmt: skip
    assert said("```\nParse large file  15.0 ms  12.1 ms\n```\n") == ["unknown =15.0 ms", "unknown =12.1 ms"]
    assert said("```python\nParse large file: 12.1 ms\n```\n") == []


def test_only_a_name_that_is_unmistakable_means_the_metric_under_any_heading() -> None:
    lines = "- Parse large file: 12 ms\n- Latency: 3 ms\n- Coverage: 84%\n"
    assert said(f"## Performance\n\n{lines}") == ["after =12 ms", "Latency after =3 ms", "Coverage after =84%"]
    assert said(f"## Lexer\n\n{lines}") == [
        "after =12 ms", "Latency after =3 (part) ms", "Coverage after =84% (part)",
    ]  # fmt: skip
    assert said("## Phase 2\n\n- Parse large file: 12 ms\n") == ["after =12 (other) ms"]
    assert said("**Windows:**\n\n- Parse large file: 12 ms\n") == ["after =12 (part) ms"]
    assert said("**Before:**\n\n- Parse large file: 12 ms\n") == ["before =12 ms"]


def test_a_number_of_one_file_stays_the_file_s() -> None:
    assert said("- `src/a.py` Coverage: 80%\n") == ["coverage after =80% (file src/a.py)"]


def answers(text: str, before: Snapshot | None = BEFORE, after: Snapshot | None = AFTER) -> list[Held]:
    [found] = held(Path(__file__).parent, Phase("3", before, after), [parse(f"## Results\n\n{text}\n")], BOOK)
    return list(found)


def agrees(text: str, before: Snapshot | None = BEFORE, after: Snapshot | None = AFTER) -> bool | None:
    """Return what is said of the last number of a line."""
    return answers(text, before, after)[-1].answer.agrees


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        # 305 ms, in six runs from 301 to 308; 412 ms before
        ("Parse large file: 305 ms", True),
        ("Parse large file: 0.305 s", True),
        ("Parse large file: 0.30 s", True),  # cut
        ("Parse large file: 0.31 s", True),  # rounded
        ("Parse large file: 301.5 ms", True),  # between the runs
        ("Parse large file: 309 ms", False),
        ("Parse large file: 300 ms", False),
        ("Parse large file: 305 s", False),
        ("Parse large file: ~320 ms", True),
        ("Parse large file: ~400 ms", False),
        ("Parse large file: 300+ ms", True),
        ("Parse large file: 310+ ms", False),
        ("Parse large file: 300-310 ms", True),
        ("Parse large file: 310-320 ms", False),
        ("Parse large file: < 310 ms", None),
        ("Parse large file: 3 MB", None),
        ("Parse large file: 15 ms on Windows", None),
        ("Parse large file: 305 ms (was 412 ms)", True),
        ("Parse large file: 305 ms (was 305 ms)", False),
        ("p95 latency: 3 ms", None),  # not measured
        ("Coverage: 84.6%", True),
        ("Coverage: 85%", True),
        ("Coverage: 86%", False),
        ("Coverage: 79%", None),  # one file
        ("Tests passing: 146", True),
        ("Tests passing: 145", False),
        ("Tests passing: 118", None),  # the other end
        ("Render tests: 12", None),  # so few may be a part
        ("Render tests: 140", False),
        ("Lines added: 557", True),
        ("Lines added: 556", False),
        # Changes
        ("Parse large file: -26%", True),
        ("Parse large file: 26.0% faster", True),
        ("Parse large file: 35% faster", True),  # 412 / 305
        ("Parse large file: -19%", False),
        ("Parse large file: -107 ms", True),
        ("Parse large file: -120 ms", None),
        ("Parse large file: 0.4 s → 0.3 s (-25%)", True),  # of the printed values
        ("Parse large file: 0.4 s → 0.3 s (-30%)", False),
        ("Parse large file: 410 ms → 302 ms (-26.3%)", True),  # of numbers that are true
        ("Coverage: +6.2 pp", True),
        ("Coverage: +7.9%", True),
        ("Coverage: +9%", None),
        ("Tests passing: +28", True),
        ("Tests passing: +30", False),
    ],
)
def test_a_number_is_held_against_the_source_of_its_metric(line: str, expected: bool | None) -> None:
    assert agrees(line) is expected


def with_runs(snapshot: Snapshot, *runs: float) -> Snapshot:
    metric = replace(snapshot.metrics["bench.test_parse.median"], value=runs[0], runs=runs if len(runs) > 1 else ())
    return replace(snapshot, metrics={**snapshot.metrics, "bench.test_parse.median": metric})


def test_few_runs_tell_nothing_nearer_than_the_tolerance() -> None:
    once = with_runs(AFTER, 0.1)
    assert agrees("Parse large file: 100 ms", after=once) is True
    assert agrees("Parse large file: 102.9 ms", after=once) is None
    assert agrees("Parse large file: 103.9 ms", after=once) is False
    thrice = with_runs(AFTER, 0.1, 0.099, 0.101)
    assert agrees("Parse large file: 102.9 ms", after=thrice) is None
    often = with_runs(AFTER, 0.1, 0.099, 0.101, 0.1)
    assert agrees("Parse large file: 102.9 ms", after=often) is False


def test_the_tolerance_is_that_of_the_metric() -> None:
    metrics = tuple(one.model_copy(update={"tolerance": "10%"}) for one in CONFIG.metric)
    book = wordings({}, metrics)
    phase = Phase("3", BEFORE, with_runs(AFTER, 0.1))
    [[one]] = held(Path(__file__).parent, phase, [parse("Parse large file: 109 ms\n")], book)
    assert one.answer.agrees is None
    assert one.answer.why == "Parse large file 100 ms was measured, and 1 run tells no nearer than 10%"


def test_nothing_is_told_without_evidence_or_across_machines() -> None:
    assert agrees("Parse large file: 412 ms → 999 ms", after=None) is None
    assert agrees("Parse large file: 305 ms (-26%)", before=None) is None
    assert BEFORE.machine is not None
    elsewhere = replace(BEFORE, machine=replace(BEFORE.machine, cpu="Another CPU"))
    assert agrees("Parse large file: 412 ms → 999 ms", before=elsewhere) is None
    assert agrees("Parse large file: 412 ms → 305 ms (-26%)", before=elsewhere) is None
    assert agrees("Parse large file: 305 ms", before=elsewhere) is True  # what was recorded is still what was recorded
    assert agrees("Tests passing: 145", before=elsewhere) is False  # a machine changes no count


def test_a_metric_has_its_alias_before_the_phase() -> None:
    named = [{"name": "Parse", "from": "bench.test_parse_all.median", "aliases": ["test_parse"]}]
    metrics = {**AFTER.metrics, "bench.test_parse_all.median": AFTER.metrics["bench.test_parse.median"]}
    book = wordings({}, Config.model_validate({"metric": named}).metric)
    phase = Phase("3", BEFORE, replace(AFTER, metrics=metrics))
    [found] = held(Path(__file__).parent, phase, [parse("Parse: 412 ms → 305 ms\n\ntest_parse: 305 ms\n")], book)
    assert [one.answer.agrees for one in found] == [True, True, True]


def taken(text: str, ledger: Ledger | None = None, ends: tuple[Snapshot | None, Snapshot] = (BEFORE, AFTER)) -> Plan:
    taking = Taking(Project(root=Path(__file__).parent, config=CONFIG, origin=None), Phase("3", *ends), builtin())
    adoption = Adoption() if ledger is None else None
    return taking.planned(text, facts(*ends), ledger or Ledger(), adoption, "notes.md")


@pytest.mark.parametrize(
    ("line", "later"),
    [
        # 300 ms, 86.0 % and 150 tests later
        ("- **Parse large file**: **305 ms** ✅", "- **Parse large file**: **300 ms** ✅"),
        ("Parse large file: 0.305s", "Parse large file: 0.300s"),
        ("Parse large file: 412 ms → 305 ms (-26%)", "Parse large file: 412 ms → 300 ms (-27%)"),
        ("Parse large file: 0.412 s → 305 ms (+26.0%)", "Parse large file: 0.412 s → 300 ms (+27.2%)"),
        ("Parse large file: 412 ms → 305 ms (26% faster)", "Parse large file: 412 ms → 300 ms (27% faster)"),
        ("Parse large file: 412 ms → 305 ms (35% faster)", "Parse large file: 412 ms → 300 ms (37% faster)"),
        ("Parse large file: 412 ms → 305 ms (−107 ms)", "Parse large file: 412 ms → 300 ms (−112 ms)"),
        ("Coverage: 78.4% → 85% (+6.6 pp)", "Coverage: 78.4% → 86% (+7.6 pp)"),
        ("Tests passing: 118 → 146 (+28)", "Tests passing: 118 → 150 (+32)"),
        ("Parse large file: 305 ms (target: 320 ms)", "Parse large file: 300 ms (target: 320 ms)"),
    ],
)
def test_a_number_that_was_taken_over_is_written_as_it_stands_there(line: str, later: str) -> None:
    text = f"## Results\n\n{line}\n"
    first = taken(text)
    assert first.text == text
    assert taken(text, first.ledger, (BEFORE, LATER)).text == f"## Results\n\n{later}\n"


def test_a_gain_is_not_made_a_loss() -> None:
    text = "Parse large file: 412 ms → 305 ms (26% faster)\n"
    slower = taken(text, taken(text).ledger, (BEFORE, with_runs(AFTER, 0.5, 0.51, 0.5, 0.49)))
    assert "(26% faster)" in slower.text
    assert [one.code for one in slower.fillings if one.old == "26"] == ["cannot-tell"]


def test_a_number_between_the_runs_is_not_taken_over_by_itself() -> None:
    assert not taken("Parse large file: 307 ms\n").ledger.entries


def measured(root: Path, end: str, name: str) -> float:
    found: Mapping[str, Any] = json.loads((root / f".phasemetrics/phases/3/{end}.json").read_text("utf-8"))["metrics"]
    return float(found[name]["value"])


def test_check_says_both_sides_and_changes_nothing(project: Path) -> None:
    name = "bench.test_total_two_years.median"
    before, after = (1000 * measured(project, end, name) for end in ("baseline", "end"))
    passed = int(measured(project, "end", "tests.passed"))
    assert before > 10 * after  # the sample was made so
    (project / NAME).write_text(
        f"# Notes\n\n## Performance\n\n- **Total two years**: {after:.3f} ms\n- Total two years: {after * 2:.3f} ms\n"
        f"- Total two years: {before:.2f} ms → {after:.3f} ms ({100 * (after - before) / before:.1f}%)\n"
        f"- Total two years: {after:.3f} ms (target: <= 5 ms)\n- Total two years: 12 ms on Windows\n\n"
        f"## Results\n\n| Metric | Before | After |\n|---|---|---|\n| Total two years | {before / 3:.1f} ms | |\n"
        f"| Tests passing | | {passed} |\n| Coverage | | 12.3% |\n",
        encoding="utf-8",
    )
    untouched = files_of(project)
    ended = phasemetrics(project, "check", "-p", "3", "--json", NAME)
    assert ended.code == 1
    assert files_of(project) == untouched
    told = json.loads(ended.out)["documents"][0]["fillings"]
    states = [(one["line"], one["claim"]["subject"].removeprefix("metric:"), one["state"], one["code"]) for one in told]
    wrong, right, unsure = ("kept", "total-claim"), ("agrees", None), ("kept", "cannot-tell")
    speed = "Total two years"
    assert states == [
        (5, speed, *right), (6, speed, *wrong), (7, speed, *right), (7, speed, *right), (7, speed, *right),
        (8, speed, *right), (8, speed, *unsure), (9, speed, *unsure), (15, speed, *wrong),
        (16, "Tests passing", *right), (17, "Coverage", *wrong),
    ]  # fmt: skip
    assert [one["claim"]["side"] for one in told[2:5]] == ["before", "after", "change"]
    assert f"says Total two years {after * 2:.3f} ms, the evidence says Total two years " in told[1]["message"]
    assert all(len(one["evidence"]["commit"]) == 40 for one in told if one["state"] == "agrees")


def test_a_metric_is_taken_over_and_goes_back(project: Path) -> None:
    value = 1000 * measured(project, "end", "bench.test_total_two_years.median")
    text = f"# Notes\n\n- Total two years: {value * 3:.2f} ms\n"
    (project / NAME).write_text(text, encoding="utf-8")
    succeed(project, "fill", "-p", "3", NAME, "--adopt", "3")
    assert (project / NAME).read_text("utf-8") == f"# Notes\n\n- Total two years: {value:.2f} ms\n"
    assert phasemetrics(project, "check", "-p", "3", NAME).code == 0
    succeed(project, "reset", NAME)
    assert (project / NAME).read_text("utf-8") == text
