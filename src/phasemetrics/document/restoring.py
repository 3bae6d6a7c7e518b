"""What goes back where we wrote: holes to their placeholders, rows to the lines they were. A person's text stays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from phasemetrics.document.ledger import Entry, Ledger
from phasemetrics.document.markdown import Document, Line, same_line
from phasemetrics.document.naming import Names
from phasemetrics.document.ownership import Decision, Filling, State, decide
from phasemetrics.document.places import Hole, Row, Rows
from phasemetrics.document.prefix import standing_like
from phasemetrics.document.rows import EMPTY, ROW, RowPlan
from phasemetrics.document.slot import words_in
from phasemetrics.units import parse_quantity
from phasemetrics.value import Value


def restored(document: Document, holes: Iterable[Hole], entry_of: Callable[[Hole], Entry | None]) -> list[Decision]:
    """Return what becomes of each hole in which something was written.

    `updated` is what goes back to its placeholder, `kept` what a person wrote, and what belongs to it.
    """
    found = [one for hole in holes if (one := _restored(document, hole, entry_of(hole)))]
    people: dict[str, list[Decision]] = {}
    for one in found:
        if not one.writes:
            people.setdefault(one.hole.record, []).append(one)
    return [_whole(document, one, people.get(one.hole.record, ())) if one.writes else one for one in found]


def _restored(document: Document, hole: Hole, entry: Entry | None) -> Decision | None:
    seen = decide(hole, entry, Value(None), document.column(hole.line, hole.span.start))
    text = seen.filling.old
    if entry is not None and text == entry.written:
        if entry.placeholder == entry.written:
            return None
        return replace(seen, filling=_said(seen.filling, "updated", new=entry.placeholder), entry=entry)
    if hole.slot.is_placeholder(text) or (hole.slot.gate and entry is None):
        return None
    wrote = f", phasemetrics last wrote {entry.written!r}" if entry else ""
    return replace(seen, filling=_said(seen.filling, "kept", "persons-value", f"a person wrote {text!r}{wrote}"))


def _said(filling: Filling, state: State, code: str = "", message: str = "", new: str | None = None) -> Filling:
    return replace(filling, state=state, new=new, code=code, message=message)


def _whole(document: Document, one: Decision, people: Sequence[Decision]) -> Decision:
    """Keep a number that belongs to one of a person's: `118/120` is not half a placeholder, nor is a row."""
    row = document.lines[one.hole.line].kind == "row"
    if not any(row or (_is_number(one) and _is_number(other)) for other in people):
        return one
    return replace(one, filling=_said(one.filling, "kept", "persons-record", "a person's value stands beside it"))


def _is_number(one: Decision) -> bool:
    return parse_quantity(one.filling.old.strip("*_` ")) is not None


def restored_rows(document: Document, rows: Rows, ledger: Ledger) -> RowPlan:
    """Return what becomes of the rows of one place that is not repeated.

    A row that we added goes, a placeholder row gets its line back. A row that a person described stays, because the
    words belong to its old item; but a place of ours is never left without a placeholder row.
    """
    place = _Place(document, rows, ledger)
    for row in rows.rows:
        place.restore(row)
    none = ledger.get(f"{rows.address}/{EMPTY}")
    if none and rows.empty and same_line(document.raw(rows.empty), none.written):
        place.put_back(rows.empty, none)
    place.invite()
    return place.plan


class _Place:
    def __init__(self, document: Document, rows: Rows, ledger: Ledger) -> None:
        self.document = document
        self.rows = rows
        self.ledger = ledger
        self.plan = RowPlan()
        keys = ledger.keys_under(rows.address)
        self._keys = Names(keys)
        self._entries = {key: entry for key in keys if (entry := ledger.get(self._address(key, ROW)))}
        self._lines = {_squeezed(entry.written): key for key, entry in self._entries.items()}
        named = {self._named(row) for row in rows.rows}
        self._unnamed = [key for key in keys if key not in named]
        loop = rows.pattern.loop
        self._once = loop is None or not loop.section  # sections may have one name, and then share what was written
        self._met: set[str] = set()
        self._invites = False
        self._spare: list[tuple[Row, Entry]] = []

    def restore(self, row: Row) -> None:
        raw = self.document.raw(row.line)
        key = self._named(row) or self._beginning(row)
        if key is None or (self._once and key in self._met):
            self._leave(row)
            return
        self._met.add(key)
        entry = self._entries.get(key)
        if entry is None:
            self._restore_holes(row, key)
        elif not same_line(raw, entry.written):
            self._say(row.line, row.key, "kept", "described-row", "a person wrote on its line, so the line stays")
        elif entry.added:
            self._spare.append((row, entry))
        else:  # a formatter may have changed the blanks after its bullet
            item = self.rows.pattern.kind == "text"
            placeholder = standing_like(entry.placeholder, raw, item=True) if item else entry.placeholder
            self.put_back(row.line, replace(entry, placeholder=placeholder))

    def put_back(self, line: Line, entry: Entry) -> None:
        """Let the placeholder line stand where it stood."""
        self._invites = True
        self.plan.replaced.append((line, entry.placeholder))
        self._say(line, self.document.raw(line).strip(), "updated", new=entry.placeholder.strip())

    def invite(self) -> None:
        """Take away the rows that we added; one of them stays as a placeholder row where there is no other."""
        last = self.rows.rows[-1].line if self.rows.rows else None
        if not self._invites and self._spare:
            row, entry = self._spare.pop(0)
            self.put_back(row.line, entry)
        elif not self._invites and self._entries and last:
            source = min(self._entries.values(), key=lambda entry: entry.added).placeholder
            source = standing_like(source, self.document.raw(last), item=self.rows.pattern.kind == "text")
            self.plan.inserted.append((last, source))
            self._say(last, "", "updated", message="a placeholder row for what comes next", new=source.strip())
        for row, _ in self._spare:
            self.plan.removed.append(row.line)
            self._say(row.line, row.key, "updated", message="a row that was added went")

    def _leave(self, row: Row) -> None:
        if self.rows.pattern.key.is_placeholder(row.key):
            self._invites = True
        elif self._keys and any(isinstance(part, str) for part in words_in(row.key)):
            self._say(row.line, row.key, "kept", "unmapped-row", f"{row.key!r} is not one of ours; it was left alone")

    def _named(self, row: Row) -> str | None:
        return self._lines.get(_squeezed(self.document.raw(row.line))) or self._keys.find(row.key)

    def _beginning(self, row: Row) -> str | None:
        """Return the key that a row begins with where a person's words stand right after it."""
        hole = next(hole for hole in row.holes if hole.slot == self.rows.pattern.key)
        for key in self._unnamed:
            own = hole.under(self.rows.address, key)
            entry = self.ledger.get(own.address)
            if entry and decide(own, entry, Value(None), 1).filling.old == entry.written:
                return key
        return None

    def _restore_holes(self, row: Row, key: str) -> None:
        """Restore the holes of a row that a person named, or of a section: the line itself was never ours."""
        holes = [hole.under(self.rows.address, key) for hole in row.holes]
        ours = [hole for hole in holes if hole.slot != self.rows.pattern.key or self.ledger.get(hole.address)]
        self.plan.decisions += restored(self.document, ours, lambda hole: self.ledger.get(hole.address))

    def _address(self, key: str, name: str) -> str:
        return f"{self.rows.address}/[{key}]/{name}"

    def _say(
        self, line: Line, old: str, state: State, code: str = "", message: str = "", new: str | None = None
    ) -> None:
        filling = Filling(self.rows.address, state, line.number + 1, 1, old, new, code=code, message=message)
        self.plan.fillings.append(filling)


def _squeezed(line: str) -> str:
    return "".join(line.split())
