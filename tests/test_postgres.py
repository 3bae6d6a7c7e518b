"""The store in PostgreSQL, held against a real server: what is kept, who may, how the tables come to be."""

from __future__ import annotations

import os
import random
import re
import signal
import string
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import many_writers
import phases_workshop
from journey import phasemetrics, succeed
from measured import AFTER, BEFORE, LATER
from phasemetrics.errors import PhasemetricsError, Refusal, UsageError
from phasemetrics.evidence.history import Record
from phasemetrics.evidence.model import Metric, Revision, Snapshot, TestCase
from phasemetrics.evidence.snapshot import dumps
from phasemetrics.evidence.store import Side
from phasemetrics.stores.opening import open_store
from phasemetrics.stores.tables import open_tables
from postgres_server import PASSWORD, Server, _postgres, run

__all__ = ["_postgres"]

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/postgres.md").read_text(encoding="utf-8")
API = "github.com/acme/api"
FEW = settings(max_examples=30)  # each of them asks a server some dozens of times
SIDES: tuple[Side, ...] = ("baseline", "end")


@pytest.fixture(scope="module", name="database")
def _database(postgres: Server) -> str:
    return postgres.new_database()


@pytest.fixture(name="url")
def _url(database: str) -> str:
    """The address of a database in which there is nothing of ours."""
    run(database, "DROP SCHEMA IF EXISTS phasemetrics CASCADE")
    return database


@pytest.fixture(scope="module", name="shared")
def _shared(postgres: Server) -> str:
    """A database for laws: each of their examples has repositories of its own."""
    return postgres.new_database()


@pytest.fixture(scope="module", name="fresh")
def _fresh() -> Iterator[int]:
    return count()


def record(content: Snapshot | bytes = AFTER, phase: str = "3", side: Side = "end", repository: str = API) -> Record:
    return Record(repository, phase, side, content if isinstance(content, bytes) else dumps(content))


def at(minute: int, value: float = 1.0) -> Snapshot:
    """Return a snapshot that was measured at some minute."""
    revision = Revision("1" * 40, "2" * 40, f"2026-11-20T10:{minute:02}:00Z", False)
    return Snapshot(revision=revision, metrics={"coverage.total": Metric(value, "ratio")})


def refused(ask: Callable[[], object], code: str) -> PhasemetricsError:
    with pytest.raises(PhasemetricsError) as caught:
        ask()
    assert caught.value.code == code, str(caught.value)
    assert "\n" not in str(caught.value)
    assert PASSWORD not in str(caught.value)
    assert caught.value.mend
    return caught.value


def granted(error: PhasemetricsError) -> str:
    """Return the SQL that a refusal says the owner can say."""
    found = re.search(r"`(GRANT .*)`", error.mend or "")
    assert found, str(error)
    return found[1]


# What is kept


def test_a_record_is_kept_to_the_byte_and_once(url: str) -> None:
    store, one = open_tables(url), record()
    assert (list(store.records()), store.latest(API, "3", "end")) == ([], None)
    assert (store.put(one), store.put(one), open_tables(url).put(one)) == (True, False, False)
    assert list(open_tables(url).records()) == [one]
    assert open_tables(url).latest(API, "3", "end") == one
    assert store.latest(API, "3", "baseline") is store.latest(API, "4", "end") is store.latest("x", "3", "end") is None
    assert run(url, "SELECT count(*), count(DISTINCT record_id) FROM phasemetrics.metric") == [(len(AFTER.metrics), 1)]


def test_who_opened_it_when_it_was_empty_sees_what_another_sends(url: str) -> None:
    early = open_tables(url)
    open_tables(url).put(record())
    assert early.latest(API, "3", "end") == record()


def test_records_come_as_people_count(url: str) -> None:
    store = open_tables(url)
    ends = [(name, phase, side) for name in ("a", "b") for phase in ("2", "2b", "10", "final") for side in SIDES]
    for name, phase, side in reversed(ends):
        store.put(record(BEFORE, phase, side, name))
    assert [(one.repository, one.phase, one.side) for one in store.records()] == ends
    assert [one.repository for one in store.records("b")] == ["b"] * 8
    assert list(store.records("c")) == []


def test_more_records_than_are_read_at_once(url: str) -> None:
    store = open_tables(url)
    sent = [record(at(phase % 60, phase / 1000), str(phase)) for phase in range(120)]
    assert {store.put(one) for one in sent} == {True}
    assert list(store.records()) == sent


@FEW
@given(st.permutations([(minute, value) for minute in (1, 2, 3) for value in (0.25, 0.5)]), st.data())
def test_what_was_measured_last_wins_however_it_arrives(
    shared: str, fresh: Iterator[int], order: list[tuple[int, float]], data: st.DataObject
) -> None:
    name = f"order-{next(fresh)}"
    store = open_tables(shared)
    some = order[: data.draw(st.integers(1, len(order)))]
    sent = [record(at(*one), repository=name) for one in some]
    assert [store.put(one) for one in (*sent, *sent)] == [True] * len(sent) + [False] * len(sent)
    last = max(sent, key=lambda one: (some[sent.index(one)][0], one.sha256))
    assert (store.latest(name, "3", "end"), list(store.records(name))) == (last, [last])


@FEW
@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["2", "10", "A", "b"]), st.sampled_from(SIDES),
                          st.integers(0, 3), st.sampled_from([0.25, 0.5])), max_size=12))  # fmt: skip
def test_a_folder_and_a_database_say_the_same(
    shared: str, fresh: Iterator[int], scratch: Path, sent: list[tuple[str, str, Side, int, float]]
) -> None:
    name = f"same-{next(fresh)}"
    (scratch / name).mkdir()
    stores = open_store((scratch / name).as_uri()), open_tables(shared)
    for project, phase, side, minute, value in sent:
        one = record(at(minute, value), phase, side, f"{name}/{project}")
        assert stores[0].put(one) == stores[1].put(one)
    for project in "ab":
        first, second = (list(store.records(f"{name}/{project}")) for store in stores)
        assert first == second


@FEW
@given(
    st.text(min_size=1, max_size=40)
    | st.sampled_from(["'; DROP TABLE phasemetrics.record; --", '"', "%s", ":repository"])
)
def test_a_repository_may_be_called_anything_that_is_text(shared: str, fresh: Iterator[int], name: str) -> None:
    store = open_tables(shared)
    one = record(at(1, next(fresh) / 1000), repository=f"{name}{next(fresh)}")
    if re.search("[\0\ud800-\udfff]", name):
        refused(lambda: store.put(one), "store-refused")
        assert list(store.records(one.repository)) == []
        return
    assert store.put(one)
    assert list(store.records(one.repository)) == [one] == [store.latest(one.repository, "3", "end")]


@pytest.mark.parametrize("name", ["", "a\0b", "\ud800", "ü" * 1001])
def test_what_cannot_name_a_repository_is_refused(url: str, name: str) -> None:
    store = open_tables(url)
    error = refused(lambda: store.put(record(repository=name)), "store-refused")
    assert "repository" in (error.mend or "")
    assert list(store.records(name or "x")) == []
    assert list(store.records()) == []


@pytest.mark.parametrize("odd", ["a\0b", "\ud83d", "\udc00\ud83d"])
def test_text_that_postgresql_does_not_have_is_kept_all_the_same(url: str, odd: str) -> None:
    cases = (TestCase("tests/a.py", "", odd, "passed"),)
    metrics = {**AFTER.metrics, f"bench.{odd}.median": Metric(1.0, "second"), "bench.x.median": Metric(1.0, odd)}
    one = record(replace(AFTER, cases=cases, metrics=metrics))
    store = open_tables(url)
    assert (store.put(one), store.put(one)) == (True, False)
    assert list(store.records()) == [one]
    assert run(url, "SELECT document IS NULL FROM phasemetrics.record") == [(True,)]
    names = {name for (name,) in run(url, "SELECT name FROM phasemetrics.metric")}
    assert names == set(AFTER.metrics), "an odd name is left out, and never becomes another one"


def test_odd_numbers_and_names_become_rows(url: str) -> None:
    values = {"tiny": 5e-324, "huge": 1.7976931348623157e308, "whole": 10**300, "less": -0.5, "none": 0.0}
    values |= {"\\u0000": 1.0, "💡 'quoted' \"twice\" %s :x {}": 2.0, "n" * 2000: 3.0, "n" * 2001: 4.0}
    one = record(replace(AFTER, metrics={name: Metric(value, "byte") for name, value in values.items()}))
    open_tables(url).put(one)
    there = dict(run(url, "SELECT name, value FROM phasemetrics.metric"))
    assert there == {name: float(value) for name, value in values.items() if len(name) <= 2000}
    assert run(url, "SELECT (document -> 'metrics' -> 'huge' -> 'value')::float8, document -> 'metrics' ? %s "
                    "FROM phasemetrics.record", "n" * 2001) == [(values["huge"], True)]  # fmt: skip


@pytest.mark.parametrize("content", [b"", b"{", b"null", dumps(Snapshot()), dumps(AFTER).replace(b"0.846", b"1e400")])
def test_what_is_no_snapshot_is_not_kept(url: str, content: bytes) -> None:
    store = open_tables(url)
    refused(lambda: store.put(record(content)), "damaged-store")
    assert list(store.records()) == []


def test_bytes_that_were_changed_in_the_table_are_not_believed(url: str) -> None:
    store = open_tables(url)
    store.put(record())
    run(url, "UPDATE phasemetrics.record SET content = content || ' '::bytea")
    assert "record 1" in refused(lambda: list(store.records()), "damaged-store").message


def test_the_longest_names_fit_into_an_index(url: str) -> None:
    longest = "".join(random.Random(3).choices(string.printable[:94], k=2000))  # nothing that can be compressed
    metrics = {longest: Metric(1.0, longest)}
    one = record(replace(AFTER, metrics=metrics), "p" * 64, "baseline", longest)
    assert open_tables(url).put(one)
    assert list(open_tables(url).records()) == [one]
    assert run(url, "SELECT name FROM phasemetrics.latest_metric") == [(longest,)]


# Many at once


def test_a_hundred_writers_and_a_third_of_them_killed(url: str) -> None:
    sent = many_writers.storm(f"{url}?connect_timeout=60")  # on two processors they are slow, and not gone
    assert run(url, "SELECT count(*) FROM phasemetrics.record") == [(len(sent),)]
    whole = "SELECT DISTINCT count(*) FROM phasemetrics.metric GROUP BY record_id"
    assert run(url, whole) == [(60,)], "a record lacks metrics"


_PUT = (
    "import sys; from phasemetrics.stores.tables import open_tables; from phasemetrics.evidence.history import Record;\
 open_tables(sys.argv[1]).put(Record('a', '3', 'end', sys.stdin.buffer.read()))"
)


def test_a_writer_that_is_killed_within_its_statement_leaves_nothing(url: str) -> None:
    import psycopg

    store, one = open_tables(url), record(repository="a")
    store.put(record(BEFORE))
    with psycopg.connect(url) as held:
        held.execute("LOCK TABLE phasemetrics.metric IN ACCESS EXCLUSIVE MODE")
        writer = subprocess.Popen([sys.executable, "-c", _PUT, url], stdin=subprocess.PIPE)
        assert writer.stdin is not None
        with writer.stdin as pipe:
            pipe.write(one.content)
        waiting = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        until(lambda: bool(run(url, waiting)))
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        run(url, f"SELECT pg_terminate_backend(pid) FROM ({waiting}) AS found")
        until(lambda: not run(url, waiting))
    assert store.latest("a", "3", "end") is None
    assert store.put(one)
    asked = "SELECT count(*) FROM phasemetrics.latest_metric WHERE repository = 'a'"
    assert run(url, asked) == [(len(AFTER.metrics),)]


def until(done: Callable[[], bool]) -> None:
    for _ in range(600):
        if done():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come to pass in half a minute")


def test_who_finds_no_free_connection_waits_for_one(
    postgres: Server, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import psycopg

    database = url.rpartition("/")[2]
    run(url, "CREATE ROLE narrow LOGIN PASSWORD 'x' CONNECTION LIMIT 1")
    narrow = postgres.url(database, "narrow", "x")
    held = psycopg.connect(narrow)
    with monkeypatch.context() as patch:
        patch.setattr("phasemetrics.stores.server._TURNS", 2)
        assert "too many" in refused(lambda: open_tables(narrow), "store-unreachable").message
    threading.Timer(0.3, held.close).start()
    assert list(open_tables(narrow).records()) == []


def test_a_server_that_ends_our_connection_is_asked_again_by_the_next(url: str) -> None:
    store = open_tables(url)
    store.put(record())
    run(url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'phasemetrics'")
    refused(lambda: store.put(record(BEFORE)), "store-unreachable")
    assert store.put(record(BEFORE))


# Addresses


@pytest.mark.parametrize("scheme", ["postgres", "postgresql+psycopg"])
def test_other_spellings_of_the_scheme(url: str, scheme: str) -> None:
    assert open_tables(url.replace("postgresql", scheme)).put(record())
    assert list(open_store(url).records()) == [record()]


@pytest.mark.parametrize(
    "address",
    [
        "postgresql+psycopg2://h/d", "mysql://h/d", "postgresql", "", "postgresql://u:a@b@h/d", "postgresql://u:p@h:port/d",
        "postgresql://u:hidden/x@y@h/d",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_without_a_word_of_it(address: str) -> None:
    error = refused(lambda: open_tables(address), "bad-store")
    assert isinstance(error, UsageError)
    assert "hidden" not in str(error)


def test_who_cannot_be_reached_is_named_without_a_secret(postgres: Server, url: str) -> None:
    port, database = postgres.port, url.rpartition("/")[2]
    for address, place, said in (
        (postgres.url(database, password="hidden"), f"127.0.0.1:{port}/{database}", "password authentication failed"),
        (postgres.url("hidden_not"), f"127.0.0.1:{port}/hidden_not", "does not exist"),
        (f"postgresql://u:hidden@127.0.0.1:{free_port()}/d", "", "refused"),
        ("postgresql://u:hidden@nowhere.invalid/d", "nowhere.invalid/d", ""),
        (f"{url}?sslmode=require", f"127.0.0.1:{port}/{database}", "SSL"),
        (f"{url}?no_such_option=hidden", f"127.0.0.1:{port}/{database}", "no_such_option"),
        (f"postgresql://u:hidden@/{database}?host=/no/such/folder", f"/no/such/folder/{database}", "No such file"),
    ):
        error = refused(lambda address=address: open_tables(address), "store-unreachable")  # type: ignore[misc]
        assert isinstance(error, Refusal)
        assert place in (error.path or "")
        assert said in error.message
        assert "hidden" not in str(error).replace("hidden_not", "")


def free_port() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


def test_without_the_extra_the_command_that_installs_it_is_said() -> None:
    for missing in ("sqlalchemy", "psycopg"):
        code = f"import sys; sys.modules[{missing!r}] = None; from phasemetrics.stores.tables import open_tables\n"
        code += "try: open_tables('postgresql://h/d')\nexcept Exception as error: print(error.exit_code, error)"
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
        ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
        assert ran.stdout.startswith("2 error[no-extra]:")
        assert missing in ran.stdout
        assert "pip install 'phasemetrics[postgres]'" in ran.stdout


def test_what_is_pushed_is_what_the_trend_is_drawn_from(url: str, tmp_path: Path) -> None:
    (root,) = phases_workshop.many(tmp_path, 1, 3, items=2, gaps=0)
    store = ("--store", url.replace(f":{quote(PASSWORD, safe='')}@", "@"))
    assert "password" in phasemetrics(root, "push", *store).err
    assert succeed(root, "push", *store, PGPASSWORD=PASSWORD).out == "6 sent, 0 were there\n"
    assert succeed(root, "push", *store, PGPASSWORD=PASSWORD).out == "0 sent, 6 were there\n"
    asked = ("trend", "--metric", "tests.*", "--format", "csv")
    drawn = succeed(tmp_path, *asked, *store, PGPASSWORD=PASSWORD).out
    assert drawn.count("\n") > 6
    assert drawn == succeed(root, *asked).out


# Rights, and the page


def statements() -> list[str]:
    return re.findall(r"^```sql\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module", name="team")
def _team(postgres: Server) -> Server:
    """Return the server after all that the page says of the set-up."""
    first, *others = statements()[:3]
    for statement in first.split(";\n"):
        postgres.run("postgres", statement)
    for block in others:
        postgres.run("metrics", block)
    return postgres


def as_role(team: Server, role: str) -> str:
    password = re.search(rf"CREATE ROLE {role} LOGIN PASSWORD '(.*?)'", PAGE)
    assert password
    return team.url("metrics", role, password[1])


def test_the_set_up_of_the_page_lets_each_role_do_its_part(team: Server) -> None:
    ci, reader, writer = (open_tables(as_role(team, f"metrics_{role}")) for role in ("ci", "reader", "writer"))
    assert list(reader.records()) == []
    error = refused(lambda: ci.put(record()), "store-forbidden")
    assert "metrics_writer" in (error.mend or ""), "its owner makes the tables"
    assert (writer.put(record()), ci.put(record()), ci.put(record(BEFORE, side="baseline"))) == (True, False, True)
    assert [one.side for one in reader.records()] == ["baseline", "end"]
    assert run(as_role(team, "metrics_reader"), "SELECT count(*) > 0 FROM phasemetrics.latest_metric") == [(True,)]
    refused(lambda: reader.put(record(LATER)), "store-forbidden")
    for role in ("metrics_ci", "metrics_reader"):
        for change in ("DELETE FROM phasemetrics.metric", "UPDATE phasemetrics.record SET phase = '4'"):
            with pytest.raises(Exception, match="permission denied"):
                run(as_role(team, role), change)


def test_the_questions_of_the_page_are_answered(url: str) -> None:
    store = open_tables(url)
    for name, phase, side, minute, coverage, failed in (
        ("a", "1", "baseline", 0, 0.5, 3), ("a", "1", "end", 1, 0.75, 1), ("a", "2", "end", 2, 0.7, 2),
        ("a", "2", "end", 3, 0.8, 1), ("a", "10", "end", 4, 0.79, 4), ("b", "1", "end", 1, 0.9, 0),
        ("b", "2", "baseline", 2, 0.9, 0), ("b", "2", "end", 3, 1.0, 0),
    ):  # fmt: skip
        snapshot = at(minute, coverage)
        snapshot = replace(snapshot, metrics={**snapshot.metrics, "tests.failed": Metric(failed, "count")})
        store.put(record(snapshot, phase, side, name))  # type: ignore[arg-type]
    covered, worse, without = statements()[3:]
    assert [(row[0], row[1], row[3]) for row in run(url, covered)] == [
        ("a", "1", 0.75), ("a", "2", 0.8), ("a", "10", 0.79), ("b", "1", 0.9), ("b", "2", 1.0)
    ]  # fmt: skip
    assert run(url, worse) == [("a", "10", "coverage.total", 0.8, 0.79), ("a", "10", "tests.failed", 1, 4)]
    assert run(url, without) == [("a", "10"), ("a", "2"), ("b", "1")]


@pytest.fixture(name="stranger")
def _stranger(postgres: Server, url: str, fresh: Iterator[int]) -> str:
    """The address of a role that may do nothing, whose name has to be quoted."""
    number = next(fresh)
    run(url, f"CREATE ROLE \"Odd Role {number}\" LOGIN PASSWORD 'x'")
    return postgres.url(url.rpartition("/")[2], f"Odd%20Role%20{number}", "x")


def test_each_right_that_lacks_is_said_as_the_grant_that_gives_it(url: str, stranger: str) -> None:
    open_tables(url).put(record())
    run(url, granted(refused(lambda: open_tables(stranger), "store-forbidden")))
    reader = open_tables(stranger)
    assert list(reader.records()) == [record()]
    run(url, granted(refused(lambda: reader.put(record(LATER)), "store-forbidden")))
    assert (reader.put(record(LATER)), reader.put(record(LATER))) == (True, False)


def test_who_may_not_make_the_tables_is_told_what_lets_him(url: str, stranger: str) -> None:
    store = open_tables(stranger)
    assert list(store.records()) == []
    run(url, granted(refused(lambda: store.put(record()), "store-forbidden")))
    assert store.put(record())
    assert list(store.records()) == [record()]


# The tables over time


def made_at(url: str, revision: str) -> None:
    """Make the tables as an older phasemetrics did."""
    from alembic import command
    from sqlalchemy import text

    from phasemetrics.stores.server import Server as Reached
    from phasemetrics.stores.upgrading import config_on

    engine = Reached(url).engine
    with engine.execution_options(isolation_level="READ COMMITTED").begin() as connection:
        connection.execute(text("CREATE SCHEMA phasemetrics"))
        command.upgrade(config_on(connection), revision)
    engine.dispose()


OLD = """
INSERT INTO phasemetrics.record (repository, phase, side, sha256, measured, content)
VALUES (%s, '3', 'end', %s, now(), %s)
"""


def test_tables_of_the_first_revision_are_read_and_upgraded_with_what_is_in_them(url: str) -> None:
    made_at(url, "1")
    old = record(BEFORE, repository="old")
    run(url, OLD, old.repository, old.sha256, old.content)
    run(url, "INSERT INTO phasemetrics.metric VALUES (1, 'coverage.total', 0.784, 'ratio')")
    assert list(open_tables(url).records()) == [old]
    assert run(url, "SELECT version_num FROM phasemetrics.alembic_version") == [("1",)], "who reads changes nothing"
    store = open_tables(url)
    assert store.put(record())
    assert run(url, "SELECT version_num FROM phasemetrics.alembic_version") == [("2",)]
    assert list(store.records()) == [record(), old]
    seen = "SELECT value FROM phasemetrics.latest_metric WHERE name = 'coverage.total' ORDER BY repository"
    assert run(url, seen) == [(0.846,), (0.784,)]


def test_only_their_owner_upgrades_the_tables(url: str, stranger: str) -> None:
    made_at(url, "1")
    role = '"' + stranger.split("//")[1].split(":")[0].replace("%20", " ") + '"'
    run(url, f"GRANT USAGE ON SCHEMA phasemetrics TO {role}")
    run(url, f"GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA phasemetrics TO {role}")
    assert list(open_tables(stranger).records()) == []
    error = refused(lambda: open_tables(stranger).put(record()), "store-forbidden")
    assert "revision 2" in error.message
    assert "`phasemetrics push` once as postgres" in (error.mend or "")
    assert run(url, "SELECT version_num FROM phasemetrics.alembic_version") == [("1",)]


def test_tables_of_a_newer_phasemetrics_are_refused(url: str) -> None:
    open_tables(url).put(record())
    run(url, "UPDATE phasemetrics.alembic_version SET version_num = '99'")
    error = refused(lambda: open_tables(url), "newer-store")
    assert "99" in error.message
    assert "upgrade phasemetrics" in (error.mend or "")


def test_who_waits_for_an_upgrade_that_is_cut_off_does_it_himself(url: str) -> None:
    import psycopg

    from phasemetrics.stores.upgrading import _LOCK

    store, kept = open_tables(url), list[bool]()
    with psycopg.connect(url) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        other.execute("CREATE SCHEMA phasemetrics")
        writer = threading.Thread(target=lambda: kept.append(store.put(record())))
        writer.start()
        until(lambda: bool(run(url, "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")))
        assert not kept
        other.rollback()
    writer.join()
    assert kept == [True]
    assert list(open_tables(url).records()) == [record()]


def test_an_upgrade_that_fails_changes_nothing(url: str) -> None:
    made_at(url, "1")
    run(url, "CREATE VIEW phasemetrics.latest_metric AS SELECT 1 AS in_the_way")
    refused(lambda: open_tables(url).put(record()), "store-refused")
    assert run(url, "SELECT version_num FROM phasemetrics.alembic_version") == [("1",)]
    indexes = "SELECT count(*) FROM pg_indexes WHERE indexname IN ('record_latest', 'metric_name')"
    assert run(url, indexes) == [(0,)]
    assert list(open_tables(url).records()) == []


def test_the_migrations_end_where_the_tables_of_the_source_are(url: str) -> None:
    from alembic import command
    from alembic.script import ScriptDirectory
    from alembic.util import AutogenerateDiffsDetected

    from phasemetrics.stores.schema import REVISIONS
    from phasemetrics.stores.server import Server as Reached
    from phasemetrics.stores.upgrading import config_on

    open_tables(url).put(record())
    engine = Reached(url).engine
    with engine.connect() as connection:
        config = config_on(connection)
        scripts = ScriptDirectory.from_config(config).walk_revisions()
        assert tuple(one.revision for one in scripts)[::-1] == REVISIONS
        command.check(config)
        run(url, "DROP INDEX phasemetrics.record_latest")
        with pytest.raises(AutogenerateDiffsDetected, match="record_latest"):
            command.check(config)
    engine.dispose()
