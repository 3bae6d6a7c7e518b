"""The pieces of a template's line: literal text, holes for values, and what is a person's to fill."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from phasemetrics.document.folding import fold, folded
from phasemetrics.document.marks import is_ticked

_BRACKETS = re.compile(r"\[(?![ xX]\])[^\[\]\n]*(?:\[[^\[\]\n]*\][^\[\]\n]*)*\]")


@dataclass(frozen=True, slots=True)
class Slot:
    """A hole of a template: the `expression` that gives its value, and the placeholders that may stand in it.

    In a placeholder `#` stands for any number, or none: `[Metric #]` is `[Metric 1]`, `[Metric 2]`, `[Metric ]`.
    A `gate` holds a box or glyph; its placeholders are the two that the template prints. `origin` is the file of the
    template, `number` its line.
    """

    expression: str
    placeholders: tuple[str, ...]
    gate: bool = False
    origin: str = field(default="", compare=False)
    number: int = field(default=0, compare=False)

    @property
    def name(self) -> str:
        """The name that the expression starts from, without its filters."""
        return self.expression.split("|")[0].strip()

    @property
    def code(self) -> bool:
        """Whether its value is written as a code span."""
        return "code" in {part.strip() for part in self.expression.split("|")}

    @property
    def record(self) -> str:
        """The root of the expression: values that share it on one line are written together or not at all."""
        return self.name.split(".")[0].strip()

    @property
    def short(self) -> str:
        """What the other holes of its line call it: the last part of the name, `path` for `component.path`."""
        return self.name.rpartition(".")[2]

    def placeholder_at(self, text: str, start: int, end: int) -> int | None:
        """Return where the placeholder that stands at `start` ends, or None when none does."""
        ends = [_match_placeholder(placeholder, text, start, end) for placeholder in self.placeholders]
        return max((stop for stop in ends if stop), default=None)

    def is_placeholder(self, text: str) -> bool:
        """Return whether `text` is nothing but one of the placeholders (or nothing at all), or an empty box."""
        if self.gate:
            return is_ticked(text) is False
        return not text.strip() or self.placeholder_at(text, 0, len(text)) == len(text)


@dataclass(frozen=True, slots=True)
class Words:
    """A person's placeholder, such as `[Purpose]`: whatever stands there is theirs.

    With a `name` the holes of its line know it as `here.name`; as a `label` it tells lines of one form apart.
    """

    placeholder: str
    name: str = ""
    label: bool = False


Segment: TypeAlias = str | Slot | Words


def _match_placeholder(placeholder: str, text: str, start: int, end: int) -> int | None:
    parts = placeholder.split("#")
    position = start
    for index, part in enumerate(parts):
        if index:
            while position < end and text[position].isdigit():
                position += 1
        stop = _same(part, text, position, end)
        if stop is None:
            return None
        position = stop
    return position


def _same(part: str, text: str, start: int, end: int) -> int | None:
    """Return where `part` ends in `text` from `start`, compared folded; None when something else stands there."""
    if text.startswith(part, start, end):
        return start + len(part)
    wanted = fold(part, emphasis=False).text
    found = fold(text[start:end], emphasis=False)
    return start + found.offsets[len(wanted)] if wanted and found.text.startswith(wanted) else None


def words_in(literal: str) -> Iterator[str | Words]:
    """Split literal text of a template at its `[bracketed]` placeholders, which are a person's to fill."""
    position = 0
    for match in _BRACKETS.finditer(literal):
        if literal[position : match.start()]:
            yield literal[position : match.start()]
        yield Words(match[0])
        position = match.end()
    if literal[position:]:
        yield literal[position:]


def literal_key(segments: Sequence[Segment]) -> str:
    """Return the literal text of a line, as a short name for it: what stands before its first hole."""
    label = "".join(segment if isinstance(segment, str) else "*" for segment in segments[: _first_hole(segments)])
    return folded(label).strip(" :-*|`[]()") or folded(
        "".join(segment for segment in segments if isinstance(segment, str))
    ).strip(" :-*|`[]()")


def _first_hole(segments: Sequence[Segment]) -> int:
    return next((index for index, segment in enumerate(segments) if isinstance(segment, Slot)), len(segments))
