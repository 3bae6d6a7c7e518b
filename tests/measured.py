"""Two ends of a phase for tests of the documents: written down here, where a test has to know every number."""

from __future__ import annotations

from typing import Any

from phasemetrics.evidence.beside import Beside
from phasemetrics.evidence.facts import facts_of
from phasemetrics.evidence.model import (
    Dependency,
    FileChange,
    FileStatus,
    Machine,
    Metric,
    Outcome,
    PathCount,
    Phase,
    Revision,
    Snapshot,
    Source,
    TestCase,
    TestCount,
)
from phasemetrics.settings import Config

MACHINE = Machine("Linux", "x86_64", "Test CPU", 2, "CPython 3.13.1")

# The labels of the documents; configured as a person would write them, not always to the letter.
UNIT_GROUPS = ("happy path", "edge cases", "error handling", "integration points")
INTEGRATION_GROUPS = (
    "End-to-end workflows",
    "cross component integration",
    "Database integration",
    "external API integration",
)

CONFIG = Config.model_validate(
    {
        "phase": {
            "2": {"name": "Tokens"},
            "3": {"name": "Incremental parser", "status": "complete", "weeks": "5-6", "planned_days": 10},
            "4": {"name": "Streaming writer", "weeks": "7"},
        },
        "suite": {
            "unit": {"path": "tests/unit/test_parser.py"},
            "integration": {"path": "tests/integration/test_parser_integration.py"},
        },
        "group": {
            **{name: {"suite": "unit", "names": [f"test_{name.split()[0]}*"]} for name in UNIT_GROUPS},
            **{name: {"suite": "integration", "markers": [name.split()[0]]} for name in INTEGRATION_GROUPS},
        },
        "metric": [
            {"name": "Parse large file", "from": "bench.test_parse.median", "target": "<= 320 ms"},
            {"name": "Coverage", "from": "coverage.total", "target": ">= 90%", "tolerance": "10%"},
            {"name": "Tests passing", "from": "tests.passed", "target": ">= 100"},
        ],
    }
)


# What a team opts in to, and what a document about components needs.
CARRYING = Config.model_validate(
    {
        **CONFIG.model_dump(by_alias=True, exclude_defaults=True),
        "phase": {
            **CONFIG.model_dump(exclude_defaults=True)["phase"],
            "3": {**CONFIG.phase["3"].model_dump(exclude_defaults=True), "step": "Read the changed lines only"},
        },
        "component": [
            {"name": "Tree", "path": "internal/cache/tree.py"},
            {"name": "Keys", "path": "internal/cache/tree_key.py", "aliases": ["Tree keys"]},
            {"name": "Core", "path": "internal/parser/core.py"},
        ],
        "module": "parser",
        "carry": {"metrics": True, "words": True},
    }
)

BESIDE = Beside(
    criteria=("A change is parsed in 50 ms", "No token is read twice", "The old parser is gone"),
    needs="the token stream; its positions",
    blob={"internal/cache/tree.py": b"one\ntwo\n", "internal/parser/core.py": b"one\ntwo\nthree"}.get,
)


def change(path: str, status: FileStatus, added: int = 1, deleted: int = 0, source: str | None = None) -> FileChange:
    return FileChange(path, status, source, added, deleted, binary=False)


FILES = (
    change("docs/incremental.md", "created", 40),
    change("examples/incremental.py", "created", 12),
    change("internal/cache/tree.py", "created", 200),
    change("internal/cache/tree_key.py", "created", 80),
    change("internal/parser/core.py", "modified", 120, 60),
    change("internal/parser/old.py", "deleted", 0, 90),
    change("tests/unit/test_parser.py", "modified", 30, 2),
    change("tests/unit/test_tree.py", "created", 75),
)
DEPENDENCIES = (
    Dependency("attrs", "added", None, "", "pyproject.toml"),
    Dependency("httpx", "raised", ">=0.27", ">=0.28", "pyproject.toml"),
    Dependency("rich", "added", None, "==13.9.4", "pyproject.toml"),
    Dependency("requests", "removed", "==2.31.0", None, "requirements.txt"),
)


UNIT, INTEGRATION = "tests/unit/test_parser.py", "tests/integration/test_parser_integration.py"


def cases(pipe: str, **outcomes: Outcome) -> tuple[TestCase, ...]:
    """Return some of the tests by name: that of the integration with its parameter, and the named ones of the unit."""
    unit = [TestCase(UNIT, "TestTokens", name, outcome) for name, outcome in outcomes.items()]
    return tuple(sorted([TestCase(INTEGRATION, "", f"test_pipe[{pipe}]", "passed"), *unit]))


def groups(passed: int, failed: int) -> tuple[TestCount, ...]:
    """Return a count for every configured group: all that failed is in `error handling`, the rest in order of names."""
    counts = {name: number for number, name in enumerate(sorted((*UNIT_GROUPS, *INTEGRATION_GROUPS)), 1)}
    counts["happy path"] = passed - 100
    failures = {name: failed if name == "error handling" else 0 for name in counts}
    return tuple(TestCount(name, counts[name], failures[name], counts[name] + failures[name]) for name in counts)


def snapshot(
    *,
    passed: int = 118,
    failed: int = 2,
    skipped: int = 1,
    covered: int = 784,
    parse: tuple[float, ...] = (0.412, 0.410, 0.415, 0.411, 0.413, 0.409),
    files: tuple[FileChange, ...] | None = None,
    dependencies: tuple[Dependency, ...] = (),
    cases: tuple[TestCase, ...] | None = None,
    date: str = "2026-10-30T10:00:00Z",
    sha: str = "1" * 40,
    coverage: tuple[PathCount, ...] = (
        PathCount("parser/core.py", 91, 100),
        PathCount("parser/incremental/tree_cache.py", 79, 100),
        PathCount("parser/lexer.py", 88, 100),
    ),
    without: tuple[str, ...] = (),
) -> Snapshot:
    """Return a snapshot; `without` leaves out the kinds of reports that were not read."""
    counts = {"passed": passed, "failed": failed, "skipped": skipped, "errors": 0, "xfailed": 0, "xpassed": 0}
    metrics: dict[str, Metric] = {f"tests.{name}": Metric(count, "count") for name, count in counts.items()}
    metrics["tests.total"] = Metric(passed + failed + skipped, "count")
    metrics["tests.flaky"] = Metric(0, "count")
    metrics["tests.wall"] = Metric(11.42, "second")
    metrics["coverage.lines"] = metrics["coverage.total"] = Metric(covered / 1000, "ratio", covered, 1000)
    metrics["bench.test_parse.median"] = Metric(sorted(parse)[len(parse) // 2], "second", runs=parse)
    if files is not None:
        for status in ("created", "modified", "deleted"):
            metrics[f"files.{status}"] = Metric(sum(one.status == status for one in files), "count")
        metrics["lines.added"] = Metric(sum(one.added for one in files), "count")
        metrics["lines.deleted"] = Metric(sum(one.deleted for one in files), "count")
        metrics["phase.days"] = Metric(11, "day")
    kinds = {"junit": "tests.", "coverage": "coverage.", "bench": "bench."}
    gone = tuple(kinds[kind] for kind in without)
    return Snapshot(
        revision=Revision(sha, "2" * 40, date, dirty=False),
        base="0" * 40 if files is not None else None,
        sources=tuple(
            Source(f"build/{kind}.x", kind, kind, "a" * 64, date)  # type: ignore[arg-type]
            for kind in kinds
            if kind not in without
        ),
        metrics={name: metric for name, metric in metrics.items() if not gone or not name.startswith(gone)},
        files=files,
        coverage=() if "coverage" in without else coverage,
        tests=()
        if "junit" in without
        else (
            TestCount(INTEGRATION, 10, 0, 10),
            TestCount(UNIT, passed - 10, failed, passed - 10 + failed + skipped),
        ),
        groups=() if "junit" in without else groups(passed, failed),
        cases=None if "junit" in without else cases,
        dependencies=None if files is None else dependencies,
        machine=MACHINE,
    )


BEFORE = snapshot(cases=cases("1", test_brace="failed", test_quote="passed", test_tab="passed", test_wide="passed"))
AFTER = snapshot(
    passed=146,
    failed=0,
    covered=846,
    parse=(0.305, 0.301, 0.308, 0.304, 0.306, 0.303),
    files=FILES,
    dependencies=DEPENDENCIES,
    cases=cases("one", test_brace="passed", test_tab="skipped", test_tree="passed", test_wide="passed"),
    date="2026-11-20T09:00:00Z",
    sha="3" * 40,
)
LATER = snapshot(
    passed=150,
    failed=1,
    covered=860,
    parse=(0.299, 0.301, 0.298, 0.300, 0.297, 0.302),
    files=(
        *(one for one in FILES if one.path != "internal/cache/tree_key.py"),
        change("internal/cache/evict.py", "created", 33),
    ),
    dependencies=(
        Dependency("httpx", "raised", ">=0.27", ">=0.28.1", "pyproject.toml"),
        Dependency("markdown-it-py", "added", None, ">=3,<4", "pyproject.toml"),
        Dependency("rich", "added", None, "==14.0.0", "pyproject.toml"),
    ),
    cases=cases("one", test_brace="passed", test_tab="skipped", test_tree="passed", test_wide="failed"),
    date="2026-11-21T09:00:00Z",
    sha="4" * 40,
)


def facts(
    before: Snapshot | None = BEFORE,
    after: Snapshot | None = AFTER,
    config: Config = CONFIG,
    beside: Beside | None = None,
) -> dict[str, Any]:
    return facts_of(Phase("3", before, after), config, "no baseline for phase 3", beside)
