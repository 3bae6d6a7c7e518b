"""The tests that a phase changed, on the terminal and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from phasemetrics.cli.printing import say
from phasemetrics.escaping import visible
from phasemetrics.evidence.casechanges import CaseChanges
from phasemetrics.evidence.model import TestCase
from phasemetrics.evidence.testlists import full_name
from phasemetrics.value import Value

_MOST = 50
_LONGEST = 900


def print_changed(changes: CaseChanges | Value) -> None:
    """Print what became of the tests, a group after the other, or why it cannot be told."""
    say("")
    if isinstance(changes, Value):
        say(f"which tests changed cannot be told: {why_not(changes)}")
        return
    for title, lines in _groups(changes):
        say(f"tests {title}: {len(lines)}")
        for line in lines[:_MOST]:
            say(f"  {line}")
        if len(lines) > _MOST:
            say(f"  and {len(lines) - _MOST} more; `--json` has them all")


def why_not(missing: Value) -> str:
    """Return why it cannot be told, with the command that mends it."""
    return f"{missing.reason}; {missing.mend}" if missing.mend else missing.reason


def changed_as_dict(changes: CaseChanges | Value) -> dict[str, list[Any]] | None:
    """Return what became of the tests for a program, in the shape of the contract; None where it cannot be told."""
    if isinstance(changes, Value):
        return None
    return {
        "added": [_as_dict(one) for one in changes.added],
        "removed": [_as_dict(one) for one in changes.removed],
        "renamed": [{"from": _as_dict(was), "to": _as_dict(now)} for was, now in changes.renamed],
        "failing": [_as_dict(one) for one in changes.failing],
        "passing": [_as_dict(one) for one in changes.passing],
        "skipped": [_as_dict(one) for one in changes.skipped],
    }


def _groups(changes: CaseChanges) -> Iterator[tuple[str, list[str]]]:
    # A new test that fails is not newly failing, so its outcome stands beside it.
    yield "added", [_shown(one) + ("" if one.outcome == "passed" else f" ({one.outcome})") for one in changes.added]
    yield "removed", [_shown(one) for one in changes.removed]
    yield "renamed", [f"{_shown(was)} → {_shown(now)}" for was, now in changes.renamed]
    yield "newly failing", [_shown(one) for one in changes.failing]
    yield "newly passing", [_shown(one) for one in changes.passing]
    yield "newly skipped", [_shown(one) for one in changes.skipped]


def _shown(one: TestCase) -> str:
    return visible(full_name(one), _LONGEST)


def _as_dict(one: TestCase) -> dict[str, str]:
    return {"path": one.path, "class": one.classname, "name": one.name, "outcome": one.outcome}
