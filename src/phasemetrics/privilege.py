"""Whether this run has rights that those who wrote what it reads must not get."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

# Anybody can start these, and they run with the secrets of the repository: GitHub, "Events that trigger workflows".
_GITHUB = {"pull_request_target", "workflow_run", "issue_comment"}
_OBJECT_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Privilege:
    """The rights of a repository in a run that a stranger can start.

    `event` is what CI calls it. `commit` is one that people of the repository wrote, whatever is checked out; None
    where CI does not say.
    """

    event: str
    commit: str | None


def privilege(environ: Mapping[str, str]) -> Privilege | None:
    """Return the privilege that the variables of CI tell of, None where there is none.

    GitHub (and what is made like it): GITHUB_SHA is of the default branch, or of the one that the pull request goes to.
    GitLab: a merge request from a fork whose pipeline runs in the project itself.
    """
    event = environ.get("GITHUB_EVENT_NAME", "")
    if event in _GITHUB:
        return Privilege(event, _commit(environ, "GITHUB_SHA"))
    source, own = environ.get("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", ""), environ.get("CI_PROJECT_ID", "")
    if source and own and source != own:
        commit = _commit(environ, "CI_MERGE_REQUEST_TARGET_BRANCH_SHA", "CI_MERGE_REQUEST_DIFF_BASE_SHA")
        return Privilege("merge requests from a fork", commit)
    return None


def _commit(environ: Mapping[str, str], *names: str) -> str | None:
    found = (environ.get(name, "") for name in names)
    return next((commit for commit in found if _OBJECT_ID.fullmatch(commit)), None)
