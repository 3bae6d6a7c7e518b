"""What we last wrote into which hole: the record that tells our numbers from a person's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from phasemetrics.errors import Refusal
from phasemetrics.reading import unique_keys
from phasemetrics.shape import excess

SCHEMA = 1
_MEND = "restore it with `git checkout -- {path}`, or delete it: then every number counts as a person's"


@dataclass(frozen=True, slots=True)
class Entry:
    """One hole or one row: the `placeholder` that stood there first, and the text that was last `written`.

    For a cell that was empty the placeholder is its blanks. `added`: the row is one that we put in, so `placeholder` is
    the line it was cloned from.
    """

    placeholder: str
    written: str
    added: bool = False


@dataclass(frozen=True, slots=True)
class Ledger:
    """All entries of one document, by address. A missing ledger is an empty one: then nothing is ours."""

    entries: Mapping[str, Entry] = field(default_factory=dict)

    def get(self, *addresses: str) -> Entry | None:
        """Return the entry under the first of `addresses` that has one."""
        return next((self.entries[address] for address in addresses if address in self.entries), None)

    def keys_under(self, prefix: str) -> tuple[str, ...]:
        """Return the row keys for which something was written under the address of a group of rows."""
        start = f"{prefix}/["
        found = [address[len(start) :] for address in self.entries if address.startswith(start)]
        return tuple(dict.fromkeys(rest.rpartition("]/")[0] for rest in found))


def loads(content: bytes, path: str) -> Ledger:
    """Read a ledger; raise Refusal for a damaged one, which is never taken for an empty one."""
    try:
        if over := excess(content):
            raise ValueError(over[0])
        data = json.loads(content.decode("utf-8", "strict"), object_pairs_hook=unique_keys)
        return _ledger(data)
    except json.JSONDecodeError as error:
        raise _damaged(path, error.msg, error.lineno, error.colno) from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _damaged(path, str(error), None, None) from None


def _ledger(data: Any) -> Ledger:
    if data["schema"] != SCHEMA:
        raise ValueError(f"schema {data['schema']!r} is not {SCHEMA}; a newer phasemetrics wrote it")
    entries = {}
    for address, entry in data["holes"].items():
        placeholder, written, added = entry["placeholder"], entry["written"], entry.get("added", False)
        if not isinstance(placeholder, str) or not isinstance(written, str) or not isinstance(added, bool):
            raise TypeError(f"{address!r} holds something that cannot be")
        entries[address] = Entry(placeholder, written, added)
    return Ledger(entries)


def _damaged(path: str, message: str, line: int | None, column: int | None) -> Refusal:
    return Refusal(
        "damaged-ledger", f"the ledger cannot be read: {message}", path=path, line=line, column=column,
        mend=_MEND.format(path=path),
    )  # fmt: skip


def dumps(ledger: Ledger) -> bytes:
    """Return the ledger as JSON, sorted, one hole on a line so that git can merge it."""
    lines = [f"  {json.dumps(address)}: {_line(entry)}" for address, entry in sorted(ledger.entries.items())]
    body = ",\n".join(lines)
    return f'{{"schema": {SCHEMA},\n "holes": {{\n{body}\n}}}}\n'.encode("ascii")


def _line(entry: Entry) -> str:
    said = {"placeholder": entry.placeholder, "written": entry.written}
    return json.dumps({**said, "added": True} if entry.added else said)
