"""Runs git so that neither the repository nor the environment can make it run, fetch or hide anything."""

from __future__ import annotations

import os
import re
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from phasemetrics.errors import Refusal, no_room
from phasemetrics.limits import limits, raising
from phasemetrics.scratch import scratch
from phasemetrics_collectors._git_listening import hear, running
from phasemetrics_collectors._git_program import find_git, search_path

if TYPE_CHECKING:
    from git.cmd import Git

_UNMADE = "a temporary directory for reading git cannot be made"
_LOCK = threading.RLock()
_FULL = re.compile(r"No space left|Out of diskspace|Disk quota|File too large")

# What every git process gets, instead of the GIT_* variables of whoever called us.
SETTINGS = {
    # Two locks on one door: git before 2.39.4 knows only the first, and a promisor remote can name any program.
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    # Replacement refs and grafts change what a commit says.
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LANGUAGE": "C",
    "LC_ALL": "C",
}
_NO_CONFIGURATION = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
_VIEW_SETTINGS = {**SETTINGS, **_NO_CONFIGURATION, "GIT_ATTR_NOSYSTEM": "1"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What one git process gave back: its exit status, its standard output, the start of its standard error."""

    status: int
    out: bytes
    err: str

    @property
    def complaints(self) -> list[str]:
        """The lines of standard error, without hints and warnings."""
        return [line for line in self.err.splitlines() if line.strip() and not line.startswith(("hint:", "warning:"))]

    @property
    def said(self) -> str:
        """The one line of standard error that says what is wrong."""
        fatal = [line for line in self.complaints if line.startswith("fatal: ")]
        first = (fatal or self.complaints or [f"exit status {self.status}"])[0]
        return first.removeprefix("fatal: ").removeprefix("error: ")


@dataclass(frozen=True, slots=True)
class View:
    """A bare repository of our own that borrows somebody's objects and nothing else."""

    directory: Path

    def ask(self, *arguments: str, **settings: str) -> Answer:
        """Run git in the view; `settings` are environment variables. Raises `Refusal` when git cannot run."""
        # Inside the view there is no .gitattributes that git could find on its way.
        place = ["-C", str(self.directory), f"--git-dir={self.directory}"]
        return _run([*place, *arguments], {**_VIEW_SETTINGS, **settings})

    def read(self, *arguments: str, **settings: str) -> bytes:
        """Return what git prints; raises `Refusal` (`corrupt-repository`) when it fails, for want of an object."""
        answer = self.ask(*arguments, **settings)
        if answer.status != 0:
            raise without_room(answer) or unreadable_objects(answer.said)
        return answer.out


def without_room(answer: Answer) -> Refusal | None:
    """Return the refusal for a full disk, if that is what git complains of."""
    full = _FULL.search(answer.err)
    return None if full is None else no_room(f"git cannot write: {full[0]}")


def unreadable_objects(said: str) -> Refusal:
    """Return the refusal for objects that are missing or damaged; `said` is what git said of them."""
    mend = "`git fsck` names what is damaged, `git fetch --refetch --no-filter` brings back what is missing"
    return Refusal("corrupt-repository", f"git cannot read an object that it needs: {said}", mend=mend)


def odd_answer(lines: Sequence[bytes]) -> Refusal:
    """Return the refusal for an answer about a repository that does not have a line for each question."""
    if lines[0].startswith(b"--"):  # it says again what it does not know
        return Refusal("old-git", "this git is older than 2.31", mend="install a newer git, or put one first on PATH")
    return Refusal("odd-path", "the path of the repository holds a line break", mend="move the repository")


def ask_repository(place: Path, *arguments: str) -> Answer:
    """Run git in the repository at `place`, under its own configuration and the person's.

    Only for commands that neither look at the work tree nor write: they obey `safe.directory` as the person set it,
    and no configuration is known to make them run a program once fetching is shut off.
    """
    # The ceiling keeps git from climbing to another repository than the one that was found.
    settings = {**SETTINGS, "GIT_CEILING_DIRECTORIES": str(place.parent)}
    return _run(["-C", str(place), "-c", "core.fsmonitor=false", *arguments], settings)


@contextmanager
def bare_view(objects: Path, object_format: str) -> Iterator[View]:
    """Yield a view of the object directory `objects` (absolute), removed afterwards; raises `Refusal`.

    Written by hand, not by `git init`: four entries (gitrepository-layout(5)), no template, and no process.
    """
    with ExitStack() as stack:
        try:
            view = View(stack.enter_context(scratch()))
            _lay_out(view.directory, objects, object_format)
        except OSError as error:
            raise no_room(f"{_UNMADE}: {error.strerror}") from None
        yield view


def _lay_out(directory: Path, objects: Path, object_format: str) -> None:
    (directory / "objects" / "info").mkdir(parents=True)
    (directory / "refs").mkdir()
    (directory / "HEAD").write_bytes(b"ref: refs/heads/none\n")
    (directory / "objects" / "info" / "alternates").write_bytes(os.fsencode(objects) + b"\n")
    # Format 0 has no extensions, and SHA-1 needs none.
    version, extension = "0", ""
    if object_format != "sha1":
        version, extension = "1", f"[extensions]\n\tobjectFormat = {object_format}\n"
    # A commit graph is a copy of dates and parents, which can be stale or planted: read the commits themselves.
    core = f"bare = true\n\tcommitGraph = false\n\tattributesFile = {os.devnull}\n"
    (directory / "config").write_text(f"[core]\n\trepositoryFormatVersion = {version}\n\t{core}{extension}", "ascii")


@contextmanager
def _without_git_variables() -> Iterator[None]:
    # GitPython gives a child all of os.environ and can only add to it, so what must not be there leaves it meanwhile.
    with _LOCK:
        kept = {name: os.environ.pop(name) for name in list(os.environ) if name.upper().startswith("GIT_")}
        try:
            yield
        finally:
            for name in [name for name in os.environ if name.upper().startswith("GIT_")]:
                del os.environ[name]
            os.environ.update(kept)


def start(arguments: Sequence[str], settings: Mapping[str, str], *, alone: bool = False) -> Git.AutoInterrupt:
    """Start git and return its process, `alone` in a process group of its own; raises `Refusal` (`no-git`)."""
    path = search_path()
    program = find_git(path)
    with _without_git_variables():
        # Importing GitPython runs `git version`: it must be the right git, and its absence is ours to report. What is
        # wrong with a configuration is for the command that was asked for to say.
        os.environ |= {"GIT_PYTHON_REFRESH": "quiet", "GIT_PYTHON_GIT_EXECUTABLE": program, **_NO_CONFIGURATION}
        try:
            from git.cmd import Git
            from git.exc import GitError
        except ImportError:
            raise Refusal("no-git", f"{program} does not answer as git does", mend="install git") from None
        for name in _NO_CONFIGURATION:
            del os.environ[name]
        try:
            return Git().execute(
                [program, *arguments],
                as_process=True,
                shell=False,
                env={**settings, "PATH": os.pathsep.join(path)},
                start_new_session=alone,
            )
        except (OSError, GitError) as error:
            raise Refusal("no-git", f"git cannot be started: {type(error).__name__}", mend="install git") from None


def _run(arguments: Sequence[str], settings: Mapping[str, str]) -> Answer:
    process, seconds = start(arguments, settings), limits().git_seconds
    try:
        # Not GitPython's `kill_after_timeout`: its timer outlives Ctrl-C by a minute, and it runs whatever `pgrep` is.
        return Answer(*hear(running(process), seconds))
    except BaseException as problem:
        process.kill()
        running(process).wait()
        if isinstance(problem, subprocess.TimeoutExpired):
            mend = f"try it on a fresh clone; {raising('git_seconds')}"
            raise Refusal("git-timeout", f"git did not answer within {seconds} s", mend=mend) from None
        raise
