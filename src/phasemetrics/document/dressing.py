"""How a value is written in its place, so that a name that anybody may have given stays a name there."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import quote

from phasemetrics.document.ending import Tail, guarded
from phasemetrics.document.markdown import Document, Line, Span
from phasemetrics.document.prefix import indentation, split_marker
from phasemetrics.document.slot import Slot
from phasemetrics.document.yamltext import DOUBLE, SINGLE, between, scalar
from phasemetrics.escaping import cell, in_code, in_fence, leading, look_alike, plain
from phasemetrics.value import Value

_CODE = re.compile(r"(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)")
_TARGET = re.compile(r"\]\(([^()\s]*)\)")
_QUOTES = re.compile(r"[> \t]+")
_EMOJI = re.compile(r":(?=[a-z+-][a-z0-9_+-]*$)")  # of which a colon behind the hole is the end
_TICK = re.compile(r"\[([xX])\]")  # anywhere on the line of a box, cmark-gfm takes it for its tick
_SELECTOR = "\ufe0f"  # asks for the coloured form of what stands before it; after nothing, it is not read
_BLANK = "\\x20"  # spelled out as every other character that shows nothing
_MOST = 500


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value goes: the hole of the template, the `span` of what stands there now, and what ends it."""

    slot: Slot
    span: Span
    tail: Tail


def dressed(value: Value, document: Document, line: Line, place: Place) -> Value:
    """Return a value as it may stand in a place of a line.

    A code span, a person's own words and what only chooses among them are written as they are.
    """
    if value.text is None or value.once or value.choice:
        return value
    text = value.text
    if not place.slot.code:
        text = _written(text.strip().strip(_SELECTOR).strip() or _BLANK, document, line, place.span)
        text = guarded(text, place.tail, code=line.kind == "fence")
        if place.slot.placeholder_at(text, 0, len(text)) is not None:
            text = text.replace("[", look_alike("["), 1)
    if _is_task(document.raw(line)):
        text = _TICK.sub(rf"{look_alike('[')}\1{look_alike(']')}", text)
    return replace(value, text=text)


def _is_task(raw: str) -> bool:
    return split_marker(raw) != split_marker(raw, box=False)


def _written(text: str, document: Document, line: Line, span: Span) -> str:
    raw, start, end = document.raw(line), span.start - line.start, span.end - line.start
    if line.kind == "fence":
        return _QUOTES.sub(_unquoted, in_fence(text), count=1) if start == indentation(raw) else in_fence(text)
    if line.kind == "front":
        mark = raw[start - 1 : start] if raw[start - 1 : start] == raw[end : end + 1] else ""
        shown = plain(text, _MOST)
        return between(shown, mark) if mark in {DOUBLE, SINGLE} else scalar(shown)
    if any(found.start(1) <= start and end <= found.end(1) for found in _TARGET.finditer(raw)):
        return quote(text)
    if any(found.start(2) <= start and end <= found.end(2) for found in _CODE.finditer(raw)):
        shown = in_code(text)
        return shown.replace("|", look_alike("|")) if line.kind == "row" else shown
    if line.kind == "row":
        return cell(text)
    shown = plain(text, _MOST)
    if raw[end : end + 1] == ":":
        shown = _EMOJI.sub(look_alike(":"), shown)
    return leading(shown) if start in {split_marker(raw), _heading(raw)} else shown


def _unquoted(run: re.Match[str]) -> str:
    """Return what a line of a fence begins with as text: where it stands first, it would be the mark of a quote."""
    return run[0].replace(">", look_alike(">")) if not run.start() else run[0]


def _heading(raw: str) -> int:
    """Return where the words of a heading begin, before its number."""
    return len(raw) - len(raw.lstrip("# \t"))
