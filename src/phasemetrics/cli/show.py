"""`show`: the before/after table of a phase on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from phasemetrics.cli import options

if TYPE_CHECKING:
    from phasemetrics.summary import Row


def show(
    document: Annotated[str | None, typer.Argument(metavar="[DOC]", help="With --line: the document.")] = None,
    phase: options.PhaseOption = None,
    line: Annotated[int | None, typer.Option("--line", metavar="N", help="Trace the numbers on a line of DOC.")] = None,
    tests: Annotated[bool, typer.Option("--tests", help="Name the tests that changed, too.")] = False,
    bench: Annotated[bool, typer.Option("--bench", help="Draw the benchmarks, before and after, too.")] = False,
    before: options.BeforeOption = None,
    template: options.TemplateOption = None,
    config: options.ConfigOption = None,
    directory: options.DirectoryOption = None,
    format: options.FormatOption = options.Format.text,
    json: options.JsonOption = False,
    color: options.ColorOption = options.Color.auto,
) -> None:
    """Show the numbers of a phase before and after, from what was recorded."""
    from phasemetrics.auditing import check, recorded_phase
    from phasemetrics.cli.changedtests import changed_as_dict, print_changed, why_not
    from phasemetrics.cli.pictures import print_pictures
    from phasemetrics.cli.printing import tell
    from phasemetrics.cli.request import documents_of, enter, phase_of, project_here, templates_of
    from phasemetrics.cli.tables import print_rows, print_trace, rows_as_json
    from phasemetrics.evidence.collecting import Evidence
    from phasemetrics.evidence.namedtests import changed_tests
    from phasemetrics.filling import Order
    from phasemetrics.summary import bench_rows, rows_of
    from phasemetrics.surroundings import beside_of
    from phasemetrics.value import Value

    enter(directory)
    project = project_here(config)
    number = phase_of(project, phase)
    if line is not None:
        named = [document] if document else None
        names, own = documents_of(project, number, named), templates_of(project, template)
        order = Order(number, names, Evidence(project.root), before=before, templates=own, write=False)
        print_trace(check(project, order), line)
        return
    recorded = recorded_phase(project, number, before)
    rows: list[Row] = rows_of(recorded.phase, project.config, beside_of(project.root, project.config, recorded.phase))
    drawn = bench_rows(recorded.phase, project.config) if bench else []
    changed = changed_tests(recorded.phase, recorded.baseline.found) if tests else None
    if json or format is options.Format.json:
        more = {} if changed is None else {"tests": changed_as_dict(changed)}
        rows_as_json(number, [*rows, *drawn], more, bench=bench)
        if isinstance(changed, Value):
            tell(why_not(changed))
        return
    print_rows(rows, color)
    if bench:
        print_pictures([*rows, *drawn])
    if changed is not None:
        print_changed(changed)
