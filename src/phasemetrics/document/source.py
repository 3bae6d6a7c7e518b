"""The source of a template as lines: literal text, expressions, and the loop that a line stands in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from phasemetrics.document.jinja import tokens
from phasemetrics.errors import UsageError

Part: TypeAlias = str | tuple[str]
"""A piece of a line: literal text, or the source of one expression in a tuple."""

_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class LoopTag:
    """The `{% for item in items %}` that opens at line `number`."""

    number: int
    item: str
    items: str


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One line of a template without its block tags; `empty` when it is the line under `{% else %}`."""

    number: int
    parts: tuple[Part, ...]
    loop: LoopTag | None
    empty: bool

    @property
    def is_heading(self) -> bool:
        """Whether the line begins as a heading does."""
        first = self.parts[0] if self.parts else ""
        return isinstance(first, str) and first.startswith("#")


def lines_of(source: str, origin: str) -> tuple[SourceLine, ...]:
    """Split a template into its lines; raise UsageError for what a template may not do."""
    lines: list[SourceLine] = []
    parts: list[Part] = []
    loop: LoopTag | None = None
    empty = False
    tag: list[str] | None = None
    number = 1
    for number, kind, text in tokens(source, origin):
        if kind in {"variable_begin", "block_begin"}:
            tag = []
        elif kind == "variable_end" and tag is not None:
            parts.append(("".join(tag).strip(),))
            tag = None
        elif kind == "block_end" and tag is not None:
            loop, empty = _block("".join(tag).split(), number, loop)
            tag = None
        elif tag is not None:
            tag.append(text)
        elif kind == "data":
            first, *rest = text.split("\n")
            parts.extend([first] if first else [])
            for line in rest:
                lines.append(SourceLine(number, tuple(parts), loop, empty))
                parts = [line] if line else []
                number += 1
    if parts:
        lines.append(SourceLine(number, tuple(parts), loop, empty))
    for one in lines:
        _check_length(one, origin)
    for opened, inside in by_loop(lines).items():
        _check(opened, inside, origin)
    return tuple(lines)


def by_loop(lines: Iterable[SourceLine]) -> dict[LoopTag, list[SourceLine]]:
    """Return the lines of each loop, in order."""
    found: dict[LoopTag, list[SourceLine]] = {}
    for line in lines:
        if line.loop is not None:
            found.setdefault(line.loop, []).append(line)
    return found


def _check_length(line: SourceLine, origin: str) -> None:
    """A line with holes is compared with lines of documents, and one of a loop is printed many times."""
    length = sum(len("".join(part)) for part in line.parts)
    if length > _LONGEST and (line.loop or any(isinstance(part, tuple) for part in line.parts)):
        message = f"a line of {length} characters, the limit where there are holes is {_LONGEST}"
        raise UsageError("bad-template", message, path=origin, line=line.number, mend="split the line")


def _check(tag: LoopTag, lines: Sequence[SourceLine], origin: str) -> None:
    """A loop stands for rows of one line each, with at most one line for when there are none, or for sections."""
    body = [line for line in lines if not line.empty]
    empty = len(lines) - len(body)
    if (body and body[0].is_heading and not empty) or (len(body) == 1 and empty <= 1):
        return
    message = f"the loop has {len(body)} lines, and {empty} under else"
    mend = "give it one line, or let it begin with a heading"
    raise UsageError("bad-template", message, path=origin, line=tag.number, mend=mend)


def _block(words: list[str], number: int, loop: LoopTag | None) -> tuple[LoopTag | None, bool]:
    if words[0] == "for":
        return LoopTag(number, words[1], " ".join(words[3:])), False
    return (loop, True) if words[0] == "else" else (None, False)
