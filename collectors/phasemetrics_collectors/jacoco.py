"""Reads JaCoCo's XML reports: the lines of each source file, never the counters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from phasemetrics.escaping import visible
from phasemetrics.evidence.model import Fact, Kind, Report
from phasemetrics_collectors._coverage_lines import (
    LINE,
    FileLines,
    differing,
    mismatches,
    totals,
    without_lines,
)
from phasemetrics_collectors._xml import XmlStream
from phasemetrics_collectors._xml_head import first_elements

KIND: Final[Kind] = "coverage"
ROOTS = frozenset({"report"})
_MEND = "write it with `mvn jacoco:report`"
_HELD = {"LINE": "lines", "BRANCH": "branches"}


def recognises(head: bytes) -> bool:
    """Return whether `head` begins an XML file whose root is `report`."""
    return any(element.name in ROOTS for element in first_elements(head)[:1])


def collect(report: Report) -> Iterator[Fact]:
    """Yield one `FileCoverage` for each `<sourcefile>`, and a warning where the report's own counters say otherwise.

    A line is covered if any of its instructions ran, as JaCoCo's own LINE counter has it. A file goes by its groups,
    its package and its name (`core/com/acme/Cart.java`), for JaCoCo knows no folder of sources. Raises `Refusal`:
    `bad-count`, `no-lines` for counters without lines (compiled without debug information), and what
    `XmlStream.read` raises. Format: JaCoCo's report.dtd 1.0 and 1.1.
    """
    reading = _Reading(report)
    reading.read()
    yield from reading.facts()


class _Reading:
    """The files of one report, element by element."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.stream = XmlStream(report, ROOTS, _MEND)
        self.files: dict[str, FileLines] = {}
        self.counters: dict[str, tuple[str, str]] = {}
        self._file: FileLines | None = None
        self._folders: list[str] = []
        self._numbers: dict[str, int] = {}

    def read(self) -> None:
        starts = {
            "group": self._start_folder,
            "package": self._start_folder,
            "sourcefile": self._start_file,
            "line": self._start_line,
            "counter": self._start_counter,
        }
        ends = {"group": self._end_folder, "package": self._end_folder, "sourcefile": self._end_file}
        self.stream.read(starts, ends)

    def _start_folder(self, attributes: dict[str, str]) -> None:
        self._folders.append(attributes.get("name", ""))

    def _end_folder(self) -> None:
        self._folders.pop()

    def _start_file(self, attributes: dict[str, str]) -> None:
        name = attributes.get("name")
        if not name:
            raise self.stream.refusal("bad-xml", "a <sourcefile> without a name", _MEND)
        path = "/".join([*filter(None, self._folders), name])
        self._file = self.files.setdefault(path, FileLines())

    def _end_file(self) -> None:
        self._file = None

    def _start_line(self, attributes: dict[str, str]) -> None:
        if self._file is None:
            return
        text = attributes.get("nr", "")
        number = self._numbers.get(text)
        if number is None:
            number = self._numbers[text] = self.stream.whole_number("nr", text, LINE)
        self._file.line(number, self._count("ci", attributes) > 0)
        covered = self._count("cb", attributes)
        total = covered + self._count("mb", attributes)
        if total:
            self._file.branches(number, total, covered)

    def _count(self, name: str, attributes: dict[str, str]) -> int:
        text = attributes.get(name, "0")
        return 0 if text == "0" else self.stream.whole_number(name, text, LINE)

    def _start_counter(self, attributes: dict[str, str]) -> None:
        if len(self.stream.path) == 2:
            said = attributes.get("missed", ""), attributes.get("covered", "")
            self.counters[attributes.get("type", "")] = said

    def facts(self) -> Iterator[Fact]:
        counted = totals(self.files.values())
        if not counted["lines"][1]:
            yield without_lines(self.report, self._claim(), _MEND)
        with_branches = bool(counted["branches"][1]) or "BRANCH" in self.counters
        doubts = list(differing(self._claims(counted)))
        for path in sorted(self.files):
            yield self.files.pop(path).coverage(path, with_branches)
        yield from mismatches(self.report, doubts)

    def _claim(self) -> str | None:
        for kind in ("LINE", "INSTRUCTION"):
            for name, text in zip(("missed", "covered"), self.counters.get(kind, ()), strict=False):
                if text.strip("0"):
                    return f'{kind} {name}="{visible(text)}"'
        return None

    def _claims(self, counted: dict[str, tuple[int, int]]) -> Iterator[tuple[str, str, int]]:
        for kind, what in _HELD.items():
            if kind in self.counters:
                missed, covered = self.counters[kind]
                yield f"{kind} missed", missed, counted[what][1] - counted[what][0]
                yield f"{kind} covered", covered, counted[what][0]
