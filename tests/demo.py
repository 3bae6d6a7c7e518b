"""Shows one phase from its first to its last day: `python tests/demo.py [FOLDER]`.

Makes the sample project in FOLDER (`build/demo`), measures it at both ends of phase 3 with the real tools, and lets
phasemetrics record the baseline, fill the README and the retrospective, and check them. Every command is printed.
"""

from __future__ import annotations

import argparse
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import sample_project
from sample_project import CommandFailed, SampleProject

PROGRAM = str(Path(sys.executable).with_name("phasemetrics"))
DOCUMENTS = {"readme": "docs/phases/README_PHASE3.md", "retrospective": "docs/phases/RETRO_3.md"}
RUNS = 5  # on each side: two benchmarks are tested, and 4 + 4 runs prove a change only where there is one


def main() -> int:
    """Run the demonstration; 1 when a step failed, 2 when the folder is not ours to remove."""
    parser = argparse.ArgumentParser(description="Shows one phase of a small project from its first to its last day.")
    parser.add_argument("folder", nargs="?", type=Path, default=Path("build/demo"), help="removed and made anew")
    folder: Path = parser.parse_args().folder
    if folder.exists() and any(folder.iterdir()) and not _is_demo(folder):
        print(f"demo: {folder} holds something else: name another folder", file=sys.stderr)
        return 2
    shutil.rmtree(folder, ignore_errors=True)
    try:
        demonstrate(folder)
    except (CommandFailed, OSError) as failure:
        print(f"demo: {failure}", file=sys.stderr)
        return 1
    print(f"\nLook at {' and '.join(str(folder / path) for path in DOCUMENTS.values())}")
    return 0


def demonstrate(folder: Path) -> None:
    """Take the sample project in `folder` through phase 3, step by step; CommandFailed where a step fails."""
    heading("A small project at the end of phase 2")
    project = sample_project.build(folder, announce)
    heading("Phase 3 begins: a README and a retrospective with empty places")
    for kind, path in DOCUMENTS.items():
        phasemetrics(project, "new", kind, "-p", "3", "-o", path)
    heading("Measure the project as phase 2 left it")
    measure(project)
    heading("Record that as the baseline")
    phasemetrics(project, "baseline", "-p", "3")
    sample_project.commit(project, "2026-10-05T08:00:00Z", "Begin phase 3", ["docs/phases", ".phasemetrics"])
    heading("The work of phase 3")
    sample_project.advance(project)
    heading("Measure again")
    measure(project)
    heading("Fill both documents")
    phasemetrics(project, "fill", "-p", "3")
    heading("What that changed in them")
    show(project, ["git", "--no-pager", "diff", "-U1", "--", "docs/phases"])
    heading("The phase at a glance")
    phasemetrics(project, "show", "-p", "3")
    heading("Does every number still agree with the evidence?")
    phasemetrics(project, "check", "-p", "3")


def measure(project: SampleProject) -> None:
    """Measure with as many benchmark runs as a claim needs, and print what pytest and coverage counted."""
    sample_project.measure(project, RUNS)
    counts = ", ".join(f"{count} {word}" for word, count in sample_project.pytest_summary(project).items())
    print(f"{counts}; {sample_project.coverage_total(project)} covered")


def phasemetrics(project: SampleProject, *arguments: str) -> None:
    """Run the phasemetrics that is installed beside this Python; CommandFailed unless it exits with 0."""
    show(project, [PROGRAM, *arguments])


def show(project: SampleProject, command: Sequence[str]) -> None:
    """Run a command that speaks for itself; CommandFailed unless it exits with 0."""
    announce(command)
    environment = sample_project.environment(project)
    done = subprocess.run(command, cwd=project.root, env=environment, stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise CommandFailed(f"{_spelled(command)}: exit code {done.returncode}")


def heading(text: str) -> None:
    """Print the heading of a step."""
    print(f"\n== {text}", flush=True)


def announce(command: Sequence[str]) -> None:
    """Print a command line as a person would type it."""
    print(f"$ {_spelled(command)}", flush=True)


def _spelled(command: Sequence[str]) -> str:
    names = {sys.executable: "python", PROGRAM: "phasemetrics"}
    return shlex.join([names.get(word, word) for word in command])


def _is_demo(folder: Path) -> bool:
    return (folder / ".git").is_dir() and (folder / "src" / "rainbook").is_dir()


if __name__ == "__main__":
    sys.exit(main())
