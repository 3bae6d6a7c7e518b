"""Temporary folders are removed at the end, and those of killed runs by the next one; nobody else's are touched."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from phasemetrics.scratch import scratch, sweep

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a folder cannot be locked there")


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def dead(temporary: Path, name: str = "phasemetrics-abcd_123.scratch") -> Path:
    folder = temporary / name
    (folder / "objects" / "info").mkdir(parents=True)
    (folder / "objects" / "info" / "alternates").write_text("x")
    return folder


def test_a_folder_is_there_as_long_as_it_is_used(temporary: Path) -> None:
    with scratch() as folder:
        assert folder.parent == temporary
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "file").touch()
        sweep()
        assert [folder] == list(temporary.iterdir())
    assert list(temporary.iterdir()) == []
    with pytest.raises(KeyboardInterrupt), scratch():
        raise KeyboardInterrupt
    assert list(temporary.iterdir()) == []


def test_what_a_killed_process_held_is_removed(temporary: Path) -> None:
    code = (
        "from phasemetrics.scratch import scratch\n"
        "with scratch() as folder:\n"
        "    (folder / 'file').touch()\n"
        "    print('in use', flush=True)\n"
        "    input()\n"
    )
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", code], stdin=pipe, stdout=pipe) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"in use\n"
        (folder,) = temporary.iterdir()
        sweep()
        assert (folder / "file").exists()
        child.send_signal(signal.SIGKILL)
    assert folder.is_dir()
    sweep()
    assert list(temporary.iterdir()) == []


def test_what_is_not_a_dead_runs_stays(temporary: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "precious").touch()
    (temporary / "phasemetrics-linked__.scratch").symlink_to(elsewhere)
    (temporary / "phasemetrics-file_file.scratch").touch()
    for name in ("notes", "worktree", "coverage", "abcd_1234.scratch", "worktree.scratch.old", "WORKTREE.scratch"):
        dead(temporary, f"phasemetrics-{name}")
    before = sorted(temporary.rglob("*"))
    sweep()
    assert sorted(temporary.rglob("*")) == before
    assert (elsewhere / "precious").exists()


@pytest.mark.skipif(getattr(os, "geteuid", lambda: 1)() != 0, reason="only root can give a folder away")
def test_another_users_folder_stays(temporary: Path) -> None:
    folder = dead(temporary)
    os.chown(folder, 65534, -1)
    sweep()
    assert folder.is_dir()


def test_a_link_in_a_dead_folder_is_removed_and_not_followed(
    temporary: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "precious").touch(mode=0o600)
    elsewhere.chmod(0o755)
    (dead(temporary) / "link").symlink_to(elsewhere)
    sweep()
    assert list(temporary.iterdir()) == []
    assert (elsewhere / "precious").exists()
    assert elsewhere.stat().st_mode & 0o777 == 0o755


def test_closed_folders_are_opened_to_be_removed(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root needs no permission, so the first attempt is let fail for everybody."""
    folder = dead(temporary)
    (folder / "objects").chmod(0o500)
    (folder / "link").symlink_to(folder / "objects")
    modes = []
    real = shutil.rmtree

    def once(path: Path, *, ignore_errors: bool) -> None:
        modes.append((folder / "objects").stat().st_mode & 0o777)
        if len(modes) > 1:
            real(path, ignore_errors=ignore_errors)

    monkeypatch.setattr(shutil, "rmtree", once)
    sweep()
    assert modes == [0o500, 0o700]
    assert list(temporary.iterdir()) == []


def test_another_run_took_it_before_it_was_locked(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, made = tempfile.mkdtemp, list[str]()

    def taken(**options: str) -> str:
        made.append(real(**options))
        if len(made) == 1:
            sweep()
        return made[-1]

    monkeypatch.setattr(tempfile, "mkdtemp", taken)
    with scratch() as folder:
        assert [str(folder)] == made[1:]
        assert [folder] == list(temporary.iterdir())


def test_another_run_took_it_just_before_it_was_locked(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = list[Path]()

    def late(descriptor: int, how: int) -> None:
        made.extend(temporary.iterdir())
        if len(made) == 1:
            made[0].rmdir()

    monkeypatch.setattr("phasemetrics.scratch.fcntl.flock", late)
    with scratch() as folder:
        assert folder == made[1]
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("call", ["phasemetrics.scratch.os.open", "phasemetrics.scratch.fcntl.flock"])
def test_a_folder_that_fails_is_not_used(temporary: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    def broken(*arguments: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(call, broken)
        with pytest.raises(OSError, match="Input/output"), scratch():
            pass
    assert list(temporary.iterdir()) == []


def test_an_interrupt_while_it_is_removed_leaves_nothing(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = shutil.rmtree, list[Path]()

    def interrupted(path: Path, *, ignore_errors: bool) -> None:
        calls.append(path)
        if len(calls) == 1:
            raise KeyboardInterrupt
        real(path, ignore_errors=ignore_errors)

    monkeypatch.setattr(shutil, "rmtree", interrupted)
    with pytest.raises(KeyboardInterrupt), scratch():
        pass
    assert list(temporary.iterdir()) == []


def test_a_folder_that_cannot_be_locked_is_used_and_stays_its_owners(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unsupported(descriptor: int, how: int) -> None:
        raise OSError(errno.EOPNOTSUPP, "Operation not supported")

    monkeypatch.setattr("phasemetrics.scratch.fcntl.flock", unsupported)
    with scratch() as folder:
        sweep()
        assert folder.is_dir()
    assert list(temporary.iterdir()) == []


def test_no_probe_is_left_where_a_run_is_killed(temporary: Path) -> None:
    """The search of Python's own tempfile tries a folder by writing into it."""
    with scratch():
        assert len(list(temporary.iterdir())) == 1
        assert tempfile.tempdir is None


def test_a_variable_that_names_no_folder_is_passed_over(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(temporary / "absent"))
    monkeypatch.setenv("TEMP", str(temporary))
    with scratch() as folder:
        assert folder.parent == temporary
