"""What the filters of a template print: a hole's value or its placeholder, an empty box, a person's text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from phasemetrics.escaping import code_span
from phasemetrics.value import Gate, Value, absent

_BLANK_ROW = "blank-row"


class Blank(Mapping[str, Value]):
    """A row about which nothing is known yet: every name in it is an absent value that says which row it is."""

    def __init__(self, number: int) -> None:
        self._number = number

    def __getitem__(self, name: str) -> Value:
        return absent(_BLANK_ROW, str(self._number))

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


class Here(dict[str, str]):
    """What stands on a line, by name; a name that is not on it stands for nothing."""

    def __missing__(self, name: str) -> str:
        return ""


def printed(*, printing: bool) -> dict[str, Any]:
    """Return the filters of a template, for printing a document or for evaluating one hole."""
    if not printing:
        return {
            "hole": _as_it_is, "gate": _as_it_is, "person": _as_it_is, "label": _as_it_is, "blank": _as_it_is,
            "code": _code,
        }  # fmt: skip
    return {
        "hole": _hole, "gate": _gate, "person": _person, "label": _person, "blank": _blank, "code": _code,
    }  # fmt: skip


def _as_it_is(value: Any, *_arguments: Any) -> Any:
    return value


def _numbered(placeholder: str, value: Any) -> str:
    of_row = isinstance(value, Value) and value.code == _BLANK_ROW
    return placeholder.replace("#", value.reason if of_row else "")


def _hole(value: Any, *placeholders: str) -> str:
    from jinja2 import TemplateRuntimeError, Undefined

    if isinstance(value, Undefined):
        return str(value)  # StrictUndefined raises, and names what is missing
    if not isinstance(value, Value):
        raise TemplateRuntimeError(f"{value!r} is not a value that a hole can hold")
    if value.text is not None and not value.choice:
        return str(value.text)
    return _numbered(placeholders[0], value)


def _gate(value: Any, empty: str, ticked: str) -> str:
    from jinja2 import TemplateRuntimeError, Undefined

    if isinstance(value, Undefined):
        return str(value)
    if not isinstance(value, Gate):
        raise TemplateRuntimeError(f"{value!r} is nothing that can tick a box")
    return ticked if value.holds else empty


def _person(value: Any, placeholder: str) -> str:
    return _numbered(placeholder, value)


def _code(value: Any) -> Any:
    if isinstance(value, Value) and value.text is not None:
        return replace(value, text=code_span(value.text))
    return value


def _blank(items: Any, count: int = 1) -> Any:
    return [Blank(number) for number in range(1, count + 1)] if isinstance(items, Value) else items
