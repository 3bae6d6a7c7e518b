"""The small part of YAML that front matter is written in: keys, quotes, flow lists, comments."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

KEY = re.compile(r"""(?P<name>[\w$][\w ./$-]*?|"[^"\\]*"|'[^']*')[ \t]*:(?=[ \t]|\Z)""")
DASH = re.compile(r"-(?:[ \t]+|\Z)")
SCALAR_BLOCK = re.compile(r"[|>][+\-\d]*[ \t]*(?:#.*)?")

_PLAIN = re.compile(r"[^\W\d][\w./@+()-]*|[./][\w./@+()-]*[^\W\d][\w./@+()-]*")
SINGLE, DOUBLE = "'", '"'
_SAFE = re.compile(r"\w(?:[\w ./%+()→-]*[\w.%)])?")
_WORDS = {"null", "true", "false", "yes", "no", "on", "off", "y", "n", ".inf", ".nan"}
_COMMENT = re.compile(r"[ \t]+#|\A#")
_EOL = re.compile(r"[\r\n]")
_SINGLE = re.compile(r"'(?:[^']|'')*'")
_DOUBLE = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_CLOSING = {"[": "]", "{": "}"}


def quoted(text: str) -> str:
    """Return text as a scalar that says it in a block and in a flow list alike, in quotes only if it has to be."""
    if _PLAIN.fullmatch(text) and text.casefold() not in _WORDS:
        return text
    return _in_quotes(text)


def scalar(text: str) -> str:
    """Return text as the value of a key: as it is where YAML reads it so, else in quotes."""
    return text if _SAFE.fullmatch(text) else _in_quotes(text)


def _in_quotes(text: str) -> str:
    return f'"{between(text, DOUBLE)}"'


def between(text: str, mark: str) -> str:
    """Return text for a scalar between quotation marks, DOUBLE or SINGLE; no comment of HTML begins in it."""
    if mark == SINGLE:
        return text.replace("'", "''").replace("<!--", "\u2039!--")
    # YAML 1.2 reads it as JSON does.
    return json.dumps(text, ensure_ascii=False)[1:-1].replace("<!--", "\\u003c!--")


def unquoted(scalar: str) -> str | None:
    """Return what a scalar on one line says; None for one that cannot be read."""
    if scalar.startswith("'"):
        return scalar[1:-1].replace("''", "'") if _SINGLE.fullmatch(scalar) else None
    if not scalar.startswith('"'):
        return scalar
    try:
        said = json.loads(scalar)
    except ValueError:
        return None
    return said if isinstance(said, str) else None


def value_end(text: str, start: int, end: int) -> int | None:
    """Return where the quoted text, list or mapping that begins at `start` ends; None when it is not closed."""
    if text[start] in "\"'":
        match = (_DOUBLE if text[start] == '"' else _SINGLE).match(text, start, end)
        return match.end() if match else None
    closing: list[str] = []
    position, fresh = start, True
    while position < end:
        character = text[position]
        if character in "\"'" and fresh:
            after = value_end(text, position, end)
            if after is None:
                return None
            position, fresh = after, False
            continue
        if character in _CLOSING:
            closing.append(_CLOSING[character])
        elif character in "]}":
            if character != closing.pop():
                return None
            if not closing:
                return position + 1
        elif character == "#" and text[position - 1].isspace():
            position = _line_end(text, position, end)
            continue
        fresh = character in "[{,:" or (fresh and character.isspace())
        position += 1
    return None


def _line_end(text: str, position: int, end: int) -> int:
    eol = _EOL.search(text, position, end)
    return eol.start() if eol else end


def content_end(text: str, start: int, end: int) -> int:
    """Return where the content between `start` and the `end` of its line is over: before a comment and its blanks."""
    after = value_end(text, start, end) or start if text[start:end].startswith(('"', "'")) else start
    match = _COMMENT.search(text[after:end])
    return after + (match.start() if match else len(text[after:end].rstrip(" \t")))


def is_over(text: str) -> bool:
    """Return whether nothing but blanks and a comment is left of a line."""
    return not text.strip(" \t") or _COMMENT.match(text) is not None


def indentation(raw: str) -> int:
    """Return by how many blanks a line is indented; a tab indents nothing."""
    return len(raw) - len(raw.lstrip(" "))


def flow_items(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield where each item of the flow list between two offsets stands, without blanks around it."""
    begun = position = start + 1
    while position < end:
        character = text[position]
        if character in "[{" or (character in "\"'" and not text[begun:position].strip()):
            position = value_end(text, position, end) or end
            continue
        if character == "#" and text[position - 1].isspace():
            after = _line_end(text, position, end)
            begun, position = begun if text[begun:position].strip() else after, after
            continue
        if character == "," or position == end - 1:
            item = text[begun:position]
            if item.strip():
                start = begun + len(item) - len(item.lstrip())
                yield start, content_end(text, start, begun + len(item.rstrip()))
            begun = position + 1
        position += 1
