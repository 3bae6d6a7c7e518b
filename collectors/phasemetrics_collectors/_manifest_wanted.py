"""One requirement as a manifest spells it, and the refusal of a manifest that cannot be believed."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import Any, TypeAlias

from phasemetrics.errors import Refusal

BAD_MANIFEST = "bad-manifest"
ANY = ""  # any version will do
ELSEWHERE = "@"  # from a URL, a folder or a workspace; a URL may hold a password, so it is not kept
INDIRECT = "indirect"
_LONGEST_NAME = 214  # what npm allows; no other registry allows more
_LONGEST_SPEC = 200

# The lowest version that fits, first as what its ecosystem orders versions by; empty when any will do.
Bound: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A requirement: its `name` as written, the `key` that names are compared by, the list of the manifest it is in.

    `spec` is the version range as written, without needless blanks, or `ANY`, or `ELSEWHERE`; `bound` the lowest
    version in it, None where it cannot be put in order. Raises ValueError for a name or a range that is too long.
    """

    name: str
    key: str
    group: str
    spec: str
    bound: Bound | None

    def __post_init__(self) -> None:
        if len(self.name) > _LONGEST_NAME:
            raise ValueError(f"has a name of {len(self.name)} characters, the limit is {_LONGEST_NAME}")
        short(self.spec)


def short(text: str) -> str:
    """Return a version range; raise ValueError for one that is too long to be read in good time, and to be shown."""
    if len(text) > _LONGEST_SPEC:
        raise ValueError(f"has a version range of {len(text)} characters, the limit is {_LONGEST_SPEC}")
    return text


def refusal(path: str, problem: str, line: int | None = None) -> Refusal:
    """Return the refusal of a manifest; `problem` never quotes it, since it may hold a password."""
    return Refusal(BAD_MANIFEST, problem, path=path, line=line)


def decoded(content: bytes, path: str) -> str:
    """Return the text of a manifest: UTF-8, or UTF-16 where a byte order mark says so, as pip reads it."""
    encoding = "utf-16" if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise refusal(path, f"is not {encoding.removesuffix('-sig').upper()}", line) from None
