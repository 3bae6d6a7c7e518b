"""What the headings above a line, and the line it is indented under, say of the numbers in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from phasemetrics.claims.meaning import Meaning, meaning
from phasemetrics.claims.phrasebook import Phrasebook
from phasemetrics.claims.tokens import Token, tokens
from phasemetrics.document.folding import heading_key, names_other_phase

_OTHER_TIME = re.compile(r"\b(?:v\d+|\d{4} \d\d \d\d)\b")
_COUNTED = re.compile(r"\b(?:tests|passing|passed|pass|failed|failing|coverage)\b")
_ONE_PHASE = re.compile(r"\bphase (\d+)\b(?! \d)")
_PHASE = re.compile(r"\bphases? \d+\b")


@dataclass(frozen=True, slots=True)
class Section:
    """What headings say: the nearest `meaning`, whether they are about the phase that was `asked`, and the `whole`."""

    meaning: Meaning
    phase: str
    asked: bool
    whole: bool


class Sections:
    """The headings of one document, each read once."""

    def __init__(self, phase: str, book: Phrasebook, title: str = "") -> None:
        self.phase = phase
        # A document of another phase; one of several says so.
        named = heading_key(title)
        self.foreign = len(set(_ONE_PHASE.findall(named))) == 1 and names_other_phase(named, phase)
        self.book = book
        self.of = lru_cache(maxsize=None)(self._of)

    def _of(self, path: tuple[str, ...]) -> Section:
        keys = [heading_key(title) for title in path]
        asked = not self.foreign and not any(names_other_phase(key, self.phase) or self._is_other(key) for key in keys)
        whole = asked and all(self._is_generic(key) for key in keys)
        said = Meaning()
        for title in path:  # the nearest heading that counts anything
            own = meaning(words_of(tokens(title, self.book.foreign)), self.book)
            said = own if own.families else said
        return Section(said, self.phase, asked, whole)

    def _is_generic(self, key: str) -> bool:
        """Return whether the key of a heading names no part and no other time."""
        words = _PHASE.sub("", key).split()
        counts = _COUNTED.search(key) is not None  # `Results: 45/47 passing`, but not `Test run 2`
        known = (word in self.book.generic or (counts and word.isdigit()) for word in words)
        return not _OTHER_TIME.search(key) and all(known)

    def _is_other(self, key: str) -> bool:
        return any(word in self.book.other for word in key.split()) or bool(_OTHER_TIME.search(key))


def words_of(found: Sequence[Token]) -> list[str]:
    """Return the words among some tokens."""
    return [one.text for one in found if one.kind == "word"]
