"""What git knows of two commits: the files and lines that differ, the days of work, the files themselves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from phasemetrics.errors import Refusal
from phasemetrics.escaping import visible
from phasemetrics.evidence.model import FileChange, FileStatus, Revision
from phasemetrics.limits import MIB
from phasemetrics_collectors._git_checkout import check_out
from phasemetrics_collectors._git_fetch import fetch
from phasemetrics_collectors._git_remote import OBJECT_ID, configuration, remotes
from phasemetrics_collectors._git_repository import Repository, find, open_repository, resolve
from phasemetrics_collectors._git_view import unreadable_objects
from phasemetrics_collectors._git_worktree import changed_paths, is_dirty

__all__ = [
    "Repository",
    "changed_paths",
    "check_out",
    "compare",
    "fetch",
    "find",
    "open_repository",
    "origin",
    "read_blob",
    "resolve",
    "revision",
    "span",
    "tracked_paths",
]

BLOB_LIMIT = 16 * MIB
_DAY = 86_400
# Everything but a creation and a deletion: modified, renamed, copied, type changed.
_STATUS: dict[str, FileStatus] = {"A": "created", "D": "deleted"}
_ENTRY = re.compile(rb"(?P<mode>\d+) (?P<kind>\w+) (?P<id>[0-9a-f]+) +(?P<size>\S+)\t(?P<path>.*)", re.DOTALL)


def revision(repository: Repository, ref: str = "HEAD", beside: Sequence[str] = ()) -> Revision:
    """Return the commit that `ref` names; `dirty` is measured for `HEAD` only and false for any other name.

    A branch that only a remote has is found, too. The paths `beside` it (relative to the root) do not make it dirty:
    the documents that are being filled.

    Raises `Refusal`: `bad-ref`, `no-commit`, `shallow-clone`, `corrupt-repository`.
    """
    sha, _ = find(repository, ref)
    said = repository.view.read("rev-list", "--no-walk", "--timestamp", "--format=%T %ct", sha)
    first, *_, last = said.decode("ascii", "replace").splitlines()
    tree, _, shown = last.partition(" ")
    # git shows no date of a message in UTF-16, and 0 is its time of a commit that has none.
    seconds = first.partition(" ")[0]
    try:
        date = datetime.fromtimestamp(int(shown if seconds == "0" else seconds), UTC).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError):
        raise unreadable_objects(f"commit {sha} has no date that can be read") from None
    dirty = ref == "HEAD" and not repository.bare and is_dirty(repository, sha, beside)
    return Revision(sha, tree, date, dirty)


def origin(repository: Repository) -> str | None:
    """Return the address of the remote `origin` as it is configured; None where there is none. Nothing is fetched."""
    return next((one.url for one in remotes(configuration(repository.root)) if one.name == "origin"), None)


def compare(repository: Repository, base: str, head: str) -> tuple[FileChange, ...]:
    """Return the files that differ between two commits, by path; `base` and `head` are full object ids.

    Lines are counted as `git diff --numstat` counts them, whatever .gitattributes says: a renamed file counts as
    modified with its old path as `source`, a submodule as one file, a changed mode as no lines. Paths are decoded as
    UTF-8 with `surrogateescape`. Raises `Refusal`: `bad-ref`, `corrupt-repository`.
    """
    options = ("-r", "-M", "-z", "--raw", "--numstat", "--no-ext-diff", "--no-textconv")
    said = repository.view.read("diff-tree", *options, _object_id(base), _object_id(head))
    return tuple(sorted(_changes(said), key=lambda change: change.path))


def _changes(said: bytes) -> list[FileChange]:
    # git-diff(1), "RAW OUTPUT FORMAT" and "OTHER DIFF FORMATS" with -z: first every file's status, then its lines.
    parts = iter(said.decode("utf-8", "surrogateescape").split("\0"))
    status: dict[str, FileStatus] = {}
    changes = []
    for part in parts:
        if part.startswith(":"):
            letter = part.rpartition(" ")[2][:1]
            path = next(parts)
            status[next(parts) if letter in "RC" else path] = _STATUS.get(letter, "modified")
        elif part:
            added, deleted, path = part.split("\t", 2)
            source = None if path else next(parts)
            path = path or next(parts)
            counts = (0, 0) if added == "-" else (int(added), int(deleted))
            changes.append(FileChange(path, status[path], source, *counts, binary=added == "-"))
    return changes


def span(repository: Repository, base: str, head: str) -> int | None:
    """Return the calendar days (UTC, committer dates) from the first to the last commit of `base..head`.

    Both ends count, so commits of one day make 1. None where the range holds no commit, or where a shallow clone
    cut it short. Raises `Refusal`: `bad-ref`, `corrupt-repository`.
    """
    # The view knows nothing of shallow boundaries: a walk that runs into one fails, and does not end early unseen.
    answer = repository.view.ask("rev-list", "--timestamp", _object_id(head), f"^{_object_id(base)}")
    if answer.status != 0:
        if repository.shallow:
            return None
        raise unreadable_objects(answer.said)
    days = [int(line.split(b" ", 1)[0]) // _DAY for line in answer.out.splitlines()]
    return max(days) - min(days) + 1 if days else None


def read_blob(repository: Repository, sha: str, path: str) -> bytes | None:
    """Return the content of the file `path` (`/`-separated, from the top) at a commit; None where there is none.

    Raises `Refusal`: `not-a-file` for a directory, link or submodule, `too-large` over 16 MiB, `bad-ref`,
    `corrupt-repository`.
    """
    if re.search("[\0\ud800-\udc7f\udd00-\udfff]", path) or {"", ".", ".."} & set(path.split("/")):
        return None  # no tree holds such a name, and git would take some of them for a place on this machine
    wanted = path.encode("utf-8", "surrogateescape")
    said = repository.view.read("--literal-pathspecs", "ls-tree", "-z", "-l", _object_id(sha), "--", path)
    entries = [found for entry in said.split(b"\0") if (found := _ENTRY.fullmatch(entry)) and found["path"] == wanted]
    if not entries:
        return None
    entry = entries[0]
    if not entry["mode"].startswith(b"100"):
        raise Refusal("not-a-file", f"is not a regular file at commit {sha}", path=path)
    if not entry["size"].isdigit():  # ls-tree prints BAD for it, and exits 0
        raise unreadable_objects(f"the content of '{visible(path)}' at commit {sha} is missing or damaged")
    if int(entry["size"]) > BLOB_LIMIT:
        raise Refusal("too-large", f"is {int(entry['size'])} bytes, the limit is {BLOB_LIMIT}", path=path)
    return repository.view.read("cat-file", "blob", entry["id"].decode("ascii"))


def tracked_paths(repository: Repository, sha: str) -> frozenset[str]:
    """Return every path of a commit's tree, submodules included, decoded as UTF-8 with `surrogateescape`.

    Raises `Refusal`: `bad-ref`, `corrupt-repository`.
    """
    said = repository.view.read("ls-tree", "-r", "-z", "--name-only", _object_id(sha))
    return frozenset(said.decode("utf-8", "surrogateescape").split("\0")) - {""}


def _object_id(text: str) -> str:
    if not OBJECT_ID.fullmatch(text):
        raise Refusal("bad-ref", f"revision '{text[:100]}' is not a full object id", mend="resolve it first")
    return text
