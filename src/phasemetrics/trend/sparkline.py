"""A series as one line of blocks, a character for each phase."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

BLOCKS = "▁▂▃▄▅▆▇█"
ASCII = ".:-=+*#@"


def sparkline(values: Sequence[float | None], marks: str = BLOCKS) -> str:
    """Return one of `marks` (lowest first) for each value, a blank for each gap.

    It goes from the smallest value to the largest and does not begin at 0; where all are the same, it is flat.
    """
    present = [value for value in values if value is not None]
    low, high = min(present, default=0.0), max(present, default=0.0)
    return "".join(" " if value is None else marks[_level(value, low, high, len(marks))] for value in values)


def _level(value: float, low: float, high: float, levels: int) -> int:
    if high == low:
        return levels // 2 - 1
    # As fractions: the distance of two floats may be more than a float holds, or less.
    share = (Fraction(value) - Fraction(low)) / (Fraction(high) - Fraction(low))
    return min(levels - 1, int(share * levels))
