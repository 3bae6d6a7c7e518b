"""Lays out commits in folders of their own, to be measured there, and removes them whatever happens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from phasemetrics.errors import Refusal, no_room
from phasemetrics.evidence.formats import PACKAGE
from phasemetrics.evidence.model import Revision
from phasemetrics.realpath import real
from phasemetrics.running.commands import Place, Started, end_all
from phasemetrics.running.importguard import guard
from phasemetrics.scratch import scratch


@dataclass(frozen=True, slots=True)
class Room:
    """A temporary `folder` for checkouts, and what was started in them; all of it ends with the room."""

    folder: Path
    started: list[Started] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Checkout:
    """A commit that is laid out to be measured: its files, and where its results and its guard's notes go.

    `top` is that of the repository, `place` the project's folder in it, `paths` are the files of the commit.
    """

    revision: Revision
    top: Path
    place: Place
    folder: Path
    paths: frozenset[str]

    def result(self, number: int) -> Path:
        """Return where the results of one run of the benchmarks go."""
        return self.folder / f"bench-{number}.json"


@contextmanager
def room() -> Iterator[Room]:
    """Yield a room for checkouts; raise Refusal where none can be made."""
    with ExitStack() as stack:
        try:
            made = Room(stack.enter_context(scratch()))
        except OSError as error:
            raise no_room(f"cannot be made: {error.strerror}") from None
        stack.callback(lambda: end_all(made.started))
        yield made


def lay_out(repository: Any, revision: Revision, project: Path, place: Room, name: str) -> Checkout:
    """Write the files of a commit into a room, under a name; `project` is where the project lies in the work tree.

    Raises Refusal where the commit has no such folder, or the files cannot be written.
    """
    git: Any = import_module(f"{PACKAGE}.git")
    folder = place.folder / name
    top = folder / "tree"
    git.check_out(repository, revision.sha, top)
    paths: frozenset[str] = git.tracked_paths(repository, revision.sha)
    inside = _inside(top, real(project).relative_to(repository.root), revision.sha)
    variables = guard(folder, repository.root, top, paths)
    return Checkout(revision, top, Place(inside, variables, place.started), folder, paths)


def _inside(tree: Path, folder: Path, sha: str) -> Path:
    """Return the folder of the project in a checkout; refuse one that is not there, or leads out of it."""
    found = tree / folder
    if not found.is_dir() or real(found) != real(tree) / folder:
        message = f"the project has no such folder at commit {sha[:12]}"
        raise Refusal("missing-file", message, path=folder.as_posix(), mend="name a later commit")
    return found
