"""The reports that commands write in a checkout: where they go, and that they are the commands' own."""

from __future__ import annotations

import glob
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from phasemetrics.errors import Refusal
from phasemetrics.evidence.formats import verdict
from phasemetrics.evidence.model import Kind, Report
from phasemetrics.evidence.reportfiles import find, named_format
from phasemetrics.realpath import lies_inside
from phasemetrics.running.checkouts import Checkout

USUAL: Mapping[Kind, str] = {"junit": "build/junit.xml", "coverage": "build/coverage.json"}


@dataclass(frozen=True, slots=True)
class Results:
    """The reports of a checkout: `globs` name them, `handed` are the places that stand for `{junit}` and its like."""

    globs: dict[Kind, tuple[str, ...]] = field(default_factory=dict)
    handed: dict[Kind, Path] = field(default_factory=dict)


def says_where(command: str) -> bool:
    """Return whether a command is told where reports go."""
    return any(f"{{{kind}}}" in command for kind in USUAL)


def results_of(checkout: Checkout, command: str | None, patterns: Mapping[Kind, Sequence[str]]) -> Results:
    """Return where reports will be: a command that says `{junit}` is told; any other knows where they are read.

    Raises Refusal for a place that leads out of the checkout.
    """
    results = Results()
    for kind, usual in USUAL.items():
        own = patterns.get(kind, ())
        if command is not None and f"{{{kind}}}" in command:
            given = next((one for one in own if _is_plain(named_format(checkout.place.folder, one)[1])), usual)
            results.handed[kind] = _cleared(checkout, named_format(checkout.place.folder, given)[1])
            results.globs[kind] = (given,)
        elif command is not None and own:
            results.globs[kind] = tuple(own)
    return results


def _is_plain(pattern: str) -> bool:
    return not glob.has_magic(pattern) and not PurePosixPath(pattern).is_absolute() and ".." not in pattern


def _cleared(checkout: Checkout, name: str) -> Path:
    """Return the path of a report in the checkout, with nothing there; refuse one that leads out of it."""
    path = checkout.place.folder / name
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        inside = lies_inside(path.parent, checkout.top)
        if inside:
            path.unlink(missing_ok=True)
    except OSError as error:
        message = f"no report can be written there at commit {checkout.revision.sha[:12]}: {error.strerror}"
        raise Refusal("cannot-write", message, path=name, mend="name another place for it") from None
    if not inside:
        raise _leads_out(name)
    return path


def _leads_out(name: str) -> Refusal:
    return Refusal("not-a-file", "leads out of the checkout of the commit", path=name, mend="name another place")


def clock_of(folder: Path) -> int:
    """Return a time (ns) of the file system that all that is written from now on is after."""
    mark = folder / "began"
    mark.touch()
    began = mark.stat().st_mtime_ns
    while mark.stat().st_mtime_ns <= began:  # the clock of files may tick every 4 ms, or every 2 s
        time.sleep(0.002)
        mark.touch()
    return began


def written(
    checkout: Checkout, results: Results, began: int, missing: Callable[[Refusal], Refusal]
) -> dict[Kind, Sequence[Report]]:
    """Return the reports that were written since `began`, with those of the benchmarks.

    Raises Refusal for one that was there before, or lies outside, and what `missing` makes of one that is not there.
    """
    benchmarks = sorted(checkout.folder.glob("bench-*.json"))
    if benchmarks:
        results.globs["bench"] = tuple(map(str, benchmarks))
    found: dict[Kind, Sequence[Report]] = {}
    for kind, patterns in results.globs.items():
        try:
            found[kind] = find(checkout.place.folder, patterns, kind, verdict).reports
        except Refusal as refusal:
            raise (missing(refusal) if refusal.code == "missing-report" else refusal) from None
        for report in found[kind]:
            _require_own(report, kind, checkout, began)
    return found


def _require_own(report: Report, kind: Kind, checkout: Checkout, began: int) -> None:
    if report.path.is_relative_to(checkout.top) and not lies_inside(report.path, checkout.top):
        raise _leads_out(report.name)
    time_ns = report.path.stat().st_mtime_ns
    if time_ns <= began:
        when = datetime.fromtimestamp(time_ns // 10**9, UTC).isoformat().replace("+00:00", "Z")
        message = f"was written {when}, before the commands ran: it is no report of theirs"
        mend = f"let [commands] test write {{{kind}}}, or name a pattern that this file does not match"
        raise Refusal("stale-report", message, path=report.name, mend=mend)
