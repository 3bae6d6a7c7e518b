"""Adds runs of benchmarks to a snapshot that was recorded before: a set of runs grows, and is never replaced."""

from __future__ import annotations

from dataclasses import replace
from statistics import median

from phasemetrics.errors import Refusal
from phasemetrics.escaping import visible
from phasemetrics.evidence.benchruns import session_values
from phasemetrics.evidence.comparable import common_machine, difference
from phasemetrics.evidence.model import Metric, Snapshot, Warning
from phasemetrics.evidence.verdict import is_benchmark, runs_of, statistic


def appended(recorded: Snapshot, more: Snapshot, path: str) -> Snapshot:
    """Return what was recorded at `path` with the benchmarks of `more` added to it, session behind session.

    Nothing else of `more` counts. Raises Refusal `other-commit` for runs of other code, and `not-alike` where the runs
    could not be compared with each other: from another machine, with other options, in another unit.
    """
    _require_same_code(recorded, more, path)
    added = {name: metric for name, metric in more.metrics.items() if is_benchmark(name)}
    for name, metric in added.items():
        known = recorded.metrics.get(name)
        reason = None if known is None else _unlike(name, known, metric, recorded, more)
        if reason:
            raise _not_alike(f"these runs of {visible(name)}", reason)
    machine, other = common_machine(one for one in (recorded.machine, more.machine) if one is not None)
    if other is not None:
        raise _not_alike("these runs", other)
    return replace(
        recorded,
        sources=tuple(sorted((*recorded.sources, *more.sources), key=lambda one: one.path)),
        metrics={**recorded.metrics, **{name: _joined(name, recorded, metric) for name, metric in added.items()}},
        options={**recorded.options, **more.options},
        machine=machine,
        warnings=(*recorded.warnings, *(one for one in more.warnings if one not in recorded.warnings)),
    )


def _require_same_code(recorded: Snapshot, more: Snapshot, path: str) -> None:
    own, other = recorded.revision, more.revision
    if own is None or other is None:
        return
    # What was not committed only matters where benchmarks were measured with it.
    dirty = other.dirty or (own.dirty and any(map(is_benchmark, recorded.metrics)))
    if own.tree != other.tree or dirty:
        also = ", with uncommitted changes" if dirty else ""
        message = f"the baseline was measured at commit {own.sha[:12]}, these runs at {other.sha[:12]}{also}"
        raise Refusal("other-commit", message, path=path, mend="check that commit out, or replace it with --force")


def _not_alike(runs: str, reason: str) -> Refusal:
    mend = "measure both where the first runs were measured, or record a new baseline with --force"
    return Refusal("not-alike", f"{runs} cannot be added to the recorded ones: {reason}", mend=mend)


def _unlike(name: str, known: Metric, metric: Metric, recorded: Snapshot, more: Snapshot) -> str | None:
    if known.unit != metric.unit:
        return f"unit differs ({known.unit} → {metric.unit})"
    return difference((name, name), metric.unit, recorded, more)


def _joined(name: str, recorded: Snapshot, metric: Metric) -> Metric:
    known = recorded.metrics.get(name)
    if known is None:
        return metric
    runs = (*runs_of(known), *runs_of(metric))
    counts = (*_counts(known), *_counts(metric))
    value = median(session_values(statistic(name), runs, counts))
    return replace(metric, value=value, runs=runs, sessions=counts if len(counts) < len(runs) else ())


def _counts(metric: Metric) -> tuple[int, ...]:
    return metric.sessions or (1,) * len(runs_of(metric))


def held_against(before: Snapshot | None, after: Snapshot) -> Snapshot:
    """Return the end of a phase with a warning for each result of benchmarks that the baseline was recorded from, too.

    It may be a file that was left over. It counts all the same: what is exact and has no date is the same every time.
    """
    known = {one.sha256: one.path for one in before.sources if one.kind == "bench"} if before else {}
    doubts = [
        Warning("same-run", one.path, f"holds the same bytes as {known[one.sha256]} of the baseline")
        for one in after.sources
        if one.kind == "bench" and one.sha256 in known
    ]
    return replace(after, warnings=(*after.warnings, *doubts))
