"""`check`: says what in the documents of a phase is no longer true."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from phasemetrics.cli import options

if TYPE_CHECKING:
    from phasemetrics.filling import Result


def check(
    documents: Annotated[list[str] | None, typer.Argument(metavar="[DOC]...", help="The documents to check.")] = None,
    phase: options.PhaseOption = None,
    fail_on: options.FailOnOption = None,
    before: options.BeforeOption = None,
    template: options.TemplateOption = None,
    config: options.ConfigOption = None,
    directory: options.DirectoryOption = None,
    format: options.CheckFormatOption = options.CheckFormat.text,
    json: options.JsonOption = False,
    quiet: options.QuietOption = False,
    verbose: options.VerboseOption = False,
    color: options.ColorOption = options.Color.auto,
    no_input: options.NoInputOption = False,
) -> int:
    """Compare the documents with the recorded snapshots; no test is run and nothing is written."""
    from phasemetrics.auditing import check as run
    from phasemetrics.cli.advice import example
    from phasemetrics.cli.ending import Ending, finish
    from phasemetrics.cli.request import documents_of, enter, phase_of, project_here, templates_of
    from phasemetrics.evidence.collecting import Evidence
    from phasemetrics.filling import Order

    def command(result: Result) -> str:
        project = project_here(config)
        return example(project, templates_of(project, template), result)

    def work() -> Result:
        enter(directory)
        project = project_here(config)
        number = phase_of(project, phase)
        order = Order(
            number,
            documents_of(project, number, documents),
            Evidence(project.root),
            before=before,
            templates=templates_of(project, template),
            write=False,
            stdin=sys.stdin.buffer.read() if documents and "-" in documents else b"",
        )
        return run(project, order)

    as_json = json or format is options.CheckFormat.json
    annotates = format is options.CheckFormat.github
    ending = Ending("check", as_json, True, quiet, verbose, color, annotates)
    return finish(work, ending, [gate.value for gate in fail_on or ()], command)
