"""The front matter of a document: its keys, and what stands behind each of them, in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from phasemetrics.document.markdown import Document, Line, Span
from phasemetrics.document.wellformed import is_well_formed, value_at
from phasemetrics.document.yamltext import (
    DASH,
    KEY,
    content_end,
    flow_items,
    indentation,
    is_over,
    unquoted,
    value_end,
)

Style = Literal["empty", "scalar", "flow", "block", "other"]

_NAMES_A_FILE = {"path", "file", "name", "filename"}


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list: what it says, or None where that is more than one text, and the offset where it stands."""

    text: str | None
    start: int


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the front matter, or one right under the key `section`, and the value that stands behind its colon.

    `span` holds the value with the blanks before it, and no comment after it; items on lines of their own begin where
    the line of the key ends. `bare`: a list that holds no more than its items. `indent` is what stands before the
    dashes of a block list, or would.
    """

    section: str
    name: str
    line: Line
    style: Style
    span: Span
    items: tuple[Item, ...] = ()
    bare: bool = True
    indent: str = ""


@dataclass(frozen=True, slots=True)
class _Part:
    """A key, the offset after its colon, and the lines below that belong to it."""

    name: str
    line: Line
    after: int
    below: tuple[Line, ...]


def front_matter(document: Document) -> tuple[Key, ...]:
    """Return the keys of a document's front matter, and those one level below; none where it is malformed."""
    lines = [line for line in document.lines if line.kind == "front"]
    keys: list[Key] = []
    for part in (_parts(document, lines) if is_well_formed(document, lines) else None) or ():
        keys.append(key := _key(document, "", part))
        if key.style == "other" and is_over(document.text[part.after : part.line.end]):
            keys += [_key(document, part.name, one) for one in _parts(document, part.below) or ()]
    return tuple(keys)


def _says(document: Document, line: Line) -> bool:
    """Return whether a line holds more than blanks and a comment."""
    return not is_over(document.raw(line).lstrip(" \t"))


def _parts(document: Document, lines: Sequence[Line]) -> list[_Part] | None:
    """Return the keys of one level with their lines; None where a line fits nowhere, or a key stands there twice."""
    depth = next((indentation(document.raw(line)) for line in lines if _says(document, line)), 0)
    found: list[tuple[str, Line, int, list[Line]]] = []
    over = 0  # where a list in brackets ends: its lines may stand anywhere
    for line in lines:
        raw = document.raw(line)
        own = indentation(raw)
        if not _says(document, line):
            continue
        if found and (line.start < over or own > depth or (own == depth and DASH.match(raw, own))):
            found[-1][3].append(line)
            continue
        key = KEY.match(raw, own)
        if own != depth or key is None:
            return None
        at = line.end - len(raw[key.end() :].lstrip(" \t"))
        over = (document.text[at : at + 1] in {"[", "{"} and value_end(document.text, at, lines[-1].end)) or 0
        found.append((key["name"].strip("\"'"), line, line.start + key.end(), []))
    names = {name for name, *_ in found}
    return [_Part(*one[:3], tuple(one[3])) for one in found] if len(names) == len(found) else None


def _key(document: Document, section: str, part: _Part) -> Key:
    text, line = document.text, part.line
    indent = " " * (indentation(document.raw(line)) + 2)
    key = Key(section, part.name, line, "other", Span(part.after, line.end), indent=indent)
    if not is_over(text[part.after : line.end]):
        return _inline(document, key, part, line.end - len(text[part.after : line.end].lstrip(" \t")))
    if not part.below:
        return replace(key, style="empty", span=Span(part.after, part.after))
    first = part.below[0].start + indentation(document.raw(part.below[0]))
    if text[first] == "[" and not text[part.after : line.end].strip(" \t"):
        return _inline(document, key, part, first)
    return _block(document, key, part.below)


def _inline(document: Document, key: Key, part: _Part, at: int) -> Key:
    """Read the value of a key that begins at an offset."""
    text, after, lines = document.text, part.after, (part.line, *part.below)
    end = value_end(text, at, lines[-1].end) if text[at] in "[\"'" else None
    if end is not None and lines[-1].start <= end and is_over(text[end : lines[-1].end]):
        if text[at] == "[":
            items = [Item(unquoted(text[one:stop]), one) for one, stop in flow_items(text, at, end)]
            return replace(key, style="flow", span=Span(after, end), items=tuple(items), bare="#" not in text[at:end])
        return replace(key, style="scalar", span=Span(after, end)) if not part.below else key
    if part.below or text[at] in "|>&*!{":
        return key
    return replace(key, style="scalar", span=Span(after, content_end(text, at, key.line.end)))


def _block(document: Document, key: Key, below: Sequence[Line]) -> Key:
    """Read a list with its items on lines of their own; a mapping, or anything else, stays `other`."""
    raws = [document.raw(line) for line in below]
    depth = indentation(raws[0])
    if any(not DASH.match(raw, depth) for raw in raws if indentation(raw) <= depth):
        return key
    begins = [index for index, raw in enumerate(raws) if indentation(raw) == depth]
    groups = [below[one:other] for one, other in zip(begins, [*begins[1:], len(below)], strict=True)]
    read = [_item(document, lines) for lines in groups]
    starts = [line.start + value_at(raw, indentation(raw)) for line, raw in zip(below, raws, strict=True)]
    ends = [content_end(document.text, at, line.end) for line, at in zip(below, starts, strict=True)]
    # A comment, or a line that says nothing, between two items is a person's.
    whole = len(read) == below[-1].number - key.line.number and all(
        not document.text[end : line.end].strip(" \t") for end, line in zip(ends[:-1], below[:-1], strict=True)
    )
    return replace(
        key, style="block", span=Span(key.line.end, ends[-1]), items=tuple(item for item, _ in read),
        bare=whole and all(plain and item.text is not None for item, plain in read), indent=raws[0][:depth],
    )  # fmt: skip


def _item(document: Document, lines: Sequence[Line]) -> tuple[Item, bool]:
    """Return one item, and whether it is plain text; of a mapping that names a file the item is that file."""
    text, first = document.text, lines[0]
    dash = DASH.match(text, first.start + indentation(document.raw(first)), first.end)
    start = dash.end() if dash else first.start
    starts = [start, *(line.start + indentation(document.raw(line)) for line in lines[1:])]
    for line, at in zip(lines, starts, strict=True):
        key = KEY.match(text, at, line.end)
        if key is not None and key["name"].lower() in _NAMES_A_FILE:
            begin = line.end - len(text[key.end() : line.end].lstrip(" \t"))
            return Item(unquoted(text[begin : content_end(text, begin, line.end)]), begin), False
    if len(lines) > 1 or KEY.match(text, start, first.end):
        return Item(None, start), False
    return Item(unquoted(text[start : content_end(text, start, first.end)]), start), True
