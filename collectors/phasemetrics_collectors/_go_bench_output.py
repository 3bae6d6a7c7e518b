"""What `go test -bench` prints, line by line."""

from __future__ import annotations

import re
from dataclasses import dataclass

from phasemetrics.escaping import visible
from phasemetrics_collectors._bench import MOST
from phasemetrics_collectors._go_bench_found import Found, Package
from phasemetrics_collectors._go_bench_lines import TIME, Values, result_of, values_of
from phasemetrics_collectors._go_bench_settings import Settings

_BEGINS = re.compile(r"Benchmark(?![a-z])(\S*)(?: *(\t)|\Z)")
_PROCESSORS = re.compile(r"-[0-9]+")
_REPORT = re.compile(r"\s*--- (FAIL|SKIP|BENCH): Benchmark(\S*)")
_SETTING = re.compile(r"([a-z][^\sA-Z:]*):(?:[ \t]+(.*))?")
_DONE = re.compile(r"(ok  |FAIL|\?   )\t(\S+)")


@dataclass(slots=True)
class _Begun:
    """A benchmark that began, or failed.

    `inline` where its numbers are to follow its name, `measured` where they did and were nothing.
    """

    name: str
    inline: bool = False
    measured: bool = False


class Output:
    """One stream that packages print to, one after the other; `path` is that of the only one, where it is known."""

    def __init__(self, found: Found, path: str = "") -> None:
        self._found = found
        self._path = path
        self._settings = Settings(found)
        self._begun: _Begun | None = None
        self._verbose = False
        self._failed: _Begun | None = None
        self._start(path)

    def _start(self, path: str) -> None:
        self._package, self._failed = Package(path), None
        self._found.packages.append(self._package)

    def line(self, text: str) -> None:
        """Take one line; one that is none of Go's is passed over, as golang.org/x/perf/benchfmt does."""
        fields = text.split()
        if result := result_of(text):
            self._result(*result)
        elif begins := _BEGINS.match(text):
            self._begin(begins[1], inline=begins[2] is not None)
            if report := _REPORT.match(text, begins.end()):
                self._report(report[1], report[2])
        elif self._begun and self._begun.inline and TIME in fields[2::2] and (values := values_of(fields)) is not None:
            name, self._begun = self._begun.name, None
            self._result(name, values)  # what the benchmark printed stands between its name and these
        elif report := _REPORT.match(text):
            self._report(report[1], report[2])
        elif setting := _SETTING.fullmatch(text):
            self._set(setting[1], (setting[2] or "").strip())
        elif fields[:1] == ["Unit"]:
            self._found.unit(fields)
        elif text in {"PASS", "FAIL"}:
            self.end()
        elif done := _DONE.match(text):
            self._done(done[1], done[2])

    def end(self) -> None:
        """Note that no benchmark runs any more."""
        if self._begun and not self._begun.measured:
            self._package.unended.append(self._begun.name)
        self._begun = None

    def _begin(self, name: str, *, inline: bool) -> None:
        self._end_of_another(name)
        self._begun, self._failed = _Begun(name, inline), None
        if inline:
            self._package.printed[name] = None
        else:
            self._verbose = True  # so that what a benchmark prints cannot be told from what stands between two

    def _result(self, name: str, values: Values) -> None:
        self._end_of_another(name)
        self._begun, self._failed = None, None
        self._package.printed[name] = None
        for unit, value in values.items():
            if abs(value) > MOST or (unit == TIME and value < 0):
                raise self._found.refusal(f"{value:g} {visible(unit)} cannot be")
        if values:
            self._settings.check(self._package.path, name)
            self._found.keep(self._package, name, values)
            self._found.machines[self._settings.machine()] = None
        else:
            self._begun = _Begun(name, measured=True)  # it left itself, or is about to take the package with it

    def _end_of_another(self, name: str) -> None:
        # `go test -v` prints a name alone, without the number of processors, before it runs what bears the name.
        begun = self._begun
        if begun and (begun.inline or not (name == begun.name or name.startswith(f"{begun.name}-"))):
            self.end()

    def _report(self, word: str, name: str) -> None:
        begun, self._begun = self._begun, None
        if word != "FAIL":
            return
        if self._failed and self._tells_again(name, self._failed):
            self._package.failures[-1], self._failed = name, None
        else:
            self._package.failures.append(name)
            self._failed = _Begun(name, inline=begun is not None and begun.inline)

    @staticmethod
    def _tells_again(name: str, before: _Begun) -> bool:
        """Return whether go tells of a failure again, with the number of processors.

        Of one in the first call of a repetition it does so twice.
        """
        rest = name.removeprefix(before.name)
        return before.inline if not rest else rest != name and _PROCESSORS.fullmatch(rest) is not None

    def _set(self, key: str, value: str) -> None:
        between = self._begun is None or self._begun.measured  # else it is what a benchmark prints
        if key != "pkg":
            self._settings.set(key, value, certain=between and not self._verbose)
        elif between and not self._path:
            if self._package.path not in {"", value}:
                self._start(value)
            self._package.path = value

    def _done(self, word: str, path: str) -> None:
        if word == "FAIL" and self._begun:  # there is no FAIL alone before it: the process ended in a benchmark
            self._package.failures.append(self._begun.name)
            self._begun = None
        self.end()
        self._package.path = self._package.path or path  # what fails at once does so before `pkg:` is printed
        self._start(self._path)
