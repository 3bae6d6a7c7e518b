"""Binds items to rows: which item stands in which row, which rows are added, and which stay deleted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from phasemetrics.document.ledger import Entry, Ledger
from phasemetrics.document.markdown import Document, Line, same_line
from phasemetrics.document.ownership import Filling, decide
from phasemetrics.document.places import Hole, Row, Rows
from phasemetrics.document.rows import EMPTY, ROW, Item, NewRow, RowPlan, in_place, items_of, plain
from phasemetrics.document.template import value_of
from phasemetrics.value import Value, absent


def plan_rows(document: Document, rows: Rows, facts: Mapping[str, Any], ledger: Ledger) -> RowPlan:
    """Decide what becomes of every row of one place."""
    planner = _Planner(document, rows, ledger)
    items = items_of(rows, facts)
    if rows.repeated:
        planner.leave_all(absent("ambiguous", "the same rows stand further up"))
    elif isinstance(items, Value):
        planner.leave_all(items)
    else:
        planner.bind(items)
    return planner.plan


class _Planner:
    def __init__(self, document: Document, rows: Rows, ledger: Ledger) -> None:
        self.document = document
        self.rows = rows
        self.ledger = ledger
        self.plan = RowPlan()
        self.keys = rows.pattern.slots[0]
        self.owned = {plain(key): key for key in ledger.keys_under(rows.address)}

    def leave_all(self, why: Value) -> None:
        """Keep every row, because nothing is known about what should stand there."""
        for row in self.rows.rows:
            self._decide_absent(row, why)

    def bind(self, items: Sequence[Item]) -> None:
        """Give each item its row: the one that names it, else a placeholder row, else a new one."""
        waiting = list(items)
        blank: list[Row] = []
        anchor: Line | None = None
        for row in self.rows.rows:
            item = _named(row, waiting)
            if item is not None:
                waiting.remove(item)
                self._decide(row, item)
                anchor = row.line
            elif self.keys.is_placeholder(row.key):
                blank.append(row)
            else:
                self._leave(row, items)
        waiting = [item for item in waiting if not self._was_deleted(item)]
        for row in list(blank):
            if waiting:
                self._decide(row, waiting.pop(0))
                blank.remove(row)
                anchor = row.line
        if waiting:
            self._add(waiting, anchor, bool(blank))
        elif not items:
            self._say_none(blank)
        for row in blank:
            self._decide_absent(row, absent("no-more", "there is nothing more to list here"))

    def _decide(self, row: Row, item: Item) -> None:
        key = item.key
        known = (plain(name) for name in (item.key, *item.aliases))
        earlier = next((self.owned[name] for name in known if name in self.owned), key)
        for hole in row.holes:
            own = _addressed(hole, self.rows.address, key)
            entry = self.ledger.get(own.address, _addressed(hole, self.rows.address, earlier).address)
            value = in_place(value_of(hole.slot, item.facts, self.rows.pattern.template), self.rows)
            self.plan.decisions.append(decide(own, entry, value, self.document.column(own.line, own.span.start)))
        if earlier != key:
            self.plan.forgotten |= {_addressed(hole, self.rows.address, earlier).address for hole in row.holes}
        address = f"{self.rows.address}/[{key}]/{ROW}"
        if self.keys.is_placeholder(row.key):
            self.plan.entries[address] = Entry(self.document.raw(row.line), "")

    def _decide_absent(self, row: Row, why: Value) -> None:
        key = self.owned.get(plain(row.key), row.key)
        for hole in row.holes:
            own = _addressed(hole, self.rows.address, key)
            decision = decide(own, self.ledger.get(own.address), why, self.document.column(own.line, own.span.start))
            if decision.filling.state != "kept":
                self.plan.decisions.append(decision)

    def _leave(self, row: Row, items: Sequence[Item]) -> None:
        """Leave a row that stands for none of the items: a person's, or one that we wrote and that is over."""
        key = self.owned.get(plain(row.key))
        if key is None:
            blanks = any(hole.slot.is_placeholder(hole.text) for hole in row.holes[1:])
            message = f"{row.key!r} is not one of ours; it was left alone"
            self._say(row.line, row.key, "unfilled" if blanks else "kept", "unmapped-row", message)
            return
        entry = self._row_entry(key)
        if self.rows.columns or entry is None or not same_line(self.document.raw(row.line), entry.written):
            self._say(row.line, row.key, "stale", "over", f"{row.key!r} is no longer in the evidence; it was kept")
            return
        self.plan.forgotten |= {one for one in self.ledger.entries if one.startswith(f"{self.rows.address}/[{key}]/")}
        if any(self._other_than(row)) or items:
            self.plan.removed.append(row.line)
            self._say(row.line, row.key, "updated", "over", f"{row.key!r} is no longer in the evidence; its row went")
        else:
            self._empty_out(row.line, entry.placeholder, row.key)

    def _other_than(self, row: Row) -> Iterator[Row]:
        gone = {line.number for line in self.plan.removed}
        return (one for one in self.rows.rows if one is not row and one.line.number not in gone)

    def _empty_out(self, line: Line, placeholder: str, key: str) -> None:
        loop = self.rows.pattern.loop
        text = loop.empty if loop is not None and loop.empty else placeholder
        self.plan.replaced.append((line, text))
        if loop is not None and loop.empty:
            self.plan.entries[f"{self.rows.address}/{EMPTY}"] = Entry(placeholder, text)
        self._say(line, key, "updated", "over", "there is nothing left to list", text)

    def _was_deleted(self, item: Item) -> bool:
        for name in (item.key, *item.aliases):
            if plain(name) in self.owned:
                line = self.rows.rows[-1].line if self.rows.rows else self.rows.empty
                message = f"{item.key}: its row was deleted by hand and is not added again"
                self._say(line, item.key, "kept", "deleted-row", message)
                return True
        return False

    def _add(self, waiting: Sequence[Item], anchor: Line | None, invited: bool) -> None:
        """Add rows where we are invited: beside a placeholder row, or beside one that we own."""
        entry = next((one for key in self.owned.values() if (one := self._row_entry(key))), None)
        source = entry.placeholder if entry else None
        if self.rows.empty is not None:
            mine = self.ledger.get(f"{self.rows.address}/{EMPTY}")
            if mine is None:
                message = f"a person wrote {self.document.raw(self.rows.empty)!r}, the evidence names {len(waiting)}"
                self._say(self.rows.empty, "", "kept", "persons-value", message)
                return
            self.plan.forgotten.add(f"{self.rows.address}/{EMPTY}")
            for index, item in enumerate(waiting):
                self.plan.added.append(NewRow(self.rows, item, self.rows.empty, mine.placeholder, index == 0))
            return
        anchor = anchor or self.rows.rows[-1].line
        source = source or self._placeholder_line()
        if source is None and not invited:
            return
        for item in waiting:
            self.plan.added.append(NewRow(self.rows, item, anchor, source or self.document.raw(anchor)))

    def _row_entry(self, key: str) -> Entry | None:
        return self.ledger.get(f"{self.rows.address}/[{key}]/{ROW}")

    def _placeholder_line(self) -> str | None:
        return next((entry.placeholder for entry in self.plan.entries.values() if entry.placeholder), None)

    def _say_none(self, blank: list[Row]) -> None:
        """Where nothing was measured to list, a list says so instead of showing its placeholder."""
        loop = self.rows.pattern.loop
        whole = len(blank) == len(self.rows.rows)
        if loop is None or not loop.empty or not blank or not whole or self.rows.empty is not None:
            return
        row = blank.pop(0)
        raw = self.document.raw(row.line)
        self.plan.replaced.append((row.line, loop.empty))
        self.plan.entries[f"{self.rows.address}/{EMPTY}"] = Entry(raw, loop.empty)
        self._say(row.line, row.key, "filled", "", "the evidence names none", loop.empty)

    def _say(self, line: Line | None, old: str, state: Any, code: str, message: str, new: str | None = None) -> None:
        number = line.number + 1 if line else 1
        self.plan.fillings.append(Filling(self.rows.address, state, number, 1, old, new, code=code, message=message))


def _named(row: Row, items: Sequence[Item]) -> Item | None:
    key = plain(row.key)
    return next((item for item in items if key in {plain(name) for name in (item.key, *item.aliases)}), None)


def _addressed(hole: Hole, base: str, key: str) -> Hole:
    """Return the hole with the key of its row in its address."""
    return replace(hole, address=f"{base}/[{key}]/{hole.address[len(base) + 1 :]}")
