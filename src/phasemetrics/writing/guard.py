"""Says whether a path may be written: a regular file of this project, under one name, that its owner left writable."""

from __future__ import annotations

import errno
import os
import shlex
import stat
from pathlib import Path

from phasemetrics.errors import Refusal
from phasemetrics.reading import bound

# A pull request may bring a link to `.git/config`: inside the root, a regular file, and full of other people's secrets.
_PRIVATE = {".git", ".phasemetrics"}
_MOST_LINES = 200_000  # a line costs 600 bytes of memory and 10 µs, even an empty one


def resolve_readable(root: Path, path: Path, name: str) -> Path:
    """Return where the file `path` (a relative one counts from `root`) really lies, all symbolic links resolved.

    `name` is how the person calls it. Raises `Refusal` for what is missing, leaves the project or lies in `.git`, is a
    symbolic link to itself, or no regular file.
    """
    base = Path(os.path.realpath(root))
    real = _real(base / path, name)
    _keep_inside(base, base / path, real, name)
    mode = _looked_at(real, name).st_mode
    if not stat.S_ISREG(mode):
        kind = "a directory" if stat.S_ISDIR(mode) else "not a regular file"
        raise Refusal("not-a-file", f"is {kind}", path=name, mend="name a regular file")
    return real


def resolve_document(root: Path, path: Path, name: str) -> Path:
    """Return where the document `path` really lies, as `resolve_readable` does.

    Raises `Refusal` as well for a file that has a second name or may not be written (security study §5.1, step 1).
    """
    real = resolve_readable(root, path, name)
    links = _looked_at(real, name).st_nlink
    if links > 1:
        message = f"is a hard link: {links} names for one file, and writing would split them"
        where = shlex.quote(name)
        mend = f"give it a file of its own: cp -p {where} {where}.new && mv {where}.new {where}"
        raise Refusal("hard-link", message, path=name, mend=mend)
    _must_be_writable(real, name)
    return real


def _looked_at(real: Path, name: str) -> os.stat_result:
    try:
        return real.stat()
    except OSError as error:
        raise Refusal("unreadable", f"cannot be looked at: {error.strerror}", path=name) from None


def resolve_new(root: Path, path: Path, name: str) -> Path:
    """Return where a document that does not exist yet will lie; its folders may be missing too.

    Raises `Refusal` when there is something already, even a broken symbolic link, and for a place outside the project.
    """
    base = Path(os.path.realpath(root))
    wanted = base / path
    try:
        real = Path(os.path.realpath(wanted.parent)) / wanted.name
        _keep_inside(base, wanted.parent, real, name)
        real.lstat()
    except FileNotFoundError:
        return real
    except OSError as error:
        raise Refusal("unreadable", f"cannot be looked at: {error.strerror}", path=name) from None
    except ValueError as error:
        raise Refusal("unreadable", f"cannot be a file's name: {error}", path=name) from None
    raise Refusal("exists", "exists already", path=name, mend="name another file, or move that one away")


def read_document(path: Path, name: str) -> bytes:
    """Return all bytes of a resolved document, none at all for an empty one.

    Raises `Refusal` for what cannot be read, has become something else than a regular file, or is over the limit.
    """
    most, mend = bound("document_size")
    try:
        # O_NOFOLLOW: the path is resolved, so a link in its place was put there since.
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(path, flags)
    except OSError as error:
        raise Refusal("unreadable", f"cannot be opened: {error.strerror}", path=name) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Refusal("not-a-file", "is not a regular file", path=name, mend="name a regular file")
    with os.fdopen(descriptor, "rb") as stream:
        try:
            content = stream.read(most + 1)
        except OSError as error:
            raise Refusal("unreadable", f"cannot be read: {error.strerror}", path=name) from None
    if len(content) > most:
        raise Refusal("too-large", f"is over the limit of {most} bytes", path=name, mend=mend)
    if content.count(b"\n") + content.count(b"\r") - content.count(b"\r\n") > _MOST_LINES:
        raise Refusal("too-large", f"has more than {_MOST_LINES} lines", path=name, mend="split the document")
    return content


def passes_link(root: Path, path: Path) -> bool:
    """Whether `path`, which lies below `root`, is a symbolic link or goes through one."""
    steps = (path, *path.parents)
    return any(step.is_symlink() for step in steps[: steps.index(root)])


def _real(path: Path, name: str) -> Path:
    try:
        return Path(os.path.realpath(path, strict=True))
    except (FileNotFoundError, NotADirectoryError):
        raise Refusal("missing-file", "there is no such file", path=name, mend="name an existing file") from None
    except OSError as error:
        if error.errno == errno.ELOOP:
            mend = f"let it lead to a file: ls -l {shlex.quote(name)}"
            raise Refusal("symlink-loop", "is a symbolic link that leads to itself", path=name, mend=mend) from None
        raise Refusal("unreadable", f"cannot be looked at: {error.strerror}", path=name) from None
    except ValueError as error:  # a NUL in the name
        raise Refusal("unreadable", f"cannot be a file's name: {error}", path=name) from None


def _keep_inside(base: Path, wanted: Path, real: Path, name: str) -> None:
    """Refuse a path that ends outside `base`, or that leaves it on the way and comes back."""
    steps = [step for step in (wanted, *wanted.parents) if step.is_relative_to(base)]
    places = [real, *(Path(os.path.realpath(step)) for step in steps)]
    if not all(place.is_relative_to(base) for place in places):
        mend = "name a file of this project, or say where the project is with -C"
        raise Refusal("outside-project", "leaves the project, by a symbolic link or by `..`", path=name, mend=mend)
    for part in real.relative_to(base).parts:
        if part.casefold() in _PRIVATE:
            raise Refusal("outside-project", f"lies in {part}, where no document is", path=name, mend="name another")


def _must_be_writable(real: Path, name: str) -> None:
    for place, said in ((real, name), (real.parent, str(Path(name).parent))):
        # The system's answer, for whoever asks: os.replace alone would overwrite a 0444 file of anybody's. Root is told
        # yes, as for everything; refusing root by the mode bits as well was tried, and refused every copy of a
        # read-only checkout in containers, where everybody is root.
        if not os.access(place, os.W_OK):
            what = "is read-only for you" if place == real else "lies in a folder that is read-only for you"
            raise Refusal("read-only", what, path=name, mend=f"if it may be written: chmod u+w {shlex.quote(said)}")
