"""What a project is called where the records of many projects lie side by side."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from phasemetrics.config import Project
from phasemetrics.errors import UsageError
from phasemetrics.escaping import visible
from phasemetrics.evidence.formats import PACKAGE
from phasemetrics.realpath import real

_LIMIT = 200
_SCHEMES = {"ssh", "git", "git+ssh", "ssh+git", "http", "https", "ftp", "ftps"}
_SCP_LIKE = re.compile(r"(?:[^@/:]+@)?(?P<host>\[[^\]/]+\]|[^@/:\[]{2,}):(?!//)(?P<path>[^:].*)", re.DOTALL)
_MEND = 'add repository = "github.com/acme/api" to the configuration'


def repository_of(project: Project) -> str:
    """Return the configured name of a project, else that of the place it was cloned from: `github.com/acme/api`.

    A project in a folder of its repository has that folder behind it: one repository may hold several. Raises
    UsageError where neither is known, or what is configured can be no name.
    """
    configured = project.config.repository
    if configured is not None:
        if not _is_name(configured):
            message = f"{configured!r} cannot name a repository"
            raise UsageError("bad-repository", message, path=project.origin, mend="write it like github.com/acme/api")
        return configured
    name = _cloned_from(project.root)
    if name is None:
        message = "it was cloned from no place that others know"
        raise UsageError("no-repository", f"nothing says what this project is called: {message}", mend=_MEND)
    return name


def name_in_url(url: str) -> str | None:
    """Return host and path of the address of a remote; None for a path of this machine, and where there is none.

    User, password, port, query and `.git` are left out. All the ways that git has to write an address (git-fetch(1),
    "GIT URLS") give the same name.
    """
    if "://" in url:
        try:
            parts = urlsplit(url)
            host = parts.hostname
        except ValueError:
            return None
        path = unquote(parts.path)
        known = parts.scheme.lower() in _SCHEMES
    else:
        found = _SCP_LIKE.fullmatch(url)
        known, host, path = found is not None, found and found["host"].strip("[]"), found["path"] if found else ""
    if not known or not host:
        return None
    folders = [part for part in path.split("/") if part]
    if folders:
        folders[-1] = folders[-1].removesuffix(".git")
    name = "/".join([host.lower(), *(part for part in folders if part)])
    return name if folders and _is_name(name) else None


def _cloned_from(root: Path) -> str | None:
    git: Any = import_module(f"{PACKAGE}.git")
    with git.open_repository(root) as repository:
        url: str | None = git.origin(repository)
        inside = real(root).relative_to(repository.root)
    name = None if url is None else name_in_url(url)
    if name is None:
        return None
    whole = "/".join([name, *inside.parts])
    return whole if _is_name(whole) else None


def _is_name(text: str) -> bool:
    """Return whether this can be a name: parts between single `/`, none of which leads elsewhere or hides anything."""
    parts = text.split("/")
    fits = 0 < len(text) <= _LIMIT and visible(text, _LIMIT) == text
    return fits and all(part.strip() == part and part not in {"", ".", ".."} for part in parts)
