"""The cases of a JUnit report by configured group: which file a case lies in, which markers it has."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile

from phasemetrics.evidence.model import Groups, Measurement, Outcome
from phasemetrics_collectors._cases import group_facts

_MODULE = re.compile(r"test_.*|.*_tests?", re.DOTALL)
_PROPERTIES = frozenset({"marker", "mark", "markers"})
_WHERE = ["testcase", "properties"]


def case_file(file: str | None, classname: str | None) -> str:
    """Return the file of a case: what its report says, else the one that pytest's `classname` begins with.

    `tests.test_a.TestB` is in `tests/test_a.py`. Where no part looks like a test module, the class name is all there
    is to say.
    """
    if file:
        return file.replace("\\", "/")
    parts = (classname or "").split(".")
    after = sum(1 for _ in takewhile(lambda part: _MODULE.fullmatch(part) is None, reversed(parts)))
    return "/".join(parts[: len(parts) - after]) + ".py" if after < len(parts) else classname or ""


class GroupCounts:
    """How many cases of each group and outcome were read; nothing is kept of a case that is closed.

    `path` holds the names of the open elements and `cases` the open cases, both as they are at the time of a call.
    """

    def __init__(self, groups: Groups, path: Sequence[str], cases: Sequence[object]) -> None:
        self._groups = groups
        self._path = path
        self._cases = cases
        self._counts: Counter[tuple[str, Outcome]] = Counter()
        self._markers: dict[int, set[str]] = {}  # of the open cases that have any, by depth
        self._file = functools.lru_cache(4096)(case_file)

    def property(self, attributes: Mapping[str, str]) -> None:
        """Take note of a marker: `<property name="marker" value="slow"/>` in a case's own `<properties>`."""
        if attributes.get("name") in _PROPERTIES and self._path[-3:-1] == _WHERE:
            said = {text.strip() for text in attributes.get("value", "").split(",")}
            # What no group asks for is not kept: a case may have a million properties.
            if known := said & self._groups.markers:
                self._markers.setdefault(len(self._cases), set()).update(known)

    def count(self, attributes: Mapping[str, str], outcome: Outcome) -> None:
        """Count a case that was just closed in every group it belongs to."""
        markers = self._markers.pop(len(self._cases) + 1, ()) if self._markers else ()
        name, classname = attributes.get("name", ""), attributes.get("classname", "")
        for group in self._groups.of(name, classname, self._file(attributes.get("file"), classname), markers):
            self._counts[group, outcome] += 1

    def facts(self) -> Iterator[Measurement]:
        """Yield the count of each group and outcome."""
        return group_facts(self._groups.names, self._counts)
