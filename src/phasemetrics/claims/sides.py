"""Says at which end of the phase a number stands, or that it is a target or a difference."""

from __future__ import annotations

from collections.abc import Mapping

from phasemetrics.claims.context import Context
from phasemetrics.claims.statement import Side

_DIFFERENCES = {"added", "created", "modified", "deleted", "changed"}
# The side that a word of time stands for.
ENDS: Mapping[str, Side] = {
    "before": "before", "then": "before", "after": "after", "target": "target", "change": "change",
    "unknown": "unknown",
}  # fmt: skip


def side_of(number: Context, subject: str) -> Side:
    """Return the side of the last number of a chain."""
    around, label, chain = number.around, number.label, number.chain
    if around.piece.row and (ended := around.head.time or around.scope.end()):
        return ENDS[ended]
    if subject.partition(".")[2] in _DIFFERENCES:
        return "target" if "target" in {label.time, around.section.meaning.time} else "change"
    if number.number.sign and number.number.sign != "±":
        return "change"
    if around.piece.planned or number.phrase.time == "target" or number.number.bound:
        return "target"
    if "change" in {number.phrase.time, label.time} and not chain.joint and not around.piece.row:
        return "change"
    if label.time in {"before", "target", "then"} and chain.joint != "arrow":
        return ENDS[label.time]
    if around.row.time in {"before", "target"}:
        return ENDS[around.row.time]
    if around.intro.time in {"before", "target"} and around.intro.short:
        return ENDS[around.intro.time]
    return "after"


def side_in_brackets(number: Context) -> Side | None:
    """Return the side of a number in brackets that repeats what stands before them: `(+3)`, `(was 78)`."""
    time = number.phrase.time or number.label.time
    if number.number.sign:
        return "change"
    return "before" if time == "change" else ENDS.get(time)
