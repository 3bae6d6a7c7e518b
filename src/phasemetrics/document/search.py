"""Looks for the lines of templates in a document, and reads what stands in their holes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from phasemetrics.document.folding import fits, folded, heading_key
from phasemetrics.document.markdown import Document, Line, LineKind, Span
from phasemetrics.document.pattern import Found, read, split_marker
from phasemetrics.document.places import Hole, Row, Rows
from phasemetrics.document.slot import Segment, Slot, literal_key
from phasemetrics.document.template import Pattern


def path_fits(pattern: Sequence[str], path: Sequence[str]) -> bool:
    """Return whether the headings of a document end in those of a template: a document may nest a section deeper."""
    if not pattern:
        return not path
    return len(pattern) <= len(path) and all(map(fits, pattern, path[len(path) - len(pattern) :]))


class Search:
    """One pass over a document: which lines are taken, and which addresses are given out."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._claimed: set[int] = set()
        self._bases: Counter[str] = Counter()
        self._index: dict[LineKind, dict[tuple[str, ...], list[Line]]] = {}
        for line in document.lines:
            self._index.setdefault(line.kind, {}).setdefault(line.path, []).append(line)
        paths = {path for lines in self._index.values() for path in lines}
        self._keys = {path: tuple(map(heading_key, path)) for path in paths}

    def candidates(self, pattern: Pattern) -> list[Line]:
        """Return the lines that a pattern may stand for: of its kind, under its headings, not taken."""
        groups = self._index.get(pattern.kind, {})
        lines = [line for path, lines in groups.items() if path_fits(pattern.path, self._keys[path]) for line in lines]
        return [line for line in lines if line.number not in self._claimed]

    def base(self, pattern: Pattern) -> str:
        """Return a new address for the holes of a pattern."""
        address = f"{pattern.section}/{_label(pattern)}"
        self._bases[address] += 1
        return address if self._bases[address] == 1 else f"{address}#{self._bases[address]}"

    def line_holes(self, pattern: Pattern, base: str, *, repeated: bool) -> list[Hole]:
        """Return the holes of the first line that a pattern stands for, and take that line."""
        for line in self.candidates(pattern):
            read = _read_row if pattern.cells else _read_line
            found = read(self.document, pattern, line)
            if found is not None:
                self._claimed.add(line.number)
                return list(_holes(self.document, pattern, line, found, base, repeated))
        return []

    def row_places(self, pattern: Pattern) -> Iterator[Rows]:
        """Yield the rows of a loop, wherever its section and its block stand."""
        if pattern.loop is None:
            return
        groups: dict[tuple[tuple[str, ...], int], list[Line]] = {}
        for line in self.candidates(pattern):
            groups.setdefault((line.path, line.block), []).append(line)
        base = f"{pattern.section}/{pattern.loop.name}"
        for lines in groups.values():
            empty = next((line for line in lines if _is_empty_line(self.document, pattern, line)), None)
            rows = tuple(row for row in _rows(self.document, pattern, lines, base) if row.line != empty)
            if not rows and empty is None:
                continue
            self._claimed.update(row.line.number for row in rows)
            columns = _columns(self.document, pattern, lines[0]) if pattern.cells else ()
            self._bases[base] += 1
            yield Rows(base, pattern, columns or (), rows, empty, self._bases[base] > 1)


def _label(pattern: Pattern) -> str:
    return literal_key(pattern.cells[0] if pattern.cells else pattern.segments)


def _holes(
    document: Document, pattern: Pattern, line: Line, found: Sequence[Found], base: str, repeated: bool
) -> Iterator[Hole]:
    names: Counter[str] = Counter()
    for one in found:
        name = one.slot.name
        names[name] += 1
        address = f"{base}/{name}" if names[name] == 1 else f"{base}/{name}#{names[name]}"
        record = f"{line.number}" if pattern.cells else f"{line.number}:{one.slot.record}"
        text = document.text[one.span.start : one.span.end]
        yield Hole(address, one.slot, line.number, one.span, text, record, one.open_ended, repeated, pattern.template)


def _read_line(document: Document, pattern: Pattern, line: Line) -> tuple[Found, ...] | None:
    return read_words(pattern, document.text, line.start, line.end)


def read_words(pattern: Pattern, text: str, start: int, end: int) -> tuple[Found, ...] | None:
    """Read one line backwards, without the marker of its item or heading; in a fence everything is words."""
    raw = text[start:end]
    if pattern.kind == "heading":
        marker = len(raw) - len(raw.lstrip("# \t"))
    else:
        marker = 0 if pattern.kind == "fence" else split_marker(raw)
    return read(pattern.segments, text, start + marker, end, code=pattern.kind == "fence")


def _columns(document: Document, pattern: Pattern, line: Line) -> tuple[int, ...] | None:
    """Return where the template's columns stand in the table of `line`; None when one of them is not there."""
    header = document.header(line)
    if header is None:
        return None
    keys = [heading_key(document.text[cell.start : cell.end]) for cell in document.cells(header)]
    if not set(pattern.columns) <= set(keys):
        return None
    return tuple(keys.index(column) for column in pattern.columns)


def _read_row(document: Document, pattern: Pattern, line: Line) -> tuple[Found, ...] | None:
    columns = _columns(document, pattern, line)
    if columns is None:
        return None
    cells = document.cells(line)
    found: list[Found] = []
    for segments, column in zip(pattern.cells, columns, strict=False):
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


def _rows(document: Document, pattern: Pattern, lines: Sequence[Line], base: str) -> Iterator[Row]:
    for line in lines:
        if pattern.kind == "text" and not _is_item(document, line):
            continue
        found = _read_row(document, pattern, line) if pattern.cells else _read_line(document, pattern, line)
        if found:
            holes = tuple(_holes(document, pattern, line, found, base, repeated=False))
            yield Row(line, holes[0].text, holes)


def _is_item(document: Document, line: Line) -> bool:
    raw = document.raw(line)
    return bool(raw[: split_marker(raw)].strip())


def _is_empty_line(document: Document, pattern: Pattern, line: Line) -> bool:
    if pattern.loop is None or pattern.loop.empty is None:
        return False
    return folded(document.raw(line)) == folded(pattern.loop.empty)
