"""The keys that the beginning of a JSON file shows, to tell its format by its shape and not by its words."""

from __future__ import annotations

import re
from collections.abc import Iterator

_TOKEN = re.compile(rb'"((?:[^"\\]|\\.)*)"|([{}\[\]:,])', re.DOTALL)
_BEGINNING = re.compile(rb"(?:\xef\xbb\xbf)?\s*[\[{]")


def outline(head: bytes) -> frozenset[str]:
    """Return the way to every key that stands in `head`, the beginning of a JSON document that may be cut off.

    `{"a": {"b": [{"c": 1` gives `a`, `a.b` and `a.b[].c`; a list at the root gives `[].c`. Nothing for what is not
    JSON. A key is written as it stands in the file, with its escapes.
    """
    return frozenset(_paths(head)) if _BEGINNING.match(head) else frozenset()


def _paths(head: bytes) -> Iterator[str]:
    inside: list[str] = []  # the way to each object (its keys follow a dot) and list that is open
    current = ""
    text: str | None = None
    for string, mark in ((one[1], one[2]) for one in _TOKEN.finditer(head)):
        if string is not None:
            text = string.decode("utf-8", "replace")
            continue
        if mark == b":" and text is not None and inside:
            current = f"{inside[-1]}.{text}" if len(inside) > 1 else text
            yield current
        elif mark == b"{":
            inside.append(current)
        elif mark == b"[":
            current += "[]"
            inside.append(current)
        elif mark in b"}]" and inside:
            inside.pop()
            current = inside[-1] if inside else ""
        elif mark == b"," and inside:
            current = inside[-1]
        text = None
