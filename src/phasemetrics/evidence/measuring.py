"""One end of a phase, measured: the reports, the commit they describe, and what changed since the base."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from phasemetrics.errors import Refusal
from phasemetrics.escaping import visible
from phasemetrics.evidence.collecting import Evidence, collect_reports
from phasemetrics.evidence.formats import PACKAGE
from phasemetrics.evidence.freshness import checked
from phasemetrics.evidence.model import FileChange, Metric, Revision, Snapshot, Warning
from phasemetrics.realpath import real


@dataclass(frozen=True, slots=True)
class Measured:
    """A snapshot, and the bytes of files at its base revision where they were asked for."""

    snapshot: Snapshot
    at_base: dict[str, bytes]


def measure(
    evidence: Evidence, usual: Sequence[str] = (), beside: Sequence[Path] = (), wanted: Sequence[str] = ()
) -> Measured:
    """Measure what `evidence` names.

    The base is `evidence.base` when it is named, else the first of the `usual` ones that is in this clone; a usual one
    that is not is a warning, a named one a refusal. `beside` are documents that may differ from the commit, `wanted`
    files of the project to read at the base. Raises Refusal for evidence that cannot be read, and outside a repository.
    """
    snapshot = collect_reports(evidence)
    git: Any = import_module(f"{PACKAGE}.git")
    with git.open_repository(evidence.root) as repository:
        lying = [place for place in map(real, beside) if place.is_relative_to(repository.root)]
        spared = [place.relative_to(repository.root).as_posix() for place in lying]
        revision = git.revision(repository, evidence.head, spared)
        snapshot = _with_revision(git, repository, evidence, snapshot, revision)
        base, doubts = _base(git, repository, evidence.base, usual)
        snapshot = replace(snapshot, warnings=(*snapshot.warnings, *doubts))
        if base is None:
            return Measured(snapshot, {})
        snapshot = _with_changes(snapshot, base, git.compare(repository, base, revision.sha))
        snapshot = _with_dependencies(snapshot, repository)
        days = git.span(repository, base, revision.sha)
        if days is not None:
            snapshot = replace(snapshot, metrics={**snapshot.metrics, "phase.days": Metric(days, "day")})
        above = _above(repository, evidence.root)
        blobs = {path: git.read_blob(repository, base, f"{above}{path}") for path in wanted}
    return Measured(snapshot, {path: content for path, content in blobs.items() if content is not None})


def collect_here(evidence: Evidence) -> Snapshot:
    """Collect what `evidence` names, with its commit where there is one; only a named base needs a repository."""
    if evidence.base is not None:
        return measure(evidence).snapshot
    snapshot = collect_reports(evidence)
    git: Any = import_module(f"{PACKAGE}.git")
    try:
        with git.open_repository(evidence.root) as repository:
            return _with_revision(git, repository, evidence, snapshot, git.revision(repository, evidence.head))
    except Refusal as error:
        if error.code not in {"not-a-repository", "no-commit", "no-git"}:
            raise
        doubt = Warning(error.code, "", f"the snapshot belongs to no commit: {error.message}")
        return replace(snapshot, warnings=(*snapshot.warnings, doubt))


def read_at(root: Path, base: str | None, path: str, *, inside: bool = False) -> bytes | None:
    """Return the bytes of a file at a recorded commit; None when the commit or the file is not there.

    `path` is from the top of the repository, or from `root` where that is `inside` of it.
    """
    if base is None:
        return None
    git: Any = import_module(f"{PACKAGE}.git")
    try:
        with git.open_repository(root) as repository:
            above = _above(repository, root) if inside else ""
            content: bytes | None = git.read_blob(repository, git.revision(repository, base).sha, f"{above}{path}")
    except Refusal:
        return None
    return content


def read_files(root: Path, sha: str, wanted: Callable[[frozenset[str]], Collection[str]]) -> dict[str, bytes]:
    """Return the bytes of files at a recorded commit, by path; `wanted` says which, given all paths of its tree.

    What is no regular file there is left out; so is everything when the commit is not in this clone.
    """
    git: Any = import_module(f"{PACKAGE}.git")
    found: dict[str, bytes] = {}
    try:
        with git.open_repository(root) as repository:
            commit = git.revision(repository, sha).sha
            for path in wanted(git.tracked_paths(repository, commit)):
                with suppress(Refusal):
                    content = git.read_blob(repository, commit, path)
                    found |= {path: content} if content is not None else {}
    except Refusal:
        return {}
    return found


def _with_revision(git: Any, repository: Any, evidence: Evidence, snapshot: Snapshot, revision: Revision) -> Snapshot:
    """Return a snapshot of a commit; refuse reports that are older than the files of the work tree where it is HEAD."""
    snapshot = replace(snapshot, revision=revision)
    if repository.bare or not snapshot.sources or git.resolve(repository, "HEAD") != revision.sha:
        return snapshot
    above = _above(repository, evidence.root)

    def here(paths: Iterable[str]) -> list[str]:
        return [path.removeprefix(above) for path in paths if path.startswith(above)]

    return checked(
        snapshot,
        evidence.root,
        lambda: here(git.tracked_paths(repository, revision.sha)),
        lambda: here(git.changed_paths(repository, revision.sha)),
        evidence.allow_stale,
    )


def _above(repository: Any, root: Path) -> str:
    """Return what stands before a path relative to `root` where the repository speaks of it."""
    folder = real(root)
    inside = folder.relative_to(repository.root).as_posix() if folder.is_relative_to(repository.root) else "."
    return "" if inside == "." else f"{inside}/"


def _base(git: Any, repository: Any, named: str | None, usual: Sequence[str]) -> tuple[str | None, tuple[Warning, ...]]:
    if named is not None:
        return _commit(git, repository, named)
    doubts: list[Warning] = []
    for name in usual:
        try:
            sha, others = _commit(git, repository, name)
        except Refusal as error:
            message = f"{error.message}; {error.mend}" if error.mend else error.message
            doubts.append(Warning(error.code, "", f"files and lines are not counted from there: {message}"))
        else:
            return sha, (*doubts, *others)
    return None, tuple(doubts)


def _commit(git: Any, repository: Any, name: str) -> tuple[str, tuple[Warning, ...]]:
    """Return the commit that a base names, with the doubt about one that only a remote's branch is called."""
    sha, found = git.find(repository, name)
    git.revision(repository, sha)  # it can be read, and has a date
    if found == name:
        return sha, ()
    message = f"{visible(name)} is no branch of this clone: {visible(found)} was taken, as it was last fetched"
    return sha, (Warning("remote-branch", "", message),)


def _with_dependencies(snapshot: Snapshot, repository: Any) -> Snapshot:
    manifests: Any = import_module(f"{PACKAGE}.manifests")
    assert snapshot.revision is not None
    found, doubts = manifests.compare(repository, snapshot.base, snapshot.revision.sha, snapshot.files)
    return replace(snapshot, dependencies=found, warnings=(*snapshot.warnings, *doubts))


def _with_changes(snapshot: Snapshot, base: str, files: Sequence[FileChange]) -> Snapshot:
    statuses = Counter(change.status for change in files)
    counts = {
        "files.created": statuses["created"],
        "files.modified": statuses["modified"],
        "files.deleted": statuses["deleted"],
        "lines.added": sum(change.added for change in files),
        "lines.deleted": sum(change.deleted for change in files),
    }
    metrics = {**snapshot.metrics, **{name: Metric(count, "count") for name, count in counts.items()}}
    return replace(snapshot, base=base, files=tuple(files), metrics=metrics)
