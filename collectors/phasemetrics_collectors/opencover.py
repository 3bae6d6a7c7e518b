"""Reads OpenCover's XML, which coverlet writes as well: the lines under each sequence point, never the summaries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from phasemetrics.escaping import visible
from phasemetrics.evidence.model import Fact, Kind, Report, Warning
from phasemetrics_collectors._coverage_lines import (
    HITS,
    LINE,
    FileLines,
    branch_name,
    differing,
    mismatches,
    totals,
    without_lines,
)
from phasemetrics_collectors._xml import XmlStream
from phasemetrics_collectors._xml_head import first_elements

KIND: Final[Kind] = "coverage"
ROOTS = frozenset({"CoverageSession"})
LINE_LIMIT = 5_000_000  # under all sequence points: a hostile one could span any number of them
_HIDDEN = 0xFEEFEE  # how .NET marks code that no line was written for
_MEND = "write it again with OpenCover, or coverlet's format `opencover`"


def recognises(head: bytes) -> bool:
    """Return whether `head` begins an XML file whose root is `CoverageSession`."""
    return any(element.name in ROOTS for element in first_elements(head)[:1])


def collect(report: Report) -> Iterator[Fact]:
    """Yield one `FileCoverage` for each file that has sequence points, and a warning where the summary differs.

    A sequence point covers every line from its first to its last; a line is covered if one point on it was visited.
    Branches are known by their place in the code of the method. Raises `Refusal`: `bad-count` for a number that is
    none or a file that is not listed, `no-lines` for a summary without points, and what `XmlStream.read` raises.
    Format: OpenCover 4, coverlet 3 to 8.
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
        self.summary: dict[str, str] = {}
        self.points = 0
        self.visited = 0
        self.homeless = 0
        self._paths: dict[str, str] = {}
        self._method_file = ""
        self._lines = 0

    def read(self) -> None:
        starts = {
            "Summary": self._start_summary,
            "File": self._start_file,
            "Method": self._start_method,
            "FileRef": self._start_reference,
            "SequencePoint": self._start_point,
            "BranchPoint": self._start_branch,
        }
        self.stream.read(starts, {})

    def _start_summary(self, attributes: dict[str, str]) -> None:
        if len(self.stream.path) == 2:
            self.summary = attributes

    def _start_file(self, attributes: dict[str, str]) -> None:
        path = attributes.get("fullPath", "").replace("\\", "/")
        if not path:
            raise self.stream.refusal("bad-xml", "a <File> without a fullPath", _MEND)
        self._paths[attributes.get("uid", "")] = path

    def _start_method(self, _attributes: dict[str, str]) -> None:
        self._method_file = ""

    def _start_reference(self, attributes: dict[str, str]) -> None:
        self._method_file = attributes.get("uid", "")

    def _start_point(self, attributes: dict[str, str]) -> None:
        hit = self._count("vc", attributes, HITS) > 0
        self.points += 1
        self.visited += hit
        first = self._count("sl", attributes)
        if first == _HIDDEN:
            return
        last = self._count("el", attributes) if "el" in attributes else first
        if last < first:
            raise self.stream.refusal("bad-count", f"a <SequencePoint> from line {first} to line {last}", _MEND)
        self._lines += last - first + 1
        if self._lines > LINE_LIMIT:
            raise self.stream.refusal("bad-count", f"sequence points over more than {LINE_LIMIT} lines", _MEND)
        file = self._file(attributes)
        for number in range(first, last + 1):
            file.line(number, hit)

    def _start_branch(self, attributes: dict[str, str]) -> None:
        if "sl" not in attributes:  # as before OpenCover 4.6
            self.homeless += 1
            return
        line, taken = self._count("sl", attributes), self._count("vc", attributes, HITS) > 0
        if line != _HIDDEN:
            name = branch_name(*(attributes.get(key, "") for key in ("offset", "offsetend", "path")))
            self._file(attributes).branch(line, name, taken)

    def _file(self, attributes: dict[str, str]) -> FileLines:
        uid = attributes.get("fileid") or self._method_file
        path = self._paths.get(uid)
        if path is None:
            raise self.stream.refusal("bad-count", f'the file "{visible(uid)}" is not listed in <Files>', _MEND)
        return self.files.setdefault(path, FileLines())

    def _count(self, name: str, attributes: dict[str, str], pattern: re.Pattern[str] = LINE) -> int:
        return self.stream.whole_number(name, attributes.get(name, ""), pattern)

    def facts(self) -> Iterator[Fact]:
        counted = totals(self.files.values())
        said = self.summary.get("numSequencePoints", "")
        if not counted["lines"][1]:
            yield without_lines(self.report, f'numSequencePoints="{visible(said)}"' if said.strip("0") else None, _MEND)
        claims = [
            ("numSequencePoints", self.summary.get("numSequencePoints"), self.points),
            ("visitedSequencePoints", self.summary.get("visitedSequencePoints"), self.visited),
        ]
        for path in sorted(self.files):
            yield self.files.pop(path).coverage(path, with_branches=bool(counted["branches"][1]))
        yield from mismatches(self.report, list(differing(claims)))
        if self.homeless:
            message = f"{self.homeless} branch points name no line; they are left out"
            yield Warning("bad-branches", self.report.name, message)
