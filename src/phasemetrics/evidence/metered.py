"""What the evidence says of a number that a document states for a configured metric."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from phasemetrics.escaping import visible
from phasemetrics.evidence.comparing import compare_row
from phasemetrics.evidence.comparison import Comparison
from phasemetrics.evidence.fitting import Answer, Stated, cannot_tell, fits
from phasemetrics.evidence.model import Metric, Phase
from phasemetrics.evidence.rownumbers import kind_of
from phasemetrics.evidence.side import Side
from phasemetrics.evidence.stated import answer
from phasemetrics.evidence.verdict import FEWEST_RUNS, is_benchmark, runs_of
from phasemetrics.settings import MetricTable
from phasemetrics.units import Quantity, Scale, last_digit, parse_quantity, quantity_text, rounded_to
from phasemetrics.value import Origin, absent

_TIMED = {"second", "per_second"}
_GENERIC = {
    "coverage.total": "coverage", "coverage.lines": "coverage", "coverage.statements": "coverage",
    "coverage.branches": "coverage", "tests.total": "tests.total", "tests.passed": "tests.passed",
    "tests.failed": "tests.failed", "tests.skipped": "tests.skipped",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """A number that a document states for a metric: its `unit` as it is written, and the `side` of the phase.

    A change is `of` two numbers, `15 ms → 12.1 ms`, where the document writes them beside it.
    """

    stated: Stated
    unit: str
    side: str
    of: str = ""


def metric_answer(phase: Phase, metric: MetricTable, asked: Asked) -> Answer:
    """Hold a number against the source of a metric; what is measured in the answer is in the unit of the document.

    What is counted must be the same at the precision of the document. What is timed differs from run to run, so it may
    lie anywhere between the runs; and fewer than 4 of them tell nothing nearer than the tolerance of the metric.
    """
    quantity = parse_quantity(f"1 {asked.unit}")
    if quantity is None:
        return cannot_tell("its unit is not known")
    compared = compare_row(phase, metric)
    if asked.side == "change":
        return _of_change(phase, metric, compared, asked, quantity)
    found = compared.before if asked.side == "before" else compared.after
    if found is None or not math.isfinite(found.value):
        return cannot_tell(f"{visible(metric.source)} was not measured {asked.side} the phase")
    if found.unit != quantity.unit:
        return cannot_tell(f"{visible(metric.source)} is a {found.unit}, and the number a {quantity.unit}")
    exact = Decimal(repr(found.value)) / quantity.value
    told = Answer(True, _said(metric, found), exact, _origin(phase, metric, asked.side))
    if _same(asked.stated, exact, found.unit):
        return told
    if found.unit in _TIMED or (is_benchmark(metric.source) and found.unit != "count"):
        return _timed(metric, compared, found, asked, quantity, told)
    return _counted(phase, metric, asked, told)


def _same(stated: Stated, exact: Decimal, unit: str, slack: Decimal = Decimal(0)) -> bool:
    """Return whether a measured number is the stated one; only of a percentage `~` means points."""
    if stated.relation == "=":
        return fits(replace(stated, percent=True), exact, slack)
    about = unit == "ratio" or stated.relation != "~"
    return fits(replace(stated, percent=about), exact, slack if about else max(slack, last_digit(stated.value)))


def _timed(
    metric: MetricTable, compared: Comparison, found: Metric, asked: Asked, quantity: Quantity, told: Answer
) -> Answer:
    if compared.verdict == "not-comparable":
        return replace(told, agrees=None, why=compared.message)
    runs = [Decimal(repr(one)) / quantity.value for one in runs_of(found)]
    between = asked.stated.relation == "=" and min(runs) <= asked.stated.value <= max(runs)
    if between or any(_same(asked.stated, one, found.unit) for one in runs):
        return told
    slack = Decimal(repr(metric.tolerance_ratio)) * abs(told.exact or Decimal(0))
    if len(runs) < FEWEST_RUNS and _same(asked.stated, told.exact or Decimal(0), found.unit, slack):
        why = f"{told.said} was measured, and {_runs(len(runs))} no nearer than {metric.tolerance}"
        return replace(told, agrees=None, why=why)
    return replace(told, agrees=False)


def _counted(phase: Phase, metric: MetricTable, asked: Asked, told: Answer) -> Answer:
    """Return the answer about a number that the source does not have; it may be that of a part, or of the other end."""
    subject = _GENERIC.get(metric.source)
    if subject is not None and answer(phase, subject, asked.side, asked.stated).agrees is not False:
        why = f"the whole is {told.said}, but the number is true of a part or of the other end"
        return replace(told, agrees=None, why=why)
    return replace(told, agrees=False)


def _of_change(phase: Phase, metric: MetricTable, compared: Comparison, asked: Asked, quantity: Quantity) -> Answer:
    """Hold a change against both ends; only a percentage, or a number of things, is certainly wrong.

    A difference of percentages may be meant in points or in percent, one of times may have been rounded anywhere.
    """
    text = compared.change_text
    if compared.before is None or compared.after is None:
        return cannot_tell("only one end of the phase was measured")
    if text is None or compared.verdict in {"not-comparable", "baseline-zero"}:
        return cannot_tell(compared.message)
    said = f"{text} ({compared.before_text} before, {compared.after_text} after)"
    told = Answer(True, said, origin=_origin(phase, metric, "after"))
    values = compared.before.value, compared.after.value
    share, own = quantity.unit == "ratio", quantity.unit in {compared.unit, "point"}
    factor = quantity.value if quantity.unit != "point" else quantity.value / 100
    for before, after in _ends(phase, metric, compared.scale, values, asked.of):
        made = [(after - before) / factor] if own else []
        made += _shares(before, after, compared.unit) if share else ()
        if any(_same(asked.stated, abs(one), "ratio") for one in made):
            return told
    if (share and compared.unit != "ratio") or compared.unit == quantity.unit == "count":
        return replace(told, agrees=False)
    return replace(told, agrees=None, why=f"{said}, but a change can be counted in several ways")


def _ends(
    phase: Phase, metric: MetricTable, scale: Scale, values: tuple[float, float], of: str
) -> Iterator[tuple[Decimal, ...]]:
    """Yield both ends in the base unit, in each way that they may have been printed before they were compared.

    That is exactly, as our tables print them, with the decimals that the document prints, and as it prints them, where
    that is true.
    """
    exact = [Decimal(repr(one)) for one in values]
    yield tuple(exact)
    yield tuple(scale.number(one) * scale.factor for one in values)
    texts = of.split(" → ")
    written = [one for one in map(parse_quantity, texts) if one is not None]
    if len(written) == 2:
        yield tuple(rounded_to(one / end.step, 0) * end.step for one, end in zip(exact, written, strict=True))
        if all(_is_true(phase, metric, text, side) for text, side in zip(texts, ("before", "after"), strict=True)):
            yield tuple(one.value for one in written)


def _is_true(phase: Phase, metric: MetricTable, text: str, side: str) -> bool:
    number, _, unit = text.partition(" ")
    return metric_answer(phase, metric, Asked(Stated(Decimal(number.replace(",", ""))), unit, side)).agrees is True


def _shares(before: Decimal, after: Decimal, unit: str) -> Iterator[Decimal]:
    """Yield a change in percent: of what was, and of a time also by how much more is done in it."""
    if before:
        yield 100 * (after - before) / before
    if after and unit == "second":
        yield 100 * (before - after) / after


def _said(metric: MetricTable, found: Metric) -> str:
    text = f"{visible(metric.name)} {quantity_text(found.value, found.unit)}"
    if len(found.runs) < 2:
        return text
    low, high = (quantity_text(one, found.unit) for one in (min(found.runs), max(found.runs)))
    return f"{text} ({len(found.runs)} runs, {low} to {high})"


def _runs(count: int) -> str:
    return "1 run tells" if count == 1 else f"{count} runs tell"


def _origin(phase: Phase, metric: MetricTable, side: str) -> Origin | None:
    return Side(phase.before if side == "before" else phase.after, absent("", "")).origin(kind_of(metric.source))
