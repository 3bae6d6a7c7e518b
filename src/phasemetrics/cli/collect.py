"""`collect`: reports to a snapshot; no document is touched."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from phasemetrics.cli import options


def collect(
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write it here.")] = None,
    junit: options.JunitOption = None,
    coverage: options.CoverageOption = None,
    bench: options.BenchOption = None,
    expect_shards: options.ShardsOption = None,
    allow_stale: options.StaleOption = False,
    base: options.BaseOption = None,
    fetch: options.FetchOption = False,
    head: options.HeadOption = "HEAD",
    config: options.ConfigOption = None,
    directory: options.DirectoryOption = None,
    format: options.FormatOption = options.Format.text,
    json: options.JsonOption = False,
    quiet: options.QuietOption = False,
) -> None:
    """Read the reports and print the snapshot they add up to."""
    from phasemetrics.cli.measuring import fetching
    from phasemetrics.cli.printing import print_bytes, print_warnings, show_snapshot
    from phasemetrics.cli.request import Reports, enter, evidence_of, project_here
    from phasemetrics.commits import with_base
    from phasemetrics.evidence import snapshot as codec
    from phasemetrics.evidence.measuring import collect_here
    from phasemetrics.filling import require_evidence
    from phasemetrics.writing.output import write_output

    enter(directory)
    project = project_here(config)
    evidence = evidence_of(project, Reports(junit, coverage, bench, base, head, expect_shards, allow_stale))
    if fetch:
        evidence = with_base(evidence, (), fetching(quiet=quiet))
    snapshot = collect_here(evidence)
    require_evidence(snapshot)
    print_warnings(snapshot.warnings, quiet)
    if output is not None:
        write_output(output, codec.dumps(snapshot))
    elif json or format is options.Format.json:
        print_bytes(codec.dumps(snapshot))
    elif not quiet:
        show_snapshot(snapshot)
