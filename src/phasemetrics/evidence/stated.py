"""What the evidence says of a total that a document states: the same, something else, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from phasemetrics.evidence.model import Phase, Snapshot
from phasemetrics.evidence.side import Side
from phasemetrics.units import quantity_text
from phasemetrics.value import Origin, absent

Relation = Literal["=", "~", ">="]

_COVERAGE = ("coverage.total", "coverage.lines", "coverage.statements", "coverage.branches")
_ABOUT = {"coverage": Decimal(1), "tests": Decimal("0.1")}  # points; a share of the count


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a statement `agrees` with the evidence, what the evidence `said`, and where that comes from."""

    agrees: bool
    said: str
    origin: Origin | None


def answer(phase: Phase, subject: str, side: str, value: Decimal, relation: Relation) -> Answer | None:
    """Hold a stated total against one end of a phase; None where nothing can be told.

    `subject` is `tests.total`, `tests.passed`, … or `coverage` (percent), `side` is `before` or `after`. A number that
    is true of something else, of the other end, a suite, a file, a group, may have been meant so: then nothing is said.
    """
    snapshot = phase.before if side == "before" else phase.after
    actual = list(_actual(snapshot, subject)) if snapshot is not None else []
    if snapshot is None or not actual:
        return None
    origin = Side(snapshot, absent("", "")).origin("coverage" if subject == "coverage" else "junit")
    said = quantity_text(float(actual[0]) / 100, "ratio") if subject == "coverage" else str(actual[0])
    if any(_fits(subject, value, relation, one) for one in actual):
        return Answer(True, said, origin)
    elsewhere = (*_others(phase.before, subject), *_others(phase.after, subject))
    return None if any(_fits(subject, value, "=", one) for one in elsewhere) else Answer(False, said, origin)


def _actual(snapshot: Snapshot, subject: str) -> Iterator[Decimal]:
    """Yield what the whole came to; coverage in percent, each way of counting it."""
    names = _COVERAGE if subject == "coverage" else (subject,)
    for name in names:
        if name in snapshot.metrics:
            exact = Decimal(repr(snapshot.metrics[name].value))
            yield exact * 100 if subject == "coverage" else exact.to_integral_value()


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


def _fits(subject: str, value: Decimal, relation: Relation, actual: Decimal) -> bool:
    """Return whether a number says what was measured, at the precision it is written with."""
    if relation == ">=":
        return actual >= value
    exponent = value.as_tuple().exponent
    step = Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0) / 2 if subject == "coverage" else Decimal(0)
    if relation == "~":
        step = max(step, _ABOUT["coverage"] if subject == "coverage" else _ABOUT["tests"] * actual)
    return abs(actual - value) <= step
