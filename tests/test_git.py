"""What git says of two commits: counted like git itself, in every kind of checkout."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from git_workshop import Workshop
from phasemetrics.errors import Refusal
from phasemetrics.evidence.model import FileChange
from phasemetrics_collectors import _git_view, _git_worktree, git


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path / "work")


@pytest.fixture
def pair(shop: Workshop) -> tuple[Workshop, str, str]:
    base = shop.commit({"a.txt": "1\n2\n3\n", "gone.txt": "x\n"})
    (shop.root / "gone.txt").unlink()
    head = shop.commit({"a.txt": "1\n2\nx\ny\n", "b.bin": bytes(range(256)), "new/c.txt": "c\n"})
    return shop, base, head


def changes(root: Path, base: str, head: str) -> tuple[FileChange, ...]:
    with git.open_repository(root) as repository:
        return git.compare(repository, base, head)


def totals(files: tuple[FileChange, ...]) -> tuple[int, int, int]:
    return len(files), sum(file.added for file in files), sum(file.deleted for file in files)


def refusal(root: Path, ref: str = "HEAD") -> Refusal:
    with pytest.raises(Refusal) as caught, git.open_repository(root) as repository:
        git.revision(repository, ref)
    return caught.value


def dirty(root: Path) -> bool:
    with git.open_repository(root) as repository:
        return git.revision(repository).dirty


def test_compare_counts_like_git(pair: tuple[Workshop, str, str]) -> None:
    shop, base, head = pair
    files = changes(shop.root, base, head)
    assert files == (
        FileChange("a.txt", "modified", None, 2, 1, binary=False),
        FileChange("b.bin", "created", None, 0, 0, binary=True),
        FileChange("gone.txt", "deleted", None, 0, 1, binary=False),
        FileChange("new/c.txt", "created", None, 1, 0, binary=False),
    )
    assert totals(files) == shop.shortstat(base, head)


def test_nothing_differs(pair: tuple[Workshop, str, str]) -> None:
    shop, base, _ = pair
    assert changes(shop.root, base, base) == ()


def test_revision(pair: tuple[Workshop, str, str]) -> None:
    shop, base, head = pair
    shop.git("tag", "-a", "-m", "t", "v1", base)
    with git.open_repository(shop.root) as repository:
        assert repository.root == shop.root.resolve()
        assert repository.common_dir == shop.root.resolve() / ".git"
        found = git.revision(repository)
        assert found.sha == head
        assert found.tree == shop.git("rev-parse", "HEAD^{tree}")
        assert (found.date, found.dirty) == ("2026-11-01T12:00:00Z", False)
        for name in ("HEAD~1", "v1", "main^", base, base[:12], "@~"):
            assert git.revision(repository, name).sha == base


def test_date_is_in_utc(shop: Workshop) -> None:
    shop.commit({"a": "1"}, date="2026-11-20T00:30:00+05:00")
    with git.open_repository(shop.root) as repository:
        assert git.revision(repository).date == "2026-11-19T19:30:00Z"


def test_rename_keeps_its_source(shop: Workshop) -> None:
    base = shop.commit({"old name.txt": "".join(f"{n}\n" for n in range(20))})
    shop.git("mv", "old name.txt", "renamed ünï.txt")
    pure = shop.commit()
    files = changes(shop.root, base, pure)
    assert files == (FileChange("renamed ünï.txt", "modified", "old name.txt", 0, 0, binary=False),)
    edited = shop.commit({"renamed ünï.txt": "".join(f"{n}\n" for n in range(21))})
    assert changes(shop.root, base, edited)[0].added == 1


def test_mode_and_type_changes(shop: Workshop) -> None:
    base = shop.commit({"a.sh": "1\n", "b": "1\n2\n"})
    shop.git("update-index", "--chmod=+x", "a.sh")
    shop.git("commit", "-qm", "mode")
    (shop.root / "b").unlink()
    (shop.root / "b").symlink_to("a.sh")
    shop.git("add", "b")
    shop.git("commit", "-qm", "type")
    files = changes(shop.root, base, shop.git("rev-parse", "HEAD"))
    assert [(file.path, file.status) for file in files] == [("a.sh", "modified"), ("b", "modified")]
    assert (files[0].added, files[0].deleted) == (0, 0)
    assert totals(files) == shop.shortstat(base, "HEAD")


def test_submodule_is_one_file(shop: Workshop) -> None:
    base = shop.commit({"a": "1\n"})
    shop.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},sub")
    shop.git("commit", "-qm", "sub")
    head = shop.git("rev-parse", "HEAD")
    assert totals(changes(shop.root, base, head)) == shop.shortstat(base, head)
    with git.open_repository(shop.root) as repository:
        assert git.tracked_paths(repository, head) == {"a", "sub"}


NAMES = [
    b"new\nline", b"ta\tb", b'qu"ote', b"a => b", b"{x => y}", b"-dash", b"--output=x", b"pi|pe", b"`tick`", b" lead",
    b"trail ", b"back\\slash", b"lat\xe9.txt", b":colon", b":(top)magic", b"*", b"[a]", b"# hash", b"esc\x1b[31m",
    b"\xe2\x80\xaebidi", b"\xe2\x80\xa8line",
]  # fmt: skip


def test_names_survive(shop: Workshop) -> None:
    base = shop.commit()
    (shop.root / "d").mkdir()
    for name in NAMES:
        Path(os.fsdecode(os.fsencode(shop.root / "d") + b"/" + name)).write_bytes(b"l1\nl2\n" + name)
    head = shop.commit()
    files = changes(shop.root, base, head)
    assert {file.path.encode("utf-8", "surrogateescape") for file in files} == {b"d/" + name for name in NAMES}
    assert totals(files)[1] == shop.shortstat(base, head)[1]
    with git.open_repository(shop.root) as repository:
        assert git.tracked_paths(repository, head) == {file.path for file in files}
        for file in files:
            name = file.path.encode("utf-8", "surrogateescape").removeprefix(b"d/")
            assert git.read_blob(repository, head, file.path) == b"l1\nl2\n" + name


def test_renames_of_names_that_look_like_records(shop: Workshop) -> None:
    body = "".join(f"{n}\n" for n in range(30))
    base = shop.commit({":100644 100644": body, "1\t2\tx": body + "other\n" * 30})
    shop.git("mv", ":100644 100644", "3\t4\ty")
    head = shop.commit()
    assert changes(shop.root, base, head) == (FileChange("3\t4\ty", "modified", ":100644 100644", 0, 0, binary=False),)


EDIT = st.tuples(
    st.sampled_from(["a.txt", "b.txt", "d/c.txt", "d/e.bin"]),
    st.one_of(
        st.none(),
        st.lists(st.sampled_from(["x", "y", "", "same", "\r", "é"]), max_size=8).map(lambda lines: "\n".join(lines)),
        st.binary(max_size=12),
    ),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(st.lists(EDIT, max_size=4), min_size=2, max_size=3))
def test_totals_equal_shortstat(history: list[list[tuple[str, str | bytes | None]]]) -> None:
    with tempfile.TemporaryDirectory() as place:
        shop = Workshop(Path(place))
        commits = []
        for edits in history:
            for name, content in edits:
                if content is None:
                    (shop.root / name).unlink(missing_ok=True)
                else:
                    shop.write(name, content)
            commits.append(shop.commit())
        base, head = commits[0], commits[-1]
        with git.open_repository(shop.root) as repository:
            assert totals(git.compare(repository, base, head)) == shop.shortstat(base, head)
            assert totals(git.compare(repository, head, base)) == shop.shortstat(head, base)


# Kinds of checkout


def test_detached_head(pair: tuple[Workshop, str, str]) -> None:
    shop, base, head = pair
    shop.git("checkout", "-q", "--detach", base)
    with git.open_repository(shop.root) as repository:
        assert git.revision(repository).sha == base
        assert git.revision(repository, "main").sha == head


def test_from_a_directory_inside(pair: tuple[Workshop, str, str]) -> None:
    shop, *_ = pair
    (shop.root / "new" / "repo.git").mkdir()
    with git.open_repository(shop.root / "new" / "repo.git") as repository:
        assert repository.root == shop.root.resolve()


def test_an_embedded_bare_repository_is_not_the_project(pair: tuple[Workshop, str, str]) -> None:
    shop, *_ = pair
    shop.git("init", "-q", "--bare", "new/planted")
    with git.open_repository(shop.root / "new" / "planted") as repository:
        assert repository.root == shop.root.resolve()


def test_an_empty_git_directory_is_passed_over(pair: tuple[Workshop, str, str]) -> None:
    shop, *_ = pair
    (shop.root / "new" / ".git").mkdir()
    with git.open_repository(shop.root / "new") as repository:
        assert repository.root == shop.root.resolve()


def test_linked_worktree(pair: tuple[Workshop, str, str], tmp_path: Path) -> None:
    shop, base, head = pair
    shop.git("worktree", "add", "-q", "--detach", str(tmp_path / "linked"), base)
    with git.open_repository(tmp_path / "linked") as repository:
        assert repository.root == (tmp_path / "linked").resolve()
        assert repository.common_dir == shop.root.resolve() / ".git"
        assert git.revision(repository).sha == base
        assert not git.revision(repository).dirty
        assert totals(git.compare(repository, base, head)) == shop.shortstat(base, head)
    (tmp_path / "linked" / "a.txt").write_text("changed\n")
    assert dirty(tmp_path / "linked")
    assert not dirty(shop.root)


def test_submodule_checkout(pair: tuple[Workshop, str, str], tmp_path: Path) -> None:
    inner, base, head = pair
    outer = Workshop(tmp_path / "outer")
    outer.git("submodule", "--quiet", "add", str(inner.root), "sub")
    outer.commit()
    with git.open_repository(outer.root / "sub" / "new") as repository:
        assert repository.root == (outer.root / "sub").resolve()
        assert repository.common_dir == outer.root.resolve() / ".git" / "modules" / "sub"
        assert git.revision(repository).sha == head
        assert totals(git.compare(repository, base, head)) == inner.shortstat(base, head)
    # What a submodule holds is its own affair, which commit it is on is ours.
    (outer.root / "sub" / "a.txt").write_text("changed\n")
    assert not dirty(outer.root)
    Workshop(outer.root / "sub").git("checkout", "-qf", "--detach", base)
    assert dirty(outer.root)


def test_bare_repository(pair: tuple[Workshop, str, str], tmp_path: Path) -> None:
    shop, base, head = pair
    shop.git("clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))
    with git.open_repository(tmp_path / "bare.git") as repository:
        assert repository.root == (tmp_path / "bare.git").resolve()
        assert git.revision(repository).dirty is False
        assert totals(git.compare(repository, base, head)) == shop.shortstat(base, head)


def test_sha256(tmp_path: Path) -> None:
    shop = Workshop(tmp_path / "work", "--object-format=sha256")
    base, head = shop.commit({"a": "1\n"}), shop.commit({"a": "2\n"})
    with git.open_repository(shop.root) as repository:
        assert git.revision(repository).sha == head
        assert len(git.revision(repository, base).tree) == 64
        assert totals(git.compare(repository, base, head)) == (1, 1, 1)
        assert git.span(repository, base, head) == 1
        assert git.read_blob(repository, base, "a") == b"1\n"
        assert not git.revision(repository).dirty


def test_borrowed_objects_packs_and_odd_paths(pair: tuple[Workshop, str, str], tmp_path: Path) -> None:
    shop, base, head = pair
    shop.git("gc", "-q")
    place = tmp_path / 'a "quoted": $HOME ~ ünï #1'
    shop.git("clone", "-q", "--shared", ".", str(place))
    # A relative alternate, and ours on top of it.
    (place / ".git/objects/info/alternates").write_text("../../../work/.git/objects\n")
    with git.open_repository(place) as repository:
        assert git.revision(repository).sha == head
        assert totals(git.compare(repository, base, head)) == shop.shortstat(base, head)


def test_a_line_break_in_the_path_is_refused(tmp_path: Path) -> None:
    shop = Workshop(tmp_path / "line\nbreak")
    shop.commit()
    assert refusal(shop.root).code == "odd-path"


def test_stale_locks_do_not_matter(pair: tuple[Workshop, str, str]) -> None:
    shop, base, head = pair
    shop.write(".git/index.lock", b"")
    shop.write(".git/HEAD.lock", b"")
    with git.open_repository(shop.root) as repository:
        assert not git.revision(repository).dirty
        assert len(git.compare(repository, base, head)) == 4


# What is refused


def test_no_repository(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "nowhere"):
        found = refusal(place)
        assert (found.code, found.exit_code) == ("not-a-repository", 3)
    (tmp_path / ".git").write_text("gitdir: /nonexistent\n")
    assert refusal(tmp_path).code == "not-a-repository"


def test_unborn(shop: Workshop) -> None:
    for ref in ("HEAD", "HEAD~1", "main"):
        found = refusal(shop.root, ref)
        assert found.code == "no-commit"
        assert "none yet" in str(found)


def test_damaged_configuration(pair: tuple[Workshop, str, str]) -> None:
    shop, *_ = pair
    shop.write(".git/config", "[core\n")
    found = refusal(shop.root)
    assert found.code == "corrupt-repository"
    assert "config" in str(found)


REFS = [
    "-o/tmp/x", "--output=x", "--no-index", "--all", "-c", "--", "-", "", "  ", "x" * 501,
    "HEAD..HEAD~1", "HEAD...main", "refs/../../etc", "^HEAD", "HEAD^@", "HEAD^!", "HEAD^{tree}", "HEAD:a.txt", ":a.txt",
    ":/work", "no-such-ref", "HEAD~99", "HEAD\n", "a\0b", "@{-1}", "main@{9}", "@{upstream}", "$(touch x)", "`x`",
    "\udcff", "\ud800", "1" * 40, "1" * 64, "HEAD main",
]  # fmt: skip


@pytest.mark.parametrize("ref", REFS, ids=ascii)
def test_refs_that_name_no_commit(pair: tuple[Workshop, str, str], ref: str) -> None:
    shop, *_ = pair
    before = sorted(shop.root.rglob("*"))
    found = refusal(shop.root, ref)
    assert found.code == "bad-ref"
    assert "revision" in str(found)
    assert str(found).isprintable()
    assert len(str(found)) < 400
    assert sorted(shop.root.rglob("*")) == before


def test_a_tag_on_a_tree_is_no_commit(pair: tuple[Workshop, str, str]) -> None:
    shop, *_ = pair
    shop.git("tag", "tree", "HEAD^{tree}")
    assert "is a tree" in str(refusal(shop.root, "tree"))


def test_only_full_object_ids_are_compared(pair: tuple[Workshop, str, str]) -> None:
    shop, base, head = pair
    with git.open_repository(shop.root) as repository:
        for bad in ("HEAD", "--output=x", base[:12], base + "\n", base.upper()):
            with pytest.raises(Refusal, match="bad-ref"):
                git.compare(repository, bad, head)
            with pytest.raises(Refusal, match="bad-ref"):
                git.span(repository, head, bad)
            with pytest.raises(Refusal, match="bad-ref"):
                git.tracked_paths(repository, bad)
        with pytest.raises(Refusal, match="corrupt-repository"):
            git.compare(repository, "1" * 40, head)
        with pytest.raises(Refusal, match="corrupt-repository"):
            git.span(repository, "1" * 40, head)


def test_corrupt_and_missing_objects(pair: tuple[Workshop, str, str]) -> None:
    shop, base, head = pair
    names = shop.git("rev-parse", "HEAD^{tree}", "HEAD~1:gone.txt", "HEAD").splitlines()
    tree, blob, commit = (shop.root / ".git/objects" / sha[:2] / sha[2:] for sha in names)
    kept = tree.read_bytes()
    tree.chmod(0o600)
    tree.write_bytes(b"x")
    with git.open_repository(shop.root) as repository, pytest.raises(Refusal, match="object") as caught:
        git.compare(repository, base, head)
    assert caught.value.code == "corrupt-repository"
    assert "git fsck" in str(caught.value)
    tree.write_bytes(kept)
    blob.unlink()
    with git.open_repository(shop.root) as repository, pytest.raises(Refusal, match="corrupt-repository"):
        git.read_blob(repository, base, "gone.txt")
    commit.unlink()
    assert refusal(shop.root).code == "corrupt-repository"


def test_an_unusable_date(shop: Workshop) -> None:
    tree = shop.git("mktree")
    raw = f"tree {tree}\nauthor a <a> 0 +0000\ncommitter a <a> 99999999999999 +0000\n\nx\n"
    shop.write("raw", raw)
    sha = shop.git("hash-object", "-t", "commit", "-w", "--literally", "raw")
    assert refusal(shop.root, sha).code in {"no-commit", "corrupt-repository"}
    shop.git("update-ref", "refs/heads/main", sha)
    assert refusal(shop.root, sha).code == "corrupt-repository"


# Shallow clones


@pytest.fixture
def long(shop: Workshop) -> tuple[Workshop, list[str]]:
    return shop, [shop.commit({"a": f"{day}\n"}, date=f"2026-11-{day:02}T12:00:00Z") for day in range(1, 7)]


def clone(shop: Workshop, place: Path, depth: int) -> Workshop:
    shop.git("clone", "-q", f"--depth={depth}", shop.root.as_uri(), str(place))
    return Workshop(place)


def test_shallow_clone_without_the_base(long: tuple[Workshop, list[str]], tmp_path: Path) -> None:
    shop, commits = long
    copy = clone(shop, tmp_path / "copy", 1)
    found = refusal(copy.root, commits[2])
    assert found.code == "shallow-clone"
    assert f"git fetch --depth=1 origin {commits[2]}" in str(found)
    found = refusal(copy.root, "HEAD~1")
    assert found.code == "shallow-clone"
    assert "fetch-depth: 0" in str(found)
    with git.open_repository(copy.root) as repository:
        assert git.revision(repository).sha == commits[-1]
        assert not git.revision(repository).dirty
    # The remedy works: the trees can be compared, the days between them are not known.
    copy.git("fetch", "-q", "--depth=1", "origin", commits[2])
    with git.open_repository(copy.root) as repository:
        assert totals(git.compare(repository, commits[2], commits[-1])) == (1, 1, 1)
        assert git.span(repository, commits[2], commits[-1]) is None


def test_shallow_clone_that_is_deep_enough(long: tuple[Workshop, list[str]], tmp_path: Path) -> None:
    shop, commits = long
    copy = clone(shop, tmp_path / "copy", 3)
    with git.open_repository(copy.root) as repository:
        assert git.span(repository, commits[-3], commits[-1]) == 2


def test_a_branch_that_only_a_remote_has(long: tuple[Workshop, list[str]], tmp_path: Path) -> None:
    shop, commits = long
    shop.git("branch", "topic", commits[2])
    shop.git("clone", "-q", shop.root.as_uri(), str(tmp_path / "copy"))
    copy = Workshop(tmp_path / "copy")
    with git.open_repository(copy.root) as repository:
        assert git.find(repository, "main") == (commits[-1], "main")
        assert git.find(repository, "topic") == (commits[2], "origin/topic")
        assert git.revision(repository, "topic").sha == commits[2]
        assert git.origin(repository) == shop.root.as_uri()
    with git.open_repository(shop.root) as repository:
        assert git.origin(repository) is None


def test_the_old_name_of_the_default_branch(long: tuple[Workshop, list[str]], tmp_path: Path) -> None:
    shop, _ = long
    copy = clone(shop, tmp_path / "copy", 1)
    at = "; the default branch of origin is 'main'"
    assert f"'master' is not in this shallow clone{at}; `git fetch" in str(refusal(copy.root, "master"))
    copy.git("fetch", "-q", "--unshallow")
    assert f"'master' names no commit of this repository{at}; `git fetch" in str(refusal(copy.root, "master"))
    assert at not in str(refusal(copy.root, "master~1"))
    copy.git("remote", "set-head", "origin", "--delete")
    assert at not in str(refusal(copy.root, "master"))


def test_partial_clone(long: tuple[Workshop, list[str]], tmp_path: Path) -> None:
    shop, commits = long
    shop.git("config", "uploadpack.allowFilter", "true")
    shop.git("clone", "-q", "--filter=blob:none", shop.root.as_uri(), str(tmp_path / "copy"))
    copy = Workshop(tmp_path / "copy")
    with git.open_repository(copy.root) as repository:
        assert not git.revision(repository).dirty
        assert git.span(repository, commits[0], commits[-1]) == 5
        with pytest.raises(Refusal, match=r"corrupt-repository.*git fetch --refetch --no-filter"):
            git.compare(repository, commits[0], commits[-1])
    copy.git("fetch", "-q", "--refetch", "--no-filter")
    with git.open_repository(copy.root) as repository:
        assert totals(git.compare(repository, commits[0], commits[-1])) == (1, 1, 1)


# Days


def test_span(long: tuple[Workshop, list[str]]) -> None:
    shop, commits = long
    with git.open_repository(shop.root) as repository:
        assert git.span(repository, commits[0], commits[-1]) == 5
        assert git.span(repository, commits[-2], commits[-1]) == 1
        assert git.span(repository, commits[0], commits[0]) is None
        assert git.span(repository, commits[-1], commits[0]) is None


def test_span_is_in_utc_and_over_side_branches(shop: Workshop) -> None:
    base = shop.commit({"a": "0"}, date="2026-10-01T00:00:00Z")
    shop.git("checkout", "-qb", "side")
    shop.commit({"b": "1"}, date="2026-11-02T23:30:00-02:00")  # the 3rd in UTC
    shop.git("checkout", "-q", "main")
    shop.commit({"a": "1"}, date="2026-11-04T00:10:00+03:00")  # the 3rd in UTC
    shop.git("merge", "-q", "-m", "m", "side", date="2026-11-05T00:00:00Z")
    with git.open_repository(shop.root) as repository:
        assert git.span(repository, base, shop.git("rev-parse", "HEAD~1")) == 1
        assert git.span(repository, base, shop.git("rev-parse", "HEAD")) == 3


# Files of a commit


def test_read_blob(pair: tuple[Workshop, str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    shop, _, head = pair
    (shop.root / "link").symlink_to("/etc/passwd")
    last = shop.commit()
    with git.open_repository(shop.root) as repository:
        assert git.read_blob(repository, head, "b.bin") == bytes(range(256))
        assert git.read_blob(repository, head, "new/c.txt") == b"c\n"
        for absent in (
            "nope",
            "new/",
            "/etc/passwd",
            "../a.txt",
            "./a.txt",
            "new//c.txt",
            "",
            ".",
            "*",
            "a\0b",
            "link",
        ):
            assert git.read_blob(repository, head, absent) is None
        for odd in ("new", "link"):
            with pytest.raises(Refusal, match="not-a-file"):
                git.read_blob(repository, last, odd)
        monkeypatch.setattr(git, "BLOB_LIMIT", 255)
        with pytest.raises(Refusal, match="too-large"):
            git.read_blob(repository, head, "b.bin")


def test_tracked_paths(pair: tuple[Workshop, str, str]) -> None:
    shop, base, head = pair
    with git.open_repository(shop.root) as repository:
        assert git.tracked_paths(repository, base) == {"a.txt", "gone.txt"}
        assert git.tracked_paths(repository, head) == {"a.txt", "b.bin", "new/c.txt"}
        empty = shop.git("commit-tree", shop.git("mktree"), "-m", "empty")
        assert git.tracked_paths(repository, empty) == frozenset()


# Whether the work tree is clean


def test_dirty(pair: tuple[Workshop, str, str]) -> None:
    shop, *_ = pair
    shop.write("untracked.txt", "x")
    assert not dirty(shop.root)
    os.utime(shop.root / "a.txt", (1e9, 1e9))
    assert not dirty(shop.root)
    shop.write("a.txt", "1\n2\nz\ny\n")  # as long as it was, in the same second
    assert dirty(shop.root)
    with git.open_repository(shop.root) as repository:
        assert not git.revision(repository, "main").dirty
    shop.git("checkout", "-q", "a.txt")
    assert not dirty(shop.root)
    (shop.root / "a.txt").unlink()
    assert dirty(shop.root)
    shop.git("checkout", "-q", "a.txt")
    shop.git("add", "untracked.txt")
    assert dirty(shop.root)


def test_which_files_are_dirty(pair: tuple[Workshop, str, str]) -> None:
    shop, base, head = pair
    shop.write("untracked.txt", "x")
    with git.open_repository(shop.root) as repository:
        assert git.changed_paths(repository, head) == frozenset()
        assert git.changed_paths(repository, base) == {"a.txt", "b.bin", "gone.txt", "new/c.txt"}
        shop.write("new/c.txt", "d\n")
        (shop.root / "b.bin").unlink()
        assert git.changed_paths(repository, head) == {"b.bin", "new/c.txt"}


def test_our_own_directory_is_not_dirt(pair: tuple[Workshop, str, str]) -> None:
    shop, *_ = pair
    shop.commit({".phasemetrics/phases/1/end.json": "{}", "sub/.phasemetrics/x": "1", "my.phasemetrics": "1"})
    shop.write(".phasemetrics/phases/1/end.json", "{1}")
    shop.write("sub/.phasemetrics/x", "2")
    assert not dirty(shop.root)
    shop.write("my.phasemetrics", "2")
    assert dirty(shop.root)


def test_asking_changes_nothing(pair: tuple[Workshop, str, str]) -> None:
    shop, *_ = pair
    os.utime(shop.root / "a.txt", (1e9, 1e9))
    before = {path: path.stat().st_mtime_ns for path in (shop.root / ".git").rglob("*")}
    assert not dirty(shop.root)
    assert {path: path.stat().st_mtime_ns for path in (shop.root / ".git").rglob("*")} == before


@pytest.mark.parametrize("how", ["missing", "damaged", "empty", "pipe", "split", "sparse", "untracked-cache"])
def test_dirty_with_an_unusual_index(pair: tuple[Workshop, str, str], how: str) -> None:
    shop, *_ = pair
    index = shop.root / ".git" / "index"
    if how == "split":
        shop.git("update-index", "--split-index")
    elif how == "sparse":
        shop.git("sparse-checkout", "set", "--cone", "--sparse-index", "nothing")
        assert not (shop.root / "new").exists()
    elif how == "untracked-cache":
        shop.git("update-index", "--force-untracked-cache")
        shop.git("status")
    else:
        index.unlink()
        if how == "pipe":
            os.mkfifo(index)
        elif how != "missing":
            index.write_bytes(b"" if how == "empty" else b"DIRC" * 100)
    assert not dirty(shop.root)
    shop.write("a.txt", "changed\n")
    assert dirty(shop.root)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("fatal: odd\n", "unreadable"),
        ("fatal: sha1 file 'index.lock' write error. Out of diskspace\n", "no-temporary-directory"),
    ],
)
def test_a_work_tree_that_git_cannot_read(
    pair: tuple[Workshop, str, str], monkeypatch: pytest.MonkeyPatch, said: str, code: str
) -> None:
    shop, *_ = pair
    monkeypatch.setattr(_git_worktree, "_compare", lambda *_: _git_view.Answer(128, b"", said))
    assert refusal(shop.root).code == code


def test_a_copy_of_the_index_that_cannot_be_removed(
    pair: tuple[Workshop, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, *_ = pair
    monkeypatch.setattr(_git_worktree, "_compare", lambda *_: _git_view.Answer(128, b"", ""))

    def broken(path: Path, missing_ok: bool = False) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "unlink", broken)
    assert refusal(shop.root).code == "no-temporary-directory"


def test_line_ends_as_the_person_configured_them(pair: tuple[Workshop, str, str]) -> None:
    shop, *_ = pair
    shop.git("config", "core.autocrlf", "true")
    shop.write("a.txt", "1\r\n2\r\nx\r\ny\r\n")
    assert not dirty(shop.root)
    shop.git("config", "core.autocrlf", "false")
    assert dirty(shop.root)


def test_modes_as_the_disk_has_them(pair: tuple[Workshop, str, str]) -> None:
    shop, *_ = pair
    (shop.root / "a.txt").chmod(0o755)
    assert dirty(shop.root)
    shop.git("config", "core.filemode", "false")
    assert not dirty(shop.root)


# What it costs and leaves


def test_the_view_is_removed(pair: tuple[Workshop, str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop, *_ = pair
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    with git.open_repository(shop.root) as repository:
        git.revision(repository)
        assert len(list((tmp_path / "tmp").iterdir())) == 1
    assert list((tmp_path / "tmp").iterdir()) == []
    with pytest.raises(KeyboardInterrupt), git.open_repository(shop.root):
        raise KeyboardInterrupt
    assert list((tmp_path / "tmp").iterdir()) == []


def test_no_place_for_the_view(
    pair: tuple[Workshop, str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, *_ = pair
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "absent"))
    assert refusal(shop.root).code == "no-temporary-directory"
    monkeypatch.setattr(tempfile, "tempdir", None)

    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(_git_view, "_lay_out", full)
    assert "No space left" in str(refusal(shop.root))


def test_few_processes(pair: tuple[Workshop, str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    shop, base, head = pair
    started = []
    run = _git_view._run

    def counted(arguments: Sequence[str], settings: Mapping[str, str]) -> _git_view.Answer:
        started.append(arguments)
        return run(arguments, settings)

    monkeypatch.setattr(_git_view, "_run", counted)
    with git.open_repository(shop.root) as repository:
        git.revision(repository)
        git.revision(repository, base)
        git.compare(repository, base, head)
        git.span(repository, base, head)
    assert len(started) == 9


def test_the_environment_is_as_it_was(pair: tuple[Workshop, str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    shop, *_ = pair
    monkeypatch.setenv("GIT_DIR", "/nonexistent")
    before = dict(os.environ)
    assert not dirty(shop.root)
    assert dict(os.environ) == before


def test_the_work_tree_may_vanish(pair: tuple[Workshop, str, str]) -> None:
    shop, base, head = pair
    with git.open_repository(shop.root) as repository:
        shutil.move(shop.root, shop.root.with_name("moved"))
        with pytest.raises(Refusal):
            git.compare(repository, base, head)
        with pytest.raises(Refusal):
            git.revision(repository)
