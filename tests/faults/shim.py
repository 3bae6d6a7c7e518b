"""Compiles the shim that counts system calls, and tells it which of them goes wrong, and how."""

from __future__ import annotations

import ctypes
import errno
import functools
import mmap
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).with_name("shim.c")
ERRORS = ("ENOSPC", "EIO", "EACCES", "EROFS", "EDQUOT", "EINTR")
FAULTS = ("kill-before", "kill-after", "kill-within", "short", *ERRORS, "ENOSPC-ever", "EIO-ever")
WRITES = frozenset({"write", "pwrite", "writev", "sendfile", "copy_file_range"})
_KINDS = {"kill-before": 1, "kill-after": 2, "kill-within": 3, "short": 4, "pause": 6}
_ERROR = 5
_NOTES = 4096


class _Note(ctypes.Structure):
    _fields_ = (
        ("number", ctypes.c_int64),
        ("process", ctypes.c_int32),
        ("call", ctypes.c_char * 20),
        ("path", ctypes.c_char * 224),
    )


class _Control(ctypes.Structure):
    """What shim.c calls `struct control`."""

    _fields_ = (
        ("calls", ctypes.c_int64),
        ("noted", ctypes.c_int64),
        ("at", ctypes.c_int64),
        ("kind", ctypes.c_int32),
        ("error", ctypes.c_int32),
        ("ever", ctypes.c_int32),
        ("unused", ctypes.c_int32),
        ("notes", _Note * _NOTES),
    )


@dataclass(frozen=True, slots=True)
class Call:
    """One call that changed a file, or (with the number 0) that wrote to stdout or stderr."""

    number: int
    process: int
    name: str
    path: str


class Control:
    """The file through which all processes of one command are told what goes wrong, and count what they do."""

    def __init__(self, place: Path, below: Sequence[Path]) -> None:
        self.place, self.below = place, below
        place.write_bytes(b"")
        os.truncate(place, ctypes.sizeof(_Control))
        with place.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), 0)
        self._said = _Control.from_buffer(self._map)

    def arm(self, kind: str = "", at: int = 0) -> None:
        """Count from 1 again; the call `at` goes wrong as `kind`, one of FAULTS, says, or waits: `pause`."""
        name, _, ever = kind.partition("-") if kind.endswith("-ever") else (kind, "", "")
        number = getattr(errno, name) if name.startswith("E") else 0
        self._said.calls = self._said.noted = 0
        self._said.kind, self._said.error = _KINDS.get(name, _ERROR), number
        self._said.ever, self._said.at = bool(ever), at

    @property
    def seen(self) -> int:
        """How many calls there were since it was armed."""
        return int(self._said.calls)

    @property
    def calls(self) -> list[Call]:
        """What was called since it was armed, in order."""
        assert self._said.noted <= _NOTES
        notes = self._said.notes[: self._said.noted]
        return [Call(one.number, one.process, one.call.decode(), os.fsdecode(one.path)) for one in notes]

    def variables(self) -> Mapping[str, str]:
        """Return what a program that is started has to find in its environment."""
        below = ":".join(os.path.realpath(folder) for folder in self.below)
        return {"LD_PRELOAD": str(library()), "FAULTS_CONTROL": str(self.place), "FAULTS_BELOW": below}


def missing() -> str:
    """Return why there can be no shim here; empty where there can."""
    if sys.platform != "linux" or platform.machine() not in {"x86_64", "aarch64"}:
        return "the shim is for 64-bit Linux"
    return "" if shutil.which("cc") else "there is no C compiler (cc)"


@functools.cache
def library() -> Path:
    """Return the compiled shim."""
    folder = tempfile.TemporaryDirectory(prefix="shim-")
    _kept.append(folder)
    made = Path(folder.name) / "shim.so"
    flags = ["-std=c11", "-O1", "-Wall", "-Wextra", "-shared", "-fPIC"]
    done = subprocess.run(
        ["cc", *flags, "-o", str(made), str(SOURCE), "-ldl"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return made


_kept: list[tempfile.TemporaryDirectory[str]] = []
