"""What a template may use of Jinja2: holes and loops over rows, so that none can run away or look around."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phasemetrics.errors import UsageError

if TYPE_CHECKING:
    from jinja2 import Environment, nodes

FILTERS = frozenset({"hole", "gate", "person", "label", "code", "blank"})
MOST_BLANK_ROWS = 50


def checked(environment: Environment, source: str, origin: str) -> nodes.Template:
    """Parse a template and return its tree; raise UsageError, with the line, for anything that is not let through."""
    from jinja2 import TemplateSyntaxError, nodes

    try:
        tree = environment.parse(source)
    except TemplateSyntaxError as error:
        raise UsageError("bad-template", error.message or "cannot be read", path=origin, line=error.lineno) from None
    for node in tree.find_all(nodes.Node):
        problem = _problem(node)
        if problem is not None:
            mend = 'use holes `{{ name | hole("X") }}` and loops over rows: they keep within limits of size and time'
            raise UsageError("bad-template", problem, path=origin, line=node.lineno, mend=mend)
    return tree


def _problem(node: nodes.Node) -> str | None:
    from jinja2 import nodes

    allowed = (nodes.Output, nodes.TemplateData, nodes.For, nodes.Name, nodes.Getattr, nodes.Getitem, nodes.Filter,
               nodes.Const)  # fmt: skip
    if not isinstance(node, allowed):
        of = getattr(getattr(node, "template", None), "value", None)
        return f"`{type(node).__name__}`{f' of {of!r}' if of else ''} is not part of what a template may use"
    if isinstance(node, nodes.For) and next(node.find_all(nodes.For), None) is not None:
        return "a loop inside a loop"
    if isinstance(node, nodes.For) and not (isinstance(node.iter, nodes.Filter) and node.iter.name == "blank"):
        return "a loop that does not say with `| blank(3)` how many rows stand there before anything is known"
    if isinstance(node, nodes.Getitem) and not _is_here(node.arg):
        return "a subscript other than `[here.name]`"
    if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
        return f"`{node.attr}` is private"
    if isinstance(node, nodes.Filter) and node.name not in FILTERS:
        return f"there is no filter `{node.name}`"
    if isinstance(node, nodes.Const) and isinstance(node.value, int) and not 0 < node.value <= MOST_BLANK_ROWS:
        return f"{node.value} blank rows"
    return None


def _is_here(node: nodes.Node) -> bool:
    from jinja2 import nodes

    return isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name) and node.node.name == "here"
