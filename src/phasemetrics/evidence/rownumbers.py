"""The numbers of one row: the value of a metric at both ends, and the change between them, in any unit of its kind."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from phasemetrics.escaping import visible
from phasemetrics.evidence.comparable import benchmark_of
from phasemetrics.evidence.comparison import Comparison
from phasemetrics.evidence.model import Kind, Snapshot
from phasemetrics.evidence.side import Side
from phasemetrics.evidence.target import parse_target
from phasemetrics.evidence.verdict import is_benchmark, statistic
from phasemetrics.settings import MetricTable
from phasemetrics.statnames import carries, needed, percent_of
from phasemetrics.unitnames import SPELLINGS
from phasemetrics.units import rounded_to, signed_text
from phasemetrics.value import Value, absent

_BASELINE_ZERO = absent("baseline-zero", "the baseline is 0, so there is no percentage")


def kind_of(name: str) -> Kind:
    """Return what sort of report a metric of the snapshot comes from."""
    kinds: dict[str, Kind] = {"bench": "bench", "coverage": "coverage", "size": "size"}
    return kinds.get(name.partition(".")[0], "junit")


def numbers_of(metric: MetricTable, comparison: Comparison, before: Side, after: Side) -> dict[str, Value]:
    """Return `before`, `after`, `improvement` and `expected`, each also as it is written in other units of its kind.

    Percentages follow from the two numbers as they are printed, so they may differ with the unit.
    """
    kind = kind_of(metric.source)
    old = side_text(comparison.before_text, metric, before, kind)
    new = side_text(comparison.after_text, metric, after, kind)
    missing = next((one for one in (new, old) if one.text is None), None)
    text = comparison.improvement(metric.name)
    gain = Value(text, after.origin(kind)) if text is not None else missing or absent("failed", comparison.message)
    if comparison.verdict == "new" and before.snapshot is not None and after.snapshot is not None:
        gain = Value("new", after.origin(kind), note=_old_name(comparison.name, before.snapshot, after.snapshot))
    zero = comparison.before is not None and not comparison.scale.number(comparison.before.value)
    expected = _expected(metric, comparison)
    hoped = Value(expected, old.origin) if expected is not None else _BASELINE_ZERO if zero else old
    shown = {"before": old, "after": new, "improvement": gain, "expected": hoped}
    others = {
        unit: _texts(metric, comparison.in_unit(unit))
        for unit, (base, _) in SPELLINGS.items()
        if base == comparison.unit and unit not in {"", "%"}
    }
    return {key: _spelled(value, key, others) for key, value in shown.items()}


def _texts(metric: MetricTable, comparison: Comparison) -> dict[str, str | None]:
    return {
        "before": comparison.before_text,
        "after": comparison.after_text,
        "improvement": comparison.improvement(metric.name),
        "expected": _expected(metric, comparison),
    }


def _spelled(value: Value, key: str, others: Mapping[str, Mapping[str, str | None]]) -> Value:
    found = {unit: text for unit, texts in others.items() if (text := texts[key]) is not None}
    return replace(value, spellings=found) if value.text is not None and found else value


def _old_name(name: str, before: Snapshot, after: Snapshot) -> str:
    """Return what a metric may have been called before, in words: nothing where there is nothing like it."""
    gone = [one for one in before.metrics if one not in after.metrics and is_benchmark(one) == is_benchmark(name)]
    near = difflib.get_close_matches(name, gone, n=1)
    return f'{visible(near[0])} is gone; if it is the same, add aliases = ["{visible(near[0])}"]' if near else ""


def side_text(text: str | None, metric: MetricTable, side: Side, kind: Kind) -> Value:
    """Return the value of a metric at one end from the `text` of it, or why there is none."""
    if text is not None:
        return Value(text, side.origin(kind))
    if side.snapshot is None:
        return side.missing
    few = _too_few(metric.source, side.snapshot)
    if few is not None:
        return few
    near = difflib.get_close_matches(metric.source, side.snapshot.metrics, n=1)
    mend = f"did you mean `{near[0]}`?" if near else "`phasemetrics collect` prints what there is"
    return absent("no-metric", f"{metric.source} was not measured", mend)


def _too_few(source: str, snapshot: Snapshot) -> Value | None:
    """Return why there is no such percentile, where the benchmark was measured too seldom to have it."""
    percent = percent_of(statistic(source))
    rounds = snapshot.metrics.get(f"bench.{benchmark_of(source)}.rounds")
    if percent is None or rounds is None or carries(int(rounds.value), percent):
        return None
    why = f"{visible(source)} of {int(rounds.value)} values a run is little more than their maximum"
    return absent("too-few-samples", why, f"measure {needed(percent)} in every run, or take the median")


def _expected(metric: MetricTable, comparison: Comparison) -> str | None:
    """Return the target against the baseline, positive is better, from the two numbers as they are printed.

    None without a target, without a baseline, and against one of 0 where the change would be a percentage.
    """
    if metric.target is None or comparison.before is None:
        return None
    target = parse_target(metric.target)
    before = comparison.scale.number(comparison.before.value)
    difference = target.value / comparison.scale.factor - before
    if comparison.better == "lower":
        difference = -difference
    if comparison.unit == "ratio":
        return f"{signed_text(rounded_to(difference, 1))} pp"
    if comparison.unit == "count":
        return signed_text(difference)
    return f"{signed_text(rounded_to(difference / abs(before) * Decimal(100), 1))}%" if before else None
