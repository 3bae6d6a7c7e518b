"""Writes the reports here and `expected.json` again: `python tests/collectors/coverage_xml/make.py`.

    lines.xml   pytest --cov=. --cov-report=xml
    branch.xml  coverage run --branch --source=. -m pytest;  coverage xml
    nyc.xml     nyc --all --include='src/**' --reporter=cobertura node cart.test.js
    c8.xml      c8 with the same options

on `ledger.py` and `package/` beside `test_ledger.py` (ledger_cases.py), and on `../istanbul`. The expected numbers are
those of `coverage json` of the same data, and of the reporter `json-summary`: covered and total lines, covered and
total branches. The temporary folder's name is taken out. Needs node and npm.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from istanbul_runs import runs  # noqa: E402


def project(folder: Path) -> None:
    """Lay out the sample project: a module that is half covered, a package that is not, and an empty file."""
    shutil.copy(HERE / "ledger.py", folder)
    shutil.copy(HERE / "ledger_cases.py", folder / "test_ledger.py")
    (folder / "package").mkdir()
    (folder / "package" / "__init__.py").write_text("")
    (folder / "package" / "dead.py").write_text("def dead(x):\n    if x:\n        return 1\n    return 2\n")
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -p no:cacheprovider\n")


def run(folder: Path, *arguments: str) -> str:
    """Return what `python -m …` prints in `folder`."""
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def numbers(folder: Path) -> dict[str, list[int]]:
    totals = json.loads(run(folder, "coverage", "json", "-q", "-o", "-"))["totals"]
    found = {"lines": [totals["covered_lines"], totals["num_statements"]]}
    if "num_branches" in totals:
        found["branches"] = [totals["covered_branches"], totals["num_branches"]]
    return found


def keep(folder: Path, name: str) -> None:
    text = (folder / "coverage.xml").read_text(encoding="utf-8").replace(str(folder), "/project")
    (HERE / name).write_text(text, encoding="utf-8")


def main() -> None:
    expected = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        project(folder)
        run(folder, "pytest", "--cov=.", "--cov-report=xml")
        keep(folder, "lines.xml")
        expected["lines.xml"] = numbers(folder)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        project(folder)
        run(folder, "coverage", "run", "--branch", "--source=.", "-m", "pytest")
        run(folder, "coverage", "xml")
        keep(folder, "branch.xml")
        expected["branch.xml"] = numbers(folder)
    for tool, made in runs("coverage_xml").items():
        (HERE / f"{tool}.xml").write_text(made.text, encoding="utf-8")
        expected[f"{tool}.xml"] = made.numbers
    (HERE / "expected.json").write_text(json.dumps(expected, indent=2) + "\n")


if __name__ == "__main__":
    main()
