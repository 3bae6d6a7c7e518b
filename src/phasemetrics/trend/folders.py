"""The projects that a trend is about: their folders, what each is called, and the metrics it has rows for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from phasemetrics.errors import Refusal, UsageError
from phasemetrics.evidence.history import recorded_in
from phasemetrics.realpath import real
from phasemetrics.trend.gathering import History

_CONFIGURED = ("phasemetrics.toml", "pyproject.toml")


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with the name that a person gave it, what its repository is called, and the metrics of its rows."""

    root: Path
    given: str
    repository: str
    configured: tuple[str, ...]


def projects(folders: Iterable[tuple[Path, str]]) -> tuple[Project, ...]:
    """Return the projects whose tops are `folders` (absolute, with the name that a person gave each), each once.

    A repository is called as its configuration says (`repository`), else as its folder; where that does not tell two
    apart, as its folder with as many of those above it as do. Raises UsageError for a folder that there is not, and
    for a configuration that cannot be read.
    """
    given: dict[Path, str] = {}
    for folder, name in folders:
        if not folder.is_dir():
            raise UsageError("no-directory", "there is no such folder", path=name, mend="name an existing folder")
        given.setdefault(real(folder), name)
    settings = {root: _settings(root, name) for root, name in given.items()}
    names = _names({root: configured for root, (configured, _) in settings.items()})
    return tuple(Project(root, name, names[root], settings[root][1]) for root, name in given.items())


def _settings(root: Path, given: str) -> tuple[str | None, tuple[str, ...]]:
    """Return the name that a project configures, and the sources of its metrics; only what lies in its own folder."""
    if not any((root / name).is_file() for name in _CONFIGURED):
        return None, ()
    from phasemetrics.config import load

    try:
        project = load(root)
    except UsageError as error:
        place = f"{given}/{error.path}"
        raise UsageError(
            error.code, error.message, path=place, line=error.line, column=error.column, mend=error.mend
        ) from None
    if project.root != root:
        return None, ()
    return project.config.repository, tuple(metric.source for metric in project.config.metric)


def _names(configured: dict[Path, str | None]) -> dict[Path, str]:
    parts = {root: 0 if name else 1 for root, name in configured.items()}
    while True:
        names = {root: configured[root] or "" if not count else _tail(root, count) for root, count in parts.items()}
        twice = {name for name, count in Counter(names.values()).items() if count > 1}
        if not twice:
            return names
        parts |= {root: count + 1 for root, count in parts.items() if names[root] in twice}


def _tail(root: Path, count: int) -> str:
    names: Sequence[str] = root.parts[1:]
    return "/".join(names[-count:]) if count <= len(names) else root.as_posix()


def add_records(history: History, project: Project) -> int:
    """Add what was recorded in a project to a history; return how many records there are.

    Raises Refusal, with the folder in its path, for a record that is damaged or cannot be read.
    """
    try:
        return history.add(recorded_in(project.root, project.repository))
    except Refusal as error:
        place = f"{project.given}/{error.path}" if error.path else project.given
        raise Refusal(
            error.code, error.message, path=place, line=error.line, column=error.column, mend=error.mend
        ) from None
