"""The sample project at both ends of its phase, measured once for all tests, and filled; a folder to write in."""

from __future__ import annotations

import gc
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

import safety
import sample_project
from journey import at_the_end_of_the_phase, succeed

collect_ignore_glob = ["sample/*"]

# Documents are parsed by the ten thousand and leave no cycles: looking for some took a sixth of that time.
gc.set_threshold(200_000, 20, 20)

# A loaded machine is slow and not wrong. In CI every run draws the same examples; a person's draws new ones.
settings.register_profile("house", deadline=None, derandomize="CI" in os.environ, print_blob=True)
settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    if safety.RUNNING is not None:
        config.pluginmanager.register(safety.RUNNING)


@pytest.fixture(scope="session")
def sample_before(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The top of the sample project at the end of phase 2, with its reports: copy it before you change anything."""
    project = sample_project.build(tmp_path_factory.mktemp("before"))
    sample_project.measure(project)
    yield from _unchanged(project.root)


@pytest.fixture(scope="session")
def sample_after(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The top of the sample project at the end of phase 3, with its reports: copy it before you change anything."""
    project = sample_project.build(tmp_path_factory.mktemp("after"))
    sample_project.advance(project)
    sample_project.measure(project)
    yield from _unchanged(project.root)


@pytest.fixture(scope="session")
def filled(sample_before: Path, sample_after: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The sample project at the end of phase 3, recorded, with its documents filled: see `project`."""
    root = at_the_end_of_the_phase(sample_before, sample_after, tmp_path_factory.mktemp("filled"))
    succeed(root, "fill", "-p", "3")
    yield from _unchanged(root)


@pytest.fixture
def project(filled: Path, tmp_path: Path) -> Path:
    """A copy of `filled` for one test, which may change it."""
    return shutil.copytree(filled, tmp_path / "project", symlinks=True)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for a law: each of its many examples writes over the files of the one before."""
    return tmp_path_factory.mktemp("scratch")


def _unchanged(root: Path) -> Iterator[Path]:
    """Yield `root`; a test that wrote into it would change what the tests after it see, so that is an error."""
    made = _digests(root)
    yield root
    assert _digests(root) == made, "a test changed the sample project that all tests share"


def _digests(root: Path) -> dict[str, str]:
    # Git refreshes its index whenever it is asked something.
    files = (path for path in root.rglob("*") if path.is_file() and ".git" not in path.relative_to(root).parts)
    return {path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the tables that tests made, whoever ran them."""
    for report in (*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")):
        for name, table in report.user_properties:
            if name == "table":
                terminalreporter.section(report.nodeid.rpartition("::")[2])
                terminalreporter.write_line(str(table))
