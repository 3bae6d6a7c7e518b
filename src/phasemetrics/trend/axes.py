"""The axes of a chart: round numbers for values, and the names of phases that have room below."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import pairwise

from phasemetrics.escaping import visible
from phasemetrics.unitnames import SYMBOLS
from phasemetrics.units import Scale

_INTERVALS = 4
_WHOLE = {"ratio", "count", "day"}  # a step below one percent, one thing or one day would blow up what is nothing
_LONGEST_TICK = 8
_NO_BREAK = "\u00a0"
_LONGEST_NAME = 8
_CHARACTER, _BETWEEN = Decimal(7), Decimal(9)  # pixels at the size that the template prints names of phases in
_INSET = Decimal(8)


@dataclass(frozen=True, slots=True)
class Axis:
    """The round numbers beside a chart, ascending, on its scale: the first is its bottom, the last its top."""

    scale: Scale
    ticks: tuple[Decimal, ...]

    def share(self, number: Decimal) -> Decimal:
        """Return how far up a number on the scale lies: 0 at the bottom, 1 at the top."""
        return (number - self.ticks[0]) / (self.ticks[-1] - self.ticks[0])

    def text(self, tick: Decimal) -> str:
        """Return a tick as it stands at the axis: `85%`, `12.5 ms`, `400`; of an unknown unit only the number."""
        step = self.ticks[1] - self.ticks[0]
        decimals = max(0, -_exponent(step))
        number = f"{tick:.{decimals}f}"
        if len(number) > _LONGEST_TICK:
            number = f"{tick.normalize()}"
        symbol = self.scale.symbol if self.scale.unit in SYMBOLS else ""
        return f"{number}{'' if symbol in {'', '%'} else _NO_BREAK}{symbol}"


@dataclass(frozen=True, slots=True)
class PhaseName:
    """The name of the phase at `position`, below a chart.

    `anchor` is SVG's text-anchor, `shift` moves it by pixels, `room` says in which charts it is printed: in all, or
    only in those that are `narrow` or `wide`.
    """

    position: int
    text: str
    anchor: str
    shift: str
    room: str


def scaled(value: float, scale: Scale) -> Decimal:
    """Return a value (base unit) as a number on a scale, not rounded."""
    return Decimal(repr(value)) / scale.factor


def axis_for(values: Sequence[float], scale: Scale) -> Axis:
    """Return the axis that shows all `values` (base unit, at least one) between round numbers: 1, 2 or 5 times 10^n.

    It need not begin at 0, does not go below 0 or above 100 % where no value does, and has a step that is worth
    showing: 1000 and 1000.001 are on one level.
    """
    numbers = [scaled(value, scale) for value in values]
    low, high = min(numbers), max(numbers)
    most = max(abs(low), abs(high))
    finest = Decimal(1) if scale.unit in _WHOLE else Decimal(1).scaleb(-scale.decimals)
    step = _nice(max((high - low) / _INTERVALS, most / (1000 if high > low else 20), finest))
    first = (low / step).to_integral_value(ROUND_FLOOR)
    last = (high / step).to_integral_value(ROUND_CEILING)
    if first == last:
        first, last = first - 1, last + 1
    if low >= 0:
        first = max(first, Decimal(0))
    if scale.unit == "ratio" and high <= 100 and step <= 100:
        last = min(last, 100 / step)
    ticks = tuple((first + index) * step for index in range(int(last - first) + 1))
    return Axis(scale, ticks)


def _nice(number: Decimal) -> Decimal:
    power = Decimal(1).scaleb(number.adjusted())
    return next(power * times for times in (1, 2, 5, 10) if power * times >= number)


def _exponent(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def phase_name(phase: str) -> str:
    """Return a phase as it is called in a table: `P3`, `final`."""
    shown = visible(phase)
    return f"P{shown}" if shown[:1].isdigit() else shown


def phase_names(phases: Sequence[str], narrow: int, wide: int) -> tuple[PhaseName, ...]:
    """Return the names that stand below a chart so that none touches another, the last among them, at even distances.

    `narrow` and `wide` are two widths in pixels: what fits the one is printed in small charts, what fits the other in
    large ones.
    """
    names = [
        name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…" for name in map(phase_name, phases)
    ]
    small, large = (set(_fitting(names, width)) for width in (narrow, wide))
    return tuple(
        PhaseName(
            position,
            names[position],
            *_anchor(position, len(names), names),
            "all" if position in small & large else "narrow" if position in small else "wide",
        )
        for position in sorted(small | large)
    )


def _fitting(names: Sequence[str], width: int) -> range:
    """Return the positions of every n-th name, counted from the last, with the smallest n that leaves room."""
    last = len(names) - 1
    for every in range(1, last + 1):
        positions = range(last % every, last + 1, every)
        ends = list(_ends(names, positions, width))
        if all(right + _BETWEEN <= left for (_, right), (left, _) in pairwise(ends)):
            return positions
    return range(last, last + 1)


def _ends(names: Sequence[str], positions: range, width: int) -> Iterator[tuple[Decimal, Decimal]]:
    for position in positions:
        place = Decimal(width) * position / max(1, len(names) - 1)
        size = _CHARACTER * _columns(names[position])
        anchor, _ = _anchor(position, len(names), names)
        left = {"start": place - _INSET, "middle": place - size / 2, "end": place + _INSET - size}[anchor]
        yield left, left + size


def _anchor(position: int, count: int, names: Sequence[str]) -> tuple[str, str]:
    """Return text-anchor and shift: long names at the ends of an axis stay within the chart."""
    if count == 1 or 0 < position < count - 1 or max(map(_columns, names)) <= 3:
        return "middle", "0"
    return ("start", f"-{_INSET}") if position == 0 else ("end", f"{_INSET}")


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
