"""A phase of which everything is known: all that can be configured, and evidence of every kind."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from measured import AFTER, BEFORE, CONFIG, LATER, change
from phasemetrics.evidence.beside import Beside
from phasemetrics.evidence.facts import facts_of
from phasemetrics.evidence.model import Dependency, Phase, Snapshot, TestCase, TestCount
from phasemetrics.settings import Config

EVERYTHING = Config.model_validate(
    {
        **CONFIG.model_dump(by_alias=True, exclude_none=True, exclude={"metric", "suite", "phase"}),
        "phase": {
            **{name: phase.model_dump(exclude_none=True) for name, phase in CONFIG.phase.items()},
            "3": {**CONFIG.phase["3"].model_dump(exclude_none=True), "step": "Read the changed lines only"},
        },
        "suite": {
            "unit": {"path": "tests/unit/test_parser.py", "glob": "tests/unit/test_*.py"},
            "integration": {"path": "tests/integration/test_parser_integration.py"},
            "e2e": {"path": "tests/e2e/*"},
        },
        "metric": [
            {"name": "Parse large file", "from": "bench.test_parse.median", "target": "<= 320 ms"},
            {"name": "Coverage", "from": "coverage.total", "target": ">= 80%"},
            {"name": "Tests passing", "from": "tests.passed", "target": ">= 100"},
        ],
        "component": [
            {"name": "Tree", "path": "internal/cache/tree.py"},
            {"name": "Keys", "path": "internal/cache/tree_key.py"},
            {"name": "Core", "path": "internal/parser/core.py"},
        ],
        "module": "parser",
        "carry": {"metrics": True, "words": True},
    }
)
BESIDE = Beside(
    criteria=("A change is parsed in 50 ms", "No token is read twice", "The old parser is gone"),
    needs="The token stream; its positions",
    blob=lambda path: b"one\ntwo\n" if path.endswith(".py") else None,
)


def whole(snapshot: Snapshot) -> Snapshot:
    """Return a snapshot that has all that any place asks for."""
    assert snapshot.files is not None
    assert snapshot.cases is not None
    timed = {name: one for name, one in snapshot.metrics.items() if name.startswith("bench.")}
    benchmarks = {name.replace("test_parse", "test_scan"): one for name, one in timed.items()}
    return replace(
        snapshot,
        files=(*snapshot.files, change("docs/caching.md", "created", 10)),
        tests=(*snapshot.tests, TestCount("tests/e2e/test_main.py", 3, 0, 3)),
        cases=(*snapshot.cases, TestCase("tests/e2e/test_main.py", "", "test_main", "passed")),
        metrics={**snapshot.metrics, **benchmarks},
        dependencies=(
            Dependency("rich", "added", None, "==13.9.4", "pyproject.toml"),
            Dependency("orjson", "added", None, ">=3.10", "pyproject.toml"),
        ),
    )


WHOLE, WHOLE_LATER = whole(AFTER), whole(LATER)


def everything(before: Snapshot | None = BEFORE, after: Snapshot | None = WHOLE) -> dict[str, Any]:
    """Return the facts of that phase."""
    return facts_of(Phase("3", before, after), EVERYTHING, "no baseline for phase 3", BESIDE)
