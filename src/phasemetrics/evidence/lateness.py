"""Whether one end of a phase was measured at its time or afterwards, from its commit."""

from __future__ import annotations

from phasemetrics.evidence.model import Kind, Snapshot

LATER = "measured-later"  # the warning that says so; its path is empty, or that of a report of the only kind it is for


def measured_later(snapshot: Snapshot, kind: Kind | None) -> str | None:
    """Return the date (ISO 8601, UTC) on which the numbers of one kind were measured, if that was done afterwards.

    None where they were measured at their time. Without a kind it is about the end as a whole.
    """
    paths = {warning.path for warning in snapshot.warnings if warning.code == LATER}
    own = [source for source in snapshot.sources if kind is None or source.kind == kind]
    if not own or not ("" in paths or (kind is not None and paths & {source.path for source in own})):
        return None
    return max(source.modified for source in own)
