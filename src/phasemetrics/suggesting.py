"""Finds rows of metrics tables that no metric is configured for, and what they may be bound to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from phasemetrics.config import Project
from phasemetrics.document.markdown import decode, parse
from phasemetrics.document.naming import plain
from phasemetrics.document.recognition import recognise
from phasemetrics.document.template import Template
from phasemetrics.errors import Refusal
from phasemetrics.evidence.candidates import candidates
from phasemetrics.evidence.collecting import Evidence, collect_reports
from phasemetrics.evidence.model import Snapshot
from phasemetrics.evidence.store import Side, load
from phasemetrics.opening import Opened

_SIDES: tuple[Side, ...] = ("end", "baseline")


@dataclass(frozen=True, slots=True)
class Unbound:
    """A row that stands for no configured metric: where it stands, its name, and the metrics it may be, best first."""

    document: str
    line: int
    name: str
    candidates: tuple[str, ...]


def unbound_rows(
    project: Project, opened: Sequence[Opened], templates: Sequence[Template], snapshot: Snapshot
) -> Iterator[Unbound]:
    """Yield each row of a metrics table that is not configured, once for each name."""
    metrics = project.config.metric
    known = {plain(name) for metric in metrics for name in (metric.name, *metric.aliases)}
    for one in opened:
        document = parse(decode(one.content, one.name))
        for rows in recognise(document, templates).rows:
            if rows.pattern.loop is None or rows.pattern.loop.name != "metrics":
                continue
            for row in rows.rows:
                name = plain(row.key)
                if name not in known and not rows.pattern.key.is_placeholder(row.key):
                    known.add(name)
                    found = tuple(candidates(row.key, snapshot.metrics))
                    yield Unbound(one.name, row.line.number + 1, row.key, found)


def measured(project: Project, phase: str, evidence: Evidence) -> tuple[Snapshot | None, str]:
    """Return a snapshot that names of metrics can be looked up in, and in words where it is from.

    It is what the reports say now, else what was recorded of the phase; None where there is neither.
    """
    try:
        now = collect_reports(evidence)
        if now.metrics:
            return now, f"{len(now.sources)} reports"
        why = "no reports are configured"
    except Refusal as error:
        why = str(error)
    for side in _SIDES:
        recorded = load(project.root, phase, side)
        if recorded is not None:
            return recorded, f"the recorded {side} of phase {phase}, for {why}"
    return None, why
