"""What the configured metrics came to: the rows of the tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from phasemetrics.escaping import visible
from phasemetrics.evidence.beside import Beside
from phasemetrics.evidence.binding import require_fit
from phasemetrics.evidence.comparing import compare_row, settle
from phasemetrics.evidence.comparison import Comparison
from phasemetrics.evidence.lateness import measured_later
from phasemetrics.evidence.model import Kind, Phase
from phasemetrics.evidence.rownumbers import kind_of, numbers_of
from phasemetrics.evidence.side import Side
from phasemetrics.evidence.target import judge, parse_target
from phasemetrics.settings import Config, MetricTable
from phasemetrics.unitnames import SPELLINGS, SYMBOLS
from phasemetrics.value import Value, absent

_GLYPHS = {"met": "✅", "near": "⚠️", "missed": "❌"}


def comparisons(phase: Phase, config: Config) -> list[Comparison]:
    """Return one comparison for each configured metric, settled as the rows of one document, in the unit of its target.

    Raises UsageError `bad-metric` for one that is bound to something that its name contradicts.
    """
    rows = [compare_row(phase, metric) for metric in config.metric]
    for metric, row in zip(config.metric, rows, strict=True):
        require_fit(metric, row)
    return [
        row.in_unit(_unit_of(metric.target)) if metric.target else row
        for metric, row in zip(config.metric, settle(rows), strict=True)
    ]


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
    shown = numbers_of(metric, comparison, before, after)
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
        "measured": _measured(before, old, kind),
        "target": _target(metric, beside) or no_target,
        "expected": shown["expected"] if metric.target else no_target,
        "numbers": summed_up("", "", old, new, better)["numbers"],
        "status": Value(_GLYPHS[status], after.origin(kind), choice=True) if status else unjudged,
    }


def _unit_of(text: str) -> str:
    """Return the unit that a target is stated in, as we print it: `µs` for `<= 120 us`."""
    spelling = text.rstrip().lstrip("<>=≤≥ 0123456789.,")
    kind, own = SPELLINGS.get(spelling, ("", None))
    return next((symbol for symbol, factor in SYMBOLS.get(kind, ()) if factor == own), spelling)


def _measured(before: Side, old: Value, kind: Kind) -> Value:
    """Return when the number before was measured: the date of its commit, or the later one on which that was done."""
    if old.text is None or before.snapshot is None:
        return old
    revision = before.snapshot.revision
    later = measured_later(before.snapshot, kind)
    if later is not None and revision is not None:
        return Value(visible(f"{later[:10]} (measured later, at {revision.sha[:7]})"), old.origin)
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
