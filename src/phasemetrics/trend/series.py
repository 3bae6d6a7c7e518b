"""One metric over the phases of a repository, with its gaps."""

from __future__ import annotations

from dataclasses import dataclass

from phasemetrics.units import Scale, scale_for


@dataclass(frozen=True, slots=True)
class Reading:
    """What a metric was at the end of one phase, in the base unit of its series; the commit and its date (ISO, UTC)."""

    value: float
    sha: str | None
    date: str | None


@dataclass(frozen=True, slots=True)
class Series:
    """One metric of one repository: a reading for each phase of the trend, None where nothing was recorded.

    `unit` is one of the base units of `unitnames`. `notes` say what was left out, and why. `apart` is why the first
    and the last reading are not compared, such as times of two machines; empty where nothing speaks against it.
    """

    repository: str
    metric: str
    unit: str
    readings: tuple[Reading | None, ...]
    notes: tuple[str, ...] = ()
    apart: str = ""

    @property
    def values(self) -> list[float]:
        """The values of its readings in their order, gaps left out."""
        return [reading.value for reading in self.readings if reading]

    @property
    def scale(self) -> Scale:
        """The one scale that all its readings are printed on."""
        return scale_for(self.unit, self.values)


@dataclass(frozen=True, slots=True)
class Trend:
    """Several series over the same phases, in their order."""

    phases: tuple[str, ...]
    series: tuple[Series, ...]

    @property
    def by_metric(self) -> dict[tuple[str, str], list[Series]]:
        """The series of each metric in each of its units, in their order."""
        groups: dict[tuple[str, str], list[Series]] = {}
        for one in self.series:
            groups.setdefault((one.metric, one.unit), []).append(one)
        return groups
