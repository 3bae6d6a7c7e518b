"""What a transaction is asked to write, and what of it has to be written: checked and without what changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from phasemetrics.errors import Refusal
from phasemetrics.writing import atomic, journal
from phasemetrics.writing.guard import passes_link, resolve_document, resolve_new
from phasemetrics.writing.journal import Entry, Journal


@dataclass(frozen=True, slots=True)
class Change:
    """One file to write: its resolved `path`, its `name` for a person, its bytes `before` (None: no file) and `after`.

    `belongs_to` is, for a record, the name of the document it speaks of: it is written if that document is.
    """

    path: Path
    name: str
    before: bytes | None
    after: bytes
    belongs_to: str | None = None


def journal_of(base: Path, root: Path, documents: Sequence[Change], records: Sequence[Change]) -> Journal:
    """Return what has to be written, without the changes that change nothing, each with a name for its temporary.

    `base` is the resolved `root`. Raises `Refusal` for a place that may not be written or that two changes disagree
    about, `ValueError` for a record that is not in the folder of records.
    """
    written: dict[str, Path] = {}
    entries: dict[Path, Entry] = {}
    for change in documents:
        if change.after != change.before:
            path = _document_path(base, change)
            written[change.name] = path
            _add(entries, _entry(path, change, None))
    noted: dict[Path, Entry] = {}
    for change in records:
        if change.after != (change.before or b""):  # an empty record says nothing, so it need not be made
            path = _record_path(base, root, change)
            _add(noted, _entry(path, change, written.get(change.belongs_to or "")))
    missing = [step for path in (*entries, *noted) for step in atomic.missing_folders(path.parent)]
    return Journal(tuple(entries.values()), tuple(noted.values()), tuple(dict.fromkeys(missing)))


def _add(entries: dict[Path, Entry], entry: Entry) -> None:
    """Add `entry`; a file may be named twice, by a link and by itself, but not with two contents."""
    other = entries.setdefault(entry.path, entry)
    if other.after != entry.after:
        mend = f"it is the same file as {other.name}: name one of them"
        raise Refusal("same-file", "is to be written twice", path=entry.name, mend=mend)


def _entry(path: Path, change: Change, document: Path | None) -> Entry:
    before = None if change.before is None else sha256(change.before).hexdigest()
    after = sha256(change.after).hexdigest()
    temporary = atomic.temporary_beside(path)
    return Entry(path, change.name, temporary, before, after, change.after, change.before, document)


def _document_path(base: Path, change: Change) -> Path:
    resolve = resolve_new if change.before is None else resolve_document
    return resolve(base, change.path, change.name)


def _record_path(base: Path, root: Path, change: Change) -> Path:
    below = next((change.path.relative_to(top) for top in (base, root) if change.path.is_relative_to(top)), None)
    if below is None or not journal.is_record(base / below, base):
        raise ValueError(f"{change.name} is not where records are")
    if passes_link(base, base / below):
        mend = "records are files in folders: replace the link by what it leads to"
        raise Refusal("outside-project", "is or passes through a symbolic link", path=change.name, mend=mend)
    return base / below
