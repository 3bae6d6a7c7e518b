"""What the evidence says of a number stated of the whole phase: the same, something else, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import PurePosixPath

from phasemetrics.evidence.diffstat import diff_answer
from phasemetrics.evidence.fitting import Answer, Stated, cannot_tell, fits
from phasemetrics.evidence.model import Kind, Phase, Snapshot, TestCount
from phasemetrics.evidence.namedtests import changed_tests
from phasemetrics.evidence.side import Side
from phasemetrics.units import quantity_text
from phasemetrics.value import Value, absent

# In documents about a phase `114/114 tests` are often those of the phase: of 3642.
_PARTIAL = {"tests.total", "tests.passed"}
_HALF, _MOST = Decimal("0.5"), Decimal("0.75")
_COVERAGE = ("coverage.total", "coverage.lines", "coverage.statements", "coverage.branches")
_NOUNS = {
    "tests.total": "tests",
    "tests.passed": "tests passed",
    "tests.failed": "tests failed",
    "tests.skipped": "skipped",
}


def answer(phase: Phase, subject: str, side: str, stated: Stated, *, of: str = "", of_all: bool = False) -> Answer:
    """Hold a stated number against a phase.

    `subject` is what a statement counts: `tests.total`, `tests.rate`, `coverage`, `files.created`, `lines.added`, …;
    `side` is `before`, `after` or `change`. A number that is true of something else that was measured, the other end,
    a suite, a file, a group, may have been meant so: then nothing is told. So may a number of tests that is much
    smaller than that of all, unless a word says that it is `of_all`. `of` is what a coverage counts, `lines` or
    `statements`, where the document says so.
    """
    if subject.startswith(("files.", "lines.")):
        return diff_answer(phase, subject, stated)
    if subject == "tests.added" or side == "change":
        return _difference(phase, "tests.total" if subject == "tests.added" else subject, stated, subject)
    snapshot = phase.before if side == "before" else phase.after
    if snapshot is None:
        return cannot_tell(f"nothing was recorded {side} the phase")
    if subject == "tests.rate":
        return _rate(snapshot, stated)
    actual = list(_actual(snapshot, subject, of))
    if subject.startswith("tests.") and not _count(snapshot, "tests.total"):
        return cannot_tell(f"no test was reported {side} the phase")
    if not actual:
        return cannot_tell(f"no report {side} the phase says so")
    kind: Kind = "coverage" if subject == "coverage" else "junit"
    origin = Side(snapshot, absent("", "")).origin(kind)
    told = Answer(True, _said(subject, actual[0]), actual[0], origin)
    if any(fits(stated, one) for one in actual):
        return told
    elsewhere = (*_others(phase.before, subject), *_others(phase.after, subject))
    exactly = Stated(stated.value, percent=stated.percent)
    if any(fits(exactly, one) for one in elsewhere):
        why = f"the whole is {told.said}, but the number is true of a part or of the other end"
        return replace(told, agrees=None, why=why)
    if subject in _PARTIAL and stated.value < actual[0] * (_HALF if of_all else _MOST):
        return replace(told, agrees=None, why=f"the whole is {told.said}, and so few may be those of a part")
    return Answer(False, told.said, actual[0], origin)


def _said(subject: str, actual: Decimal) -> str:
    if subject == "coverage":
        return f"{quantity_text(float(actual) / 100, 'ratio')} coverage"
    noun = _NOUNS.get(subject, subject)
    return f"{actual} {noun.replace('tests', 'test') if actual == 1 else noun}"


def _actual(snapshot: Snapshot, subject: str, of: str = "") -> Iterator[Decimal]:
    """Yield what the whole came to, in percent for coverage, each way of counting it; `of` names one."""
    names: tuple[str, ...] = _COVERAGE if subject == "coverage" else (subject,)
    if of:
        names = (f"coverage.{of}", "coverage.lines")
    for name in names:
        if name in snapshot.metrics:
            exact = Decimal(repr(snapshot.metrics[name].value))
            yield exact * 100 if subject == "coverage" else exact.to_integral_value()
    if subject == "tests.failed" and snapshot.metrics.get("tests.errors") is not None:
        yield sum((_count(snapshot, name) for name in ("tests.failed", "tests.errors")), Decimal(0))


def _rate(snapshot: Snapshot, stated: Stated) -> Answer:
    total, passed = _count(snapshot, "tests.total"), _count(snapshot, "tests.passed")
    if not total:
        return cannot_tell("no test was reported")
    ran = total - _count(snapshot, "tests.skipped")
    rates = [100 * passed / one for one in (total, ran) if one]
    said = f"{passed} of {total} tests passed, {quantity_text(float(passed / total), 'ratio')}"
    origin = Side(snapshot, absent("", "")).origin("junit")
    return Answer(any(fits(stated, one) for one in rates), said, rates[0], origin)


def _difference(phase: Phase, subject: str, stated: Stated, meant: str) -> Answer:
    """Hold a difference against both ends; `12 new tests` may stand beside others that went, so only more is wrong."""
    if phase.before is None or phase.after is None:
        return cannot_tell("only one end of the phase was recorded")
    before, after = (next(_actual(one, subject), None) for one in (phase.before, phase.after))
    if before is None or after is None:
        return cannot_tell("only one end of the phase says so")
    exact = after - before
    said = f"{exact:+} ({before} before, {after} after)" if subject != "coverage" else f"{exact:+.1f} points"
    origin = Side(phase.after, absent("", "")).origin("coverage" if subject == "coverage" else "junit")
    told = Answer(True, said, exact, origin)
    step = Decimal("0.1") if subject == "coverage" else Decimal(0)  # both ends were rounded before they were subtracted
    if fits(stated, abs(exact), step) or fits(stated, exact, step):
        return told
    if meant == "tests.added":
        return _new_tests(phase, stated, told, after)
    if subject == "coverage":
        return replace(told, agrees=None, why=f"{said}: points and percent look alike")
    return Answer(False, said, exact, origin)


def _new_tests(phase: Phase, stated: Stated, told: Answer, after: Decimal) -> Answer:
    """Hold a number of new tests against the tests that are new by name; fewer of them may be those of a part."""
    changes = changed_tests(phase)
    new = None if isinstance(changes, Value) else Decimal(len(changes.added))
    if new is not None and fits(stated, new):
        return replace(told, said=f"{new} new {'test' if new == 1 else 'tests'}", exact=new)
    if stated.value > after:
        return replace(told, agrees=False)
    known = "how many were new is not known" if new is None else f"{new} are new by name"
    return replace(told, agrees=None, why=f"{told.said}: {known}")


def _count(snapshot: Snapshot, name: str) -> Decimal:
    metric = snapshot.metrics.get(name)
    return Decimal(repr(metric.value)).to_integral_value() if metric is not None else Decimal(0)


def _others(snapshot: Snapshot | None, subject: str) -> Iterator[Decimal]:
    """Yield every number of the same kind that the evidence knows of anything else."""
    if snapshot is None:
        return
    if subject == "coverage":
        yield from _actual(snapshot, subject)
        counts = [(one.covered + one.branches_covered, one.total + one.branches_total) for one in snapshot.coverage]
        yield from (Decimal(100 * covered) / total for covered, total in counts if total)
        return
    yield from (
        Decimal(repr(metric.value))
        for name, metric in snapshot.metrics.items()
        if name.startswith("tests.") and metric.unit == "count"
    )
    for one in (*snapshot.tests, *snapshot.groups):
        yield from (Decimal(one.passed), Decimal(one.total))
    for files in _parts(snapshot):
        yield from (Decimal(sum(one.passed for one in files)), Decimal(sum(one.total for one in files)))


def _parts(snapshot: Snapshot) -> Iterator[list[TestCount]]:
    """Yield the test files of each folder, those that the phase changed, and those that it created."""
    folders = {parent for one in snapshot.tests for parent in PurePosixPath(one.path).parents}
    for folder in sorted(folders):
        yield [one for one in snapshot.tests if PurePosixPath(one.path).is_relative_to(folder)]
    for statuses in ({"created"}, {"created", "modified"}):
        touched = {one.path for one in snapshot.files or () if one.status in statuses}
        yield [one for one in snapshot.tests if one.path in touched]
