"""Reads Istanbul's `coverage-final.json`, which nyc, c8, Jest and Vitest write."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from phasemetrics.evidence.model import Fact, Kind, Report
from phasemetrics_collectors._coverage_lines import FileLines, branch_name, totals, without_lines
from phasemetrics_collectors._json import read
from phasemetrics_collectors._json_node import Node, spelled

KIND: Final[Kind] = "coverage"
_MEND = "write it again with the reporter `json` of nyc, c8, Jest or Vitest"
_LAST = 10**9 - 1  # lines of a file
_HITS = 2**64
# {"/src/a.js": {"path": "/src/a.js", "statementMap": {
_BEGINNING = re.compile(
    rb'(?:\xef\xbb\xbf)?\s*\{\s*"(?:[^"\\]|\\.)*"\s*:\s*\{(?:[^{}"]|"(?:[^"\\]|\\.)*")*?"statementMap"\s*:'
)


def recognises(head: bytes) -> bool:
    """Return whether `head` begins a JSON object whose first member is an object with a `statementMap`."""
    return _BEGINNING.match(head) is not None


def collect(report: Report) -> Iterator[Fact]:
    """Yield one `FileCoverage` for each file of the report.

    A line is one where a statement begins, and is covered if one of these ran, as Istanbul's own line coverage has
    it. Branches belong to the line where their expression begins, and are known by its key and their place in it, as
    in the LCOV that Istanbul writes. Raises `Refusal` with the JSON path for what cannot be. Format: the coverage
    object of istanbul-lib-instrument and istanbul-lib-coverage 2 and 3.
    """
    files = {path: _file(node) for path, node in read(report, _MEND).members()}
    counted = totals(files.values())
    if not counted["lines"][1]:
        yield without_lines(report, None, _MEND)
    for path in sorted(files):
        found = files.pop(path)
        yield found.coverage(spelled(path).replace("\\", "/"), with_branches=bool(counted["branches"][1]))


def _file(node: Node) -> FileLines:
    found = FileLines()
    hits = node.need("s")
    for key, place in node.need("statementMap").members():
        found.line(_line(place.need("start")), hits.need(key).integer(0, _HITS) > 0)
    counts = node.need("b")
    for key, meta in node.need("branchMap").members():
        line = _branch_line(meta)
        for index, count in enumerate(counts.need(key).items()):
            found.branch(line, branch_name(key, str(index)), count.integer(0, _HITS) > 0)
    return found


def _branch_line(meta: Node) -> int:
    place = meta.find("loc")
    return meta.need("line").integer(0, _LAST) if place is None else _line(place.need("start"))


def _line(start: Node) -> int:
    return start.need("line").integer(0, _LAST)
