"""Reads TRX, the test results of Visual Studio, `dotnet test --logger trx` and vstest."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from phasemetrics.escaping import visible
from phasemetrics.evidence.model import Fact, Kind, Report, Warning
from phasemetrics_collectors._cases import FAILING, Case, Cases, more
from phasemetrics_collectors._junit_attributes import NANO
from phasemetrics_collectors._trx_results import OUTCOMES, RESULTS, Open, seconds
from phasemetrics_collectors._trx_tests import Definitions
from phasemetrics_collectors._xml import Start, XmlStream, begins

KIND: Final[Kind] = "junit"
ROOTS = frozenset({"TestRun"})
MEND = "name a report that `dotnet test --logger trx` wrote"
_STOPPED = frozenset({"Aborted", "Disconnected", "InProgress", "Pending"})
_STATED = {"total": None, "passed": "Passed", "failed": "Failed"}  # the other counters are 0 in many reports


def recognises(head: bytes) -> bool:
    """Return whether `head` begins an XML file whose root is `TestRun`."""
    return begins(head, ROOTS)


def collect(report: Report) -> Iterator[Fact]:
    """Yield what one report adds up to: `tests`, `tests.duration`, `tests.wall`, and warnings.

    Every result counts once. One that holds others (the rows of a data-driven test, an ordered test) is a case only
    where it fails though nothing inside it did. Timeout, Aborted, Disconnected and InProgress are errors, and so is a
    result without an outcome: the logger leaves out its first value, Error. NotExecuted, NotRunnable, Inconclusive and
    Pending are skipped; Completed, Warning and PassedButRunAborted passed. TRX has no word for flaky cases, and knows
    no source files: the class of a test stands for its file.
    Seconds; `tests.wall` is from `start` to `finish` of the run. The file is read twice, because the classes stand
    behind the results. Raises `Refusal` (see `XmlStream.read`). Format: the schema vstst.xsd, TeamTest 2006 and 2010.
    """
    definitions = Definitions(XmlStream(report, ROOTS, MEND))
    definitions.read()
    reading = _Reading(report, definitions)
    reading.read()
    yield from reading.facts()


class _Reading:
    """What the results of one report add up to, element by element."""

    def __init__(self, report: Report, definitions: Definitions) -> None:
        self.report = report
        self.definitions = definitions
        self.cases = Cases(report)
        self.raw: Counter[str] = Counter()  # of the cases
        self.all: Counter[str] = Counter()  # of those that hold others, too: vstest counts these
        self.unknown: list[str] = []
        self.mismatches: list[str] = []
        self.failing = False
        self.outcome = ""
        self._open: list[Open] = []

    def read(self) -> None:
        stream = XmlStream(self.report, ROOTS, MEND)
        starts: dict[str, Start] = {
            **dict.fromkeys(RESULTS, self._start),
            "Times": self._times,
            "Counters": functools.partial(self._counters, stream),
            "ResultSummary": self._summary,
        }
        stream.read(starts, dict.fromkeys(RESULTS, self._end))

    def _start(self, attributes: dict[str, str]) -> None:
        self._open.append(Open(attributes))

    def _end(self) -> None:
        found = self._open.pop()
        said = found.attributes.get("outcome", "Error")
        outcome = OUTCOMES.get(said, "skipped")
        self.all[said] += 1
        failing = outcome in FAILING
        if not found.inner or (failing and not found.failing):
            self._count(found, said)
        if self._open:
            self._open[-1].inner += 1
            self._open[-1].failing |= failing or found.failing

    def _count(self, found: Open, said: str) -> None:
        get = found.attributes.get
        name, test = get("testName", ""), get("testId", "")
        known = self.definitions.of(test)
        if said not in OUTCOMES:
            self.unknown.append(said)
        outcome = OUTCOMES.get(said, "skipped")
        self.raw[said] += 1
        self.failing |= outcome in FAILING
        self.cases.add(Case(name, known.classname, known.classname, known.markers), outcome)
        if not self._open:  # the rows of a data-driven test may well have one name
            self.cases.compare(name, (test, name))
        duration = get("duration")
        self.cases.took(name, seconds(duration) if duration else None, f'duration="{visible(duration or "")}"')

    def _times(self, attributes: dict[str, str]) -> None:
        texts = [attributes.get(name, "") for name in ("start", "finish")]
        try:
            start, finish = (datetime.fromisoformat(text) for text in texts)
            wall = (finish - start).total_seconds()
        except (ValueError, TypeError, OverflowError):
            wall = -1.0 if any(texts) else 0.0
        if wall < 0:
            self.cases.wall.doubt("Times", f'start="{visible(texts[0])}" finish="{visible(texts[1])}"')
        elif wall:
            self.cases.wall.believe(round(wall * NANO))

    def _counters(self, stream: XmlStream, attributes: dict[str, str]) -> None:
        if stream.path[-2:-1] != ["ResultSummary"]:
            return
        for name, outcome in _STATED.items():
            counts = [count[outcome] if outcome else count.total() for count in (self.raw, self.all)]
            text = attributes.get(name)
            if text and text.strip() not in map(str, counts):
                self.mismatches.append(f'{name}="{visible(text)}" where {counts[0]} were counted')

    def _summary(self, attributes: dict[str, str]) -> None:
        self.outcome = attributes.get("outcome", "")

    def facts(self) -> Iterator[Fact]:
        yield from self.cases.facts()
        for code, message in self._warnings():
            yield Warning(code, self.report.name, message)

    def _warnings(self) -> Iterator[tuple[str, str]]:
        if OUTCOMES.get(self.outcome) in FAILING and not self.failing and self.outcome not in _STOPPED:
            self.mismatches.append(f'outcome="{visible(self.outcome)}" where no case failed')
        if self.mismatches:
            yield "attribute-mismatch", f"<ResultSummary> says {', '.join(self.mismatches)}; the results were counted"
        if self.outcome in _STOPPED:
            yield "cut-off", f"the run ended {self.outcome}: tests that never ran are not in the report"
        if self.unknown:
            said = f'a test has the outcome "{visible(self.unknown[0])}"{more(len(self.unknown))}'
            yield "unknown-status", f"{said}, which does not say how it ended; counted as skipped"
