"""Runs the commands that a project configures to measure itself, and nothing unless it was asked to."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Literal, TypeAlias

from phasemetrics.config import Project
from phasemetrics.errors import Refusal, UsageError
from phasemetrics.escaping import visible

_SAID = 500  # characters of what a command said last
_LAST = 64 << 10  # bytes of its output that are looked at for that
# Whatever these name belongs to the checkout that we were started in, and not to the one that is to be measured: its
# environment, where its reports go, which of its tests run, the make that started us.
_OTHERS = {
    "VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT", "PYTHONHOME", "PYTHONPATH", "PYTHONSAFEPATH", "__PYVENV_LAUNCHER__",
    "COVERAGE_FILE", "COVERAGE_RCFILE", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG", "PYTEST_ADDOPTS",
    "MAKEFLAGS", "MFLAGS", "MAKELEVEL", "NODE_PATH", "CARGO_TARGET_DIR",
}  # fmt: skip
_FAMILIES = ("GIT_", "PHASEMETRICS_")
_EXAMPLES: dict[Key, str] = {
    "setup": '"python -m venv .venv && .venv/bin/pip install -q -e ."',
    "test": '"pytest --junitxml={junit} --cov --cov-report=json:{coverage}"',
    "bench": '"pytest benchmarks --benchmark-json={bench}"',
}
Started: TypeAlias = "subprocess.Popen[bytes]"
Key: TypeAlias = Literal["setup", "test", "bench"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where commands run: a folder, and environment variables that are set there beside those of ours.

    What they leave running is ended with the place: each is added to `started`. Without such a list it goes on.
    """

    folder: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    started: list[Started] | None = None


def require_command(project: Project, key: Key) -> str:
    """Return a configured command; raise UsageError for one that is not there, Refusal where none may run."""
    command: str | None = getattr(project.config.commands, key)
    if command is None:
        mend = f"add it to the configuration: [commands] {key} = {_EXAMPLES[key]}"
        raise UsageError("no-command", f"[commands] {key} is not configured", mend=mend)
    if key == "bench" and "{bench}" not in command:
        mend = "say {bench} where the command is to write its results"
        raise UsageError("no-command", "[commands] bench does not say where its results go", mend=mend)
    if "\0" in command:
        raise UsageError("bad-config", f"[commands] {key} holds a NUL character", mend="remove it")
    if project.privilege is not None:
        event = project.privilege.event
        message = (
            f"commands are not run for {event}, with the rights of the repository: a stranger may have written them"
        )
        mend = "measure in a workflow of pull_request or push; if no stranger's code is checked out, say --allow-run"
        raise Refusal("unsafe-event", message, mend=mend)
    return command


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its exit code, and the line of an error that it said last."""

    status: int
    said: str

    @property
    def how(self) -> str:
        """How it ended, in words; below 0 the status is the number of a signal."""
        return f"ended with exit code {self.status}" if self.status >= 0 else f"was ended by signal {-self.status}"


def run_benchmarks(command: str, place: Place, path: Path) -> None:
    """Run the benchmarks once; raise Refusal when they fail, or write no results to `path`."""
    path.unlink(missing_ok=True)  # what an earlier run left must not be taken for this one's
    run(command, place, {"bench": path})
    if not path.is_file():
        message = "the benchmarks ran and wrote no results"
        raise Refusal("missing-report", message, path=path.name, mend="let [commands] bench write them to {bench}")


def run(command: str, place: Place, results: Mapping[str, Path]) -> None:
    """Run a command as `attempt` does; raise Refusal `command-failed` when it does not end with 0."""
    ended = attempt(command, place, results)
    if ended.status != 0:
        raise failed(command, f"{ended.how}: {ended.said}")


def failed(command: str, how: str) -> Refusal:
    """Return the refusal of a command that did not do what it is for."""
    message = f"`{visible(command, _SAID)}` {how}"
    return Refusal("command-failed", message, mend="run it by itself to see all that it says")


def attempt(command: str, place: Place, results: Mapping[str, Path]) -> Ended:
    """Run a command with the shell in its place, `{bench}` and its like replaced by the paths of the results.

    Raises Refusal `command-failed` when it cannot be started.
    """
    line = command
    for name, path in results.items():
        line = line.replace(f"{{{name}}}", shlex.quote(str(path)))
    own = {key: value for key, value in os.environ.items() if key not in _OTHERS and not key.startswith(_FAMILIES)}
    # Not a pipe: a server that the command leaves running would hold it open, and we would wait for ever.
    with tempfile.TemporaryFile() as output:
        process = _start(line, place, {**own, **place.variables}, output)
        try:
            status = _status(process, keep=place.started is not None)
        except BaseException:
            end_all([process])
            raise
        if place.started is not None:
            place.started.append(process)
        output.seek(-min(output.tell(), _LAST), os.SEEK_END)
        said = output.read()
    return Ended(status, _reason(said))


def _status(process: Started, *, keep: bool) -> int:
    """Wait for a command and return its exit code; one to `keep` is not reaped, so that nobody else gets its number."""
    if not keep:
        return process.wait()
    found = os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert found is not None
    return found.si_status if found.si_code == os.CLD_EXITED else -found.si_status


def end_all(started: Iterable[Started]) -> None:
    """End commands with all that they left running in their groups."""
    for process in started:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _start(line: str, place: Place, variables: Mapping[str, str], output: IO[bytes]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            line, shell=True, cwd=place.folder, env=variables, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
    except (OSError, ValueError) as error:
        mend = "look at the folder that it runs in, and at the command in [commands]"
        raise Refusal("command-failed", f"`{visible(line, _SAID)}` cannot be started: {error}", mend=mend) from None


def _reason(said: bytes) -> str:
    """Return the last line that speaks of an error, else the last one: behind it there may be hints and sums."""
    lines = [text.strip() for text in said.decode("utf-8", "replace").splitlines() if text.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    return visible((errors or lines or ["it said nothing"])[-1], _SAID)
