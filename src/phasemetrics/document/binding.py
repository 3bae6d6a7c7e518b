"""Binds items to rows: which item stands in which row, which rows are added, and which stay deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from phasemetrics.document.deciding import decisions
from phasemetrics.document.ledger import Entry, Ledger
from phasemetrics.document.markdown import Document, Line, same_line
from phasemetrics.document.naming import Names, bare
from phasemetrics.document.outline import plan_sections
from phasemetrics.document.ownership import Filling, decide
from phasemetrics.document.places import Hole, Row, Rows
from phasemetrics.document.prefix import standing_like
from phasemetrics.document.rows import EMPTY, ROW, Item, NewRow, RowPlan, items_of, paired
from phasemetrics.document.vacancy import Vacancies
from phasemetrics.value import Value, absent


def plan_rows(document: Document, rows: Rows, facts: Mapping[str, Any], ledger: Ledger) -> RowPlan:
    """Decide what becomes of every row of one place."""
    if rows.pattern.loop is not None and rows.pattern.loop.section:
        return plan_sections(document, rows, facts, ledger)
    planner = _Planner(document, rows, ledger)
    items = items_of(rows, facts)
    if rows.repeated:
        planner.leave_all(absent("ambiguous", "the same rows stand further up"))
    elif isinstance(items, Value) and items.optional:
        pass  # a person's, until the configuration asks for it
    elif isinstance(items, Value):
        planner.leave_all(items)
    elif planner.owned.keys and any(item.once for item in items):
        pass  # carried over once, and a person's since
    else:
        planner.bind(items)
    return planner.plan


class _Planner:
    def __init__(self, document: Document, rows: Rows, ledger: Ledger) -> None:
        self.document = document
        self.rows = rows
        self.ledger = ledger
        self.plan = RowPlan()
        self.keys = rows.pattern.key
        self.owned = Names(ledger.keys_under(rows.address))
        self.exact: frozenset[str] = frozenset()
        self.vacancies = Vacancies(rows, self.plan, ledger.get(f"{rows.address}/{EMPTY}"))

    def leave_all(self, why: Value) -> None:
        """Keep every row, because nothing is known about what should stand there."""
        for row in self.rows.rows:
            self._decide_absent(row, why)

    def bind(self, items: Sequence[Item]) -> None:
        """Give each item its row: the one that names it, else a placeholder row, else a new one."""
        waiting = list(items)
        called = paired(self.rows.rows, items)
        self.exact = frozenset(bare(item.key) for item in items)
        blank: list[Row] = []
        anchor: Line | None = None
        for row in self.rows.rows:
            item = called.get(row.line.number)
            if item is not None:
                waiting.remove(item)
                self._decide(row, item)
                anchor = row.line
            elif self.keys.is_placeholder(row.key):
                blank.append(row)
            else:
                self._leave(row)
        waiting = [item for item in waiting if not self._was_deleted(item)]
        given = len(self.plan.added)
        anchor = self.vacancies.give(waiting, anchor, alone=not blank and anchor is None, any_items=bool(items))
        waiting = waiting[len(self.plan.added) - given :]
        for row in list(blank):
            if waiting:
                self._decide(row, waiting.pop(0))
                blank.remove(row)
                anchor = row.line
        if waiting:
            self._add(waiting, anchor, bool(blank))
        self.vacancies.close(blank, [self.document.raw(row.line) for row in blank], any_items=bool(items))
        for row in blank:
            self._decide_absent(row, absent("no-more", "there is nothing more to list here"))

    def _decide(self, row: Row, item: Item) -> None:
        key = item.key
        earlier = self._known(item) or key
        renamed = {hole.under(self.rows.address, key).address: hole for hole in row.holes}

        def entry_of(hole: Hole) -> Entry | None:
            before = renamed[hole.address].under(self.rows.address, earlier)
            return self.ledger.get(hole.address, before.address)

        holes = [hole.under(self.rows.address, key) for hole in row.holes]
        self.plan.decisions += decisions(self.document, holes, item.facts, entry_of)
        address = f"{self.rows.address}/[{key}]/{ROW}"
        raw, entry = self.document.raw(row.line), self._row_entry(earlier)
        if self.keys.is_placeholder(row.key):
            self.plan.entries[address] = Entry(raw, "")
        elif entry is not None:
            self.vacancies.staying.append((row.line, address, entry))
        if earlier != key:
            own = {
                hole.under(self.rows.address, earlier).address: one.address
                for hole, one in zip(row.holes, holes, strict=True)
            }
            self.plan.moved |= own
            self.plan.forgotten |= own.keys()
            self.plan.forgotten.add(f"{self.rows.address}/[{earlier}]/{ROW}")
            if entry is not None:
                ours = same_line(raw, entry.written)
                self.plan.entries[address] = replace(entry, written="") if ours else entry

    def _decide_absent(self, row: Row, why: Value) -> None:
        key = self.owned.find(row.key) or row.key
        for hole in row.holes:
            own = hole.under(self.rows.address, key)
            entry, column = self.ledger.get(own.address), self.document.column(own.line, own.span.start)
            if decide(own, entry, why, column).filling.state != "kept":
                own = replace(own, repeated=self.rows.repeated)
                self.plan.decisions.append(decide(own, entry, why, column))

    def _leave(self, row: Row) -> None:
        """Leave a row that stands for none of the items: a person's, or one that we wrote and that is over."""
        key = self.owned.find(row.key)
        if key is None:
            blanks = any(hole.slot.is_placeholder(hole.text) for hole in row.holes[1:])
            message = f"{row.key!r} is not one of ours; it was left alone"
            # A form without any words of its own fits every line of a list: most of them are none of our business.
            if not self.rows.pattern.wordless:
                self._say(row.line, row.key, "unfilled" if blanks else "kept", "unmapped-row", message)
            return
        entry = self._row_entry(key)
        if self.rows.columns or entry is None or not same_line(self.document.raw(row.line), entry.written):
            if entry is not None:
                self.vacancies.staying.append((row.line, f"{self.rows.address}/[{key}]/{ROW}", entry))
            self._say(row.line, row.key, "stale", "over", f"{row.key!r} is no longer in the evidence; it was kept")
            return
        self.plan.forgotten |= {one for one in self.ledger.entries if one.startswith(f"{self.rows.address}/[{key}]/")}
        self.vacancies.over.append((row, entry))

    def _was_deleted(self, item: Item) -> bool:
        if self._known(item) is None:
            return False
        line = self.rows.rows[-1].line if self.rows.rows else self.rows.empty
        message = f"{item.key}: its row was deleted by hand and is not added again"
        self._say(line, item.key, "kept", "deleted-row", message)
        return True

    def _known(self, item: Item) -> str | None:
        """Return what the ledger calls an item; not what it calls another one that differs in case."""
        return self.owned.find(item.key, *item.aliases, others=self.exact)

    def _add(self, waiting: Sequence[Item], anchor: Line | None, invited: bool) -> None:
        """Add rows where we are invited: beside a placeholder row, or beside one that we own."""
        if self.rows.empty is not None and self.vacancies.none is None:
            message = f"a person wrote {self.document.raw(self.rows.empty)!r}, the evidence names {len(waiting)}"
            self._say(self.rows.empty, "", "kept", "persons-value", message)
            return
        entry = next((one for key in self.owned.keys if (one := self._row_entry(key))), self.vacancies.none)
        anchor = anchor or self.rows.rows[-1].line
        source = entry.placeholder if entry else self._placeholder_line()
        if source is None and not invited:
            return
        raw = self.document.raw(anchor)
        source = standing_like(source or raw, raw, item=self.rows.pattern.kind == "text")
        for item in waiting:
            self.plan.added.append(NewRow(self.rows, item, anchor, source))

    def _row_entry(self, key: str) -> Entry | None:
        return self.ledger.get(f"{self.rows.address}/[{key}]/{ROW}")

    def _placeholder_line(self) -> str | None:
        return next((entry.placeholder for entry in self.plan.entries.values() if entry.placeholder), None)

    def _say(self, line: Line | None, old: str, state: Any, code: str, message: str, new: str | None = None) -> None:
        number = line.number + 1 if line else 1
        self.plan.fillings.append(Filling(self.rows.address, state, number, 1, old, new, code=code, message=message))
