"""Says which numbers in the documents of a phase are no longer true, from what was recorded alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from phasemetrics.claiming import claims
from phasemetrics.config import Project
from phasemetrics.document.markdown import decode
from phasemetrics.document.ownership import Filling
from phasemetrics.document.template import Template
from phasemetrics.errors import Refusal
from phasemetrics.evidence.identity import neighbours
from phasemetrics.evidence.measuring import read_at
from phasemetrics.evidence.model import Phase
from phasemetrics.evidence.store import find_baseline, load, place
from phasemetrics.filling import Order, Result, open_documents, render
from phasemetrics.templates import all_templates
from phasemetrics.writing.transaction import locked


def recorded_phase(project: Project, number: str, before: str | None) -> Result:
    """Return a phase as it was recorded, without any document.

    Raises Refusal when its end was never recorded, or a record is damaged.
    """
    after = load(project.root, number, "end")
    if after is None:
        mend = f"run `phasemetrics fill -p {number}`"
        raise Refusal("not-recorded", f"nothing was recorded for phase {number}", path=place(number, "end"), mend=mend)
    previous, _ = neighbours(number, project.config)
    baseline = find_baseline(
        project.root, number, previous, before, lambda path: read_at(project.root, after.base, path)
    )
    return Result(Phase(number, baseline.snapshot, after), baseline=baseline)


def check(project: Project, order: Order) -> Result:
    """Plan the documents of a phase again from its recorded snapshots; no report is read and nothing is written."""
    with locked(project.root, read_only=True):
        opened = open_documents(project.root, order)
        recorded = recorded_phase(project, order.phase, order.before)
        templates = all_templates(project.root, order.templates)
        rendered = render(project, recorded.phase, recorded.baseline.found, opened, templates)
    audited = _with_claims(project, rendered, templates)
    return replace(audited, baseline=recorded.baseline)


def _with_claims(project: Project, result: Result, templates: Sequence[Template]) -> Result:
    """Add to each document what it says of single files, and whether that is true."""
    texts = [decode(one.before, one.name) for one in result.outcomes]
    places = [one.plan.fillings for one in result.outcomes]
    found = claims(project.root, result.phase, texts, places, templates)
    outcomes = [
        replace(one, plan=replace(one.plan, fillings=tuple(sorted((*one.plan.fillings, *more), key=_place))))
        for one, more in zip(result.outcomes, found, strict=True)
    ]
    return replace(result, outcomes=tuple(outcomes))


def _place(filling: Filling) -> tuple[int, int]:
    return filling.line, filling.column


def contradictions(result: Result) -> list[tuple[str, Filling]]:
    """Return the numbers that a person wrote and that the evidence contradicts, with the names of their documents."""
    return _those(result, lambda filling: filling.contradicts)


def left_open(result: Result) -> list[tuple[str, Filling]]:
    """Return the holes that still wait for evidence."""
    return _those(result, lambda filling: filling.state in {"unfilled", "stale"})


def _those(result: Result, wanted: Callable[[Filling], bool]) -> list[tuple[str, Filling]]:
    return [(one.name, filling) for one in result.outcomes for filling in one.plan.fillings if wanted(filling)]
