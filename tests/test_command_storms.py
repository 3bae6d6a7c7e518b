"""Real commands killed at random, and many of them at once: nothing is torn, nothing lost, nothing left."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from faults import shim
from faults.world import CHECK, DOCUMENT, END, FILL, LEDGER, TEXT, World, folder, moments

pytestmark = pytest.mark.skipif(bool(shim.missing()), reason=shim.missing())

WHOLE = "FAULTS" in os.environ  # `make faults`
KILLS = 1000 if WHOLE else 30
PROCESSES, EACH = (8, 25) if WHOLE else (8, 3)
SHARED = "docs/SHARED.md"
_PASSED = re.compile(r"Tests Passing: \S+ → (\d+)/(\d+)$".encode(), re.MULTILINE)


@pytest.fixture
def place() -> Iterator[Path]:
    with folder() as name:
        yield Path(name)


def number_in(content: bytes) -> int:
    """Return the number of tests that a whole document states."""
    found = _PASSED.findall(content)
    assert content.startswith(b"# Phase: [PHASE NAME]\n")
    assert content.endswith(b"\nThe end.\n")
    assert len(found) == 1
    assert found[0][0] == found[0][1]
    return int(found[0][0])


def numbers(world: World, document: str = DOCUMENT, phase: str = "1") -> set[int]:
    """Return the number of tests in a document, in its ledger, and in the snapshot: one, where they agree."""
    ledger = json.loads((world.project / LEDGER.replace(DOCUMENT, document)).read_bytes())["holes"]
    written = {hole["written"] for name, hole in ledger.items() if name.endswith("/after.tests.passed")}
    snapshot = json.loads((world.project / END.replace("/1/", f"/{phase}/")).read_bytes())
    said = number_in((world.project / document).read_bytes())
    return {said, int(snapshot["metrics"]["tests.passed"]["value"]), *map(int, written)}


def leftovers(world: World) -> list[str]:
    names = world.tree()
    return [name for name in names if "/.pm-" in name or name.startswith("tmp/") or name.endswith("pending.json")]


def test_killed_at_random_moments(place: Path, record_property: Callable[[str, object], None]) -> None:
    """Each run has one more test to write than the one before; after each kill another command is the next."""
    world = moments()["fill"].copied(place / "trial")
    began = time.monotonic()
    assert world.run(*FILL).code == 0
    usual = time.monotonic() - began
    dice, found = random.Random(8), Counter[str](torn=0, disagreements=0, leftovers=0)
    for number in range(9, 9 + KILLS):
        (before,) = numbers(world)
        world.measured(number, 75)
        running = world.begin(*FILL)
        time.sleep(dice.uniform(0, 1.2 * usual))
        running.send(signal.SIGKILL)
        ended = running.ended()
        assert ended.code in {0, -signal.SIGKILL}, ended
        found["killed"] += ended.code != 0
        found["killed with something to heal"] += bool(leftovers(world))
        found["torn"] += number_in((world.project / DOCUMENT).read_bytes()) not in {before, number}
        if ended.code == 0:
            assert numbers(world) == {number}, "it said that it had filled"
        after = world.run(*(CHECK if number % 2 else FILL))
        assert after.code == 0, after
        found["disagreements"] += numbers(world) not in ({before}, {number})
        found["leftovers"] += bool(leftovers(world))
    record_property("table", f"{KILLS} kills: {dict(found)}")
    assert found["killed"] > KILLS // 4
    assert (found["torn"], found["disagreements"], found["leftovers"]) == (0, 0, 0), found


def test_many_at_once(place: Path, record_property: Callable[[str, object], None]) -> None:
    """Each process fills the document of its own phase, and one that all share, with higher and higher numbers."""
    world = moments()["fill"].copied(place / "trial")
    config = world.project / "phasemetrics.toml"
    config.write_text("".join(line for line in config.read_text().splitlines(True) if line.startswith("base")))
    documents = {str(phase): f"docs/RETRO_{phase}.md" for phase in range(1, PROCESSES + 1)}
    for name in (*documents.values(), SHARED):
        (world.project / name).write_text(TEXT)
    shutil.rmtree(world.project / ".phasemetrics")
    world.measured(1, 75)
    assert world.run("fill", "-p", "1", "--junit", "build/junit.xml", *documents.values(), SHARED).code == 0
    done, torn = threading.Event(), list[str]()
    began = time.monotonic()
    with ThreadPoolExecutor(PROCESSES + 2) as pool:
        readers = [pool.submit(_read, world, [*documents.values(), SHARED], done, torn) for _ in range(2)]
        writers = [pool.submit(_write, world, phase, name) for phase, name in documents.items()]
        failed = [ended for writer in writers for ended in writer.result() if ended]
        done.set()
        reads = sum(reader.result() for reader in readers)
    seconds = time.monotonic() - began
    record_property("table", f"{PROCESSES} processes x {EACH} fills, {reads} reads beside them: {seconds:.0f} s")
    assert failed == []
    assert torn == []
    assert reads > 0
    for phase, name in documents.items():
        assert numbers(world, name, phase) == {EACH + 1}, name
    assert number_in((world.project / SHARED).read_bytes()) == EACH + 1
    assert leftovers(world) == []


def _write(world: World, phase: str, document: str) -> list[str]:
    """Fill again and again; return what went wrong."""
    said = []
    for number in range(2, EACH + 2):
        report = f"build/junit-{phase}.xml"
        cases = "".join(f'<testcase classname="c" name="t{one}"/>' for one in range(number))
        (world.project / report).write_text(f"<testsuite>{cases}</testsuite>")
        ended = world.run("fill", "-p", phase, "--junit", report, document, SHARED)
        said.append("" if ended.code == 0 else ended.err)
    return said


def _read(world: World, documents: Sequence[str], done: threading.Event, torn: list[str]) -> int:
    """Read every document again and again; note those that are not whole."""
    reads = 0
    while not done.is_set():
        for name in documents:
            reads += 1
            try:
                number_in((world.project / name).read_bytes())
            except (AssertionError, OSError) as error:
                torn.append(f"{name}: {error!r}")
        time.sleep(0.002)
    return reads
