"""What a record is called in a bucket: a key that its content alone decides."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import cast
from urllib.parse import unquote

from phasemetrics.evidence.history import Record, measured_at
from phasemetrics.evidence.store import Side, checked_phase, is_phase

_PLAIN = re.compile(rb"[A-Za-z0-9._-]")
_DOTS = {".": "%2E", "..": "%2E%2E"}
_KEY = re.compile(
    r"(?P<repository>[^/]+(?:/[^/]+)*)/phases/(?P<phase>[^/]+)/(?P<side>baseline|end)"
    r"/(?P<written>\d{8}T\d{6}Z)-(?P<hash>[0-9a-f]{12})\.json",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Key:
    """A key that was read: which end of which phase lies there, when it was measured, how the hash of it begins."""

    name: str
    repository: str
    phase: str
    side: Side
    written: str
    hash: str

    @property
    def age(self) -> tuple[str, str]:
        """What puts the keys of one end of a phase in order: the greatest was measured last."""
        return self.written, self.hash


def key_of(record: Record) -> str:
    """Return `<repository>/phases/<phase>/<side>/<utc>-<sha12>.json`, the same for the same record.

    Raises Refusal for content that does not say when it was measured, UsageError for what cannot name a phase.
    """
    written = measured_at(record).strftime("%Y%m%dT%H%M%SZ")
    return f"{folder_of(record.repository, record.phase, record.side)}/{written}-{record.sha256[:12]}.json"


def folder_of(repository: str, phase: str | None = None, side: Side | None = None) -> str:
    """Return what all keys of a repository, of one of its phases, or of one end of that begin with."""
    parts = [*map(_quoted, repository.split("/")), "phases"]
    if phase is not None:
        parts.append(checked_phase(phase))
    return "/".join([*parts, side] if side is not None else parts)


def read_key(name: str) -> Key | None:
    """Return what a key says; None for one that is not ours."""
    found = _KEY.fullmatch(name)
    if found is None or not is_phase(found["phase"]):
        return None
    repository = "/".join(unquote(part, errors="surrogateescape") for part in found["repository"].split("/"))
    side = cast(Side, found["side"])
    key = Key(name, repository, found["phase"], side, found["written"], found["hash"])
    # Another spelling of the same name would be the same record a second time.
    return key if name.startswith(folder_of(repository, key.phase, side) + "/") else None


def _quoted(part: str) -> str:
    """Return a part of a name as a part of a key: no separator, no step upwards, nothing that a URL changes."""
    raw = part.encode("utf-8", "surrogateescape")
    spelled = "".join(chr(byte) if _PLAIN.match(bytes([byte])) else f"%{byte:02X}" for byte in raw)
    return _DOTS.get(spelled, spelled)
