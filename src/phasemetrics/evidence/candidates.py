"""Which metrics a row of a document may be about, by its name: a suggestion for a person, never more."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence

from phasemetrics.evidence.verdict import is_benchmark, statistic
from phasemetrics.statnames import is_statistic, stated

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
# They stand in most names, and tell none from another.
_COMMON = frozenset({"test", "tests", "bench", "benchmark", "bm", "the", "of", "a", "time", "http", "py"})
_ENOUGH = 0.34  # of the likeness of two names: a third of their words in common


def candidates(row: str, metrics: Iterable[str], most: int = 3) -> list[str]:
    """Return the metrics that are most like the name of a row, best first; none where nothing is like it.

    Of a benchmark the statistic that the row states in brackets is taken, else its median.
    """
    wanted, stats = _words(row), set(stated(row)) or {"median"}
    scored = [(_likeness(wanted, name), name) for name in metrics if _is_asked_for(name, stats)]
    found = sorted((one for one in scored if one[0] >= _ENOUGH), key=lambda one: (-one[0], one[1]))
    return [name for _, name in found[:most]]


def _is_asked_for(name: str, stats: set[str]) -> bool:
    return not is_benchmark(name) or not is_statistic(statistic(name)) or statistic(name) in stats


def _likeness(wanted: Sequence[str], name: str) -> float:
    own = _words(name.removeprefix("bench."))
    if not wanted or not own:
        return 0.0
    shared = sum(max(_same(one, other) for other in own) for one in wanted)
    return shared / (len(wanted) + len(own) - min(shared, len(own)))


def _same(one: str, other: str) -> float:
    """Return how much two words are one: `req` and `request`, `parse` and `parser` more than half."""
    if one == other:
        return 1.0
    short, long = sorted((one, other), key=len)
    if len(short) < 3:
        return 0.0
    close = difflib.SequenceMatcher(None, one, other).ratio()
    return max(close if close >= 0.75 else 0.0, 0.75 if long.startswith(short) else 0.0)


def _words(name: str) -> list[str]:
    bare = re.sub(r"\([^()]*\)", " ", name)
    words = [word.lower() for word in _WORD.findall(bare)]
    return [word for word in words if word not in _COMMON and not is_statistic(word)] or words
