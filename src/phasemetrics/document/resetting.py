"""What a reset would do to a document: our numbers back to placeholders, the text and the ledger afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from phasemetrics.document import markdown
from phasemetrics.document.edits import hole_edit, row_edits
from phasemetrics.document.fieldplan import restored_fields
from phasemetrics.document.ledger import Ledger
from phasemetrics.document.markdown import Document
from phasemetrics.document.ownership import Filling
from phasemetrics.document.places import Claimed, Recognition, nothing_claimed
from phasemetrics.document.plan import BrokenPlan, Plan
from phasemetrics.document.recognition import recognise
from phasemetrics.document.regionplan import restored_regions
from phasemetrics.document.restoring import restored, restored_rows
from phasemetrics.document.template import Template


def plan_reset(text: str, templates: Sequence[Template], ledger: Ledger, claimed: Claimed = nothing_claimed) -> Plan:
    """Plan the reset of a document, and prove it on the result; `claimed` finds the claims that were taken over.

    Afterwards nothing that was found is ours any more: what stands there counts as a person's. Only the entries of
    places that are not found stay in the ledger. Raises BrokenPlan when a second reset would change something, a
    placeholder would not be read back, or a line would become something else.
    """
    document = markdown.parse(text)
    first = _plan(document, recognise(document, templates).beside(claimed(document)), ledger)
    if first.changed:
        after = markdown.parse(first.text)
        found = recognise(after, templates).beside(claimed(after))
        _prove(first, _plan(after, found, first.ledger), found)
    return first


def _plan(document: Document, found: Recognition, ledger: Ledger) -> Plan:
    places = [one for one in found.rows if not one.repeated]
    rows = [restored_rows(document, one, ledger) for one in places]
    first = (hole for hole in found.holes if not hole.repeated)
    decisions = restored(document, first, lambda hole: ledger.get(hole.address))
    decisions += [one for row in rows for one in row.decisions]
    edits = [hole_edit(document, one) for one in decisions if one.writes]
    edits += [edit for row in rows for edit in row_edits(document, row)[0]]
    front = restored_fields(document, found.fields, ledger)
    asked = restored_regions(document, found.regions, ledger)
    edits += [*front.edits, *asked.edits]
    lost = list(_lost(found, ledger))
    fillings = [one.filling for one in decisions] + [one for row in rows for one in row.fillings]
    fillings += [*front.fillings, *asked.fillings, *lost]
    result = document.spliced(edits)
    grown = Counter(front=front.gained)
    grown.update(asked.grown)
    for place, row in zip(places, rows, strict=True):
        grown[place.pattern.kind] += len(row.inserted) - len(row.removed)
    left = {one.address: ledger.entries[one.address] for one in lost}
    lines: Counter[str] = Counter(line.kind for line in document.lines)
    said = tuple(sorted(fillings, key=lambda one: (one.line, one.column)))
    return Plan(found.kind, said, result, Ledger(left), result != document.text, lines, grown)


def _lost(found: Recognition, ledger: Ledger) -> Iterator[Filling]:
    """Yield what we wrote where no place is found any more; a template that was not named may be the reason."""
    known = found.addresses
    bases = tuple(f"{one.address}/" for one in found.rows)
    for address, entry in ledger.entries.items():
        if address not in known and not address.startswith(bases):
            message = "we wrote here once, and the place is not found any more; it was left alone"
            yield Filling(address, "stale", 1, 1, entry.written, code="lost-place", message=message)


def _prove(first: Plan, second: Plan, found: Recognition) -> None:
    if second.changed:
        raise BrokenPlan("not-idempotent", "a second reset would change the document again; nothing was written")
    standing = {hole.address: hole.text for hole in found.holes if not hole.repeated}
    for one in first.fillings:
        if one.new is not None and not standing.get(one.address, one.new).startswith(one.new.strip()):
            raise BrokenPlan("not-read-back", f"{one.address} would not be read back as a placeholder")
    if any(second.lines.get(kind, 0) != first.lines.get(kind, 0) + first.grown.get(kind, 0) for kind in first.lines):
        raise BrokenPlan("shape-changed", "the document would become another shape; nothing was written")
