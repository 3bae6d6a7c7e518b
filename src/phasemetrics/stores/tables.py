"""Records in PostgreSQL, for teams that want SQL and dashboards."""

from __future__ import annotations

from phasemetrics.errors import UsageError
from phasemetrics.stores.store import Store

_MISSING: str | None = None
try:
    from phasemetrics.stores.database import Database
    from phasemetrics.stores.server import Server
except ImportError as error:
    _MISSING = error.name or "libpq"


def open_tables(url: str) -> Store:
    """Open the store in the database of a `postgresql://` address; its tables are made when something is first put.

    Raises UsageError for an address that cannot be one and where the libraries are not installed, Refusal where nobody
    answers, where the role may not read, and where a newer phasemetrics made the tables.
    """
    if _MISSING is not None:
        message = f"a store in PostgreSQL needs a library that is not installed: {_MISSING}"
        raise UsageError("no-extra", message, mend="pip install 'phasemetrics[postgres]'")
    return Database(Server(url))
