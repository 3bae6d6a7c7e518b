"""Runs the benchmarks where a command was asked to, and says how far it is."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from phasemetrics.cli.printing import tell
from phasemetrics.cli.progress import progress, silent
from phasemetrics.errors import UsageError

if TYPE_CHECKING:
    from phasemetrics.config import Project
    from phasemetrics.evidence.collecting import Evidence
    from phasemetrics.evidence.model import Snapshot
    from phasemetrics.filling import Order


def measured_evidence(project: Project, evidence: Evidence, runs: int | None, *, quiet: bool) -> Evidence:
    """Return the evidence with the results of `runs` runs of the benchmarks; as it is where none were asked for."""
    if runs is None:
        return evidence
    from phasemetrics.running.benching import run_here

    _end_in_order()
    with progress(quiet=quiet) as say:
        return run_here(project, evidence, runs, say)


def measured_order(project: Project, order: Order, runs: int | None, *, interleave: bool, quiet: bool) -> Order:
    """Return the order with the results of `runs` runs, in turn with those of the commit before with `interleave`."""
    if runs is not None:
        from phasemetrics.filling import open_documents

        open_documents(project.root, order)  # what cannot be written is refused before it is measured for minutes
    if not interleave:
        return replace(order, evidence=measured_evidence(project, order.evidence, runs, quiet=quiet))
    if runs is None:
        raise UsageError("no-runs", "--interleave does not say how many runs", mend="say it with --runs 6")
    from phasemetrics.running.benching import run_in_turn

    _end_in_order()
    with progress(quiet=quiet) as say:
        return run_in_turn(project, order, runs, say)


def require_alone(*, append: bool, reports: bool, head: str) -> None:
    """Refuse options that speak of the work tree beside --at, which has nothing to do with it."""
    if append:
        raise UsageError("bad-option", "--at does not go with --append", mend="leave one of them out")
    if reports:
        message = "reports are named, and with --at the commands of the configuration write them"
        raise UsageError("bad-option", message, mend="leave --junit, --coverage and --bench out, also as variables")
    if head != "HEAD":
        raise UsageError("bad-option", "--at and --head both name a commit", mend="leave --head out")


def measured_start(project: Project, at: str | None, evidence: Evidence, runs: int | None, *, quiet: bool) -> Snapshot:
    """Return what a phase starts from: what the reports here say, or with `at` what that commit comes to now."""
    if at is None:
        from phasemetrics.evidence.measuring import measure

        return measure(measured_evidence(project, evidence, runs, quiet=quiet)).snapshot
    from phasemetrics.running.afterwards import measure_at

    _end_in_order()
    with progress(quiet=quiet) as say:
        return measure_at(project, at, evidence, runs or 1, say)


def fetching(*, quiet: bool) -> Callable[[str], None]:
    """Return what prints from where commits are fetched; from now on, being told to end is an interruption."""
    _end_in_order()
    return silent if quiet else tell


def _end_in_order() -> None:
    """Take being told to end for an interruption: commands that run have to be ended, and folders removed."""
    for name in ("SIGTERM", "SIGHUP"):
        # What is ignored on purpose stays so: nohup.
        if hasattr(signal, name) and signal.getsignal(getattr(signal, name)) is not signal.SIG_IGN:
            signal.signal(getattr(signal, name), signal.default_int_handler)
