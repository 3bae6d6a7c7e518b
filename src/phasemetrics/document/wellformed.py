"""Whether front matter is YAML that anybody can read: what is not, is left alone as a whole."""

from __future__ import annotations

import re
from collections.abc import Sequence

from phasemetrics.document.markdown import Document, Line
from phasemetrics.document.yamltext import DASH, KEY, SCALAR_BLOCK, content_end, indentation, is_over, value_end

_SECOND_COLON = re.compile(r":(?:[ \t]|\Z)")


def is_well_formed(document: Document, lines: Sequence[Line]) -> bool:
    """Return whether each quote and bracket is closed, no tab indents, and no line has a value behind its value."""
    limit = lines[-1].end if lines else 0
    over, hidden = 0, -1  # the end of a value of several lines; how deep the key of a text block is
    for index, line in enumerate(lines):
        raw = document.raw(line)
        own = indentation(raw)
        if is_over(raw.lstrip(" \t")) or 0 <= hidden < own:
            continue
        if raw[own] == "\t" or (line.start < over and not own):
            return False
        hidden = -1
        if line.start < over:
            continue
        at = value_at(raw, own)
        if SCALAR_BLOCK.fullmatch(raw, at):
            hidden = own
        elif raw[at : at + 1] in {"[", "{", '"', "'"}:
            end = value_end(document.text, line.start + at, limit)
            if end is None or (at > own and not is_over(_rest(document, lines, index, end).removeprefix("%"))):
                return False
            over = end
        elif raw[own:at].rstrip().endswith(":") and _SECOND_COLON.search(raw, at, content_end(raw, at, len(raw))):
            return False
    return True


def value_at(raw: str, position: int) -> int:
    """Return where the value of a line begins, behind its dashes and its key."""
    while dash := DASH.match(raw, position):
        position = dash.end()
    if key := KEY.match(raw, position):
        position = len(raw) - len(raw[key.end() :].lstrip(" \t"))
    return position


def _rest(document: Document, lines: Sequence[Line], index: int, end: int) -> str:
    """Return what is left of the line in which a value ends that began on the line at `index`."""
    while lines[index].end < end:
        index += 1
    return document.text[end : lines[index].end]
