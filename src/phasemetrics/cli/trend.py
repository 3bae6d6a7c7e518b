"""`trend`: how metrics went, over phases and over repositories."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from phasemetrics.cli import options

if TYPE_CHECKING:
    from phasemetrics.evidence.store import Side
    from phasemetrics.trend.choosing import Choice
    from phasemetrics.trend.gathering import History
    from phasemetrics.trend.series import Trend


class TrendFormat(StrEnum):
    """How `trend` prints what it found."""

    table = "table"
    text = "text"  # what other commands call it
    markdown = "markdown"
    csv = "csv"
    json = "json"
    ndjson = "ndjson"
    openmetrics = "openmetrics"
    html = "html"


_ROWS = {TrendFormat.csv, TrendFormat.json, TrendFormat.ndjson}  # both ends of a phase are in these
_TABLE = {TrendFormat.table, TrendFormat.text}
_SILENT = {TrendFormat.csv, TrendFormat.ndjson}  # they have no place for a note


def trend(
    folders: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FOLDER", help="Projects, by their top folders; else the one here."),
    ] = None,
    metric: Annotated[
        list[str] | None,
        typer.Option("--metric", envvar="PHASEMETRICS_METRIC", metavar="NAME", help="A metric or a glob (repeatable)."),
    ] = None,
    last: Annotated[
        int | None,
        typer.Option("--last", envvar="PHASEMETRICS_LAST", metavar="N", min=1, help="Only the last N phases."),
    ] = None,
    store: Annotated[
        str | None,
        typer.Option("--store", metavar="URL", help="Read what was pushed to this store instead of folders."),
    ] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write it here.")] = None,
    directory: options.DirectoryOption = None,
    format: Annotated[
        TrendFormat, typer.Option("--format", envvar="PHASEMETRICS_FORMAT", help="How to print what was found.")
    ] = TrendFormat.table,
    json: options.JsonOption = False,
    color: options.ColorOption = options.Color.auto,
) -> None:
    """Show how metrics went from phase to phase, in this project or in many."""
    from phasemetrics.cli.printing import print_bytes, tell
    from phasemetrics.cli.request import enter, project_here
    from phasemetrics.cli.trendtable import print_trend
    from phasemetrics.trend.choosing import Choice
    from phasemetrics.trend.following import beside, follow, unfollowed
    from phasemetrics.trend.gathering import BOTH, ENDS
    from phasemetrics.writing.output import write_output

    enter(directory)
    project_here(None)  # its limits count, whatever is read
    chosen = TrendFormat.json if json else format
    gc.disable()  # what is parsed holds no cycles, and to look for some in all of it takes a tenth of the time
    try:
        choice, history = _read(Choice(tuple(metric or ())), folders or [], store, BOTH if chosen in _ROWS else ENDS)
    finally:
        gc.enable()
    metrics = choice.among(history.known)
    found = follow(history, metrics, last)
    for line in unfollowed(history, found, metrics if choice.asked else ()):
        tell(line)
    if chosen in _SILENT:
        for line in beside(found):
            tell(line)
    if chosen in _TABLE and output is None:
        print_trend(history, metrics, last, color)
        return
    content = _rendered(chosen, history, metrics, found, last).encode()
    if output is None:
        print_bytes(content)
        return
    write_output(output, content)


def _read(choice: Choice, folders: Sequence[Path], store: str | None, sides: Sequence[Side]) -> tuple[Choice, History]:
    """Read what was recorded in folders, or pushed to a store; the usual choice depends on what projects configure."""
    from phasemetrics.cli.printing import tell
    from phasemetrics.errors import Refusal, UsageError
    from phasemetrics.trend.folders import add_records, projects
    from phasemetrics.trend.gathering import History

    if store is not None and folders:
        raise UsageError("two-sources", "folders and a store were named", mend="name the folders, or the store")
    found = projects(_tops(folders)) if store is None else ()
    choice = replace(choice, configured=tuple(name for project in found for name in project.configured))
    history = History(cache(choice.takes), sides)
    if store is not None:
        from phasemetrics.stores.opening import open_store

        history.add(open_store(store).records())
    else:
        for project in found:
            if not add_records(history, project):
                tell(f"{project.given}: nothing was recorded there, so it is left out")
    if not history.known:
        mend = "record one with `phasemetrics fill -p N`, or name other folders"
        raise Refusal("not-recorded", "there is no record of any phase's end", mend=mend)
    return choice, history


def _tops(folders: Sequence[Path]) -> list[tuple[Path, str]]:
    """Return folders as they are to be read and as a person named them; without any, the project here."""
    if folders:
        return [(Path.cwd() / folder, str(folder)) for folder in folders]
    from phasemetrics.cli.request import project_here

    return [(project_here(None).root, ".")]


def _rendered(chosen: TrendFormat, history: History, metrics: Sequence[str], found: Trend, last: int | None) -> str:
    """Return a trend as it is written to a file."""
    from phasemetrics.trend.rows import as_csv, as_json, as_ndjson, rows_of

    rows = rows_of(history, metrics, found.phases)  # none is made before it is printed
    match chosen:
        case TrendFormat.csv:
            return as_csv(rows)
        case TrendFormat.json:
            return as_json(rows, found)
        case TrendFormat.ndjson:
            return as_ndjson(rows)
        case TrendFormat.markdown:
            from phasemetrics.trend.markdown import render

            return render(found)
        case TrendFormat.openmetrics:
            from phasemetrics.trend.openmetrics import render as render_openmetrics

            return render_openmetrics(history, metrics, found.phases)
        case TrendFormat.html:
            from phasemetrics.trend.page import render as render_page

            return render_page(found)
        case TrendFormat.table | TrendFormat.text:
            from phasemetrics.cli.trendtable import table_lines

            return "".join(f"{line.text}\n" for line in table_lines(history, metrics, last))
