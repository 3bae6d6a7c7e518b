"""Rows whose items are over: who takes their lines, and what stands there when nobody does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from phasemetrics.document.ledger import Entry
from phasemetrics.document.markdown import Line
from phasemetrics.document.ownership import Filling
from phasemetrics.document.places import Row, Rows
from phasemetrics.document.rows import EMPTY, Item, NewRow, RowPlan


@dataclass(frozen=True, slots=True)
class Vacancy:
    """A line of a placeholder row that stands for nothing: what stood there first, and what it is called now."""

    line: Line
    placeholder: str
    key: str


@dataclass(slots=True)
class Vacancies:
    """The rows of one place that are `over` and exactly as we wrote them, beside those of ours that are `staying`.

    A placeholder row never gets lost: its line goes to a new item, its role to a row that we added, or its placeholder
    comes back. `none` is what the ledger says about the line that says there are none.
    """

    rows: Rows
    plan: RowPlan
    none: Entry | None
    over: list[tuple[Row, Entry]] = field(default_factory=list)
    staying: list[tuple[Line, str, Entry]] = field(default_factory=list)
    _left: list[Vacancy] = field(default_factory=list)

    def give(self, waiting: Sequence[Item], anchor: Line | None, *, alone: bool, any_items: bool) -> Line | None:
        """Let items that wait take vacant lines; return after which line more may be added.

        `alone`: no other row stands in the place, so that at least one line has to stay.
        """
        vacant = [Vacancy(row.line, entry.placeholder, row.key) for row, entry in self.over if not entry.added]
        if self.over and not vacant and alone:
            row, entry = self.over[0]
            vacant = [Vacancy(row.line, entry.placeholder, row.key)]
        kept = {one.line for one in vacant}
        self.plan.removed += [row.line for row, _ in self.over if row.line not in kept]
        if any_items and self.none is not None and self.rows.empty is not None:
            vacant.append(Vacancy(self.rows.empty, self.none.placeholder, ""))
            self.plan.forgotten.add(f"{self.rows.address}/{EMPTY}")
        vacant.sort(key=lambda one: one.line.number)
        for item, one in zip(waiting, vacant, strict=False):
            self.plan.added.append(NewRow(self.rows, item, one.line, one.placeholder, instead=True))
            anchor = one.line if anchor is None or one.line.number > anchor.number else anchor
        self._left = vacant[len(waiting) :]
        return anchor

    def close(self, blank: list[Row], raw: Sequence[str], *, any_items: bool) -> None:
        """Say that there are none where nothing is left to list; else give the lines that are left what they need.

        `raw` is how the lines of the `blank` rows read; one that then says that there are none is taken out of them.
        """
        if not any_items:
            self._say_none(blank, raw)
        surplus = sum(entry.added for _, _, entry in self.staying)
        gone = self._left[max(0, len(self._left) - surplus) :]
        self._left = self._left[: len(self._left) - len(gone)]
        self.plan.removed += [one.line for one in gone]
        self._hand_over(gone)
        self.plan.replaced += [(one.line, one.placeholder) for one in self._left]
        said = {one.line for one in self.plan.fillings if one.code == "over"}
        for row, _ in self.over:
            if row.line.number + 1 not in said:
                self._say(row.line, row.key, f"{row.key!r} is no longer in the evidence; its row went")
        for one in self._left:
            if not one.key:
                self._say(one.line, "", "there is something to list again, and it stands elsewhere")

    def _say_none(self, blank: list[Row], raw: Sequence[str]) -> None:
        loop = self.rows.pattern.loop
        whole = len(blank) + len(self.over) == len(self.rows.rows) and self.rows.empty is None
        stubs = [Vacancy(row.line, text, row.key) for row, text in zip(blank, raw, strict=True)]
        first = min([*self._left, *stubs], key=lambda one: one.line.number, default=None)
        if loop is None or not loop.empty or not whole or first is None:
            return
        self.plan.replaced.append((first.line, loop.empty))
        self.plan.entries[f"{self.rows.address}/{EMPTY}"] = Entry(first.placeholder, loop.empty)
        if first in self._left:
            self._left.remove(first)
            self._say(first.line, first.key, "there is nothing left to list", loop.empty)
            return
        blank[:] = [row for row in blank if row.line != first.line]
        filling = Filling(self.rows.address, "filled", first.line.number + 1, 1, first.key, loop.empty)
        self.plan.fillings.append(replace(filling, message="the evidence names none"))

    def _hand_over(self, gone: Sequence[Vacancy]) -> None:
        """Let the rows of ours that stay stand for the placeholder rows, in their order, as far as these go."""
        own = sorted(self.staying, key=lambda one: one[0].number)
        stood = [(one.line.number, one.placeholder) for one in gone]
        stood += [(line.number, entry.placeholder) for line, _, entry in own if not entry.added]
        lines = [placeholder for _, placeholder in sorted(stood)]
        for index, (_, address, entry) in enumerate(own):
            now = replace(entry, added=True)
            if index < len(lines):
                now = replace(entry, placeholder=lines[index], added=False)
            if gone and now != entry:
                self.plan.entries[address] = replace(now, written="")

    def _say(self, line: Line, old: str, message: str, new: str | None = None) -> None:
        filling = Filling(self.rows.address, "updated", line.number + 1, 1, old, new, code="over", message=message)
        self.plan.fillings.append(filling)
