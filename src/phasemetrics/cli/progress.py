"""Says how far long work is: a line for each step, and on a terminal a clock beside the one that runs."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from phasemetrics.cli.printing import tell
from phasemetrics.escaping import visible

Say = Callable[[str], None]
_LINE = 200


@contextmanager
def progress(*, quiet: bool) -> Iterator[Say]:
    """Yield what is told each step as it begins; on a terminal each is printed with its seconds when it has ended."""
    if quiet:
        yield silent
    elif sys.stderr.isatty():
        with _clock() as say:
            yield say
    else:
        yield tell


def silent(line: str) -> None:
    """Say nothing."""


@contextmanager
def _clock() -> Iterator[Say]:
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    step, began = "", 0.0

    def end() -> None:
        if step:
            tell(f"{step}  {time.monotonic() - began:.1f} s")

    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("", total=None)

        def say(line: str) -> None:
            nonlocal step, began
            end()
            step, began = visible(line, _LINE), time.monotonic()
            shown.reset(task, description=step)

        yield say
        end()
