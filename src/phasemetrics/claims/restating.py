"""Statements of one document that cannot all be true: the same number of the same thing, said differently."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from phasemetrics.claims.addressing import Claim
from phasemetrics.claims.statement import Statement
from phasemetrics.units import last_digit

_SAME = {"tests.total", "tests.passed", "tests.failed", "tests.skipped", "coverage"}


def restated(claims: Iterable[Claim]) -> Iterator[tuple[Claim, Claim]]:
    """Yield each statement that says something else than an earlier one of the same thing, with that earlier one.

    Only exact numbers of the whole, of the phase that was asked for, are compared, and one number that another only
    rounds is the same. Where most lines of a document agree on a number, the others are held against these.
    """
    groups: dict[tuple[str, str, str], list[Claim]] = {}
    for claim in claims:
        one = claim.statement
        exact = one.relation == "=" and one.scope == "whole" and one.asked and one.side in {"before", "after"}
        if exact and (one.subject in _SAME or (one.family == "metric" and not one.unit)):  # a time differs by the run
            groups.setdefault((one.subject, one.side, one.of), []).append(claim)
    for group in groups.values():
        [(most, _)] = Counter(claim.statement.value for claim in group).most_common(1)
        usual = next(claim for claim in group if claim.statement.value == most)
        yield from ((one, usual) for one in group if not _same(one.statement, usual.statement))


def _same(one: Statement, other: Statement) -> bool:
    """Return whether two numbers mean the same at the precision of the coarser one."""
    steps = [last_digit(part.value) for part in (one, other)]
    return abs(one.value - other.value) < max(steps) if one.percent else one.value == other.value
