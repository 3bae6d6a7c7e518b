"""Marks that a person puts into a document where its structure cannot tell: leave this alone, read this as that.

`<!-- phasemetrics:off -->` … `<!-- phasemetrics:on -->` hides the lines between. `<!-- phasemetrics:as Metrics -->`
lets the next block count as if it stood under that heading of a template. What `<!-- phasemetrics:trend … -->` asks
for, up to its `<!-- phasemetrics:end -->`, is ours as a whole. All are comments on a line of their own.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from phasemetrics.document.folding import HOLE, fits, heading_key
from phasemetrics.document.markdown import Document, Line
from phasemetrics.errors import Refusal

_DIRECTIVE = re.compile(r"[ \t>]*<!--\s*phasemetrics:(?P<name>\S*)(?:\s+(?P<section>.*?))?\s*-->\s*", re.IGNORECASE)
_NAMES = ("off", "on", "as", "trend", "end")


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark on its `line`: what it is called, and the `section` or the metric that it names."""

    line: Line
    name: str
    section: str


def directed(document: Document, sections: Collection[tuple[str, ...]]) -> Document:
    """Return the document with its lines as the marks in it say.

    `sections` are the heading paths of the templates, as keys with HOLE at their holes. Raises Refusal `bad-marker`
    for a mark that is unknown, does not pair up, or names no section.
    """
    found = list(_every(document))
    if not found:
        return document
    hidden = set(_hidden(found))
    hidden |= set(_written([one for one in found if one.line.number not in hidden]))
    paths: dict[int, tuple[str, ...]] = {}
    for one in found:
        if one.name == "as" and one.line.number not in hidden:
            path = _section(one, sections)
            paths |= dict.fromkeys(_block_after(document, one), path)
    lines = tuple(
        replace(line, kind="hidden") if line.number in hidden else replace(line, path=paths.get(line.number, line.path))
        for line in document.lines
    )
    return replace(document, lines=lines)


def _every(document: Document) -> Iterator[Mark]:
    if "phasemetrics:" not in document.text.lower():
        return
    for line in document.lines:
        match = _DIRECTIVE.fullmatch(document.raw(line)) if line.kind == "html" else None
        if match is None:
            continue
        name = match["name"].lower()
        if name not in _NAMES:
            near = difflib.get_close_matches(name, _NAMES, n=1)
            mend = f"did you mean `{near[0]}`?" if near else "write off, on, as with a heading, or trend with a metric"
            raise bad_mark(line, f"there is no mark `phasemetrics:{match['name']}`", mend)
        yield Mark(line, name, match["section"] or "")


def bad_mark(line: Line, message: str, mend: str) -> Refusal:
    """Return the refusal of a mark that cannot be followed."""
    return Refusal("bad-marker", message, line=line.number + 1, column=1, mend=mend)


def _hidden(found: Sequence[Mark]) -> Iterator[int]:
    """Yield the lines between each `off` and its `on`."""
    opened: Mark | None = None
    for one in found:
        if one.name == "off":
            if opened is not None:
                raise bad_mark(one.line, f"off again: it is off since line {opened.line.number + 1}", "remove one")
            opened = one
        elif one.name == "on":
            if opened is None:
                raise bad_mark(one.line, "on, and nothing was off", "put <!-- phasemetrics:off --> above it")
            yield from range(opened.line.number, one.line.number)
            opened = None
    if opened is not None:
        raise bad_mark(opened.line, "off, and never on again", "put <!-- phasemetrics:on --> where it ends")


def _written(found: Sequence[Mark]) -> Iterator[int]:
    """Yield the lines between each `trend` and its `end`."""
    for one, following in pairwise(one for one in found if one.name in {"trend", "end"}):
        if one.name == "trend" and following.name == "end":
            yield from range(one.line.number + 1, following.line.number)


def marks_of(document: Document) -> tuple[Mark, ...]:
    """Return the marks of a document, without those that are switched off."""
    found = list(_every(document))
    hidden = set(_hidden(found))
    return tuple(one for one in found if one.line.number not in hidden)


def _section(one: Mark, sections: Collection[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the headings of a template that a mark names, the last of them or several after one another."""
    wanted = tuple(heading_key(part) for part in one.section.split("/"))
    fitting = [path for path in sections if len(wanted) <= len(path) and all(map(_names, path[-len(wanted) :], wanted))]
    if fitting:
        return min(fitting, key=len)
    near = difflib.get_close_matches(wanted[-1], {path[-1].replace(HOLE, "…") for path in sections}, n=1)
    mend = f"did you mean `{near[0]}`?" if near else "docs/places.md lists the headings"
    raise bad_mark(one.line, f"no template has a heading {one.section!r}", mend)


def _names(heading: str, wanted: str) -> bool:
    """Return whether a heading of a template is what a mark says; one that is nothing but a hole would be anything."""
    return bool(heading.strip(f" {HOLE}")) and fits(heading, wanted)


def _block_after(document: Document, one: Mark) -> list[int]:
    """Return the lines of the table, fence, list or paragraph under a mark."""
    after = document.lines[one.line.number + 1 :]
    start = next((index for index, line in enumerate(after) if document.raw(line).strip()), None)
    if start is None or after[start].kind == "heading":
        raise bad_mark(one.line, "nothing stands under it that it could bind", "put it right above a block")
    first = after[start]
    if first.block >= 0:
        return [line.number for line in after if line.block == first.block]
    lines = []
    for line in after[start:]:
        if not document.raw(line).strip() or line.kind != "text":
            break
        lines.append(line.number)
    return lines
