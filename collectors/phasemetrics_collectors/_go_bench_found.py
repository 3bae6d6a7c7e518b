"""What a report of Go benchmarks says, as it is read."""

from __future__ import annotations

from dataclasses import dataclass, field

from phasemetrics.errors import Refusal
from phasemetrics.escaping import visible
from phasemetrics.evidence.model import Report
from phasemetrics.limits import limits, raising
from phasemetrics.unitnames import Direction
from phasemetrics_collectors._go_bench_lines import Values, as_printed

_MEND = "write it again with `go test -bench=. ./... > FILE`"
_BETTER: dict[str, Direction] = {"better=higher": "higher", "better=lower": "lower"}


@dataclass(slots=True)
class Package:
    """What one package printed, by the names of its benchmarks as they are printed, without `Benchmark`.

    `printed` are those that stood before numbers, or were to: with the number of processors, unless that is 1.
    """

    path: str = ""
    results: list[tuple[str, Values]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    unended: list[str] = field(default_factory=list)
    printed: dict[str, None] = field(default_factory=dict)


@dataclass(slots=True)
class Found:
    """What a report says so far; `number` is the line that is read."""

    report: Report
    number: int = 0
    packages: list[Package] = field(default_factory=list)
    machines: dict[tuple[str, ...], None] = field(default_factory=dict)
    better: dict[str, Direction] = field(default_factory=dict)
    kept: int = 0

    def keep(self, package: Package, name: str, values: Values) -> None:
        """Keep one result; raise Refusal `too-many-metrics` for one too many."""
        self.kept += 1
        if self.kept > (most := limits().metrics):
            message = f"line {self.number}: more than {most} results of benchmarks, the limit"
            raise Refusal("too-many-metrics", message, path=self.report.name, line=self.number, mend=raising("metrics"))
        package.results.append((name, values))

    def refusal(self, problem: str, mend: str = _MEND) -> Refusal:
        """Return the refusal of something in the line that is read."""
        message = f"line {self.number}: {problem}"
        return Refusal("bad-record", message, path=self.report.name, line=self.number, column=1, mend=mend)

    def unit(self, fields: list[str]) -> None:
        """Take the fields of `Unit B/op better=lower assume=exact`."""
        for said in fields[2:]:
            if said in _BETTER and self.better.setdefault(as_printed(fields[1]), _BETTER[said]) != _BETTER[said]:
                raise self.refusal(f"says {said} of {visible(fields[1])}, a line before it the opposite")
