"""The runs of benchmarks, session by session, and what each metric of them comes to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean, median

from phasemetrics.errors import Refusal
from phasemetrics.escaping import plain, visible
from phasemetrics.evidence.model import Measurement, Metric, Options, Warning
from phasemetrics.limits import limits, raising
from phasemetrics.unitnames import SYMBOLS, Direction

MIXED_OPTIONS = "mixed-options"
MIXED = " (mixed)"  # behind the values of an option that runs of one benchmark do not share
_LONGEST_UNIT = 30  # characters; a unit that we do not know stands behind the number as its report spells it
FAILED, TOTAL = "failed", "total"  # how many of all attempts of a benchmark failed
_Sessions = dict[tuple[str, str], list[float]]

# What several repetitions of one session come to; any other statistic to the one in the middle.
_JOINED: Mapping[str, Callable[[Sequence[float]], float]] = {"min": min, "max": max, "mean": fmean}


@dataclass(slots=True)
class BenchRuns:
    """What reports say of benchmarks; the order in which they come makes no difference."""

    runs: dict[str, _Sessions] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    units: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    better: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    said: dict[str, dict[str, dict[str, str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(dict)))

    def add(self, fact: Measurement, report: str) -> None:
        """Add one value of `bench.NAME.STAT` that the report called `report` gives; raise Refusal for one too many."""
        if fact.name not in self.runs and len(self.runs) >= (most := limits().metrics):
            message = f"benchmarks come to more than {most} metrics, the limit"
            raise Refusal("too-many-metrics", message, path=report, mend=raising("metrics"))
        self.runs[fact.name][fact.labels.get("run", ""), report].append(fact.value)
        self.units[fact.name].add(fact.unit if fact.unit in SYMBOLS else plain(fact.unit, _LONGEST_UNIT))
        self.better[fact.name].add(fact.labels.get("better", ""))

    def add_options(self, fact: Options, report: str) -> None:
        """Add how a benchmark was run in one report."""
        for key, value in fact.values.items():
            self.said[fact.benchmark][key][value] = min(report, self.said[fact.benchmark][key].get(value, report))

    def metrics(self) -> dict[str, Metric]:
        """Return every metric: the runs in the order of their sessions, each session's by size, and the median.

        A metric that reports give in different units is left out, and `doubts` says so.
        """
        return {name: self._metric(name) for name in self.runs if len(self.units[name]) == 1}

    def _metric(self, name: str) -> Metric:
        # Without its `Z` a whole second comes before its fractions.
        ordered = sorted(self.runs[name].items(), key=lambda one: (one[0][0].removesuffix("Z"), one[0][1]))
        sessions = [sorted(values) for _, values in ordered]
        stat = name.rpartition(".")[2]
        runs = tuple(value for values in sessions for value in values)
        counts = tuple(map(len, sessions)) if len(runs) > len(sessions) else ()
        value = median(session_values(stat, runs, counts))
        (unit,) = self.units[name]
        return Metric(value, unit, runs=runs, sessions=counts, better=_direction(self.better[name]))

    def options(self) -> dict[str, dict[str, str]]:
        """Return the options of each benchmark; one that differs from run to run has all of its values, and says so."""
        return {
            benchmark: {key: _told(values) for key, values in sorted(said.items())}
            for benchmark, said in sorted(self.said.items())
        }

    def doubts(self) -> list[Warning]:
        """Return which benchmarks were run in several ways, or are in several units."""
        found = []
        for benchmark, said in self.said.items():
            for key, values in said.items():
                if len(values) > 1:
                    several = " and ".join(visible(value) for value in sorted(values)[:3])
                    message = f"{visible(benchmark)} was run with {visible(key)} {several}; its runs are not alike"
                    found.append(Warning(MIXED_OPTIONS, max(values.values()), message))
        for name, units in self.units.items():
            if len(units) > 1:
                several = " and ".join(visible(unit) for unit in sorted(units)[:3])
                report = max(report for _, report in self.runs[name])
                found.append(Warning("mixed-units", report, f"{visible(name)} is given in {several}; it is left out"))
        return found


def _told(values: Iterable[str]) -> str:
    several = sorted(values)
    return several[0] if len(several) == 1 else f"{' and '.join(several)}{MIXED}"


def session_values(stat: str, runs: Sequence[float], counts: Sequence[int]) -> list[float]:
    """Return one value for each session: what its repetitions come to; `counts` is how many each session gave."""
    if not counts:
        return list(runs)
    rest, join = iter(runs), _JOINED.get(stat, median)
    return [join([next(rest) for _ in range(count)]) for count in counts]


def _direction(said: set[str]) -> Direction | None:
    if said == {"higher"}:
        return "higher"
    return "lower" if said == {"lower"} else None
