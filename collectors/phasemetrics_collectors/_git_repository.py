"""Finds the repository around a directory and turns what a person calls a commit into its object id."""

from __future__ import annotations

import os
import re
import shlex
import stat
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from phasemetrics.errors import Refusal
from phasemetrics.escaping import visible
from phasemetrics_collectors._git_remote import OBJECT_ID, Remote, configuration, is_name, remotes, usual, way_to
from phasemetrics_collectors._git_view import Answer, View, ask_repository, bare_view, odd_answer, unreadable_objects

_REF_LIMIT = 500
_BRACED = re.compile(r"[@^]\{[^{}]*\}(?=[~^@]|$)")
_READ_FIRST = ("HEAD", "commondir", "config", "config.worktree", "objects/info/alternates", "packed-refs")
_EXCEPTION = re.compile(r"git config --global --add safe\.directory .+")


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository that was found: `root`, the top of the work tree (of a bare one: itself), and its directories.

    `git_dir` holds HEAD and the index of this work tree, `common_dir` what all its work trees share.
    """

    root: Path
    git_dir: Path
    common_dir: Path
    view: View

    @property
    def bare(self) -> bool:
        """Whether there is no work tree."""
        return self.root == self.git_dir

    @property
    def shallow(self) -> bool:
        """Whether the history was cut when it was fetched."""
        return (self.common_dir / "shallow").is_file()


@contextmanager
def open_repository(start: Path) -> Iterator[Repository]:
    """Yield the repository that `start` lies in, until the end of the `with` block.

    Works in a linked work tree, a submodule, a bare and an SHA-256 repository. Raises `Refusal`: `no-git`,
    `not-a-repository`, `dubious-ownership`, `corrupt-repository`, `old-git`.
    """
    # Not GitPython's `Repo()`: it looks at no owner, so safe.directory would mean nothing; it believes core.worktree;
    # and it reads includes of a stranger's configuration in our own process, where a named pipe stops us for good.
    directory = Path(os.path.realpath(start))
    root = next((place for place in (directory, *directory.parents) if _has_git(place)), None)
    place = root or directory
    _check_files(place)
    questions = ("--path-format=absolute", "--git-dir", "--git-common-dir", "--show-object-format")
    answer = ask_repository(place, "rev-parse", *questions)
    if answer.status != 0:
        raise _not_found(place, answer)
    lines = answer.out.removesuffix(b"\n").split(b"\n")
    if len(lines) != 3:
        raise odd_answer(lines)
    git_dir, common_dir = (Path(os.fsdecode(line)) for line in lines[:2])
    with bare_view(common_dir / "objects", lines[2].decode("ascii")) as view:
        yield Repository(root or git_dir, git_dir, common_dir, view)


def _has_git(place: Path) -> bool:
    # Like git, which goes on upwards past an empty `.git`; a linked work tree and a submodule have a file there.
    entry = place / ".git"
    return os.path.isfile(entry) or os.path.lexists(entry / "HEAD")  # noqa: PTH113 - Path.is_file() can raise


def _check_files(place: Path) -> None:
    # git waits at a named pipe until its time is over, and reads a device for as long.
    for name in _READ_FIRST:
        try:
            mode = (place / ".git" / name).stat().st_mode
        except OSError:
            continue
        if not stat.S_ISREG(mode):
            mend = "take a fresh clone: git makes no such repository"
            raise Refusal(
                "corrupt-repository", f"git cannot read .git/{name}, which is no file", path=str(place), mend=mend
            )


def _not_found(place: Path, answer: Answer) -> Refusal:
    if "dubious ownership" in answer.err or "safe.directory" in answer.err:
        found = _EXCEPTION.search(answer.err)
        mend = found[0] if found else f"git config --global --add safe.directory {shlex.quote(str(place))}"
        message = "somebody else owns this repository, and it is not listed in your safe.directory"
        return Refusal("dubious-ownership", message, path=str(place), mend=f"if you trust it: `{mend}`")
    if "not a git repository" in answer.err or "cannot change to" in answer.err:
        message = "is not in a git repository that can be read"
        return Refusal("not-a-repository", message, path=str(place), mend="run it inside one, or `git init`")
    message = f"git cannot open the repository: {answer.said}"
    return Refusal("corrupt-repository", message, path=str(place), mend="`git status` says it again; mend it there")


def resolve(repository: Repository, ref: str) -> str:
    """Return the full object id of the commit that `ref` names (gitrevisions(7)).

    Raises `Refusal`: `bad-ref` for what is no such name, or names no commit; `no-commit`, `shallow-clone`,
    `corrupt-repository` where the name may be right and the commit is not there.
    """
    _check_spelling(ref)
    answer = _parse(repository, f"{ref}^{{commit}}")
    if answer is None:
        raise _unresolved(repository, ref)
    return answer


def find(repository: Repository, ref: str) -> tuple[str, str]:
    """Return the full object id of the commit that `ref` names, and the name that it was found under.

    That is another one for a branch that only a remote has: `origin/main` for `main`. Raises as `resolve` does.
    """
    try:
        return resolve(repository, ref), ref
    except Refusal:
        for remote in usual(remotes(configuration(repository.root))) if is_name(ref) else ():
            known = f"{remote.name}/{ref}"
            if (sha := _parse(repository, f"refs/remotes/{known}^{{commit}}")) is not None:
                return sha, known
        raise


def has_commit(repository: Repository, sha: str) -> bool:
    """Return whether the commit with a full object id is in this clone."""
    return _parse(repository, f"{sha}^{{commit}}") is not None


def _parse(repository: Repository, name: str) -> str | None:
    answer = ask_repository(repository.root, "rev-parse", "--verify", "--end-of-options", name)
    found = answer.out.decode("ascii", "replace").strip()
    # For a date before the first entry of its log, git names the first one, and warns.
    guessed = "only goes back to" in answer.err
    return found if answer.status == 0 and not guessed and OBJECT_ID.fullmatch(found) else None


def _check_spelling(ref: str) -> None:
    if not ref.strip() or len(ref) > _REF_LIMIT:
        problem = "is empty" if not ref.strip() else f"is longer than {_REF_LIMIT} characters"
    elif ref.startswith("-"):
        problem = "looks like an option"
    elif ".." in ref:
        problem = "is a range or a path"
    elif ":" in ref:
        problem = "names a file or a search"
    elif re.search(r"[@^]\{", _BRACED.sub("", ref)):
        # git would read the `^{commit}` that we put behind it as part of a date, and any date names some commit.
        problem = "leaves a brace open"
    elif any(unicodedata.category(character) in {"Cc", "Cs"} for character in ref):
        problem = "holds a character that no name can hold"
    else:
        return
    raise _bad_ref(ref, f"{problem}, not one commit")


def _bad_ref(ref: str, problem: str, mend: str = "`git branch --all` and `git tag` list the names") -> Refusal:
    return Refusal("bad-ref", f"revision '{visible(ref)}' {problem}", mend=mend)


def _unresolved(repository: Repository, ref: str) -> Refusal:
    if _parse(repository, "HEAD") is None:
        message = "HEAD names no commit: this branch has none yet, or HEAD is damaged"
        return Refusal("no-commit", message, mend="commit something first; `git status` says which it is")
    named = _parse(repository, ref)
    kind = repository.view.ask("cat-file", "-t", named) if named else None
    if kind is not None and kind.status == 0:
        what = kind.out.decode("ascii", "replace").strip()
        return _bad_ref(ref, f"is a {what}, not a commit")
    known = remotes(configuration(repository.root))
    mend = way_to(known, ref, shallow=repository.shallow)
    if repository.shallow:
        message = f"revision '{visible(ref)}' is not in this shallow clone{_default_branch(repository, known, ref)}"
        return Refusal("shallow-clone", message, mend=mend)
    if OBJECT_ID.fullmatch(ref):
        return _bad_ref(ref, "is not a commit of this repository", mend=mend)
    if named:
        return unreadable_objects(f"the commit {named} that '{visible(ref)}' names is missing or damaged")
    return _bad_ref(ref, f"names no commit of this repository{_default_branch(repository, known, ref)}", mend=mend)


def _default_branch(repository: Repository, known: Sequence[Remote], ref: str) -> str:
    """Return what else to say of a name that is not here: it may be the old name of the default branch."""
    for remote in usual(known) if is_name(ref) else ():
        head = f"refs/remotes/{remote.name}/"
        answer = ask_repository(repository.root, "symbolic-ref", "--quiet", f"{head}HEAD")
        branch = answer.out.decode("utf-8", "replace").strip()
        if answer.status == 0 and branch.startswith(head):
            return f"; the default branch of {visible(remote.name)} is '{visible(branch.removeprefix(head))}'"
    return ""
