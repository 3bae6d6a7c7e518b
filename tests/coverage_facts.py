"""What the facts of a coverage report come to, for the tests of all collectors of coverage."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias

from phasemetrics.evidence.formats import builtin_collectors
from phasemetrics.evidence.model import Collector, Fact, FileCoverage, Report, Warning

GOLDEN = Path(__file__).parent / "collectors"
CORPUS = Path(__file__).parents[1].parent / "shared" / "corpus" / "coverage"
COLLECTORS = {name: collector for name, collector in builtin_collectors() if collector.KIND == "coverage"}
Expected: TypeAlias = dict[str, dict[str, list[int]]]


def expected(folder: str) -> Expected:
    """Return the numbers that another program gave for the samples of one format, by the name of the sample."""
    found: Expected = json.loads((GOLDEN / folder / "expected.json").read_text())
    return found


def read(collector: Collector, path: Path) -> list[Fact]:
    return list(collector.collect(Report(path, path.name)))


def written(collector: Collector, folder: Path, text: str) -> list[Fact]:
    """Return the facts of a report that holds `text`."""
    path = folder / "made.txt"
    path.write_text(text, encoding="utf-8")
    return read(collector, path)


def files(facts: Iterable[Fact]) -> dict[str, FileCoverage]:
    return {fact.path: fact for fact in facts if isinstance(fact, FileCoverage)}


def warnings(facts: Iterable[Fact]) -> dict[str, str]:
    return {fact.code: fact.message for fact in facts if isinstance(fact, Warning)}


def totals(facts: Iterable[Fact]) -> dict[str, list[int]]:
    """Return covered and total lines, and branches where any file has them."""
    found = files(facts).values()
    lines = [sum(len(file.covered) for file in found), sum(len(file.covered | file.missing) for file in found)]
    measured = [file.branches for file in found if file.branches is not None]
    if not measured:
        return {"lines": lines}
    branches = [branch for one in measured for branch in one.values()]
    return {"lines": lines, "branches": [sum(one.covered for one in branches), sum(one.total for one in branches)]}


def knowing(path: Path) -> list[str]:
    """Return the names of the collectors of coverage that recognise a file."""
    with path.open("rb") as stream:
        head = stream.read(4096)
    return [name for name, collector in COLLECTORS.items() if collector.recognises(head)]
