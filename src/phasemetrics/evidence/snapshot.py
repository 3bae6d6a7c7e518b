"""A snapshot as JSON (schema 1 of the contract): sorted, one metric and one file on a line."""

from __future__ import annotations

import json
import math
import reprlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar, get_args

from phasemetrics.errors import Refusal
from phasemetrics.evidence.cases import read_cases, shown_cases
from phasemetrics.evidence.model import (
    Dependency,
    FileChange,
    Kind,
    Machine,
    Metric,
    PathCount,
    Revision,
    Snapshot,
    Source,
    TestCount,
    Warning,
)
from phasemetrics.evidence.records import FITS, fields_of, listed, spelled, spelled_record, to_record
from phasemetrics.reading import unique_keys
from phasemetrics.shape import excess
from phasemetrics.unitnames import Direction

SCHEMA = 1
_NUMBERS = frozenset((int, float))
_BETTER = (None, *get_args(Direction))
_Built = TypeVar("_Built")


def to_dict(snapshot: Snapshot) -> dict[str, Any]:
    """Return the snapshot in the shape of the contract; what was not measured is null or empty, never 0.

    No `files` under no `base` means that no two trees were compared; under a base, that they do not differ. Of
    `dependencies` null says so.
    """
    revision = snapshot.revision
    return {
        "schema": SCHEMA,
        "revision": None if revision is None else fields_of(revision),
        "base": snapshot.base,
        "sources": [fields_of(source) for source in snapshot.sources],
        "metrics": {name: _metric(metric) for name, metric in sorted(snapshot.metrics.items())},
        "files": [spelled(change) for change in snapshot.files or ()],
        "coverage": [_path_count(one) for one in snapshot.coverage],
        "tests": [_test_count(one, "path") for one in snapshot.tests],
        "groups": [_test_count(one, "name") for one in snapshot.groups],
        "cases": None if snapshot.cases is None else shown_cases(snapshot.cases),
        "dependencies": None if snapshot.dependencies is None else [spelled(one) for one in snapshot.dependencies],
        "machine": None if snapshot.machine is None else fields_of(snapshot.machine),
        "options": {name: dict(values) for name, values in sorted(snapshot.options.items())},
        "warnings": [fields_of(warning) for warning in snapshot.warnings],
    }


def _metric(metric: Metric) -> dict[str, Any]:
    whole = metric.unit == "count" and float(metric.value).is_integer()  # the median of two counts need not be one
    shown: dict[str, Any] = {"value": int(metric.value) if whole else metric.value, "unit": metric.unit}
    if metric.total is not None:
        shown |= {"covered": metric.covered, "total": metric.total}
    if metric.runs:
        shown["runs"] = list(metric.runs)
    if metric.sessions:
        shown["sessions"] = list(metric.sessions)
    if metric.better:
        shown["better"] = metric.better
    return shown


def _path_count(one: PathCount) -> dict[str, Any]:
    shown: dict[str, Any] = {"path": one.path, "covered": one.covered, "total": one.total}
    if one.branches_total:
        shown |= {"branches_covered": one.branches_covered, "branches_total": one.branches_total}
    return shown


def _test_count(one: TestCount, key: str) -> dict[str, Any]:
    failed = {} if one.failed is None else {"failed": one.failed}
    return {key: one.path, "passed": one.passed, **failed, "total": one.total}


def dumps(snapshot: Snapshot) -> bytes:
    """Return the snapshot as it is kept and printed: ASCII, LF, sorted, small diffs."""
    parts = (f"{json.dumps(key)}: {_block(value)}" for key, value in to_dict(snapshot).items())
    return ("{\n" + ",\n".join(parts) + "\n}\n").encode("ascii")


def _block(value: Any) -> str:
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(f"  {json.dumps(one, sort_keys=True)}" for one in value) + "\n]"
    if isinstance(value, dict) and any(isinstance(inner, dict) for inner in value.values()):
        lines = (f"  {json.dumps(key)}: {json.dumps(inner, sort_keys=True)}" for key, inner in value.items())
        return "{\n" + ",\n".join(lines) + "\n}"
    return json.dumps(value, sort_keys=True)


def loads(content: bytes, path: str) -> Snapshot:
    """Read a snapshot; raise Refusal for one that is damaged or of a newer schema."""
    return read_as(_snapshot, content, path)


def read_as(build: Callable[[Any], _Built], content: bytes, path: str, what: str = "the stored snapshot") -> _Built:
    """Return what `build` makes of the JSON of a snapshot; raise Refusal for one that is damaged, in any part.

    `what` it is called in that refusal, `path` where it is kept.
    """
    mend = f"restore it with `git checkout -- {path}`, or record it again"
    try:
        if over := excess(content):
            raise ValueError(over[0])
        return build(json.loads(content.decode(), object_pairs_hook=unique_keys, parse_constant=_no_constant))
    except json.JSONDecodeError as error:
        message = f"{what} is malformed: {error.msg}"
        raise Refusal("damaged-store", message, path=path, line=error.lineno, column=error.colno, mend=mend) from None
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        message = f"{what} is malformed: {type(error).__name__} {error}"
        raise Refusal("damaged-store", message, path=path, mend=mend) from None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number")


def measured_part(data: Any) -> Snapshot:
    """Return what a snapshot says of its metrics and where they come from, without the lists of what was found."""
    schema = data["schema"]
    if type(schema) is not int or schema != SCHEMA:
        raise ValueError(f"schema {reprlib.repr(schema)} is not {SCHEMA}; a newer phasemetrics wrote it")
    revision, machine = data["revision"], data["machine"]
    return Snapshot(
        revision=None if revision is None else to_record(Revision, revision),
        metrics={name: _read_metric(metric) for name, metric in data["metrics"].items()},
        machine=None if machine is None else to_record(Machine, machine),
        options=_options(data.get("options", {})),
        warnings=tuple(to_record(Warning, one) for one in listed(data["warnings"])),
    )


def _snapshot(data: Any) -> Snapshot:
    measured, base = measured_part(data), data.get("base")
    if not FITS["str | None"](base):
        raise ValueError("the base is not a commit")
    files = tuple(spelled_record(FileChange, one) for one in listed(data["files"]))
    return replace(
        measured,
        base=base,
        sources=tuple(_read_source(one) for one in listed(data["sources"])),
        files=None if base is None and not files else files,
        coverage=tuple(to_record(PathCount, one) for one in listed(data["coverage"])),
        tests=tuple(_read_count(one, "path") for one in listed(data.get("tests", []))),
        groups=tuple(_read_count(one, "name") for one in listed(data.get("groups", []))),
        cases=read_cases(data.get("cases")),
        dependencies=_dependencies(data.get("dependencies")),
    )


def _dependencies(value: Any) -> tuple[Dependency, ...] | None:
    return None if value is None else tuple(spelled_record(Dependency, one) for one in listed(value))


def _read_source(data: Mapping[str, Any]) -> Source:
    kind = next((kind for kind in get_args(Kind) if data["collector"].startswith(kind)), "bench")
    return to_record(Source, {"kind": kind, **data})


def _read_count(data: Mapping[str, Any], key: str) -> TestCount:
    """Read one count of test cases; what failed was not recorded at first."""
    rest = {name: value for name, value in data.items() if name != key}
    return to_record(TestCount, {"failed": None, **rest, "path": data[key]})


def _read_metric(data: Mapping[str, Any]) -> Metric:
    runs, counts = listed(data.get("runs", [])), (data.get("covered"), data.get("total"))
    numbers = (data["value"], *runs)
    if not _NUMBERS.issuperset(map(type, numbers)) or not all(map(math.isfinite, numbers)):
        raise ValueError(f"{reprlib.repr(list(numbers))} are not all numbers")
    if counts != (None, None) and not all(map(FITS["int"], counts)):
        raise ValueError(f"{reprlib.repr(counts)} are not two counts")
    if not isinstance(data["unit"], str):
        raise ValueError(f"{reprlib.repr(data['unit'])} is not a unit")
    sessions, better = listed(data.get("sessions", [])), data.get("better")
    if sessions and (not all(map(FITS["int"], sessions)) or min(sessions) < 1 or sum(sessions) != len(runs)):
        raise ValueError(f"{reprlib.repr(sessions)} are not the sessions of {len(runs)} runs")
    if better not in _BETTER:
        raise ValueError(f"{reprlib.repr(better)} is not a direction")
    return Metric(data["value"], data["unit"], *counts, tuple(runs), tuple(sessions), better)


def _options(data: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    found = {name: dict(values.items()) for name, values in data.items()}
    if not all(isinstance(value, str) for values in found.values() for value in values.values()):
        raise ValueError("the options of a benchmark are not texts")
    return found
