"""Brings one commit that a clone lacks from a remote; no ref changes, and a whole history stays whole."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from phasemetrics.errors import Refusal
from phasemetrics.escaping import visible
from phasemetrics_collectors._git_connection import Connection
from phasemetrics_collectors._git_remote import (
    OBJECT_ID,
    Entry,
    Remote,
    configuration,
    fetch_commands,
    is_name,
    remotes,
    usual,
    way_to,
)
from phasemetrics_collectors._git_repository import Repository, has_commit, resolve
from phasemetrics_collectors._git_view import Answer, bare_view

# What git says, or a server, when it has no such object or does not give any that is no tip.
_WITHHELD = re.compile(r"not our ref|unadvertised object|shallow roots|remote ref")
_PARTIAL = re.compile(r"extensions\.partialclone|remote\..+\.promisor", re.DOTALL)


def fetch(repository: Repository, ref: str, say: Callable[[str], object]) -> str:
    """Fetch the commit that `ref` names on a remote, and that alone; return its full object id.

    `ref` is an object id, a tag or a branch. It is looked for on `origin`, then on `upstream`, or else on the only
    remote; `say` is told where. Only a clone that is shallow already gets no more than the commit itself. Raises
    `Refusal`: `cannot-fetch`, `git-timeout`.
    """
    entries = configuration(repository.root)
    known = remotes(entries)
    if not (OBJECT_ID.fullmatch(ref) or is_name(ref)):
        mend = way_to(known, ref, shallow=repository.shallow)
        raise Refusal("cannot-fetch", f"'{visible(ref)}' is no name that a remote could know", mend=mend)
    problems: list[Refusal] = []
    for remote in usual(known):
        say(f"fetching {visible(ref)} from {visible(remote.name)}")
        try:
            with _fetching(repository, remote, entries) as fetching:
                return fetching.bring(ref)
        except Refusal as problem:
            problems.append(problem)
    if not problems:
        why = "several remotes are configured, and none is called origin" if known else "no remote is configured"
        mend = way_to(known, ref, shallow=repository.shallow)
        raise Refusal("cannot-fetch", f"'{visible(ref)}' cannot be fetched: {why}", mend=mend)
    first = problems[0]
    raise Refusal(first.code, "; ".join(problem.message for problem in problems), mend=first.mend)


@dataclass(frozen=True, slots=True)
class _Fetching:
    """One commit on its way from a remote, through a quarantine that is thrown away."""

    repository: Repository
    remote: Remote
    connection: Connection

    def bring(self, ref: str) -> str:
        sha, wanted = (ref, ref) if OBJECT_ID.fullmatch(ref) else self._looked_up(ref)
        if not has_commit(self.repository, sha):  # with a depth, git would cut the history at a commit that is here
            self._receive(ref, wanted)
            self._take_over()
        return resolve(self.repository, sha)

    def _looked_up(self, ref: str) -> tuple[str, str]:
        """Return the object id that a name stands for on the remote, and what it is called there in full."""
        names = _full_names(self.remote, ref)
        peeled = [f"{name}^{{}}" for name in names]
        answer = self.connection.ask("ls-remote", "--symref", "--", self.remote.url, "HEAD", *names, *peeled)
        if answer.status != 0:
            raise self._refused(ref, answer)
        lines = [line.partition("\t")[::2] for line in answer.out.decode("utf-8", "replace").splitlines()]
        found = {name: sha for sha, name in lines if OBJECT_ID.fullmatch(sha)}
        for name in names:
            if name in found:
                return found.get(f"{name}^{{}}", found[name]), name
        default = next((sha.removeprefix("ref: refs/heads/") for sha, _ in lines if sha.startswith("ref: ")), None)
        at = f"; its default branch is '{visible(default)}'" if default else ""
        message = f"{visible(self.remote.name)} has no tag and no branch '{visible(ref)}'{at}"
        mend = f"`git ls-remote {shlex.quote(self.remote.name)}` lists the names; of a commit, spell all digits"
        raise Refusal("cannot-fetch", message, mend=mend)

    def _receive(self, ref: str, wanted: str) -> None:
        quarantine, common = self.connection.quarantine.directory, self.repository.common_dir
        if self.repository.shallow:
            shutil.copyfile(common / "shallow", quarantine / "shallow")
        if not any(_PARTIAL.fullmatch(entry.key) for entry in self.connection.entries):
            # What is here need not be sent again. In a partial clone that would be a guess.
            (quarantine / "refs" / "heads").mkdir()
            (quarantine / "refs" / "heads" / "none").write_text(resolve(self.repository, "HEAD") + "\n", "ascii")
        depth = ["--depth=1"] if self.repository.shallow else []
        options = ["--quiet", "--no-tags", "--no-recurse-submodules", *depth]
        answer = self.connection.ask("fetch", *options, "--", self.remote.url, wanted)
        if answer.status != 0:
            raise self._refused(ref, answer)

    def _refused(self, ref: str, answer: Answer) -> Refusal:
        message = f"{visible(self.remote.name)} did not give '{visible(ref)}': {'; '.join(answer.complaints)}"
        shallow = self.repository.shallow
        if _WITHHELD.search(message):
            name = shlex.quote(self.remote.name)
            whole = f"`git fetch --unshallow {name}` brings its whole history"
            mend = whole if shallow else f"`git fetch {name}` brings all its branches; or name another base"
        else:
            mend = f"{fetch_commands(self.remote, ref, shallow=shallow)[0]} says more, and can ask for a password"
        return Refusal("cannot-fetch", message, mend=mend)

    def _take_over(self) -> None:
        quarantine, common = self.connection.quarantine.directory, self.repository.common_dir
        try:
            with _cut(common / "shallow", quarantine / "shallow") if self.repository.shallow else nullcontext():
                # The index comes last: with it the pack is there for git.
                for suffix in ("pack", "rev", "idx"):
                    for path in (quarantine / "objects" / "pack").glob(f"pack-*.{suffix}"):
                        _put(path, common / "objects" / "pack" / path.name)
        except OSError as error:
            message = f"what was fetched cannot be stored: {error.strerror}"
            mend = "make room, and look who owns `.git`; where no git runs, remove `.git/shallow.lock`"
            raise Refusal("cannot-fetch", message, mend=mend) from None


@contextmanager
def _fetching(repository: Repository, remote: Remote, entries: tuple[Entry, ...]) -> Iterator[_Fetching]:
    object_format = "sha256" if len(resolve(repository, "HEAD")) == 64 else "sha1"
    with bare_view(repository.common_dir / "objects", object_format) as quarantine:
        yield _Fetching(repository, remote, Connection(quarantine, repository.root, entries))


def _full_names(remote: Remote, ref: str) -> list[str]:
    """Return what a remote may call in full what is called `ref` here, the likeliest first."""
    if ref.startswith("refs/"):
        return [ref]
    prefix = f"{remote.name}/"
    tracked = [f"refs/heads/{ref.removeprefix(prefix)}"] if ref.startswith(prefix) else []
    return [*tracked, f"refs/tags/{ref}", f"refs/heads/{ref}"]


def _put(source: Path, target: Path) -> None:
    """Copy a file into its place, all of it or nothing."""
    descriptor, name = tempfile.mkstemp(prefix="tmp_pack_", dir=target.parent)  # gc removes what is called like this
    try:
        with os.fdopen(descriptor, "wb") as copy, source.open("rb") as original:
            shutil.copyfileobj(original, copy)
            copy.flush()
            os.fsync(copy.fileno())
        shutil.copymode(source, name)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@contextmanager
def _cut(shallow: Path, more: Path) -> Iterator[None]:
    """Add the commits in the file `more` to those at which the history of a shallow clone ends, after the block.

    Meanwhile the lock is held that git takes for it. Raises `OSError` when it is taken.
    """
    lock = shallow.with_name("shallow.lock")
    with lock.open("x", encoding="ascii") as copy:
        try:
            ends = [*shallow.read_text("ascii").split(), *more.read_text("ascii").split()]
            copy.writelines(f"{sha}\n" for sha in dict.fromkeys(ends))
            copy.close()
            yield
            lock.replace(shallow)
        except BaseException:
            lock.unlink(missing_ok=True)
            raise
