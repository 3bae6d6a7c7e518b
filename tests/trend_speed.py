"""Measures `trend` over many made-up repositories, beside a bare `json.loads` of the files that it reads."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import phases_workshop

REPOSITORIES, PHASES, TIMES = 40, 12, 5
PROGRAM = str(Path(sys.executable).with_name("phasemetrics"))


def main() -> None:
    """Print the best of several times of each, in seconds: by the clock, and of the processor."""
    with tempfile.TemporaryDirectory() as folder:
        roots = [str(root) for root in phases_workshop.many(Path(folder), REPOSITORIES, PHASES)]
        files = sorted(Path(folder).rglob("*.json"))
        ends = [path for path in files if path.name == "end.json"]
        size = sum(path.stat().st_size for path in files)
        print(f"{REPOSITORIES} repositories, {PHASES} phases, {len(files)} records, {size / 1e6:.1f} MB of JSON")
        print(f"{'phasemetrics --version':28}{said(best(partial(command, '--version')))}")
        for name, read in (("table", ends), ("markdown", ends), ("openmetrics", ends), ("html", ends), ("csv", files)):
            took = best(partial(command, "trend", *roots, "--format", name))
            bare = best(partial(loads, read))
            ratio = f"{took[1] / bare[1]:.1f} times json.loads of the {len(read)} records it reads ({bare[1]:.2f} s)"
            print(f"{f'trend --format {name}':28}{said(took)}, {ratio}")


def best(work: Callable[[], None]) -> tuple[float, float]:
    """Return the shortest of several times that something takes, by the clock and of the processor."""
    times, processor = [], []
    for _ in range(TIMES):
        start, before = time.perf_counter(), used()
        work()
        times.append(time.perf_counter() - start)
        processor.append(used() - before)
    return min(times), min(processor)


def used() -> float:
    """Return the time of the processor that this process and those that it started took."""
    return sum(os.times()[:4])


def said(times: tuple[float, float]) -> str:
    """Return both times."""
    return f"{times[0]:5.2f} s, {times[1]:.2f} s of the processor"


def loads(files: Sequence[Path]) -> None:
    """Read and parse files, and nothing else."""
    for path in files:
        json.loads(path.read_bytes())


def command(*arguments: str) -> None:
    """Run the program as a person does."""
    subprocess.run([PROGRAM, *arguments], capture_output=True, check=True)


if __name__ == "__main__":
    main()
