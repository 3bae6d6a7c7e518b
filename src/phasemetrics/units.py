"""Values in base units and the way people write them: one scale, one rounding, and back again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Literal

Direction = Literal["higher", "lower"]

# Direction by unit, after golang/perf's unit metadata: what is not here is unknown and gets no verdict.
_DIRECTION: dict[str, Direction] = {
    "second": "lower",
    "byte": "lower",
    "ratio": "higher",
    "per_second": "higher",
}

# Symbols of each base unit, largest first, with the factor that turns one of them into the base unit.
_SYMBOLS: dict[str, tuple[tuple[str, Decimal], ...]] = {
    "second": (("s", Decimal(1)), ("ms", Decimal("1e-3")), ("µs", Decimal("1e-6")), ("ns", Decimal("1e-9"))),
    "byte": (("GiB", Decimal(2**30)), ("MiB", Decimal(2**20)), ("KiB", Decimal(2**10)), ("B", Decimal(1))),
    "per_second": (("M/s", Decimal(10**6)), ("k/s", Decimal(10**3)), ("/s", Decimal(1))),
    "ratio": (("%", Decimal("0.01")),),
    "day": (("days", Decimal(1)),),
    "count": (("", Decimal(1)),),
}
_SPELLINGS: dict[str, tuple[str, Decimal]] = {
    **{symbol: (unit, factor) for unit, symbols in _SYMBOLS.items() for symbol, factor in symbols},
    "us": ("second", Decimal("1e-6")),
    "μs": ("second", Decimal("1e-6")),  # GREEK SMALL LETTER MU; the table above has MICRO SIGN
    "sec": ("second", Decimal(1)),
    "seconds": ("second", Decimal(1)),
    "min": ("second", Decimal(60)),
    "KB": ("byte", Decimal(10**3)),
    "MB": ("byte", Decimal(10**6)),
    "GB": ("byte", Decimal(10**9)),
    "ops/s": ("per_second", Decimal(1)),
    "day": ("day", Decimal(1)),
}
# Wide enough for any float and for what is written beside it: rounding must not fail on a number that nobody expected.
_WIDE = Context(prec=1000)
_MOST_DIGITS = 100
_NUMBER = re.compile(r"\s*([+-]?)((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\s*(\S*)\s*\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Scale:
    """How the numbers of one row are printed: `symbol`, its `factor` to the base unit, `decimals`."""

    unit: str
    symbol: str
    factor: Decimal
    decimals: int

    def number(self, value: float) -> Decimal:
        """Return `value` (base unit) on this scale, rounded half to even to the declared decimals."""
        scaled = Decimal(repr(value)) / self.factor
        rounded = rounded_to(scaled, self.decimals)
        return self._not_all_of_it(value, rounded) if self.unit == "ratio" else rounded

    def text(self, value: float) -> str:
        """Return `value` (base unit) as a person reads it: `12.1 ms`, `84.6%`, `118`."""
        number = f"{self.number(value):f}"
        if not self.symbol:
            return number
        return f"{number}{'' if self.symbol == '%' else ' '}{self.symbol}"

    def _not_all_of_it(self, value: float, rounded: Decimal) -> Decimal:
        """100 % means all of it and 0 % none of it: a rounded value stops one step short of either."""
        step = Decimal(1).scaleb(-self.decimals)
        if rounded == 100 and value < 1:
            return rounded - step
        return step if rounded == 0 and value > 0 else rounded


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number that was read from text: `value` in the base unit, `step` the size of its last digit."""

    value: Decimal
    unit: str
    step: Decimal
    signed: bool = False


def direction(unit: str) -> Direction | None:
    """Return whether more of `unit` is better, or None where the unit does not say."""
    return _DIRECTION.get(unit)


def scale_for(unit: str, values: Iterable[float]) -> Scale:
    """Return one scale for all `values` of a row, so that they can be compared by eye.

    The smallest value that is not zero keeps three significant digits, as in benchstat's CommonScale (golang/perf
    benchunit); the symbol is the largest value's where three decimals are enough for that, so that 20.4 ms beside
    0.479 ms is not 20361 µs. A percentage has one decimal, a count of things has none.
    """
    # Three digits, as they will be printed: 999.6 µs is 1.00 ms, never 1000 µs.
    sizes = [Decimal(f"{abs(value):.2e}") for value in values if value]
    smallest = min(sizes, default=Decimal(0))
    symbol, factor = _symbol(unit, max(sizes, default=Decimal(0)))
    if smallest and (smallest / factor).adjusted() < -1:
        symbol, factor = _symbol(unit, smallest)
    if unit == "ratio":
        return Scale(unit, symbol, factor, 1)
    if unit in {"count", "day"} or not smallest:
        return Scale(unit, symbol, factor, 0)
    exponent = (smallest / factor).adjusted()
    return Scale(unit, symbol, factor, max(0, 2 - exponent))


def _symbol(unit: str, smallest: Decimal) -> tuple[str, Decimal]:
    symbols = _SYMBOLS.get(unit)
    if symbols is None:
        return unit, Decimal(1)
    if not smallest:
        return symbols[0] if unit == "second" else symbols[-1]
    for symbol, factor in symbols:
        if smallest >= factor:
            return symbol, factor
    return symbols[-1]


def quantity_text(value: float, unit: str) -> str:
    """Return one value alone as a person reads it."""
    return scale_for(unit, [value]).text(value)


def parse_quantity(text: str) -> Quantity | None:
    """Read `1,284`, `84.6%`, `12.1 ms`, `+6.2 pp`: None for anything that is not one number with one known unit."""
    match = _NUMBER.match(text)
    if match is None:
        return None
    sign, digits, spelling = match.groups()
    known = _SPELLINGS.get(spelling) or (("point", Decimal(1)) if spelling == "pp" else None)
    if known is None:
        return None
    unit, factor = known
    if len(digits) > _MOST_DIGITS:
        return None
    number = Decimal(sign + digits.replace(",", ""))
    step = last_digit(number)
    return Quantity(number * factor, unit, step * factor, bool(sign))


def same_quantity(one: Quantity, other: Quantity) -> bool:
    """Return whether two written numbers mean the same at the precision of the coarser one."""
    if one.unit != other.unit:
        return False
    step = max(one.step, other.step)
    return rounded_to(one.value / step, 0) == rounded_to(other.value / step, 0)


def rounded_to(number: Decimal, decimals: int) -> Decimal:
    """Return `number` rounded half to even to `decimals` places; what rounds to zero has no sign."""
    rounded = number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN, _WIDE)
    return rounded or abs(rounded)


def signed_text(number: Decimal) -> str:
    """Return a number with its sign, as a change is written: `+6.2`, `-3`, `0`."""
    return f"{number:+f}" if number else f"{abs(number):f}"


def last_digit(number: Decimal) -> Decimal:
    """Return the size of the last digit that a number is written with: 0.01 for `8.50`."""
    exponent = number.as_tuple().exponent
    return Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)
