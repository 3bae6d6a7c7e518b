"""What a command was asked: its options put together with the configuration."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from phasemetrics.config import Project, load
from phasemetrics.errors import UsageError
from phasemetrics.evidence.collecting import Evidence
from phasemetrics.evidence.filesizes import wanted_sizes
from phasemetrics.evidence.grouping import group_rules
from phasemetrics.evidence.identity import spelled_out
from phasemetrics.evidence.model import Kind
from phasemetrics.evidence.reportfiles import named_format
from phasemetrics.evidence.store import checked_phase
from phasemetrics.limits import put_in_force
from phasemetrics.provenance import require_own_keys


@dataclass(frozen=True, slots=True)
class Reports:
    """The report options as they were given; an empty one leaves the configuration's."""

    junit: Sequence[str] | None = None
    coverage: Sequence[str] | None = None
    bench: Sequence[str] | None = None
    base: str | None = None
    head: str = "HEAD"
    shards: int | None = None
    allow_stale: bool = False


def enter(directory: Path | None) -> None:
    """Work as if started in `directory`."""
    if directory is None:
        return
    try:
        os.chdir(directory)
    except OSError as error:
        message = f"cannot work there: {error.strerror}"
        raise UsageError("no-directory", message, path=str(directory), mend="name an existing folder") from None


def project_here(config: Path | None, *, trusted: bool = False) -> Project:
    """Return the project of the working directory, and put the limits in force that it configures.

    `trusted`: a stranger may have started this run, and wrote none of it.
    """
    project = load(Path.cwd(), config, trusted=trusted)
    require_own_keys(project, "limits")
    put_in_force(project.config.limits.chosen())
    return project


def phase_of(project: Project, phase: str | None) -> str:
    """Return the phase that was asked for, or the only one that is configured."""
    if phase is not None:
        return checked_phase(phase)
    if len(project.config.phase) == 1:
        return checked_phase(next(iter(project.config.phase)))
    raise UsageError("no-phase", "which phase?", mend="say it with -p, such as -p 3")


def evidence_of(project: Project, reports: Reports) -> Evidence:
    """Return what to read: what the options name, and for the rest what the configuration names."""
    config = project.config
    globs: dict[Kind, tuple[str, ...]] = {
        "junit": _globs(reports.junit, config.junit),
        "coverage": _globs(reports.coverage, config.coverage),
        "bench": _globs(reports.bench, config.bench),
    }
    groups = group_rules(config)
    sizes = wanted_sizes(metric.source for metric in config.metric)
    return Evidence(project.root, globs, reports.base, reports.head, groups, reports.shards, reports.allow_stale, sizes)


def _globs(given: Sequence[str] | None, configured: Sequence[str]) -> tuple[str, ...]:
    # What a person types is relative to where they stand, what the configuration says to the project's root.
    return tuple(map(_here, given)) if given else tuple(configured)


def _here(given: str) -> str:
    """Return a glob from where a person stands, behind the format that they named for it."""
    chosen, pattern = named_format(Path.cwd(), given)
    return f"{chosen}:{Path.cwd() / pattern}" if chosen else str(Path.cwd() / pattern)


def configured_base(project: Project, phase: str) -> str | None:
    """Return the configured base of a phase."""
    if project.config.base is None:
        return None
    return spelled_out(project.config.base, phase, project.config)


def documents_of(project: Project, phase: str, given: Sequence[str] | None) -> tuple[str, ...]:
    """Return the documents to work on, as names relative to the project's root where they lie in it."""
    if given:
        return tuple(_name(project.root, document) for document in given)
    return tuple(pattern.replace("{phase}", phase) for pattern in project.config.documents)


def _name(root: Path, given: str) -> str:
    if given == "-":
        return given
    path = Path(os.path.normpath(Path.cwd() / given))
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def templates_of(project: Project, given: Sequence[str] | None) -> tuple[str, ...]:
    """Return the folders and files of a team's own templates."""
    if given:
        return tuple(str(Path.cwd() / one) for one in given)
    require_own_keys(project, "templates")
    return project.config.templates
