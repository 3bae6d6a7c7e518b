"""A value inside a JSON document, taken apart with errors that name its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from typing import Any, TypeAlias

from phasemetrics.errors import Refusal
from phasemetrics.escaping import visible

CODE = "bad-json"
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
# The way from the root to a value, last step first; a string only once an error has to spell it.
Steps: TypeAlias = "tuple[str | int, Steps] | None"


@dataclass(frozen=True, slots=True)
class Node:
    """One value of a document with the way to it; the accessors return a checked value or raise `Refusal`."""

    value: object
    file: str
    mend: str
    steps: Steps = None

    def refuse(self, problem: str) -> Refusal:
        """Return the error that says what is wrong here: `totals.covered_lines is -5, ...`."""
        return Refusal(CODE, f"{_spelled_place(self.steps)} {problem}", path=self.file, mend=self.mend)

    def find(self, key: str) -> Node | None:
        """Return the member `key` of this object, or None where it is absent (a null is there)."""
        members = self._of(dict, "an object")
        return self._step(key, members[key]) if key in members else None

    def need(self, key: str) -> Node:
        """Return the member `key` of this object."""
        found = self.find(key)
        if found is None:
            raise self._step(key, None).refuse("is missing")
        return found

    def members(self) -> Iterator[tuple[str, Node]]:
        """Yield the keys and values of this object, in the order of the file."""
        for key, value in self._of(dict, "an object").items():
            yield key, self._step(key, value)

    def items(self) -> Iterator[Node]:
        """Yield the items of this list."""
        for index, value in enumerate(self._of(list, "a list")):
            yield self._step(index, value)

    def integers(self, minimum: int, maximum: int) -> list[int]:
        """Return this list of whole numbers, each within the range."""
        found: list[int] = self._of(list, "a list")
        # One pass at full speed for the honest case; nodes are only made to say which item is wrong.
        if all(type(item) is int and minimum <= item <= maximum for item in found):
            return found
        return [item.integer(minimum, maximum) for item in self.items()]

    def numbers(self, minimum: float, maximum: float) -> list[float]:
        """Return this list of finite numbers, each within the range."""
        found: list[float] = self._of(list, "a list")
        if all(type(item) in (int, float) and minimum <= item <= maximum for item in found):
            return [float(item) for item in found]
        return [item.number(minimum, maximum) for item in self.items()]

    def integer(self, minimum: int, maximum: int) -> int:
        """Return this whole number, within the range; `true` is not one, and neither is `1.0`."""
        if type(self.value) is not int:
            raise self.refuse(f"is {_kind(self.value)}, expected a whole number")
        self._within(self.value, minimum, maximum)
        return self.value

    def number(self, minimum: float, maximum: float) -> float:
        """Return this finite number, within the range; `true` is not one."""
        if type(self.value) is not int and type(self.value) is not float:
            raise self.refuse(f"is {_kind(self.value)}, expected a number")
        self._within(self.value, minimum, maximum)
        return float(self.value)

    @property
    def constant(self) -> bool:
        """Whether this is NaN or an infinity, which are there only where they were let through."""
        return type(self.value) is float and not isfinite(self.value)

    def text(self) -> str:
        """Return this string, which can be written as UTF-8: a lone surrogate is refused."""
        found: str = self._of(str, "a string")
        if spelled(found) != found:
            raise self.refuse("holds half of a surrogate pair, which is no character")
        return found

    def _of(self, kind: type, called: str) -> Any:
        if type(self.value) is not kind:
            raise self.refuse(f"is {_kind(self.value)}, expected {called}")
        return self.value

    def _within(self, value: float, minimum: float, maximum: float) -> None:
        if not value >= minimum:  # NaN is neither
            raise self.refuse(f"is {value}, expected {minimum:g} or more")
        if value > maximum:
            raise self.refuse(f"is {value}, expected {maximum:g} at most")

    def _step(self, step: str | int, value: object) -> Node:
        return Node(value, self.file, self.mend, (step, self.steps))


def spelled(text: str) -> str:
    """Return `text` with lone surrogates spelled out (`\\ud800`), which no file could be written with."""
    return text.encode("utf-8", "backslashreplace").decode()


def _spelled_place(steps: Steps) -> str:
    keys: list[str | int] = []
    while steps is not None:
        key, steps = steps
        keys.append(key)
    place = ""
    for key in reversed(keys):
        if isinstance(key, int):
            place += f"[{key}]"
        elif _PLAIN_KEY.match(key):
            place += f".{key}"
        else:
            place += f'["{visible(key)}"]'
    return place.removeprefix(".") or "the document"


def _kind(value: object) -> str:
    kinds = {dict: "an object", list: "a list", str: "a string", bool: "true or false", type(None): "null"}
    return kinds.get(type(value), "a number")
