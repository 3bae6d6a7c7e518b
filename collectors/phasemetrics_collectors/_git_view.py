"""Runs git so that neither the repository nor the environment can make it run, fetch or hide anything."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from phasemetrics.errors import Refusal, no_room

if TYPE_CHECKING:
    from git.cmd import Git

TIMEOUT = 60.0
_SAID_LIMIT = 4096
_UNMADE = "a temporary directory for reading git cannot be made"
_LOCK = threading.RLock()

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
_VIEW_SETTINGS = {**SETTINGS, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_ATTR_NOSYSTEM": "1"}


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
            raise unreadable_objects(answer.said)
        return answer.out


def unreadable_objects(said: str) -> Refusal:
    """Return the refusal for objects that are missing or damaged; `said` is what git said of them."""
    return Refusal(
        "corrupt-repository",
        f"git cannot read an object that it needs: {said}",
        mend="`git fsck` names what is damaged, `git fetch --refetch --no-filter` brings back what is missing",
    )


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
    try:
        directory = tempfile.TemporaryDirectory(prefix="phasemetrics-", ignore_cleanup_errors=True)
    except OSError as error:
        raise no_room(f"{_UNMADE}: {error.strerror}") from None
    with directory as name:
        view = View(Path(name))
        try:
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


def _search_path() -> list[str]:
    # `.` and an empty entry mean the working directory, where a stranger may have put a file named git.
    return [entry for entry in os.environ.get("PATH", os.defpath).split(os.pathsep) if Path(entry).is_absolute()]


def _program(search_path: list[str]) -> str:
    name = "git.exe" if os.name == "nt" else "git"
    for entry in search_path:
        candidate = f"{entry}/{name}"
        # Path.is_file() raises for a folder that may not be entered.
        if os.path.isfile(candidate) and os.access(candidate, os.X_OK):  # noqa: PTH113
            return candidate
    raise Refusal("no-git", "there is no git in any absolute directory of PATH", mend="install git, or put it on PATH")


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
    search_path = _search_path()
    program = _program(search_path)
    with _without_git_variables():
        # Importing GitPython runs `git version`: it must be the right git, and its absence is ours to report.
        os.environ["GIT_PYTHON_REFRESH"] = "quiet"
        os.environ["GIT_PYTHON_GIT_EXECUTABLE"] = program
        from git.cmd import Git
        from git.exc import GitError

        try:
            return Git().execute(
                [program, *arguments],
                as_process=True,
                shell=False,
                env={**settings, "PATH": os.pathsep.join(search_path)},
                start_new_session=alone,
            )
        except (OSError, GitError) as error:
            raise Refusal("no-git", f"git cannot be started: {type(error).__name__}", mend="install git") from None


def _run(arguments: Sequence[str], settings: Mapping[str, str]) -> Answer:
    process = start(arguments, settings)
    try:
        # Not GitPython's `kill_after_timeout`: its timer outlives Ctrl-C by a minute, and it runs whatever `pgrep` is.
        out, err = process.communicate(timeout=TIMEOUT)
    except BaseException as problem:
        process.kill()
        process.communicate()
        if isinstance(problem, subprocess.TimeoutExpired):
            mend = "try it on a fresh clone"
            raise Refusal("git-timeout", f"git did not answer within {TIMEOUT:g} s", mend=mend) from None
        raise
    return Answer(process.returncode, out, err[:_SAID_LIMIT].decode("utf-8", "replace"))
