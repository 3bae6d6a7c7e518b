"""Whether every configured metric with a target meets it."""

from __future__ import annotations

from collections.abc import Sequence

from phasemetrics.escaping import visible
from phasemetrics.evidence.beside import Beside
from phasemetrics.evidence.comparison import Comparison
from phasemetrics.evidence.side import Side
from phasemetrics.evidence.target import Status, judge, parse_target
from phasemetrics.settings import Config, MetricTable
from phasemetrics.value import Gate, absent, undecided


def targets_gate(config: Config, compared: Sequence[Comparison], after: Side, beside: Beside) -> Gate:
    """Return the gate that every metric with a target meets it, by its value and with proof.

    A target of the plan is named with the line that states it.

    One that misses its target decides, whatever is known of the others; one without proof leaves it undecided.
    """
    rows = [
        (visible(metric.name), _target(metric, metric.target, beside), judge(comparison, parse_target(metric.target)))
        for metric, comparison in zip(config.metric, compared, strict=True)
        if metric.target is not None
    ]
    if not rows:
        return undecided(absent("no-target", "no metric has a target", 'add target = "<= 120 ms" to a [[metric]]'))
    if after.snapshot is None:
        return undecided(after.missing)
    missed = _those(rows, "missed")
    if missed:
        return Gate(False, f"{_listed(missed)} missed", after.any_origin())
    unknown = _those(rows, None)
    if unknown:
        mend = "`phasemetrics show` prints what was measured"
        return undecided(absent("not-measured", f"{_listed(unknown)}: nothing was measured", mend))
    unproven = _those(rows, "near")
    if unproven:
        mend = "measure each benchmark at least 4 times, on one machine"
        return undecided(absent("not-proven", f"{_listed(unproven)} met, by a measurement that proves nothing", mend))
    return Gate(True, f"{_listed([f'{name} {target}' for name, target, _ in rows])} met", after.any_origin())


def _target(metric: MetricTable, text: str, beside: Beside) -> str:
    planned = beside.targets.get(metric.name)
    return f"{visible(text)} (from {planned.origin.path})" if planned else visible(text)


def _those(rows: Sequence[tuple[str, str, Status | None]], status: Status | None) -> list[str]:
    return [f"{name} {target}" for name, target, found in rows if found == status]


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown
