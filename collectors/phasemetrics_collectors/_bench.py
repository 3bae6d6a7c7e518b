"""What the formats of benchmark results have in common: sessions, repetitions, statistics, names of statistics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from math import fsum, sqrt
from statistics import fmean, median

from phasemetrics.evidence.model import UNKNOWN, Machine, Measurement, Options, Report, Warning
from phasemetrics.statnames import carries, percent_of, stat_name
from phasemetrics.unitnames import Direction, base_unit
from phasemetrics_collectors._json_node import Node, spelled

__all__ = [
    "MOST", "Benchmark", "carries", "in_base", "machine", "no_benchmarks", "percent_of", "percentile", "run_of",
    "stat_name",
]  # fmt: skip

MOST = 1e15  # of any value: what a later change of unit cannot turn into infinity
_PERCENTILES = (90, 95, 99)
_SYSTEMS = {"linux": "Linux", "darwin": "Darwin", "macos": "Darwin", "windows": "Windows"}
_ARCHITECTURES = {"amd64": "x86_64", "x64": "x86_64", "x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One benchmark in one session: `name` as its report identifies it, `run` what puts the sessions in order."""

    name: str
    run: str = ""

    def measured(self, stat: str, value: float, unit: str = "second", better: Direction | None = None) -> Measurement:
        """Return one statistic, or one measure that has a name of its own, in its base unit."""
        labels = {"run": self.run} | ({"better": better} if better else {})
        return Measurement(f"bench.{self.name}.{stat}", value, unit, labels)

    def session(self, values: Sequence[float], unit: str = "second") -> Iterator[Measurement]:
        """Yield the statistics of a session that measured `values` in one process, and how many there were."""
        yield from self.repetitions([values], unit)
        if len(values) > 1:
            yield self.measured("stddev", _deviation(values), unit)

    def repetitions(
        self, processes: Sequence[Sequence[float]], unit: str = "second", better: Direction | None = None
    ) -> Iterator[Measurement]:
        """Yield the statistics of each of several processes, or counts, of a session, by the values that it measured.

        A percentile is one of all values together, and only there where they can carry it. `better` is what the report
        says of it.
        """
        for values in filter(None, processes):
            for stat, value in (
                ("min", min(values)), ("max", max(values)), ("mean", _mean(values)), ("median", median(values)),
            ):  # fmt: skip
                yield self.measured(stat, value, unit, better)
        everything = sorted(value for values in processes for value in values)
        yield self.measured("rounds", len(everything), "count")
        for percent in _PERCENTILES:
            if carries(len(everything), percent):
                yield self.measured(f"p{percent}", percentile(everything, percent), unit, better)

    def outcomes(self, failed: int, total: int) -> Iterator[Measurement]:
        """Yield how many of all attempts failed; what failed more often than before is never called faster."""
        yield self.measured("failed", failed, "count")
        yield self.measured("total", total, "count")

    def options(self, values: Mapping[str, object]) -> Options:
        """Return how it was run: what is None is not known, a truth is `yes` or `no`."""
        shown = {key: _shown(value) for key, value in values.items() if value is not None}
        return Options(self.name, shown)


def _mean(values: Sequence[float]) -> float:
    # Three times 0.1 have a mean of 0.10000000000000002, which no value had.
    return min(max(fmean(values), min(values)), max(values))


def _deviation(values: Sequence[float]) -> float:
    # statistics.stdev() counts in fractions, a hundred times as long.
    middle = fmean(values)
    return sqrt(fsum((value - middle) ** 2 for value in values) / (len(values) - 1))


def _shown(value: object) -> str:
    return ("no", "yes")[value] if isinstance(value, bool) else " ".join(spelled(str(value)).split())


def percentile(values: Sequence[float], percent: float) -> float:
    """Return a percentile of `values`, interpolated between two of them (Hyndman and Fan 1996, definition 7)."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * Fraction(str(percent)) / 100
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * float(place - below)


def in_base(value: float, spelling: str) -> tuple[float, str]:
    """Return a value in its base unit, and that unit: 12.1 `ms/op` is 0.0121 `second`."""
    unit, factor = base_unit(spelling)
    # In decimal: 89.62 ns is 8.962e-08, without the digits that a binary fraction would add.
    return float(Decimal(repr(value)) * factor), unit


def run_of(node: Node | None) -> str:
    """Return the moment of a session as text that sorts (ISO 8601, UTC); empty where the report has none."""
    if node is None:
        return ""
    try:
        moment = datetime.fromisoformat(node.text().strip())
        utc = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise node.refuse("is not a date and time (ISO 8601)") from None
    return utc.isoformat().replace("+00:00", "Z")


def machine(*, os: str = "", arch: str = "", cpu: str = "", cores: int = 0) -> Machine:
    """Return where something ran, in the words that every format uses for it; what it does not say is unknown.

    What ran it (a language, a virtual machine) is one of the options of each benchmark.
    """
    os, arch, cpu = (" ".join(spelled(text).split()) for text in (os, arch, cpu))
    return Machine(
        os=_SYSTEMS.get(os.lower(), os) or UNKNOWN,
        arch=_ARCHITECTURES.get(arch.lower(), arch) or UNKNOWN,
        cpu=cpu or UNKNOWN,
        cores=cores if 0 < cores <= 10**6 else 0,
        runtime=UNKNOWN,
    )


def no_benchmarks(report: Report) -> Warning:
    """Return the warning about a report in which no benchmark stands."""
    return Warning("no-benchmarks", report.name, "holds no benchmark: all of them failed or none ran")
