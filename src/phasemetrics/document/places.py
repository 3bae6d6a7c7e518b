"""The places of a template in a document: holes, rows, and where they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from phasemetrics.document.markdown import Line, Span
from phasemetrics.document.pattern import Pattern
from phasemetrics.document.slot import Slot


@dataclass(frozen=True, slots=True)
class Hole:
    """One hole of a template as it stands in a document.

    `address` holds nothing that the tool writes, or a second fill would not find it again. Holes of one `record` are
    written together or not at all. `repeated`: the same place was found before, further up. `here` is what stands on
    its line, by name.
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
    """All places that were found in a document; `kind` is the template that it follows as a whole."""

    kind: str | None
    holes: tuple[Hole, ...]
    rows: tuple[Rows, ...]
