"""Tests that ran in several jobs of CI: their raw reports come together in one, all of them or nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from git_workshop import Workshop
from nursery import ran

SHARDS = 4
CONFIG = 'documents = ["RETRO.md"]\n[phase.2]\nname = "Sharded"\n'
DOCUMENT = """# Phase 2 Retrospective

## Metrics

### Specific Measurements
- Tests Passing: X/Y → A/B
- Coverage: X% → Y%
"""
MODULE = (
    "def sign(number):\n    if number > 0:\n        return 1\n    if number < 0:\n        return -1\n    return 0\n"
)


def file_of_tests(number: int) -> str:
    more = "\n\ndef test_that_fails():\n    assert sign(1) == 2\n" if number == 3 else ""
    test = f"def test_{number}():\n    assert sign({number - 1}) == min({number - 1}, 1)\n"
    return f"from signs import sign\n\n\n{test}{more}"


def measure(root: Path, out: Path, coverage: str, tests: Sequence[str]) -> None:
    """Run some tests as a job would, with the report of tests and the data of coverage in one folder."""
    out.mkdir(parents=True)
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("COV", "PYTEST", "GIT"))}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={out / 'junit.xml'}"]
    ended = subprocess.run(
        [*command, "--cov=signs", "--cov-branch", "--cov-report=", *tests],
        cwd=root, env=clean | {"COVERAGE_FILE": str(out / coverage)}, capture_output=True, check=False,
    )  # fmt: skip
    assert ended.returncode in {0, 1}, ended.stdout.decode()


def clone(workshop: Workshop, target: Path, *options: str) -> Path:
    workshop.git("clone", "-q", *options, f"file://{workshop.root}", str(target))
    return target


def upload(out: Path, artifact: Path) -> None:
    """Copy the files of a job as upload-artifact does since 4.4: without those that begin with a dot."""
    shutil.copytree(out, artifact, ignore=shutil.ignore_patterns(".*"))


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    made = Workshop(tmp_path_factory.mktemp("origin") / "project")
    files = {f"test_{number}.py": file_of_tests(number) for number in range(SHARDS)}
    # The jobs lie in folders of different names, as on different machines.
    own = {".coveragerc": "[run]\nrelative_files = true\n", "phasemetrics.toml": CONFIG, "RETRO.md": DOCUMENT}
    made.commit({"signs.py": MODULE, **files, **own})
    return made


@pytest.fixture(scope="module")
def artifacts(workshop: Workshop, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What four jobs uploaded, each from a checkout of its own."""
    folder = tmp_path_factory.mktemp("artifacts")
    for number in range(SHARDS):
        job = clone(workshop, tmp_path_factory.mktemp("job") / "project", "--depth=1")
        measure(job, job / "out", f"coverage.{number}", [f"test_{number}.py"])
        upload(job / "out", folder / f"phasemetrics-{number}")
    return folder


@pytest.fixture
def job(workshop: Workshop, artifacts: Path, tmp_path: Path) -> Path:
    """The job behind the others: a checkout of one commit, and what they uploaded."""
    root = clone(workshop, tmp_path / "project", "--depth=1")
    shutil.copytree(artifacts, root / "shards")
    return root


OPTIONS = ("--junit", "shards/*/junit.xml", "--coverage", "shards/*/coverage.*", "--expect-shards", str(SHARDS))


def test_all_shards_together_are_the_whole_run(workshop: Workshop, job: Path, tmp_path: Path) -> None:
    assert ran(job, "fill", "-p", "2", *OPTIONS).returncode == 0
    whole = clone(workshop, tmp_path / "whole", "--depth=1")
    measure(whole, whole / "out", "coverage.data", [])
    done = ran(whole, "fill", "-p", "2", "--junit", "out/junit.xml", "--coverage", "out/coverage.data")
    assert done.returncode == 0, done.stderr
    assert (job / "RETRO.md").read_text() == (whole / "RETRO.md").read_text()
    assert "- Tests Passing: X/Y → 4/5\n- Coverage: X% → 100.0%" in (job / "RETRO.md").read_text()


def test_what_covers_a_line_may_be_another_job(job: Path) -> None:
    """The average of the shards' percentages would be another number: each covers a part."""
    done = ran(job, "collect", "--coverage", "shards/phasemetrics-0/coverage.*", "--json")
    assert '"coverage.total": {"covered": 6, "total": 10' in done.stdout


@pytest.mark.parametrize(
    ("spoil", "code", "said"),
    [
        ("missing", "partial-run", "expected 4 test reports, found 3; expected 4 coverage reports, found 3"),
        ("retried", "partial-run", "expected 4 test reports, found 5; expected 4 coverage reports, found 5"),
        ("coverage-missing", "partial-run", "expected 4 coverage reports, found 3"),
        ("cut-off", "bad-xml", "shards/phasemetrics-2/junit.xml:"),
        ("empty", "empty-file", "shards/phasemetrics-2/junit.xml"),
    ],
)
def test_a_part_is_never_published(job: Path, spoil: str, code: str, said: str) -> None:
    shard = job / "shards/phasemetrics-2"
    if spoil == "missing":
        shutil.rmtree(shard)
    elif spoil == "retried":
        shutil.copytree(shard, job / "shards/phasemetrics-2-again")
        with (job / "shards/phasemetrics-2-again/junit.xml").open("a") as file:
            file.write("\n")
    elif spoil == "coverage-missing":
        (shard / "coverage.2").unlink()
    else:
        whole = (shard / "junit.xml").read_text()
        (shard / "junit.xml").write_text("" if spoil == "empty" else whole[: len(whole) // 2])
    ended = ran(job, "fill", "-p", "2", *OPTIONS)
    assert ended.returncode == 3
    assert f"error[{code}]" in ended.stderr
    assert said in ended.stderr
    assert (job / "RETRO.md").read_text() == DOCUMENT
    assert not (job / ".phasemetrics/phases").exists()


def test_files_that_begin_with_a_dot_get_lost_on_the_way(workshop: Workshop, tmp_path: Path) -> None:
    job = clone(workshop, tmp_path / "job", "--depth=1")
    measure(job, job / "out", ".coverage.1", ["test_1.py"])
    upload(job / "out", job / "shards/1")
    reports = ("--junit", "shards/*/junit.xml", "--coverage", "shards/*/.coverage.*")
    ended = ran(job, "fill", "-p", "2", *reports, "--expect-shards", "1")
    assert ended.returncode == 3
    assert "error[missing-report]" in ended.stderr
    assert "an upload may have left out what begins with a dot" in ended.stderr


def test_a_job_without_shards_needs_none(workshop: Workshop, tmp_path: Path) -> None:
    job = clone(workshop, tmp_path / "job", "--depth=1")
    measure(job, job / "out", "coverage.data", [])
    ended = ran(job, "fill", "-p", "2", "--junit", "out/junit.xml", "--coverage", "out/coverage.data")
    assert ended.returncode == 0, ended.stderr
