"""Writes the report here and `expected.json` again: `python tests/collectors/xunit_net/make.py`.

.NET is not among the tools that this project is built with, so no runner wrote this: it has the elements and attributes
that the format's documentation gives for xUnit.net v2. The expected numbers follow from the table.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

HERE = Path(__file__).parent
CLASS = "Shop.Tests.CartTests"
TESTS = (
    ("AnEmptyCartCostsNothing", "Pass"), ("AVoucherIsTakenOff", "Pass"), ("ShippingIsFreeFromFifty", "Fail"),
    ("APriceHasTwoDecimals", "Skip"), ("ANightlyRun", "NotRun"),
)  # fmt: skip
OUTCOMES = {"Pass": "passed", "Fail": "failed", "Skip": "skipped", "NotRun": "skipped"}


def test(name: str, result: str) -> str:
    inside = {
        "Fail": '<failure exception-type="Xunit.Sdk.EqualException"><message>50 is not 49</message></failure>',
        "Skip": "<reason>not decided yet</reason>",
    }.get(result, "")
    traits = '<traits><trait name="Category" value="fast" /></traits>' if result == "Pass" else ""
    names = f'name="{CLASS}.{name}" type="{CLASS}" method="{name}"'
    return f'      <test {names} time="0.0100000" result="{result}">{traits}{inside}</test>\n'


def main() -> None:
    results = Counter(result for _, result in TESTS)
    counts = f'total="{len(TESTS)}" passed="{results["Pass"]}" failed="{results["Fail"]}" skipped="{results["Skip"]}"'
    (HERE / "shop.xml").write_text(
        f'<?xml version="1.0" encoding="utf-8"?>\n<assemblies timestamp="11/20/2026 10:00:00">\n'
        f'  <assembly name="Shop.Tests.dll" test-framework="xUnit.net 2.9.2" {counts} time="0.050" errors="0">\n'
        f'    <errors />\n    <collection name="Test collection for {CLASS}" {counts} time="0.050">\n'
        + "".join(test(*one) for one in TESTS)
        + "    </collection>\n  </assembly>\n</assemblies>\n",
        encoding="utf-8",
    )
    expected = {"shop.xml": dict(Counter(OUTCOMES[result] for _, result in TESTS))}
    (HERE / "expected.json").write_text(json.dumps(expected, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
