"""Rows and list items of one place: what they stand for, and what becomes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from phasemetrics.document.folding import folded
from phasemetrics.document.jinja import evaluate
from phasemetrics.document.ledger import Entry
from phasemetrics.document.markdown import Line
from phasemetrics.document.ownership import Decision, Filling
from phasemetrics.document.places import Rows
from phasemetrics.document.template import value_of
from phasemetrics.escaping import cell, unescape_cell
from phasemetrics.value import Value

ROW = "row"  # the ledger's name for a whole row, beside the names of its holes
EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Item:
    """What one row stands for: its `key` as printed, earlier names, the facts for its holes, a note for a person."""

    key: str
    aliases: tuple[str, ...]
    facts: Mapping[str, Any]
    note: str = ""


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row for one item, cloned from the bytes of `source`, to stand after line `at`, or `instead` of it."""

    rows: Rows
    item: Item
    at: Line
    source: str
    instead: bool = False


@dataclass(slots=True)
class RowPlan:
    """What becomes of the rows of one place."""

    decisions: list[Decision] = field(default_factory=list)
    added: list[NewRow] = field(default_factory=list)
    replaced: list[tuple[Line, str]] = field(default_factory=list)
    removed: list[Line] = field(default_factory=list)
    fillings: list[Filling] = field(default_factory=list)
    entries: dict[str, Entry] = field(default_factory=dict)
    forgotten: set[str] = field(default_factory=set)


def plain(key: str) -> str:
    """Return a row's key as it compares: no code span, no emphasis, no escapes, no case."""
    return folded(unescape_cell(key).replace("\u2223", "|")).strip("` ")


def items_of(rows: Rows, facts: Mapping[str, Any]) -> tuple[Item, ...] | Value:
    """Return the items of a loop, or the value that says why they are not known."""
    loop = rows.pattern.loop
    assert loop is not None
    found = evaluate(loop.items, facts, rows.pattern.template)
    if isinstance(found, Value):
        return found
    slot = rows.pattern.slots[0]
    items = []
    for one in found:
        inner = {**facts, loop.item: one}
        key = value_of(slot, inner, rows.pattern.template)
        items.append(Item(key.text or "", tuple(one.get("aliases", ())), inner, key.note))
    return tuple(items)


def in_place(value: Value, rows: Rows) -> Value:
    """Return the value as it may stand in this kind of row: in a table no text can end its cell."""
    if value.text is None or not rows.pattern.cells:
        return value
    return replace(value, text=cell(value.text))
