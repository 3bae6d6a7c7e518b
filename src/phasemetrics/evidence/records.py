"""Records of a snapshot as JSON objects and back, each field held against its type."""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, TypeVar, get_args

from phasemetrics.evidence.model import (
    Dependency,
    DependencyStatus,
    FileChange,
    FileStatus,
    Kind,
    Machine,
    PathCount,
    Revision,
    Source,
    TestCount,
    Warning,
)

_Record = TypeVar("_Record", Revision, Source, FileChange, PathCount, TestCount, Dependency, Machine, Warning)
_MOST = 1 << 63
FITS: dict[object, Callable[[Any], bool]] = {
    "str": lambda value: isinstance(value, str),
    "str | None": lambda value: value is None or isinstance(value, str),
    "int": lambda value: type(value) is int and 0 <= value < _MOST,
    "int | None": lambda value: value is None or FITS["int"](value),
    "bool": lambda value: isinstance(value, bool),
    "Kind": lambda value: value in get_args(Kind),
    "FileStatus": lambda value: value in get_args(FileStatus),
    "DependencyStatus": lambda value: value in get_args(DependencyStatus),
}
_SPELLED = {"source": "from", "before": "from", "after": "to"}  # fields that are called otherwise in the file


def fields_of(record: Any) -> dict[str, Any]:
    """Return the fields of a record by their names."""
    return {name: getattr(record, name) for name in record.__slots__}


def spelled(record: FileChange | Dependency) -> dict[str, Any]:
    """Return the fields of a record by what the file calls them."""
    return {_SPELLED.get(name, name): value for name, value in fields_of(record).items()}


def listed(value: Any) -> list[Any]:
    """Return `value`, which has to be a list, else ValueError."""
    if not isinstance(value, list):
        raise ValueError(f"{reprlib.repr(value)} is not a list")
    return value


def to_record(kind: type[_Record], data: Mapping[str, Any]) -> _Record:
    """Return a record from its fields; ValueError or TypeError for one that is missing, unknown or of another type."""
    record = kind(**data)
    for field in fields(kind):
        value = getattr(record, field.name)
        if not FITS[field.type](value):
            raise ValueError(f"{field.name!r} cannot be {reprlib.repr(value)}")
    return record


def spelled_record(kind: type[_Record], data: Mapping[str, Any]) -> _Record:
    """Return a record from its fields by what the file calls them."""
    own = {_SPELLED.get(field.name, field.name): field.name for field in fields(kind)}
    return to_record(kind, {own[key]: value for key, value in data.items()})
