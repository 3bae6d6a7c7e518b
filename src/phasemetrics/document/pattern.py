"""A line of a template read backwards: literals that must be there, and the text found between them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from phasemetrics.document.folding import Folded, fold
from phasemetrics.document.markdown import Span
from phasemetrics.document.slot import Segment, Slot, Words

_MARKER = re.compile(r"[ \t>]*(?:[-*+]|\d{1,9}[.)])?[ \t]+(?:\[[ xX]\][ \t]+)?|[ \t>]*")
_CODE_SPAN = re.compile(r"(`+)(?!`)(?:.*?[^`])?\1(?!`)", re.DOTALL)
_BOUNDARIES = " (,;"  # what may follow a value: a person's remark
_OPENING = re.compile(r"(?:\*\*|__|\*)\Z")
_ALIGNMENT = re.compile(r"[ \t]{2,}")


@dataclass(frozen=True, slots=True)
class Found:
    """What stands in one hole of a line; `open_ended` when nothing after it says where it ends."""

    slot: Slot
    span: Span
    open_ended: bool


def split_marker(raw: str) -> int:
    """Return the length of the indentation, list marker and box before the words of a line."""
    match = _MARKER.match(raw)
    return len(match[0]) if match else 0


def read(segments: Sequence[Segment], text: str, start: int, end: int, *, code: bool) -> tuple[Found, ...] | None:
    """Read one line, or one cell, backwards.

    Returns what stands in each hole, or None when a literal is missing. `code`: inside a fence, where asterisks are
    not emphasis and runs of blanks are alignment.
    """
    raw = text[start:end]
    line = fold(raw, emphasis=not code)
    position = offset = 0
    found: list[Found] = []
    for index, segment in enumerate(segments):
        if isinstance(segment, str):
            at = _find(line, _literal(segment, code), position, anywhere=index > 0)
            if at is None:
                return None
            position = at + len(_literal(segment, code))
            offset = _past_emphasis(segment, raw, line.end_of(position))
            continue
        tail = _tail(segments, index, code)
        stop, open_ended = None, False
        until = _own_end(segment, offset, raw, line, tail)
        if until is None:
            stop, open_ended = _find_gap(line, position, raw) if tail.gap else _find_tail(line, position, tail)
            if stop is None:
                return None
            until = line.end_of(stop)
        if isinstance(segment, Slot):
            found.append(Found(segment, _span(raw, start, offset, until), open_ended))
        position, offset = line.index_at(until) if stop is None else stop, until
        if tail.loose:
            break
    return tuple(found)


def _past_emphasis(literal: str, raw: str, offset: int) -> int:
    """Return where a hole begins: after the emphasis that the template opens right before it."""
    marks = _OPENING.search(literal)
    return offset + len(marks[0]) if marks and raw.startswith(marks[0], offset) else offset


@dataclass(frozen=True, slots=True)
class _Tail:
    """What follows a hole: the `literal` that ends it, and whether the `loose` rest of the line is a person's.

    `gap`: two or more blanks that align the next column end it.
    """

    literal: str
    loose: bool = False
    required: bool = True
    gap: bool = False


def _literal(segment: str, code: bool) -> str:
    return fold(segment, emphasis=not code).text


def _find(line: Folded, literal: str, position: int, *, anywhere: bool) -> int | None:
    if anywhere:
        at = line.text.find(literal, position)
        return None if at < 0 else at
    stripped = literal.lstrip()
    at = position + len(line.text[position:]) - len(line.text[position:].lstrip())
    return at - (len(literal) - len(stripped)) if line.text.startswith(stripped, at) else None


def _tail(segments: Sequence[Segment], index: int, code: bool) -> _Tail:
    rest = segments[index + 1 :]
    if not rest or not isinstance(rest[0], str):
        return _Tail("")
    literal = _literal(rest[0], code)
    if code and _ALIGNMENT.fullmatch(rest[0]):
        return _Tail(" ", gap=True)
    if any(isinstance(segment, Slot) for segment in rest):
        return _Tail(literal)
    # After the last hole only what touches it has to be there: the rest of the line is a person's to reword.
    if literal.startswith(" "):
        return _Tail(literal, loose=True, required=any(map(str.isalnum, literal)))
    return _Tail(literal.split(" ")[0], loose=True)


def _own_end(segment: Slot | Words, offset: int, raw: str, line: Folded, tail: _Tail) -> int | None:
    """Return the offset where a hole ends that shows it by itself: its placeholder, or a code span."""
    if isinstance(segment, Words):
        return None
    stop = segment.placeholder_at(raw, offset, len(raw))
    if stop is not None and _ends_here(line, stop, tail):
        return stop
    span = _CODE_SPAN.match(raw, offset)
    return span.end() if span else None


def _ends_here(line: Folded, stop: int, tail: _Tail) -> bool:
    """Return whether a placeholder that ends at `stop` is all that stands there.

    In `A/B%` the hole holds `B%`, a person's; writing 147 for the `B` would leave a value that cannot be read back.
    """
    rest = line.text[line.index_at(stop) :]
    return not rest or rest[0] in _BOUNDARIES or (bool(tail.literal) and rest.startswith(tail.literal))


def _find_tail(line: Folded, position: int, tail: _Tail) -> tuple[int | None, bool]:
    """Return where a hole ends by what follows it, and whether it is only the end of the line that ends it."""
    whole = len(line.text.rstrip())
    if not tail.literal:
        return max(whole, position), True
    stop = line.text.find(tail.literal, position)
    if stop >= 0:
        return stop, False
    return (None, False) if tail.required else (max(whole, position), True)


def _find_gap(line: Folded, position: int, raw: str) -> tuple[int | None, bool]:
    gaps = list(_ALIGNMENT.finditer(raw.rstrip(), line.offsets[position]))
    if not gaps:
        return None, False
    return line.index_at(gaps[-1].start()), False


def _span(raw: str, start: int, begin: int, end: int) -> Span:
    """Return the span of a hole without the blanks around its text."""
    while begin < end and raw[begin] in " \t":
        begin += 1
    while end > begin and raw[end - 1] in " \t":
        end -= 1
    return Span(start + begin, start + max(begin, end))
