"""The tests of both ends of a phase by name: what became of them, or why nobody can tell."""

from __future__ import annotations

from functools import lru_cache

from phasemetrics.escaping import visible
from phasemetrics.evidence.casechanges import CaseChanges, case_changes
from phasemetrics.evidence.cases import LONGEST
from phasemetrics.evidence.model import Phase, Snapshot, TestCase
from phasemetrics.evidence.outcomes import no_tests, ran
from phasemetrics.evidence.side import Side, both_ends
from phasemetrics.value import Value, absent

_TOO_MANY = "many-cases"


def changed_tests(phase: Phase, found: str = "") -> CaseChanges | Value:
    """Return what became of the tests of a phase, or the value that says why it cannot be told.

    `found` says in words where the baseline was looked for.
    """
    before, after = both_ends(phase, found)
    was = _cases(before, f"before phase {phase.number}", _again(phase))
    if isinstance(was, Value):
        return was
    mend = f"run the tests, then `phasemetrics fill -p {phase.number}`"
    now = _cases(after, f"at the end of phase {phase.number}", mend) if ran(after) else no_tests(after)
    if isinstance(now, Value):
        return now
    files = phase.after.files if phase.after else None
    return _compared(was, now, tuple((one.path, one.source) for one in files or () if one.source is not None))


@lru_cache(1)  # a document may state in many places how many tests are new
def _compared(was: tuple[TestCase, ...], now: tuple[TestCase, ...], moved: tuple[tuple[str, str], ...]) -> CaseChanges:
    return case_changes(was, now, dict(moved))


def _again(phase: Phase) -> str:
    revision = phase.before.revision if phase.before else None
    place = f"at commit {revision.sha[:12]}" if revision else "where the phase began"
    return f"{place}, run the tests and `phasemetrics collect -o before.json`, then say `--before before.json`"


def _cases(side: Side, end: str, mend: str) -> tuple[TestCase, ...] | Value:
    """Return all tests of one end, or the value that says why not all of them are known by name."""
    snapshot = side.snapshot
    if snapshot is None or "tests.total" not in snapshot.metrics:
        return no_tests(side)
    if any(one.code == _TOO_MANY for one in snapshot.warnings):
        why = f"there are too many tests {end} to keep their names"
        mend = "record both ends from the reports of one suite: `phasemetrics baseline` and `fill` with `--junit`"
        return absent(_TOO_MANY, why, mend)
    unnamed = _unnamed(snapshot)
    if unnamed is not None:
        readers = sorted({visible(one.collector) for one in snapshot.sources if one.kind == "junit"})
        why = f"{unnamed} {end} were recorded without their names, by an earlier version or by a collector"
        return absent("no-names", f"{why} that does not tell them ({', '.join(readers)})", mend)
    return snapshot.cases or ()


def _unnamed(snapshot: Snapshot) -> str | None:
    """Return in words which tests are not known by name."""
    if snapshot.cases is None:
        return "the tests" if snapshot.metrics["tests.total"].value else None
    named = {one.path for one in snapshot.cases}
    paths = (visible(one.path, LONGEST) for one in snapshot.tests if one.total)
    return next((f"the tests in {path}" if path else "some tests" for path in paths if path not in named), None)
