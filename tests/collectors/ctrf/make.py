"""Writes the reports here and `expected.json` again: `python tests/collectors/ctrf/make.py`.

    mocha.json, mocha.xml     mocha, with mocha-ctrf-json-reporter and --reporter xunit         cart.mocha.js
    jest.json, jest.xml       jest, one run with jest-ctrf-json-reporter and jest-junit         cart.jest.js
    pytest.json, pytest.xml   pytest, one run with pytest-json-ctrf and --junitxml              outcomes.py

The expected numbers are what each runner prints at its end; an `.xml` holds the same run as the `.json` beside it, in
the words of JUnit. Before a report is kept, the names of the machine and of the temporary folder are taken out. The
reporters come from the npm registry and from PyPI.
"""

from __future__ import annotations

import json
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
Counts = dict[str, int]
JEST = """module.exports = {
  testMatch: ['**/cart.jest.js'],
  reporters: ['default', ['jest-junit', { outputName: 'jest.xml' }],
    ['jest-ctrf-json-reporter', { outputDir: '.', outputFile: 'jest.json' }]],
};
"""


def run(folder: Path, *command: str) -> str:
    """Return what a runner prints; that tests fail is what they are there for."""
    done = subprocess.run(command, cwd=folder, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)


def said(text: str, *patterns: str) -> list[int]:
    """Return the last number that each pattern names in `text`, 0 where there is none."""
    return [int((re.findall(pattern, text) or ["0"])[-1]) for pattern in patterns]


def keep(text: str, name: str, folder: Path) -> None:
    text = text.replace(f"{folder}/", "").replace(f'"{platform.node()}"', '"host"')
    (HERE / name).write_text(text, encoding="utf-8")


def mocha_report(folder: Path) -> Counts:
    run(folder, "npm", "install", "--no-save", "mocha@11", "mocha-ctrf-json-reporter")
    shutil.copy(HERE / "cart.mocha.js", folder)
    mocha = ("npx", "mocha", "cart.mocha.js", "--reporter")
    run(folder, *mocha, "mocha-ctrf-json-reporter", "--reporter-option", "outputDir=.")
    keep((folder / "ctrf-report.json").read_text(), "mocha.json", folder)
    run(folder, *mocha, "xunit", "--reporter-option", "output=mocha.xml")
    keep((folder / "mocha.xml").read_text(), "mocha.xml", folder)
    passed, failed, pending = said(run(folder, *mocha, "spec"), r"(\d+) passing", r"(\d+) failing", r"(\d+) pending")
    return {"passed": passed, "failed": failed, "skipped": pending, "flaky": 1}


def jest_report(folder: Path) -> Counts:
    run(folder, "npm", "install", "--no-save", "jest@30", "jest-junit", "jest-ctrf-json-reporter")
    shutil.copy(HERE / "cart.jest.js", folder)
    (folder / "jest.config.js").write_text(JEST)
    summary = run(folder, "npx", "jest")
    for name in ("jest.json", "jest.xml"):
        keep((folder / name).read_text(), name, folder)
    line = next(one for one in summary.splitlines() if one.startswith("Tests:"))
    passed, failed, skipped = said(line, r"(\d+) passed", r"(\d+) failed", r"(\d+) skipped")
    return {"passed": passed, "failed": failed, "skipped": skipped, "flaky": 1}


def pytest_report(folder: Path) -> Counts:
    (folder / "tests").mkdir()
    shutil.copy(HERE / "outcomes.py", folder / "tests" / "test_outcomes.py")
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -p no:cacheprovider\n")
    run(folder, sys.executable, "-m", "venv", "venv")
    python = str(folder / "venv" / "bin" / "python")
    run(folder, python, "-m", "pip", "install", "--quiet", "pytest", "pytest-json-ctrf")
    report = ("--ctrf=pytest.json", "--junitxml=pytest.xml")
    summary = run(folder, python, "-m", "pytest", "-q", *report, "tests").splitlines()[-1]
    for name in ("pytest.json", "pytest.xml"):
        keep((folder / name).read_text(), name, folder)
    words = ("passed", "failed", "errors?", "skipped", "xfailed")
    passed, failed, errors, skipped, xfailed = said(summary, *(rf"(\d+) {word}" for word in words))
    return {"passed": passed, "failed": failed, "errors": errors, "skipped": skipped, "xfailed": xfailed}


def main() -> None:
    expected = {}
    for name, report in (("mocha", mocha_report), ("jest", jest_report), ("pytest", pytest_report)):
        with tempfile.TemporaryDirectory() as folder:
            expected[f"{name}.json"] = report(Path(folder).resolve())
    (HERE / "expected.json").write_text(json.dumps(expected, indent=2) + "\n")


if __name__ == "__main__":
    main()
