"""No repository, environment or name makes git run a program, fetch, write, or hide a line."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from git_workshop import Workshop
from limiting import limited
from phasemetrics.errors import Refusal
from phasemetrics.evidence.model import Revision
from phasemetrics_collectors import git


class Trap:
    """A repository of two commits, a program, and the file which that program makes when it runs."""

    def __init__(self, place: Path) -> None:
        self.shop = Workshop(place / "work")
        self.base = self.shop.commit({"a.txt": "1\n2\n3\n"})
        self.head = self.shop.commit({"a.txt": "1\n2\nx\ny\n", "b.bin": bytes(range(256))})
        self.canary = place / "canary"
        self.outside = place / "outside"
        self.outside.mkdir()
        self.program = place / "evil.sh"
        self.program.write_text(f"#!/bin/sh\ntouch '{self.canary}'\ncat\n")
        self.program.chmod(0o755)

    @property
    def git_dir(self) -> Path:
        return self.shop.root / ".git"

    def config(self, *settings: str) -> None:
        for setting in settings:
            name, _, value = setting.partition("=")
            self.shop.git("config", name, value.replace("EVIL", str(self.program)))

    def expect_values(self) -> Revision:
        """Measure, hold the values against what they are, and return the revision of HEAD."""
        with git.open_repository(self.shop.root) as repository:
            head = git.revision(repository)
            base = git.revision(repository, "HEAD~1")
            assert (base.sha, head.sha) == (self.base, self.head)
            files = git.compare(repository, base.sha, head.sha)
            assert [(file.path, file.added, file.deleted, file.binary) for file in files] == [
                ("a.txt", 2, 1, False),
                ("b.bin", 0, 0, True),
            ]
            assert git.span(repository, base.sha, head.sha) == 1
            assert git.read_blob(repository, head.sha, "a.txt") == b"1\n2\nx\ny\n"
            assert git.tracked_paths(repository, head.sha) == {"a.txt", "b.bin"}
        assert not self.canary.exists()
        return head


@pytest.fixture
def trap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trap:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return Trap(tmp_path)


def attributes(trap: Trap, line: str) -> None:
    (trap.git_dir / "info").mkdir(exist_ok=True)
    (trap.git_dir / "info" / "attributes").write_text(line + "\n")
    trap.shop.write(".gitattributes", line + "\n")


def change(trap: Trap) -> None:
    trap.shop.write("a.txt", "1\n2\nx\nz\n")


def filters(*settings: str) -> Callable[[Trap], None]:
    def plant(trap: Trap) -> None:
        trap.config(*settings)
        attributes(trap, "* filter=ev diff=ev merge=ev")
        change(trap)

    return plant


def configured(*settings: str) -> Callable[[Trap], None]:
    return lambda trap: trap.config(*settings)


def includes(key: str) -> Callable[[Trap], None]:
    def plant(trap: Trap) -> None:
        (trap.git_dir / "inc").write_text(
            f"[core]\n\tfsmonitor = {trap.program}\n[diff]\n\texternal = {trap.program}\n"
        )
        trap.shop.git("config", key, "inc")

    return plant


def monitored(trap: Trap) -> None:
    # Once the index knows of a monitor, even a comparison of two trees asks it.
    trap.config("core.fsmonitor=EVIL")
    trap.shop.git("update-index", "--fsmonitor", check=False)
    trap.canary.unlink(missing_ok=True)


def hooked(trap: Trap) -> None:
    hooks = trap.outside / "hooks"
    hooks.mkdir()
    names = ("post-index-change", "post-checkout", "pre-auto-gc", "reference-transaction", "fsmonitor-watchman")
    for place in (hooks, trap.git_dir / "hooks"):
        place.mkdir(exist_ok=True)
        for name in names:
            shutil.copy(trap.program, place / name)
    trap.config(f"core.hooksPath={hooks}")
    os.utime(trap.shop.root / "a.txt", (1e9, 1e9))


PLANTS: dict[str, Callable[[Trap], None]] = {
    "diff.external": configured("diff.external=EVIL"),
    "textconv": filters("diff.ev.textconv=EVIL", "diff.ev.cachetextconv=true"),
    "diff.command": filters("diff.ev.command=EVIL"),
    "filter.clean": filters("filter.ev.clean=EVIL", "filter.ev.smudge=EVIL", "filter.ev.required=true"),
    "filter.process": filters("filter.ev.process=EVIL", "filter.ev.required=true"),
    "merge.driver": filters("merge.ev.driver=EVIL"),
    "core.fsmonitor": monitored,
    "include": includes("include.path"),
    "includeIf": includes("includeIf.gitdir:**.path"),
    "alias": configured(*(f"alias.{name}=!EVIL" for name in ("diff-tree", "rev-parse", "rev-list", "ls-tree", "diff"))),
    "editor": configured("core.editor=EVIL", "core.pager=EVIL", "pager.diff=EVIL", "core.askPass=EVIL"),
    "credential": configured("credential.helper=!EVIL", "gpg.program=EVIL", "log.showSignature=true"),
    "worktree config": configured(
        "core.repositoryformatversion=1", "extensions.worktreeConfig=true", "core.fsmonitor=EVIL"
    ),
    "alternate refs": configured("core.alternateRefsCommand=EVIL", "core.gitProxy=EVIL", "core.sshCommand=EVIL"),
    "trace": configured("trace2.normalTarget=EVIL", "trace2.eventTarget=EVIL"),
    "hooks": hooked,
}


@pytest.mark.parametrize("name", PLANTS)
def test_no_configuration_runs_anything(trap: Trap, name: str) -> None:
    PLANTS[name](trap)
    before = sorted(trap.git_dir.rglob("*"))
    head = trap.expect_values()
    assert head.dirty is (trap.shop.root / "a.txt").read_bytes().endswith(b"z\n")
    assert sorted(trap.git_dir.rglob("*")) == before


@pytest.mark.parametrize(
    "name", ["diff.external", "textconv", "filter.clean", "filter.process", "core.fsmonitor", "hooks"]
)
def test_these_traps_are_live(trap: Trap, name: str) -> None:
    PLANTS[name](trap)
    trap.shop.git("status", check=False)
    trap.shop.git("diff", "HEAD~1", "HEAD", check=False)
    assert trap.canary.exists()


def test_core_worktree_is_not_believed(trap: Trap) -> None:
    (trap.outside / "a.txt").write_text("secret\n")
    trap.config(f"core.worktree={trap.outside}")
    assert not trap.expect_values().dirty
    with git.open_repository(trap.shop.root) as repository:
        assert repository.root == trap.shop.root.resolve()


@pytest.mark.parametrize("url", ["ssh://x/y", "ext::EVIL", "file:///nonexistent"])
@pytest.mark.parametrize("lost", ["HEAD~1:a.txt", "HEAD~1^{tree}", "HEAD~1"])
def test_nothing_is_fetched(trap: Trap, url: str, lost: str) -> None:
    sha = trap.shop.git("rev-parse", lost)
    trap.config(
        *("core.repositoryformatversion=1", "extensions.partialClone=origin", "remote.origin.promisor=true"),
        *(f"remote.origin.url={url}", "core.sshCommand=EVIL", "protocol.ext.allow=always", "protocol.allow=always"),
        *("remote.origin.uploadpack=EVIL", "remote.origin.vcs=ext"),
    )
    (trap.git_dir / "objects" / sha[:2] / sha[2:]).unlink()
    with git.open_repository(trap.shop.root) as repository:
        assert not git.revision(repository).dirty
        with pytest.raises(Refusal, match=r"object|revision"):
            git.compare(repository, git.revision(repository, "HEAD~1").sha, trap.head)
        with pytest.raises(Refusal, match="corrupt-repository"):
            git.compare(repository, trap.base, trap.head)
    assert not trap.canary.exists()


def test_a_submodule_configures_nothing(trap: Trap, tmp_path: Path) -> None:
    inner = Workshop(tmp_path / "inner")
    inner.commit({"x": "1\n"})
    trap.shop.git("submodule", "--quiet", "add", str(inner.root), "sub")
    trap.shop.commit()
    config = trap.git_dir / "modules" / "sub" / "config"
    planted = f'[core]\n\tfsmonitor = {trap.program}\n[filter "ev"]\n\tclean = {trap.program}\n'
    config.write_text(config.read_text() + planted)
    trap.shop.write("sub/.gitattributes", "* filter=ev\n")
    trap.shop.write("sub/x", "2\n")
    with git.open_repository(trap.shop.root) as repository:
        assert not git.revision(repository).dirty
    assert not trap.canary.exists()
    trap.shop.git("status")
    assert trap.canary.exists()


# Lines that want to be hidden


@pytest.mark.parametrize("line", ["* -diff", "* binary", "* diff=ev -text", "*.txt -diff linguist-generated"])
def test_attributes_hide_no_line(trap: Trap, line: str) -> None:
    trap.config("diff.ev.binary=true")
    attributes(trap, line)
    home = Path(os.environ["HOME"])
    (home / ".config" / "git").mkdir(parents=True)
    (home / ".config" / "git" / "attributes").write_text(line + "\n")
    trap.expect_values()
    assert trap.shop.shortstat(trap.base, trap.head) == (2, 0, 0)


def test_committed_attributes_hide_no_line(trap: Trap) -> None:
    last = trap.shop.commit({".gitattributes": "* -diff\n", "a.txt": "1\n" * 52})
    with git.open_repository(trap.shop.root) as repository:
        files = git.compare(repository, trap.head, last)
    assert [(file.path, file.added) for file in files] == [(".gitattributes", 1), ("a.txt", 51)]


@pytest.mark.parametrize("setting", ["diff.renames=false", "diff.orderFile=/dev/zero", "diff.ignoreSubmodules=all"])
def test_diff_settings_change_nothing(trap: Trap, setting: str) -> None:
    trap.config(setting, "diff.algorithm=patience", "diff.noprefix=true", "core.quotePath=false", "log.follow=true")
    trap.expect_values()


def test_replacements_and_grafts_change_nothing(trap: Trap) -> None:
    other = trap.shop.git("commit-tree", "HEAD^{tree}", "-m", "other")
    trap.shop.git("replace", trap.base, other)
    trap.expect_values()
    (trap.git_dir / "info" / "grafts").write_text(f"{trap.head}\n")
    trap.expect_values()


def test_a_planted_commit_graph_is_not_read(trap: Trap) -> None:
    trap.shop.git("commit-graph", "write", "--reachable")
    graph = trap.git_dir / "objects" / "info" / "commit-graph"
    graph.chmod(0o600)
    graph.write_bytes(graph.read_bytes()[:-200] + b"\0" * 200)
    with git.open_repository(trap.shop.root) as repository:
        assert git.span(repository, trap.base, trap.head) == 1


# The environment


VARIABLES = {
    "GIT_EXTERNAL_DIFF": "EVIL",
    "GIT_CONFIG_PARAMETERS": "'diff.external=EVIL'",
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "core.fsmonitor",
    "GIT_CONFIG_VALUE_0": "EVIL",
    "GIT_TRACE": "CANARY",
    "GIT_TRACE2": "CANARY",
    "GIT_TRACE_SETUP": "CANARY",
    "GIT_INDEX_FILE": "/nonexistent",
    "GIT_DIR": "/nonexistent",
    "GIT_WORK_TREE": "/nonexistent",
    "GIT_OBJECT_DIRECTORY": "/nonexistent",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES": "/nonexistent",
    "GIT_CEILING_DIRECTORIES": "/",
    "GIT_SSH_COMMAND": "EVIL",
    "GIT_ASKPASS": "EVIL",
    "GIT_EXEC_PATH": "OUTSIDE",
    "GIT_NAMESPACE": "x",
    "GIT_DIFF_OPTS": "-u9",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_PYTHON_GIT_EXECUTABLE": "EVIL",
    "GIT_PYTHON_REFRESH": "nonsense",
    "GIT_PYTHON_TRACE": "full",
}
MEASURE = """
import sys
from pathlib import Path
from phasemetrics_collectors import git
with git.open_repository(Path(sys.argv[1])) as repository:
    head = git.revision(repository)
    print(head.sha, head.dirty, len(git.compare(repository, git.revision(repository, "HEAD~1").sha, head.sha)))
"""


def planted(trap: Trap, value: str) -> str:
    for word, path in (("EVIL", trap.program), ("CANARY", trap.canary), ("OUTSIDE", trap.outside)):
        value = value.replace(word, str(path))
    return value


@pytest.mark.parametrize("name", VARIABLES)
def test_no_variable_is_obeyed(trap: Trap, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for variable in [name] if "CONFIG_" not in name else [each for each in VARIABLES if "CONFIG_" in each]:
        monkeypatch.setenv(variable, planted(trap, VARIABLES[variable]))
    assert not trap.expect_values().dirty


def test_no_variable_is_obeyed_at_import(trap: Trap) -> None:
    # Importing GitPython runs git, which only a new process can show.
    environment = {**os.environ, **{name: planted(trap, value) for name, value in VARIABLES.items()}}
    environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    command = [sys.executable, "-c", MEASURE, str(trap.shop.root)]
    done = subprocess.run(command, env=environment, cwd=trap.outside, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == (f"{trap.head} False 2\n", "")
    assert not trap.canary.exists()
    assert list(trap.outside.iterdir()) == []


def test_git_is_not_taken_from_the_working_directory(trap: Trap, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(trap.program, trap.outside / "git")
    monkeypatch.chdir(trap.outside)
    there = os.environ["PATH"]
    for first in (".", "", "../outside", "./"):
        monkeypatch.setenv("PATH", f"{first}{os.pathsep}{there}")
        trap.expect_values()
    monkeypatch.setenv("PATH", f".{os.pathsep}")
    with pytest.raises(Refusal, match="no-git") as caught, git.open_repository(trap.shop.root):
        pass
    assert "install git" in str(caught.value)
    assert not trap.canary.exists()


def fake_git(place: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> Path:
    place.mkdir()
    (place / "git").write_text(script)
    (place / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(place))
    return place / "pid"


def test_a_git_that_cannot_run(trap: Trap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trap.expect_values()  # GitPython is imported now
    fake_git(tmp_path / "bin", monkeypatch, "#!/nonexistent\n")
    with pytest.raises(Refusal, match="no-git"), git.open_repository(trap.shop.root):
        pass


def test_a_git_that_hangs_is_ended(trap: Trap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trap.expect_values()
    pid = fake_git(tmp_path / "bin", monkeypatch, f"#!/bin/sh\necho $$ > '{tmp_path}/bin/pid'\nexec /bin/sleep 50\n")
    with limited(git_seconds=1), pytest.raises(Refusal, match="git-timeout"), git.open_repository(trap.shop.root):
        pass
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def test_a_git_that_complains_without_end_is_heard_to_its_end(
    trap: Trap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trap.expect_values()
    said = "import sys; sys.stderr.write('fatal: ' + 'x' * 500_000); sys.exit(128)"
    fake_git(tmp_path / "bin", monkeypatch, f'#!/bin/sh\nexec "{sys.executable}" -Sc "{said}"\n')
    with pytest.raises(Refusal, match="cannot open the repository: xxx") as caught:
        trap.expect_values()
    assert (caught.value.code, len(str(caught.value)) < 4096) == ("corrupt-repository", True)


def test_a_git_that_is_too_old(trap: Trap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trap.expect_values()
    # What `rev-parse` does not know, it says again.
    fake_git(tmp_path / "bin", monkeypatch, "#!/bin/sh\nprintf '%s\\n' --path-format=absolute .git .git sha1\n")
    with pytest.raises(Refusal, match=r"old-git.*this git is older than 2\.31; install a newer git"):
        trap.expect_values()


def test_an_interrupt_leaves_no_git_behind(trap: Trap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trap.expect_values()
    pid = fake_git(tmp_path / "bin", monkeypatch, f"#!/bin/sh\necho $$ > '{tmp_path}/bin/pid'\nexec /bin/sleep 50\n")

    def interrupt(number: int, frame: types.FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.5)
        with pytest.raises(KeyboardInterrupt), git.open_repository(trap.shop.root):
            pass
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a file away")
def test_foreign_owner(trap: Trap) -> None:
    for path in (trap.shop.root, *trap.shop.root.rglob("*")):
        os.lchown(path, 12345, 12345)
    if trap.shop.git("config", "--get-all", "safe.directory", check=False, GIT_CONFIG_NOSYSTEM="0"):
        pytest.skip("this machine lists safe directories for everybody")
    with pytest.raises(Refusal) as caught, git.open_repository(trap.shop.root):
        pass
    assert caught.value.code == "dubious-ownership"
    command = re.search(r"`(git config --global --add safe\.directory \S+)`", str(caught.value))
    assert command is not None
    # What it says to do is what mends it: the exception counts for finding the repository, and there only.
    trap.shop.git(*command[1].split()[1:], GIT_CONFIG_GLOBAL=str(Path(os.environ["HOME"]) / ".gitconfig"))
    assert not trap.expect_values().dirty


# The corpus of hostile cases, where it is at hand

CORPUS = Path(__file__).parents[1].parent / "shared" / "corpus" / "hostile"


def cases() -> list[Any]:
    if not (CORPUS / "manifest.json").is_file():
        return [pytest.param(None, marks=pytest.mark.skip(reason="the corpus of hostile cases is not here"))]
    found = json.loads((CORPUS / "manifest.json").read_text())["cases"]
    return [pytest.param(case, id=case["id"]) for case in found if case["kind"] == "git"]


def lay_out(case: dict[str, Any], place: Path) -> dict[str, Any]:
    spec = importlib.util.spec_from_file_location("build_case", CORPUS / "build_case.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    job: dict[str, Any] = module.build(CORPUS, case, place)
    return job


def measure(job: dict[str, Any]) -> dict[str, int]:
    with git.open_repository(Path(job["root"])) as repository:
        base, head = git.revision(repository, job["base"]), git.revision(repository, job["head"])
        files = git.compare(repository, base.sha, head.sha)
        git.span(repository, base.sha, head.sha)
    return {
        "files_changed": len(files),
        "lines_added": sum(file.added for file in files),
        "lines_deleted": sum(file.deleted for file in files),
        "binary_files": sum(file.binary for file in files),
    }


@pytest.mark.parametrize("case", cases())
def test_corpus(case: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if case.get("needs") == "root" and (not hasattr(os, "geteuid") or os.geteuid() != 0):
        pytest.skip("the case is laid out by root")
    job, expected = lay_out(case, tmp_path / "case"), case["expect"]
    before = {path: path.lstat().st_mtime_ns for path in Path(job["root"]).rglob("*")}
    monkeypatch.setenv("HOME", str(tmp_path))
    for name, value in job["env"].items():
        monkeypatch.setenv(name, value)
    if expected["outcome"] == "value":
        found = measure(job)
        assert found == {name: found[name] if value is None else value for name, value in expected["values"].items()}
    else:
        with pytest.raises(Refusal, match=re.compile(expected.get("place") or "", re.IGNORECASE)) as caught:
            measure(job)
        assert caught.value.exit_code == 3
    assert not Path(job["paths"]["CANARY"]).exists()
    assert {path: path.lstat().st_mtime_ns for path in Path(job["root"]).rglob("*")} == before
