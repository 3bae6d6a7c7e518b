"""One line of a template with holes: what it looks like, where it stands, and which rows it stands for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from phasemetrics.document.folding import HOLE
from phasemetrics.document.slot import Segment, Slot, Words

if TYPE_CHECKING:
    from phasemetrics.document.markdown import LineKind


@dataclass(frozen=True, slots=True)
class Loop:
    """`{% for item in items %}`: one row for each item of `items`; `empty` is the line under `{% else %}`.

    A `section` loop stands for whole sections, each with the heading it begins with; `number` is its own line.
    """

    number: int
    item: str
    items: str
    empty: str | None
    section: bool = False

    @property
    def name(self) -> str:
        """The name of the items, without filters."""
        return self.items.split("|")[0].strip()


@dataclass(frozen=True, slots=True)
class Pattern:
    """One line of a template with holes: where it stands and what it looks like.

    `path` are the keys of the headings above it (HOLE at their holes); `cells` are its cells when it is a table row,
    with the keys of the `columns` they stand in.
    """

    template: str
    number: int
    kind: LineKind
    path: tuple[str, ...]
    source: str
    segments: tuple[Segment, ...]
    cells: tuple[tuple[Segment, ...], ...] = ()
    columns: tuple[str, ...] = ()
    loop: Loop | None = None

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The holes of the line, in order."""
        groups = self.cells or (self.segments,)
        return tuple(segment for group in groups for segment in group if isinstance(segment, Slot))

    @property
    def key(self) -> Slot:
        """The hole that says which item a row stands for: the first one that is no box."""
        return next((slot for slot in self.slots if not slot.gate), self.slots[0])

    @property
    def gated(self) -> bool:
        """Whether the line begins with a box or glyph that evidence ticks."""
        first = self.segments[0]
        return isinstance(first, Slot) and first.gate

    @property
    def wordless(self) -> bool:
        """Whether the line has no words of its own, so that it looks like every other."""
        return not self.cells and not any(isinstance(one, str) and one.strip() for one in self.segments)

    @property
    def labelled(self) -> bool:
        """Whether a person's words tell lines of this form apart."""
        return any(isinstance(segment, Words) and segment.label for segment in self.segments)

    @property
    def section(self) -> str:
        """The path as one text, for addresses."""
        return "/".join(part.replace(HOLE, "#").strip() for part in self.path)
