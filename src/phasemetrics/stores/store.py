"""What every store can do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from phasemetrics.evidence.history import Record
from phasemetrics.evidence.store import Side


class Store(Protocol):
    """Keeps every record that it was ever given, and never changes one; safe for many writers at once."""

    def put(self, record: Record) -> bool:
        """Keep a record; return whether it is new. When this returns, the record is kept for good.

        The same bytes for the same end of a phase are one record, whoever sends them and however often.
        """
        ...

    def records(self, repository: str | None = None) -> Iterator[Record]:
        """Yield what was measured last of each end of each phase, of one repository or of all, in their order."""
        ...

    def latest(self, repository: str, phase: str, side: Side) -> Record | None:
        """Return what was measured last of one end of a phase; None where nothing was sent."""
        ...
