"""Baselines that are measured afterwards, from an old commit: its code and no other, and nothing is left behind."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_workshop import Workshop
from nursery import PROGRAM, clean, ran
from phasemetrics.running.importguard import module_names

CONFIG = """
documents = ["README.md"]
{globs}

[phase.1]
name = "One"

[[metric]]
name = "Coverage"
from = "coverage.total"

[[metric]]
name = "Tests"
from = "tests.passed"

[commands]
test = {test}
{more}
"""
DOCUMENT = """# Phase 1

## Performance Metrics

### Baseline (Before Phase 1)

| Metric | Value | Measured |
|--------|-------|----------|
| Coverage | [Value] | [Date] |
| Tests | [Value] | [Date] |
"""
# What pip makes of `pip install -e .`, as small as PEP 660 lets a build back-end be.
BACKEND = """
import os, zipfile
NAME = "acme-0.1.dist-info"
def _wheel(folder, files):
    with zipfile.ZipFile(os.path.join(folder, "acme-0.1-py3-none-any.whl"), "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)
        wheel.writestr(f"{NAME}/METADATA", "Metadata-Version: 2.1\\nName: acme\\nVersion: 0.1\\n")
        wheel.writestr(f"{NAME}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(f"{NAME}/RECORD", "")
    return "acme-0.1-py3-none-any.whl"
def build_editable(folder, config=None, metadata=None):
    return _wheel(folder, {"acme.pth": os.path.abspath("src")})
def build_wheel(folder, config=None, metadata=None):
    return _wheel(folder, {"acme/__init__.py": open("src/acme/__init__.py").read()})
"""
OLD = "def steps():\n    return 1\n\n\ndef unused():\n    return 2\n"  # 3 of 4 lines covered
NEW = "def steps():\n    return 1\n"
TESTS = "import acme\n\n\ndef test_steps():\n    assert acme.steps() == 1\n"
MORE_TESTS = f"{TESTS}\n\ndef test_again():\n    assert acme.steps() == 1\n"
MEASURED = "-q -p pytest_cov --junitxml={junit} --cov=acme --cov-report=json:{coverage}"


def configured(test: str, *, globs: str = "", more: str = "") -> str:
    return CONFIG.format(test=json.dumps(test), globs=globs, more=more)


def python_project(folder: Path, test: str, more: str = "") -> Workshop:
    """A project with a commit `old`, one more since, and its configuration beside them."""
    workshop = Workshop(folder)
    workshop.commit(
        {
            "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
            '[project]\nname = "acme"\nversion = "0.1"\n',
            "backend.py": BACKEND,
            "src/acme/__init__.py": OLD,
            "tests/test_acme.py": TESTS,
            ".gitignore": "build/\nenv/\n.coverage\n__pycache__/\n*.egg-info/\n",
            "README.md": DOCUMENT,
        }
    )
    workshop.git("tag", "old")
    files = {"src/acme/__init__.py": NEW, "tests/test_acme.py": MORE_TESTS}
    workshop.commit({**files, "phasemetrics.toml": configured(test, more=more)})
    return workshop


def environment(folder: Path) -> Path:
    """A virtual environment with the tools of this one; returns its programs' folder."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    site = next((folder / "lib").glob("python*/site-packages"))
    (site / "tools.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "bin"


def install(programs: Path, root: Path, *options: str) -> None:
    command = ["-m", "pip", "-q", "--python", str(programs / "python"), "install", "--no-deps", "--no-build-isolation"]
    command += ["--disable-pip-version-check", "--no-index", "--force-reinstall", "--no-cache-dir"]
    subprocess.run([sys.executable, *command, *options, str(root)], check=True, capture_output=True)


def done(root: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    found = ran(root, *arguments, **variables)
    assert found.returncode == 0, found.stderr
    return found


def refused(workshop: Workshop, *arguments: str, status: int = 3, at: str = "old", **variables: str) -> str:
    """Run `baseline --at` where it must refuse; return the error, and see that nothing was recorded."""
    found = ran(workshop.root, "baseline", "--at", at, *arguments, **variables)
    assert found.returncode == status, found.stderr
    assert not (workshop.root / ".phasemetrics/phases").exists()
    return found.stderr.splitlines()[-1]


def recorded(root: Path) -> Any:
    return json.loads((root / ".phasemetrics/phases/1/baseline.json").read_bytes())


def values(root: Path) -> dict[str, float]:
    return {name: metric["value"] for name, metric in recorded(root)["metrics"].items()}


def files_of(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != "lock"}


@pytest.fixture(autouse=True)
def _without_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every pytest that is started load the plugins that it is told, and not all that we test with."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """The programs of an environment outside of any project."""
    return environment(tmp_path / "environment")


def test_an_editable_install_is_caught_and_an_environment_inside_measures(tmp_path: Path, outside: Path) -> None:
    workshop = python_project(tmp_path / "p", f"{outside}/python -m pytest {MEASURED}")
    install(outside, workshop.root, "-e")
    inside = files_of(workshop.root / ".git")
    for test in (
        f"{outside}/python -m pytest {MEASURED}",
        f"{outside}/python -m pytest -q -p xdist -n 2 --junitxml={{junit}}",
    ):
        workshop.write("phasemetrics.toml", configured(test))
        said = refused(workshop)
        assert "error[imported-elsewhere]: commit" in said
        assert "src/acme/__init__.py came from the checkout you work in" in said
    # Where Python takes no PYTHONPATH, its report of coverage says it; where there is none either, nothing does.
    workshop.write("phasemetrics.toml", configured(f"{outside}/python -I -m pytest {MEASURED}"))
    assert f"the report names {workshop.root}/src/acme/__init__.py, outside" in refused(workshop)
    workshop.write("phasemetrics.toml", configured(f"{outside}/python -I -m pytest -q --junitxml={{junit}}"))
    assert "error[unproven]" in refused(workshop)

    pip = f"{sys.executable} -m pip -q --python env/bin/python install --no-deps --no-build-isolation --no-index -e ."
    tools = tmp_path / "tools.pth"
    tools.write_text(sysconfig.get_path("purelib") + "\n")
    setup = f"{sys.executable} -m venv --without-pip env && cp {tools} env/lib/python*/site-packages && {pip}"
    workshop.write(
        "phasemetrics.toml", configured(f"env/bin/python -m pytest {MEASURED}", more=f"setup = {json.dumps(setup)}")
    )
    said = done(workshop.root, "baseline", "--at", "old").stderr
    assert [line.partition(":")[0] for line in said.splitlines()[1:]] == ["setup", "test", "warning[measured-later]"]
    assert (values(workshop.root)["tests.passed"], values(workshop.root)["coverage.total"]) == (1, 0.75)
    assert recorded(workshop.root)["revision"]["sha"] == workshop.git("rev-parse", "old")
    assert "coverage" in {source["kind"] for source in recorded(workshop.root)["sources"]}
    assert str(tmp_path) not in json.dumps(recorded(workshop.root))
    assert files_of(workshop.root / ".git") == inside, "nothing is left in the repository"


def test_an_install_that_is_a_copy_is_caught(tmp_path: Path, outside: Path) -> None:
    workshop = python_project(tmp_path / "p", f"{outside}/python -m pytest -q --junitxml={{junit}}")
    install(outside, workshop.root)
    assert "acme/__init__.py came from the checkout you work in, or from an install outside" in refused(workshop)


def test_the_document_says_what_was_measured_later(tmp_path: Path) -> None:
    workshop = python_project(tmp_path / "p", f"PYTHONPATH=src:$PYTHONPATH {sys.executable} -m pytest {MEASURED}")
    root = workshop.root
    done(root, "baseline", "--at", "old")
    day = max(source["modified"] for source in recorded(root)["sources"])[:10]
    subprocess.run(
        [sys.executable, "-m", "pytest", *MEASURED.format(junit="j.xml", coverage="c.json").split()],
        cwd=root, check=True, capture_output=True, env={**os.environ, "PYTHONPATH": "src"},
    )  # fmt: skip
    said = done(root, "fill", "--junit", "j.xml", "--coverage", "c.json").stderr
    assert "compared with .phasemetrics/phases/1/baseline.json (measured later)" in said
    sha = workshop.git("rev-parse", "old")[:7]
    text = (root / "README.md").read_text()
    assert f"| Coverage | 75.0% | {day} (measured later, at {sha}) |" in text
    assert f"| Tests | 1 | {day} (measured later, at {sha}) |" in text
    done(root, "fill", "--junit", "j.xml", "--coverage", "c.json")
    assert (root / "README.md").read_text() == text
    done(root, "check")


def test_only_benchmarks_that_ran_in_turn_were_measured_later(tmp_path: Path) -> None:
    bench = 'echo \'{"benchmarks": [{"name": "b", "unit": "ms", "stat": "median", "value": 1}]}\' > {bench}'
    document = f"{DOCUMENT}| Work | [Value] | [Date] |\n"
    workshop = Workshop(tmp_path / "p")
    more = f'bench = {json.dumps(bench)}\n[[metric]]\nname = "Work"\nfrom = "bench.b"'
    workshop.commit({"README.md": document, "phasemetrics.toml": configured("true", more=more), ".gitignore": "*.json"})
    report = '<testsuite><testcase classname="a" name="b"/></testsuite>'
    workshop.write(".git/junit.xml", report)
    done(workshop.root, "baseline", "--junit", ".git/junit.xml")
    done(workshop.root, "fill", "--junit", ".git/junit.xml", "--runs", "1", "--interleave")
    dates = {line.split(" | ")[0]: line for line in (workshop.root / "README.md").read_text().splitlines()}
    assert ("measured later" in dates["| Work"], "measured later" in dates["| Tests"]) == (True, False), dates


# A project without any Python: a script that counts lines for tests, and says where it likes what it found.
SCRIPT = """
mkdir -p out
{ echo '<testsuite name="s">'; while read -r one; do echo "<testcase classname='lines' name='$one'/>"; done < cases
  cat extra 2>/dev/null; echo '</testsuite>'; } > out/tests.xml
exit $(cat status)
"""


def script_project(folder: Path, *, status: int = 0, extra: str = "", test: str = "sh run.sh") -> Workshop:
    workshop = Workshop(folder)
    workshop.commit(
        {
            "run.sh": SCRIPT, "cases": "one\ntwo\n", "status": f"{status}\n", "extra": extra, ".gitignore": "out/\n",
            "README.md": DOCUMENT,
        }
    )  # fmt: skip
    workshop.git("tag", "old")
    config = configured(test, globs='junit = ["out/*.xml"]')
    workshop.commit({"cases": "one\ntwo\nthree\n", "status": "0\n", "extra": "", "phasemetrics.toml": config})
    return workshop


def test_any_command_that_writes_reports_will_do(tmp_path: Path) -> None:
    workshop = script_project(tmp_path / "p")
    done(workshop.root, "baseline", "--at", "old")
    assert values(workshop.root)["tests.passed"] == 2
    assert not (workshop.root / "out").exists(), "the work tree is not touched"


def test_tests_that_failed_then_are_what_was_measured(tmp_path: Path) -> None:
    failed = "<testcase classname='lines' name='bad'><failure/></testcase>"
    workshop = script_project(tmp_path / "p", status=1, extra=failed)
    assert (
        "warning[command-failed]: the tests ended with exit code 1"
        in done(workshop.root, "baseline", "--at", "old").stderr
    )
    assert (values(workshop.root)["tests.passed"], values(workshop.root)["tests.failed"]) == (2, 1)


@pytest.mark.parametrize(
    ("status", "extra", "said"),
    [
        (1, "", "its reports show no reason"),
        (137, "<testcase name='bad'><failure/></testcase>", "its reports show no reason"),
    ],
)
def test_a_run_that_may_have_broken_off_is_refused(tmp_path: Path, status: int, extra: str, said: str) -> None:
    workshop = script_project(tmp_path / "p", status=status, extra=extra)
    message = refused(workshop)
    assert f"error[command-failed]: `sh run.sh` ended with exit code {status}" in message
    assert said in message


def test_tests_that_could_not_even_be_read_are_refused(tmp_path: Path) -> None:
    """What a test needs today may not be what it needed then: pytest then reports one error, and no test."""
    workshop = python_project(tmp_path / "p", f"{sys.executable} -m pytest -q --junitxml={{junit}}")
    workshop.write("tests/test_acme.py", "import gone\n")
    workshop.commit()
    workshop.git("tag", "-f", "old")
    assert "and no test ran" in refused(workshop)


def test_reports_that_were_there_before_are_none_of_the_run(tmp_path: Path) -> None:
    workshop = script_project(tmp_path / "p", test="true")
    report = '<testsuite><testcase classname="a" name="left over"/></testsuite>'
    workshop.write("out/tests.xml", report)
    workshop.git("add", "-f", "out/tests.xml")
    workshop.git("commit", "-qm", "a report")
    assert "error[stale-report]: out/tests.xml: was written" in refused(workshop, at="HEAD")
    old = tmp_path / "old.xml"
    old.write_text(report)
    os.utime(old, (time.time() - 60,) * 2)
    workshop.write("phasemetrics.toml", configured(f"mkdir out; cp -p {old} out", globs='junit = ["out/*.xml"]'))
    assert "error[stale-report]: out/old.xml: was written" in refused(workshop)


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_what_is_interrupted_leaves_nothing_behind(tmp_path: Path, told: signal.Signals) -> None:
    begun, room = tmp_path / "begun", tmp_path / "room"
    room.mkdir()
    workshop = script_project(tmp_path / "p", test=f"echo $$ > {begun}; sleep 60")
    before = files_of(workshop.root)
    command = [str(PROGRAM), "baseline", "--at", "old"]
    running = subprocess.Popen(command, cwd=workshop.root, env={**clean(), "TMPDIR": str(room)}, stderr=subprocess.PIPE)
    for _ in range(300):
        if begun.exists() and begun.read_text():
            break
        time.sleep(0.1)
    running.send_signal(told)
    _, said = running.communicate(timeout=30)
    assert (running.returncode, said.splitlines()[-1]) == (130, b"interrupted; nothing is left half done")
    assert list(room.iterdir()) == []
    assert files_of(workshop.root) == before
    with pytest.raises(ProcessLookupError):
        os.kill(int(begun.read_text()), 0)


def test_a_terminal_is_told_how_long_each_step_took(tmp_path: Path) -> None:
    workshop = script_project(tmp_path / "p", test="sleep 0.3; sh run.sh")
    ours, theirs = pty.openpty()
    command = [str(PROGRAM), "baseline", "--at", "old"]
    with subprocess.Popen(command, cwd=workshop.root, env={**clean(), "TERM": "xterm"}, stderr=theirs) as running:
        os.close(theirs)
        said = b""
        with contextlib.suppress(OSError):  # how a terminal says that nobody is there any more
            while piece := os.read(ours, 4096):
                said += piece
    os.close(ours)
    assert running.returncode == 0
    lines = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", said.decode()).replace("\r", "\n").splitlines()
    seconds = [
        float(found[1]) for line in lines if (found := re.fullmatch(r"test: sleep 0.3; sh run.sh  ([\d.]+) s", line))
    ]
    assert len(seconds) == 1
    assert seconds[0] >= 0.3


def test_nothing_of_where_we_were_started_gets_inside(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    workshop = script_project(tmp_path / "p", test=f"env > {seen}; pwd >> {seen}; sh run.sh")
    ours = {
        "VIRTUAL_ENV": "/x", "UV_PROJECT_ENVIRONMENT": "/x", "COVERAGE_FILE": "/x", "PYTEST_ADDOPTS": "--co",
        "GIT_DIR": str(workshop.root / ".git"), "GIT_WORK_TREE": "/x", "PYTHONPATH": "/x", "MAKEFLAGS": "-n",
        "PHASEMETRICS_PHASE": "1",
    }  # fmt: skip
    done(workshop.root, "baseline", "--at", "old", **ours, KEPT="yes")
    lines = seen.read_text().splitlines()
    names = {line.partition("=")[0] for line in lines}
    assert names & {*ours} == {"PYTHONPATH"}
    assert "KEPT" in names
    assert "PYTHONPATH=/x" not in lines
    assert Path(lines[-1]).name == "tree"
    assert not Path(lines[-1]).exists()


def test_a_part_of_a_repository_and_what_changed_since(tmp_path: Path) -> None:
    whole = script_project(tmp_path / "whole")
    workshop = Workshop(tmp_path / "p")
    shutil.rmtree(whole.root / ".git")
    shutil.move(whole.root, workshop.root / "part")
    workshop.write("part/cases", "one\n")
    first = workshop.commit({"part/status": "0\n"})
    workshop.commit({"part/cases": "one\ntwo\n"})
    workshop.git("tag", "old")
    workshop.commit({"part/cases": "one\ntwo\nthree\n"})
    linked = tmp_path / "linked"
    workshop.git("worktree", "add", "-q", "--detach", str(linked))
    done(linked / "part", "baseline", "--at", "old", "--base", first)
    assert (values(linked / "part")["tests.passed"], values(linked / "part")["lines.added"]) == (2, 1)


def test_a_report_does_not_lead_out_of_the_checkout(tmp_path: Path) -> None:
    workshop = script_project(tmp_path / "p")
    (tmp_path / "precious").mkdir()
    (workshop.root / "build").symlink_to(tmp_path / "precious")
    workshop.commit({"phasemetrics.toml": configured("cp cases {junit}")})
    assert "error[not-a-file]: build/junit.xml: leads out of the checkout" in refused(workshop, at="HEAD")
    assert list((tmp_path / "precious").iterdir()) == []


def test_benchmarks_of_then_are_run_several_times(tmp_path: Path) -> None:
    entry = '{"name": "b", "unit": "ms", "stat": "median", "value": \'$(wc -l < cases)\'}'
    bench = f"""echo '{{"benchmarks": [{entry}]}}' > {{bench}}"""
    workshop = script_project(tmp_path / "p")
    config = configured("sh run.sh", globs='junit = ["out/*.xml"]', more=f"bench = {json.dumps(bench)}")
    workshop.write("phasemetrics.toml", config)
    done(workshop.root, "baseline", "--at", "old", "--runs", "4")
    assert recorded(workshop.root)["metrics"]["bench.b.median"]["runs"] == [0.002] * 4


@pytest.mark.parametrize(
    ("arguments", "code", "status"),
    [
        (["--append"], "bad-option", 2),
        (["--junit", "x.xml"], "bad-option", 2),
        (["--head", "old"], "bad-option", 2),
        (["--base", "gone"], "bad-ref", 3),
    ],
)
def test_what_does_not_go_together_is_refused(tmp_path: Path, arguments: list[str], code: str, status: int) -> None:
    workshop = script_project(tmp_path / "p")
    assert f"error[{code}]" in refused(workshop, *arguments, status=status)


def test_what_cannot_be_measured_is_refused_before_anything_runs(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    workshop = script_project(tmp_path / "p", test=f"touch {trace}")
    assert "error[bad-ref]" in refused(workshop, at="gone")
    assert "error[unsafe-event]" in refused(workshop, GITHUB_EVENT_NAME="pull_request_target")
    workshop.write("phasemetrics.toml", configured(f"touch {trace}"))
    assert "does not say where its reports go" in refused(workshop, status=2)
    workshop.write("phasemetrics.toml", "documents = []\n[phase.1]\n")
    assert "[commands] test is not configured" in refused(workshop, status=2)
    workshop.write("phasemetrics.toml", configured(f"touch {trace}", globs='junit = ["out/*.xml"]'))
    subprocess.run(["sh", "run.sh"], cwd=workshop.root, check=True)
    done(workshop.root, "baseline")
    assert "error[baseline-exists]" in ran(workshop.root, "baseline", "--at", "old").stderr
    assert not trace.exists()


ELSEWHERE = ("error[imported-elsewhere]", "error[unproven]")


def test_what_another_python_says_proves_nothing_of_the_tests(tmp_path: Path, outside: Path) -> None:
    """tox keeps PYTHONPATH from what it runs, and has a Python of its own that would speak for it."""
    test = f"{sys.executable} -c pass; {outside}/python -I -m pytest -q --junitxml={{junit}}"
    workshop = python_project(tmp_path / "p", test, more=f"setup = {json.dumps(f'{sys.executable} -c pass')}")
    install(outside, workshop.root, "-e")
    assert "error[unproven]" in refused(workshop)


@pytest.mark.parametrize("options", ["--cov=src", "--cov=tests", "--cov=."])
def test_coverage_of_nothing_or_of_tests_is_no_proof(tmp_path: Path, outside: Path, options: str) -> None:
    test = (
        f"{outside}/python -I -m pytest -q -p pytest_cov --junitxml={{junit}} {options} --cov-report=json:{{coverage}}"
    )
    workshop = python_project(tmp_path / "p", test)
    install(outside, workshop.root, "-e")
    assert refused(workshop).startswith(ELSEWHERE)


def test_another_checkout_of_the_repository_is_elsewhere(tmp_path: Path, outside: Path) -> None:
    workshop = python_project(tmp_path / "p", f"{outside}/python -m pytest -q --junitxml={{junit}}")
    install(outside, workshop.root, "-e")
    linked = tmp_path / "linked"
    workshop.git("worktree", "add", "-q", "--detach", str(linked))
    found = ran(linked, "baseline", "--at", "old")
    assert (found.returncode, "error[imported-elsewhere]" in found.stderr) == (3, True), found.stderr


@pytest.mark.parametrize("place", ["backend/acme/__init__.py", "packages/a/src/acme/__init__.py", "src/acme.py"])
def test_wherever_the_commit_keeps_its_packages(tmp_path: Path, outside: Path, place: str) -> None:
    workshop = python_project(tmp_path / "p", "")
    install(outside, workshop.root)
    (workshop.root / "src/acme/__init__.py").unlink()
    manifest = {f"{place.partition('/src')[0]}/pyproject.toml": "[project]\n"} if "packages" in place else {}
    workshop.commit({place: OLD, **manifest})
    workshop.git("tag", "-f", "old")
    workshop.write("phasemetrics.toml", configured(f"{outside}/python -m pytest -q --junitxml={{junit}}"))
    assert "error[imported-elsewhere]" in refused(workshop)


@pytest.mark.parametrize(
    "tests",
    [
        "import os, subprocess, sys\ndef test_server():\n    server = subprocess.Popen([sys.executable, '-c',"
        "'import acme, time; print(1, flush=True); time.sleep(60)'], stdout=subprocess.PIPE)\n"
        "    server.stdout.readline()\n    server.kill()\n    server.wait()\n",
        "import os\nos.environ.clear()\nimport acme\ndef test_steps(): pass\n",
        "import sys\nfrom unittest import mock\ndef test_steps():\n    with mock.patch.dict(sys.modules):\n"
        "        import acme\n        assert acme.steps()\n",
        "import runpy\ndef test_steps():\n    import acme\n    del __import__('sys').modules['acme']\n",
    ],
)
def test_what_hides_or_is_killed_has_said_it_already(tmp_path: Path, outside: Path, tests: str) -> None:
    workshop = python_project(tmp_path / "p", f"{outside}/python -m pytest -q -p xdist -n 2 --junitxml={{junit}}")
    install(outside, workshop.root, "-e")
    workshop.commit({"tests/test_acme.py": tests})
    workshop.git("tag", "-f", "old")
    assert "error[imported-elsewhere]" in refused(workshop)


def test_a_hook_of_the_environment_still_runs(tmp_path: Path, outside: Path) -> None:
    site = next((outside.parent / "lib").glob("python*/site-packages"))
    (site / "sitecustomize.py").write_text("import builtins\nbuiltins.customized = True\n")
    workshop = python_project(tmp_path / "p", f"PYTHONPATH=src:$PYTHONPATH {outside}/python -m pytest {MEASURED}")
    workshop.commit({"tests/test_acme.py": f"{TESTS}\n\ndef test_site():\n    assert customized\n"})
    workshop.git("tag", "-f", "old")
    done(workshop.root, "baseline", "--at", "old")
    assert values(workshop.root)["tests.passed"] == 2


def test_commands_stay_at_their_commit(tmp_path: Path) -> None:
    workshop = script_project(tmp_path / "p")
    head = workshop.git("rev-parse", "HEAD")
    workshop.write("phasemetrics.toml", configured(f"git checkout -q {head}; sh run.sh", globs='junit = ["out/*.xml"]'))
    assert "error[other-commit]: the commands went to another commit" in refused(workshop)
    workshop.write("phasemetrics.toml", configured("echo x >> cases; sh run.sh", globs='junit = ["out/*.xml"]'))
    said = done(workshop.root, "baseline", "--at", "old").stderr
    assert "warning[changed-checkout]: the commands changed 1 tracked files of their checkout, such as cases" in said
    assert recorded(workshop.root)["revision"]["dirty"] is True


def test_what_commands_leave_running_ends_with_the_checkout(tmp_path: Path) -> None:
    """A server that `setup` starts is there for the tests, and is gone when its folder is."""
    number = tmp_path / "number"
    workshop = script_project(tmp_path / "p", test=f"kill -0 $(cat {number}) && sh run.sh")
    config = configured(
        f"kill -0 $(cat {number}) && sh run.sh",
        globs='junit = ["out/*.xml"]',
        more=f"setup = {json.dumps(f'sleep 300 & echo $! > {number}')}",
    )
    workshop.write("phasemetrics.toml", config)
    done(workshop.root, "baseline", "--at", "old")
    state = Path("/proc", number.read_text().strip(), "stat")
    # Where nobody collects the orphans of a container, what is left of it is a name.
    assert not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z"


def test_every_run_of_the_benchmarks_counts(tmp_path: Path) -> None:
    entry = '{"name": "b", "unit": "ms", "stat": "median", "value": 1}'
    bench = f"""echo x >> runs; test $(wc -l < runs) -eq 3 || echo '{{"benchmarks": [{entry}]}}' > {{bench}}"""
    workshop = script_project(tmp_path / "p")
    workshop.write(
        "phasemetrics.toml",
        configured("sh run.sh", globs='junit = ["out/*.xml"]', more=f"bench = {json.dumps(bench)}"),
    )
    assert "error[missing-report]: bench-3.json" in refused(workshop, "--runs", "4")


def test_a_report_behind_a_link_is_refused(tmp_path: Path) -> None:
    workshop = script_project(tmp_path / "p")
    (tmp_path / "away").mkdir()
    (workshop.root / "out").symlink_to(tmp_path / "away")
    workshop.git("add", "-f", "out")
    workshop.commit()
    said = refused(workshop, at="HEAD")
    assert said.startswith("error[not-a-file]")
    assert "leads out of the checkout of the commit" in said


@given(st.lists(st.sampled_from(["src", "acme", "tests", "lib", "vendor", "a"]), max_size=4), st.booleans())
def test_names_of_modules_are_those_that_python_would_import(folders: list[str], package: bool) -> None:
    path = "/".join([*folders, "one.py"])
    paths = {path} | ({"/".join([*folders[: n + 1], "__init__.py"]) for n in range(len(folders))} if package else set())
    names = module_names(paths)
    assert all(path.removesuffix(".py").replace("/", ".").endswith(name) or name in ".".join(folders) for name in names)
    if package and folders and not {"tests", "vendor"} & set(folders):
        assert ".".join([*folders, "one"]) in names


def test_a_stream_that_is_closed_or_full_is_no_defect(tmp_path: Path) -> None:
    workshop = script_project(tmp_path / "p")
    for line, code in (
        ("baseline --at old --force 2>&-", 0),
        ("baseline --at old --force --json >&-", 0),
        ("baseline --at old --force --json >/dev/full", 3),
        ("baseline --at old --force 2>/dev/full", 0),
        ("baseline --at gone --force 2>/dev/full", 3),
        ("baseline --at old --force 2>&1 >/dev/null | true; exit ${PIPESTATUS[0]}", 0),
    ):
        ended = subprocess.run(
            ["bash", "-c", f"{PROGRAM} {line}"], cwd=workshop.root, env=clean(), capture_output=True, check=False
        )
        assert ended.returncode == code, (line, ended.stderr)


def test_what_is_ignored_on_purpose_does_not_end_it(tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    workshop = script_project(tmp_path / "p", test=f"touch {begun}; sleep 1; sh run.sh")
    command = ["nohup", str(PROGRAM), "baseline", "--at", "old"]
    with subprocess.Popen(
        command, cwd=workshop.root, env=clean(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as running:
        while not begun.exists():
            time.sleep(0.05)
        running.send_signal(signal.SIGHUP)
    assert running.returncode == 0
    assert values(workshop.root)["tests.passed"] == 2
