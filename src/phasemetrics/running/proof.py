"""Holds what was measured in a checkout against the checkout: it has to be the code that lies there."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from phasemetrics.errors import Refusal
from phasemetrics.escaping import visible
from phasemetrics.evidence.formats import collector_for
from phasemetrics.evidence.model import FileCoverage, Kind, Measurement, Report
from phasemetrics.evidence.paths import is_absolute
from phasemetrics.running.checkouts import Checkout
from phasemetrics.running.importguard import python_told, require_own

_PYTHON = ("pyproject.toml", "setup.py", "setup.cfg")


def require_own_code(checkout: Checkout, reports: Mapping[Kind, Sequence[Report]]) -> None:
    """Raise Refusal unless the code of the checkout was measured.

    `imported-elsewhere`: a module that it has was imported from somewhere else, or a report names a source outside.
    `unproven`: it is a project in Python, and neither a Python that ran nor a measured file says anything.
    """
    commit = checkout.revision.sha[:12]
    require_own(checkout.folder, commit)
    covered = False
    for path, report in _measured(reports):
        if not _lies_in(checkout, path):
            message = f"commit {commit} was not measured: the report names {visible(path)}, outside of its checkout"
            mend = "let [commands] setup make an environment inside, and the other commands use it"
            raise Refusal("imported-elsewhere", message, path=report.name, mend=mend)
        # Where a test lies says nothing of what it imported.
        covered = covered or (report in reports.get("coverage", ()) and (checkout.place.folder / path).is_file())
    python = any((checkout.place.folder / name).is_file() for name in _PYTHON)
    if python and not covered and not python_told(checkout.folder):
        message = f"nothing proves that it was commit {commit} that was measured: no Python said what it imported"
        mend = "let [commands] test write {coverage}, and leave PYTHONPATH to what it runs"
        raise Refusal("unproven", message, mend=mend)


def _measured(reports: Mapping[Kind, Sequence[Report]]) -> Iterator[tuple[str, Report]]:
    """Yield the files that reports name, as they are spelled there, with the report."""
    for kind, ones in reports.items():
        for report in ones:
            _, collector = collector_for(report, kind)
            for fact in collector.collect(report):
                path = fact.path if isinstance(fact, FileCoverage) else None
                path = fact.labels.get("path") if isinstance(fact, Measurement) else path
                if path:
                    yield path, report


def _lies_in(checkout: Checkout, path: str) -> bool:
    """Return whether a path is one of the checkout; a relative one may be a name of a tool, such as a package."""
    if not is_absolute(path):
        place = Path(os.path.normpath(checkout.place.folder / path))
        return place.is_relative_to(checkout.top)
    real = Path(os.path.realpath(path))
    return real.is_relative_to(checkout.top.resolve())
