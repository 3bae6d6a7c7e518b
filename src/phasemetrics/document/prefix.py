"""What stands before the words of a line: a list marker with its box, the number of a heading."""

from __future__ import annotations

import re

_MARKER = re.compile(r"[ \t>]*(?:[-*+]|\d{1,9}[.)])?[ \t]+(?P<box>\[[ xX]\][ \t]+)?|[ \t>]*")
_NUMBERING = re.compile(r"\d{1,9}[.)][ \t]+")


def split_marker(raw: str, *, box: bool = True) -> int:
    """Return the length of the indentation and list marker before the words of a line; with its `box`, if it is one."""
    match = _MARKER.match(raw)
    if match is None:
        return 0
    return match.start("box") if match["box"] and not box else match.end()


def split_numbering(raw: str) -> int:
    """Return the length of the number before the words of a heading, `1. `."""
    match = _NUMBERING.match(raw)
    return match.end() if match else 0
