"""Builds the sample project and measures it with the real tools: what the tests and `make demo` stand on.

`sample/before` and `sample/after` are the two states of a small package, Rainbook, whole trees that can be compared
with `diff -r`. `build` makes a git repository of the first and tags it `phase-2`, `advance` commits phase 3 step by
step until the second is reached, `measure` runs tests, coverage and benchmarks and leaves their reports in `build/`.
Names and dates of the commits are fixed, so that their ids are the same everywhere.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

BEFORE = Path(__file__).parent / "sample" / "before"
AFTER = Path(__file__).parent / "sample" / "after"
BASE = "phase-2"

Announce: TypeAlias = Callable[[Sequence[str]], object]

_PYTEST_OUTPUT = Path("build/pytest.txt")
_BASE_DATE = "2026-10-02T15:00:00Z"
# What a surrounding test run, git hook or shell would otherwise tell the tools.
_FOREIGN = ("COLUMNS", "COVERAGE_", "COV_", "FORCE_COLOR", "GIT_", "NO_COLOR", "PHASEMETRICS_", "PY_COLORS", "PYTEST_")
_FAILED_TESTS = 1  # what pytest exits with when all is well but for the tests


def _silently(command: Sequence[str]) -> None:
    """Announce nothing."""


@dataclass(frozen=True, slots=True)
class SampleProject:
    """A sample project at `root`; `announce` is told each command line before it runs."""

    root: Path
    announce: Announce = _silently


@dataclass(frozen=True, slots=True)
class _Commit:
    date: str
    message: str
    paths: tuple[str, ...]


# Each step leaves a project whose tests pass, but for those that a later step repairs.
_PHASE_3 = (
    _Commit(
        "2026-10-05T09:30:00Z",
        "Read traces, and logs that begin with a byte order mark",
        ("docs/log_format.md", "src/rainbook/reading.py", "tests/unit/test_reading.py"),
    ),
    _Commit(
        "2026-10-06T16:10:00Z",
        "Drop the fixed-width files of the old loggers",
        ("src/rainbook/files.py", "src/rainbook/fixed_width.py"),
    ),
    _Commit(
        "2026-10-08T11:45:00Z",
        "Add up the months in one pass",
        ("src/rainbook/summary.py", "tests/unit/test_summary.py"),
    ),
    _Commit(
        "2026-10-12T14:20:00Z",
        "Find the days on which a gauge was not read",
        ("docs/missing_days.md", "examples/missing_days.py", "src/rainbook/gaps.py", "tests/unit/test_gaps.py"),
    ),
    _Commit(
        "2026-10-13T10:05:00Z",
        "Put numbers on the right of their column",
        (
            "src/rainbook/render.py",
            "src/rainbook/report.py",
            "src/rainbook/table.py",
            "tests/integration/test_report.py",
        ),
    ),
    _Commit(
        "2026-10-15T15:00:00Z",
        "Close phase 3: missing days",
        ("CHANGELOG.md", "README.md", "phasemetrics.toml", "pyproject.toml"),
    ),
)


class CommandFailed(Exception):
    """A command ended as it should not have; the message holds all that it said."""


def build(target: Path, announce: Announce = _silently) -> SampleProject:
    """Make the project at the end of phase 2 in `target`, which must be absent or empty."""
    if target.exists() and any(target.iterdir()):
        raise FileExistsError(f"{target} is not empty")
    shutil.copytree(BEFORE, target, copy_function=shutil.copyfile, dirs_exist_ok=True)
    project = SampleProject(target, announce)
    git(project, "init", "-q", "-b", "main", "--template=")
    commit(project, _BASE_DATE, "Close phase 2: monthly reports", ["."])
    git(project, "tag", "-a", "-m", "The end of phase 2", BASE, date=_BASE_DATE)
    return project


def advance(project: SampleProject) -> None:
    """Do the work of phase 3: one commit after the other, on top of whatever was committed since `build`."""
    for step in _PHASE_3:
        for path in step.paths:
            if (AFTER / path).is_file():
                shutil.copyfile(AFTER / path, project.root / path)
            else:
                (project.root / path).unlink()
        commit(project, step.date, step.message, step.paths)


def measure(project: SampleProject, benchmark_runs: int = 1) -> None:
    """Replace the reports in `build/` and `.coverage` by those of the files as they are now."""
    shutil.rmtree(project.root / "build", ignore_errors=True)
    (project.root / ".coverage").unlink(missing_ok=True)
    (project.root / "build").mkdir()
    said = run(project, _test_command(), allowed=(0, _FAILED_TESTS))
    (project.root / _PYTEST_OUTPUT).write_text(said, encoding="utf-8")
    for number in range(1, benchmark_runs + 1):
        run(project, _benchmark_command(number))


def pytest_summary(project: SampleProject) -> dict[str, int]:
    """Return the counts in the last line that pytest printed, under its own words: `{"failed": 1, "passed": 14}`."""
    last = _pytest_lines(project)[-1]
    said = re.findall(r"(\d+) (\w+)", last.rpartition(" in ")[0])
    return {word: int(count) for count, word in said if not word.startswith("warning")}


def coverage_total(project: SampleProject) -> str:
    """Return what the last row of coverage's own report says: `81%`."""
    return next(line.split()[-1] for line in _pytest_lines(project) if line.startswith("TOTAL "))


def commit(project: SampleProject, date: str, message: str, paths: Sequence[str]) -> None:
    """Commit everything that was created, changed or deleted under `paths`."""
    git(project, "add", "-A", "--", *paths)
    git(project, "commit", "-q", "-m", message, date=date)


def git(project: SampleProject, *arguments: str, date: str = _BASE_DATE) -> str:
    """Run git with no configuration but the repository's own and return what it said, without the last newline."""
    people = {
        f"GIT_{who}_{what}": value
        for who in ("AUTHOR", "COMMITTER")
        for what, value in {"NAME": "Robin Gauge", "EMAIL": "robin@example.org", "DATE": date}.items()
    }
    return run(project, ["git", *arguments], variables=people).removesuffix("\n")


def run(
    project: SampleProject,
    command: Sequence[str],
    allowed: Collection[int] = (0,),
    variables: Mapping[str, str] | None = None,
) -> str:
    """Run a command at the top of the project and return all it said; CommandFailed for any other exit code."""
    project.announce(command)
    done = subprocess.run(
        command,
        cwd=project.root,
        env={**environment(project), **(variables or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    said = done.stdout.decode("utf-8", "replace")
    if done.returncode not in allowed:
        raise CommandFailed(f"{shlex.join(command)}: exit code {done.returncode}\n{said}")
    return said


def environment(project: SampleProject) -> dict[str, str]:
    """Return the variables for a tool that runs in the project: ours, without those that would change its results."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith((*_FOREIGN, "PYTHON"))}
    return inherited | {
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_CEILING_DIRECTORIES": str(project.root.resolve().parent),  # never the repository that we lie in
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "LC_ALL": "C.UTF-8",
        # A compiled file is told from a stale one by whole seconds and size: the two states are too close for that.
        "PYTHONDONTWRITEBYTECODE": "1",
        "XDG_CONFIG_HOME": os.devnull,  # git's ignore and attributes files of the user
    }


def _test_command() -> list[str]:
    reports = ("json:build/coverage.json", "xml:build/coverage.xml", "term")
    return [
        *(sys.executable, "-m", "pytest", "-p", "no:benchmark", "--junitxml=build/junit.xml"),
        *("--cov", "--cov-branch", *(f"--cov-report={report}" for report in reports)),
    ]


def _benchmark_command(number: int) -> list[str]:
    quick = ("--benchmark-min-rounds=5", "--benchmark-max-time=0.1", "--benchmark-warmup=off")
    return [sys.executable, "-m", "pytest", "benchmarks", *quick, f"--benchmark-json=build/bench-{number}.json"]


def _pytest_lines(project: SampleProject) -> list[str]:
    return (project.root / _PYTEST_OUTPUT).read_text(encoding="utf-8").splitlines()
