"""Reads log files."""

from __future__ import annotations

from pathlib import Path

from rainbook.reading import Reading, read_log


def read_file(path: Path) -> list[Reading]:
    """Return the readings of the log at `path`."""
    return read_log(path.read_text(encoding="utf-8"))
