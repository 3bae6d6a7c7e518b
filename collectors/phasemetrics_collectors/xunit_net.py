"""Reads xUnit.net XML, as `dotnet test --logger xunit` and the console runner of xUnit.net write it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from phasemetrics.escaping import visible
from phasemetrics.evidence.model import Fact, Kind, Outcome, Report, Warning
from phasemetrics_collectors._cases import Case, Cases, more
from phasemetrics_collectors._xml import XmlStream, begins

KIND: Final[Kind] = "junit"
ROOTS = frozenset({"assemblies", "assembly"})
MEND = "name a report that `dotnet test --logger xunit` wrote"
_RESULTS: dict[str, Outcome] = {"Pass": "passed", "Fail": "failed", "Skip": "skipped", "NotRun": "skipped"}
_STATED = {"total": None, "passed": "Pass", "failed": "Fail", "skipped": "Skip"}


def recognises(head: bytes) -> bool:
    """Return whether `head` begins an XML file whose root is `assemblies` or `assembly`."""
    return begins(head, ROOTS)


def collect(report: Report) -> Iterator[Fact]:
    """Yield what one report adds up to: `tests`, `tests.duration`, and warnings.

    Every `<test>` counts once. Skip and NotRun are skipped; an `<error>` of an assembly (a fixture that failed to clean
    up) is no case, and is said in a warning. xUnit.net knows no source files: the class of a test stands for its file;
    its traits are markers. Seconds. Raises `Refusal` (see `XmlStream.read`). Format: xUnit.net v2 XML, also v1's
    `<assembly>` at the root.
    """
    reading = _Reading(report)
    reading.read()
    yield from reading.facts()


class _Reading:
    """What one report adds up to, element by element."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.cases = Cases(report)
        self.unknown: list[str] = []
        self.mismatches: list[str] = []
        self.errors = 0
        self._counted: Counter[str] = Counter()  # of the assembly that is open
        self._assembly: dict[str, str] = {}
        self._test: dict[str, str] = {}
        self._traits: list[str] = []

    def read(self) -> None:
        starts = {"assembly": self._start_assembly, "test": self._start, "trait": self._trait, "error": self._error}
        XmlStream(self.report, ROOTS, MEND).read(starts, {"assembly": self._end_assembly, "test": self._end})

    def _start_assembly(self, attributes: dict[str, str]) -> None:
        self._assembly, self._counted = attributes, Counter()

    def _start(self, attributes: dict[str, str]) -> None:
        self._test, self._traits = attributes, []

    def _trait(self, attributes: dict[str, str]) -> None:
        self._traits += [attributes.get("value", ""), attributes.get("name", "")]

    def _error(self, _attributes: dict[str, str]) -> None:
        self.errors += 1

    def _end(self) -> None:
        get = self._test.get
        said, name, class_ = get("result", ""), get("name", ""), get("type", "")
        if said not in _RESULTS:
            self.unknown.append(said)
        self._counted[said] += 1
        method = name.removeprefix(f"{class_}.")
        self.cases.add(Case(method, class_, class_, self._traits), _RESULTS.get(said, "skipped"))
        self.cases.compare(name, (class_, name))
        self.cases.took(name, _seconds(get("time", "")), f'time="{visible(get("time", ""))}"')

    def _end_assembly(self) -> None:
        for name, result in _STATED.items():
            text = self._assembly.get(name)
            counted = self._counted[result] if result else self._counted.total()
            if text is not None and text.strip() != str(counted):
                self.mismatches.append(f'{name}="{visible(text)}" where {counted} were counted')

    def facts(self) -> Iterator[Fact]:
        yield from self.cases.facts()
        for code, message in self._warnings():
            yield Warning(code, self.report.name, message)

    def _warnings(self) -> Iterator[tuple[str, str]]:
        if self.mismatches:
            yield "attribute-mismatch", f"<assembly> says {', '.join(self.mismatches)}; the tests were counted"
        if self.errors:
            yield "assembly-error", f"{self.errors} failures outside of all tests: a fixture, a class, a clean-up"
        if self.unknown:
            first = f'result="{visible(self.unknown[0])}"{more(len(self.unknown))}'
            yield "unknown-status", f"{first}, which xUnit.net does not have; counted as skipped"


def _seconds(text: str) -> float | None:
    """Return a time in seconds, None where there is none, and -1 for what is no time."""
    if not text:
        return None
    try:
        return float(text) if "n" not in text.lower() else -1.0  # neither nan nor infinity
    except ValueError:
        return -1.0
