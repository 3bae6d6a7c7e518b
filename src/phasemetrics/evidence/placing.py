"""Turns the paths that reports give into the repository's own."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from phasemetrics.escaping import visible
from phasemetrics.evidence.model import Fact, FileCoverage, Measurement, Warning
from phasemetrics.evidence.paths import is_absolute, repository_path
from phasemetrics.evidence.treepaths import JOINT, TreePaths


@dataclass(frozen=True, slots=True)
class Places:
    """What the files of reports are called in the repository: no place on a machine gets into a snapshot.

    A measured file that is not where its report says is looked for in the `tree` of the commit, which is not asked
    for before that. Both of its names are kept here, for as long as reports are read.
    """

    root: Path
    tree: Callable[[], TreePaths]
    moved: dict[str, str] = field(default_factory=dict)
    measured: dict[str, tuple[str, bool]] = field(default_factory=dict)  # by spelled path; whether several fit
    spelled: dict[tuple[str, str], str] = field(default_factory=dict)  # by report and own path
    unclear: dict[str, set[str]] = field(default_factory=dict)  # by report, what fits several files

    def fact(self, fact: Fact, report: str) -> Fact:
        """Return a fact of a report with its path as the repository calls it."""
        if isinstance(fact, FileCoverage):
            return replace(fact, path=self._measured(fact.path, report))
        path = fact.labels.get("path") if isinstance(fact, Measurement) else None
        if not path or not isinstance(fact, Measurement):
            return fact
        own = self._measured(path, report) if fact.name.startswith("coverage.") else self.path(path)
        return replace(fact, labels={**fact.labels, "path": own})

    def path(self, path: str) -> str:
        """Return what the file of a test case is called in the repository."""
        if path not in self.moved:
            self.moved[path] = repository_path(path, self.root)
        return self.moved[path]

    def _measured(self, path: str, report: str) -> str:
        if path not in self.measured:
            self.measured[path] = self._found(path)
        own, unclear = self.measured[path]
        # Two files that a report tells from each other are two, whatever the tree looks like.
        other = self.spelled.setdefault((report, own), path)
        if not _same(path, other):
            own, unclear = self._unresolved(path), True
        if unclear:
            self.unclear.setdefault(report, set()).add(own)
        self.moved[path] = own
        return own

    def _found(self, path: str) -> tuple[str, bool]:
        own = repository_path(path, self.root)
        if os.path.isfile(f"{self.root}/{own}"):  # noqa: PTH113 - Path.is_file can raise for such names
            return own, False
        inside = not is_absolute(path) or path.endswith(f"/{own}")
        fitting = self.tree().find(own if inside and JOINT not in path else path)
        return (fitting[0], False) if len(fitting) == 1 else (self._unresolved(path), len(fitting) > 1)

    def _unresolved(self, path: str) -> str:
        own = repository_path(path, self.root)
        _, joint, rest = path.partition(JOINT)
        inside = is_absolute(path) and posixpath.normpath(path).endswith(f"/{own}")
        return own if inside or not joint else repository_path(rest, self.root)

    def doubts(self) -> list[Warning]:
        """Return which files of which report fit several files of the repository."""
        found = []
        for report, paths in self.unclear.items():
            others = f" (and {len(paths) - 1} more)" if len(paths) > 1 else ""
            message = f"{visible(min(paths))}{others} may be any of several files, and keeps the name that it has there"
            found.append(Warning("ambiguous-path", report, message))
        return found

    def warning(self, warning: Warning) -> Warning:
        """Return a warning that calls the files of its report as `fact` does."""
        message = warning.message
        for path, own in self.moved.items():
            if is_absolute(path):
                message = message.replace(path, own)
        return replace(warning, message=message.replace(f"{self.root}/", ""))


def _same(one: str, other: str) -> bool:
    """Return whether two spelled paths may mean one file: one of them only says more of where it lies."""
    one, other = (f"/{posixpath.normpath(path).lstrip('/')}" for path in (one, other))
    return one.endswith(other) or other.endswith(one)
