"""The table of a phase: its rows in order, verdicts in the contract's words, and what the phase is called."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measured import AFTER, BEFORE, CONFIG, FILES, LATER, facts, snapshot
from phasemetrics.errors import UsageError
from phasemetrics.evidence.facts import facts_of
from phasemetrics.evidence.identity import neighbours
from phasemetrics.evidence.model import Metric, Phase, Snapshot, Warning
from phasemetrics.evidence.verdict import Verdict
from phasemetrics.settings import Config
from phasemetrics.summary import Row, rows_of

VERDICTS = {
    *("improved", "regressed", "changed", "no-significant-change", "unchanged", "too-few-runs", "single-measurement"),
    *("not-comparable", "new", "missing", "failed", "baseline-zero"),
}
MIXED = Warning("mixed-machines", "", "the benchmarks ran on different machines: CPU differs (A → B)")
USUAL = [
    *("Tests", "Tests passed", "Tests failed", "Test errors", "Tests skipped", "Coverage", "Line coverage"),
    *("Files created", "Files modified", "Files deleted", "Lines added", "Lines deleted"),
]


def rows(before: Snapshot | None = BEFORE, after: Snapshot | None = AFTER, config: Config = CONFIG) -> list[Row]:
    return rows_of(Phase("3", before, after), config)


def names(found: list[Row]) -> list[str]:
    return [row.name for row in found]


def table(**keys: Any) -> Config:
    return Config.model_validate({"metric": [{"name": "A", "from": "tests.passed", **keys}]})


def test_the_verdicts_are_the_contracts() -> None:
    assert set(get_args(Verdict)) == VERDICTS


def test_configured_rows_come_first_and_the_usual_ones_follow() -> None:
    found = rows()
    rest = [name for name in USUAL if name not in {"Tests passed", "Coverage"}]
    assert names(found) == ["Parse large file", "Coverage", "Tests passing", *rest]
    assert [(row.target, row.status) for row in found[:3]] == [
        ("<= 320 ms", "met"),
        (">= 90%", "near"),
        (">= 100", "met"),
    ]
    assert {(row.target, row.status) for row in found[3:]} == {(None, None)}
    assert [row.comparison.name for row in found[:3]] == ["bench.test_parse.median", "coverage.total", "tests.passed"]


def test_without_configuration_the_usual_rows_in_their_order() -> None:
    assert names(rows(config=Config())) == USUAL
    assert names(rows(AFTER, None, Config())) == USUAL
    assert names(rows(None, None, Config())) == []


def test_what_was_not_measured_has_no_row_of_its_own_accord() -> None:
    assert names(rows(BEFORE, snapshot(without=("junit", "coverage")), Config())) == USUAL[:7]
    assert names(rows(None, snapshot(without=("junit",)), Config())) == ["Coverage", "Line coverage"]
    assert names(rows(None, None)) == ["Parse large file", "Coverage", "Tests passing"], "what was asked for has"


def test_values_and_changes_of_the_rows() -> None:
    found = {row.name: row.comparison for row in rows(config=Config())}
    shown = {name: (one.before_text, one.after_text, one.change_text, one.verdict) for name, one in found.items()}
    assert shown["Tests"] == ("121", "147", "+26", "improved")
    assert shown["Tests failed"] == ("2", "0", "-2", "improved")
    assert shown["Tests skipped"] == ("1", "1", "0", "unchanged")
    assert shown["Coverage"] == ("78.4%", "84.6%", "+6.2 pp", "improved")
    assert shown["Files created"] == (None, "5", None, "new")
    assert found["Tests"].message == "exact"


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        (BEFORE, AFTER, "improved"),
        (AFTER, BEFORE, "regressed"),
        (BEFORE, BEFORE, "unchanged"),
        (AFTER, LATER, "no-significant-change"),
        (BEFORE, snapshot(parse=(0.3,)), "too-few-runs"),
        (snapshot(parse=(0.4,)), snapshot(parse=(0.3,)), "single-measurement"),
        (BEFORE, replace(AFTER, machine=None, warnings=(MIXED,)), "not-comparable"),
        (replace(BEFORE, machine=None, warnings=(MIXED,)), AFTER, "not-comparable"),
        (None, AFTER, "new"),
        (BEFORE, None, "missing"),
        (None, None, "missing"),
    ],
)
def test_verdicts(before: Snapshot | None, after: Snapshot | None, verdict: str) -> None:
    (speed,) = [row.comparison for row in rows(before, after) if row.name == "Parse large file"]
    assert speed.verdict == verdict


VALUES = st.builds(
    lambda value, unit, runs: Metric(value, unit, runs=(value,) * runs),
    st.floats(0, 1e6),
    st.sampled_from(["count", "second", "ratio", "byte"]),
    st.integers(0, 5),
)
ENDS = st.none() | st.builds(
    Snapshot, metrics=st.dictionaries(st.sampled_from(["tests.passed", "bench.test_parse.median"]), VALUES)
)


@given(ENDS, ENDS)
def test_no_other_verdict_is_ever_given(before: Snapshot | None, after: Snapshot | None) -> None:
    plain = CONFIG.model_copy(
        update={"metric": tuple(one.model_copy(update={"target": None}) for one in CONFIG.metric)}
    )
    found = rows(before, after, plain)
    assert names(found)[:3] == ["Parse large file", "Coverage", "Tests passing"]
    assert {row.comparison.verdict for row in found} <= VERDICTS
    assert all(row.comparison.message for row in found)


def test_earlier_names_and_directions_are_the_configured_ones() -> None:
    (row, *_) = rows(config=table(**{"from": "tests.now", "aliases": ["tests.passed"]}))
    assert (row.comparison.before_text, row.comparison.after_text) == ("118", None)
    (row, *_) = rows(config=table(better="lower"))
    assert row.comparison.verdict == "regressed"
    with pytest.raises(UsageError):
        rows(config=table(target="fast"))


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("3", ("2", "4")),
        ("1", ("0", "2")),
        ("0", (None, "1")),
        ("007", ("6", "8")),
        ("alpha", (None, "beta")),
        ("beta", ("alpha", "gamma")),
        ("gamma", ("beta", None)),
        ("delta", (None, None)),
    ],
)
def test_neighbours(number: str, expected: tuple[str | None, str | None]) -> None:
    config = Config.model_validate({"phase": {"alpha": {}, "beta": {}, "gamma": {}}})
    assert neighbours(number, config) == expected


def phase_texts(
    own: dict[str, Any], after: Snapshot | None = AFTER, number: str = "3"
) -> dict[str, tuple[str | None, str]]:
    config = Config.model_validate({"phase": {number: own, "4": {"name": "Next", "weeks": "7-8"}}}, strict=False)
    found = facts_of(Phase(number, None, after), config, "none")["phase"]
    return {name: (value.text, value.code) for name, value in found.items()}


def test_what_a_phase_is_called() -> None:
    found = {name: value.text for name, value in facts()["phase"].items()}
    assert [name for name, value in facts()["phase"].items() if value.choice] == ["status"]
    assert found == {
        "number": "3",
        "previous": "2",
        "next": "4",
        "step": None,
        "duration": "2 weeks",
        "name": "Incremental parser",
        "next_name": "Streaming writer",
        "status": "complete",
        "weeks": "5-6",
        "first_week": "5",
        "last_week": "6",
        "next_week": "7",
        "planned_days": "10",
        "actual_days": "11",
        "variance": "+1",
        "date": "2026-11-20",
        "completed": "2026-11-20",
    }


@pytest.mark.parametrize(
    ("own", "after", "name", "expected"),
    [
        ({"status": "in progress"}, AFTER, "completed", ("In Progress", "")),
        ({"status": "not started"}, AFTER, "completed", (None, "not-started")),
        ({}, AFTER, "completed", (None, "not-configured")),
        ({}, AFTER, "status", (None, "not-configured")),
        ({"status": "complete"}, None, "completed", (None, "no-revision")),
        ({"date": "2026-12-01"}, AFTER, "date", ("2026-12-01", "")),
        ({"started": "2026-10-05", "ended": "2026-10-05"}, AFTER, "actual_days", ("1", "")),
        ({"started": "2026-10-05"}, AFTER, "actual_days", ("11", "")),
        ({}, snapshot(), "actual_days", (None, "no-history")),
        ({}, None, "variance", (None, "no-history")),
        ({}, AFTER, "variance", (None, "not-configured")),
        ({"planned_days": 11}, AFTER, "variance", ("0", "")),
        ({"planned_days": 0}, AFTER, "variance", ("+11", "")),
        ({"planned_days": 12}, snapshot(files=FILES), "variance", ("-1", "")),
        ({"weeks": "5"}, AFTER, "last_week", ("5", "")),
        ({}, AFTER, "next_week", ("7", "")),
        ({"name": "a\u202eb"}, AFTER, "name", ("a\\u202eb", "")),
    ],
)
def test_days_dates_and_status(
    own: dict[str, Any], after: Snapshot | None, name: str, expected: tuple[str | None, str]
) -> None:
    assert phase_texts(own, after)[name] == expected


def test_a_phase_that_is_last_or_without_a_number() -> None:
    found = phase_texts({}, number="omega")
    assert (found["number"], found["previous"]) == (("omega", ""), (None, "not-configured"))
    assert phase_texts({}, number="9")["next_name"] == (None, "not-configured")
