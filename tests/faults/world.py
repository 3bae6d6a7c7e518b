"""A small real project in git, at the moments at which a command is to fail; and what is right afterwards."""

from __future__ import annotations

import functools
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from faults.driver import Running, driver
from git_workshop import Workshop
from journey import Ended

DOCUMENT = "docs/RETRO_1.md"
LEDGER = f".phasemetrics/ledger/{DOCUMENT}.json"
END = ".phasemetrics/phases/1/end.json"
BASELINE = ".phasemetrics/phases/1/baseline.json"
CONFIG = """\
documents = ["docs/RETRO_{phase}.md"]
junit = ["build/junit.xml"]
coverage = ["build/coverage.json"]
base = "start"
"""
TEXT = """\
# Phase: [PHASE NAME]

What we set out to do, in our own words.

## Metrics

### Specific Measurements
- Tests Passing: X/Y → A/B
- Coverage: X% → Y%
- Lines Added: X
- Files Modified: Y

| Metric | Before | After | Change |
|--------|--------|-------|--------|
| Tests | [X] | [X] | [X] |
| Coverage | [X%] | [X%] | [X] |

## Code Changes
### Files Created
- `path/to/file.go` - [Purpose]

### Files Modified
- `path/to/file.go` - [What was changed and why]

The end.
"""
FILL = ("fill", "-p", "1")
CHECK = ("check", "-p", "1")
Tree = Mapping[str, bytes]

_TESTS = "<testsuite>{}</testsuite>"
_LOCK = "project/.git/phasemetrics/lock"


@dataclass(frozen=True, slots=True)
class Moment:
    """A project in a folder, made once and copied for each trial, and the command that is about to run in it.

    `healing` are the commands of which each, as the next one, has to put everything right; with the exit codes that
    they have when the first command did nothing, and when it did all.
    """

    place: Path
    command: tuple[str, ...]
    healing: tuple[tuple[str, ...], ...]

    def copied(self, place: Path) -> World:
        shutil.copytree(self.place, place, symlinks=True)
        return World(place)


@dataclass(frozen=True, slots=True)
class World:
    """A project and a TMPDIR beside it, and who works there (None: whoever we are)."""

    place: Path
    user: int | None = None

    @property
    def project(self) -> Path:
        return self.place / "project"

    @property
    def temporary(self) -> Path:
        return self.place / "tmp"

    def begin(self, *arguments: str, **variables: str) -> Running:
        """Start the program in the project."""
        places = {"TMPDIR": str(self.temporary), "HOME": str(self.place)}
        return driver().begin(self.project, arguments, {**places, **variables}, self.user)

    def run(self, *arguments: str, **variables: str) -> Ended:
        return self.begin(*arguments, **variables).ended()

    def tree(self) -> Tree:
        """Return every file and folder with its content; without the lock, which stays."""
        found = (path for path in self.place.rglob("*"))
        named = {path.relative_to(self.place).as_posix(): path for path in found}
        return {
            name: path.read_bytes() if path.is_file() else b""
            for name, path in named.items()
            if not _LOCK.startswith(name)
        }

    def measured(self, tests: int, covered: int, failed: int = 0) -> None:
        """Put reports where the tests would have left them."""
        cases = "".join(f'<testcase classname="c" name="t{one}"/>' for one in range(tests))
        cases += "".join(f'<testcase classname="c" name="f{one}"><failure/></testcase>' for one in range(failed))
        build = self.project / "build"
        build.mkdir(exist_ok=True)
        (build / "junit.xml").write_text(_TESTS.format(cases))
        (build / "coverage.json").write_text(json.dumps(_coverage(covered)))


def _coverage(covered: int) -> object:
    lines = {"executed_lines": list(range(1, covered + 1)), "missing_lines": list(range(covered + 1, 101))}
    counts = {"covered_lines": covered, "num_statements": 100, "missing_lines": 100 - covered, "excluded_lines": 0}
    summary = {**counts, "percent_covered": float(covered), "percent_covered_display": str(covered)}
    files = {"src/a.py": {**lines, "summary": summary, "excluded_lines": []}}
    meta = {"format": 3, "version": "7.6.1", "timestamp": "2026-11-01T12:00:00", "branch_coverage": False}
    return {"meta": meta, "files": files, "totals": summary}


def folder() -> tempfile.TemporaryDirectory[str]:
    """Return a new folder in memory where there is one: many worlds are made and removed here."""
    memory = Path("/dev/shm")
    return tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None)


@functools.cache
def moments() -> Mapping[str, Moment]:
    """Make the project at four moments: the first `fill`, a later one, `baseline`, and `reset`."""
    made = folder()
    _kept_until_the_end.append(made)
    place = Path(made.name)
    world = World(place / "made")
    shop = Workshop(world.project)
    world.temporary.mkdir()
    shop.commit({"src/a.py": "a\n" * 9, "src/b.py": "b\n", "phasemetrics.toml": CONFIG, ".gitignore": "build\n"})
    shop.git("tag", "start")
    shop.write(DOCUMENT, TEXT)
    world.measured(3, 50)
    found = {"baseline": _kept(world, place, "baseline", ("baseline", "-p", "1"), ("baseline", "-p", "1", "--force"))}
    _succeed(world, "baseline", "-p", "1")
    shop.commit({"src/a.py": "a\n" * 9 + "more\n", "src/c.py": "c\n"})
    world.measured(5, 61)
    shutil.rmtree(world.project / ".git" / "phasemetrics")  # as in a clone
    found["first"] = _kept(world, place, "first", FILL, FILL)
    _succeed(world, *FILL)
    found["reset"] = _kept(world, place, "reset", ("reset", DOCUMENT), ("reset", DOCUMENT))
    shop.commit({"src/b.py": "b\nmore\n", "src/d.py": "d\n"})
    world.measured(8, 75)
    found["fill"] = _kept(world, place, "fill", FILL, FILL)
    return found


def _kept(world: World, place: Path, name: str, command: tuple[str, ...], again: tuple[str, ...]) -> Moment:
    shutil.copytree(world.place, place / name, symlinks=True)
    return Moment(place / name, command, (again, CHECK))


def _succeed(world: World, *arguments: str) -> None:
    ended = world.run(*arguments)
    assert ended.code == 0, ended.err


_kept_until_the_end: list[tempfile.TemporaryDirectory[str]] = []
