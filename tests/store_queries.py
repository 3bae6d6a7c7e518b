"""Runs the queries of docs/stores.md on stores that are made here, and prints what each of them answers.

`python tests/store_queries.py [PYTHON]`: an interpreter that has `duckdb` and `chdb`; a query is left out where its
engine, or the server for the bucket, is not installed.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import s3_server
from phasemetrics.evidence.history import Record
from phasemetrics.evidence.model import Metric, Revision, Snapshot
from phasemetrics.evidence.snapshot import dumps
from phasemetrics.stores.opening import open_store

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "stores.md"
# Where `.ci/servers` puts the one engine that CI asks.
INSTALLED = ROOT / "build" / "servers" / "duckdb" / "bin" / "python"
_FOLDER, _ENDPOINT = "/srv/phases", "https://s3.example.org"
_BLOCK = re.compile(
    r"```sql\n-- (?P<engine>\w+), (?P<place>\w+)\n(?P<sql>.*?)```\n\n```text\n(?P<said>.*?)```", re.DOTALL
)
_PROGRAMS = {
    "DuckDB": "import duckdb, sys; print(duckdb.sql(sys.stdin.read()))",
    "ClickHouse": "import chdb, sys; print(chdb.query(sys.stdin.read(), 'PrettyCompactMonoBlock'))",
}
# Tests, the share of lines that ran, seconds to parse; the last phase of one was measured without coverage.
_MEASURED: Mapping[str, tuple[tuple[int, float | None, float], ...]] = {
    "github.com/acme/api": ((216, 0.8131, 0.0121), (243, 0.84, 0.0118)),
    "github.com/acme/web": ((88, 0.615, 0.0305), (97, None, 0.0233)),
}


@dataclass(frozen=True, slots=True)
class Query:
    """A query of the page, and what stands there as its answer."""

    engine: str
    place: Literal["folder", "bucket"]
    sql: str
    said: str


def queries() -> list[Query]:
    """Return the queries of the page that have an answer there; the others were never run."""
    found = _BLOCK.finditer(PAGE.read_text(encoding="utf-8"))
    return [Query(one["engine"], one["place"], one["sql"], one["said"]) for one in found]  # type: ignore[arg-type]


def fill(url: str) -> None:
    """Send the records that the page asks about to a store; one end is there twice."""
    store = open_store(url)
    for repository, phases in _MEASURED.items():
        for number, (tests, lines, seconds) in enumerate(phases, 1):
            for day, count in ((1, tests - 1), (2, tests)):
                date = f"2026-0{number}-0{day}T09:30:00Z"
                metrics = {
                    "tests.total": Metric(count, "count"),
                    "bench.test_parse.median": Metric(seconds, "second"),
                    **({} if lines is None else {"coverage.lines": Metric(lines, "ratio")}),
                }
                snapshot = Snapshot(Revision("a" * 40, "b" * 40, date, False), metrics=metrics)
                store.put(Record(repository, str(number), "end", dumps(snapshot)))


def answer(query: Query, python: Path, folder: Path, server: s3_server.Server | None) -> str | None:
    """Return what an engine answers; None where it is not installed."""
    sql = query.sql.replace(_FOLDER, str(folder))
    if server is not None:
        names = {"KEY": "AWS_ACCESS_KEY_ID", "SECRET": "AWS_SECRET_ACCESS_KEY"}
        sql = sql.replace(_ENDPOINT, server.variables["AWS_ENDPOINT_URL"])
        for word, name in names.items():
            sql = sql.replace(f"'{word}'", f"'{server.variables[name]}'")
    command = [str(python), "-c", _PROGRAMS[query.engine]]
    ran = subprocess.run(command, input=sql, capture_output=True, text=True, check=False)
    if "ModuleNotFoundError" in ran.stderr:
        return None
    assert ran.returncode == 0, ran.stderr
    return "\n".join(line.rstrip() for line in ran.stdout.strip("\n").splitlines()) + "\n"


def _answers(python: Path) -> Iterator[tuple[Query, str | None]]:
    own = s3_server.programs()
    with tempfile.TemporaryDirectory() as name:
        folder, disks = Path(name, "phases"), Path(name, "swift")
        folder.mkdir()
        disks.mkdir()
        fill(folder.as_uri())
        with nullcontext() if own is None else s3_server.running(own, disks) as server:
            if server is not None:
                os.environ.update(server.variables)
                fill(server.url("all"))
            for query in queries():
                asked = query.place == "folder" or server is not None
                yield query, answer(query, python, folder, server) if asked else None


if __name__ == "__main__":
    for query, said in _answers(Path(sys.argv[1]) if sys.argv[1:] else INSTALLED):
        print(f"{query.engine}, {query.place}:")
        print("not installed here" if said is None else said)
