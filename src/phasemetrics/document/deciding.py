"""Decides the holes of a document one after the other, each with what will stand beside it on its line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from phasemetrics.document.dressing import Place, dressed
from phasemetrics.document.filters import Here
from phasemetrics.document.gating import decide_gate
from phasemetrics.document.ledger import Entry
from phasemetrics.document.markdown import Document
from phasemetrics.document.ownership import Decision, decide
from phasemetrics.document.places import Hole
from phasemetrics.document.template import value_of
from phasemetrics.units import unit_in
from phasemetrics.value import Gate, Value


def decisions(
    document: Document,
    holes: Iterable[Hole],
    facts: Mapping[str, Any],
    entry_of: Callable[[Hole], Entry | None],
) -> Iterator[Decision]:
    """Yield what becomes of each hole that is not optional.

    Numbers of one line keep the unit that already stands there.
    """
    standing: dict[int, dict[str, str]] = {}
    holes = list(holes)
    units = {hole.line: unit for hole in reversed(holes) if (unit := _unit(hole))}
    for hole in holes:
        here = Here({**hole.here, **standing.get(hole.line, {})})
        value = value_of(hole.slot, {**facts, "here": here})
        if isinstance(value, Value) and value.optional:
            continue
        column = document.column(hole.line, hole.span.start)
        entry = entry_of(hole)
        if isinstance(value, Gate):
            decision = decide_gate(hole, entry, value, column)
        else:
            own = value.in_unit(units.get(hole.line, ""))
            if not hole.bare:  # what was taken over stands in a person's own dress
                own = dressed(own, document, document.lines[hole.line], Place(hole.slot, hole.span, hole.tail))
            decision = decide(hole, entry, own, column)
        if decision.filling.new is not None:
            standing.setdefault(hole.line, {})[hole.slot.short] = decision.filling.new
        yield decision


def _unit(hole: Hole) -> str:
    return "" if hole.slot.is_placeholder(hole.text) else unit_in(hole.text.strip("*_` "))
