"""Writes the reports here and `expected.json` again: `python tests/collectors/pytest_benchmark/make.py`.

    session.json  pytest --benchmark-json session.json
    saved.json    pytest --benchmark-save saved          (no `data`)

Two things are changed in them: the name of the host, and the flags of its processor are left out. The expected
numbers are computed from the raw `data` of the session.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
HOST = "name-of-the-host"
BENCHMARKS = """
import pytest

@pytest.mark.parametrize("size", [10, 1000], ids=["small", "a|b"])
def test_sum(benchmark, size):
    benchmark.pedantic(sum, args=(range(size),), rounds=7)

class TestOne:
    def test_same_name(self, benchmark):
        benchmark.pedantic(len, args=([],), rounds=5, iterations=3)

class TestOther:
    def test_same_name(self, benchmark):
        benchmark.pedantic(len, args=("",), rounds=1)

def test_broken(benchmark):
    benchmark.pedantic(int, args=("x",), rounds=1)
"""


def session(folder: Path, benchmarks: str, *options: str) -> None:
    """Run `benchmarks` in `folder`, which has no configuration of pytest, with the options of pytest-benchmark."""
    (folder / "test_benchmarks.py").write_text(benchmarks)
    (folder / "pytest.ini").write_text("[pytest]\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:cov", *options]
    # Inside a worker of pytest-xdist the plug-in would measure nothing.
    variables = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    subprocess.run(command, cwd=folder, check=False, stdout=subprocess.DEVNULL, env=variables)


def anonymous(text: str) -> str:
    report = json.loads(text)
    report["machine_info"]["node"] = HOST
    report["machine_info"]["cpu"].pop("flags", None)
    return json.dumps(report, indent=1) + "\n"


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        session(folder, BENCHMARKS, "--benchmark-json=session.json", "--benchmark-save=saved")
        (HERE / "session.json").write_text(anonymous((folder / "session.json").read_text()))
        (saved,) = folder.glob(".benchmarks/*/*_saved.json")
        (HERE / "saved.json").write_text(anonymous(saved.read_text()))
    expected = {}
    for benchmark in json.loads((HERE / "session.json").read_text())["benchmarks"]:
        data = benchmark["stats"]["data"]
        expected[benchmark["fullname"]] = {
            "mean": statistics.mean(data),
            "median": statistics.median(data),
            "min": min(data),
            "max": max(data),
            "rounds": len(data),
        }
    (HERE / "expected.json").write_text(json.dumps(expected, indent=2) + "\n")


if __name__ == "__main__":
    main()
