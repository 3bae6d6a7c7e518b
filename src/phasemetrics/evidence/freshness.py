"""Whether reports are older than the sources that they describe."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from math import inf
from pathlib import Path

from phasemetrics.errors import Refusal
from phasemetrics.escaping import visible
from phasemetrics.evidence.model import Revision, Snapshot, Warning
from phasemetrics.evidence.paths import OWN_FOLDER, path_class

_SLACK = 2  # seconds: what file systems and archives round times to
_SOURCES = frozenset({"implementation", "tests"})


def checked(
    snapshot: Snapshot,
    root: Path,
    tracked: Callable[[], Iterable[str]],
    changed: Callable[[], Collection[str]],
    allowed: bool,
) -> Snapshot:
    """Return a snapshot of the work tree at `root`, with a warning for each report that is older than a source.

    A source is a tracked file of code or tests. One that differs from the commit is as old as it lies on the disk. Any
    other has been there since it was written or since it was committed, whichever was first: a checkout makes all files
    new, and a commit all that was tested before it. `tracked` are the files of the commit, `changed` those that differ
    from it; both are only called when they are needed. Raises Refusal unless stale reports are `allowed`. A report that
    is older than the commit and all of its files, sources or not, gets a warning in any case.
    """
    written = {source.path: _seconds(source.modified) for source in snapshot.sources}
    if not written or snapshot.revision is None:
        return snapshot
    newer, oldest = _newer(root, tracked(), min(written.values()) + _SLACK, written)
    doubts = list(_stale(written, newer, snapshot.revision, changed)) if newer else []
    if doubts and not allowed:
        mend = "run the tests again, or let it count with --allow-stale"
        raise Refusal(doubts[0].code, doubts[0].message, path=doubts[0].path, mend=mend)
    doubts += _older_than_all(written, oldest, snapshot.revision, {one.path for one in doubts})
    return replace(snapshot, warnings=(*snapshot.warnings, *doubts))


def _newer(root: Path, paths: Iterable[str], since: float, reports: Collection[str]) -> tuple[dict[str, float], float]:
    """Return the sources that were written after a time, with their own, and the time of the oldest tracked file."""
    newer, oldest = {}, inf
    for path in paths:
        try:
            found = os.lstat(root / path)
        except (OSError, ValueError):
            continue  # it was deleted, or cannot lie on this disk
        # a submodule is a directory
        if stat.S_ISDIR(found.st_mode) or path in reports or path.startswith(OWN_FOLDER):
            continue
        oldest = min(oldest, found.st_mtime)
        if found.st_mtime > since and path_class(path) in _SOURCES:
            newer[path] = found.st_mtime
    return newer, oldest


def _older_than_all(
    written: Mapping[str, float], oldest: float, revision: Revision, doubted: Collection[str]
) -> Iterator[Warning]:
    """Yield a warning for each report that was there before any file of the commit: it may be of something else."""
    since = min(oldest, _seconds(revision.date))
    for report, time in sorted(written.items()):
        if oldest != inf and since > time + _SLACK and report not in doubted:
            message = f"was written {_date(time)}, before the commit and every file of it ({_date(since)})"
            yield Warning("old-report", report, message)


def _stale(
    written: Mapping[str, float], newer: Mapping[str, float], revision: Revision, changed: Callable[[], Collection[str]]
) -> Iterator[Warning]:
    committed = _seconds(revision.date)
    differing = {path: newer[path] for path in changed() if path in newer} if revision.dirty else {}
    for report, time in sorted(written.items()):
        # What the commit holds is no older than the commit; what differs from it may be younger still.
        suspects = newer if committed > time else differing
        late = {path: when for path, when in suspects.items() if when > time + _SLACK}
        if late:
            path = max(late, key=lambda one: (late[one], one))
            message = f"was written {_date(time)}, before {visible(path)} was changed ({_date(late[path])})"
            yield Warning("stale-report", report, message)


def _seconds(date: str) -> float:
    return datetime.fromisoformat(date).timestamp()


def _date(seconds: float) -> str:
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
