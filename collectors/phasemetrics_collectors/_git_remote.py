"""Knows the remotes of a repository, and the commands that bring from them what a clone lacks."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from phasemetrics_collectors._git_view import ask_repository

OBJECT_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?", re.ASCII)
_ABBREVIATED = re.compile(r"[0-9a-f]{4,63}", re.ASCII)
# What no name of a ref holds (git-check-ref-format(1)): a text with one of these is an expression, such as `HEAD~1`.
_EXPRESSION = re.compile(r"[~^:?*\[\\\x00-\x20\x7f]|\.\.|@\{|//|\.lock(?:/|$)|(?:^|/)\.|[./]$|^[/-]|^@$|^HEAD$")
_NAMES = "`git branch --all` and `git tag` list the names"
_WHOLE = "`git fetch --unshallow` (in a CI checkout: fetch-depth: 0)"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of git's configuration; `own` is the person's, not the repository's. None for a value means true."""

    own: bool
    key: str
    value: str | None


@dataclass(frozen=True, slots=True)
class Remote:
    """A remote by its name, and its address as the configuration has it."""

    name: str
    url: str


def configuration(place: Path) -> tuple[Entry, ...]:
    """Return what git reads as its configuration in the repository at `place`, included files and all."""
    said = ask_repository(place, "config", "--list", "--show-scope", "-z").out.decode("utf-8", "surrogateescape")
    return tuple(_entries(said.split("\0")))


def _entries(parts: Sequence[str]) -> Iterator[Entry]:
    # git-config(1), "--show-scope" with -z: the scope, then the key with its value behind a line break, if it has one.
    for scope, text in zip(parts[::2], parts[1::2], strict=False):
        key, given, value = text.partition("\n")
        yield Entry(scope in {"system", "global"}, key, value if given else None)


def remotes(entries: Sequence[Entry]) -> tuple[Remote, ...]:
    """Return the remotes that have an address: `origin` first, then `upstream`, then the others as configured."""
    found: dict[str, Remote] = {}
    for entry in entries:
        if entry.key.startswith("remote.") and entry.key.endswith(".url") and entry.value:
            name = entry.key.removeprefix("remote.").removesuffix(".url")
            found.setdefault(name, Remote(name, entry.value))  # the further ones are only pushed to
    order = {"origin": 0, "upstream": 1}
    return tuple(sorted(found.values(), key=lambda remote: order.get(remote.name, 2)))


def usual(known: Sequence[Remote]) -> tuple[Remote, ...]:
    """Return the remotes that a commit may be looked for in unasked: `origin` and `upstream`, or the only one."""
    named = tuple(remote for remote in known if remote.name in {"origin", "upstream"})
    return named or (tuple(known) if len(known) == 1 else ())


def is_name(ref: str) -> bool:
    """Return whether this can be the name of a branch or a tag, and no expression such as `HEAD~1`."""
    return ref != "" and not OBJECT_ID.fullmatch(ref) and not _EXPRESSION.search(ref)


def way_to(known: Sequence[Remote], ref: str, *, shallow: bool) -> str:
    """Return the commands that would bring the commit called `ref`, in words; `shallow`: the clone is."""
    if not (OBJECT_ID.fullmatch(ref) or is_name(ref)):
        return _WHOLE if shallow else _NAMES
    if not known:
        return "no remote is configured that could have it: `git remote add origin URL` adds one"
    commands = [command for remote in known[:2] for command in fetch_commands(remote, ref, shallow=shallow)]
    if OBJECT_ID.fullmatch(ref):
        return f"{' or '.join(commands)} brings it, and --fetch does that"
    if shallow and _ABBREVIATED.fullmatch(ref):
        return f"{_WHOLE}, or all digits of the commit and --fetch"
    return f"{' or '.join(commands)}, or --fetch, brings it; {_NAMES}"


def fetch_commands(remote: Remote, ref: str, *, shallow: bool) -> tuple[str, ...]:
    """Return the commands, as code, that bring from a remote what is called `ref` there: a tag or a branch.

    A clone with its whole history keeps it: only where it is `shallow` do they say a depth.
    """
    start = ["git", "fetch", *(["--depth=1"] if shallow else []), remote.name]
    prefix = f"{remote.name}/"
    if OBJECT_ID.fullmatch(ref):
        wanted = [[ref]]
    elif ref.startswith("refs/"):
        wanted = [[f"{ref}:{ref}"]]
    elif ref.startswith(prefix):
        wanted = [[f"{ref.removeprefix(prefix)}:refs/remotes/{ref}"]]
    else:
        wanted = [["tag", ref], [f"{ref}:refs/remotes/{prefix}{ref}"]]
    return tuple(f"`{shlex.join([*start, *words])}`" for words in wanted)
