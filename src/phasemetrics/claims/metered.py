"""What a document states of the configured metrics: behind their names, or in the rows that they label."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from phasemetrics.claims.context import Around
from phasemetrics.claims.meaning import Meaning, meaning
from phasemetrics.claims.metriclabels import before_for, is_label, labelled
from phasemetrics.claims.metricnames import Found, MetricNames, Named
from phasemetrics.claims.phrasebook import Phrasebook
from phasemetrics.claims.pieces import Piece
from phasemetrics.claims.quantities import Quantified, base_unit, quantified, unit_of_head
from phasemetrics.claims.scoping import Scoping
from phasemetrics.claims.sections import Sections, words_of
from phasemetrics.claims.statement import Statement
from phasemetrics.claims.stretch import Stretch, narrows, states
from phasemetrics.claims.tokens import Token
from phasemetrics.document.markdown import Document, Line


def metered(
    document: Document, every: Iterable[tuple[Piece, Meaning]], phase: str, book: Phrasebook
) -> list[Statement]:
    """Return the statements of a document about the metrics of a phrasebook.

    `every` are the pieces of the document, each with what the line says that it is indented under. A statement has the
    subject `metric:NAME` and the unit of its number. A difference is `of` both ends, where they stand on its line.
    """
    if not book.metrics:
        return []
    reader = _Reader(document, phase, book)
    return list(_with_ends([one for piece, intro in every for one in reader.read(piece, intro)]))


class _Reader:
    """Reads the pieces of one document."""

    def __init__(self, document: Document, phase: str, book: Phrasebook) -> None:
        self.document = document
        self.phase = phase
        self.book = book
        self.names = MetricNames(book.metrics, book)
        self.sections = {one: self._sections(one) for one in self.names.all}
        self.rows: dict[int, tuple[int, Found] | None] = {}
        self.heads: dict[int, list[str]] = {}
        for line in document.lines:
            if line.kind == "header":
                self.heads[line.block] = [document.text[one.start : one.end] for one in document.cells(line)]
            elif line.kind == "row":
                self.rows[line.number] = self._label(line)

    def read(self, piece: Piece, intro: Meaning) -> Iterator[Statement]:
        """Yield the statements of one piece."""
        raw = self.document.raw(piece.line)
        found = quantified(raw, piece.tokens, self.book.foreign)
        if not found.tokens:
            return
        if piece.line.kind == "row":
            yield from self._cell(piece, intro, found)
            return
        names = list(self.names.within(raw))
        labels = [one for one in names if is_label(found.tokens, raw, one, self.book)]
        for index, one in enumerate(labels):
            stop = labels[index + 1].start if index + 1 < len(labels) else len(raw)
            tokens = labelled([token for token in found.tokens if token.start < stop], found.units, raw, one, self.book)
            yield from self._line(piece, intro, found, tokens, one)
        if len(names) == 1 and not labels:
            yield from self._line(piece, intro, found, before_for(found.tokens, names[0]), names[0])

    def _line(
        self, piece: Piece, intro: Meaning, found: Quantified, tokens: Sequence[Token], label: Found
    ) -> Iterator[Statement]:
        if tokens:
            within = replace(piece, tokens=tokens, row=(), head=())
            yield from states(self._stretch(within, intro, found, label, label.unit), self.book)

    def _cell(self, piece: Piece, intro: Meaning, found: Quantified) -> Iterator[Statement]:
        row = self.rows[piece.line.number]
        start = piece.line.start + found.tokens[0].start
        cells = self.document.cells(piece.line)
        at = next(index for index, one in enumerate(cells) if start < one.end)
        if row is None or at <= row[0]:
            return
        heads = self.heads.get(piece.line.block, [])
        unit = unit_of_head(heads[at]) if at < len(heads) else ""
        within = replace(piece, tokens=found.tokens, row=(Token("code", row[1].named.name, 0, 0),))
        stretch = self._stretch(within, intro, found, row[1], unit or row[1].unit)
        head = stretch.around.head
        if head.time or head.value or at == row[0] + 1 or stretch.around.scope.end():
            yield from states(stretch, self.book)

    def _stretch(self, piece: Piece, intro: Meaning, found: Quantified, label: Found, unit: str) -> Stretch:
        section = self.sections[label.named].of(piece.line.path)
        head = [one for one in piece.head if base_unit(one.text) is None]
        narrow = (
            piece.shown
            or not (label.named.unmistakable or (section.whole and not piece.file))
            or any(narrows(one, label.named, self.book) for part in (*piece.intro, head) for one in part)
        )
        said = meaning(words_of(head), self.book)
        around = Around(piece, section, said, Meaning(), intro, Scoping(piece, section, self.book))
        return Stretch(label.named, around, found.units, unit, narrow)

    def _sections(self, named: Named) -> Sections:
        return Sections(self.phase, replace(self.book, generic=self.book.generic | named.plain))

    def _label(self, line: Line) -> tuple[int, Found] | None:
        """Return which cell of a row is a name, the first that is no number of the row, and the name."""
        for index, cell in enumerate(self.document.cells(line)):
            text = self.document.text[cell.start : cell.end]
            found = self.names.label(text)
            if found is not None:
                return index, found
            if re.search(r"[^\W\d_]", text):
                return None
        return None


def _with_ends(told: Sequence[Statement]) -> Iterator[Statement]:
    """Yield statements; a difference with both ends that it lies between, as they are written on its line."""
    ends: dict[tuple[int, str, str], list[Statement]] = {}
    for one in told:
        ends.setdefault((one.line, one.subject, one.side), []).append(one)
    for one in told:
        pair = [ends.get((one.line, one.subject, side), []) for side in ("before", "after")]
        if one.side == "change" and all(len(side) == 1 for side in pair):
            of = " → ".join(f"{side[0].text} {'%' if side[0].percent else side[0].unit}".rstrip() for side in pair)
            yield replace(one, of=of)
        else:
            yield one
