"""Brings the numbers of a phase into its documents: measure, plan, and write all of it or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from phasemetrics.adopting import Adoption, Taking
from phasemetrics.borrowing import borrow
from phasemetrics.commits import Say, with_base
from phasemetrics.config import Project
from phasemetrics.document.ledger import Ledger
from phasemetrics.document.markdown import decode, encode
from phasemetrics.document.plan import Plan
from phasemetrics.errors import Refusal
from phasemetrics.evidence import snapshot as codec
from phasemetrics.evidence.appending import appended, held_against
from phasemetrics.evidence.changes import without_papers
from phasemetrics.evidence.collecting import Evidence
from phasemetrics.evidence.facts import facts_of
from phasemetrics.evidence.identity import neighbours
from phasemetrics.evidence.measuring import measure
from phasemetrics.evidence.model import Phase, Snapshot
from phasemetrics.evidence.store import Baseline, find_baseline, place
from phasemetrics.opening import Opened, ledger_change, read_opened
from phasemetrics.settings import Config
from phasemetrics.surroundings import beside_of, in_repository
from phasemetrics.templates import all_templates
from phasemetrics.trending import trends_of
from phasemetrics.writing.guard import resolve_document
from phasemetrics.writing.transaction import Change, commit, locked

NOTHING: Mapping[str, Adoption] = {}


@dataclass(frozen=True, slots=True)
class Order:
    """What to fill: the phase, its documents (`-` is `stdin`), the evidence, and where to find the baseline.

    `since` is the configured base; it gives way to the base that the evidence names, and where it is not in this clone
    to the commit at which the baseline was recorded. `adopt` says which claims to take over, by document. `earlier`
    are benchmarks of the commit before that were measured just now; they are added to the baseline. `fetch` is told of
    a commit that is fetched because this clone lacks it; without it, none is.
    """

    phase: str
    documents: tuple[str, ...]
    evidence: Evidence
    before: str | None = None
    since: str | None = None
    templates: tuple[str, ...] = ()
    adopt: Mapping[str, Adoption] = field(default_factory=lambda: NOTHING)
    write: bool = True
    stdin: bytes = b""
    earlier: Snapshot | None = None
    fetch: Say | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one document."""

    name: str
    before: bytes
    after: bytes
    plan: Plan


@dataclass(frozen=True, slots=True)
class Result:
    """What a run came to: its documents, the two ends that were compared, and how the first one was found.

    `missing`: the end was never recorded. `config` says which metrics are rows.
    """

    phase: Phase
    outcomes: tuple[Outcome, ...] = ()
    baseline: Baseline = field(default_factory=lambda: Baseline(None, ""))
    missing: Refusal | None = None
    config: Config = field(default_factory=Config)

    @property
    def changed(self) -> bool:
        """Whether a document differs from what the evidence says it should hold."""
        return any(outcome.plan.changed for outcome in self.outcomes)


def fill(project: Project, order: Order) -> Result:
    """Measure the end of a phase and write it into the phase's documents, with ledger and snapshot in one go.

    Raises Refusal (nothing was written) for evidence or documents that cannot be trusted, UsageError for templates.
    """
    templates = all_templates(project, order.templates)
    documents = [project.root / name for name in order.documents if name != "-"]
    borrowed = borrow(project, order.phase, order.before, order.evidence.base or order.since)
    usual = [base for base in (order.since, borrowed.commit) if base]
    # Evidence first: a refusal of it leaves nothing behind, not even the lock.
    evidence = order.evidence if order.fetch is None else with_base(order.evidence, usual, order.fetch)
    measured = measure(evidence, usual, documents, [place(order.phase, "baseline")])
    require_evidence(measured.snapshot)
    with locked(project.root):
        opened = open_documents(project.root, order)
        previous, _ = neighbours(order.phase, project.config)
        baseline = find_baseline(project.root, order.phase, previous, order.before, measured.at_base.get, borrowed.get)
        baseline = _grown(replace(baseline, notes=borrowed.notes), order)
        phase = Phase(order.phase, baseline.snapshot, held_against(baseline.snapshot, measured.snapshot))
        rendered = render(project, Taking(project, phase, templates), baseline.found, opened, order.adopt)
        result = replace(rendered, baseline=baseline)
        if order.write:
            _write(project.root, result, opened, order)
    return result


def require_evidence(snapshot: Snapshot) -> None:
    """Refuse to go on with nothing measured at all."""
    if not snapshot.sources and snapshot.files is None:
        mend = "name reports with --junit, --coverage, --bench, or a start with --base"
        raise Refusal("no-evidence", "no evidence was named: neither a report nor a base revision", mend=mend)


def open_documents(root: Path, order: Order) -> list[Opened]:
    """Read the documents and their ledgers; raise Refusal for one that may not be written or is damaged."""
    if not order.documents:
        raise Refusal("no-document", "no document was named", mend="name one, or add `documents` to the configuration")
    return [_open(root, name, order.stdin) for name in dict.fromkeys(order.documents)]


def _open(root: Path, name: str, stdin: bytes) -> Opened:
    if name == "-":
        return Opened(name, root / name, stdin, Ledger(), None)
    return read_opened(root, resolve_document(root, root / name, name), name)


def render(
    project: Project,
    taking: Taking,
    found: str,
    opened: Sequence[Opened],
    adopt: Mapping[str, Adoption] = NOTHING,
) -> Result:
    """Plan every document from the two ends of a phase; nothing is written. `adopt` as in an Order."""
    phase = taking.phase
    beside = beside_of(project.root, project.config, phase)
    facts: dict[str, Any] = facts_of(phase, project.config, found, beside)
    facts["trends"] = trends_of(project.root, project.config, phase)
    outcomes = []
    for one in opened:
        try:
            own = without_papers(facts, in_repository(project.root, one.path))
            planned = taking.planned(decode(one.content, one.name), own, one.ledger, adopt.get(one.name), one.name)
        except Refusal as error:
            error.path = error.path or one.name  # the documents' wing does not know what they are called
            raise
        outcomes.append(Outcome(one.name, one.content, encode(planned.text), planned))
    return Result(phase, tuple(outcomes), config=project.config)


def _grown(baseline: Baseline, order: Order) -> Baseline:
    """Return the baseline with the benchmarks that were measured in turn with those of the end."""
    if order.earlier is None:
        return baseline
    if baseline.snapshot is None:
        return replace(baseline, snapshot=order.earlier, found="what was measured in turn with it")
    found = f"{baseline.found}, with the benchmarks that were measured in turn added to it"
    return replace(baseline, snapshot=appended(baseline.snapshot, order.earlier, baseline.found), found=found)


def _write(root: Path, result: Result, opened: Sequence[Opened], order: Order) -> None:
    documents, records = [], []
    for outcome, one in zip(result.outcomes, opened, strict=True):
        if one.name == "-":
            continue
        documents.append(Change(one.path, one.name, outcome.before, outcome.after))
        records.append(ledger_change(root, one, outcome.plan.ledger))
    before, own = result.phase.before, place(order.phase, "baseline")
    if order.earlier is not None and before is not None:
        records.append(snapshot_change(root, own, before))
    elif result.baseline.content is not None and documents:
        # From now on it is here, where `check` finds it without the store, and byte for byte what the store has.
        records.append(_record_change(root, own, result.baseline.content))
    if result.phase.after is not None and documents:
        records.append(snapshot_change(root, place(result.phase.number, "end"), result.phase.after))
    commit(root, documents, records)


def snapshot_change(root: Path, name: str, snapshot: Snapshot) -> Change:
    """Return the change that records a snapshot."""
    return _record_change(root, name, codec.dumps(snapshot))


def _record_change(root: Path, name: str, content: bytes) -> Change:
    path = root / name
    return Change(path, name, path.read_bytes() if path.is_file() else None, content)
