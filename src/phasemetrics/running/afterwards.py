"""Measures a commit afterwards, in a checkout of its own, and proves that it was the code of that commit."""

from __future__ import annotations

import glob
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import Any

from phasemetrics.config import Project
from phasemetrics.errors import Refusal, UsageError
from phasemetrics.evidence.collecting import Evidence
from phasemetrics.evidence.formats import PACKAGE, verdict
from phasemetrics.evidence.lateness import LATER
from phasemetrics.evidence.measuring import measure
from phasemetrics.evidence.model import Kind, Report, Snapshot, Warning
from phasemetrics.evidence.reportfiles import find, named_format
from phasemetrics.running.checkouts import Checkout, lay_out, room
from phasemetrics.running.commands import Ended, attempt, failed, require_command, run
from phasemetrics.running.proof import require_own_code
from phasemetrics.running.thismachine import this_machine
from phasemetrics.settings import CommandsTable

Say = Callable[[str], None]
_PLACES: dict[Kind, str] = {"junit": "build/junit.xml", "coverage": "build/coverage.json"}


@dataclass(frozen=True, slots=True)
class _Results:
    """The reports of a checkout: `globs` name them, `handed` are the places that stand for `{junit}` and its like."""

    globs: dict[Kind, tuple[str, ...]]
    handed: dict[str, Path]


def measure_at(project: Project, ref: str, evidence: Evidence, runs: int, say: Say) -> Snapshot:
    """Measure the commit that `ref` names with the configured commands, as they are configured now.

    `evidence` says what is counted, and what the diff starts from; its reports are those that the commands write, and
    that lie in the checkout of the commit. The benchmarks run `runs` times. Raises UsageError where nothing is
    configured to run, Refusal where it fails, where it is not proven that the code of that commit ran, and where a
    report is older than the run.
    """
    commands = project.config.commands
    _require_results(commands, evidence)
    git: Any = import_module(f"{PACKAGE}.git")
    with room() as folder, git.open_repository(project.root) as repository:
        revision = replace(git.revision(repository, ref), dirty=False)  # the work tree has no part in it
        base = None if evidence.base is None else git.revision(repository, evidence.base).sha
        say(f"laying out {revision.sha[:12]} of {revision.date[:10]}")
        checkout = lay_out(repository, revision, project.root, folder / "then")
        results = _results(checkout, commands, evidence)
        own = replace(evidence, root=checkout.place.folder, base=base, head="HEAD", machine=this_machine(), ran=True)
        if commands.setup is not None:
            say(f"setup: {commands.setup}")
            run(require_command(commands.setup, "setup"), checkout.place, {})
        began = _now(checkout.folder)
        ended = _test(commands.test, checkout, results, say)
        for number in range(1, runs + 1) if commands.bench else ():
            command = require_command(commands.bench, "bench")
            say(f"bench, run {number} of {runs}: {command}")
            run(command, checkout.place, {"bench": checkout.result(number)})
        reports = _written(checkout, results, began, commands.test, ended)
        require_own_code(checkout, reports)
        snapshot = measure(replace(own, globs=results.globs)).snapshot
    if commands.test is not None and ended.status != 0:
        snapshot = _with_failure(snapshot, commands.test, ended)
    return _marked(snapshot)


def _require_results(commands: CommandsTable, evidence: Evidence) -> None:
    """Refuse before anything runs what cannot come to any number."""
    if commands.test is None and commands.bench is None:
        require_command(None, "test")
    for key, command in (("test", commands.test), ("bench", commands.bench)):
        if command is not None:
            require_command(command, key)
    patterns = any(evidence.globs.get(kind) for kind in _PLACES)
    if commands.test is not None and not patterns and not any(f"{{{kind}}}" in commands.test for kind in _PLACES):
        mend = "say {junit} and {coverage} in it, or configure junit and coverage: where it writes its reports"
        raise UsageError("no-command", "[commands] test does not say where its reports go", mend=mend)


def _results(checkout: Checkout, commands: CommandsTable, evidence: Evidence) -> _Results:
    """Return where reports will be: a command that says `{junit}` is told; any other knows where they are read."""
    results = _Results({}, {})
    for kind, usual in _PLACES.items():
        patterns = evidence.globs.get(kind, ())
        if commands.test is not None and f"{{{kind}}}" in commands.test:
            given = next((one for one in patterns if _is_plain(named_format(checkout.place.folder, one)[1])), usual)
            name = named_format(checkout.place.folder, given)[1]
            results.handed[kind] = _cleared(checkout, name)
            results.globs[kind] = (given,)
        elif commands.test is not None and patterns:
            results.globs[kind] = tuple(patterns)
    return results


def _is_plain(pattern: str) -> bool:
    return not glob.has_magic(pattern) and not PurePosixPath(pattern).is_absolute() and ".." not in pattern


def _cleared(checkout: Checkout, name: str) -> Path:
    """Return the path of a report in the checkout, with nothing there; refuse one that leads out of it."""
    path = checkout.place.folder / name
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        inside = path.parent.resolve().is_relative_to(checkout.top.resolve())
        if inside:
            path.unlink(missing_ok=True)
    except OSError as error:
        message = f"no report can be written there at commit {checkout.revision.sha[:12]}: {error.strerror}"
        raise Refusal("cannot-write", message, path=name, mend="name another place for it") from None
    if not inside:
        raise Refusal("not-a-file", "leads out of the checkout of the commit", path=name, mend="name another place")
    return path


def _now(folder: Path) -> int:
    """Return a time (ns, of this file system) that all that is written from now on is after."""
    mark = folder / "began"
    mark.touch()
    began = mark.stat().st_mtime_ns
    while mark.stat().st_mtime_ns <= began:  # the clock of files may tick every 4 ms, or every 2 s
        time.sleep(0.002)
        mark.touch()
    return began


def _test(command: str | None, checkout: Checkout, results: _Results, say: Say) -> Ended:
    if command is None:
        return Ended(0, "")
    say(f"test: {command}")
    ended = attempt(command, checkout.place, results.handed)
    missing = [name for name, path in results.handed.items() if not path.is_file()]
    if missing and ended.status != 0:
        raise failed(command, f"ended with exit code {ended.status}: {ended.said}")
    if missing:
        message = f"[commands] test ran and wrote no report to {{{missing[0]}}}"
        raise Refusal("missing-report", message, path=results.globs[_kind(missing[0])][0], mend="let it write one")
    return ended


def _kind(name: str) -> Kind:
    return next(kind for kind in _PLACES if kind == name)


def _written(
    checkout: Checkout, results: _Results, began: int, test: str | None, ended: Ended
) -> dict[Kind, Sequence[Report]]:
    """Return the reports that were written by the run; refuse one that was there before, or is not there."""
    benchmarks = sorted(checkout.folder.glob("bench-*.json"))
    if benchmarks:
        results.globs["bench"] = tuple(map(str, benchmarks))
    found: dict[Kind, Sequence[Report]] = {}
    for kind, patterns in results.globs.items():
        try:
            found[kind] = find(checkout.place.folder, patterns, kind, verdict).reports
        except Refusal as missing:
            if missing.code != "missing-report" or test is None or ended.status == 0:
                raise
            raise failed(test, f"ended with exit code {ended.status}: {ended.said}") from None
        for report in found[kind]:
            written = report.path.stat().st_mtime_ns
            if written <= began:
                when = datetime.fromtimestamp(written // 10**9, UTC).isoformat().replace("+00:00", "Z")
                message = f"was written {when}, before the commands ran: it is no report of theirs"
                mend = f"let [commands] test write {{{kind}}}, or name a pattern that this file does not match"
                raise Refusal("stale-report", message, path=report.name, mend=mend)
    return found


def _with_failure(snapshot: Snapshot, command: str, ended: Ended) -> Snapshot:
    """Return the snapshot of tests that failed, with a warning; refuse one whose reports do not say why they did.

    Reports without a failure may be those of a run that broke off, and then they are only a part of it. So may those
    in which nothing came to its end.
    """
    count = {name: snapshot.metrics[f"tests.{name}"].value for name in ("total", "failed", "errors")} if (
        "tests.total" in snapshot.metrics
    ) else {"total": 0, "failed": 0, "errors": 0}  # fmt: skip
    how = f"ended with exit code {ended.status}"
    if ended.status < 0 or ended.status >= 128 or not count["failed"] + count["errors"]:
        raise failed(command, f"{how}, and its reports show no reason: {ended.said}")
    if count["errors"] == count["total"]:
        raise failed(command, f"{how}, and no test ran: {ended.said}")
    message = f"the tests {how}; their reports say which failed"
    return replace(snapshot, warnings=(*snapshot.warnings, Warning("command-failed", "", message)))


def _marked(snapshot: Snapshot) -> Snapshot:
    assert snapshot.revision is not None
    date = max((source.modified for source in snapshot.sources), default="")[:10]
    message = f"measured {date}, from a checkout of commit {snapshot.revision.sha[:12]}"
    return replace(snapshot, warnings=(*snapshot.warnings, Warning(LATER, "", message)))
