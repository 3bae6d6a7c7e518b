"""Says which numbers in the documents of a phase are no longer true, from what was recorded alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from phasemetrics.adopting import Taking
from phasemetrics.claiming import claims
from phasemetrics.config import Project
from phasemetrics.document.markdown import decode, parse
from phasemetrics.document.ownership import Filling
from phasemetrics.document.recognition import heeding
from phasemetrics.errors import Refusal
from phasemetrics.evidence.collecting import Evidence
from phasemetrics.evidence.identity import neighbours
from phasemetrics.evidence.measuring import measure, read_at
from phasemetrics.evidence.model import Phase, Snapshot
from phasemetrics.evidence.store import Baseline, find_baseline, load, place
from phasemetrics.filling import Order, Result, open_documents, render
from phasemetrics.keyfiles import listed_files
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
        project.root, number, previous, before, lambda path: read_at(project.root, after.base, path, inside=True)
    )
    return Result(Phase(number, baseline.snapshot, after), baseline=baseline)


def check(project: Project, order: Order) -> Result:
    """Plan the documents of a phase again from its recorded snapshots; no report is read and nothing is written."""
    with locked(project.root, read_only=True):
        opened = open_documents(project.root, order)
        templates = all_templates(project, order.templates)
        try:
            recorded = recorded_phase(project, order.phase, order.before)
        except Refusal as missing:
            if missing.code != "not-recorded":
                raise
            recorded = _unrecorded(project, order.phase, missing)
        taking = Taking(project, recorded.phase, templates)
        rendered = render(project, taking, recorded.baseline.found, opened)
        if recorded.missing and (left_open(rendered) or any(one.ledger.entries for one in opened)):
            raise recorded.missing
    return replace(_with_claims(rendered, taking), baseline=recorded.baseline)


def _unrecorded(project: Project, number: str, missing: Refusal) -> Result:
    """Return a phase of which nothing was recorded: then documents are held against the files at HEAD, and themselves.

    That is all there is on the first day, when no number in them is ours and none waits to be filled.
    """
    found = f"nothing recorded, so with the files at HEAD and with themselves; {missing.mend}"
    try:
        revision = measure(Evidence(project.root)).snapshot.revision
    except Refusal:
        revision = None
    return Result(Phase(number, None, Snapshot(revision=revision)), baseline=Baseline(None, found), missing=missing)


def _with_claims(result: Result, taking: Taking) -> Result:
    """Add to each document what it states in words of its own, and whether that is true."""
    documents = [heeding(parse(decode(one.before, one.name)), taking.templates) for one in result.outcomes]
    places = [one.plan.fillings for one in result.outcomes]
    found = claims(taking.root, result.phase, documents, places, taking.book)
    listed = listed_files(taking.root, result.phase, documents, places)
    outcomes = [
        replace(one, plan=replace(one.plan, fillings=tuple(sorted((*one.plan.fillings, *more, *files), key=_place))))
        for one, more, files in zip(result.outcomes, found, listed, strict=True)
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
