"""What differs between the two ends of a phase: the lists of files, how many they are, and their lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from phasemetrics.escaping import visible
from phasemetrics.evidence.model import FileChange, Snapshot
from phasemetrics.evidence.outcomes import counted
from phasemetrics.evidence.paths import OWN_FOLDER, listed, path_class
from phasemetrics.evidence.side import Side
from phasemetrics.value import Origin, Value, absent

LIST_LIMIT = 50
NO_BASE = absent(
    "no-base", "no two revisions were compared", "name the start with --base REF, or `base` in the configuration"
)


def change_facts(after: Side) -> dict[str, Mapping[str, Any]]:
    """Return every fact that a template may name as `files.…`, `counts.…` and `lines.…`."""
    snapshot = after.snapshot
    names = ("created", "modified", "deleted", "implementation", "tests", "examples")
    lists = ("created", "modified", "deleted", "documents", "tests_added", "tests_modified")
    if snapshot is None or snapshot.files is None:
        why = after.missing if snapshot is None else NO_BASE
        return {
            "files": dict.fromkeys(lists, why),
            "counts": dict.fromkeys(names, why),
            "lines": dict.fromkeys(("added", "deleted"), why),
        }
    origin = git_origin(snapshot)
    metrics = snapshot.metrics
    counts = {name: counted(metrics, f"files.{name}", origin) for name in names[:3]}
    present = [one for one in snapshot.files if one.status != "deleted" and not one.path.startswith(OWN_FOLDER)]
    for name in names[3:]:
        counts[name] = Value(str(sum(path_class(one.path) == name for one in present)), origin)
    return {
        "files": {
            "created": _list(listed(snapshot.files, "created"), origin),
            "modified": _list(listed(snapshot.files, "modified"), origin),
            "deleted": _list(listed(snapshot.files, "deleted"), origin),
            "documents": _list(listed(snapshot.files, "created", "docs"), origin),
            "tests_added": _list(listed(snapshot.files, "created", "tests"), origin),
            "tests_modified": _list(listed(snapshot.files, "modified", "tests"), origin),
        },
        "counts": counts,
        "lines": {name: counted(metrics, f"lines.{name}", origin) for name in ("added", "deleted")},
    }


def git_origin(snapshot: Snapshot) -> Origin:
    """Return where the numbers come from that git counted."""
    head = snapshot.revision.sha if snapshot.revision else ""
    return Origin(f"git diff {(snapshot.base or '')[:12]} {head[:12]}", "", head or None)


def _list(files: Sequence[FileChange], origin: Origin) -> list[dict[str, Value]]:
    """Return the items of a list; a selection never grows past the limit, and its last item says what it leaves out."""
    rest = len(files) - LIST_LIMIT
    note = f"and {rest} more: {origin.path}" if rest > 0 else ""
    shown = files[:LIST_LIMIT]
    return [{"path": Value(visible(one.path), origin, note=note if one is shown[-1] else "")} for one in shown]
