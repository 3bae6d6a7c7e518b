"""One end of a phase, and where its numbers come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from phasemetrics.evidence.model import Kind, Phase, Snapshot, Source
from phasemetrics.value import Origin, Value, absent


@dataclass(frozen=True, slots=True)
class Side:
    """One end of a phase: its snapshot, and the value that stands for all it does not have."""

    snapshot: Snapshot | None
    missing: Value

    def origin(self, kind: Kind) -> Origin | None:
        """Return where the numbers of one kind of report come from."""
        if self.snapshot is None:
            return None
        return self._origin([one for one in self.snapshot.sources if one.kind == kind])

    def any_origin(self) -> Origin | None:
        """Return where the numbers come from when they are of several kinds."""
        return self._origin(self.snapshot.sources) if self.snapshot else None

    def _origin(self, sources: Sequence[Source]) -> Origin | None:
        if self.snapshot is None or not sources:
            return None
        first, *others = sources
        more = f" and {len(others)} more" if others else ""
        revision = self.snapshot.revision
        return Origin(first.path + more, first.sha256, revision.sha if revision else None)


def git_origin(snapshot: Snapshot) -> Origin:
    """Return where the numbers come from that git counted."""
    head = snapshot.revision.sha if snapshot.revision else ""
    return Origin(f"git diff {(snapshot.base or '')[:12]} {head[:12]}", "", head or None)


def both_ends(phase: Phase, found: str) -> tuple[Side, Side]:
    """Return the two ends of a phase; `found` says in words where the baseline was looked for."""
    base = phase.after.base[:12] if phase.after and phase.after.base else "COMMIT"
    mend = f"measure it with `phasemetrics baseline -p {phase.number} --at {base}`, or name a snapshot with --before"
    nothing = absent("no-evidence", "nothing was measured for the end of the phase", "run `phasemetrics fill`")
    return Side(phase.before, absent("no-baseline", found, mend)), Side(phase.after, nothing)
