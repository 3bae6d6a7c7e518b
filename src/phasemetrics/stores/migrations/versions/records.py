"""Revision 1: a table of records and a table of their metrics."""

from __future__ import annotations

from alembic import op

revision = "1"
down_revision = None


def upgrade() -> None:
    """Make both tables; the schema is made before, since alembic keeps the number of the revision in it."""
    op.execute("""
        CREATE TABLE phasemetrics.record (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            repository text COLLATE "C" NOT NULL,
            phase text COLLATE "C" NOT NULL,
            side text COLLATE "C" NOT NULL CONSTRAINT record_side CHECK (side IN ('baseline', 'end')),
            sha256 text COLLATE "C" NOT NULL,
            measured timestamptz NOT NULL,
            commit text,
            content bytea NOT NULL,
            document jsonb,
            received timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT record_once UNIQUE (repository, phase, side, sha256)
        )
    """)
    op.execute("""
        CREATE TABLE phasemetrics.metric (
            record_id bigint NOT NULL CONSTRAINT metric_of_record REFERENCES phasemetrics.record,
            name text COLLATE "C" NOT NULL,
            value double precision NOT NULL,
            unit text NOT NULL,
            PRIMARY KEY (record_id, name)
        )
    """)
