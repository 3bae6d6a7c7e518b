"""What the manifests of a project say at two commits of the packages it depends on."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatchcase
from importlib import import_module
from itertools import islice
from typing import NamedTuple

from phasemetrics.errors import Refusal
from phasemetrics.evidence.model import Dependency, FileChange, Warning
from phasemetrics.limits import MIB
from phasemetrics_collectors._git_repository import Repository
from phasemetrics_collectors._manifest_changes import differences
from phasemetrics_collectors._manifest_wanted import BAD_MANIFEST, Wanted, refusal
from phasemetrics_collectors.git import read_blob, tracked_paths

__all__ = ["compare"]

_LIMIT = 2 * MIB
_MOST_REQUIREMENTS = 10_000
_MOST_MANIFESTS = 500  # two processes for each, at each end
_UNREADABLE = frozenset({BAD_MANIFEST, "bad-json", "not-a-file", "too-large"})
# By the name of the file: the ecosystem whose names and versions it uses, and the module that reads it.
_READERS = {
    "pyproject.toml": ("python", "_manifest_pyproject"),
    "requirements*.txt": ("python", "_manifest_requirements"),
    "go.mod": ("go", "_manifest_go"),
    "package.json": ("npm", "_manifest_npm"),
}
# Copies of other people's projects, and projects that are only there to be tested with.
_FOREIGN = frozenset({
    "node_modules", "vendor", ".venv", "venv", "site-packages", "testdata", "fixtures", "__fixtures__",
})  # fmt: skip
_NOT_READ = ("setup.py", "setup.cfg", "Pipfile")


class _Project(NamedTuple):
    """The manifests of one ecosystem in one folder."""

    ecosystem: str
    folder: str


def compare(
    repository: Repository, base: str, head: str, files: Sequence[FileChange]
) -> tuple[tuple[Dependency, ...], tuple[Warning, ...]]:
    """Return the requirements that differ between two commits, by path and name, and what could not be read.

    `files` are those that differ. Only projects with a manifest among them are read, all their manifests together; of
    one with a manifest that cannot be read nothing is said. Raises `Refusal`: `bad-ref`, `corrupt-repository`.
    """
    named = {path for change in files for path in (change.path, change.source) if path is not None}
    touched = {project for path in named if (project := _project(path)) is not None}
    if not touched:
        return (), ()
    trees = {sha: tracked_paths(repository, sha) for sha in (base, head)}
    manifests = {sha: [path for path in sorted(tree) if _project(path) in touched] for sha, tree in trees.items()}
    if sum(map(len, manifests.values())) > _MOST_MANIFESTS:
        message = f"more than {_MOST_MANIFESTS} manifests stand beside what changed; dependencies are not compared"
        return (), (Warning(BAD_MANIFEST, "", message),)
    read = {sha: {path: _read(repository, sha, path) for path in paths} for sha, paths in manifests.items()}
    doubts = list(_unreadable(read))
    doubts += _unknown_before(read[base], read[head], trees[base])
    silent = {_project(doubt.path) for doubt in doubts}
    found: list[Dependency] = []
    for ecosystem in sorted({project.ecosystem for project in touched}):
        ends = [_believed(read[sha], ecosystem, silent) for sha in (base, head)]
        found += differences(ends[0], ends[1])
    return tuple(sorted(found, key=lambda one: (one.path, one.name.casefold()))), tuple(doubts)


def _reader(path: str) -> tuple[str, str] | None:
    *folders, name = path.split("/")
    if not _FOREIGN.isdisjoint(folders):
        return None
    return next((reader for pattern, reader in _READERS.items() if fnmatchcase(name, pattern)), None)


def _project(path: str) -> _Project | None:
    """Return the project that a manifest belongs to; None for a file that is no manifest, or a foreign one."""
    reader = _reader(path)
    return _Project(reader[0], posixpath.dirname(path)) if reader else None


def _read(repository: Repository, sha: str, path: str) -> list[Wanted] | Warning:
    reader = _reader(path)
    assert reader is not None
    # Only what is needed is imported: reading one format should not load the libraries of another.
    read: Callable[[bytes, str], Iterator[Wanted]] = import_module(f"{__package__}.{reader[1]}").read
    try:
        content = read_blob(repository, sha, path) or b""
        if len(content) > _LIMIT:
            raise refusal(path, f"is {len(content)} bytes, the limit is {_LIMIT}")
        found = list(islice(read(content, path), _MOST_REQUIREMENTS + 1)) if content.strip() else []
        if len(found) > _MOST_REQUIREMENTS:
            raise refusal(path, f"names more than {_MOST_REQUIREMENTS} requirements")
    except Refusal as error:
        if error.code not in _UNREADABLE:
            raise
        line = f", line {error.line}" if error.line else ""
        message = f"at {sha[:12]}{line}: {error.message}; the dependencies of its folder are not compared"
        return Warning(BAD_MANIFEST, path, message)
    return found


def _unreadable(read: dict[str, dict[str, list[Wanted] | Warning]]) -> Iterator[Warning]:
    """Yield one warning for each manifest that could not be read at one end or both."""
    said: set[str] = set()
    for manifests in read.values():
        for path, found in manifests.items():
            if isinstance(found, Warning) and path not in said:
                said.add(path)
                yield found


def _unknown_before(
    before: dict[str, list[Wanted] | Warning], after: dict[str, list[Wanted] | Warning], tree: frozenset[str]
) -> Iterator[Warning]:
    """Yield a warning for each project of Python whose first manifest may only repeat what a file said before."""
    known = {_project(path) for path, found in before.items() if found}
    for path, found in after.items():
        project = _project(path)
        if not found or isinstance(found, Warning) or project is None or project.ecosystem != "python":
            continue
        others = [name for name in _NOT_READ if posixpath.join(project.folder, name) in tree]
        if project not in known and others:
            known.add(project)  # once is enough
            message = f"its dependencies may have stood in {others[0]} before, which is not read; none is compared"
            yield Warning(BAD_MANIFEST, path, message)


def _believed(
    manifests: dict[str, list[Wanted] | Warning], ecosystem: str, silent: set[_Project | None]
) -> dict[str, list[Wanted]]:
    own = {path: found for path, found in manifests.items() if (project := _project(path)) and project not in silent
           and project.ecosystem == ecosystem}  # fmt: skip
    return {path: found for path, found in own.items() if not isinstance(found, Warning)}
