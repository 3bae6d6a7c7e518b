"""Values in base units and the way people write them: one scale, one rounding, and back again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal

from phasemetrics.unitnames import SPELLINGS, SYMBOLS

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


def scale_in(unit: str, spelling: str, values: Iterable[float]) -> Scale | None:
    """Return the scale of one unit as a document spells it, such as `ms` or `us`; None for one of another kind.

    The smallest value that is not zero keeps three significant digits. Percentages and counts have one scale only.
    """
    found, factor = SPELLINGS.get(spelling, ("", Decimal(1)))
    if found != unit or unit in {"ratio", "count", "day"}:
        return None
    sizes = [Decimal(f"{abs(value):.2e}") for value in values if value]
    exponent = (min(sizes) / factor).adjusted() if sizes else 2
    return Scale(unit, spelling, factor, max(0, 2 - exponent))


def _symbol(unit: str, smallest: Decimal) -> tuple[str, Decimal]:
    symbols = SYMBOLS.get(unit)
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
    known = SPELLINGS.get(spelling) or (("point", Decimal(1)) if spelling == "pp" else None)
    if known is None:
        return None
    unit, factor = known
    if len(digits) > _MOST_DIGITS:
        return None
    number = Decimal(sign + digits.replace(",", ""))
    step = last_digit(number)
    return Quantity(number * factor, unit, step * factor, bool(sign))


def unit_in(text: str) -> str:
    """Return the unit behind a number that stands alone, as it is spelled there: `us` in `98.2 us`; else nothing."""
    match = _NUMBER.match(text)
    return match[3] if match is not None and match[3] in SPELLINGS else ""


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
