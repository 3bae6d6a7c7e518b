"""Records the baseline of a phase: measured once, and never replaced by accident."""

from __future__ import annotations

from pathlib import Path

from phasemetrics.errors import Refusal
from phasemetrics.evidence.collecting import Evidence
from phasemetrics.evidence.measuring import measure
from phasemetrics.evidence.model import Snapshot
from phasemetrics.evidence.store import load, place
from phasemetrics.filling import require_evidence, snapshot_change
from phasemetrics.writing.transaction import commit, locked


def record_baseline(root: Path, phase: str, evidence: Evidence, *, force: bool) -> Snapshot:
    """Measure what a phase starts from and record it; raise Refusal when it was recorded before, unless `force`."""
    name = place(phase, "baseline")
    with locked(root):
        recorded = None if force else load(root, phase, "baseline")
        if recorded is not None:
            when = f" ({recorded.revision.date[:10]}, {recorded.revision.sha[:12]})" if recorded.revision else ""
            mend = "replace it with --force, or name another phase with -p"
            raise Refusal("baseline-exists", f"the baseline of phase {phase} exists{when}", path=name, mend=mend)
        snapshot = measure(evidence).snapshot
        require_evidence(snapshot)
        commit(root, [], [snapshot_change(root, name, snapshot)])
    return snapshot
