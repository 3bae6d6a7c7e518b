"""A phase from its baseline to its check, with the installed program and real evidence."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import sample_project
from journey import README, RETRO, at_the_end_of_the_phase, files_of, phasemetrics, succeed
from sample_project import SampleProject


@pytest.fixture(scope="module", name="unfilled")
def _unfilled(sample_before: Path, sample_after: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return at_the_end_of_the_phase(sample_before, sample_after, tmp_path_factory.mktemp("phase"))


@pytest.fixture(name="project")
def _project(unfilled: Path, tmp_path: Path) -> Path:
    return shutil.copytree(unfilled, tmp_path / "project", symlinks=True)


@pytest.fixture(name="filled")
def _filled(project: Path) -> Path:
    succeed(project, "fill", "-p", "3")
    return project


def test_the_numbers_agree_with_what_the_tools_say(filled: Path, sample_before: Path, sample_after: Path) -> None:
    text = (filled / RETRO).read_text(encoding="utf-8")
    before, after = (sample_project.pytest_summary(SampleProject(root)) for root in (sample_before, sample_after))
    totals = [sum(side.values()) for side in (before, after)]
    assert f"- Tests Passing: {before['passed']}/{totals[0]} → {after['passed']}/{totals[1]}\n" in text
    words = "Before: {passed} passed, {failed} failed, {skipped} skipped\n"
    assert words.format(**{"failed": 0, "skipped": 0, **before}) in text
    coverage = re.search(r"- Coverage: (\S+)% → (\S+)%\n", text)
    assert coverage is not None
    told = [sample_project.coverage_total(SampleProject(root)) for root in (sample_before, sample_after)]
    assert [round(float(part)) for part in coverage.groups()] == [int(part.rstrip("%")) for part in told]
    stat = sample_project.git(SampleProject(filled), "diff", "--shortstat", "phase-2", "HEAD")
    added = re.search(r"(\d+) insertion", stat)
    assert added is not None
    assert f"- Lines Added: {added[1]}\n" in text
    statuses = sample_project.git(SampleProject(filled), "diff", "--name-status", "-M", "phase-2", "HEAD").splitlines()
    assert f"- Files Modified: {sum(line[0] in 'MR' for line in statuses)}\n" in text
    for line in statuses:
        assert f"- `{line.split(chr(9))[-1]}` - [" in text


def test_the_benchmark_numbers_are_those_of_the_report(filled: Path) -> None:
    report = json.loads((filled / "build/bench-1.json").read_text())
    median = next(b["stats"]["median"] for b in report["benchmarks"] if b["name"] == "test_total_two_years")
    snapshot = json.loads((filled / ".phasemetrics/phases/3/end.json").read_text())
    assert snapshot["metrics"]["bench.test_total_two_years.median"]["value"] == median
    assert "(1 run each, not tested)" in (filled / RETRO).read_text(encoding="utf-8")
    row = next(line for line in (filled / README).read_text().splitlines() if "not tested" in line and "|" in line)
    assert "✅" not in row


def test_a_second_fill_writes_nothing(filled: Path) -> None:
    made = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in filled.rglob("*.md")}
    before = files_of(filled)
    succeed(filled, "fill", "-p", "3")
    assert files_of(filled) == before
    assert {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in filled.rglob("*.md")} == made


def test_check_needs_no_report_and_no_git(filled: Path) -> None:
    shutil.rmtree(filled / "build")
    shutil.rmtree(filled / ".git")
    before = files_of(filled)
    ended = phasemetrics(filled, "check", "-p", "3")
    assert ended.code == 0, ended.err
    assert "every number that is ours is true" in ended.err
    assert files_of(filled) == before


def test_check_names_a_number_that_is_no_longer_true(filled: Path) -> None:
    text = (filled / RETRO).read_text(encoding="utf-8")
    (filled / RETRO).write_text(re.sub(r"Lines Added: \d+", "Lines Added: 9999", text), encoding="utf-8")
    ended = phasemetrics(filled, "check", "-p", "3")
    assert ended.code == 1
    assert re.search(rf"^{RETRO}:34:16: contradiction: .*9999", ended.out, re.MULTILINE)
    assert "9999" in (filled / RETRO).read_text(encoding="utf-8")


def test_drift_is_a_diff_and_exit_1(filled: Path) -> None:
    end = filled / ".phasemetrics/phases/3/end.json"
    said = json.loads(end.read_text())
    said["metrics"]["lines.added"]["value"] += 5
    end.write_text(json.dumps(said))
    ended = phasemetrics(filled, "check", "-p", "3")
    assert ended.code == 1
    assert re.search(r"^-- Lines Added: \d+\n\+- Lines Added: \d+$", ended.out, re.MULTILINE)
    assert "phasemetrics fill -p 3" in ended.err


def test_diff_shows_and_writes_nothing(project: Path) -> None:
    before = files_of(project)
    ended = phasemetrics(project, "fill", "-p", "3", "--diff")
    assert ended.code == 1
    assert files_of(project) == before
    patch = subprocess.run(
        ["git", "apply", "-"], cwd=project, input=ended.out.encode(), capture_output=True, check=False
    )
    assert patch.returncode == 0, patch.stderr
    succeed(project, "fill", "-p", "3")
    assert phasemetrics(project, "fill", "-p", "3", "--diff").code == 0


def test_the_json_answer_has_the_contracts_shape(project: Path) -> None:
    said = json.loads(succeed(project, "fill", "-p", "3", "--json").out)
    assert set(said) >= {"schema", "exit", "documents", "metrics", "files", "warnings", "errors"}
    assert (said["schema"], said["exit"], said["errors"]) == (1, 0, [])
    assert [one["path"] for one in said["documents"]] == [README, RETRO]
    filling = next(one for one in said["documents"][1]["fillings"] if one["address"].endswith("lines.added"))
    assert set(filling) >= {"line", "column", "address", "state", "old", "new", "evidence", "code", "message"}
    assert filling["state"] == "filled"
    assert said["metrics"]["tests.total"]["value"] == 31
    report = next(one for one in said["documents"][1]["fillings"] if one["address"].endswith("after.tests.passed"))
    assert report["evidence"]["path"] == "build/junit.xml"
    assert len(report["evidence"]["sha256"]) == 64
    assert re.fullmatch("[0-9a-f]{40}", report["evidence"]["commit"])
    json.loads(phasemetrics(project, "check", "-p", "3", "--json").out)


def test_without_a_baseline_only_the_before_places_wait(project: Path) -> None:
    (project / ".phasemetrics/phases/3/baseline.json").unlink()
    ended = succeed(project, "fill", "-p", "3")
    text = (project / RETRO).read_text(encoding="utf-8")
    assert "- Tests Passing: X/Y → 30/31\n" in text
    assert "phasemetrics baseline -p 3" in ended.err
    assert phasemetrics(project, "fill", "-p", "3", "--fail-on", "missing").code == 1


def test_the_previous_phases_end_stands_in_for_a_baseline(project: Path) -> None:
    phases = project / ".phasemetrics/phases"
    (phases / "2").mkdir()
    (phases / "3/baseline.json").rename(phases / "2/end.json")
    ended = succeed(project, "fill", "-p", "3")
    assert "the end of phase 2" in ended.err
    assert "→ 30/31\n" in (project / RETRO).read_text(encoding="utf-8")


def test_stdin_to_stdout_touches_no_file(project: Path) -> None:
    before = files_of(project)
    text = (project / RETRO).read_text(encoding="utf-8")
    ended = succeed(project, "fill", "-", "-p", "3", stdin=text)
    assert "- Tests Passing: 14/17 → 30/31\n" in ended.out
    assert files_of(project) == before


def test_a_baseline_is_not_replaced_by_accident(project: Path) -> None:
    recorded = project / ".phasemetrics/phases/3/baseline.json"
    before = recorded.read_bytes()
    ended = phasemetrics(project, "baseline", "-p", "3")
    assert ended.code == 3
    assert "--force" in ended.err
    assert recorded.read_bytes() == before
    succeed(project, "baseline", "-p", "3", "--force")
    assert recorded.read_bytes() != before


def test_the_baseline_at_the_base_revision_is_found(project: Path) -> None:
    owner = SampleProject(project)
    sample_project.commit(owner, "2026-10-16T10:00:00Z", "record the baseline", [".phasemetrics"])
    base = sample_project.git(owner, "rev-parse", "HEAD").strip()
    shutil.rmtree(project / ".phasemetrics/phases")
    ended = succeed(project, "fill", "-p", "3", "--base", base)
    assert "at the base revision" in ended.err
    assert "- Tests Passing: 14/17 → 30/31\n" in (project / RETRO).read_text(encoding="utf-8")


def test_show_prints_a_table_and_traces_a_number(filled: Path) -> None:
    table = succeed(filled, "show", "-p", "3").out
    assert re.search(r"^Tests passing +14 +30 +\+16 +improved, target >= 25 met$", table, re.MULTILINE)
    said = json.loads(succeed(filled, "show", "-p", "3", "--json").out)
    assert said["phase"] == "3"
    keys = {"name", "metric", "before", "after", "change", "verdict", "status", "p", "runs", "message"}
    assert all(set(row) == keys for row in said["rows"])
    trace = succeed(filled, "show", "-p", "3", RETRO, "--line", "31").out
    assert "from build/junit.xml, sha256 " in trace
    assert phasemetrics(filled, "show", "-p", "3", RETRO, "--line", "2").code == 3


def test_options_come_from_the_environment_as_well(project: Path) -> None:
    ended = succeed(project, "fill", RETRO, PHASEMETRICS_PHASE="3", PHASEMETRICS_JUNIT="build/junit.xml")
    assert "phase 3" in ended.err
    from_elsewhere = phasemetrics(project.parent, "-C", str(project), "check", "-p", "3", RETRO)
    assert from_elsewhere.code == 0, from_elsewhere.err


def test_collect_prints_the_snapshot_of_the_contract(project: Path) -> None:
    said = json.loads(succeed(project, "collect", "--json", "--base", "phase-2").out)
    assert set(said) >= {"schema", "revision", "sources", "metrics", "files", "coverage", "machine", "warnings"}
    assert set(said["revision"]) == {"sha", "tree", "date", "dirty"}
    assert said["files"][0].keys() == {"path", "status", "from", "added", "deleted", "binary"}
    assert str(project) not in json.dumps(said)
    assert phasemetrics(project, "collect", "-o", "snapshot.json").code == 0
    assert json.loads((project / "snapshot.json").read_text())["metrics"] == {
        name: metric for name, metric in said["metrics"].items() if not name.startswith(("files.", "lines.", "phase."))
    }
