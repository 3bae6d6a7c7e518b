"""Starts a real PostgreSQL from Debian's package, on loopback and a socket of its own, in a folder that goes away."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

_SECONDS = 30.0
ADMIN, PASSWORD = "postgres", "a/b:c@d %e"  # whatever an address has to escape
# How it was configured on the day it was packaged, but for what makes it safe against a loss of power.
_SETTINGS = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=100")


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs."""

    port: int
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def url(self, database: str, user: str = ADMIN, password: str = PASSWORD) -> str:
        """Return the address of a database as a person would write it."""
        return f"postgresql://{user}:{quote(password, safe='')}@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """Make an empty database and return its address; that takes a while, and 8 MB."""
        name = f"test_{next(self.numbers)}"
        self.run("postgres", f"CREATE DATABASE {name}")
        return self.url(name)

    def run(self, database: str, statements: str, user: str = ADMIN) -> list[tuple[Any, ...]]:
        """Run SQL as a role, each statement for itself, and return what the last one gives."""
        return run(self.url(database, user), statements)


def run(url: str, statements: str, *values: object) -> list[tuple[Any, ...]]:
    """Run SQL at an address, each statement for itself, and return what the last one gives."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statements.encode(), values or None)
        while cursor.nextset():
            pass
        return cursor.fetchall() if cursor.description else []


def programs() -> Path | None:
    """Return the folder of the newest server's programs; None where Debian's `postgresql` is not installed."""
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max((path.parent for path in found), key=lambda path: float(path.parent.name), default=None)


@pytest.fixture(scope="session", name="postgres")
def _postgres() -> Iterator[Server]:
    own = programs()
    if own is None:
        pytest.skip("no PostgreSQL: `apt-get install postgresql`")
    with running(own) as server:
        yield server


@contextmanager
def running(own: Path) -> Iterator[Server]:
    """Yield a server of the programs in `own`, and end it."""
    # Not in pytest's folder: that is its user's alone, and the server is another's where we are root.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    user = ADMIN if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    shutil.chown(folder, user)
    try:
        _initialise(own, folder, user)
        with _started(own, folder, user) as port:
            yield Server(port)
    finally:
        shutil.rmtree(folder)


def _initialise(own: Path, folder: Path, user: str) -> None:
    (folder / "password").write_text(PASSWORD)
    (folder / "password").chmod(0o644)
    command = [f"{own}/initdb", f"--pgdata={folder}/data", f"--username={ADMIN}", f"--pwfile={folder}/password"]
    options = ["--auth=scram-sha-256", "--encoding=UTF8", "--no-locale", "--no-sync"]
    subprocess.run([*command, *options], check=True, capture_output=True, cwd=folder, **_as(user))


@contextmanager
def _started(own: Path, folder: Path, user: str) -> Iterator[int]:
    port = _free_port()
    settings = [*_SETTINGS, f"port={port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={folder}"]
    command = [f"{own}/postgres", "-D", f"{folder}/data", *(part for one in settings for part in ("-c", one))]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, start_new_session=True, **_as(user))
    try:
        _wait(port, process, folder)
        yield port
    finally:
        process.send_signal(signal.SIGQUIT)  # at once, with all of its children: nobody will read its files again
        process.wait(_SECONDS)


def _as(user: str) -> dict[str, Any]:
    if os.geteuid():
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


def _wait(port: int, process: subprocess.Popen[Any], folder: Path) -> None:
    import psycopg

    until = time.monotonic() + _SECONDS
    while time.monotonic() < until and process.poll() is None:
        with suppress(psycopg.OperationalError):
            run(Server(port).url("postgres"), "SELECT 1")
            return
        time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start: {(folder / 'log').read_text('utf-8', 'replace')[-2000:]}")
