"""The sample project is what the other tests take it for."""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path

import pytest

from sample_project import (
    AFTER,
    BASE,
    BEFORE,
    CommandFailed,
    SampleProject,
    advance,
    build,
    coverage_total,
    git,
    pytest_summary,
    run,
)


def tree(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def committed(root: Path, revision: str) -> dict[str, bytes]:
    project = SampleProject(root)
    names = git(project, "ls-tree", "-r", "--name-only", revision).splitlines()
    return {name: run(project, ["git", "cat-file", "blob", f"{revision}:{name}"]).encode() for name in names}


def median_of(root: Path, benchmark: str) -> float:
    found = json.loads((root / "build/bench-1.json").read_text(encoding="utf-8"))["benchmarks"]
    return next(float(one["stats"]["median"]) for one in found if one["name"] == benchmark)


def test_one_test_fails_before_the_phase(sample_before: Path) -> None:
    assert pytest_summary(SampleProject(sample_before)) == {"failed": 1, "passed": 14, "skipped": 1, "xfailed": 1}


def test_no_test_fails_after_the_phase(sample_after: Path) -> None:
    assert pytest_summary(SampleProject(sample_after)) == {"passed": 30, "skipped": 1}


def test_coverage_rises(sample_before: Path, sample_after: Path) -> None:
    assert coverage_total(SampleProject(sample_before)) == "81%"
    assert coverage_total(SampleProject(sample_after)) == "99%"


def test_totals_get_at_least_three_times_as_fast(sample_before: Path, sample_after: Path) -> None:
    benchmark = "test_total_two_years"
    assert median_of(sample_before, benchmark) > 3 * median_of(sample_after, benchmark)


@pytest.mark.parametrize("side", ["sample_before", "sample_after"])
def test_every_report_is_there_and_nothing_else_is_left(side: str, request: pytest.FixtureRequest) -> None:
    root: Path = request.getfixturevalue(side)
    written = {"bench-1.json", "coverage.json", "coverage.xml", "junit.xml", "pytest.txt"}
    assert {path.name for path in (root / "build").iterdir()} == written
    assert git(SampleProject(root), "status", "--porcelain") == ""
    assert (root / ".coverage").is_file()
    assert not list(root.rglob("__pycache__"))


def test_the_commits_hold_the_two_states(sample_after: Path) -> None:
    assert committed(sample_after, f"{BASE}^{{commit}}") == tree(BEFORE)
    assert committed(sample_after, "HEAD") == tree(AFTER)


def test_the_tag_is_the_end_of_the_previous_phase(sample_before: Path) -> None:
    project = SampleProject(sample_before)
    assert git(project, "tag", "--list") == BASE
    assert git(project, "rev-parse", f"{BASE}^{{commit}}") == git(project, "rev-parse", "HEAD")


def test_files_of_every_status(sample_after: Path) -> None:
    said = git(SampleProject(sample_after), "diff", "--name-status", "-M", BASE, "HEAD")
    found = [line.split("\t") for line in said.splitlines()]
    assert {letter: [names for status, *names in found if status[0] == letter] for letter in "ADR"} == {
        "A": [
            ["docs/missing_days.md"],
            ["examples/missing_days.py"],
            ["src/rainbook/gaps.py"],
            ["tests/unit/test_gaps.py"],
        ],
        "D": [["src/rainbook/fixed_width.py"]],
        "R": [["src/rainbook/render.py", "src/rainbook/table.py"]],
    }
    assert sum(status == "M" for status, *_ in found) == 12
    assert len(found) == 18


def test_the_phase_is_six_commits_of_eleven_days(sample_after: Path) -> None:
    said = git(SampleProject(sample_after), "log", "--reverse", "--format=%aI %cI", f"{BASE}..HEAD")
    days = [[moment[:10] for moment in line.split()] for line in said.splitlines()]
    assert [author for author, committer in days if author == committer] == [
        f"2026-10-{day:02}" for day in (5, 6, 8, 12, 13, 15)
    ]


def test_two_builds_give_the_same_commits(sample_after: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_AUTHOR_DATE", "2001-01-01T00:00:00Z")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    project = build(tmp_path / "again")
    advance(project)
    assert git(project, "rev-parse", "HEAD", BASE) == git(SampleProject(sample_after), "rev-parse", "HEAD", BASE)


def test_a_folder_in_use_is_not_built_over(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").touch()
    with pytest.raises(FileExistsError, match="is not empty"):
        build(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_what_a_failing_command_said_is_kept(tmp_path: Path) -> None:
    script = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(4)"
    with pytest.raises(CommandFailed, match=r"(?s)exit code 4\n.*out") as caught:
        run(SampleProject(tmp_path), [sys.executable, "-c", script])
    assert "err" in str(caught.value)


def test_the_configuration_names_benchmarks_that_exist(sample_after: Path) -> None:
    configured = tomllib.loads((sample_after / "phasemetrics.toml").read_text(encoding="utf-8"))["metric"]
    named = {one["from"] for one in configured if one["from"].startswith("bench.")}
    measured = json.loads((sample_after / "build/bench-1.json").read_text(encoding="utf-8"))["benchmarks"]
    assert named == {f"bench.{one['name']}.median" for one in measured}
