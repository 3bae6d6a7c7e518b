"""Reads log files, whichever logger wrote them."""

from __future__ import annotations

from pathlib import Path

from rainbook.fixed_width import read_fixed_width
from rainbook.reading import Reading, read_log


def read_file(path: Path) -> list[Reading]:
    """Return the readings of the log at `path`: `.dat` is of fixed width, anything else is a plain log."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".dat":
        return read_fixed_width(text)
    return read_log(text)
