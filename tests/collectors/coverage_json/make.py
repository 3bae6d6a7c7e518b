"""Writes the reports here and `expected.json` again: `python tests/collectors/coverage_json/make.py`.

    lines.json         coverage run --source=. shop.py;           coverage json
    branch.json        coverage run --source=. --branch shop.py;  coverage json --show-contexts
    coverage-6.2.json  coverage run as above;  coverage json of 6.2, the last that named no branches
    coverage-7.13.0.json  the same of 7.13.0, the last that listed docstrings as executed
    slipcover.json     python -m slipcover --branch --json --out slipcover.json shop.py

What is not installed is installed for it. The expected numbers of coverage's reports are those of `coverage xml`;
slipcover has none, so its lines and branches were counted by hand (it counts docstrings).
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).parent


def sample() -> ModuleType:
    """Return the script beside the sample project, which knows how to run it."""
    spec = importlib.util.spec_from_file_location("make_coverage_data", HERE.parent / "coverage_data" / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def installed(folder: Path, requirement: str) -> str:
    """Return a Python that has `requirement`."""
    venv.create(folder, with_pip=True)
    python = str(folder / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", requirement], check=True)
    return python


def reported(target: str, options: list[str], json_options: list[str], python: str) -> dict[str, list[int]]:
    """Write the report `target` with the coverage of `python`; return what its `coverage xml` says of the same run."""
    project = sample()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        project.measured(folder, *options)
        project.run(folder, "coverage", "json", "-o", str(HERE / target), *json_options, python=python)
        found: dict[str, list[int]] = project.totals(folder, python=python)
        return found


def main() -> None:
    expected = {
        "lines.json": reported("lines.json", [], [], sys.executable),
        "branch.json": reported("branch.json", ["--branch", "--context=one"], ["--show-contexts"], sys.executable),
    }
    for version in ("6.2", "7.13.0"):
        with tempfile.TemporaryDirectory() as name:
            old = installed(Path(name), f"coverage=={version}")
            target = f"coverage-{version}.json"
            expected[target] = reported(target, ["--branch"], [], old)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        python = installed(folder / "environment", "slipcover==1.1.0")
        project = folder / "project"
        project.mkdir()
        sample().measured(project)
        sample().run(
            project, "slipcover", "--branch", "--json", "--out", str(HERE / "slipcover.json"), "shop.py", python=python
        )
    expected["slipcover.json"] = {"lines": [17, 21], "branches": [6, 10]}
    (HERE / "expected.json").write_text(json.dumps(expected, indent=2) + "\n")


if __name__ == "__main__":
    main()
