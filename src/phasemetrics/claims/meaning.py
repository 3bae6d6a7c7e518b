"""What the words around a number say: what is counted, what became of it, and whether they narrow it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from phasemetrics.claims.phrasebook import Phrasebook
from phasemetrics.claims.tokens import UNIT

FAMILIES = ("coverage", "files", "lines", "tests")
_OUTCOMES = ("failed", "skipped", "passed")
_ACTS = ("deleted", "modified", "created", "changed")
_SHORT = 4  # words of an introduction that is a title
_TIMES = ("target", "change", "before", "after", "then")


@dataclass(frozen=True, slots=True)
class Meaning:
    """The roles of a few words: the `families` in order, `outcome`, `act` and `time`, empty where no word says it.

    `narrows` are the words that nobody knows: they may name a part. `alien`: something else is counted. `rate`,
    `whole`, `value`: a word says so.
    """

    families: tuple[str, ...] = ()
    outcome: str = ""
    act: str = ""
    time: str = ""
    rate: bool = False
    whole: bool = False
    value: bool = False
    alien: bool = False
    vain: bool = False
    short: bool = False
    words: int = 0
    narrows: tuple[str, ...] = ()

    def family(self, percent: bool) -> str:
        """Return what a number beside these words counts, empty where they do not say it.

        The last noun is what is counted: `test files` are files; but `lines of test code` are lines.
        """
        if percent:
            return "coverage" if "coverage" in self.families else ""
        counted = [one for one in self.families if one != "coverage"]
        return "lines" if "lines" in counted and counted[-1] == "tests" else counted[-1] if counted else ""

    @property
    def counts(self) -> bool:
        """Whether the words say anything of what is counted."""
        return bool(self.families or self.outcome or self.rate)


def meaning(words: Sequence[str], book: Phrasebook) -> Meaning:
    """Return what a phrase, a label, a column's head or a heading says."""
    found = [book.roles_of(word) for word in words]
    roles = frozenset().union(*found)
    nouns = [_noun(word, one) for word, one in zip(words, found, strict=True)]
    said = [noun for noun in nouns if noun]
    return Meaning(
        tuple(noun for noun in said if noun in FAMILIES),
        _first(_OUTCOMES, roles),
        _first(_ACTS, roles),
        _first(_TIMES, roles),
        "rate" in roles,
        "whole" in roles,
        "value" in roles,
        bool(said) and said[-1] == "alien",
        "not percents" in roles,
        len(words) <= _SHORT,
        len(words),
        tuple(word for word, one in zip(words, found, strict=True) if not one - {"not nouns", "not percents"}),
    )


def _noun(word: str, roles: frozenset[str]) -> str:
    if word == UNIT or "not nouns" in roles:
        return "alien"
    return next((family for family in FAMILIES if family in roles), "")


def _first(names: Iterable[str], roles: frozenset[str]) -> str:
    return next((name for name in names if name in roles), "")
