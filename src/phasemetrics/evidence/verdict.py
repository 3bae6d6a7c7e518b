"""The verdict on one metric's change: what the evidence proves, and one line that says why."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from phasemetrics.escaping import plain
from phasemetrics.evidence.benchruns import FAILED, session_values
from phasemetrics.evidence.model import Metric
from phasemetrics.evidence.significance import mann_whitney, ratio_interval
from phasemetrics.statnames import ABOUT_MEASURING, STEADY, is_statistic
from phasemetrics.unitnames import Direction, direction

Verdict = Literal[
    "improved", "regressed", "changed", "no-significant-change", "unchanged", "too-few-runs", "single-measurement",
    "not-comparable", "new", "missing", "failed", "baseline-zero",
]  # fmt: skip

ALPHA = 0.05
# For what one slow moment moves, and for runs that scatter: means of identical code differ in 2 of 100 splits at 0.05.
ALPHA_UNSTEADY = 0.01
MOST_SCATTER = 0.05
MOST_PAIRS = 10**6  # of runs before and after: the interval is found among the ratios of all of them
FEWEST_RUNS = 4  # a side: with 3 and 3 the smallest p there is, that of complete separation, is 0.1

# What the name decides where the unit, a count, cannot.
_DIRECTION: dict[str, Direction] = {
    "tests.total": "higher", "tests.passed": "higher",
    "tests.failed": "lower", "tests.errors": "lower", "tests.flaky": "lower",
}  # fmt: skip
_TIMED_ONCE = {"tests.duration", "tests.wall"}


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict, the reason on one line, and the two-sided p where a test was made."""

    verdict: Verdict
    message: str
    p: float | None = None


@dataclass(frozen=True, slots=True)
class Runs:
    """The values that one end is tested with: one for each session, or each repetition where the sessions are few."""

    values: tuple[float, ...]
    sessions: int


def better_direction(name: str, metric: Metric | None) -> Direction | None:
    """Return whether more of metric `name` is better: by its name, by what its report says, else by its unit.

    None where nothing says so.
    """
    if is_benchmark(name) and statistic(name) in ABOUT_MEASURING:
        return None
    if is_benchmark(name) and statistic(name) == FAILED:
        return "lower"
    if metric is not None and metric.better is not None:
        return metric.better
    return (
        "higher" if name.startswith("coverage.") else _DIRECTION.get(name) or direction(metric.unit if metric else "")
    )


def is_benchmark(name: str) -> bool:
    """Return whether metric `name` has a run for its unit of evidence."""
    return name.startswith("bench.")


def statistic(name: str) -> str:
    """Return the last part of a benchmark's metric: its statistic, or a measure that the tool has a name for."""
    return name.rpartition(".")[2] if is_benchmark(name) else ""


def runs_of(metric: Metric) -> tuple[float, ...]:
    """Return one value per run; a metric without recorded runs was measured in one."""
    return metric.runs or (metric.value,)


def sessions_of(metric: Metric) -> int:
    """Return in how many sessions a metric was measured."""
    return len(metric.sessions or runs_of(metric))


def by_session(name: str, metric: Metric) -> list[float]:
    """Return one value of metric `name` for each session."""
    return session_values(statistic(name), runs_of(metric), metric.sessions)


def find(name: str, before: Metric | None, after: Metric | None, better: Direction | None, minimum: float) -> Finding:
    """Return what the two ends of metric `name` prove; `minimum` is the least change worth a claim (0.02 = 2 %).

    A benchmark (`bench.*`) is noisy and its unit of evidence is the run: a claim needs 4 runs a side, p <= 0.05 (which
    tied runs can miss by themselves; see `alpha_of`), and the whole 95 % interval of the ratio beyond ±`minimum`, on
    the side that the two values themselves show. `tests.duration` and `tests.wall` are timed once and never claimed.
    Everything else is exact: any difference counts.
    """
    if after is None:
        return Finding("missing", "not measured at either end" if before is None else "no longer measured")
    if before is None:
        return Finding("new", "no value before")
    if not all(map(math.isfinite, (before.value, after.value, *before.runs, *after.runs))):
        return Finding("failed", "a value is not a finite number")
    if before.unit != after.unit:
        return Finding("not-comparable", f"unit differs ({plain(before.unit)} → {plain(after.unit)})")
    if not before.value and after.value and after.unit not in {"count", "ratio"}:
        return Finding("baseline-zero", "the baseline is 0")
    if is_benchmark(name):
        return _of_runs(name, before, after, better, minimum)
    if name in _TIMED_ONCE:
        return Finding("single-measurement", "1 run each, not tested")
    if before.value == after.value:
        return Finding("unchanged", "exactly the same")
    return Finding(_towards(better, after.value > before.value), "exact" if better else "no direction is known")


def _towards(better: Direction | None, rose: bool) -> Verdict:
    if better is None:
        return "changed"
    return "improved" if rose == (better == "higher") else "regressed"


def tested_runs(name: str, before: Metric, after: Metric) -> tuple[Runs, Runs]:
    """Return what both ends are tested with: a value for each session where both have enough of them, else each run.

    Repetitions inside a session share the mood of the machine, so that they prove little by themselves. More of them
    than can be paired with each other count as their sessions, too.
    """
    counts = sessions_of(before), sessions_of(after)
    if min(counts) >= FEWEST_RUNS or len(before.runs) * len(after.runs) > MOST_PAIRS:
        return Runs(tuple(by_session(name, before)), counts[0]), Runs(tuple(by_session(name, after)), counts[1])
    return Runs(runs_of(before), counts[0]), Runs(runs_of(after), counts[1])


def _of_runs(name: str, before: Metric, after: Metric, better: Direction | None, minimum: float) -> Finding:
    one, other = tested_runs(name, before, after)
    counts = len(one.values), len(other.values)
    size = f"n={counts[0]}+{counts[1]}"
    if min(one.sessions, other.sessions) < FEWEST_RUNS and counts != (one.sessions, other.sessions):
        size += f" in {one.sessions}+{other.sessions} sessions"
    if counts == (1, 1):
        return Finding("single-measurement", "1 run each, not tested")
    if min(counts) < FEWEST_RUNS:
        return Finding("too-few-runs", f"{size}, too few runs to test")
    p = mann_whitney(one.values, other.values)
    message = f"p={p:.3f}, {size}" if p >= 0.001 else f"p<0.001, {size}"
    interval = _interval(one.values, other.values)
    if len({*one.values, *other.values}) == 1:
        return Finding("unchanged", "exactly the same", p)
    if interval is None:
        return Finding("no-significant-change", f"{message}, a run measured 0 or less", p)
    low, high = interval
    if low >= 1 - minimum and high <= 1 + minimum:
        return Finding("unchanged", f"within ±{minimum * 100:g}%", p)
    rose = after.value > before.value
    if p <= ALPHA and (low > 1 + minimum if rose else high < 1 - minimum):
        alpha, why = alpha_of(name, one.values, other.values)
        if p > alpha:
            return Finding("no-significant-change", f"{message}, {why} needs p≤{alpha:g}", p)
        return Finding(_towards(better, rose), message if better else f"{message}, direction not set", p)
    return Finding("no-significant-change", message, p)


def alpha_of(name: str, before: Sequence[float], after: Sequence[float]) -> tuple[float, str]:
    """Return the largest p that proves a change of metric `name` between two sets of runs, and in words why.

    The rule that the interval must lie beyond 2 % keeps identical code below 1 % of false claims at p <= 0.05 only
    where runs scatter little, or the change is large beside their scatter. It is held against sessions of identical
    code, and simulated noise of every size, in the tests.
    """
    stat = statistic(name)
    steady = stat in STEADY or not is_statistic(stat)
    scatter = max(map(_scatter, (before, after)))
    if steady and scatter <= MOST_SCATTER:
        return ALPHA, ""
    interval = _interval(before, after)
    beyond = 1 + scatter * (2 if steady else 4)
    if interval is not None and (interval[0] > beyond or interval[1] * beyond < 1):
        return ALPHA, ""
    return ALPHA_UNSTEADY, f"a scatter of {scatter * 100:.0f}%" if steady else stat


def _scatter(runs: Sequence[float]) -> float:
    """Return by how much runs scatter: their median distance from the median, as the deviation of a normal sample."""
    middle = median(runs)
    return 1.4826 * median(abs(run - middle) for run in runs) / middle if middle else 0.0


def _interval(before: Sequence[float], after: Sequence[float]) -> tuple[float, float] | None:
    """Return the interval of the ratio; of what is gone altogether it is 0, and None where a run measured 0."""
    if min(*before, *after) > 0:
        return ratio_interval(before, after)[1:]
    return (0.0, 0.0) if not any(after) and min(before) > 0 else None
