"""Rows and list items of one place: what they stand for, and what becomes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from phasemetrics.document.jinja import evaluate
from phasemetrics.document.ledger import Entry
from phasemetrics.document.markdown import Line
from phasemetrics.document.naming import bare, plain
from phasemetrics.document.ownership import Decision, Filling
from phasemetrics.document.places import Row, Rows
from phasemetrics.document.template import value_of
from phasemetrics.value import Value

ROW = "row"  # the ledger's name for a whole row, beside the names of its holes
EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Item:
    """What one row stands for: its `key` as printed, earlier names, the facts for its holes, a note for a person.

    `once`: words that were put there are a person's from then on.
    """

    key: str
    aliases: tuple[str, ...]
    facts: Mapping[str, Any]
    note: str = ""
    once: bool = False


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row for one item, cloned from the bytes of `source`, to stand after line `at`, or `instead` of it.

    One that stands instead of a line takes the place of a placeholder row, whose line is `source`.
    """

    rows: Rows
    item: Item
    at: Line
    source: str
    instead: bool = False


@dataclass(slots=True)
class RowPlan:
    """What becomes of the rows of one place; `moved` are the new addresses of holes whose item has another name now."""

    decisions: list[Decision] = field(default_factory=list)
    added: list[NewRow] = field(default_factory=list)
    replaced: list[tuple[Line, str]] = field(default_factory=list)
    inserted: list[tuple[Line, str]] = field(default_factory=list)
    removed: list[Line] = field(default_factory=list)
    fillings: list[Filling] = field(default_factory=list)
    entries: dict[str, Entry] = field(default_factory=dict)
    forgotten: set[str] = field(default_factory=set)
    moved: dict[str, str] = field(default_factory=dict)


def items_of(rows: Rows, facts: Mapping[str, Any]) -> tuple[Item, ...] | Value:
    """Return the items of a loop, or the value that says why they are not known."""
    loop = rows.pattern.loop
    assert loop is not None
    found = evaluate(loop.items, facts, rows.pattern.key.origin, loop.number)
    if isinstance(found, Value):
        return found
    slot = rows.pattern.key
    items: dict[str, Item] = {}
    for one in found:
        inner = {**facts, loop.item: one}
        key = value_of(slot, inner)
        assert isinstance(key, Value)  # a box is no key
        # Two items of one name would share a row and its addresses: the first one stands there.
        item = Item(key.text or "", tuple(one.get("aliases", ())), inner, key.note, key.once)
        items.setdefault(bare(item.key), item)
    return tuple(items.values())


def paired(rows: Sequence[Row], items: Sequence[Item]) -> dict[int, Item]:
    """Return for the lines of rows which item each is called after, by its name or an earlier one.

    `Tree.py` and `tree.py` are two: a name that is the same to the letter comes before one that differs in case.
    """
    found: dict[int, Item] = {}
    for compared in (bare, plain):
        called: dict[str, list[Item]] = {}
        waiting = [item for item in items if not any(item is one for one in found.values())]
        for item in waiting:
            for name in {compared(name) for name in (item.key, *item.aliases)}:
                called.setdefault(name, []).append(item)
        for row in rows:
            fitting = called.get(compared(row.key), ())
            if row.line.number not in found and len(fitting) == 1:
                item = fitting[0]
                found[row.line.number] = item
                called = {name: [one for one in ones if one is not item] for name, ones in called.items()}
    return found
