"""The numbers of a line together with the units that stand behind them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from phasemetrics.claims.tokens import Token, tokens
from phasemetrics.units import parse_quantity

# `12.1 ms`, `12.1ms`, `**12.1** ms`, `1,200 ops/s`; but not `12.1 ms/op`, which is another unit.
_UNIT = re.compile(r"[*_`]{0,3}[ \t\u00a0]?(?P<unit>[A-Za-zµμ]+(?:/s)?|/s)(?![\w/])")
_LAST_DIGIT = re.compile(r".*\d", re.DOTALL)
# The unit that a whole column or label is in: `Before (ms)`, `Time, ms`, `Coverage %`.
_HEAD = re.compile(r"(?:^|[\s(\[,])(?P<unit>%|/s|[A-Za-zµμ]+(?:/s)?)[)\]]?[*_`\s]*$")


@dataclass(frozen=True, slots=True)
class Quantified:
    """The tokens of a line without the units behind its numbers, and these `units` by the offset of their number."""

    tokens: Sequence[Token]
    units: Mapping[int, str]


def quantified(raw: str, found: Sequence[Token], words: re.Pattern[str]) -> Quantified:
    """Return the tokens of a line with each unit taken off the number that it belongs to; a percentage has `%`."""
    left: list[Token] = []
    units: dict[int, str] = {}
    end = 0
    for token in found:
        if token.start < end:
            continue  # the unit itself
        number, unit = _split(raw, token, words)
        if number.number is not None and raw[: number.start].rstrip().endswith(("±", "+/-")):
            if unit is not None and left:  # how exact the number before it is: both are in its unit
                units.setdefault(left[-1].start, unit["unit"])
                end = unit.end()
            continue
        left.append(number)
        if number.number is not None and number.number.percent:
            units[number.start] = "%"
        elif unit is not None:
            units[number.start] = unit["unit"]
            end = unit.end()
    return Quantified(left, units)


def base_unit(unit: str) -> str | None:
    """Return the base unit that a unit is a multiple of, `second` for `ms`; None for a word that is no unit."""
    quantity = parse_quantity(f"1 {unit}")
    return None if quantity is None else quantity.unit


def unit_of_head(text: str) -> str:
    """Return the unit that the head of a column says its numbers are in, empty where it says none."""
    found = _HEAD.search(text)
    return found["unit"] if found and base_unit(found["unit"]) else ""


def _split(raw: str, token: Token, words: re.Pattern[str]) -> tuple[Token, re.Match[str] | None]:
    """Return a number and the unit behind it; what is neither stays as it is."""
    if token.kind == "number":
        return token, None if token.number and token.number.percent else _unit(raw, token.end)
    digits = _LAST_DIGIT.match(raw, token.start, token.end) if token.kind == "word" else None
    unit = _unit(raw, digits.end()) if digits else None
    if digits is None or unit is None:
        return token, None
    number = tokens(raw, words, token.start, digits.end())
    return (number[0], unit) if len(number) == 1 and number[0].kind == "number" else (token, None)


def _unit(raw: str, position: int) -> re.Match[str] | None:
    unit = _UNIT.match(raw, position)
    return unit if unit and base_unit(unit["unit"]) else None
