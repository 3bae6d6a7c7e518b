"""Prints what `check` found as annotations of a GitHub workflow's run."""

from __future__ import annotations

from collections.abc import Sequence

from phasemetrics.cli.printing import described, print_bytes
from phasemetrics.escaping import visible
from phasemetrics.filling import Outcome

_LONGEST = 500  # GitHub cuts a message after 4096 bytes


def annotate(outcomes: Sequence[Outcome]) -> None:
    """Print an error for each contradiction, and a warning for each number that is out of date.

    Workflow commands as GitHub's documentation has them: `::error file=…,line=…,col=…,title=…::message`.
    """
    for outcome in outcomes:
        for filling in outcome.plan.fillings:
            if not filling.contradicts and filling.new is None:
                continue
            kind = "error" if filling.contradicts else "warning"
            where = {"file": outcome.name, "line": filling.line, "col": filling.column, "title": "phasemetrics"}
            properties = ",".join(f"{name}={_escaped(str(value), ':,')}" for name, value in where.items())
            message = _escaped(visible(described(filling), _LONGEST))
            print_bytes(f"::{kind} {properties}::{message}\n".encode())


def _escaped(text: str, more: str = "") -> str:
    """Return text in which nothing ends a workflow command, or a property of one."""
    for character in f"%\r\n{more}":  # the percent sign first: the others bring one
        text = text.replace(character, f"%{ord(character):02X}")
    return text
