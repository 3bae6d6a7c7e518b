"""Writes the reports here and `expected.json` again: `python tests/collectors/vitest/make.py`.

    vitest-1.json, vitest-3.json, vitest-4.json    vitest bench --outputJson    cart.bench.js and late.bench.js

The expected numbers are computed from the samples of the same run, which vitest gives to a reporter and never writes
into its report: `samples` is an empty list there. Before a report is kept, the temporary folder is taken out of it.
Needs node 20, npm and the npm registry.
"""

from __future__ import annotations

import json
import math
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
VERSIONS = ("1", "3", "4")
SOURCES = ("cart.bench.js", "late.bench.js")
CONFIG = "export default { test: { benchmark: { includeSamples: true, reporters: ['default', './samples.mjs'] } } }\n"
# The first hook is that of vitest 1, the second that of 4; 3 calls both.
REPORTER = """
import { writeFileSync } from 'node:fs'

const found = {}

function collect(task, names) {
  const result = task.result?.benchmark
  if (task.meta?.benchmark && result?.samples?.length) found[names.join(' > ')] = [...result.samples]
  for (const inner of task.tasks ?? []) collect(inner, [...names, inner.name])
  writeFileSync('samples.json', JSON.stringify(found))
}

export default class {
  onFinished(files) { for (const file of files) collect(file, [file.name]) }
  onTestRunEnd(modules) { for (const { task } of modules) collect(task, [task.name]) }
}
"""


def run(folder: Path, *command: str) -> None:
    """Run a command; that a benchmark throws is what it is there for, and vitest then ends with 1."""
    subprocess.run(command, cwd=folder, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def expected(samples: list[float]) -> dict[str, float]:
    """Return the statistics in milliseconds; a percentile is the value at its rank, as tinybench 2 takes it."""
    ordered = sorted(samples)
    ranks = {"p75": 0.75, "p99": 0.99, "p995": 0.995, "p999": 0.999}
    return {
        "min": ordered[0],
        "max": ordered[-1],
        "mean": statistics.fmean(ordered),
        "median": statistics.median(ordered),
        **({"stddev": statistics.stdev(ordered)} if len(ordered) > 1 else {}),
        "rounds": len(ordered),
        **{stat: ordered[math.ceil(len(ordered) * rank) - 1] for stat, rank in ranks.items()},
    }


def report(folder: Path, version: str) -> dict[str, dict[str, float]]:
    (folder / "package.json").write_text('{"type": "module"}')
    run(folder, "npm", "install", "--no-save", f"vitest@{version}")
    for source in SOURCES:
        shutil.copy(HERE / source, folder)
    (folder / "vitest.config.mjs").write_text(CONFIG)
    (folder / "samples.mjs").write_text(REPORTER)
    run(folder, "npx", "vitest", "bench", "--run", "--outputJson", "report.json")
    if not (folder / "report.json").exists():
        sys.exit(f"vitest@{version} is missing: npm could not install it, or it does not run on this node")
    text = (folder / "report.json").read_text(encoding="utf-8").replace(f"{folder}/", "")
    (HERE / f"vitest-{version}.json").write_text(text + "\n", encoding="utf-8")
    samples = json.loads((folder / "samples.json").read_text(encoding="utf-8"))
    return {name: expected(values) for name, values in sorted(samples.items())}


def main() -> None:
    if not (shutil.which("npm") and shutil.which("npx")):
        sys.exit("npm and npx are missing")
    found = {}
    for version in VERSIONS:
        with tempfile.TemporaryDirectory() as folder:
            found[f"vitest-{version}.json"] = report(Path(folder).resolve(), version)
    (HERE / "expected.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
