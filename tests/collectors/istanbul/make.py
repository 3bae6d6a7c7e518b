"""Writes the reports here and `expected.json` again: `python tests/collectors/istanbul/make.py`.

    nyc.json  nyc --all --include='src/**' --reporter=json node cart.test.js
    c8.json   c8 with the same options

on `cart.js` and `unused.js`. The expected numbers are those of the reporter `json-summary`: covered and total lines
and branches. The same runs in other formats are in `../lcov`, `../clover` and `../coverage_xml`. Needs node and npm.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from istanbul_runs import runs  # noqa: E402


def main() -> None:
    found = runs("istanbul")
    for tool, run in found.items():
        (HERE / f"{tool}.json").write_text(run.text, encoding="utf-8")
    expected = {f"{tool}.json": run.numbers for tool, run in found.items()}
    (HERE / "expected.json").write_text(json.dumps(expected, indent=2) + "\n")


if __name__ == "__main__":
    main()
