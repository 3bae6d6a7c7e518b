"""`--adopt`, with and without a line behind it."""

from __future__ import annotations

import re

import typer
from typer.core import TyperCommand

EVERYTHING = "*"
_LINE = re.compile(r"(?:.+:)?[1-9]\d*")


class Adopting(TyperCommand):
    """A command with an option `--adopt` that may stand alone; typer lets no option do without its value."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """Give each `--adopt` that no line follows a value of its own."""
        given = []
        for index, one in enumerate(args):
            follows = args[index + 1] if index + 1 < len(args) else ""
            given.append(f"--adopt={EVERYTHING}" if one == "--adopt" and not _LINE.fullmatch(follows) else one)
        return super().parse_args(ctx, given)
