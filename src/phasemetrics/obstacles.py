"""Says why the numbers of a line cannot be taken over."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from phasemetrics.claiming import Held
from phasemetrics.document.markdown import Document
from phasemetrics.respelling import is_measured
from phasemetrics.value import Value

# What is worked out from other numbers: a difference, a share.
_DERIVED = re.compile(r"(?<![\w.])(?:[+\-−]\s?(?P<signed>\d[\d,.]*)|(?P<share>\d[\d,.]*)\s?%)")


def obstacle(line: Sequence[Held], named: bool, known: Mapping[str, Value], document: Document) -> str:
    """Return why the claims of a line cannot be taken over, which may be `named`; empty where they can."""
    if _halves(line, named):
        return "a number beside it cannot be taken over"
    return "a number beside it is worked out from others" if _dependent(line, known, document) else ""


def why_left(one: Held, beside: str) -> str:
    """Return why a claim of which something can be told is not taken over; `beside` is the obstacle of its line."""
    if one.claim.statement.relation != "=":
        return "it is not meant exactly"
    if not one.takeable:
        return "it is counted in a way of its own"
    if not is_measured(one.claim.statement):
        return "it is worked out from other numbers"
    return beside or "no other number can stand there"


def _halves(line: Sequence[Held], named: bool) -> bool:
    """Return whether a number of a line cannot be taken over that belongs to one that can.

    Who names the line knows what is meant: then it is enough that the evidence has the number.
    """
    plain = [one for one in line if is_measured(one.claim.statement)]

    def can_be(one: Held) -> bool:
        known = one.answer.exact is not None and one.claim.statement.relation == "="
        return one.takeable or (named and known)

    takeable = {one.claim.statement.family for one in plain if can_be(one)}
    return not takeable or any(one.claim.statement.family in takeable and not can_be(one) for one in plain)


def _dependent(line: Sequence[Held], known: Mapping[str, Value], document: Document) -> bool:
    """Return whether a line holds a number that is worked out from the others, and that nobody can keep up to date."""
    own = document.lines[line[0].claim.statement.line - 1]
    kept = {one.claim.span.start - own.start for one in line if one.claim.address in known}
    apart = {
        one.claim.statement.column - 1
        for one in line
        if one.claim.statement.side in {"before", "after", "target"} and one.claim.statement.subject != "tests.rate"
    }
    return any(
        match.start() not in kept and match.start("signed" if match["signed"] else "share") not in kept | apart
        for match in _DERIVED.finditer(document.raw(own))
    )
