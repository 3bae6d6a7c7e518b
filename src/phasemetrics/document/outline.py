"""Binds items to the sections of a document: which section describes which item; none is added or taken away."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from phasemetrics.document.deciding import decisions
from phasemetrics.document.ledger import Entry, Ledger
from phasemetrics.document.markdown import Document
from phasemetrics.document.naming import Names
from phasemetrics.document.ownership import Filling
from phasemetrics.document.places import Hole, Row, Rows
from phasemetrics.document.rows import Item, RowPlan, items_of, paired
from phasemetrics.value import Value, absent

_REMARK = re.compile(r"\s*[(,;:]|\s+[-–—]\s")


class Unknown(Mapping[str, Value]):
    """An item about which nothing is known, and why."""

    def __init__(self, why: Value) -> None:
        self.why = why

    def __getitem__(self, name: str) -> Value:
        return self.why

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def plan_sections(document: Document, rows: Rows, facts: Mapping[str, Any], ledger: Ledger) -> RowPlan:
    """Decide what becomes of every section that a loop of a template stands for."""
    outline = _Outline(document, rows, facts, ledger)
    items = items_of(rows, facts)
    if rows.repeated:
        outline.leave(rows.rows, absent("ambiguous", "the same sections stand further up"))
    elif isinstance(items, Value):
        outline.leave(rows.rows, items)
    else:
        outline.bind(items)
    return outline.plan


class _Outline:
    def __init__(self, document: Document, rows: Rows, facts: Mapping[str, Any], ledger: Ledger) -> None:
        self.document = document
        self.rows = rows
        self.facts = facts
        self.ledger = ledger
        self.plan = RowPlan()
        self.owned = Names(ledger.keys_under(rows.address))

    def bind(self, items: Sequence[Item]) -> None:
        """Give each item the section that is called after it, else the next one that still has a placeholder."""
        waiting = list(items)
        rows = [self._without_remark(row, items) for row in self.rows.rows]
        called = paired(rows, items)
        blank: list[Row] = []
        for row in rows:
            item = called.get(row.line.number)
            if item is not None:
                waiting.remove(item)
                self._decide(row, item.facts, item)
            elif self.rows.pattern.key.is_placeholder(row.key):
                blank.append(row)
            else:
                why = absent("no-component", f"the configuration names no component {row.key!r}", "add a [[component]]")
                self.leave([row], why)
        for item in waiting:
            if self.owned.find(item.key, *item.aliases) is not None:
                self._say(f"{item.key}: its section was renamed or taken away by hand")
            elif blank:
                self._decide(blank.pop(0), item.facts, item)
            else:
                self._say(f"{item.key}: no section describes it")
        self.leave(blank, absent("no-more", "there is nothing more to describe here"))

    def _without_remark(self, row: Row, items: Sequence[Item]) -> Row:
        """Return a section under the name that its heading begins with: a person may remark on it, `Tree (hard)`."""
        names = {*self.owned.keys, *(name for item in items for name in (item.key, *item.aliases))}
        begun = (name for name in names if row.key.startswith(name) and _REMARK.match(row.key, len(name)))
        return replace(row, key=max(begun, key=len, default=row.key))

    def leave(self, rows: Sequence[Row], why: Value) -> None:
        """Decide the holes of sections that stand for no item: what does not depend on one may still be known."""
        for row in rows:
            loop = self.rows.pattern.loop
            assert loop is not None  # only loops have rows
            if self.rows.repeated or self.rows.pattern.key.is_placeholder(row.key):
                row = replace(row, holes=tuple(replace(hole, repeated=self.rows.repeated) for hole in row.holes[:1]))
            self._decide(row, {**self.facts, loop.item: Unknown(why)})

    def _decide(self, row: Row, facts: Mapping[str, Any], item: Item | None = None) -> None:
        key = item.key if item else self.owned.find(row.key) or row.key
        names = (item.key, *item.aliases) if item else (key,)
        earlier = self.owned.find(*names) or key

        def entry_of(hole: Hole) -> Entry | None:
            return self.ledger.get(hole.address, hole.address.replace(f"/[{key}]/", f"/[{earlier}]/", 1))

        holes = [hole.under(self.rows.address, key) for hole in row.holes]
        self.plan.decisions += decisions(self.document, holes, facts, entry_of)
        if earlier != key:
            gone = f"{self.rows.address}/[{earlier}]/"
            before = (hole.under(self.rows.address, earlier).address for hole in row.holes)
            self.plan.moved |= dict(zip(before, (one.address for one in holes), strict=True))
            self.plan.forgotten |= {address for address in self.ledger.entries if address.startswith(gone)}

    def _say(self, message: str) -> None:
        line = self.rows.rows[-1].line.number + 1
        mend = "`phasemetrics new` repeats the section for each component"
        filling = Filling(self.rows.address, "unfilled", line, 1, "", code="no-section", message=message, mend=mend)
        self.plan.fillings.append(filling)
