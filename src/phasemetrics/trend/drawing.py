"""The geometry of a chart and of a sparkline: points, the lines between neighbours, and where nothing was recorded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from phasemetrics.trend.axes import Axis, PhaseName, axis_for, phase_names, scaled
from phasemetrics.trend.series import Series
from phasemetrics.units import Scale, scale_for

_NARROW, _WIDE = 225, 420  # pixels between the first and the last phase: on a telephone, in a wide chart
_TOP = 10  # pixels above the highest tick
SPARK_WIDTH, SPARK_HEIGHT = 96, 24
_SPARK_EDGE = 4


@dataclass(frozen=True, slots=True)
class Point:
    """A reading in a picture: its `x` and `y`, and what it says; alone where no stroke meets it."""

    x: str
    y: str
    text: str
    is_last: bool
    is_alone: bool


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line between two readings of neighbouring phases."""

    x1: str
    y1: str
    x2: str
    y2: str


@dataclass(frozen=True, slots=True)
class Picture:
    """What was recorded of one series: points, the strokes between them, and the `x` of each gap."""

    points: tuple[Point, ...]
    strokes: tuple[Stroke, ...]
    gaps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """A round number at the axis of a chart, with the `y` of its line."""

    y: str
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture with its axes, `height` pixels high: `x` in percent of the width, `y` in pixels.

    `margin` is the number of characters that the longest tick has; `names` stand below `base`, the lowest line.
    """

    picture: Picture
    ticks: tuple[Tick, ...]
    names: tuple[tuple[str, PhaseName], ...]
    base: str
    height: int
    margin: int
    bounds: tuple[str, str]


def chart(series: Series, phases: Sequence[str], texts: Sequence[str], axis: Axis, height: int) -> Chart:
    """Return the chart of a series with at least one reading; `texts` say each reading, `height` is that of the plot.

    A percentage as `x` lets the browser stretch a chart without stretching its letters.
    """
    base = Decimal(height + _TOP)

    def across(position: int) -> str:
        return f"{_short(_share(position, len(phases)) * 100)}%"

    def up(number: Decimal) -> str:
        return _short(base - axis.share(number) * height)

    ticks = tuple(Tick(up(tick), axis.text(tick)) for tick in axis.ticks)
    return Chart(
        _picture(series, axis.scale, texts, across, up),
        ticks,
        tuple((across(name.position), name) for name in phase_names(phases, _NARROW, _WIDE)),
        _short(base),
        int(base) + 26,
        max(len(tick.text) for tick in ticks),
        (ticks[0].text, ticks[-1].text),
    )


def sparkline(series: Series, texts: Sequence[str]) -> Picture:
    """Return a series with at least one reading as a line from its smallest value to its largest; flat at half height.

    `x` and `y` are pixels within `SPARK_WIDTH` and `SPARK_HEIGHT`.
    """
    scale = series.scale
    numbers = [scaled(value, scale) for value in series.values]
    low, high = min(numbers), max(numbers)
    width, height = SPARK_WIDTH - 2 * _SPARK_EDGE, SPARK_HEIGHT - 2 * _SPARK_EDGE

    def across(position: int) -> str:
        return _short(_SPARK_EDGE + _share(position, len(series.readings)) * width)

    def up(number: Decimal) -> str:
        share = (number - low) / (high - low) if high > low else Decimal("0.5")
        return _short(_SPARK_EDGE + (1 - share) * height)

    return _picture(series, scale, texts, across, up)


def values_of(rows: Sequence[Series]) -> list[float]:
    """Return all values of several series, gaps left out."""
    return [value for row in rows for value in row.values]


def common_axis(rows: Sequence[Series]) -> Axis:
    """Return one axis for series in the same unit, at least one reading among them."""
    values = values_of(rows)
    return axis_for(values, scale_for(rows[0].unit, values))


def _share(position: int, count: int) -> Decimal:
    return Decimal(position) / (count - 1) if count > 1 else Decimal("0.5")


def _picture(
    series: Series, scale: Scale, texts: Sequence[str], across: Callable[[int], str], up: Callable[[Decimal], str]
) -> Picture:
    numbers = [scaled(reading.value, scale) if reading else None for reading in series.readings]
    last = max(position for position, number in enumerate(numbers) if number is not None)
    around = [None, *numbers, None]
    points = tuple(
        Point(across(at), up(number), texts[at], at == last, around[at] is None and around[at + 2] is None)
        for at, number in enumerate(numbers)
        if number is not None
    )
    strokes = tuple(
        Stroke(across(position), up(one), across(position + 1), up(other))
        for position, (one, other) in enumerate(pairwise(numbers))
        if one is not None and other is not None
    )
    gaps = tuple(across(position) for position, number in enumerate(numbers) if number is None)
    return Picture(points, strokes, gaps)


def _short(number: Decimal) -> str:
    """Return a coordinate with at most two decimals."""
    return f"{number:.2f}".rstrip("0").rstrip(".")
