"""What the configured metrics came to: the rows of the tables."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from phasemetrics.escaping import visible
from phasemetrics.evidence.beside import Beside
from phasemetrics.evidence.comparison import Comparison, compare, settle
from phasemetrics.evidence.model import Kind, Phase
from phasemetrics.evidence.side import Side
from phasemetrics.evidence.target import judge, parse_target
from phasemetrics.settings import Config, MetricTable
from phasemetrics.units import rounded_to, signed_text
from phasemetrics.value import Value, absent

_GLYPHS = {"met": "✅", "near": "⚠️", "missed": "❌"}


def comparisons(phase: Phase, config: Config) -> list[Comparison]:
    """Return one comparison for each configured metric, settled as the rows of one document."""
    rows = [
        compare(metric.source, phase.before, phase.after, better=metric.better, aliases=metric.aliases)
        for metric in config.metric
    ]
    return settle(rows)


def kind_of(name: str) -> Kind:
    """Return what sort of report a metric of the snapshot comes from."""
    return "bench" if name.startswith("bench.") else "coverage" if name.startswith("coverage.") else "junit"


def row_facts(
    config: Config, compared: Sequence[Comparison], before: Side, after: Side, beside: Beside
) -> list[dict[str, Any]] | Value:
    """Return the rows of the metrics tables, in the order of the configuration."""
    if not config.metric:
        mend = '[[metric]] name = "…", from = "bench.test_x.median"'
        return absent("not-configured", "no metric is configured", f"add it to the configuration: {mend}")
    rows = zip(config.metric, compared, strict=True)
    return [_row(metric, comparison, before, after, beside) for metric, comparison in rows]


def _row(metric: MetricTable, comparison: Comparison, before: Side, after: Side, beside: Beside) -> dict[str, Any]:
    kind = kind_of(metric.source)
    origin = after.origin(kind)
    old = side_text(comparison.before_text, metric, before, kind)
    new = side_text(comparison.after_text, metric, after, kind)
    improvement = comparison.improvement_text
    missing = next((one for one in (new, old) if one.text is None), None)
    target = parse_target(metric.target) if metric.target else None
    status = judge(comparison, target, metric.tolerance_ratio)
    no_target = beside.untaken.get(metric.name) or absent(
        "no-target", f"{metric.name} has no target", 'add target = "<= 120 ms" to its [[metric]]'
    )
    better = Value(improvement, origin) if improvement is not None else missing or absent("failed", comparison.message)
    return {
        "name": Value(visible(metric.name)),
        "aliases": metric.aliases,
        "before": old,
        "measured": _measured(before, old),
        "target": _target(metric, beside) or no_target,
        "expected": _expected(metric, comparison, old) or no_target,
        "after": new,
        "improvement": better,
        "numbers": summed_up("", "", old, new, better)["numbers"],
        "status": Value(_GLYPHS[status], origin, choice=True) if status else missing or no_target,
    }


def side_text(text: str | None, metric: MetricTable, side: Side, kind: Kind) -> Value:
    """Return the value of a metric at one end from the `text` of it, or why there is none."""
    if text is not None:
        return Value(text, side.origin(kind))
    if side.snapshot is None:
        return side.missing
    near = difflib.get_close_matches(metric.source, side.snapshot.metrics, n=1)
    mend = f"did you mean `{near[0]}`?" if near else "`phasemetrics collect` prints what there is"
    return absent("no-metric", f"{metric.source} was not measured", mend)


def _measured(before: Side, old: Value) -> Value:
    if old.text is None or before.snapshot is None:
        return old
    revision = before.snapshot.revision
    dates = [source.modified for source in before.snapshot.sources]
    date = revision.date if revision else max(dates, default=None)
    return Value(visible(date[:10]), old.origin) if date else absent("no-date", "the baseline has no date")


def _target(metric: MetricTable, beside: Beside) -> Value | None:
    if metric.target is None:
        return None
    planned = beside.targets.get(metric.name)
    if planned is None:
        return Value(visible(metric.target))
    return Value(visible(metric.target), planned.origin, note=f"from {planned.origin.path}")


def _expected(metric: MetricTable, comparison: Comparison, old: Value) -> Value | None:
    """Return the target against the baseline, positive is better, from the two numbers as they are printed."""
    if metric.target is None or comparison.before is None:
        return None if metric.target is None else old
    target = parse_target(metric.target)
    before = comparison.scale.number(comparison.before.value)
    difference = target.value / comparison.scale.factor - before
    if comparison.better == "lower":
        difference = -difference
    if comparison.unit == "ratio":
        return Value(f"{signed_text(rounded_to(difference, 1))} pp", old.origin)
    if comparison.unit == "count":
        return Value(signed_text(difference), old.origin)
    if not before:
        return absent("baseline-zero", "the baseline is 0, so there is no percentage")
    return Value(f"{signed_text(rounded_to(difference / abs(before) * Decimal(100), 1))}%", old.origin)


def summed_up(prefix: str, suffix: str, old: Value, new: Value, change: Value) -> dict[str, Value]:
    """Return two values and their change with words around them: each alone, and all three as `numbers`."""
    missing = next((one for one in (new, old, change) if one.text is None), None)
    whole = f"{prefix}{old.text} → {new.text}{suffix} ({change.text})"
    return {
        "before": replace(old, text=f"{prefix}{old.text}{suffix}") if old.text is not None else old,
        "after": replace(new, text=f"{prefix}{new.text}{suffix}") if new.text is not None else new,
        "change": replace(change, text=f"{change.text}{suffix}") if change.text is not None else change,
        "numbers": missing or Value(whole, change.origin),
    }
