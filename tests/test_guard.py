"""A document is a regular file of this project, under one name, that may be written; everything else is refused."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from limiting import limited
from phasemetrics.errors import Refusal
from phasemetrics.writing.guard import passes_link, read_document, resolve_document, resolve_new

NAME = "docs/retro.md"
as_user = pytest.mark.skipif(os.geteuid() == 0, reason="root may do it")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    project = tmp_path / "project"
    (project / "docs").mkdir(parents=True)
    (project / ".git").mkdir()
    (project / ".git" / "config").write_text("[core]\n")
    (project / NAME).write_text("# Retro\n")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "other.md").write_text("# Other\n")
    return project


def refused(root: Path, name: str = NAME, resolve: Callable[[Path, Path, str], Path] = resolve_document) -> Refusal:
    with pytest.raises(Refusal) as caught:
        resolve(root, Path(name), name)
    assert caught.value.path
    return caught.value


def test_an_ordinary_document(root: Path) -> None:
    assert resolve_document(root, Path(NAME), NAME) == root / NAME
    assert resolve_document(root, root / NAME, NAME) == root / NAME
    assert resolve_document(root, root / "docs" / ".." / NAME, NAME) == root / NAME
    assert read_document(root / NAME, NAME) == b"# Retro\n"


def test_a_root_that_is_reached_by_a_link(root: Path) -> None:
    link = root.parent / "link"
    link.symlink_to(root)
    assert resolve_document(link, Path(NAME), NAME) == root / NAME
    assert resolve_document(link, link / NAME, NAME) == root / NAME
    assert resolve_document(root, link / NAME, NAME) == root / NAME


def test_links_within_the_project_are_followed(root: Path) -> None:
    (root / "README.md").symlink_to(NAME)
    (root / "absolute.md").symlink_to(root / NAME)
    (root / "phases").symlink_to("docs")
    for name in ("README.md", "absolute.md", "phases/retro.md"):
        assert resolve_document(root, Path(name), name) == root / NAME


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("out.md", "../outside/other.md"),
        ("folder/other.md", None),
        ("../outside/other.md", None),
        ("docs/../../outside/other.md", None),
        ("docs/../../project/docs/retro.md", None),
        ("back/retro.md", None),
        ("zero.md", "/dev/zero"),
    ],
)
def test_what_leaves_the_project(root: Path, name: str, target: str | None) -> None:
    (root / "folder").symlink_to("../outside")
    (root.parent / "outside" / "retro.md").symlink_to(root / NAME)
    (root / "back").symlink_to("../outside")
    if target is not None:
        (root / name).symlink_to(target)
    error = refused(root, name)
    assert error.code == "outside-project"
    assert "link" in error.message
    assert error.mend


@pytest.mark.parametrize("target", [".git/config", ".GIT/config", ".phasemetrics/ledger/x.json", "sub/.git/config"])
def test_what_lies_in_private_folders(root: Path, target: str) -> None:
    """A pull request may bring a link to what it may not bring itself."""
    (root / target).parent.mkdir(parents=True, exist_ok=True)
    (root / target).write_text("secret = [XX]\n")
    (root / "link.md").symlink_to(target)
    assert refused(root, "link.md").code == "outside-project"
    assert refused(root, target).code == "outside-project"


def test_loops(root: Path) -> None:
    (root / "a.md").symlink_to("b.md")
    (root / "b.md").symlink_to("a.md")
    assert refused(root, "a.md").code == "symlink-loop"
    assert refused(root, "a.md/c.md").code == "symlink-loop"


@pytest.mark.parametrize("name", ["missing.md", "missing/a.md", "docs/retro.md/a.md", "dangling.md"])
def test_missing(root: Path, name: str) -> None:
    (root / "dangling.md").symlink_to("nowhere.md")
    error = refused(root, name)
    assert (error.code, error.exit_code) == ("missing-file", 3)


@pytest.mark.parametrize("name", ["x" * 300 + ".md", "a\0b.md"])
def test_names_that_no_file_has(root: Path, name: str) -> None:
    assert refused(root, name).code == "unreadable"
    assert refused(root, name, resolve_new).code == "unreadable"


def test_not_a_file(root: Path) -> None:
    assert (refused(root, "docs").code, refused(root, "docs").message) == ("not-a-file", "is a directory")
    os.mkfifo(root / "pipe.md")
    assert "not a regular file" in str(refused(root, "pipe.md"))
    with pytest.raises(Refusal, match="not-a-file"):
        read_document(root / "pipe.md", "pipe.md")  # and does not wait for a writer
    with pytest.raises(Refusal, match="not-a-file"):
        read_document(root / "docs", "docs")
    with socket.socket(socket.AF_UNIX) as listener:
        here = Path.cwd()
        os.chdir(root)  # the name of a socket is short
        try:
            listener.bind("s.md")
        finally:
            os.chdir(here)
    assert refused(root, "s.md").code == "not-a-file"


def test_hard_links(root: Path) -> None:
    os.link(root / NAME, root / "docs" / "same.md")
    error = refused(root)
    assert error.code == "hard-link"
    assert "hard link" in str(error)
    assert error.mend is not None
    subprocess.run(["sh", "-c", error.mend.partition(": ")[2]], cwd=root, check=True)
    assert resolve_document(root, Path(NAME), NAME) == root / NAME


@as_user
@pytest.mark.parametrize("name", [NAME, "docs/a b's.md"])
def test_read_only(root: Path, name: str) -> None:
    (root / name).write_text("x")
    (root / name).chmod(0o444)
    error = refused(root, name)
    assert error.code == "read-only"
    assert error.mend is not None
    subprocess.run(["sh", "-c", error.mend.partition(": ")[2]], cwd=root, check=True)
    assert resolve_document(root, Path(name), name) == root / name


@as_user
def test_read_only_folder(root: Path) -> None:
    (root / "docs").chmod(0o555)
    error = refused(root)
    (root / "docs").chmod(0o755)
    assert error.code == "read-only"
    assert "folder" in error.message
    assert error.mend == "if it may be written: chmod u+w docs"


def test_writable_for_others_only(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, _: Path(path).name != "retro.md")
    error = refused(root)
    assert (error.code, error.message) == ("read-only", "is read-only for you")
    assert error.mend == f"if it may be written: chmod u+w {NAME}"
    monkeypatch.setattr(os, "access", lambda path, _: Path(path).name == "retro.md")
    assert "folder" in refused(root).message


def test_root_may_write_what_a_read_only_checkout_left(root: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root may")
    (root / NAME).chmod(0o444)
    assert resolve_document(root, Path(NAME), NAME) == root / NAME


@as_user
def test_unreadable(root: Path) -> None:
    (root / NAME).chmod(0o200)
    with pytest.raises(Refusal, match="unreadable"):
        read_document(root / NAME, NAME)
    (root / "docs").chmod(0o000)
    error = refused(root)
    (root / "docs").chmod(0o755)
    assert error.code == "unreadable"


def test_reading_needs_no_content_and_has_a_limit(root: Path) -> None:
    (root / NAME).write_bytes(b"")
    assert read_document(root / NAME, NAME) == b""
    with limited(document_size=5):
        (root / NAME).write_bytes(b"12345")
        assert read_document(root / NAME, NAME) == b"12345"
        (root / NAME).write_bytes(b"123456")
        with pytest.raises(Refusal, match=r"too-large.*document_size"):
            read_document(root / NAME, NAME)


def test_reading_follows_no_link(root: Path) -> None:
    (root / "link.md").symlink_to(NAME)
    with pytest.raises(Refusal, match="unreadable"):
        read_document(root / "link.md", "link.md")
    with pytest.raises(Refusal, match="unreadable"):
        read_document(root / "missing.md", "missing.md")


@pytest.mark.skipif(sys.platform != "linux", reason="a file whose reading fails")
def test_reading_that_fails(root: Path) -> None:
    with pytest.raises(Refusal, match="cannot be"):
        read_document(Path("/proc/self/mem"), "mem")


def test_a_new_document(root: Path) -> None:
    assert resolve_new(root, Path("docs/new.md"), "docs/new.md") == root / "docs/new.md"
    assert resolve_new(root, root / "a" / "b" / "new.md", "a/b/new.md") == root / "a/b/new.md"
    (root / "phases").symlink_to("docs")
    assert resolve_new(root, Path("phases/new.md"), "phases/new.md") == root / "docs/new.md"


@pytest.mark.parametrize("name", [NAME, "docs", "dangling.md", ".", "docs/.."])
def test_a_new_document_replaces_nothing(root: Path, name: str) -> None:
    (root / "dangling.md").symlink_to("nowhere.md")
    assert refused(root, name, resolve_new).code in {"exists", "outside-project"}


@pytest.mark.parametrize("name", ["../new.md", "folder/new.md", ".git/new.md", "docs/../../new.md"])
def test_a_new_document_stays_inside(root: Path, name: str) -> None:
    (root / "folder").symlink_to("../outside")
    assert refused(root, name, resolve_new).code == "outside-project"


def test_passing_a_link(root: Path) -> None:
    (root / "link").symlink_to("docs")
    (root / "link.md").symlink_to("nowhere")
    assert not passes_link(root, root / NAME)
    assert not passes_link(root, root)
    assert not passes_link(root, root / "missing" / "a.md")
    assert passes_link(root, root / "link" / "retro.md")
    assert passes_link(root, root / "link.md")
