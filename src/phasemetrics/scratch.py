"""Temporary folders that the next run removes where this one was killed before it could."""

from __future__ import annotations

import errno
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform != "win32":  # pragma: no branch - Windows has no such module
    import fcntl

# Whole words of eight letters are names that people give: /tmp/phasemetrics-worktree is somebody's, and stays.
_PREFIX, _SUFFIX = "phasemetrics-", ".scratch"
_NAME = re.compile(rf"{_PREFIX}[a-z0-9_]{{8}}{re.escape(_SUFFIX)}")
_UNLOCKABLE = {errno.ENOSYS, errno.EINVAL, errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOTSUP}
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


@contextmanager
def scratch() -> Iterator[Path]:
    """Yield a new folder of our own (mode 0700), removed afterwards; raises `OSError` where none can be made.

    As long as it is in use it is locked (flock(2)); the lock of a killed process is gone, which is how `sweep` knows.
    """
    held, folder = _made()
    try:
        yield folder
    finally:
        try:
            _remove(folder)
        except KeyboardInterrupt:
            _remove(folder)
            raise
        finally:
            if held is not None:  # pragma: no branch - None on Windows only
                os.close(held)


def sweep() -> None:
    """Remove the folders of this user's runs that were killed; what cannot be removed is left, and said to nobody."""
    if sys.platform == "win32":  # pragma: no cover - nothing to do on Windows
        return  # a folder cannot be locked there
    with suppress(OSError):
        with os.scandir(_parent()) as entries:
            found = [Path(entry.path) for entry in entries if _NAME.fullmatch(entry.name)]
        for folder in found:
            with suppress(OSError):
                _remove_dead(folder)


def _made() -> tuple[int | None, Path]:
    if sys.platform == "win32":  # pragma: no cover - nothing is locked on Windows
        return None, Path(tempfile.mkdtemp(prefix=_PREFIX, suffix=_SUFFIX))
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, suffix=_SUFFIX, dir=_parent()))
        try:
            held = _locked(folder)
        except (FileNotFoundError, BlockingIOError):
            continue  # before it was locked, another run took it for a dead one's
        except OSError:
            folder.rmdir()
            raise
        if folder.is_dir():
            return held, folder
        os.close(held)


def _locked(folder: Path) -> int:
    held = os.open(folder, _FOLDER)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in _UNLOCKABLE:  # then nobody can tell whether it is in use, and nobody removes it
            os.close(held)
            raise
    return held


def _remove_dead(folder: Path) -> None:
    held = os.open(folder, _FOLDER)
    try:
        if os.fstat(held).st_uid == os.geteuid():
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _remove(folder)
    finally:
        os.close(held)


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    if not folder.exists():
        return
    for place, names, _ in os.walk(folder):  # what ran in it may have closed folders, as a cache of modules is
        for name in names:
            inner = Path(place, name)
            if not inner.is_symlink():
                with suppress(OSError):
                    inner.chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)


def _parent() -> str:
    if tempfile.tempdir is not None:
        return os.fspath(tempfile.tempdir)
    # Not by tempfile's own search, except where all else fails: it tries a folder by writing a file into it, and
    # killed there it leaves one behind that nobody can know again.
    wanted = [*(os.environ.get(name) for name in ("TMPDIR", "TEMP", "TMP")), "/tmp"]
    usable = (name for name in wanted if name and Path(name).is_dir() and os.access(name, os.W_OK | os.X_OK))
    return os.path.abspath(next(usable, None) or tempfile.gettempdir())  # noqa: PTH100 - a link stays as it was named
