"""Names that look like options, and a `.git` that somebody else has been in: refused or read, and nothing runs."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from git_workshop import Workshop
from nursery import ran
from phasemetrics.errors import Refusal
from phasemetrics_collectors import git

REPORT = '<testsuite><testcase classname="tests.test_a" name="test_b" time="0.1"/></testsuite>'
CONFIG = 'documents = ["DOC.md"]\njunit = ["junit.xml"]\n[commands]\ntest = "touch RAN {junit} {coverage}"\n[phase.3]\n'


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    shop = Workshop(tmp_path / "p")
    shop.commit({"phasemetrics.toml": CONFIG, "DOC.md": "# T\n", "junit.xml": REPORT, "a.txt": "1\n2\n3\n"})
    shop.commit({"a.txt": "1\n2\nx\ny\n"})
    return shop


def names(place: Path) -> set[str]:
    return {str(path.relative_to(place)) for path in place.rglob("*")}


def measured(root: Path) -> tuple[int, int]:
    """Return the lines that were added and deleted between the two commits."""
    with git.open_repository(root) as repository:
        base, head = git.revision(repository, "HEAD~1").sha, git.revision(repository).sha
        files = git.compare(repository, base, head)
        assert git.span(repository, base, head) == 1
        assert git.read_blob(repository, head, "a.txt") == b"1\n2\nx\ny\n"
    return sum(file.added for file in files), sum(file.deleted for file in files)


NAMES = [
    "--output=HIT",
    "-x",
    "--upload-pack=touch HIT",
    "HEAD..HEAD~1",
    "$(touch HIT)",
    "`touch HIT`",
    "a\nb",
    "a\x1b[31mb",
]
PLACES: dict[str, Callable[[str], list[str]]] = {
    "base": lambda name: ["fill", "-p", "3", f"--base={name}"],
    "head": lambda name: ["fill", "-p", "3", "--base=HEAD~1", f"--head={name}"],
    "before": lambda name: ["fill", "-p", "3", f"--before={name}"],
    "at": lambda name: ["baseline", "-p", "3", f"--at={name}"],
    "phase": lambda name: ["fill", f"--phase={name}"],
    "fetched": lambda name: ["fill", "-p", "3", "--fetch", f"--base={name}"],
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_a_name_is_never_an_option(shop: Workshop, tmp_path: Path, place: str) -> None:
    before = names(tmp_path) | {"p/.git/phasemetrics", "p/.git/phasemetrics/lock"}
    for name in NAMES:
        ended = ran(shop.root, *PLACES[place](name))
        assert (ended.returncode in {2, 3}, ended.stdout) == (True, ""), (name, ended.stderr)
        lines = ended.stderr.splitlines()
        assert all(line.startswith(("error[", "warning[", "fetching ")) for line in lines), ended.stderr
        assert sum(line.startswith("error[") for line in lines) == 1, ended.stderr
        assert "\x1b" not in ended.stderr
    assert names(tmp_path) <= before


def test_a_configured_base_is_never_an_option(shop: Workshop, tmp_path: Path) -> None:
    for name in ("--output=HIT", "-x", "HEAD..HEAD~1", "$(touch HIT)"):
        shop.write("phasemetrics.toml", f"base = '{name}'\n{CONFIG}")
        before = names(tmp_path) | {"p/.phasemetrics"}
        ended = ran(shop.root, "fill", "-p", "3", "--diff")
        assert ended.returncode in {0, 3}
        assert "[bad-ref]" in ended.stderr
        assert {name for name in names(tmp_path) - before if "HIT" in name} == set()
        assert not (shop.root / "RAN").exists()


def test_refs_may_be_called_like_options(shop: Workshop, tmp_path: Path) -> None:
    head, base = shop.git("rev-parse", "HEAD"), shop.git("rev-parse", "HEAD~1")
    for name in ("-x", "--output=HIT", "--end-of-options", "HEAD", "tags", "$(touch${IFS}HIT)"):
        for kind in ("tags", "heads"):
            (shop.root / ".git" / "refs" / kind / name).parent.mkdir(exist_ok=True)
            (shop.root / ".git" / "refs" / kind / name).write_text(f"{base}\n")
    with git.open_repository(shop.root) as repository:
        assert git.resolve(repository, "refs/tags/-x") == base
        assert git.resolve(repository, "refs/heads/$(touch${IFS}HIT)") == base
        assert git.resolve(repository, "HEAD") == head
    assert measured(shop.root) == (2, 1)
    assert not [name for name in names(tmp_path) if name.endswith("HIT") and "refs" not in name]


def test_a_hundred_thousand_refs(shop: Workshop) -> None:
    head = shop.git("rev-parse", "HEAD")
    lines = (f"{head} refs/heads/b{number:06}\n" for number in range(100_000))
    (shop.root / ".git" / "packed-refs").write_text("# pack-refs with: peeled fully-peeled sorted \n" + "".join(lines))
    assert measured(shop.root) == (2, 1)
    with git.open_repository(shop.root) as repository:
        assert git.resolve(repository, "b099999") == head
        with pytest.raises(Refusal, match="bad-ref"):
            git.find(repository, "b100000")


def trap(tmp_path: Path) -> Path:
    program = tmp_path / "evil.sh"
    program.write_text(f"#!/bin/sh\ntouch '{tmp_path}/HIT'\ncat\n")
    program.chmod(0o755)
    return program


def test_submodules_start_nothing(shop: Workshop, tmp_path: Path) -> None:
    evil = trap(tmp_path)
    section = f'[submodule "s"]\n\tpath = s\n\turl = ext::{evil}\n\tupdate = !{evil}\n\tbranch = --upload-pack={evil}\n'
    shop.write(".gitmodules", f"{section}[core]\n\tfsmonitor = {evil}\n")
    shop.git("config", "submodule.s.url", f"ext::{evil}")
    shop.git("config", "submodule.s.update", f"!{evil}")
    shop.git("config", "fetch.recurseSubmodules", "true")
    shop.git("config", "protocol.ext.allow", "always")
    shop.git("update-index", "--add", "--cacheinfo", f"160000,{shop.git('rev-parse', 'HEAD')},s")
    shop.git("commit", "-q", "-m", "s")
    (shop.root / "s").mkdir()
    ended = ran(shop.root, "fill", "-p", "3", "--base", "HEAD~1", "--fetch", "--json")
    assert ended.returncode == 0, ended.stderr
    assert not (tmp_path / "HIT").exists()


@pytest.mark.parametrize("damage", [b"", b"DIRC" + b"\xff" * 64, b"\0" * 4096, b"DIRC\0\0\0\2\x7f\xff\xff\xff"])
def test_a_damaged_index_is_no_crash(shop: Workshop, damage: bytes) -> None:
    index = shop.root / ".git" / "index"
    index.write_bytes(damage)
    ended = ran(shop.root, "fill", "-p", "3", "--base", "HEAD~1")
    assert ended.returncode in {0, 3}, ended.stderr
    assert "defect" not in ended.stderr
    assert index.read_bytes() == damage


def test_git_directories_that_lie_elsewhere(shop: Workshop, tmp_path: Path) -> None:
    evil = trap(tmp_path)
    shop.git("config", "core.fsmonitor", str(evil))
    shop.git("config", "core.worktree", str(tmp_path))
    moved = tmp_path / "elsewhere"
    (shop.root / ".git").rename(moved)
    (shop.root / ".git").symlink_to(moved)
    assert measured(shop.root) == (2, 1)
    (shop.root / ".git").unlink()
    for content in (f"gitdir: {moved}\n", f"gitdir: {moved}", "gitdir: ../elsewhere\n"):
        (shop.root / ".git").write_text(content)
        assert measured(shop.root) == (2, 1)
    for content in ("gitdir: /nonexistent\n", "gitdir: .git\n", "nonsense\n", "", "gitdir: --output=HIT\n"):
        (shop.root / ".git").write_text(content)
        with pytest.raises(Refusal) as caught, git.open_repository(shop.root):
            pass
        assert caught.value.exit_code == 3
    assert not (tmp_path / "HIT").exists()


def test_objects_of_others_are_borrowed_and_not_touched(shop: Workshop, tmp_path: Path) -> None:
    clone = Workshop(tmp_path / "clone")
    clone.git("fetch", "-q", str(shop.root), "main:theirs")
    clone.git("reset", "-q", "--hard", "theirs")
    objects = clone.root / ".git" / "objects"
    for path in [path for path in objects.rglob("*") if path.is_file()]:
        path.unlink()
    alternates = objects / "info" / "alternates"
    alternates.parent.mkdir(exist_ok=True)
    before = names(shop.root)
    alternates.write_text(f"{shop.root}/.git/objects\n/nonexistent\n{objects}\n-x\n")
    assert measured(clone.root) == (2, 1)
    assert names(shop.root) == before
    alternates.write_text("/dev\n/proc/self\n")
    with pytest.raises(Refusal) as caught:
        measured(clone.root)
    assert caught.value.exit_code == 3


OLD = """#!/bin/sh
[ "$1" = version ] && { echo git version 2.20.1; exit; }
for last; do case "$last" in --git-dir|--git-common-dir) echo .git ;; --*) echo "$last" ;; esac; done
"""


def test_a_git_that_is_too_old_is_named(shop: Workshop, tmp_path: Path) -> None:
    place = tmp_path / "bin"
    place.mkdir()
    (place / "git").write_text(OLD)
    (place / "git").chmod(0o755)
    ended = ran(shop.root, "fill", "-p", "3", "--base", "HEAD~1", PATH=f"{place}{os.pathsep}/usr/bin{os.pathsep}/bin")
    assert (ended.returncode, ended.stdout) == (3, "")
    assert ended.stderr.startswith("error[old-git]: this git is older than 2.31; install a newer git")
