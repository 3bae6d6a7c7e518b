"""The base of a phase is found in every kind of clone, or a command is printed that brings it, and is run here."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from git_workshop import Workshop
from journey import Ended, phasemetrics, succeed

DOCUMENT = "docs/RETRO_3.md"
CONFIG = 'documents = ["docs/RETRO_{phase}.md"]\njunit = ["build/junit.xml"]\nbase = "phase-{previous}"\n'
REPORT = "<testsuite><testcase name='adds'/><testcase name='counts'/></testsuite>"
OPEN = "- Lines Added: X\n- Files Modified: Y\n"


@dataclass(frozen=True, slots=True)
class Shop:
    """The repository that everybody clones: phase 2 was tagged, one commit later the baseline of phase 3 recorded."""

    work: Workshop
    home: Path
    tagged: str
    recorded: str

    def clone(self, place: Path, *options: str, report: bool = True) -> Workshop:
        self.work.git("clone", "-q", *options, self.work.root.as_uri(), str(place))
        return self.ready(Workshop(place)) if report else Workshop(place)

    def ready(self, copy: Workshop) -> Workshop:
        copy.write("build/junit.xml", REPORT)
        return copy

    def run(self, copy: Workshop, *arguments: str, **variables: str) -> Ended:
        return phasemetrics(copy.root, *arguments, HOME=str(self.home), **variables)

    def fill(self, copy: Workshop, *options: str, **variables: str) -> Ended:
        """Fill the document of phase 3; no number may be written where that is refused."""
        before = (copy.root / DOCUMENT).read_bytes()
        ended = self.run(copy, "fill", "-p", "3", *options, **variables)
        assert ended.code in {0, 3}, ended.err
        assert ended.code == 0 or (copy.root / DOCUMENT).read_bytes() == before
        return ended

    def shell(self, copy: Workshop, command: str) -> None:
        """Run a command as it was printed."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        subprocess.run(["sh", "-c", command], cwd=copy.root, env={**clean, "HOME": str(self.home)}, check=True)


def shop_at(place: Path) -> Shop:
    work, home = Workshop(place / "work"), place / "home"
    home.mkdir()
    first = {f"src/{name}.py": f"{name}\n" * 5 for name in ("cart", "price", "old")}
    tagged = work.commit({**first, "phasemetrics.toml": CONFIG, ".gitignore": "build\n"})
    work.git("tag", "-a", "-m", "the end", "phase-2")
    recorded = work.commit({"src/late.py": "late\n" * 7})
    work.write("build/junit.xml", REPORT)
    succeed(work.root, "baseline", "-p", "3", HOME=str(home))
    succeed(work.root, "new", "retrospective", "-p", "3", "-o", DOCUMENT, HOME=str(home))
    work.commit()
    work.commit({"src/cart.py": "cart\n" * 3 + "more\n" * 4}, date="2026-11-03T12:00:00Z")
    (work.root / "src" / "old.py").unlink()
    work.commit({"src/tax.py": "tax\n" * 11}, date="2026-11-05T12:00:00Z")
    work.git("config", "uploadpack.allowFilter", "true")
    shutil.rmtree(work.root / "build")
    return Shop(work, home, tagged, recorded)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    shop = shop_at(tmp_path_factory.mktemp("shop"))
    refs = shop.work.git("for-each-ref")
    yield shop
    assert shop.work.git("for-each-ref") == refs, "a journey changed the repository that all clone"


@pytest.fixture
def shop(made: Shop, tmp_path: Path) -> Shop:
    """The shop with a home of its own, where a journey may configure git."""
    home = tmp_path / "home"
    home.mkdir()
    return Shop(made.work, home, made.tagged, made.recorded)


@pytest.fixture
def own(shop: Shop, tmp_path: Path) -> Shop:
    """A copy of the shop for a journey that changes it."""
    shutil.copytree(shop.work.root, tmp_path / "own", symlinks=True)
    return Shop(Workshop(tmp_path / "own"), shop.home, shop.tagged, shop.recorded)


@pytest.fixture(scope="module")
def whole(made: Shop, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the document says when it is filled in a whole clone, from the tag and from the recorded commit."""
    found = {}
    for base in (made.tagged, made.recorded):
        copy = made.clone(tmp_path_factory.mktemp("whole") / "copy")
        assert made.fill(copy, "--base", base).code == 0
        found[base] = text(copy)
    return found


def text(copy: Workshop) -> str:
    return (copy.root / DOCUMENT).read_text("utf-8")


def end(copy: Workshop) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((copy.root / ".phasemetrics/phases/3/end.json").read_text("utf-8"))
    return found


def counts(snapshot: dict[str, Any]) -> tuple[int, int, int]:
    """Return files, insertions and deletions of a snapshot, as `git diff --shortstat` counts them."""
    metrics = {name: int(metric["value"]) for name, metric in snapshot["metrics"].items() if "." in name}
    files = sum(metrics[f"files.{what}"] for what in ("created", "modified", "deleted"))
    return files, metrics["lines.added"], metrics["lines.deleted"]


def printed(ended: Ended) -> list[str]:
    return re.findall(r"`(git [^`]+)`", ended.err)


def shallow(copy: Workshop) -> bool:
    return copy.git("rev-parse", "--is-shallow-repository") == "true"


def state(copy: Workshop) -> tuple[str, str, bool]:
    """Return what a fetch must leave alone: the refs, the configuration, and whether there was a FETCH_HEAD."""
    return copy.git("for-each-ref"), copy.git("config", "--list", "--local"), (copy.root / ".git/FETCH_HEAD").exists()


# A whole clone


def test_a_whole_clone_has_all_there_is(shop: Shop, whole: dict[str, str], tmp_path: Path) -> None:
    copy = shop.clone(tmp_path / "copy")
    ended = shop.fill(copy)
    assert ended.code == 0
    assert text(copy) == whole[shop.tagged] != whole[shop.recorded]
    assert end(copy)["base"] == shop.tagged
    assert counts(end(copy)) == shop.work.shortstat(shop.tagged, "HEAD")
    # Both commits since the baseline was committed; 7 lines of src/late.py only count from the tag.
    assert "- Files Modified: 1\n" in text(copy)
    assert all(f"- `src/{name}.py` - " in text(copy) for name in ("cart", "tax", "old", "late"))
    assert "src/late.py" not in whole[shop.recorded]
    assert printed(ended) == []
    assert "fetching" not in shop.fill(copy, "--fetch").err
    assert text(copy) == whole[shop.tagged]
    assert end(copy)["metrics"]["phase.days"]["value"] == 5


def test_a_bare_origin_makes_no_difference(shop: Shop, whole: dict[str, str], tmp_path: Path) -> None:
    shop.work.git("clone", "-q", "--bare", shop.work.root.as_uri(), str(tmp_path / "bare.git"))
    shop.work.git("clone", "-q", "--depth=1", (tmp_path / "bare.git").as_uri(), str(tmp_path / "copy"))
    copy = shop.ready(Workshop(tmp_path / "copy"))
    assert shop.fill(copy, "--fetch").code == 0
    assert text(copy) == whole[shop.tagged]


def test_detached_head(shop: Shop, whole: dict[str, str], tmp_path: Path) -> None:
    copy = shop.clone(tmp_path / "copy")
    copy.git("checkout", "-q", "--detach")
    copy.git("branch", "-q", "-D", "main")
    assert shop.fill(copy).code == 0
    assert text(copy) == whole[shop.tagged]


# Shallow clones


def test_a_shallow_clone_says_what_is_missing_and_fills_the_rest(shop: Shop, tmp_path: Path) -> None:
    copy = shop.clone(tmp_path / "copy", "--depth=1")
    ended = shop.fill(copy)
    assert ended.code == 0
    assert ended.err.count("warning[shallow-clone]") == 2
    assert f"`git fetch --depth=1 origin {shop.recorded}`" in ended.err
    assert OPEN in text(copy)
    assert "- Tests Passing: 2/2 → 2/2\n" in text(copy)


def test_the_printed_command_for_a_tag(shop: Shop, whole: dict[str, str], tmp_path: Path) -> None:
    copy = shop.clone(tmp_path / "copy", "--depth=1")
    command = printed(shop.fill(copy))[0]
    assert command == "git fetch --depth=1 origin tag phase-2"
    shop.shell(copy, command)
    assert shop.fill(copy).code == 0
    assert text(copy) == whole[shop.tagged]
    assert shallow(copy)


def test_the_printed_command_for_the_recorded_commit(shop: Shop, whole: dict[str, str], tmp_path: Path) -> None:
    copy = shop.clone(tmp_path / "copy", "--depth=1")
    command = next(command for command in printed(shop.fill(copy)) if shop.recorded in command)
    shop.shell(copy, command)
    ended = shop.fill(copy)
    # The tag is still not here: the recorded commit takes over, and that is said.
    assert ended.code == 0
    assert "warning[shallow-clone]: files and lines are not counted from there: revision 'phase-2'" in ended.err
    assert text(copy) == whole[shop.recorded]
    assert end(copy)["base"] == shop.recorded


@pytest.mark.parametrize("command", ["fill", "collect", "baseline"])
def test_a_named_base_that_is_missing_is_refused(shop: Shop, tmp_path: Path, command: str) -> None:
    copy = shop.clone(tmp_path / "copy", "--depth=1")
    more = ["--force"] if command == "baseline" else []
    phase = [] if command == "collect" else ["-p", "3"]
    arguments = [command, *phase, *more, "--base", shop.tagged, "--json"]
    ended = shop.run(copy, *arguments)
    assert ended.code == 3
    assert "error[shallow-clone]" in ended.err + ended.out or '"shallow-clone"' in ended.out
    (told,) = set(printed(Ended(3, "", ended.err + ended.out)))
    assert told == f"git fetch --depth=1 origin {shop.tagged}"
    assert not copy.git("status", "--porcelain")
    ended = shop.run(copy, *arguments, "--fetch")
    assert ended.code == 0, ended.err
    assert ended.err.startswith(f"fetching {shop.tagged} from origin\n")
    shop.shell(copy, told)  # it still does no harm
    assert shop.run(copy, *arguments).code == 0


def test_a_depth_1_clone_is_filled_completely(shop: Shop, whole: dict[str, str], tmp_path: Path) -> None:
    copy = shop.clone(tmp_path / "copy", "--depth=1")
    before = state(copy)
    ended = shop.fill(copy, "--fetch")
    assert ended.code == 0
    assert ended.err.startswith("fetching phase-2 from origin\n")
    assert "warning" not in ended.err
    assert text(copy) == whole[shop.tagged]
    assert counts(end(copy)) == shop.work.shortstat(shop.tagged, "HEAD")
    assert "phase.days" not in end(copy)["metrics"]  # nobody here knows the commits between
    assert state(copy) == before
    assert shallow(copy)
    assert copy.git("rev-list", "--count", "HEAD", shop.tagged) == "2"
    assert "broken" not in copy.git("fsck", "--connectivity-only")
    # What is here is not fetched again, though there is still no such tag; and nothing is written again.
    packs = sorted((copy.root / ".git/objects/pack").iterdir())
    again = shop.fill(copy, "--diff", "--fetch")
    assert (again.code, again.out) == (0, "")
    assert sorted((copy.root / ".git/objects/pack").iterdir()) == packs
    assert sorted((copy.root / ".git").glob("*.lock")) == []


def test_fetch_by_variable_and_quietly(shop: Shop, whole: dict[str, str], tmp_path: Path) -> None:
    copy = shop.clone(tmp_path / "copy", "--depth=1")
    ended = shop.fill(copy, "-q", PHASEMETRICS_FETCH="1")
    assert (ended.code, "fetching" in ended.err) == (0, False)
    assert text(copy) == whole[shop.tagged]


def test_the_recorded_commit_is_fetched_where_the_tag_is_nowhere(
    own: Shop, whole: dict[str, str], tmp_path: Path
) -> None:
    own.work.git("tag", "-d", "phase-2")
    copy = own.clone(tmp_path / "copy", "--depth=1")
    ended = own.fill(copy, "--fetch")
    assert ended.code == 0
    assert "warning[cannot-fetch]: origin has no tag and no branch 'phase-2'; its default branch is 'main'" in ended.err
    assert f"fetching {own.recorded} from origin\n" in ended.err
    assert text(copy) == whole[own.recorded]


def test_a_deeper_shallow_clone_keeps_its_depth(own: Shop, tmp_path: Path) -> None:
    own.work.git("branch", "release", "HEAD~1")
    copy = own.clone(tmp_path / "copy", "--depth=3")
    assert copy.git("rev-list", "--count", "HEAD") == "3"
    ends = (copy.root / ".git/shallow").read_bytes()
    ended = own.fill(copy, "--fetch", "--base", "release")
    assert ended.code == 0
    assert end(copy)["base"] == own.work.git("rev-parse", "release")
    assert copy.git("rev-list", "--count", "HEAD") == "3"
    assert (copy.root / ".git/shallow").read_bytes() == ends


def test_a_branch_that_a_single_branch_clone_lacks(own: Shop, tmp_path: Path) -> None:
    own.work.git("branch", "team/release", own.tagged)
    copy = own.clone(tmp_path / "copy", "--depth=1")
    told = printed(own.fill(copy, "--base", "team/release"))
    command = "git fetch --depth=1 origin team/release:refs/remotes/origin/team/release"
    assert told[:2] == ["git fetch --depth=1 origin tag team/release", command]
    own.shell(copy, command)
    ended = own.fill(copy, "--base", "team/release")
    assert ended.code == 0
    assert "warning[remote-branch]: team/release is no branch of this clone: origin/team/release was taken" in ended.err
    assert end(copy)["base"] == own.tagged


@pytest.mark.parametrize("name", ["team/release", "origin/team/release", "refs/heads/team/release"])
def test_a_branch_is_fetched_by_any_of_its_names(own: Shop, tmp_path: Path, name: str) -> None:
    own.work.git("branch", "team/release", own.tagged)
    copy = own.clone(tmp_path / "copy", "--depth=1")
    refused = own.fill(copy, "--base", name)
    assert refused.code == 3
    before = state(copy)
    assert own.fill(copy, "--base", name, "--fetch").code == 0
    assert end(copy)["base"] == own.tagged
    assert state(copy) == before
    command = next(command for command in printed(refused) if f"{name.removeprefix('origin/')}:refs/" in command)
    own.shell(copy, command)
    assert own.fill(copy, "--base", name).code == 0


# A whole clone stays whole


def test_a_whole_clone_never_becomes_shallow(own: Shop, tmp_path: Path) -> None:
    copy = own.clone(tmp_path / "copy")
    own.work.git("checkout", "-q", "-b", "side", own.tagged)
    aside = own.work.commit({"src/side.py": "side\n"})
    assert not shallow(copy)
    refused = own.fill(copy, "--base", aside)
    assert (refused.code, printed(refused)[0]) == (3, f"git fetch origin {aside}")
    before = state(copy)
    assert own.fill(copy, "--base", aside, "--fetch").code == 0
    assert state(copy) == before
    assert not shallow(copy)
    assert not (copy.root / ".git/shallow").exists()
    assert counts(end(copy)) == own.work.shortstat(aside, "main")
    assert copy.git("rev-list", "--count", aside) == "2"
    other = own.clone(tmp_path / "other", "--single-branch", "-b", "main")
    own.shell(other, printed(own.fill(other, "--base", aside))[0])
    assert not shallow(other)
    assert own.fill(other, "--base", aside).code == 0


def test_a_remote_that_is_shallow_itself_cuts_no_whole_clone(own: Shop, tmp_path: Path) -> None:
    copy = own.clone(tmp_path / "copy")
    own.work.git("checkout", "-q", "-b", "side")
    own.work.commit({"a": "a\n"})
    aside = own.work.commit({"a": "b\n"})
    own.work.git("clone", "-q", "--depth=1", own.work.root.as_uri(), str(tmp_path / "cut"))
    copy.git("remote", "set-url", "origin", (tmp_path / "cut").as_uri())
    ended = own.fill(copy, "--base", aside, "--fetch")
    assert ended.code == 3 or counts(end(copy)) == own.work.shortstat(aside, "main")
    assert not shallow(copy)
    assert not (copy.root / ".git/shallow").exists()


def test_what_was_filled_elsewhere_is_checked_in_any_clone(own: Shop, tmp_path: Path) -> None:
    own.ready(own.work)
    assert own.fill(own.work).code == 0
    own.work.commit()
    for number, options in enumerate(([], ["--depth=1"])):
        copy = own.clone(tmp_path / f"copy{number}", *options, report=False)
        ended = own.run(copy, "check", "-p", "3")
        assert (ended.code, ended.out) == (0, ""), ended.err


# Branches with other names


def test_only_the_remote_has_the_branch(own: Shop, tmp_path: Path) -> None:
    own.work.git("branch", "release", own.tagged)
    copy = own.clone(tmp_path / "copy")
    ended = own.fill(copy, "--base", "release")
    assert ended.code == 0
    assert "warning[remote-branch]: release is no branch of this clone: origin/release was taken" in ended.err
    assert (end(copy)["base"], end(copy)["warnings"][0]["code"]) == (own.tagged, "remote-branch")
    ended = own.run(copy, "collect", "--head", "release", "--json")
    assert json.loads(ended.out)["revision"]["sha"] == own.tagged


def test_a_default_branch_that_was_renamed(own: Shop, tmp_path: Path) -> None:
    own.work.git("branch", "-m", "main", "trunk")
    copy = own.clone(tmp_path / "copy")
    for name, options in (("main", []), ("master", ["--fetch"])):
        ended = own.fill(copy, "--base", name, *options)
        assert ended.code == 3
        assert "default branch" in ended.err
        assert "'trunk'" in ended.err
    assert own.fill(copy, "--base", "trunk").code == 0


# What CI checks out


def checked_out(shop: Shop, place: Path, ref: str, depth: int = 1) -> Workshop:
    """Return a clone as CI makes it: one ref, fetched into an empty repository, and a HEAD that is detached."""
    copy = Workshop(place)
    copy.git("remote", "add", "origin", shop.work.root.as_uri())
    copy.git(
        "fetch", "-q", "--no-tags", f"--depth={depth}", "origin", f"+{ref}:refs/remotes/{ref.removeprefix('refs/')}"
    )
    copy.git("checkout", "-q", "--force", f"refs/remotes/{ref.removeprefix('refs/')}")
    return shop.ready(copy)


@pytest.fixture
def merged(own: Shop) -> tuple[Shop, str, tuple[int, int, int]]:
    """A pull request whose merge commit is checked out, after the branch it goes to has moved on; what it changes."""
    own.work.git("checkout", "-q", "-b", "topic")
    own.work.commit({"src/topic.py": "topic\n" * 3, "src/cart.py": "cart\n" * 2})
    own.work.git("checkout", "-q", "main")
    base = own.work.commit({"src/elsewhere.py": "elsewhere\n" * 9})
    own.work.git("checkout", "-q", "--detach")
    own.work.git("merge", "-q", "--no-ff", "-m", "merge", "topic")
    own.work.git("update-ref", "refs/pull/1/merge", "HEAD")
    own.work.git("update-ref", f"refs/heads/gh-readonly-queue/main/pr-1-{base}", "HEAD")
    own.work.git("checkout", "-q", "main")
    return own, base, own.work.shortstat(own.work.git("merge-base", "main", "topic"), "topic")


def test_the_merge_commit_of_a_pull_request(merged: tuple[Shop, str, tuple[int, int, int]], tmp_path: Path) -> None:
    shop, base, changed = merged
    assert changed[0] == 2
    for number, options in enumerate((["--base", "origin/main"], ["--base", "main"], ["--base", base])):
        copy = checked_out(shop, tmp_path / f"copy{number}", "refs/pull/1/merge")
        assert shop.fill(copy, *options, "--fetch").code == 0
        assert end(copy)["base"] == base
        assert counts(end(copy)) == changed
    shop.work.commit({"src/meanwhile.py": "meanwhile\n"})
    late = checked_out(shop, tmp_path / "late", "refs/pull/1/merge")
    assert shop.fill(late, "--base", "main", "--fetch").code == 0
    assert counts(end(late)) != changed  # the branch has moved on again since the merge commit was made
    deeper = checked_out(shop, tmp_path / "deeper", "refs/pull/1/merge", 2)
    assert shop.fill(deeper, "--base", "HEAD^1").code == 0
    assert counts(end(deeper)) == changed


def test_a_parent_that_was_cut_off(merged: tuple[Shop, str, tuple[int, int, int]], tmp_path: Path) -> None:
    shop, _, changed = merged
    copy = checked_out(shop, tmp_path / "copy", "refs/pull/1/merge")
    for options, code in (([], "shallow-clone"), (["--fetch"], "cannot-fetch")):
        refused = shop.fill(copy, "--base", "HEAD^1", *options)
        assert (refused.code, f"error[{code}]" in refused.err) == (3, True)
    shop.shell(copy, printed(refused)[0])
    assert shop.fill(copy, "--base", "HEAD^1").code == 0
    assert counts(end(copy)) == changed


def test_a_merge_queue(merged: tuple[Shop, str, tuple[int, int, int]], tmp_path: Path) -> None:
    shop, base, changed = merged
    copy = checked_out(shop, tmp_path / "copy", f"refs/heads/gh-readonly-queue/main/pr-1-{base}")
    refused = shop.fill(copy, "--base", base)
    assert refused.code == 3
    shop.shell(copy, printed(refused)[0])
    assert shop.fill(copy, "--base", base).code == 0
    assert counts(end(copy)) == changed
    other = checked_out(shop, tmp_path / "other", f"refs/heads/gh-readonly-queue/main/pr-1-{base}")
    assert shop.fill(other, "--base", base, "--fetch").code == 0
    assert text(other) == text(copy)


@pytest.mark.parametrize("options", [[], ["--fetch"]])
def test_a_variable_of_ci_that_is_not_set(
    shop: Shop, whole: dict[str, str], tmp_path: Path, options: list[str]
) -> None:
    copy = shop.clone(tmp_path / "copy")
    assert shop.fill(copy, "--base", "", *options).code == 3
    assert shop.fill(copy, *options, PHASEMETRICS_BASE="").code == 0
    assert text(copy) == whole[shop.tagged]


# Forks


def forked(shop: Shop, place: Path) -> tuple[Workshop, str]:
    """Return a clone of a fork, and a commit of the repository it was forked from that the fork never saw."""
    shop.work.git("clone", "-q", "--bare", shop.work.root.as_uri(), str(place / "fork.git"))
    shop.work.git("checkout", "-q", "-b", "later", shop.tagged)
    unseen = shop.work.commit({"src/unseen.py": "unseen\n"})
    shop.work.git("clone", "-q", "--depth=1", (place / "fork.git").as_uri(), str(place / "copy"))
    return shop.ready(Workshop(place / "copy")), unseen


def test_a_fork_without_the_commit(own: Shop, tmp_path: Path) -> None:
    copy, unseen = forked(own, tmp_path)
    ended = own.fill(copy, "--base", unseen, "--fetch")
    assert ended.code == 3
    assert f"error[cannot-fetch]: origin did not give '{unseen}': " in ended.err
    assert "not our ref" in ended.err
    assert len(ended.err.splitlines()) == 2


def test_a_fork_that_knows_where_it_comes_from(own: Shop, tmp_path: Path) -> None:
    copy, unseen = forked(own, tmp_path)
    copy.git("remote", "add", "upstream", own.work.root.as_uri())
    refused = own.fill(copy, "--base", unseen)
    assert printed(refused) == [f"git fetch --depth=1 {name} {unseen}" for name in ("origin", "upstream")]
    ended = own.fill(copy, "--base", unseen, "--fetch")
    assert ended.code == 0
    told = [line for line in ended.err.splitlines() if line.startswith("fetching")]
    assert told == [f"fetching {unseen} from {name}" for name in ("origin", "upstream")]
    assert counts(end(copy)) == own.work.shortstat(unseen, "main")
    # A tag that only upstream has.
    copy.git("remote", "set-url", "origin", (tmp_path / "fork.git").as_uri())
    own.work.git("tag", "only-there", unseen)
    assert own.fill(copy, "--base", "only-there", "--fetch").code == 0


def test_the_only_remote_is_asked_whatever_it_is_called(shop: Shop, whole: dict[str, str], tmp_path: Path) -> None:
    copy = shop.clone(tmp_path / "copy", "--depth=1", "--origin", "company")
    told = printed(shop.fill(copy))
    assert told[0] == "git fetch --depth=1 company tag phase-2"
    assert shop.fill(copy, "--fetch").code == 0
    assert text(copy) == whole[shop.tagged]


def test_several_remotes_and_none_that_is_usual(shop: Shop, tmp_path: Path) -> None:
    copy = shop.clone(tmp_path / "copy", "--depth=1", "--origin", "one")
    copy.git("remote", "add", "two", "file:///nonexistent")
    ended = shop.fill(copy, "--base", shop.tagged, "--fetch")
    assert ended.code == 3
    assert "several remotes are configured, and none is called origin" in ended.err
    shop.shell(copy, printed(ended)[0])
    assert shop.fill(copy, "--base", shop.tagged).code == 0


def test_no_remote_at_all(shop: Shop, tmp_path: Path) -> None:
    copy = shop.clone(tmp_path / "copy", "--depth=1")
    copy.git("remote", "remove", "origin")
    for options, code in (([], "shallow-clone"), (["--fetch"], "cannot-fetch")):
        ended = shop.fill(copy, "--base", shop.tagged, *options)
        assert (ended.code, f"error[{code}]" in ended.err) == (3, True)
        assert "`git remote add origin URL` adds one" in ended.err


# Old commits that are measured now


def test_an_old_commit_is_fetched_to_be_measured(shop: Shop, tmp_path: Path) -> None:
    copy = shop.clone(tmp_path / "copy", "--depth=1")
    command = f"[commands]\ntest = '''echo \"{REPORT}\" > {{junit}}'''\n"
    copy.write("phasemetrics.toml", CONFIG + command)
    refused = shop.run(copy, "baseline", "-p", "4", "--at", "phase-2")
    assert (refused.code, "error[shallow-clone]" in refused.err) == (3, True)
    ended = shop.run(copy, "baseline", "-p", "4", "--at", "phase-2", "--fetch")
    assert ended.code == 0, ended.err
    recorded = json.loads((copy.root / ".phasemetrics/phases/4/baseline.json").read_text("utf-8"))
    assert recorded["revision"]["sha"] == shop.tagged


def test_the_commit_before_is_fetched_to_be_measured_in_turn(own: Shop, tmp_path: Path) -> None:
    lines = "goos: linux\\npkg: a\\nBenchmarkSum 100 5.0 ns/op\\nPASS\\n"
    own.work.commit({"phasemetrics.toml": f"{CONFIG}[commands]\nbench = '''printf '{lines}' > {{bench}}'''\n"})
    copy = own.clone(tmp_path / "copy", "--depth=1")
    options = ["--runs", "1", "--interleave"]
    assert own.fill(copy, *options).code == 3
    ended = own.fill(copy, *options, "--fetch")
    assert ended.code == 0, ended.err
    assert f"fetching {own.recorded} from origin\n" in ended.err
    assert f"run 1 of 1 of {own.recorded[:12]}: " in ended.err
    assert end(copy)["base"] == own.tagged


# Work trees and submodules


def test_a_linked_work_tree_of_a_shallow_clone(shop: Shop, whole: dict[str, str], tmp_path: Path) -> None:
    copy = shop.clone(tmp_path / "copy", "--depth=1")
    copy.git("worktree", "add", "-q", "--detach", str(tmp_path / "linked"))
    linked = Workshop.__new__(Workshop)
    linked.root = tmp_path / "linked"
    shop.ready(linked)
    assert OPEN in text(linked)
    assert shop.fill(linked, "--fetch").code == 0
    assert text(linked) == whole[shop.tagged]
    assert shop.tagged in (copy.root / ".git/shallow").read_text("ascii")
    assert shop.fill(copy, "--base", shop.tagged).code == 0


def test_inside_a_submodule_and_around_it(shop: Shop, whole: dict[str, str], tmp_path: Path) -> None:
    around = Workshop(tmp_path / "around")
    first = around.commit({"phasemetrics.toml": CONFIG, ".gitignore": "build\n", "a": "a\n"})
    around.git(
        "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "--depth=1", shop.work.root.as_uri(), "sub"
    )
    around.commit()
    inner = Workshop.__new__(Workshop)
    inner.root = around.root / "sub"
    shop.ready(inner)
    told = printed(shop.fill(inner))
    assert told[0] == "git fetch --depth=1 origin tag phase-2"
    assert shop.fill(inner, "--fetch").code == 0
    assert text(inner) == whole[shop.tagged]
    ended = shop.run(around, "collect", "--base", first, "--junit", "sub/build/junit.xml", "--json")
    assert ended.code == 0, ended.err
    assert counts(json.loads(ended.out)) == around.shortstat(first, "HEAD")


def test_a_project_in_a_folder_of_its_repository(tmp_path: Path, shop: Shop) -> None:
    mono = Workshop(tmp_path / "mono")
    inner = Workshop.__new__(Workshop)
    inner.root = mono.root / "apps" / "shop"
    inner.write("phasemetrics.toml", CONFIG)
    inner.write(".gitignore", "build\n")
    shop.ready(inner)
    mono.commit({"apps/shop/src/cart.py": "cart\n", "other": "1\n"})
    assert shop.run(inner, "baseline", "-p", "3").code == 0
    assert shop.run(inner, "new", "retrospective", "-p", "3", "-o", DOCUMENT).code == 0
    base = mono.commit()
    (inner.root / ".phasemetrics/phases/3/baseline.json").unlink()
    mono.commit({"apps/shop/src/cart.py": "cart\n" * 4})
    # The baseline is found where it was at the base, as it would be at the top of a repository.
    ended = shop.fill(inner, "--base", base)
    assert ended.code == 0
    found = "phase 3: compared with .phasemetrics/phases/3/baseline.json at the base revision"
    assert found in ended.err
    checked = shop.run(inner, "check", "-p", "3")
    assert (checked.code, found in checked.err) == (0, True), "it is looked for where fill found it"


# Nothing committed, nothing to be read


def test_an_unborn_branch(shop: Shop, tmp_path: Path) -> None:
    work = shop.ready(Workshop(tmp_path / "work"))
    work.write("phasemetrics.toml", CONFIG)
    work.write(DOCUMENT, OPEN)
    for options in ([], ["--fetch"]):
        ended = shop.fill(work, *options)
        assert ended.code == 3
        assert "error[no-commit]: HEAD names no commit" in ended.err
    ended = shop.run(work, "collect", "--fetch", "--json")
    assert ended.code == 0
    assert json.loads(ended.out)["metrics"]["tests.total"]["value"] == 2
    assert "warning[no-commit]: the snapshot belongs to no commit" in ended.err


def test_a_partial_clone(shop: Shop, whole: dict[str, str], tmp_path: Path) -> None:
    copy = shop.clone(tmp_path / "copy", "--filter=blob:none")
    refused = shop.fill(copy, "--base", shop.tagged)
    assert refused.code == 3
    assert printed(refused)[-1] == "git fetch --refetch --no-filter"
    shop.shell(copy, printed(refused)[-1])
    assert shop.fill(copy, "--base", shop.tagged).code == 0
    assert text(copy) == whole[shop.tagged]


def test_a_partial_clone_that_is_shallow(shop: Shop, whole: dict[str, str], tmp_path: Path) -> None:
    copy = shop.clone(tmp_path / "copy", "--filter=blob:none", "--depth=1")
    assert shop.fill(copy, "--fetch").code == 0
    assert text(copy) == whole[shop.tagged]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a file away")
def test_a_clone_that_somebody_else_owns(shop: Shop, whole: dict[str, str], tmp_path: Path) -> None:
    copy = shop.clone(tmp_path / "copy", "--depth=1")
    for path in (copy.root, *copy.root.rglob("*")):
        os.lchown(path, 12345, 12345)
    refused = shop.fill(copy, "--fetch")
    assert refused.code == 3
    (command,) = printed(refused)
    assert command.startswith("git config --global --add safe.directory ")
    shop.shell(copy, command)
    assert shop.fill(copy, "--fetch").code == 0
    assert text(copy) == whole[shop.tagged]


def test_a_server_that_gives_only_tips(own: Shop, whole: dict[str, str], tmp_path: Path) -> None:
    own.work.git("tag", "-d", "phase-2")
    (own.home / ".gitconfig").write_text("[protocol]\n\tversion = 0\n")
    copy = own.clone(tmp_path / "copy", "--depth=1")
    ended = own.fill(copy, "--base", own.recorded, "--fetch")
    assert ended.code == 3
    assert "error[cannot-fetch]: origin did not give " in ended.err
    assert "Server does not allow request for unadvertised object" in ended.err
    assert printed(ended) == ["git fetch --unshallow origin"]
    own.shell(copy, printed(ended)[0])
    assert own.fill(copy, "--base", own.recorded).code == 0
    assert text(copy) == whole[own.recorded]
