"""Writes the reports here and `expected.json` again: `python tests/collectors/tinybench/make.py`.

    tinybench-2.json, tinybench-5.json    cart.mjs, 200 iterations; these releases keep the samples
    tinybench-6-samples.json              the same with `retainSamples`
    tinybench-6.json                      6000 iterations, without samples

The expected numbers are computed from the samples, in milliseconds; for the report without samples they are what
`bench.table()` prints of the same run. Needs node 20, npm and the npm registry.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
REPORTS = {
    "tinybench-2.json": ("2.9.0", "200"),
    "tinybench-5.json": ("5.1.0", "200"),
    "tinybench-6-samples.json": ("6.2.3", "200", "retain"),
    "tinybench-6.json": ("6.2.3", "6000"),
}
NANOSECOND = 1e-6  # in milliseconds


def from_samples(samples: list[float]) -> dict[str, float]:
    hundredths = statistics.quantiles(samples, n=100, method="inclusive")
    return {
        "min": min(samples),
        "max": max(samples),
        "mean": statistics.fmean(samples),
        "median": statistics.median(samples),
        "stddev": statistics.stdev(samples),
        "p90": hundredths[89],
        "p95": hundredths[94],
        "rounds": len(samples),
    }


def from_table(row: dict[str, Any]) -> dict[str, float]:
    """Return what is printed before each ±: nanoseconds, and operations a second."""
    return {
        "mean": float(row["Latency avg (ns)"].split()[0]) * NANOSECOND,
        "median": float(row["Latency med (ns)"].split()[0]) * NANOSECOND,
        "ops": float(row["Throughput avg (ops/s)"].split()[0]),
        "rounds": row["Samples"],
    }


def report(folder: Path, name: str, version: str, *arguments: str) -> dict[str, dict[str, float]]:
    shutil.copy(HERE / "cart.mjs", folder)
    for command in (["npm", "install", "--no-save", f"tinybench@{version}"], ["node", "cart.mjs", name, *arguments]):
        done = subprocess.run(command, cwd=folder, check=False, capture_output=True)
        if done.returncode:
            sys.exit(f"tinybench@{version} is missing: npm could not install it, or it does not run on this node")
    text = (folder / name).read_text(encoding="utf-8")
    (HERE / name).write_text(text + "\n", encoding="utf-8")
    results = {task["name"]: task["result"] for task in json.loads(text)}
    samples = {task: result.get("latency", result).get("samples") for task, result in results.items()}
    if any(samples.values()):
        return {task: from_samples(values) for task, values in samples.items() if values}
    table = json.loads((folder / "table.json").read_text(encoding="utf-8"))
    return {row["Task name"]: from_table(row) for row in table if "Error" not in row}


def main() -> None:
    if not (shutil.which("npm") and shutil.which("node")):
        sys.exit("npm and node are missing")
    found = {}
    for name, (version, *arguments) in REPORTS.items():
        with tempfile.TemporaryDirectory() as folder:
            found[name] = report(Path(folder).resolve(), name, version, *arguments)
    (HERE / "expected.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
