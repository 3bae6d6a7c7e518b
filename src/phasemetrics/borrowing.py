"""Borrows the baseline of a phase from the team's store, where nothing nearer has one."""

from __future__ import annotations

from dataclasses import dataclass

from phasemetrics.config import Project
from phasemetrics.errors import PhasemetricsError
from phasemetrics.evidence import snapshot as codec
from phasemetrics.evidence.identity import neighbours
from phasemetrics.evidence.measuring import read_at
from phasemetrics.evidence.model import Warning
from phasemetrics.evidence.store import Stored, load, place
from phasemetrics.provenance import require_own_keys

# A fork has no credentials or may not use them, a laptop may lack the extra: none keeps a document from being filled.
_NO_ANSWER = {"store-unreachable", "store-forbidden", "no-extra", "no-repository", "unsafe-event"}


@dataclass(frozen=True, slots=True)
class Borrowed:
    """What the store has of a baseline; `notes` say why it could not be asked, `commit` where it was measured."""

    stored: Stored | None = None
    notes: tuple[Warning, ...] = ()
    commit: str | None = None

    def get(self) -> Stored | None:
        """Return it: the last place that `find_baseline` looks at."""
        return self.stored


def borrow(project: Project, phase: str, named: str | None, base: str | None) -> Borrowed:
    """Ask the configured store for the baseline of a phase, unless a nearer place has one.

    These are what was `named` for it, the checkout, the `base` revision and the end of the previous phase. Then
    `commit` is that of the checkout's. Raises Refusal for a damaged record, UsageError for a store that cannot be one.
    """
    own = load(project.root, phase, "baseline")
    if own is not None:
        return Borrowed(commit=own.revision.sha if own.revision else None)
    url = project.config.store
    if url is None or named is not None or _is_near(project, phase, base):
        return Borrowed()
    try:
        return _ask(project, url, phase)
    except PhasemetricsError as error:
        if error.code not in _NO_ANSWER:
            raise
        where = f"{error.path} " if error.path else ""
        message = f"the store was not asked for a baseline: {where}{error.message}; {error.mend}"
        return Borrowed(notes=(Warning(error.code, "", message),))


def _ask(project: Project, url: str, phase: str) -> Borrowed:
    from phasemetrics.repositories import repository_of
    from phasemetrics.stores.opening import open_store, shown

    require_own_keys(project, "store", "repository")
    record = open_store(url).latest(repository_of(project), phase, "baseline")
    if record is None:
        return Borrowed()
    found = f"the baseline that {shown(url)} has of {record.repository}"
    revision = codec.loads(record.content, found).revision
    return Borrowed(Stored(found, record.content), commit=revision.sha if revision else None)


def _is_near(project: Project, phase: str, base: str | None) -> bool:
    if read_at(project.root, base, place(phase, "baseline"), inside=True) is not None:
        return True
    previous, _ = neighbours(phase, project.config)
    return previous is not None and load(project.root, previous, "end") is not None
