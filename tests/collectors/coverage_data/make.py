"""Writes `relative.coverage` and `expected.json` again: `python tests/collectors/coverage_data/make.py`.

The data file is what `coverage run --branch --source=.` leaves with `relative_files = true`; the expected numbers are
those of `coverage xml`, which shares no code with our reading.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
SOURCES = ("shop.py", "unused.py")


def run(folder: Path, *arguments: str, python: str = sys.executable) -> None:
    subprocess.run([python, "-m", *arguments], cwd=folder, check=True, stdout=subprocess.DEVNULL)


def measured(folder: Path, *options: str) -> None:
    """Leave `.coverage` of one run of the sample project in `folder`."""
    for source in SOURCES:
        shutil.copy(HERE / source, folder)
    (folder / ".coveragerc").write_text("[run]\nrelative_files = true\n")
    run(folder, "coverage", "run", "--source=.", *options, "shop.py")


def totals(folder: Path, python: str = sys.executable) -> dict[str, list[int]]:
    """Return covered and total lines and branches as `coverage xml` gives them."""
    run(folder, "coverage", "xml", "-o", "coverage.xml", python=python)
    head = (folder / "coverage.xml").read_text()
    found = dict(re.findall(r'(lines-valid|lines-covered|branches-valid|branches-covered)="(\d+)"', head))
    lines = [int(found["lines-covered"]), int(found["lines-valid"])]
    return {"lines": lines, "branches": [int(found["branches-covered"]), int(found["branches-valid"])]}


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        measured(folder, "--branch")
        shutil.copy(folder / ".coverage", HERE / "relative.coverage")
        expected = {"relative.coverage": totals(folder)}
    (HERE / "expected.json").write_text(json.dumps(expected, indent=2) + "\n")


if __name__ == "__main__":
    main()
