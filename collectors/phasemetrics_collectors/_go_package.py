"""The tests of one Go package as its events tell of them, run after run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from phasemetrics.evidence.model import Outcome
from phasemetrics_collectors._cases import FAILING

OWN = ""  # stands for the package where it fails by itself; no test has this name
_SEVERITY: tuple[Outcome, ...] = ("passed", "skipped", "failed", "errors")
_OUTCOME: dict[str, Outcome] = {"pass": "passed", "fail": "failed", "skip": "skipped"}
_LEVELS = 64  # how far up a parent is looked for: the name of a subtest may be all slashes


@dataclass(frozen=True, slots=True)
class Test:
    """How a test ended: its outcome, its seconds where they are known, whether it failed before it passed."""

    outcome: Outcome
    elapsed: float | None = None
    flaky: bool = False


@dataclass(slots=True)
class Package:
    """The `tests` that ended, by name; those of the run that is going on are kept apart until it ends."""

    tests: dict[str, Test] = field(default_factory=dict)
    unended: list[str] = field(default_factory=list)
    repeated: dict[str, None] = field(default_factory=dict)
    unbuilt: bool = False
    cut: bool = False
    _going: bool = False
    _open: dict[str, None] = field(default_factory=dict)
    _ended: dict[str, Test] = field(default_factory=dict)

    def start(self) -> None:
        """Note that the package runs."""
        self._going = True

    def not_built(self) -> None:
        """Note that the package did not build."""
        self._going = self.unbuilt = True

    def begin(self, name: str) -> None:
        """Note that a test runs."""
        self._going = True
        self._open[name] = None

    def end_test(self, name: str, action: str, elapsed: float | None) -> None:
        """Note how a test ended."""
        self._going = True
        self._open.pop(name, None)
        if action == "bench" or (_is_benchmark(name) and action != "fail"):
            return
        test, before = Test(_OUTCOME[action], elapsed), self._ended.get(name)
        if before is not None:
            self.repeated[name] = None
            test = Test(_worse(before, test).outcome, _sum(before.elapsed, elapsed))
        self._ended[name] = test

    def end(self, action: str) -> None:
        """Note how the package ended, and with it all of its tests."""
        for name in self._open:
            if action == "pass" and not _is_benchmark(name):
                self._ended[name] = Test("passed")
            elif action != "pass":
                self._ended[name] = Test("errors")
                self.unended.append(name)
        if action in {"fail", "cut"} and not any(test.outcome in FAILING for test in self._ended.values()):
            self._ended[OWN] = Test("errors")
        for name, test in self._ended.items():
            before = self.tests.get(name)
            self.tests[name] = test if before is None else _again(before, test)
        self._open, self._ended, self._going = {}, {}, False

    def close(self) -> None:
        """Note that the report is over; a package that did not end was cut off."""
        if self._going:
            self.cut = not self.unbuilt
            self.end("cut")

    def cases(self) -> Iterator[tuple[str, Test]]:
        """Yield the tests that are cases: those without subtests, and those that failed by themselves."""
        parents = {name: parent for name in self.tests if (parent := self._parent(name)) is not None}
        blamed: set[str] = set()
        for name, test in self.tests.items():
            above = parents.get(name) if test.outcome in FAILING else None
            while above is not None and above not in blamed:
                blamed.add(above)
                above = parents.get(above)
        holding = set(parents.values())
        for name, test in self.tests.items():
            if name not in holding or (test.outcome in FAILING and name not in blamed):
                yield name, test

    def _parent(self, name: str) -> str | None:
        for _ in range(_LEVELS):
            name = name.rpartition("/")[0]
            if name in self.tests:
                return name or None
            if not name:
                break
        return None


def _is_benchmark(name: str) -> bool:
    return name.startswith("Benchmark")


def _worse(one: Test, other: Test) -> Test:
    return max(one, other, key=lambda test: _SEVERITY.index(test.outcome))


def _again(before: Test, test: Test) -> Test:
    """Return what a test came to that ran in two runs of its package."""
    if test.outcome == "passed" and before.outcome in FAILING:
        return Test("passed", test.elapsed, flaky=True)
    worse = _worse(before, test)
    return Test(worse.outcome, worse.elapsed, worse.outcome == "passed" and (before.flaky or test.flaky))


def _sum(one: float | None, other: float | None) -> float | None:
    return other if one is None else one if other is None else one + other
