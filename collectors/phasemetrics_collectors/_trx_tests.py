"""The definitions of the tests in a TRX report: which class each is in, and its categories."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace

from phasemetrics_collectors._cases import PLACES
from phasemetrics_collectors._xml import XmlStream


@dataclass(frozen=True, slots=True)
class Definition:
    """The class of a test and its categories."""

    classname: str = ""
    markers: frozenset[str] = frozenset()


_NONE = Definition()


class Definitions:
    """The tests that a report defines, by their id; of more than 100,000 the rest is in no class."""

    def __init__(self, stream: XmlStream) -> None:
        self._stream = stream
        self._found: dict[str, Definition] = {}
        self._id = ""

    def read(self) -> None:
        """Read the report; raises `Refusal` as `XmlStream.read` does."""
        starts = {"UnitTest": self._test, "TestMethod": self._method, "TestCategoryItem": self._category}
        self._stream.read(starts, {})

    def of(self, test: str) -> Definition:
        """Return the definition of a test, an empty one where there is none."""
        return self._found.get(test, _NONE)

    def _test(self, attributes: dict[str, str]) -> None:
        test = attributes.get("id", "")
        self._id = test if len(self._found) < PLACES else ""

    def _method(self, attributes: dict[str, str]) -> None:
        # Older tools wrote `Shop.CartTests, Shop.Tests, Version=1.0.0.0, …`.
        classname = sys.intern(attributes.get("className", "").partition(",")[0].strip())
        self._note(replace(self.of(self._id), classname=classname))

    def _category(self, attributes: dict[str, str]) -> None:
        if self._stream.path[-3:-1] == ["UnitTest", "TestCategory"]:
            known = self.of(self._id)
            self._note(replace(known, markers=known.markers | {attributes.get("TestCategory", "")}))

    def _note(self, definition: Definition) -> None:
        if self._id:
            self._found[self._id] = definition
