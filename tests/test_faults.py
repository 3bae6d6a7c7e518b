"""Every step of a transaction fails once in every way: each file is whole, and the next start makes them agree."""

from __future__ import annotations

import errno
import json
import os
import random
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from phasemetrics.errors import Refusal
from phasemetrics.writing import atomic, transaction
from phasemetrics.writing.transaction import Change, commit, locked

CALLS = ["open", "write", "fsync", "close", "replace", "rename", "unlink", "mkdir", "rmdir", "fchmod", "fchown"]
CALLS += ["setxattr", "removexattr"] if sys.platform == "linux" else []
ERRORS = ("ENOSPC", "EIO", "EACCES", "EROFS", "EDQUOT", "EINTR")
KILLS = ("kill-before", "kill-after", "kill-within")
FAULTS = (*KILLS, "short", *ERRORS, "EIO-after", "EIO-ever", "stop-before", "stop-after")


class Dead(BaseException):
    """The process is gone: from here on it changes nothing any more."""


@dataclass
class Faults:
    """Counts the calls that change a file, and lets the one numbered `at` (from 1) go wrong as `kind` says."""

    kind: str = ""
    at: int = 0
    dies_at: int = 0
    die: Callable[[], None] = lambda: None
    hook: Callable[[str, tuple[Any, ...]], None] | None = None
    seen: int = 0
    dead: bool = False
    aside: bool = False
    names: list[str] = field(default_factory=list)
    writers: set[int] = field(default_factory=set)

    @contextmanager
    def at_work(self) -> Iterator[Faults]:
        with pytest.MonkeyPatch.context() as patch:
            for name in CALLS:
                patch.setattr(os, name, self._wrap(name, getattr(os, name)))
            patch.setattr(atomic, "_rename", self._wrap("renameat2", atomic._rename))
            yield self

    def _wrap(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            if not self._changes_something(name, arguments):
                return real(*arguments, **options)
            if name == "close":
                self.writers.discard(arguments[0])
            self.seen += 1
            self.names.append(name)
            if self.dead or self.seen == self.dies_at:
                self.dead = True
                if name == "close":
                    real(*arguments)
                raise Dead
            struck = self.seen == self.at or (self.kind == "EIO-ever" and self.seen > self.at > 0)
            if self.hook is not None and self.seen == self.at:
                self.aside = True
                self.hook(name, arguments)
                self.aside = False

            def work(*changed: Any) -> Any:
                given: Any = real(*(changed or arguments), **options)
                if name == "open":
                    self.writers.add(given)
                return given

            return self._strike(name, arguments, work) if struck else work()

        return call

    def _changes_something(self, name: str, arguments: tuple[Any, ...]) -> bool:
        if name == "open":
            return bool(arguments[1] & os.O_CREAT) and not self.aside
        return not self.aside and (name != "close" or arguments[0] in self.writers)

    def _strike(self, name: str, arguments: tuple[Any, ...], work: Callable[..., Any]) -> Any:
        half = (arguments[0], arguments[1][: max(1, len(arguments[1]) // 2)]) if name == "write" else None
        if self.kind == "short" and half:
            return work(*half)
        if self.kind.startswith("kill"):
            if self.kind == "kill-after" or name == "close":
                with suppress(OSError):
                    work()
            if self.kind == "kill-within" and half:
                work(*half)
            self.dead = True
            self.die()
            raise Dead
        if name == "close" or self.kind.endswith("-after"):
            work()
        if self.kind.startswith("stop"):
            raise KeyboardInterrupt
        if self.kind.startswith("E"):
            number = getattr(errno, self.kind.partition("-")[0])
            raise OSError(number, os.strerror(number))
        return None if name == "close" or self.kind.endswith("-after") else work()


def no_sync(fd: object) -> None:
    """Stand in for fsync."""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here survives the machine anyway; where durability matters, it is `Disk` that keeps account of it."""
    monkeypatch.setattr(os, "fsync", no_sync)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: ten thousand worlds are made and removed here, and nothing else is."""
    memory = Path("/dev/shm")
    if not memory.is_dir() or not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


OLD, NEW = 1, 2
NOTE = b"a remark\n"


class World:
    """A project with documents that hold one number, each with a ledger of it, and a snapshot of it."""

    def __init__(self, root: Path, scenario: str) -> None:
        self.root = root
        self.scenario = scenario
        count = {"two": 2, "records": 0}.get(scenario, 1)
        self.documents = [root / "docs" / f"{i}.md" for i in range(count)]
        self.snapshot = root / ".phasemetrics/phases/1/end.json"
        (root / ".git").mkdir(parents=True)
        (root / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
        if scenario == "new":
            return
        for i, document in enumerate(self.documents):
            document.parent.mkdir(exist_ok=True)
            document.write_bytes(self.text(OLD))
            document.chmod(0o640)
            if sys.platform == "linux":
                with suppress(OSError):  # a file system without attributes
                    os.setxattr(document, "user.k", b"v")
            if i == 0:
                put(self.ledger(document), self.record(OLD))
        if scenario == "two":
            put(self.snapshot, self.record(OLD))

    def ledger(self, document: Path) -> Path:
        return self.root / ".phasemetrics/ledger/docs" / f"{document.name}.json"

    def text(self, number: int) -> bytes:
        return f"# Phase\n\n- Tests: {number}\n{'x' * 50}\n".encode()

    def record(self, number: int) -> bytes:
        return json.dumps({"tests": number, "more": "y" * 20 * number}).encode()

    def fill(self, number: int = NEW) -> None:
        """What the tool does: lock, read, write."""
        with locked(self.root):
            documents, records = [], []
            for document in self.documents:
                before = read(document)
                after = self.text(number) if before is None else re.sub(rb"(?<=Tests: )\d+", b"%d" % number, before)
                documents.append(Change(document, document.name, before, after))
                records.append(change(self.ledger(document), self.record(number), document.name))
            records.append(change(self.snapshot, self.record(number)))
            commit(self.root, documents, records)

    def files(self) -> list[tuple[Path, Callable[[int], bytes]]]:
        found: list[tuple[Path, Callable[[int], bytes]]] = [(document, self.text) for document in self.documents]
        found += [(self.ledger(document), self.record) for document in self.documents]
        return [*found, (self.snapshot, self.record)]

    def state(self, path: Path, content: Callable[[int], bytes]) -> str:
        """`old`, `new`, or what is wrong with a file."""
        here = read(path)
        if here in (None, content(OLD)):
            return "old"
        return "new" if here == content(NEW) else "torn"

    def states(self) -> list[str]:
        return [self.state(*file) for file in self.files()]

    def agree(self) -> bool:
        count = len(self.documents)
        documents, ledgers, snapshot = self.states()[:count], self.states()[count:-1], self.states()[-1]
        return documents == ledgers and (not documents or (snapshot == "new") == ("new" in documents))

    def leftovers(self) -> list[str]:
        names = [str(path.relative_to(self.root)) for path in self.root.rglob("*")]
        return [name for name in names if "/.pm-" in name or name.endswith("pending.json") or "displaced" in name]

    def empty_folders(self) -> list[Path]:
        places = [path for path in self.root.rglob("*") if ".git" not in path.parts]
        return [path for path in places if path.is_dir() and not list(path.iterdir())]


def put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def read(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def identity(path: Path) -> tuple[int, ...]:
    found = path.stat()
    return found.st_ino, found.st_mode, found.st_size, found.st_mtime_ns


def change(path: Path, after: bytes, belongs_to: str | None = None) -> Change:
    return Change(path, path.name, read(path), after, belongs_to)


def run_at(world: World, faults: Faults, work: Callable[[], None]) -> str:
    """Do `work` with a fault; return how it ended."""
    try:
        with faults.at_work():
            work()
    except Dead:
        return "dead"
    except KeyboardInterrupt:
        return "stopped"
    except Refusal as error:
        return f"refused {error.path and error.code}"
    return "done"


def calls_of(place: Path, scenario: str) -> int:
    world = World(place, scenario)
    faults = Faults()
    assert run_at(world, faults, world.fill) == "done"
    assert set(world.states()) == {"new"}
    assert world.leftovers() == []
    return faults.seen


def judge(world: World, kind: str, ended: str, found: Counter[str]) -> None:
    """Look at what a fault left behind, then at what the next start makes of it, and count what is wrong."""
    states = world.states()
    assert ended in {"done", "dead", "stopped", "refused cannot-write"}
    found["points"] += 1
    found["torn"] += "torn" in states
    if ended == "done":
        found["false success"] += set(states) != {"new"}
    elif ended != "dead" and kind != "EIO-ever":
        # One failure can always be undone; where everything fails from now on, the next start has to.
        in_place = ended == "stopped" and set(states) == {"new"}
        found["changed and refused"] += set(states) != {"old"} and not in_place
        found["left by a refusal"] += bool(world.leftovers() or world.empty_folders())
    with locked(world.root):
        found["torn"] += "torn" in world.states()
        found["disagreements"] += not world.agree()
        found["left-overs"] += bool(world.leftovers())
    world.fill()
    found["not healed"] += set(world.states()) != {"new"} or bool(world.leftovers())


def without_exchange(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(atomic, "_renameat2", lambda: None)


SCENARIOS = ("one", "two", "plain", "new", "records")


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_call_fails_in_every_way(place: Path, scenario: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if scenario == "plain":
        without_exchange(monkeypatch)
    found: Counter[str] = Counter()
    total = calls_of(place / "count", scenario)
    assert total > 15
    kinds = FAULTS if scenario in {"one", "two"} else [kind for kind in FAULTS if kind not in ERRORS or kind == "EIO"]
    for kind in kinds:
        for at in range(1, total + 1):
            world = World(place / f"{kind}-{at}", scenario)
            ended = run_at(world, Faults(kind, at), world.fill)
            before = found.copy()
            judge(world, kind, ended, found)
            bad = {name: count for name, count in (found - before).items() if name != "points"}
            assert not bad, (kind, at, ended, bad)
            shutil.rmtree(world.root)
    assert found["points"] == total * len(kinds)


@pytest.mark.parametrize(("scenario", "kind"), [("one", "kill-before"), ("plain", "kill-before"), ("one", "EIO")])
def test_the_settling_fails_as_well(place: Path, scenario: str, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kill at every call of the transaction, then a fault at every call of the next start."""
    if scenario == "plain":
        without_exchange(monkeypatch)
    points = 0
    for at in range(1, calls_of(place / "count", scenario) + 1):
        then, ended = 0, "dead"
        while ended != "done" or then < 3:  # that the lock cannot be closed goes unnoticed
            then += 1
            world = World(place / f"{at}-{then}", scenario)
            run_at(world, Faults("kill-after", at), world.fill)
            if not world.leftovers():
                break  # nothing to settle
            ended = run_at(world, Faults(kind, then), partial(start, world))
            points += 1
            with locked(world.root):
                assert "torn" not in world.states()
                assert world.agree(), (at, then, world.states())
                assert world.leftovers() == []
            shutil.rmtree(world.root)
    assert points > 100


@pytest.mark.parametrize("scenario", ["two", "new"])
def test_an_edit_before_the_next_start_does_not_confuse_it(place: Path, scenario: str) -> None:
    """Killed at every call, or at every call of undoing a failure; then each document is edited."""
    total = calls_of(place / "count", scenario)
    failing = [0, total // 2, *range(total - 14, total - 3)]
    points = 0
    for fails, dies in [(n, m) for n in failing for m in range(n + 1, total + 1)]:
        world = World(place / f"{fails}-{dies}", scenario)
        assert run_at(world, Faults("EIO", fails, dies_at=dies), world.fill) in {"dead", "done", "refused cannot-write"}
        replaced = [state == "new" for state in world.states()[: len(world.documents)]]
        for document in world.documents:
            put(document, (read(document) or b"") + NOTE)
        with locked(world.root):
            pass
        ledgers = [world.state(world.ledger(document), world.record) == "new" for document in world.documents]
        assert ledgers == replaced, (fails, dies)
        assert all((read(document) or b"").endswith(NOTE) for document in world.documents)
        points += 1
        shutil.rmtree(world.root)
    assert points > 100


def start(world: World) -> None:
    with locked(world.root):
        pass


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_second_run_touches_nothing(place: Path, scenario: str) -> None:
    world = World(place / "root", scenario)
    world.fill()
    before = {path: identity(path) for path, _ in world.files()}
    faults = Faults()
    assert run_at(world, faults, world.fill) == "done"
    assert faults.names == ["open", "write", "close"]  # the lock file and the mark of whose turn it is, nothing else
    assert {path: identity(path) for path, _ in world.files()} == before


def test_what_was_refused_is_as_it_was(place: Path) -> None:
    """Even the times: after a failure the old file itself is back, not a copy of it."""
    for at in range(1, calls_of(place / "count", "two") + 1):
        world = World(place / str(at), "two")
        before = {path: identity(path) for path, _ in world.files() if path.exists()}
        if run_at(world, Faults("EIO", at), world.fill).startswith("refused"):
            assert {path: identity(path) for path, _ in world.files() if path.exists()} == before
        shutil.rmtree(world.root)


# Power cuts. What a process wrote survives its death, not the machine's: data and names live from their fsync on.


class Disk(Faults):
    """Forgets, when the power goes at call `at`, what was not made durable: data, and names in the folders it likes."""

    def __init__(self, at: int, stash: Path, fails_at: int = 0) -> None:
        super().__init__("", at)
        self.fails_at = fails_at
        self.stash = stash
        self.links: list[tuple[Path, Callable[[], Any]]] = []
        self.unsynced: dict[int, int] = {}

    @contextmanager
    def at_work(self) -> Iterator[Faults]:
        self.stash.mkdir()
        self.rename, self.unlink, self.link = os.rename, os.unlink, os.link
        self.exchange, self.duplicate, self.shut = atomic._rename, os.dup, os.close
        with super().at_work():
            yield self

    def _wrap(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            if not self._changes_something(name, arguments):
                return real(*arguments, **options)
            if self.dead:
                raise Dead
            self.seen += 1
            if self.seen == self.at:
                self.dead = True
                raise Dead
            if self.seen == self.fails_at:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            if name == "fsync":
                return self._sync(arguments[0])
            kept = self._keep(arguments[-2 if name == "renameat2" else -1]) if name in {"replace", "unlink"} else None
            given = real(*arguments, **options)
            self._note(name, arguments, given, kept)
            return given

        return call

    def _changes_something(self, name: str, arguments: tuple[Any, ...]) -> bool:
        return name != "close" and super()._changes_something(name, arguments)

    def _keep(self, path: Path) -> Path | None:
        if not os.path.lexists(path):
            return None
        kept = self.stash / str(len(self.links))
        self.link(path, kept)
        return kept

    def _sync(self, descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            folder = Path(f"/proc/self/fd/{descriptor}").readlink()
            self.links = [(where, undo) for where, undo in self.links if where != folder]
        else:
            self.shut(self.unsynced.pop(os.fstat(descriptor).st_ino))

    def _note(self, name: str, arguments: tuple[Any, ...], given: Any, kept: Path | None) -> None:
        if name in {"write", "fchmod", "fchown", "setxattr", "removexattr"}:
            return
        path = Path(arguments[1] if name in {"replace", "rename", "renameat2"} else arguments[0])
        undo: Callable[[], Any]
        if name == "open":
            if path.name != "lock":
                self.unsynced[os.fstat(given).st_ino] = self.duplicate(given)
            undo = lambda: self.unlink(path)  # noqa: E731
        elif name == "renameat2":
            undo = lambda: self.exchange(*(arguments if arguments[2] == 2 else (path, *arguments[:1], 1)))  # noqa: E731
        elif name == "mkdir":
            undo = lambda: shutil.rmtree(path)  # noqa: E731
        else:
            undo = lambda: self._restore(name, Path(arguments[0]), path, kept)  # noqa: E731
        if path.name != "lock":
            self.links.append((path.parent, undo))

    def _restore(self, name: str, source: Path, path: Path, kept: Path | None) -> None:
        if name in {"replace", "rename"}:
            self.rename(path, source)
        if kept is not None:
            self.link(kept, path)

    def cut(self, forgotten: tuple[str, ...]) -> None:
        for descriptor in self.unsynced.values():
            os.ftruncate(descriptor, 0)
            os.close(descriptor)
        for folder, undo in reversed(self.links):
            if folder.name in forgotten and folder.is_dir():
                with suppress(OSError):  # a folder whose own name was not durable, with durable names in it
                    undo()
        shutil.rmtree(self.stash)


FOLDERS = ("phasemetrics", "docs", "ledger", "phases", "1", ".phasemetrics")
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="asks /proc for the names of open folders")


def prepared(place: Path, scenario: str) -> World:
    world = World(place / "root", scenario)
    start(world)
    if scenario != "new":
        world.fill(OLD)
    return world


def cut_at(place: Path, scenario: str, at: int, fails_at: int = 0, dies_at: int = 0) -> str:
    """Cut the power at a call, with each folder's names forgotten, all and none; return how the run ended.

    With `fails_at` an earlier call fails, so that it goes while that is undone; with `dies_at` the run is killed at
    that call, and the power goes in the next start.
    """
    ended = ""
    for forgotten in (*((folder,) for folder in FOLDERS), FOLDERS, ()):
        world = prepared(place, scenario)
        if dies_at:
            run_at(world, Faults(dies_at=dies_at), world.fill)
        disk = Disk(at, place / "stash", fails_at)
        ended = run_at(world, disk, partial(start, world) if dies_at else world.fill)
        disk.cut(forgotten)
        states = world.states()
        assert "torn" not in states, (at, forgotten, states)
        if ended == "done" and not dies_at:
            assert set(states) == {"new"}, (at, forgotten, states)
        with locked(world.root):
            assert world.agree(), (at, forgotten, world.states())
            assert world.leftovers() == []
        shutil.rmtree(world.root)
    return ended


@on_linux
@pytest.mark.parametrize("scenario", ["one", "new", "plain"])
def test_the_power_goes(place: Path, scenario: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if scenario == "plain":
        without_exchange(monkeypatch)
    at = 1
    while cut_at(place, scenario, at) == "dead":
        at += 1
    assert at > 30


@on_linux
@pytest.mark.parametrize("scenario", ["one", "new"])
def test_the_power_goes_while_a_failure_is_undone(place: Path, scenario: str) -> None:
    world = prepared(place, scenario)
    faults = Faults()
    with faults.at_work():
        world.fill()
    shutil.rmtree(world.root)
    names = [i for i, name in enumerate(faults.names, 1) if name not in {"close"}]
    fails = len(names) - 9  # when the document and a record are in place
    at = fails + 1
    while cut_at(place, scenario, at, fails_at=fails) == "dead":
        at += 1
    assert at > fails + 5


@on_linux
def test_the_power_goes_in_the_next_start(place: Path) -> None:
    world = prepared(place, "one")
    faults = Faults()
    with faults.at_work():
        world.fill()
    shutil.rmtree(world.root)
    points = 0
    for dies in [i for i, name in enumerate(faults.names, 1) if name == "renameat2"]:
        at = 1
        while cut_at(place, "one", at, dies_at=dies + 1) == "dead":
            at += 1
        points += at
    assert points > 20


# People.


def save_by_rename(path: Path, content: bytes) -> None:
    beside = path.with_name("editor~")
    beside.write_bytes(content)
    os.rename(beside, path)  # noqa: PTH104


def save_in_place(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def open_in_place(path: Path, content: bytes) -> None:
    raise NotImplementedError  # the test writes into the file that it opened before


@pytest.mark.parametrize("save", [save_by_rename, save_in_place, open_in_place])
@pytest.mark.parametrize("scenario", ["two", "new", "plain"])
def test_nothing_a_person_saves_meanwhile_is_lost(
    place: Path, scenario: str, save: Callable[[Path, bytes], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An editor saves at every step of the transaction what it had loaded before, and its remark."""
    if scenario == "plain":
        without_exchange(monkeypatch)
    if scenario == "new" and save is open_in_place:
        pytest.skip("there is nothing to open")
    detected = lost = 0
    total = calls_of(place / "count", scenario)
    for at in range(1, total + 1):
        world = World(place / str(at), scenario)
        document = world.documents[-1]
        text = (read(document) or b"") + NOTE
        opened = document.open("r+b", buffering=0) if save is open_in_place else None
        too_late: list[bool] = []

        def interfere(
            name: str, arguments: Any, opened: Any = opened, too_late: Any = too_late, to: Any = (document, text)
        ) -> None:
            # Into a file that has no name any more; or, without exchange, between the last look and the step itself.
            nameless = name == "unlink" or not list(to[0].parent.glob(".pm-*"))
            step = scenario == "plain" and name in {"replace", "renameat2"}
            too_late.append(step or bool(opened and nameless))
            if opened is None:
                to[0].parent.mkdir(exist_ok=True)
                save(*to)
            else:
                opened.truncate(0)
                opened.write(to[1])

        code = ""
        try:
            with Faults("", at, hook=interfere).at_work():
                world.fill()
        except Refusal as error:
            code = error.code
        if opened is not None:
            opened.close()
        detected += code == "changed-meanwhile"
        assert code in {"", "changed-meanwhile", "exists"}
        if not any(NOTE in content for content in contents(world)):
            lost += 1
            assert too_late == [True], at
        elif code:
            assert read(document) == text
            assert set(world.states()) <= {"old", "torn"}  # "torn" is the edited one
            assert not [name for name in world.leftovers() if "displaced" not in name]
        with locked(world.root):
            pass
        assert not [name for name in world.leftovers() if "displaced" not in name]
        shutil.rmtree(world.root)
    assert detected > 5
    assert lost <= (2 if save is not open_in_place else total // 2), lost


def contents(world: World) -> list[bytes]:
    kept = (world.root / ".git/phasemetrics").glob("displaced/*")
    return [path.read_bytes() for path in (*world.documents, *kept) if path.exists()]


def test_a_save_between_exchange_and_death_is_kept_and_said(place: Path) -> None:
    """The exchange displaced somebody's save, and the process died before it looked."""
    world = World(place / "root", "one")
    document = world.documents[0]
    real = atomic._rename

    def late(source: Path, target: Path, flag: int) -> bool:
        if target == document:
            save_by_rename(document, world.text(OLD) + NOTE)
        done = real(source, target, flag)
        if target == document:
            faults.dead = True
            raise Dead
        return done

    faults = Faults()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(atomic, "_rename", late)
        assert run_at(world, faults, world.fill) == "dead"
    with (
        pytest.raises(Refusal, match=r"changed-meanwhile.*0\.md.*kept as \.git/phasemetrics/displaced/pm-"),
        locked(world.root),
    ):
        pass
    assert world.text(OLD) + NOTE in contents(world)
    with locked(world.root):
        assert set(world.states()) == {"new"}


def test_a_save_while_a_failure_is_undone_is_kept_and_said(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old document is about to be put back when somebody saves over the new one."""
    world = World(place / "root", "one")
    document = world.documents[0]
    real = atomic._rename
    exchanged: list[Path] = []

    def interfere(source: Path, target: Path, flag: int) -> bool:
        if target == world.snapshot:
            raise OSError(errno.EIO, "Input/output error")
        exchanged.append(target)
        if exchanged.count(document) == 2:
            save_by_rename(document, world.text(NEW) + NOTE)
        return real(source, target, flag)

    monkeypatch.setattr(atomic, "_rename", interfere)
    with pytest.raises(Refusal, match=r"changed-meanwhile.*0\.md.*kept as \.git/phasemetrics/displaced/pm-"):
        world.fill()
    assert set(world.states()) == {"old"}
    assert world.text(NEW) + NOTE in contents(world)


def test_a_save_after_the_last_look_is_kept_and_said(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An editor that opened the old file writes into it when everything is in place already."""
    world = World(place / "root", "one")
    real = transaction._clean

    def late(plan: Any, pending: Path) -> Any:
        plan.documents[0].temporary.write_bytes(world.text(OLD) + NOTE)
        return real(plan, pending)

    monkeypatch.setattr(transaction, "_clean", late)
    with pytest.raises(Refusal, match="kept as"):
        world.fill()
    assert set(world.states()) == {"new"}
    assert world.text(OLD) + NOTE in contents(world)


Step = tuple[str, int, str]
steps = st.lists(
    st.tuples(st.sampled_from(["fill", "edit", "race"]), st.integers(1, 70), st.sampled_from(["", *FAULTS])), max_size=8
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_any_history_of_fills_crashes_and_edits(place: Path, steps: list[Step]) -> None:
    """Remarks are never lost, the record is the document's unless it was edited in between, and nothing is left."""
    root = place / "root"
    shutil.rmtree(root, ignore_errors=True)
    world = World(root, "one")
    document, ledger = world.documents[0], world.ledger(world.documents[0])
    number, edited = OLD, False
    remarks: list[bytes] = []
    codes: list[str] = []

    def edit(*_: Any) -> None:
        remarks.append(f"remark {len(remarks)}.\n".encode())
        save_by_rename(document, document.read_bytes() + remarks[-1])

    def fill() -> None:
        with locked(root):
            text = document.read_bytes()
            new = text.replace(text.splitlines()[2], b"- Tests: %d" % number, 1)
            documents = [change(document, new)]
            commit(
                root, documents, [change(ledger, b"%d" % number, document.name), change(world.snapshot, b"%d" % number)]
            )

    for what, at, kind in steps:
        if what == "edit":
            edit()
            edited = True
            continue
        number += 1
        faults = Faults(kind, at, hook=edit if what == "race" else None)
        codes.append(run_at(world, faults, fill))
        edited = edited or what == "race"
    codes += [run_at(world, Faults(), partial(start, world)) for _ in range(2)]
    assert set(codes) <= {"done", "dead", "stopped", "refused cannot-write", "refused changed-meanwhile"}
    assert codes[-1] == "done"
    said = document.read_bytes()
    everything = b"".join(contents(world))
    assert said.startswith(b"# Phase\n\n- Tests: ")
    assert all(remark in everything for remark in remarks)
    assert not [name for name in world.leftovers() if "displaced" not in name]
    if not edited and number > OLD and ledger.read_bytes() != world.record(OLD):
        assert ledger.read_bytes() == said.splitlines()[2].rpartition(b" ")[2] == world.snapshot.read_bytes()
    number += 1
    fill()
    assert b"- Tests: %d\n" % number in document.read_bytes()


# Real processes: forked from one without threads, which is not what runs the tests.

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")


def drive(*arguments: str) -> Any:
    done = subprocess.run(
        [sys.executable, __file__, *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def fork(work: Callable[[], object]) -> int:
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    return child


def ending(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@needs_fork
def test_the_process_is_killed_at_every_call(place: Path) -> None:
    found = drive("sweep", str(place))
    assert found.pop("points") > 100
    assert set(found.values()) == {0}, found


def sweep(place: Path) -> Counter[str]:
    found: Counter[str] = Counter()
    total = calls_of(place / "count", "two")
    for kind in KILLS:
        for at in range(1, total + 1):
            world = World(place / f"{kind}-{at}", "two")
            faults = Faults(kind, at, die=lambda: os._exit(9))
            assert ending(fork(partial(run_at, world, faults, world.fill))) == 9
            judge(world, kind, "dead", found)
            shutil.rmtree(world.root)
    return found


@needs_fork
def test_processes_write_one_after_the_other(place: Path) -> None:
    world = World(place / "root", "one")
    assert drive("append", str(world.root)) == [0] * 4
    lines = world.documents[0].read_bytes().splitlines()
    assert sorted(line for line in lines if line.startswith(b"run ")) == sorted(
        b"run %d %d" % (i, j) for i in range(4) for j in range(20)
    )
    assert json.loads(world.ledger(world.documents[0]).read_bytes())["lines"] == len(lines)
    assert world.leftovers() == []


def append(root: Path) -> list[int]:
    """Let four processes add twenty lines each to the document, and count its lines in the ledger."""
    document, ledger = root / "docs" / "0.md", root / ".phasemetrics/ledger/docs/0.md.json"

    def work(who: int) -> None:
        for j in range(20):
            with locked(root, 60):
                text = document.read_bytes() + b"run %d %d\n" % (who, j)
                count = json.dumps({"lines": len(text.splitlines())}).encode()
                commit(root, [change(document, text)], [change(ledger, count, document.name)])

    return [ending(child) for child in [fork(partial(work, who)) for who in range(4)]]


@needs_fork
def test_fifty_kills_at_random_times(place: Path) -> None:
    found = drive("kill", str(place))
    assert found.pop("written") > 0
    assert set(found.values()) == {0}, found


def kill(place: Path) -> Counter[str]:
    """Kill a process, which fills with higher and higher numbers and says each that is written, fifty times."""
    world = World(place / "root", "two")
    began = time.monotonic()
    world.fill()
    usual = time.monotonic() - began
    dice = random.Random(6)
    found: Counter[str] = Counter(torn=0)
    for _ in range(50):
        reads, writes = os.pipe()
        start_at = int(json.loads(world.snapshot.read_bytes())["tests"])
        child = fork(partial(climb, world, start_at, writes))
        os.close(writes)
        time.sleep(dice.uniform(0, 4 * usual))
        os.kill(child, signal.SIGKILL)
        assert ending(child) == -signal.SIGKILL
        with os.fdopen(reads) as stream:
            said = [int(line) for line in stream]
        with locked(world.root):
            numbers = [json.loads(world.ledger(document).read_bytes())["tests"] for document in world.documents]
            found["torn"] += [document.read_bytes() for document in world.documents] != [world.text(n) for n in numbers]
            found["disagreements"] += json.loads(world.snapshot.read_bytes())["tests"] != max(numbers)
            # Only what this child said: a kill between two documents leaves one of them a number behind, truthfully.
            found["false success"] += bool(said) and min(numbers) < said[-1]
            found["left-overs"] += bool(world.leftovers())
            found["written"] += len(said)
    return found


def climb(world: World, number: int, writes: int) -> None:
    while True:
        number += 1
        world.fill(number)
        os.write(writes, b"%d\n" % number)


if __name__ == "__main__":
    task = {"sweep": sweep, "append": append, "kill": kill}[sys.argv[1]]
    os.fsync = no_sync
    print(json.dumps(task(Path(sys.argv[2]))))
