"""What alembic runs the revisions in: the connection that `upgrading` made, and its transaction."""

from __future__ import annotations

from typing import Any

from alembic import context

from phasemetrics.stores.schema import METADATA, SCHEMA, VERSIONS


def _is_ours(name: str | None, kind: str, _parents: Any) -> bool:
    """Return whether alembic may look at something in the database; teams keep other schemas beside ours."""
    return kind != "schema" or name == SCHEMA


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=VERSIONS,
    version_table_schema=SCHEMA,
    include_schemas=True,
    include_name=_is_ours,
    compare_server_default=True,
)
context.run_migrations()
