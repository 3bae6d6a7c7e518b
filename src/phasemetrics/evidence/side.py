"""One end of a phase, and where its numbers come from."""

from __future__ import annotations

from dataclasses import dataclass

from phasemetrics.evidence.model import Kind, Snapshot
from phasemetrics.value import Origin, Value


@dataclass(frozen=True, slots=True)
class Side:
    """One end of a phase: its snapshot, and the value that stands for all it does not have."""

    snapshot: Snapshot | None
    missing: Value

    def origin(self, kind: Kind) -> Origin | None:
        """Return where the numbers of one kind of report come from."""
        if self.snapshot is None:
            return None
        sources = [one for one in self.snapshot.sources if one.kind == kind]
        if not sources:
            return None
        first = sources[0]
        more = f" and {len(sources) - 1} more" if len(sources) > 1 else ""
        revision = self.snapshot.revision
        return Origin(first.path + more, first.sha256, revision.sha if revision else None)
