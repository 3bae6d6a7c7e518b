"""Records the baseline of a phase: measured once, added to, and never replaced by accident."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from phasemetrics.errors import Refusal
from phasemetrics.evidence.appending import appended
from phasemetrics.evidence.collecting import Evidence
from phasemetrics.evidence.measuring import measure
from phasemetrics.evidence.model import Kind, Snapshot
from phasemetrics.evidence.store import load, place
from phasemetrics.filling import require_evidence, snapshot_change
from phasemetrics.writing.transaction import commit, locked


def require_room(root: Path, phase: str, *, force: bool, append: bool) -> Snapshot | None:
    """Return the baseline that runs are added to with `append`; without it, refuse to replace one unless `force`.

    It is asked before anything is measured, which may take long, and again before it is written.
    """
    name, recorded = place(phase, "baseline"), load(root, phase, "baseline")
    if append and recorded is None:
        message, mend = f"phase {phase} has no baseline that runs could be added to", "record one without --append"
        raise Refusal("no-baseline", message, path=name, mend=mend)
    if recorded is not None and not (append or force):
        when = f" ({recorded.revision.date[:10]}, {recorded.revision.sha[:12]})" if recorded.revision else ""
        mend = "add runs of benchmarks with --append, replace it with --force, or name another phase with -p"
        raise Refusal("baseline-exists", f"the baseline of phase {phase} exists{when}", path=name, mend=mend)
    return recorded


def record_baseline(root: Path, phase: str, snapshot: Snapshot, *, force: bool) -> None:
    """Record what a phase starts from; raise Refusal when it was recorded before, unless `force`."""
    require_evidence(snapshot)
    with locked(root):
        if not force:  # a damaged one can be replaced, and not be read
            require_room(root, phase, force=force, append=False)
        commit(root, [], [snapshot_change(root, place(phase, "baseline"), snapshot)])


def append_runs(root: Path, phase: str, evidence: Evidence) -> Snapshot:
    """Add runs of benchmarks to the recorded baseline, measured at its commit; its other numbers stay.

    A result that was recorded is not added again. Raises Refusal when there is no baseline, when it is of another
    commit, or when the runs are not like its own.
    """
    with locked(root):
        recorded = require_room(root, phase, force=False, append=True)
        assert recorded is not None
        known = {source.sha256: source.path for source in recorded.sources}
        results: dict[Kind, tuple[str, ...]] = {"bench": evidence.globs.get("bench", ())}
        more = measure(replace(evidence, globs=results, sizes=(), known=known)).snapshot
        snapshot = appended(recorded, more, place(phase, "baseline"))
        commit(root, [], [snapshot_change(root, place(phase, "baseline"), snapshot)])
    return snapshot
