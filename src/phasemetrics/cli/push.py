"""`push`: sends what is recorded here to the team's store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from phasemetrics.cli import options

if TYPE_CHECKING:
    from phasemetrics.evidence.history import Record

SCHEMA = 1


def push(
    folder: Annotated[Path | None, typer.Argument(metavar="[FOLDER]", help="The project; this one by default.")] = None,
    store: options.StoreOption = None,
    config: options.ConfigOption = None,
    directory: options.DirectoryOption = None,
    format: options.FormatOption = options.Format.text,
    json: options.JsonOption = False,
    quiet: options.QuietOption = False,
) -> None:
    """Send what is recorded of every phase to the team's store; what is there already stays as it is."""
    from phasemetrics.cli.printing import print_bytes, say
    from phasemetrics.cli.request import enter, project_here
    from phasemetrics.errors import UsageError
    from phasemetrics.provenance import require_own_keys
    from phasemetrics.repositories import repository_of
    from phasemetrics.sending import records_of, send
    from phasemetrics.stores.opening import open_store

    enter(directory)
    enter(folder)
    project = project_here(config)
    require_own_keys(project, "repository", *(() if store else ("store",)))
    url = store or project.config.store
    if url is None:
        mend = 'say --store s3://bucket/prefix, or add store = "s3://bucket/prefix" to the configuration'
        raise UsageError("no-store", "no store is configured", mend=mend)
    records = records_of(project.root, repository_of(project))
    sent, present = send(open_store(url), records)
    if json or format is options.Format.json:
        print_bytes(_as_json(sent, present))
    elif not quiet:
        say(f"{len(sent)} sent, {len(present)} {'was' if len(present) == 1 else 'were'} there")


def _as_json(sent: list[Record], present: list[Record]) -> bytes:
    from json import dumps

    data = {"schema": SCHEMA, "sent": [*map(_as_dict, sent)], "present": [*map(_as_dict, present)]}
    return dumps(data, indent=1).encode("ascii") + b"\n"


def _as_dict(record: Record) -> dict[str, Any]:
    return {
        "repository": record.repository,
        "phase": record.phase,
        "side": record.side,
        "sha256": record.sha256,
    }
