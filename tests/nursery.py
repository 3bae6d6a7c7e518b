"""Starts the program in a process of its own, forked from one that has imported it already.

Most of a short run is imports, and the tests make hundreds of them. What the environment decides when Python starts
needs a start from nothing, and so does what runs beside another.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import json
import os
import pkgutil
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

PROGRAM = Path(sys.executable).with_name("phasemetrics")
_AT_THE_START = ("PYTHON", "LC_", "LANG")
_USUAL = {"PYTHONUTF8": "1"}
_LATE = ("phasemetrics.stores", "phasemetrics.__main__")  # what few commands import, and what runs when it is imported


class _Nursery:
    """The process that is forked from; one for each process of tests."""

    def __init__(self) -> None:
        command = [sys.executable, __file__]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, env=clean() | _USUAL, stdin=pipe, stdout=pipe, text=True)
        self.free = threading.Lock()
        atexit.register(self._process.kill)

    def run(self, arguments: Sequence[str], root: Path, environment: Mapping[str, str], stdin: bytes) -> _Ended:
        with tempfile.TemporaryDirectory() as folder:
            names = [f"{folder}/{name}" for name in ("in", "out", "err")]
            Path(names[0]).write_bytes(stdin)
            order = {"arguments": list(arguments), "root": str(root), "environment": dict(environment), "names": names}
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
            said = self._process.stdout.readline()
            assert said, "the process that programs are forked from has ended"
            code = int(said)
            out, err = (Path(name).read_bytes() for name in names[1:])
        return subprocess.CompletedProcess([str(PROGRAM), *arguments], code, out, err)


_Ended = subprocess.CompletedProcess[bytes]
_nursery: list[_Nursery] = []


def clean() -> dict[str, str]:
    """Return the environment of the tests without what would tell the program or git anything."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PHASEMETRICS_", "GIT"))}


def ran(root: Path, *arguments: str, stdin: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the program in `root` under a clean environment with some variables of its own."""
    environment = clean() | variables
    special = {name: value for name, value in environment.items() if name.startswith(_AT_THE_START)}
    usual = all(os.environ.get(name, _USUAL.get(name)) == value for name, value in special.items())
    if not _nursery and usual:
        _nursery.append(_Nursery())
    if usual and _nursery[0].free.acquire(blocking=False):
        try:
            found = _nursery[0].run(arguments, root, _USUAL | environment, stdin.encode())
        finally:
            _nursery[0].free.release()
    else:
        command = [str(PROGRAM), *arguments]
        found = subprocess.run(
            command, cwd=root, env=environment, input=stdin.encode(), capture_output=True, check=False
        )
    out, err = (text.decode("utf-8", "replace") for text in (found.stdout, found.stderr))
    return subprocess.CompletedProcess(found.args, found.returncode, out, err)


def load() -> None:
    """Import all that the program may need, for those that are forked from this process."""
    from importlib import import_module

    import phasemetrics
    import phasemetrics_collectors
    from phasemetrics.templates import builtin

    for package in (phasemetrics, phasemetrics_collectors):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.startswith(_LATE) and not found.name.endswith("_coverage_child"):
                import_module(found.name)
    import_module("jinja2.sandbox")
    for template in builtin():
        assert template.patterns, "the templates are read once, too"
    gc.collect()
    gc.freeze()


def _serve() -> None:
    load()
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            become(order)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def become(order: Any) -> None:
    """Be the program until it ends; never returns."""
    from phasemetrics.cli import main

    code = 1
    try:
        flags = (os.O_RDONLY, os.O_WRONLY | os.O_CREAT, os.O_WRONLY | os.O_CREAT)
        for number, (name, flag) in enumerate(zip(order["names"], flags, strict=True)):
            opened = os.open(name, flag, 0o600)
            os.dup2(opened, number)
            os.close(opened)
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - the old one has read ahead
        os.environ.clear()
        os.environ.update(order["environment"])
        os.chdir(order["root"])
        sys.argv = [str(PROGRAM), *order["arguments"]]
        main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code & 0xFF)


if __name__ == "__main__":
    _serve()
