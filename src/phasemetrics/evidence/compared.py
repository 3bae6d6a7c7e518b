"""What the configured metrics came to: the rows of the tables."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from phasemetrics.escaping import visible
from phasemetrics.evidence.beside import Beside
from phasemetrics.evidence.binding import require_fit
from phasemetrics.evidence.comparable import benchmark_of
from phasemetrics.evidence.comparing import compare, settle
from phasemetrics.evidence.comparison import Comparison
from phasemetrics.evidence.model import Kind, Phase, Snapshot
from phasemetrics.evidence.side import Side
from phasemetrics.evidence.target import judge, parse_target
from phasemetrics.evidence.verdict import statistic
from phasemetrics.settings import Config, MetricTable
from phasemetrics.statnames import carries, needed, percent_of
from phasemetrics.unitnames import SPELLINGS, SYMBOLS
from phasemetrics.units import rounded_to, signed_text
from phasemetrics.value import Value, absent

_GLYPHS = {"met": "✅", "near": "⚠️", "missed": "❌"}


def comparisons(phase: Phase, config: Config) -> list[Comparison]:
    """Return one comparison for each configured metric, settled as the rows of one document.

    Raises UsageError `bad-metric` for one that is bound to something that its name contradicts.
    """
    rows = [
        compare(metric.source, phase.before, phase.after, better=metric.better, aliases=metric.aliases)
        for metric in config.metric
    ]
    for metric, row in zip(config.metric, rows, strict=True):
        require_fit(metric, row)
    return settle(rows)


def kind_of(name: str) -> Kind:
    """Return what sort of report a metric of the snapshot comes from."""
    kinds: dict[str, Kind] = {"bench": "bench", "coverage": "coverage", "size": "size"}
    return kinds.get(name.partition(".")[0], "junit")


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
    target = parse_target(metric.target) if metric.target else None
    kind = kind_of(metric.source)
    own = comparison.in_unit(_unit_of(metric.target)) if metric.target else comparison
    shown = numbers_of(metric, own, before, after)
    old, new, better = shown["before"], shown["after"], shown["improvement"]
    missing = next((one for one in (new, old) if one.text is None), None)
    status = judge(comparison, target, metric.tolerance_ratio)
    no_target = beside.untaken.get(metric.name) or absent(
        "no-target", f"{metric.name} has no target", 'add target = "<= 120 ms" to its [[metric]]'
    )
    unjudged = absent("failed", comparison.message) if comparison.verdict == "failed" else missing or no_target
    return {
        "name": Value(visible(metric.name)),
        "aliases": metric.aliases,
        **shown,
        "measured": _measured(before, old),
        "target": _target(metric, beside) or no_target,
        "expected": shown["expected"] if metric.target else no_target,
        "numbers": summed_up("", "", old, new, better)["numbers"],
        "status": Value(_GLYPHS[status], after.origin(kind), choice=True) if status else unjudged,
    }


def numbers_of(metric: MetricTable, comparison: Comparison, before: Side, after: Side) -> dict[str, Value]:
    """Return the numbers of a row, each also as it is written in every other unit of its kind.

    The percentage follows from the two numbers as they are printed, so it may differ with their unit.
    """
    shown = _in_one_unit(metric, comparison, before, after)
    if comparison.before is None and comparison.after is None:
        return shown
    others = {
        unit: _in_one_unit(metric, comparison.in_unit(unit), before, after)
        for unit, (kind, _) in SPELLINGS.items()
        if kind == comparison.unit and unit not in {"", "%"}
    }
    return {
        key: replace(value, spellings={unit: row[key].text or "" for unit, row in others.items()})
        if value.text is not None
        else value
        for key, value in shown.items()
    }


def _in_one_unit(metric: MetricTable, comparison: Comparison, before: Side, after: Side) -> dict[str, Value]:
    kind = kind_of(metric.source)
    old = side_text(comparison.before_text, metric, before, kind)
    new = side_text(comparison.after_text, metric, after, kind)
    improvement = comparison.improvement(metric.name)
    if improvement is None and comparison.verdict == "new" and before.snapshot is not None and new.text is not None:
        improvement = "new"
    missing = next((one for one in (new, old) if one.text is None), None)
    better = Value(improvement, after.origin(kind)) if improvement is not None else missing
    return {
        "before": old,
        "after": new,
        "improvement": better or absent("failed", comparison.message),
        "expected": _expected(metric, comparison, old) or old,
    }


def _unit_of(text: str) -> str:
    """Return the unit that a target is stated in, as we print it: `µs` for `<= 120 us`."""
    spelling = text.rstrip().lstrip("<>=≤≥ 0123456789.,")
    kind, own = SPELLINGS.get(spelling, ("", None))
    return next((symbol for symbol, factor in SYMBOLS.get(kind, ()) if factor == own), spelling)


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
