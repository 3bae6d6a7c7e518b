"""The options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

_GIVEN = "PHASEMETRICS_"


class Format(StrEnum):
    """How a command prints what it found."""

    text = "text"
    json = "json"


class CheckFormat(StrEnum):
    """How `check` prints what it found; `github` makes annotations of a workflow's run."""

    text = "text"
    json = "json"
    github = "github"


class Color(StrEnum):
    """When colour is used; `auto` is on a terminal that does not forbid it."""

    auto = "auto"
    always = "always"
    never = "never"


class Gate(StrEnum):
    """What `--fail-on` looks for."""

    missing = "missing"
    failed = "failed"
    regressed = "regressed"


PhaseOption: TypeAlias = Annotated[
    str | None, typer.Option("-p", "--phase", envvar=_GIVEN + "PHASE", help="The phase, such as 3.")
]
AdoptOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--adopt",
        metavar="[[DOC:]LINE]",
        help="Take over the numbers that a person wrote, all or those of one line, and keep them up to date.",
    ),
]
ConfigOption: TypeAlias = Annotated[
    Path | None, typer.Option("--config", envvar=_GIVEN + "CONFIG", help="Read this configuration file.")
]
DirectoryOption: TypeAlias = Annotated[
    Path | None, typer.Option("-C", "--directory", help="Work as if started in this folder.")
]
JunitOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--junit", envvar=_GIVEN + "JUNIT", metavar="GLOB", help="Test reports, or folders of them (repeatable)."
    ),
]
CoverageOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--coverage", envvar=_GIVEN + "COVERAGE", metavar="GLOB", help="Coverage reports, or folders of them."
    ),
]
BenchOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--bench", envvar=_GIVEN + "BENCH", metavar="GLOB", help="Benchmark results, one file per run."),
]
RunsOption: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--runs", envvar=_GIVEN + "RUNS", metavar="N", min=1, max=100, help="Run the configured benchmarks N times."
    ),
]
AllowRunOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--allow-run", envvar=_GIVEN + "ALLOW_RUN", help="Trust this checkout with the rights that the workflow has."
    ),
]
ShardsOption: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--expect-shards",
        envvar=_GIVEN + "EXPECT_SHARDS",
        metavar="N",
        min=1,
        help="Refuse any other number of reports.",
    ),
]
StaleOption: TypeAlias = Annotated[
    bool,
    typer.Option("--allow-stale", envvar=_GIVEN + "ALLOW_STALE", help="Take reports that are older than the sources."),
]
BaseOption: TypeAlias = Annotated[
    str | None, typer.Option("--base", envvar=_GIVEN + "BASE", metavar="REF", help="Where the diff starts.")
]
FetchOption: TypeAlias = Annotated[
    bool,
    typer.Option("--fetch", envvar=_GIVEN + "FETCH", help="Fetch the commit that is needed and not in this clone."),
]
HeadOption: TypeAlias = Annotated[
    str, typer.Option("--head", envvar=_GIVEN + "HEAD", metavar="REF", help="Where the diff ends.")
]
BeforeOption: TypeAlias = Annotated[
    str | None,
    typer.Option("--before", envvar=_GIVEN + "BEFORE", metavar="PATH|NAME", help="A snapshot, or a phase's end."),
]
StoreOption: TypeAlias = Annotated[
    str | None,
    typer.Option("--store", envvar=_GIVEN + "STORE", metavar="URL", help="The team's store, such as s3://bucket/all."),
]
TemplateOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--template", envvar=_GIVEN + "TEMPLATE", metavar="PATH", help="Your own templates (repeatable)."),
]
FormatOption: TypeAlias = Annotated[
    Format, typer.Option("--format", envvar=_GIVEN + "FORMAT", help="How to print what was found.")
]


CheckFormatOption: TypeAlias = Annotated[
    CheckFormat, typer.Option("--format", envvar=_GIVEN + "FORMAT", help="How to print what was found.")
]
JsonOption: TypeAlias = Annotated[bool, typer.Option("--json", help="Short for --format json.")]
QuietOption: TypeAlias = Annotated[
    bool, typer.Option("-q", "--quiet", envvar=_GIVEN + "QUIET", help="Print only what is wrong.")
]
VerboseOption: TypeAlias = Annotated[
    bool, typer.Option("-v", "--verbose", envvar=_GIVEN + "VERBOSE", help="Print every place, also the settled ones.")
]
NoInputOption: TypeAlias = Annotated[
    bool, typer.Option("--no-input", envvar=_GIVEN + "NO_INPUT", help="Never ask; we never do.")
]
ColorOption: TypeAlias = Annotated[
    Color, typer.Option("--color", envvar=_GIVEN + "COLOR", help="Whether to use colour on the terminal.")
]
FailOnOption: TypeAlias = Annotated[
    list[Gate] | None, typer.Option("--fail-on", envvar=_GIVEN + "FAIL_ON", help="Exit 1 when this is found.")
]
