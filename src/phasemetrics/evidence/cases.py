"""The test cases of a snapshot by name: as they are collected, and as they are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from phasemetrics.escaping import visible
from phasemetrics.evidence.model import OUTCOMES, Outcome, TestCase, Warning

MOST = 20_000  # a snapshot is committed; the counts do not depend on the names
LONGEST = 300
_SEVERITY: dict[Outcome, int] = {"passed": 0, "xfailed": 1, "xpassed": 2, "skipped": 3, "failed": 4, "errors": 5}


@dataclass(slots=True)
class CaseBook:
    """The cases that were named so far. The order in which they come makes no difference.

    `place` turns the path that a report gives into the repository's own.
    """

    place: Callable[[str], str] = str
    outcomes: dict[tuple[str, str, str], Outcome] = field(default_factory=dict)
    full: bool = False
    _where: Callable[[str, str], tuple[str, str]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._where = lru_cache(4096)(self._spelled)  # a class has many cases

    def add(self, name: str, classname: str, path: str, outcome: Outcome) -> None:
        """Add a case; one that is named twice keeps the most severe outcome."""
        if self.full:
            return
        key = *self._where(classname, path), _shown(name)
        before = self.outcomes.get(key)
        if before is None or _SEVERITY[outcome] > _SEVERITY[before]:
            self.outcomes[key] = outcome
        if len(self.outcomes) > MOST:
            self.full = True
            self.outcomes.clear()

    def _spelled(self, classname: str, path: str) -> tuple[str, str]:
        path = self.place(path) if path else path
        return _shown(path), _shown(_without_module(classname, path))

    def doubts(self) -> list[Warning]:
        """Return a warning where there were too many."""
        message = f"more than {MOST} test cases: their names are not kept, so nobody can say which of them changed"
        return [Warning("many-cases", "", message)] if self.full else []

    def cases(self) -> tuple[TestCase, ...] | None:
        """Return all cases, sorted; None where there are none, or more than can be kept."""
        found = tuple(TestCase(*key, outcome) for key, outcome in sorted(self.outcomes.items()))
        return found or None


def _shown(text: str) -> str:
    # Looking at every character takes longer than reading the report; what is printable hides none.
    return text if len(text) <= LONGEST and text.isprintable() else visible(text, LONGEST)


def _without_module(classname: str, path: str) -> str:
    """Return a class without the module that pytest puts before it, which moves with its file."""
    module = path.removesuffix(".py").replace("/", ".")
    return "" if classname == module else classname.removeprefix(f"{module}.")


def shown_cases(cases: Iterable[TestCase]) -> dict[str, dict[str, list[list[str]]]]:
    """Return cases as a snapshot keeps them: class and name, by file and outcome."""
    shown: dict[str, dict[str, list[list[str]]]] = {}
    for one in cases:
        shown.setdefault(one.path, {}).setdefault(one.outcome, []).append([one.classname, one.name])
    return shown


def read_cases(data: Any) -> tuple[TestCase, ...] | None:
    """Return cases as `shown_cases` gave them; raise ValueError for what cannot be."""
    if data is None:
        return None
    found = []
    for path, by_outcome in data.items():
        for outcome, names in by_outcome.items():
            if outcome not in OUTCOMES:
                raise ValueError(f"{outcome!r} is no outcome")
            for classname, name in names:
                if not isinstance(classname, str) or not isinstance(name, str):
                    raise ValueError("a test case without a name")
                found.append(TestCase(path, classname, name, outcome))
    return tuple(sorted(found))
