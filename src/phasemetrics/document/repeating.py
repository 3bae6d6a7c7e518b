"""Repeats a section of a new document, once for each item it is to describe; only a person asks for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from phasemetrics.document import markdown
from phasemetrics.document.growth import require_printable
from phasemetrics.document.markdown import Document, Edit
from phasemetrics.document.places import Row, Rows
from phasemetrics.document.recognition import recognise
from phasemetrics.document.sections import section_lines
from phasemetrics.document.template import Template

_NUMBER = re.compile(r"(#{1,6}[ \t]+)\d+")
_STUB = re.compile(r"\s*(?:\[[^\[\]]*\]|-{3,})?\s*")  # one text in brackets, or a rule


@dataclass(frozen=True, slots=True)
class _Section:
    """A section as it stands in the text; a `stub` has nothing in it but a placeholder."""

    start: int
    end: int
    stub: bool


def repeated(text: str, templates: Sequence[Template], count: int) -> str:
    """Return `text` with `count` sections where a template repeats one for each item, cloned from the first.

    Sections that have words of their own stay. Where there is no blank section to clone, nothing changes.
    """
    document = markdown.parse(text)
    edits: list[Edit] = []
    for rows in recognise(document, templates).rows:
        if rows.pattern.loop is not None and rows.pattern.loop.section and not rows.repeated:
            edits += _edits(document, rows, count)
    return document.spliced(edits)


def _edits(document: Document, rows: Rows, count: int) -> Iterator[Edit]:
    sections = [_section(document, rows, row) for row in rows.rows]
    blank = rows.pattern.key.is_placeholder(rows.rows[0].key)
    if not blank or sections[0].stub or not count:
        return
    source = document.text[sections[0].start : sections[0].end]
    for number, section in enumerate(sections, start=1):
        if section.stub:
            yield Edit(section.start, section.end, _numbered(source, number) if number <= count else "")
    end = sections[-1].end
    require_printable(len(source) * count, rows.pattern.template)
    more = "".join(_numbered(source, number) for number in range(len(sections) + 1, count + 1))
    if more:
        eol = document.lines[rows.rows[0].line.number].eol or "\n"
        unended = "" if document.text[:end].endswith(("\n", "\r")) else eol * 2
        yield Edit(end, end, unended + more)


def _section(document: Document, rows: Rows, row: Row) -> _Section:
    inside = section_lines(document, row.line)
    last = inside[-1] if inside else row.line
    stub = rows.pattern.key.is_placeholder(row.key) and all(_STUB.fullmatch(document.raw(line)) for line in inside)
    return _Section(row.line.start, last.end + len(last.eol), stub)


def _numbered(source: str, number: int) -> str:
    return _NUMBER.sub(rf"\g<1>{number}", source, count=1)
