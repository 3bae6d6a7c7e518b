"""Runs the commands that a project configures to measure itself, and nothing unless it was asked to."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from phasemetrics.errors import Refusal, UsageError
from phasemetrics.escaping import visible

_SAID = 500  # characters of what a command said last
_LAST = 64 << 10  # bytes of its output that are looked at for that
# Workflows that run with the rights of the repository on what a stranger wrote.
_PRIVILEGED = {"pull_request_target", "workflow_run"}
# Whatever these name belongs to the checkout that we were started in, and not to the one that is to be measured.
_OTHERS = ("VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH", "__PYVENV_LAUNCHER__")


@dataclass(frozen=True, slots=True)
class Place:
    """Where commands run: a folder, and environment variables that are set there beside those of ours."""

    folder: Path
    variables: Mapping[str, str] = field(default_factory=dict)


def require_command(command: str | None, key: str) -> str:
    """Return a configured command; raise UsageError for one that is not there, Refusal where none may run."""
    if command is None:
        mend = f'add it to the configuration: [commands] {key} = "pytest benchmarks --benchmark-json={{bench}}"'
        raise UsageError("no-command", f"[commands] {key} is not configured", mend=mend)
    if key == "bench" and "{bench}" not in command:
        mend = "say {bench} where the command is to write its results"
        raise UsageError("no-command", "[commands] bench does not say where its results go", mend=mend)
    if "\0" in command:
        raise UsageError("bad-config", f"[commands] {key} holds a NUL character", mend="remove it")
    event = os.environ.get("GITHUB_EVENT_NAME", "")
    if event in _PRIVILEGED:
        message = f"commands of the project are not run in a workflow of {event}: a stranger may have written them"
        raise Refusal("unsafe-event", message, mend="measure in a workflow of pull_request or push")
    return command


def run(command: str, place: Place, results: Mapping[str, Path]) -> None:
    """Run a command with the shell in its place, `{bench}` and its like replaced by the paths of the results.

    Raises Refusal `command-failed` when it does not end with 0, with the last line of an error that it said.
    """
    line = command
    for name, path in results.items():
        line = line.replace(f"{{{name}}}", shlex.quote(str(path)))
    own = {key: value for key, value in os.environ.items() if key not in _OTHERS and not key.startswith("GIT_")}
    # Not a pipe: a server that the command leaves running would hold it open, and we would wait for ever.
    with tempfile.TemporaryFile() as output:
        process = _start(line, place, {**own, **place.variables}, output)
        try:
            process.wait()
        except BaseException:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
        output.seek(-min(output.tell(), _LAST), os.SEEK_END)
        said = output.read()
    if process.returncode != 0:
        message = f"`{visible(command, _SAID)}` ended with exit code {process.returncode}: {_reason(said)}"
        raise Refusal("command-failed", message, mend="run it by itself to see all that it says")


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
