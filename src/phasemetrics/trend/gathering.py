"""The records of many repositories put together: by repository, phase and side, with the metrics that are wanted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace

from phasemetrics.errors import Refusal
from phasemetrics.evidence.history import Record, phase_order
from phasemetrics.evidence.model import Snapshot
from phasemetrics.evidence.points import read_point
from phasemetrics.evidence.store import Side
from phasemetrics.limits import limits, raising

ENDS: tuple[Side, ...] = ("end",)
BOTH: tuple[Side, ...] = ("baseline", "end")
_Sides = dict[Side, Snapshot]


@dataclass(slots=True)
class History:
    """What was measured at each side of each phase of each repository, in the order in which they were added.

    Of the records only the wanted `sides` are read, and of these the metrics kept that `takes` takes. `known` are all
    of their metrics, each with whether it was ever other than 0; `count` is of all records.
    """

    takes: Callable[[str], bool]
    sides: Collection[Side]
    repositories: dict[str, dict[str, _Sides]] = field(default_factory=dict)
    known: dict[str, bool] = field(default_factory=dict)
    count: int = 0

    def add(self, records: Iterable[Record]) -> int:
        """Add records and return how many there were; raise Refusal for one that is damaged, and for too many."""
        before, most = self.count, limits().records
        for record in records:
            self.count += 1
            if self.count > most:
                message = f"more than {most} records, the limit"
                raise Refusal("too-many-records", message, mend=f"name fewer projects; {raising('records')}")
            phase = self.repositories.setdefault(record.repository, {}).setdefault(record.phase, {})
            if record.side in self.sides:
                phase[record.side] = self._kept(read_point(record).measured)
        return self.count - before

    def _kept(self, measured: Snapshot) -> Snapshot:
        kept = {}
        for name, metric in measured.metrics.items():
            self.known[name] = self.known.get(name, False) or bool(metric.value)
            if self.takes(name):
                kept[name] = metric
        return replace(measured, metrics=kept)

    def phases(self, last: int | None = None) -> tuple[str, ...]:
        """Return the phases of all repositories in their order, the `last` of them where that is given."""
        names = sorted({phase for phases in self.repositories.values() for phase in phases}, key=phase_order)
        return tuple(names if last is None else names[-last:])

    def end(self, repository: str, phase: str) -> Snapshot | None:
        """Return what was measured at the end of a phase; None where nothing was recorded."""
        return self.repositories[repository].get(phase, {}).get("end")

    def read(self, repository: str, phase: str) -> Iterator[tuple[Side, Snapshot]]:
        """Yield what was read of a phase, the baseline before the end."""
        found = self.repositories[repository].get(phase, {})
        return ((side, found[side]) for side in BOTH if side in found)
