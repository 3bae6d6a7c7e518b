"""The folder in which a checkout keeps its lock and its journal: in git's own, where a pull request puts nothing."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from phasemetrics.errors import Refusal
from phasemetrics.writing.atomic import replace, sync_folder, writing
from phasemetrics.writing.guard import passes_link

if sys.platform == "win32":  # pragma: no cover - a module of Windows
    import msvcrt
else:
    import fcntl

_POINTER_LIMIT = 4096
_PAUSE = 0.01
_TURN, _TURN_SIZE = 1, 8  # behind the byte that is locked on Windows, where it could not be read


def state_folder(root: Path) -> Path:
    """Return the folder for the lock and the journal of the project at `root`; nothing is made.

    `<git common directory>/phasemetrics/`, found without running git. A linked worktree, or a project that is a folder
    of its repository, has a folder of its own in there: its documents are others. Without a repository that can be
    trusted (a `.git` that is a link or has another owner), `<root>/.phasemetrics/.state/`.
    """
    base = Path(os.path.realpath(root))
    for top in (base, *base.parents):
        if os.path.lexists(top / ".git"):
            with suppress(OSError, ValueError):
                found = _git_folders(top, base.stat().st_uid)
                if found is not None:
                    return _scoped(*found, os.path.relpath(base, top))
            if (top / ".git").is_symlink():
                break
    return base / ".phasemetrics" / ".state"


def prepare(root: Path) -> Path:
    """Return the state folder, made (mode 0700) if there was none; raises `Refusal` where that is not possible."""
    base = Path(os.path.realpath(root))
    folder = state_folder(base)
    inside = folder.is_relative_to(base)
    if (inside and passes_link(base, folder)) or folder.is_symlink():
        mend = "look at where it leads, and remove it"
        raise Refusal("cannot-write", "is or passes through a symbolic link", path=shown(base, folder), mend=mend)
    committed = folder.parent == base / ".phasemetrics"
    with writing(shown(base, folder)):
        for step, mode in ((folder.parent, 0o777 if committed else 0o700), (folder, 0o700)):
            if not step.is_dir():
                step.mkdir(mode=mode, exist_ok=True)
                sync_folder(step.parent)
        if committed and not (folder / ".gitignore").exists():
            replace(folder / ".gitignore", b"*\n")
    return folder


@contextmanager
def held(root: Path, timeout: float, *, read_only: bool = False) -> Iterator[bool]:
    """Hold the project's lock; raises `Refusal` (`locked`) when another run has held it for `timeout` seconds.

    With `read_only` nothing is made for it: yields False, holding nothing, where no one ever wrote or nobody may.
    The file stays: removing a lock that another process waits for would give it to two.
    """
    try:
        descriptor = None if read_only and not state_folder(root).is_dir() else _open(prepare(root), root)
    except Refusal:
        if not read_only:
            raise
        descriptor = None
    if descriptor is None:
        yield False
        return
    try:
        _wait(descriptor, timeout, shown(root, state_folder(root) / "lock"))
        yield True
    finally:
        with suppress(OSError):
            os.close(descriptor)


def shown(root: Path, path: Path) -> str:
    """Return `path` as a person at `root` would write it."""
    base = Path(os.path.realpath(root))
    return path.relative_to(base).as_posix() if path.is_relative_to(base) else str(path)


def _git_folders(top: Path, owner: int) -> tuple[Path, Path] | None:
    """Return the git directory of the worktree at `top` and the common one; None unless `owner` owns both."""
    git = top / ".git"
    if git.is_symlink():
        return None
    if git.is_file():
        with git.open("rb") as stream:
            said = os.fsdecode(stream.read(_POINTER_LIMIT))
        if not said.startswith("gitdir:"):
            return None
        git = Path(os.path.realpath(top / said.removeprefix("gitdir:").strip()))
    common = git
    if (git / "commondir").is_file():
        with (git / "commondir").open("rb") as stream:
            common = Path(os.path.realpath(git / os.fsdecode(stream.read(_POINTER_LIMIT)).strip()))
    real = (git / "HEAD").exists() and all(
        folder.is_dir() and folder.stat().st_uid == owner for folder in (git, common)
    )
    return (git, common) if real else None


def _scoped(git: Path, common: Path, below: str) -> Path:
    folder = common / "phasemetrics"
    if git == common and below == ".":
        return folder
    # Relative names only: a checkout that is moved finds its journal again.
    scope = f"{os.path.relpath(git, common)}\0{below}"
    return folder / hashlib.sha256(os.fsencode(scope)).hexdigest()[:16]


def _open(folder: Path, root: Path) -> int:
    lock = folder / "lock"
    with writing(shown(root, lock)):
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
        descriptor = os.open(lock, flags, 0o600)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise OSError("it is not a regular file")
    return descriptor


def _wait(descriptor: int, timeout: float, name: str) -> None:
    turn, end = _turn(descriptor), time.monotonic() + timeout
    while not _take(descriptor, name):
        now, before, turn = time.monotonic(), turn, _turn(descriptor)
        if turn != before:
            # Of many that wait, one may come last for long: the time is that of one holder.
            end = now + timeout
        if now >= end:
            message = f"another run has held the lock for {timeout:g} s"
            raise Refusal("locked", message, path=name, mend="wait for it to end, then run the same command again")
        time.sleep(_PAUSE)
    with suppress(OSError):  # on a full disk nobody can tell holders apart
        os.lseek(descriptor, _TURN, os.SEEK_SET)
        os.write(descriptor, os.urandom(_TURN_SIZE))


def _turn(descriptor: int) -> bytes:
    """Return what the last holder of the lock wrote into it, which is different for each."""
    os.lseek(descriptor, _TURN, os.SEEK_SET)
    return os.read(descriptor, _TURN_SIZE)


def _take(descriptor: int, name: str) -> bool:
    with writing(name):
        try:
            if sys.platform == "win32":  # pragma: no cover - a call of Windows
                os.lseek(descriptor, 0, os.SEEK_SET)
                msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            return False
    return True
