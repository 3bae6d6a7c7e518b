"""Runs git against a server, from a repository of our own and under nothing of a stranger's that names a program."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from phasemetrics.errors import Refusal
from phasemetrics.limits import limits, raising
from phasemetrics_collectors._git_listening import hear, running
from phasemetrics_collectors._git_remote import Entry
from phasemetrics_collectors._git_view import SETTINGS, Answer, View, start

_GRACE = 5.0
_PROTOCOLS = "file:git:http:https:ssh"  # and not `ext`, which is a program, nor other helpers
# How the person connects is theirs to say, programs too. Of what the repository says, only what is no program, writes
# no file, and makes no certificate count less: the person's passwords may be sent there.
_OF_THE_PERSON = re.compile(
    r"core\.(?:sshcommand|gitproxy|sharedrepository)|ssh\.variant|credential\..+|http\..+|url\..+\.insteadof"
    r"|protocol\.version|safe\.directory"
)
_OF_THE_REPOSITORY = re.compile(r"http\.(?:.+\.)?extraheader|url\..+\.insteadof|core\.sharedrepository", re.DOTALL)
_VARIABLES = ("GIT_ASKPASS", "GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSH_VARIANT", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH")
# Nothing runs by itself, whatever git's defaults become, and objects arrive as one pack.
_ALWAYS = {
    "core.hooksPath": os.devnull,
    "core.alternateRefsCommand": "true",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "fetch.unpackLimit": "1",
    "transfer.bundleURI": "false",
}


@dataclass(frozen=True, slots=True)
class Connection:
    """Asks servers from the repository `quarantine`; addresses that are paths are relative to `place`."""

    quarantine: View
    place: Path
    entries: Sequence[Entry]

    def ask(self, *arguments: str) -> Answer:
        """Run git; it asks no person, and ends in time. Raises `Refusal`: `git-timeout`, `no-git`."""
        config = self.quarantine.directory / "connections"
        config.write_text(_as_file(self.entries), "utf-8", "surrogateescape")
        always = [word for name, value in _ALWAYS.items() for word in ("-c", f"{name}={value}")]
        where = ["-C", str(self.place), f"--git-dir={self.quarantine.directory}"]
        return _run([*where, *always, *arguments], {**self._settings(), "GIT_CONFIG_GLOBAL": str(config)})

    def _settings(self) -> dict[str, str]:
        own = {name: os.environ[name] for name in _VARIABLES if name in os.environ}
        settings = {**SETTINGS, "GIT_ALLOW_PROTOCOL": _PROTOCOLS, "GIT_CONFIG_NOSYSTEM": "1"}
        settings |= {"GIT_ASKPASS": "", "GCM_INTERACTIVE": "never", **own}
        if not own.keys() & {"GIT_SSH", "GIT_SSH_COMMAND"} and "core.sshcommand" not in _kept(self.entries):
            # A connection that is kept for others would hold our pipe open after git has ended.
            settings["GIT_SSH_COMMAND"] = "ssh -oBatchMode=yes -oControlMaster=no"
        return settings


def _kept(entries: Iterable[Entry]) -> dict[str, list[str | None]]:
    kept: dict[str, list[str | None]] = {}
    for entry in entries:
        if (_OF_THE_PERSON if entry.own else _OF_THE_REPOSITORY).fullmatch(entry.key):
            kept.setdefault(entry.key, []).append(entry.value)
    return kept


def _as_file(entries: Sequence[Entry]) -> str:
    """Return a configuration file (git-config(1), "Syntax") with the entries that count for a connection."""
    lines = []
    for key, values in _kept(entries).items():
        section, _, rest = key.partition(".")
        subsection, _, name = rest.rpartition(".")
        lines.append(f"[{section} {_quoted(subsection)}]" if subsection else f"[{section}]")
        lines += [name if value is None else f"{name} = {_quoted(value)}" for value in values]
    return "".join(f"{line}\n" for line in lines)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def _run(arguments: Sequence[str], settings: dict[str, str]) -> Answer:
    # In a group of its own, so that ssh and the like end with it. They cannot ask on the terminal from there, either.
    process, seconds = start(arguments, settings, alone=True), limits().fetch_seconds
    try:
        return Answer(*hear(running(process), seconds))
    except BaseException as problem:
        for number in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, number)
            with suppress(subprocess.TimeoutExpired):
                running(process).wait(_GRACE)
        if isinstance(problem, subprocess.TimeoutExpired):
            message = f"the server did not answer within {seconds} s"
            mend = f"try again, or fetch with git itself; {raising('fetch_seconds')}"
            raise Refusal("git-timeout", message, mend=mend) from None
        raise
