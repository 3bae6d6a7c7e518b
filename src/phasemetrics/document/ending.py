"""Where a hole of a line ends: at its placeholder, at what follows it, at a gap, or at the end of the line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeGuard

from phasemetrics.document.folding import Folded, fold
from phasemetrics.document.marks import end_of_mark
from phasemetrics.document.slot import Segment, Slot, Words

_CODE_SPAN = re.compile(r"(`+)(?!`)(?:.*?[^`])?\1(?!`)", re.DOTALL)
_BOUNDARIES = " (,;"  # what may follow a value: a person's remark
VERSION = tuple("=<>~!^@ ")  # where a name ends that a version follows, as in `rich==13.9.4`
_BRACKETS = {")": "(", "]": "["}
_ALIGNMENT = re.compile(r"[ \t\u00a0]{2,}")


def is_kept(segment: Segment) -> TypeGuard[Slot | Words]:
    """Return whether what stands in place of a segment is wanted: a hole, or a person's words that have a name."""
    return isinstance(segment, Slot) or (isinstance(segment, Words) and bool(segment.name))


@dataclass(frozen=True, slots=True)
class Tail:
    """What follows a hole: the `literal` that ends it, and whether the `loose` rest of the line is a person's.

    `gap`: two or more blanks that align the next column end it. `stops`: any of these characters ends it, because the
    next hole begins there. `closing` is emphasis that the template closes after it. `whole` is more of the literal:
    where it stands on the line, a value may hold what it begins with.
    """

    literal: str
    loose: bool = False
    required: bool = True
    gap: bool = False
    stops: str = ""
    closing: str = ""
    whole: str = ""


def folded_literal(segment: str, code: bool) -> str:
    """Return literal text of a template as it compares; in `code` asterisks are no emphasis."""
    return fold(segment, emphasis=not code).text


def tail_of(segments: Sequence[Segment], index: int, code: bool) -> Tail:
    """Return what follows a hole of a line."""
    rest = segments[index + 1 :]
    if rest and isinstance(rest[0], Slot):
        return Tail("", stops="".join(VERSION))
    if not rest or not isinstance(rest[0], str):
        return Tail("")
    literal = folded_literal(rest[0], code)
    if not literal:
        return Tail("", closing=rest[0].strip())
    if code and _ALIGNMENT.fullmatch(rest[0]):
        return Tail(" ", gap=True)
    if any(map(is_kept, rest)):
        return Tail(literal)
    # After the last hole only what touches it has to be there: the rest of the line is a person's to reword.
    if literal.startswith(" "):
        return Tail(literal, loose=True, required=any(map(str.isalnum, literal)))
    return Tail(literal.split(" ")[0], loose=True, whole=literal.rstrip())


def _own_end(segment: Slot | Words, offset: int, raw: str, line: Folded, tail: Tail) -> int | None:
    """Return the offset where a hole ends that shows it by itself: its placeholder, or a code span."""
    if isinstance(segment, Words):
        return None
    stop = segment.placeholder_at(raw, offset, len(raw))
    if stop is not None and _ends_here(line, stop, tail):
        return stop
    # Other values may begin with a code span and go on: a metric that is called `parse()` time.
    span = _CODE_SPAN.match(raw, offset) if isinstance(segment, Slot) and segment.code else None
    return span.end() if span else None


def _ends_here(line: Folded, stop: int, tail: Tail) -> bool:
    """Return whether a placeholder that ends at `stop` is all that stands there.

    In `A/B%` the hole holds `B%`, a person's; writing 147 for the `B` would leave a value that cannot be read back.
    """
    rest = line.text[line.index_at(stop) :]
    return not rest or rest[0] in _BOUNDARIES + tail.stops or (bool(tail.literal) and rest.startswith(tail.literal))


def _find_tail(line: Folded, position: int, tail: Tail) -> tuple[int | None, bool]:
    """Return where a hole ends by what follows it, and whether it is only the end of the line that ends it."""
    whole = len(line.text.rstrip())
    if not tail.literal:
        return max(whole, position), True
    stop = line.text.find(tail.whole, position) if tail.whole not in {"", tail.literal} else -1
    stop = stop if stop >= 0 else _find_outside(line.text, tail.literal, position)
    if stop >= 0:
        return stop, False
    return (None, False) if tail.required else (max(whole, position), True)


def _find_outside(text: str, literal: str, position: int) -> int:
    """Return where a literal stands, -1 where it does not; a bracket that closes one of the value's own is none."""
    opening = _BRACKETS.get(literal[0])
    depth = 0
    for at in range(position, len(text) if opening else position):
        if text[at] == opening:
            depth += 1
        elif text[at] == literal[0] and depth:
            depth -= 1
        elif text.startswith(literal, at):
            return at
    return text.find(literal, position)


def _find_gap(line: Folded, position: int, raw: str) -> tuple[int | None, bool]:
    gaps = list(_ALIGNMENT.finditer(raw.rstrip(), line.offsets[position]))
    if not gaps:
        return None, False
    return line.index_at(gaps[-1].start()), False


def end_of_hole(
    segment: Slot | Words, offset: int, position: int, raw: str, line: Folded, tail: Tail
) -> tuple[int, int, bool] | None:
    """Return where a hole ends: the offset, the position in the folded line, whether only the line's end ends it.

    None when the line is another one.
    """
    if isinstance(segment, Slot) and segment.gate:
        mark = end_of_mark(raw, offset, len(raw))
        return None if mark is None else (mark, line.index_at(mark), False)
    until = _own_end(segment, offset, raw, line, tail)
    if until is not None:
        # A placeholder is found only where its value would be found again.
        if tail.gap and not _ALIGNMENT.match(raw, until):
            return None
        if tail.required and not tail.gap and line.text.find(tail.literal, line.index_at(until)) < 0:
            return None
        return until, line.index_at(until), False
    if tail.stops:
        # A part of a path may begin with one of them: git.sr.ht/~ada/getopt@v1.0.0.
        ends = (at for at in range(offset + 1, len(raw)) if raw[at] in tail.stops and raw[at - 1] != "/")
        found = next(ends, None)
        return None if found is None else (found, line.index_at(found), False)
    stop, open_ended = _find_gap(line, position, raw) if tail.gap else _find_tail(line, position, tail)
    if stop is None:
        return None
    return (_without(tail.closing, raw) if open_ended else line.end_of(stop)), stop, open_ended


def _without(closing: str, raw: str) -> int:
    """Return where a hole ends that goes on to the end of its line: emphasis that is closed there is part of it."""
    end = len(raw.rstrip())
    return end - len(closing) if closing and raw.endswith(closing, 0, end) else end
