"""Brings an interrupted transaction to one state, by what lies in its places now and not by what it meant to do."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from phasemetrics.errors import Refusal
from phasemetrics.writing import atomic, journal, state
from phasemetrics.writing.atomic import writing
from phasemetrics.writing.guard import passes_link
from phasemetrics.writing.journal import Entry, Journal

Kept = list[tuple[str, Path]]

_NOT_EMPTY = {errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT, errno.ENOTDIR}  # or not there, or something else by now


def settle(root: Path) -> None:
    """Finish what an interrupted run began, if one did; the caller holds the lock, or knows that no one else writes.

    The record of a document is written when the document was replaced, and dropped when it was not; a record of no
    document when any document was. Raises `Refusal`: `damaged-journal` for one that is not ours, `cannot-write`,
    and `changed-meanwhile`, once, when there is a save of somebody else's that has to be looked at.
    """
    base = Path(os.path.realpath(root))
    pending = state.state_folder(base) / "pending.json"
    plan = journal.load(pending, base, state.shown(base, pending))
    if plan is not None:
        with writing(state.shown(base, pending)):
            kept = _settle(base, plan, pending)
        if kept:
            raise kept_refusal(base, kept)
    for stale in pending.parent.glob(".pm-*"):
        with writing(state.shown(base, stale)):
            stale.unlink()


def take_back(entry: Entry) -> None:
    """Undo the installing of one file, if it was installed and no one has saved over it since; raises `OSError`."""
    spare = entry.spare()
    if spare == entry.after or entry.here() != entry.after:
        return
    if entry.before is None:
        entry.path.rename(entry.temporary)  # not removed: as long as it is there, the next start knows how far we came
        return
    if spare is None:
        # The system could not exchange, so the old bytes are in memory only.
        atomic.stage(entry.temporary, entry.previous or b"", entry.path)
    atomic.install(entry.temporary, entry.path, new=False)


def rescue(entries: Sequence[Entry], folder: Path, kept: Kept) -> None:
    """Move below `folder` every temporary that holds neither the old nor the new content, and add it to `kept`.

    It holds a save of somebody else's that an exchange displaced. Only for files that were staged completely: before
    that it is a new content half written. Raises `OSError`.
    """
    for entry in entries:
        if entry.spare() in (None, entry.before, entry.after):
            continue
        place = folder / "displaced" / entry.temporary.name.removeprefix(".")
        place.parent.mkdir(mode=0o700, exist_ok=True)
        try:
            entry.temporary.rename(place)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            atomic.replace(place, entry.temporary.read_bytes())
            entry.temporary.unlink()
        kept.append((entry.name, place))


def discard(entries: Sequence[Entry]) -> None:
    """Remove the temporaries and make their folders durable: with the journal, the last that knows of them goes.

    The last temporary goes first: without it the next start knows that nothing was put in place.
    """
    for entry in reversed(entries):
        # A file where its folder was to be: there is nothing in it, and the others are still to be removed.
        with writing(entry.name), suppress(NotADirectoryError):
            entry.temporary.unlink(missing_ok=True)
    sync_folders(entries)


def unmake(folders: Sequence[Path]) -> None:
    """Remove those of the folders, the outer ones first, that hold nothing; raises `OSError`."""
    for folder in reversed(folders):
        try:
            folder.rmdir()
        except OSError as error:
            if error.errno not in _NOT_EMPTY:
                raise


def kept_refusal(base: Path, kept: Kept) -> Refusal:
    """Return what to say about saves that fell between two steps of ours."""
    name, place = kept[0]
    message = f"was saved by someone else at the moment it was filled; that save is kept as {state.shown(base, place)}"
    more = f" (and {len(kept) - 1} more beside it)" if len(kept) > 1 else ""
    return Refusal("changed-meanwhile", message + more, path=name, mend="compare the two, then run the command again")


def sync_folders(entries: Sequence[Entry]) -> None:
    """Make the names of these files durable."""
    for folder, name in {entry.path.parent: entry.name for entry in entries}.items():
        if folder.is_dir():
            with writing(name):
                atomic.sync_folder(folder)


def _settle(base: Path, plan: Journal, pending: Path) -> Kept:
    # A folder that has become a link since: what lies behind it is not what this journal speaks of.
    entries = [entry for entry in plan.entries if not passes_link(base, entry.path.parent)]
    staged = bool(entries) and _was_staged(entries[-1])
    replaced = {entry.path for entry in plan.documents if entry in entries and _was_replaced(entry, staged=staged)}
    for record in plan.records:
        anything = bool(replaced) if plan.documents else staged
        wanted = anything if record.document is None else record.document in replaced
        if wanted and record in entries:
            _finish(record)
    kept: Kept = []
    if staged:
        rescue(entries, pending.parent, kept)
    discard(entries)
    unmake([folder for folder in plan.folders if not passes_link(base, folder)])
    pending.unlink()
    atomic.sync_folder(pending.parent)
    return kept


def _was_staged(last: Entry) -> bool:
    """Whether every new file was complete: the last one staged is complete, or in its place already.

    Nothing is put in place before that, so otherwise no document was touched, whatever it holds by now.
    """
    spare = last.spare()
    return (spare is not None and spare in (last.after, last.before)) or last.here() == last.after


def _was_replaced(document: Entry, *, staged: bool) -> bool:
    """Whether the document got its new content, even if a person has edited it since.

    Tried: the content alone. It takes an edit between the crash and the next start for a replaced document; where the
    new file still lies under its temporary name, it was not.
    """
    here = document.here()
    return here == document.after or (staged and here != document.before and document.spare() != document.after)


def _finish(record: Entry) -> None:
    """Write a record that is as it was before; one that has been changed since, by git for instance, is left."""
    with writing(record.name):
        if record.here() != record.before:
            return
        if record.spare() != record.after:
            record.temporary.unlink(missing_ok=True)
            atomic.make_folders(record.path.parent)
            atomic.stage(record.temporary, record.content, None if record.before is None else record.path)
        atomic.install(record.temporary, record.path, new=record.before is None)
