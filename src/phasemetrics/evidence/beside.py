"""What is read apart from the reports: the phase's plan, the previous phase's document, files at the commit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from phasemetrics.escaping import visible
from phasemetrics.evidence.comparing import with_statistic
from phasemetrics.evidence.model import Metric, Phase
from phasemetrics.evidence.target import parse_target
from phasemetrics.evidence.verdict import better_direction
from phasemetrics.settings import Config, MetricTable
from phasemetrics.unitnames import Direction
from phasemetrics.value import Origin, Value, absent

_UNREAD = absent("no-previous-document", "no document of the phase before was read")
_AGAINST: dict[Direction, tuple[str, ...]] = {"higher": ("<", "<="), "lower": (">", ">=")}
# What a metric counts when no report tells: a new document is made before there is one.
_UNITS = {"coverage.": "ratio", "files.": "count", "lines.": "count", "tests.": "count"}
_TIMES = {"tests.duration", "tests.wall"}


@dataclass(frozen=True, slots=True)
class PlannedTarget:
    """A target that the phase's plan states for a metric: its text, `<= 120 ms`, its unit, the line it stands in."""

    text: str
    unit: str
    origin: Origin


def _no_file(_path: str) -> bytes | None:
    return None


@dataclass(frozen=True, slots=True)
class Beside:
    """What the drivers read: `targets` by the name of their metric, words of the previous phase's document, `blob`.

    `untaken` says for a metric why the plan gives it no target. `criteria` are the success criteria that the previous
    document set for this phase, `needs` what it said that this phase needs, or why there are none. `blob` returns the
    bytes of a file at the measured commit.
    """

    targets: Mapping[str, PlannedTarget] = field(default_factory=dict)
    untaken: Mapping[str, Value] = field(default_factory=dict)
    criteria: tuple[str, ...] | Value = _UNREAD
    needs: str | Value = _UNREAD
    blob: Callable[[str], bytes | None] = _no_file

    def fitting(self, phase: Phase, config: Config) -> Beside:
        """Return only the targets that are of use: for a metric without its own, in its unit, not against its sense."""
        free = {metric.name: metric for metric in config.metric if metric.target is None}
        refused = {name: _refused(one, free[name], phase) for name, one in self.targets.items() if name in free}
        fit = {name: self.targets[name] for name, why in refused.items() if why is None}
        return replace(self, targets=fit, untaken={**self.untaken, **{n: why for n, why in refused.items() if why}})

    def with_targets(self, config: Config) -> Config:
        """Return the configuration with the plan's targets for the metrics that have none of their own."""
        metrics = tuple(
            metric.model_copy(update={"target": self.targets[metric.name].text})
            if metric.target is None and metric.name in self.targets
            else metric
            for metric in config.metric
        )
        return config.model_copy(update={"metric": metrics})


def _refused(planned: PlannedTarget, metric: MetricTable, phase: Phase) -> Value | None:
    """Return why a target cannot be the metric's: a plan is prose, and may have meant something else."""
    unit = _unit(metric, phase)
    said = f"{planned.origin.path} states {planned.text} for {visible(metric.name)}"
    if unit is not None and unit != planned.unit:
        why = f"{said}, a {planned.unit}, and {visible(metric.source)} is a {unit}"
        return absent("unclear-target", why, "write it in the metric's unit, or add target to its [[metric]]")
    better = metric.better or (better_direction(metric.source, Metric(0, unit)) if unit else None)
    if better is not None and parse_target(planned.text).operator in _AGAINST[better]:
        why = f"{said}, and {better} is better"
        return absent("unclear-target", why, "write the bound that is to be reached, or add target to its [[metric]]")
    return None


def _unit(metric: MetricTable, phase: Phase) -> str | None:
    for side in (phase.after, phase.before):
        for name in (with_statistic(metric.source, side), *metric.aliases):
            if side is not None and name in side.metrics:
                return side.metrics[name].unit
    if metric.source in _TIMES:
        return "second"
    return next((unit for prefix, unit in _UNITS.items() if metric.source.startswith(prefix)), None)
