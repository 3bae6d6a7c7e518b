"""Runs a small suite under nyc and c8, each of which writes one run in four formats: for the samples of all four."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

SOURCES = Path(__file__).parent / "collectors" / "istanbul"
TOOLS = {"nyc": "nyc@18.0.0", "c8": "c8@12.0.0"}
# The format's folder here, by the name of Istanbul's reporter and of the file that it writes.
REPORTERS = {
    "istanbul": ("json", "coverage-final.json"),
    "lcov": ("lcovonly", "lcov.info"),
    "clover": ("clover", "clover.xml"),
    "coverage_xml": ("cobertura", "cobertura-coverage.xml"),
}


@dataclass(frozen=True, slots=True)
class Run:
    """One report and what the tool's own summary of that run says: covered and total lines and branches."""

    text: str
    numbers: dict[str, list[int]]


def runs(folder_of_format: str) -> dict[str, Run]:
    """Return the reports of both tools in one format, by the name of the tool."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        npm = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", f"{folder}/tools", *TOOLS.values()]
        subprocess.run(npm, check=True, capture_output=True)
        project = folder / "project"
        (project / "src").mkdir(parents=True)
        (project / "package.json").write_text('{"name": "shop", "version": "1.0.0", "private": true}\n')
        shutil.copy(SOURCES / "cart.test.js", project)
        for source in ("cart.js", "unused.js"):
            shutil.copy(SOURCES / source, project / "src")
        return {tool: _run(folder / "tools", project, tool, *REPORTERS[folder_of_format]) for tool in TOOLS}


def _run(tools: Path, project: Path, tool: str, reporter: str, file: str) -> Run:
    wanted = [f"--reporter={one}" for one in (reporter, "json-summary")]
    command = [f"{tools}/node_modules/.bin/{tool}", "--all", "--include=src/**", *wanted, f"--report-dir={tool}"]
    subprocess.run([*command, "node", "cart.test.js"], cwd=project, check=True, capture_output=True)
    total = json.loads((project / tool / "coverage-summary.json").read_text())["total"]
    numbers = {what: [total[what]["covered"], total[what]["total"]] for what in ("lines", "branches")}
    text = (project / tool / file).read_text(encoding="utf-8").replace(str(project), "/project")
    return Run(text, numbers)
