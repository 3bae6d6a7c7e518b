"""Reads Clover XML, as OpenClover, PHPUnit and Istanbul write it: statements by line, never the metrics."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from phasemetrics.escaping import visible
from phasemetrics.evidence.model import Fact, Kind, Report
from phasemetrics_collectors._coverage_lines import (
    HITS,
    LINE,
    FileLines,
    differing,
    mismatches,
    totals,
    without_lines,
)
from phasemetrics_collectors._xml import XmlStream
from phasemetrics_collectors._xml_head import first_elements

KIND: Final[Kind] = "coverage"
ROOTS = frozenset({"coverage"})
_MEND = "write it again with the tool that wrote it, such as `phpunit --coverage-clover`"
_PROJECTS = frozenset({"project", "testproject"})


def recognises(head: bytes) -> bool:
    """Return whether `head` begins Clover's XML: its root is `coverage`, as Cobertura's, with a `<project>` in it."""
    elements = first_elements(head)
    if not elements or elements[0].name not in ROOTS:
        return False
    return "clover" in elements[0].attributes or any(element.name in _PROJECTS for element in elements[1:])


def collect(report: Report) -> Iterator[Fact]:
    """Yield one `FileCoverage` for each `<file>`, and a warning where the project's metrics say otherwise.

    Lines of type `stmt` and `cond` count, those of type `method` do not: they are declarations, not statements. A
    line counts once, and is covered if one element says so. OpenClover's `truecount` says how often a condition was
    true; Istanbul's, in files without a `<class>`, how many branches of the line were taken. A file goes by its
    `path`, else by its `name`, behind its package where that is no path. Raises `Refusal`: `bad-count`, `no-lines`
    for metrics without lines, and what `XmlStream.read` raises. Format: OpenClover's clover.xsd.
    """
    reading = _Reading(report)
    reading.read()
    yield from reading.facts()


class _Reading:
    """The files of one report, element by element."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.stream = XmlStream(report, ROOTS, _MEND)
        self.files: dict[str, FileLines] = {}
        self.metrics: list[dict[str, str]] = []
        self.statements: dict[bool, list[int]] = {False: [0, 0], True: [0, 0]}  # by whether it is a condition
        self._package = ""
        self._path: str | None = None
        self._file = FileLines()
        self._conditions: list[tuple[int, int, int]] = []
        self._has_classes = False

    def read(self) -> None:
        starts = {
            "package": self._start_package,
            "file": self._start_file,
            "class": self._start_class,
            "metrics": self._start_metrics,
            "line": self._start_line,
        }
        self.stream.read(starts, {"package": self._end_package, "file": self._end_file})

    def _start_package(self, attributes: dict[str, str]) -> None:
        self._package = attributes.get("name", "")

    def _end_package(self) -> None:
        self._package = ""

    def _start_file(self, attributes: dict[str, str]) -> None:
        path = (attributes.get("path") or attributes.get("name", "")).replace("\\", "/")
        if not path:
            raise self.stream.refusal("bad-xml", "a <file> without a path and a name", _MEND)
        if "/" not in path and self._package not in {"", "default-pkg"}:
            path = f"{self._package.replace('.', '/')}/{path}"
        self._path, self._file, self._conditions, self._has_classes = path, FileLines(), [], False

    def _start_class(self, _attributes: dict[str, str]) -> None:
        self._has_classes = True

    def _end_file(self) -> None:
        if self._path is None:
            return
        by_line: dict[int, list[int]] = {}
        for line, true, false in self._conditions:
            counts = by_line.setdefault(line, [0, 0])
            counts[0] += (true > 0) + (false > 0) if self._has_classes else true
            counts[1] += 2 if self._has_classes else true + false
        for line, (covered, total) in by_line.items():
            self._file.branches(line, total, covered)
        self.files.setdefault(self._path, FileLines()).join(self._file)
        self._path = None

    def _start_metrics(self, attributes: dict[str, str]) -> None:
        if len(self.stream.path) == 3 and self.stream.path[1] in _PROJECTS:
            self.metrics.append(attributes)

    def _start_line(self, attributes: dict[str, str]) -> None:
        kind = attributes.get("type", "stmt")
        if self._path is None or kind == "method":
            return
        number = self.stream.whole_number("num", attributes.get("num", ""), LINE)
        counts = [self._count(name, attributes) for name in ("count", "truecount", "falsecount")]
        if kind == "cond":
            self._conditions.append((number, counts[1], counts[2]))
        # Clover gives a condition no count; Istanbul gives its line one, and counts of branches beside it.
        hit = counts[0] > 0 if "count" in attributes else counts[1] + counts[2] > 0
        self._file.line(number, hit)
        counted = self.statements[kind == "cond"]
        counted[0] += hit
        counted[1] += 1

    def _count(self, name: str, attributes: dict[str, str]) -> int:
        return self.stream.whole_number(name, attributes.get(name, "0"), HITS)

    def facts(self) -> Iterator[Fact]:
        counted = totals(self.files.values())
        if not counted["lines"][1]:
            yield without_lines(self.report, self._claim(), _MEND)
        doubts = list(self._doubts(counted))
        for path in sorted(self.files):
            yield self.files.pop(path).coverage(path, with_branches=bool(counted["branches"][1]))
        yield from mismatches(self.report, doubts)

    def _claim(self) -> str | None:
        said = [one.get("statements", "") for one in self.metrics]
        return next((f'statements="{visible(text)}"' for text in said if text.strip("0")), None)

    def _doubts(self, counted: dict[str, tuple[int, int]]) -> Iterator[str]:
        plain, conditions = self.statements[False], self.statements[True]
        both = plain[0] + conditions[0], plain[1] + conditions[1]
        # Clover counts statements, Istanbul and PHPUnit lines; a condition is a statement in Istanbul's reports only.
        statements = {(plain[0], plain[1]), both, counted["lines"]}
        for name, possible in (("statements", statements), ("conditionals", {counted["branches"]})):
            said = [[one.get(f"covered{name}", ""), one.get(name, "")] for one in self.metrics]
            if not said or not all(HITS.fullmatch(text) for pair in said for text in pair):
                continue
            covered, total = (sum(int(text) for text in texts) for texts in zip(*said, strict=True))
            if (covered, total) not in possible:
                here = counted["lines" if name == "statements" else "branches"]
                yield from differing([(name, str(total), here[1]), (f"covered{name}", str(covered), here[0])])
