"""Starts the program with the shim in place, forked from a process that has loaded both; many of them at once.

A program is asked for by one line of JSON over a socket (see `nursery.become`), which is answered by a line with the
number of its process, and when it has ended by a line with how.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import functools
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import nursery
from faults import shim
from journey import Ended

_TESTS = Path(__file__).parents[1]


@dataclass(slots=True)
class Running:
    """A program at work."""

    process: int
    _handle: int
    _connection: socket.socket
    _folder: tempfile.TemporaryDirectory[str]

    def send(self, number: signal.Signals) -> None:
        """Send it a signal; one that has ended already does not get it, nor does any other process."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, number)

    def stopped(self) -> bool:
        """Wait until it is stopped, or has ended; return whether it is stopped."""
        while not select.select([self._connection], [], [], 0.002)[0]:
            with contextlib.suppress(OSError):
                if Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()[0] == "T":
                    return True
        return False

    def ended(self) -> Ended:
        """Wait until it has ended; the code is negative where a signal ended it."""
        said = self._connection.recv(16)
        assert said, "the process that programs are forked from has ended"
        self._connection.close()
        os.close(self._handle)
        out, err = (Path(self._folder.name, name).read_bytes().decode("utf-8", "replace") for name in ("out", "err"))
        self._folder.cleanup()
        return Ended(int(said), out, err)


class Driver:
    """The process that is forked from; it ends with this one."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="driver-")
        self._place = f"{self._folder.name}/socket"
        own = {"PYTHONUTF8": "1", "PYTHONPATH": str(_TESTS), "LD_PRELOAD": str(shim.library())}
        command = [sys.executable, "-m", "faults.driver", self._place]
        self._process = subprocess.Popen(command, env=nursery.clean() | own, stdout=subprocess.PIPE, text=True)
        atexit.register(self._process.kill)
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"

    def begin(
        self, root: Path, arguments: Sequence[str], variables: Mapping[str, str], user: int | None = None
    ) -> Running:
        """Start the program in `root`, under a clean environment with some variables of its own, as a certain user."""
        folder = tempfile.TemporaryDirectory(prefix="said-")
        names = [f"{folder.name}/{name}" for name in ("in", "out", "err")]
        for name in names:
            Path(name).touch()
        environment = nursery.clean() | {"PYTHONUTF8": "1", "NO_COLOR": "1", **variables}
        for name in (folder.name, *names) if user is not None else ():
            os.chown(name, -1 if user is None else user, -1)
        order = {"arguments": arguments, "root": str(root), "environment": environment, "names": names, "user": user}
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(self._place)
        connection.sendall(json.dumps(order).encode() + b"\n")
        process = int(connection.recv(16))
        handle = os.pidfd_open(process)
        connection.sendall(b"\n")
        return Running(process, handle, connection, folder)


@functools.cache
def driver() -> Driver:
    """Return the one for this process."""
    return Driver()


def _serve(place: str) -> None:
    nursery.load()
    os.environ["GIT_PYTHON_REFRESH"] = "quiet"
    # What a program imports late. Another user may not be able to read this Python.
    for late in ("git.cmd", "encodings.ascii", "encodings.utf_8_sig"):
        import_module(late)
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(place)
    listening.listen(64)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that answer
    print("ready", flush=True)
    while True:
        connection, _ = listening.accept()
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            listening.close()
            _answer(connection)
        connection.close()


def _answer(connection: socket.socket) -> None:
    """Be the parent of one program; never returns."""
    order = json.loads(connection.makefile("r").readline())
    child = os.fork()
    if child == 0:
        connection.close()
        os.environ.update({name: order["environment"].get(name, "") for name in ("FAULTS_CONTROL", "FAULTS_BELOW")})
        ctypes.CDLL(None).faults_arm()
        if order["user"] is not None:
            os.setuid(order["user"])
        nursery.become(order)
    # Its number is nobody else's until it is waited for: not before the other side has a handle on it.
    connection.sendall(f"{child}\n".encode())
    connection.recv(1)
    _, status = os.waitpid(child, 0)
    connection.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


if __name__ == "__main__":
    _serve(sys.argv[1])
