"""The names of rows: which row, which item and which entry of the ledger are called the same."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from phasemetrics.document.folding import folded
from phasemetrics.escaping import said

_DRESS = re.compile(r"\A[\s`*_\ufe0f]+|[\s`*_\ufe0f]+\Z")
_ESCAPED = re.compile(r"\A(\d{0,9})\\(?=\W)")  # so that it would begin no block


def bare(key: str) -> str:
    """Return a row's key without its dress: no code span, no emphasis, no escapes."""
    return _DRESS.sub("", _ESCAPED.sub(r"\1", _DRESS.sub("", said(key))))


def plain(key: str) -> str:
    """Return a row's key as people would compare it: bare, and without case."""
    return folded(bare(key))


class Names:
    """The keys that are known in one place, each found by its name: exactly, else as people compare it."""

    def __init__(self, keys: Iterable[str]) -> None:
        self.keys = tuple(keys)
        self._exact = {bare(key): key for key in self.keys}
        self._plain: dict[str, list[str]] = {}
        for key in self.keys:
            self._plain.setdefault(plain(key), []).append(key)

    def find(self, *names: str, others: Collection[str] = ()) -> str | None:
        """Return the key that one of `names` means; none that `others` are called exactly, none where two fit."""
        exact = next((self._exact[name] for name in map(bare, names) if name in self._exact), None)
        if exact is not None:
            return exact
        for name in map(plain, names):
            fitting = [key for key in self._plain.get(name, ()) if bare(key) not in others]
            if len(fitting) == 1:
                return fitting[0]
        return None
