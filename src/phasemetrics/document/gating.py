"""What becomes of a box: ticked when the evidence holds, unticked only if we ticked it."""

from __future__ import annotations

from phasemetrics.document.ledger import Entry
from phasemetrics.document.marks import is_ticked, turned
from phasemetrics.document.ownership import Decision, Filling, State
from phasemetrics.document.places import Hole
from phasemetrics.value import Gate


def decide_gate(hole: Hole, entry: Entry | None, gate: Gate, column: int) -> Decision:
    """Apply the ownership rule to a box or glyph.

    A tick that a person made is a claim: it stays, and contradicts when the evidence says no. It is taken away only
    where the gate says that claims are rewritten.
    """
    wanted = turned(hole.text, ticked=bool(gate.holds))
    state, code, message = _state(hole, entry, gate, wanted)
    new = wanted if state in {"filled", "updated"} else None
    filling = Filling(
        hole.address, state, hole.line + 1, column, hole.text, new=new, origin=gate.origin, code=code, message=message,
        mend=gate.mend if gate.holds is None else "", contradicts=state == "kept" and gate.holds is False,
    )  # fmt: skip
    written = entry if new is None else Entry(entry.placeholder if entry else hole.text, new)
    return Decision(hole, filling, hole.span, written, gate.origin is not None)


def _state(hole: Hole, entry: Entry | None, gate: Gate, wanted: str | None) -> tuple[State, str, str]:
    ticked = bool(is_ticked(hole.text))
    ours = entry is not None and entry.written == hole.text
    if hole.repeated:
        return "ambiguous", "ambiguous", "the same place stands elsewhere, too; this one was left alone"
    if gate.holds is None:
        if ticked:
            return ("stale" if ours else "kept"), gate.code, f"ticked, and the evidence cannot tell: {gate.said}"
        return "unfilled", gate.code, gate.said
    if ticked is gate.holds:
        return "agrees", "", gate.said
    if ours:
        return "updated", "", gate.said
    if ticked:
        if gate.rewrite and wanted is not None:
            return "updated", "claim-taken-back", f"it was ticked, and the evidence says: {gate.said}"
        return "kept", "persons-tick", f"a person ticked it, the evidence says: {gate.said}"
    if entry is not None:
        return "kept", "persons-tick", f"a person took the tick away, the evidence says: {gate.said}"
    return "filled", "", gate.said
