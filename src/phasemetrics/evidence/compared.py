"""What the configured metrics came to: the rows of the tables, and the one number a phase is summed up in."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from phasemetrics.config import Config, MetricTable
from phasemetrics.escaping import visible
from phasemetrics.evidence.comparison import Comparison, compare, settle
from phasemetrics.evidence.model import Kind, Metric, Phase
from phasemetrics.evidence.side import Side
from phasemetrics.evidence.target import judge, parse_target
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


def _kind(name: str) -> Kind:
    return "bench" if name.startswith("bench.") else "coverage" if name.startswith("coverage.") else "junit"


def row_facts(
    config: Config, compared: Sequence[Comparison], before: Side, after: Side
) -> list[dict[str, Any]] | Value:
    """Return the rows of the metrics tables, in the order of the configuration."""
    if not config.metric:
        mend = '[[metric]] name = "…", from = "bench.test_x.median"'
        return absent("not-configured", "no metric is configured", f"add it to the configuration: {mend}")
    rows = zip(config.metric, compared, strict=True)
    return [_row(metric, comparison, before, after) for metric, comparison in rows]


def _row(metric: MetricTable, comparison: Comparison, before: Side, after: Side) -> dict[str, Any]:
    kind = _kind(metric.source)
    origin = after.origin(kind)
    old = _text(comparison.before_text, metric, before, kind)
    new = _text(comparison.after_text, metric, after, kind)
    improvement = comparison.improvement_text
    missing = next((one for one in (new, old) if one.text is None), None)
    target = parse_target(metric.target) if metric.target else None
    status = judge(comparison, target, metric.tolerance_ratio)
    return {
        "name": Value(visible(metric.name)),
        "aliases": metric.aliases,
        "before": old,
        "measured": _measured(before, old),
        "target": Value(visible(metric.target)) if metric.target else _no_target(metric),
        "expected": _expected(metric, comparison, old),
        "after": new,
        "improvement": Value(improvement, origin)
        if improvement is not None
        else missing or absent("failed", comparison.message),
        "status": Value(_GLYPHS[status], origin, choice=True) if status else missing or _no_target(metric),
    }


def _text(text: str | None, metric: MetricTable, side: Side, kind: Kind) -> Value:
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


def _no_target(metric: MetricTable) -> Value:
    return absent("no-target", f"{metric.name} has no target", 'add target = "<= 120 ms" to its [[metric]]')


def _expected(metric: MetricTable, comparison: Comparison, old: Value) -> Value:
    """Return the target against the baseline, positive is better, from the two numbers as they are printed."""
    if metric.target is None or comparison.before is None:
        return _no_target(metric) if metric.target is None else old
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


def headline(
    phase: Phase, config: Config, compared: Sequence[Comparison], before: Side, after: Side
) -> dict[str, Value]:
    """Return the one number a phase is summed up in: `before`, `after`, its `change`, and all three in one text.

    It is the first configured metric; without one, how many tests pass.
    """
    if config.metric:
        metric, comparison = config.metric[0], compared[0]
        kind, name = _kind(metric.source), visible(metric.name)
        old = _text(comparison.before_text, metric, before, kind)
        new = _text(comparison.after_text, metric, after, kind)
        text = comparison.improvement_text
        change = Value(text, after.origin(kind)) if text is not None else new if new.text is None else old
        return _summed_up(f"{name} ", "", old, new, change)
    text = compare("tests.passed", phase.before, phase.after).improvement_text
    old, new = _passing(before), _passing(after)
    missing = next((one for one in (new, old) if one.text is None), None)
    change = missing or Value(text, after.origin("junit"))
    return _summed_up("", " tests passing", old, new, change)


def _summed_up(prefix: str, suffix: str, old: Value, new: Value, change: Value) -> dict[str, Value]:
    missing = next((one for one in (new, old, change) if one.text is None), None)
    whole = f"{prefix}{old.text} → {new.text}{suffix} ({change.text})"
    return {
        "before": replace(old, text=f"{prefix}{old.text}{suffix}") if old.text is not None else old,
        "after": replace(new, text=f"{prefix}{new.text}{suffix}") if new.text is not None else new,
        "change": replace(change, text=f"{change.text}{suffix}") if change.text is not None else change,
        "numbers": missing or Value(whole, change.origin),
    }


def _passing(side: Side) -> Value:
    metrics = side.snapshot.metrics if side.snapshot else {}
    total = metrics.get("tests.total")
    if total is None or not total.value:
        return (
            side.missing if side.snapshot is None else absent("no-headline", "no metric is configured and no test ran")
        )
    passed = metrics.get("tests.passed")
    if passed is None:
        return absent("no-metric", "tests.passed was not measured", "`phasemetrics collect` prints what there is")
    return Value(f"{int(passed.value)}/{int(total.value)}", side.origin("junit"))


def performance(phase: Phase, config: Config, before: Side, after: Side) -> tuple[Value, Value]:
    """Return the timing a phase is summed up in, before and after.

    It is the first configured metric that is a time; without one, the median of the only benchmark there is.
    """
    sides = [side.snapshot.metrics for side in (before, after) if side.snapshot]
    timed = [metric for metric in config.metric if any(_is_time(one.get(metric.source)) for one in sides)]
    if timed:
        metric = timed[0]
    else:
        names = sorted(
            {name for one in sides for name in one if name.startswith("bench.") and name.endswith(".median")}
        )
        if len(names) != 1:
            return _no_performance(names, before), _no_performance(names, after)
        # Not validated: the name is whatever a report calls its benchmark.
        metric = MetricTable.model_construct(name=names[0], source=names[0])
    comparison = compare(metric.source, phase.before, phase.after, metric.better, aliases=metric.aliases)
    note = comparison.message if comparison.verdict == "not-comparable" else ""
    old = _text(comparison.before_text, metric, before, "bench")
    new = _text(comparison.after_text, metric, after, "bench")
    return old, Value(new.text, new.origin, note=note) if new.text is not None else new


def _is_time(metric: Metric | None) -> bool:
    return metric is not None and metric.unit == "second"


def _no_performance(names: Sequence[str], side: Side) -> Value:
    if side.snapshot is None:
        return side.missing
    if not names:
        mend = "write one with `pytest --benchmark-json=build/bench.json` and name it: --bench"
        return absent("no-benchmark", "no benchmark result was read", mend)
    mend = f'[[metric]] name = "…", from = "{names[0]}"'
    return absent(
        "no-headline", f"{len(names)} benchmarks and none is configured", f"add it to the configuration: {mend}"
    )
