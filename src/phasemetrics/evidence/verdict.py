"""The verdict on one metric's change: what the evidence proves, and one line that says why."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal

from phasemetrics.escaping import visible
from phasemetrics.evidence.model import Machine, Metric
from phasemetrics.evidence.significance import mann_whitney, ratio_interval
from phasemetrics.units import Direction, direction

Verdict = Literal[
    "improved", "regressed", "changed", "no-significant-change", "unchanged", "too-few-runs", "single-measurement",
    "not-comparable", "new", "missing", "failed", "baseline-zero",
]  # fmt: skip

MIXED = "mixed-machines"  # the warning in a snapshot whose benchmarks did not all run on one machine
ALPHA = 0.05
FEWEST_RUNS = 4  # a side: with 3 and 3 the smallest p there is, that of complete separation, is 0.1

# What the name decides where the unit, a count, cannot.
_DIRECTION: dict[str, Direction] = {
    "tests.total": "higher", "tests.passed": "higher",
    "tests.failed": "lower", "tests.errors": "lower", "tests.flaky": "lower",
}  # fmt: skip
_NO_DIRECTION = {"stddev", "iqr", "rounds", "iterations"}  # they describe the measuring, not what was measured
_TIMED_ONCE = {"tests.duration", "tests.wall"}
_TRAITS = {"cpu": "CPU", "arch": "architecture", "os": "OS", "cores": "number of cores", "runtime": "runtime"}
_MINOR = re.compile(r"\D*\d+(?:\.\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict, the reason on one line, and the two-sided p where a test was made."""

    verdict: Verdict
    message: str
    p: float | None = None


def better_direction(name: str, unit: str) -> Direction | None:
    """Return whether more of metric `name` is better, by its name, else by its unit; None where nothing says so."""
    if is_benchmark(name) and name.rpartition(".")[2] in _NO_DIRECTION:
        return None
    return "higher" if name.startswith("coverage.") else _DIRECTION.get(name) or direction(unit)


def is_benchmark(name: str) -> bool:
    """Return whether metric `name` has a run for its unit of evidence."""
    return name.startswith("bench.")


def runs_of(metric: Metric) -> tuple[float, ...]:
    """Return one value per run; a metric without recorded runs was measured in one."""
    return metric.runs or (metric.value,)


def find(name: str, before: Metric | None, after: Metric | None, better: Direction | None, minimum: float) -> Finding:
    """Return what the two ends of metric `name` prove; `minimum` is the least change worth a claim (0.02 = 2 %).

    A benchmark (`bench.*`) is noisy and its unit of evidence is the run: a claim needs 4 runs a side, p <= 0.05 (which
    tied runs can miss by themselves), and the whole 95 % interval of the ratio beyond ±`minimum`, on the side that the
    two values themselves show. `tests.duration` and `tests.wall` are timed once and never claimed. Everything
    else is exact: any difference counts.
    """
    if after is None:
        return Finding("missing", "not measured at either end" if before is None else "no longer measured")
    if before is None:
        return Finding("new", "no value before")
    if not all(map(math.isfinite, (before.value, after.value, *before.runs, *after.runs))):
        return Finding("failed", "a value is not a finite number")
    if before.unit != after.unit:
        return Finding("not-comparable", visible(f"unit differs ({before.unit} → {after.unit})"))
    if not before.value and after.value and after.unit not in {"count", "ratio"}:
        return Finding("baseline-zero", "the baseline is 0")
    if is_benchmark(name):
        return _tested(before, after, better, minimum)
    if name in _TIMED_ONCE:
        return Finding("single-measurement", "1 run each, not tested")
    if before.value == after.value:
        return Finding("unchanged", "exactly the same")
    return Finding(_towards(better, after.value > before.value), "exact" if better else "no direction is known")


def other_machine(before: Machine | None, after: Machine | None) -> str | None:
    """Return the first thing in which two machines are known to differ: `CPU differs (A → B)`; a patch level is none.

    What one of them does not know (an empty text, 0 cores) is no difference.
    """
    if before is None or after is None:
        return None
    for trait, word in _TRAITS.items():
        earlier, later = _trait(before, trait), _trait(after, trait)
        if earlier and later and earlier != later:
            return f"{word} differs ({visible(earlier)} → {visible(later)})"
    return None


def _trait(machine: Machine, trait: str) -> str:
    text = str(getattr(machine, trait) or "")
    minor = _MINOR.match(text) if trait == "runtime" else None
    return minor.group() if minor else text


def _towards(better: Direction | None, rose: bool) -> Verdict:
    if better is None:
        return "changed"
    return "improved" if rose == (better == "higher") else "regressed"


def _tested(before: Metric, after: Metric, better: Direction | None, minimum: float) -> Finding:
    one, other = runs_of(before), runs_of(after)
    size = f"n={len(one)}+{len(other)}"
    if len(one) == len(other) == 1:
        return Finding("single-measurement", "1 run each, not tested")
    if min(len(one), len(other)) < FEWEST_RUNS:
        return Finding("too-few-runs", f"{size}, too few runs to test")
    p = mann_whitney(one, other)
    message = f"p={p:.3f}, {size}" if p >= 0.001 else f"p<0.001, {size}"
    if min(*one, *other) <= 0:
        return Finding("no-significant-change", f"{message}, a run measured 0", p)
    _, low, high = ratio_interval(one, other)
    if low >= 1 - minimum and high <= 1 + minimum:
        return Finding("unchanged", f"within ±{minimum * 100:g}%", p)
    rose = after.value > before.value
    if p <= ALPHA and (low > 1 + minimum if rose else high < 1 - minimum):
        return Finding(_towards(better, rose), message, p)
    return Finding("no-significant-change", message, p)
