"""Claims that were taken over, as holes of a document: their number is ours, all around it a person's."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from phasemetrics.claims.addressing import Claim
from phasemetrics.document.markdown import Document
from phasemetrics.document.places import Hole
from phasemetrics.document.slot import Slot

# Nothing but the ledger tells such a hole from a person's number, so it has no placeholder.
_SLOT = Slot("claims[here.claim]", ())


def holes(document: Document, claims: Iterable[Claim], ours: Collection[str]) -> Iterator[Hole]:
    """Yield the holes of the claims whose addresses are `ours`; those of one line are written together."""
    for one in claims:
        if one.address in ours:
            line = one.statement.line - 1
            text = document.text[one.span.start : one.span.end]
            record = one.address.rpartition("/")[0]
            yield Hole(one.address, _SLOT, line, one.span, text, record, False, here={"claim": one.address}, bare=True)
