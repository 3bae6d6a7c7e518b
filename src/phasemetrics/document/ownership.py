"""Who owns a hole, and what therefore becomes of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from phasemetrics.document.folding import folded
from phasemetrics.document.ledger import Entry
from phasemetrics.document.markdown import Span
from phasemetrics.document.places import Hole
from phasemetrics.units import parse_quantity, same_quantity
from phasemetrics.value import Origin, Value

State = Literal["filled", "updated", "agrees", "kept", "stale", "unfilled", "ambiguous"]

_DRESS = "*_` "
_BOUNDARY = re.compile(r"[\s(,;]")


@dataclass(frozen=True, slots=True)
class Filling:
    """What became of one hole: `old` text, `new` text where it is written, and why.

    `line` and `column` count from 1; `contradicts` is set when a person's number and the evidence differ. `claim` says
    how a number was understood that stands in no place of a template.
    """

    address: str
    state: State
    line: int
    column: int
    old: str
    new: str | None = None
    origin: Origin | None = None
    code: str = ""
    message: str = ""
    mend: str = ""
    contradicts: bool = False
    claim: Mapping[str, str | None] | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """A filling, and where its text goes when it is written; `entry` is what the ledger then holds."""

    hole: Hole
    filling: Filling
    span: Span
    entry: Entry | None = None
    measured: bool = False

    @property
    def writes(self) -> bool:
        """Whether the document changes here."""
        return self.filling.state in {"filled", "updated"}


def decide(hole: Hole, entry: Entry | None, value: Value, column: int) -> Decision:
    """Apply the ownership rule to one hole."""
    text, span = _ours(hole, entry)
    is_placeholder = hole.slot.is_placeholder(text)
    placeholder = text if is_placeholder else entry.placeholder if entry else next(iter(hole.slot.placeholders), text)
    new = spelled(value, placeholder)
    state, code, message = _state(hole, entry, value, new, text)
    filling = Filling(
        hole.address, state, hole.line + 1, column, text,
        new=new if state in {"filled", "updated"} else None,
        origin=value.origin, code=code, message=message, mend=value.mend if new is None else "",
        contradicts=state == "kept" and _contradicts(text, new),
    )  # fmt: skip
    written = Entry(placeholder, new) if new is not None and state in {"filled", "updated"} else entry
    return Decision(hole, filling, span, written, value.origin is not None)


def _state(hole: Hole, entry: Entry | None, value: Value, new: str | None, text: str) -> tuple[State, str, str]:
    if hole.repeated:
        return "ambiguous", "ambiguous", "the same place stands elsewhere, too; this one was left alone"
    if hole.slot.is_placeholder(text):
        if new is None:
            return "unfilled", *_why(value, text)
        return "filled", value.code, value.note
    if entry is not None and text == entry.written:
        if new is None:
            return "stale", *_why(value, text)
        return ("agrees" if new == text or value.once else "updated"), value.code, value.note
    if new is None or value.once:
        return "kept", "", ""
    if means_the_same(text, new):
        return "agrees", "", value.note
    wrote = f", phasemetrics last wrote {entry.written!r}" if entry else ""
    return "kept", "persons-value", f"a person wrote {text!r}{wrote}, the evidence says {new!r}"


def _why(value: Value, text: str) -> tuple[str, str]:
    if value.text is not None:
        return "no-alternative", f"none of the alternatives in {text!r} says {value.text!r}"
    return value.code, value.reason


def _ours(hole: Hole, entry: Entry | None) -> tuple[str, Span]:
    """Return the part of an open-ended hole that we wrote: a person may add words after our number."""
    if entry is None or not hole.open_ended or hole.text == entry.written:
        return hole.text, hole.span
    rest = hole.text.removeprefix(entry.written)
    if rest != hole.text and _BOUNDARY.match(rest):
        return entry.written, Span(hole.span.start, hole.span.start + len(entry.written))
    return hole.text, hole.span


def spelled(value: Value, placeholder: str) -> str | None:
    """Return the text to write; for a choice the alternative as the document's own placeholder spells it."""
    if value.text is None or not value.choice:
        return value.text
    inner = placeholder.strip()
    if not (inner.startswith("[") and inner.endswith("]")):
        return value.text
    wanted = folded(value.text)
    return next((one.strip() for one in inner[1:-1].split("/") if wanted in folded(one)), None)


def means_the_same(text: str, new: str) -> bool:
    """Return whether what a person wrote means the number that we would write, at their precision."""
    one, other = text.strip(_DRESS), new.strip(_DRESS)
    if folded(one) == folded(other):
        return True
    read, wanted = parse_quantity(one), parse_quantity(other)
    return read is not None and wanted is not None and same_quantity(read, wanted)


def _contradicts(text: str, new: str | None) -> bool:
    """Only two numbers can contradict each other; words are a person's own."""
    if new is None:
        return False
    return parse_quantity(text.strip(_DRESS)) is not None and parse_quantity(new.strip(_DRESS)) is not None


def frozen(decisions: list[Decision]) -> list[Decision]:
    """Keep the whole record where a person's value stands in one of its holes.

    A person changes `146/147` to `146/146`; updating only the other half would print `150/146`.
    """
    people = {one.hole.record for one in decisions if one.filling.state == "kept" and one.measured}
    return [_freeze(one) if one.writes and one.measured and one.hole.record in people else one for one in decisions]


def _freeze(decision: Decision) -> Decision:
    message = "a person's value stands beside it; both are kept"
    filling = replace(decision.filling, state="kept", new=None, code="persons-record", message=message)
    return replace(decision, filling=filling, entry=None)
