"""Finds the git that may be run: the first one in an absolute directory of PATH."""

from __future__ import annotations

import os
from pathlib import Path

from phasemetrics.errors import Refusal


def search_path() -> list[str]:
    """Return the directories of PATH that a program may be taken from."""
    # `.` and an empty entry mean the working directory, where a stranger may have put a file named git.
    return [entry for entry in os.environ.get("PATH", os.defpath).split(os.pathsep) if Path(entry).is_absolute()]


def find_git(directories: list[str]) -> str:
    """Return the path of the git in the first of `directories` that has one; raises `Refusal` (`no-git`)."""
    name = "git.exe" if os.name == "nt" else "git"
    for entry in directories:
        candidate = f"{entry}/{name}"
        # Path.is_file() raises for a folder that may not be entered.
        if os.path.isfile(candidate) and os.access(candidate, os.X_OK):  # noqa: PTH113
            return candidate
    raise Refusal("no-git", "there is no git in any absolute directory of PATH", mend="install git, or put it on PATH")
