"""Stores in buckets and folders: the same for every one, safe for many writers, and honest where they fail."""

from __future__ import annotations

import json
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

import s3_server
import store_queries
from git_workshop import Workshop
from journey import RETRO, files_of, phasemetrics, succeed
from many_writers import storm
from measured import AFTER, BEFORE
from phasemetrics.errors import PhasemetricsError, UsageError
from phasemetrics.evidence.history import Record, measured_at
from phasemetrics.evidence.model import Metric, Revision, Snapshot, Source
from phasemetrics.evidence.snapshot import dumps
from phasemetrics.evidence.store import Side, place
from phasemetrics.repositories import name_in_url
from phasemetrics.stores.keys import key_of, read_key
from phasemetrics.stores.opening import open_store, shown

API = "github.com/acme/api"
OWN = ".phasemetrics/phases/3/baseline.json"


def record(phase: str = "3", side: Side = "end", day: int = 1, repository: str = API, value: float = 1) -> Record:
    """Return a record that was measured on a day of November."""
    revision = Revision("a" * 40, "b" * 40, f"2026-11-{day:02}T09:30:00Z", False)
    return Record(repository, phase, side, dumps(Snapshot(revision, metrics={"tests.total": Metric(value, "count")})))


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[s3_server.Server]:
    own = s3_server.programs()
    if own is None:
        pytest.skip(s3_server.ABSENT)
    with s3_server.running(own, tmp_path_factory.mktemp("swift")) as server:
        yield server


@pytest.fixture
def in_folder(tmp_path: Path) -> str:
    """Return the URL of an empty store in a folder, with a blank in its name."""
    (tmp_path / "the store").mkdir()
    return (tmp_path / "the store").as_uri()


@pytest.fixture
def in_bucket(s3: s3_server.Server, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """Return the URL of an empty store in a bucket of a server that runs."""
    for name, value in s3.variables.items():
        monkeypatch.setenv(name, value)
    return s3.url(request.node.name.replace("[", "-").replace("]", ""))


@pytest.fixture(params=["in_folder", "in_bucket"])
def url(request: pytest.FixtureRequest) -> str:
    """Return the URL of an empty store, of one kind after the other."""
    return str(request.getfixturevalue(request.param))


def keys_in(url: str) -> list[str]:
    """Return all keys below a URL, as the library lists them."""
    import obstore
    from obstore.store import from_url

    store = from_url(url, client_options={"allow_http": True}) if url.startswith("s3") else from_url(url)
    return sorted(one["path"] for one in obstore.list(store).collect())


def refused(find: Callable[[], object], code: str) -> PhasemetricsError:
    with pytest.raises(PhasemetricsError) as caught:
        find()
    assert caught.value.code == code
    assert caught.value.mend
    return caught.value


# What a store does


def test_what_was_put_is_read_back_the_newest_of_each_end(url: str) -> None:
    store = open_store(url)
    assert list(store.records()) == []
    assert store.latest(API, "3", "end") is None
    old, new = record(day=2, value=1), record(day=10, value=2)
    others = [
        record("10"), record("2b"), record(side="baseline", day=20), record(repository="github.com/acme/api-2"),
        record(repository="gitlab.com/acme/groups/one"), record(repository=f"{API}/phases/3", day=30),
    ]  # fmt: skip
    for one in (new, old, *others):
        assert store.put(one)
    assert store.latest(API, "3", "end") == new
    assert store.latest(API, "3", "baseline") == others[2]
    assert store.latest(API, "30", "end") is None
    in_order = [others[1], others[2], new, others[0]]
    assert list(store.records(API)) == in_order
    assert list(store.records()) == [*in_order, others[3], others[5], others[4]]


def test_the_same_record_is_kept_once_whoever_sends_it(url: str) -> None:
    store, one = open_store(url), record()
    assert [store.put(one), store.put(one), open_store(url).put(one)] == [True, False, False]
    assert len(keys_in(url)) == 1


def test_a_hundred_writers_a_third_of_them_killed(url: str) -> None:
    sent = storm(url)
    assert keys_in(url) == sorted(map(key_of, sent))
    assert len(set(sent)) == len(sent)


def test_writers_of_the_same_record_at_once(url: str) -> None:
    store, one = open_store(url), record()
    with ThreadPoolExecutor(50) as pool:
        new = list(pool.map(store.put, [one] * 50))
    # Swift looks whether an object is there before it takes the bytes, so a few may be told that theirs is the first.
    assert sum(new) == 1 or (url.startswith("s3") and 1 <= sum(new) <= 50)
    assert keys_in(url) == [key_of(one)]
    assert store.latest(API, "3", "end") == one


def test_what_is_not_ours_is_not_looked_at(in_folder: str, tmp_path: Path) -> None:
    store, folder = open_store(in_folder), tmp_path / "the store"
    store.put(record())
    name = Path(key_of(record()))
    for foreign in (
        "README.md",
        name.with_suffix(".txt"),
        name.with_name("latest.json"),
        "a/phases/3/end/x.json",
        f"{name}#1",
    ):
        (folder / foreign).parent.mkdir(parents=True, exist_ok=True)
        (folder / foreign).write_bytes(b"{")
    # The same names in another spelling: `%41` is `A`.
    twin = folder / str(name).replace("acme", "%61cme")
    twin.parent.mkdir(parents=True)
    twin.write_bytes(record().content)
    assert list(store.records()) == [record()]


@pytest.mark.parametrize("content", [b"", b"{", record(value=9).content], ids=["empty", "torn", "another"])
def test_a_damaged_object_is_named_and_refused(in_folder: str, tmp_path: Path, content: bytes) -> None:
    store, key = open_store(in_folder), key_of(record())
    store.put(record())
    (tmp_path / "the store" / key).write_bytes(content)
    for look in (lambda: list(store.records()), lambda: store.latest(API, "3", "end"), lambda: store.put(record())):
        assert key in refused(look, "damaged-store").message


# Keys


def test_a_key_says_whose_it_is_when_it_was_measured_and_how_its_hash_begins() -> None:
    one = record()
    assert key_of(one) == f"{API}/phases/3/end/20261101T093000Z-{one.sha256[:12]}.json"
    read = read_key(key_of(one))
    assert read is not None
    assert (read.repository, read.phase, read.side, read.hash) == (API, "3", "end", one.sha256[:12])


def test_the_latest_report_says_when_it_was_measured() -> None:
    times = ("2026-11-20T10:00:00Z", "2026-11-20T13:00:00+02:00", "2026-11-19T23:00:00Z")
    sources = tuple(Source("a.xml", "junit", "junit", "0" * 64, time) for time in times)
    one = Record(API, "3", "end", dumps(Snapshot(BEFORE.revision, sources=sources)))
    assert measured_at(one).isoformat() == "2026-11-20T11:00:00+00:00"
    assert "20261120T110000Z" in key_of(one)
    younger = replace(BEFORE.revision, date="2026-11-20T11:30:00Z") if BEFORE.revision else None
    again = Record(API, "3", "end", dumps(Snapshot(younger, sources=sources)))
    assert measured_at(again).isoformat() == "2026-11-20T11:30:00+00:00", "read again when it was committed"
    refused(lambda: key_of(Record(API, "3", "end", dumps(Snapshot(None)))), "damaged-store")


names = st.lists(st.text(min_size=1).filter(lambda part: "/" not in part), min_size=1, max_size=4).map("/".join)
phases = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True).filter(lambda name: ".." not in name)


@given(names, phases, st.sampled_from(get_args(Side)))
def test_every_name_is_read_back_from_its_key(repository: str, phase: str, side: Side) -> None:
    key = key_of(record(phase, side, repository=repository))
    assert set(key) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-%/")
    assert not {"", ".", ".."} & set(key.split("/"))
    read = read_key(key)
    assert read is not None
    assert (read.repository, read.phase, read.side) == (repository, phase, side)


@given(st.text(alphabet="abc/.%27phasesendbaseline-TZjson0189"))
def test_no_text_is_a_key_but_the_one_that_its_names_give(text: str) -> None:
    read = read_key(text)
    assert read is None or f"{read.repository}/phases/{read.phase}/{read.side}/" in text


# URLs


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("s3a://bucket/x", "did you mean `s3://…`?"),
        ("fil:///srv", "did you mean `file://…`?"),
        ("postgrsql://db/x", "did you mean `postgresql://…`?"),
        ("ftp://host/x", "write it like s3://bucket/prefix"),
        ("srv/phases", "write it like s3://bucket/prefix"),
        ("s3:///prefix", "write bucket and prefix alone"),
        ("s3://key:secret@bucket/x", "credentials come from the environment"),
        ("s3://bucket/x?secret=1", "credentials come from the environment"),
        ("file://srv/phases", "three slashes"),
        ("s3://[bucket/x", "write it like s3://bucket/prefix"),
    ],
)
def test_a_url_that_cannot_be_one(url: str, said: str) -> None:
    error = refused(lambda: open_store(url), "bad-store")
    assert isinstance(error, UsageError)
    assert said in str(error)
    assert "secret" not in str(error)


@pytest.mark.parametrize(
    ("url", "printed"),
    [
        ("s3://bucket/prefix", "s3://bucket/prefix"),
        ("postgresql://me:hush@db:5432/phases?sslkey=hush", "postgresql://db:5432/phases"),
        ("postgresql://me:hush/hush@db/phases", "postgresql://…"),
        ("postgresql://me:hush?hush@db/phases", "postgresql://…"),
        ("postgresql://me:hush#hush@db/phases", "postgresql://…"),
        ("postgresql://db/phases?password=hush@hush", "postgresql://…"),
        ("hush", "the store"),
    ],
)
def test_no_secret_of_a_url_is_printed(url: str, printed: str) -> None:
    assert shown(url) == printed


def test_the_extra_is_named_where_it_is_missing(in_folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "obstore", None)
    assert "pip install 'phasemetrics[store]'" in str(refused(lambda: open_store(in_folder), "no-extra"))


# Where it fails


def at(monkeypatch: pytest.MonkeyPatch, endpoint: str) -> None:
    """Let `s3://` be a service at an address of this machine."""
    values = {"ENDPOINT_URL": endpoint, "ALLOW_HTTP": "true", "ACCESS_KEY_ID": "a", "SECRET_ACCESS_KEY": "hush"}
    for name, value in values.items():
        monkeypatch.setenv(f"AWS_{name}", value)


def test_a_host_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        gone = f"http://127.0.0.1:{taken.getsockname()[1]}"
    at(monkeypatch, gone)
    store = open_store("s3://bucket/prefix")
    for ask in (lambda: store.put(record()), lambda: list(store.records()), lambda: store.latest(API, "3", "end")):
        error = refused(ask, "store-unreachable")
        assert str(error).startswith("error[store-unreachable]: s3://bucket/prefix: does not answer; ")
        assert "\n" not in str(error)
        assert error.exit_code == 3


def test_an_address_without_tls_has_to_be_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ALLOW_HTTP", "false")
    assert "TLS" in refused(lambda: open_store("s3://bucket/x").put(record()), "store-unreachable").message


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    assert "mount" in str(refused(lambda: open_store((tmp_path / "share").as_uri()), "store-unreachable"))
    assert not (tmp_path / "share").exists()


def test_a_bucket_that_is_not_there(in_bucket: str) -> None:
    store = open_store("s3://elsewhere/x")
    for ask in (lambda: store.put(record()), lambda: list(store.records())):
        assert "make the bucket" in str(refused(ask, "store-unreachable"))


def test_credentials_that_are_wrong(in_bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush")
    error = refused(lambda: open_store(in_bucket).put(record()), "store-unreachable")
    assert "403" in error.message
    assert "docs/stores.md" in str(error)
    assert "hush" not in str(error)


def test_a_service_that_cannot_create_is_refused(in_bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CONDITIONAL_PUT", "disabled")
    refused(lambda: open_store(in_bucket).put(record()), "store-unfit")
    assert keys_in(in_bucket) == []


def test_a_folder_that_cannot_be_written(in_folder: str, tmp_path: Path) -> None:
    (tmp_path / "the store" / "github.com").write_bytes(b"a file")
    refused(lambda: open_store(in_folder).put(record()), "store-unreachable")


# What other engines say


def test_the_answers_of_duckdb_are_those_of_the_page(in_folder: str, tmp_path: Path) -> None:
    if not store_queries.INSTALLED.exists():
        pytest.skip("DuckDB is not installed: `make servers` does it")
    asked = [query for query in store_queries.queries() if (query.engine, query.place) == ("DuckDB", "folder")]
    assert asked
    store_queries.fill(in_folder)
    for query in asked:
        assert store_queries.answer(query, store_queries.INSTALLED, tmp_path / "the store", None) == query.said


class _Busy(BaseHTTPRequestHandler):
    """A bucket in which another writer was at the same object, and was killed: a conflict, and then nothing there."""

    asked: ClassVar[list[str]] = []
    conflicts = 1

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        assert self.headers["if-none-match"] == "*"
        self._answer(409 if self.asked.count("PUT") < self.conflicts else 200)

    def do_GET(self) -> None:
        self._answer(404)

    def _answer(self, status: int) -> None:
        self.asked.append(self.command)
        self.send_response(status)
        self.send_header("content-length", "0")
        self.send_header("etag", '"0"')
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize(("conflicts", "asked"), [(1, ["PUT", "GET", "PUT"]), (99, ["PUT", "GET"] * 5)])
def test_a_conflict_with_a_writer_that_is_killed(
    monkeypatch: pytest.MonkeyPatch, conflicts: int, asked: list[str]
) -> None:
    kind = type("Busy", (_Busy,), {"asked": [], "conflicts": conflicts})
    with ThreadingHTTPServer(("127.0.0.1", 0), kind) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        at(monkeypatch, f"http://127.0.0.1:{server.server_port}")
        store = open_store("s3://bucket/prefix")
        if conflicts == 1:
            assert store.put(record())
        else:
            refused(lambda: store.put(record()), "store-unreachable")
        server.shutdown()
    assert kind.asked == asked  # type: ignore[attr-defined]


# What a project is called


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://github.com/acme/api.git", API),
        ("https://GitHub.com/acme/api/", API),
        ("https://me:hush@github.com:8443/acme/api?hush=1#x", API),
        ("git@github.com:acme/api.git", API),
        ("github.com:acme/api", API),
        ("git@github.com:/acme/api.git", API),
        ("ssh://git@github.com:2222/acme/api.git", API),
        ("git+ssh://git@github.com/acme//api", API),
        ("git://github.com/acme/api", API),
        ("https://gitlab.com/acme/sub/group/api.git", "gitlab.com/acme/sub/group/api"),
        ("https://dev.azure.com/acme/My%20Work/_git/api", "dev.azure.com/acme/My Work/_git/api"),
        ("[::1]:acme/api", "::1/acme/api"),
        ("file:///srv/git/api.git", None),
        ("/srv/git/api.git", None),
        ("../api", None),
        ("C:\\work\\api", None),
        ("ext::sh -c 'date'", None),
        ("https://github.com/", None),
        ("https://github.com/acme/%2e%2e/api", None),
        ("https://github.com/acme/a\u202epi", None),
        ("https://[github.com/acme/api", None),
        ("", None),
    ],
)
def test_the_address_of_a_clone_gives_the_name(url: str, name: str | None) -> None:
    assert name_in_url(url) == name


# push


def in_project(root: Path, configuration: str = f'repository = "{API}"\n') -> Path:
    """Return a project with both ends of phase 2 and the baseline of phase 3."""
    Workshop(root).commit({"phasemetrics.toml": configuration})
    for phase, side, content in (("2", "baseline", BEFORE), ("2", "end", AFTER), ("3", "baseline", AFTER)):
        path = root / place(phase, side)  # type: ignore[arg-type]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(dumps(content))
    return root


def test_push_sends_everything_once(url: str, tmp_path: Path) -> None:
    root = in_project(tmp_path / "api")
    assert succeed(root, "push", "--store", url).out == "3 sent, 0 were there\n"
    (root / place("3", "end")).write_bytes(dumps(replace(AFTER, files=())))
    assert succeed(tmp_path, "push", "api", PHASEMETRICS_STORE=url).out == "1 sent, 3 were there\n"
    told = json.loads(succeed(root, "push", "--store", url, "--json").out)
    assert (told["schema"], told["sent"], len(told["present"])) == (1, [], 4)
    assert told["present"][0] == {
        "repository": API,
        "phase": "2",
        "side": "baseline",
        "sha256": Record(API, "2", "baseline", dumps(BEFORE)).sha256,
    }
    assert [(one.phase, one.side) for one in open_store(url).records(API)] == [
        ("2", "baseline"), ("2", "end"), ("3", "baseline"), ("3", "end"),
    ]  # fmt: skip


def test_a_damaged_record_is_refused_before_anything_is_sent(in_folder: str, tmp_path: Path) -> None:
    root = in_project(tmp_path / "api")
    (root / OWN).write_bytes(b"<<<<<<< HEAD")
    ended = phasemetrics(root, "push", "--store", in_folder)
    assert (ended.code, ended.out) == (3, "")
    assert f"error[damaged-store]: {OWN}" in ended.err
    assert keys_in(in_folder) == []


def test_push_says_what_is_missing(in_folder: str, tmp_path: Path) -> None:
    root = in_project(tmp_path / "api", "")
    assert "error[no-store]" in phasemetrics(root, "push").err
    nameless = phasemetrics(root, "push", "--store", in_folder)
    assert (nameless.code, "error[no-repository]" in nameless.err) == (2, True)
    Workshop(root).git("remote", "add", "origin", str(tmp_path))
    assert "error[no-repository]" in phasemetrics(root, "push", "--store", in_folder).err
    (root / "phasemetrics.toml").write_text('repository = "a/../b"\n')
    assert "error[bad-repository]" in phasemetrics(root, "push", "--store", in_folder).err
    (root / "phasemetrics.toml").write_text(f'repository = "a"\nstore = "{in_folder}"\n')
    shutil.rmtree(root / ".phasemetrics")
    assert "error[not-recorded]" in phasemetrics(root, "push").err
    assert "error[no-directory]" in phasemetrics(root, "push", "nowhere").err


def test_the_name_comes_from_the_remote_and_the_folder(in_folder: str, tmp_path: Path) -> None:
    workshop = Workshop(tmp_path / "mono")
    workshop.git("remote", "add", "origin", "https://me:hush@git.example:8443/acme/mono.git")
    for name in ("api", "web"):
        in_project(tmp_path / "mono" / name, f'store = "{in_folder}"\n')
        shutil.rmtree(tmp_path / "mono" / name / ".git")
        succeed(tmp_path / "mono" / name, "push")
    found = {one.repository for one in open_store(in_folder).records()}
    assert found == {"git.example/acme/mono/api", "git.example/acme/mono/web"}


# The baseline of a phase


@pytest.fixture
def elsewhere(project: Path, tmp_path: Path) -> tuple[Path, Path]:
    """Return the sample project without a baseline of its own, and the folder of a store that has it."""
    store = tmp_path / "store"
    store.mkdir()
    configuration = project / "phasemetrics.toml"
    text = configuration.read_text(encoding="utf-8")
    configuration.write_text(f'store = "{store.as_uri()}"\nrepository = "{API}"\n{text}', encoding="utf-8")
    succeed(project, "push")
    return project, store


def forget(root: Path) -> None:
    """Take away all that was recorded and written of phase 3, and of the phase before."""
    for phase in ("2", "3"):
        shutil.rmtree(root / f".phasemetrics/phases/{phase}", ignore_errors=True)


def test_the_store_is_the_last_place_where_fill_looks_and_check_never_does(elsewhere: tuple[Path, Path]) -> None:
    root, store = elsewhere
    baseline = (root / OWN).read_bytes()
    forget(root)
    shown_first = phasemetrics(root, "fill", "-p", "3", "--diff")
    assert f"compared with the baseline that {store.as_uri()} has of {API}" in shown_first.err
    assert not (root / OWN).exists()
    filled = succeed(root, "fill", "-p", "3")
    assert f"compared with the baseline that {store.as_uri()} has of {API}" in filled.err
    assert (root / OWN).read_bytes() == baseline
    once = files_of(root)
    shutil.rmtree(store)
    again = succeed(root, "fill", "-p", "3")
    assert "warning" not in again.err
    assert files_of(root) == once
    for command in (("check", "-p", "3", RETRO), ("show", "-p", "3")):
        assert "store" not in phasemetrics(root, *command).err


def test_a_store_that_does_not_answer_is_a_warning(elsewhere: tuple[Path, Path]) -> None:
    root, store = elsewhere
    forget(root)
    shutil.rmtree(store)
    ended = succeed(root, "fill", "-p", "3", "--json")
    assert "warning[store-unreachable]: the store was not asked for a baseline: file://" in ended.err
    told = json.loads(ended.out)
    assert (told["exit"], told["warnings"][0]["code"]) == (0, "store-unreachable")
    assert not (root / OWN).exists()
    assert "no baseline" in succeed(root, "fill", "-p", "3").err


def test_a_damaged_baseline_in_the_store_is_refused(elsewhere: tuple[Path, Path]) -> None:
    root, store = elsewhere
    forget(root)
    for path in store.rglob("baseline/*.json"):
        path.write_bytes(b"{}")
    before = files_of(root)
    assert "error[damaged-store]" in phasemetrics(root, "fill", "-p", "3").err
    assert files_of(root) == before


IN_TURN = """
documents = ["README.md"]
store = "{store}"
repository = "github.com/acme/api"

[phase.1]
name = "One"

[commands]
bench = "sh bench.sh {{bench}}"
"""
BENCH = """
result='{"benchmarks": [{"name": "work", "unit": "ms", "value": %s, "stat": "median"}]}'
printf "$result" "$(cat steps)" > "$1"
"""


def test_benchmarks_are_run_in_turn_with_the_commit_of_the_baseline_in_the_store(
    in_folder: str, tmp_path: Path
) -> None:
    root = tmp_path / "api"
    files = {
        "phasemetrics.toml": IN_TURN.format(store=in_folder),
        "bench.sh": BENCH,
        "steps": "7",
        "README.md": "# One\n",
    }
    workshop = Workshop(root)
    start = workshop.commit(dict(files))
    succeed(root, "baseline", "--runs", "1")
    succeed(root, "push")
    shutil.rmtree(root / ".phasemetrics")
    workshop.commit({"steps": "3", ".gitignore": "build\n"})
    succeed(root, "fill", "--runs", "1", "--interleave")
    found = json.loads((root / place("1", "baseline")).read_text(encoding="utf-8"))
    assert found["revision"]["sha"] == start
    assert found["metrics"]["bench.work.median"]["runs"] == [0.007, 0.007]
    ended = json.loads((root / place("1", "end")).read_text(encoding="utf-8"))
    assert ended["metrics"]["bench.work.median"]["runs"] == [0.003]
