"""Proves that Python code that was measured in a checkout of its own did not come from another one.

An editable install of a project points at the folder that it was made from. Run elsewhere, in the checkout of an old
commit, `import` quietly finds the new code there, and both ends of a phase measure the same. An install that is a copy
hides the code of the checkout just so.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath

from phasemetrics.errors import Refusal, no_room
from phasemetrics.escaping import visible
from phasemetrics.evidence.paths import path_class

_RUNNER, _INSIDE, _ELSEWHERE = "!", "+", "-"
# Python imports this by itself at its start. A module is noted as it is imported: a process may be killed, and code may
# hide what it imported. What the loader of another tool imports is looked at in the end; workers of pytest-xdist end
# with os._exit, which skips atexit. Old Pythons have to understand it, too.
_HOOK = f"""\
import atexit, importlib.machinery, importlib.util, os, sys
here = os.path.dirname(os.path.realpath(__file__))
def watch():
    with open(os.path.join(here, "watched"), encoding="utf-8", errors="surrogateescape") as file:
        outside, copy, *names = file.read().split("\\0")
    names, noted = frozenset(names), set()
    outside, copy, library = (os.path.realpath(one) + os.sep for one in (outside, copy, os.path.dirname(os.__file__)))
    environments = tuple(os.path.realpath(one) + os.sep for one in (sys.prefix, sys.base_prefix))
    def note(line):
        if line in noted:
            return
        noted.add(line)
        try:
            with open(os.path.join(here, "imported"), "a", encoding="utf-8", errors="surrogateescape") as file:
                file.write(line.replace("\\n", " ") + "\\n")
        except OSError:
            pass
    def look(name, path):
        if not isinstance(path, str):
            return
        path = os.path.realpath(path)
        installed = "site-packages" in path or "dist-packages" in path
        if name in ("_pytest.main", "unittest.__main__"):
            note("{_RUNNER}")
        if path.startswith(copy):
            if name in names or not installed:
                note("{_INSIDE}" + path[len(copy):])
        elif path.startswith(library) and not installed:
            pass
        elif path.startswith(outside) and not installed and not path.startswith(environments):
            note("{_ELSEWHERE}" + path[len(outside):])
        elif name in names:
            note("{_ELSEWHERE}" + (path.rpartition("-packages" + os.sep)[2] if installed else name))
    def wrapped(run):
        def exec_module(self, module):
            look(module.__name__, getattr(self, "path", None))
            return run(self, module)
        return exec_module
    for name in ("SourceFileLoader", "SourcelessFileLoader", "ExtensionFileLoader"):
        loader = getattr(importlib.machinery, name)
        loader.exec_module = wrapped(loader.exec_module)
    def look_again():
        for name, module in list(sys.modules.items()):
            look(getattr(getattr(module, "__spec__", None), "name", None) or name, getattr(module, "__file__", None))
    def look_and_leave(status, leave=os._exit):
        try:
            look_again()
        finally:
            leave(status)
    atexit.register(look_again)
    os._exit = look_and_leave
def next_one():
    path = [one for one in sys.path if os.path.realpath(one or ".") != here]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", path)
    if spec is not None and spec.loader is not None:
        sys.modules["sitecustomize"] = module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
watch()
next_one()
"""
# Modules that stand alone count where projects keep what they install; in other folders they are scripts.
_SOURCE_ROOTS = {".", "src", "lib", "python"}
_SCRIPTS = {"setup", "conftest", "noxfile", "tasks", "fabfile", "manage"}
_FOREIGN = {"vendor", "_vendor", "third_party", "thirdparty", "extern", "externals", "node_modules"}


def guard(folder: Path, checkout: Path, copy: Path, paths: Collection[str]) -> dict[str, str]:
    """Return the variables that make Python say what it imports from anywhere but `copy`, which has the files `paths`.

    `folder` is where the hook and its notes are kept, `checkout` the work tree. Raises Refusal `odd-path` for a folder
    that PYTHONPATH cannot hold, `no-temporary-directory` where nothing can be written.
    """
    if os.pathsep in str(folder):
        message = f"a path that Python is told of holds a {os.pathsep!r}, which separates paths there"
        raise Refusal("odd-path", message, mend="point TMPDIR at a folder without it")
    watched = "\0".join([str(checkout), str(copy), *sorted(module_names(paths))])
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "sitecustomize.py").write_text(_HOOK, "utf-8")
        (folder / "watched").write_text(watched, "utf-8", errors="surrogateescape")
    except OSError as error:
        raise no_room(f"cannot be written: {error.strerror}") from None
    return {"PYTHONPATH": str(folder)}


def module_names(paths: Collection[str]) -> set[str]:
    """Return what modules of the files of a commit may be called, tests left out: `acme.api` for `src/acme/api.py`.

    A folder without `__init__.py` may be a namespace package, so its name counts as well as its absence.
    """
    packages = {str(PurePosixPath(path).parent) for path in paths if PurePosixPath(path).name == "__init__.py"}
    return {name for path in paths if path.endswith(".py") for name in _names(PurePosixPath(path), packages)}


def _names(path: PurePosixPath, packages: Collection[str]) -> Iterator[str]:
    if path_class(str(path)) == "tests" or _FOREIGN & set(path.parts):
        return
    parts = path.parts[:-1] if path.name == "__init__.py" else (*path.parts[:-1], path.stem)
    root = path.parent
    while str(root) in packages:
        root = root.parent
    inside = len(root.parts)
    if root == path.parent and (str(root) not in _SOURCE_ROOTS or path.stem in _SCRIPTS):
        return
    for start in range(inside + 1):
        if parts[start:]:
            yield ".".join(parts[start:])


def require_own(folder: Path, commit: str) -> None:
    """Raise Refusal `imported-elsewhere` when a module came from anywhere but the copy of the commit, which has it."""
    found = [line[1:] for line in _notes(folder) if line.startswith(_ELSEWHERE)]
    if found:
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        origin = "came from the checkout you work in, or from an install outside"
        message = f"commit {commit[:12]} was not measured: {visible(found[0])}{more} {origin}"
        mend = "let [commands] setup make an environment inside, and the other commands use it"
        raise Refusal("imported-elsewhere", message, mend=mend)


def was_watched(folder: Path) -> bool:
    """Return whether the Python that ran the tests said what it imported, or any imported code of the copy."""
    return any(
        line == _RUNNER or (line.startswith(_INSIDE) and path_class(line[1:]) != "tests") for line in _notes(folder)
    )


def forget(folder: Path) -> None:
    """Forget what was imported so far: what sets up an environment is not what is measured."""
    (folder / "imported").unlink(missing_ok=True)


def _notes(folder: Path) -> list[str]:
    notes = folder / "imported"
    return sorted(set(notes.read_text("utf-8", "replace").splitlines())) if notes.is_file() else []
