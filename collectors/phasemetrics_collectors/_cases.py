"""The test cases of one report, added up by file, group and outcome, and the facts that they come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from phasemetrics.errors import Refusal
from phasemetrics.escaping import visible
from phasemetrics.evidence.model import OUTCOMES, Fact, Measurement, Outcome, Report, Warning
from phasemetrics.limits import limits, raising
from phasemetrics_collectors._json_node import spelled
from phasemetrics_collectors._junit_attributes import LONGEST, NANO, Times

PLACES = 100_000  # what is beyond counts for no file in particular: some runners make up a class name for each case
FAILING: frozenset[Outcome] = frozenset({"failed", "errors"})
Key: TypeAlias = tuple[str, tuple[str, ...], Outcome]  # file, groups


@dataclass(frozen=True, slots=True)
class Case:
    """What a report says of one test case: its names, the `path` of its file (or what stands for it), its markers."""

    name: str
    classname: str = ""
    path: str = ""
    markers: Collection[str] = ()


class Cases:
    """The cases of one report so far; nothing is kept of a case but what it adds to."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.counts: Counter[Key] = Counter()
        self.flaky = 0
        self.duration = Times()
        self.wall = Times()
        self._places: set[str] = set()
        self._last: object = None
        self._repeats = 0
        self._repeated = ""
        self._left = limits().elements

    def key(self, case: Case, outcome: Outcome) -> Key:
        """Return what one case more counts under."""
        self.took_one()
        path = spelled(case.path)
        groups = self.report.groups
        found = groups.of(case.name, case.classname, path, case.markers) if groups else ()
        if path not in self._places:
            if len(self._places) >= PLACES:
                return "", found, outcome
            self._places.add(path)
        return path, found, outcome

    def took_one(self) -> None:
        """Take note that there was one case more, or one plan; raise Refusal `too-many-cases` for one too many."""
        self._left -= 1
        if self._left < 0:
            raise too_many_cases(self.report)

    def add(self, case: Case, outcome: Outcome) -> None:
        """Count a case once."""
        self.counts[self.key(case, outcome)] += 1
        if self.report.named:
            self.report.named.add(case.name, case.classname, spelled(case.path), outcome)

    def took(self, name: str, seconds: float | None, said: str) -> None:
        """Add the time of a case, None where there is none; `said` quotes the report, for a time that cannot be."""
        if seconds is None:
            self.duration.absent += 1
        elif 0 <= seconds <= LONGEST:
            self.duration.believe(round(seconds * NANO))
        else:
            self.duration.doubt(name, said)

    def compare(self, name: str, identity: object) -> None:
        """Take note of a case that is the same as the one before it."""
        if identity == self._last:
            self._repeats += 1
            self._repeated = self._repeated or visible(name)
        self._last = identity

    def facts(self) -> Iterator[Fact]:
        """Yield what the cases come to, with the warnings that all formats share."""
        files: Counter[tuple[str, Outcome]] = Counter()
        groups: Counter[tuple[str, Outcome]] = Counter()
        for (path, names, outcome), count in self.counts.items():
            files[path, outcome] += count
            for name in names:
                groups[name, outcome] += count
        yield from case_facts(files)
        if self.report.groups:
            yield from group_facts(self.report.groups.names, groups)
        yield from time_facts(self.flaky, self.duration.seconds(), self.wall.seconds(complete=True))
        for code, message in self._warnings():
            yield Warning(code, self.report.name, message)

    def _warnings(self) -> Iterator[tuple[str, str]]:
        if not self.counts:
            yield "no-cases", "holds no test case: no test ran, or the report is not complete"
        for times, metric in ((self.duration, "tests.duration"), (self.wall, "tests.wall")):
            if times.doubted:
                yield "bad-time", f"{times.first}, which cannot be{more(times.doubted)}; {metric} is left out"
        if self._repeats:
            yield "repeated-case", f'"{self._repeated}" stands twice in a row{more(self._repeats)}; each was counted'


def too_many_cases(report: Report) -> Refusal:
    """Return the refusal of a report with more cases, or what is kept like one, than the limit."""
    message = f"holds more than {limits().elements} test cases, plans or packages, the limit"
    return Refusal("too-many-cases", message, path=report.name, mend=raising("elements"))


def case_facts(counts: Mapping[tuple[str, Outcome], int]) -> Iterator[Measurement]:
    """Yield the count of each file and outcome; no case at all has been counted, too."""
    for (path, outcome), count in sorted(counts.items()) or [(("", OUTCOMES[0]), 0)]:
        yield Measurement("tests", count, "count", {"outcome": outcome, "path": path})


def group_facts(names: Sequence[str], counts: Mapping[tuple[str, Outcome], int]) -> Iterator[Measurement]:
    """Yield the count of each group and outcome; a group without a case has been counted, too."""
    for group in names:
        found = [(outcome, counts.get((group, outcome), 0)) for outcome in OUTCOMES]
        for outcome, count in [one for one in found if one[1]] or [(OUTCOMES[0], 0)]:
            yield Measurement("tests.group", count, "count", {"group": group, "outcome": outcome})


def time_facts(flaky: int, duration: float | None, wall: float | None) -> Iterator[Measurement]:
    """Yield how many cases were flaky, and the two times where they are known."""
    if flaky:
        yield Measurement("tests.flaky", flaky, "count")
    if duration is not None:
        yield Measurement("tests.duration", duration, "second")
    if wall is not None:
        yield Measurement("tests.wall", wall, "second")


def more(count: int) -> str:
    """Return what stands behind the first of `count` things."""
    return f" (and {count - 1} more)" if count > 1 else ""
