"""Reads what `go test -bench` prints, as text and as the events of `go test -json`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from phasemetrics.escaping import visible
from phasemetrics.evidence.model import Fact, Kind, Measurement, Report, Warning
from phasemetrics.unitnames import Direction
from phasemetrics_collectors._bench import Benchmark, in_base, machine, no_benchmarks, run_of
from phasemetrics_collectors._bench_measure import measure_name
from phasemetrics_collectors._cases import more
from phasemetrics_collectors._go_bench_found import Found
from phasemetrics_collectors._go_bench_lines import TIME, as_printed, result_of
from phasemetrics_collectors._go_bench_names import Repeated, named, unended
from phasemetrics_collectors._go_bench_output import Output
from phasemetrics_collectors._go_events import event_of, is_event
from phasemetrics_collectors._json_node import Node, spelled
from phasemetrics_collectors._report_lines import first_lines, lines

KIND: Final[Kind] = "bench"
_MEND = "write it again with `go test -json -bench=. ./... > FILE`"
_TEXT = re.compile(r"(?m)^(?:goos: \S+\r?\ngoarch: |--- (?:FAIL|BENCH): Benchmark)")
_EVENT = re.compile(
    r'"Output"\s*:\s*"(?:goos: |--- (?:FAIL|BENCH): Benchmark|Benchmark(?![a-z])[^\s"\\]* *(?:\\t|\\n))'
)


def recognises(head: bytes) -> bool:
    """Return whether one of the first lines is the result or the failure of a benchmark, or the header of some."""
    first = first_lines(head)
    return _TEXT.search("\n".join(first)) is not None or any(_begins(line) for line in first)


def _begins(line: str) -> bool:
    return _EVENT.search(line) is not None if is_event(line) else result_of(line) is not None


def collect(report: Report) -> Iterator[Fact]:
    """Yield the `Machine` and, for each benchmark, its `Options` and `bench.NAME.STAT`.

    NAME is without `Benchmark` and without the number of processors, which is the option `gomaxprocs`; a number that
    not all names of a package end in stays. The import path and a dot stand before a name of several packages. Each
    line is a repetition: its time (second), and every other measure under its unit, in the base unit of that if it has
    one. What is not finite, or of 0 iterations, is no measure. A failure counts, and so does a benchmark that took its
    package with it. `run` is the time of the first event, empty in text.
    Raises `Refusal` with line and column for a value that cannot be, and for what begins like an event and is none;
    `Warning` `cut-off` for what began and has no numbers. Format: golang/proposal 14313 and test2json, Go 1.10 to 1.25.
    """
    reading = _Reading(report)
    for number, line, whole in lines(report):
        reading.line(number, line, whole)
    yield from reading.facts()


class _Reading:
    """What one report says, line by line."""

    def __init__(self, report: Report) -> None:
        self.found = Found(report)
        self.text = Output(self.found)
        self.packages: dict[str, Output] = {}
        self.waiting: dict[str, list[str]] = {}  # what a package has printed of a line
        self.run = ""

    def line(self, number: int, line: str, whole: bool) -> None:
        """Take one line; where there are events, everything else is what the build printed."""
        self.found.number = number
        if is_event(line) or (self.packages and line.lstrip().startswith("{")):
            self._event(event_of(self.found.report, number, line, whole))
        elif whole and not self.packages:
            self.text.line(line)

    def _event(self, event: dict[str, Any]) -> None:
        if "ImportPath" in event:
            return
        path, printed = event.get("Package", ""), spelled(event.get("Output", ""))
        if "Time" in event and not self.run:
            self.run = run_of(Node(event["Time"], self.found.report.name, _MEND, ("Time", None)))
        if path not in self.packages:
            self.packages[path], self.waiting[path] = Output(self.found, path), []
        self.waiting[path].append(printed)
        if "\n" in printed:
            *whole, rest = "".join(self.waiting[path]).split("\n")
            self.waiting[path] = [rest]
            for line in whole:
                self.packages[path].line(line)

    def facts(self) -> Iterator[Fact]:
        """Yield what all lines add up to."""
        for path, output in self.packages.items():
            output.line("".join(self.waiting[path]))
            output.end()
        self.text.end()
        for goos, goarch, cpu in self.found.machines:
            if goos or goarch or cpu:
                yield machine(os=goos, arch=goarch, cpu=cpu)
        yield from self._benchmarks()
        names = list(unended(self.found.packages))
        if names:
            message = f"{visible(names[0])} began, and no numbers of it follow{more(len(names))}"
            yield Warning("cut-off", self.found.report.name, f"{message}: it was stopped, or prints into its own line")

    def _benchmarks(self) -> Iterator[Fact]:
        seen: set[str] = set()
        for name, repeated in named(self.found.packages):
            if name in seen:
                raise self.found.refusal(f"{visible(name)} is what two benchmarks are called, but for folders")
            seen.add(name)
            benchmark = Benchmark(name, self.run)
            yield benchmark.options({"gomaxprocs": repeated.gomaxprocs})
            yield from _measurements(benchmark, repeated, self.found.better)
        if not seen:
            yield no_benchmarks(self.found.report)


def _measurements(benchmark: Benchmark, repeated: Repeated, better: dict[str, Direction]) -> Iterator[Measurement]:
    yield from benchmark.outcomes(repeated.failed, repeated.failed + len(repeated.results))
    times = [[in_base(values[TIME], TIME)[0]] for values in repeated.results if TIME in values]
    if times:
        yield from benchmark.repetitions(times, better=better.get(TIME))
    for values in repeated.results:
        for unit, value in values.items():
            if unit != TIME:
                yield benchmark.measured(measure_name(unit), *in_base(value, unit), better.get(as_printed(unit)))
