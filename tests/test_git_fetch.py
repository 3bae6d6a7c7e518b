"""Fetching brings one commit and no more: no program of a stranger runs, nothing is asked, nothing is left over."""

from __future__ import annotations

import http.server
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import types
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_workshop import Workshop
from limiting import limited
from phasemetrics.errors import Refusal
from phasemetrics_collectors import git
from phasemetrics_collectors._git_connection import _as_file
from phasemetrics_collectors._git_remote import Entry, Remote, fetch_commands, is_name, remotes, usual, way_to
from phasemetrics_collectors._git_repository import resolve

PROGRAM = Path(sys.executable).with_name("phasemetrics")


class Stall:
    """A repository of six commits, a shallow clone of it, a home, and a program that leaves a file when it runs."""

    def __init__(self, place: Path) -> None:
        self.shop = Workshop(place / "shop")
        self.commits = [self.shop.commit({"a": f"{day}\n" * 9}) for day in range(6)]
        self.shop.git("tag", "-a", "-m", "t", "v1", self.commits[1])
        self.home = place / "home"
        self.canary = place / "canary"
        self.program = place / "evil.sh"
        self.program.write_text(f"#!/bin/sh\ntouch '{self.canary}'\nexit 1\n")
        self.program.chmod(0o755)
        self.shop.git("clone", "-q", "--depth=1", self.shop.root.as_uri(), str(place / "copy"))
        self.copy = Workshop(place / "copy")
        self.said: list[str] = []

    @property
    def git_dir(self) -> Path:
        return self.copy.root / ".git"

    def config(self, *settings: str) -> None:
        for setting in settings:
            name, _, value = setting.replace("EVIL", str(self.program)).partition("=")
            self.copy.git("config", "--add", name, value)

    def configure_me(self, text: str) -> None:
        (self.home / ".gitconfig").write_text(text)

    def program_that(self, name: str, script: str) -> Path:
        path = self.home / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return path

    def fetch(self, ref: str) -> str:
        with git.open_repository(self.copy.root) as repository:
            return git.fetch(repository, ref, self.said.append)

    def refused(self, ref: str) -> Refusal:
        with pytest.raises(Refusal) as caught:
            self.fetch(ref)
        assert "\n" not in str(caught.value)
        return caught.value

    def files(self) -> set[str]:
        return {path.relative_to(self.git_dir).as_posix() for path in self.git_dir.rglob("*")}


@pytest.fixture
def stall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stall:
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    for name in [name for name in os.environ if name.startswith("GIT_") or name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    return Stall(tmp_path)


# What arrives


def test_one_commit_arrives_and_nothing_else_changes(stall: Stall) -> None:
    kept = {name: (stall.git_dir / name).read_bytes() for name in stall.files() if (stall.git_dir / name).is_file()}
    wanted = stall.commits[2]
    assert stall.fetch(wanted) == wanted
    new = stall.files() - kept.keys() - {"objects/pack"}
    assert {Path(name).suffix for name in new if Path(name).suffix != ""} <= {".pack", ".idx", ".rev"}
    changed = {name for name, content in kept.items() if (stall.git_dir / name).read_bytes() != content}
    assert changed == {"shallow"}
    assert stall.copy.git("rev-list", "--all", "--count") == "1"
    assert (stall.git_dir / "shallow").read_text().split() == [stall.commits[5], wanted]
    assert stall.copy.git("log", "-1", "--format=%H", wanted) == wanted
    assert stall.copy.git("cat-file", "-e", f"{stall.commits[1]}^{{commit}}", check=False) == ""
    with pytest.raises(subprocess.CalledProcessError):
        stall.copy.git("cat-file", "-e", stall.commits[1])
    assert stall.said == [f"fetching {wanted} from origin"]
    modes = {path.stat().st_mode & 0o777 for path in (stall.git_dir / "objects/pack").iterdir()}
    assert modes == {0o444}


@pytest.mark.parametrize("ref", ["v1", "refs/tags/v1", "main", "origin/main", "refs/heads/main"])
def test_names_are_those_of_the_remote(stall: Stall, ref: str) -> None:
    tip = stall.shop.commit({"a": "new\n"})
    assert stall.fetch(ref) == (stall.commits[1] if "v1" in ref else tip)


def test_a_tag_comes_before_a_branch(stall: Stall) -> None:
    stall.shop.git("branch", "v1", stall.commits[3])
    assert stall.fetch("v1") == stall.commits[1]
    assert stall.fetch("refs/heads/v1") == stall.commits[3]


def test_what_is_no_commit_is_refused(stall: Stall) -> None:
    stall.shop.git("tag", "tree", "HEAD~2^{tree}")
    assert stall.refused("tree").code == "bad-ref"
    assert stall.refused(stall.shop.git("rev-parse", "HEAD~3^{tree}")).code == "bad-ref"


@pytest.mark.parametrize(
    "ref", ["HEAD", "HEAD~1", "main^{tree}", "a..b", "@{u}", ":/x", "-x", "*", "refs/*:refs/*", "a b", ""]
)
def test_what_is_no_name_is_not_asked_for(stall: Stall, ref: str) -> None:
    assert not is_name(ref)
    assert stall.refused(ref).code == "cannot-fetch"
    assert stall.said == []


def test_sha256(tmp_path: Path, stall: Stall) -> None:
    shop = Workshop(tmp_path / "sha256", "--object-format=sha256")
    first = shop.commit({"a": "1\n"})
    shop.commit({"a": "2\n"})
    shop.git("clone", "-q", "--depth=1", shop.root.as_uri(), str(tmp_path / "other"))
    with git.open_repository(tmp_path / "other") as repository:
        assert git.fetch(repository, first, stall.said.append) == first
        assert len(git.compare(repository, first, resolve(repository, "HEAD"))) == 1


def test_a_path_for_an_address(stall: Stall) -> None:
    stall.config("remote.origin.url=../shop")
    stall.copy.git("config", "--unset-all", "remote.origin.url", "^file:")
    assert stall.fetch("v1") == stall.commits[1]


def test_two_at_once_leave_both(stall: Stall) -> None:
    def fetch(sha: str) -> None:
        with suppress(Refusal):  # the lock keeps one out
            stall.fetch(sha)

    threads = [threading.Thread(target=fetch, args=(sha,)) for sha in stall.commits[:3]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for sha in stall.commits[:3]:
        assert stall.fetch(sha) == sha
    assert stall.copy.git("rev-list", "--count", *stall.commits[:3]) == "3"


def test_somebody_holds_the_lock(stall: Stall) -> None:
    (stall.git_dir / "shallow.lock").touch()
    before = (stall.git_dir / "shallow").read_bytes()
    refused = stall.refused(stall.commits[2])
    assert refused.code == "cannot-fetch"
    assert "shallow.lock" in str(refused)
    assert list((stall.git_dir / "objects/pack").glob("tmp_*")) == []
    with pytest.raises(subprocess.CalledProcessError):
        stall.copy.git("cat-file", "-e", stall.commits[2])
    assert (stall.git_dir / "shallow").read_bytes() == before


def test_nothing_can_be_stored(stall: Stall, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfileobj", full)
    before = stall.files()
    assert "No space left on device" in str(stall.refused(stall.commits[2]))
    assert stall.files() == before


def test_a_whole_history_stays_whole(stall: Stall) -> None:
    stall.copy.git("fetch", "-q", "--unshallow")
    tip = stall.shop.commit({"a": "new\n"})
    assert stall.fetch("main") == tip
    assert not (stall.git_dir / "shallow").exists()
    assert stall.copy.git("rev-list", tip).split() == [tip, *stall.commits[::-1]]


def test_what_the_server_does_not_have(stall: Stall) -> None:
    nothing = "0" * 39 + "1"
    refused = stall.refused("nope")
    assert refused.message == "origin has no tag and no branch 'nope'; its default branch is 'main'"
    assert refused.mend == "`git ls-remote origin` lists the names; of a commit, spell all digits"
    refused = stall.refused(nothing)
    assert "not our ref" in refused.message
    assert refused.mend == "`git fetch --unshallow origin` brings its whole history"
    stall.copy.git("fetch", "-q", "--unshallow")
    assert stall.refused(nothing).mend == "`git fetch origin` brings all its branches; or name another base"
    stall.shop.git("checkout", "-q", "--detach")  # without a branch, there is no default to name
    assert stall.refused("nope").message == "origin has no tag and no branch 'nope'"


def test_no_remote_to_ask(stall: Stall) -> None:
    stall.copy.git("remote", "rename", "origin", "fork")
    stall.config("remote.other.url=file:///nonexistent")
    assert (
        stall.refused("v1").message
        == "'v1' cannot be fetched: several remotes are configured, and none is called origin"
    )
    for name in ("fork", "other"):
        stall.copy.git("config", "--remove-section", f"remote.{name}")
    refused = stall.refused("v1")
    assert refused.message == "'v1' cannot be fetched: no remote is configured"
    assert "`git remote add origin URL`" in str(refused)
    assert stall.said == []


# What a stranger configures


def hooked(stall: Stall) -> None:
    for folder in (stall.git_dir / "hooks", stall.home / "hooks"):
        folder.mkdir(exist_ok=True)
        for name in ("reference-transaction", "post-checkout", "pre-auto-gc", "post-rewrite", "fsmonitor-watchman"):
            shutil.copy(stall.program, folder / name)
    stall.config(f"core.hooksPath={stall.home / 'hooks'}")


def configured(*settings: str) -> Callable[[Stall], None]:
    return lambda stall: stall.config(*settings)


def included(stall: Stall) -> None:
    (stall.git_dir / "inc").write_text(f'[core]\n\tsshCommand = {stall.program}\n[remote "origin"]\n\tvcs = ext\n')
    stall.config("include.path=inc")


# Each with a plain `git fetch` that runs the program; ours does its work without.
HARMLESS = {
    "uploadpack": configured("remote.origin.uploadpack=EVIL"),
    "hooks": hooked,
    "alternate refs": configured("core.alternateRefsCommand=EVIL"),
    "monitor": configured("core.fsmonitor=EVIL"),
    "vcs": configured("remote.origin.vcs=ext", "protocol.ext.allow=always"),
    "include": included,
    "maintenance": configured("gc.auto=1", "maintenance.auto=true", "maintenance.strategy=incremental"),
    "bundle": configured("fetch.bundleURI=EVIL", "transfer.bundleURI=true"),
    "promisor": configured("remote.evil.url=ext::EVIL", "remote.evil.promisor=true", "protocol.allow=always"),
}
# With these there is no other way to the server.
FORBIDDEN = {
    "ext": ("ext::EVIL", ("protocol.ext.allow=always", "protocol.allow=always")),
    "insteadOf ext": ("good:", ("url.ext::EVIL .insteadOf=good:", "protocol.ext.allow=always")),
    "ssh command": ("ssh://localhost:1/x", ("core.sshCommand=EVIL",)),
    "ssh program": ("ssh://localhost:1/x", ("core.sshCommand=EVIL", "ssh.variant=simple")),
    "an option": ("--upload-pack=EVIL", ()),
    "an option for ssh": ("ssh://-oProxyCommand=EVIL/x", ()),
    "git proxy": ("git://localhost:1/x", ("core.gitProxy=EVIL",)),
    "a helper": ("evil::x", ("protocol.allow=always",)),
}


@pytest.mark.parametrize("name", HARMLESS)
@pytest.mark.parametrize("ref", ["v1", "SHA"])
def test_no_configuration_of_the_repository_runs_anything(stall: Stall, name: str, ref: str) -> None:
    HARMLESS[name](stall)
    wanted = stall.commits[1]
    assert stall.fetch(wanted if ref == "SHA" else ref) == wanted
    assert not stall.canary.exists()


@pytest.mark.parametrize("name", FORBIDDEN)
@pytest.mark.parametrize("ref", ["v1", "SHA"])
def test_no_address_runs_anything(stall: Stall, name: str, ref: str) -> None:
    url, settings = FORBIDDEN[name]
    stall.copy.git("config", "remote.origin.url", url.replace("EVIL", str(stall.program)))
    stall.config(*settings)
    refused = stall.refused(stall.commits[1] if ref == "SHA" else ref)
    assert refused.code == "cannot-fetch"
    assert not stall.canary.exists()
    assert stall.copy.git("rev-list", "--all", "--count") == "1"


@pytest.mark.parametrize("name", ["uploadpack", "hooks", "vcs", "ext", "insteadOf ext", "ssh command", "git proxy"])
def test_these_traps_are_live(stall: Stall, name: str) -> None:
    if name in HARMLESS:
        HARMLESS[name](stall)
    else:
        url, settings = FORBIDDEN[name]
        stall.copy.git("config", "remote.origin.url", url.replace("EVIL", str(stall.program)))
        stall.config(*settings)
    if name == "vcs":
        stall.copy.git("config", "remote.origin.url", str(stall.program))
    stall.shop.commit({"a": "new\n"})
    stall.copy.git("fetch", "origin", check=False, GIT_ALLOW_PROTOCOL="file:ssh:git:ext")
    assert stall.canary.exists()


def test_what_a_server_says_is_one_line_that_controls_nothing(stall: Stall) -> None:
    evil = "::error::x\x1b[2J\u202e"
    stall.copy.git("config", "remote.origin.url", f"file:///nonexistent/{evil}")
    refused = stall.refused("v1")
    assert "\x1b" not in str(refused) + "".join(stall.said)
    assert "\u202e" not in str(refused)
    assert "did not give 'v1'" in str(refused)


# What the person configures


def remote_shell(stall: Stall, name: str = "ssh.sh") -> Path:
    """Return what stands for ssh: it runs what it is told to run over there, here."""
    return stall.program_that(name, f'echo "$@" >> "{stall.home}/asked"\nfor last; do :; done\nexec sh -c "$last"')


def test_ssh_as_the_person_configured_it(stall: Stall) -> None:
    stall.copy.git("config", "remote.origin.url", f"ssh://server{stall.shop.root}")
    folder = stall.copy.root.as_posix()
    (stall.home / "work").write_text(f"[core]\n\tsshCommand = '{remote_shell(stall)}'\n")
    stall.configure_me(f'[includeIf "gitdir:{folder}/"]\n\tpath = work\n')
    assert stall.fetch("v1") == stall.commits[1]
    assert "server" in (stall.home / "asked").read_text()


def test_ssh_as_the_environment_says(stall: Stall, monkeypatch: pytest.MonkeyPatch) -> None:
    stall.copy.git("config", "remote.origin.url", f"server:{stall.shop.root}")
    monkeypatch.setenv("GIT_SSH_COMMAND", str(remote_shell(stall)))
    assert stall.fetch("v1") == stall.commits[1]
    assert "server" in (stall.home / "asked").read_text()


def test_ssh_is_told_to_ask_nobody(stall: Stall, monkeypatch: pytest.MonkeyPatch) -> None:
    stall.copy.git("config", "remote.origin.url", f"server:{stall.shop.root}")
    remote_shell(stall, "ssh")
    monkeypatch.setenv("PATH", f"{stall.home}{os.pathsep}{os.environ['PATH']}")
    assert stall.fetch("v1") == stall.commits[1]
    assert all("BatchMode=yes" in line for line in (stall.home / "asked").read_text().splitlines())


def test_another_address_for_the_same(stall: Stall) -> None:
    stall.copy.git("config", "remote.origin.url", "company:shop")
    stall.configure_me(f'[url "{stall.shop.root.parent.as_uri()}/"]\n\tinsteadOf = company:\n')
    assert stall.fetch("v1") == stall.commits[1]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a file away")
def test_a_remote_of_somebody_else_that_the_person_trusts(stall: Stall) -> None:
    for path in (stall.shop.root, *stall.shop.root.rglob("*")):
        os.lchown(path, 12345, 12345)
    assert "dubious ownership" in str(stall.refused("v1"))
    stall.configure_me("[safe]\n\tdirectory = *\n")
    assert stall.fetch("v1") == stall.commits[1]


class Server(http.server.ThreadingHTTPServer):
    """A server that wants a password; `seen` are the headers of each request."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Unauthorized)
        self.seen: list[dict[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/shop.git"


class Unauthorized(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.seen.append({name.lower(): value for name, value in self.headers.items()})
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Basic realm="shop"')
        self.send_header("Set-Cookie", "planted=1")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.fixture
def server(stall: Stall) -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        stall.copy.git("config", "remote.origin.url", running.url)
        yield running
        running.shutdown()
        thread.join()


def test_a_password_is_neither_asked_for_nor_taken_from_a_stranger(stall: Stall, server: Server) -> None:
    cookies = stall.home / "planted"
    stall.config(
        *("credential.helper=!EVIL", "core.askPass=EVIL", f"credential.{server.url}.helper=!EVIL"),
        *(f"http.cookieFile={cookies}", "http.saveCookies=true", "http.sslVerify=false"),
        "http.proxy=http://127.0.0.1:1",
    )
    refused = stall.refused("v1")
    assert refused.code == "cannot-fetch"
    assert "terminal prompts disabled" in str(refused)
    assert "`git fetch --depth=1 origin tag v1` says more, and can ask for a password" in str(refused)
    assert server.seen
    assert not stall.canary.exists()
    assert not cookies.exists()


def test_the_header_of_a_ci_checkout_and_the_password_of_the_person(stall: Stall, server: Server) -> None:
    # A checkout in CI puts the token of the run into a header, in a file that the repository's configuration includes.
    (stall.home / "token").write_text(f'[http "{server.url}"]\n\textraHeader = X-Token: "a\\\\b\\"c"\n')
    stall.config(f"include.path={stall.home / 'token'}")
    helper = stall.program_that("helper", "echo username=me; echo password=secret")
    stall.configure_me(f"[credential]\n\thelper = {helper}\n")
    assert stall.refused("v1").code == "cannot-fetch"
    assert server.seen[0]["x-token"] == 'a\\b"c'
    assert server.seen[-1]["authorization"].startswith("Basic ")
    assert "secret" not in str(stall.refused("v1"))


def test_the_password_in_an_address_is_not_printed(stall: Stall, server: Server) -> None:
    stall.copy.git("config", "remote.origin.url", server.url.replace("http://", "http://me:geheim@"))
    assert "geheim" not in str(stall.refused("v1")) + "".join(stall.said)
    assert "geheim" not in str(stall.refused(stall.commits[0])) + "".join(stall.said)


def test_over_a_network(stall: Stall) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--export-all", f"--base-path={stall.shop.root.parent}", "--listen=127.0.0.1", f"--port={port}"]
    daemon = subprocess.Popen(
        ["git", "daemon", "--reuseaddr", *options], stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        stall.copy.git("config", "remote.origin.url", f"git://127.0.0.1:{port}/shop")
        assert stall.fetch("v1") == stall.commits[1]
        assert stall.fetch(stall.commits[3]) == stall.commits[3]
    finally:
        os.killpg(daemon.pid, signal.SIGTERM)
        daemon.wait()


# A server that does not answer


def sleeper(stall: Stall) -> Path:
    return stall.program_that("sleeper", f'echo $$ > "{stall.home}/pid"\nexec sleep 60')


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


def test_a_server_that_hangs(stall: Stall, monkeypatch: pytest.MonkeyPatch) -> None:
    stall.copy.git("config", "remote.origin.url", "server:x")
    monkeypatch.setenv("GIT_SSH_COMMAND", str(sleeper(stall)))
    before = stall.files()
    with limited(fetch_seconds=2):
        refused = stall.refused("v1")
    assert (refused.code, "did not answer within 2 s" in str(refused)) == ("git-timeout", True)
    assert gone(int((stall.home / "pid").read_text()))
    assert stall.files() == before


def test_an_interrupt_leaves_no_connection_behind(stall: Stall, monkeypatch: pytest.MonkeyPatch) -> None:
    stall.copy.git("config", "remote.origin.url", "server:x")
    monkeypatch.setenv("GIT_SSH_COMMAND", str(sleeper(stall)))
    pid, before = stall.home / "pid", stall.files()

    def interrupt(number: int, frame: types.FrameType | None) -> None:
        if pid.exists() and pid.read_text():
            signal.setitimer(signal.ITIMER_REAL, 0)
            raise KeyboardInterrupt

    usual_way = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.1, 0.1)
        with pytest.raises(KeyboardInterrupt):
            stall.fetch("v1")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, usual_way)
    assert gone(int(pid.read_text()))
    assert stall.files() == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_all_of_it(stall: Stall, number: signal.Signals, tmp_path: Path) -> None:
    stall.copy.git("config", "remote.origin.url", "server:x")
    (tmp_path / "tmp").mkdir()
    before = stall.files()
    variables = {"GIT_SSH_COMMAND": str(sleeper(stall)), "TMPDIR": str(tmp_path / "tmp")}
    command = [str(PROGRAM), "collect", "--base", "v1", "--fetch"]
    with subprocess.Popen(
        command, cwd=stall.copy.root, env={**os.environ, **variables}, stderr=subprocess.PIPE, text=True
    ) as running:
        while not (stall.home / "pid").exists() or not (stall.home / "pid").read_text():
            assert running.poll() is None
            time.sleep(0.05)
        running.send_signal(number)
        _, said = running.communicate()
    assert running.returncode == 130
    assert "Traceback" not in said
    assert gone(int((stall.home / "pid").read_text()))
    assert stall.files() == before
    assert list((tmp_path / "tmp").iterdir()) == []


# Remotes, and the commands that are printed


def test_which_remote_is_asked() -> None:
    def named(*names: str) -> tuple[Remote, ...]:
        return remotes([Entry(False, f"remote.{name}.url", name) for name in names])

    assert usual(named("fork", "upstream", "origin")) == named("origin", "upstream")
    assert usual(named("a.b")) == named("a.b")
    assert usual(named("a", "b")) == ()
    assert usual(()) == ()


@pytest.mark.parametrize("shallow", [True, False])
def test_the_printed_commands_bring_the_commit(stall: Stall, shallow: bool) -> None:
    stall.shop.git("branch", "topic", stall.commits[3])
    tag, branch, tracked = "refs/tags/v1", "refs/heads/topic", "refs/remotes/origin/topic"
    for ref, day, name in [
        (stall.commits[0], 0, stall.commits[0]),
        *((tag, 1, tag), ("v1", 1, tag)),
        *((branch, 3, branch), ("origin/topic", 3, tracked), ("topic", 3, tracked)),
    ]:
        for command in fetch_commands(Remote("origin", ""), ref, shallow=shallow):
            stall.copy.git(*shlex.split(command.strip("`"))[1:], check=False)  # of two, one is for the other kind
        assert stall.copy.git("rev-parse", f"{name}^{{commit}}") == stall.commits[day]
        for one in (tag, branch, tracked):
            stall.copy.git("update-ref", "-d", one)


def test_the_way_to_a_commit_in_words() -> None:
    known = remotes([Entry(False, f"remote.{name}.url", name) for name in ("upstream", "origin", "fork")])
    assert way_to(known[:1], "v1", shallow=False) == (
        "`git fetch origin tag v1` or `git fetch origin v1:refs/remotes/origin/v1`, or --fetch, brings it; "
        "`git branch --all` and `git tag` list the names"
    )
    assert way_to(known, "1" * 40, shallow=True) == (
        f"`git fetch --depth=1 origin {'1' * 40}` or `git fetch --depth=1 upstream {'1' * 40}` brings it, "
        "and --fetch does that"
    )
    digits = "`git fetch --unshallow` (in a CI checkout: fetch-depth: 0), or all digits of the commit and --fetch"
    assert way_to(known, "abc1234", shallow=True) == digits
    assert digits not in way_to(known, "abc1234", shallow=False)


@given(ref=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20))
def test_a_printed_command_is_what_a_shell_reads(ref: str) -> None:
    if not is_name(ref):
        return
    for command in fetch_commands(Remote("my remote", "u"), ref, shallow=True):
        script = f'python() {{ printf "%s\\0" "$@"; }}\n{command.strip("`").replace("git", "python", 1)}\n'
        read = (
            subprocess.run(["sh"], input=script.encode(), capture_output=True, check=True).stdout.decode().split("\0")
        )
        assert read[:3] == ["fetch", "--depth=1", "my remote"]
        assert ref in read[-2]


@given(
    values=st.lists(
        st.tuples(
            st.sampled_from(["http.extraheader", 'http.https://a.b/c"d\\e.extraheader', "url.x y.insteadof"]),
            st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20) | st.none(),
        ),
        max_size=4,
    )
)
def test_the_configuration_is_read_as_it_was(values: list[tuple[str, str | None]], scratch: Path) -> None:
    path = scratch / "config"
    path.write_text(_as_file([Entry(False, key, value) for key, value in values]), "utf-8")
    said = subprocess.run(
        ["git", "config", "--file", str(path), "--list", "-z"], capture_output=True, check=True
    ).stdout
    read = [text.partition("\n") for text in said.decode().split("\0")[:-1]]
    expected = sorted(values, key=lambda one: [key for key, _ in values].index(one[0]))
    assert [(key, value if given_ else None) for key, given_, value in read] == expected
