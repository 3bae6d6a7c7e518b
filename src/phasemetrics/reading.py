"""Opens a file that a stranger may have put there: a regular file within its limit, or a refusal."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any, BinaryIO

from phasemetrics.errors import Refusal

MIB = 1 << 20
REPORT_LIMIT = 256 * MIB
JSON_LIMIT = 64 * MIB
TEXT_LIMIT = 64 * MIB
CONFIG_LIMIT = 1 * MIB


def open_regular(path: Path, name: str, limit: int = REPORT_LIMIT) -> BinaryIO:
    """Open `path` for reading bytes.

    `name` is how the person calls the file and is what an error shows; `limit` is in bytes. Raises `Refusal` for
    whatever is missing, unreadable, not a regular file, empty, or over the limit. Never blocks on a pipe.
    """
    try:
        # O_NONBLOCK: opening a FIFO without it waits for a writer, for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise Refusal("missing-file", "there is no such file", path=name, mend="name an existing file") from None
    except OSError as error:
        raise Refusal("unreadable", f"cannot be opened: {error.strerror}", path=name) from None
    found = os.fstat(descriptor)
    problem = _problem(found, limit)
    if problem is not None:
        os.close(descriptor)
        code, message, mend = problem
        raise Refusal(code, message, path=name, mend=mend)
    return os.fdopen(descriptor, "rb")


def _problem(found: os.stat_result, limit: int) -> tuple[str, str, str | None] | None:
    if not stat.S_ISREG(found.st_mode):
        kind = "a directory" if stat.S_ISDIR(found.st_mode) else "not a regular file"
        return "not-a-file", f"is {kind}", "name a regular file"
    if found.st_size == 0:
        return "empty-file", "is empty", "run the command that writes it again"
    if found.st_size > limit:
        return "too-large", f"is {found.st_size} bytes, the limit is {limit}", None
    return None


def read_regular(path: Path, name: str, limit: int) -> bytes:
    """Return all bytes of `path`, under the same conditions as `open_regular`."""
    with open_regular(path, name, limit) as stream:
        content = stream.read(limit + 1)
    if len(content) > limit:
        raise Refusal("too-large", f"grew past the limit of {limit} bytes", path=name)
    return content


def unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the members of a JSON object of ours (`object_pairs_hook`); raise ValueError when a key stands twice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands there twice, as after a merge conflict")
    return found
