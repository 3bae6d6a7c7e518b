"""What a document says of a file right beside its path: `src/a.py` (120 lines), `tests/test_a.py` (14 tests)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from phasemetrics.document.folding import heading_key
from phasemetrics.document.markdown import Document, Line

Noun = Literal["lines", "tests"]
Relation = Literal["=", "~", ">="]

# A path with an extension in a code span, then nothing but emphasis, and what is said of it in parentheses.
_CLAIM = re.compile(r"`(?P<path>[\w@+.-][\w@+./ -]*\.\w+)`(?:\*\*|__|\*|:)*[ \t]*\((?P<said>[^()`|]*)\)")
_SAID = re.compile(
    r"(?P<about>~|≈|about |approx\.? |around )?(?P<number>\d{1,3}(?:,\d{3})+|\d+)(?P<more>\+)?\s+"
    r"(?P<noun>lines|line|loc|tests|test|test cases)(?: of code)?",
    re.IGNORECASE,
)
# `a.py`, `b.py` and `c.py` (300 lines): nobody can say whose lines they are.
_SHARED = re.compile(r"`\s*(?:,|&|\+|/|and|und|et|y|e)\s*\Z", re.IGNORECASE)
_ELSEWHERE = re.compile(r"\b(?:next|previous|future|upcoming|planned|before|baseline|estimated?)\b")
_PHASE = re.compile(r"\bphase (\d+)\b")
_STRUCK = "~~"


@dataclass(frozen=True, slots=True)
class FileClaim:
    """A number of lines or tests that a document states for one file: where it stands, counted from 1, and its text.

    `relation` is how it is meant: exactly, about (`~300`), or at least (`300+`).
    """

    line: int
    column: int
    text: str
    path: str
    noun: Noun
    value: int
    relation: Relation


def file_claims(document: Document, phase: str) -> Iterator[FileClaim]:
    """Yield what is said of files, without fences, HTML, and sections that are about another phase or another time."""
    for line in document.lines:
        if line.kind in {"text", "heading", "row"} and _is_about(line, phase):
            yield from _on(line, document.raw(line))


def _is_about(line: Line, phase: str) -> bool:
    keys = [heading_key(title) for title in line.path]
    others = [number for key in keys for number in _PHASE.findall(key)]
    return not any(map(_ELSEWHERE.search, keys)) and all(number == phase for number in others)


def _on(line: Line, raw: str) -> Iterator[FileClaim]:
    if _STRUCK in raw:
        return
    for match in _CLAIM.finditer(raw):
        if _SHARED.search(raw[: match.start()]):
            continue
        start = match.start("said")
        for part in re.finditer(r"[^,;](?:[^,;]|,(?=\d{3}\b))*", match["said"]):
            said = _SAID.fullmatch(part[0].strip())
            if said is None:
                continue
            offset = start + part.start() + len(part[0]) - len(part[0].lstrip()) + said.start("number")
            noun: Noun = "tests" if said["noun"].lower().startswith("test") else "lines"
            relation: Relation = "~" if said["about"] else ">=" if said["more"] else "="
            value = int(said["number"].replace(",", ""))
            yield FileClaim(line.number + 1, offset + 1, said["number"], match["path"], noun, value, relation)
