"""The tests that a phase added, removed, renamed, broke, mended or switched off, as the rows of a document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from phasemetrics.escaping import visible
from phasemetrics.evidence.casechanges import CaseChanges
from phasemetrics.evidence.changes import LIST_LIMIT
from phasemetrics.evidence.model import TestCase
from phasemetrics.evidence.side import Side
from phasemetrics.value import Origin, Value

LISTS = ("added", "removed", "renamed", "failing", "passing", "skipped")
_LONGEST = 100  # what a code span shows
_HEAD = 60


def test_lists(changes: CaseChanges | Value, before: Side, after: Side) -> dict[str, list[dict[str, Any]] | Value]:
    """Return every fact that a template may name as `tests.…`: rows with `name` and `path`, and `before` of a renamed.

    A selection never grows past the limit, and its last row says what it leaves out.
    """
    if isinstance(changes, Value):
        return dict.fromkeys(LISTS, changes)
    old, new = before.origin("junit"), after.origin("junit")
    return {
        "added": _rows([(one, None) for one in changes.added], new),
        "removed": _rows([(one, None) for one in changes.removed], old),
        "renamed": _rows([(now, was) for was, now in changes.renamed], new),
        "failing": _rows([(one, None) for one in changes.failing], new),
        "passing": _rows([(one, None) for one in changes.passing], new),
        "skipped": _rows([(one, None) for one in changes.skipped], new),
    }


def test_counts(changes: CaseChanges | Value, after: Side) -> dict[str, Value]:
    """Return every fact that a template may name as `counts.tests_…`."""
    if isinstance(changes, Value):
        return {f"tests_{name}": changes for name in LISTS}
    origin = after.origin("junit")
    return {f"tests_{name}": Value(str(len(getattr(changes, name))), origin) for name in LISTS}


def added_in(changes: CaseChanges | Value) -> Mapping[str, int]:
    """Return how many tests were added in each file; nothing where it cannot be told."""
    return {} if isinstance(changes, Value) else Counter(one.path for one in changes.added)


def full_name(one: TestCase) -> str:
    """Return what a test is called, as pytest takes it on its command line: `tests/test_a.py::TestA::test_b[1]`."""
    return "::".join(part for part in (one.path, one.classname, one.name) if part)


def _rows(found: Sequence[tuple[TestCase, TestCase | None]], origin: Origin | None) -> list[dict[str, Any]]:
    shown = found[:LIST_LIMIT]
    rest = len(found) - len(shown)
    rows: list[dict[str, Any]] = []
    for one, was in shown:
        note = f"and {rest} more: {origin.path if origin else ''}" if rest and len(rows) == LIST_LIMIT - 1 else ""
        row: dict[str, Any] = {
            "name": Value(_short(one), origin, note=note),
            "aliases": (),
            "path": Value(visible(one.path), origin),
        }
        rows.append(row if was is None else row | {"before": Value(_short(was), origin)})
    return rows


def _short(one: TestCase) -> str:
    """Return the name of a test, cut in the middle: parameters tell tests apart, and they stand at its end."""
    name = visible(full_name(one), 1000)
    return name if len(name) <= _LONGEST else f"{name[:_HEAD]}…{name[_HEAD + 1 - _LONGEST :]}"
