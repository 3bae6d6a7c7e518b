"""Lays out the files of a commit in a folder of its own, without touching the repository that they come from."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from phasemetrics.errors import Refusal, no_room
from phasemetrics.escaping import visible
from phasemetrics_collectors._git_repository import Repository
from phasemetrics_collectors._git_view import View, unreadable_objects

_NO_ROOM = re.compile(
    r"No space left|Disk quota|unable to (?:write|create|open)|Read-only|File too large|name too long"
)


def check_out(repository: Repository, sha: str, folder: Path) -> None:
    """Write the files of a commit into `folder`, which must not exist, as a repository that borrows the objects.

    Not `git worktree add`: that runs the hooks and filters that the repository configures, and leaves a note in it
    that somebody has to prune when we are killed. Submodules stay empty, and a file that a filter writes (LFS) is what
    the commit holds of it. Raises `Refusal`.
    """
    own = folder / ".git"
    try:
        shutil.copytree(repository.view.directory, own, ignore=shutil.ignore_patterns("index*"))
        (own / "HEAD").write_text(f"{sha}\n", "ascii")
        if repository.shallow:
            shutil.copyfile(repository.common_dir / "shallow", own / "shallow")
    except OSError as error:
        raise _not_laid_out(sha, error.strerror or str(error)) from None
    answer = View(own).ask("-C", str(folder), f"--work-tree={folder}", "read-tree", "-m", "-u", sha)
    if answer.status != 0:
        full = next((line for line in answer.err.splitlines() if _NO_ROOM.search(line)), None)
        # The reason is behind the name of the file, which can be long enough to be cut.
        raise unreadable_objects(answer.said) if full is None else _not_laid_out(sha, full.rpartition(": ")[2])
    # Tools that ask git inside, for a version or a commit, shall find a work tree.
    config = own / "config"
    config.write_text(config.read_text("utf-8").replace("bare = true", "bare = false"), "utf-8")


def _not_laid_out(sha: str, said: str) -> Refusal:
    return no_room(f"the files of commit {sha[:12]} cannot be laid out: {visible(said)}")
