"""Writes the folder `results` here and `expected.json` again: `python tests/collectors/asv/make.py`.

    results/benchmarks.json                  asv writes it on the first run; only of here come the units
    results/machine/machine.json             asv machine --yes
    results/machine/HASH-virtualenv-….json   asv run, of three commits of a repository that is made for it:
        the first    --record-samples
        the second   without samples, so that there are quartiles and a number of them
        the third    --quick: one sample, and so bounds of -Infinity and Infinity
    first-version.json                       hand-made: results as version 1 had them, after asv's own
                                             test/example_results; no asv of today writes it

The benchmarks are the text BENCHMARKS below: two fail, one of them for one parameter only, and one is skipped for one.
The expected numbers are what asv itself loads from each file, and asv's own statistics of its samples. What differs
from the files of asv: the name of the host. Needs git and the PyPI registry: asv goes into a virtual environment that
is thrown away.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
HOST = "name-of-the-host"
BENCHMARKS = """
class Suite:
    number, repeat, rounds, warmup_time = 10, 5, 2, 0

    def time_sort(self):
        sorted(range(200))

    def time_broken(self):
        raise ValueError("broken")

    def peakmem_list(self):
        return [0] * 1000

    def track_items(self):
        return -3

    def track_ratio(self):
        return 0.25

    track_ratio.unit = "hit-ratio"


class Parameters:
    number, repeat, rounds, warmup_time = 10, 5, 2, 0
    params = [[10, 1000], ["a,b", "x"]]
    param_names = ["size", "text"]

    def setup(self, size, text):
        if (size, text) == (1000, "x"):
            raise NotImplementedError

    def time_join(self, size, text):
        if (size, text) == (10, "x"):
            raise ValueError("x")
        text.join(["b"] * size)
"""
NUMBERS = """
import itertools, json, sys
from asv.results import Results
from asv_runner.statistics import compute_stats

results = Results.load(sys.argv[1])
found = {}
for name in results.get_all_result_keys():
    params = results.get_result_params(name)
    columns = zip(
        itertools.product(*params),
        results.get_result_value(name, params),
        results.get_result_stats(name, params),
        results.get_result_samples(name, params),
    )
    for values, result, stats, samples in columns:
        if samples:
            result, stats = compute_stats(samples, 1)
        key = f"{name}({', '.join(values)})" if values else name
        if result is None:
            found[key] = "failed"
        elif result != result:
            found[key] = "skipped"
        else:
            kept = {"q1": "q_25", "q3": "q_75", "rounds": "repeat"}
            found[key] = {"median": result} | {stat: stats[column] for stat, column in kept.items() if stats}
            if samples:
                found[key] |= {"min": min(samples), "max": max(samples), "mean": sum(samples) / len(samples)}
print(json.dumps(found))
"""
CONFIGURATION = {
    "version": 1,
    "project": "shop",
    "repo": ".",
    "branches": ["HEAD"],
    "environment_type": "virtualenv",
    "matrix": {"req": {"six": ["1.17.0"]}},
    "build_command": [],
    "install_command": [],
    "uninstall_command": [],
    "results_dir": "results",
}
FIRST_VERSION = {
    "commit_hash": "fcf8c079fae7ebad9f27bd31a819f0e4fdd85b99",
    "date": 1367127519000,
    "params": {
        "arch": "x86_64", "cpu": "A CPU (4 cores)", "machine": HOST, "os": "Linux (Fedora 20)",
        "python": "2.7", "ram": "8.2G",
    },
    "python": "2.7",
    "requirements": {"Cython": None, "numpy": "1.8"},
    "results": {
        "time_units.time_parse": 0.0038,
        "time_units.time_broken": None,
        "time_units.time_skipped": float("nan"),
        "time_units.mem_unit": 344,
        "time_other.time_parameterised": {"params": [["1", "2", "3"]], "result": [1, 4, None]},
    },
    "benchmark_version": {"time_units.time_parse": "2"},
    "version": 1,
}  # fmt: skip
FIRST_EXPECTED = {
    "time_units.time_parse": {"median": 0.0038},
    "time_units.time_broken": "failed",
    "time_units.time_skipped": "skipped",
    "time_units.mem_unit": {"median": 344},
    "time_other.time_parameterised(1)": {"median": 1},
    "time_other.time_parameterised(2)": {"median": 4},
    "time_other.time_parameterised(3)": "failed",
}
RUNS: list[list[str]] = [["--record-samples"], [], ["--quick"]]


def commit(folder: Path, number: int) -> str:
    """Commit the change with `number`, always at the same time, and return its id."""
    date = f"2026-11-0{number} 12:00:00 +0000"
    variables = {**os.environ, "GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date, "GIT_CONFIG_GLOBAL": os.devnull}
    who = ("-c", "user.name=A Person", "-c", "user.email=person@example.org")
    (folder / "change.txt").write_text(f"{number}\n")
    for command in (["add", "change.txt"], [*who, "commit", "-q", "-m", f"Change {number}"]):
        subprocess.run(["git", *command], cwd=folder, check=True, env=variables)
    return subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()


def keep(report: Path, name: str) -> None:
    text = report.read_text().replace(json.dumps(platform.node()), f'"{HOST}"')
    (HERE / name).parent.mkdir(parents=True, exist_ok=True)
    (HERE / name).write_text(text)


def project(folder: Path) -> Path:
    """Return a repository with benchmarks in it, and no commit yet."""
    made = folder / "project"
    (made / "benchmarks").mkdir(parents=True)
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    for name, text in {
        "benchmarks/__init__.py": "",
        "benchmarks/shop.py": BENCHMARKS,
        "asv.conf.json": json.dumps({**CONFIGURATION, "pythons": [python]}),
        "expected.py": NUMBERS,
    }.items():
        (made / name).write_text(text)
    subprocess.run(["git", "init", "-q", "-b", "main", made], check=True)
    return made


def write(folder: Path) -> dict[str, Any]:
    venv.create(folder / "venv", with_pip=True)
    python = str(folder / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python")
    pip = [python, "-m", "pip", "install", "--quiet", "asv", "virtualenv"]
    subprocess.run(pip, check=True, stderr=subprocess.DEVNULL)
    work = project(folder)
    # asv keeps what it knows of the machine in the home folder.
    variables = {**os.environ, "HOME": str(folder), "GIT_CONFIG_GLOBAL": os.devnull}
    subprocess.run([python, "-m", "asv", "machine", "--yes"], cwd=work, check=True, env=variables)
    shutil.rmtree(HERE / "results", ignore_errors=True)
    expected = {}
    for number, options in enumerate(RUNS, start=1):
        sha = commit(work, number)
        # asv ends with 2 where a benchmark failed, as two of these do.
        subprocess.run([python, "-m", "asv", "run", *options, f"{sha}^!"], cwd=work, check=False, env=variables)
        (report,) = work.glob(f"results/*/{sha[:8]}-*.json")
        name = f"results/machine/{report.name}"
        keep(report, name)
        printed = subprocess.run([python, "expected.py", report], cwd=work, check=True, capture_output=True)
        expected[name] = json.loads(printed.stdout)
    keep(work / "results" / "benchmarks.json", "results/benchmarks.json")
    keep(report.with_name("machine.json"), "results/machine/machine.json")
    return expected


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        try:
            expected = write(Path(name))
        except (OSError, ValueError, subprocess.CalledProcessError) as error:
            print(f"asv cannot be installed or run: {error}", file=sys.stderr)
            return 1
    (HERE / "first-version.json").write_text(json.dumps(FIRST_VERSION, indent=4) + "\n")
    expected["first-version.json"] = FIRST_EXPECTED
    (HERE / "expected.json").write_text(json.dumps(expected, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
