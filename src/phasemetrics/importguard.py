"""Proves that Python code that was measured in a checkout of its own did not come from another one.

An editable install of a project points at the folder that it was made from. Run elsewhere, in the checkout of an old
commit, `import` quietly finds the new code there, and both ends of a phase measure the same.
"""

from __future__ import annotations

import os
from pathlib import Path

from phasemetrics.errors import Refusal
from phasemetrics.escaping import visible

_VARIABLE = "PHASEMETRICS_IMPORTS"
# Python imports this by itself at its start, and at its end it says which files of the real checkout were imported.
_HOOK = f"""\
import atexit, os, sys
def say():
    outside, own = (os.path.realpath(one) + os.sep for one in os.environ["{_VARIABLE}"].split(os.pathsep)[1:])
    found = set()
    for module in list(sys.modules.values()):
        path = os.path.realpath(getattr(module, "__file__", None) or os.sep)
        inside = path[len(outside):]
        if path.startswith(outside) and not path.startswith(own) and os.path.exists(own + inside):
            found.add(inside)
    with open(os.environ["{_VARIABLE}"].split(os.pathsep)[0], "a", encoding="utf-8", errors="replace") as file:
        file.writelines(one + "\\n" for one in sorted(found))
atexit.register(say)
"""


def guard(folder: Path, checkout: Path, copy: Path) -> dict[str, str]:
    """Return the variables that make Python say what it imports from `checkout` instead of from its `copy`.

    `folder` is where the hook and its notes are kept. Raises Refusal `odd-path` for what PYTHONPATH cannot hold.
    """
    if any(os.pathsep in str(path) for path in (folder, checkout, copy)):
        message = f"a path that Python is told of holds a {os.pathsep!r}, which separates paths there"
        mend = "move the repository, or point TMPDIR at a folder without it"
        raise Refusal("odd-path", message, mend=mend)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sitecustomize.py").write_text(_HOOK, "utf-8")
    notes = os.pathsep.join(map(str, (folder / "imported", checkout, copy)))
    return {"PYTHONPATH": str(folder), _VARIABLE: notes}


def require_own(folder: Path, commit: str) -> None:
    """Raise Refusal `imported-elsewhere` when a file of the checkout was imported instead of that of the commit."""
    notes = folder / "imported"
    found = sorted(set(notes.read_text("utf-8", "replace").splitlines())) if notes.is_file() else []
    if found:
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        message = f"commit {commit[:12]} was not measured: {visible(found[0])}{more} came from the checkout you work in"
        mend = "let [commands] setup make an environment inside, and [commands] bench use it"
        raise Refusal("imported-elsewhere", message, mend=mend)
