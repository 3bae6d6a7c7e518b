"""Writes the reports here and `expected.json` again: `python tests/collectors/trx/make.py`.

.NET is not among the tools that this project is built with, so no runner wrote these: they have the elements and
attributes of the schema vstst.xsd that Visual Studio brings, as `dotnet test --logger trx` fills them.

    shop.trx      MSTest: every outcome, categories, a data-driven test with its rows, a result without an outcome
    aborted.trx   a run whose host crashed: the summary says so, and the test that ran has no result

The expected numbers follow from the names of the tests.
"""

from __future__ import annotations

import json
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

HERE = Path(__file__).parent
OUTCOMES = ("Passed", "Failed", "NotExecuted", "Inconclusive", "Timeout", "Aborted", "Completed")
UNIT = "13cdc9d9-ddb5-4fa4-a97d-d965ccfc6d4b"


def result(name: str, outcome: str, duration: str = "00:00:00.0100000", inner: str = "") -> str:
    said = f' outcome="{outcome}"' if outcome else ""
    test, execution = uuid5(NAMESPACE_URL, name.partition(" ")[0]), uuid5(NAMESPACE_URL, f"run {name}")
    names = f'executionId="{execution}" testId="{test}" testName="{name}" computerName="host"'
    rows = f"\n      <InnerResults>{inner}\n      </InnerResults>\n    " if inner else ""
    return f'\n    <UnitTestResult {names} duration="{duration}" testType="{UNIT}"{said}>{rows}</UnitTestResult>'


def definition(name: str, category: str = "") -> str:
    items = f'<TestCategory><TestCategoryItem TestCategory="{category}" /></TestCategory>' if category else ""
    method = f'<TestMethod codeBase="/shop/bin/Shop.Tests.dll" className="Shop.Tests.CartTests" name="{name}" />'
    return f'\n    <UnitTest name="{name}" id="{uuid5(NAMESPACE_URL, name)}">{items}{method}</UnitTest>'


def report(results: str, definitions: str, summary: str, counters: str) -> str:
    return f"""<?xml version="1.0" encoding="utf-8"?>
<TestRun id="{uuid5(NAMESPACE_URL, summary)}" name="shop" xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010">
  <Times creation="2026-11-20T10:00:00.0000000+01:00" queuing="2026-11-20T10:00:00.0000000+01:00" \
start="2026-11-20T10:00:00.5000000+01:00" finish="2026-11-20T10:00:02.0000000+01:00" />
  <Results>{results}
  </Results>
  <TestDefinitions>{definitions}
  </TestDefinitions>
  <ResultSummary outcome="{summary}">
    <Counters {counters} error="0" timeout="0" aborted="0" inconclusive="0" notExecuted="0" />
    <Output><StdOut>Skipped a test.</StdOut></Output>
  </ResultSummary>
</TestRun>
"""


def main() -> None:
    rows = "".join(result(f"Rows ({row})", "Passed" if row else "Failed").replace("\n", "\n    ") for row in range(3))
    results = [result(f"Is{outcome}", outcome) for outcome in OUTCOMES]
    results += [result("HasNoOutcome", ""), result("Rows", "Failed", "00:00:00.0300000", rows)]
    names = [f"Is{outcome}" for outcome in OUTCOMES] + ["HasNoOutcome", "Rows"]
    definitions = "".join(definition(name, "slow" if name == "IsPassed" else "") for name in names)
    # vstest counts a data-driven test and its rows, and only what passed or failed outright.
    counters = 'total="12" executed="6" passed="3" failed="3"'
    shop = report("".join(results), definitions, "Failed", counters)
    (HERE / "shop.trx").write_text("\ufeff" + shop, encoding="utf-8")
    aborted = report(result("Adds", "Passed"), definition("Adds"), "Aborted", 'total="1" passed="1" failed="0"')
    (HERE / "aborted.trx").write_text(aborted, encoding="utf-8")
    expected = {
        "shop.trx": {"passed": 4, "failed": 2, "skipped": 2, "errors": 3},
        "aborted.trx": {"passed": 1},
    }
    (HERE / "expected.json").write_text(json.dumps(expected, indent=2) + "\n")


if __name__ == "__main__":
    main()
