"""Runs the benchmarks where a command was asked to, and says how far it is."""

from __future__ import annotations

import signal
from dataclasses import replace
from typing import TYPE_CHECKING

from phasemetrics.cli.printing import tell
from phasemetrics.errors import UsageError

if TYPE_CHECKING:
    from phasemetrics.config import Project
    from phasemetrics.evidence.collecting import Evidence
    from phasemetrics.filling import Order


def measured_evidence(project: Project, evidence: Evidence, runs: int | None, *, quiet: bool) -> Evidence:
    """Return the evidence with the results of `runs` runs of the benchmarks; as it is where none were asked for."""
    if runs is None:
        return evidence
    from phasemetrics.benching import run_here

    _end_in_order()
    return run_here(project, evidence, runs, _silent if quiet else tell)


def measured_order(project: Project, order: Order, runs: int | None, *, interleave: bool, quiet: bool) -> Order:
    """Return the order with the results of `runs` runs, in turn with those of the commit before with `interleave`."""
    if runs is not None:
        from phasemetrics.filling import open_documents

        open_documents(project.root, order)  # what cannot be written is refused before it is measured for minutes
    if not interleave:
        return replace(order, evidence=measured_evidence(project, order.evidence, runs, quiet=quiet))
    if runs is None:
        raise UsageError("no-runs", "--interleave does not say how many runs", mend="say it with --runs 6")
    from phasemetrics.benching import run_in_turn

    _end_in_order()
    return run_in_turn(project, order, runs, _silent if quiet else tell)


def _end_in_order() -> None:
    """Take being told to end for an interruption: commands that run have to be ended, and folders removed."""
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.default_int_handler)


def _silent(line: str) -> None:
    pass
