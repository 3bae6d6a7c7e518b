"""Finds the sections that a loop of a template stands for: one heading for each item, and the lines under it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from phasemetrics.document.markdown import Document, Line
from phasemetrics.document.pattern import Pattern
from phasemetrics.document.places import Hole, Row, Rows
from phasemetrics.document.search import Search, holes_of
from phasemetrics.document.slot import literal_key


def section_lines(document: Document, heading: Line) -> Sequence[Line]:
    """Return the lines of a section after its heading, up to the next heading of its level or above."""
    level = _level(document, heading)
    after = document.lines[heading.number + 1 :]
    end = next((line.number for line in after if line.kind == "heading" and _level(document, line) <= level), None)
    return document.lines[heading.number + 1 : end]


def _level(document: Document, line: Line) -> int:
    raw = document.raw(line).lstrip()
    return len(raw) - len(raw.lstrip("#"))


def section_places(search: Search, patterns: Sequence[Pattern]) -> Iterator[Rows]:
    """Yield the sections of one loop: `patterns` are its lines with holes, the heading first."""
    head, *body = patterns
    assert head.loop is not None  # the caller chose them by their loop
    base = f"{head.section}/{head.loop.name}"
    sections: dict[tuple[str, ...], list[Row]] = {}
    for line in search.candidates(head):
        found = search.read(head, line)
        if found:
            search.take(line)
            holes = [*holes_of(search.document, head, line, found, base, repeated=False)]
            inside = {one.number for one in section_lines(search.document, line)}
            for pattern in body:
                holes += _first(search, pattern, inside, base)
            sections.setdefault(line.path, []).append(Row(line, holes[0].text, tuple(holes)))
    for number, rows in enumerate(sections.values()):
        yield Rows(base, head, (), tuple(rows), None, repeated=number > 0)


def _first(search: Search, pattern: Pattern, inside: set[int], base: str) -> list[Hole]:
    """Return the holes of the first line of a section that a pattern stands for, and take that line."""
    for line in search.candidates(pattern):
        found = search.read(pattern, line) if line.number in inside else None
        if found is not None:
            search.take(line)
            address = f"{base}/{literal_key(pattern.cells[0] if pattern.cells else pattern.segments)}"
            return list(holes_of(search.document, pattern, line, found, address, repeated=False))
    return []
