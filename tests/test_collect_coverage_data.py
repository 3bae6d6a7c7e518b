"""Coverage data files: the numbers of `coverage report`, and nothing that a file can do to its reader."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import os
import re
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from limiting import limited
from phasemetrics.errors import Refusal
from phasemetrics.evidence.model import Fact, FileCoverage, Report, Warning
from phasemetrics_collectors import _coverage_child as child
from phasemetrics_collectors import coverage_data, coverage_json

SAMPLES = Path(__file__).parent / "collectors" / "coverage_data"
HOSTILE = Path(__file__).parents[1].parent / "shared" / "corpus" / "hostile"


def sample_project() -> Any:
    spec = importlib.util.spec_from_file_location("make_coverage_data", SAMPLES / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PROJECT = sample_project()


def collected(path: Path) -> list[Fact]:
    return list(coverage_data.collect(Report(path, path.name)))


def refused(path: Path) -> Refusal:
    with pytest.raises(Refusal) as caught:
        collected(path)
    assert caught.value.path == path.name
    return caught.value


def totals_of(facts: Iterable[Fact]) -> dict[str, list[int]]:
    files = [fact for fact in facts if isinstance(fact, FileCoverage)]
    branches = [branch for file in files for branch in (file.branches or {}).values()]
    covered = sum(len(file.covered) for file in files)
    return {
        "lines": [covered, covered + sum(len(file.missing) for file in files)],
        "branches": [sum(branch.covered for branch in branches), sum(branch.total for branch in branches)],
    }


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which the sample project was measured with branches; copy it to change it."""
    folder = tmp_path_factory.mktemp("measured")
    (folder / "pyproject.toml").touch()
    PROJECT.measured(folder, "--branch")
    return folder


@pytest.fixture
def project(measured: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(measured, tmp_path / "project"))


def sql(path: Path, *statements: str) -> None:
    with contextlib.closing(sqlite3.connect(path)) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()


def test_golden_data_file() -> None:
    facts = collected(SAMPLES / "relative.coverage")
    assert totals_of(facts) == json.loads((SAMPLES / "expected.json").read_text())["relative.coverage"]
    assert coverage_data.recognises((SAMPLES / "relative.coverage").read_bytes()[:4096])
    assert not coverage_data.recognises(b"{}")


@pytest.mark.parametrize("options", [[], ["--branch"], ["--branch", "--context=a"]])
@pytest.mark.parametrize("relative", [True, False])
def test_totals_are_those_of_coverage(tmp_path: Path, options: list[str], relative: bool) -> None:
    (tmp_path / "pyproject.toml").touch()
    for source in PROJECT.SOURCES:
        shutil.copy(SAMPLES / source, tmp_path)
    (tmp_path / ".coveragerc").write_text(f"[run]\nrelative_files = {relative}\n")
    PROJECT.run(tmp_path, "coverage", "run", "--source=.", *options, "shop.py")
    report = [sys.executable, "-m", "coverage", "report", "--format=total", "--precision=12"]
    said = subprocess.run(report, cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    PROJECT.run(tmp_path, "coverage", "json")
    facts = collected(tmp_path / ".coverage")
    assert facts == list(coverage_json.collect(Report(tmp_path / "coverage.json", "coverage.json")))
    covered, statements = (sum(pair) for pair in zip(*totals_of(facts).values(), strict=True))
    assert f"{100 * covered / statements:.12f}" == said.strip()


def test_a_file_in_a_folder_of_its_own(project: Path) -> None:
    (project / "build").mkdir()
    (project / ".coverage").rename(project / "build" / "data.coverage")
    facts = collected(project / "build" / "data.coverage")
    assert {fact.path for fact in facts if isinstance(fact, FileCoverage)} == {"shop.py", "unused.py"}


def test_without_a_project_the_folder_is_the_root(project: Path) -> None:
    (project / "pyproject.toml").unlink()
    assert totals_of(collected(project / ".coverage"))["lines"] == [15, 23]


def test_the_input_stays_as_it_was_and_nothing_is_left(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = project.parent / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in project.rglob("*") if path.is_file()}
    assert collected(project / ".coverage")
    after = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in project.rglob("*") if path.is_file()}
    assert after == before
    assert list(temporary.iterdir()) == []


def plant_journal(data: Path, victim: Path) -> None:
    """Put a hot journal beside `data` that names a super-journal, as SQLite's file format (section 3) describes it."""
    name = str(victim).encode()
    magic = b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"
    content = data.read_bytes()
    page = content[:4096]
    nonce = 7
    checksum = nonce + sum(page[place] for place in range(len(page) - 200, 0, -200))
    header = magic + b"".join(n.to_bytes(4, "big") for n in (1, nonce, len(content) // 4096, 512, 4096))
    record = (1).to_bytes(4, "big") + page + checksum.to_bytes(4, "big")
    lock_page = 0x40000000 // 4096 + 1
    named = lock_page.to_bytes(4, "big") + name + len(name).to_bytes(4, "big") + sum(name).to_bytes(4, "big") + magic
    data.with_name(data.name + "-journal").write_bytes(header.ljust(512, b"\0") + record + named)


def test_a_journal_beside_the_file_is_not_obeyed(project: Path) -> None:
    victim = project / "victim"
    victim.write_text("precious")
    plant_journal(project / ".coverage", victim)
    journal = (project / ".coverage-journal").read_bytes()
    assert totals_of(collected(project / ".coverage"))["lines"] == [15, 23]
    assert victim.read_text() == "precious"
    assert (project / ".coverage-journal").read_bytes() == journal
    with contextlib.closing(sqlite3.connect(project / ".coverage")) as database:
        database.execute("SELECT * FROM file").fetchall()
    assert not victim.exists(), "the planted journal is one that SQLite obeys"


def test_configuration_and_plugins_of_the_project_are_not_read(project: Path) -> None:
    (project / "plug.py").write_text("open('canary', 'w').close()\ndef coverage_init(reg, options): pass\n")
    (project / ".coveragerc").write_text("[run]\nplugins = plug\n[report]\nomit = shop.py\n")
    (project / "sitecustomize.py").write_text("open('canary', 'w').close()\n")
    (project / "json.py").write_text("open('canary', 'w').close()\n")
    assert totals_of(collected(project / ".coverage"))["lines"] == [15, 23]
    assert not (project / "canary").exists()


def test_files_outside_the_project_are_counted_and_not_opened(project: Path) -> None:
    sql(project / ".coverage", "INSERT INTO file (path) VALUES ('/etc/passwd'), ('../beside.py')")
    (project.parent / "beside.py").write_text("this is not Python\n")
    warning, *files = collected(project / ".coverage")
    assert isinstance(warning, Warning)
    assert (warning.code, warning.path) == ("outside-project", ".coverage")
    assert warning.message == "measured files outside the project do not count: 2, beside.py the first"
    assert totals_of(files)["lines"] == [15, 23]


def test_a_link_that_leaves_the_project_is_outside(project: Path) -> None:
    (project.parent / "elsewhere.py").write_text("x = 1\n")
    (project / "unused.py").unlink()
    (project / "unused.py").symlink_to(project.parent / "elsewhere.py")
    warning, *files = collected(project / ".coverage")
    assert isinstance(warning, Warning)
    assert [fact.path for fact in files if isinstance(fact, FileCoverage)] == ["shop.py"]


def test_nothing_inside_is_a_refusal(project: Path) -> None:
    sql(project / ".coverage", "DELETE FROM file", "INSERT INTO file (path) VALUES ('/etc/passwd')")
    error = refused(project / ".coverage")
    assert error.code == "outside-project"
    assert "coverage json -o build/coverage.json" in str(error)


def test_a_source_that_is_gone(project: Path) -> None:
    (project / "unused.py").unlink()
    error = refused(project / ".coverage")
    assert error.code == "missing-source"
    assert "the source of unused.py is not there" in str(error)
    assert "run `coverage json -o build/coverage.json` where the tests ran" in str(error)


def test_the_first_source_that_is_gone_ends_the_search(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = "WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 600) SELECT 'a/' || i FROM n"
    sql(project / ".coverage", f"INSERT INTO file (path) {names}")
    asked: list[str] = []

    def place(name: str, root: str, _bases: Iterable[str]) -> str:
        asked.append(name)
        return f"{root}/{name}"

    monkeypatch.setattr(child, "place", place)
    with pytest.raises(child.Refused, match="the source of a/100 is not there"):
        child.report(project / ".coverage", str(project), str(project))
    assert [name for name in asked if name.startswith("a/")] == ["a/100"]


def test_a_source_that_is_no_file(project: Path) -> None:
    (project / "unused.py").unlink()
    os.mkfifo(project / "unused.py")
    assert refused(project / ".coverage").code == "missing-source"


def test_a_source_that_is_not_python(project: Path) -> None:
    (project / "unused.py").write_text("def (:\n")
    error = refused(project / ".coverage")
    assert error.code == "bad-coverage-data"
    assert "unused.py" in str(error)
    assert str(project) not in str(error)


def test_data_measured_by_a_plugin(project: Path) -> None:
    sql(project / ".coverage", "INSERT INTO tracer (file_id, tracer) VALUES (1, 'plug.Plugin')")
    assert refused(project / ".coverage").code == "unsupported-coverage-data"


def test_data_of_nothing(project: Path) -> None:
    sql(project / ".coverage", "DELETE FROM file", "DELETE FROM arc")
    assert "holds no measured file" in str(refused(project / ".coverage"))


def test_what_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / ".coverage"
    path.write_bytes(b"!coverage.py: This is a private format\n{}")
    assert "is not an SQLite database" in str(refused(path))
    path.write_bytes(b"")
    assert refused(path).code == "empty-file"
    path.write_bytes(b"SQLite format 3\0" + b"\xff" * 4096)
    assert refused(path).code == "bad-coverage-data"
    assert refused(tmp_path).code == "not-a-file"


def test_a_truncated_database(project: Path) -> None:
    content = (project / ".coverage").read_bytes()
    for length in (20, 100, 4096, 20480, len(content) - 4096):
        (project / ".coverage").write_bytes(content[:length])
        assert refused(project / ".coverage").code == "bad-coverage-data"


def replaced(table: str, create: str) -> Callable[[Path], None]:
    return lambda path: sql(path, f"DROP TABLE {table}", create)


def lying(path: Path) -> None:
    """Write a view into sqlite_master that says of itself that it is a table."""
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA writable_schema = ON")
        view = "CREATE VIEW tracer AS SELECT 1 AS file_id, 2 AS tracer"
        database.execute("UPDATE sqlite_master SET sql = ? WHERE name = 'tracer'", (view,))
        database.commit()


UNUSUAL: dict[str, tuple[Callable[[Path], None], str]] = {
    "view": (replaced("tracer", "CREATE VIEW tracer AS SELECT 1 AS file_id, '' AS tracer"), "in tracer"),
    "trigger": (lambda path: sql(path, "CREATE TRIGGER t AFTER INSERT ON file BEGIN DELETE FROM file; END"), "in file"),
    "virtual": (replaced("tracer", "CREATE VIRTUAL TABLE tracer USING fts5(path)"), "tracer"),
    "generated": (
        replaced(
            "tracer", "CREATE TABLE tracer (file_id integer primary key, tracer text AS (hex(zeroblob(400000000))))"
        ),
        "in tracer",
    ),
    "check": (
        replaced("tracer", "CREATE TABLE tracer (file_id integer primary key, tracer text CHECK (tracer != 'x'))"),
        "in tracer",
    ),
    "index": (lambda path: sql(path, "CREATE INDEX i ON file (hex(path))"), "in file"),
    "table": (lambda path: sql(path, "CREATE TABLE more (a)"), "in more"),
    "absent": (lambda path: sql(path, "DROP TABLE tracer"), "in tracer"),
    "lie": (lying, ""),
    "schema": (
        replaced("coverage_schema", "CREATE VIEW coverage_schema AS SELECT 7 AS version"),
        "no table coverage_schema",
    ),
    "version": (lambda path: sql(path, "UPDATE coverage_schema SET version = 6"), "has schema version 6, coverage 7"),
    "versions": (lambda path: sql(path, "INSERT INTO coverage_schema VALUES (6)"), "has schema version"),
    "no version": (lambda path: sql(path, "DELETE FROM coverage_schema"), "has schema version no"),
    "path null": (lambda path: sql(path, "UPDATE file SET path = NULL WHERE id = 1"), "rows in table file"),
    "path zero": (lambda path: sql(path, "UPDATE file SET path = 'a' || char(0) WHERE id = 1"), "rows in table file"),
    "path long": (
        lambda path: sql(path, "UPDATE file SET path = hex(zeroblob(9999)) WHERE id = 1"),
        "rows in table file",
    ),
    "bitmap": (
        lambda path: sql(path, "INSERT INTO line_bits VALUES (1, 1, zeroblob(20000000))"),
        "rows in table line_bits",
    ),
    "bits": (lambda path: sql(path, "INSERT INTO line_bits VALUES (1, 1, 'text')"), "rows in table line_bits"),
    "arc": (lambda path: sql(path, "UPDATE arc SET tono = 1 << 40 WHERE rowid = 1"), "rows in table arc"),
    "arc text": (lambda path: sql(path, "UPDATE arc SET fromno = 'x' WHERE rowid = 1"), "rows in table arc"),
    "has_arcs": (lambda path: sql(path, "UPDATE meta SET value = 'yes' WHERE key = 'has_arcs'"), "rows in table meta"),
}


@pytest.mark.parametrize("name", UNUSUAL)
def test_what_coverage_does_not_write_is_refused(name: str, project: Path) -> None:
    spoil, said = UNUSUAL[name]
    spoil(project / ".coverage")
    before = hashlib.sha256((project / ".coverage").read_bytes()).digest()
    with pytest.raises((child.Refused, sqlite3.Error)) as caught:
        child.check(project / ".coverage")
    assert said in str(caught.value)
    assert hashlib.sha256((project / ".coverage").read_bytes()).digest() == before


def test_an_honest_file_passes_the_check(project: Path) -> None:
    child.check(project / ".coverage")


def test_a_file_written_with_a_write_ahead_log(project: Path) -> None:
    sql(project / ".coverage", "PRAGMA journal_mode = WAL")
    assert totals_of(collected(project / ".coverage"))["lines"] == [15, 23]


def test_the_child_stops_at_its_limits(tmp_path: Path) -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import _coverage_child as child; child.limit_this_process()\n"
        "try: bytearray(child.MEMORY)\n"
        "except MemoryError: print('memory')\n"
        "try: open(sys.argv[2], 'wb', 0).write(b'x')\n"
        "except OSError: print('files')\n"
        "import resource; print(resource.getrlimit(resource.RLIMIT_CPU)[0] == child.CPU_SECONDS)\n"
    )
    command = [sys.executable, "-c", code, str(Path(child.__file__).parent), str(tmp_path / "written")]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert said.split() == ["memory", "files", "True"]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import time; time.sleep(60)", "within its time and memory (exit -9)"),
        ("import os; os.abort()", "within its time and memory (exit -6)"),
        ("pass", "within its time and memory (exit 0)"),
        (
            "import sys\nwhile True: sys.stdout.write('x' * 65536)",
            "its report is larger than the limit of 1000000 bytes",
        ),
    ],
)
def test_a_child_that_does_not_answer(project: Path, monkeypatch: pytest.MonkeyPatch, code: str, said: str) -> None:
    script = project / "child.py"
    script.write_text(code)
    monkeypatch.setattr(coverage_data, "_CHILD", script)
    monkeypatch.setattr(coverage_data, "_SECONDS", 1.0 if "sleep" in code else 30.0)
    with limited(json_size=1_000_000):
        assert said in str(refused(project / ".coverage"))


def test_coverage_is_imported_in_the_child_alone() -> None:
    code = "import sys; from phasemetrics_collectors import coverage_data; sys.exit('coverage' in sys.modules)"
    paths = os.pathsep.join(path for path in sys.path if path)
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": paths})


@pytest.mark.parametrize(
    ("recorded", "found"),
    [
        ("a.py", "root/folder/a.py"),
        ("b.py", "root/b.py"),
        ("gone.py", "root/folder/gone.py"),
        ("../b.py", "root/b.py"),
        ("../../c.py", None),
        ("/etc/passwd", None),
        ("link/passwd", None),
        ("root-beside/x.py", "root/folder/root-beside/x.py"),
    ],
)
def test_places(tmp_path: Path, recorded: str, found: str | None) -> None:
    folder = tmp_path / "root" / "folder"
    folder.mkdir(parents=True)
    (folder / "a.py").touch()
    (tmp_path / "root" / "b.py").touch()
    (tmp_path / "root" / "link").symlink_to("/etc")
    (folder / "link").symlink_to("/etc")
    root = str(tmp_path / "root")
    expected = None if found is None else str(tmp_path / found)
    assert child.place(recorded, root, (str(folder), root)) == expected


def hostile_cases() -> list[dict[str, Any]]:
    if not HOSTILE.exists():
        return []
    cases = json.loads((HOSTILE / "manifest.json").read_text())["cases"]
    return [case for case in cases if case["kind"] == "coverage-db"]


@pytest.mark.skipif(not HOSTILE.exists(), reason="needs the shared corpus of hostile inputs")
@pytest.mark.parametrize("case", hostile_cases(), ids=lambda case: str(case["id"]))
def test_hostile_files(case: dict[str, Any], tmp_path: Path) -> None:
    (given,) = case["given"]["coverage"]
    path = tmp_path / given["name"]
    shutil.copyfile(HOSTILE / given["file"], path)
    before = path.read_bytes()
    # Of the children of other tests; and a child is as large as we are until it is another program.
    largest = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF))
    error = refused(path)  # the child's own limits end it, whatever the file does
    limit = case["expect"]["max_rss_mb"] << 10
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss <= max(largest, limit)
    assert re.search(case["expect"].get("place") or "", str(error), re.IGNORECASE)
    assert path.read_bytes() == before
    assert [other.name for other in tmp_path.iterdir()] == [path.name]
