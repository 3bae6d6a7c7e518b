"""The words in which people state numbers, by what each of them means, as data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from phasemetrics.document.folding import heading_key
from phasemetrics.settings import MetricTable

_FOREIGN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_NOT = {"not nouns", "not percents", "not ordinals"}  # they say what a number is not, and nothing of what it is
Book = Mapping[str, Mapping[str, Sequence[str]]]


@dataclass(frozen=True)
class Phrasebook:
    """The roles of each word: `roles["passing"]` is `{"passed"}`; `generic` and `other` are words of headings.

    `metrics` are the configured metrics, whose names are words of a team, too.
    """

    roles: Mapping[str, frozenset[str]]
    generic: frozenset[str]
    other: frozenset[str]
    metrics: tuple[MetricTable, ...] = ()

    @cached_property
    def foreign(self) -> re.Pattern[str]:
        """Finds the words of languages that put no blanks between them, the longest first, else one character."""
        words = sorted((word for word in self.roles if _FOREIGN.search(word)), key=len, reverse=True)
        return re.compile("|".join([*map(re.escape, words), _FOREIGN.pattern]))

    def roles_of(self, word: str) -> frozenset[str]:
        """Return the roles of a word, none of one that nobody knows."""
        return self.roles.get(word, frozenset())

    def of(self, words: Iterable[str]) -> frozenset[str]:
        """Return all roles of some words."""
        return frozenset().union(*map(self.roles_of, words))

    def knows(self, word: str) -> bool:
        """Return whether a word is known and narrows no number: it has a role, and none says that it names a part."""
        roles = self.roles_of(word)
        return "parts" not in roles and bool(roles - _NOT)


def phrasebook(book: Book, more: Mapping[str, Sequence[str]]) -> Phrasebook:
    """Return the words of a book, by table and role, and `more` words by role alone."""
    lists = [(table, role, words) for table, by_role in book.items() for role, words in by_role.items()]
    tables = {role: table for table, role, _ in lists}
    roles: dict[str, set[str]] = {}
    sections: dict[str, set[str]] = {"generic": set(), "other": set()}
    for table, role, words in (*lists, *((tables[role], role, words) for role, words in more.items())):
        for word in words:
            if table == "sections":
                sections[role] |= set(heading_key(word).split())
            else:
                roles.setdefault(word.casefold(), set()).add(f"not {role}" if table == "not" else role)
    frozen = {word: frozenset(found) for word, found in roles.items()}
    return Phrasebook(frozen, frozenset(sections["generic"]), frozenset(sections["other"]))
