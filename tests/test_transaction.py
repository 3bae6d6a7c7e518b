"""Documents, ledgers and snapshots are written together, keep what they are, and wait for each other."""

from __future__ import annotations

import errno
import json
import os
import shutil
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from git_workshop import Workshop
from phasemetrics.errors import Refusal
from phasemetrics.writing import atomic, journal, settlement, state, transaction
from phasemetrics.writing.journal import Entry
from phasemetrics.writing.transaction import Change, commit, locked, settle, state_folder


def may_give_away(folder: Path) -> bool:
    """Whether a file can be given to someone else: root may, unless it runs without that power."""
    probe = folder / "probe"
    probe.touch()
    try:
        os.chown(probe, 12345, -1)
    except OSError:
        return False
    finally:
        probe.unlink()
    return True


on_linux = pytest.mark.skipif(sys.platform != "linux", reason="extended attributes as Linux has them")

BEFORE, AFTER = b"- Tests: [XX]\r\nCaf\xe9\n", b"- Tests: 3\r\nCaf\xe9\n"
LEDGER = ".phasemetrics/ledger/docs/retro.md.json"
SNAPSHOT = ".phasemetrics/phases/1/end.json"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    project = tmp_path / "project"
    (project / "docs").mkdir(parents=True)
    (project / ".git").mkdir()
    (project / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (project / "docs" / "retro.md").write_bytes(BEFORE)
    return project


def changes(root: Path, document: Path | None = None) -> tuple[list[Change], list[Change]]:
    path = document or root / "docs" / "retro.md"
    return [Change(path, "retro", BEFORE, AFTER)], [
        Change(root / LEDGER, LEDGER, None, b'{"x": 3}\n', "retro"),
        Change(root / SNAPSHOT, SNAPSHOT, None, b'{"tests": 3}\n'),
    ]


def fill(root: Path) -> None:
    with locked(root):
        commit(root, *changes(root))


def refused(code: str, work: Callable[[], None]) -> Refusal:
    with pytest.raises(Refusal) as caught:
        work()
    assert caught.value.code == code, caught.value
    assert caught.value.path
    assert caught.value.mend
    return caught.value


def temporaries(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.name.startswith(".pm-") or path.name == "pending.json"]


def tree(root: Path) -> dict[Path, tuple[int, ...]]:
    found = [(path, path.lstat()) for path in root.rglob("*") if path.name != "lock"]
    return {path: (s.st_ino, s.st_mode, s.st_size, s.st_mtime_ns) for path, s in found}


# What is written.


def test_all_three_are_written(root: Path) -> None:
    fill(root)
    assert (root / "docs/retro.md").read_bytes() == AFTER
    assert (root / LEDGER).read_bytes() == b'{"x": 3}\n'
    assert (root / SNAPSHOT).read_bytes() == b'{"tests": 3}\n'
    assert temporaries(root) == []
    assert sorted(path.name for path in (root / ".git/phasemetrics").iterdir()) == ["lock"]


def test_nothing_to_do_touches_nothing(root: Path) -> None:
    fill(root)
    before = tree(root)
    with locked(root):
        commit(root, [Change(root / "docs/retro.md", "retro", AFTER, AFTER)], [])
        commit(root, [], [Change(root / SNAPSHOT, SNAPSHOT, b"", b"")])
    assert tree(root) == before


def test_an_empty_record_is_not_made(root: Path) -> None:
    with locked(root):
        commit(root, [], [Change(root / LEDGER, LEDGER, None, b"", "retro")])
    assert not (root / ".phasemetrics").exists()


def test_an_empty_record_can_be_replaced(root: Path) -> None:
    (root / SNAPSHOT).parent.mkdir(parents=True)
    (root / SNAPSHOT).touch()
    with locked(root):
        commit(root, [], [Change(root / SNAPSHOT, SNAPSHOT, b"", b"{}")])
    assert (root / SNAPSHOT).read_bytes() == b"{}"


def test_an_empty_document(root: Path) -> None:
    (root / "docs/empty.md").touch()
    with locked(root):
        commit(root, [Change(root / "docs/empty.md", "e", b"", b"# A\n"), Change(root / "b.md", "b", None, b"")], [])
    assert (root / "docs/empty.md").read_bytes() == b"# A\n"
    assert (root / "b.md").read_bytes() == b""


def test_a_new_document_has_the_usual_mode(root: Path) -> None:
    with locked(root):
        commit(root, [Change(root / "a/b/new.md", "a/b/new.md", None, b"# New\n")], [])
    (root / "other").touch()
    assert (root / "a/b/new.md").read_bytes() == b"# New\n"
    assert (root / "a/b/new.md").stat().st_mode == (root / "other").stat().st_mode


def test_a_document_of_two_names_is_written_once(root: Path) -> None:
    (root / "link.md").symlink_to("docs/retro.md")
    first, records = changes(root)
    second, _ = changes(root, root / "link.md")
    with locked(root):
        commit(root, [*first, *second], [*records, *records])
    assert (root / "docs/retro.md").read_bytes() == AFTER
    other = [Change(root / "docs/retro.md", "retro", AFTER, b"1"), Change(root / "link.md", "link.md", AFTER, b"2")]
    with locked(root):
        refused("same-file", lambda: commit(root, other, []))


def test_a_root_that_is_reached_by_a_link(root: Path) -> None:
    (root.parent / "link").symlink_to(root)
    fill(root.parent / "link")
    assert (root / LEDGER).exists()


def test_the_longest_names(root: Path) -> None:
    name = "x" * 250 + ".md"
    (root / name).write_bytes(BEFORE)
    with locked(root):
        commit(root, [Change(root / name, name, BEFORE, AFTER)], [])
    assert (root / name).read_bytes() == AFTER


def test_names_that_are_not_utf8(root: Path) -> None:
    path = root / os.fsdecode(b"caf\xe9 \n.md")
    path.write_bytes(BEFORE)
    with locked(root):
        commit(root, [Change(path, "cafe", BEFORE, AFTER)], [])
    assert path.read_bytes() == AFTER


# What stays.


def test_links_modes_and_attributes_are_kept(root: Path) -> None:
    document = root / "docs/retro.md"
    (root / "link.md").symlink_to("docs/retro.md")
    for mode in (0o755, 0o600, 0o664):
        document.write_bytes(BEFORE)
        document.chmod(mode)
        with locked(root):
            commit(root, changes(root, root / "link.md")[0], [])
        assert document.read_bytes() == AFTER
        assert stat.S_IMODE(document.stat().st_mode) == mode
        assert (root / "link.md").readlink() == Path("docs/retro.md")


@on_linux
def test_extended_attributes_are_kept(root: Path) -> None:
    document = root / "docs/retro.md"
    with attributes_or_skip(document):
        os.setxattr(document, "user.k", b"v")
    fill(root)
    assert document.read_bytes() == AFTER
    assert os.getxattr(document, "user.k") == b"v"


class attributes_or_skip:  # noqa: N801
    """Skips where the file system of the temporary folder keeps no attributes."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, OSError) and error.errno == errno.ENOTSUP:
            pytest.skip("no extended attributes here")


@on_linux
def test_the_access_list_of_the_folder_is_not_given_to_the_document(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new file is made in a folder whose default list lets someone in whom the document kept out."""
    document = root / "docs/retro.md"
    with attributes_or_skip(document):
        os.setxattr(document, "user.k", b"v")
        os.removexattr(document, "user.k")
    real = os.open

    def inheriting(path: Any, flags: int, mode: int = 0o777) -> int:
        descriptor = real(path, flags, mode)
        if flags & os.O_CREAT and Path(path).parent.name == "docs":
            os.setxattr(descriptor, "user.inherited", b"everyone")
        return descriptor

    monkeypatch.setattr(os, "open", inheriting)
    fill(root)
    assert os.listxattr(document) == []


def test_the_owner_is_kept(root: Path) -> None:
    if not may_give_away(root):
        pytest.skip("only root can make it")
    os.chown(root / "docs/retro.md", 12345, 54321)
    fill(root)
    found = (root / "docs/retro.md").stat()
    assert (found.st_uid, found.st_gid) == (12345, 54321)


def test_an_owner_that_cannot_be_kept_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbid(*_: Any) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    real = os.fstat

    def someone_else(descriptor: int) -> os.stat_result:
        found = list(real(descriptor))
        found[4] += 1
        return os.stat_result(found)

    monkeypatch.setattr(os, "fchown", forbid)
    monkeypatch.setattr(os, "fstat", someone_else)
    error = refused("cannot-write", lambda: fill(root))
    monkeypatch.undo()
    assert "belongs to someone else" in error.message
    assert error.path == "retro"
    assert (root / "docs/retro.md").read_bytes() == BEFORE
    assert temporaries(root) == []
    assert not (root / ".phasemetrics").exists()


# What is refused.


def test_a_document_that_changed_since_it_was_read(root: Path) -> None:
    (root / "docs/retro.md").write_bytes(BEFORE + b"more\n")
    refused("changed-meanwhile", lambda: fill(root))
    assert (root / "docs/retro.md").read_bytes() == BEFORE + b"more\n"
    assert not (root / ".phasemetrics").exists()


@pytest.mark.parametrize("name", [LEDGER, SNAPSHOT])
def test_a_record_that_changed_since_it_was_read(root: Path, name: str) -> None:
    (root / name).parent.mkdir(parents=True)
    (root / name).write_bytes(b"{}")
    assert refused("changed-meanwhile", lambda: fill(root)).path == name
    assert (root / "docs/retro.md").read_bytes() == BEFORE
    assert temporaries(root) == []


@pytest.mark.parametrize("spoil", [lambda p: os.link(p, p.with_name("b")), Path.unlink])
def test_a_document_that_may_not_be_written(root: Path, spoil: Callable[[Path], None]) -> None:
    spoil(root / "docs/retro.md")
    with pytest.raises(Refusal, match="hard-link|missing-file"):  # noqa: RUF043
        fill(root)
    assert not (root / ".phasemetrics").exists()


def test_a_new_document_does_not_replace_one(root: Path) -> None:
    with locked(root):
        new = [Change(root / "docs/retro.md", "retro", None, AFTER)]
        refused("exists", lambda: commit(root, new, []))


@pytest.mark.parametrize("link", [".phasemetrics", ".phasemetrics/ledger", LEDGER])
@pytest.mark.parametrize("target", ["outside", "project/docs", "nowhere"])
def test_records_follow_no_link(root: Path, link: str, target: str) -> None:
    (root.parent / "outside").mkdir()
    (root / link).parent.mkdir(parents=True, exist_ok=True)
    (root / link).symlink_to(root.parent / target)
    assert refused("outside-project", lambda: fill(root)).path == LEDGER
    assert list((root.parent / "outside").iterdir()) == []
    assert (root / "docs/retro.md").read_bytes() == BEFORE


@pytest.mark.parametrize("name", ["docs/x.json", ".phasemetrics/x.json", ".phasemetrics/.state/x.json", "../x.json"])
def test_records_have_their_folder(root: Path, name: str) -> None:
    with locked(root), pytest.raises(ValueError, match="not where records are"):
        commit(root, [], [Change(root / name, name, None, b"{}")])


def test_a_file_where_a_folder_should_be(root: Path) -> None:
    (root / ".phasemetrics").write_text("")
    assert refused("cannot-write", lambda: fill(root)).path == LEDGER
    assert (root / "docs/retro.md").read_bytes() == BEFORE


@pytest.mark.skipif(not hasattr(os, "fork"), reason="limits of POSIX")
def test_a_file_size_limit_of_nothing(root: Path) -> None:
    source = Path(atomic.__file__).parents[2]
    code = (
        "import resource, sys; from pathlib import Path; from phasemetrics.writing.transaction import *\n"
        "from phasemetrics.errors import Refusal\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)); root = Path(sys.argv[1])\n"
        "try:\n    with locked(root):\n"
        "        path = root / 'docs/retro.md'; commit(root, [Change(path, 'retro', path.read_bytes(), b'x')], [])\n"
        "except Refusal as error: print(error.code, error.message)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(root)],
        env={"PYTHONPATH": str(source)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "cannot-write cannot be written: File too large\n"
    assert (root / "docs/retro.md").read_bytes() == BEFORE
    assert temporaries(root) == []


# The journal.


def interrupted(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Leave a journal behind: everything is staged, nothing is in place."""

    class Dead(BaseException):
        pass

    def die(*_: Any, **__: Any) -> None:
        raise Dead

    with monkeypatch.context() as patch:
        patch.setattr(atomic, "install", die)
        patch.setattr("phasemetrics.writing.transaction._undo", lambda *_, **__: [])
        with pytest.raises(Dead):
            fill(root)
    return root / ".git/phasemetrics/pending.json"


def test_the_journal_names_files_and_contents_of_records_only(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = interrupted(root, monkeypatch).read_text()
    journal = json.loads(said)
    assert [row["path"] for row in journal["documents"]] == ["docs/retro.md"]
    assert [(row["path"], row["document"]) for row in journal["records"]] == [
        (LEDGER, "docs/retro.md"),
        (SNAPSHOT, None),
    ]
    assert journal["records"][0]["content"] == '{"x": 3}\n'
    assert "Tests" not in said
    assert str(root) not in said


def test_a_document_that_was_not_replaced(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    interrupted(root, monkeypatch)
    settle(root)
    assert (root / "docs/retro.md").read_bytes() == BEFORE
    assert not (root / LEDGER).exists()
    assert not (root / SNAPSHOT).exists()
    assert temporaries(root) == []


def test_an_edit_after_the_crash_does_not_make_it_replaced(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    interrupted(root, monkeypatch)
    (root / "docs/retro.md").write_bytes(BEFORE + b"more\n")
    settle(root)
    assert not (root / LEDGER).exists()


@pytest.mark.parametrize("cleaned", [False, True])
@pytest.mark.parametrize("more", [b"", b"more\n"])
def test_a_document_that_was_replaced(root: Path, monkeypatch: pytest.MonkeyPatch, more: bytes, cleaned: bool) -> None:
    """Also when a person edits it before the next start, or `git clean` takes the temporaries away."""
    interrupted(root, monkeypatch)
    for temporary in (root / "docs").glob(".pm-*"):
        temporary.unlink()
    if cleaned:
        shutil.rmtree(root / ".phasemetrics")
    (root / "docs/retro.md").write_bytes(AFTER + more)
    settle(root)
    assert (root / "docs/retro.md").read_bytes() == AFTER + more
    assert (root / LEDGER).exists() is not bool(cleaned and more)
    assert (root / SNAPSHOT).exists() is not bool(cleaned and more)
    assert temporaries(root) == []


def test_a_record_that_was_changed_since_is_left(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    interrupted(root, monkeypatch)
    (root / "docs/retro.md").write_bytes(AFTER)
    (root / LEDGER).write_bytes(b"{}")
    settle(root)
    assert (root / LEDGER).read_bytes() == b"{}"
    assert (root / SNAPSHOT).exists()


@pytest.mark.parametrize("name", ["docs", ".phasemetrics"])
def test_a_folder_that_became_a_link_is_left_alone(root: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    interrupted(root, monkeypatch)
    (root / name).rename(root.parent / "moved")
    (root / name).symlink_to("../moved")
    before = sorted(path.name for path in (root.parent / "moved").rglob("*"))
    settle(root)
    assert sorted(path.name for path in (root.parent / "moved").rglob("*")) == before
    assert not (root / ".git/phasemetrics/pending.json").exists()


def spoiled(journal: Any, where: str, what: Any) -> Any:
    kind, _, key = where.partition(".")
    if key:
        journal[kind][0][key] = what
    else:
        journal[kind] = what
    return journal


@pytest.mark.parametrize(
    ("where", "what"),
    [
        ("schema", 2),
        ("tool", "other"),
        ("more", 1),
        ("documents", {}),
        ("records", None),
        ("documents", [1]),
        ("documents", [{}]),
        ("documents.path", "../outside.md"),
        ("documents.path", "/etc/passwd"),
        ("documents.path", "a/../b.md"),
        ("documents.path", "./b.md"),
        ("documents.path", ""),
        ("documents.path", "."),
        ("documents.path", "a\0b"),
        ("documents.path", 3),
        ("documents.path", ".git/config"),
        ("documents.path", ".Git/config"),
        ("documents.path", ".phasemetrics/ledger/x.json"),
        ("documents.temporary", "retro.md"),
        ("documents.temporary", "../.pm-00000000"),
        ("documents.temporary", ".pm-00000000/x"),
        ("documents.temporary", ".pm-00000000\n"),
        ("documents.temporary", None),
        ("documents.before", "0"),
        ("documents.before", 1),
        ("documents.after", None),
        ("documents.after", "g" * 64),
        ("records.path", "docs/x.json"),
        ("records.path", ".phasemetrics/x.json"),
        ("records.path", ".phasemetrics/.state/x.json"),
        ("records.path", ".phasemetrics/../docs/x.json"),
        ("records.path", ".phasemetrics/ledger/.git/x.json"),
        ("records.content", "other"),
        ("records.content", None),
        ("records.document", "docs/other.md"),
        ("records.document", 7),
    ],
)
def test_a_journal_that_is_not_ours_is_refused(
    root: Path, monkeypatch: pytest.MonkeyPatch, where: str, what: Any
) -> None:
    pending = interrupted(root, monkeypatch)
    pending.write_text(json.dumps(spoiled(json.loads(pending.read_bytes()), where, what)))
    refuses_journal(root, pending)


@pytest.mark.parametrize("content", [b"", b"{", b"[" * 100_000, b"\xff", b"[]", b"null", b'{"schema": 1e999}', None])
def test_a_journal_that_cannot_be_read_is_refused(root: Path, content: bytes | None) -> None:
    with locked(root):
        pending = root / ".git/phasemetrics/pending.json"
    if content is None:
        pending.symlink_to("nowhere")
    else:
        pending.write_bytes(content)
    refuses_journal(root, pending)


def refuses_journal(root: Path, pending: Path) -> None:
    before = tree(root)
    error = refused("damaged-journal", lambda: fill(root))
    assert error.path == ".git/phasemetrics/pending.json"
    assert tree(root) == before
    with pytest.raises(Refusal, match="damaged-journal"), locked(root, read_only=True):
        pass
    assert error.mend is not None
    subprocess.run(["sh", "-c", error.mend.partition("then ")[2]], cwd=root, check=True)
    fill(root)
    assert (root / "docs/retro.md").read_bytes() == AFTER
    pending.with_name("pending.json.old").unlink()


def test_stale_temporaries_of_the_journal_are_removed(root: Path) -> None:
    with locked(root):
        stale = root / ".git/phasemetrics/.pm-01234567"
        stale.touch()
    with locked(root):
        assert not stale.exists()


def test_what_was_displaced_is_kept_on_another_file_system(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    interrupted(root, monkeypatch)
    (temporary,) = (root / "docs").glob(".pm-*")
    temporary.write_bytes(b"saved by an editor")

    def elsewhere(source: Any, target: Any) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr(os, "rename", elsewhere)
    error = refused("changed-meanwhile", lambda: settle(root))
    (kept,) = (root / ".git/phasemetrics/displaced").iterdir()
    assert kept.read_bytes() == b"saved by an editor"
    assert kept.name in error.message
    assert temporaries(root) == []


def test_the_folders_of_a_killed_first_run_go(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And where one cannot be removed yet, the note of it stays for the next start."""

    def killed(entry: journal.Entry) -> None:
        atomic.make_folders(entry.path.parent)
        raise KeyboardInterrupt

    def broken(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    record = root / ".phasemetrics/ledger/docs/new.md.json"
    with monkeypatch.context() as patch:
        patch.setattr(transaction, "_stage", killed)
        patch.setattr(transaction, "_undo", lambda *_, **__: [])
        with pytest.raises(KeyboardInterrupt), locked(root):
            commit(root, [], [Change(record, record.name, None, b"{}")])
    assert record.parent.is_dir()
    with monkeypatch.context() as patch:
        patch.setattr(Path, "rmdir", broken)
        with pytest.raises(Refusal, match="cannot-write"), locked(root):
            pass
    with locked(root):
        pass
    assert not record.parent.exists()
    assert not (root / ".git/phasemetrics/pending.json").exists()


# The lock.


def test_the_lock_is_waited_for(root: Path) -> None:
    entered: list[float] = []

    def hold() -> None:
        with locked(root):
            entered.append(time.monotonic())
            time.sleep(0.2)

    other = threading.Thread(target=hold)
    with locked(root):
        other.start()
        time.sleep(0.1)
        assert entered == []
    other.join()
    assert entered


def test_the_lock_is_waited_for_so_long(root: Path) -> None:
    def again() -> None:
        with locked(root, 0.05):
            pass

    with locked(root):
        began = time.monotonic()
        error = refused("locked", again)
        assert 0.05 <= time.monotonic() - began < 5
    assert error.path == ".git/phasemetrics/lock"
    with pytest.raises(Refusal, match="locked"), locked(root), locked(root, 0.01, read_only=True):
        pass
    again()


def test_each_holder_of_the_lock_is_given_the_time(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty others come first, each for a second: nobody held it for five, so nobody is blamed for that."""
    seconds, taken, real = 0, 0, state._take

    def taken_by_others(descriptor: int, name: str) -> bool:
        nonlocal seconds, taken
        seconds, taken = seconds + 1, taken + 1
        (root / ".git/phasemetrics/lock").write_bytes(b"\0" + f"turn {taken:3}".encode())
        return taken > 20 and real(descriptor, name)

    monkeypatch.setattr(state, "_take", taken_by_others)
    monkeypatch.setattr(state, "_PAUSE", 0)
    monkeypatch.setattr("phasemetrics.writing.state.time.monotonic", lambda: seconds)
    with locked(root, 5):
        assert taken == 21


def test_the_lock_is_released_when_something_fails(root: Path) -> None:
    with pytest.raises(KeyError), locked(root):
        raise KeyError
    with locked(root, 0):
        pass


def test_checking_makes_nothing(root: Path) -> None:
    with locked(root, read_only=True):
        pass
    assert not (root / ".git/phasemetrics").exists()


def test_checking_settles_what_it_can(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    interrupted(root, monkeypatch)
    with locked(root, read_only=True):
        assert temporaries(root) == []


@pytest.mark.parametrize("broken", ["open", "unlink"])
def test_checking_does_without_a_lock_it_cannot_have(root: Path, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    """A checkout that may only be read, with or without an interrupted run in it."""
    pending = interrupted(root, monkeypatch)
    real = getattr(os, broken)

    def forbid(path: Any, *arguments: Any, **options: Any) -> Any:
        if broken == "unlink" or arguments[0] & os.O_CREAT:
            raise OSError(errno.EROFS, "Read-only file system")
        return real(path, *arguments, **options)

    monkeypatch.setattr(os, broken, forbid)
    with locked(root, read_only=True):
        pass
    error = refused("cannot-write", lambda: fill(root))
    assert error.message == "cannot be written: Read-only file system"
    assert pending.exists()


# The folder for both.


def test_the_folder_is_in_git_and_private(root: Path) -> None:
    assert state_folder(root) == root / ".git/phasemetrics"
    assert not state_folder(root).exists()
    with locked(root):
        assert stat.S_IMODE(state_folder(root).stat().st_mode) == 0o700


def test_without_git_it_is_beside_the_records(tmp_path: Path) -> None:
    folder = tmp_path / ".phasemetrics/.state"
    assert state_folder(tmp_path) == folder
    with locked(tmp_path):
        assert (folder / ".gitignore").read_text() == "*\n"
    (tmp_path / "a.md").write_bytes(BEFORE)
    with locked(tmp_path):
        commit(tmp_path, [Change(tmp_path / "a.md", "a.md", BEFORE, AFTER)], [])
    shutil.rmtree(tmp_path / ".phasemetrics")
    (tmp_path / ".phasemetrics").symlink_to("elsewhere")
    with pytest.raises(Refusal, match="symbolic link"), locked(tmp_path):
        pass
    with locked(tmp_path, read_only=True):
        pass


def test_every_checkout_and_every_project_has_its_own(tmp_path: Path) -> None:
    shop = Workshop(tmp_path / "main")
    shop.commit({"sub/a.md": "x", "other/a.md": "x"})
    shop.git("worktree", "add", "-q", "../linked")
    linked = tmp_path / "linked"
    common = shop.root / ".git/phasemetrics"
    places = [
        state_folder(place) for place in (shop.root, shop.root / "sub", shop.root / "other", linked, linked / "sub")
    ]
    assert places[0] == common
    assert all(place.parent == common for place in places[1:])
    assert len(set(places)) == 5
    with locked(linked / "sub"), locked(shop.root, 0), locked(linked, 0):
        pass
    assert stat.S_IMODE(common.stat().st_mode) == 0o700
    assert shop.git("status", "--porcelain") == ""
    shop.root.rename(tmp_path / "moved")
    assert state_folder(tmp_path / "moved/sub").name == places[1].name


def test_submodules_and_git_directories_elsewhere(tmp_path: Path) -> None:
    inner = Workshop(tmp_path / "inner")
    inner.commit({"a.md": "x"})
    outer = Workshop(tmp_path / "outer")
    outer.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", "../inner", "mod")
    assert state_folder(outer.root / "mod") == outer.root / ".git/modules/mod/phasemetrics"
    Workshop(tmp_path / "work", "--separate-git-dir", str(tmp_path / "elsewhere"))
    assert state_folder(tmp_path / "work") == tmp_path / "elsewhere/phasemetrics"


@pytest.mark.parametrize("content", ["", "gitdir: nowhere\n", "gitdir: \0\n", "other", "gitdir: " + "x" * 5000])
def test_a_git_file_that_leads_nowhere(tmp_path: Path, content: str) -> None:
    (tmp_path / ".git").write_text(content)
    assert state_folder(tmp_path) == tmp_path / ".phasemetrics/.state"


def test_a_git_directory_that_cannot_be_trusted(root: Path) -> None:
    """An archive may bring a `.git` that leads into somebody's other repository."""
    victim = root.parent / "victim"
    victim.mkdir()
    (victim / ".git").symlink_to(root / ".git")
    assert state_folder(victim) == victim / ".phasemetrics/.state"
    (root / ".git/HEAD").unlink()
    assert state_folder(root) == root / ".phasemetrics/.state"


def test_a_git_directory_of_someone_else(root: Path) -> None:
    if not may_give_away(root):
        pytest.skip("only root can make it")
    os.chown(root / ".git", 12345, -1)
    assert state_folder(root) == root / ".phasemetrics/.state"


def test_a_link_in_the_git_directory(root: Path) -> None:
    (root.parent / "outside").mkdir()
    (root / ".git/phasemetrics").symlink_to(root.parent / "outside")
    with pytest.raises(Refusal, match="symbolic link"), locked(root):
        pass
    assert list((root.parent / "outside").iterdir()) == []


# Systems that have less.


def test_without_renameat2(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import ctypes

    atomic._renameat2.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(ctypes, "CDLL", lambda *_, **__: object())
        fill(root)
    atomic._renameat2.cache_clear()
    assert (root / "docs/retro.md").read_bytes() == AFTER
    (root / "a").touch()
    monkeypatch.setattr(atomic, "_renameat2", lambda: None)
    with pytest.raises(FileExistsError):
        atomic.install(root / "a", root / "docs/retro.md", new=True)


@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOSYS])
def test_a_file_system_that_does_not_exchange(root: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    monkeypatch.setattr(atomic, "_renameat2", lambda: lambda *_: number)
    fill(root)
    assert (root / "docs/retro.md").read_bytes() == AFTER


def test_a_file_system_without_order(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some refuse to make a folder durable, and some systems cannot open one."""

    def only_files(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr(os, "fsync", only_files)
    fill(root)
    monkeypatch.delattr(os, "O_DIRECTORY")
    with locked(root):
        commit(root, [Change(root / "docs/retro.md", "retro", AFTER, BEFORE)], [])
    assert (root / "docs/retro.md").read_bytes() == BEFORE


@on_linux
def test_attributes_that_cannot_be_kept_are_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> list[str]:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "listxattr", broken)
    number = errno.EIO
    refused("cannot-write", lambda: fill(root))
    number = errno.ENOTSUP
    fill(root)


def test_digests_of_what_is_no_file(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "link").symlink_to("docs/retro.md")
    assert atomic.digest(root / "link") == atomic.digest(root / "docs") == atomic.ODD
    assert atomic.digest(root / "missing") is None
    assert atomic.digest(root / "docs/retro.md/x") is None

    def forbid(*_: Any) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "open", forbid)
    with pytest.raises(PermissionError):
        atomic.digest(root / "docs/retro.md")


def test_names_as_a_person_writes_them(root: Path) -> None:
    assert state.shown(root, root / "docs/retro.md") == "docs/retro.md"
    assert state.shown(root, root.parent / "x") == str(root.parent / "x")


def test_an_interrupt_after_all_is_written_still_cleans_up(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []

    def interrupted(entries: Sequence[Entry]) -> None:
        seen.append(entries)
        if len(seen) == 1:
            raise KeyboardInterrupt
        settlement.discard(entries)

    monkeypatch.setattr(transaction, "discard", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fill(root)
    assert (root / "docs" / "retro.md").read_bytes() == AFTER
    assert len(seen) == 2
    assert temporaries(root) == []
