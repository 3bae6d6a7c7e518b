"""Whether a number that somebody wrote down says what was measured, at the precision it is written with."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from phasemetrics.units import last_digit
from phasemetrics.value import Origin

Relation = Literal["=", "~", ">=", ">", "<=", "<", "range"]

_ABOUT = Decimal("0.1")  # how far `~300` may be off
_ABOUT_POINTS = Decimal(1)  # and `~92%`


@dataclass(frozen=True, slots=True)
class Stated:
    """A number as it was written: percent or a count, the upper end of a range, and how it is meant."""

    value: Decimal
    relation: Relation = "="
    high: Decimal | None = None
    percent: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What the evidence says of a statement: whether it `agrees`, None where that cannot be told for a reason.

    `exact` is the measured number itself, percent or a count, `said` is it in words. `why` is the reason.
    """

    agrees: bool | None
    said: str = ""
    exact: Decimal | None = None
    origin: Origin | None = None
    why: str = ""


def cannot_tell(why: str) -> Answer:
    """Return the answer that there is none."""
    return Answer(None, why=why)


def fits(stated: Stated, actual: Decimal, slack: Decimal = Decimal(0)) -> bool:
    """Return whether a measured number is the one that is stated; `slack` is how far an exact one may be off.

    A percentage may have been rounded or cut: 80.96 % is written as 81 % by some tools and as 80 % by others.
    """
    low, high = actual + slack, actual - slack
    bounds = {">=": low >= stated.value, ">": low > stated.value, "<=": high <= stated.value, "<": high < stated.value}
    if stated.relation in bounds:
        return bounds[stated.relation]
    if stated.relation == "range":
        return stated.high is not None and stated.value <= actual <= stated.high
    step = last_digit(stated.value) if stated.percent else Decimal(0)
    if stated.relation == "~":
        slack = max(slack, step, _ABOUT_POINTS if stated.percent else _ABOUT * abs(actual))
    if stated.percent and stated.value <= actual < stated.value + step:
        return True
    return abs(actual - stated.value) <= (max(slack, step / 2) if stated.percent else slack)
