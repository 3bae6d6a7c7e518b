"""What becomes of the regions of a document: written, brought up to date, left alone, or taken away again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from phasemetrics.document import markdown
from phasemetrics.document.ledger import Entry, Ledger
from phasemetrics.document.markdown import Document, Edit
from phasemetrics.document.ownership import Filling, State
from phasemetrics.document.regions import END, EOL, Region, squeezed
from phasemetrics.value import Value


@dataclass(slots=True)
class RegionPlan:
    """The fillings of regions, the edits that write them, what the ledger then holds, and the lines that are gained.

    `grown` counts these lines by kind.
    """

    fillings: list[Filling] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    entries: dict[str, Entry] = field(default_factory=dict)
    grown: Counter[str] = field(default_factory=Counter)

    def say(self, document: Document, one: Region, state: State, code: str, message: str, **more: Any) -> None:
        """Add the filling of a region, at its mark."""
        old = EOL.sub("\n", one.text(document)).strip()
        number = one.line.number + 1
        self.fillings.append(Filling(one.address, state, number, 1, old, code=code, message=message, **more))

    def put(self, document: Document, one: Region, text: str) -> None:
        """Add the edit that makes `text` all that stands between the mark and its end; the end goes with the text."""
        eol = next((line.eol for line in reversed(document.lines[: one.line.number + 1]) if line.eol), "\n")
        inside = f"\n\n{text.strip()}\n\n" if text else ("\n" if one.ended else "")
        whole = inside + ("" if one.ended or not text else END)
        self.edits.append(Edit(one.span.start, one.span.end, whole.replace("\n", eol)))
        self.grown.update(_kinds(inside))
        self.grown.subtract(_kinds(one.text(document)))
        if text and not one.ended:
            self.grown["html"] += 1


def _kinds(text: str) -> Counter[str]:
    """Count the lines that a text adds between two lines, by kind; the first of its line endings is the mark's."""
    lines = markdown.parse(text).lines[1:]
    return Counter(line.kind for line in lines)


def plan_regions(document: Document, regions: Sequence[Region], facts: Mapping[str, Any], ledger: Ledger) -> RegionPlan:
    """Decide what becomes of every region; `facts["trends"]` gives a Value for the subject of each."""
    plan = RegionPlan()
    for one in regions:
        entry, text = ledger.get(one.address), one.text(document)
        value: Value = facts["trends"](one.subject)
        wrote = "" if entry is None else entry.written
        if one.repeated:
            plan.say(document, one, "ambiguous", "ambiguous", "the same is asked for further up; this was left alone")
        elif not squeezed(text) and not wrote:
            _fill(document, plan, one, value)
        elif entry is None or squeezed(text) != squeezed(wrote):
            _leave(document, plan, one, value, entry)
        elif value.text is None:
            plan.say(document, one, "stale", value.code, value.reason, mend=value.mend)
        elif squeezed(value.text) == squeezed(text):
            plan.say(document, one, "agrees", "", "", origin=value.origin)
        else:
            _write(document, plan, one, value, value.text, "updated")
    return plan


def _fill(document: Document, plan: RegionPlan, one: Region, value: Value) -> None:
    if value.text is None:
        plan.say(document, one, "unfilled", value.code, value.reason, mend=value.mend)
    else:
        _write(document, plan, one, value, value.text, "filled")


def _write(document: Document, plan: RegionPlan, one: Region, value: Value, text: str, state: State) -> None:
    plan.say(document, one, state, "", "", origin=value.origin, new=text.strip())
    plan.put(document, one, text)
    plan.entries[one.address] = Entry("", text.strip())


def _leave(document: Document, plan: RegionPlan, one: Region, value: Value, entry: Entry | None) -> None:
    """Leave what a person wrote there, or took away; only what says the same as we would is nothing to speak of."""
    if value.text is not None and squeezed(value.text) == squeezed(one.text(document)):
        plan.say(document, one, "agrees", "", "", origin=value.origin)
    elif entry is not None and not one.ended:
        message = f"what was written under it has no end any more; put {END} under it, or remove the mark"
        plan.say(document, one, "kept", "persons-value", message)
    else:
        plan.say(document, one, "kept", "persons-value", "a person wrote or changed what stands under it")


def restored_regions(document: Document, regions: Sequence[Region], ledger: Ledger) -> RegionPlan:
    """Decide what a reset makes of every region in which something was written: nothing but its marks stays."""
    plan = RegionPlan()
    for one in regions:
        entry = ledger.get(one.address)
        if entry is None or one.repeated or not squeezed(one.text(document)):
            continue
        if squeezed(one.text(document)) != squeezed(entry.written):
            plan.say(document, one, "kept", "persons-value", "a person wrote or changed what stands under it")
            continue
        plan.say(document, one, "updated", "", "", new="")
        plan.put(document, one, "")
    return plan
