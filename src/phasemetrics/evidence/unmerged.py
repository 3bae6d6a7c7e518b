"""Counts of coverage that cannot be joined, because a report does not say which lines they are of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from phasemetrics.escaping import visible
from phasemetrics.evidence.model import Warning


class Unmerged:
    """The files whose counts could not be joined, by report and reason; a report may name any number of them."""

    def __init__(self) -> None:
        self._count: Counter[tuple[str, str]] = Counter()
        self._first: dict[tuple[str, str], str] = {}

    def add(self, report: str, path: str, reason: str) -> None:
        """Take note of a file of a report; `path` is empty for the counts of all files."""
        key = report, reason
        self._count[key] += 1
        self._first[key] = min(path, self._first.get(key, path))

    def warnings(self) -> Iterator[Warning]:
        """Yield one warning for each report and reason: it names the first file, and how many there are."""
        for (report, reason), count in self._count.items():
            others = f" (and {count - 1} more files)" if count > 1 else ""
            message = f"{visible(self._first[report, reason]) or 'all files'}{others}: {reason}"
            yield Warning("not-mergeable", report, f"{message}; the larger count is kept")
