"""Reads JUnit XML, as pytest and many other test runners write it: cases are counted, attributes are never believed."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from phasemetrics.escaping import visible
from phasemetrics.evidence.model import OUTCOMES, Fact, Kind, Outcome, Report, Warning
from phasemetrics_collectors._cases import PLACES, case_facts, more, time_facts
from phasemetrics_collectors._junit_attributes import Suite, Times
from phasemetrics_collectors._junit_groups import GroupCounts, case_file
from phasemetrics_collectors._xml import Start, XmlStream, begins, seen

KIND: Final[Kind] = "junit"
ROOTS = frozenset({"testsuites", "testsuite", "testcase"})
RESULTS = ("failure", "error", "skipped", "flakyFailure", "flakyError", "rerunFailure", "rerunError")
XFAIL = "pytest.xfail"
_MEND = "name a report that `pytest --junitxml=FILE` or another runner wrote"
TODO = "todo"  # node: beside a failure it was expected, alone it was not

_SUITES = ("testsuites", "testsuite")
_MEANT = frozenset({XFAIL, TODO})
_NOT_RUN = frozenset({"notrun", "disabled"})  # GoogleTest and CTest: no child says it, only `status`
_AND_TEARDOWN = ("failed", "errors")  # pytest writes two cases of one name for a test that also failed in teardown
_Key: TypeAlias = tuple[str | None, str | None, Outcome]  # file, classname


def recognises(head: bytes) -> bool:
    """Return whether `head` begins an XML file with a suite or a case among the elements that can be seen."""
    return begins(head, ROOTS) or not ROOTS.isdisjoint(seen(head))


def collect(report: Report) -> Iterator[Fact]:
    """Yield what one report adds up to: `tests`, `tests.flaky`, `tests.duration`, `tests.wall`, and warnings.

    With `report.groups`, `tests.group` as well. Every `<testcase>` counts once, under its most severe outcome; a test
    that failed and then failed in teardown is two elements in pytest's report and two in its summary ("1 failed, 1
    error"), so it is two here. pytest writes an unexpected pass as a failure (strict) or as a plain pass, without a
    mark; `xpassed` comes from node alone.
    Seconds; `tests.duration` is the sum over the cases, `tests.wall` what the outermost suites say.
    Raises `Refusal` (see `XmlStream.read`). Format: the JUnit dialects of pytest (xunit1, xunit2), Surefire,
    GoogleTest, jest-junit and their like, under any root, with or without namespaces; there is no standard.
    """
    reading = _Reading(report)
    reading.read()
    yield from reading.facts()


@functools.cache
def judge(children: frozenset[tuple[str, str]]) -> tuple[Outcome, bool]:
    """Return the outcome of a case with these result `children` (tag, type), and whether it passed after a rerun."""
    # Imported here, because a report of passes only does not need it; a stdlib element, because junitparser takes
    # lxml on its own where it is installed. Cached, because there are few combinations and may be many skips.
    from xml.etree.ElementTree import Element, SubElement

    from junitparser.xunit2 import TestCase

    element = Element("testcase")
    for tag, type_ in sorted(children):
        SubElement(element, tag, {"type": type_})
    parse: Callable[[Element], TestCase] = TestCase.fromelem  # it has no types of its own
    case = parse(element)
    if ("skipped", TODO) in children:
        return ("xfailed" if case.is_error or case.is_failure else "xpassed"), False
    if case.is_error:
        return "errors", False
    if case.is_failure:
        return "failed", False
    if case.is_skipped:
        return "xfailed" if all(result.type == XFAIL for result in case.result) else "skipped", False
    return "passed", case.is_flaky or case.is_rerun


class _Reading:
    """What one report adds up to, element by element."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.stream = XmlStream(report, ROOTS, _MEND, any_root=True)
        self.counts: dict[_Key, int] = {}
        self.totals: dict[Outcome, int] = dict.fromkeys(OUTCOMES, 0)
        self.flaky = 0
        self.duration = Times()
        self.wall = Times()
        self.mismatches = 0
        self.mismatched = ""
        self.repeats = 0
        self.repeated = ""
        self.suites = 0
        self._suites: list[Suite] = []
        self._cases: list[dict[str, str]] = []  # the open ones: a case may stand in a case
        self._results: dict[int, set[tuple[str, str]]] = {}  # of the open cases that have any, by depth
        self.groups = GroupCounts(report.groups, self.stream.path, self._cases) if report.groups else None
        self.named = report.named
        self.file_of = functools.lru_cache(4096)(case_file)
        self._last: tuple[dict[str, str], Outcome] = ({}, "passed")

    def read(self) -> None:
        starts: dict[str, Start] = {tag: functools.partial(self._start_suite, tag) for tag in _SUITES}
        starts |= {tag: functools.partial(self._result, tag) for tag in RESULTS}
        starts["testcase"] = self._cases.append
        ends = {"testcase": self._end_case, **dict.fromkeys(_SUITES, self._end_suite)}
        if self.groups:  # nobody else pays for them
            starts["property"] = self.groups.property
            ends["testcase"] = functools.partial(self._end_grouped, self.groups)
        self.stream.read(starts, ends)
        if self.stream.foreign and not (self.counts or self.suites):
            raise self.stream.foreign

    def _end_grouped(self, groups: GroupCounts) -> None:
        self._end_case()
        groups.count(*self._last)

    def _start_suite(self, tag: str, attributes: dict[str, str]) -> None:
        self.suites += 1
        self._suites.append(Suite(tag, attributes, Counter(self.totals)))

    def _end_suite(self) -> None:
        suite = self._suites.pop()
        counted = Counter(self.totals) - suite.before
        if self._suites:
            self._suites[-1].nested += counted
        mismatch = suite.mismatch(counted)
        if mismatch:
            self.mismatches += 1
            self.mismatched = self.mismatched or mismatch
        self._add_wall(suite, loose=counted != suite.nested)

    def _add_wall(self, suite: Suite, loose: bool) -> None:
        depth = len(self._suites) + 1 if self.stream.foreign else len(self.stream.path)
        if depth == 0 and (suite.tag == "testsuite" or suite.attributes.get("time")):
            self.wall = Times()  # what the root says is the time of all; the suites inside may have run side by side
            self.wall.add(suite.attributes)
        elif depth == 1 or (depth == 0 and loose):  # loose cases, outside of all suites: nobody gives their time
            self.wall.add(suite.attributes)

    def _result(self, tag: str, attributes: dict[str, str]) -> None:
        if self._cases:
            said = attributes.get("type", "")
            child = tag, said if said in _MEANT else ""
            self._results.setdefault(len(self._cases), set()).add(child)

    def _end_case(self) -> None:
        results = self._results.pop(len(self._cases), None) if self._results else None
        attributes = self._cases.pop()
        get = attributes.get
        outcome: Outcome = "passed"
        if results:
            outcome, flaky = judge(frozenset(results))
            self.flaky += flaky
        elif get("status") in _NOT_RUN:
            outcome = "skipped"
        key = get("file"), get("classname"), outcome
        try:
            self.counts[key] += 1
        except KeyError:
            self._first_of(key)
        self.totals[outcome] += 1
        if self.named and not self.named.full:
            self.named.add(get("name", ""), key[1] or "", self.file_of(key[0], key[1]), outcome)
        self.duration.add(attributes)
        last, before = self._last
        if get("name") == last.get("name") and (before, outcome) != _AND_TEARDOWN:
            self._compare(attributes, last)
        self._last = attributes, outcome

    def _first_of(self, key: _Key) -> None:
        known = key if len(self.counts) < PLACES else (None, None, key[2])
        self.counts[known] = self.counts.get(known, 0) + 1

    def _compare(self, this: dict[str, str], last: dict[str, str]) -> None:
        # Only neighbours: a set of all names would need 100 bytes a case, and repeats that matter stand together.
        if this.get("name") and all(this.get(key) == last.get(key) for key in ("classname", "file")):
            self.repeats += 1
            self.repeated = self.repeated or visible(this["name"])

    def facts(self) -> Iterator[Fact]:
        counts: Counter[tuple[str, Outcome]] = Counter()
        for (file, classname, outcome), count in self.counts.items():
            counts[case_file(file, classname), outcome] += count
        yield from case_facts(counts)
        if self.groups:
            yield from self.groups.facts()
        yield from time_facts(self.flaky, self.duration.seconds(), self.wall.seconds(complete=True))
        for code, message in self._warnings():
            yield Warning(code, self.report.name, message)

    def _warnings(self) -> Iterator[tuple[str, str]]:
        if not self.counts:
            yield "no-cases", "holds no <testcase>: no test ran, or the report is not complete"
        for times, metric in ((self.duration, "tests.duration"), (self.wall, "tests.wall")):
            if times.doubts:
                yield "bad-time", f"{times.first}, not a number of seconds{more(times.doubts)}; {metric} is left out"
        if self.mismatches:
            yield "attribute-mismatch", f"{self.mismatched}{more(self.mismatches)}; the cases were counted"
        if self.repeats:
            yield "repeated-case", f'"{self.repeated}" stands twice in a row{more(self.repeats)}; each was counted'
