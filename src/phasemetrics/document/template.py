"""A template: a Jinja2 file whose lines print a document, and recognise the same lines in one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from phasemetrics.document import markdown
from phasemetrics.document.folding import HOLE, heading_key
from phasemetrics.document.jinja import Line as SourceLine
from phasemetrics.document.jinja import evaluate, lines_of, placeholders_of, render
from phasemetrics.document.pattern import split_marker
from phasemetrics.document.slot import Segment, Slot, Words, words_in
from phasemetrics.errors import UsageError
from phasemetrics.value import Value

if TYPE_CHECKING:
    from phasemetrics.document.markdown import Document, LineKind

_HEADING = re.compile(r"[ \t]{0,3}#{1,6}[ \t]+")


@dataclass(frozen=True, slots=True)
class Loop:
    """`{% for item in items %}`: one row for each item of `items`; `empty` is the line under `{% else %}`."""

    item: str
    items: str
    empty: str | None

    @property
    def name(self) -> str:
        """The name of the items, without filters."""
        return self.items.split("|")[0].strip()


@dataclass(frozen=True, slots=True)
class Pattern:
    """One line of a template with holes: where it stands and what it looks like.

    `path` are the keys of the headings above it (HOLE at their holes); `cells` are its cells when it is a table row,
    with the keys of the `columns` they stand in.
    """

    template: str
    number: int
    kind: LineKind
    path: tuple[str, ...]
    source: str
    segments: tuple[Segment, ...]
    cells: tuple[tuple[Segment, ...], ...] = ()
    columns: tuple[str, ...] = ()
    loop: Loop | None = None

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The holes of the line, in order."""
        groups = self.cells or (self.segments,)
        return tuple(segment for group in groups for segment in group if isinstance(segment, Slot))

    @property
    def section(self) -> str:
        """The path as one text, for addresses."""
        return "/".join(part.replace(HOLE, "#").strip() for part in self.path)


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
        empties = {line.loop: "".join(map(str, line.parts)) for line in self._lines if line.empty and line.loop}
        for line, place in zip(bodies, self._skeleton.lines, strict=True):
            if not any(isinstance(part, tuple) for part in line.parts):
                continue
            loop = None
            if line.loop is not None:
                loop = Loop(line.loop.item, line.loop.items, empties.get(line.loop))
            segments = tuple(self._segments(line))
            pattern = Pattern(
                self.name, line.number, place.kind, _keys(place.path), _source(line.parts), segments, loop=loop
            )
            yield self._with_cells(pattern, place) if place.kind == "row" else self._without_marker(pattern)

    def _segments(self, line: SourceLine) -> Iterator[Segment]:
        for part in line.parts:
            if isinstance(part, str):
                yield from words_in(part)
            else:
                yield Slot(part[0], placeholders_of(part[0], self.origin, line.number))

    def _without_marker(self, pattern: Pattern) -> Pattern:
        first = pattern.segments[0]
        if pattern.kind not in {"text", "heading"} or not isinstance(first, str):
            return pattern
        marker = _HEADING.match(first) if pattern.kind == "heading" else None
        length = len(marker[0]) if marker else split_marker(first)
        rest = (first[length:],) if first[length:] else ()
        return replace(pattern, segments=(*rest, *pattern.segments[1:]))

    def _with_cells(self, pattern: Pattern, place: markdown.Line) -> Pattern:
        header = self._skeleton.header(place)
        if header is None:
            raise UsageError("bad-template", "a table row without a header", path=self.origin, line=pattern.number)
        columns = tuple(heading_key(self._skeleton.text[c.start : c.end]) for c in self._skeleton.cells(header))
        return replace(pattern, cells=tuple(_split_cells(pattern.segments)), columns=columns)


def _keys(path: Sequence[str]) -> tuple[str, ...]:
    return tuple(heading_key(title) for title in path)


def _starred(parts: Sequence[Any]) -> str:
    """Print a template line with HOLE for each hole and each of a person's placeholders in a heading."""
    text = "".join(part if isinstance(part, str) else HOLE for part in parts)
    if not _HEADING.match(text):
        return text
    return "".join(HOLE if isinstance(segment, Words) else str(segment) for segment in words_in(text))


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


def value_of(slot: Slot, facts: Mapping[str, Any], origin: str) -> Value:
    """Return what `facts` say may stand in a hole.

    Raises UsageError when the expression names something that does not exist.
    """
    value = evaluate(slot.expression, facts, origin)
    if not isinstance(value, Value):
        raise UsageError("bad-template", f"`{slot.expression}` is not a value that a hole can hold", path=origin)
    return value
