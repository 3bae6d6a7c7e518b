"""What Python's manifests call a version range: a requirement of PEP 508, and a constraint of Poetry."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phasemetrics_collectors._manifest_wanted import ANY, ELSEWHERE, Bound, Wanted, short

if TYPE_CHECKING:
    from packaging.specifiers import Specifier

_LONGEST = 4096  # a marker is read by a recursive parser
_ORDER = ("===", "==", "~=", "^", "~", ">=", ">", "<=", "<", "!=")
_LOWER = frozenset(_ORDER[:7])
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")
_CONSTRAINT = re.compile(r"(?P<operator>===|==|~=|!=|>=|<=|[\^~=<>])?v?(?P<version>[0-9][0-9A-Za-z.!+*-]*)")


def requirement(text: str, group: str) -> Wanted:
    """Return a requirement of PEP 508, without its extras and its marker; raise ValueError for what is none."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    if len(text) > _LONGEST:
        raise ValueError(f"is a requirement of {len(text)} characters, the limit is {_LONGEST}")
    try:
        found = Requirement(text)
    except (ValueError, RecursionError):
        raise ValueError("is no requirement (PEP 508)") from None
    key = canonicalize_name(found.name)
    if found.url is not None:
        return Wanted(found.name, key, group, ELSEWHERE, None)
    parts = sorted(found.specifier, key=_place)
    bound = _bound([(one.operator, one.version) for one in parts])
    return Wanted(found.name, key, group, ",".join(f"{one.operator}{one.version}" for one in parts), bound)


def constraint(name: str, text: str, group: str) -> Wanted:
    """Return a requirement of Poetry (`^1.2`, `~1.2`, `1.2.*`, `>=1,<2 || ^3`); raise ValueError for what is none."""
    alternatives = [_constraints(one) for one in re.split(r"\|\|?", short(text))]
    bounds = [_bound(one) for one in alternatives]
    bound = () if () in bounds else min(bounds)
    spelled = " || ".join(",".join(operator + version for operator, version in one) for one in alternatives)
    return Wanted(name, _key(name), group, ANY if [] in alternatives else spelled, bound)


def elsewhere(name: str, group: str) -> Wanted:
    """Return a requirement that is taken from a place; raise ValueError when `name` is no name."""
    return Wanted(name, _key(name), group, ELSEWHERE, None)


def _key(name: str) -> str:
    from packaging.utils import canonicalize_name

    if not _NAME.fullmatch(name):
        raise ValueError("is no name of a package")
    return canonicalize_name(name)


def _place(one: Specifier) -> tuple[int, str]:
    return _ORDER.index(one.operator), one.version


def _constraints(text: str) -> list[tuple[str, str]]:
    """Return what must hold together, as operator and version; nothing for `*`."""
    joined = re.sub(r"([\^~=<>!])\s+", r"\1", text)
    parts = [part for part in re.split(r"[\s,]+", joined) if part]
    if not parts:
        raise ValueError("is no version range")
    matches = [_CONSTRAINT.fullmatch(part) for part in parts if part != "*"]
    found = [(match["operator"] or "==", match["version"]) for match in matches if match]
    if len(found) != len(matches):
        raise ValueError("is no version range")
    return [("==" if operator == "=" else operator, version) for operator, version in found]


def _bound(parts: list[tuple[str, str]]) -> Bound:
    """Return the highest of the lower ends, and whether it is itself left out; raise ValueError for no version."""
    from packaging.version import InvalidVersion, Version

    try:
        versions = [(operator, Version(version.removesuffix(".*"))) for operator, version in parts]
    except InvalidVersion:
        raise ValueError("names no version (PEP 440)") from None
    return max(((version, operator == ">") for operator, version in versions if operator in _LOWER), default=())
