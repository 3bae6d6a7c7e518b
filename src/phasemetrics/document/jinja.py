"""The door to Jinja2: prints a template, evaluates its holes, and takes its lines apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from phasemetrics.document.filters import Here
from phasemetrics.document.filters import printed as filters
from phasemetrics.document.growth import require_printable
from phasemetrics.document.sandbox import checked
from phasemetrics.errors import UsageError

if TYPE_CHECKING:
    from jinja2 import Environment


@cache
def _environment(*, printing: bool) -> Environment:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, autoescape=False
    )
    environment.globals.clear()
    environment.filters.clear()
    environment.filters.update(filters(printing=printing))
    return environment


def render(source: str, facts: Mapping[str, Any], origin: str) -> str:
    """Print a whole template; every hole that has no value shows its placeholder."""
    from jinja2 import TemplateError

    checked(_environment(printing=False), source, origin)
    try:
        printed = _environment(printing=True).from_string(source).render({"here": Here(), **facts})
    except TemplateError as error:
        raise UsageError("bad-template", str(error.message), path=origin, line=getattr(error, "lineno", None)) from None
    require_printable(len(printed), origin)
    return printed


def evaluate(expression: str, facts: Mapping[str, Any], origin: str, number: int) -> Any:
    """Return what one expression of a template comes to: a Value, a Gate, or the items of a loop.

    Where `facts` say nothing about `here`, nothing stands there. `origin` and `number` are the file and line of the
    template.
    """
    from jinja2 import TemplateError, Undefined

    try:
        result = _compiled(expression)(**{"here": Here(), **facts})
        if isinstance(result, Undefined):
            str(result)
    except TemplateError as error:
        message = f"`{expression}`: {error.message}"
        mend = "docs/templates.md lists the names"
        raise UsageError("bad-template", message, path=origin, line=number, mend=mend) from None
    return result


@cache
def _compiled(expression: str) -> Any:
    return _environment(printing=False).compile_expression(expression, undefined_to_none=False)


@cache
def last_filter(expression: str) -> tuple[str, tuple[str, ...]]:
    """Return the last filter of an expression with its texts: `hole`, and the placeholders; empty without one."""
    from jinja2 import nodes

    tree = _environment(printing=False).parse("{{" + expression + "}}")
    last = next(tree.find_all(nodes.Filter), None)
    if last is None:
        return "", ()
    return last.name, tuple(str(argument.value) for argument in last.args if isinstance(argument, nodes.Const))


def tokens(source: str, origin: str) -> Iterator[tuple[int, str, str]]:
    """Yield the tokens of a template: line, kind and text; raise UsageError for what a template may not do."""
    checked(_environment(printing=False), source, origin)
    yield from _environment(printing=False).lex(source)
