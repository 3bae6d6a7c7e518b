"""Measures benchmarks by running them: several times here, or in turn with those of the commit before."""

from __future__ import annotations

import glob
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import Any

from phasemetrics.borrowing import borrow
from phasemetrics.commits import Say, fetch_commit
from phasemetrics.config import Project
from phasemetrics.errors import Refusal
from phasemetrics.evidence.collecting import Evidence, collect_reports
from phasemetrics.evidence.formats import PACKAGE
from phasemetrics.evidence.identity import neighbours
from phasemetrics.evidence.lateness import LATER
from phasemetrics.evidence.model import Kind, Snapshot, Warning
from phasemetrics.evidence.store import find_baseline
from phasemetrics.filling import Order
from phasemetrics.running.checkouts import Checkout, lay_out, room
from phasemetrics.running.commands import Place, require_command, run, run_benchmarks
from phasemetrics.running.importguard import forget, require_own
from phasemetrics.running.thismachine import this_machine

_DEFAULT = PurePosixPath("build/bench-*.json")  # where results go that no pattern speaks of


def run_here(project: Project, evidence: Evidence, runs: int, say: Say) -> Evidence:
    """Run the configured benchmarks `runs` times in the work tree; return the evidence with these results.

    They are written where the first pattern of benchmark results says that has a `*`, with the number of the run in
    its place; where none has, before the suffix of the first (`build/bench-1.json`). Raises Refusal, UsageError.
    """
    command = require_command(project, "bench")
    paths = _result_paths(project.root, evidence.globs.get("bench", ()), runs)
    before = _head(project.root)
    for number, path in enumerate(paths, 1):
        say(f"run {number} of {runs}: {command}")
        run_benchmarks(command, Place(project.root), path)
    if _head(project.root) != before:
        message = "HEAD is another commit than when the benchmarks began to run"
        raise Refusal("other-commit", message, mend="run them again")
    return _with_results(evidence, paths)


def run_in_turn(project: Project, order: Order, runs: int, say: Say) -> Order:
    """Run the benchmarks of the commit before and of HEAD in turn, `runs` times each, in a checkout of each.

    The mood of the machine is then the same for both. Returns the order with the results of HEAD as evidence, and with
    `earlier` what was measured of the commit before: that of the baseline, else the base. Raises Refusal, UsageError.
    """
    command = require_command(project, "bench")
    paths = _result_paths(project.root, order.evidence.globs.get("bench", ()), runs)
    with _laid_out(project, order) as (before, after):
        if project.config.commands.setup is not None:
            setup = require_command(project, "setup")
            for tree in (before, after):
                say(f"setting up {tree.revision.sha[:12]}: {setup}")
                run(setup, tree.place, {})
                forget(tree.folder)
        for number in range(1, runs + 1):
            for tree in (before, after):
                say(f"run {number} of {runs} of {tree.revision.sha[:12]}: {command}")
                run_benchmarks(command, tree.place, tree.result(number))
        for tree in (before, after):
            require_own(tree.folder, tree.revision.sha)
        results = tuple(str(before.result(number)) for number in range(1, runs + 1))
        earlier = collect_reports(Evidence(before.folder, {"bench": results}, machine=this_machine(), ran=True))
        for number, path in enumerate(paths, 1):
            path.unlink(missing_ok=True)  # never through a link that lies there
            path.write_bytes(after.result(number).read_bytes())
    # The path of one result: only its kind of numbers was measured later.
    message = f"its benchmarks were run in turn with those of {after.revision.sha[:12]}"
    later = Warning(LATER, earlier.sources[0].path, message)
    measured = replace(earlier, revision=before.revision, warnings=(*earlier.warnings, later))
    # The commit that was measured, though somebody may have moved HEAD meanwhile.
    evidence = replace(_with_results(order.evidence, paths), head=after.revision.sha)
    return replace(order, evidence=evidence, earlier=measured)


def _head(root: Path) -> str:
    git: Any = import_module(f"{PACKAGE}.git")
    with git.open_repository(root) as repository:
        return str(git.resolve(repository, "HEAD"))


def _result_paths(root: Path, patterns: Sequence[str], runs: int) -> list[Path]:
    """Return where the results of each run go.

    Results of earlier runs that lie there as well are not read now. A later `fill` reads them, unless they are older
    than the sources: then it refuses them.
    """
    named = _pattern(root, patterns)
    pattern = root / named
    paths = [pattern.with_name(pattern.name.replace("*", str(number))) for number in range(1, runs + 1)]
    try:
        pattern.parent.mkdir(parents=True, exist_ok=True)
        odd = next((path for path in paths if path.is_symlink() or (path.exists() and not path.is_file())), None)
    except OSError as error:
        message = f"no results can be written there: {error.strerror}"
        raise Refusal("cannot-write", message, path=str(named), mend="name another place") from None
    if odd is not None:
        raise Refusal("not-a-file", "results go there", path=odd.name, mend="move away what lies there")
    return paths


def _pattern(root: Path, patterns: Sequence[str]) -> PurePosixPath:
    """Return the pattern that numbers the results: the first that has a `*` in its last part, or gets one there.

    Results of a folder go into it.
    """
    plain = [PurePosixPath(one) for one in patterns if not glob.has_magic(one.replace("*", ""))]
    plain = [one for one in plain if "*" not in str(one.parent) and one.name.count("*") < 2]
    numbered = next((one for one in plain if "*" in one.name), None)
    if numbered is not None or not plain:
        return numbered or _DEFAULT
    first = plain[0]
    return first / _DEFAULT.name if (root / first).is_dir() else first.with_name(f"{first.stem}-*{first.suffix}")


def _with_results(evidence: Evidence, paths: Sequence[Path]) -> Evidence:
    globs: dict[Kind, tuple[str, ...]] = {**evidence.globs, "bench": tuple(map(str, paths))}
    return replace(evidence, globs=globs, machine=this_machine(), ran=True)


@contextmanager
def _laid_out(project: Project, order: Order) -> Iterator[tuple[Checkout, Checkout]]:
    git: Any = import_module(f"{PACKAGE}.git")
    with room() as place, git.open_repository(project.root) as repository:
        head = git.revision(repository, order.evidence.head)
        if head.dirty:
            message = "there are changes that no commit holds, so they would not be measured"
            raise Refusal("dirty-tree", message, mend="commit or stash them")
        commit = _commit_before(project, order)
        base = git.revision(repository, fetch_commit(project.root, commit, order.fetch) if order.fetch else commit)
        yield (
            lay_out(repository, base, project.root, place, "before"),
            lay_out(repository, head, project.root, place, "after"),
        )


def _commit_before(project: Project, order: Order) -> str:
    """Return the commit that the phase began with: the one its baseline was measured at, else its base."""
    previous, _ = neighbours(order.phase, project.config)
    base = order.evidence.base or order.since
    from_store = borrow(project, order.phase, order.before, base).get
    baseline = find_baseline(project.root, order.phase, previous, order.before, lambda _: None, from_store)
    found: Snapshot | None = baseline.snapshot
    if found is not None and found.revision is not None:
        return found.revision.sha
    if base is None:
        mend = "record one with `phasemetrics baseline`, or name the commit with --base"
        raise Refusal("no-baseline", "there is no baseline and no base, so nothing to measure in turn with", mend=mend)
    return base
