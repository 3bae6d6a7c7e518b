"""Runs one target in a process of its own: `python -m fuzzing.process HOW TARGET RUNS CORPUS RESULT`.

HOW is `guided`: coverage of our modules chooses what is mutated further, and is put into CORPUS (by atheris); or
`random`: chance mutates the seeds and what lies in CORPUS, several times as fast.
"""

from __future__ import annotations

import faulthandler
import importlib
import importlib.util
import json
import mmap
import os
import pkgutil
import random
import resource
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fuzzing.campaign import Campaign
    from fuzzing.target import Target

MEMORY = 4 << 30  # bytes of address space
READERS = "phasemetrics_collectors"
_NOT_LOADED = ("phasemetrics.stores", "phasemetrics.cli", "phasemetrics.__main__", f"{READERS}._coverage_child")
_LONGEST = 1 << 20  # bytes of an input, and more
_OURS = 0.8  # of the mutations; the others are libFuzzer's own


def main(how: str, name: str, runs: int, corpus: Path, result: Path) -> None:
    """Run a target `runs` times, and write into `result` what it came to."""
    faulthandler.enable()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    atheris: Any = importlib.import_module("atheris") if how == "guided" else None
    if atheris is not None:
        _instrument(atheris, name)
    # Not before: what is imported earlier is not instrumented.
    from fuzzing.all_targets import all_targets
    from fuzzing.campaign import Campaign, at_random

    with tempfile.TemporaryDirectory(dir=_memory_folder()) as folder:
        target = remembering(all_targets(Path(folder))[name], result.with_suffix(".last"))
        if atheris is not None:
            guide(atheris, Campaign(target), runs, corpus, result)
        known = tuple(path.read_bytes() for path in sorted(corpus.iterdir()))
        report(at_random(target, runs, random.getrandbits(32), known), result)


def _instrument(atheris: Any, name: str) -> None:
    """Import what is to be covered: of a collector the collectors, whose paths are what counts."""
    reader = importlib.util.find_spec(f"{READERS}.{name.partition('-')[0]}") is not None
    packages = [READERS] if reader else [READERS, "phasemetrics"]
    with atheris.instrument_imports(include=packages):
        for package in map(importlib.import_module, packages):
            for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
                if not module.name.startswith(_NOT_LOADED):
                    importlib.import_module(module.name)


def remembering(target: Target, place: Path) -> Target:
    """Return the target, with what it is run on in a file for as long as it runs: the process may die of it."""
    place.write_bytes(bytes(_LONGEST))
    with place.open("r+b") as file:
        memory = mmap.mmap(file.fileno(), _LONGEST)

    def run(content: bytes) -> None:
        memory[:8] = len(content).to_bytes(8)
        memory[8 : 8 + len(content)] = content
        target.run(content)

    return replace(target, run=run)


def last_of(place: Path) -> bytes:
    """Return what a target was run on last."""
    content = place.read_bytes()
    return content[8 : 8 + int.from_bytes(content[:8])]


def _memory_folder() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None  # a file is written for every execution


def guide(atheris: Any, campaign: Campaign, runs: int, corpus: Path, result: Path) -> None:
    """Let atheris choose; does not return, for libFuzzer does not."""
    from fuzzing.mutation import mutated

    seeds = campaign.target.seeds
    for number, seed in enumerate(seeds):
        (corpus / str(number)).write_bytes(seed)

    def one(content: bytes) -> None:
        campaign.execute(content)
        if campaign.executions >= runs:
            report(campaign, result)
            os._exit(0)

    def mutate(content: bytes, longest: int, seed: int) -> bytes:
        chance = random.Random(seed)
        if chance.random() < _OURS:
            return mutated(chance, bytes(content), seeds, longest)
        return bytes(atheris.Mutate(content, longest))

    options = ["-runs=-1", "-max_len=65536", f"-rss_limit_mb={MEMORY >> 20}", f"-artifact_prefix={result.parent}/"]
    atheris.Setup([sys.argv[0], *options, str(corpus)], one, custom_mutator=mutate)
    atheris.Fuzz()


def report(campaign: Campaign, result: Path) -> None:
    """Write what a campaign came to, and keep its finds."""
    campaign.keep()
    seconds = time.monotonic() - campaign.begun
    said = [f"{found.key}: {found.said.strip().splitlines()[-1]}" for found in campaign.finds.values()]
    result.write_text(json.dumps({"executions": campaign.executions, "seconds": seconds, "finds": said}), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]), Path(sys.argv[5]))
