"""Reads `package.json`: the four tables of dependencies that npm knows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from phasemetrics_collectors._json import parse
from phasemetrics_collectors._json_node import Node
from phasemetrics_collectors._manifest_semver import npm_range
from phasemetrics_collectors._manifest_wanted import ELSEWHERE, Wanted, refusal, short

_TABLES = ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies")
_NAME = re.compile(r"(?:@[A-Za-z0-9][A-Za-z0-9._-]*/)?[A-Za-z0-9][A-Za-z0-9._-]*")
_TAG = re.compile(r"[A-Za-z][A-Za-z0-9._-]*")


def read(content: bytes, path: str) -> Iterator[Wanted]:
    """Yield the requirements of a `package.json` (npm's documentation, "package.json").

    Raises `Refusal`: `bad-json` for what the guard of all JSON refuses, `bad-manifest` for a name that is none.
    """
    root = parse(content, path, "")
    for table in _TABLES:
        found = root.find(table)
        for name, inner in found.members() if found else ():
            try:
                yield _wanted(name, inner, table)
            except ValueError as error:
                raise refusal(path, f"an entry of {table} {error}") from None


def _wanted(name: str, inner: Node, table: str) -> Wanted:
    if not _NAME.fullmatch(name):
        raise ValueError("is no name of a package")
    text = inner.text().strip()
    if ":" in text or "/" in text:  # a URL, a folder, a workspace, another package
        return Wanted(name, name, table, ELSEWHERE, None)
    found = npm_range(short(text))
    if found is not None:
        return Wanted(name, name, table, *found)
    if not _TAG.fullmatch(text):
        raise ValueError("has neither a version range nor a tag")
    return Wanted(name, name, table, text, None)
