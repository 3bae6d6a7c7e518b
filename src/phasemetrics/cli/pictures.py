"""Draws both ends of benchmarks on the terminal, with the intervals that their runs give."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from phasemetrics.cli.printing import can_print, say
from phasemetrics.escaping import visible
from phasemetrics.evidence.comparison import Comparison
from phasemetrics.evidence.significance import median_interval
from phasemetrics.evidence.verdict import by_session, is_benchmark
from phasemetrics.summary import Row

_LEAST, _MOST = 20, 60  # characters of an axis
_LABEL = 9


@dataclass(frozen=True, slots=True)
class _Marks:
    """The characters of a picture: an end of the interval, its inside, the value, a run outside."""

    left: str
    inside: str
    value: str
    right: str
    run: str


_UNICODE = _Marks("├", "─", "●", "┤", "·")
_ASCII = _Marks("|", "-", "o", "|", ".")


def print_pictures(rows: Sequence[Row]) -> None:
    """Print a picture of each benchmark among the rows: its runs on one axis, before above after.

    The bar is the 95 % interval of what a run gives (all runs, where fewer than six cannot carry that), the dot the
    value. The axis ends at the smallest and the largest run, so it does not begin at 0.
    """
    marks = _marks()
    for row in rows:
        if is_benchmark(row.comparison.name) and (row.comparison.before or row.comparison.after):
            for line in picture(row, marks):
                say(line)


def _marks() -> _Marks:
    return _UNICODE if can_print(_UNICODE.left + _UNICODE.value) else _ASCII


def picture(row: Row, marks: _Marks = _UNICODE) -> Iterator[str]:
    """Yield the lines of one picture: what it is and what is proven, then each end."""
    comparison = row.comparison
    yield visible(f"{row.name}: {comparison.improvement(row.name) or comparison.verdict}{_spread(comparison)}", 300)
    sides = {"before": comparison.before, "after": comparison.after}
    values = {end: by_session(comparison.name, side) for end, side in sides.items() if side is not None}
    low, high = min(map(min, values.values())), max(map(max, values.values()))
    width = max(_LEAST, min(_MOST, shutil.get_terminal_size().columns - _LABEL - 14))
    for end, side in sides.items():
        if side is None:
            yield f"  {end.ljust(_LABEL - 2)}—"
            continue
        text = (comparison.before_text if end == "before" else comparison.after_text) or ""
        places = [
            _place(value, low, high, width) for value in (*values[end], *median_interval(values[end]), side.value)
        ]
        yield f"  {end.ljust(_LABEL - 2)}{_axis(places, width, marks)}  {text}"
    yield ""


def _spread(comparison: Comparison) -> str:
    if comparison.interval is None:
        return ""
    low, high = ((end - 1) * 100 for end in comparison.interval)
    return f", 95% interval of the change {low:+.1f}% to {high:+.1f}%" if high < 1e6 else ""


def _place(value: float, low: float, high: float, width: int) -> int:
    return round((value - low) / (high - low) * (width - 1)) if high > low else width // 2


def _axis(places: Sequence[int], width: int, marks: _Marks) -> str:
    *runs, left, right, value = places
    drawn = [" "] * width
    for place in runs:
        drawn[place] = marks.run
    if left < right:
        drawn[left : right + 1] = [marks.left, *[marks.inside] * (right - left - 1), marks.right]
    drawn[value] = marks.value
    return "".join(drawn)
