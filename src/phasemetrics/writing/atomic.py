"""One file, replaced whole: complete and durable under another name first, then exchanged in a single step."""

from __future__ import annotations

import errno
import functools
import hashlib
import os
import re
import secrets
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from phasemetrics.errors import Refusal

# Short and of a fixed form: a name made from the document's own is too long for a document of 252 characters.
TEMPORARY = re.compile(r"\.pm-[0-9a-f]{8}\Z")
ODD = "not a regular file"

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
_BINARY = getattr(os, "O_BINARY", 0)
_NOREPLACE, _EXCHANGE = 1, 2  # renameat2(2)
_UNSUPPORTED = {errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.ENOTSUP}


@contextmanager
def writing(name: str) -> Iterator[None]:
    """Turn an `OSError` into the `Refusal` that names the file."""
    try:
        yield
    except OSError as error:
        mend = "make room or give the permission, then run the same command again"
        raise Refusal("cannot-write", f"cannot be written: {error.strerror or error}", path=name, mend=mend) from error


def temporary_beside(path: Path) -> Path:
    """Return a new name in the folder of `path`; nothing is made."""
    return path.with_name(f".pm-{secrets.token_hex(4)}")


def digest(path: Path) -> str | None:
    """Return the SHA-256 of a file in hex, None when there is none, `ODD` for a link, a folder, a pipe or a device."""
    try:
        descriptor = os.open(path, _READ | _BINARY)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        if path.is_symlink():
            return ODD
        raise
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return ODD
    with os.fdopen(descriptor, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable; systems that cannot open a folder need not."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _UNSUPPORTED:  # some network file systems: they have no such order to keep
            raise
    finally:
        os.close(descriptor)


def make_folders(folder: Path) -> None:
    """Make `folder` and the folders above it that are not there, durably."""
    for step in missing_folders(folder):
        step.mkdir(exist_ok=True)
        sync_folder(step.parent)


def missing_folders(folder: Path) -> list[Path]:
    """Return `folder` and the folders above it, as far as they are not there, the outermost first."""
    return [step for step in (folder, *folder.parents) if not step.exists()][::-1]


def stage(temporary: Path, content: bytes, like: Path | None) -> None:
    """Write `content` to the new file `temporary`, durably, with owner, attributes and mode of the file `like`.

    Without `like` it gets the mode that any new file gets. Raises `OSError`; what was begun is left for the caller.
    """
    descriptor = os.open(temporary, _NEW | _BINARY, 0o666 if like is None else 0o600)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        if like is not None:
            _copy_identity(like, descriptor)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def install(temporary: Path, path: Path, *, new: bool) -> None:
    """Give the file `temporary` the name `path` in one step.

    The file that had the name keeps existing under the name `temporary`, so that it can be looked at and put back;
    where the system cannot exchange two names it is gone. With `new`, raises `FileExistsError` if there is a file.
    """
    if _rename(temporary, path, _NOREPLACE if new else _EXCHANGE):
        return
    if new and os.path.lexists(path):
        raise FileExistsError(f"{path.name} exists")
    temporary.replace(path)


def replace(path: Path, content: bytes) -> None:
    """Write a small file of our own, durably; raises `OSError` and leaves no temporary, unless killed."""
    temporary = temporary_beside(path)
    try:
        stage(temporary, content, None)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def _copy_identity(source: Path, target: int) -> None:
    """Copy owner, extended attributes (access lists are among them) and mode, in this order: each may change the next.

    A file whose owner cannot be kept is refused, not quietly given to whoever runs the tool.
    """
    wanted, found = source.lstat(), os.fstat(target)
    if (wanted.st_uid, wanted.st_gid) != (found.st_uid, found.st_gid):
        owner = wanted.st_uid if wanted.st_uid != found.st_uid else -1
        try:
            os.fchown(target, owner, wanted.st_gid if wanted.st_gid != found.st_gid else -1)
        except PermissionError as error:
            raise PermissionError(error.errno, "it belongs to someone else, and the new file would not") from error
    _copy_attributes(source, target)
    if hasattr(os, "fchmod"):
        os.fchmod(target, stat.S_IMODE(wanted.st_mode))


def _copy_attributes(source: Path, target: int) -> None:
    if sys.platform != "linux":
        return  # Python knows them nowhere else
    kept = _attributes(lambda: os.listxattr(source, follow_symlinks=False))
    wanted = {name: os.getxattr(source, name, follow_symlinks=False) for name in kept}
    found = {name: os.getxattr(target, name) for name in _attributes(lambda: os.listxattr(target))}
    for name, value in wanted.items():
        if found.get(name) != value:
            os.setxattr(target, name, value)
    for name in found.keys() - wanted.keys():
        # The folder's default access list, given to every new file, would let in whom the old file kept out.
        os.removexattr(target, name)


def _attributes(listed: Callable[[], list[str]]) -> list[str]:
    # `security.*` is the kernel's own (labels, signatures of the content): it sets them, users may not.
    try:
        names = listed()
    except OSError as error:
        if error.errno in _UNSUPPORTED:
            return []  # a file system without attributes
        raise
    return [name for name in names if not name.startswith("security.")]


@functools.cache
def _renameat2() -> Callable[[bytes, bytes, int], int] | None:
    """Return renameat2(2) as a function of two names and a flag, which returns the error; None where there is none."""
    import ctypes  # costs 5 ms, and only a command that writes needs it

    try:
        function = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError, TypeError):
        return None
    function.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint)
    here = -100  # AT_FDCWD

    def call(source: bytes, target: bytes, flag: int) -> int:
        return ctypes.get_errno() if function(here, source, here, target, flag) else 0

    return call


def _rename(source: Path, target: Path, flag: int) -> bool:
    """Rename with a flag of renameat2(2); False where the system or the file system does not know it."""
    function = _renameat2()
    if function is None:
        return False
    failure = function(os.fsencode(source), os.fsencode(target), flag)
    if failure and failure not in _UNSUPPORTED:
        raise OSError(failure, os.strerror(failure), str(target))
    return not failure
