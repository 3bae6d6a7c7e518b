"""Proves that Python code that was measured in a checkout of its own did not come from another one.

An editable install of a project points at the folder that it was made from. Run elsewhere, in the checkout of an old
commit, `import` quietly finds the new code there, and both ends of a phase measure the same. An install that is a copy
hides the code of the checkout just so.
"""

from __future__ import annotations

import os
from pathlib import Path

from phasemetrics.errors import Refusal
from phasemetrics.escaping import visible

_VARIABLE = "PHASEMETRICS_IMPORTS"
_RAN = "."  # the note of every Python that came to its end
# Python imports this by itself at its start. At its end it says which modules came from the real checkout, and which
# the copy has as well but came from an environment. Workers of pytest-xdist end with os._exit, which skips atexit.
_HOOK = f"""\
import atexit, os, sys
def say():
    notes, outside, *roots = os.environ["{_VARIABLE}"].split(os.pathsep)
    outside, *roots = (os.path.realpath(one) + os.sep for one in (outside, *roots))
    environments = tuple(os.path.realpath(one) + os.sep for one in (sys.prefix, sys.base_prefix))
    found = {{"{_RAN}"}}
    for name, module in list(sys.modules.items()):
        path = getattr(module, "__file__", None)
        if not isinstance(path, str):
            continue
        path = os.path.realpath(path)
        if path.startswith(roots[0]):
            continue
        installed = path.startswith(environments) or "site-packages" in path or "dist-packages" in path
        if path.startswith(outside) and not installed:
            found.add(path[len(outside):])
        name = getattr(getattr(module, "__spec__", None), "name", None) or name
        package = name if os.path.basename(path).startswith("__init__.") else name.rpartition(".")[0]
        inside = os.path.join(*package.split("."), os.path.basename(path))
        known = name.partition(".")[0] in sys.stdlib_module_names or name == "__main__"
        if installed and not known and any(os.path.isfile(root + inside) for root in roots):
            found.add(inside)
    with open(notes, "a", encoding="utf-8", errors="replace") as file:
        file.writelines(one + "\\n" for one in sorted(found))
def say_and_leave(status, leave=os._exit):
    try:
        say()
    finally:
        leave(status)
atexit.register(say)
os._exit = say_and_leave
"""
_SOURCE_ROOTS = (".", "src", "lib", "python")  # where projects keep the packages that they install


def guard(folder: Path, checkout: Path, copy: Path, project: Path) -> dict[str, str]:
    """Return the variables that make Python say what it imports from `checkout` instead of from its `copy`.

    `folder` is where the hook and its notes are kept, `project` where the project lies in the copy. Raises Refusal
    `odd-path` for what PYTHONPATH cannot hold.
    """
    if any(os.pathsep in str(path) for path in (folder, checkout, copy, project)):
        message = f"a path that Python is told of holds a {os.pathsep!r}, which separates paths there"
        mend = "move the repository, or point TMPDIR at a folder without it"
        raise Refusal("odd-path", message, mend=mend)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sitecustomize.py").write_text(_HOOK, "utf-8")
    roots = [copy, *(top / root for top in dict.fromkeys((project, copy)) for root in _SOURCE_ROOTS)]
    return {"PYTHONPATH": str(folder), _VARIABLE: os.pathsep.join(map(str, (folder / "imported", checkout, *roots)))}


def require_own(folder: Path, commit: str) -> None:
    """Raise Refusal `imported-elsewhere` when a module came from anywhere but the copy of the commit, which has it."""
    found = sorted(_notes(folder) - {_RAN})
    if found:
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        origin = "came from the checkout you work in, or from an install outside"
        message = f"commit {commit[:12]} was not measured: {visible(found[0])}{more} {origin}"
        mend = "let [commands] setup make an environment inside, and the other commands use it"
        raise Refusal("imported-elsewhere", message, mend=mend)


def python_told(folder: Path) -> bool:
    """Return whether any Python said what it had imported; one that takes no PYTHONPATH says nothing."""
    return _RAN in _notes(folder)


def _notes(folder: Path) -> set[str]:
    notes = folder / "imported"
    return set(notes.read_text("utf-8", "replace").splitlines()) if notes.is_file() else set()
