"""What differs between the two ends of a phase: the lists of files, how many they are, and their lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from phasemetrics.escaping import visible
from phasemetrics.evidence.model import FileChange
from phasemetrics.evidence.outcomes import counted
from phasemetrics.evidence.paths import OWN_FOLDER, PathClass, listed, path_class
from phasemetrics.evidence.side import Side, git_origin
from phasemetrics.value import Origin, Value, absent

LIST_LIMIT = 50
_KEY_FIRST: tuple[PathClass, ...] = ("implementation", "tests", "examples", "other", "docs")
_LONGEST = 4096  # Linux's PATH_MAX
NO_BASE = absent(
    "no-base", "no two revisions were compared", "name the start with --base REF, or `base` in the configuration"
)


def change_facts(after: Side, tests: Mapping[str, int]) -> dict[str, Mapping[str, Any]]:
    """Return every fact that a template may name as `files.…`, `key_files.…`, `counts.…` and `lines.…`.

    `tests` says how many tests were added in a file, for the notes beside test files.
    """
    snapshot = after.snapshot
    names = ("created", "modified", "deleted", "implementation", "tests", "examples", "changed")
    lists = ("created", "modified", "deleted", "documents", "tests_added", "tests_modified")
    if snapshot is None or snapshot.files is None:
        why = after.missing if snapshot is None else NO_BASE
        return {
            "files": dict.fromkeys(lists, why),
            "key_files": dict.fromkeys(names[:3], why),
            "counts": dict.fromkeys(names, why),
            "lines": dict.fromkeys(("added", "deleted"), why),
        }
    origin = git_origin(snapshot)
    metrics = snapshot.metrics
    counts = {name: counted(metrics, f"files.{name}", origin) for name in names[:3]}
    present = [one for one in snapshot.files if one.status != "deleted" and not one.path.startswith(OWN_FOLDER)]
    for name in names[3:6]:
        counts[name] = Value(str(sum(path_class(one.path) == name for one in present)), origin)
    counts["changed"] = Value(str(len(snapshot.files)), origin)
    return {
        "files": {
            "created": _list(listed(snapshot.files, "created"), origin, {}),
            "modified": _list(listed(snapshot.files, "modified"), origin, {}),
            "deleted": _list(listed(snapshot.files, "deleted"), origin, {}),
            "documents": _list(listed(snapshot.files, "created", "docs"), origin, {}),
            "tests_added": _list(listed(snapshot.files, "created", "tests"), origin, tests),
            "tests_modified": _list(listed(snapshot.files, "modified", "tests"), origin, tests),
        },
        "key_files": {
            "created": _key(listed(snapshot.files, "created"), origin),
            "modified": _key(listed(snapshot.files, "modified"), origin),
            "deleted": _key(listed(snapshot.files, "deleted"), origin),
        },
        "counts": counts,
        "lines": {name: counted(metrics, f"lines.{name}", origin) for name in ("added", "deleted")},
    }


def without_papers(facts: Mapping[str, Any], document: str) -> dict[str, Any]:
    """Return facts in which no key file is the document itself, nor a paper beside it.

    `document` is its path in the repository. Papers are what lies in its folder at the top, where that is a hidden one.
    """
    folder, slash, _ = document.partition("/")
    papers = (f"{folder}/",) if slash and folder.startswith(".") else ()
    kept = {
        name: found
        if isinstance(found, Value)
        else [one for one in found if one["path"].text != document and not one["path"].text.startswith(papers)]
        for name, found in facts["key_files"].items()
    }
    return {**facts, "key_files": kept}


def _list(files: Sequence[FileChange], origin: Origin, tests: Mapping[str, int]) -> list[dict[str, Value]]:
    """Return the items of a list; a selection never grows past the limit, and its last item says what it leaves out."""
    rest = len(files) - LIST_LIMIT
    shown = files[:LIST_LIMIT]
    items = []
    for one in shown:
        count = tests.get(one.path, 0)
        notes = [f"{count} {'test' if count == 1 else 'tests'} added"] * bool(count)
        notes += [f"and {rest} more: {origin.path}"] * (rest > 0 and one is shown[-1])
        items.append({"path": Value(visible(one.path), origin, note="; ".join(notes))})
    return items


def _key(files: Sequence[FileChange], origin: Origin) -> list[dict[str, Value]]:
    """Return all files of a list in full, code and tests first."""
    ordered = sorted(files, key=lambda one: _KEY_FIRST.index(path_class(one.path)))
    return [{"path": Value(visible(one.path, _LONGEST), origin)} for one in ordered]
