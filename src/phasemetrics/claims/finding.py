"""Finds every statement of a document."""

from __future__ import annotations

import re
from collections.abc import Iterator

from phasemetrics.claims.meaning import Meaning, meaning
from phasemetrics.claims.metered import metered
from phasemetrics.claims.phrasebook import Phrasebook
from phasemetrics.claims.pieces import Piece, pieces
from phasemetrics.claims.reading import read
from phasemetrics.claims.sections import Sections, words_of
from phasemetrics.claims.statement import Statement
from phasemetrics.document.markdown import Document

_PHASE = re.compile(r"phase:\s*[\"']?(?P<number>\d{1,3})\b.*")


def statements(document: Document, phase: str, book: Phrasebook) -> Iterator[Statement]:
    """Yield what a document states about tests, coverage, files, lines and metrics, in the order of the document.

    A number that the name of a metric labels is the metric's, unless it is said of one file.
    """
    sections = Sections(phase, book, _title(document))
    every = [(piece, _intro(piece, book)) for piece in pieces(document, book)]
    found = {(one.line, one.column): one for one in metered(document, every, phase, book)}
    for piece, intro in every:
        if any(one.kind == "number" for one in piece.tokens):
            for one in read(piece, sections.of(piece.line.path), intro, book):
                if one.scope == "file" or (one.line, one.column) not in found:
                    found[one.line, one.column] = one
    yield from (found[place] for place in sorted(found))


def _title(document: Document) -> str:
    """Return what a document says it is about as a whole: the phase in its front matter, or its title."""
    for line in document.lines:
        raw = document.raw(line).strip()
        if line.kind == "front" and (phase := _PHASE.fullmatch(raw)):
            return f"phase {int(phase['number'])}"
        if line.kind == "heading":
            return raw if raw.startswith("# ") else ""
    return ""


def _intro(piece: Piece, book: Phrasebook) -> Meaning:
    """Return what the nearest of the lines says that a piece is indented under, and that counts anything."""
    said = [meaning(words_of(one), book) for one in piece.intro]
    return next((one for one in reversed(said) if one.families), said[-1] if said else Meaning())
