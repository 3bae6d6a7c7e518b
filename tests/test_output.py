"""`-o FILE` is written whole or not at all, and stays what it was: a link, a mode, a device."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from phasemetrics.errors import Refusal
from phasemetrics.writing.output import write_output


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_a_file_is_made_and_replaced_and_nothing_is_left(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_output(path, b"one\n")
    path.chmod(0o640)
    write_output(path, b"two\n")
    assert path.read_bytes() == b"two\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert names(tmp_path) == ["a.json"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("real.json")
    for content in (b"one\n", b"two\n"):
        write_output(tmp_path / "link", content)
        assert (tmp_path / "link").is_symlink()
        assert (tmp_path / "real.json").read_bytes() == content


def test_a_device_takes_it(tmp_path: Path) -> None:
    write_output(Path(os.devnull), b"one\n")
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


@pytest.mark.parametrize("name", ["no/such/folder", ".", "link"])
def test_what_cannot_be_written_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "link").symlink_to("link")
    with pytest.raises(Refusal, match="cannot be written"):
        write_output(tmp_path / name, b"one\n")
    assert names(tmp_path) == ["link"]


def test_a_failure_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.json"
    write_output(path, b"one\n")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Refusal, match="No space left"):
        write_output(path, b"two\n")
    assert path.read_bytes() == b"one\n"
    assert names(tmp_path) == ["a.json"]
