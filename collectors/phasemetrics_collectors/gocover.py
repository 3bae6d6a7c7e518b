"""Reads the cover profiles of `go test -coverprofile`: statements are counted, as Go counts them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, TypeAlias

from phasemetrics.escaping import visible
from phasemetrics.evidence.model import Fact, FileCoverage, Kind, Report
from phasemetrics_collectors._coverage_lines import without_lines
from phasemetrics_collectors._text_lines import TextLines, first_line

KIND: Final[Kind] = "coverage"
STATEMENT_LIMIT = 3_000_000  # of one report: a hostile block could say that it holds any number of them
_MEND = "write it again with `go test -coverprofile`"
_MODE = re.compile(r"mode: (set|count|atomic)")
_BLOCK = re.compile(r"(.+):(\d{1,9})\.(\d{1,9}),(\d{1,9})\.(\d{1,9}) (\d{1,9}) (\d{1,20})", re.ASCII)
_Place: TypeAlias = tuple[int, int, int, int]


def recognises(head: bytes) -> bool:
    """Return whether a file that begins with `head` is a cover profile: its first line says the mode."""
    return first_line(head).startswith(b"mode: ")


def collect(report: Report) -> Iterator[Fact]:
    """Yield one `FileCoverage` for each file: every statement with a number of its own, larger than any line.

    A profile says which block of a file ran, and how many statements are in it, not on which lines they stand. The
    numbers are made from the place of the block, so that the profiles of several runs are united exactly, and two
    profiles in one file count once. Raises `Refusal`: `bad-record` for a line that is no block, `bad-count` for a
    block that is said to hold different numbers of statements. Format: cmd/cover, modes set, count and atomic.
    """
    reading = _Reading(report)
    reading.read()
    yield from reading.facts()


class _Reading:
    """The blocks of each file of one profile: how many statements each holds, and which of them ran."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.lines = TextLines(report, _MEND)
        self.files: dict[str, dict[_Place, tuple[int, bool]]] = {}
        self._statements = 0

    def read(self) -> None:
        for text in self.lines:
            block = _BLOCK.fullmatch(text)
            if block is not None:
                self._block(block)
            elif text.strip() and _MODE.fullmatch(text.rstrip()) is None:
                raise self.lines.refusal("bad-record", f'"{visible(text)}" is no block of a cover profile')

    def _block(self, block: re.Match[str]) -> None:
        place = int(block[2]), int(block[3]), int(block[4]), int(block[5])
        statements, ran = int(block[6]), int(block[7]) > 0
        if place[2:] < place[:2]:
            raise self.lines.refusal("bad-record", "a block that ends before it begins", block.start(4) + 1)
        blocks = self.files.setdefault(block[1].replace("\\", "/"), {})
        known = blocks.get(place)
        if known is None:
            self._statements += statements
        elif known[0] != statements:
            message = f"a block of {statements} statements that had {known[0]} before"
            raise self.lines.refusal("bad-count", message, block.start(6) + 1)
        if self._statements > STATEMENT_LIMIT:
            raise self.lines.refusal("bad-count", f"more than {STATEMENT_LIMIT} statements", block.start(6) + 1)
        blocks[place] = statements, ran or (known is not None and known[1])

    def facts(self) -> Iterator[Fact]:
        if not self._statements:
            yield without_lines(self.report, None, _MEND)
        for path in sorted(self.files):
            blocks = self.files.pop(path)
            covered = {number for place, (count, ran) in blocks.items() if ran for number in _numbers(place, count)}
            missing = {number for place, (count, ran) in blocks.items() if not ran for number in _numbers(place, count)}
            yield FileCoverage(path, frozenset(covered), frozenset(missing))


def _numbers(place: _Place, count: int) -> Iterator[int]:
    number = 1  # above all lines, whatever follows
    for part in (*place, 0):
        number = number << 30 | part
    return iter(range(number, number + count))
