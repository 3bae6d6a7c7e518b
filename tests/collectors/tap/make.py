"""Writes the reports here and `expected.json` again: `python tests/collectors/tap/make.py`.

    node.tap, node.xml      node --test, one run with the reporters tap and junit           cart.test.js
    perl.tap                perl cart.t                                                     cart.t
    prove.txt               prove --verbose cart.t stock.t                                  cart.t, stock.t
    mocha-12.tap, -13.tap   mocha --reporter tap, tapVersion 12 and 13                      cart.mocha.js
    mocha.xml               mocha --reporter xunit
    vitest.tap, vitest.xml  vitest, one run with the reporters tap and junit                cart.vitest.js
    vitest-flat.tap         vitest --reporter=tap-flat

The expected numbers are what each runner prints at its end, or the names of the tests say where it prints none. An
`.xml` holds the same run as the `.tap` beside it. Before a report is kept, the names of the machine and of the
temporary folder are taken out. mocha and vitest come from the npm registry.
"""

from __future__ import annotations

import json
import platform
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
Counts = dict[str, int]


def run(folder: Path, *command: str) -> str:
    """Return what a runner prints; that tests fail is what they are there for."""
    done = subprocess.run(
        command, cwd=folder, check=False, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    return re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)


def said(text: str, *patterns: str) -> list[int]:
    """Return the last number that each pattern names in `text`, 0 where there is none."""
    return [int((re.findall(pattern, text) or ["0"])[-1]) for pattern in patterns]


def keep(text: str, name: str, folder: Path) -> None:
    text = text.replace(f"file://{folder}/", "").replace(f"{folder}/", "").replace(f'"{platform.node()}"', '"host"')
    (HERE / name).write_text(text, encoding="utf-8")


def node_report(folder: Path) -> dict[str, Counts]:
    shutil.copy(HERE / "cart.test.js", folder)
    reporters = [f"--test-reporter{part}" for name in ("tap", "junit") for part in (f"={name}", f"-destination={name}")]
    run(folder, "node", "--test", *reporters, "cart.test.js")
    text = (folder / "tap").read_text()
    keep(text, "node.tap", folder)
    keep((folder / "junit").read_text(), "node.xml", folder)
    passed, failed, skipped, todo = said(text, *(rf"# {word} (\d+)" for word in ("pass", "fail", "skipped", "todo")))
    assert todo == 2, "one that fails and one that does not"
    return {"node.tap": {"passed": passed, "failed": failed, "skipped": skipped, "xfailed": 1, "xpassed": 1}}


def perl_reports(folder: Path) -> dict[str, Counts]:
    for name in ("cart.t", "stock.t"):
        shutil.copy(HERE / name, folder)
    keep(run(folder, "perl", "cart.t"), "perl.tap", folder)
    text = run(folder, "prove", "--verbose", "cart.t", "stock.t")
    keep(text, "prove.txt", folder)
    tests, failed, passed_todo = said(text, r"Tests=(\d+)", r"Tests: \d+ Failed: (\d+)", r"\((\d+) TODO test unexp")
    assert (tests, failed, passed_todo) == (11, 1, 1), "prove counts a subtest as one test, and we what is inside"
    cart = {"passed": 4, "failed": 1, "skipped": 3, "xfailed": 2, "xpassed": 1}
    return {"perl.tap": cart, "prove.txt": {**cart, "passed": 6}}


def mocha_reports(folder: Path) -> dict[str, Counts]:
    run(folder, "npm", "install", "--no-save", "mocha@11")
    shutil.copy(HERE.parent / "ctrf" / "cart.mocha.js", folder)
    mocha = ("npx", "mocha", "cart.mocha.js", "--reporter")
    for version in ("12", "13"):
        keep(run(folder, *mocha, "tap", "--reporter-option", f"tapVersion={version}"), f"mocha-{version}.tap", folder)
    keep(run(folder, *mocha, "xunit"), "mocha.xml", folder)
    passed, failed, pending = said(run(folder, *mocha, "spec"), r"(\d+) passing", r"(\d+) failing", r"(\d+) pending")
    counts = {"passed": passed, "failed": failed, "skipped": pending}
    return {"mocha-12.tap": counts, "mocha-13.tap": counts}


def vitest_report(folder: Path) -> dict[str, Counts]:
    run(folder, "npm", "install", "--no-save", "vitest@3")
    shutil.copy(HERE / "cart.vitest.js", folder / "cart.test.js")
    vitest = ("npx", "vitest", "run")
    junit = ("--reporter=junit", "--outputFile.junit=vitest.xml")
    keep(run(folder, *vitest, "--reporter=tap", *junit), "vitest.tap", folder)
    keep((folder / "vitest.xml").read_text(), "vitest.xml", folder)
    keep(run(folder, *vitest, "--reporter=tap-flat"), "vitest-flat.tap", folder)
    summary = run(folder, *vitest)
    line = next(one for one in summary.splitlines() if one.strip().startswith("Tests "))
    passed, failed, skipped = said(line, r"(\d+) passed", r"(\d+) failed", r"(\d+) skipped")
    counts = {"passed": passed, "failed": failed, "skipped": skipped}
    return {"vitest.tap": counts, "vitest-flat.tap": counts}


def main() -> None:
    expected: dict[str, Counts] = {}
    for reports in (node_report, perl_reports, mocha_reports, vitest_report):
        with tempfile.TemporaryDirectory() as folder:
            expected |= reports(Path(folder).resolve())
    (HERE / "expected.json").write_text(json.dumps(expected, indent=2) + "\n")


if __name__ == "__main__":
    main()
