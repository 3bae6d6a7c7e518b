"""Reads one line of a document as a line of a template: as words, or cell by cell."""

from __future__ import annotations

from collections.abc import Sequence

from phasemetrics.document.folding import folded, heading_key
from phasemetrics.document.markdown import Document, Line, Span
from phasemetrics.document.marks import is_ticked
from phasemetrics.document.matching import Found, read
from phasemetrics.document.pattern import Pattern
from phasemetrics.document.prefix import indentation, split_marker, split_numbering
from phasemetrics.document.slot import Segment, Slot


def read_line(document: Document, pattern: Pattern, line: Line) -> tuple[Found, ...] | None:
    """Return what stands in the holes of a pattern on a line or in a table's row; None when it is another line."""
    if pattern.cells:
        return _read_row(document, pattern, line)
    return read_words(pattern, document.text, line.start, line.end)


def read_words(pattern: Pattern, text: str, start: int, end: int) -> tuple[Found, ...] | None:
    """Read one line backwards, without the marker of its item or heading; in a fence everything is words."""
    raw = text[start:end]
    if pattern.kind == "heading":
        marker = len(raw) - len(raw.lstrip("# \t"))
        marker += split_numbering(raw[marker:])
    else:
        marker = indentation(raw) if pattern.kind == "fence" else split_marker(raw, box=not pattern.gated)
        if not raw[marker:].strip():
            return None  # a blank line is no line of a template, not even of one that is all hole
    if pattern.gated and raw.startswith("[", marker) and not _is_task(raw, marker):
        return None
    return read(pattern.segments, text, start + marker, end, code=pattern.kind == "fence")


def _is_task(raw: str, box: int) -> bool:
    """Return whether a box makes its line a task list item (GFM §5.3): after a list marker, before a blank."""
    return bool(raw[:box].strip()) and raw[box + 3 : box + 4] in {" ", "\t"}


def columns(document: Document, pattern: Pattern, line: Line) -> tuple[int, ...] | None:
    """Return where the template's columns stand in the table of `line`; None when one of them is not there."""
    header = document.header(line)
    if header is None:
        return None
    keys = [heading_key(document.text[cell.start : cell.end]) for cell in document.cells(header)]
    if not set(pattern.columns) <= set(keys):
        return None
    return tuple(keys.index(column) for column in pattern.columns)


def _read_row(document: Document, pattern: Pattern, line: Line) -> tuple[Found, ...] | None:
    places = columns(document, pattern, line)
    if places is None:
        return None
    cells = document.cells(line)
    found: list[Found] = []
    for segments, column in zip(pattern.cells, places, strict=False):
        if column >= len(cells):
            continue  # a ragged row: what is missing is reported as not found, never created
        one = read_cell(document, segments, cells[column])
        if one is None:
            return None
        found += one
    return tuple(found)


def read_cell(document: Document, segments: Sequence[Segment], cell: Span) -> tuple[Found, ...] | None:
    """Read one cell of a row backwards; None when its literal text is not that of the template."""
    text = document.text[cell.start : cell.end]
    if len(segments) == 1 and isinstance(segments[0], Slot):
        if segments[0].gate and is_ticked(text.strip()) is None:
            return None
        return (Found(segments[0], _content(text, cell), False),)
    if all(isinstance(segment, str) for segment in segments):
        return () if folded("".join(map(str, segments))) == folded(text) else None
    if not any(isinstance(segment, Slot) for segment in segments):
        return ()
    return read(segments, document.text, cell.start, cell.end, code=False)


def _content(text: str, cell: Span) -> Span:
    """Return the span of a cell's content; in an empty cell the place after its first blank."""
    stripped = text.strip()
    if not stripped:
        at = cell.start + min(1, len(text))
        return Span(at, at)
    start = cell.start + text.index(stripped)
    return Span(start, start + len(stripped))
