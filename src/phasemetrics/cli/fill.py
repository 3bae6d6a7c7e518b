"""`fill`: measures the end of a phase and writes it into the phase's documents."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from phasemetrics.cli import options

if TYPE_CHECKING:
    from phasemetrics.filling import Result


def fill(
    documents: Annotated[list[str] | None, typer.Argument(metavar="[DOC]...", help="`-` is stdin to stdout.")] = None,
    phase: options.PhaseOption = None,
    diff: Annotated[bool, typer.Option("--diff", help="Show what would change and write nothing.")] = False,
    adopt: options.AdoptOption = None,
    fail_on: options.FailOnOption = None,
    junit: options.JunitOption = None,
    coverage: options.CoverageOption = None,
    bench: options.BenchOption = None,
    runs: options.RunsOption = None,
    interleave: Annotated[
        bool, typer.Option("--interleave", help="With --runs: in turn with those of the commit before.")
    ] = False,
    allow_run: options.AllowRunOption = False,
    expect_shards: options.ShardsOption = None,
    allow_stale: options.StaleOption = False,
    base: options.BaseOption = None,
    fetch: options.FetchOption = False,
    head: options.HeadOption = "HEAD",
    before: options.BeforeOption = None,
    template: options.TemplateOption = None,
    config: options.ConfigOption = None,
    directory: options.DirectoryOption = None,
    format: options.FormatOption = options.Format.text,
    json: options.JsonOption = False,
    quiet: options.QuietOption = False,
    verbose: options.VerboseOption = False,
    color: options.ColorOption = options.Color.auto,
    no_input: options.NoInputOption = False,
) -> int:
    """Fill the documents of a phase with what was measured."""
    from phasemetrics.cli import request
    from phasemetrics.cli.adoptions import adoptions, documents_in
    from phasemetrics.cli.ending import Ending, finish
    from phasemetrics.cli.measuring import fetching, measured_order
    from phasemetrics.cli.printing import require_reader
    from phasemetrics.cli.unrecorded import unrecorded
    from phasemetrics.filling import Order
    from phasemetrics.filling import fill as run

    def work() -> Result:
        request.enter(directory)
        project = request.project_here(config, trusted=allow_run)
        number = request.phase_of(project, phase)
        named = request.documents_of(project, number, documents or documents_in(adopt))
        evidence = request.evidence_of(
            project, request.Reports(junit, coverage, bench, base, head, expect_shards, allow_stale)
        )
        order = Order(
            number,
            named,
            evidence,
            before=before,
            since=request.configured_base(project, number),
            templates=request.templates_of(project, template),
            adopt=adoptions(adopt, named, lambda typed: request.documents_of(project, number, [typed])[0]),
            write=not diff,
            stdin=sys.stdin.buffer.read() if documents and "-" in documents else b"",
            fetch=fetching(quiet=quiet) if fetch else None,
        )
        with unrecorded(evidence):
            if ending.json or "-" in named:
                require_reader()
            return run(project, measured_order(project, order, runs, interleave=interleave, quiet=quiet))

    ending = Ending("fill", json or format is options.Format.json, diff, quiet, verbose, color, adopts=bool(adopt))
    return finish(work, ending, [gate.value for gate in fail_on or ()])
