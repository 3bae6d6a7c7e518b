"""Opens a file that a stranger may have put there: a regular file within its limit, or a refusal."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Any, BinaryIO

from phasemetrics.errors import Refusal
from phasemetrics.limits import MIB, Size, limits, raising

CONFIG_LIMIT = 1 * MIB  # what holds the other limits cannot hold its own
_REGULAR = "name a regular file"


def open_regular(path: Path, name: str, limit: Size | int = "report_size") -> BinaryIO:
    """Open `path` for reading bytes.

    `name` is how the person calls the file and is what an error shows; `limit` is the one in force that counts, or a
    number of bytes that nobody configures. Raises `Refusal` for whatever is missing, unreadable, not a regular file,
    empty, or over the limit. Never blocks on a pipe.
    """
    try:
        # O_NONBLOCK: opening a FIFO without it waits for a writer, for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise Refusal("missing-file", "there is no such file", path=name, mend="name an existing file") from None
    except OSError as error:
        if error.errno == errno.ENXIO:
            raise Refusal("not-a-file", "is a socket, not a regular file", path=name, mend=_REGULAR) from None
        raise Refusal("unreadable", f"cannot be opened: {error.strerror}", path=name) from None
    found = os.fstat(descriptor)
    problem = _problem(found, limit)
    if problem is not None:
        os.close(descriptor)
        code, message, mend = problem
        raise Refusal(code, message, path=name, mend=mend)
    return os.fdopen(descriptor, "rb")


def _problem(found: os.stat_result, limit: Size | int) -> tuple[str, str, str | None] | None:
    if not stat.S_ISREG(found.st_mode):
        kind = "a directory" if stat.S_ISDIR(found.st_mode) else "not a regular file"
        return "not-a-file", f"is {kind}", _REGULAR
    if found.st_size == 0:
        return "empty-file", "is empty", "run the command that writes it again"
    most, mend = bound(limit)
    if found.st_size > most:
        return "too-large", f"is {found.st_size} bytes, the limit is {most}", mend
    return None


def read_regular(path: Path, name: str, limit: Size | int) -> bytes:
    """Return all bytes of `path`, under the same conditions as `open_regular`."""
    most, mend = bound(limit)
    with open_regular(path, name, limit) as stream:
        content = stream.read(most + 1)
    if len(content) > most:
        raise Refusal("too-large", f"grew past the limit of {most} bytes", path=name, mend=mend)
    return content


def bound(limit: Size | int) -> tuple[int, str]:
    """Return a limit in bytes, and what mends a file that is over it."""
    if isinstance(limit, int):
        return limit, "make it smaller: this limit is fixed"
    most: int = getattr(limits(), limit)
    return most, raising(limit)


def unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the members of a JSON object of ours (`object_pairs_hook`); raise ValueError when a key stands twice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands there twice, as after a merge conflict")
    return found
