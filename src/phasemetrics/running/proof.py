"""Holds what was measured in a checkout against the checkout: it has to be the code that lies there."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from phasemetrics.errors import Refusal
from phasemetrics.escaping import visible
from phasemetrics.evidence.formats import collector_for
from phasemetrics.evidence.model import FileCoverage, Kind, Measurement, Report
from phasemetrics.evidence.paths import is_absolute, path_class
from phasemetrics.realpath import lies_inside, real
from phasemetrics.running.checkouts import Checkout
from phasemetrics.running.importguard import require_own, was_watched

_PYTHON = {"pyproject.toml", "setup.py", "setup.cfg"}


def require_own_code(checkout: Checkout, reports: Mapping[Kind, Sequence[Report]]) -> None:
    """Raise Refusal unless the code of the checkout was measured.

    `imported-elsewhere`: a module that it has was imported from somewhere else, or a report names a source outside.
    `unproven`: it is a project in Python, and neither the Python that ran its tests nor covered lines say anything.
    """
    commit = checkout.revision.sha[:12]
    require_own(checkout.folder, commit)
    covered = False
    for fact, report in _facts(reports):
        path = fact.path if isinstance(fact, FileCoverage) else fact.labels["path"]
        if not _lies_in(checkout, path):
            message = f"commit {commit} was not measured: the report names {visible(path)}, outside of its checkout"
            mend = "let [commands] setup make an environment inside, and the other commands use it"
            raise Refusal("imported-elsewhere", message, path=report.name, mend=mend)
        covered = covered or (isinstance(fact, FileCoverage) and bool(fact.covered) and _is_code(checkout, path))
    if _is_python(checkout) and not covered and not was_watched(checkout.folder):
        message = f"nothing proves that it was commit {commit} that was measured: no Python said what it imported"
        mend = "let [commands] test write {coverage}, and leave PYTHONPATH to what it runs"
        raise Refusal("unproven", message, mend=mend)


def _facts(reports: Mapping[Kind, Sequence[Report]]) -> Iterator[tuple[FileCoverage | Measurement, Report]]:
    """Yield the facts of reports that name a file, as it is spelled there, with the report."""
    for kind, ones in reports.items():
        for report in ones:
            _, collector = collector_for(report, kind)
            for fact in collector.collect(report):
                if isinstance(fact, FileCoverage) or (isinstance(fact, Measurement) and fact.labels.get("path")):
                    yield fact, report


def _lies_in(checkout: Checkout, path: str) -> bool:
    """Return whether a path is one of the checkout; a relative one may be a name of a tool, such as a package."""
    if not is_absolute(path):
        place = Path(os.path.normpath(checkout.place.folder / path))
        return place.is_relative_to(checkout.top)
    return lies_inside(Path(path), checkout.top)


def _is_code(checkout: Checkout, path: str) -> bool:
    """Return whether a path is a file of the checkout, and no test: where a test lies says nothing of what it ran."""
    file, top = real(checkout.place.folder / path), real(checkout.top)
    return file.is_file() and file.is_relative_to(top) and path_class(file.relative_to(top).as_posix()) != "tests"


def _is_python(checkout: Checkout) -> bool:
    """Return whether the project is one in Python: at its top, that of the repository, or below."""
    inside = checkout.place.folder.relative_to(checkout.top).as_posix()
    manifests = (PurePosixPath(path) for path in checkout.paths if PurePosixPath(path).name in _PYTHON)
    return any(str(one.parent) == "." or one.is_relative_to(inside) for one in manifests)
