"""Compares a metric at both ends of a phase, alone and as one of the rows of a document."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from phasemetrics.evidence.comparable import Attempts, attempts, difference, is_timed
from phasemetrics.evidence.comparison import CLAIMS, Comparison
from phasemetrics.evidence.model import Metric, Phase, Snapshot
from phasemetrics.evidence.significance import holm
from phasemetrics.evidence.verdict import (
    Finding,
    alpha_of,
    better_direction,
    find,
    is_benchmark,
    tested_runs,
)
from phasemetrics.settings import MetricTable
from phasemetrics.statnames import meanings
from phasemetrics.unitnames import Direction
from phasemetrics.units import Scale, scale_for


def compare(
    name: str,
    before: Snapshot | None,
    after: Snapshot | None,
    better: Direction | None = None,
    min_change: float = 0.02,
    aliases: Sequence[str] = (),
) -> Comparison:
    """Return metric `name` at both ends; `verdict.find` says what a claim needs, `min_change` is a ratio.

    A name without a statistic, `bench.NAME`, means the median. `better` overrides the direction that name, report and
    unit give. `aliases` are earlier names that `before` may have it under, exactly: of the metric, or of the benchmark
    alone (`old` for `bench.old.median`). What was not measured alike is not compared, and what fails more often than
    before is never called better.
    """
    name = with_statistic(name, before, after)
    old = _named(before, name, aliases)
    one, other = (side.metrics.get(called) if side else None for side, called in ((before, old), (after, name)))
    present = [side for side in (other, one) if side is not None]
    unit = present[0].unit if present else "count"
    better = better or better_direction(name, present[0] if present else None)
    scale = scale_for(unit, [side.value for side in present if side.unit == unit and math.isfinite(side.value)])
    finding = find(name, one, other, better, min_change)
    if finding.verdict in CLAIMS and one and other and (is_benchmark(name) or unit == "byte"):
        finding = _as_printed(scale, one, other, finding)
    if before and after and is_benchmark(name):
        finding = _unlike((old, name), unit, before, after, finding)
    more = 0.0
    if is_timed(unit) and is_benchmark(name) and finding.verdict != "new":
        finding, more = _failing(attempts(old, before), attempts(name, after), finding)
    return Comparison(name, unit, one, other, better, finding.verdict, finding.p, scale, finding.message, more)


def compare_row(phase: Phase, metric: MetricTable) -> Comparison:
    """Return a configured metric at both ends of a phase, alone: `settle` holds it against the other rows."""
    return compare(metric.source, phase.before, phase.after, better=metric.better, aliases=metric.aliases)


def _as_printed(scale: Scale, before: Metric, after: Metric, finding: Finding) -> Finding:
    """Return no claim where the two numbers are the same as they are printed: nobody could see it."""
    if scale.number(before.value) != scale.number(after.value):
        return finding
    if finding.p is None:
        return Finding("unchanged", "the same as it is printed")
    return Finding("no-significant-change", f"{finding.message}, the same as it is printed", finding.p)


def _unlike(names: tuple[str, str], unit: str, before: Snapshot, after: Snapshot, finding: Finding) -> Finding:
    if finding.verdict in {"new", "missing", "failed", "not-comparable"}:
        return finding
    reason = difference(names, unit, before, after)
    return Finding("not-comparable", reason) if reason else finding


def _failing(before: Attempts | None, after: Attempts | None, finding: Finding) -> tuple[Finding, float]:
    """Return `failed` where more of the attempts failed than before, and by which share where that was known.

    What answers with an error is quick.
    """
    earlier = before or Attempts(0, 0)
    if after is None or after.rate <= earlier.rate:
        return finding, 0.0
    was = f", {earlier.text} before" if earlier.failed else ""
    return Finding("failed", f"failed ({after.text}{was})"), after.rate - earlier.rate if before else 0.0


def settle(rows: Sequence[Comparison]) -> list[Comparison]:
    """Return the rows of one document with the claims withdrawn that Holm's adjustment does not leave standing.

    The family is every row that was tested; the p that is printed stays the unadjusted one.
    """
    family = [(index, row.p) for index, row in enumerate(rows) if row.p is not None]
    settled = list(rows)
    for (index, _), adjusted in zip(family, holm([p for _, p in family]), strict=True):
        row = rows[index]
        if row.verdict in CLAIMS and adjusted > _alpha(row):
            message = f"{row.message}, one of {len(family)} tested"
            settled[index] = replace(row, verdict="no-significant-change", message=message)
    return settled


def _alpha(row: Comparison) -> float:
    assert row.before is not None
    assert row.after is not None
    one, other = tested_runs(row.name, row.before, row.after)
    return alpha_of(row.name, one.values, other.values)[0]


def with_statistic(name: str, *sides: Snapshot | None) -> str:
    """Return the metric that `name` means: of a benchmark without a statistic its median, or its only value."""
    measured = [side.metrics for side in sides if side is not None]
    return next((one for one in meanings(name) if any(one in metrics for metrics in measured)), name)


def _named(side: Snapshot | None, name: str, aliases: Sequence[str]) -> str:
    """Return what a metric is called at one end: its name, or an earlier one of it or of its benchmark."""
    stat = name.rpartition(".")[2]
    earlier = (spelling for alias in aliases for spelling in (alias, f"{alias}.{stat}", f"bench.{alias}.{stat}"))
    known = side.metrics if side else {}
    return next((one for one in (name, *earlier) if one in known), name)
