"""The places of a template in a document: holes, rows, and where they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from phasemetrics.document.ending import NOTHING_FOLLOWS, Tail
from phasemetrics.document.fields import Field
from phasemetrics.document.markdown import Document, Line, Span
from phasemetrics.document.pattern import Pattern
from phasemetrics.document.regions import Region
from phasemetrics.document.slot import Slot


@dataclass(frozen=True, slots=True)
class Hole:
    """One hole of a template as it stands in a document.

    `address` holds nothing that the tool writes, or a second fill would not find it again. Holes of one `record` are
    written together or not at all. `repeated`: the same place was found before, further up. `here` is what stands on
    its line, by name. `bare`: nothing but its own characters may change, not even the blanks behind it. `tail` is what
    ends it.
    """

    address: str
    slot: Slot
    line: int
    span: Span
    text: str
    record: str
    open_ended: bool
    repeated: bool = False
    here: Mapping[str, str] = field(default_factory=dict)
    bare: bool = False
    tail: Tail = NOTHING_FOLLOWS

    def under(self, base: str, key: str) -> Hole:
        """Return the hole of a row at `base` with the key of its row in its address."""
        return replace(self, address=f"{base}/[{key}]/{self.address[len(base) + 1 :]}")


@dataclass(frozen=True, slots=True)
class Row:
    """One row or item that a loop of a template can stand for: its line, its key as written, its holes."""

    line: Line
    key: str
    holes: tuple[Hole, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one loop in one place of a document; `empty` is the line that says there are none."""

    address: str
    pattern: Pattern
    columns: tuple[int, ...]
    rows: tuple[Row, ...]
    empty: Line | None
    repeated: bool


@dataclass(frozen=True, slots=True)
class Recognition:
    """All places that were found in a document; `kind` is the template that it follows as a whole.

    `fields` are those of its front matter, `regions` what marks ask for; no template has to name either.
    """

    kind: str | None
    holes: tuple[Hole, ...]
    rows: tuple[Rows, ...]
    fields: tuple[Field, ...] = ()
    regions: tuple[Region, ...] = ()

    def beside(self, holes: Iterable[Hole]) -> Recognition:
        """Return all places with more holes, without those that stand where a place is already."""
        taken = {row.line.number for place in self.rows for row in place.rows}
        spans = [(hole.span.start, hole.span.end) for hole in self.holes]
        more = [
            one
            for one in holes
            if one.line not in taken and not any(start < one.span.end and one.span.start < end for start, end in spans)
        ]
        return replace(self, holes=(*self.holes, *more))

    @property
    def addresses(self) -> set[str]:
        """The addresses of all that holds one value and stands in no row."""
        return (
            {hole.address for hole in self.holes}
            | {one.address for one in self.fields}
            | {one.address for one in self.regions}
        )


Claimed = Callable[[Document], Iterable[Hole]]


def nothing_claimed(_document: Document) -> tuple[Hole, ...]:
    """Return the holes of claims that were taken over, where there is none."""
    return ()
