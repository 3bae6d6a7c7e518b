"""Makes up the history of many repositories: real snapshots of every phase, the same for the same seed, with gaps."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from phasemetrics.evidence.model import (
    FileChange,
    Machine,
    Metric,
    PathCount,
    Revision,
    Snapshot,
    Source,
    TestCase,
    TestCount,
)
from phasemetrics.evidence.snapshot import dumps
from phasemetrics.evidence.store import Side, place

MACHINE = Machine("Linux", "x86_64", "AMD EPYC 7763", 4, "CPython 3.13.1")
_TEAMS = ("acme", "umbrella", "initech", "globex")
_PARTS = ("api", "web", "billing", "search", "mail", "auth", "stock", "maps", "chat", "docs")
_BENCHES = ("parse", "render", "sort", "index", "match", "encode", "decode", "merge")
_STATS = ("median", "mean", "min", "max", "stddev")
_EPOCH = datetime(2024, 1, 8, 9, 0, tzinfo=UTC)


def metric(value: float, unit: str = "count") -> Metric:
    return Metric(value, unit)


def snapshot(metrics: Mapping[str, Metric], number: int = 1, machine: Machine | None = None) -> Snapshot:
    """Return a snapshot with just these metrics, of a made-up commit; `number` tells one commit from another."""
    date = (_EPOCH + timedelta(days=number % 1000)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Snapshot(
        revision=Revision(f"{number:040x}", f"{number + 10**6:040x}", date, False), metrics=metrics, machine=machine
    )


def record(root: Path, phase: str, side: Side, content: Snapshot) -> Path:
    """Write one end of a phase where the project of that folder keeps it."""
    path = root / place(phase, side)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(dumps(content))
    return path


def many(
    folder: Path, repositories: int, phases: int, seed: int = 1, *, items: int = 68, gaps: float = 0.04
) -> Sequence[Path]:
    """Write the history of several repositories, each in a folder of its own with a configuration; return these.

    `items` is how long the lists of a snapshot are (files, coverage, tests, names of tests), about 440 bytes an item.
    `gaps` is the share of the phases whose end nobody recorded; the first has one always.
    """
    names = [f"{_TEAMS[one % len(_TEAMS)]}/{_PARTS[one % len(_PARTS)]}-{one + 1}" for one in range(repositories)]
    roots = []
    for index, name in enumerate(names):
        chance = random.Random(f"{seed} {index}")
        root = folder / name
        root.mkdir(parents=True)
        (root / "phasemetrics.toml").write_text(_CONFIG.format(name=name), encoding="utf-8")
        _write(root, phases, chance, items, gaps)
        roots.append(root)
    return roots


_CONFIG = """\
repository = "{name}"
junit = ["build/junit.xml"]
coverage = ["build/coverage.json"]

[[metric]]
name = "Parse"
from = "bench.test_parse"
"""


def _write(root: Path, phases: int, chance: random.Random, items: int, gaps: float) -> None:
    tests, covered, times = chance.randint(80, 900), chance.uniform(0.5, 0.8), chance.uniform(1e-6, 1e-1)
    before = _made(chance, 0, tests, covered, times, items)
    for phase in range(1, phases + 1):
        tests, times = tests + chance.randint(-3, 60), times * chance.uniform(0.8, 1.1)
        covered = min(1.0, max(0.0, covered + chance.uniform(-0.01, 0.05)))
        after = _made(chance, phase, tests, covered, times, items)
        record(root, str(phase), "baseline", before)
        if phase == 1 or chance.random() >= gaps:
            record(root, str(phase), "end", after)
        before = after


def _made(chance: random.Random, phase: int, tests: int, covered: float, times: float, items: int) -> Snapshot:
    """Return the snapshot of one commit, with as much in it as a real one has."""
    lines, failed = 5000, max(0, chance.randint(-6, 2))
    paths = [f"src/{chance.choice(_PARTS)}/{chance.choice(_PARTS)}/module_{one}.py" for one in range(items)]
    numbers = {
        "tests.total": metric(tests), "tests.passed": metric(tests - failed), "tests.failed": metric(failed),
        "tests.errors": metric(0), "tests.skipped": metric(0), "tests.xfailed": metric(0), "tests.xpassed": metric(0),
        "tests.flaky": metric(0), "tests.duration": metric(round(tests * chance.uniform(0.01, 0.02), 3), "second"),
        "lines.added": metric(chance.randint(100, 3000)), "lines.deleted": metric(chance.randint(0, 900)),
        "files.created": metric(chance.randint(0, 20)), "files.modified": metric(chance.randint(1, 40)),
        "files.deleted": metric(chance.randint(0, 3)), "phase.days": metric(chance.randint(1, 30), "day"),
    }  # fmt: skip
    for name, share in (("lines", covered), ("statements", covered), ("branches", covered * 0.9)):
        count = round(lines * share)
        numbers[f"coverage.{name}"] = Metric(count / lines, "ratio", count, lines)
    for bench in _BENCHES:
        runs = tuple(round(times * chance.uniform(0.97, 1.03), 12) for _ in range(6))
        for stat in _STATS:
            numbers[f"bench.test_{bench}.{stat}"] = Metric(sorted(runs)[3], "second", runs=runs)
    made = snapshot(numbers, 14 * phase + 1000 * chance.randrange(10**6), machine=MACHINE)
    return replace(
        made,
        base=f"{phase:040x}",
        sources=(Source("build/junit.xml", "junit", "junit", f"{tests:064x}", "2026-11-20T10:00:00Z"),),
        files=tuple(FileChange(path, "modified", None, chance.randint(1, 90), 3, False) for path in sorted(paths)),
        coverage=tuple(PathCount(path, chance.randint(1, 50), 50, 3, 8) for path in sorted(paths)),
        tests=tuple(TestCount(path.replace("module", "test"), 4, 0, 4) for path in sorted(paths)),
        cases=tuple(TestCase(path, "TestThings", f"test_that_it_works[{chance.random()}]", "passed") for path in paths),
    )


_EXAMPLE: Mapping[str, tuple[Sequence[int | None], Sequence[int | None], Sequence[float | None]]] = {
    "api": ((710, 742, 812, 914, 910, 923), (98, 131, 158, 204, 216, 240), (14.1, 13.9, 13.2, 12.4, 12.2, 12.1)),
    "web": ((551, None, 580, 584, 579, 612), (40, None, 44, 52, 60, 61), (None,) * 6),
}


def example(folder: Path) -> Path:
    """Write the two projects that docs/trend.md shows; return the folder that they lie in."""
    for name, (covered, tests, times) in _EXAMPLE.items():
        root = folder / name
        root.mkdir(parents=True)
        (root / "phasemetrics.toml").write_text(f'repository = "acme/{name}"\n', encoding="utf-8")
        for phase, (lines, total, time) in enumerate(zip(covered, tests, times, strict=True), 1):
            if lines is None or total is None:
                continue
            numbers = {"coverage.lines": Metric(lines / 1000, "ratio", lines, 1000), "tests.total": metric(total)}
            numbers |= {"tests.failed": metric(0), "tests.passed": metric(total)}
            if time is not None:
                numbers["bench.test_parse.median"] = metric(time / 1000, "second")
            moved = replace(MACHINE, cpu="Apple M4") if phase > 4 else MACHINE
            record(root, str(phase), "end", snapshot(numbers, 14 * phase, moved))
    return folder
