"""What a fill would do to a document: a decision for each hole, the text and the ledger afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from phasemetrics.document import markdown
from phasemetrics.document.binding import plan_rows
from phasemetrics.document.deciding import decisions
from phasemetrics.document.edits import hole_edit, print_row, row_edits, row_entries
from phasemetrics.document.fieldplan import plan_fields
from phasemetrics.document.growth import require_readable
from phasemetrics.document.ledger import Entry, Ledger
from phasemetrics.document.ownership import Decision, Filling, frozen
from phasemetrics.document.places import Claimed, Recognition, nothing_claimed
from phasemetrics.document.recognition import recognise
from phasemetrics.document.regionplan import plan_regions
from phasemetrics.document.rows import RowPlan
from phasemetrics.document.template import Template
from phasemetrics.errors import PhasemetricsError


class BrokenPlan(PhasemetricsError):
    """A plan that would not leave the document as promised: a defect of ours, so nothing is written."""

    exit_code = 70


@dataclass(frozen=True, slots=True)
class Plan:
    """One fill of one document: its fillings in order, the text afterwards and the ledger that goes with it.

    `kind` is the template that the document follows as a whole; `lines` counts the lines of each kind before it,
    `grown` those that it gains. `adoptable` are a person's numbers in its places, with what would make them ours.
    """

    kind: str | None
    fillings: tuple[Filling, ...]
    text: str
    ledger: Ledger
    changed: bool
    lines: Mapping[str, int]
    grown: Mapping[str, int]
    adoptable: tuple[tuple[Filling, Entry], ...] = ()


def plan(
    text: str,
    templates: Sequence[Template],
    facts: Mapping[str, Any],
    ledger: Ledger,
    claimed: Claimed = nothing_claimed,
) -> Plan:
    """Plan the fill of a document, and prove it on the result.

    `facts` are the names that templates may use, with a Value at every end; `claimed` finds the holes of the claims
    that were taken over. Raises BrokenPlan when a second fill would
    change something, a written value would not be read back, or a line would become something else.
    """
    first = _plan(text, templates, facts, ledger, claimed)
    if first.changed:
        _prove(first, _plan(first.text, templates, facts, first.ledger, claimed))
    return first


def _plan(text: str, templates: Sequence[Template], facts: Mapping[str, Any], ledger: Ledger, claimed: Claimed) -> Plan:
    document = markdown.parse(text)
    found = recognise(document, templates).beside(claimed(document))
    rows = [plan_rows(document, one, facts, ledger) for one in found.rows]
    single = decisions(document, found.holes, facts, lambda hole: ledger.get(hole.address))
    decided = frozen([*single, *(one for row in rows for one in row.decisions)])
    front = plan_fields(document, found.fields, facts, ledger)
    asked = plan_regions(document, found.regions, facts, ledger)
    edits = [*(hole_edit(document, one) for one in decided if one.writes), *front.edits, *asked.edits]
    entries = {one.hole.address: one.entry for one in decided if one.writes and one.entry}
    entries |= front.entries | asked.entries
    blanks = {address: entry for row in rows for address, entry in row.entries.items() if not entry.written}
    entries |= row_entries(document, decided, blanks, ledger)
    for row in rows:
        require_readable(sum(len(new.source) for new in row.added))  # before each of many files gets its long line
        more, added = row_edits(document, row)
        edits += more
        entries |= added
    gone: set[str] = set().union(*(row.forgotten for row in rows))
    kept = {address: entry for address, entry in ledger.entries.items() if address not in gone}
    kept |= {new: ledger.entries[old] for row in rows for old, new in row.moved.items() if old in ledger.entries}
    result = document.spliced(edits)
    require_readable(len(result))
    fillings = _fillings([*(one.filling for one in decided), *front.fillings, *asked.fillings], rows, found, ledger)
    lines: Counter[str] = Counter(line.kind for line in document.lines)
    grown = _grown(found, rows)
    grown["front"] += front.gained
    grown.update(asked.grown)
    free = tuple(_persons(decided))
    return Plan(found.kind, fillings, result, Ledger(kept | entries), result != text, lines, grown, free)


def _persons(decided: Sequence[Decision]) -> Iterator[tuple[Filling, Entry]]:
    """Yield the numbers of a person that stand in holes of a template, with the entry that would make them ours."""
    for one in decided:
        measured = one.filling.origin is not None and not one.hole.slot.gate and not one.hole.repeated
        theirs = one.filling.contradicts or (one.entry is None and one.filling.state == "agrees")
        if measured and theirs:
            first = next(iter(one.hole.slot.placeholders), one.filling.old)
            yield one.filling, Entry(one.entry.placeholder if one.entry else first, one.filling.old)


def _fillings(
    decided: Sequence[Filling], rows: Sequence[RowPlan], found: Recognition, ledger: Ledger
) -> tuple[Filling, ...]:
    fillings = [*decided, *(one for row in rows for one in row.fillings)]
    for new in (new for row in rows for new in row.added):
        address = f"{new.rows.address}/[{new.item.key}]"
        fillings.append(
            Filling(
                address,
                "filled",
                new.at.number + 1,
                1,
                "",
                print_row(new)[0].strip(),
                message=new.item.note or "a new row",
            )
        )
    known = found.addresses
    bases = tuple(f"{one.address}/" for one in found.rows)
    message = "we wrote here once, and the place is not found any more (a heading renamed, a line rewritten)"
    for address, entry in ledger.entries.items():
        if address not in known and not address.startswith(bases):
            fillings.append(Filling(address, "stale", 1, 1, entry.written, code="lost-place", message=message))
    return tuple(sorted(fillings, key=lambda one: (one.line, one.column)))


def _grown(found: Recognition, rows: Sequence[RowPlan]) -> Counter[str]:
    grown: Counter[str] = Counter()
    for place, row in zip(found.rows, rows, strict=True):
        grown[place.pattern.kind] += sum(not new.instead for new in row.added) - len(row.removed)
    return grown


def _prove(first: Plan, second: Plan) -> None:
    """Hold the result against the promises before anything is written."""
    if second.changed:
        raise BrokenPlan("not-idempotent", "a second fill would change the document again; nothing was written")
    read_back = {one.address: one.old for one in second.fillings if one.state != "ambiguous"}
    for one in first.fillings:
        if one.new is not None and read_back.get(one.address, one.new) != one.new:
            raise BrokenPlan("not-read-back", f"{one.address} would not be read back as it was written")
    before, after = first.lines, second.lines  # the second plan is of the first one's result
    if any(after.get(kind, 0) != before.get(kind, 0) + first.grown.get(kind, 0) for kind in {*before, *after}):
        raise BrokenPlan("shape-changed", "the document would become another shape; nothing was written")
