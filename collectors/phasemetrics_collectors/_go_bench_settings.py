"""The settings of the Go benchmark format: `goos: linux`, and whatever else a person wrote between two runs."""

from __future__ import annotations

from phasemetrics.escaping import visible
from phasemetrics_collectors._go_bench_found import Found

_MACHINE = ("goos", "goarch", "cpu")
# What go and its runtime say of a run in the same shape.
_NONE = frozenset({"coverage", "go", "panic", "runtime", "signal", "testing"})
_MOST = 100
_MEND = "write each run into a file of its own: what a file holds twice is taken for a repetition"


class Settings:
    """The settings of one stream, and with which of them each of its benchmarks was measured."""

    def __init__(self, found: Found) -> None:
        self._found = found
        self._values: dict[str, str] = {}
        self._values_of: dict[tuple[str, str], dict[str, str]] = {}

    def set(self, key: str, value: str, *, certain: bool) -> None:
        """Take a setting; one that is not `certain`, as a benchmark may have printed it, counts if go prints it."""
        if key in _MACHINE or (certain and key not in _NONE and len(self._values) < _MOST):
            self._values = {**self._values, key: value}

    def machine(self) -> tuple[str, ...]:
        """Return the operating system, the architecture and the processor, empty where they are not known."""
        return tuple(self._values.get(key, "") for key in _MACHINE)

    def check(self, path: str, name: str) -> None:
        """Refuse what was measured before, and not in the same way: it is no repetition."""
        before = self._values_of.setdefault((path, name), self._values)
        for key in sorted({*before, *self._values}) if before is not self._values else ():
            one, other = before.get(key, ""), self._values.get(key, "")
            if one != other and not (key in _MACHINE and "" in {one, other}):  # go prints what it knows
                ways = f'{visible(key)} "{visible(one)}" and with "{visible(other)}"'
                raise self._found.refusal(f"Benchmark{visible(name)} was run with {ways}", mend=_MEND)
