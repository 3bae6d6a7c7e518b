"""A bound on something that a sentence names: `Coverage: at least 80%`, `parse_large under 120 ms`, or nothing."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from phasemetrics.document.folding import mend_mojibake
from phasemetrics.units import parse_quantity

_SYMBOLS = {"<=": "<=", ">=": ">=", "==": "=", "≤": "<=", "≥": ">=", "<": "<", ">": ">", "=": "="}
_WORDS = {
    **dict.fromkeys(("at most", "no more than", "not more than", "maximum", "max", "within"), "<="),
    **dict.fromkeys(("under", "below", "less than", "fewer than"), "<"),
    **dict.fromkeys(("at least", "no less than", "not less than", "minimum", "min"), ">="),
    **dict.fromkeys(("over", "above", "more than", "greater than"), ">"),
}
# What may stand around a name and its bound without changing what is meant. Any other word might: `legacy coverage`,
# `80% for new code`, `must not fall below 80%`.
_FILLER = (
    r"(?:a|an|the|our|all|of|in|is|are|be|to|should|must|shall|will|has|have|stays?|remains?|keep|reach|reaches|achieve"
    r"|maintain|ensure|takes?|runs?|finish|finishes|completes?|time|targets?|goals?|threshold|limit|budget"
    r"|requirements?|criterion|criteria|metrics?|success|acceptance|performance|quality|benchmarks?|measurable|technical"
    r"|non-functional|tests?|code|overall|total)\b"
)
_COUNTED = "tests?|cases|code|overall|total|in total"
_PADDING = rf"(?:{_FILLER}|:(?![:\w])|[ (\-–—])*"
_OPERATOR = rf"(?P<operator>{'|'.join(_SYMBOLS)}|(?<!\w)(?:{'|'.join(_WORDS)})\b)"
_NUMBER = r"(?P<number>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)(?P<unit> ?(?:%|/s|[A-Za-zµμ]+(?:/s)?))?"
_BOUND = rf"{_OPERATOR}(?: of)?:? ?{_NUMBER}"
_STOP = r"(?:[.!;]?$| ?[,)](?=\W|$)| \(| [–—-] (?![~≈<>=]*\d)| and (?!\d))"
_PADDED = re.compile(_PADDING, re.IGNORECASE)
_AFTER = re.compile(_BOUND, re.IGNORECASE)
_BEFORE = re.compile(rf"(?<!\w){_BOUND} (?:(?:test|code|overall|total) )?$", re.IGNORECASE)
_SPLIT = re.compile(r"(?<!\w)(?P<operator>minimum|maximum|min|max) $", re.IGNORECASE)
_MEASURE = re.compile(_NUMBER)
_NARROWS = re.compile(r" (?:for|in|on|at|of) ", re.IGNORECASE)
_SENTENCES = re.compile(r"(?<=[.!?;]) ")
_PIECES = re.compile(r", | and ", re.IGNORECASE)
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_EMPHASIS = re.compile(r"(?<![^\W_])[*_`]+|[*_`]+(?![^\W_])")


@dataclass(frozen=True, slots=True)
class Bound:
    """An `operator` (`<=`, `<`, `>=`, `>`, `=`), the number as it is written, and what it means in its base unit."""

    operator: str
    number: str
    value: Decimal
    unit: str

    @property
    def text(self) -> str:
        """The bound as the configuration would state it: `<= 120 ms`."""
        return f"{self.operator} {self.number}"


def plain(text: str) -> str:
    """Return a sentence without emphasis, code spans, escapes and runs of blanks."""
    mended = _FOREIGN.sub(lambda run: mend_mojibake(run[0]), html.unescape(text))
    return " ".join(_EMPHASIS.sub("", _ESCAPED.sub(r"\1", mended)).split())


def sentences(text: str) -> list[str]:
    """Split plain text where a sentence ends."""
    return _SENTENCES.split(text)


def bounds_of(sentence: str, spellings: Sequence[str]) -> Iterator[Bound]:
    """Yield each bound that a plain sentence states for something that has one of these plain `spellings`."""
    name, end = _named(tuple(spellings))
    for match in name.finditer(sentence):
        found = _around(sentence, match.start(), match.end(), end)
        if found is not None:
            yield found


def whole_bound(text: str) -> Bound | None:
    """Return the bound that plain text is, with nothing beside it that could change what is meant."""
    return _bound_after(text, 0, _named(())[1])


@lru_cache(maxsize=1000)  # every line of a plan is searched for every metric
def _named(spellings: tuple[str, ...]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what finds the name, and what may follow its bound: `80% test coverage`, then the end of the clause."""
    names = "|".join(re.escape(one) for one in sorted(spellings, key=len, reverse=True))
    counted = f"{_COUNTED}|{names}" if names else _COUNTED
    name = re.compile(rf"(?<!\w)(?:{names or '(?!)'})(?!\w)", re.IGNORECASE)
    return name, re.compile(rf"(?: (?:{counted})(?!\w))*{_STOP}", re.IGNORECASE)


def _around(sentence: str, start: int, stop: int, end: re.Pattern[str]) -> Bound | None:
    """Return the bound of the name that stands between two positions, after it or before it."""
    before = sentence[:start]
    if _opens(before):
        return _bound_after(sentence, stop, end)
    first = _BEFORE.search(before)
    if first is not None and _opens(before[: first.start()]):
        return _if_ended(sentence, stop, end, _bound(first["operator"], first["number"], first["unit"] or ""))
    split = _SPLIT.search(before)
    if split is not None and _opens(before[: split.start()]):
        number = _MEASURE.match(sentence, _past_padding(sentence, stop))
        return _ended(sentence, number, split["operator"], end) if number else None
    return None


def _bound_after(text: str, start: int, end: re.Pattern[str]) -> Bound | None:
    match = _AFTER.match(text, _past_padding(text, start))
    return _ended(text, match, match["operator"], end) if match else None


def _past_padding(text: str, start: int) -> int:
    padded = _PADDED.match(text, start)
    return padded.end() if padded else start


def _ended(text: str, match: re.Match[str], operator: str, end: re.Pattern[str]) -> Bound | None:
    unit = match["unit"] or ""
    bound = _bound(operator, match["number"], unit)
    if bound is not None or not unit.startswith(" "):
        return _if_ended(text, match.end(), end, bound)
    # A word and no unit: `100 tests`.
    return _if_ended(text, match.end("number"), end, _bound(operator, match["number"], ""))


def _if_ended(text: str, position: int, end: re.Pattern[str], bound: Bound | None) -> Bound | None:
    """Return a bound only if nothing follows it that could change what is meant."""
    tail = end.match(text, position)
    if tail is None:
        return None
    more = _AFTER.match(text, _past_padding(text, tail.end()))
    # Another bound without a name of its own: `at least 80%, at least 95% for the core`.
    goes_on = more is not None and (end.match(text, more.end()) or _NARROWS.match(text, more.end()))
    return None if goes_on else bound


def _opens(before: str) -> bool:
    """Return whether nothing stands before a name that could change what is meant: padding, and other bounds."""
    *others, last = _PIECES.split(before)
    return is_padding(last) and all(is_padding(one) or _AFTER.search(one) is not None for one in others)


def is_padding(text: str) -> bool:
    """Return whether plain text says nothing that could change what is meant by a name or a bound beside it."""
    return _PADDED.fullmatch(text) is not None


def _bound(operator: str, number: str, unit: str) -> Bound | None:
    symbol = _SYMBOLS.get(operator) or _WORDS[" ".join(operator.lower().split())]
    written = f"{number}{unit.strip()}" if unit.strip() == "%" else f"{number} {unit.strip()}".strip()
    quantity = parse_quantity(written)
    return None if quantity is None else Bound(symbol, written, quantity.value, quantity.unit)
