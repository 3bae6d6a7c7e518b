"""Reads Cobertura XML, as `coverage xml` and many other tools write it: lines are counted, rates are never believed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from phasemetrics.errors import Refusal
from phasemetrics.escaping import visible
from phasemetrics.evidence.model import Branches, Fact, FileCoverage, Kind, Report, Warning
from phasemetrics_collectors._xml import XmlStream, begins

KIND: Final[Kind] = "coverage"
ROOTS = frozenset({"coverage"})

_MEND = "write it with `coverage xml`"
_COUNT = re.compile(r"\d{1,20}", re.ASCII)  # some counters are 64 bits wide, and wrapped around
_RATE = re.compile(r"\d{1,15}(?:\.\d{0,30})?(?:[eE]-\d{1,3})?", re.ASCII)
_TAKEN = re.compile(r"[^()]{0,40}\((\d{1,9})/(\d{1,9})\)", re.ASCII)  # 50% (1/2)


def recognises(head: bytes) -> bool:
    """Return whether `head` begins an XML file whose root is `coverage`; Clover's is, too, and `collect` refuses it."""
    return begins(head, ROOTS)


def collect(report: Report) -> Iterator[Fact]:
    """Yield one `FileCoverage` for each file name in the report, and a warning where its header says otherwise.

    A line counts once, however many `<class>` and `<method>` elements name it, and is covered if one of them says so.
    `branches` is None for every file where the report measures none. Paths are as the report spells them (relative to
    one of its `<source>`), with `/`. Raises `Refusal`: `wrong-format` for Clover, `bad-count` for hits or a line
    number that are no whole number, `no-lines` for a header without lines, and what `XmlStream.read` raises.
    Format: Cobertura's coverage-04.dtd; coverage.py adds `missing-branches` ("12,exit").
    """
    reading = _Reading(report)
    reading.read()
    yield from reading.facts()


class _File:
    """The lines of one file, and how its branches were taken: (total, covered, missing destinations if named)."""

    def __init__(self) -> None:
        self.lines: set[int] = set()
        self.covered: set[int] = set()
        self.branches: dict[int, tuple[int, int, frozenset[str] | None]] = {}

    def branch(self, line: int, total: int, covered: int, missing: frozenset[str] | None) -> None:
        """Take in what one element says of a line; where another was there before, whatever either took counts."""
        before = self.branches.get(line)
        if before is not None:
            missing = missing & before[2] if missing is not None and before[2] is not None else None
            total = max(total, before[0])
            covered = max(covered, before[1], total - len(missing) if missing is not None else 0)
        self.branches[line] = total, covered, missing

    def coverage(self, path: str, with_branches: bool) -> FileCoverage:
        branches = {line: Branches(total, covered) for line, (total, covered, _) in sorted(self.branches.items())}
        missing = frozenset(self.lines - self.covered)
        return FileCoverage(path, frozenset(self.covered), missing, branches if with_branches else None)


class _Reading:
    """The files of one report, element by element."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.stream = XmlStream(report, ROOTS, _MEND)
        self.header: dict[str, str] = {}
        self.files: dict[str, _File] = {}
        self.unreadable = 0
        self._file: _File | None = None
        self._numbers: dict[str, int] = {}  # one int object for each line number, however many files have that line

    def read(self) -> None:
        starts = {
            "coverage": self._start_coverage,
            "project": self._start_project,
            "class": self._start_class,
            "line": self._start_line,
        }
        self.stream.read(starts, {"class": self._end_class})

    def _start_coverage(self, attributes: dict[str, str]) -> None:
        if len(self.stream.path) == 1:
            self.header = attributes

    def _start_project(self, _attributes: dict[str, str]) -> None:
        if len(self.stream.path) == 2:
            raise self.stream.refusal("wrong-format", "is a Clover report, which is not read: not Cobertura", _MEND)

    def _start_class(self, attributes: dict[str, str]) -> None:
        name = attributes.get("filename")
        if not name:
            raise self.stream.refusal("bad-xml", "a <class> without a filename", _MEND)
        self._file = self.files.setdefault(name.replace("\\", "/"), _File())

    def _end_class(self) -> None:
        self._file = None

    def _start_line(self, attributes: dict[str, str]) -> None:
        file = self._file
        if file is None:
            return
        text = attributes.get("number", "")
        number = self._numbers.get(text)
        if number is None:
            number = self._numbers[text] = self._count("number", text)
        file.lines.add(number)
        hits = attributes.get("hits", "")
        if hits != "0" and (hits == "1" or self._count("hits", hits)):
            file.covered.add(number)
        if "condition-coverage" in attributes and attributes.get("branch", "").lower() == "true":
            self._branch(file, number, attributes)

    def _branch(self, file: _File, line: int, attributes: dict[str, str]) -> None:
        match = _TAKEN.fullmatch(attributes["condition-coverage"])
        if match is None or int(match[1]) > int(match[2]):
            self.unreadable += 1
            return
        covered, total = int(match[1]), int(match[2])
        named = attributes.get("missing-branches")
        missing = frozenset(named.split(",")) if named else frozenset()
        file.branch(line, total, covered, missing if len(missing) == total - covered else None)

    def _count(self, name: str, text: str) -> int:
        if _COUNT.fullmatch(text) is None:
            raise self.stream.refusal("bad-count", f'a <line> with {name}="{visible(text)}", not a whole number', _MEND)
        return int(text)

    def facts(self) -> Iterator[Fact]:
        counted = self._counted()
        if not counted["lines"][1]:
            self._refuse_header_alone()
            yield Warning("no-lines", self.report.name, "holds no line that could run")
        with_branches = bool(counted["branches"][1] or _number(self.header.get("branches-valid", "")))
        doubts = [doubt for what, pair in counted.items() for doubt in self._doubts(what, *pair)]
        for path in sorted(self.files):
            yield self.files.pop(path).coverage(path, with_branches)
        if doubts:
            message = f"the header says {', '.join(doubts)}; the lines were counted"
            yield Warning("attribute-mismatch", self.report.name, message)
        if self.unreadable:
            message = f"{self.unreadable} condition-coverage attributes cannot be read; their branches are left out"
            yield Warning("bad-branches", self.report.name, message)

    def _counted(self) -> dict[str, tuple[int, int]]:
        files = self.files.values()
        branches = [branch for file in files for branch in file.branches.values()]
        return {
            "lines": (sum(len(file.covered) for file in files), sum(len(file.lines) for file in files)),
            "branches": (sum(covered for _, covered, _ in branches), sum(total for total, _, _ in branches)),
        }

    def _refuse_header_alone(self) -> None:
        # A header is not evidence: nothing shows which lines it means. An empty report says 0 lines, or 1 for the rate.
        for name, honest in (("lines-valid", {0}), ("line-rate", {0, 1})):
            text = self.header.get(name)
            if text and _number(text) not in honest:
                message = f'holds no <line>, though its header says {name}="{visible(text)}"'
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


def _number(text: str) -> float | None:
    return float(text) if len(text) < 40 and _RATE.fullmatch(text) else None


def _near(text: str, ratio: float) -> bool:
    """Return whether the rate `text` is `ratio` at the decimals that it has; coverage.py drops trailing zeros."""
    rate = _number(text)
    decimals = len(text.partition(".")[2])
    return rate is not None and abs(rate - ratio) <= 10.0 ** -min(max(decimals, 2), 12)
