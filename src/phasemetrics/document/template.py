"""A template: a Jinja2 file whose lines print a document, and recognise the same lines in one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from phasemetrics.document import markdown
from phasemetrics.document.ending import VERSION
from phasemetrics.document.folding import HOLE, heading_key
from phasemetrics.document.jinja import evaluate, last_filter, render
from phasemetrics.document.pattern import Loop, Pattern
from phasemetrics.document.prefix import split_marker, split_numbering
from phasemetrics.document.slot import Segment, Slot, Words, words_in
from phasemetrics.document.source import LoopTag, SourceLine, by_loop, lines_of
from phasemetrics.errors import UsageError
from phasemetrics.value import Gate, Value

if TYPE_CHECKING:
    from phasemetrics.document.markdown import Document

_HEADING = re.compile(r"[ \t]{0,3}#{1,6}[ \t]+")


@dataclass(frozen=True)
class Template:
    """A document kind: `name`, the Jinja2 `source`, and the patterns and headings that it consists of."""

    name: str
    source: str
    origin: str

    @cached_property
    def patterns(self) -> tuple[Pattern, ...]:
        """Every line with a hole, in order."""
        return tuple(self._read())

    @cached_property
    def headings(self) -> frozenset[tuple[str, ...]]:
        """The paths of all headings below the title, as keys with HOLE at their holes."""
        paths = set()
        for line in self._skeleton.lines:
            if line.kind == "heading":
                raw = self._skeleton.raw(line)
                if not raw.lstrip().startswith("# "):
                    paths.add((*_keys(line.path), heading_key(_HEADING.sub("", raw, count=1))))
        return frozenset(paths)

    def blank(self, facts: Mapping[str, Any]) -> str:
        """Print the document, with a placeholder in every hole that `facts` cannot fill."""
        assert self._lines is not None  # the lines are checked before the first is printed
        return render(self.source, facts, self.origin)

    @cached_property
    def _lines(self) -> tuple[SourceLine, ...]:
        return lines_of(self.source, self.origin)

    @cached_property
    def _skeleton(self) -> Document:
        """The template as a Markdown document: HOLE in its holes, so that the parser says what each line is."""
        return markdown.parse("".join(f"{_starred(line.parts)}\n" for line in self._lines if not line.empty))

    def _read(self) -> Iterator[Pattern]:
        bodies = [line for line in self._lines if not line.empty]
        loops = {tag: _loop(tag, lines) for tag, lines in by_loop(self._lines).items()}
        for line, place in zip(bodies, self._skeleton.lines, strict=True):
            if not any(isinstance(part, tuple) for part in line.parts):
                continue
            loop = loops[line.loop] if line.loop else None
            segments = tuple(self._segments(line))
            _check_adjacent(segments, self.origin, line.number)
            pattern = Pattern(
                self.name, line.number, place.kind, _keys(place.path), _source(line.parts), segments, loop=loop
            )
            yield self._with_cells(pattern, place) if place.kind == "row" else self._without_marker(pattern)

    def _segments(self, line: SourceLine) -> Iterator[Segment]:
        for part in line.parts:
            if isinstance(part, str):
                yield from words_in(part)
            else:
                yield _segment(part[0], self.origin, line.number)

    def _without_marker(self, pattern: Pattern) -> Pattern:
        first = pattern.segments[0]
        if pattern.kind not in {"text", "heading"} or not isinstance(first, str):
            return pattern
        marker = _HEADING.match(first) if pattern.kind == "heading" else None
        length = len(marker[0]) if marker else split_marker(first)
        rest = (first[length:],) if first[length:] else ()
        segments = (*rest, *pattern.segments[1:])
        if pattern.kind == "heading":
            segments = _without_numbering(segments)
        return replace(pattern, segments=segments)

    def _with_cells(self, pattern: Pattern, place: markdown.Line) -> Pattern:
        header = self._skeleton.header(place)
        if header is None:
            raise UsageError("bad-template", "a table row without a header", path=self.origin, line=pattern.number)
        columns = tuple(heading_key(self._skeleton.text[c.start : c.end]) for c in self._skeleton.cells(header))
        return replace(pattern, cells=tuple(_split_cells(pattern.segments)), columns=columns)


def _loop(tag: LoopTag, lines: Sequence[SourceLine]) -> Loop:
    empty = next(("".join(map(str, line.parts)) for line in lines if line.empty), None)
    return Loop(tag.number, tag.item, tag.items, empty, section=lines[0].is_heading)


def _segment(expression: str, origin: str, number: int) -> Segment:
    """Return the piece of a line that an expression stands for, as its last filter says."""
    name, texts = last_filter(expression)
    wanted = {"hole": len(texts) or 1, "gate": 2, "person": 1, "label": 1}
    if wanted.get(name) != len(texts):
        message = f'`{expression}` does not end in `| hole("…")`, nor in gate, person or label'
        mend = "name the placeholder that stands there until it is filled"
        raise UsageError("bad-template", message, path=origin, line=number, mend=mend)
    if name in {"person", "label"}:
        return Words(texts[0], expression.split("|")[0].strip().rpartition(".")[2], label=name == "label")
    return Slot(expression, texts, gate=name == "gate", origin=origin, number=number)


def _check_adjacent(segments: Sequence[Segment], origin: str, number: int) -> None:
    """Raise UsageError for two holes of which nobody could tell where the first one ends."""
    for one, other in pairwise(segments):
        if not isinstance(one, Slot) or not isinstance(other, Slot) or one.gate:
            continue
        if not all(placeholder.startswith(VERSION) for placeholder in other.placeholders):
            message = f"nothing stands between `{one.expression}` and `{other.expression}`"
            mend = "put text between them; only a version may follow at once, as in `==[version]`"
            raise UsageError("bad-template", message, path=origin, line=number, mend=mend)


def _without_numbering(segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """Drop the number of a heading, which a document may have or not: `1. ` or `{{ … | person("#") }}. `."""
    first, *rest = segments
    if isinstance(first, Words) and first.placeholder == "#" and rest and isinstance(rest[0], str):
        return (rest[0].lstrip(". )"), *rest[1:]) if rest[0].strip(". )") else tuple(rest[1:])
    if isinstance(first, str):
        return (first[split_numbering(first) :], *rest) if first[split_numbering(first) :] else tuple(rest)
    return segments


def _keys(path: Sequence[str]) -> tuple[str, ...]:
    return tuple(heading_key(title) for title in path)


def _starred(parts: Sequence[Any]) -> str:
    """Print a template line with HOLE for each hole and each of a person's placeholders in a heading."""
    text = "".join(part if isinstance(part, str) else _starred_hole(part[0]) for part in parts)
    if not _HEADING.match(text):
        return text
    return "".join(HOLE if isinstance(segment, Words) else str(segment) for segment in words_in(text))


def _starred_hole(expression: str) -> str:
    """Return what stands for a hole; the number of a heading is no part of its name, so it is printed as one."""
    return "1" if last_filter(expression) == ("person", ("#",)) else HOLE


def _source(parts: Sequence[Any]) -> str:
    return "".join(part if isinstance(part, str) else part[0] for part in parts)


def _split_cells(segments: Sequence[Segment]) -> Iterator[tuple[Segment, ...]]:
    """Split the segments of a row at its `|`, without the outer ones."""
    cells: list[list[Segment]] = [[]]
    for segment in segments:
        if not isinstance(segment, str):
            cells[-1].append(segment)
            continue
        for index, piece in enumerate(segment.split("|")):
            if index:
                cells.append([])
            if piece.strip():
                cells[-1].append(piece.strip())
    trimmed = cells[1:] if not cells[0] else cells
    trimmed = trimmed[:-1] if trimmed and not trimmed[-1] else trimmed
    for cell in trimmed:
        yield tuple(cell)


def value_of(slot: Slot, facts: Mapping[str, Any]) -> Value | Gate:
    """Return what `facts` say may stand in a hole: a Gate where it is a box.

    Raises UsageError when the expression names something that does not exist, or something of another kind.
    """
    value = evaluate(slot.expression, facts, slot.origin, slot.number)
    if not isinstance(value, Gate if slot.gate else Value):
        message = f"`{slot.expression}` is not a value that a hole can hold"
        mend = "docs/templates.md lists the names"
        raise UsageError("bad-template", message, path=slot.origin, line=slot.number, mend=mend)
    return value
