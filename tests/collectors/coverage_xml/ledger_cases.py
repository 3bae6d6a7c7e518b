"""The tests of the sample project; `make.py` and the tests run them as `test_ledger.py`."""

from __future__ import annotations

from importlib import import_module

ledger = import_module("ledger")


def test_balance() -> None:
    assert ledger.balance([5, -2]) == 2


def test_close() -> None:
    assert ledger.close([1, 2]) == "1.5"
