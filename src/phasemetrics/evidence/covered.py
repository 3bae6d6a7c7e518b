"""What the coverage reports of one end of a phase came to."""

from __future__ import annotations

from phasemetrics.escaping import visible
from phasemetrics.evidence.side import Side
from phasemetrics.units import quantity_text
from phasemetrics.value import Value, absent

LIST_LIMIT = 50


def coverage_facts(side: Side) -> dict[str, Value]:
    """Return every fact that a template may name as `coverage.…` of one side."""
    metrics = side.snapshot.metrics if side.snapshot else {}
    origin = side.origin("coverage")
    names = ("lines", "branches", "statements", "total")
    if origin is None:
        why = side.missing if side.snapshot is None else absent(
            "no-coverage", "no coverage report was read", "write one with `coverage json` and name it: --coverage"
        )  # fmt: skip
    else:
        why = absent("no-statements", "the report counts none of it, so there is no percentage")
    return {
        name: Value(quantity_text(metrics[f"coverage.{name}"].value, "ratio"), origin)
        if f"coverage.{name}" in metrics
        else why
        for name in names
    }


def covered_files(after: Side) -> list[dict[str, Value]] | Value:
    """Return the files of the coverage report with their percentage, or why there are none."""
    origin = after.origin("coverage")
    if origin is None or after.snapshot is None:
        return coverage_facts(after)["total"]
    rows = []
    for one in after.snapshot.coverage:
        covered, total = one.covered + one.branches_covered, one.total + one.branches_total
        if total:
            percent = Value(quantity_text(covered / total, "ratio"), origin)
            rows.append({"path": Value(visible(one.path), origin), "total": percent})
        if len(rows) == LIST_LIMIT:
            break
    return rows
