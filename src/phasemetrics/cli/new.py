"""`new`: a document from a template."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from phasemetrics.cli import options

_KINDS = "readme, plan, retrospective, implementation-plan, implementation-guide, summary, or your own."


def new(
    kind: Annotated[str, typer.Argument(metavar="KIND", help=_KINDS)],
    phase: options.PhaseOption = None,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="What the phase is called.")] = None,
    components: Annotated[
        str | None,
        typer.Option("--components", metavar="NAME[=PATH],…", help="Instead of the configured ones."),
    ] = None,
    source: Annotated[
        Path | None, typer.Option("--from", metavar="FILE", help="Begin with this document of yours, left as it is.")
    ] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Where to write it.")] = None,
    template: options.TemplateOption = None,
    config: options.ConfigOption = None,
    directory: options.DirectoryOption = None,
    quiet: options.QuietOption = False,
) -> None:
    """Write a new document for a phase; what only people know stays a placeholder."""
    from phasemetrics.cli.printing import say
    from phasemetrics.cli.request import documents_of, enter, phase_of, project_here, templates_of
    from phasemetrics.scaffolding import Wish, components_of, create, usual_name

    enter(directory)
    project = project_here(config)
    number = phase_of(project, phase)
    given = [str(output)] if output is not None else None
    names = documents_of(project, number, given)
    target = names[0] if output is not None else usual_name(kind, number, names)
    begun = documents_of(project, number, [str(source)])[0] if source is not None else None
    listed = components_of(components) if components else ()
    create(project, Wish(kind, number, target, name, listed, begun, templates_of(project, template)))
    if not quiet:
        say(f"Wrote {target}")
