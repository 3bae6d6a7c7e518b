"""The documents the project was asked for, verbatim and in every dress that editors give them."""

from __future__ import annotations

import csv
import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import pytest

from everything import EVERYTHING, WHOLE, WHOLE_LATER, everything
from measured import BEFORE, CONFIG
from phasemetrics.document.ledger import Ledger
from phasemetrics.document.markdown import decode, encode
from phasemetrics.document.ownership import Filling
from phasemetrics.document.plan import Plan, plan
from phasemetrics.document.repeating import repeated
from phasemetrics.evidence.facts import facts_of
from phasemetrics.evidence.model import Phase, Snapshot
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


def run(content: bytes, ledger: Ledger, after: Snapshot | None = WHOLE, before: Snapshot | None = BEFORE) -> Plan:
    return plan(decode(content, "seed"), builtin(), everything(before, after), ledger)


def changed_lines(old: str, new: str) -> list[tuple[list[str], list[str]]]:
    one, other = old.split("\n"), new.split("\n")
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
    return [(one[a:b], other[c:d]) for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal"]


def written(plan: Plan) -> dict[str, str]:
    return {one.address: one.new or "" for one in plan.fillings if one.state in {"filled", "updated"}}


NUMBERS = ["000", "001", "002", "003", "004"]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("dress", DRESSES)
def test_the_same_holes_are_filled_in_every_dress(number: str, dress: str) -> None:
    plainly = written(run(seed(number), Ledger()))
    dressed = run(DRESSES[dress](seed(number)), Ledger())
    assert written(dressed) == plainly
    again = run(encode(dressed.text), dressed.ledger)
    assert not again.changed
    assert again.ledger == dressed.ledger
    assert {one.state for one in again.fillings} <= {"agrees", "unfilled", "kept"}


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("dress", DRESSES)
def test_other_evidence_changes_exactly_the_holes_whose_value_changed(number: str, dress: str) -> None:
    first = run(DRESSES[dress](seed(number)), Ledger())
    later = run(encode(first.text), first.ledger, WHOLE_LATER)
    fresh = run(DRESSES[dress](seed(number)), Ledger(), WHOLE_LATER)
    before, after = written(first), written(fresh)
    common = before.keys() & after.keys()
    differing = {address for address in common if before[address] != after[address]}
    assert {a for a in written(later) if a in common} == differing
    assert not run(encode(later.text), later.ledger, WHOLE_LATER).changed
    # Filling twice from two states ends where filling once from the second one does, but for the order of list items.
    assert sorted(re.split("[\r\n]+", later.text)) == sorted(re.split("[\r\n]+", fresh.text))


# Slot by slot


@dataclass(frozen=True)
class Token:
    """One placeholder of a seed: its line, its columns, and who fills it."""

    line: int
    start: int
    end: int
    slot: dict[str, str] = field(compare=False)

    def __str__(self) -> str:
        return f"{self.line}:{self.start} {self.slot['placeholder']}"

    @property
    def ours(self) -> bool:
        return self.slot["tier"] not in {"human", "none"}

    @property
    def repeats(self) -> bool:
        """Whether it stands for more sections, which only `new` makes."""
        return self.slot["kind"] == "section"

    def meets(self, one: Filling) -> bool:
        begin = one.column
        return one.line == self.line and begin < self.end and begin + max(len(one.old), 1) > self.start


@cache
def tokens(number: str) -> tuple[Token, ...]:
    with (SEEDS / "slots.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["seed"] == number]
    return tuple(
        Token(int(row["line"]), int(row["col"]), int(row["col"]) + len(row["placeholder"]), row) for row in rows
    )


def moved(number: str, dress: str) -> int:
    """Return how many lines a dress puts above the document."""
    return 4 if dress == "front matter" else 0


def holding(filled: Plan, number: str, dress: str) -> tuple[set[Token], set[Token]]:
    """Return the places that hold what the evidence says, and the tokens of people that were written into."""
    above = moved(number, dress)
    fillings = [replace(one, line=one.line - above) for one in filled.fillings]
    changed = [one for one in fillings if one.state in {"filled", "updated"}]
    right, touched = set(), set()
    for token in tokens(number):
        meeting = [one for one in fillings if token.meets(one)]
        if token.ours and meeting and all(one.state in {"filled", "updated", "agrees"} for one in meeting):
            right.add(token)
        if not token.ours and any(token.meets(one) and not in_a_slot(one, number) for one in changed):
            touched.add(token)
    return right, touched


def in_a_slot(one: Filling, number: str) -> bool:
    return any(token.ours and token.meets(one) for token in tokens(number))


def sections_repeated(number: str, dress: str) -> set[Token]:
    """Return the places that `new` puts whole sections into."""
    text = repeated(decode(DRESSES[dress](seed(number)), "seed"), builtin(), len(EVERYTHING.component))
    filled = run(encode(text), Ledger()).text
    names = [one.name for one in EVERYTHING.component]
    done = all(f"### {index}. {name}" in filled for index, name in enumerate(names, 1))
    return {one for one in tokens(number) if one.repeats and done and one.slot["placeholder"] not in filled}


def test_every_place_of_every_seed_is_filled_and_nothing_else(record_property: Callable[[str, object], None]) -> None:
    """198 of 198 places, 0 of 734 other tokens, in every dress, before and after a change of evidence."""
    table = [f"{'seed':6}{'dress':24}{'filled':>12}{'refilled':>12}{'others touched':>18}"]
    missing: list[str] = []
    for number in NUMBERS:
        due = {token for token in tokens(number) if token.ours}
        others = len(tokens(number)) - len(due)
        for dress in DRESSES:
            repeats = sections_repeated(number, dress)
            first = run(DRESSES[dress](seed(number)), Ledger())
            later = run(encode(first.text), first.ledger, WHOLE_LATER)
            right, touched = holding(first, number, dress)
            again = {token for token in right if not lost(first, later, token, moved(number, dress))}
            table.append(
                f"{number:6}{dress:24}{f'{len(right | repeats)}/{len(due)}':>12}"
                f"{f'{len(again | repeats)}/{len(due)}':>12}{f'{len(touched)}/{others}':>18}"
            )
            missing += [f"{number} {dress}: open {one}" for one in due - right - repeats]
            missing += [f"{number} {dress}: touched {one}" for one in touched]
            missing += [f"{number} {dress}: lost {one}" for one in right - again]
    record_property("table", "\n".join(table))
    assert not missing, "\n".join(missing[:60])
    assert sum(token.ours for number in NUMBERS for token in tokens(number)) == 198
    assert sum(not token.ours for number in NUMBERS for token in tokens(number)) == 734


def lost(first: Plan, later: Plan, token: Token, above: int) -> bool:
    """Return whether a place that was filled neither holds the new value nor, a tick of a person, is contradicted."""
    held = {one.address for one in later.fillings if one.state in {"filled", "updated", "agrees"} or one.contradicts}
    addresses = [one.address for one in first.fillings if token.meets(replace(one, line=one.line - above))]
    return any(address not in held and "[" not in address for address in addresses)


def test_without_any_evidence_no_byte_changes_but_what_the_configuration_knows() -> None:
    filled = plan(decode(seed("002"), "seed"), builtin(), facts_of(Phase("3", None, None), CONFIG, "none"), Ledger())
    assert changed_lines(decode(seed("002"), "seed"), filled.text) == [
        (["# Phase: [PHASE NAME]"], ["# Phase: Incremental parser"]),
        (["## Next Phase: [NEXT PHASE NAME]"], ["## Next Phase: Streaming writer"]),
    ]
    reasons = {one.code for one in filled.fillings if one.state == "unfilled"}
    assert reasons == {"no-baseline", "no-evidence", "no-revision"}
    assert all(one.message for one in filled.fillings if one.state == "unfilled")
