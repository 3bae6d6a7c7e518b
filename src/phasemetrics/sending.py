"""Sends what a project has recorded to a store: all of it that can be read, or none."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from phasemetrics.errors import Refusal
from phasemetrics.evidence.history import Record, measured_at, recorded_in
from phasemetrics.stores.store import Store


def records_of(root: Path, repository: str) -> Sequence[Record]:
    """Return every record of a project, read and understood; raise Refusal where one is damaged, or there is none."""
    records = tuple(recorded_in(root, repository))
    for record in records:
        measured_at(record)
    if not records:
        mend = "record one with `phasemetrics baseline` or `phasemetrics fill`"
        raise Refusal("not-recorded", "nothing was recorded here yet", mend=mend)
    return records


def send(store: Store, records: Sequence[Record]) -> tuple[list[Record], list[Record]]:
    """Put records into a store; return those that are new to it, and those that were there."""
    sent: list[Record] = []
    present: list[Record] = []
    for record in records:
        (sent if store.put(record) else present).append(record)
    return sent, present
