"""Fuzzes every reader and the filler: `python tests/fuzz.py [--runs N] [--target NAME]`.

Prints a table at the end. What was found lies in tests/fuzzing/finds, where the tests run it again each time; the exit
code is then 1.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from fuzzing.all_targets import all_targets
from fuzzing.campaign import keep
from fuzzing.process import last_of

RUNS = 1_000_000
GUIDED = 0.1  # of the executions are guided by coverage; these are slow, and the others begin with what they found
_LEAST = 100


def main(arguments: Sequence[str]) -> int:
    """Run the targets that were asked for, as many at a time as there are processors."""
    parser = argparse.ArgumentParser(description="Fuzz every reader and the filler.")
    parser.add_argument("--runs", type=int, default=RUNS, help="executions of a reader; what is slower gets fewer")
    parser.add_argument("--target", default="", help="the only target to run")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        shares = {name: one.share for name, one in all_targets(Path(folder)).items()}
    if asked.target and asked.target not in shares:
        parser.error(f"there is no target {asked.target!r}; there are {', '.join(shares)}")
    runs = {name: max(_LEAST, int(asked.runs * share)) for name, share in shares.items()}
    names = [name for name in runs if name == (asked.target or name)]
    print(_HEADER, flush=True)
    failed = False
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for name, ended in zip(names, pool.map(lambda name: _fuzzed(name, runs[name]), names), strict=True):
            failed |= any(one["finds"] for one in ended.values())
            print(_row(name, ended), flush=True)
    return int(failed)


def _fuzzed(name: str, runs: int) -> dict[str, dict[str, Any]]:
    """Run one target in processes of its own, which may die of what it reads."""
    guided = int(runs * GUIDED) if importlib.util.find_spec("atheris") else 0
    ended = {}
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        for how, share in (("guided", guided), ("random", runs - guided)):
            ended[how] = _process(how, name, share, corpus) if share else {"executions": 0, "seconds": 0, "finds": []}
    return ended


def _process(how: str, name: str, runs: int, corpus: Path) -> dict[str, Any]:
    paths = [str(Path(__file__).parent), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    result = corpus.with_name(f"{how}.json")
    command = [sys.executable, "-m", "fuzzing.process", how, name, str(runs), str(corpus), str(result)]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, errors="replace", check=False)
    if result.exists():
        found: dict[str, Any] = json.loads(result.read_text("utf-8"))
        return found
    if (died_of := result.with_suffix(".last")).exists():
        keep(name, last_of(died_of))
    return {"executions": 0, "seconds": 0, "finds": [f"the process died (exit {ran.returncode}): {ran.stderr[-800:]}"]}


_HEADER = f"{'target':<24} {'guided':>10} {'per second':>10} {'at random':>10} {'per second':>10} {'finds':>5}"


def _row(name: str, ended: dict[str, dict[str, Any]]) -> str:
    columns = [f"{name:<24}"]
    for one in ended.values():
        speed = one["executions"] / one["seconds"] if one["seconds"] else 0
        columns.append(f"{one['executions']:>10,} {speed:>10,.0f}")
    finds = [find for one in ended.values() for find in one["finds"]]
    return "\n".join([" ".join([*columns, f"{len(finds):>5}"]), *(f"    {find}" for find in finds)])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
