"""Lays out commits in folders of their own, to be measured there, and removes them whatever happens."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from phasemetrics.errors import Refusal
from phasemetrics.evidence.formats import PACKAGE
from phasemetrics.evidence.model import Revision
from phasemetrics.running.commands import Place
from phasemetrics.running.importguard import guard


@dataclass(frozen=True, slots=True)
class Checkout:
    """A commit that is laid out to be measured: its files, and where its results and its guard's notes go.

    `top` is that of the repository, `place` the project's folder in it.
    """

    revision: Revision
    top: Path
    place: Place
    folder: Path

    def result(self, number: int) -> Path:
        """Return where the results of one run of the benchmarks go."""
        return self.folder / f"bench-{number}.json"


@contextmanager
def room() -> Iterator[Path]:
    """Yield a temporary folder for checkouts; raise Refusal where none can be made."""
    try:
        folder = tempfile.TemporaryDirectory(prefix="phasemetrics-", ignore_cleanup_errors=True)
    except OSError as error:
        mend = "make room, or point TMPDIR at a directory that can be written"
        raise Refusal("no-temporary-directory", f"cannot be made: {error.strerror}", mend=mend) from None
    with folder as name:
        yield Path(name)


def lay_out(repository: Any, revision: Revision, project: Path, folder: Path) -> Checkout:
    """Write the files of a commit under `folder`; `project` is where the project lies in the work tree.

    Raises Refusal where the commit has no such folder, or the files cannot be written.
    """
    git: Any = import_module(f"{PACKAGE}.git")
    top = folder / "tree"
    git.check_out(repository, revision.sha, top)
    inside = _inside(top, project.resolve().relative_to(repository.root), revision.sha)
    variables = guard(folder, repository.root, top, inside)
    return Checkout(revision, top, Place(inside, variables), folder)


def _inside(tree: Path, folder: Path, sha: str) -> Path:
    """Return the folder of the project in a checkout; refuse one that is not there, or leads out of it."""
    found = tree / folder
    if not found.is_dir() or found.resolve() != tree.resolve() / folder:
        message = f"the project has no such folder at commit {sha[:12]}"
        raise Refusal("missing-file", message, path=folder.as_posix(), mend="name a later commit")
    return found
