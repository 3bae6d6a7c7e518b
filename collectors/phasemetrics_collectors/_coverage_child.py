"""Turns one coverage data file into `coverage json` text, alone in a bounded process; the only importer of coverage.

Run by path: `python -I _coverage_child.py DATA ROOT FOLDER`. It prints one line of JSON, `{"outside": n, "first": ...}`
and then the report, or `{"refused": [code, message]}`. It imports nothing of phasemetrics, which `-I` may not find.
"""

# Longer than a page because it is run by its path, alone, and can import no sibling.

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import sqlite3
import stat
import sys
from collections.abc import Iterable
from pathlib import Path

import coverage
from coverage.python import PythonFileReporter
from coverage.sqldata import SCHEMA, SCHEMA_VERSION

MEMORY = 1 << 30  # bytes of address space; a project of 250 000 statements had 71 MB resident
CPU_SECONDS = 20  # the same project took 14, as it does in `coverage report`
_LAST_LINE = 1_000_000
_LONGEST_PATH = 4096

# Each counts the rows that coverage itself does not write; a bitmap of 20 MB hung the reader of coverage 7.17.3.
_UNUSUAL_ROWS = (
    "SELECT 'file', count(*) FROM file"
    f" WHERE typeof(path) != 'text' OR length(path) NOT BETWEEN 1 AND {_LONGEST_PATH} OR instr(path, char(0))",
    "SELECT 'line_bits', count(*) FROM line_bits"
    f" WHERE typeof(numbits) != 'blob' OR length(numbits) > {_LAST_LINE // 8} OR typeof(file_id) != 'integer'",
    f"SELECT 'arc', count(*) FROM arc WHERE typeof(fromno) != 'integer' OR typeof(tono) != 'integer'"
    f" OR fromno NOT BETWEEN -{_LAST_LINE} AND {_LAST_LINE} OR tono NOT BETWEEN -{_LAST_LINE} AND {_LAST_LINE}",
    "SELECT 'meta', count(*) FROM meta WHERE key = 'has_arcs' AND value NOT IN ('0', '1')",
)


class Refused(Exception):
    """The data file cannot be believed, or not be read here: `code` and what to tell the person."""

    def __init__(self, message: str, code: str = "bad-coverage-data") -> None:
        super().__init__(message)
        self.code = code


def limit_this_process() -> None:
    """Bound memory, processor time and written files (none), as far as the system can."""
    try:
        import resource
    except ImportError:  # Windows: the parent's clock is the only bound there
        return
    limits = (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    )
    for name, value in limits:
        hard = resource.getrlimit(name)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(name, (value, value))


def leave_out_regions() -> None:
    """Keep functions and classes out of the report: nobody asks for them here, and they double its time and size."""
    for method in ("code_regions", "code_region_kinds"):
        setattr(PythonFileReporter, method, lambda _: [])


def check(data: Path) -> None:
    """Refuse a file that is not made of exactly the tables that coverage creates, or that holds other rows.

    Comparing the text of every CREATE leaves no room for a view, a trigger, a virtual table or a generated column,
    all of which run when they are read; the other columns of sqlite_master can lie. The text has been the same since
    schema 7 (coverage 5.0).
    """
    uri = f"{data.absolute().as_uri()}?mode=ro&immutable=1"
    with contextlib.closing(sqlite3.connect(uri, uri=True)) as database:
        database.execute("PRAGMA trusted_schema = OFF")
        database.execute("PRAGMA cell_size_check = ON")
        found, ours = _schema(database), _own_schema()
        if not any(row in found for row in ours if row[1] == "coverage_schema"):
            raise Refused("is not a coverage data file: it has no table coverage_schema")
        versions = [version for (version,) in database.execute("SELECT version FROM coverage_schema LIMIT 2")]
        if versions != [SCHEMA_VERSION]:
            written = versions[0] if versions else "no"
            raise Refused(f"has schema version {written}, coverage {coverage.__version__} reads {SCHEMA_VERSION}")
        if found != ours:
            odd = sorted({row[2] for row in set(found) ^ set(ours)})
            raise Refused(f"differs from what coverage creates in {', '.join(odd) or 'its tables'}")
        (damage,) = database.execute("PRAGMA quick_check(1)").fetchone()
        if damage != "ok":
            raise Refused("is damaged")
        for query in _UNUSUAL_ROWS:
            table, rows = database.execute(query).fetchone()
            if rows:
                raise Refused(f"has rows in table {table} that coverage does not write ({rows} of them)")
        (plugins,) = database.execute("SELECT count(*) FROM tracer WHERE tracer != ''").fetchone()
        if plugins:
            raise Refused("was measured with a plugin, and plugins are not run here", "unsupported-coverage-data")


def _schema(database: sqlite3.Connection) -> list[tuple[str, ...]]:
    rows = database.execute("SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_master ORDER BY name")
    return [(kind, name, table, _bare(sql)) for kind, name, table, sql in rows]


def _own_schema() -> list[tuple[str, ...]]:
    with contextlib.closing(sqlite3.connect(":memory:")) as database:
        database.executescript(SCHEMA)
        return _schema(database)


def _bare(sql: str) -> str:
    # Comments change between releases, and a foreign key does nothing while reading.
    text = re.sub(r"--[^\n]*|\s+", "", sql, flags=re.ASCII).lower()
    return re.sub(r",foreignkey\(\w+\)references\w+\(\w+\)", "", text, flags=re.ASCII)


def place(recorded: str, root: str, bases: Iterable[str]) -> str | None:
    """Return the real path of a recorded name, or None if it is not inside `root`.

    A relative name (`relative_files = true`) is tried below each of `bases`. Nothing is opened, and what is outside
    by its name is not even looked at.
    """
    first: str | None = None
    for base in bases:
        candidate = os.path.normpath(Path(base, recorded))
        if not Path(candidate).is_relative_to(root):
            continue
        candidate = os.path.realpath(candidate)
        if not Path(candidate).is_relative_to(root):
            continue
        first = first or candidate
        if Path(candidate).exists():
            return candidate
    return first


def report(data: Path, root: str, folder: str) -> tuple[dict[str, object], str]:
    """Return the header and the text of `coverage json` for the measured files that lie inside `root`.

    coverage reads the data and the sources; the configuration of the project is not read and no plugin is loaded.
    """
    recorded = coverage.CoverageData(basename=str(data), read_only=True)
    recorded.read()
    names = sorted(recorded.measured_files())
    if not names:
        raise Refused("holds no measured file")
    inside: dict[str, str] = {}
    for name in names:
        path = place(name, root, (folder, root))
        if path is None:
            continue
        if not _is_file(path):  # said at once: each name asks the disk several times, and there may be any number
            raise Refused(f"the source of {os.path.relpath(path, root)} is not there", "missing-source")
        inside[name] = path
    outside = [name for name in names if name not in inside]
    if len(outside) == len(names):
        message = f"none of its {len(names)} measured files lies inside the project"
        raise Refused(message, "outside-project")
    analysed = coverage.Coverage(data_file=None, config_file=False)
    _copy(recorded, inside, analysed.get_data())
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        analysed.json_report(outfile="-")
    header = {"outside": len(outside), "first": Path(outside[0]).name if outside else ""}
    return header, text.getvalue()


def _copy(recorded: coverage.CoverageData, inside: dict[str, str], data: coverage.CoverageData) -> None:
    # In memory, under the real path of each source: the recorded names may be relative, and only these are analysed.
    if recorded.has_arcs():
        data.add_arcs({path: recorded.arcs(name) or [] for name, path in inside.items()})
    else:
        data.add_lines({path: recorded.lines(name) or [] for name, path in inside.items()})
    data.touch_files(inside.values())


def _is_file(path: str) -> bool:
    try:
        return stat.S_ISREG(Path(path).stat().st_mode)
    except OSError:
        return False


def main(arguments: list[str]) -> None:
    """Print the answer for `DATA ROOT FOLDER`; whatever goes wrong is a refusal."""
    data, root, folder = arguments
    limit_this_process()
    leave_out_regions()
    text = ""
    answer: dict[str, object]
    try:
        check(Path(data))
        answer, text = report(Path(data), root, folder)
    except Refused as error:
        answer = {"refused": [error.code, str(error)]}
    except Exception as error:  # what a hostile file makes sqlite3 and coverage raise has no common base
        said = str(error).replace(data, "the file").replace(root + os.sep, "")
        answer = {"refused": ["bad-coverage-data", f"cannot be read: {type(error).__name__}: {said}"]}
    print(json.dumps(answer))
    print(text)


if __name__ == "__main__":
    main(sys.argv[1:])
