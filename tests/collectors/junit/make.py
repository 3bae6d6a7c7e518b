"""Writes the reports here and `expected.json` again: `python tests/collectors/junit/make.py`.

    pytest-xunit2.xml  pytest --junitxml=FILE                           tests/test_outcomes.py (outcomes.py)
    pytest-xunit1.xml  pytest --junitxml=FILE -o junit_family=xunit1    (the same; it names the file of each case)
    pytest-markers.xml the same with the hook of docs/formats.md        tests/unit/test_grouped.py (grouped.py)
    node.xml           node --test --test-reporter=junit                cart.test.js
    surefire.xml       mvn test, rerunFailingTestsCount=2               pom.xml, CartTest.java
    ctest.xml          ctest --output-junit FILE                        CTestTestfile.cmake

The expected numbers are what each runner prints at its end; those of the markers, in `markers.json`, are what
`pytest -m MARKER` prints. Before a report is kept, the names of the machine and of
the temporary folder are taken out, Surefire's list of system properties with them.
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
FORMATS = HERE.parents[2] / "docs" / "formats.md"
Counts = dict[str, int]


def run(folder: Path, *command: str) -> str:
    """Return what a runner prints; that tests fail is what they are there for."""
    return subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True).stdout


def said(text: str, *patterns: str) -> list[int]:
    """Return the last number that each pattern names in `text`, 0 where there is none."""
    return [int((re.findall(pattern, text) or ["0"])[-1]) for pattern in patterns]


def keep(report: Path, name: str, folder: Path) -> None:
    text = report.read_text(encoding="utf-8").replace(f"{folder}/", "").replace(f'"{platform.node()}"', '"host"')
    text = re.sub(r"\n\s*<properties>.*?</properties>", "", text, flags=re.DOTALL)
    (HERE / name).write_text(text, encoding="utf-8")


def pytest_run(folder: Path, *options: str) -> list[int]:
    """Return how many tests passed, failed, had errors, were skipped, failed and passed unexpectedly."""
    summary = run(folder, sys.executable, "-m", "pytest", "-q", "--junitxml=report.xml", *options).splitlines()[-1]
    return said(
        summary, *(rf"(\d+) {word}" for word in ("passed", "failed", "errors?", "skipped", "xfailed", "xpassed"))
    )


def pytest_report(folder: Path, family: str) -> Counts:
    (folder / "tests").mkdir()
    shutil.copy(HERE / "outcomes.py", folder / "tests" / "test_outcomes.py")
    (folder / "pytest.ini").write_text("[pytest]\n")
    passed, failed, errors, skipped, xfailed, xpassed = pytest_run(folder, "-o", f"junit_family={family}")
    keep(folder / "report.xml", f"pytest-{family}.xml", folder)
    # In the report an unexpected pass is a pass, and a pass that ends in a teardown error (there is one) an error only.
    passed += xpassed - 1
    return {"passed": passed, "failed": failed, "errors": errors, "skipped": skipped, "xfailed": xfailed}


def marked_suite(folder: Path) -> None:
    """Write the tests with markers, and the hook that puts these into a report."""
    (folder / "tests" / "unit").mkdir(parents=True)
    shutil.copy(HERE / "grouped.py", folder / "tests" / "unit" / "test_grouped.py")
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n    happy\n    edge\n")
    (hook,) = re.findall(r"^```python\n(.*?)^```$", FORMATS.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    (folder / "conftest.py").write_text(hook)


def markers_report(folder: Path) -> tuple[Counts, dict[str, Counts]]:
    marked_suite(folder)
    by_marker = {}
    for marker in ("happy", "edge"):
        passed, failed, errors, skipped, *_ = pytest_run(folder, "-m", marker)
        by_marker[marker] = {
            "passed": passed,
            "failed": failed + errors,
            "total": passed + failed + errors + skipped,
        }
    passed, failed, errors, skipped, *_ = pytest_run(folder)
    keep(folder / "report.xml", "pytest-markers.xml", folder)
    return {"passed": passed, "failed": failed, "errors": errors, "skipped": skipped}, by_marker


def node_report(folder: Path) -> Counts:
    shutil.copy(HERE / "cart.test.js", folder)
    (folder / "report.xml").write_text(run(folder, "node", "--test", "--test-reporter=junit", "cart.test.js"))
    keep(folder / "report.xml", "node.xml", folder)
    text = (folder / "report.xml").read_text()
    passed, failed, skipped = said(text, r"<!-- pass (\d+)", r"<!-- fail (\d+)", r"<!-- skipped (\d+)")
    return {"passed": passed, "failed": failed, "skipped": skipped}


def surefire_report(folder: Path) -> Counts:
    sources = folder / "src" / "test" / "java" / "shop"
    sources.mkdir(parents=True)
    shutil.copy(HERE / "CartTest.java", sources)
    shutil.copy(HERE / "pom.xml", folder)
    output = run(folder, "mvn", "--batch-mode", "--offline", "test")
    keep(folder / "target" / "surefire-reports" / "TEST-shop.CartTest.xml", "surefire.xml", folder)
    patterns = [rf"{word}: (\d+)" for word in ("Tests run", "Failures", "Errors", "Skipped", "Flakes")]
    tests, failed, errors, skipped, flaky = said(output, *patterns)
    passed = tests - failed - errors - skipped
    return {"passed": passed, "failed": failed, "errors": errors, "skipped": skipped, "flaky": flaky}


def ctest_report(folder: Path) -> Counts:
    shutil.copy(HERE / "CTestTestfile.cmake", folder)
    output = run(folder, "ctest", "--output-junit", str(folder / "report.xml"))
    keep(folder / "report.xml", "ctest.xml", folder)
    ends = re.findall(r"\.\.\. *\**(Passed|Failed|Not Run|Skipped)", output)
    return {
        "passed": ends.count("Passed"),
        "failed": ends.count("Failed"),
        "skipped": ends.count("Not Run") + ends.count("Skipped"),
    }


def main() -> None:
    expected = {}
    for family in ("xunit1", "xunit2"):
        with tempfile.TemporaryDirectory() as folder:
            expected[f"pytest-{family}.xml"] = pytest_report(Path(folder), family)
    with tempfile.TemporaryDirectory() as folder:
        expected["pytest-markers.xml"], by_marker = markers_report(Path(folder))
    (HERE / "markers.json").write_text(json.dumps(by_marker, indent=2) + "\n")
    for name, report in (("node.xml", node_report), ("surefire.xml", surefire_report), ("ctest.xml", ctest_report)):
        with tempfile.TemporaryDirectory() as folder:
            expected[name] = report(Path(folder))
    (HERE / "expected.json").write_text(json.dumps(expected, indent=2) + "\n")


if __name__ == "__main__":
    main()
