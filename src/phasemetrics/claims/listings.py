"""Headings that say how many files stand in the list under them: `### New Files (4)`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from phasemetrics.document.markdown import Document, Line
from phasemetrics.document.prefix import split_marker

# An item is a path where it stands in a code span, or has the extension of a file of code.
_CODE = r"py|pyi|js|jsx|mjs|ts|tsx|go|rs|java|kt|scala|php|cs|rb|c|h|cc|cpp|hpp|swift|dart|ex|exs|vue|sql|sh"
_PATH = re.compile(
    rf"`(?P<span>[\w@+.-][\w@+./ -]*\.\w+)`|(?<![\w`/.-])(?P<bare>[\w@.-][\w@./-]*\.(?:{_CODE}))(?![\w`/(-])"
)
_FILES = re.compile(r"\b(?:files?|fichiers?|archivos?|dateien)\b|文件|ファイル|파일", re.IGNORECASE)
_COUNT = re.compile(
    r"[(（](?P<count>\d{1,3})"
    r"(?:\s*(?:new |modified |created |changed )?(?:files?|fichiers|archivos|dateien|个文件|ファイル|개))?[)）]"
)
_TITLE = re.compile(r"[ \t]*\*\*.+\*\*:?[ \t]*|[ \t]*\*\*.+:\*\*[ \t]*")


@dataclass(frozen=True, slots=True)
class Listing:
    """A count of files in a heading: where it stands, from 1, its text, and how many files are listed under it."""

    line: int
    column: int
    text: str
    listed: int


def listings(document: Document) -> Iterator[Listing]:
    """Yield the counts of headings over lists in which every item begins with one path."""
    for line in document.lines:
        raw = document.raw(line)
        if line.kind != "heading" and not (line.kind == "text" and _TITLE.fullmatch(raw)):
            continue
        counts = list(_COUNT.finditer(raw))
        if len(counts) != 1 or not _FILES.search(raw):
            continue
        listed = _listed(document, document.lines[line.number + 1 :])
        if listed:
            count = counts[0]
            yield Listing(line.number + 1, count.start("count") + 1, count["count"], listed)


def _listed(document: Document, lines: Sequence[Line]) -> int | None:
    """Return how many items the list has that follows; None where one of them is anything but one file."""
    items, indent = 0, None
    for line in lines:
        raw = document.raw(line)
        if not raw.strip():
            continue
        marker = raw[: split_marker(raw)]
        own = len(raw) - len(raw.lstrip())
        if line.kind != "text" or not marker.strip():
            if line.kind == "text" and indent is not None and own > indent:
                continue  # more about an item
            break
        indent = own if indent is None else indent
        if own > indent:
            continue
        words = raw[len(marker) :].lstrip("*_ ✅✓🆕➕")
        path = _PATH.match(words)
        if path is None or _PATH.match(words[path.end() :].lstrip(", &+")):
            return None
        items += 1
    return items or None
