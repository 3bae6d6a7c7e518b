"""`doctor`: what this project's set-up comes to, and what its metrics tables may be bound to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from phasemetrics.cli import options

if TYPE_CHECKING:
    from phasemetrics.suggesting import Unbound


def doctor(
    documents: Annotated[list[str] | None, typer.Argument(metavar="[DOC]...")] = None,
    phase: options.PhaseOption = None,
    junit: options.JunitOption = None,
    coverage: options.CoverageOption = None,
    bench: options.BenchOption = None,
    template: options.TemplateOption = None,
    config: options.ConfigOption = None,
    directory: options.DirectoryOption = None,
) -> None:
    """Say what is assumed, and suggest metrics for rows of the documents that none is configured for."""
    from phasemetrics.cli.printing import say
    from phasemetrics.cli.request import (
        Reports,
        configured_base,
        documents_of,
        enter,
        evidence_of,
        phase_of,
        project_here,
        templates_of,
    )
    from phasemetrics.evidence.model import Snapshot
    from phasemetrics.filling import Order, open_documents
    from phasemetrics.suggesting import measured, unbound_rows
    from phasemetrics.templates import all_templates

    enter(directory)
    project = project_here(config)
    number = phase_of(project, phase)
    evidence = evidence_of(project, Reports(junit, coverage, bench))
    named, own = documents_of(project, number, documents), templates_of(project, template)
    snapshot, where = measured(project, number, evidence)
    opened = open_documents(project.root, Order(number, named, evidence, templates=own))
    say(f"configuration  {project.origin or 'none: every default holds'}")
    say(f"phase          {number}, from base {configured_base(project, number) or 'that of the baseline'}")
    say(f"documents      {', '.join(one.name for one in opened)}")
    say(f"measured       {f'{len(snapshot.metrics)} metrics in {where}' if snapshot else f'nothing: {where}'}")
    rows = list(unbound_rows(project, opened, all_templates(project, own), snapshot or Snapshot()))
    say(f"rows           {len(project.config.metric)} configured, {len(rows)} in the documents without a metric")
    for row in rows:
        for line in _suggested(row):
            say(line)


def _suggested(row: Unbound) -> list[str]:
    """Return a table for the configuration, to be read by a person before it is put there."""
    import json

    place = f"# {row.document}:{row.line}"
    if not row.candidates:
        return ["", f"{place}: no metric is called like this row; `phasemetrics collect --json` lists them"]
    first, *others = row.candidates
    more = f"  # or {', '.join(others)}" if others else ""
    return ["", place, "[[metric]]", f"name = {json.dumps(row.name)}", f"from = {json.dumps(first)}{more}"]
