"""Reads TAP, the Test Anything Protocol, 12 to 14, as perl, node, vitest, mocha and many others print it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from phasemetrics.errors import Refusal
from phasemetrics.escaping import visible
from phasemetrics.evidence.model import Fact, Kind, Report, Warning
from phasemetrics_collectors._cases import Cases, more
from phasemetrics_collectors._junit_attributes import NANO
from phasemetrics_collectors._report_lines import first_lines, lines
from phasemetrics_collectors._tap_lines import Yaml, file_in, is_point, point_of
from phasemetrics_collectors._tap_stream import Stream

KIND: Final[Kind] = "junit"

_VERSION = re.compile(r"TAP version (\d{1,9})\s*", re.IGNORECASE | re.ASCII)
_KNOWN = {"12", "13", "14"}
_PLAN = re.compile(r"1\.\.(\d{1,9})\s*(?:#.*)?", re.ASCII | re.DOTALL)
_BAIL = re.compile(r"(?:Bail out!|Bailout called\.  Further testing stopped:)\s*(.*)", re.IGNORECASE | re.DOTALL)
_SUBTEST = re.compile(r"# Subtest(?:: (.*))?", re.DOTALL)
_WALL = re.compile(r"# duration_ms (\d{1,12}(?:\.\d{1,9})?)\s*", re.ASCII)
_HEADER = re.compile(r"(\S.{0,500}?) \.{2,}\s*(?:skipped:.*)?", re.DOTALL)  # `prove --verbose`


def recognises(head: bytes) -> bool:
    """Return whether there is a version among the first lines, or the first that says something is TAP."""
    found = [line for line in first_lines(head) if line.strip() and not line.lstrip().startswith("#")]
    if any(_VERSION.fullmatch(line) for line in found):
        return True
    said = [line for line in found if not _HEADER.fullmatch(line)]
    first = said[0].strip() if said else ""
    return bool(_PLAN.fullmatch(first) or _BAIL.fullmatch(first) or is_point(first))


def collect(report: Report) -> Iterator[Fact]:
    """Yield what one report adds up to: `tests`, `tests.duration`, `tests.wall`, and warnings.

    A case is a test point; one that ends a subtest is a case only where it fails though nothing inside it did. A point
    with the directive SKIP is skipped, `not ok` with TODO is `xfailed` and `ok` with TODO is `xpassed`. What fails
    inside a subtest that is TODO as a whole is `xfailed`, too. `Bail out!` is one case more, an error, and a warning.
    Plans are only held against the points.
    Seconds: `duration_ms` in the YAML block of a point (node), `# time=5ms` behind it (vitest, node-tap); `tests.wall`
    is node's `# duration_ms`. The file is the outermost subtest where that is named like one, and the one that
    `prove --verbose` names above its points. Several streams may stand in one file, one after the other.
    Raises `Refusal`: `wrong-format` for another version. Lines that are no TAP are what the tests printed.
    """
    reading = _Reading(report)
    for number, line, _ in lines(report):
        reading.line(number, line)
    yield from reading.facts()


class _Reading:
    """What one report adds up to, line by line."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.cases = Cases(report)
        self.stream = Stream(self.cases)
        self.yaml: Yaml | None = None
        self.bail: str | None = None  # the reason that was given first
        self.proved = False  # by `prove --verbose`, which says `ok` of a whole file

    def line(self, number: int, line: str) -> None:
        """Take one line."""
        if self.yaml and self.yaml.holds(line):
            self.stream.took(self.yaml.seconds)
            return
        self.yaml = Yaml.begun_by(line) if self.stream.at_point else None
        if self.yaml or not line.strip():
            return
        body = line.lstrip(" ")
        indent = len(line) - len(body)
        if indent == 0:
            self._outermost(number, line)
        if indent % 4 == 0:
            self._element(indent // 4, body.rstrip())

    def _outermost(self, number: int, line: str) -> None:
        """Take what stands at the left margin only."""
        if line[0] in "Tt" and (version := _VERSION.fullmatch(line)):
            if version[1] not in _KNOWN:
                message = f"line {number}: is TAP version {version[1]}, not 12, 13 or 14"
                mend = "write it as one of these"
                raise Refusal("wrong-format", message, path=self.report.name, line=number, column=1, mend=mend)
            self.stream.restart()
        elif line[0] == "#" and (wall := _WALL.fullmatch(line)):
            self.cases.wall.believe(round(float(wall[1]) / 1000 * NANO))
        elif " .." in line and (header := _HEADER.fullmatch(line)) and file_in(header[1]):
            self.proved = True
            self.stream.restart()
            self.stream.file = header[1]

    def _element(self, level: int, body: str) -> None:
        if body[0] == "1" and (plan := _PLAN.fullmatch(body)):
            self.stream.plan(level, int(plan[1]))
        elif body[0] == "#" and level == 0 and (subtest := _SUBTEST.fullmatch(body)):
            self.stream.name(file_in(subtest[1] or ""))
        elif body == "}":
            self.stream.close(level)
        elif body[0] == "B" and (bail := _BAIL.fullmatch(body)):
            self.bail = bail[1] if self.bail is None else self.bail
        elif (point := point_of(body)) and not (self.proved and body == "ok"):
            self.stream.point(level, point)

    def facts(self) -> Iterator[Fact]:
        self.stream.restart()
        if self.bail is not None:
            self.stream.bail_out()
        yield from self.cases.facts()
        for code, message in self._warnings():
            yield Warning(code, self.report.name, message)

    def _warnings(self) -> Iterator[tuple[str, str]]:
        if self.bail is not None:
            yield "bailed-out", f'the run was given up ("{visible(self.bail)}"); counted as an error'
        if self.stream.unplanned:
            message = f"{self.stream.unplanned} test points of a stream without a plan: it may have been cut off"
            yield "cut-off", message
        if wrong := self.stream.mismatches:
            yield "attribute-mismatch", f"{self.stream.mismatched}{more(wrong)}; the test points were counted"
