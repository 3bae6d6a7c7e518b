"""The contradictions that `check` found, put together by what they are held against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from phasemetrics.cli.options import Color
from phasemetrics.cli.printing import described, say, use_colour
from phasemetrics.document.ownership import Filling

_BOLD = "\x1b[1m"


def print_findings(found: Iterable[tuple[str, Filling]], color: Color, *, apart: bool) -> None:
    """Print one line for each contradiction of a document, and a head over several that one thing contradicts.

    `apart`: something stands above. What stands alone comes first, with its source.
    """
    paint = _BOLD if use_colour(color) else ""
    for head, lines in _grouped(found).items():
        if head and apart:
            say("")
        if head:
            say(f"{head}:", paint)
        for name, filling in lines:
            source = "" if head else _source(filling)
            say(f"{name}:{filling.line}:{filling.column}: contradiction: {described(filling)}{source}")
        apart = apart or bool(lines)


def _grouped(found: Iterable[tuple[str, Filling]]) -> Mapping[str, list[tuple[str, Filling]]]:
    """Return the contradictions by their heads; those that are alone under theirs have none and come first."""
    heads: dict[str, list[tuple[str, Filling]]] = {}
    every = [(_head(name, filling), (name, filling)) for name, filling in found]
    for head, one in every:
        heads.setdefault(head, []).append(one)
    alone = [one for head, one in every if not head or len(heads[head]) == 1]
    return {"": alone, **{head: lines for head, lines in heads.items() if head and len(lines) > 1}}


def _head(name: str, filling: Filling) -> str:
    """Return what contradicts a claim and where that comes from; nothing where that is the line's own affair."""
    other = filling.claim.get("against") if filling.claim else None
    if other is None or filling.code == "list-count":
        return ""
    if filling.code == "restated":
        return f"{name} says {other}"
    return f"the evidence says {other}{_source(filling)}"


def _source(filling: Filling) -> str:
    """Return the report or file that a claim was held against, and its commit, in brackets."""
    origin = filling.origin
    if origin is None or filling.claim is None or filling.code == "restated":
        return ""  # `show --line` traces a place of a template
    commit = f"commit {origin.commit[:12]}" if origin.commit else ""
    path = "" if filling.code == "file-claim" and origin.path in filling.message else origin.path
    each = ", ".join(part for part in (path, commit) if part)
    return f" ({each})" if each else ""
