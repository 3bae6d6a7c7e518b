"""Writes the reports here and `expected.json` again: `python tests/collectors/simplecov/make.py`.

    resultset.json      as SimpleCov 0.22 writes coverage/.resultset.json after `rspec`, with enable_coverage(:branch)
    two-commands.json   the same after `rspec` and `rails test`, which never loads one of the files
    resultset-0.17.json as SimpleCov before 0.18 wrote it: a bare list of lines for each file

All were made from the tables below, in the shape that SimpleCov documents, for Ruby is not needed to develop this.
The expected numbers are added up from the tables as SimpleCov does: a line that no command ran, and that is no code
(null) for one of them, does not count.
"""

from __future__ import annotations

import json
from pathlib import Path

HERE = Path(__file__).parent
CART = "/project/lib/cart.rb"
UNUSED = "/project/lib/unused.rb"
LINES: dict[str, list[int | None]] = {
    CART: [1, None, 1, 1, None, None, 1, 2, 0, None, 2, None, None],
    UNUSED: [1, None, 1, 0, None, None],
}
# SimpleCov guesses for a file that was not loaded: everything but blank lines and comments.
GUESSED: list[int | None] = [0, None, 0, 0, 0, 0]
BRANCHES = {
    CART: {
        "[:if, 0, 8, 4, 10, 7]": {"[:then, 1, 9, 6, 9, 13]": 0, "[:else, 2, 11, 4, 11, 9]": 2},
        '[:"&.", 3, 11, 4, 11, 9]': {"[:then, 4, 11, 4, 11, 9]": 2, "[:else, 5, 11, 4, 11, 9]": 0},
    },
    UNUSED: {},
}


def file(path: str, lines: list[int | None]) -> dict[str, object]:
    return {"lines": lines, "branches": BRANCHES[path]}


def main() -> None:
    covered = sum(bool(hits) for lines in LINES.values() for hits in lines)
    total = sum(hits is not None for lines in LINES.values() for hits in lines)
    taken = [hits for files in BRANCHES.values() for ways in files.values() for hits in ways.values()]
    branches = [sum(hits > 0 for hits in taken), len(taken)]
    rspec = {"coverage": {path: file(path, lines) for path, lines in LINES.items()}, "timestamp": 1790000000}
    minitest = {
        "coverage": {CART: file(CART, LINES[CART]), UNUSED: file(UNUSED, GUESSED)},
        "timestamp": 1790000060,
    }
    reports: dict[str, object] = {
        "resultset.json": {"RSpec": rspec},
        "two-commands.json": {"RSpec": rspec, "test:units": minitest},
        "resultset-0.17.json": {"RSpec": {"coverage": LINES, "timestamp": 1790000000}},
    }
    for name, report in reports.items():
        (HERE / name).write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    expected = {name: {"lines": [covered, total], "branches": branches} for name in reports}
    del expected["resultset-0.17.json"]["branches"]
    (HERE / "expected.json").write_text(json.dumps(expected, indent=2) + "\n")


if __name__ == "__main__":
    main()
