"""Writes the reports here and `expected.json` again: `python tests/collectors/lcov/make.py`.

    python.info  coverage run --branch --source=. -m pytest;  coverage lcov     on ../coverage_xml/ledger.py
    nyc.info     nyc --all --include='src/**' --reporter=lcovonly node cart.test.js
    c8.info      c8 with the same options

The expected numbers are those of `coverage json`, and of the reporter `json-summary`, of the same runs: covered and
total lines and branches. Needs node and npm.
"""

from __future__ import annotations

import importlib.util
import json
import sys
import tempfile
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from istanbul_runs import runs  # noqa: E402


def ledger() -> ModuleType:
    """Return the script beside the sample project of Cobertura XML, which knows how to run it."""
    spec = importlib.util.spec_from_file_location("make_coverage_xml", HERE.parent / "coverage_xml" / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> None:
    expected = {}
    script = ledger()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        script.project(folder)
        script.run(folder, "coverage", "run", "--branch", "--source=.", "-m", "pytest")
        script.run(folder, "coverage", "lcov", "-q", "-o", str(HERE / "python.info"))
        expected["python.info"] = script.numbers(folder)
    for tool, run in runs("lcov").items():
        (HERE / f"{tool}.info").write_text(run.text, encoding="utf-8")
        expected[f"{tool}.info"] = run.numbers
    (HERE / "expected.json").write_text(json.dumps(expected, indent=2) + "\n")


if __name__ == "__main__":
    main()
