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


def indentation(raw: str) -> int:
    """Return the length of the blanks and quote marks before a line."""
    return len(raw) - len(raw.lstrip(" \t>"))


def is_quoted(raw: str) -> bool:
    """Return whether a quote mark stands before a line."""
    return ">" in raw[: indentation(raw)]


def standing_like(line: str, neighbour: str, *, item: bool) -> str:
    """Return a line with the indentation and quote marks of its `neighbour`; with its list marker, if it is an `item`.

    A person may have nested the list, quoted the block, or let a formatter choose other bullets since.
    """
    own, other = ((split_marker(one, box=False) if item else indentation(one)) for one in (line, neighbour))
    return neighbour[:other] + line[own:]


def split_numbering(raw: str) -> int:
    """Return the length of the number before the words of a heading, `1. `."""
    match = _NUMBERING.match(raw)
    return match.end() if match else 0
