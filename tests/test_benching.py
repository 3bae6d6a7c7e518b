"""Benchmarks that are run by us: several times, in turn with the commit before, and only the code of that commit."""

from __future__ import annotations

import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from git_workshop import Workshop
from nursery import PROGRAM, clean, ran

# Counts work instead of time, so that the numbers are the same on every machine.
BENCH = """
import json, os, pathlib, sys
from work import steps
place = pathlib.Path(os.environ.get("TALLY", "tally"))
seen = place.read_text().split() if place.exists() else []
place.write_text(" ".join([*seen, str(steps())]))
entry = {"name": "work", "unit": "ms", "value": steps() + len(seen) / 1000, "stat": "median"}
pathlib.Path(sys.argv[1]).write_text(json.dumps({"benchmarks": [entry]}))
"""
CONFIG = """
documents = ["README.md"]
bench = ["build/bench-*.json"]

[phase.1]
name = "One"

[[metric]]
name = "Work"
from = "bench.work"

[commands]
bench = "{python} bench.py {{bench}}"
{more}
"""
DOCUMENT = """# Phase 1

## Performance Metrics

### Actual (Phase 1 Results)

| Metric | Actual | Improvement | Status |
|--------|--------|-------------|--------|
| Work | [Value] | +[XX]% | [✅/⚠️/❌] |
"""


def project(folder: Path, more: str = "", steps: int = 100) -> Workshop:
    workshop = Workshop(folder)
    workshop.commit(
        {
            "bench.py": BENCH,
            "work.py": f"def steps():\n    return {steps}\n",
            "phasemetrics.toml": CONFIG.format(python=sys.executable, more=more),
            ".gitignore": "build/\ntally\n__pycache__/\n",
            "README.md": DOCUMENT,
        }
    )
    return workshop


def done(root: Path, *arguments: str, **variables: str) -> str:
    found = ran(root, *arguments, **variables)
    assert found.returncode == 0, found.stderr
    return found.stdout


def refused(root: Path, *arguments: str, status: int = 3, **variables: str) -> str:
    found = ran(root, *arguments, **variables)
    assert found.returncode == status, found.stderr
    return found.stderr.splitlines()[-1]


def recorded(root: Path, side: str) -> Any:
    return json.loads((root / f".phasemetrics/phases/1/{side}.json").read_bytes())


def runs(root: Path, side: str) -> Sequence[float]:
    found: list[float] = recorded(root, side)["metrics"]["bench.work.median"]["runs"]
    return [round(one * 1000) for one in found]


def git_files(root: Path) -> set[Path]:
    """All files that git has, but for the lock that every command of ours takes."""
    return {path for path in (root / ".git").rglob("*") if path.is_file() and path.name != "lock"}


def test_a_phase_measured_by_running_the_benchmarks(tmp_path: Path) -> None:
    workshop = project(tmp_path / "p")
    done(workshop.root, "baseline", "--runs", "4")
    assert runs(workshop.root, "baseline") == [100] * 4
    machine = recorded(workshop.root, "baseline")["machine"]
    assert (machine["os"], machine["cores"]) == (platform.system(), os.cpu_count()), "the results do not say it"
    workshop.commit({"work.py": "def steps():\n    return 80\n"})
    done(workshop.root, "fill", "--runs", "5")
    assert runs(workshop.root, "end") == [80] * 5
    assert sorted(path.name for path in (workshop.root / "build").iterdir()) == [
        f"bench-{number}.json" for number in range(1, 6)
    ]
    assert "| Work | 80.0 ms | +20.0% median (p=0.016, n=4+5) | ✅ |" in (workshop.root / "README.md").read_text()
    before = (workshop.root / "README.md").read_bytes()
    done(workshop.root, "fill")
    assert (workshop.root / "README.md").read_bytes() == before, "the results lie where the configuration looks"


def test_more_runs_are_added_to_a_baseline_and_never_replace_it(tmp_path: Path) -> None:
    workshop = project(tmp_path / "p")
    root = workshop.root
    assert "no-baseline" in refused(root, "baseline", "--append", "--runs", "1")
    assert not (root / "tally").exists(), "nothing was run for it"
    done(root, "baseline", "--runs", "2")
    assert "--append" in refused(root, "baseline", "--runs", "2")
    done(root, "baseline", "--append", "--runs", "2")
    assert runs(root, "baseline") == [100] * 4
    assert "repeated-run" in ran(root, "baseline", "--append").stderr, "the same files are no new runs"
    assert runs(root, "baseline") == [100] * 4


def test_runs_of_another_commit_are_not_added(tmp_path: Path) -> None:
    workshop = project(tmp_path / "p")
    done(workshop.root, "baseline", "--runs", "2")
    before = recorded(workshop.root, "baseline")
    workshop.write("work.py", "def steps():\n    return 80\n")
    assert "with uncommitted changes" in refused(workshop.root, "baseline", "--append", "--runs", "2")
    workshop.commit()
    assert "error[other-commit]" in refused(workshop.root, "baseline", "--append", "--runs", "2")
    assert recorded(workshop.root, "baseline") == before


def test_both_ends_in_turn(tmp_path: Path) -> None:
    workshop = project(tmp_path / "p")
    first = workshop.git("rev-parse", "HEAD")
    workshop.commit({"work.py": "def steps():\n    return 80\n"})
    inside = git_files(workshop.root)
    tally = tmp_path / "tally"
    done(workshop.root, "fill", "--runs", "4", "--interleave", "--base", first, TALLY=str(tally))
    assert tally.read_text().split() == ["100", "80"] * 4, "before, after, before, after"
    assert (runs(workshop.root, "baseline"), runs(workshop.root, "end")) == ([100] * 4, [80] * 4)
    assert recorded(workshop.root, "baseline")["revision"]["sha"] == first
    assert "measured-later" in {one["code"] for one in recorded(workshop.root, "baseline")["warnings"]}
    assert "| Work | 80.0 ms | +20.0% median (p=0.029, n=4+4) | ✅ |" in (workshop.root / "README.md").read_text()
    assert git_files(workshop.root) == inside, "nothing is left in the repository"
    # Again: the runs of the commit before are added to those that are recorded.
    workshop.commit()
    done(workshop.root, "fill", "--runs", "4", "--interleave", TALLY=str(tally))
    assert (runs(workshop.root, "baseline"), runs(workshop.root, "end")) == ([100] * 8, [80] * 4)


def test_runs_that_come_out_the_same_are_still_runs(tmp_path: Path) -> None:
    exact = BENCH.replace(" + len(seen) / 1000", "")
    workshop = project(tmp_path / "p")
    first = workshop.commit({"bench.py": exact})
    workshop.commit({"work.py": "def steps():\n    return 80\n"})
    for number in (1, 2):
        done(workshop.root, "fill", "--runs", "4", "--interleave", "--base", first)
        assert (runs(workshop.root, "baseline"), runs(workshop.root, "end")) == ([100] * 4 * number, [80] * 4)
        workshop.commit()


def test_what_is_left_over_from_the_baseline_is_said(tmp_path: Path) -> None:
    workshop = project(tmp_path / "p")
    done(workshop.root, "baseline", "--runs", "2")
    said = ran(workshop.root, "fill").stderr
    assert said.count("warning[same-run]") == 2


def test_each_end_is_set_up_once(tmp_path: Path) -> None:
    more = 'setup = "cp work.py installed.py"'
    workshop = project(tmp_path / "p", more)
    bench = BENCH.replace("from work import", "from installed import")
    first = workshop.commit({"bench.py": bench})
    workshop.commit({"work.py": "def steps():\n    return 80\n"})
    done(workshop.root, "fill", "--runs", "2", "--interleave", "--base", first)
    assert (runs(workshop.root, "baseline"), runs(workshop.root, "end")) == ([100] * 2, [80] * 2)
    assert not (workshop.root / "installed.py").exists()


def test_code_that_comes_from_the_work_tree_is_refused(tmp_path: Path) -> None:
    """An editable install is a line in a `.pth` that names the work tree: a real one of this project's own."""
    workshop = project(tmp_path / "p")
    site = tmp_path / "site"
    site.mkdir()
    (site / "project.pth").write_text(f"{workshop.root}\n")
    script = tmp_path / "elsewhere.py"
    script.write_text(f"import site\nsite.addsitedir({str(site)!r})\n{BENCH}")
    config = (workshop.root / "phasemetrics.toml").read_text().replace(" bench.py ", f" {script} ")
    first = workshop.commit({"phasemetrics.toml": config})
    workshop.commit({"work.py": "def steps():\n    return 80\n"})
    tally = str(tmp_path / "tally")
    said = refused(workshop.root, "fill", "--runs", "1", "--interleave", "--base", first, TALLY=tally)
    assert "error[imported-elsewhere]" in said
    assert "work.py came from the checkout you work in" in said
    assert not (workshop.root / ".phasemetrics/phases").exists()
    assert (workshop.root / "README.md").read_text() == DOCUMENT


@pytest.mark.parametrize(
    ("more", "arguments", "code", "status"),
    [
        ("", ["fill", "--interleave"], "no-runs", 2),
        ("", ["fill", "--runs", "1", "--interleave"], "no-baseline", 3),
    ],
)
def test_what_cannot_be_run_is_refused(tmp_path: Path, more: str, arguments: list[str], code: str, status: int) -> None:
    workshop = project(tmp_path / "p", more)
    assert f"error[{code}]" in refused(workshop.root, *arguments, status=status)
    assert not (workshop.root / "tally").exists(), "nothing was run"


@pytest.mark.parametrize(
    ("patterns", "written"),
    [
        ('["build/bench.json"]', "build/bench-1.json"),
        ('["build/bench*.txt"]', "build/bench1.txt"),
        ('["b*/x-*.json", "out/one.json"]', "out/one-1.json"),
        ('["out/a-[ab].json", "out/y-*.json"]', "out/y-1.json"),
        ("[]", "build/bench-1.json"),
    ],
)
def test_where_results_go(tmp_path: Path, patterns: str, written: str) -> None:
    workshop = project(tmp_path / "p")
    config = (workshop.root / "phasemetrics.toml").read_text().replace('["build/bench-*.json"]', patterns)
    workshop.commit({"phasemetrics.toml": config})
    done(workshop.root, "baseline", "--runs", "1")
    assert (workshop.root / written).is_file()
    assert runs(workshop.root, "baseline") == [100]


def test_commands_that_fail_or_write_nothing_leave_everything_as_it_was(tmp_path: Path) -> None:
    workshop = project(tmp_path / "p")
    root = workshop.root
    for command, code, said in (
        ("echo gone wrong >&2; exit 4", "command-failed", "exit code 4: gone wrong"),
        ("true {bench}", "missing-report", "wrote no results"),
        ("echo", "no-command", "does not say where its results go"),
    ):
        bench = command if "{bench}" in command or code == "no-command" else f"{command} {{bench}}"
        text = (root / "phasemetrics.toml").read_text()
        start, _, _ = text.partition("[commands]")
        (root / "phasemetrics.toml").write_text(f"{start}[commands]\nbench = {json.dumps(bench)}\n")
        message = refused(root, "fill", "--runs", "1", status=2 if code == "no-command" else 3)
        assert f"error[{code}]" in message
        assert said in message
    assert (root / "README.md").read_text() == DOCUMENT
    assert not (root / ".phasemetrics/phases").exists()


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_what_is_interrupted_leaves_nothing_behind(tmp_path: Path, told: signal.Signals) -> None:
    workshop = project(tmp_path / "p")
    room = tmp_path / "room"
    room.mkdir()
    begun = tmp_path / "begun"
    text = (workshop.root / "phasemetrics.toml").read_text().partition("[commands]")[0]
    first = workshop.commit(
        {"phasemetrics.toml": f"{text}[commands]\nbench = 'echo $$ > {begun}; sleep 60; touch {{bench}}'\n"}
    )
    command = [str(PROGRAM), "fill", "--runs", "1", "--interleave", "--base", first]
    running = subprocess.Popen(command, cwd=workshop.root, env={**clean(), "TMPDIR": str(room)}, stderr=subprocess.PIPE)
    for _ in range(300):
        if begun.exists() and begun.read_text():
            break
        time.sleep(0.1)
    assert [path.name[:13] for path in room.iterdir() if path.is_dir()], "both commits are laid out"
    running.send_signal(told)
    _, said = running.communicate(timeout=30)
    assert (running.returncode, said.splitlines()[-1]) == (130, b"interrupted; nothing is left half done")
    assert list(room.iterdir()) == []
    assert (workshop.root / "README.md").read_text() == DOCUMENT
    with pytest.raises(ProcessLookupError):  # the command is gone, too
        os.kill(int(begun.read_text()), 0)


def configured(workshop: Workshop, bench: str) -> None:
    text = (workshop.root / "phasemetrics.toml").read_text().partition("[commands]")[0]
    workshop.commit({"phasemetrics.toml": f"{text}[commands]\nbench = {json.dumps(bench)}\n"})


def test_the_commit_that_was_measured_is_recorded_though_head_moves(tmp_path: Path) -> None:
    workshop = project(tmp_path / "p")
    root = workshop.root
    git = f"git -C {root} -c user.name=a -c user.email=a"
    configured(workshop, f"{sys.executable} bench.py {{bench}}; {git} commit -q --allow-empty -m meanwhile")
    measured = workshop.git("rev-parse", "HEAD")
    done(root, "fill", "--runs", "1", "--interleave", "--base", "HEAD")
    assert recorded(root, "end")["revision"]["sha"] == measured != workshop.git("rev-parse", "HEAD")
    assert "error[other-commit]" in refused(root, "fill", "--runs", "1")


def test_a_server_that_is_left_running_holds_nothing_up(tmp_path: Path) -> None:
    workshop = project(tmp_path / "p")
    configured(workshop, f"{sys.executable} bench.py {{bench}}; (sleep 30 &)")
    begun = time.monotonic()
    done(workshop.root, "baseline", "--runs", "1")
    assert time.monotonic() - begun < 20


def test_a_project_that_the_commit_before_did_not_have_is_refused(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path / "p")
    first = workshop.commit({"README.md": ""})
    config = CONFIG.format(python=sys.executable, more="")
    workshop.commit({"sub/phasemetrics.toml": config, "sub/README.md": DOCUMENT, "sub/bench.py": BENCH})
    said = refused(workshop.root / "sub", "fill", "--runs", "1", "--interleave", "--base", first)
    assert "error[missing-file]: sub: the project has no such folder at commit" in said


@pytest.mark.parametrize("kind", ["folder", "link", "pipe"])
def test_what_lies_where_results_go_is_left_alone(tmp_path: Path, kind: str) -> None:
    workshop = project(tmp_path / "p")
    (tmp_path / "precious").write_text("x")
    place = workshop.root / "build/bench-1.json"
    place.parent.mkdir()
    if kind == "folder":
        place.mkdir()
    elif kind == "link":
        place.symlink_to(tmp_path / "precious")
    else:
        os.mkfifo(place)
    for more in ((), ("--interleave", "--base", "HEAD")):
        assert "error[not-a-file]: bench-1.json" in refused(workshop.root, "fill", "--runs", "1", *more)
    assert (tmp_path / "precious").read_text() == "x"
    assert not (workshop.root / "tally").exists(), "nothing was run"


def test_a_place_that_cannot_be_is_refused(tmp_path: Path) -> None:
    workshop = project(tmp_path / "p")
    for pattern in ("README.md/b-*.json", f"build/{'x' * 300}-*.json"):
        assert "error[cannot-write]" in refused(workshop.root, "fill", "--runs", "1", "--bench", pattern)
    done(workshop.root, "baseline", "--runs", "1", "--bench", ".")
    assert (workshop.root / "bench-1.json").is_file(), "a folder gets the results"


def test_a_path_that_python_cannot_be_told_of_is_refused(tmp_path: Path) -> None:
    workshop, odd = project(tmp_path / "p:q"), tmp_path / "x:y"
    odd.mkdir()
    arguments = ("fill", "--runs", "1", "--interleave", "--base", "HEAD")
    assert "error[odd-path]" in refused(workshop.root, *arguments, TMPDIR=str(odd))
    done(workshop.root, *arguments)


def test_an_index_that_is_split_does_not_matter(tmp_path: Path) -> None:
    workshop = project(tmp_path / "p")
    first = workshop.commit()
    workshop.commit({"work.py": "def steps():\n    return 80\n"})
    workshop.git("update-index", "--split-index")
    done(workshop.root, "fill", "--runs", "1", "--interleave", "--base", first)
    assert (runs(workshop.root, "baseline"), runs(workshop.root, "end")) == ([100], [80])


def test_results_of_earlier_runs_are_not_mixed_in(tmp_path: Path) -> None:
    workshop = project(tmp_path / "p")
    done(workshop.root, "baseline", "--runs", "3")
    workshop.commit({"work.py": "def steps():\n    return 80\n"})
    done(workshop.root, "fill", "--runs", "2")
    assert runs(workshop.root, "end") == [80, 80]
    # Later they are older than the sources, and then nothing is read.
    now = int(time.time())
    for path, age in (
        ("build/bench-3.json", 60),
        ("work.py", 40),
        ("build/bench-1.json", 0),
        ("build/bench-2.json", 0),
    ):
        os.utime(workshop.root / path, (now - age,) * 2)
    workshop.git("commit", "-q", "--amend", "--no-edit", "-a", date=f"{now - 20} +0000")
    assert "error[stale-report]: build/bench-3.json" in refused(workshop.root, "fill")


def test_changes_that_no_commit_holds_are_not_measured_in_turn(tmp_path: Path) -> None:
    workshop = project(tmp_path / "p")
    workshop.write("work.py", "def steps():\n    return 80\n")
    assert "error[dirty-tree]" in refused(workshop.root, "fill", "--runs", "1", "--interleave", "--base", "HEAD")


def test_commands_are_not_run_with_the_rights_of_the_repository(tmp_path: Path) -> None:
    workshop = project(tmp_path / "p")
    for event in ("pull_request_target", "workflow_run"):
        assert "error[unsafe-event]" in refused(workshop.root, "fill", "--runs", "1", GITHUB_EVENT_NAME=event)
    assert not (workshop.root / "tally").exists()
    done(workshop.root, "baseline", "--runs", "1", GITHUB_EVENT_NAME="pull_request")


def test_hooks_and_filters_of_the_repository_do_not_run(tmp_path: Path) -> None:
    workshop = project(tmp_path / "p")
    first = workshop.commit({".gitattributes": "*.py filter=evil\n"})
    workshop.commit({"work.py": "def steps():\n    return 80\n"})
    traps = {"filter.evil.smudge": f"touch {tmp_path}/smudged; cat", "core.fsmonitor": f"touch {tmp_path}/monitored"}
    for key, value in traps.items():
        workshop.git("config", key, value)
    hook = workshop.write(".git/hooks/post-checkout", f"#!/bin/sh\ntouch {tmp_path}/hooked\n")
    hook.chmod(0o755)
    shutil.rmtree(workshop.root / "build", ignore_errors=True)
    done(workshop.root, "fill", "--runs", "1", "--interleave", "--base", first)
    assert [name for name in ("smudged", "monitored", "hooked") if (tmp_path / name).exists()] == []
