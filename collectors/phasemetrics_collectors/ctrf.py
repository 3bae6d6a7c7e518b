"""Reads CTRF, the Common Test Report Format: one JSON document with a list of tests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from phasemetrics.escaping import visible
from phasemetrics.evidence.model import Fact, Kind, Outcome, Report, Warning
from phasemetrics_collectors._cases import Case, Cases, more
from phasemetrics_collectors._json import looks_like_json, read
from phasemetrics_collectors._json_node import Node
from phasemetrics_collectors._junit_attributes import NANO

KIND: Final[Kind] = "junit"
_MEND = "write it again with a CTRF reporter of the test runner"
_MOST = 2**53  # of a number of milliseconds, and of a count: what JavaScript can hold
_MARK = re.compile(rb'"reportFormat"\s*:\s*"CTRF"|^[^{]*\{\s*"results"\s*:\s*\{')
_STATUS: dict[str, Outcome] = {"passed": "passed", "failed": "failed", "skipped": "skipped", "pending": "skipped"}
# What the runner itself called it, by status; letters only, in lower case.
_RAW: dict[str, dict[str, Outcome]] = {
    "passed": dict.fromkeys(("xpass", "xpassed"), "xpassed"),
    "failed": dict.fromkeys(("setupfailed", "teardownfailed", "error", "broken"), "errors"),
    "skipped": dict.fromkeys(("xfail", "xfailed"), "xfailed"),
    "pending": dict.fromkeys(("xfail", "xfailed"), "xfailed"),
    "other": {
        **dict.fromkeys(("todo", "disabled", "ignored", "notrun", "inconclusive", "focused"), "skipped"),
        **dict.fromkeys(("error", "broken", "crashed", "aborted", "interrupted", "timedout", "timeout"), "errors"),
        **dict.fromkeys(("xfail", "xfailed"), "xfailed"),
        **dict.fromkeys(("xpass", "xpassed"), "xpassed"),
    },
}


def recognises(head: bytes) -> bool:
    """Return whether `head` begins JSON that calls itself CTRF, or that begins with its `results`."""
    return looks_like_json(head) and _MARK.search(head.replace(b"\0", b"")) is not None


def collect(report: Report) -> Iterator[Fact]:
    """Yield what one report adds up to: `tests`, `tests.flaky`, `tests.duration`, `tests.wall`, and warnings.

    Each of `results.tests` is one case with its final outcome; attempts before it are not. `pending` is skipped. The
    `rawStatus` tells expected failures from skips, errors from failures, and what is `other` (`todo`, `timedOut`, …);
    where it says nothing, `other` is skipped, with a warning. A case that passed and is `flaky`, or was retried, has
    passed and counts in `tests.flaky`.
    Seconds, from milliseconds; `tests.wall` is from `start` to `stop` of the summary. Both are left out where all that
    stands there is 0. Raises `Refusal` with the JSON path for what is no CTRF. Format: the schema of CTRF, 0.0 and on;
    of its required members only `name` and `status` of a test are needed.
    """
    results = read(report, _MEND).need("results")
    reading = _Reading(report)
    for test in results.need("tests").items():
        reading.add(test)
    summary = results.find("summary")
    if summary is not None:
        reading.hold_against(summary)
    yield from reading.facts()


class _Reading:
    """What the tests of one report add up to."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.cases = Cases(report)
        self.stated: dict[str, int] = dict.fromkeys(("tests", "passed", "failed", "skipped", "pending", "other"), 0)
        self.mismatches: list[str] = []
        self.unknown: list[str] = []

    def add(self, test: Node) -> None:
        """Count one test."""
        name, status = _text(test, "name"), test.need("status").text()
        case = Case(name, _suite(test), _text(test, "filePath").replace("\\", "/"), _tags(test))
        outcome = self._outcome(status, _text(test, "rawStatus"))
        self.stated["tests"] += 1
        self.stated[status if status in _STATUS else "other"] += 1
        self.cases.add(case, outcome)
        self.cases.flaky += outcome == "passed" and _is_flaky(test)
        self.cases.compare(name, (case.name, case.classname, case.path))
        milliseconds = _number(test, "duration")
        seconds = None if milliseconds is None else milliseconds / 1000
        self.cases.took(name, seconds, f"duration {milliseconds}")

    def _outcome(self, status: str, raw: str) -> Outcome:
        known = _RAW[status if status in _STATUS else "other"]
        for said in (raw, status):
            if found := known.get(re.sub("[^a-z]", "", said.lower())):
                return found
        if status not in _STATUS:
            self.unknown.append(raw or status)
        return _STATUS.get(status, "skipped")

    def hold_against(self, summary: Node) -> None:
        """Compare the totals of the report with its tests, and take its time."""
        for name, counted in self.stated.items():
            node = summary.find(name)
            if node is not None and node.value != counted:
                self.mismatches.append(f"{name} {visible(str(node.value))} where {counted} were counted")
        start, stop = _number(summary, "start"), _number(summary, "stop")
        if start and stop and start > stop:
            self.cases.wall.doubt("summary", f"start {start:g} and stop {stop:g}")
        elif start and stop and start < stop:
            self.cases.wall.believe(round((stop - start) / 1000 * NANO))

    def facts(self) -> Iterator[Fact]:
        if not self.cases.duration.total:  # a required number that the reporter did not know
            self.cases.duration.believed = 0
        yield from self.cases.facts()
        if self.mismatches:
            message = f"the summary says {', '.join(self.mismatches)}; the tests were counted"
            yield Warning("attribute-mismatch", self.report.name, message)
        if self.unknown:
            said = f'a test has the status "{visible(self.unknown[0])}"{more(len(self.unknown))}'
            message = f"{said}, which does not say how it ended; counted as skipped"
            yield Warning("unknown-status", self.report.name, message)


def _text(node: Node, key: str) -> str:
    found = node.find(key)
    return "" if found is None or found.value is None else found.text()


def _number(node: Node, key: str) -> float | None:
    found = node.find(key)
    return None if found is None or found.value is None else found.number(-_MOST, _MOST)


def _suite(test: Node) -> str:
    """Return the suites that a test is in, outermost first; the first releases wrote them as one text."""
    found = test.find("suite")
    if found is None or found.value is None:
        return ""
    return " > ".join(one.text() for one in found.items()) if isinstance(found.value, list) else found.text()


def _tags(test: Node) -> frozenset[str]:
    found = test.find("tags")
    if found is None or found.value is None:
        return frozenset()
    return frozenset(one.text().removeprefix("@") for one in found.items())


def _is_flaky(test: Node) -> bool:
    flaky = test.find("flaky")
    if flaky is not None and isinstance(flaky.value, bool):
        return flaky.value
    return (_number(test, "retries") or 0) > 0
