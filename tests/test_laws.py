"""The laws of a lens, on documents that people and accidents have changed in every way."""

from __future__ import annotations

import difflib
from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from everything import WHOLE_LATER, everything
from phasemetrics.document.ledger import Ledger, dumps, loads
from phasemetrics.document.markdown import encode, parse
from phasemetrics.document.plan import Plan, plan
from phasemetrics.scaffolding import nothing_known
from phasemetrics.templates import builtin

TEMPLATES = builtin()
BLANKS = [template.blank(nothing_known()) for template in TEMPLATES]
FACTS = {"after": everything(), "later": everything(after=WHOLE_LATER), "no before": everything(before=None)}
FILLED = [plan(blank, TEMPLATES, FACTS["after"], Ledger()) for blank in BLANKS]

Change = Callable[[list[str], int, int], None]


def delete(lines: list[str], at: int, other: int) -> None:
    del lines[at]


def duplicate(lines: list[str], at: int, other: int) -> None:
    lines.insert(other, lines[at])


def swap(lines: list[str], at: int, other: int) -> None:
    lines[at], lines[other] = lines[other], lines[at]


def indent(lines: list[str], at: int, other: int) -> None:
    lines[at] = "    "[: 1 + other % 4] + lines[at]


def insert(text: str) -> Change:
    def change(lines: list[str], at: int, other: int) -> None:
        lines.insert(at, text)

    return change


def append(text: str) -> Change:
    def change(lines: list[str], at: int, other: int) -> None:
        lines[at] += text

    return change


CHANGES: list[Change] = [
    delete,
    duplicate,
    swap,
    indent,
    *map(
        insert,
        ["```", "~~~", "<!-- open", "-->", "---", "| a | b |", "# Title", "## Metrics", "> quoted", "caf\udce9 \x00"],
    ),
    *map(append, ["  ", " |", " | more |", "```", "`", " **bold**", " X", "\r", "\t", " (a remark)", "%"]),
]
Made = tuple[int, bool, list[tuple[Change, int, int]], str]

changes = st.lists(st.tuples(st.sampled_from(CHANGES), st.integers(0, 10_000), st.integers(0, 10_000)), max_size=8)
documents = st.tuples(st.integers(0, len(BLANKS) - 1), st.booleans(), changes, st.sampled_from(["\n", "\r\n", "\r"]))


def made(which: int, filled: bool, edits: list[tuple[Change, int, int]], eol: str) -> tuple[str, Ledger]:
    lines = (FILLED[which].text if filled else BLANKS[which]).split("\n")
    for change, at, other in edits:
        change(lines, at % len(lines), other % len(lines))
    return eol.join(lines), FILLED[which].ledger if filled else Ledger()


def fill(text: str, ledger: Ledger, which: str) -> Plan:
    return plan(text, TEMPLATES, FACTS[which], ledger)


law = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


@law
@given(documents, st.sampled_from(sorted(FACTS)))
def test_filling_again_changes_nothing(document: Made, which: str) -> None:
    text, ledger = made(*document)
    first = fill(text, ledger, which)
    again = fill(first.text, first.ledger, which)
    assert again.text == first.text
    assert again.ledger == first.ledger
    assert loads(dumps(first.ledger), "ledger") == first.ledger


@law
@given(documents, st.sampled_from(sorted(FACTS)))
def test_every_line_that_was_not_written_keeps_its_bytes(document: Made, which: str) -> None:
    text, ledger = made(*document)
    filled = fill(text, ledger, which)
    # Lines as the parser sees them, so that a lone carriage return counts as one here as well.
    old, new = ([encode(t[line.start : line.end]) for line in parse(t).lines] for t in (text, filled.text))
    written = {one.line for one in filled.fillings if one.state in {"filled", "updated"}}
    if len(old) == len(new):  # nothing was added: of two lines that are the same, difflib may take one for the other
        assert {number for number, (one, other) in enumerate(zip(old, new, strict=True), 1) if one != other} <= written
        return
    for tag, first, last, _, _ in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag in {"replace", "delete"}:
            assert set(range(first + 1, last + 1)) <= written


@law
@given(documents)
def test_later_evidence_changes_exactly_the_values_that_differ(document: Made) -> None:
    text, ledger = made(*document)
    first = fill(text, ledger, "after")
    later = fill(first.text, first.ledger, "later")
    assert all(one.old != one.new for one in later.fillings if one.state == "updated")
    # It does not matter whether the numbers in between were ever written.
    direct, stepwise = (standing(run) for run in (fill(text, ledger, "later"), later))
    common = direct.keys() & stepwise.keys()
    assert {address: stepwise[address] for address in common} == {address: direct[address] for address in common}


def standing(run: Plan) -> dict[str, str]:
    """Return what stands in the holes that are ours after a run."""
    ours = ("filled", "updated", "agrees")
    return {one.address: one.new if one.new is not None else one.old for one in run.fillings if one.state in ours}


@law
@given(documents, st.sampled_from(sorted(FACTS)))
def test_a_lost_ledger_writes_only_into_placeholders(document: Made, which: str) -> None:
    text, _ = made(*document)
    assert {one.state for one in fill(text, Ledger(), which).fillings} <= {
        "filled", "agrees", "kept", "unfilled", "ambiguous",
    }  # fmt: skip
