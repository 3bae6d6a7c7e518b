"""Brings the numbers of a phase into its documents: measure, plan, and write all of it or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from phasemetrics.config import Project
from phasemetrics.document import ledger as ledgers
from phasemetrics.document.ledger import Ledger
from phasemetrics.document.markdown import decode, encode
from phasemetrics.document.plan import Plan, plan
from phasemetrics.document.template import Template
from phasemetrics.errors import Refusal
from phasemetrics.evidence import snapshot as codec
from phasemetrics.evidence.collecting import Evidence
from phasemetrics.evidence.facts import facts_of
from phasemetrics.evidence.identity import neighbours
from phasemetrics.evidence.measuring import measure
from phasemetrics.evidence.model import Phase, Snapshot
from phasemetrics.evidence.store import FOLDER, Baseline, find_baseline, load, place
from phasemetrics.reading import JSON_LIMIT, read_regular
from phasemetrics.surroundings import beside_of
from phasemetrics.templates import all_templates
from phasemetrics.writing.guard import read_document, resolve_document
from phasemetrics.writing.transaction import Change, commit, locked


@dataclass(frozen=True, slots=True)
class Order:
    """What to fill: the phase, its documents (`-` is `stdin`), the evidence, and where to find the baseline.

    `since` is the configured base; it gives way to the base that the evidence names, and where it is not in this clone
    to the commit at which the baseline was recorded.
    """

    phase: str
    documents: tuple[str, ...]
    evidence: Evidence
    before: str | None = None
    since: str | None = None
    templates: tuple[str, ...] = ()
    write: bool = True
    stdin: bytes = b""


@dataclass(frozen=True, slots=True)
class Opened:
    """A document that was read, and the ledger that goes with it."""

    name: str
    path: Path
    content: bytes
    ledger: Ledger
    ledger_content: bytes | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one document."""

    name: str
    before: bytes
    after: bytes
    plan: Plan


@dataclass(frozen=True, slots=True)
class Result:
    """What a run came to: its documents, the two ends that were compared, and how the first one was found."""

    phase: Phase
    outcomes: tuple[Outcome, ...] = ()
    baseline: Baseline = field(default_factory=lambda: Baseline(None, ""))

    @property
    def changed(self) -> bool:
        """Whether a document differs from what the evidence says it should hold."""
        return any(outcome.plan.changed for outcome in self.outcomes)


def fill(project: Project, order: Order) -> Result:
    """Measure the end of a phase and write it into the phase's documents, with ledger and snapshot in one go.

    Raises Refusal (nothing was written) for evidence or documents that cannot be trusted, UsageError for templates.
    """
    templates = all_templates(project.root, order.templates)
    documents = [project.root / name for name in order.documents if name != "-"]
    recorded = load(project.root, order.phase, "baseline")
    at_baseline = recorded.revision.sha if recorded and recorded.revision else None
    usual = [base for base in (order.since, at_baseline) if base]
    # Evidence first: a refusal of it leaves nothing behind, not even the lock.
    measured = measure(order.evidence, usual, documents, [place(order.phase, "baseline")])
    require_evidence(measured.snapshot)
    with locked(project.root):
        opened = open_documents(project.root, order)
        previous, _ = neighbours(order.phase, project.config)
        baseline = find_baseline(project.root, order.phase, previous, order.before, measured.at_base.get)
        phase = Phase(order.phase, baseline.snapshot, measured.snapshot)
        result = replace(render(project, phase, baseline.found, opened, templates), baseline=baseline)
        if order.write:
            _write(project.root, result, opened)
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


def read_opened(root: Path, path: Path, name: str) -> Opened:
    """Read a document, whose `path` is resolved, and its ledger; raise Refusal for what is damaged."""
    place_of_ledger = ledger_name(root, path)
    content = ledger_content(root / place_of_ledger, place_of_ledger)
    ledger = Ledger() if content is None else ledgers.loads(content, place_of_ledger)
    return Opened(name, path, read_document(path, name), ledger, content)


def ledger_name(root: Path, document: Path) -> str:
    """Return where the ledger of a document lies, relative to the root."""
    return f"{FOLDER}/ledger/{document.relative_to(root.resolve()).as_posix()}.json"


def ledger_content(path: Path, name: str) -> bytes | None:
    """Return the bytes of a ledger, None where there is none; raise Refusal for one that cannot be read."""
    if not path.exists() and not path.is_symlink():
        return None
    try:
        return read_regular(path, name, JSON_LIMIT)
    except Refusal as error:
        mend = "restore it with `git checkout`, or delete it: then every number counts as a person's"
        raise Refusal("damaged-ledger", f"the ledger {error.message}", path=name, mend=mend) from None


def render(
    project: Project, phase: Phase, found: str, opened: Sequence[Opened], templates: Sequence[Template]
) -> Result:
    """Plan every document from the two ends of a phase; nothing is written."""
    beside = beside_of(project.root, project.config, phase)
    facts: dict[str, Any] = facts_of(phase, project.config, found, beside)
    outcomes = []
    for one in opened:
        try:
            planned = plan(decode(one.content, one.name), templates, facts, one.ledger)
        except Refusal as error:
            error.path = error.path or one.name  # the documents' wing does not know what they are called
            raise
        outcomes.append(Outcome(one.name, one.content, encode(planned.text), planned))
    return Result(phase, tuple(outcomes))


def _write(root: Path, result: Result, opened: Sequence[Opened]) -> None:
    documents, records = [], []
    for outcome, one in zip(result.outcomes, opened, strict=True):
        if one.name == "-":
            continue
        documents.append(Change(one.path, one.name, outcome.before, outcome.after))
        records.append(ledger_change(root, one, outcome.plan.ledger))
    if result.phase.after is not None and documents:
        records.append(snapshot_change(root, place(result.phase.number, "end"), result.phase.after))
    commit(root, documents, records)


def ledger_change(root: Path, opened: Opened, ledger: Ledger) -> Change:
    """Return the change that brings a document's ledger up to date; none where there never was anything to note."""
    name = ledger_name(root, opened.path)
    unchanged = ledger == opened.ledger
    content = (opened.ledger_content or b"") if unchanged else ledgers.dumps(ledger)
    return Change(root / name, name, opened.ledger_content, content, belongs_to=opened.name)


def snapshot_change(root: Path, name: str, snapshot: Snapshot) -> Change:
    """Return the change that records a snapshot."""
    path = root / name
    before = path.read_bytes() if path.is_file() else None
    return Change(path, name, before, codec.dumps(snapshot))
