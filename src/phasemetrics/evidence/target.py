"""The value a metric was meant to reach, and whether it did."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from phasemetrics.errors import UsageError
from phasemetrics.evidence.comparison import Comparison
from phasemetrics.evidence.significance import median_interval
from phasemetrics.evidence.verdict import FEWEST_RUNS, by_session, is_benchmark
from phasemetrics.unitnames import Direction
from phasemetrics.units import parse_quantity

Operator = Literal["<=", "<", ">=", ">", "="]
Status = Literal["met", "near", "missed"]

_HOLDS: dict[Operator, Callable[[Decimal, Decimal], bool]] = {
    "<=": operator.le, "<": operator.lt, ">=": operator.ge, ">": operator.gt, "=": operator.eq,
}  # fmt: skip
_SPELLINGS: dict[str, Operator] = {**{symbol: symbol for symbol in _HOLDS}, "≤": "<=", "≥": ">=", "==": "="}
_BY_DIRECTION: dict[Direction, Operator] = {"lower": "<=", "higher": ">="}
_TARGET = re.compile(r"\s*(<=|>=|==|[<>=≤≥])?\s*(.+)", re.DOTALL)
_UNPROVEN = {"single-measurement", "too-few-runs", "not-comparable"}
_UNJUDGED = {"new", "missing", "failed", "baseline-zero"}


@dataclass(frozen=True, slots=True)
class Target:
    """A bound on a metric: `value` in the base unit, `operator` None where the metric's direction decides."""

    text: str
    operator: Operator | None
    value: Decimal
    unit: str


def parse_target(text: str) -> Target:
    """Read `<= 120 us`, `>= 90%`, `120 ms`; raise UsageError `bad-target` for anything else."""
    match = _TARGET.fullmatch(text)
    quantity = match and parse_quantity(match[2])
    if not match or not quantity:
        raise UsageError("bad-target", f'"{text}" is not a target', mend='write it like "<= 120 us" or ">= 90%"')
    return Target(text.strip(), _SPELLINGS[match[1]] if match[1] else None, quantity.value, quantity.unit)


def judge(comparison: Comparison, target: Target | None, tolerance: float = 0.0) -> Status | None:
    """Return the row's status; None where there is nothing to judge.

    With a target: *met* when the value after itself satisfies it, not its rounding; *near* when it misses by at most
    `tolerance` (a ratio of the target value), or is met within noise (the interval of a benchmark's sessions reaches
    beyond it) or by a measurement that proves nothing (a benchmark of fewer than 4 sessions or from another machine, a
    duration timed once); else *missed*. UsageError `bad-target` where the units differ, or where neither target nor
    metric says which side is good.

    Without one: *met* when it improved, *missed* when it regressed, *near* otherwise, also where a benchmark was
    measured in fewer than 4 sessions. An exact value that stayed where nothing is better (no failures, 100 % covered)
    is *met*. None where no direction is known, a side is absent, or the benchmark fails.
    """
    return _without_target(comparison) if target is None else _against(comparison, target, tolerance)


def _against(comparison: Comparison, target: Target, tolerance: float) -> Status | None:
    holds = _HOLDS[_operator(comparison, target)]
    if comparison.after is None or comparison.verdict == "failed":
        return None
    exact = Decimal(repr(comparison.after.value))
    # Held against the value itself: 89.96 % prints as 90.0 % and is still short of 90 %.
    if holds(exact, target.value):
        return "met" if _proven(comparison, lambda value: holds(Decimal(repr(value)), target.value)) else "near"
    near = abs(exact - target.value) <= Decimal(repr(tolerance)) * abs(target.value)
    return "near" if near else "missed"


def _operator(comparison: Comparison, target: Target) -> Operator:
    if (comparison.after or comparison.before) is not None and target.unit != comparison.unit:
        message = f'{comparison.name} is a {comparison.unit}, its target "{target.text}" a {target.unit}'
        raise UsageError("bad-target", message, mend="write the target in the metric's unit")
    found = target.operator or (_BY_DIRECTION[comparison.better] if comparison.better else None)
    if found is None:
        message = f'{comparison.name} has no direction, so its target "{target.text}" has no good side'
        raise UsageError("bad-target", message, mend='write "<=" or ">=" before it, or set better')
    return found


def _proven(comparison: Comparison, holds: Callable[[float], bool]) -> bool:
    """Return whether the value after is beyond doubt on the good side: of a benchmark the interval of its sessions."""
    after = comparison.after
    if comparison.verdict in _UNPROVEN or after is None:
        return False
    if not is_benchmark(comparison.name):
        return True
    runs = by_session(comparison.name, after)
    return len(runs) >= FEWEST_RUNS and all(map(holds, median_interval(runs)))


def _without_target(comparison: Comparison) -> Status | None:
    if comparison.better is None or comparison.after is None or comparison.verdict in _UNJUDGED:
        return None
    if comparison.verdict in {"improved", "regressed"} and comparison.proven:
        return "met" if comparison.verdict == "improved" else "missed"
    best = 0 if comparison.better == "lower" else 1 if comparison.unit == "ratio" else None
    at_best = comparison.verdict == "unchanged" and comparison.p is None and comparison.after.value == best
    return "met" if at_best else "near"
