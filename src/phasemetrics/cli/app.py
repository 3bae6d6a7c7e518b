"""The application: its commands, and what holds for all of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from phasemetrics import __version__
from phasemetrics.cli.adopt import Adopting
from phasemetrics.cli.baseline import baseline
from phasemetrics.cli.check import check
from phasemetrics.cli.collect import collect
from phasemetrics.cli.doctor import doctor
from phasemetrics.cli.explain import explain
from phasemetrics.cli.fill import fill
from phasemetrics.cli.new import new
from phasemetrics.cli.push import push
from phasemetrics.cli.reset import reset
from phasemetrics.cli.show import show
from phasemetrics.cli.trend import trend


def application() -> typer.Typer:
    """Return the command line, ready to be called."""
    app = typer.Typer(
        name="phasemetrics",
        help="Fill phase documents with measured numbers, and say which of them are no longer true.\n\n"
        "What stands in brackets behind an error, a warning or an open place: phasemetrics explain CODE.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_everywhere)
    for command in (new, baseline, collect, fill, check, show, doctor, explain, reset, push, trend):
        app.command(cls=Adopting if command is fill else None)(command)
    return app


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"phasemetrics {__version__}")
        raise typer.Exit


def _everywhere(
    directory: Annotated[
        Path | None,
        typer.Option("-C", "--directory", envvar="PHASEMETRICS_DIRECTORY", help="Work as if started in this folder."),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    from phasemetrics.cli.request import enter

    enter(directory)
