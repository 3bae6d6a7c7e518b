"""The words and numbers of a line, without its emphasis, its code and its links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from phasemetrics.claims.statement import Relation

Kind = Literal["word", "number", "path", "arrow", "break", "colon", "open", "close", "slash", "dash", "code", "folder"]

_DIGITS = r"\d+,\d{1,2}(?=\s?%)|\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,])|\d+(?:\.\d+)?"
_NUMBER = re.compile(
    rf"(?<![A-Za-z0-9#.$€£])(?<![A-Za-z0-9]_)(?<!\d,)(?<![A-Za-z_.]/)(?<![A-Za-z]-)(?P<about>[~≈]\s?)?(?:(?P<bound>[<>]=?|≤|≥)\s?[~≈]?)?"
    rf"(?P<sign>[+\-−±])?(?P<number>{_DIGITS})(?:\s?[-–~]\s?(?P<high>{_DIGITS}))?(?P<percent>\s?%)?(?P<more>\+)?"
    rf"(?:(?P<unit>[A-Za-zµ]+\b)|(?![A-Za-z]|_[A-Za-z0-9]))"
)
_COMMA = re.compile(r"\d+,\d{1,2}")
_MOST_DIGITS = 12  # nobody counts so many
# What names something by digits: a date, a version, a commit. It narrows what stands beside it.
_MARKED = re.compile(
    r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?|\b\d{1,2}\.\d{1,2}\.\d{4}\b|\bv?\d+\.\d+\.\d+[\w.-]*|\bv\d+(?:\.\d+)*|"
    r"\b(?=[0-9a-f]*[a-f])(?=[0-9a-f]*\d)[0-9a-f]{7,40}\b"
)
# What holds digits that state nothing: times, footnotes, links, addresses, comments, prices.
_MUTE = re.compile(
    r"\d{1,2}:\d{2}(?::\d{2})?|\[\^[^\]]*\]|<!--.*?-->|~~.*?~~|\]\([^)\s]*\)|\bhttps?://\S+|[$€£]\s?\d[\d,.]*"
)
# A path with an extension, in a code span or bare; or what a code span holds that is no number.
_PATH = re.compile(
    r"(?:`(?P<span>[\w@+./-][\w@+./ *-]*\.\w*[A-Za-z]\w*)`"
    r"|(?<![\w`])(?P<bare>[\w@.-][\w@./-]*\.[A-Za-z][A-Za-z0-9]{0,9})(?![\w(]))(?::\d+(?:-\d+)?)?"
)
_FOLDER = re.compile(r"(?<![\w`/])(?:[\w@.-]+/)+(?=\s|\Z)")
_SPAN = re.compile(r"`+[^`]*`+")
_FIGURE = re.compile(rf"`(?=[~<>+]*\s?(?:{_DIGITS})(?:/\d+)?\s?%?[^`]{{0,24}}`)")
_ARROW = re.compile(r"→|⟶|➜|➡️?|->|=>|»")
_CJK = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD = re.compile(rf"[^\W\d_{_CJK}](?:[^\W_{_CJK}]|[’'-](?=\w))*", re.UNICODE)
_PUNCTUATION: dict[str, Kind] = {
    ":": "colon", "：": "colon", "=": "colon", "(": "open", "（": "open", "[": "open", ")": "close", "）": "close",
    "]": "close", "/": "slash", ",": "break", "、": "break", "，": "break", ";": "break", "|": "break", "│": "break",
    "—": "dash", ".": "break", "。": "break", "!": "break", "?": "break", "&": "break",
}  # fmt: skip
_BOUNDS: dict[str, Relation] = {
    **dict.fromkeys(("about", "approximately", "approx", "around", "roughly", "nearly", "almost", "circa"), "~"),
    **dict.fromkeys(("environ", "etwa", "rund", "alrededor", "约", "大约", "約", "およそ", "약"), "~"),
    **dict.fromkeys(("over", "than", "least", "超过", "以上"), ">="), **dict.fromkeys(("under", "most"), "<="),
}  # fmt: skip
UNIT = "\0unit"  # stands for the unit of a number that counts none of ours: `45ms`
# By case: `45s` is a time, and `2B` a part of phase 2.
_UNITS = re.compile(
    r"h|hrs?|hours?|ms|s|secs?|mins?|m|d|days?|x|k|KB|kb|MB|mb|GB|gb|TB|b|µs|us|ns|px|am|pm|AM|PM|th|st|nd|rd"
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is written: its value, the upper end of a range, its sign, and how it is meant.

    `bound`: a sign such as `>=` stands before it.
    """

    text: str
    value: Decimal
    high: Decimal | None
    relation: Relation
    sign: str
    percent: bool
    bound: bool = False


@dataclass(frozen=True, slots=True)
class Token:
    """A word (in lower case), a number, a path or a mark, and its offsets in the line."""

    kind: Kind
    text: str
    start: int
    end: int
    number: Number | None = None


def tokens(raw: str, words: re.Pattern[str], start: int = 0, end: int | None = None) -> list[Token]:
    """Return the tokens of a line between two offsets; `words` finds the words of languages without blanks."""
    stop = len(raw) if end is None else end
    return _bounded(list(_tokens(raw, words, start, stop)))


def _bounded(found: list[Token]) -> list[Token]:
    """Return tokens in which a number knows the word before it: `about 28`, `over 25`, `up to 40`."""
    for at, (word, token) in enumerate(pairwise(found), 1):
        relation = _BOUNDS.get(word.text) if word.kind == "word" else None
        if relation is not None and token.number is not None and token.number.relation == "=":
            found[at] = replace(token, number=replace(token.number, relation=relation))
    return found


def _tokens(raw: str, words: re.Pattern[str], position: int, stop: int) -> Iterator[Token]:
    while position < stop:
        token, position = _next(raw, words, position, stop)
        if token is not None:
            yield token


def _next(raw: str, words: re.Pattern[str], position: int, stop: int) -> tuple[Token | None, int]:
    marked = _MARKED.match(raw, position, stop)
    if marked is not None:
        return Token("code", marked[0], position, marked.end()), marked.end()
    mute = _MUTE.match(raw, position, stop)
    if mute is not None:
        return None, mute.end()
    path = _PATH.match(raw, position, stop)
    if path is not None:
        return Token("path", path["span"] or path["bare"], path.start(), path.end()), path.end()
    folder = _FOLDER.match(raw, position, stop)
    if folder is not None:
        return Token("folder", folder[0], folder.start(), folder.end()), folder.end()
    if raw[position] == "`" and not _FIGURE.match(raw, position, stop):
        span = _SPAN.match(raw, position, stop)
        if span is not None and len(span[0].strip("` ")):
            return Token("code", span[0].strip("` "), position, span.end()), span.end()
        return None, span.end() if span else position + 1
    number = _NUMBER.match(raw, position, stop)
    if number is not None and number["high"] and number_of(number["high"]) <= number_of(number["number"]):
        number = _NUMBER.match(raw, position, number.end("number"))
    if number is not None:
        indexed = raw[number.start() - 1 : number.start()] == "[" and raw[number.end() : number.end() + 1] == "]"
        return None if indexed else _number(number), number.end()
    arrow = _ARROW.match(raw, position, stop)
    if arrow is not None:
        return Token("arrow", "→", arrow.start(), arrow.end()), arrow.end()
    word = _WORD.match(raw, position, stop) or words.match(raw, position, stop)
    if word is not None:
        return Token("word", word[0].lower().replace("’", "'"), word.start(), word.end()), word.end()
    if raw[position] in "-–" and raw[position - 1 : position].isspace() and raw[position + 1 : position + 2].isspace():
        return Token("dash", "-", position, position + 1), position + 1
    kind = _PUNCTUATION.get(raw[position])
    return (Token(kind, raw[position], position, position + 1) if kind else None), position + 1


def _number(found: re.Match[str]) -> Token:
    if found["unit"]:
        word = UNIT if _UNITS.fullmatch(found["unit"]) else found[0].strip().lower()  # `45ms`, and the `2a` of a phase
        return Token("word", word, found.start(), found.end())
    if len(found["number"]) > _MOST_DIGITS:
        return Token("code", found["number"], found.start(), found.end())
    value = number_of(found["number"])
    high = number_of(found["high"]) if found["high"] else None
    number = Number(
        found["number"],
        value,
        high,
        _relation(found),
        found["sign"] or "",
        bool(found["percent"]),
        bool(found["bound"]),
    )
    return Token("number", found["number"], found.start("number"), found.end(), number)


def number_of(digits: str) -> Decimal:
    """Return a number as it is written: `1,045`, `81.2`, `81,2` (a decimal comma stands before one or two digits)."""
    return Decimal(digits.replace(",", "." if _COMMA.fullmatch(digits) else ""))


def _relation(found: re.Match[str]) -> Relation:
    bounds: dict[str, Relation] = {"<": "<", ">": ">", "<=": "<=", ">=": ">=", "≤": "<=", "≥": ">="}
    if found["bound"]:
        return bounds[found["bound"]]
    if found["high"]:
        return "range"
    return "~" if found["about"] or "~" in found[0] or "≈" in found[0] else ">=" if found["more"] else "="
