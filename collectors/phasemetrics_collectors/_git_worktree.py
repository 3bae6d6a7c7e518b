"""Says whether the files of a work tree differ from a commit, without running what the repository configures."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from phasemetrics.errors import Refusal, no_room
from phasemetrics.reading import open_regular
from phasemetrics_collectors._git_repository import Repository
from phasemetrics_collectors._git_view import Answer, ask_repository, without_room

# How files lie on this disk. Words and numbers only; nothing here names a program or a file.
_HARMLESS = r"^core\.(autocrlf|checkstat|eol|filemode|ignorecase|precomposeunicode|symlinks|trustctime)$"
_PLAIN = re.compile(r"[A-Za-z0-9]{1,16}", re.ASCII)
_COMPARED = (0, 1)  # alike, and not
_OURS = ":(top,exclude,glob)**/.phasemetrics/**"


def is_dirty(repository: Repository, sha: str, beside: Sequence[str] = ()) -> bool:
    """Return whether a tracked file of the work tree or of the index, `beside` some paths, differs from a commit.

    Untracked files and whatever lies in a `.phasemetrics` directory do not count, nor do changes inside a submodule
    (asking it would obey *its* configuration). Compared is from our own bare view, so no filter, hook or monitor of
    the repository exists. A copy of its index says by size and time which files cannot have changed (10,000 files:
    0.02 s); the others are read as they are. A file that a filter rewrites (LFS) and that was touched since git
    wrote it therefore counts as changed. Where the index cannot be used, every file is read (0.4 s). Raises `Refusal`.
    """
    return _compared(repository, sha, ("--quiet",), beside).status == 1


def changed_paths(repository: Repository, sha: str) -> frozenset[str]:
    """Return the tracked files for which `is_dirty` holds, decoded as UTF-8 with `surrogateescape`."""
    said = _compared(repository, sha, ("--name-only", "-z")).out
    return frozenset(said.decode("utf-8", "surrogateescape").split("\0")) - {""}


def _compared(repository: Repository, sha: str, options: Sequence[str], beside: Sequence[str] = ()) -> Answer:
    copy = repository.view.directory / "index"
    if _copy_index(repository.git_dir / "index", copy):
        answer = _compare(repository, sha, copy, options, beside)
        if answer.status in _COMPARED:
            return answer
    try:
        copy.unlink(missing_ok=True)  # or git would read it in every later command of the view
    except OSError as error:
        raise no_room(f"the copy of git's index cannot be removed: {error.strerror}") from None
    # No index, a damaged one, or one that is split over files that the view has not.
    fresh = repository.view.directory / "index-of-commit"
    repository.view.read("read-tree", sha, GIT_INDEX_FILE=str(fresh))
    answer = _compare(repository, sha, fresh, options, beside)
    if answer.status not in _COMPARED:
        unknown = Refusal("unreadable", "git cannot compare the work tree with its commit", mend="run `git status`")
        raise without_room(answer) or unknown
    return answer


def _copy_index(index: Path, copy: Path) -> bool:
    try:
        with open_regular(index, "the index of git") as stream:
            copy.write_bytes(stream.read())
            # git reads again whatever changed in the tick in which the index was written, and goes by its time.
            found = os.fstat(stream.fileno())
        os.utime(copy, ns=(found.st_atime_ns, found.st_mtime_ns))
    except (OSError, Refusal):
        return False
    return True


def _compare(repository: Repository, sha: str, index: Path, options: Sequence[str], beside: Sequence[str]) -> Answer:
    spared = [f":(top,exclude,literal){path}" for path in beside]
    return repository.view.ask(
        *("-C", str(repository.root), f"--work-tree={repository.root}"),
        *(part for setting in _settings(repository) for part in ("-c", setting)),
        *("diff", *options, "--no-ext-diff", "--no-textconv", "--no-renames", "--ignore-submodules=dirty"),
        *(sha, "--", ":(top)", _OURS, *spared),
        GIT_INDEX_FILE=str(index),
    )


def _settings(repository: Repository) -> list[str]:
    answer = ask_repository(repository.root, "config", "--null", "--get-regexp", _HARMLESS)
    pairs = [entry.partition("\n")[::2] for entry in answer.out.decode("utf-8", "replace").split("\0") if entry]
    # A key without a value, or with an empty one, is what git calls true or false; neither is worth carrying over.
    return [f"{name}={value}" for name, value in pairs if _PLAIN.fullmatch(value)]
