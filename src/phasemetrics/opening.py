"""A document that was read, and the ledger that says which of its numbers are ours."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from phasemetrics.document import ledger as ledgers
from phasemetrics.document.ledger import Ledger
from phasemetrics.errors import Refusal
from phasemetrics.evidence.store import FOLDER
from phasemetrics.reading import read_regular
from phasemetrics.realpath import real
from phasemetrics.writing.guard import read_document
from phasemetrics.writing.transaction import Change

_NAME_LIMIT = 255  # bytes, in the file systems of today


@dataclass(frozen=True, slots=True)
class Opened:
    """A document that was read, and the ledger that goes with it."""

    name: str
    path: Path
    content: bytes
    ledger: Ledger
    ledger_content: bytes | None


def read_opened(root: Path, path: Path, name: str) -> Opened:
    """Read a document, whose `path` is resolved, and its ledger; raise Refusal for what is damaged."""
    place_of_ledger = ledger_name(root, path)
    content = ledger_content(root / place_of_ledger, place_of_ledger)
    ledger = Ledger() if content is None else ledgers.loads(content, place_of_ledger)
    return Opened(name, path, read_document(path, name), ledger, content)


def ledger_name(root: Path, document: Path) -> str:
    """Return where the ledger of a document lies, relative to the root."""
    path = document.relative_to(real(root))
    return f"{FOLDER}/ledger/{path.with_name(_file_name(path.name)).as_posix()}"


def _file_name(document: str) -> str:
    """Return the document's name with `.json` behind it; where that is too long, its start, and the hash of it."""
    spelled = os.fsencode(document)
    if len(spelled) + len(".json") <= _NAME_LIMIT:
        return f"{document}.json"
    # Not .json at the end: so it is the name of no other document's ledger.
    return f"{spelled[:200].decode('utf-8', 'ignore')}.{hashlib.sha256(spelled).hexdigest()[:16]}.ledger"


def ledger_content(path: Path, name: str) -> bytes | None:
    """Return the bytes of a ledger, None where there is none; raise Refusal for one that cannot be read."""
    if not path.exists() and not path.is_symlink():
        return None
    try:
        return read_regular(path, name, "json_size")
    except Refusal as error:
        mend = "restore it with `git checkout`, or delete it: then every number counts as a person's"
        raise Refusal("damaged-ledger", f"the ledger {error.message}", path=name, mend=mend) from None


def ledger_change(root: Path, opened: Opened, ledger: Ledger) -> Change:
    """Return the change that brings a document's ledger up to date; none where there never was anything to note."""
    name = ledger_name(root, opened.path)
    unchanged = ledger == opened.ledger
    content = (opened.ledger_content or b"") if unchanged else ledgers.dumps(ledger)
    return Change(root / name, name, opened.ledger_content, content, belongs_to=opened.name)
