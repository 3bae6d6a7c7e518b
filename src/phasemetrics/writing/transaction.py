"""Several files written as one: after any crash or error each of them is whole, and they agree with each other."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from phasemetrics.errors import Refusal
from phasemetrics.scratch import sweep
from phasemetrics.writing import atomic, journal, state
from phasemetrics.writing.atomic import writing
from phasemetrics.writing.change import Change, journal_of
from phasemetrics.writing.journal import Entry, Journal
from phasemetrics.writing.settlement import (
    Kept,
    discard,
    kept_refusal,
    rescue,
    settle,
    sync_folders,
    take_back,
    unmake,
)
from phasemetrics.writing.state import state_folder

__all__ = ["Change", "commit", "locked", "settle", "state_folder"]


@contextmanager
def locked(root: Path, timeout: float = 10.0, *, read_only: bool = False) -> Iterator[None]:
    """Hold the project's lock, with whatever an interrupted run left behind settled; enter it before reading.

    Raises `Refusal` (`locked`) when another run has held it for `timeout` seconds. With `read_only` nothing is made
    where no run ever wrote, and what cannot be settled because nothing may be written is left. Temporary folders of
    killed runs go, too.
    """
    sweep()
    with state.held(root, timeout, read_only=read_only) as holding:
        if holding:
            try:
                settle(root)
            except Refusal as error:
                if not read_only or error.code != "cannot-write":
                    raise
        yield


def commit(root: Path, documents: Sequence[Change], records: Sequence[Change]) -> None:
    """Write all changes or none; to be called inside `locked`, with what was read inside it as `before`.

    Files that hold what they shall hold are not touched. Raises `Refusal`: `changed-meanwhile` when a file no longer
    holds what was read, `cannot-write` when the system says no. Then nothing is changed; where not even that could be
    restored, the journal stays and the next `locked` brings every document and its records to one state.
    """
    base = Path(os.path.realpath(root))
    pending = state.prepare(base) / "pending.json"
    settle(base)
    plan = journal_of(base, root, documents, records)
    if not plan.entries:
        return
    staged = False
    try:
        with writing(state.shown(base, pending)):
            journal.save(plan, pending, base)
        for entry in plan.entries:
            _stage(entry)
        staged = True
        _install(plan.documents)
        _install(plan.records)
        for entry in plan.entries:
            _expect_displaced(entry)  # again: an editor may have been in the middle of saving
    except BaseException as error:
        kept = _undo(plan, pending, staged=staged)
        if kept:
            raise kept_refusal(base, kept) from error
        raise
    try:
        kept = _clean(plan, pending)
    except KeyboardInterrupt:
        _clean(plan, pending)
        raise
    if kept:
        raise kept_refusal(base, kept)


def _changed(name: str) -> Refusal:
    message = "was changed by someone else while it was being filled; nothing of that was overwritten"
    return Refusal("changed-meanwhile", message, path=name, mend="run the same command again")


def _stage(entry: Entry) -> None:
    """Write the new file beside the old one: whatever a full disk or a foreign owner refuses is refused here."""
    with writing(entry.name):
        atomic.make_folders(entry.path.parent)
        if entry.here() != entry.before:
            raise _changed(entry.name)
        atomic.stage(entry.temporary, entry.content, None if entry.before is None else entry.path)


def _install(entries: Sequence[Entry]) -> None:
    for entry in entries:
        with writing(entry.name):
            if entry.here() != entry.before:
                raise _changed(entry.name)
            try:
                atomic.install(entry.temporary, entry.path, new=entry.before is None)
            except FileExistsError:
                raise _changed(entry.name) from None
            _expect_displaced(entry)
    sync_folders(entries)


def _expect_displaced(entry: Entry) -> None:
    """Look at what came out: a save between the last look and the exchange shows itself here, and is put back."""
    with writing(entry.name):
        if entry.spare() not in (None, entry.before):
            raise _changed(entry.name)


def _undo(plan: Journal, pending: Path, *, staged: bool) -> Kept:
    """Put everything back; what even that cannot do is left, journal and all, for the next start."""
    kept: Kept = []
    with suppress(OSError, Refusal):
        if staged:
            for entry in reversed(plan.entries):
                take_back(entry)
            rescue(plan.entries, pending.parent, kept)
        discard(plan.entries)
        unmake(plan.folders)
        pending.unlink(missing_ok=True)
        atomic.sync_folder(pending.parent)
    return kept


def _clean(plan: Journal, pending: Path) -> Kept:
    """Remove what the transaction needed; all is durable by now, so what fails here is left to the next start."""
    kept: Kept = []
    with suppress(OSError, Refusal):
        rescue(plan.entries, pending.parent, kept)
        discard(plan.entries)
        pending.unlink(missing_ok=True)
        atomic.sync_folder(pending.parent)
    return kept
