"""Reads SimpleCov's `.resultset.json`, the result that it keeps of each test command."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from phasemetrics.evidence.model import Fact, Kind, Report
from phasemetrics.limits import limits, raising
from phasemetrics_collectors._coverage_lines import FileLines, branch_name, totals, without_lines
from phasemetrics_collectors._json import read
from phasemetrics_collectors._json_node import Node, spelled

KIND: Final[Kind] = "coverage"
_MEND = "run the tests with SimpleCov again and give coverage/.resultset.json"
_HITS = 2**64
# {"RSpec": {"coverage": {
_BEGINNING = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"(?:[^"\\]|\\.)*"\s*:\s*\{\s*"coverage"\s*:\s*\{')
_CONDITION = re.compile(r'\[:(?:\w{1,30}|"[^"]{1,9}"), \d{1,9}, (\d{1,9}), \d{1,9}, \d{1,9}, \d{1,9}\]', re.ASCII)


def recognises(head: bytes) -> bool:
    """Return whether `head` begins a JSON object whose first member begins with an object `coverage`."""
    return _BEGINNING.match(head) is not None


def collect(report: Report) -> Iterator[Fact]:
    """Yield one `FileCoverage` for each file, over all commands of the report.

    A line is covered if any command ran it. Where one command has a line with 0 hits and another says that it is no
    code at all, it does not count: the first merely guessed, for a file that it never loaded. `# :nocov:` stands in
    the sources only, so that such lines count. Raises `Refusal` with the JSON path for what cannot be. Format:
    SimpleCov 0.11 to 0.22; before 0.18 a file was a bare list of lines.
    """
    files: dict[str, FileLines] = {}
    no_code: dict[str, set[int]] = {}
    longest: dict[str, int] = {}
    lines = 0
    for _, command in read(report, _MEND).members():
        for path, node in command.need("coverage").members():
            name = spelled(path).replace("\\", "/")
            length, before = _length(node), longest.get(name, 0)
            lines += max(0, length - before)  # those of a file are kept once, however many commands ran it
            longest[name] = max(length, before)
            if lines > limits().elements:  # two bytes of a report are a line, and each takes a hundred to be kept
                message = f"brings the report to more than {limits().elements} lines, the limit"
                raise replace(node, mend=raising("elements")).refuse(message)
            no_code.setdefault(name, set()).update(_file(node, files.setdefault(name, FileLines())))
    for name, file in files.items():
        file.lines -= no_code[name] - file.covered
    counted = totals(files.values())
    if not counted["lines"][1]:
        yield without_lines(report, None, _MEND)
    for name in sorted(files):
        yield files.pop(name).coverage(name, with_branches=bool(counted["branches"][1]))


def _length(node: Node) -> int:
    listed = node.value.get("lines") if isinstance(node.value, dict) else node.value
    return len(listed) if isinstance(listed, list) else 0


def _file(node: Node, found: FileLines) -> Iterator[int]:
    """Take in one file of one command, and yield the lines that are no code in it."""
    is_list = isinstance(node.value, list)
    for number, hits in enumerate((node if is_list else node.need("lines")).items(), start=1):
        if hits.value is None:
            yield number
        else:
            found.line(number, hits.integer(0, _HITS) > 0)
    branches = None if is_list else node.find("branches")
    for condition, ways in branches.members() if branches is not None else ():
        place = _CONDITION.fullmatch(condition)
        if place is None:
            raise ways.refuse("has a key that is no place of a condition, such as [:if, 0, 3, 4, 8, 7]")
        for way, hits in ways.members():
            found.branch(int(place[1]), branch_name(condition, way), hits.integer(0, _HITS) > 0)
