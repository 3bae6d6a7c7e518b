"""What becomes of the fields of front matter: filled, brought up to date, left alone, or put back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from phasemetrics.document.fields import Field
from phasemetrics.document.ledger import Entry, Ledger
from phasemetrics.document.markdown import Document, Edit
from phasemetrics.document.ownership import Filling, State, means_the_same
from phasemetrics.document.yamltext import flow_items, quoted, unquoted
from phasemetrics.units import parse_quantity
from phasemetrics.value import Value, absent

_MOST = 20  # a list of key files is a selection; git names them all
_EOL = re.compile(r"\r\n|\r|\n")
_DASHES = re.compile(r"(?<=[\r\n]) *(?=- )")


@dataclass(slots=True)
class FieldPlan:
    """The fillings of fields, the edits that write them, what the ledger then holds, and how many lines are gained."""

    fillings: list[Filling] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    entries: dict[str, Entry] = field(default_factory=dict)
    gained: int = 0

    def say(self, document: Document, one: Field, state: State, code: str, message: str, **more: Any) -> None:
        """Add the filling of a field, at the place where its value begins."""
        text = one.text(document)
        at = one.span.start + len(text) - len(text.lstrip())
        line = next(line for line in document.lines[one.key.line.number :] if at <= line.end)
        column = at - line.start + 1
        said = Filling(one.address, state, line.number + 1, column, text.strip(), code=code, message=message, **more)
        self.fillings.append(said)

    def write(self, document: Document, one: Field, new: str) -> None:
        """Add the edit that puts `new` behind the colon of a field."""
        self.edits.append(Edit(one.span.start, one.span.end, new))
        self.gained += len(_EOL.findall(new)) - len(_EOL.findall(one.text(document)))


def plan_fields(document: Document, fields: Sequence[Field], facts: Mapping[str, Any], ledger: Ledger) -> FieldPlan:
    """Decide what becomes of every field.

    A list is one value: where a person changed one item, all of it is theirs.
    """
    plan = FieldPlan()
    theirs = any(one.is_list and _is_persons(document, one, ledger) for one in fields)
    for one in fields:
        entry, text = _entry(document, one, ledger), one.text(document)
        ours = entry is not None and text == entry.written != entry.placeholder
        if not ours and not one.is_blank(document):
            _leave(document, plan, one, entry, facts)
            continue
        placeholder = entry.placeholder if ours and entry else text
        value = _wanted(document, one, placeholder, facts)
        if not ours and (value.text == text or (theirs and one.is_list and text.strip() == "[]")):
            _keep_none(document, plan, one, value)
        else:
            _settle(document, plan, one, value, placeholder, ours=ours)
    return plan


def _keep_none(document: Document, plan: FieldPlan, one: Field, value: Value) -> None:
    """Keep `[]`: there is nothing to list, or it stands beside a list of a person's and is their answer."""
    if value.text not in {None, one.text(document)}:
        message = "it stands beside a list that a person wrote, and says that there are none; it was left alone"
        plan.say(document, one, "kept", "says-none", message)


def _settle(document: Document, plan: FieldPlan, one: Field, value: Value, placeholder: str, *, ours: bool) -> None:
    """Write the value of a field that is ours or still a placeholder, or say why not."""
    if value.text is None:
        state: State = "stale" if ours else "unfilled"
        plan.say(document, one, state, value.code, value.reason, mend=value.mend)
    elif value.text == one.text(document):
        plan.say(document, one, "agrees", value.code, value.note, origin=value.origin)
    else:
        state, new = "updated" if ours else "filled", value.text
        plan.say(document, one, state, value.code, value.note, origin=value.origin, new=new.strip())
        plan.write(document, one, new)
        plan.entries[one.address] = Entry(placeholder, new)


def restored_fields(document: Document, fields: Sequence[Field], ledger: Ledger) -> FieldPlan:
    """Decide what a reset makes of every field in which something was written."""
    plan = FieldPlan()
    for one in fields:
        entry, text = _entry(document, one, ledger), one.text(document)
        if entry is None or entry.placeholder == text:
            continue
        if text != entry.written:
            _say_persons(document, plan, one, entry)
            continue
        plan.say(document, one, "updated", "", "", new=entry.placeholder.strip())
        plan.write(document, one, entry.placeholder)
    return plan


def _entry(document: Document, one: Field, ledger: Ledger) -> Entry | None:
    """Return what the ledger holds of a field, as a formatter would have changed it since.

    What we wrote is a list of items, or a number: its blanks, quotes and line endings are not a person's.
    """
    entry = ledger.get(one.address)
    if entry is None:
        return None
    text, key = one.text(document), one.key
    placeholder = _EOL.sub(key.line.eol, entry.placeholder)
    if key.style == "block":
        placeholder = _DASHES.sub(key.indent, placeholder)
    if one.is_list:
        same = key.bare and key.style in {"flow", "block"} and _said(one) == _items(entry.written)
    else:
        same = text.strip(" \"'") == entry.written.strip(" \"'")
    return replace(entry, placeholder=placeholder, written=text if same else entry.written)


def _said(one: Field) -> list[str | None]:
    return [item.text for item in one.key.items]


def _items(written: str) -> list[str | None]:
    """Return the items of a list that we wrote."""
    text = written.strip()
    if text.startswith("["):
        return [unquoted(text[start:end]) for start, end in flow_items(text, 0, len(text))]
    return [unquoted(line.strip().removeprefix("- ")) for line in _EOL.split(text) if line]


def _is_persons(document: Document, one: Field, ledger: Ledger) -> bool:
    entry = _entry(document, one, ledger)
    return not one.is_blank(document) and (entry is None or one.text(document) != entry.written)


def _leave(document: Document, plan: FieldPlan, one: Field, entry: Entry | None, facts: Mapping[str, Any]) -> None:
    """Leave a person's value; only of one that stands where we wrote there is something to say."""
    if entry is None:
        return
    value, text = _fact(one, facts), one.text(document).strip(" \"'")
    if one.is_list or not isinstance(value, Value) or value.text is None:
        _say_persons(document, plan, one, entry)
    elif means_the_same(text, value.text):
        plan.say(document, one, "agrees", "", "", origin=value.origin)
    else:
        _say_persons(document, plan, one, entry, f", the evidence says {value.text!r}")
        number = parse_quantity(text) is not None and parse_quantity(value.text) is not None
        plan.fillings[-1] = replace(plan.fillings[-1], contradicts=number)


def _say_persons(document: Document, plan: FieldPlan, one: Field, entry: Entry, more: str = "") -> None:
    stands = "this list" if one.is_list else repr(one.text(document).strip())
    wrote = "" if one.is_list else f", phasemetrics last wrote {entry.written.strip()!r}"
    plan.say(document, one, "kept", "persons-value", f"a person wrote {stands}{wrote}{more}")


def _fact(one: Field, facts: Mapping[str, Any]) -> Any:
    found: Any = facts
    for name in one.fact.split("."):
        found = found[name]
    return found


def _wanted(document: Document, one: Field, placeholder: str, facts: Mapping[str, Any]) -> Value:
    """Return the value of a field as it would stand behind its colon, or why there is none."""
    found, text = _fact(one, facts), one.text(document)
    if isinstance(found, Value) and found.text is None:
        return found
    lead = text[: len(text) - len(text.lstrip(" \t"))] or " "
    if isinstance(found, Value):
        quote = text.strip()[:1] if text.strip()[:1] in {'"', "'"} else ""
        return replace(found, text=f"{lead}{quote}{found.text}{quote}")
    paths = [item["path"].text for item in found]
    shown = paths[:_MOST]
    in_lines = one.key.style in {"block", "empty"}
    if not paths and in_lines:
        nothing = absent("no-more", "there is nothing to list here")
        return nothing if placeholder == text else Value(placeholder, note=nothing.reason)
    if one.key.style in {"flow", "block"} and shown == _said(one):
        new = text
    elif in_lines:
        new = "".join(f"{one.key.line.eol}{one.key.indent}- {quoted(path)}" for path in shown)
    else:
        new = f"{lead}[{', '.join(map(quoted, shown))}]"
    value = Value(new, found[0]["path"].origin if found else None)
    rest = len(paths) - len(shown)
    if not rest or value.origin is None:
        return value
    return replace(value, code="more-files", note=f"and {rest} more: {value.origin.path}")
