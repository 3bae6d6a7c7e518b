"""The tables of a store in PostgreSQL, as the newest migration leaves them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

SCHEMA = "phasemetrics"
VERSIONS = "alembic_version"
# The revisions of `migrations/versions`, in their order: what this program can read. It writes the last of them.
REVISIONS = ("1", "2")

METADATA = MetaData(schema=SCHEMA)


def _name() -> Text:
    # In the order of the bytes: an index in a language's order breaks when the server's C library learns another one.
    return Text(collation="C")


RECORD = Table(
    "record",
    METADATA,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("repository", _name(), nullable=False),
    Column("phase", _name(), nullable=False),
    Column("side", _name(), CheckConstraint("side IN ('baseline', 'end')", name="record_side"), nullable=False),
    Column("sha256", _name(), nullable=False),
    Column("measured", DateTime(timezone=True), nullable=False),
    Column("commit", Text),
    Column("content", LargeBinary, nullable=False),
    Column("document", JSONB),
    Column("received", DateTime(timezone=True), nullable=False, server_default=func.now()),
    UniqueConstraint("repository", "phase", "side", "sha256", name="record_once"),
    Index("record_latest", "repository", "phase", "side", text("measured DESC"), text("sha256 DESC")),
)

METRIC = Table(
    "metric",
    METADATA,
    Column("record_id", BigInteger, ForeignKey(RECORD.c.id, name="metric_of_record"), primary_key=True),
    Column("name", _name(), primary_key=True),
    Column("value", Double, nullable=False),
    Column("unit", Text, nullable=False),
    Index("metric_name", "name", "record_id"),
)
