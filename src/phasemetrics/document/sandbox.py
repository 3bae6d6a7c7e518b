"""What a template may use of Jinja2: holes and loops over rows, so that none can run away or look around."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from phasemetrics.errors import UsageError

if TYPE_CHECKING:
    from jinja2 import Environment, nodes

# How few and how many arguments each takes, and of which type.
FILTERS: dict[str, tuple[int, int, type]] = {
    "hole": (1, 9, str), "gate": (2, 2, str), "person": (1, 1, str), "label": (1, 1, str), "code": (0, 0, str),
    "blank": (0, 1, int),
}  # fmt: skip
MOST_BLANK_ROWS = 50
MOST_STEPS = 50  # of a name such as `after.tests.passed`, and of filters behind it


def checked(environment: Environment, source: str, origin: str) -> nodes.Template:
    """Parse a template and return its tree; raise UsageError, with the line, for anything that is not let through."""
    from jinja2 import TemplateSyntaxError

    try:
        tree = environment.parse(source)
    except TemplateSyntaxError as error:
        raise UsageError("bad-template", error.message or "cannot be read", path=origin, line=error.lineno) from None
    except RecursionError:
        raise _too_deep(origin) from None
    except ValueError:  # the only one that Jinja2 lets through: a number of more digits than Python reads
        raise UsageError("bad-template", "holds a number that is too long to be read", path=origin) from None
    for node in _inside(tree, origin):
        problem = _problem(node)
        if problem is not None:
            mend = 'use holes `{{ name | hole("X") }}` and loops over rows: they keep within limits of size and time'
            raise UsageError("bad-template", problem, path=origin, line=node.lineno, mend=mend)
    return tree


def _inside(node: nodes.Node, origin: str, depth: int = 0) -> Iterator[nodes.Node]:
    """Yield all that is inside a node; compiling what is deeper than this might exhaust Python's stack."""
    if depth > MOST_STEPS:
        raise _too_deep(origin)
    for inner in node.iter_child_nodes():
        yield inner
        yield from _inside(inner, origin, depth + 1)


def _too_deep(origin: str) -> UsageError:
    return UsageError("bad-template", "is nested too deeply", path=origin, mend=f"keep below {MOST_STEPS} steps")


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
    if isinstance(node, nodes.Filter) and not _takes(node):
        return f"the filter `{node.name}` does not take that"
    if isinstance(node, nodes.Const) and isinstance(node.value, int) and not 0 < node.value <= MOST_BLANK_ROWS:
        return f"{node.value} blank rows"
    return None


def _takes(node: nodes.Filter) -> bool:
    from jinja2 import nodes

    least, most, kind = FILTERS[node.name]
    given = [one.value if isinstance(one, nodes.Const) else None for one in node.args]
    plain = not (node.kwargs or node.dyn_args or node.dyn_kwargs)
    return plain and least <= len(given) <= most and all(type(one) is kind for one in given)


def _is_here(node: nodes.Node) -> bool:
    from jinja2 import nodes

    return isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name) and node.node.name == "here"
