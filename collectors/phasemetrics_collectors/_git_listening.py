"""Hears what a git process says, as long as that is neither too long nor too late."""

from __future__ import annotations

import os
import subprocess
import threading
from typing import IO, TYPE_CHECKING

from phasemetrics.errors import Refusal
from phasemetrics.limits import limits, raising

if TYPE_CHECKING:
    from git.cmd import Git

_PIECE = 1 << 16
_SAID_LIMIT = 4096


class _Listener(threading.Thread):
    """Reads one stream in pieces; what is beyond `most` bytes is only read, so that its writer is not held up."""

    def __init__(self, stream: IO[bytes], most: int, *, to_its_end: bool) -> None:
        super().__init__(daemon=True)
        # A descriptor of its own: whoever closes the other one meanwhile cannot put another file in its place.
        self._descriptor = os.dup(stream.fileno())
        stream.close()
        self._most = most
        self._to_its_end = to_its_end
        self._pieces: list[bytes] = []
        self.size = 0

    def run(self) -> None:
        """Read until nothing more comes, or too much came."""
        with os.fdopen(self._descriptor, "rb", buffering=0) as stream:
            while (piece := stream.read(_PIECE)) and (self._to_its_end or self.size <= self._most):
                if self.size <= self._most:
                    self._pieces.append(piece)
                self.size += len(piece)

    @property
    def heard(self) -> bytes:
        """What was read, no more than `most` bytes of it."""
        return b"".join(self._pieces)[: self._most]


def running(process: Git.AutoInterrupt) -> subprocess.Popen[bytes]:
    """Return the process that GitPython started; it lets go of it only when its own wrapper is thrown away."""
    assert process.proc is not None
    return process.proc


def hear(git: subprocess.Popen[bytes], seconds: float) -> tuple[int, bytes, str]:
    """Return the exit status of git, its standard output, and the start of its standard error.

    Raises `Refusal` (`git-too-much`) for more output than the limit, and `subprocess.TimeoutExpired` when it takes
    longer; in both cases git still runs.
    """
    most = limits().git_size
    assert git.stdout is not None
    assert git.stderr is not None
    out = _Listener(git.stdout, most, to_its_end=False)
    err = _Listener(git.stderr, _SAID_LIMIT, to_its_end=True)
    for listener in (out, err):
        listener.start()
    for listener in (out, err):
        listener.join(seconds)
        if listener.is_alive():
            raise subprocess.TimeoutExpired("git", seconds)
        if out.size > most:
            message = f"git printed more than {most} bytes, the limit, in answer to one question"
            raise Refusal("git-too-much", message, mend=f"name a base that is nearer; {raising('git_size')}")
    return git.wait(seconds), out.heard, err.heard.decode("utf-8", "replace")
