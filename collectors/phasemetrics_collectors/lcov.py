"""Reads LCOV tracefiles, as geninfo, llvm-cov, coverage.py, Istanbul and many others write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from phasemetrics.errors import Refusal
from phasemetrics.escaping import visible
from phasemetrics.evidence.model import Fact, Kind, Report
from phasemetrics_collectors._coverage_lines import (
    HITS,
    LINE,
    FileLines,
    branch_name,
    differing,
    mismatches,
    totals,
    without_lines,
)
from phasemetrics_collectors._text_lines import TextLines, first_line

KIND: Final[Kind] = "coverage"
_MEND = "write it again with the tool that wrote it, such as `coverage lcov`"
_KEY = re.compile(r"[A-Z][A-Z0-9_]{0,15}", re.ASCII)
_TOTALS = ("LF", "LH", "BRF", "BRH")


def recognises(head: bytes) -> bool:
    """Return whether a file that begins with `head` is an LCOV tracefile: its first record is `TN:` or `SF:`."""
    return first_line(head).startswith((b"TN:", b"SF:"))


def collect(report: Report) -> Iterator[Fact]:
    """Yield one `FileCoverage` for each file that is named, and a warning where a record's own totals say otherwise.

    A line counts once, however many records name it, and is covered if one of them says so. Branches are known by
    block and number, so that reports of one program are united exactly. Raises `Refusal`: `bad-record` for a line
    that is no record, stands outside of a file, or is not ended; `bad-count` for a number that is none; `no-lines`
    for totals without lines. Format: geninfo(1), LCOV 1.x and 2.x; records of functions and MC/DC are passed over.
    """
    reading = _Reading(report)
    reading.read()
    yield from reading.facts()


class _Reading:
    """The files of one report, record by record."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.lines = TextLines(report, _MEND)
        self.files: dict[str, FileLines] = {}
        self.doubts: list[str] = []
        self.claims_lines: str | None = None
        self._path: str | None = None
        self._record = FileLines()
        self._said: dict[str, str] = {}
        self._numbers: dict[str, int] = {}  # one int object for each line number, however many files have that line

    def read(self) -> None:
        for text in self.lines:
            key, colon, value = text.partition(":")
            if key == "DA":
                self._line(value)
            elif key == "BRDA":
                self._branch(value)
            elif key == "SF":
                self._start(value)
            elif text.rstrip() == "end_of_record":
                self._end()
            elif key in _TOTALS:
                self._said[key] = value.strip()
            elif text.strip() and not text.startswith("#") and not (colon and _KEY.fullmatch(key)):
                raise self.lines.refusal("bad-record", f'"{visible(text)}" is no LCOV record')
        if self._path is not None:
            raise self.lines.refusal("bad-record", "the report ends inside a record: it was cut off")

    def _start(self, path: str) -> None:
        if self._path is not None:
            raise self.lines.refusal("bad-record", "SF before the record above is ended")
        if not path.strip():
            raise self.lines.refusal("bad-record", "SF names no file", 4)
        self._path = path.strip().replace("\\", "/")
        self._record, self._said = FileLines(), {}

    def _end(self) -> None:
        if self._path is None:
            raise self.lines.refusal("bad-record", "end_of_record where no record begins")
        counted = totals([self._record])
        counts = (counted["lines"][1], counted["lines"][0], counted["branches"][1], counted["branches"][0])
        claims = [(name, self._said.get(name), count) for name, count in zip(_TOTALS, counts, strict=True)]
        # A tool that writes no branches may still say how many there are.
        claims = claims if self._record.named else claims[:2]
        self.doubts += (f"{doubt} (line {self.lines.number})" for doubt in differing(claims))
        if self._said.get("LF", "0").strip("0") and not self._record.lines:
            self.claims_lines = self.claims_lines or f"LF:{visible(self._said['LF'])} (line {self.lines.number})"
        self.files.setdefault(self._path, FileLines()).join(self._record)
        self._path = None

    def _line(self, value: str) -> None:
        line, comma, rest = value.partition(",")
        if self._path is None or not comma:
            raise self._unfit("DA", value)
        hits = rest.partition(",")[0]  # what may follow is a checksum
        number = self._numbers.get(line) or self._number("DA", line, 4)
        self._record.lines.add(number)
        if hits != "0" and (hits == "1" or self._hits(hits, len(line) + 5)):
            self._record.covered.add(number)

    def _hits(self, text: str, column: int) -> int:
        if HITS.fullmatch(text) is None:
            raise self._bad_count("DA", text, column)
        return int(text)

    def _branch(self, value: str) -> None:
        # The name of a branch may be any text, with commas.
        line, _, rest = value.partition(",")
        name, comma, taken = rest.rpartition(",")
        if self._path is None or not comma:
            raise self._unfit("BRDA", value)
        number = self._number("BRDA", line, 6)
        if taken != "-" and HITS.fullmatch(taken) is None:
            raise self._bad_count("BRDA", taken, 6 + len(value) - len(taken))
        self._record.branch(number, branch_name(*name.split(",", 1)), taken != "-" and int(taken) > 0)

    def _number(self, key: str, text: str, column: int) -> int:
        number = self._numbers.get(text)
        if number is None:
            if LINE.fullmatch(text) is None:
                raise self._bad_count(key, text, column)
            number = self._numbers[text] = int(text)
        return number

    def _unfit(self, key: str, value: str) -> Refusal:
        if self._path is None:
            return self.lines.refusal("bad-record", f"{key} where no record begins: SF is missing")
        return self.lines.refusal("bad-record", f'{key} with "{visible(value)}", which has too few fields')

    def _bad_count(self, key: str, text: str, column: int) -> Refusal:
        return self.lines.refusal("bad-count", f'{key} with "{visible(text)}", not a whole number', column)

    def facts(self) -> Iterator[Fact]:
        counted = totals(self.files.values())
        if not counted["lines"][1]:
            yield without_lines(self.report, self.claims_lines, _MEND)
        for path in sorted(self.files):
            yield self.files.pop(path).coverage(path, with_branches=bool(counted["branches"][1]))
        yield from mismatches(self.report, self.doubts, "the records say")
