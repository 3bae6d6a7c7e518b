"""Looks for the lines of templates in a document, and reads what stands in their holes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from phasemetrics.document.filters import Here
from phasemetrics.document.folding import HOLE, fits, folded, heading_key
from phasemetrics.document.markdown import Document, Line, LineKind
from phasemetrics.document.matching import Found
from phasemetrics.document.pattern import Pattern
from phasemetrics.document.places import Hole, Row, Rows
from phasemetrics.document.prefix import is_quoted, split_marker
from phasemetrics.document.reader import columns, read_line
from phasemetrics.document.slot import Words, literal_key
from phasemetrics.errors import Refusal

# What one search may cost, in characters compared: a few seconds. A document of 5,000 lines takes a tenth of it.
STEPS = 30_000_000
_READING = 8  # what it takes to begin with a line


def path_fits(pattern: Sequence[str], path: Sequence[str]) -> bool:
    """Return whether the headings of a document end in those of a template: a document may nest a section deeper."""
    if not pattern:
        return not path
    return len(pattern) <= len(path) and all(map(fits, pattern, path[len(path) - len(pattern) :]))


class Paths:
    """The headings above each line of a document, as keys, by the last of them."""

    def __init__(self, paths: Iterable[tuple[str, ...]]) -> None:
        self._all = list(dict.fromkeys(paths))
        self._by_last: dict[str, list[tuple[str, ...]]] = {}
        for path in self._all:
            self._by_last.setdefault(path[-1] if path else "", []).append(path)
        self._fitting: dict[tuple[str, ...], list[tuple[str, ...]]] = {}

    def fitting(self, pattern: tuple[str, ...]) -> list[tuple[str, ...]]:
        """Return the paths that end in the headings of a template."""
        if pattern not in self._fitting:
            last = pattern[-1] if pattern else ""
            near = self._all if HOLE in last else self._by_last.get(last, [])
            self._fitting[pattern] = [path for path in near if path_fits(pattern, path)]
        return self._fitting[pattern]


class Search:
    """One pass over a document: which lines are taken, and which addresses are given out."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._left = STEPS
        self._claimed: set[int] = set()
        self._bases: Counter[str] = Counter()
        self._index: dict[LineKind, dict[tuple[str, ...], list[Line]]] = {}
        keys = {path: tuple(map(heading_key, path)) for path in dict.fromkeys(line.path for line in document.lines)}
        for line in document.lines:
            self._index.setdefault(line.kind, {}).setdefault(keys[line.path], []).append(line)
        self._paths = Paths(keys.values())

    def candidates(self, pattern: Pattern) -> list[Line]:
        """Return the lines that a pattern may stand for: of its kind, under its headings, free; quoted ones last."""
        groups = self._index.get(pattern.kind, {})
        lines = [line for path in self._paths.fitting(pattern.path) for line in groups.get(path, ())]
        self._spend(len(lines))
        # Where a section and a quotation of it stand, the section is meant.
        free = (line for line in lines if line.number not in self._claimed)
        return sorted(free, key=lambda line: (is_quoted(self.document.raw(line)), line.number))

    def read(self, pattern: Pattern, line: Line) -> tuple[Found, ...] | None:
        """Return what stands in the holes of a pattern on a line, None when it is another line.

        Raises Refusal `too-much-to-compare` once this search has cost as much as one may.
        """
        header = self.document.header(line) if pattern.cells else None
        width = header.end - header.start + line.number - header.number if header else 0
        self._spend(_READING + line.end - line.start + width)
        return read_line(self.document, pattern, line)

    def _spend(self, steps: int) -> None:
        self._left -= steps
        if self._left < 0:
            message = "too many lines may be those of a template: to compare all of them would take too long"
            raise Refusal("too-much-to-compare", message, mend="split the document, or use templates with fewer lines")

    def take(self, *lines: Line) -> None:
        """Keep lines from being found again."""
        self._claimed.update(line.number for line in lines)

    def base(self, pattern: Pattern) -> str:
        """Return a new address for the holes of a pattern."""
        return self.numbered(f"{pattern.section}/{_label(pattern)}")

    def numbered(self, address: str) -> str:
        """Return an address that was not given out before: the second of a kind gets a number."""
        self._bases[address] += 1
        return address if self._bases[address] == 1 else f"{address}#{self._bases[address]}"

    def line_holes(self, pattern: Pattern, base: str) -> list[Hole]:
        """Return the holes of the first line that a pattern stands for, and take that line."""
        return next(self._lines_holes(pattern, base, repeated=False), [])

    def repeated_holes(self, pattern: Pattern, base: str) -> Iterator[Hole]:
        """Yield the holes of all other lines that a pattern stands for, and take them."""
        for holes in self._lines_holes(pattern, base, repeated=True):
            if not holes:
                return
            yield from holes

    def _lines_holes(self, pattern: Pattern, base: str, *, repeated: bool) -> Iterator[list[Hole]]:
        for line in self.candidates(pattern):
            found = self.read(pattern, line)
            if found is not None:
                self.take(line)
                yield list(holes_of(self.document, pattern, line, found, base, repeated=repeated))

    def labelled_holes(self, pattern: Pattern) -> Iterator[Hole]:
        """Yield the holes of every line that a pattern with a label stands for; the label is part of the address."""
        for line in self.candidates(pattern):
            found = self.read(pattern, line)
            if found is not None:
                self.take(line)
                base = f"{pattern.section}/[{_label_on(self.document, found)}]"
                self._bases[base] += 1
                yield from holes_of(self.document, pattern, line, found, base, repeated=self._bases[base] > 1)

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
            rows = tuple(row for row in _rows(self, pattern, lines, base) if row.line != empty)
            if not rows and empty is None:
                continue
            self.take(*(row.line for row in rows))
            places = columns(self.document, pattern, lines[0]) if pattern.cells else ()
            self._bases[base] += 1
            yield Rows(base, pattern, places or (), rows, empty, self._bases[base] > 1)


def _label(pattern: Pattern) -> str:
    return literal_key(pattern.cells[0] if pattern.cells else pattern.segments)


def _label_on(document: Document, found: Sequence[Found]) -> str:
    labels = (one.span for one in found if isinstance(one.slot, Words) and one.slot.label)
    return " ".join(folded(document.text[span.start : span.end]) for span in labels)


def holes_of(
    document: Document, pattern: Pattern, line: Line, found: Sequence[Found], base: str, *, repeated: bool
) -> Iterator[Hole]:
    """Yield what was found on a line as holes with their addresses; each knows what stands beside it."""
    names: Counter[str] = Counter()
    here = Here()
    for one in found:
        name = one.slot.name if isinstance(one.slot, Words) else one.slot.short
        here[name] = document.text[one.span.start : one.span.end]
    for one in found:
        if isinstance(one.slot, Words):
            continue
        name = one.slot.name
        names[name] += 1
        own = f"{base}/{name}" if names[name] == 1 else f"{base}/{name}#{names[name]}"
        record = f"{line.number}" if pattern.cells else f"{line.number}:{one.slot.record}"
        text = document.text[one.span.start : one.span.end]
        yield Hole(own, one.slot, line.number, one.span, text, record, one.open_ended, repeated, here, tail=one.tail)


def _rows(search: Search, pattern: Pattern, lines: Sequence[Line], base: str) -> Iterator[Row]:
    for line in lines:
        if pattern.kind == "text" and not _is_item(search.document, line):
            continue
        found = search.read(pattern, line)
        if found:
            holes = tuple(holes_of(search.document, pattern, line, found, base, repeated=False))
            key = next((hole for hole in holes if hole.slot == pattern.key), None)
            if key is not None:  # a ragged row may end before the cell that names it
                yield Row(line, key.text, holes)


def _is_item(document: Document, line: Line) -> bool:
    raw = document.raw(line)
    return bool(raw[: split_marker(raw)].strip())


def _is_empty_line(document: Document, pattern: Pattern, line: Line) -> bool:
    if pattern.loop is None or pattern.loop.empty is None:
        return False
    return folded(document.raw(line)) == folded(pattern.loop.empty)
