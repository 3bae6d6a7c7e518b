"""Revision 2: a view of what was measured last, with the indexes that make it quick."""

from __future__ import annotations

from alembic import op

revision = "2"
down_revision = "1"


def upgrade() -> None:
    """Add the view and its indexes; what was kept before is in the view as well."""
    op.execute("""
        CREATE INDEX record_latest
        ON phasemetrics.record (repository, phase, side, measured DESC, sha256 DESC)
    """)
    op.execute("CREATE INDEX metric_name ON phasemetrics.metric (name, record_id)")
    op.execute("""
        CREATE VIEW phasemetrics.latest_metric AS
        SELECT latest.repository, latest.phase, latest.side, latest.measured, latest.commit,
               metric.name, metric.value, metric.unit
        FROM (
            SELECT DISTINCT ON (repository, phase, side) id, repository, phase, side, measured, commit
            FROM phasemetrics.record
            ORDER BY repository, phase, side, measured DESC, sha256 DESC
        ) AS latest
        JOIN phasemetrics.metric ON metric.record_id = latest.id
    """)
