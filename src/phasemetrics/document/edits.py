"""Turns decisions into splices of the text, and into what the ledger then holds."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from phasemetrics.document.ledger import Entry, Ledger
from phasemetrics.document.markdown import Document, Edit, Line, Span, same_line
from phasemetrics.document.ownership import Decision, spelled
from phasemetrics.document.pattern import Found
from phasemetrics.document.rows import ROW, NewRow, RowPlan, in_place
from phasemetrics.document.search import read_cell, read_words
from phasemetrics.document.template import value_of

_GAP = re.compile(r"[ \t]{2,}")


def hole_edit(document: Document, decision: Decision) -> Edit:
    """Return the edit that writes one hole; in a fence the next column stays where it was, if it can."""
    span, new = decision.span, decision.filling.new or ""
    line = document.lines[decision.hole.line]
    if line.kind == "row" and span.start == span.end:
        return Edit(span.start, span.end, _padded(document, span.start, new))
    return _aligned(document.text, span, line.end, new) if line.kind == "fence" else Edit(span.start, span.end, new)


def _aligned(text: str, span: Span, end: int, new: str) -> Edit:
    """Return the edit for a hole in a fence: the next column stays where it was, if the new text leaves room."""
    gap = _GAP.match(text, span.end, end)
    if gap is None or gap.end() == end or len(new) > span.end - span.start:
        return Edit(span.start, span.end, new)
    return Edit(span.start, gap.end(), new.ljust(gap.end() - span.start))


def _padded(document: Document, at: int, new: str) -> str:
    """Return what goes into an empty cell, with a blank on each side."""
    left = "" if document.text[at - 1 : at] in " \t" else " "
    right = "" if document.text[at : at + 1] in " \t" else " "
    return f"{left}{new}{right}"


def removal(document: Document, line: Line) -> Edit:
    """Return the edit that takes a line away, with the line ending that made it one."""
    if line.eol or line.number == 0:
        return Edit(line.start, line.end + len(line.eol), "")
    return Edit(document.lines[line.number - 1].end, line.end, "")


def row_edits(document: Document, plan: RowPlan) -> tuple[list[Edit], dict[str, Entry]]:
    """Return the edits that replace, remove and add whole rows of one place, and the entries of the added ones."""
    edits = [Edit(line.start, line.end, text) for line, text in plan.replaced]
    edits += [removal(document, line) for line in plan.removed]
    entries = {address: entry for address, entry in plan.entries.items() if entry.written}
    after: dict[int, list[str]] = {}
    for row in plan.added:
        text, own = print_row(row)
        entries |= own
        if row.instead:
            edits.append(Edit(row.at.start, row.at.end, text))
        else:
            after.setdefault(row.at.number, []).append(text)
    return edits + [_insertion(document, number, texts) for number, texts in after.items()], entries


def _insertion(document: Document, number: int, texts: Sequence[str]) -> Edit:
    """Return the edit that adds lines after a line, with its line ending; a last line without one stays without."""
    line = document.lines[number]
    end = line.end + len(line.eol)
    if line.eol:
        return Edit(end, end, "".join(text + line.eol for text in texts))
    eol = document.lines[number - 1].eol if number else "\n"
    return Edit(end, end, "".join(eol + text for text in texts))


def print_row(row: NewRow) -> tuple[str, dict[str, Entry]]:
    """Clone the source line of a new row with the item's values in its holes; return it and its entries."""
    edits, entries = [], {}
    base = f"{row.rows.address}/[{row.item.key}]"
    for hole in _holes(row):
        value = in_place(value_of(hole.slot, row.item.facts, row.rows.pattern.template), row.rows)
        placeholder = row.source[hole.span.start : hole.span.end]
        new = spelled(value, placeholder)
        if new is not None:
            code = row.rows.pattern.kind == "fence"
            edit = Edit(hole.span.start, hole.span.end, new)
            edits.append(_aligned(row.source, hole.span, len(row.source), new) if code else edit)
            entries[f"{base}/{hole.slot.name}"] = Entry(placeholder, new)
    text = Document(row.source, ()).spliced(edits)
    entries[f"{base}/{ROW}"] = Entry(row.source, text)
    return text, entries


def _holes(row: NewRow) -> Sequence[Found]:
    source, pattern = row.source, row.rows.pattern
    if not pattern.cells:
        return read_words(pattern, source, 0, len(source)) or ()
    clone = Document(source, ())
    cells = clone.cells(Line(0, 0, len(source), "", "row", (), 0))
    found: list[Found] = []
    for segments, column in zip(pattern.cells, row.rows.columns, strict=False):
        found += read_cell(clone, segments, cells[column]) or () if column < len(cells) else ()
    return found


def row_entries(
    document: Document, decisions: Sequence[Decision], blanks: Mapping[str, Entry], ledger: Ledger
) -> dict[str, Entry]:
    """Return the entries for rows that were written as a whole: the line as it is now.

    Only while the line is still exactly ours may it be taken away again, so an entry is brought up to date only for a
    line that no person has touched. `blanks` holds the placeholder rows that are filled for the first time.
    """
    written: dict[str, list[Edit]] = {}
    lines: dict[str, Line] = {}
    for one in decisions:
        base, mark, _ = one.hole.address.rpartition("]/")
        if one.writes and mark:
            written.setdefault(f"{base}]/{ROW}", []).append(hole_edit(document, one))
            lines[f"{base}]/{ROW}"] = document.lines[one.hole.line]
    entries = {}
    for address, edits in written.items():
        raw, start = document.raw(lines[address]), lines[address].start
        before = ledger.get(address)
        placeholder = blanks.get(address) or before
        if placeholder is None or (before is not None and not same_line(before.written, raw)):
            continue
        inside = [Edit(edit.start - start, edit.end - start, edit.text) for edit in edits]
        entries[address] = Entry(placeholder.placeholder, Document(raw, ()).spliced(inside))
    return entries
