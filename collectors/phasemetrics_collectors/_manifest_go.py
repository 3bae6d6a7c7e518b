"""Reads `go.mod`: the modules it requires, those that only others need apart from its own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from phasemetrics_collectors._manifest_semver import order
from phasemetrics_collectors._manifest_wanted import INDIRECT, Wanted, decoded, refusal

_WORD = re.compile(r"[a-z]+")
_PATH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:/~?[A-Za-z0-9._-]+)*")
_LONGEST_VERSION = 200
_INDIRECT = re.compile(r"\s*indirect\s*(?:;|$)")


def read(content: bytes, path: str) -> Iterator[Wanted]:
    """Yield what `require` names (Go Modules Reference, "go.mod files"); `replace` and `exclude` are passed over.

    Raises `Refusal` (`bad-manifest`) for a requirement that is none, one that stands twice, an open block.
    """
    seen: set[str] = set()
    for number, words, comment in _requirements(decoded(content, path), path):
        name, version = (word.strip('"`') for word in words) if len(words) == 2 else ("", "")
        rank = order(version) if len(version) <= _LONGEST_VERSION else None
        if rank is None or not version.startswith("v") or not _PATH.fullmatch(name):
            raise refusal(path, "is no requirement of a module", number)
        if name in seen:
            raise refusal(path, "requires a module twice", number)
        seen.add(name)
        try:
            yield Wanted(name, name, INDIRECT if _INDIRECT.match(comment) else "require", version, (rank, False))
        except ValueError as error:
            raise refusal(path, str(error), number) from None


def _requirements(text: str, path: str) -> Iterator[tuple[int, list[str], str]]:
    """Yield the number, the words and the comment of every line that requires a module."""
    block = ""
    number = 0
    for number, raw in enumerate(text.split("\n"), 1):
        line, _, comment = raw.partition("//")
        words = re.sub(r"([()])", r" \1 ", line).split()
        if block:
            if words == [")"]:
                block = ""
            elif words and block == "require":
                yield number, words, comment
        elif words:
            verb, *rest = words
            if not _WORD.fullmatch(verb):
                raise refusal(path, "is no directive of a go.mod file", number)
            if rest == ["("]:
                block = verb
            elif verb == "require" and rest != ["(", ")"]:
                yield number, rest, comment
    if block:
        raise refusal(path, "ends inside a block", number)
