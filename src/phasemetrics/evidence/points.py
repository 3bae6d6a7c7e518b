"""One record as a point of a history: its metrics and where they come from, without its lists."""

from __future__ import annotations

from dataclasses import dataclass

from phasemetrics.escaping import visible
from phasemetrics.evidence.history import Record
from phasemetrics.evidence.model import Snapshot
from phasemetrics.evidence.snapshot import measured_part, read_as
from phasemetrics.evidence.store import Side, place


@dataclass(frozen=True, slots=True)
class Point:
    """What was measured at one end of a phase of a repository; `measured` holds no list of files, tests or sources."""

    repository: str
    phase: str
    side: Side
    measured: Snapshot


def read_point(record: Record) -> Point:
    """Read the metrics of a record.

    All of its JSON is checked, and all of its numbers, but the lists are not built: of many records that takes most of
    the time. Raises Refusal for one that is damaged or of a newer schema.
    """
    what = f"the stored snapshot of {visible(record.repository)}"
    path = place(record.phase, record.side)
    return Point(record.repository, record.phase, record.side, read_as(measured_part, record.content, path, what))
