"""Writes the reports here and `expected.json` again: `python tests/collectors/clover/make.py`.

    nyc.xml         nyc --all --include='src/**' --reporter=clover node cart.test.js
    c8.xml          c8 with the same options
    phpunit.xml     as `phpunit --coverage-clover phpunit.xml` writes it
    openclover.xml  as `mvn clover:setup test clover:clover` writes it

The last two were made from the tables below, in the shape of PHPUnit 11 and of OpenClover's clover.xsd, for neither
is needed to develop this: the metrics in them, and the expected numbers, are added up from the tables. Those of nyc
and c8 are of the reporter `json-summary`. Needs node and npm.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from istanbul_runs import runs  # noqa: E402

# By file: the method with its line and calls, then the statements, then the conditions (line, true, false).
Made = dict[str, tuple[tuple[int, int], dict[int, int], list[tuple[int, int, int]]]]
PHP: Made = {
    "/project/src/Cart.php": ((9, 3), {11: 3, 12: 3, 14: 0, 17: 2}, []),
    "/project/src/Unused.php": ((7, 0), {9: 0, 10: 0}, []),
}
JAVA: Made = {
    "Cart.java": ((8, 4), {9: 4, 10: 4, 11: 1, 13: 3}, [(10, 1, 3), (13, 2, 0)]),
    "Unused.java": ((5, 0), {6: 0, 7: 0}, [(6, 0, 0)]),
}


def numbers(files: Made) -> dict[str, list[int]]:
    hits = [count for _, statements, _ in files.values() for count in statements.values()]
    ways = [count for _, _, conditions in files.values() for _, *counts in conditions for count in counts]
    found = {"lines": [sum(count > 0 for count in hits), len(hits)]}
    return found | ({"branches": [sum(count > 0 for count in ways), len(ways)]} if ways else {})


def metrics(files: Made) -> str:
    found = {"branches": [0, 0], **numbers(files)}
    pairs = [("statements", found["lines"]), ("conditionals", found["branches"])]
    return "<metrics " + " ".join(f'{name}="{all_}" covered{name}="{done}"' for name, (done, all_) in pairs) + "/>"


def file(path: str, made: Made, attribute: str, with_class: str) -> str:
    (line, calls), statements, conditions = made[path]
    rows = [f'<line num="{line}" type="method" count="{calls}"/>']
    rows += [f'<line num="{number}" type="stmt" count="{hits}"/>' for number, hits in statements.items()]
    rows += [f'<line num="{n}" type="cond" truecount="{true}" falsecount="{false}"/>' for n, true, false in conditions]
    inside = [f'<class name="{Path(path).stem}">', metrics({path: made[path]}), "</class>", *rows]
    return "\n".join([f'<file {attribute}="{path}"{with_class}>', *inside, "</file>"])


def report(files: Made, attribute: str, head: str, package: str) -> str:
    body = "\n".join(file(path, files, attribute, "") for path in files)
    body = f'<package name="{package}">\n{metrics(files)}\n{body}\n</package>' if package else body
    start = f'<?xml version="1.0" encoding="UTF-8"?>\n<coverage {head}>\n<project timestamp="1790000000">'
    return f"{start}\n{body}\n{metrics(files)}\n</project>\n</coverage>\n"


def main() -> None:
    expected = {}
    for tool, run in runs("clover").items():
        (HERE / f"{tool}.xml").write_text(run.text, encoding="utf-8")
        expected[f"{tool}.xml"] = run.numbers
    php = report(PHP, "name", 'generated="1790000000"', "")
    java = report(JAVA, "name", 'generated="1790000000" clover="4.5.2"', "com.acme.shop")
    for name, text, files in (("phpunit.xml", php, PHP), ("openclover.xml", java, JAVA)):
        (HERE / name).write_text(text, encoding="utf-8")
        expected[name] = numbers(files)
    (HERE / "expected.json").write_text(json.dumps(expected, indent=2) + "\n")


if __name__ == "__main__":
    main()
