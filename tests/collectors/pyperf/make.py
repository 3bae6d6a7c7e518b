"""Writes the reports here and `expected.json` again: `python tests/collectors/pyperf/make.py`.

    suite.json    two benchmarks; the common metadata stand once, at the end      suite.py --fast -o suite.json
    one.json      one benchmark: its name and unit are in the metadata of the file          pyperf timeit -o one.json
    memory.json   bytes, one value a process                     pyperf timeit --track-memory -o memory.json

The expected numbers are those that pyperf itself has of each file when it loads it. What differs from the files of
pyperf: the name of the host, and no path of the interpreter, no flags of its compiler. Needs the PyPI registry: pyperf
goes into a virtual environment that is thrown away.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LEFT_OUT = ("python_executable", "python_config_args", "python_cflags", "python_compiler")
SUITE = """
import pyperf

runner = pyperf.Runner()
runner.bench_func("sort", sorted, list(range(500, 0, -1)))
runner.timeit("join|text", "','.join(words)", setup="words = ['a'] * 50")
"""
NUMBERS = """
import json, statistics, sys
import pyperf

def numbers(benchmark):
    workers = [run.values for run in benchmark._runs if run.values]
    return {
        "unit": benchmark.get_unit(),
        "min": [min(values) for values in workers],
        "max": [max(values) for values in workers],
        "mean": [statistics.mean(values) for values in workers],
        "median": [statistics.median(values) for values in workers],
        "rounds": benchmark.get_nvalue(),
        "p90": benchmark.percentile(90),
    }

suite = pyperf.BenchmarkSuite.load(sys.argv[1])
benchmarks = {benchmark.get_name(): numbers(benchmark) for benchmark in suite}
print(json.dumps({"first": suite.get_dates()[0].isoformat(), "benchmarks": benchmarks}))
"""
REPORTS = {
    "suite.json": ["suite.py", "--processes=4", "--values=3"],
    "one.json": ["-m", "pyperf", "timeit", "--processes=18", "--values=3", "sum(range(50))"],
    "memory.json": ["-m", "pyperf", "timeit", "--track-memory", "--processes=2", "--values=1", "[0] * 10**6"],
}  # fmt: skip


def anonymous(text: str) -> str:
    report = json.loads(text)
    report["metadata"]["hostname"] = "name-of-the-host"
    for key in LEFT_OUT:
        report["metadata"].pop(key, None)
    return json.dumps(report, sort_keys=True, separators=(",", ":")) + "\n"  # as pyperf writes it


def write(folder: Path) -> dict[str, Any]:
    venv.create(folder / "venv", with_pip=True)
    python = str(folder / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", "pyperf"], check=True, stderr=subprocess.DEVNULL)
    (folder / "suite.py").write_text(SUITE)
    (folder / "expected.py").write_text(NUMBERS)
    expected = {}
    for name, command in REPORTS.items():
        short = ["--warmups=1", "--min-time=0.001", "--quiet", "-o", name]
        place = len(command) - ("timeit" in command)  # options come before the statement
        subprocess.run([python, *command[:place], *short, *command[place:]], cwd=folder, check=True)
        text = anonymous((folder / name).read_text())
        (HERE / name).write_text(text)
        printed = subprocess.run([python, "expected.py", HERE / name], cwd=folder, check=True, capture_output=True)
        expected[name] = json.loads(printed.stdout)
    return expected


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        try:
            expected = write(Path(name))
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"pyperf cannot be installed or run: {error}", file=sys.stderr)
            return 1
    (HERE / "expected.json").write_text(json.dumps(expected, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
