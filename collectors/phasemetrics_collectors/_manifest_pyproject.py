"""Reads `pyproject.toml`: PEP 621, dependency groups of PEP 735, and the tables of Poetry, uv and PDM."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

from phasemetrics.escaping import visible
from phasemetrics_collectors._manifest_python import constraint, elsewhere, requirement
from phasemetrics_collectors._manifest_wanted import ANY, Wanted, decoded, refusal

_LISTS = ("project.dependencies", "tool.uv.dev-dependencies")
_TABLES_OF_LISTS = ("project.optional-dependencies", "dependency-groups", "tool.pdm.dev-dependencies")
_POETRY = ("tool.poetry.dependencies", "tool.poetry.dev-dependencies")
_PLACES = frozenset({"git", "path", "url", "file"})
_MOST_STEPS = 64
# Strings and comments as wholes, so that the dots which are left are those of keys and numbers. One that is not closed
# reaches to the end: looking for its end from every quote would take quadratic time.
_TOKEN = re.compile(
    r'"""(?:[^\\"]|\\.?|"(?!""))*+(?:"{3,5}|\Z)|\'\'\'(?:[^\']|\'(?!\'\'))*+(?:\'{3,5}|\Z)'
    r'|"(?:[^\\"\n]|\\.?)*+(?:"|\n|\Z)|\'[^\'\n]*+(?:\'|\n|\Z)|#[^\n]*|[.=,\[{\n]',
    re.DOTALL,
)


def read(content: bytes, path: str) -> Iterator[Wanted]:
    """Yield the requirements of a `pyproject.toml`; raise `Refusal` (`bad-manifest`) for what cannot be read."""
    text = decoded(content, path)
    if _steps(text) > _MOST_STEPS:
        raise refusal(path, f"has a dotted key of more than {_MOST_STEPS} parts")  # tomllib takes quadratic time for it
    try:
        root = tomllib.loads(text)
    except RecursionError:
        raise refusal(path, "is nested too deeply to be read") from None
    except ValueError as error:  # a number with too many digits as well
        raise refusal(path, f"is not TOML: {error}") from None
    for place in _LISTS:
        yield from _strings(_at(root, place, path, []), place, path)
    for place in _TABLES_OF_LISTS:
        for name, inner in _table(_at(root, place, path, {}), place, path).items():
            yield from _strings(inner, f"{place}.{name}", path)
    groups = _table(_at(root, "tool.poetry.group", path, {}), "tool.poetry.group", path)
    for place in _POETRY:
        yield from _poetry(_at(root, place, path, {}), place, path)
    for name, inner in groups.items():
        place = f"tool.poetry.group.{name}"
        yield from _poetry(_table(inner, place, path).get("dependencies", {}), f"{place}.dependencies", path)


def _steps(text: str) -> int:
    """Return how many dots the longest dotted key has, or more."""
    most = dots = 0
    for match in _TOKEN.finditer(text):
        token = match[0][-1]
        dots = dots + 1 if match[0] == "." else 0 if token in "=,[{\n" else dots
        most = max(most, dots)
    return most


def _at(root: dict[str, Any], place: str, path: str, default: object) -> object:
    """Return what stands at a dotted place, or `default` where nothing does."""
    found: object = root
    for index, step in enumerate(place.split(".")):
        table = _table(found, ".".join(place.split(".")[:index]), path)
        if step not in table:
            return default
        found = table[step]
    return found


def _table(found: object, place: str, path: str) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise refusal(path, f"{visible(place)} is no table")
    return found


def _strings(found: object, place: str, path: str) -> Iterator[Wanted]:
    if not isinstance(found, list):
        raise refusal(path, f"{visible(place)} is no list")
    for index, one in enumerate(found):
        if isinstance(one, dict) or (isinstance(one, str) and one.startswith("-e ")):
            continue  # {include-group = "…"} of PEP 735, and PDM's editable folders, have no version of their own
        try:
            yield requirement(one if isinstance(one, str) else "", place)
        except ValueError as error:
            raise refusal(path, f"{visible(place)}[{index}] {error}") from None


def _poetry(found: object, place: str, path: str) -> Iterator[Wanted]:
    for name, inner in _table(found, place, path).items():
        if name == "python":
            continue
        for one in inner if isinstance(inner, list) else [inner]:
            try:
                yield _poetry_entry(name, one, place)
            except ValueError as error:
                raise refusal(path, f"{visible(place)}.{visible(name)} {error}") from None


def _poetry_entry(name: str, one: object, place: str) -> Wanted:
    if isinstance(one, dict):
        if _PLACES & one.keys():
            return elsewhere(name, place)
        one = one.get("version", "*")
    if not isinstance(one, str):
        raise ValueError("is no version range")
    return constraint(name, one if one.strip() != ANY else "*", place)
