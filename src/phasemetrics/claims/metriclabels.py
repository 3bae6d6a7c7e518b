"""Whether a name on a line labels the numbers behind it, or the one before it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from phasemetrics.claims.chains import chains
from phasemetrics.claims.meaning import meaning
from phasemetrics.claims.metricnames import Found
from phasemetrics.claims.phrasebook import Phrasebook
from phasemetrics.claims.sections import words_of
from phasemetrics.claims.tokens import Token

_BARS = {"|", "│"}
_APART = re.compile(r" {2}|\t|\.\.|…|--")  # what a line of a fence has between a label and its number


def is_label(tokens: Sequence[Token], raw: str, found: Found, book: Phrasebook) -> bool:
    """Return whether a name stands where a label begins: at the beginning of its line, or after a comma or a colon.

    Nothing before it may say another time: `Before: Coverage 78%, Parse large file 15 ms`.
    """
    for one in tokens:
        cut = raw[min(one.start, found.start) : max(one.end, found.end)].strip("`[]*_ ")
        if one.start < found.end and one.end > found.start and len(cut) > found.end - found.start:
            return False  # a part of a path, or of a name in code
    before = [one for one in tokens if one.end <= found.start]
    if before and before[-1].kind == "open" and raw[before[-1].start] == "[":
        before.pop()  # the text of a link
    if not before:
        return True
    lead = [one for one in before[: _first(before, {"colon", "dash", "number", "break"})] if one.kind == "word"]
    return before[-1].kind in {"break", "colon", "dash"} and not meaning(words_of(lead), book).time


def labelled(
    tokens: Sequence[Token], units: Mapping[int, str], raw: str, found: Found, book: Phrasebook
) -> Sequence[Token]:
    """Return the tokens behind a label, none where it goes on with words of another: `Coverage gaps: 3`."""
    behind = [one for one in tokens if one.start >= found.end]
    for index, one in enumerate(behind):
        if one.kind in {"colon", "dash", "arrow"} or one.text in _BARS:
            return behind
        if one.kind == "number":
            words = any(part.kind == "word" for part in behind[:index])
            apart = _APART.search(raw, found.end, one.start)
            return behind if one.start in units or apart or words else ()
        leader = one.text == "." and ".." in raw[one.start - 1 : one.end + 1]
        if not (leader or one.kind in {"open", "close"} or (one.kind == "word" and _says_when(one.text, book))):
            return ()
    return ()


def before_for(tokens: Sequence[Token], found: Found) -> Sequence[Token]:
    """Return the tokens with the only number of a line that `for` ties to a name, none where that is not certain."""
    before = [one for one in tokens if one.end <= found.start]
    behind = next((one for one in tokens if one.start >= found.end), None)
    if before and before[-1].text == "the":
        before.pop()
    if not before or before.pop().text != "for" or not before or before[-1].kind != "number":
        return ()
    alone = len(list(chains(before))) == 1 and (behind is None or behind.kind in {"break", "close", "dash"})
    return before if alone else ()


def _says_when(word: str, book: Phrasebook) -> bool:
    """Return whether a word between a name and its mark leaves the name what it is: `Coverage before`, `is`, `now`."""
    said = meaning([word], book)
    return book.knows(word) and not (said.counts or said.act or said.alien)


def _first(tokens: Sequence[Token], kinds: set[str]) -> int:
    return next((index for index, one in enumerate(tokens) if one.kind in kinds), len(tokens))
