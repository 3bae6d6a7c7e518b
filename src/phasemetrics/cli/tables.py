"""The before/after table: rich on a terminal, aligned text elsewhere, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from phasemetrics.cli.options import Color
from phasemetrics.cli.printing import described, print_bytes, say, use_colour
from phasemetrics.document.ownership import Filling
from phasemetrics.errors import Refusal
from phasemetrics.escaping import visible
from phasemetrics.evidence.comparison import CLAIMS
from phasemetrics.evidence.verdict import statistic
from phasemetrics.filling import Result
from phasemetrics.statnames import is_statistic
from phasemetrics.summary import Row

SCHEMA = 1
_HEADER = ("", "before", "after", "change", "")
_STYLE = {"improved": "green", "regressed": "red", "not-comparable": "yellow"}
_EXPLAINED = {"too-few-runs", "single-measurement", "not-comparable", "failed", "baseline-zero"}
_ABSENT = "—"


def _cells(row: Row) -> tuple[str, str, str, str, str]:
    comparison = row.comparison
    words: list[str] = [comparison.verdict] if comparison.verdict not in {"unchanged", "changed", "new"} else []
    if comparison.verdict in CLAIMS and not comparison.proven:
        words.append("not proven")
    if row.target is not None:
        where = f" ({row.planned})" if row.planned else ""
        words.append(f"target {row.target} {row.status or 'not judged'}{where}")
    if comparison.p is not None or comparison.verdict in _EXPLAINED:
        stat = statistic(comparison.name)
        words.append(f"{stat} {comparison.message}" if is_statistic(stat) else comparison.message)
    return (
        visible(row.name, 40),
        comparison.before_text or _ABSENT,
        comparison.after_text or _ABSENT,
        comparison.change_text or _ABSENT,
        visible(", ".join(words)),
    )


def print_rows(rows: Sequence[Row], color: Color) -> None:
    """Print the table for a person."""
    if use_colour(color):
        _print_rich(rows)
        return
    table = [_HEADER, *map(_cells, rows)]
    widths = [max(len(cells[column]) for cells in table) for column in range(4)]
    for name, *numbers, words in table:
        aligned = "  ".join(text.rjust(width) for text, width in zip(numbers, widths[1:], strict=True))
        say(f"{name.ljust(widths[0])}  {aligned}  {words}".rstrip())


def _print_rich(rows: Sequence[Row]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for index, title in enumerate(_HEADER):
        table.add_column(title, justify="right" if 0 < index < 4 else "left", no_wrap=0 < index < 4)
    for row in rows:
        sure = row.comparison.proven or row.comparison.verdict not in CLAIMS
        style = _STYLE.get(row.comparison.verdict, "") if sure else ""
        # Text, never markup: a test called `[bold]` is a name, not an order.
        table.add_row(*(Text(cell, style=style if index == 3 else "") for index, cell in enumerate(_cells(row))))
    Console(force_terminal=True, highlight=False).print(table)


def rows_as_json(phase: str, rows: Sequence[Row], more: Mapping[str, Any], *, bench: bool) -> None:
    """Print the table for a program, in the shape of the contract, with the keys that were asked for beside it.

    With `bench` every row has its sessions and its interval, too.
    """
    shown = [_row_as_dict(row) | (_evidence_of(row) if bench else {}) for row in rows]
    data: dict[str, Any] = {"schema": SCHEMA, "phase": phase, "rows": shown, **more}
    print_bytes(json.dumps(data, indent=1).encode("ascii") + b"\n")


def _evidence_of(row: Row) -> dict[str, Any]:
    interval = row.comparison.interval
    return {"sessions": list(row.comparison.sessions), "interval": list(interval) if interval else None}


def _row_as_dict(row: Row) -> dict[str, Any]:
    comparison = row.comparison
    return {
        "name": row.name,
        "metric": comparison.name,
        "before": comparison.before_text,
        "after": comparison.after_text,
        "change": comparison.change_text,
        "verdict": comparison.verdict,
        "status": row.status,
        "p": comparison.p,
        "runs": list(comparison.runs),
        "message": comparison.message or None,
    }


def print_trace(result: Result, line: int) -> None:
    """Print where the numbers on one line of a document come from."""
    found = [
        (one.name, filling) for one in result.outcomes for filling in one.plan.fillings if _stands_on(filling, line)
    ]
    if not found:
        names = ", ".join(outcome.name for outcome in result.outcomes)
        mend = "`phasemetrics check -v` lists every place"
        raise Refusal("nothing-here", "no number of ours stands on this line", path=names, line=line, mend=mend)
    for name, filling in found:
        say(f"{name}:{filling.line}:{filling.column}: {described(filling)}")
        if filling.origin is not None:
            digest = f", sha256 {filling.origin.sha256}" if filling.origin.sha256 else ""
            commit = f", commit {filling.origin.commit}" if filling.origin.commit else ""
            say(f"  from {filling.origin.path}{digest}{commit}")


def _stands_on(filling: Filling, line: int) -> bool:
    """Return whether a filling is on a line: of one that a mark asked for, its mark is the first of several."""
    lines = filling.old.count("\n")
    return filling.line <= line <= filling.line + (lines + 2 if lines else 0)
