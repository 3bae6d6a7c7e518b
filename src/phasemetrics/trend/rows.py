"""A trend as rows for programs, one for each number that was recorded: CSV, JSON, JSON on lines."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

from phasemetrics.escaping import visible
from phasemetrics.evidence.records import fields_of
from phasemetrics.evidence.store import Side
from phasemetrics.trend.gathering import History
from phasemetrics.trend.series import Trend

SCHEMA = 1
# What a spreadsheet takes for a formula, and what a CI system takes for a command, where a cell begins with it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "::")
_LONGEST_ESCAPE = 10


@dataclass(frozen=True, slots=True)
class Row:
    """One recorded number: `value` in its base unit, the full id of the commit, and its date (ISO, UTC)."""

    repository: str
    phase: str
    side: Side
    metric: str
    value: float
    unit: str
    commit: str | None
    date: str | None


def rows_of(history: History, metrics: Sequence[str], phases: Sequence[str]) -> Iterator[Row]:
    """Yield what was recorded of `metrics`, by repository, phase, side and metric; a gap is a row that is not there."""
    for repository in history.repositories:
        for phase in phases:
            for side, measured in history.read(repository, phase):
                revision = measured.revision
                sha, date = (revision.sha, revision.date) if revision else (None, None)
                for name in metrics:
                    if (metric := measured.metrics.get(name)) is not None:
                        yield Row(repository, phase, side, name, metric.value, metric.unit, sha, date)


def as_csv(rows: Iterable[Row]) -> str:
    """Return rows as CSV with a header, lines ending in LF; what was not recorded is an empty cell."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(field.name for field in fields(Row))
    writer.writerows(
        [cell if isinstance(cell, int | float) else _text(cell) for cell in fields_of(row).values()] for row in rows
    )
    return written.getvalue()


def _text(cell: str | None) -> str:
    """Return a text for a cell: on one line, and no formula; an apostrophe before it is how spreadsheets say text."""
    shown = spelled_out(cell or "")
    return f"'{shown}" if shown.startswith(_FORMULA) else shown


def spelled_out(text: str) -> str:
    """Return all of a text, hidden characters spelled out."""
    return text if text.isprintable() else visible(text, len(text) * _LONGEST_ESCAPE)


def as_ndjson(rows: Iterable[Row]) -> str:
    """Return one JSON object on a line for each row; ASCII."""
    return "".join(f"{json.dumps(fields_of(row))}\n" for row in rows)


def as_json(rows: Iterable[Row], trend: Trend) -> str:
    """Return the rows, and the series with null for each gap, as one JSON object; ASCII."""
    series: list[dict[str, Any]] = [
        {
            "repository": one.repository,
            "metric": one.metric,
            "unit": one.unit,
            "values": [None if reading is None else reading.value for reading in one.readings],
            "notes": list(one.notes),
            "apart": one.apart or None,
        }
        for one in trend.series
    ]
    shown = {"schema": SCHEMA, "phases": trend.phases, "rows": [fields_of(row) for row in rows], "series": series}
    return json.dumps(shown, indent=1) + "\n"
