"""The dependencies that a phase added or raised, as the rows of a document's tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from typing import Any

from phasemetrics.escaping import visible
from phasemetrics.evidence.changes import LIST_LIMIT, NO_BASE
from phasemetrics.evidence.model import Dependency, DependencyStatus, Snapshot
from phasemetrics.evidence.side import Side, git_origin
from phasemetrics.value import Origin, Value, absent

_LONGEST = 214  # a name that is cut off is the name of something else
_BAD_MANIFEST = "bad-manifest"
_ELSEWHERE = "@"
_OPERATOR = re.compile(r"(===|==|~=|!=|<=|>=|<|>)\s*")
_SEPARATOR = re.compile(r"[-_.]+")


def dependency_facts(after: Side) -> dict[str, list[dict[str, Any]] | Value]:
    """Return every fact that a template may name as `dependencies.…`: the rows `added`, and those added or raised.

    Each row has `name`, `pinned` (to stand right after the name), `minimum` (to stand in a cell) and `path`.
    """
    snapshot = after.snapshot
    if snapshot is None or snapshot.dependencies is None:
        why = after.missing if snapshot is None else _not_compared(snapshot)
        return {"added": why, "required": why}
    return {"added": _rows(snapshot, ("added",)), "required": _rows(snapshot, ("added", "raised"))}


def _not_compared(snapshot: Snapshot) -> Value:
    if snapshot.base is None:
        return NO_BASE
    return absent("no-evidence", "the dependencies were not compared when this was recorded", "run `phasemetrics fill`")


def _rows(snapshot: Snapshot, statuses: Sequence[DependencyStatus]) -> list[dict[str, Any]] | Value:
    """Return one row for each name; a name that several manifests give has the one that says most, and a note."""
    unread = sorted({visible(one.path, 500) for one in snapshot.warnings if one.code == _BAD_MANIFEST} - {""})
    found: dict[str, list[Dependency]] = {}
    for one in snapshot.dependencies or ():
        if one.status in statuses and one.after is not None and one.name.strip():
            found.setdefault(_key(one), []).append(one)
    if not found and any(one.code == _BAD_MANIFEST for one in snapshot.warnings):
        said = f"{unread[0]} could not be read" if unread else "the manifests could not be compared"
        return absent(_BAD_MANIFEST, said, "the warning says why; mend it, commit, and fill again")
    origin = git_origin(snapshot)
    shown = sorted(found)[:LIST_LIMIT]
    rest = len(found) - len(shown)
    last = [f"and {rest} more: {origin.path}"] * (rest > 0) + [f"{path} could not be read" for path in unread[:1]]
    return [_row(found[key], origin, last if key == shown[-1] else []) for key in shown]


def _key(one: Dependency) -> str:
    """Return what tells rows apart: a name of Python as PEP 503 compares it, any other without its case."""
    python = PurePosixPath(one.path).name not in {"go.mod", "package.json"}
    return (_SEPARATOR.sub("-", one.name) if python else one.name).casefold()


def _row(found: Iterable[Dependency], origin: Origin, notes: Sequence[str]) -> dict[str, Any]:
    one, *others = sorted(found, key=lambda one: (one.after in ("", _ELSEWHERE), one.path.count("/"), one.path))
    paths = dict.fromkeys(visible(other.path, 500) for other in others if other.path != one.path)
    name = visible(one.name.strip(), _LONGEST)
    said = [f"{path} asks for it too" for path in paths]
    pinned, minimum = _versions(one)
    return {
        "name": Value(name, origin, note="; ".join([*said, *notes])),
        "aliases": (),
        "pinned": Value(pinned, origin) if pinned else _any_version(one, name),
        "minimum": Value(minimum, origin) if minimum else _any_version(one, name),
        "path": Value(visible(one.path, 500), origin),
    }


def _versions(one: Dependency) -> tuple[str, str]:
    """Return the versions as they follow the name in a command, and as a cell shows them; empty where there are none.

    npm and go write `name@version`; what a go.mod requires is the lowest version that will do.
    """
    spec = visible((one.after or "").strip(), _LONGEST)
    if spec in ("", _ELSEWHERE):
        return "", ""
    match PurePosixPath(one.path).name:
        case "go.mod":
            return f"@{spec}", f">= {spec}"
        case "package.json":
            return f"@{spec}", _OPERATOR.sub(r"\1 ", spec).strip()
    return spec, _OPERATOR.sub(r"\1 ", spec).replace(",", ", ").strip()


def _any_version(one: Dependency, name: str) -> Value:
    path = visible(one.path, 500)
    if one.after == _ELSEWHERE:
        return absent("no-version", f"{path} takes {name} from a place, not by its version")
    return absent("no-version", f"{path} takes any version of {name}", f"name a version in {path}, and commit it")
