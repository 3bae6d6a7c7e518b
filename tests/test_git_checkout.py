"""The files of a commit, laid out beside the repository: as they were, by nothing that the repository configures."""

from __future__ import annotations

from pathlib import Path

import pytest

from git_workshop import Workshop
from phasemetrics.errors import Refusal
from phasemetrics_collectors import git


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    shop = Workshop(tmp_path / "work")
    shop.commit({"a.txt": "1\r\n2\n", "b.bin": bytes(range(256)), "sub/c.txt": "c\n"})
    (shop.root / "b.bin").unlink()
    shop.commit({"a.txt": "later\n"})
    return shop


def laid_out(root: Path, sha: str, folder: Path) -> dict[str, bytes]:
    """Return the content of every file that is laid out."""
    with git.open_repository(root) as repository:
        git.check_out(repository, sha, folder)
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if not name.startswith(".git/")}


def refused(root: Path, sha: str, folder: Path) -> Refusal:
    with pytest.raises(Refusal) as caught:
        laid_out(root, sha, folder)
    return caught.value


def test_an_older_commit(shop: Workshop, tmp_path: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in shop.root.rglob("*")}
    base = shop.git("rev-parse", "HEAD~1")
    files = laid_out(shop.root, base, tmp_path / "out")
    assert files == {"a.txt": b"1\r\n2\n", "b.bin": bytes(range(256)), "sub/c.txt": b"c\n"}
    assert {path: path.stat().st_mtime_ns for path in shop.root.rglob("*")} == before
    # A tool that asks git in there finds a work tree, at that commit, and clean.
    inside = ["-C", str(tmp_path / "out")]
    assert shop.git(*inside, "rev-parse", "HEAD", "--is-inside-work-tree").split() == [base, "true"]
    assert shop.git(*inside, "status", "--porcelain") == ""


def test_no_filter_and_no_hook_runs(shop: Workshop, tmp_path: Path) -> None:
    program = tmp_path / "evil.sh"
    program.write_text(f"#!/bin/sh\ntouch '{tmp_path}/HIT'\ncat\n")
    program.chmod(0o755)
    sha = shop.commit({".gitattributes": "* filter=ev\n"})
    shop.git("config", "filter.ev.smudge", str(program))
    shop.git("config", "core.fsmonitor", str(program))
    (shop.root / ".git/hooks").mkdir(exist_ok=True)
    for name in ("post-checkout", "post-index-change"):
        (shop.root / ".git/hooks" / name).symlink_to(program)
    assert laid_out(shop.root, sha, tmp_path / "out")["a.txt"] == b"later\n"
    assert not (tmp_path / "HIT").exists()
    shop.git("clone", "-q", "-c", f"filter.ev.smudge={program}", str(shop.root), str(tmp_path / "clone"))
    assert (tmp_path / "HIT").exists()  # the trap is live


def test_a_shallow_clone_ends_where_it_did(shop: Workshop, tmp_path: Path) -> None:
    shop.git("clone", "-q", "--depth=1", shop.root.as_uri(), str(tmp_path / "copy"))
    head = shop.git("rev-parse", "HEAD")
    assert laid_out(tmp_path / "copy", head, tmp_path / "out") == {"a.txt": b"later\n", "sub/c.txt": b"c\n"}
    assert shop.git("-C", str(tmp_path / "out"), "log", "--format=%H") == head


def test_a_place_that_is_taken(shop: Workshop, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    said = refused(shop.root, shop.git("rev-parse", "HEAD"), tmp_path / "out")
    assert said.code == "no-temporary-directory"
    assert "cannot be laid out: Not a directory" in str(said)
    assert (tmp_path / "out").read_text() == "mine"


def test_a_name_that_the_disk_does_not_take(shop: Workshop, tmp_path: Path) -> None:
    blob = shop.git("rev-parse", "HEAD:a.txt")
    shop.git("update-index", "--add", "--cacheinfo", f"100644,{blob},{'x' * 300}")
    sha = shop.git("commit-tree", "-m", "long", shop.git("write-tree"))
    said = refused(shop.root, sha, tmp_path / "out")
    assert said.code == "no-temporary-directory"
    assert said.message == f"the files of commit {sha[:12]} cannot be laid out: File name too long"


def test_a_missing_object(shop: Workshop, tmp_path: Path) -> None:
    blob = shop.git("rev-parse", "HEAD:a.txt")
    (shop.root / ".git/objects" / blob[:2] / blob[2:]).unlink()
    said = refused(shop.root, shop.git("rev-parse", "HEAD"), tmp_path / "out")
    assert said.code == "corrupt-repository"
    assert blob in str(said)
