"""A snapshot as JSON (schema 1 of the contract): sorted, one metric and one file on a line."""

from __future__ import annotations

import json
import math
import reprlib
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, TypeVar, get_args

from phasemetrics.errors import Refusal
from phasemetrics.evidence.cases import read_cases, shown_cases
from phasemetrics.evidence.model import (
    Dependency,
    DependencyStatus,
    FileChange,
    FileStatus,
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
from phasemetrics.reading import unique_keys

SCHEMA = 1
_Record = TypeVar("_Record", Revision, Source, FileChange, PathCount, TestCount, Dependency, Machine, Warning)
_MOST = 1 << 63
_FITS: dict[object, Callable[[Any], bool]] = {
    "str": lambda value: isinstance(value, str),
    "str | None": lambda value: value is None or isinstance(value, str),
    "int": lambda value: type(value) is int and 0 <= value < _MOST,
    "int | None": lambda value: value is None or _FITS["int"](value),
    "bool": lambda value: isinstance(value, bool),
    "Kind": lambda value: value in get_args(Kind),
    "FileStatus": lambda value: value in get_args(FileStatus),
    "DependencyStatus": lambda value: value in get_args(DependencyStatus),
}
_SPELLED = {"source": "from", "before": "from", "after": "to"}  # fields that are called otherwise in the file


def to_dict(snapshot: Snapshot) -> dict[str, Any]:
    """Return the snapshot in the shape of the contract; what was not measured is null or empty, never 0.

    No `files` under no `base` means that no two trees were compared; under a base, that they do not differ. Of
    `dependencies` null says so.
    """
    revision = snapshot.revision
    return {
        "schema": SCHEMA,
        "revision": None if revision is None else _fields(revision),
        "base": snapshot.base,
        "sources": [_fields(source) for source in snapshot.sources],
        "metrics": {name: _metric(metric) for name, metric in sorted(snapshot.metrics.items())},
        "files": [_spelled(change) for change in snapshot.files or ()],
        "coverage": [_path_count(one) for one in snapshot.coverage],
        "tests": [_test_count(one, "path") for one in snapshot.tests],
        "groups": [_test_count(one, "name") for one in snapshot.groups],
        "cases": None if snapshot.cases is None else shown_cases(snapshot.cases),
        "dependencies": None if snapshot.dependencies is None else [_spelled(one) for one in snapshot.dependencies],
        "machine": None if snapshot.machine is None else _fields(snapshot.machine),
        "warnings": [_fields(warning) for warning in snapshot.warnings],
    }


def _fields(record: Any) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__slots__}


def _metric(metric: Metric) -> dict[str, Any]:
    whole = metric.unit == "count" and float(metric.value).is_integer()  # the median of two counts need not be one
    shown: dict[str, Any] = {"value": int(metric.value) if whole else metric.value, "unit": metric.unit}
    if metric.total is not None:
        shown |= {"covered": metric.covered, "total": metric.total}
    if metric.runs:
        shown["runs"] = list(metric.runs)
    return shown


def _spelled(record: FileChange | Dependency) -> dict[str, Any]:
    return {_SPELLED.get(name, name): value for name, value in _fields(record).items()}


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
    mend = f"restore it with `git checkout -- {path}`, or record it again"
    try:
        return _snapshot(json.loads(content.decode(), object_pairs_hook=unique_keys, parse_constant=_no_constant))
    except json.JSONDecodeError as error:
        message = f"the stored snapshot is malformed: {error.msg}"
        raise Refusal("damaged-store", message, path=path, line=error.lineno, column=error.colno, mend=mend) from None
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        message = f"the stored snapshot is malformed: {type(error).__name__} {error}"
        raise Refusal("damaged-store", message, path=path, mend=mend) from None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number")


def _snapshot(data: Any) -> Snapshot:
    schema = data["schema"]
    if type(schema) is not int or schema != SCHEMA:
        raise ValueError(f"schema {reprlib.repr(schema)} is not {SCHEMA}; a newer phasemetrics wrote it")
    base, revision, machine = data.get("base"), data["revision"], data["machine"]
    if not _FITS["str | None"](base):
        raise ValueError("the base is not a commit")
    files = tuple(_read_spelled(FileChange, one) for one in _list(data["files"]))
    return Snapshot(
        revision=None if revision is None else _record(Revision, revision),
        base=base,
        sources=tuple(_read_source(one) for one in _list(data["sources"])),
        metrics={name: _read_metric(metric) for name, metric in data["metrics"].items()},
        files=None if base is None and not files else files,
        coverage=tuple(_record(PathCount, one) for one in _list(data["coverage"])),
        tests=tuple(_read_count(one, "path") for one in _list(data.get("tests", []))),
        groups=tuple(_read_count(one, "name") for one in _list(data.get("groups", []))),
        cases=read_cases(data.get("cases")),
        dependencies=_dependencies(data.get("dependencies")),
        machine=None if machine is None else _record(Machine, machine),
        warnings=tuple(_record(Warning, one) for one in _list(data["warnings"])),
    )


def _dependencies(value: Any) -> tuple[Dependency, ...] | None:
    return None if value is None else tuple(_read_spelled(Dependency, one) for one in _list(value))


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f"{reprlib.repr(value)} is not a list")
    return value


def _record(kind: type[_Record], data: Mapping[str, Any]) -> _Record:
    record = kind(**data)
    for field in fields(kind):
        value = getattr(record, field.name)
        if not _FITS[field.type](value):
            raise ValueError(f"{field.name!r} cannot be {reprlib.repr(value)}")
    return record


def _read_source(data: Mapping[str, Any]) -> Source:
    kind = next((kind for kind in get_args(Kind) if data["collector"].startswith(kind)), "bench")
    return _record(Source, {"kind": kind, **data})


def _read_count(data: Mapping[str, Any], key: str) -> TestCount:
    """Read one count of test cases; what failed was not recorded at first."""
    rest = {name: value for name, value in data.items() if name != key}
    return _record(TestCount, {"failed": None, **rest, "path": data[key]})


def _read_metric(data: Mapping[str, Any]) -> Metric:
    runs, counts = _list(data.get("runs", [])), (data.get("covered"), data.get("total"))
    if not all(type(value) in (int, float) and math.isfinite(value) for value in (data["value"], *runs)):
        raise ValueError(f"{reprlib.repr([data['value'], *runs])} are not all numbers")
    if counts != (None, None) and not all(map(_FITS["int"], counts)):
        raise ValueError(f"{reprlib.repr(counts)} are not two counts")
    if not isinstance(data["unit"], str):
        raise ValueError(f"{reprlib.repr(data['unit'])} is not a unit")
    return Metric(data["value"], data["unit"], *counts, runs=tuple(runs))


def _read_spelled(kind: type[_Record], data: Mapping[str, Any]) -> _Record:
    own = {_SPELLED.get(field.name, field.name): field.name for field in fields(kind)}
    return _record(kind, {own[key]: value for key, value in data.items()})
