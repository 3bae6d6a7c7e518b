"""Where a hole of a line ends: at its placeholder, at what follows it, at a gap, or at the end of the line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeGuard

from phasemetrics.document.folding import Folded, fold
from phasemetrics.document.marks import end_of_mark
from phasemetrics.document.slot import Segment, Slot, Words
from phasemetrics.escaping import look_alike, other_look_alike

_CODE_SPAN = re.compile(r"(`+)(?!`)(?:.*?[^`])?\1(?!`)", re.DOTALL)
_BOUNDARIES = " (,;"  # what may follow a value: a person's remark
# Where a name ends that a version follows, as in `rich==13.9.4`; the last two as they are written in running text.
VERSION = tuple("=<>~!^@ \uff20\u223c")
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


NOTHING_FOLLOWS = Tail("")


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


def guarded(text: str, tail: Tail, *, code: bool) -> str:
    """Return `text` for a hole with this `tail`: what would end it sooner becomes what looks like it.

    A name that holds it would not be read back as it was written. `code`: as in `read`.
    """
    if tail.stops:
        ends = {at for at in range(1, len(text)) if text[at] in tail.stops and text[at - 1] != "/"}
        ends |= {len(text) - 1} if text.endswith("/") else set()  # behind it no version begins
        return "".join(other_look_alike(one) if at in ends else one for at, one in enumerate(text))
    own = fold(text, emphasis=not code).text
    first = tail.literal.strip()[:1]
    first = " " if first.isalnum() else first  # no letter looks like another
    if not first or _find_tail(fold(own + (tail.whole or tail.literal), emphasis=not code), 0, tail)[0] == len(own):
        return text
    return text.replace(first, look_alike(first))


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
        at = line.index_at(until)
        itself = isinstance(segment, Slot) and segment.code  # a code span ends there, whatever a person put behind it
        stands = line.text.find(tail.literal, at)
        if tail.required and not tail.gap and (stands < 0 or (stands > at and not itself)):
            return None
        return until, at, False
    if tail.stops:
        # A part of a path may begin with one of them: git.sr.ht/~ada/getopt@v1.0.0.
        ends = (at for at in range(offset + 1, len(raw)) if raw[at] in tail.stops and raw[at - 1] != "/")
        found = next(ends, None)
        return None if found is None else (found, line.index_at(found), False)
    stop, open_ended = _find_gap(line, position, raw) if tail.gap else _find_tail(line, position, tail)
    if stop is None:
        return None
    if open_ended:
        return _without(tail.closing, raw), stop, True
    # Up to the backtick that ends code, asterisks and lines below are no emphasis but the value's own.
    return (line.offsets[stop] if tail.literal.startswith("`") else line.end_of(stop)), stop, False


def _without(closing: str, raw: str) -> int:
    """Return where a hole ends that goes on to the end of its line: emphasis that is closed there is part of it."""
    end = len(raw.rstrip())
    return end - len(closing) if closing and raw.endswith(closing, 0, end) else end
