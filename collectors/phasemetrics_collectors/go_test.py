"""Reads what `go test -json` prints: the events of test2json, one a line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from phasemetrics.escaping import visible
from phasemetrics.evidence.model import Fact, Kind, Report, Warning
from phasemetrics.limits import limits
from phasemetrics_collectors._cases import Case, Cases, more, too_many_cases
from phasemetrics_collectors._go_events import event_of, is_event
from phasemetrics_collectors._go_package import OWN, Package
from phasemetrics_collectors._junit_attributes import NANO
from phasemetrics_collectors._report_lines import first_lines, lines

KIND: Final[Kind] = "junit"

_ENDS = frozenset({"pass", "fail", "skip", "bench"})
_NOT_BUILT = re.compile(r"FAIL\t(\S+) \[(?:build|setup) failed\]\s*")
_BACK = 1.0  # seconds: events of packages that run side by side are not quite in order


def recognises(head: bytes) -> bool:
    """Return whether one of the first lines is an event of test2json."""
    return any(is_event(line) for line in first_lines(head))


def collect(report: Report) -> Iterator[Fact]:
    """Yield what one report adds up to: `tests`, `tests.flaky`, `tests.duration`, `tests.wall`, and warnings.

    A case is a test, an example, a fuzz test or a subtest that holds no other: its parent ends with it, and is a case
    only where it fails though nothing inside it did. `go test` itself counts nothing, so this is what `--- FAIL` lines
    blame. A package that does not build, or that fails outside of its tests (`TestMain`, a race, a time-out between
    two tests), is one case more, an error, and a warning. A test that began and never ended is an error; in a package
    that passed it has passed. Benchmarks count only where they fail.

    What `-count` repeats is one case under its most severe outcome. A package that ran again in one file was run again
    (`gotestsum --rerun-fails`): what failed first and then passed has passed, and is flaky. There are no files in this
    format, so the import path of the package stands for them.
    Seconds; `tests.wall` is from the first event to the last, unknown where a package was cached.
    Raises `Refusal` with line and column for a line that begins like an event and is none. Format: test2json of Go
    1.10 to 1.25; lines that are no JSON are what the build printed, and are only counted.
    """
    reading = _Reading(report)
    for number, line, whole in lines(report):
        reading.line(number, line, whole)
    yield from reading.facts()


class _Reading:
    """What one report adds up to, event by event."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.packages: dict[str, Package] = {}
        self.builds: dict[str, None] = {}  # failed ones that no package was blamed on yet
        self.foreign: list[int] = []
        self.untimed = False
        self.first: datetime | None = None
        self.last: datetime | None = None
        self.cases = Cases(report)
        self._kept = 0  # packages, and tests that ran

    def line(self, number: int, line: str, whole: bool) -> None:
        """Take one line."""
        if line.lstrip().startswith("{"):
            self._event(event_of(self.report, number, line, whole))
        elif failed := _NOT_BUILT.fullmatch(line):  # before Go 1.20 it stood among the events as it was
            package = self._package(failed[1])
            package.not_built()
            package.end("fail")
        elif line.strip():
            self.foreign = [self.foreign[0] if self.foreign else number, (self.foreign or [0, 0])[1] + 1]

    def _package(self, name: str) -> Package:
        if name not in self.packages:
            self._keep_one()
            self.packages[name] = Package()
        return self.packages[name]

    def _keep_one(self) -> None:
        # Tests are told of when their package ends, which it may never do.
        self._kept += 1
        if self._kept > limits().elements:
            raise too_many_cases(self.report)

    def _event(self, event: dict[str, Any]) -> None:
        action, name, test = event["Action"], event.get("Package", ""), event.get("Test")
        if action == "build-fail":
            self.builds[event.get("ImportPath", "")] = None
        if "ImportPath" in event:
            return
        if "Time" in event:
            self._time(event["Time"])
        package = self._package(name)
        if action == "output" and test is None:
            self._said(package, event.get("Output", ""))
        elif action == "run" and test is not None:
            self._keep_one()
            package.begin(test)
        elif action in _ENDS and test is not None:
            package.end_test(test, action, event.get("Elapsed"))
        elif action in _ENDS:
            if (build := event.get("FailedBuild")) is not None:
                self.builds.pop(build, None)
                package.not_built()
            package.end(action)
        elif action == "start":
            package.start()

    def _said(self, package: Package, output: str) -> None:
        if output.startswith("FAIL\t") and _NOT_BUILT.fullmatch(output):
            package.not_built()
        elif output.startswith("ok ") and output.rstrip().endswith("(cached)"):
            self.untimed = True

    def _time(self, text: str) -> None:
        try:
            time = datetime.fromisoformat(text)
            if self.last is not None and (self.last - time).total_seconds() > _BACK:
                self.untimed = True  # files of several runs, one after the other
        except (ValueError, TypeError, OverflowError):
            self.cases.wall.doubt("an event", f'Time="{visible(text)}"')
            return
        self.first, self.last = self.first or time, max(self.last or time, time)

    def facts(self) -> Iterator[Fact]:
        for build in self.builds:
            self._package(build.partition(" ")[0]).not_built()
        for name, package in self.packages.items():
            package.close()
            self._count(name, package)
        if self.first and self.last and not self.untimed and self.last > self.first:
            self.cases.wall.believe(round((self.last - self.first).total_seconds() * NANO))
        yield from self.cases.facts()
        for code, message in self._warnings():
            yield Warning(code, self.report.name, message)

    def _count(self, package: str, found: Package) -> None:
        for name, test in found.cases():
            self.cases.add(Case(name or package, package, package), test.outcome)
            self.cases.flaky += test.flaky
            self.cases.took(name or package, test.elapsed, f"Elapsed={visible(str(test.elapsed))}")

    def _warnings(self) -> Iterator[tuple[str, str]]:
        found = self.packages.items()
        failed = [name for name, package in found if OWN in package.tests]
        if failed:
            name = failed[0]
            what = "did not build" if self.packages[name].unbuilt else "failed outside of its tests"
            yield "package-failed", f"{visible(name)} {what}{more(len(failed))}; each is counted as an error"
        unended = [(name, test) for name, package in found for test in package.unended]
        if unended:
            name, test = unended[0]
            yield "cut-off", f"{visible(test)} of {visible(name)} began and did not end{more(len(unended))}"
        cut = [name for name, package in found if package.cut]
        if cut:
            yield "cut-off", f"{visible(cut[0])} began and did not end{more(len(cut))}: the run was stopped"
        repeated = [test for _, package in found for test in package.repeated]
        if repeated:
            message = f'"{visible(repeated[0])}" ran several times{more(len(repeated))}'
            yield "repeated-case", f"{message}; its most severe outcome was counted"
        if self.foreign:
            first, count = self.foreign
            yield "foreign-lines", f"{count} lines are no events, the first is line {first}; they were passed over"
