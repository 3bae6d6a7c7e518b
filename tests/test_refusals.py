"""Bad input: one line with the place and what mends it, the right exit code, and nothing written."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from journey import README, RETRO, at_the_end_of_the_phase, files_of, phasemetrics, succeed

Damage = Callable[[Path], None]


@pytest.fixture(scope="module", name="unfilled")
def _unfilled(sample_before: Path, sample_after: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return at_the_end_of_the_phase(sample_before, sample_after, tmp_path_factory.mktemp("refusals"))


@pytest.fixture(name="project")
def _project(unfilled: Path, tmp_path: Path) -> Path:
    return shutil.copytree(unfilled, tmp_path / "project", symlinks=True)


def cut(name: str) -> Damage:
    def damage(root: Path) -> None:
        content = (root / name).read_bytes()
        (root / name).write_bytes(content[: len(content) // 2])

    return damage


def replaced(name: str, content: str) -> Damage:
    def damage(root: Path) -> None:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content, encoding="utf-8")

    return damage


def without_git(root: Path) -> None:
    shutil.rmtree(root / ".git")


def unborn(root: Path) -> None:
    shutil.rmtree(root / ".git")
    subprocess.run(["git", "init", "-q", str(root)], check=True)


def link_to_itself(root: Path) -> None:
    (root / RETRO).unlink()
    (root / RETRO).symlink_to("b.md")
    (root / RETRO).with_name("b.md").symlink_to((root / RETRO).name)


LEDGER = f".phasemetrics/ledger/{RETRO}.json"
BASELINE = ".phasemetrics/phases/3/baseline.json"
CASES: dict[str, tuple[Damage, tuple[str, ...], str]] = {
    "truncated junit": (cut("build/junit.xml"), (), r"build/junit\.xml:\d+:\d+: "),
    "empty junit": (replaced("build/junit.xml", ""), (), r"build/junit\.xml: is empty"),
    "junit is prose": (replaced("build/junit.xml", "all green, trust me"), (), r"build/junit\.xml: "),
    "truncated coverage": (cut("build/coverage.json"), (), r"build/coverage\.json:\d+:\d+: "),
    "coverage with NaN": (replaced("build/coverage.json", '{"totals": NaN}'), (), r"build/coverage\.json"),
    "truncated benchmark": (cut("build/bench-1.json"), (), r"build/bench-1\.json:\d+:\d+: "),
    "missing report": (lambda _: None, ("--junit", "nowhere.xml"), r"nowhere\.xml: there is no such file"),
    "glob without a file": (lambda _: None, ("--bench", "nowhere-*.json"), r"nowhere-\*\.json: no file matches"),
    "not a repository": (without_git, (), r"not in a git repository"),
    "unborn branch": (unborn, (), r"no commit"),
    "unknown base": (lambda _: None, ("--base", "no-such-tag"), r"no-such-tag"),
    "base like an option": (lambda _: None, ("--base=--output=/tmp/x",), r"looks like an option"),
    "damaged ledger": (cut(LEDGER), (), rf"{LEDGER}:\d+:\d+: the ledger cannot be read"),
    "ledger is a list": (replaced(LEDGER, "[]"), (), rf"{LEDGER}: the ledger cannot be read"),
    "merge conflict in a ledger": (replaced(LEDGER, "<<<<<<< ours\n"), (), rf"{LEDGER}:1:1: "),
    "empty ledger": (replaced(LEDGER, ""), (), rf"{LEDGER}: the ledger is empty"),
    "damaged baseline": (cut(BASELINE), (), rf"{BASELINE}:\d+:\d+: the stored snapshot is malformed"),
    "newer baseline": (replaced(BASELINE, '{"schema": 99}'), (), r"a newer phasemetrics wrote it"),
    "missing document": (lambda _: None, ("docs/none.md",), r"docs/none\.md: "),
    "document is a link to itself": (link_to_itself, (RETRO,), rf"{RETRO}: .*nothing is recorded of build/"),
    "document elsewhere": (lambda _: None, ("../elsewhere.md",), r"elsewhere\.md"),
    "named baseline missing": (lambda _: None, ("--before", "nowhere.json"), r"nowhere\.json: names no snapshot"),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_refused_in_one_line_and_nothing_is_written(project: Path, case: str) -> None:
    damage, arguments, expected = CASES[case]
    damage(project)
    before = files_of(project)
    ended = phasemetrics(project, "fill", "-p", "3", *arguments)
    assert ended.code == 3, ended.err
    line, *more = ended.err.strip().splitlines()
    assert not more
    assert re.match(r"error\[[a-z-]+\]: ", line)
    assert re.search(expected, line)
    assert "; " in line, "it does not say what mends it"
    assert files_of(project) == before
    said = json.loads(phasemetrics(project, "fill", "-p", "3", "--json", *arguments).out)
    assert (said["exit"], len(said["errors"])) == (3, 1)


def test_what_was_given_and_not_recorded_is_named(project: Path) -> None:
    bench = project / "build" / "bench-1.json"
    shutil.copy(bench, bench.with_name("bench-2.json"))
    given = ("--junit", "build/jun*.xml", "--coverage", "coverage_json:build/coverage.json", "--bench", "build/bench-*")
    ended = phasemetrics(project, "fill", "docs/none.md", "-p", "3", *given)
    named = "build/junit.xml, build/coverage.json, build/bench-1.json"
    assert ended.err.endswith(f"; nothing is recorded of {named} and 1 more\n"), ended.err
    ended = phasemetrics(project, "fill", "-p", "3", "--junit", "nowhere.xml")
    assert "nothing is recorded" not in ended.err, "the refusal is about a report"


@pytest.mark.parametrize("command", ["fill", "check"])
def test_nobody_reads_the_output(project: Path, command: str) -> None:
    before = files_of(project)
    reads, writes = os.pipe()
    os.close(reads)
    program = [sys.executable, "-m", "phasemetrics", command, "-p", "3", "--json"]
    ended = subprocess.run(program, cwd=project, stdout=writes, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writes)
    assert (ended.returncode, ended.stderr.split(":")[0]) == (3, "error[output-closed]")
    assert files_of(project) == before, "what it would have said is lost, so nothing is done"


USAGE: dict[str, tuple[Damage, tuple[str, ...], str]] = {
    "unknown key": (
        replaced("phasemetrics.toml", 'dokuments = ["a.md"]\n'),
        ("fill", "-p", "3"),
        "did you mean `documents`",
    ),
    "unknown key of a metric": (
        replaced("phasemetrics.toml", '[[metric]]\nname = "a"\nform = "tests.passed"\n'),
        ("fill", "-p", "3"),
        "form|from",
    ),
    "broken TOML": (replaced("phasemetrics.toml", "junit = [\n"), ("fill", "-p", "3"), r"phasemetrics\.toml:\d+:\d+: "),
    "bad phase": (lambda _: None, ("fill", "-p", "../3"), "cannot name a phase"),
    "unknown kind": (lambda _: None, ("new", "retrospektive", "-p", "3"), "did you mean `retrospective`"),
    "no such template": (lambda _: None, ("fill", "-p", "3", "--template", "none"), "there is no such template"),
    "broken template": (
        replaced("own.md.j2", "{{ phase.number"),
        ("fill", "-p", "3", "--template", "own.md.j2"),
        r"own\.md\.j2:1",
    ),
    "reckless template": (
        replaced("own.md.j2", "{% for x in range(10**9) %}\nx\n{% endfor %}\n"),
        ("fill", "-p", "3", "--template", "own.md.j2"),
        r"own\.md\.j2:1: ",
    ),
    "unknown name in a template": (
        replaced(
            "own.md.j2",
            '# Phase 3: {{ phase.nmae | hole("[Phase Name]") }}\n## Overview\n## Tests\n{{ a.b | hole("X") }} y\n',
        ),
        ("new", "own", "-p", "3", "--template", "own.md.j2"),
        "nmae",
    ),
    "unknown option": (lambda _: None, ("fill", "--phse", "3"), "No such option"),
    "target in another unit": (
        replaced("phasemetrics.toml", '[[metric]]\nname = "a"\nfrom = "tests.passed"\ntarget = "10 ms"\n'),
        ("fill", "-p", "3", README, "--junit", "build/junit.xml"),
        "10 ms",
    ),
}


@pytest.mark.parametrize("case", USAGE)
def test_wrong_usage_is_exit_2(project: Path, case: str) -> None:
    damage, arguments, expected = USAGE[case]
    damage(project)
    before = files_of(project)
    ended = phasemetrics(project, *arguments)
    assert ended.code == 2, ended.err
    assert re.search(expected, ended.err)
    assert files_of(project) == before


def test_new_never_replaces_a_document(project: Path) -> None:
    before = files_of(project)
    ended = phasemetrics(project, "new", "readme", "-p", "3", "-o", README)
    assert ended.code == 3
    assert README in ended.err
    assert files_of(project) == before


NO_CASES = '<?xml version="1.0"?><testsuites><testsuite name="pytest" tests="0" time="0.1"/></testsuites>'
NO_STATEMENTS = json.dumps(
    {
        "meta": {"format": 3, "version": "7.17.1", "timestamp": "2026-10-15T10:00:00", "branch_coverage": False},
        "files": {"src/a.py": {"executed_lines": [], "missing_lines": [], "excluded_lines": [],
                  "summary": {"covered_lines": 0, "num_statements": 0, "percent_covered": 100.0, "missing_lines": 0}}},
        "totals": {"covered_lines": 0, "num_statements": 0, "percent_covered": 100.0, "missing_lines": 0},
    }
)  # fmt: skip


def test_zero_tests_and_zero_statements_are_no_numbers(project: Path) -> None:
    replaced("build/junit.xml", NO_CASES)(project)
    replaced("build/coverage.json", NO_STATEMENTS)(project)
    ended = succeed(project, "fill", "-p", "3")
    text = (project / RETRO).read_text(encoding="utf-8")
    assert "- Tests Passing: 14/17 → A/B\n" in text
    assert re.search(r"- Coverage: \S+% → Y%\n", text)
    assert "[zero-tests]" in ended.err
    assert "[no-statements]" in ended.err
    assert phasemetrics(project, "fill", "-p", "3", "--fail-on", "missing").code == 1


def test_an_unmapped_metric_waits_with_its_reason(project: Path) -> None:
    config = (project / "phasemetrics.toml").read_text(encoding="utf-8")
    wrong = config.replace("bench.test_total_two_years.median", "bench.test_total_two_yeers.median")
    replaced("phasemetrics.toml", wrong)(project)
    ended = succeed(project, "fill", "-p", "3")
    assert "did you mean `bench.test_total_two_years.median`" in ended.err
    rows = [
        line
        for line in (project / README).read_text(encoding="utf-8").splitlines()
        if line.startswith("| Total two years")
    ]
    assert rows
    assert all("[" in row for row in rows)


def test_check_before_any_fill_says_what_to_run(project: Path) -> None:
    ended = phasemetrics(project, "check", "-p", "3")
    assert ended.code == 3
    assert "phasemetrics fill -p 3" in ended.err
