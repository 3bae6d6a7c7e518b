"""The records in a PostgreSQL database, and the metrics of each as rows."""

from __future__ import annotations

import re
import weakref
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

from sqlalchemy import ARRAY, Double, Row, Select, Text, bindparam, cast, func, literal, select, text, true
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.exc import DBAPIError

from phasemetrics.errors import Refusal
from phasemetrics.evidence import snapshot as codec
from phasemetrics.evidence.history import Record, end_order, time_of
from phasemetrics.evidence.store import Side, place
from phasemetrics.stores.schema import METRIC, RECORD, REVISIONS
from phasemetrics.stores.server import Server, code_of
from phasemetrics.stores.upgrading import revision_of, upgrade

_BATCH = 50  # how many records are in memory at once while they are read
_LONGEST_NAME = 2000  # bytes; PostgreSQL keeps no longer ones in an index (2704, with what goes beside it)
_NO_TEXT = re.compile("[\0\ud800-\udfff]")  # U+0000 and halves of a character: PostgreSQL has no text with these
# The last record of each end of each phase, of those that are asked for.
_NEWEST = text("""
    SELECT DISTINCT ON (repository, phase, side) id, repository, phase, side, sha256
    FROM phasemetrics.record
    WHERE (CAST(:repository AS text) IS NULL OR repository = :repository)
      AND (CAST(:phase AS text) IS NULL OR phase = :phase)
      AND (CAST(:side AS text) IS NULL OR side = :side)
    ORDER BY repository, phase, side, measured DESC, sha256 DESC
""")
# A value that jsonb cannot hold, and one that is too large for it.
_UNFIT = ("22", "54")


class Database:
    """A store in PostgreSQL. Nothing is changed or removed by it, ever; reading makes no tables and upgrades none."""

    def __init__(self, server: Server) -> None:
        self._server = server
        weakref.finalize(self, server.engine.dispose)
        self._revision: str | None = None
        self._is_made()

    def put(self, record: Record) -> bool:
        """Keep a record with its metrics in one transaction, return whether it is new; upgrade the tables if need be.

        Raises Refusal for content that is no snapshot, and where the database does not take it.
        """
        row = _row(record, self._server.name)
        if self._revision != REVISIONS[-1]:
            upgrade(self._server)
            self._revision = REVISIONS[-1]
        with self._server.answering("write") as connection:
            try:
                return connection.execute(_KEEP, row).scalar_one_or_none() is not None
            except DBAPIError as error:
                if not (code_of(error) or "").startswith(_UNFIT):
                    raise
                return connection.execute(_KEEP, row | {"document": None}).scalar_one_or_none() is not None

    def records(self, repository: str | None = None) -> Iterator[Record]:
        """Yield what was measured last, some dozens in memory at once; what is put meanwhile may be left out."""
        found = sorted(self._newest(repository), key=lambda row: end_order(row.repository, row.phase, row.side))
        for start in range(0, len(found), _BATCH):
            yield from self._read(found[start : start + _BATCH])

    def latest(self, repository: str, phase: str, side: Side) -> Record | None:
        """Return what was measured last of one end of a phase; None where nothing was sent."""
        found = self._newest(repository, phase, side)
        return next(self._read(found), None) if found else None

    def _newest(self, *end: str | None) -> Sequence[Row[Any]]:
        if not self._is_made() or not all(map(_is_text, filter(None, end))):
            return []
        asked = dict(zip_longest(("repository", "phase", "side"), end))
        with self._server.answering("read") as connection:
            return connection.execute(_NEWEST, asked).all()

    def _read(self, rows: Sequence[Row[Any]]) -> Iterator[Record]:
        asked = select(RECORD.c.id, RECORD.c.content).where(RECORD.c.id == func.any(literal([row.id for row in rows])))
        with self._server.answering("read") as connection:
            contents = {row.id: row.content for row in connection.execute(asked)}
        for row in rows:
            record = Record(row.repository, row.phase, row.side, contents[row.id])
            if record.sha256 != row.sha256:
                message = f"record {row.id} is damaged: its bytes are not those that were sent"
                mend = "remove the row, and send the record again with `phasemetrics push`"
                raise Refusal("damaged-store", message, path=self._server.name, mend=mend)
            yield record

    def _is_made(self) -> bool:
        """Return whether there are tables by now: another may have made them."""
        if self._revision is None:
            with self._server.answering("read") as connection:
                self._revision = revision_of(connection, self._server.name)
        return self._revision is not None


def _row(record: Record, name: str) -> dict[str, Any]:
    """Return what is kept of a record by the names of `_KEEP`: its content to the byte, and what of it SQL can read.

    A name that PostgreSQL cannot keep is left out, never changed: another metric may be called like that.
    """
    if not record.repository or not _is_text(record.repository):
        message = f"a repository cannot be called {record.repository!r} there"
        raise Refusal("store-refused", message, path=name, mend='say `repository = "…"` in the configuration')
    own = place(record.phase, record.side)
    snapshot = codec.loads(record.content, own)
    metrics = {name: one for name, one in snapshot.metrics.items() if _is_text(name) and _is_text(one.unit)}
    commit = snapshot.revision.sha if snapshot.revision else None
    return {
        "repository": record.repository,
        "phase": record.phase,
        "side": record.side,
        "sha256": record.sha256,
        "measured": time_of(snapshot, own),
        "commit": commit if commit and _is_text(commit) else None,
        "content": record.content,
        "document": record.content.decode(),
        "names": list(metrics),
        "values": [float(one.value) for one in metrics.values()],
        "units": [one.unit for one in metrics.values()],
    }


def _is_text(name: str) -> bool:
    return not _NO_TEXT.search(name) and len(name.encode()) <= _LONGEST_NAME


def _keep() -> Select[tuple[int]]:
    """Return the statement that keeps a record with its metrics, and gives its number where it was not there yet.

    It is one statement, and so both are kept or neither. Of many that keep the same at once, all but one do nothing.
    """
    sent = {name: bindparam(name, type_=RECORD.c[name].type) for name in _SENT}
    document = cast(bindparam("document", type_=Text), JSONB)
    added = insert(RECORD).values(sent | {"document": document})
    new = added.on_conflict_do_nothing(constraint="record_once").returning(RECORD.c.id).cte("new")
    names, units = (bindparam(name, type_=ARRAY(Text)) for name in ("names", "units"))
    lists = func.unnest(names, bindparam("values", type_=ARRAY(Double)), units)
    one = lists.table_valued("name", "value", "unit").render_derived(name="one")
    rows = select(new.c.id, one.c.name, one.c.value, one.c.unit).join(one, true())
    metrics = insert(METRIC).from_select(["record_id", "name", "value", "unit"], rows).cte("metrics")
    return select(new.c.id).add_cte(metrics)


_SENT = ("repository", "phase", "side", "sha256", "measured", "commit", "content")
_KEEP = _keep()
