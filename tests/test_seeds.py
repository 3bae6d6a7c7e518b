"""The documents the project was asked for, verbatim and in every dress that editors give them."""

from __future__ import annotations

import csv
import difflib
from collections.abc import Callable
from pathlib import Path

import pytest

from measured import AFTER, BEFORE, LATER, facts
from phasemetrics.document.ledger import Ledger
from phasemetrics.document.markdown import decode, encode
from phasemetrics.document.plan import Plan, plan
from phasemetrics.evidence.model import Snapshot
from phasemetrics.templates import builtin

SEEDS = Path(__file__).parents[1].parent / "shared" / "corpus" / "documents" / "seeds"
pytestmark = pytest.mark.skipif(not SEEDS.is_dir(), reason="the corpus is not beside this checkout")


def seed(number: str) -> bytes:
    return next(SEEDS.glob(f"{number}_*.txt")).read_bytes()


def mixed_endings(content: bytes) -> bytes:
    *lines, last = content.split(b"\n")
    return b"\n".join([*(line + b"\r" if index % 3 == 0 else line for index, line in enumerate(lines)), last])


def trailing_blanks(content: bytes) -> bytes:
    # Not after a fence's closing line's backticks only: two blanks there are just as harmless.
    return b"\n".join(line + b"  " if index % 2 else line for index, line in enumerate(content.split(b"\n")))


DRESSES: dict[str, Callable[[bytes], bytes]] = {
    "verbatim": lambda content: content,
    "crlf": lambda content: content.replace(b"\n", b"\r\n"),
    "cr": lambda content: content.replace(b"\n", b"\r"),
    "mixed endings": mixed_endings,
    "bom": lambda content: b"\xef\xbb\xbf" + content,
    "trailing blanks": trailing_blanks,
    "latin-1": lambda content: content.rstrip(b"\n") + b"\n\nCaf\xe9 na\xefve\n",
    "nul": lambda content: content + b"\n\nnul \x00 here\n",
    "odd blanks": lambda content: content + "\n\na\x0bb\x0cc\x85d\u2028e\n".encode(),
    "front matter": lambda content: b"---\ntitle: x\ndraft: [Phase Name]\n---\n" + content,
    "final newline toggled": lambda content: content[:-1] if content.endswith(b"\n") else content + b"\n",
}


def run(content: bytes, ledger: Ledger, after: Snapshot | None = AFTER, before: Snapshot | None = BEFORE) -> Plan:
    return plan(decode(content, "seed"), builtin(), facts(before, after), ledger)


def changed_lines(old: str, new: str) -> list[tuple[list[str], list[str]]]:
    one, other = old.split("\n"), new.split("\n")
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
    return [(one[a:b], other[c:d]) for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal"]


def written(plan: Plan) -> dict[str, str]:
    return {one.address: one.new or "" for one in plan.fillings if one.state in {"filled", "updated"}}


@pytest.mark.parametrize("number", ["000", "002"])
@pytest.mark.parametrize("dress", DRESSES)
def test_the_same_holes_are_filled_in_every_dress(number: str, dress: str) -> None:
    plainly = written(run(seed(number), Ledger()))
    dressed = run(DRESSES[dress](seed(number)), Ledger())
    assert written(dressed) == plainly
    again = run(encode(dressed.text), dressed.ledger)
    assert not again.changed
    assert again.ledger == dressed.ledger
    assert {one.state for one in again.fillings} <= {"agrees", "unfilled"}


@pytest.mark.parametrize("number", ["000", "002"])
@pytest.mark.parametrize("dress", DRESSES)
def test_other_evidence_changes_exactly_the_holes_whose_value_changed(number: str, dress: str) -> None:
    first = run(DRESSES[dress](seed(number)), Ledger())
    later = run(encode(first.text), first.ledger, LATER)
    fresh = run(DRESSES[dress](seed(number)), Ledger(), LATER)
    before, after = written(first), written(fresh)
    common = before.keys() & after.keys()
    differing = {address for address in common if before[address] != after[address]}
    assert {a for a in written(later) if a in common} == differing
    assert not run(encode(later.text), later.ledger, LATER).changed
    # Filling twice from two states ends where filling once from the second one does, but for the order of list items.
    assert sorted(later.text.split("\n")) == sorted(fresh.text.split("\n"))


@pytest.mark.parametrize("number", ["001", "003", "004"])
@pytest.mark.parametrize("dress", DRESSES)
def test_plans_and_guides_are_left_as_they_are(number: str, dress: str) -> None:
    content = DRESSES[dress](seed(number))
    filled = run(content, Ledger())
    assert encode(filled.text) == content
    assert not filled.ledger.entries


@pytest.mark.parametrize("number", ["000", "002"])
def test_every_hole_that_a_report_or_the_configuration_can_fill_is_filled(number: str) -> None:
    """The list of slots says which placeholder stands where; these kinds of evidence belong to this version."""
    text = decode(seed(number), "seed")
    lines = text.split("\n")
    filled = run(seed(number), Ledger()).text
    kept = set(filled.split("\n"))
    missing, touched = [], []
    with (SEEDS / "slots.csv").open(encoding="utf-8", newline="") as stream:
        for slot in csv.DictReader(stream):
            if slot["seed"] != number:
                continue
            line, due = lines[int(slot["line"]) - 1], is_due(slot)
            if due and line in kept and lines.count(line) <= filled.split("\n").count(line):
                missing.append((slot["line"], slot["placeholder"]))
            link = "README_PHASE[" in slot["placeholder"]  # a link's text around a token that is ours
            if slot["tier"] in {"human", "none"} and slot["placeholder"] not in filled and not link:
                touched.append((slot["line"], slot["placeholder"]))
    assert not missing
    assert not touched


def is_due(slot: dict[str, str]) -> bool:
    later = ("groups.", "dependency", "minimum version", "pinned version", "line count of the blob", "scaffold")
    if slot["tier"] in {"human", "none", "prev-copy"} or any(word in slot["how"] for word in later):
        return False
    if slot["tier"] == "gate":
        return slot["kind"] == "cell"
    if slot["tier"] == "config":
        return not any(word in slot["how"] for word in ("components", "glob", "coverage.module"))
    # The second document of the list has nothing to name: one document was written in this phase.
    return (slot["seed"], slot["line"]) != ("002", "62")


def test_without_any_evidence_no_byte_changes_but_what_the_configuration_knows() -> None:
    filled = run(seed("002"), Ledger(), after=None, before=None)
    assert changed_lines(decode(seed("002"), "seed"), filled.text) == [
        (["# Phase: [PHASE NAME]"], ["# Phase: Incremental parser"]),
        (["## Next Phase: [NEXT PHASE NAME]"], ["## Next Phase: Streaming writer"]),
    ]
    reasons = {one.code for one in filled.fillings if one.state == "unfilled"}
    assert reasons == {"no-baseline", "no-evidence", "no-revision"}
    assert all(one.message for one in filled.fillings if one.state == "unfilled")
