"""Turns our numbers in documents back into placeholders: in place, or as a new document for the next phase."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from phasemetrics.adopting import claimed
from phasemetrics.claims.phrasebook import Phrasebook
from phasemetrics.config import Project
from phasemetrics.document import ledger as ledgers
from phasemetrics.document.ledger import Ledger
from phasemetrics.document.markdown import decode, encode
from phasemetrics.document.resetting import plan_reset
from phasemetrics.document.template import Template
from phasemetrics.errors import Refusal
from phasemetrics.filling import Outcome
from phasemetrics.opening import Opened, ledger_change, ledger_content, ledger_name, read_opened
from phasemetrics.templates import all_templates, wordings
from phasemetrics.writing.guard import resolve_document, resolve_new, resolve_readable
from phasemetrics.writing.transaction import Change, commit, locked


@dataclass(frozen=True, slots=True)
class Wish:
    """What to reset: `documents` in place, or with a `target` the one document that the new file is made from."""

    documents: tuple[str, ...]
    target: str | None = None
    templates: tuple[str, ...] = ()
    write: bool = True


@dataclass(frozen=True, slots=True)
class Reset:
    """What became of the documents, and which of them hold nothing that we wrote."""

    outcomes: tuple[Outcome, ...]
    foreign: tuple[str, ...]

    @property
    def changed(self) -> bool:
        """Whether a document holds a number that goes back."""
        return any(outcome.plan.changed for outcome in self.outcomes)


def reset(project: Project, wish: Wish) -> Reset:
    """Turn what we wrote back into placeholders, document and ledger in one go; snapshots stay as they are.

    Raises Refusal (nothing was written) for a document or ledger that cannot be trusted, or a `target` that exists,
    UsageError for templates.
    """
    root = project.root
    templates = all_templates(project, wish.templates)
    book = wordings(project.config.phrasebook.model_dump(), project.config.metric)
    with locked(root, read_only=not wish.write):
        opened = [_open(root, name, writing=wish.target is None) for name in dict.fromkeys(wish.documents)]
        result = Reset(
            tuple(_planned(one, templates, book) for one in opened),
            tuple(one.name for one in opened if not one.ledger.entries),
        )
        if wish.target is not None:
            made = _new(root, wish.target, result.outcomes[0].after)
            if wish.write:
                commit(root, *made)
        elif wish.write:
            commit(root, *_in_place(root, opened, result.outcomes))
    return result


def _open(root: Path, name: str, *, writing: bool) -> Opened:
    resolve = resolve_document if writing else resolve_readable
    return read_opened(root, resolve(root, root / name, name), name)


def _planned(opened: Opened, templates: Sequence[Template], book: Phrasebook) -> Outcome:
    try:
        planned = plan_reset(
            decode(opened.content, opened.name), templates, opened.ledger, claimed(opened.ledger, "", templates, book)
        )
    except Refusal as error:
        error.path = error.path or opened.name  # the documents' wing does not know what they are called
        raise
    return Outcome(opened.name, opened.content, encode(planned.text), planned)


def _in_place(root: Path, opened: Sequence[Opened], outcomes: Sequence[Outcome]) -> tuple[list[Change], list[Change]]:
    documents = [Change(one.path, one.name, out.before, out.after) for one, out in zip(opened, outcomes, strict=True)]
    records = [ledger_change(root, one, out.plan.ledger) for one, out in zip(opened, outcomes, strict=True)]
    return documents, records


def _new(root: Path, target: str, content: bytes) -> tuple[list[Change], list[Change]]:
    """Return the changes that make a new document in which nothing is ours, whatever was called so before."""
    path = resolve_new(root, root / target, target)
    name = ledger_name(root, path)
    old = ledger_content(root / name, name)
    records = [] if old is None else [Change(root / name, name, old, ledgers.dumps(Ledger()), belongs_to=target)]
    return [Change(path, target, None, content)], records
