"""What a document says of a file right beside its path: `src/a.py` (120 lines), `tests/test_a.py` (14 tests)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from phasemetrics.document.folding import heading_key, names_other_phase
from phasemetrics.document.markdown import Document, Line

Noun = Literal["lines", "tests"]
Relation = Literal["=", "~", ">="]

# A path with an extension: in a code span, or bare where the extension is one that only files of code have.
_CODE = r"py|pyi|js|jsx|mjs|ts|tsx|go|rs|java|kt|scala|php|cs|rb|c|h|cc|cpp|hpp|swift|dart|ex|exs|vue|sql|sh"
PATH = re.compile(
    rf"`(?P<span>[\w@+.-][\w@+./ -]*\.\w+)`|(?<![\w`/.-])(?P<bare>[\w@.-][\w@./-]*\.(?:{_CODE}))(?![\w`/(-])"
)
# What is said of it, right behind it: in parentheses, or after a dash or a colon up to the end.
_BEHIND = re.compile(
    r"(?:\*\*|__|\*|:)*[ \t]*\((?P<said>[^()`|]*)\)"
    r"|(?:\*\*|__|\*)*(?:[ \t]+[-–—]|:(?:\*\*|__|\*)*)[ \t]+(?P<tail>[^()`|,;]*?)[ \t*]*(?=\(|,|;|\Z)"
)
_SAID = re.compile(
    r"(?P<about>~|≈|about |approx\.? |around |约|约 )?(?P<number>\d{1,3}(?:,\d{3})+|\d+)(?P<more>\+)?\s*"
    r"(?P<noun>\b(?:lines|line|loc|tests|test|test cases)\b|行|줄|líneas|lignes|zeilen|个测试|テスト|개 테스트)"
    r"(?: of code|代码)?",
    re.IGNORECASE,
)
_TESTS = ("test", "个测试", "テスト", "개 테스트")
_COLUMNS: dict[str, Noun] = {
    "lines": "lines", "loc": "lines", "lines of code": "lines", "行数": "lines",
    "tests": "tests", "test count": "tests", "テスト数": "tests", "测试数": "tests",
}  # fmt: skip
_COUNT = re.compile(r"(?P<about>~|≈)?(?P<number>\d{1,3}(?:,\d{3})+|\d+)(?P<more>\+)?")
# `a.py`, `b.py` and `c.py` (300 lines): nobody can say whose lines they are.
_SHARED = re.compile(r"`\s*(?:,|&|\+|/|and|und|et|y|e)\s*\Z", re.IGNORECASE)
_ELSEWHERE = re.compile(r"\b(?:next|previous|future|upcoming|planned|before|baseline|estimated?)\b")
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
    about = {path: _is_about(path, phase) for path in {line.path for line in document.lines}}
    for line in document.lines:
        if line.kind in {"text", "heading", "row"} and about[line.path]:
            raw = document.raw(line)
            if _STRUCK in raw:
                continue
            yield from _behind(line, raw)
            if line.kind == "row":
                yield from _beside(document, line)


def _is_about(path: Sequence[str], phase: str) -> bool:
    keys = [heading_key(title) for title in path]
    return not any(_ELSEWHERE.search(key) or names_other_phase(key, phase) for key in keys)


def _behind(line: Line, raw: str) -> Iterator[FileClaim]:
    """Yield what stands right behind a path: `src/a.py` (120 lines, 14 tests)."""
    for named in PATH.finditer(raw):
        behind = _BEHIND.match(raw, named.end())
        if behind is None or _SHARED.search(raw, max(0, named.start() - 40), named.start()):
            continue
        group = "said" if behind["said"] is not None else "tail"
        for part in re.finditer(r"[^,;](?:[^,;]|,(?=\d{3}(?!\d)))*", behind[group]):
            said = _SAID.fullmatch(part[0].strip())
            if said is not None:
                lead = len(part[0]) - len(part[0].lstrip())
                at = behind.start(group) + part.start() + lead + said.start("number")
                yield _claim(line, at, named["span"] or named["bare"], _noun(said), said)


def _beside(document: Document, line: Line) -> Iterator[FileClaim]:
    """Yield what the row of a table says of the one file that it names: `14 tests`, or 14 in the column Tests."""
    header = document.header(line)
    cells = document.cells(line)
    texts = [document.text[cell.start : cell.end] for cell in cells]
    named = [match for text in texts for match in PATH.finditer(text)]
    if header is None or len(named) != 1:
        return
    heads = [heading_key(document.text[cell.start : cell.end]) for cell in document.cells(header)]
    for cell, text, head in zip(cells, texts, heads, strict=False):
        shown = text.strip("*_ \t")
        said = _SAID.fullmatch(shown)
        count = _COUNT.fullmatch(shown) if head in _COLUMNS else None
        found = said or count
        if found is not None and not PATH.search(text):
            at = cell.start - line.start + text.index(shown) + found.start("number")
            noun = _COLUMNS[head] if said is None else _noun(said)
            yield _claim(line, at, named[0]["span"] or named[0]["bare"], noun, found)


def _noun(said: re.Match[str]) -> Noun:
    return "tests" if said["noun"].lower().startswith(_TESTS) else "lines"


def _claim(line: Line, at: int, path: str, noun: Noun, found: re.Match[str]) -> FileClaim:
    value = int(found["number"].replace(",", ""))
    return FileClaim(line.number + 1, at + 1, found["number"], path, noun, value, relation_of(found))


def relation_of(found: re.Match[str]) -> Relation:
    """Return how a number is meant, by the groups `about` and `more` of the pattern that found it."""
    return "~" if found["about"] else ">=" if found["more"] else "="
