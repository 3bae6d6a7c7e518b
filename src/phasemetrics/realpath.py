"""Where a path really lies, all symbolic links followed as far as they lead."""

from __future__ import annotations

import os
from pathlib import Path


def real(path: Path) -> Path:
    """Return where `path` really lies; a link that leads to itself is left where it is.

    Not `Path.resolve`: before Python 3.13 that raises RuntimeError for such a link.
    """
    return Path(os.path.realpath(path))


def lies_inside(path: Path, folder: Path) -> bool:
    """Return whether `path` lies in `folder`, or is it, wherever links lead."""
    return real(path).is_relative_to(real(folder))
