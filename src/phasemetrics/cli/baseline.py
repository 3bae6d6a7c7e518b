"""`baseline`: records what a phase starts from."""

from __future__ import annotations

from typing import Annotated

import typer

from phasemetrics.cli import options


def baseline(
    phase: options.PhaseOption = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a baseline that exists.")] = False,
    append: Annotated[bool, typer.Option("--append", help="Add runs of benchmarks to the one that exists.")] = False,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="REF", help="Measure this commit now, with [commands], in a checkout of its own."),
    ] = None,
    junit: options.JunitOption = None,
    coverage: options.CoverageOption = None,
    bench: options.BenchOption = None,
    runs: options.RunsOption = None,
    allow_run: options.AllowRunOption = False,
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
    """Record the numbers a phase starts from; an existing baseline is only replaced with --force.

    More runs of its benchmarks are added with --append. With --at it is measured from an old commit.
    """
    from phasemetrics.cli.measuring import fetching, measured_evidence, measured_start, require_alone
    from phasemetrics.cli.printing import print_bytes, print_warnings, say, show_snapshot
    from phasemetrics.cli.request import Reports, enter, evidence_of, phase_of, project_here
    from phasemetrics.commits import fetch_commit, with_base
    from phasemetrics.evidence import snapshot as codec
    from phasemetrics.evidence.store import place
    from phasemetrics.recording import append_runs, record_baseline, require_room

    enter(directory)
    project = project_here(config, trusted=allow_run)
    number = phase_of(project, phase)
    if at is not None:
        require_alone(append=append, reports=bool(junit or coverage or bench), head=head)
    evidence = evidence_of(project, Reports(junit, coverage, bench, base, head, expect_shards, allow_stale))
    if append or not force:
        require_room(project.root, number, force=force, append=append)
    if fetch:
        told = fetching(quiet=quiet)
        evidence = with_base(evidence, (), told)
        at = at and fetch_commit(project.root, at, told)
    if append:
        evidence = measured_evidence(project, evidence, runs, quiet=quiet)
        snapshot = append_runs(project.root, number, evidence)
    else:
        snapshot = measured_start(project, at, evidence, runs, quiet=quiet)
        record_baseline(project.root, number, snapshot, force=force)
    print_warnings(snapshot.warnings, quiet)
    if json or format is options.Format.json:
        print_bytes(codec.dumps(snapshot))
    elif not quiet:
        show_snapshot(snapshot)
        done = "Added runs to" if append else "Recorded"
        say(f"{done} the baseline of phase {number}: {place(number, 'baseline')}")
