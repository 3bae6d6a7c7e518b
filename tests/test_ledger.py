"""A ledger is read as it was written, and one that is damaged is never taken for an empty one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phasemetrics.document.ledger import Entry, Ledger, dumps, loads
from phasemetrics.errors import Refusal

entries = st.builds(Entry, st.text(), st.text(), st.booleans())


@given(st.dictionaries(st.text(), entries))
def test_what_was_written_is_read_back_and_every_hole_has_a_line(entries: dict[str, Entry]) -> None:
    content = dumps(Ledger(entries))
    assert loads(content, "ledger").entries == entries
    assert content.isascii()
    assert len(content.splitlines()) == 3 + max(1, len(entries))


def test_an_entry_is_found_under_any_of_its_addresses_and_rows_under_theirs() -> None:
    one, two = Entry("X", "1"), Entry("X", "2", added=True)
    ledger = Ledger({"a/[row one]/x": one, "a/[row one]/y": two, "a/[row [2]]/x": two, "b": one})
    assert ledger.get("nowhere", "b") == one
    assert ledger.get("nowhere") is None
    assert ledger.keys_under("a") == ("row one", "row [2]")


DAMAGED = {
    "no JSON": (b'{"schema": 1,\n <<<<', r"ledger:2:2: the ledger cannot be read"),
    "a newer schema": (b'{"schema": 99, "holes": {}}', "a newer phasemetrics wrote it"),
    "no schema": (b'{"holes": {}}', "schema"),
    "a list": (b"[]", "cannot be read"),
    "a number for a text": (b'{"schema": 1, "holes": {"a": {"placeholder": 1, "written": ""}}}', "cannot be"),
    "a key twice": (b'{"schema": 1, "schema": 1, "holes": {}}', "twice"),
    "no UTF-8": (b'{"schema": 1, "holes": {"\xff": {}}}', "utf-8"),
    "deep nesting": (b"[" * 100_000, "cannot be read"),
}


@pytest.mark.parametrize("case", DAMAGED)
def test_a_damaged_ledger_is_refused_with_its_mend(case: str) -> None:
    content, expected = DAMAGED[case]
    with pytest.raises(Refusal, match=expected) as raised:
        loads(content, "ledger")
    assert raised.value.code == "damaged-ledger"
    assert raised.value.mend
