"""Writes the pages of `docs/` that are made from the program, and says which changed: `python tests/pages.py`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import page_of_codes
import page_of_places

PAGES: dict[Path, Callable[[], str]] = {
    page_of_codes.PAGE: page_of_codes.page_of_codes,
    page_of_places.PAGE: page_of_places.page_of_places,
}


def main() -> int:
    """Write every page that is out of date; 1 when one cannot be made."""
    broken = 0
    for path, page in PAGES.items():
        try:
            text = page()
        except ValueError as error:
            print(f"docs/{path.name} cannot be made: {error}", file=sys.stderr)
            broken = 1
            continue
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8", newline="\n")
            print(f"wrote docs/{path.name}")
    return broken


if __name__ == "__main__":
    sys.exit(main())
