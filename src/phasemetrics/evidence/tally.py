"""Adds up the test cases of many reports: by outcome, by test file, by group."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from phasemetrics.evidence.model import OUTCOMES, Measurement, Metric, TestCount


@dataclass(slots=True)
class Tally:
    """The test cases that have been counted so far. The order in which they come makes no difference."""

    outcomes: Counter[str] = field(default_factory=Counter)
    files: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    groups: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    counted_in: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    cases: Counter[str] = field(default_factory=Counter)

    def add(self, fact: Measurement, report: str) -> None:
        """Add a count of cases, `tests` or `tests.group`, of the report called `report`."""
        outcome, count = fact.labels["outcome"], int(fact.value)
        if fact.name == "tests":
            self.outcomes[outcome] += count
            self.cases[report] += count
            self.files[fact.labels.get("path", "")][outcome] += count
        else:
            self.groups[fact.labels["group"]][outcome] += count
            self.counted_in[fact.labels["group"]].add(report)

    def empty(self) -> set[str]:
        """Return the reports without a case, such as that of a shard for which no test was left."""
        return {report for report, count in self.cases.items() if not count}

    def metrics(self) -> dict[str, Metric]:
        """Return the counts of all cases; nothing where no report counts any, not even 0 of them."""
        if not self.outcomes:
            return {}
        found = {"tests.total": Metric(sum(self.outcomes.values()), "count")}
        for outcome in OUTCOMES:
            found[f"tests.{outcome}"] = Metric(self.outcomes[outcome], "count")
        return found | {"tests.flaky": Metric(0, "count")}

    def tested(self) -> tuple[TestCount, ...]:
        """Return the cases of each test file, sorted by path."""
        # A report without a case has no file to speak of: that is worth a line only where it is all there is.
        unnamed = len(self.files) > 1 and "" in self.files and not self.files[""].total()
        return tuple(_count(path, self.files[path]) for path in sorted(self.files) if path or not unnamed)

    def grouped(self, reports: int) -> tuple[TestCount, ...]:
        """Return the cases of each group, sorted by its name, where all of the test `reports` were counted by it."""
        # Without those of a collector that knows no groups it would be a number that nobody measured.
        whole = (name for name in sorted(self.groups) if len(self.counted_in[name]) == reports)
        return tuple(_count(name, self.groups[name]) for name in whole)


def _count(name: str, outcomes: Counter[str]) -> TestCount:
    return TestCount(name, outcomes["passed"], outcomes["failed"] + outcomes["errors"], outcomes.total())
