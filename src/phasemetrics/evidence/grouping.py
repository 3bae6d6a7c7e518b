"""Which configured groups a test case belongs to, by its name, its file and its markers."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import translate
from functools import lru_cache
from pathlib import Path
from posixpath import splitext

from phasemetrics.evidence.paths import lies_in, repository_path
from phasemetrics.settings import Config

_FILES = 4096  # what is remembered of files: a report may name a million


@dataclass(frozen=True, slots=True)
class GroupRule:
    """One group: globs of `names`, names of `markers`, and the suite with the glob of its files that it is part of."""

    name: str
    names: tuple[str, ...] = ()
    markers: frozenset[str] = frozenset()
    suite: str | None = None
    files: str | None = None


def group_rules(config: Config) -> tuple[GroupRule, ...]:
    """Return the rules that the configuration gives, sorted by the group's name."""
    return tuple(
        GroupRule(name, group.names, frozenset(group.markers), group.suite, config.files_of(group.suite))
        for name, group in sorted(config.group.items())
    )


class Grouping:
    """The groups of `rules`, for test files as the repository at `root` calls them."""

    def __init__(self, rules: Sequence[GroupRule], root: Path) -> None:
        self.names = tuple(rule.name for rule in rules)
        self.markers = frozenset(marker for rule in rules for marker in rule.markers)
        self._rules = [(rule, _Globs(rule.names)) for rule in rules]
        self._root = root
        self._placed = lru_cache(_FILES)(self._place)

    def of(self, name: str, classname: str, path: str, markers: Collection[str]) -> tuple[str, ...]:
        """Return the groups of one case; `path` is its file as its report gives it, or empty."""
        own, possible = self._placed(path)
        if not possible:
            return ()
        short = _spellings(name)
        long: list[str] | None = None
        found = []
        for rule, globs in possible:
            fits = not rule.markers.isdisjoint(markers) or globs.fit(short)
            if not fits and globs.places:
                long = long or [own, *(f"{place}::{one}" for place in _places(classname, own) for one in short)]
                fits = globs.fit(long, places=True)
            if fits:
                found.append(rule.name)
        return tuple(found)

    def _place(self, path: str) -> tuple[str, list[tuple[GroupRule, _Globs]]]:
        """Return what the repository calls a file, and the rules that its cases may fit."""
        own = repository_path(path, self._root)
        rules = [
            (rule, globs) for rule, globs in self._rules if rule.suite is None or lies_in(own, rule.suite, rule.files)
        ]
        return own, rules


class _Globs:
    """Globs that any text may match, in one pass; `places` are those that speak of a class or a file as well."""

    def __init__(self, globs: Iterable[str]) -> None:
        globs = tuple(globs)
        self.places = tuple(one for one in globs if "::" in one or "/" in one)
        self._any = _compiled(globs)
        self._of_places = _compiled(self.places)

    def fit(self, texts: Iterable[str], *, places: bool = False) -> bool:
        match = (self._of_places if places else self._any).match
        return any(match(text) for text in texts)


def _compiled(globs: Sequence[str]) -> re.Pattern[str]:
    """Return the globs as one expression: what fnmatch makes of them, or the very text (`test_x[a]` is a test's id)."""
    return re.compile("|".join(f"{translate(one)}|{re.escape(one)}\\Z" for one in globs) or r"(?!)")


def _spellings(name: str) -> tuple[str, ...]:
    """Return the name of a case, and of the test whose parameters stand in brackets behind it."""
    test, found, _ = name.partition("[")
    return (name, test) if found and name.endswith("]") and test else (name,)


def _places(classname: str, path: str) -> Iterator[str]:
    """Return what may stand before `::` and the name of a case: its class, its file, and both as pytest writes them."""
    yield classname
    yield path
    module = splitext(path)[0].replace("/", ".") + "."
    if path and classname.startswith(module):
        yield f"{path}::{classname.removeprefix(module).replace('.', '::')}"
