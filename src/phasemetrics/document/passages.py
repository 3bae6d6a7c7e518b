"""What a document says under a heading or a label: the items of a list, without markers, boxes and placeholders."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from phasemetrics.document.folding import folded, heading_key
from phasemetrics.document.markdown import Document, Line

_ITEM = re.compile(r"(?P<indent>[ \t]*)(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?(?P<text>.*)", re.DOTALL)
_LABEL = re.compile(r"[ \t]*(?:\*\*|__)(?P<label>[^*_:]+)(?::(?:\*\*|__)|(?:\*\*|__):)[ \t]*(?P<text>.*)", re.DOTALL)
_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
# `[What is needed]`, but neither a link, nor an index, nor a footnote.
_PLACEHOLDER = re.compile(r"(?<![\w\]!])\[(?!\^)[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*[^\W\d_][^\[\]]*\](?![(\[])")
_NOTHING = {"", "tbd", "todo", "n/a", "none", "...", "…", "-", "–", "—"}


def items_under(document: Document, belongs: Callable[[tuple[str, ...]], bool]) -> list[str]:
    """Return the items of the lists under the headings that `belongs` chooses by their keys, from the outermost in."""
    lines = [line for line in document.lines if belongs(tuple(map(heading_key, line.path)))]
    return list(_said(_items(document, lines)))


def items_after(document: Document, label: str, belongs: Callable[[tuple[str, ...]], bool]) -> list[str]:
    """Return what stands behind the first bold label that begins with `label`, and in the list right under it."""
    lines = [line for line in document.lines if belongs(tuple(map(heading_key, line.path)))]
    for index, line in enumerate(lines):
        match = _LABEL.match(document.raw(line)) if line.kind == "text" else None
        if match is not None and folded(match["label"]).startswith(label):
            return list(_said([match["text"], *_items(document, _block(document, lines[index + 1 :]))]))
    return []


def item_text(raw: str) -> str:
    """Return a line without its list marker and box, if it has any."""
    match = _ITEM.fullmatch(raw)
    return match["text"] if match else raw


def _block(document: Document, lines: Iterable[Line]) -> Iterator[Line]:
    """Yield the lines of the list that begins here, past blank lines, up to what is none of it."""
    begun = False
    for line in lines:
        raw = document.raw(line)
        starts = _ITEM.fullmatch(raw) is not None
        if line.kind != "text" or (begun and not raw.strip()) or (not begun and raw.strip() and not starts):
            return
        begun = begun or starts
        yield line


def _items(document: Document, lines: Iterable[Line]) -> Iterator[str]:
    """Yield each item of the outermost list with the lines that it goes on in."""
    margin: int | None = None
    words: list[str] | None = None
    for line in lines:
        raw = document.raw(line)
        match = _ITEM.fullmatch(raw) if line.kind == "text" else None
        if match is not None:
            indent = len(match["indent"].expandtabs(4))
            margin = indent if margin is None else margin
            if words is not None:
                yield " ".join(words)
            # What is indented deeper belongs to an item that is complete without it.
            words = [match["text"]] if indent <= margin + 1 else None
        elif words is not None and line.kind == "text" and raw.strip():
            words.append(raw.strip())
        elif words is not None:
            yield " ".join(words)
            words = None
    if words is not None:
        yield " ".join(words)


def _said(items: Iterable[str]) -> Iterator[str]:
    """Yield the items that say something, each once: not those that still hold a placeholder."""
    known = set(_NOTHING)
    for item in items:
        text = item.strip()
        if (key := folded(text).strip("` ")) in known:
            continue
        known.add(key)
        if _PLACEHOLDER.search(_CODE.sub("", text)) is None:
            yield text
