"""The file that a person names for what a command prints: replaced whole, or left as it was."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from phasemetrics.realpath import real
from phasemetrics.writing import atomic
from phasemetrics.writing.atomic import writing


def write_output(path: Path, content: bytes) -> None:
    """Write `content` to the file `path`, which keeps its mode and owner, and the link to it stays a link.

    A pipe or a device takes the bytes as they come. Raises `Refusal` where the system says no; then nothing is changed.
    """
    with writing(str(path)):
        target = real(path)
        if target.is_symlink():
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        if target.exists() and not stat.S_ISREG(target.stat().st_mode):
            target.write_bytes(content)
            return
        temporary = atomic.temporary_beside(target)
        try:
            atomic.stage(temporary, content, target if target.exists() else None)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
        atomic.sync_folder(target.parent)
