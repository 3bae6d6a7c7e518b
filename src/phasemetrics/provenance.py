"""What counts in a run whose rights a stranger must not get: only what a commit of the repository's own people says."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, TypeAlias

from phasemetrics.config import Project, read
from phasemetrics.errors import PhasemetricsError, Refusal
from phasemetrics.evidence.formats import PACKAGE
from phasemetrics.privilege import Privilege
from phasemetrics.realpath import real
from phasemetrics.settings import Config

Key: TypeAlias = Literal["limits", "repository", "store", "templates"]
_MEND = "check out the branch that it is to go to, and only download the reports of the pull request"


def require_own_keys(project: Project, *keys: Key) -> None:
    """Raise Refusal `unsafe-event` where a stranger may have written what the configuration says of a key.

    Without a privilege nobody is a stranger. With one, a key counts if the trusted commit says the same of it; or if
    the file lies outside of the repository, where only whoever wrote the workflow can have named it.
    """
    held, path = project.privilege, project.path
    if held is None or path is None or all(getattr(project.config, key) == getattr(Config(), key) for key in keys):
        return
    own = _own_content(project, held, path)
    if own is None:
        return
    try:
        trusted = read(own, path) if own else Config()
    except PhasemetricsError:
        trusted = Config()
    for key in keys:
        if getattr(project.config, key) != getattr(trusted, key):
            raise _unsafe(held, f"`{key}`", project.origin)


def require_own_file(project: Project, path: Path, content: bytes, name: str) -> None:
    """Raise Refusal `unsafe-event` where a stranger may have written a file, whose content was read already.

    `name` is what a person calls it. What holds of keys in `require_own_keys` holds of the file as a whole.
    """
    held = project.privilege
    if held is not None and _own_content(project, held, path) not in {content, None}:
        raise _unsafe(held, "this file", name)


def _unsafe(held: Privilege, what: str, name: str | None) -> Refusal:
    commit = f"commit {held.commit[:12]}" if held.commit else "a commit of the repository's own people"
    why = f"a stranger may have written it, and {held.event} runs with the rights of the repository"
    return Refusal("unsafe-event", f"{what} is not known to be what {commit} has here: {why}", path=name, mend=_MEND)


def _own_content(project: Project, held: Privilege, path: Path) -> bytes | None:
    """Return what the trusted commit has at a path, nothing where that cannot be told; None for a path outside."""
    git: Any = import_module(f"{PACKAGE}.git")
    try:
        with git.open_repository(project.root) as repository:
            inside = _inside(repository.root, path)
            if inside is None:
                return None
            return (git.read_blob(repository, held.commit, inside) if held.commit else None) or b""
    except Refusal:  # no repository, no such commit in this clone, no file there
        return b""


def _inside(top: Path, path: Path) -> str | None:
    # By its name and not only by where it leads: a link in the work tree is the stranger's, too.
    for place in (Path(os.path.abspath(path)), real(path)):  # noqa: PTH100 - Path.absolute() keeps `..`
        if place.is_relative_to(top):
            return place.relative_to(top).as_posix()
    return None
