"""A PostgreSQL server as it is reached from here: connections that wait their turn, refusals that name no secret."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import psycopg
from sqlalchemy import URL, Connection, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError

from phasemetrics.errors import Refusal, UsageError
from phasemetrics.stores.schema import SCHEMA

Right = Literal["read", "write"]

_SCHEMES = ("postgresql", "postgres", "postgresql+psycopg")
_TIMEOUT = 8  # seconds until a server that does not answer is not there
_TURNS, _LONGEST = 40, 2.0  # how often, and at most how long each time, one waits for a connection to become free
# A connection that is refused carries no code, only words, and those are the server's. Where they are not English, no
# one waits, and the person reads them.
_BUSY = re.compile(r"too many|connection slots|no more connections|starting up|in recovery mode")
FORBIDDEN = "42501"
# No connection, not let in, no such database, shut down. Appendix A of PostgreSQL's manual lists them.
_GONE = ("08", "28", "3D", "57P")
_READ = f"GRANT USAGE ON SCHEMA {SCHEMA} TO {{role}}; GRANT SELECT ON ALL TABLES IN SCHEMA {SCHEMA} TO {{role}}"
_WRITE = f"{_READ}; GRANT INSERT ON {SCHEMA}.record, {SCHEMA}.metric TO {{role}}"


class Server:
    """The database behind an address; `name` is what messages call it: its host and itself, never who asks."""

    def __init__(self, address: str) -> None:
        url = _parsed(address)
        self.database = url.database or ""
        self.name = _named(url)
        self.engine = create_engine(
            url,
            # One statement is one transaction, so nobody ever waits for a writer that is gone in the middle of one.
            isolation_level="AUTOCOMMIT",
            hide_parameters=True,
            # A pooler in between may give the next statement to another connection, which has prepared nothing.
            connect_args={"prepare_threshold": None} | _unless_said(url),
        )
        event.listen(self.engine, "do_connect", _connect)

    @contextmanager
    def answering(self, right: Right) -> Iterator[Connection]:
        """Give a connection for work that takes this right; raise Refusal for whatever goes wrong with it."""
        try:
            with self.engine.connect() as connection:
                yield connection
        except DBAPIError as error:
            raise self.refusal(error, right) from None

    def role(self) -> str:
        """Return who we are to the database, as SQL spells the name."""
        with self.engine.connect() as connection:
            return self.spelled(str(connection.execute(text("SELECT current_user")).scalar_one()))

    def spelled(self, name: str) -> str:
        """Return a name as SQL spells it."""
        return self.engine.dialect.identifier_preparer.quote(name)

    def refusal(self, error: DBAPIError, right: Right) -> Refusal:
        """Return what a person reads of an error, with the GRANT that is needed where a right is lacking."""
        state = code_of(error)
        if error.connection_invalidated or state is None or state.startswith(_GONE):
            mend = f"see that the server runs, and that the address, user and password are right: `psql {self.name}`"
            return Refusal("store-unreachable", _said(error), path=self.name, mend=mend)
        if state == FORBIDDEN:
            mend = (_READ if right == "read" else _WRITE).format(role=self.role())
            return Refusal("store-forbidden", _said(error), path=self.name, mend=f"its owner can say `{mend}`")
        message, mend = (
            f"PostgreSQL refuses: {_said(error)} ({state})",
            "PostgreSQL's manual explains the code: appendix A",
        )
        return Refusal("store-refused", message, path=self.name, mend=mend)


def code_of(error: DBAPIError) -> str | None:
    """Return the five characters by which PostgreSQL tells errors apart; None where it did not answer at all."""
    return error.orig.sqlstate if isinstance(error.orig, psycopg.Error) else None


def _parsed(address: str) -> URL:
    # What is wrong with an address is not repeated: any part of it may be a piece of a password.
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        url = None
    if url is None or url.drivername not in _SCHEMES or "@" in f"{url.host}{url.database}":
        mend = (
            "write it like `postgresql://user@host/database`; in a password, `/` is `%2F`, `@` is `%40`, `:` is `%3A`"
        )
        raise UsageError("bad-store", "this is no address of a PostgreSQL database", mend=mend)
    return url.set(drivername="postgresql+psycopg")


def _named(url: URL) -> str:
    """Return an address without who asks: its hosts and its database."""
    hosts = url.query.get("host", ()) if url.host is None else f"{url.host}:{url.port}" if url.port else url.host
    return f"postgresql://{hosts if isinstance(hosts, str) else ','.join(hosts)}/{url.database or ''}"


def _unless_said(url: URL) -> dict[str, Any]:
    ours = {"connect_timeout": _TIMEOUT, "fallback_application_name": "phasemetrics"}
    return {name: value for name, value in ours.items() if name not in url.query}


def _connect(_dialect: object, _record: object, arguments: Any, options: Any) -> psycopg.Connection[Any]:
    """Connect, and wait for a place where all are taken: a server lets in 100 at once unless it is told otherwise."""
    for turn in range(_TURNS):
        try:
            return psycopg.connect(*arguments, **options)
        except psycopg.OperationalError as error:
            if not _BUSY.search(str(error)):
                raise
        # Of a different length for each, so that those who wait do not all come back at once.
        time.sleep(random.uniform(0.02, min(_LONGEST, 0.05 * 2**turn)))
    return psycopg.connect(*arguments, **options)


def _said(error: DBAPIError) -> str:
    if isinstance(error.orig, psycopg.Error) and error.orig.diag.message_primary:
        return error.orig.diag.message_primary
    lines = str(error.orig).strip().splitlines()
    return lines[0].removeprefix("connection failed: ") if lines else type(error.orig).__name__
