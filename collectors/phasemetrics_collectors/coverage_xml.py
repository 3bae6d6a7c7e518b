"""Reads Cobertura XML, as `coverage xml` and many other tools write it: lines are counted, rates are never believed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from phasemetrics.errors import Refusal
from phasemetrics.escaping import visible
from phasemetrics.evidence.model import Fact, Kind, Report, Warning
from phasemetrics_collectors import clover
from phasemetrics_collectors._coverage_lines import HITS, LINE, FileLines, mismatches, totals
from phasemetrics_collectors._xml import XmlStream, begins

KIND: Final[Kind] = "coverage"
ROOTS = frozenset({"coverage"})

_MEND = "write it with `coverage xml`"
_RATE = re.compile(r"\d{1,15}(?:\.\d{0,30})?(?:[eE]-\d{1,3})?", re.ASCII)
_EMPTY = {"lines-valid": {0}, "lines-covered": {0}, "line-rate": {0, 1}}  # what an empty report says
_TEXT_LIMIT = 4096  # characters of one <source>
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")  # a drive or a URL
_TAKEN = re.compile(r"[^()]{0,40}\((\d{1,9})/(\d{1,9})\)", re.ASCII)  # 50% (1/2)


def recognises(head: bytes) -> bool:
    """Return whether `head` begins an XML file whose root is `coverage`, and which is not Clover's.

    XML that is broken before its root can be seen counts as well, so that its refusal can say what is wrong with it.
    """
    return begins(head, ROOTS) and not clover.recognises(head)


def collect(report: Report) -> Iterator[Fact]:
    """Yield one `FileCoverage` for each file name in the report, and a warning where its header says otherwise.

    A line counts once, however many `<class>` elements name it, and is covered if one of them says so. The lines of
    `<method>` are lines of the class; Istanbul puts declarations there, which are none, so that they only count
    where the class names no others. `branches` is None for every file where the report measures none. A relative
    path is joined to the report's `<source>` where there is one and no more, with a `/./` between them. Raises
    `Refusal`: `wrong-format` for Clover, `bad-count` for hits or a line number that are no whole number, `no-lines`
    for a header without lines, and what `XmlStream.read` raises. Format: Cobertura's coverage-04.dtd; coverage.py
    adds `missing-branches` ("12,exit").
    """
    reading = _Reading(report)
    reading.read()
    yield from reading.facts()


class _Reading:
    """The files of one report, element by element."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.stream = XmlStream(report, ROOTS, _MEND)
        self.header: dict[str, str] = {}
        self.files: dict[str, FileLines] = {}
        self.sources: list[str] = []
        self.unreadable = 0
        self._file: FileLines | None = None
        self._own = FileLines()  # of the current class
        self._methods = FileLines()
        self._numbers: dict[str, int] = {}  # one int object for each line number, however many files have that line

    def read(self) -> None:
        starts = {
            "coverage": self._start_coverage,
            "project": self._start_project,
            "source": self._start_source,
            "class": self._start_class,
            "line": self._start_line,
        }
        self.stream.read(starts, {"class": self._end_class, "source": self._end_source})

    def _start_coverage(self, attributes: dict[str, str]) -> None:
        if len(self.stream.path) == 1:
            self.header = attributes

    def _start_project(self, _attributes: dict[str, str]) -> None:
        if len(self.stream.path) == 2:
            raise self.stream.refusal("wrong-format", "is a Clover report, not Cobertura", _MEND)

    def _start_source(self, _attributes: dict[str, str]) -> None:
        self.sources.append("")
        self.stream.listen(self._more_source)

    def _more_source(self, text: str) -> None:
        self.sources[-1] = (self.sources[-1] + text)[:_TEXT_LIMIT]

    def _end_source(self) -> None:
        self.stream.listen(None)

    def _start_class(self, attributes: dict[str, str]) -> None:
        name = attributes.get("filename")
        if not name:
            raise self.stream.refusal("bad-xml", "a <class> without a filename", _MEND)
        self._file = self.files.setdefault(name.replace("\\", "/"), FileLines())
        self._own, self._methods = FileLines(), FileLines()

    def _end_class(self) -> None:
        if self._file is not None:
            if self._own.lines:
                self._methods.keep(self._own.lines)
            self._file.join(self._own)
            self._file.join(self._methods)
        self._file = None

    def _start_line(self, attributes: dict[str, str]) -> None:
        if self._file is None:
            return
        text = attributes.get("number", "")
        number = self._numbers.get(text)
        if number is None:
            number = self._numbers[text] = self.stream.whole_number("number", text, LINE)
        hits = attributes.get("hits", "")
        lines = self._methods if self.stream.path[-3] == "method" else self._own
        lines.lines.add(number)
        if hits != "0" and (hits == "1" or self.stream.whole_number("hits", hits, HITS)):
            lines.covered.add(number)
        if "condition-coverage" in attributes and attributes.get("branch", "").lower() == "true":
            self._branch(lines, number, attributes)

    def _branch(self, lines: FileLines, number: int, attributes: dict[str, str]) -> None:
        match = _TAKEN.fullmatch(attributes["condition-coverage"])
        if match is None or int(match[1]) > int(match[2]):
            self.unreadable += 1
            return
        covered, total = int(match[1]), int(match[2])
        named = attributes.get("missing-branches")
        missing = frozenset(named.split(",")) if named else frozenset()
        lines.branches(number, total, covered, missing if len(missing) == total - covered else None)

    def facts(self) -> Iterator[Fact]:
        counted = totals(self.files.values())
        if not counted["lines"][1]:
            self._refuse_header_alone()
            yield Warning("no-lines", self.report.name, "holds no line that could run")
        with_branches = bool(counted["branches"][1] or _number(self.header.get("branches-valid", "")))
        doubts = [doubt for what, pair in counted.items() for doubt in self._doubts(what, *pair)]
        sources = {source.strip() for source in self.sources} - {""}
        source = sources.pop().replace("\\", "/").rstrip("/") if len(sources) == 1 else None
        for name in sorted(self.files):
            yield self.files.pop(name).coverage(_joined(source, name), with_branches)
        yield from mismatches(self.report, doubts)
        if self.unreadable:
            message = f"{self.unreadable} condition-coverage attributes cannot be read; their branches are left out"
            yield Warning("bad-branches", self.report.name, message)

    def _refuse_header_alone(self) -> None:
        # A header is not evidence: nothing shows which lines it means.
        said = [(name, self.header[name], honest) for name, honest in _EMPTY.items() if name in self.header]
        for name, text, honest in said:
            if _number(text) not in honest:
                message = f'holds no <line>, though its header says {name}="{visible(text)}"'
                raise Refusal("no-lines", message, path=self.report.name, mend=_MEND)
        if not said:
            message = "holds no <line>, and no line-rate or lines-valid that would say that there are none"
            raise Refusal("no-lines", message, path=self.report.name, mend=_MEND)

    def _doubts(self, what: str, covered: int, total: int) -> Iterator[str]:
        """Yield where the header contradicts what was counted of `what`."""
        for name, count in ((f"{what}-covered", covered), (f"{what}-valid", total)):
            text = self.header.get(name)
            if text and _number(text) != count:
                yield f'{name}="{visible(text)}" where {count} were counted'
        name = {"lines": "line-rate", "branches": "branch-rate"}[what]
        text = self.header.get(name)
        if text and total and not _near(text, covered / total):
            yield f'{name}="{visible(text)}" where {covered / total:.4g} was counted'


def _joined(source: str | None, name: str) -> str:
    if source is None or name.startswith("/") or _ELSEWHERE.match(name):
        return name
    # Whoever cannot find the source still sees where the report's own name begins.
    return f"{source}/./{name}"


def _number(text: str) -> float | None:
    return float(text) if len(text) < 40 and _RATE.fullmatch(text) else None


def _near(text: str, ratio: float) -> bool:
    """Return whether the rate `text` is `ratio` at the decimals that it has; coverage.py drops trailing zeros."""
    rate = _number(text)
    if rate is None:
        return False
    decimals = len(text.partition(".")[2])
    if decimals > 12:  # Istanbul divides a percentage of two decimals by 100, and writes 0.7142000000000001
        decimals = min((one for one in range(2, 13) if abs(round(rate, one) - rate) < 1e-13), default=12)
    return abs(rate - ratio) <= 10.0 ** -min(max(decimals, 2), 12)
