"""The names of the configured metrics, found where a number can be labelled with them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from phasemetrics.claims.phrasebook import Phrasebook
from phasemetrics.claims.quantities import base_unit
from phasemetrics.document.folding import fold, heading_key
from phasemetrics.settings import MetricTable

# What a metric can be measured in, by the beginning of its source; what is not here can be anything.
_UNITS = {
    "tests.duration": "second", "tests.wall": "second", "tests.": "count", "coverage.": "ratio", "files.": "count",
    "lines.": "count", "bench.": "second byte per_second",
}  # fmt: skip
_COUNTS = {"rounds", "iterations"}  # of a benchmark
_SHARED = ("tests.", "coverage.", "files.", "lines.")  # every part of a project has these of its own
# Words that narrow no number that was timed, beside those of the phrasebook.
_PLAIN = {
    "performance", "benchmark", "benchmarks", "speed", "time", "times", "timing", "timings", "duration", "runtime",
    "measured", "measurement", "measurements", "comparison", "met", "ok", "fast", "improvements", "improvement",
}  # fmt: skip
_UNIT = r"(?:_? ?\((?P<unit>[^()\s]{1,8})\))?"
_AROUND = r"(?:[^\w(]|_)*"


@dataclass(frozen=True, slots=True)
class Named:
    """A configured metric as documents speak of it.

    `plain` are the words that do not narrow its numbers, `units` the base units that it can be measured in, None where
    nobody knows. `unmistakable`: its name means it under any heading; `Coverage` under `Parser` may be the parser's.
    """

    name: str
    plain: frozenset[str]
    units: frozenset[str] | None
    unmistakable: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A name that stands between two offsets of a line, with the unit in brackets behind it."""

    named: Named
    start: int
    end: int
    unit: str


class MetricNames:
    """Finds the names and aliases of metrics as people compare them: case, blanks, emphasis and code do not count.

    A name that several metrics have means none of them, unless it is the first name of one.
    """

    def __init__(self, metrics: Sequence[MetricTable], book: Phrasebook) -> None:
        spelled: dict[str, set[str]] = {}
        for one in metrics:
            for alias in one.aliases:
                spelled.setdefault(_folded(alias), set()).add(one.name)
        firsts: dict[str, set[str]] = {}
        for one in metrics:
            firsts.setdefault(_folded(one.name), set()).add(one.name)
        known = {one.name: _named(one, book) for one in metrics}
        usable = {text: next(iter(names)) for text, names in {**spelled, **firsts}.items() if text and len(names) == 1}
        twice = {one.name for one in metrics if sum(one.name == other.name for other in metrics) > 1}
        self._by_text = {text: known[name] for text, name in usable.items() if name not in twice}
        self.all = frozenset(self._by_text.values())
        names = "|".join(re.escape(one) for one in sorted(self._by_text, key=len, reverse=True)) or "(?!)"
        self._in_text = re.compile(rf"(?<![^\W_])(?<![^\W_]_)(?P<name>{names})(?!_?[^\W_]){_UNIT}")
        self._label = re.compile(rf"{_AROUND}(?P<name>{names})(?!_?[^\W_]){_AROUND}{_UNIT}{_AROUND}")

    def within(self, raw: str) -> Iterator[Found]:
        """Yield the names in a line, from left to right."""
        text = fold(_undressed(raw))
        for match in self._in_text.finditer(text.text):
            unit = match["unit"] or ""
            end = match.end() if unit and base_unit(unit) else match.end("name")
            named = self._by_text[match["name"]]
            yield Found(named, text.offsets[match.start()], text.end_of(end), unit if end == match.end() else "")

    def label(self, cell: str) -> Found | None:
        """Return the name that the label of a row is, all of it."""
        match = self._label.fullmatch(_folded(cell))
        if match is None or (match["unit"] and not base_unit(match["unit"])):
            return None
        return Found(self._by_text[match["name"]], 0, len(cell), match["unit"] or "")


def _named(metric: MetricTable, book: Phrasebook) -> Named:
    source = metric.source
    stat = source.rpartition(".")[2]
    measured = next((one for prefix, one in _UNITS.items() if source.startswith(prefix)), "")
    units = "count" if source.startswith("bench.") and stat in _COUNTS else measured
    words = heading_key(metric.name).replace("_", " ").split()
    unmistakable = not source.startswith(_SHARED) and len(words) > 1 and not all(map(book.knows, words))
    return Named(metric.name, frozenset({*words, stat, *_PLAIN}), frozenset(units.split()) or None, unmistakable)


def _undressed(text: str) -> str:
    return text.replace("`", "*")  # which folding leaves out, and which keeps every offset


def _folded(text: str) -> str:
    return fold(_undressed(text)).text.strip()
