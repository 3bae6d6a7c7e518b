"""Metrics followed over the phases of each repository: what each was at the end of a phase, or a gap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from phasemetrics.escaping import visible
from phasemetrics.evidence.comparable import benchmark_of, difference
from phasemetrics.evidence.model import Snapshot
from phasemetrics.trend.axes import phase_name
from phasemetrics.trend.gathering import History
from phasemetrics.trend.series import Reading, Series, Trend
from phasemetrics.trend.wording import remarks

_MOST_BREAKS = 2  # that are told one by one
_MOST_NAMES = 5


def follow(history: History, metrics: Sequence[str], last: int | None = None) -> Trend:
    """Return one series for each metric of each repository that ever recorded it, over the `last` phases or over all.

    A phase whose end was not recorded, or without the metric, or with it in another unit, is a gap.
    """
    phases = history.phases(last)
    found = (_series(history, name, metric, phases) for metric in metrics for name in history.repositories)
    return Trend(phases, tuple(one for one in found if one is not None))


def _series(history: History, repository: str, metric: str, phases: Sequence[str]) -> Series | None:
    every = [history.end(repository, phase) for phase in history.phases()]
    units = [end.metrics[metric].unit for end in every if end is not None and metric in end.metrics]
    if not units:
        return None
    unit = units[-1]
    shown = [(phase, end) for phase in phases if (end := history.end(repository, phase)) and metric in end.metrics]
    ends = {phase: end for phase, end in shown if end.metrics[metric].unit == unit}
    steps, apart = _unlike(metric, unit, ends)
    return Series(
        repository,
        metric,
        unit,
        tuple(_reading(ends[phase], metric) if phase in ends else None for phase in phases),
        (*_other_units(metric, unit, shown), *steps),
        apart,
    )


def _reading(end: Snapshot, metric: str) -> Reading:
    revision = end.revision
    value = end.metrics[metric].value
    return Reading(value, revision.sha if revision else None, revision.date if revision else None)


def _other_units(metric: str, unit: str, shown: Sequence[tuple[str, Snapshot]]) -> Iterator[str]:
    for phase, end in shown:
        if (other := end.metrics[metric].unit) != unit:
            yield f"{phase_name(phase)} is left out: measured in {visible(other)}, not in {visible(unit)}"


def _unlike(metric: str, unit: str, ends: dict[str, Snapshot]) -> tuple[tuple[str, ...], str]:
    """Return where a benchmark was measured otherwise than the phase before, and why its ends are not compared."""
    if not benchmark_of(metric) or len(ends) < 2:
        return (), ""
    names, phases = (metric, metric), list(ends)
    apart = difference(names, unit, ends[phases[0]], ends[phases[-1]]) or ""
    steps = [
        f"{phase_name(after)} was not measured like {phase_name(before)}{'' if reason == apart else f': {reason}'}"
        for before, after in pairwise(phases)
        if (reason := difference(names, unit, ends[before], ends[after]))
    ]
    more = len(steps) - _MOST_BREAKS
    return (*steps[:_MOST_BREAKS], *([f"and so on, {more} times more"] if more > 0 else ())), apart


def unfollowed(history: History, trend: Trend, asked: Sequence[str]) -> Iterator[str]:
    """Yield a sentence on each metric that was `asked` for and that some repositories never recorded.

    Where none was, on the repositories that are not in the trend at all.
    """
    for metric in asked:
        having = {one.repository for one in trend.series if one.metric == metric}
        if missing := [name for name in history.repositories if name not in having]:
            yield f"{metric} was never recorded in {_listed(missing)}"
    having = {one.repository for one in trend.series}
    if not asked and (missing := [name for name in history.repositories if name not in having]):
        yield f"none of these metrics was recorded in {_listed(missing)}"


def beside(trend: Trend) -> Iterator[str]:
    """Yield what is to be said of a trend in a format that has no place for it, once for the metrics that share it."""
    shared: dict[tuple[str, str], list[str]] = {}
    metrics: dict[str, int] = {}
    for one in trend.series:
        metrics[one.repository] = metrics.get(one.repository, 0) + 1
        for remark in remarks(one, trend.phases):
            shared.setdefault((one.repository, remark), []).append(one.metric)
    for (repository, remark), names in shared.items():
        which = "" if len(names) == metrics[repository] else f"{', '.join(names)}: "
        yield f"{repository}: {which}{remark}"


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMES
    shown = ", ".join(visible(name) for name in names[:_MOST_NAMES])
    return f"{shown} and {more} more" if more > 0 else shown
