"""Plain text tables: every column is as wide as its widest cell, and numbers stand on the right."""

from __future__ import annotations

from collections.abc import Sequence

_GAP = "  "


def render(header: Sequence[str], rows: Sequence[Sequence[str]], numbers: int = 0) -> str:
    """Return the table, a line for the header and one for each row; the last `numbers` columns are numbers.

    Raises ValueError for a row that has not as many cells as the header.
    """
    lines = [header, *rows]
    if any(len(line) != len(header) for line in lines):
        raise ValueError(f"every row needs {len(header)} cells")
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    return "".join(_line(line, widths, len(header) - numbers) for line in lines)


def _line(cells: Sequence[str], widths: Sequence[int], words: int) -> str:
    padded = [
        cell.ljust(width) if column < words else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return _GAP.join(padded).rstrip() + "\n"
