"""Adds up the facts of many reports: by test case, by line, by run, never by averaging percentages."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import isfinite

from phasemetrics.errors import Refusal
from phasemetrics.escaping import visible
from phasemetrics.evidence.benchruns import BenchRuns
from phasemetrics.evidence.model import (
    Branches,
    Fact,
    FileCoverage,
    Machine,
    Measurement,
    Metric,
    Options,
    PathCount,
    Warning,
)
from phasemetrics.evidence.tally import Tally
from phasemetrics.evidence.unmerged import Unmerged

LAST_LINE = 10**9  # what a report numbers above that is not lines: statements without a line, names of branches


@dataclass(slots=True)
class Merged:
    """What has been added up so far. The order in which facts come makes no difference to any total."""

    tests: Tally = field(default_factory=Tally)
    sums: dict[str, list[tuple[float, str]]] = field(default_factory=lambda: defaultdict(list))
    bench: BenchRuns = field(default_factory=BenchRuns)
    units: dict[str, str] = field(default_factory=dict)
    lines: dict[str, FileCoverage] = field(default_factory=dict)
    statements: dict[str, FileCoverage] = field(default_factory=dict)
    statements_in: dict[str, str] = field(default_factory=dict)
    counted: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    counted_in: dict[tuple[str, str], str] = field(default_factory=dict)
    machines: set[Machine] = field(default_factory=set)
    warnings: list[Warning] = field(default_factory=list)
    unmerged: Unmerged = field(default_factory=Unmerged)

    def add(self, fact: Fact, report: str) -> None:
        """Add one fact of the report called `report`; raise Refusal for a number that is none."""
        if isinstance(fact, FileCoverage):
            self._add_file(fact, report)
        elif isinstance(fact, Machine):
            self.machines.add(fact)
        elif isinstance(fact, Options):
            self.bench.add_options(fact, report)
        elif isinstance(fact, Warning):
            self.warnings.append(fact)
        else:
            self._add_measurement(fact, report)

    def _add_file(self, fact: FileCoverage, report: str) -> None:
        """Add a file by its lines; by its statements where the report has no lines for them, as Go's have not."""
        files = self.lines
        if next(iter(fact.covered or fact.missing), 0) > LAST_LINE:
            files = self.statements
            self.statements_in.setdefault(fact.path, report)
        known = files.get(fact.path)
        files[fact.path] = fact if known is None else united(known, fact)

    def _add_measurement(self, fact: Measurement, report: str) -> None:
        if not isfinite(fact.value):
            mend = "write the report again"
            raise Refusal("not-a-number", f"{fact.name} is {fact.value}", path=report, mend=mend)
        if fact.name in {"tests", "tests.group"}:
            self.tests.add(fact, report)
        elif fact.name.startswith("coverage."):
            self._add_counts(fact, report)
        elif fact.name.startswith("bench."):
            self.bench.add(fact, report)
        else:
            self.sums[fact.name].append((fact.value, report))
            self.units[fact.name] = fact.unit

    def _add_counts(self, fact: Measurement, report: str) -> None:
        """Add lines or branches that a report counts without naming them; of two such counts the larger is kept."""
        path = fact.labels.get("path", "")
        other = self.counted_in.setdefault((path, fact.name), report)
        if other != report:
            reason = f"{fact.name} is counted in {visible(other)} as well, and neither names its lines"
            self.unmerged.add(report, path, reason)
        counts = self.counted[path]
        counts[fact.name] = max(counts[fact.name], int(fact.value))

    def metrics(self, reports: Mapping[str, int]) -> dict[str, Metric]:
        """Return every metric; `reports` counts the reports of each kind that were read."""
        found = self.tests.metrics()
        for name, values in self.sums.items():
            # A sum over reports of which some are silent would be a number that nobody measured.
            everyone = len({report for _, report in values} | self.tests.empty()) == reports.get("junit", 0)
            if everyone or name == "tests.flaky" or name.startswith("size."):
                found[name] = Metric(_sum(value for value, _ in values), self.units[name])
        return found | self.bench.metrics() | self._coverage()

    def _coverage(self) -> dict[str, Metric]:
        files = self.files()
        branches = any(file.branches_total for file in files) or any(
            one.branches is not None for one in self.lines.values()
        )
        lines = (sum(file.covered for file in files), sum(file.total for file in files))
        arcs = (sum(file.branches_covered for file in files), sum(file.branches_total for file in files))
        found = {"coverage.lines": lines, "coverage.statements": lines} if files else {}
        if branches:
            found["coverage.branches"] = arcs
        if files:
            # What coverage.py's own report prints as TOTAL: lines and branches together (results.py, pc_covered).
            found["coverage.total"] = (lines[0] + arcs[0], lines[1] + arcs[1])
        # 0 statements is not 0 % and not 100 %: it is nothing that could be covered.
        return {name: Metric(c / t, "ratio", covered=c, total=t) for name, (c, t) in found.items() if t}

    def files(self) -> list[PathCount]:
        """Return the covered of total lines and branches of each file, once, sorted by path."""
        found = {path: _path_count(one) for path, one in self.lines.items()}
        for path, one in self.statements.items():
            found[path] = _larger(found[path], _path_count(one)) if path in found else _path_count(one)
        for path, counts in self.counted.items():
            counted = PathCount(
                path,
                counts["coverage.lines.covered"],
                counts["coverage.lines.total"],
                counts["coverage.branches.covered"],
                counts["coverage.branches.total"],
            )
            found[path] = _larger(found[path], counted) if path in found else counted
        unnamed = found.get("")
        if unnamed is not None and len(found) > 1:
            # How many of its lines are lines of the named files nobody can say: of the two, the larger count is kept.
            if unnamed.total > sum(one.total for one in found.values()) - unnamed.total:
                return [unnamed]
            del found[""]
        return sorted(found.values(), key=lambda one: one.path)

    def doubts(self) -> list[Warning]:
        """Return what the reports warn of, and which counts could not be joined with lines that are named."""
        unnamed = Unmerged()
        for (path, name), report in self.counted_in.items():
            named = path in self.lines if path else bool(self.lines) or len(self.counted) > 1
            if named and name == "coverage.lines.total":
                unnamed.add(report, path, "only counts lines that another report names")
        for path, report in self.statements_in.items():
            lines = self.lines.get(path)
            if lines is not None and (lines.covered or lines.missing):
                unnamed.add(report, path, "counts statements, and another report lines")
        return [*self.warnings, *self.unmerged.warnings(), *self.bench.doubts(), *unnamed.warnings()]


def _sum(seconds: Iterable[float]) -> float:
    # In whole nanoseconds: reports give decimals, and a sum of them as binary fractions would end in digits that nobody
    # measured, and in others where the same run is split in another way.
    return float(Fraction(sum(round(Fraction(value) * 10**9) for value in seconds), 10**9))


def _path_count(one: FileCoverage) -> PathCount:
    branches = one.branches or {}
    return PathCount(
        one.path,
        len(one.covered),
        len(one.covered | one.missing),
        sum(branch.covered for branch in branches.values()),
        sum(branch.total for branch in branches.values()),
    )


def _larger(one: PathCount, other: PathCount) -> PathCount:
    return PathCount(
        one.path,
        max(one.covered, other.covered),
        max(one.total, other.total),
        max(one.branches_covered, other.branches_covered),
        max(one.branches_total, other.branches_total),
    )


def united(one: FileCoverage, other: FileCoverage) -> FileCoverage:
    """Return the coverage of one file in two reports: a line is covered where either ran it."""
    covered = one.covered | other.covered
    branches: dict[int, Branches] | None = None
    if one.branches is not None or other.branches is not None:
        branches = dict(one.branches or {})
        for line, branch in (other.branches or {}).items():
            branches[line] = _united_branches(branches[line], branch) if line in branches else branch
    return FileCoverage(one.path, covered, (one.missing | other.missing) - covered, branches)


def _united_branches(one: Branches, other: Branches) -> Branches:
    taken = one.taken | other.taken
    total = max(one.total, other.total)
    # Where a report counts branches without naming them, the larger count is what is certain. So it is where one
    # calls them by the lines they lead to and another by names of its own: they may be the same branches.
    lines = sum(abs(name) <= LAST_LINE for name in taken)
    return Branches(total, min(total, max(one.covered, other.covered, lines, len(taken) - lines)), taken)
