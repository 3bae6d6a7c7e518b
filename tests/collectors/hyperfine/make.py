"""Writes the reports here and `expected.json` again: `python tests/collectors/hyperfine/make.py`.

    commands.json  two commands, one of them called `count` with `-n`
    scan.json      one command for two values of a parameter, which stands in `--prepare` only
    failing.json   `--ignore-failure`: one fails every third time, one always, one is ended by a signal
    once.json      `--runs 1`, of which hyperfine knows no standard deviation

hyperfine, `sh` and `sleep` are needed. The numbers expected of what did not fail are those of hyperfine's own
`--export-csv` of the same run; those of failing.json are computed from the `times` whose exit code is 0.
"""

from __future__ import annotations

import csv
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SUMMARY = ("mean", "median", "min", "max", "user", "system")
COUNTING = "sh -c 'i=0; while [ $i -lt 3000 ]; do i=$((i+1)); done'"
THIRD = "sh -c 'n=$(cat n); echo $((n+1)) > n; test $((n % 3)) -ne 2'"
RUNS = {
    "commands.json": ["--runs", "8", "-n", "count", COUNTING, "sleep 0.01"],
    "scan.json": ["--runs", "5", "-L", "size", "10,2000", "--prepare", "sh -c 'echo {size} > size'", "cat size"],
    "failing.json": ["--runs", "9", "--ignore-failure", THIRD, "sh -c 'exit 3'", "sh -c 'kill -9 $$'"],
    "once.json": ["--runs", "1", "sleep 0.01"],
}


def run(folder: Path, options: list[str]) -> tuple[Any, list[dict[str, str]]]:
    """Return what hyperfine exports of one run, as JSON and as CSV."""
    (folder / "n").write_text("0\n")
    exports = ["--export-json", "report.json", "--export-csv", "report.csv"]
    command = ["hyperfine", "--shell", "none", "--style", "none", *exports, *options]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    rows = list(csv.DictReader((folder / "report.csv").read_text().splitlines()))
    return json.loads((folder / "report.json").read_text()), rows


def expected(result: dict[str, Any], row: dict[str, str]) -> dict[str, float]:
    """Return the numbers of one command: the CSV's where no process failed, else those of the processes that ended."""
    times = [time for time, code in zip(result["times"], result["exit_codes"], strict=True) if code == 0]
    counts = {"failed": len(result["times"]) - len(times), "total": len(result["times"])}
    if not counts["failed"]:
        return counts | {stat: float(row[stat]) for stat in SUMMARY} | {"rounds": len(times)}
    if not times:
        return dict(counts)
    found = {"mean": statistics.mean(times), "median": statistics.median(times), "min": min(times), "max": max(times)}
    return counts | found | {"rounds": len(times)}


def main() -> None:
    if missing := [program for program in ("hyperfine", "sh", "sleep") if not shutil.which(program)]:
        sys.exit(f"not written again: {', '.join(missing)} is not installed")
    numbers = {}
    for name, options in RUNS.items():
        with tempfile.TemporaryDirectory() as folder:
            report, rows = run(Path(folder), options)
        (HERE / name).write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
        numbers[name] = [expected(*pair) for pair in zip(report["results"], rows, strict=True)]
    (HERE / "expected.json").write_text(json.dumps(numbers, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
