"""A number that a document states: what it counts, of what, at which end of the phase, and how it is meant."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Relation = Literal["=", "~", ">=", ">", "<=", "<", "range"]
Side = Literal["before", "after", "target", "change", "unknown"]
Scope = Literal["whole", "part", "file"]


@dataclass(frozen=True, slots=True)
class Statement:
    """A stated number: where its `text` stands, counted from 1, and what it says.

    `subject` is `tests.total`, `tests.passed`, `.failed`, `.skipped`, `.added`, `.rate`, `coverage`, `files.created`,
    `.modified`, `.deleted`, `.changed`, `.listed`, `lines.added`, `.deleted`, `.changed`, `.total`, or `metric:` and
    the name of a configured metric. `scope` says of what: `whole`, a `file` whose path is `of`, or a `part` that `of`
    may name; `of_all`: a word says so, `Total tests`. `value` is the number as it is written, `high` the upper end of a
    range, `unit` that of a metric's number. `asked`: it is about the phase that was asked for, as far as the document
    tells.
    """

    subject: str
    side: Side
    scope: Scope
    of: str
    value: Decimal
    high: Decimal | None
    relation: Relation
    asked: bool
    line: int
    column: int
    text: str
    percent: bool = False
    unit: str = ""
    of_all: bool = False

    @property
    def family(self) -> str:
        """What is counted: `tests`, `coverage`, `files`, `lines` or `metric`."""
        return self.subject.partition(":")[0].partition(".")[0]
