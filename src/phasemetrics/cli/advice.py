"""The command that takes over the first contradicted number that can be taken over."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from phasemetrics.adopting import Taking
from phasemetrics.auditing import contradictions
from phasemetrics.config import Project
from phasemetrics.document.markdown import decode
from phasemetrics.filling import Outcome, Result
from phasemetrics.templates import all_templates


def example(project: Project, templates: Sequence[str], result: Result) -> str:
    """Return the command for a number of a document; empty where no contradicted number can be taken over.

    `templates` are those that were named.
    """
    taking = Taking(project, result.phase, all_templates(project, tuple(templates)))
    lines: dict[str, set[tuple[int, bool]]] = {}
    outcomes = {one.name: one for one in result.outcomes if one.name != "-"}
    for name, filling in contradictions(result):
        if name not in outcomes:
            continue
        if name not in lines:
            lines[name] = _lines(outcomes[name], taking)
        if (filling.line, filling.claim is not None) in lines[name]:
            return f"phasemetrics fill -p {result.phase.number} {shlex.quote(name)} --adopt {filling.line}"
    return ""


def _lines(outcome: Outcome, taking: Taking) -> set[tuple[int, bool]]:
    """Return the lines that hold a number which is taken over when its line is named, and whether it is a claim."""
    claims = taking.lines(decode(outcome.before, outcome.name), outcome.plan.ledger)
    return {(line, True) for line in claims} | {(filling.line, False) for filling, _ in outcome.plan.adoptable}
