"""What holds of everything that a reader returns, whatever it read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from math import isfinite
from pathlib import Path
from typing import Any

from phasemetrics.evidence.cases import CaseBook
from phasemetrics.evidence.comparable import common_machine
from phasemetrics.evidence.facts import facts_of
from phasemetrics.evidence.merging import Merged
from phasemetrics.evidence.model import (
    OUTCOMES,
    Fact,
    FileCoverage,
    Kind,
    Machine,
    Measurement,
    Options,
    Phase,
    Snapshot,
    Warning,
)
from phasemetrics.evidence.placing import Places
from phasemetrics.evidence.snapshot import dumps, loads
from phasemetrics.evidence.treepaths import TreePaths
from phasemetrics.settings import Config

_SIGNLESS = ("tests", "coverage.", "size.")  # what counts things, or measures time
_WHOLE = Config.model_validate({"metric": [{"name": "Tests", "from": "tests.total"}], "suite": {"unit": {"path": "t"}}})


def snapshot_of(facts: Sequence[Fact], book: CaseBook, kind: Kind, root: Path) -> Snapshot:
    """Return what facts add up to, as it is made of the facts of reports, without a repository to look into."""
    merged, places = Merged(), Places(root, lambda: TreePaths(()))
    for fact in facts:
        merged.add(places.fact(fact, "report"), "report")
    machine, _ = common_machine(merged.machines)
    return Snapshot(
        metrics=merged.metrics({kind: 1}),
        coverage=tuple(merged.files()),
        tests=merged.tests.tested(),
        groups=merged.tests.grouped(1),
        cases=book.cases(),
        machine=machine,
        options=merged.bench.options(),
        warnings=tuple(map(places.warning, [*merged.doubts(), *places.doubts(), *book.doubts()])),
    )


def check_facts(facts: Iterable[Fact]) -> None:
    """Assert that every fact can be one."""
    for fact in facts:
        for text in _texts(fact):
            assert isinstance(text, str), f"{text!r} is no text"
            assert _is_text(text), f"{text!r} holds half of a surrogate pair"
        if isinstance(fact, Measurement):
            assert isfinite(fact.value), f"{fact.name} is {fact.value}"
            assert fact.value >= 0 or not fact.name.startswith(_SIGNLESS), f"{fact.name} is {fact.value}"
            assert fact.unit != "count" or float(fact.value).is_integer() or fact.name.startswith("bench."), fact.name
            assert fact.labels.get("outcome", "passed") in OUTCOMES, f"{fact.name} is of {fact.labels['outcome']!r}"
        elif isinstance(fact, FileCoverage):
            _check_file(fact)
        elif isinstance(fact, Machine):
            assert fact.cores >= 0, f"{fact.cores} cores"
        elif isinstance(fact, Warning):
            assert "\n" not in fact.message, f"{fact.message!r} is more than a line"


def _texts(fact: Fact) -> Iterator[object]:
    if isinstance(fact, Measurement):
        yield from (fact.name, fact.unit, *fact.labels, *fact.labels.values())
    elif isinstance(fact, Options):
        yield from (fact.benchmark, *fact.values, *fact.values.values())
    elif isinstance(fact, Machine):
        yield from (fact.os, fact.arch, fact.cpu, fact.runtime)
    elif isinstance(fact, Warning):
        yield from (fact.code, fact.path, fact.message)
    else:
        yield fact.path


def _check_file(fact: FileCoverage) -> None:
    assert not fact.covered & fact.missing, f"lines {sorted(fact.covered & fact.missing)} are covered and missing"
    assert all(type(line) is int and line >= 0 for line in fact.covered | fact.missing), "a line that is no number"
    for line, branch in (fact.branches or {}).items():
        assert 0 <= branch.covered <= branch.total, f"{branch.covered} of {branch.total} branches in line {line}"


def check_snapshot(snapshot: Snapshot) -> None:
    """Assert that a snapshot agrees with itself, and is the same after it was written and read."""
    for name, metric in snapshot.metrics.items():
        assert all(map(isfinite, (metric.value, *metric.runs))), f"{name} is {metric.value} of {metric.runs}"
        assert metric.value >= 0 or not name.startswith(_SIGNLESS), f"{name} is {metric.value}"
        if metric.covered is not None and metric.total is not None:
            assert 0 <= metric.covered <= metric.total, f"{name} is {metric.covered} of {metric.total}"
            assert metric.value == metric.covered / metric.total, f"{name} is {metric.value}"
    for file in snapshot.coverage:
        assert 0 <= file.covered <= file.total, f"{file.covered} of {file.total} lines in {file.path!r}"
        assert 0 <= file.branches_covered <= file.branches_total, f"branches of {file.path!r}"
    _check_tests(snapshot)
    content = dumps(snapshot)
    assert _is_text("".join(_strings(json.loads(content)))), "half of a surrogate pair is in the record"
    again = loads(content, "snapshot")
    assert again == snapshot, _difference(snapshot, again)
    assert dumps(again) == content, "is written otherwise after it was read"


def _check_tests(snapshot: Snapshot) -> None:
    metrics = snapshot.metrics
    for one in (*snapshot.tests, *snapshot.groups):
        assert 0 <= one.passed + (one.failed or 0) <= one.total, f"{one.passed} and {one.failed} of {one.total}"
    if "tests.total" in metrics:
        total = metrics["tests.total"].value
        assert total == sum(metrics[f"tests.{outcome}"].value for outcome in OUTCOMES), "outcomes do not add up"
        assert total == sum(one.total for one in snapshot.tests), "files do not add up to all tests"


def check_in_documents(snapshot: Snapshot) -> None:
    """Assert that documents can be told of a snapshot."""
    facts_of(Phase("3", snapshot, snapshot), _WHOLE, "no baseline")


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _difference(one: Snapshot, other: Snapshot) -> str:
    names = [name for name in one.__slots__ if getattr(one, name) != getattr(other, name)]
    return f"{names} are not what they were: {[(getattr(one, name), getattr(other, name)) for name in names]}"[:2000]
