"""Writes the reports here and `expected.json` again: `python tests/collectors/jacoco/make.py`.

    module.xml     as `mvn test jacoco:report` writes target/site/jacoco/jacoco.xml of one module
    aggregate.xml  as `mvn verify jacoco:report-aggregate` writes it of two modules that share a package

Both were made from the tables below, in the shape of JaCoCo's report.dtd 1.1, for maven central cannot be reached
from everywhere: the counters in them, and the expected numbers, are added up from the tables.
"""

from __future__ import annotations

import json
from pathlib import Path

HERE = Path(__file__).parent
# By package and file: line, missed and covered instructions, missed and covered branches.
Rows = list[tuple[int, int, int, int, int]]
Module = dict[tuple[str, str], Rows]
CORE: Module = {
    ("com/acme/shop", "Cart.java"): [
        *((8, 0, 3, 0, 0), (11, 0, 7, 1, 1), (12, 5, 0, 0, 0), (14, 0, 6, 0, 2), (17, 2, 4, 2, 2), (18, 0, 1, 0, 0)),
    ],
    ("com/acme/shop/tax", "Vat.java"): [(5, 3, 0, 0, 0), (9, 4, 0, 2, 0), (10, 2, 0, 0, 0)],
}
WEB: Module = {("com/acme/shop", "Cart.java"): [(8, 0, 3, 0, 0), (20, 4, 0, 0, 0)]}
HEAD = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<!DOCTYPE report PUBLIC "-//JACOCO//DTD Report 1.1//EN" "report.dtd">'
)
SESSION = '<sessioninfo id="host-1a2b3c4d" start="1790000000000" dump="1790000001000"/>'


def numbers(rows: Rows) -> dict[str, list[int]]:
    return {
        "lines": [sum(ran > 0 for _, _, ran, _, _ in rows), len(rows)],
        "branches": [sum(row[4] for row in rows), sum(row[3] + row[4] for row in rows)],
    }


def counters(rows: Rows) -> str:
    missed, covered = sum(row[1] for row in rows), sum(row[2] for row in rows)
    found = [f'<counter type="INSTRUCTION" missed="{missed}" covered="{covered}"/>']
    for kind, (done, total) in zip(("LINE", "BRANCH"), numbers(rows).values(), strict=True):
        found.append(f'<counter type="{kind}" missed="{total - done}" covered="{done}"/>')
    return "".join(found)


def package(name: str, module: Module) -> str:
    files = {file: rows for (folder, file), rows in module.items() if folder == name}
    classes, sources = "", ""
    for file, rows in files.items():
        stem = file.removesuffix(".java")
        method = f'<method name="total" desc="()I" line="{rows[0][0]}">{counters(rows)}</method>'
        classes += f'<class name="{name}/{stem}" sourcefilename="{file}">{method}{counters(rows)}</class>'
        lines = "".join('<line nr="{}" mi="{}" ci="{}" mb="{}" cb="{}"/>'.format(*row) for row in rows)
        sources += f'<sourcefile name="{file}">{lines}{counters(rows)}</sourcefile>'
    rows = [row for each in files.values() for row in each]
    return f'<package name="{name}">{classes}{sources}{counters(rows)}</package>'


def packages(module: Module) -> str:
    return "".join(package(name, module) for name in dict.fromkeys(folder for folder, _ in module))


def rows_of(*modules: Module) -> Rows:
    return [row for module in modules for rows in module.values() for row in rows]


def main() -> None:
    core, both = rows_of(CORE), rows_of(CORE, WEB)
    groups = ""
    for name, module in (("core", CORE), ("web", WEB)):
        groups += f'<group name="{name}">{packages(module)}{counters(rows_of(module))}</group>'
    module_text = f'{HEAD}<report name="core">{SESSION}{packages(CORE)}{counters(core)}</report>\n'
    aggregate = f'{HEAD}<report name="shop">{SESSION}{groups}{counters(both)}</report>\n'
    (HERE / "module.xml").write_text(module_text, encoding="utf-8")
    (HERE / "aggregate.xml").write_text(aggregate, encoding="utf-8")
    expected = {"module.xml": numbers(core), "aggregate.xml": numbers(both)}
    (HERE / "expected.json").write_text(json.dumps(expected, indent=2) + "\n")


if __name__ == "__main__":
    main()
