"""A line of a template read backwards: literals that must be there, and the text found between them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from phasemetrics.document.ending import NOTHING_FOLLOWS, Tail, end_of_hole, folded_literal, is_kept, tail_of
from phasemetrics.document.folding import Folded, fold
from phasemetrics.document.markdown import Span
from phasemetrics.document.slot import Segment, Slot, Words

_OPENING = re.compile(r"(?:\*\*|__|\*)\Z")


@dataclass(frozen=True, slots=True)
class Found:
    """What stands in one hole of a line, or in place of a person's words that have a name.

    `open_ended` when nothing after it says where it ends; `tail` is what does.
    """

    slot: Slot | Words
    span: Span
    open_ended: bool
    tail: Tail = NOTHING_FOLLOWS


def read(segments: Sequence[Segment], text: str, start: int, end: int, *, code: bool) -> tuple[Found, ...] | None:
    """Read one line, or one cell, backwards.

    Returns what stands in each hole, or None when a literal is missing. `code`: inside a fence, where asterisks are
    not emphasis and runs of blanks are alignment. What follows a box must follow it at once, and be all there is: a
    tick is a claim about the whole line.
    """
    raw = text[start:end]
    line = fold(raw, emphasis=not code)
    position = offset = 0
    boxed = False
    claim = _is_claim(segments)
    found: list[Found] = []
    for index, segment in enumerate(segments):
        if isinstance(segment, str):
            at = _find(line, folded_literal(segment, code), position, anywhere=index > 0 and not boxed)
            if at is None:
                return None
            position = at + len(folded_literal(segment, code))
            offset = _past_emphasis(segment, raw, line.end_of(position))
            if (boxed or claim) and index == len(segments) - 1 and line.text[position:].strip(" .!:"):
                return None
            continue
        boxed = isinstance(segment, Slot) and segment.gate
        tail = tail_of(segments, index, code)
        where = end_of_hole(segment, offset, position, raw, line, tail)
        if where is None:
            return None
        until, position, open_ended = where
        if is_kept(segment):
            found.append(Found(segment, _span(raw, start, offset, until), open_ended, tail))
        offset = until
        if tail.loose and not boxed and not claim:
            break
    return tuple(found)


def _is_claim(segments: Sequence[Segment]) -> bool:
    """Return whether a box is the only hole of a line: then the words after it are the claim, and no remark."""
    gates = [segment.gate for segment in segments if isinstance(segment, Slot)]
    return gates == [True]


def _past_emphasis(literal: str, raw: str, offset: int) -> int:
    """Return where a hole begins: after the emphasis that the template opens right before it."""
    marks = _OPENING.search(literal)
    return offset + len(marks[0]) if marks and raw.startswith(marks[0], offset) else offset


def _find(line: Folded, literal: str, position: int, *, anywhere: bool) -> int | None:
    if anywhere:
        at = line.text.find(literal, position)
        return None if at < 0 else at
    stripped = literal.lstrip()
    at = position + len(line.text[position:]) - len(line.text[position:].lstrip())
    return at - (len(literal) - len(stripped)) if line.text.startswith(stripped, at) else None


def _span(raw: str, start: int, begin: int, end: int) -> Span:
    """Return the span of a hole without the blanks around its text."""
    while begin < end and raw[begin] in " \t":
        begin += 1
    while end > begin and raw[end - 1] in " \t":
        end -= 1
    return Span(start + begin, start + max(begin, end))
