"""What a path is called in the repository, what kind of file it names, which files of a diff a document lists."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from fnmatch import fnmatch
from hashlib import sha256
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Literal

from phasemetrics.evidence.model import FileChange, FileStatus, TestCount
from phasemetrics.realpath import real

PathClass = Literal["tests", "examples", "docs", "implementation", "other"]

_TEST_FOLDERS = {"test", "tests", "__tests__", "spec", "specs", "testing", "e2e"}
_TEST_NAMES = (
    "test_*",
    "*_test.*",
    "*_tests.*",
    "*.test.*",
    "*.spec.*",
    "*_spec.*",
    "conftest.py",
    "*Test.*",
    "*Tests.*",
)
_EXAMPLE_FOLDERS = {"example", "examples", "sample", "samples", "demo", "demos"}
_DOC_FOLDERS = {"doc", "docs", "documentation"}
_DOC_SUFFIXES = {".md", ".markdown", ".rst", ".adoc", ".txt"}
# fmt: off
_CODE_SUFFIXES = frozenset({
    ".py", ".pyi", ".pyx", ".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".go", ".rs", ".java", ".kt", ".kts",
    ".scala", ".groovy", ".c", ".h", ".cc", ".cpp", ".cxx", ".hh", ".hpp", ".cs", ".fs", ".rb", ".php", ".swift",
    ".m", ".mm", ".ex", ".exs", ".erl", ".hs", ".ml", ".clj", ".lua", ".pl", ".pm", ".r", ".jl", ".dart", ".zig",
    ".nim", ".sh", ".bash", ".ps1", ".sql", ".vue", ".svelte", ".html", ".css", ".scss", ".proto", ".graphql",
})
# fmt: on
OWN_FOLDER = ".phasemetrics/"


def is_absolute(path: str) -> bool:
    """Return whether a path names a place on some machine, whatever its system."""
    # A report may name 100,000 files, and a path object is a hundred times as slow as a look at two characters.
    foreign = path[:1] == "\\" or path[1:2] == ":"
    return path[:1] == "/" or (foreign and PureWindowsPath(path).is_absolute())


def repository_path(path: str, root: Path) -> str:
    """Return the path of a file as the repository at `root` calls it: relative, `/`-separated.

    A file outside is called by its name, behind a mark that tells it from others: where it lies on somebody's machine
    is not for the record.
    """
    if not is_absolute(path):
        return posixpath.normpath(path) if path else path
    pure = PurePosixPath(posixpath.normpath(path))
    for home in (root, real(root)):
        if pure.is_relative_to(home):
            return pure.relative_to(home).as_posix()
    mark = sha256(path.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"outside-{mark}/{pure.name}".rstrip("/")


def path_class(path: str) -> PathClass:
    """Return what a path is taken for: first tests, then examples, documentation, code, anything else."""
    pure = PurePosixPath(path)
    folders = {part.lower() for part in pure.parts[:-1]}
    if folders & _TEST_FOLDERS or any(fnmatch(pure.name, pattern) for pattern in _TEST_NAMES):
        return "tests"
    if folders & _EXAMPLE_FOLDERS:
        return "examples"
    if folders & _DOC_FOLDERS or pure.suffix.lower() in _DOC_SUFFIXES:
        return "docs"
    return "implementation" if pure.suffix.lower() in _CODE_SUFFIXES else "other"


def listed(files: Iterable[FileChange], status: FileStatus, wanted: PathClass | None = None) -> list[FileChange]:
    """Return the files of a diff that a list of a document names, without our own records."""
    return [
        change
        for change in files
        if change.status == status
        and not change.path.startswith(OWN_FOLDER)
        and (wanted is None or path_class(change.path) == wanted)
    ]


def in_suite(tests: Iterable[TestCount], suite: str, pattern: str | None) -> list[TestCount]:
    """Return the test files of a suite, see `lies_in`."""
    return [one for one in tests if lies_in(one.path, suite, pattern)]


def lies_in(path: str, suite: str, pattern: str | None) -> bool:
    """Return whether a test file is one of a suite: it matches the suite's glob, else it is in a folder of its name."""
    if pattern is not None:
        return fnmatch(path, pattern) or fnmatch(path, f"{pattern.rstrip('/')}/*")
    return suite in PurePosixPath(path).parts[:-1]
