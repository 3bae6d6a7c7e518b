"""The revision of the tables: which one is there, and how the newest is reached."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from phasemetrics.errors import Refusal
from phasemetrics.stores.schema import REVISIONS, SCHEMA, VERSIONS
from phasemetrics.stores.server import FORBIDDEN, Server, code_of

if TYPE_CHECKING:
    from alembic.config import Config

_LOCK = 0x70686173656D6574  # ours among the locks that programs agree on: `phasemet` in ASCII
_ALONE = threading.Lock()  # alembic keeps what it is doing in a global


def revision_of(connection: Connection, name: str) -> str | None:
    """Return the revision of the tables; None where there are none. Raises Refusal for one that we do not know."""
    table = f"{SCHEMA}.{VERSIONS}"
    if connection.execute(text("SELECT to_regclass(:table)"), {"table": table}).scalar_one() is None:
        return None
    found: str | None = connection.execute(text(f"SELECT version_num FROM {table}")).scalar_one_or_none()
    if found is not None and found not in REVISIONS:
        message = f"its tables are of revision {found}, and this phasemetrics knows {REVISIONS[-1]}"
        raise Refusal("newer-store", message, path=name, mend="upgrade phasemetrics")
    return found


def upgrade(server: Server) -> None:
    """Bring the tables to the newest revision, all or nothing; one of many who try at once does it, the rest wait.

    Raises Refusal, with who may do it instead, where our role may not.
    """
    with _ALONE:
        try:
            _upgrade(server.engine.execution_options(isolation_level="READ COMMITTED"), server.name)
        except DBAPIError as error:
            refusal = _forbidden(server) if code_of(error) == FORBIDDEN else server.refusal(error, "write")
            raise refusal from None


def _upgrade(engine: Engine, name: str) -> None:
    with engine.begin() as connection:
        first = _asked(connection, "pg_try_advisory_xact_lock")
        if not first:  # those who wait share the lock: when it is free they go on together, not one after another
            _asked(connection, "pg_advisory_xact_lock_shared")
        if revision_of(connection, name) == REVISIONS[-1]:
            return
        if first:
            _run(connection)
            return
    with engine.begin() as connection:  # the one we waited for has failed, or was killed
        _asked(connection, "pg_advisory_xact_lock")
        if revision_of(connection, name) != REVISIONS[-1]:
            _run(connection)


def _asked(connection: Connection, function: str) -> bool:
    return bool(connection.execute(text(f"SELECT {function}(:lock)"), {"lock": _LOCK}).scalar_one())


def _run(connection: Connection) -> None:
    from alembic import command  # by the one who needs it

    if _owner(connection) is None:  # not IF NOT EXISTS: that asks for the right to make one where it is there, too
        connection.execute(text(f"CREATE SCHEMA {SCHEMA}"))
    command.upgrade(config_on(connection), "head")


def config_on(connection: Connection) -> Config:
    """Return what alembic has to know to run our revisions on a connection."""
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    return config


def _owner(connection: Connection) -> str | None:
    asked = text("SELECT CAST(nspowner::regrole AS text) FROM pg_namespace WHERE nspname = :schema")
    found: str | None = connection.execute(asked, {"schema": SCHEMA}).scalar_one_or_none()
    return found


def _forbidden(server: Server) -> Refusal:
    role = server.role()
    with server.answering("write") as connection:
        owner = _owner(connection)
    if owner is None:
        message = f"there are no tables yet, and {role} may not make them"
        mend = f"its owner can say `GRANT CREATE ON DATABASE {server.spelled(server.database)} TO {role}`"
    else:
        message = f"its tables have to be of revision {REVISIONS[-1]}, and {role} may not change them"
        mend = f"run `phasemetrics push` once as {owner}, who owns them"
    return Refusal("store-forbidden", message, path=server.name, mend=mend)
