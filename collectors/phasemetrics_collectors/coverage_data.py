"""Coverage from the data file that `coverage run` leaves (`.coverage`, SQLite), read by coverage in a child process."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from phasemetrics.errors import Refusal
from phasemetrics.evidence.model import Fact, Kind, Report, Warning
from phasemetrics.limits import limits, raising
from phasemetrics.privilege import privilege
from phasemetrics.reading import open_regular
from phasemetrics.scratch import scratch
from phasemetrics_collectors import coverage_json

KIND: Kind = "coverage"
_HEADER = b"SQLite format 3\0"
_CHILD = Path(__file__).with_name("_coverage_child.py")
_SECONDS = 30.0
_TO_START_PYTHON = ("LD_LIBRARY_PATH", "SYSTEMROOT")
_INSTEAD = "run `coverage json -o build/coverage.json` where the tests ran and give that file"
_RELATIVE = f"{_INSTEAD}; or let coverage write relative_files = true"


def recognises(head: bytes) -> bool:
    """Return whether a file that begins with `head` is an SQLite database."""
    return head.startswith(_HEADER)


def collect(report: Report) -> Iterator[Fact]:
    """Yield what `coverage json` would say of a data file, with coverage's default configuration.

    The sources are read from the project the file lies in (the nearest folder above it with `.git` or
    `pyproject.toml`, else its own folder). Configuration and plugins are not, because both run code: where a
    project sets `exclude_also`, `omit` or `plugins`, give the output of `coverage json`. Measured files outside the
    project are never opened; `Warning` `outside-project` counts them. Raises `Refusal`: `bad-coverage-data`,
    `missing-source`, `outside-project`, `unsupported-coverage-data`; `unsafe-event` where a stranger's file would be
    read with the rights of the repository: it is a program for SQLite, however it is opened.
    """
    held = privilege(os.environ)
    if held is not None:
        message = f"data files of coverage are not read for {held.event}, with the rights of the repository"
        raise _refusal(report, message, "unsafe-event")
    with scratch() as folder:
        # A copy alone in its folder: SQLite obeys a journal beside the file, and deletes what that names.
        private = folder / "data"
        with open_regular(report.path, report.name) as source, private.open("wb") as copy:
            shutil.copyfileobj(source, copy)
        with private.open("rb") as copy:
            if not recognises(copy.read(len(_HEADER))):
                raise _refusal(report, "is not an SQLite database")
        answer = _ask(report, private)
    first, _, content = answer.partition(b"\n")
    header = json.loads(first)
    if "refused" in header:
        code, message = header["refused"]
        raise _refusal(report, message, code)
    if header["outside"]:
        said = f"measured files outside the project do not count: {header['outside']}, {header['first']} the first"
        yield Warning("outside-project", report.name, said)
    yield from coverage_json.facts(content, report.name)


def _refusal(report: Report, message: str, code: str = "bad-coverage-data") -> Refusal:
    return Refusal(code, message, path=report.name, mend=_RELATIVE if code == "outside-project" else _INSTEAD)


def _project(report: Report) -> tuple[Path, Path]:
    folder = Path(os.path.realpath(report.path.absolute().parent))
    for root in (folder, *folder.parents):
        if (root / ".git").exists() or (root / "pyproject.toml").exists():
            return root, folder
    return folder, folder


def _ask(report: Report, private: Path) -> bytes:
    root, folder = _project(report)
    most = limits().json_size
    # -I and the bare environment keep the project's modules and settings out; coverage names files from the cwd on.
    # Without a HOME Python asks the system's list of users for one.
    environment = {name: os.environ[name] for name in _TO_START_PYTHON if name in os.environ}
    environment["HOME"] = str(private.parent)
    command = [sys.executable, "-I", "-B", "-X", "utf8", str(_CHILD), str(private), str(root), str(folder)]
    with subprocess.Popen(
        command, cwd=root, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as child:
        clock = threading.Timer(_SECONDS, child.kill)
        clock.start()
        try:
            answer = child.stdout.read(most + 1) if child.stdout else b""
            if len(answer) > most:
                child.kill()
            code = child.wait()
        finally:
            clock.cancel()
            child.kill()
    if len(answer) > most:
        message = f"its report is larger than the limit of {most} bytes"
        raise Refusal("bad-coverage-data", message, path=report.name, mend=raising("json_size"))
    if code != 0 or not answer:
        raise _refusal(report, f"coverage could not read it within its time and memory (exit {code})")
    return answer
