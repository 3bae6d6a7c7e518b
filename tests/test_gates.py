"""Boxes and glyphs that evidence ticks, and ticks that people made."""

from __future__ import annotations

from typing import Any

import pytest

from measured import LATER, facts
from phasemetrics.document.ledger import Entry, Ledger
from phasemetrics.document.marks import end_of_mark, is_ticked, turned
from phasemetrics.document.ownership import Filling
from phasemetrics.document.plan import Plan, plan
from phasemetrics.document.template import Template
from phasemetrics.evidence.beside import Beside, PlannedTarget
from phasemetrics.settings import Config
from phasemetrics.value import Gate, Lookup, Origin, Value

SOURCE = """\
## Goals
- {{ gates.tests | gate("[ ]", "[x]") }} All tests passing
- {{ gates.coverage[here.bound] | gate("[ ]", "[x]") }} **Coverage**: Minimum {{ here.bound | person("80%") }} coverage
- {{ gates.targets | gate("[ ]", "[x]") }} **Performance**: {{ carried.targets | hole("[Targets]") }}

## Results
```
{{ gates.tests | gate("☐", "☑") }} All tests passing
```
"""
TEMPLATE = Template("goals", SOURCE, "goals.md.j2")


def gate(holds: bool | None, *, rewrite: bool = False) -> Gate:
    return Gate(holds, "what the evidence says", code="" if holds is not None else "no-tests", rewrite=rewrite)


def run(text: str, tests: Gate, ledger: Ledger | None = None) -> Plan:
    known: dict[str, Any] = {
        "gates": {"tests": tests, "targets": gate(None), "coverage": Lookup(lambda bound: gate(bound == "80%"))},
        "carried": {"targets": Value("Parse <= 320 ms")},
    }
    return plan(text, [TEMPLATE], known, ledger or Ledger())


def only(plan: Plan, line: int = 2) -> Filling:
    (filling,) = (one for one in plan.fillings if one.line == line)
    return filling


def test_a_box_is_ticked_when_the_evidence_holds_and_unticked_because_we_ticked_it() -> None:
    text = "## Goals\n- [ ] All tests passing\n"
    ticked = run(text, gate(True))
    assert ticked.text == "## Goals\n- [x] All tests passing\n"
    again = run(ticked.text, gate(False), ticked.ledger)
    assert again.text == text
    assert run(again.text, gate(True), again.ledger).text == ticked.text


@pytest.mark.parametrize("holds", [False, None])
def test_a_box_stays_empty_while_the_evidence_does_not_hold(holds: bool | None) -> None:
    filled = run("## Goals\n- [ ] All tests passing\n", gate(holds))
    assert not filled.changed
    assert only(filled).state == ("agrees" if holds is False else "unfilled")
    assert only(filled).message == "what the evidence says"


def test_a_persons_tick_is_a_claim_that_contradicts_and_stays() -> None:
    filled = run("## Goals\n- [x] All tests passing\n", gate(False))
    assert not filled.changed
    assert (only(filled).state, only(filled).contradicts) == ("kept", True)
    assert "a person ticked it, the evidence says: what the evidence says" in only(filled).message
    assert only(run("## Goals\n- [X] All tests passing\n", gate(True))).state == "agrees"
    unknown = only(run("## Goals\n- [x] All tests passing\n", gate(None)))
    assert (unknown.state, unknown.contradicts) == ("kept", False)


@pytest.mark.parametrize("glyph", ["☑", "‚òë", "☑\ufe0f"])
def test_a_persons_tick_is_taken_back_where_the_configuration_says_so(glyph: str) -> None:
    text = f"## Results\n```\n{glyph} All tests passing\n```\n"
    filled = run(text, gate(False, rewrite=True))
    assert filled.text == text.replace(glyph, "‚òê" if glyph == "‚òë" else "☐")
    assert run(filled.text, gate(True, rewrite=True), filled.ledger).text in {text, text.replace("\ufe0f", "")}


def test_a_tick_that_a_person_took_away_is_not_put_back() -> None:
    text = "## Goals\n- [x] All tests passing\n"
    ledger = run("## Goals\n- [ ] All tests passing\n", gate(True)).ledger
    kept = run(text.replace("[x]", "[ ]"), gate(True), ledger)
    assert not kept.changed
    assert (only(kept).state, only(kept).contradicts) == ("kept", False)
    stale = run(text, gate(None), ledger)
    assert (only(stale).state, stale.changed) == ("stale", False)


def test_the_bound_on_the_line_is_a_persons_and_decides() -> None:
    line = "## Goals\n* [ ] Coverage: minimum {} coverage\n"
    assert run(line.format("80%"), gate(None)).text == line.format("80%").replace("[ ]", "[x]")
    assert not run(line.format("90%"), gate(None)).changed


@pytest.mark.parametrize(
    "line",
    [
        "- All tests passing",
        "- [ ] All tests passing except the slow ones",
        "- [ ] Not all tests passing",
        "- [y] All tests passing",
        "[ ]All tests passing",
        "- [ ]",
    ],
)
def test_only_a_box_in_front_of_the_whole_claim_is_a_gate(line: str) -> None:
    assert run(f"## Goals\n{line}\n", gate(True)).fillings == ()


def test_a_gate_and_a_hole_on_one_line_are_decided_apart() -> None:
    filled = run("## Goals\n- [ ] **Performance**: [Targets]\n", gate(True))
    assert filled.text == "## Goals\n- [ ] **Performance**: Parse <= 320 ms\n"
    mine = run("## Goals\n- [ ] **Performance**: as fast as ever\n", gate(True))
    assert [one.state for one in mine.fillings] == ["unfilled", "kept"]


def test_a_mark_is_read_in_every_spelling_and_turned_in_its_own() -> None:
    assert [is_ticked(mark) for mark in ("[ ]", "[x]", "[X]", "☐", "☑", "✅", "⬜", "✔", "‚úÖ", "no")] == [
        False, True, True, False, True, True, False, True, True, None,
    ]  # fmt: skip
    assert end_of_mark("☑ yes", 0, 5) == 1
    assert end_of_mark("yes ☑", 0, 5) is None
    assert turned("‚úÖ", ticked=False) == "⬜".encode().decode("mac_roman")
    assert turned("✔", ticked=False) is None


# What the evidence says of the sample phase


def gates(**changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = facts(**changes)["gates"]
    return found


def test_the_gates_say_both_sides() -> None:
    after, later, nothing = gates(), gates(after=LATER), gates(after=None)
    assert (after["tests"].holds, later["tests"].holds, nothing["tests"].holds) == (True, False, None)
    assert later["tests"].said == "1 of 152 tests failed"
    assert after["coverage"]["80%"].holds is True
    assert after["coverage"]["84.7 %"].holds is False
    assert after["coverage"]["84.7%"].said == "coverage is 84.6%, at least 84.7% is asked for"
    assert after["coverage"]["plenty"].code == "bad-bound"
    assert after["targets"].said == "Coverage >= 90% missed"
    assert after["suites"]["unit"].holds is True
    assert after["suites"]["e2e"].code == "no-suite"
    assert nothing["benchmarked"].holds is None
    assert after["tests"].origin is not None


def test_a_gate_names_the_line_of_the_plan_that_states_its_target() -> None:
    config = Config.model_validate({"metric": [{"name": "Passing", "from": "tests.passed"}]})
    planned = PlannedTarget(">= 150", "count", Origin("docs/PLAN_3.md:12", "a" * 64, None))
    found = facts(config=config, beside=Beside(targets={"Passing": planned}))["gates"]["targets"]
    assert (found.holds, found.said) == (False, "Passing >= 150 (from docs/PLAN_3.md:12) missed")


def test_a_tick_in_the_ledger_is_an_entry_like_any_other() -> None:
    ledger = run("## Goals\n- [ ] All tests passing\n", gate(True)).ledger
    assert list(ledger.entries.values()) == [Entry("[ ]", "[x]")]
