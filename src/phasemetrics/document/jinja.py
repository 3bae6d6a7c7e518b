"""The door to Jinja2: prints a template, evaluates its holes, and splits it into lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

from phasemetrics.document.sandbox import checked
from phasemetrics.errors import UsageError
from phasemetrics.escaping import code_span
from phasemetrics.value import Value, absent

if TYPE_CHECKING:
    from jinja2 import Environment

Part: TypeAlias = str | tuple[str]
"""A piece of a line: literal text, or the source of one expression in a tuple."""


_BLANK_ROW = "blank-row"


@dataclass(frozen=True, slots=True)
class LoopTag:
    """The `{% for item in items %}` that opens at line `number`."""

    number: int
    item: str
    items: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a template without its block tags; `empty` when it is the line under `{% else %}`."""

    number: int
    parts: tuple[Part, ...]
    loop: LoopTag | None
    empty: bool


class Blank(Mapping[str, Value]):
    """A row about which nothing is known yet: every name in it is an absent value that says which row it is."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __getitem__(self, name: str) -> Value:
        return absent(_BLANK_ROW, str(self.number))

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def _hole_printed(value: Any, *placeholders: str) -> str:
    from jinja2 import TemplateRuntimeError, Undefined

    if isinstance(value, Undefined):
        return str(value)  # StrictUndefined raises, and names what is missing
    if not isinstance(value, Value):
        raise TemplateRuntimeError(f"{value!r} is not a value that a hole can hold")
    if value.text is not None and not value.choice:
        return str(value.text)
    return placeholders[0].replace("#", value.reason if value.code == _BLANK_ROW else "")


def _as_it_is(value: Any, *_arguments: Any) -> Any:
    return value


def _code(value: Any) -> Any:
    if isinstance(value, Value) and value.text is not None:
        return replace(value, text=code_span(value.text))
    return value


def _blank_printed(items: Any, count: int = 1) -> Any:
    return [Blank(number) for number in range(1, count + 1)] if isinstance(items, Value) else items


@cache
def _environment(*, printing: bool) -> Environment:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, autoescape=False
    )
    environment.globals.clear()
    environment.filters.clear()
    environment.filters.update(
        hole=_hole_printed if printing else _as_it_is,
        blank=_blank_printed if printing else _as_it_is,
        code=_code,
    )
    return environment


def render(source: str, facts: Mapping[str, Any], origin: str) -> str:
    """Print a whole template; every hole that has no value shows its placeholder."""
    from jinja2 import TemplateError

    checked(_environment(printing=False), source, origin)
    try:
        return _environment(printing=True).from_string(source).render(facts)
    except TemplateError as error:
        raise UsageError("bad-template", str(error.message), path=origin, line=getattr(error, "lineno", None)) from None


def evaluate(expression: str, facts: Mapping[str, Any], origin: str) -> Any:
    """Return what one expression of a template comes to: a Value, or the items of a loop."""
    from jinja2 import TemplateError, Undefined

    try:
        result = _compiled(expression)(**facts)
        if isinstance(result, Undefined):
            str(result)
    except TemplateError as error:
        message = f"`{expression}`: {error.message}"
        raise UsageError("bad-template", message, path=origin, mend="docs/templates.md lists the names") from None
    return result


@cache
def _compiled(expression: str) -> Any:
    return _environment(printing=False).compile_expression(expression, undefined_to_none=False)


def placeholders_of(expression: str, origin: str, number: int) -> tuple[str, ...]:
    """Return the placeholders of a hole: the arguments of its last filter, `hole("X", "TBD")`."""
    from jinja2 import nodes

    tree = _environment(printing=False).parse("{{" + expression + "}}")
    last = next(tree.find_all(nodes.Filter), None)
    if last is None or last.name != "hole" or not last.args:
        raise UsageError(
            "bad-template",
            f'`{expression}` does not end in `| hole("…")`',
            path=origin,
            line=number,
            mend="name the placeholder that stands there until it is filled",
        )
    return tuple(str(argument.value) for argument in last.args if isinstance(argument, nodes.Const))


def lines_of(source: str, origin: str) -> tuple[Line, ...]:
    """Split a template into its lines; raise UsageError for what a template may not do."""
    checked(_environment(printing=False), source, origin)
    lines: list[Line] = []
    parts: list[Part] = []
    loop: LoopTag | None = None
    empty = False
    tag: list[str] | None = None
    number = 1
    for number, kind, text in _environment(printing=False).lex(source):
        if kind in {"variable_begin", "block_begin"}:
            tag = []
        elif kind == "variable_end" and tag is not None:
            parts.append(("".join(tag).strip(),))
            tag = None
        elif kind == "block_end" and tag is not None:
            loop, empty = _block("".join(tag).split(), number, loop)
            tag = None
        elif tag is not None:
            tag.append(text)
        elif kind == "data":
            first, *rest = text.split("\n")
            parts.extend([first] if first else [])
            for line in rest:
                lines.append(Line(number, tuple(parts), loop, empty))
                parts = [line] if line else []
                number += 1
    if parts:
        lines.append(Line(number, tuple(parts), loop, empty))
    _checked_rows(lines, origin)
    return tuple(lines)


def _checked_rows(lines: list[Line], origin: str) -> None:
    """A loop stands for rows of one line each, with at most one line for when there are none."""
    for tag in {line.loop for line in lines if line.loop}:
        body = sum(line.loop == tag and not line.empty for line in lines)
        empty = sum(line.loop == tag and line.empty for line in lines)
        if body != 1 or empty > 1:
            message = f"the loop has {body} lines, and {empty} under else"
            raise UsageError("bad-template", message, path=origin, line=tag.number, mend="give it one line")


def _block(words: list[str], number: int, loop: LoopTag | None) -> tuple[LoopTag | None, bool]:
    if words[0] == "for":
        return LoopTag(number, words[1], " ".join(words[3:])), False
    return (loop, True) if words[0] == "else" else (None, False)
