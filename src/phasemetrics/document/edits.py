"""Turns decisions into splices of the text, and into what the ledger then holds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from phasemetrics.document.dressing import Place, dressed
from phasemetrics.document.ledger import Entry, Ledger
from phasemetrics.document.markdown import Document, Edit, Line, Span, same_line
from phasemetrics.document.marks import turned
from phasemetrics.document.matching import Found
from phasemetrics.document.ownership import Decision, spelled
from phasemetrics.document.reader import read_cell, read_words
from phasemetrics.document.rows import ROW, NewRow, RowPlan
from phasemetrics.document.slot import Words
from phasemetrics.document.template import value_of
from phasemetrics.value import Gate, Value

_GAP = re.compile(r" {2,}(?![ \t])")  # a tab aligns by itself


def hole_edit(document: Document, decision: Decision) -> Edit:
    """Return the edit that writes one hole; in a fence the next column stays where it was, if it can."""
    if decision.hole.bare:
        return Edit(decision.span.start, decision.span.end, decision.filling.new or "")
    placeholder = decision.entry.placeholder if decision.entry else decision.filling.old
    line = document.lines[decision.hole.line]
    return _written(document, line, decision.span, decision.filling.new or "", placeholder)


def _written(document: Document, line: Line, span: Span, new: str, placeholder: str) -> Edit:
    """Return the edit that writes `new`; writing the `placeholder` again undoes all edits before, blanks and all."""
    if line.kind == "row":
        return _in_cell(document, line, span, new)
    if line.kind == "fence":
        return _aligned(document.text, span, line.end, new, len(placeholder))
    return Edit(span.start, span.end, new)


def _aligned(text: str, span: Span, end: int, new: str, room: int) -> Edit:
    """Return the edit for a hole in a fence: the next column stays where it was, if the new text leaves room.

    `room` is the width of the placeholder. The blanks after the hole depend on nothing else, whatever was written in
    between; what a person did to them stays.
    """
    gap = _GAP.match(text, span.end, end)
    if gap is None or gap.end() == end:
        return Edit(span.start, span.end, new)
    blanks = len(gap[0]) - max(0, room - (span.end - span.start)) + max(0, room - len(new))
    return Edit(span.start, gap.end(), new + " " * max(2, blanks))


def _in_cell(document: Document, line: Line, span: Span, new: str) -> Edit:
    """Return the edit for a hole in a cell: what goes into an empty one gets a blank on each side."""
    cell = next(cell for cell in document.cells(line) if cell.start <= span.start <= cell.end)
    content = document.text[cell.start : cell.end]
    if not content.strip():
        return Edit(cell.start, cell.end, _padded(content, new))
    if not new.strip() and _padded(new, document.text[span.start : span.end]) == content:
        return Edit(cell.start, cell.end, new)
    return Edit(span.start, span.end, new if new.strip() else "")


def _padded(blanks: str, new: str) -> str:
    return f"{blanks[:1] or ' '}{new}{blanks[1:] or ' '}"


def row_edits(document: Document, plan: RowPlan) -> tuple[list[Edit], dict[str, Entry]]:
    """Return the edits that replace, remove and add whole rows of one place, and the entries of the added ones."""
    edits = [Edit(line.start, line.end, text) for line, text in plan.replaced]
    entries = {address: entry for address, entry in plan.entries.items() if entry.written}
    after: dict[int, list[str]] = {}
    for line, text in plan.inserted:
        after.setdefault(line.number, []).append(text)
    for row in plan.added:
        text, own = print_row(row)
        entries |= own
        if row.instead:
            edits.append(Edit(row.at.start, row.at.end, text))
        else:
            after.setdefault(row.at.number, []).append(text)
    last = _last_line(document, plan.removed)
    edits += _removals(document, plan.removed, last)
    return edits + [_insertion(document, number, texts, last) for number, texts in after.items()], entries


def _last_line(document: Document, removed: Sequence[Line]) -> int:
    """Return the number of the line that ends the document once lines are removed."""
    gone = {line.number for line in removed}
    return next((line.number for line in reversed(document.lines) if line.number not in gone), -1)


def _removals(document: Document, removed: Sequence[Line], last: int) -> Iterator[Edit]:
    """Yield the edits that take lines away; a document that ends without a line ending goes on doing so."""
    end = document.lines[-1]
    bare = not end.eol and last < end.number
    if bare:
        start = document.lines[last].end if last >= 0 else document.lines[0].start
        yield Edit(start, end.end, "")
    for line in removed:
        if not bare or line.number < last:
            yield Edit(line.start, line.end + len(line.eol), "")


def _insertion(document: Document, number: int, texts: Sequence[str], last: int) -> Edit:
    """Return the edit that adds lines after a line, with its line ending; a last line without one stays without."""
    line = document.lines[number]
    if number == last and not document.lines[-1].eol:
        eol = line.eol or (document.lines[number - 1].eol if number else "\n")
        return Edit(line.end, line.end, "".join(eol + text for text in texts))
    end = line.end + len(line.eol)
    return Edit(end, end, "".join(text + line.eol for text in texts))


def print_row(row: NewRow) -> tuple[str, dict[str, Entry]]:
    """Clone the source line of a new row with the item's values in its holes; return it and its entries."""
    edits, entries = [], {}
    base = f"{row.rows.address}/[{row.item.key}]"
    clone, line = _clone(row)
    for hole in _holes(row):
        if isinstance(hole.slot, Words):
            continue
        value = value_of(hole.slot, row.item.facts)
        placeholder = _stood(clone, line, hole.span)
        place = Place(hole.slot, hole.span, hole.tail)
        new = _printed(dressed(value, clone, line, place) if isinstance(value, Value) else value, placeholder)
        if new is not None:
            edits.append(_written(clone, line, hole.span, new, placeholder))
            entries[f"{base}/{hole.slot.name}"] = Entry(placeholder, new)
    text = clone.spliced(edits)
    entries[f"{base}/{ROW}"] = Entry(row.source, text, added=not row.instead)
    return text, entries


def _clone(row: NewRow) -> tuple[Document, Line]:
    line = Line(0, 0, len(row.source), "", row.rows.pattern.kind, (), 0)
    return Document(row.source, (line,)), line


def _stood(document: Document, line: Line, span: Span) -> str:
    """Return what stands in a hole: its text, or the blanks of a cell that is empty."""
    cells = document.cells(line) if line.kind == "row" and span.start == span.end else ()
    around = (document.text[cell.start : cell.end] for cell in cells if cell.start <= span.start <= cell.end)
    return next((blanks for blanks in around if not blanks.strip()), document.text[span.start : span.end])


def _printed(value: Value | Gate, placeholder: str) -> str | None:
    """Return what stands in a hole of a new row; None where the placeholder stays."""
    if isinstance(value, Gate):
        return turned(placeholder, ticked=True) if value.holds else None
    return spelled(value, placeholder)


def _holes(row: NewRow) -> Sequence[Found]:
    pattern = row.rows.pattern
    if not pattern.cells:
        return read_words(pattern, row.source, 0, len(row.source)) or ()
    clone, line = _clone(row)
    cells = clone.cells(line)
    found: list[Found] = []
    for segments, column in zip(pattern.cells, row.rows.columns, strict=False):
        found += read_cell(clone, segments, cells[column]) or () if column < len(cells) else ()
    return found


def row_entries(
    document: Document, decisions: Sequence[Decision], blanks: Mapping[str, Entry], ledger: Ledger
) -> dict[str, Entry]:
    """Return the entries for rows that were written as a whole, the line as it is now, and for cells that were empty.

    Only while the line is still exactly ours may it be taken away again, so an entry is brought up to date only for a
    line that no person has touched. `blanks` holds the placeholder rows that are filled for the first time.
    """
    written: dict[str, list[Edit]] = {}
    lines: dict[str, Line] = {}
    entries: dict[str, Entry] = {}
    for one in decisions:
        if not one.writes:
            continue
        line = document.lines[one.hole.line]
        if one.entry and one.span.start == one.span.end:
            entries[one.hole.address] = replace(one.entry, placeholder=_stood(document, line, one.span))
        base, mark, _ = one.hole.address.rpartition("]/")
        if mark:
            written.setdefault(f"{base}]/{ROW}", []).append(hole_edit(document, one))
            lines[f"{base}]/{ROW}"] = line
    for address, row in lines.items():
        raw, before = document.raw(row), ledger.get(address)
        blank = blanks.get(address)
        first = blank or before
        touched = (
            before is not None and not same_line(before.written, raw) and (blank is None or blank.placeholder != raw)
        )
        if first is not None and not touched:
            inside = [Edit(edit.start - row.start, edit.end - row.start, edit.text) for edit in written[address]]
            entries[address] = replace(first, written=Document(raw, ()).spliced(inside))
    handed = ((address, entry, ledger.get(address)) for address, entry in blanks.items() if address not in entries)
    return entries | {address: replace(entry, written=old.written) for address, entry, old in handed if old}
