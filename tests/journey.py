"""Runs the installed program on copies of the sample project, as a person or a CI job would."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path

import nursery

README = "docs/phases/README_PHASE3.md"
RETRO = "docs/phases/RETRO_3.md"


@dataclass(frozen=True, slots=True)
class Ended:
    """A run that ended: exit code, stdout, stderr."""

    code: int
    out: str
    err: str


def phasemetrics(root: Path, *arguments: str, stdin: str = "", **variables: str) -> Ended:
    """Run the program in `root`; a traceback is never right, whatever the test is about."""
    ran = nursery.ran(root, *arguments, stdin=stdin, NO_COLOR="1", PYTHONUTF8="1", **variables)
    ended = Ended(ran.returncode, ran.stdout, ran.stderr)
    assert "Traceback" not in ended.err + ended.out, ended.err
    return ended


def succeed(root: Path, *arguments: str, stdin: str = "", **variables: str) -> Ended:
    ended = phasemetrics(root, *arguments, stdin=stdin, **variables)
    assert ended.code == 0, ended.err
    return ended


def files_of(root: Path) -> dict[str, str]:
    """Return a digest of every file that is not git's own."""
    found = (path for path in sorted(root.rglob("*")) if path.is_file() and ".git" not in path.relative_to(root).parts)
    return {path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def at_the_end_of_the_phase(before: Path, after: Path, target: Path) -> Path:
    """Return a copy of the sample at the end of phase 3, with the baseline that was recorded at its start."""
    made = before.parent / "made"  # once in a session: the samples do not change
    if not made.is_dir():
        _make_the_end(before, after, made)
    for name in ("start", "end"):
        shutil.copytree(made / name, target / name, symlinks=True)
    return target / "end"


def _make_the_end(before: Path, after: Path, made: Path) -> None:
    start = shutil.copytree(before, made / "start", symlinks=True)
    end = shutil.copytree(after, made / "end", symlinks=True)
    succeed(start, "baseline", "-p", "3")
    shutil.copytree(start / ".phasemetrics", end / ".phasemetrics")
    for kind, name in (("readme", README), ("retrospective", RETRO)):
        succeed(end, "new", kind, "-p", "3", "-o", name)
