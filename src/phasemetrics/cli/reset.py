"""`reset`: turns the numbers that we wrote back into placeholders, for the next phase."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from phasemetrics.cli import options

if TYPE_CHECKING:
    from phasemetrics.cli.ending import Ending
    from phasemetrics.resetting import Reset


def reset(
    documents: Annotated[list[str], typer.Argument(metavar="DOC", help="Documents that were filled.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write it there, and leave DOC as it is.")
    ] = None,
    diff: Annotated[bool, typer.Option("--diff", help="Show what would change and write nothing.")] = False,
    template: options.TemplateOption = None,
    config: options.ConfigOption = None,
    directory: options.DirectoryOption = None,
    format: options.FormatOption = options.Format.text,
    json: options.JsonOption = False,
    quiet: options.QuietOption = False,
    verbose: options.VerboseOption = False,
    color: options.ColorOption = options.Color.auto,
) -> int:
    """Turn the numbers that were filled in back into placeholders; what people wrote stays."""
    from phasemetrics.cli.answer import answer
    from phasemetrics.cli.ending import Ending, attempted, say_json
    from phasemetrics.cli.request import documents_of, enter, project_here, templates_of
    from phasemetrics.resetting import Wish
    from phasemetrics.resetting import reset as run

    if output is not None and len(documents) > 1:
        raise typer.BadParameter("takes one DOC", param_hint="'-o' / '--output'")
    target = None

    def work() -> Reset:
        nonlocal target
        enter(directory)
        project = project_here(config)
        target = documents_of(project, "", [str(output)])[0] if output is not None else None
        names = documents_of(project, "", documents)
        return run(project, Wish(names, target, templates_of(project, template), write=not diff))

    ending = Ending("reset", json or format is options.Format.json, diff, quiet, verbose, color)
    result = attempted(work, json=ending.json)
    code = 1 if diff and result.changed else 0
    if ending.json:
        say_json(answer(code, result.outcomes, None, []))
    else:
        _print(result, ending, target)
    return code


def _print(result: Reset, ending: Ending, target: str | None) -> None:
    from phasemetrics.cli.printing import print_diff, say, show_fillings, tell

    for outcome in result.outcomes:
        if ending.quiet:
            break
        if outcome.name in result.foreign:
            tell(f"nothing in {outcome.name} was written by phasemetrics")
        else:
            show_fillings(outcome, "would reset" if ending.compares else "reset", ending.verbose)
    if ending.compares:
        print_diff(result.outcomes, ending.color)
    elif target is not None and not ending.quiet:
        say(f"Wrote {target}")
