"""The before/after table of a phase: the configured metrics, else the ones that everybody asks for."""

from __future__ import annotations

from dataclasses import dataclass

from phasemetrics.evidence.beside import Beside
from phasemetrics.evidence.compared import comparisons
from phasemetrics.evidence.comparing import compare, settle, with_statistic
from phasemetrics.evidence.comparison import Comparison
from phasemetrics.evidence.model import Phase
from phasemetrics.evidence.regressions import is_main
from phasemetrics.evidence.target import Status, judge, parse_target
from phasemetrics.evidence.verdict import is_benchmark
from phasemetrics.settings import Config

_USUAL = {
    "tests.total": "Tests",
    "tests.passed": "Tests passed",
    "tests.failed": "Tests failed",
    "tests.errors": "Test errors",
    "tests.skipped": "Tests skipped",
    "coverage.total": "Coverage",
    "coverage.lines": "Line coverage",
    "coverage.branches": "Branch coverage",
    "files.created": "Files created",
    "files.modified": "Files modified",
    "files.deleted": "Files deleted",
    "lines.added": "Lines added",
    "lines.deleted": "Lines deleted",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: what a person calls the metric, the comparison, and its status against the target.

    `planned` is where the phase's plan states the target.
    """

    name: str
    comparison: Comparison
    target: str | None = None
    status: Status | None = None
    planned: str | None = None


def bench_rows(phase: Phase, config: Config) -> list[Row]:
    """Return every benchmark that is not configured, settled as one family: its median and its other measures."""
    named = {with_statistic(metric.source, phase.before, phase.after) for metric in config.metric}
    measured = {name: None for side in (phase.before, phase.after) if side for name in side.metrics}
    wanted = [name for name in measured if is_benchmark(name) and name not in named and is_main(name)]
    rows = settle([compare(name, phase.before, phase.after) for name in sorted(wanted)])
    return [Row(row.name.removeprefix("bench."), row) for row in rows]


def rows_of(phase: Phase, config: Config, beside: Beside | None = None) -> list[Row]:
    """Return the configured metrics in their order, then the usual ones that were measured and not configured.

    A metric without a target has the one that the phase's plan states, of what was read `beside` the reports.
    """
    beside = (beside or Beside()).fitting(phase, config)
    config = beside.with_targets(config)
    rows = []
    for metric, comparison in zip(config.metric, comparisons(phase, config), strict=True):
        target = parse_target(metric.target) if metric.target else None
        status = judge(comparison, target, metric.tolerance_ratio)
        planned = beside.targets.get(metric.name)
        rows.append(Row(metric.name, comparison, metric.target, status, planned.origin.path if planned else None))
    named = {metric.source for metric in config.metric}
    measured = {name for side in (phase.before, phase.after) if side for name in side.metrics}
    for name, title in _USUAL.items():
        if name in measured and name not in named:
            rows.append(Row(title, compare(name, phase.before, phase.after)))
    return rows
