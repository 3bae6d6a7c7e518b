"""Measures a commit afterwards, in a checkout of its own, and proves that it was the code of that commit."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import Any

from phasemetrics.commits import Say
from phasemetrics.config import Project
from phasemetrics.errors import Refusal, UsageError
from phasemetrics.escaping import visible
from phasemetrics.evidence.collecting import Evidence
from phasemetrics.evidence.formats import PACKAGE
from phasemetrics.evidence.lateness import LATER
from phasemetrics.evidence.measuring import measure
from phasemetrics.evidence.model import Snapshot, Warning
from phasemetrics.running.checkouts import Checkout, lay_out, room
from phasemetrics.running.commands import Ended, attempt, failed, require_command, run, run_benchmarks
from phasemetrics.running.importguard import forget
from phasemetrics.running.proof import require_own_code
from phasemetrics.running.thismachine import this_machine
from phasemetrics.running.written import USUAL, Results, clock_of, results_of, says_where, written


def measure_at(project: Project, ref: str, evidence: Evidence, runs: int, say: Say) -> Snapshot:
    """Measure the commit that `ref` names with the configured commands, as they are configured now.

    `evidence` says what is counted, and what the diff starts from; its reports are those that the commands write, and
    that lie in the checkout of the commit. The benchmarks run `runs` times. Raises UsageError where nothing is
    configured to run, Refusal where it fails, where it is not proven that the code of that commit ran, and where a
    report is older than the run.
    """
    commands = project.config.commands
    _require_results(project, evidence)
    git: Any = import_module(f"{PACKAGE}.git")
    with room() as place, git.open_repository(project.root) as repository:
        revision = replace(git.revision(repository, ref), dirty=False)  # the work tree has no part in it
        base = None if evidence.base is None else git.revision(repository, evidence.base).sha
        say(f"laying out {revision.sha[:12]} of {revision.date[:10]}")
        checkout = lay_out(repository, revision, project.root, place, "then")
        results = results_of(checkout, commands.test, evidence.globs)
        ended = _run(project, checkout, results, runs, say)
        own = replace(evidence, root=checkout.place.folder, base=base, head="HEAD", machine=this_machine(), ran=True)
        changed = _require_commit(git, checkout)
        snapshot = measure(replace(own, globs=results.globs)).snapshot
    if commands.test is not None and ended.status != 0:
        snapshot = _with_failure(snapshot, commands.test, ended)
    return _marked(snapshot, changed)


def _require_results(project: Project, evidence: Evidence) -> None:
    """Refuse before anything runs what cannot come to any number."""
    commands = project.config.commands
    if commands.test is not None or commands.bench is None:
        require_command(project, "test")
    if commands.bench is not None:
        require_command(project, "bench")
    patterns = any(evidence.globs.get(kind) for kind in USUAL)
    if commands.test is not None and not patterns and not says_where(commands.test):
        mend = "say {junit} and {coverage} in it, or configure junit and coverage: where it writes its reports"
        raise UsageError("no-command", "[commands] test does not say where its reports go", mend=mend)


def _run(project: Project, checkout: Checkout, results: Results, runs: int, say: Say) -> Ended:
    """Set up, test, run the benchmarks, and return how the tests ended; refuse unless it was the code of the commit."""
    commands = project.config.commands
    if commands.setup is not None:
        say(f"setup: {commands.setup}")
        run(require_command(project, "setup"), checkout.place, {})
        forget(checkout.folder)
    began = clock_of(checkout.folder)
    ended = _test(commands.test, checkout, results, say)
    for number in range(1, runs + 1) if commands.bench else ():
        command = require_command(project, "bench")
        say(f"bench, run {number} of {runs}: {command}")
        run_benchmarks(command, checkout.place, checkout.result(number))

    def missing(refusal: Refusal) -> Refusal:
        if commands.test is not None and ended.status != 0:
            return failed(commands.test, f"{ended.how}: {ended.said}")
        refusal.mend = "let [commands] test write it, or configure where it does"
        return refusal

    require_own_code(checkout, written(checkout, results, began, missing))
    return ended


def _test(command: str | None, checkout: Checkout, results: Results, say: Say) -> Ended:
    if command is None:
        return Ended(0, "")
    say(f"test: {command}")
    ended = attempt(command, checkout.place, {str(kind): path for kind, path in results.handed.items()})
    missing = [kind for kind, path in results.handed.items() if not path.is_file()]
    if missing and ended.status != 0:
        raise failed(command, f"{ended.how}: {ended.said}")
    if missing:
        message = f"[commands] test ran and wrote no report to {{{missing[0]}}}"
        raise Refusal("missing-report", message, path=results.globs[missing[0]][0], mend="let it write one")
    return ended


def _require_commit(git: Any, checkout: Checkout) -> frozenset[str]:
    """Return the tracked files that the commands changed; refuse to go on where they went to another commit."""
    sha = checkout.revision.sha
    try:
        with git.open_repository(checkout.top) as repository:
            if git.resolve(repository, "HEAD") == sha:
                changed: frozenset[str] = git.changed_paths(repository, sha)
                return changed
    except Refusal:
        pass  # they may have removed the repository
    message = f"the commands went to another commit than {sha[:12]}"
    raise Refusal("other-commit", message, mend="let them stay in the checkout that they are run in")


def _with_failure(snapshot: Snapshot, command: str, ended: Ended) -> Snapshot:
    """Return the snapshot of tests that failed, with a warning; refuse one whose reports do not say why they did.

    Reports without a failure may be those of a run that broke off, and then they are only a part of it. So may those
    in which nothing came to its end.
    """
    names = ("total", "failed", "errors")
    total, failures, errors = (
        snapshot.metrics[f"tests.{name}"].value if f"tests.{name}" in snapshot.metrics else 0 for name in names
    )
    if ended.status < 0 or ended.status >= 128 or not failures + errors:
        raise failed(command, f"{ended.how}, and its reports show no reason: {ended.said}")
    if errors == total:
        raise failed(command, f"{ended.how}, and no test ran: {ended.said}")
    message = f"the tests {ended.how}; their reports say which failed"
    return replace(snapshot, warnings=(*snapshot.warnings, Warning("command-failed", "", message)))


def _marked(snapshot: Snapshot, changed: frozenset[str]) -> Snapshot:
    assert snapshot.revision is not None
    date = max((source.modified for source in snapshot.sources), default="")[:10]
    doubts = [Warning(LATER, "", f"measured {date}, from a checkout of commit {snapshot.revision.sha[:12]}")]
    if changed:
        message = (
            f"the commands changed {len(changed)} tracked files of their checkout, such as {visible(min(changed))}"
        )
        doubts.append(Warning("changed-checkout", "", message))
    return replace(snapshot, warnings=(*snapshot.warnings, *doubts))
