"""What a document states, in our words."""

from __future__ import annotations

from phasemetrics.claims.statement import Statement
from phasemetrics.escaping import visible

_NOUNS = {
    "tests.total": "tests", "tests.passed": "tests passed", "tests.failed": "tests failed",
    "tests.skipped": "tests skipped", "tests.added": "new tests", "tests.rate": "of the tests passed",
    "lines.total": "lines", "files.listed": "files",
}  # fmt: skip
_CHANGES = {
    "tests.added", "files.created", "files.modified", "files.deleted", "files.changed", "lines.added", "lines.deleted",
    "lines.changed",
}  # fmt: skip
_SIGNS = {"~": "about ", ">=": "at least ", ">": "more than ", "<=": "at most ", "<": "less than "}
_ENDS = {"before": " before the phase", "target": " as a target"}


def words(one: Statement) -> str:
    """Return a statement as words: `at least 50 tests`, `78% coverage before the phase`, `a change of 10 tests`."""
    high = f"-{one.high}" if one.high is not None else ""
    number = f"{_SIGNS.get(one.relation, '')}{one.text}{high}{'%' if one.percent else f' {one.unit}'.rstrip()}"
    of = f" of {visible(one.of)}" if one.of and one.scope == "file" else ""
    if one.side == "change" and one.subject not in _CHANGES:
        return f"a change of {number} {'in ' if one.family in {'coverage', 'metric'} else ''}{_noun(one)}{of}"
    said = f"{_noun(one)} {number}" if one.family == "metric" else f"{number} {_noun(one)}"
    return f"{said}{of}{_ENDS.get(one.side, '')}"


def against(one: Statement, said: str) -> str:
    """Return what the evidence `said` so that it stands alone, as a head over all that say something else."""
    if said.startswith(("+", "-")):  # how much of what differs
        return f"{'tests' if one.subject == 'tests.added' else _noun(one)} {said}"
    return f"{said}{_ENDS.get(one.side, '')}"


def _noun(one: Statement) -> str:
    name = one.subject.partition(":")[2]  # of a configured metric, as its team calls it
    return visible(name) or _NOUNS.get(one.subject, one.subject.replace(".", " "))
