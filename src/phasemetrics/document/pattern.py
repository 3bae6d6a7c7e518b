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
    position = 0
    found: list[Found] = []
    for index, segment in enumerate(segments):
        if isinstance(segment, str):
            at = _find(line, _literal(segment, code), position, anywhere=index > 0)
            if at is None:
                return None
            position = at + len(_literal(segment, code))
            continue
        tail = _tail(segments, index, code)
        stop = _own_end(segment, line, position, raw, tail)
        open_ended = False
        if stop is None:
            stop, open_ended = _find_gap(line, position, raw) if tail.gap else _find_tail(line, position, tail)
        if stop is None:
            return None
        if isinstance(segment, Slot):
            found.append(Found(segment, _span(line, position, stop, start, text), open_ended))
        position = stop
        if tail.loose:
            break
    return tuple(found)


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


def _own_end(segment: Slot | Words, line: Folded, position: int, raw: str, tail: _Tail) -> int | None:
    """Return where a hole ends that shows it by itself: its placeholder, or a code span."""
    if isinstance(segment, Words):
        return None
    at = line.offsets[position]
    stop = segment.placeholder_at(raw, at, len(raw))
    if stop is not None and _ends_here(line, stop, tail):
        return line.offsets.index(stop)
    span = _CODE_SPAN.match(raw, at)
    return next(index for index, offset in enumerate(line.offsets) if offset >= span.end()) if span else None


def _ends_here(line: Folded, stop: int, tail: _Tail) -> bool:
    """Return whether a placeholder that ends at `stop` is all that stands there.

    In `A/B%` the hole holds `B%`, a person's; writing 147 for the `B` would leave a value that cannot be read back.
    """
    if stop not in line.offsets:
        return False
    rest = line.text[line.offsets.index(stop) :]
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
    return next(index for index, offset in enumerate(line.offsets) if offset >= gaps[-1].start()), False


def _span(line: Folded, first: int, last: int, start: int, text: str) -> Span:
    begin, end = start + line.offsets[first], start + line.offsets[last]
    while begin < end and text[begin] in " \t":
        begin += 1
    while end > begin and text[end - 1] in " \t":
        end -= 1
    return Span(begin, end)
