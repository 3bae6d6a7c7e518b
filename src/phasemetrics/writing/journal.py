"""What a transaction is about to write, noted before the first file is touched, for the next start to settle."""

from __future__ import annotations

import json
import os
import re
import shlex
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any

from phasemetrics.errors import Refusal
from phasemetrics.reading import read_regular
from phasemetrics.writing import atomic

FOLDER = ".phasemetrics"
# The contents of all records, in JSON.
_LIMIT = 1 << 30
_HASH = re.compile(r"[0-9a-f]{64}\Z")
_KEYS = {"path", "temporary", "before", "after"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a transaction: what it held and shall hold (SHA-256), and the `temporary` it is staged in.

    `before` is None for a file that did not exist. `content` is what it shall hold; a document's is not in the journal
    and empty after loading, as is `previous`. `document` is the file that a record speaks of.
    """

    path: Path
    name: str
    temporary: Path
    before: str | None
    after: str
    content: bytes = b""
    previous: bytes | None = None
    document: Path | None = None

    def here(self) -> str | None:
        """Return the digest of what lies at the path now."""
        return atomic.digest(self.path)

    def spare(self) -> str | None:
        """Return the digest of what lies under the temporary name now: the new file, later the one it displaced."""
        return atomic.digest(self.temporary)


@dataclass(frozen=True, slots=True)
class Journal:
    """The documents and the records of one transaction, in the order in which they are written.

    `folders` have to be made for them, the outer ones first.
    """

    documents: tuple[Entry, ...]
    records: tuple[Entry, ...]
    folders: tuple[Path, ...] = ()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All files, in the order in which they are written."""
        return self.documents + self.records


def is_record(path: Path, root: Path) -> bool:
    """Whether `path` is where records are: in a folder of `.phasemetrics` that is not this journal's own."""
    parts = path.relative_to(root).parts
    return len(parts) > 2 and parts[0] == FOLDER and parts[1] != ".state" and ".." not in parts


def save(journal: Journal, place: Path, root: Path) -> None:
    """Write the journal durably to `place`; raises `OSError`."""
    documents = [_row(entry, root) for entry in journal.documents]
    records = [
        {
            **_row(entry, root),
            "content": entry.content.decode("utf-8", "surrogateescape"),
            "document": entry.document and entry.document.relative_to(root).as_posix(),
        }
        for entry in journal.records
    ]
    folders = [folder.relative_to(root).as_posix() for folder in journal.folders]
    said = {"schema": 1, "tool": "phasemetrics", "documents": documents, "records": records, "folders": folders}
    atomic.replace(place, json.dumps(said, indent=1).encode("ascii"))


def load(place: Path, root: Path, name: str) -> Journal | None:
    """Return the journal at `place`, None when there is none; raises `Refusal` for one that we did not write so."""
    if not os.path.lexists(place):
        return None
    try:
        return _journal(json.loads(read_regular(place, name, _LIMIT)), root)
    except Refusal as error:
        reason = error.message
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        reason = f"does not say what to write: {type(error).__name__}: {error}"
    where = shlex.quote(name)
    mend = f"it notes a run that was interrupted: compare it with the documents, then mv {where} {where}.old"
    raise Refusal("damaged-journal", reason, path=name, mend=mend)


def _row(entry: Entry, root: Path) -> dict[str, str | None]:
    return {
        "path": entry.path.relative_to(root).as_posix(),
        "temporary": entry.temporary.name,
        "before": entry.before,
        "after": entry.after,
    }


def _journal(said: Any, root: Path) -> Journal:
    lists = ("documents", "records", "folders")
    _expect(isinstance(said, dict) and said.keys() == {"schema", "tool", *lists}, "other keys")
    _expect(said["schema"] == 1 and said["tool"] == "phasemetrics", "another schema")
    _expect(all(isinstance(said[name], list) for name in lists), "no lists")
    documents = tuple(_entry(row, root, _KEYS) for row in said["documents"])
    records = tuple(_record(row, root, {entry.path for entry in documents}) for row in said["records"])
    outside = all(entry.path.relative_to(root).parts[0] != FOLDER for entry in documents)
    _expect(outside, "a record among the documents")
    return Journal(documents, records, tuple(root / _relative(name) for name in said["folders"]))


def _record(row: Any, root: Path, documents: set[Path]) -> Entry:
    entry = _entry(row, root, _KEYS | {"content", "document"})
    content = row["content"].encode("utf-8", "surrogateescape")
    document = None if row["document"] is None else root / _relative(row["document"])
    _expect(is_record(entry.path, root), "a record outside its folder")
    _expect(sha256(content).hexdigest() == entry.after, "a content that is not what it says")
    _expect(document is None or document in documents, "a record of no document")
    return Entry(entry.path, entry.name, entry.temporary, entry.before, entry.after, content=content, document=document)


def _entry(row: Any, root: Path, keys: set[str]) -> Entry:
    _expect(isinstance(row, dict) and row.keys() == keys, "other keys in a row")
    path = root / _relative(row["path"])
    _expect(atomic.TEMPORARY.match(row["temporary"]) is not None, "a temporary with another name")
    _expect(row["before"] is None or _HASH.match(row["before"]) is not None, "no digest")
    _expect(_HASH.match(row["after"]) is not None, "no digest")
    return Entry(path, row["path"], path.with_name(row["temporary"]), row["before"], row["after"])


def _relative(text: str) -> PurePosixPath:
    path = PurePosixPath(text)
    plain = str(path) == text and not path.is_absolute() and "\0" not in text and path.parts
    _expect(bool(plain) and ".." not in path.parts, "a path that leaves the project")
    _expect(".git" not in {part.casefold() for part in path.parts}, "a path into .git")
    return path


def _expect(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ValueError(otherwise)
