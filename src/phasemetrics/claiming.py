"""Holds what a document says of files against these files at the measured commit, and against its own lists."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from phasemetrics.document.claims import FileClaim, file_claims
from phasemetrics.document.listings import Listing, listings
from phasemetrics.document.markdown import parse
from phasemetrics.document.ownership import Filling
from phasemetrics.document.recognition import heeding
from phasemetrics.document.template import Template
from phasemetrics.document.totals import Total, totals
from phasemetrics.escaping import visible
from phasemetrics.evidence.components import count_lines
from phasemetrics.evidence.measuring import read_files
from phasemetrics.evidence.model import Phase, Snapshot
from phasemetrics.evidence.stated import answer
from phasemetrics.templates import wordings
from phasemetrics.value import Origin

_COUNTED = {
    "tests.total": "tests", "tests.passed": "tests passed", "tests.failed": "tests failed",
    "tests.skipped": "tests skipped",
}  # fmt: skip
_ABOUT = 0.1  # how far `~300` may be off
# What a person counts as a test in Python; a report counts each case of a parametrised one.
_FUNCTION = re.compile(rb"^[ \t]*(?:async[ \t]+)?def[ \t]+test", re.MULTILINE)


def claims(
    root: Path, phase: Phase, texts: Sequence[str], known: Sequence[Iterable[Filling]], templates: Sequence[Template]
) -> list[tuple[Filling, ...]]:
    """Return for each document what it says of files, as fillings: `agrees`, or `kept` and contradicted.

    `known` are the places that templates found in it, which are no claims. What cannot be told yields nothing: a file
    that is not in the tree, a name that two files have, a commit that is not in this clone.
    """
    told: list[list[FileClaim]] = []
    others: list[list[Filling]] = []
    for text, own in zip(texts, known, strict=True):
        document = heeding(parse(text), templates)
        ours = {(one.line, column) for one in own for column in range(one.column, one.column + max(1, len(one.old)))}

        def is_new(one: FileClaim | Listing | Total, ours: Collection[tuple[int, int]] = ours) -> bool:
            return (one.line, one.column) not in ours

        told.append([*filter(is_new, file_claims(document, phase.number))])
        stated = filter(is_new, totals(document, phase.number, wordings()))
        others.append([*map(_counted, filter(is_new, listings(document))), *_summed(phase, stated)])
    judged = _of_files(root, phase.after, told)
    return [(*files, *more) for files, more in zip(judged, others, strict=True)]


def _summed(phase: Phase, stated: Iterable[Total]) -> Iterator[Filling]:
    """Hold the totals that a document states against the evidence."""
    for one in stated:
        found = answer(phase, one.subject, one.side, one.value, one.relation)
        if found is None:
            continue
        words = f"{one.text}% coverage" if one.subject == "coverage" else f"{one.text} {_COUNTED[one.subject]}"
        message = f"the document says {words}, the evidence {one.side} the phase says {found.said}"
        address = f"total/{one.line}/{one.subject}"
        told = Filling(address, "agrees", one.line, one.column, one.text, origin=found.origin, message=message)
        yield told if found.agrees else replace(told, state="kept", code="total-claim", contradicts=True)


def _counted(one: Listing) -> Filling:
    """Hold a heading's count against the list under it: a list may be a selection, but never more than all."""
    address = f"list/{one.line}"
    message = f"the heading says {one.text} files, {one.listed} are listed under it"
    told = Filling(address, "agrees", one.line, one.column, one.text, message=message)
    more = one.listed > int(one.text)
    return replace(told, state="kept", code="list-count", contradicts=True) if more else told


def _of_files(root: Path, after: Snapshot | None, told: Sequence[Sequence[FileClaim]]) -> list[tuple[Filling, ...]]:
    if after is None or after.revision is None or not any(told):
        return [() for _ in told]
    named = {claim.path for one in told for claim in one}
    paths: dict[str, str] = {}

    def wanted(tree: frozenset[str]) -> Collection[str]:
        paths.update({name: path for name in named if (path := _resolved(name, tree))})
        return set(paths.values())

    contents = read_files(root, after.revision.sha, wanted)
    return [tuple(_judged(one, paths, contents, after)) for one in told]


def _resolved(name: str, tree: frozenset[str]) -> str | None:
    """Return the path that a document means: as it stands, else the only one that ends in it."""
    name = name.strip().removeprefix("./")
    if name in tree:
        return name
    ending = [path for path in tree if path.endswith(f"/{name}")]
    return ending[0] if len(ending) == 1 else None


def _judged(
    claims: Iterable[FileClaim], paths: Mapping[str, str], contents: Mapping[str, bytes], after: Snapshot
) -> Iterator[Filling]:
    sha = after.revision.sha if after.revision else ""
    for claim in claims:
        path = paths.get(claim.path, "")
        content = contents.get(path)
        if content is None or b"\0" in content:
            continue
        counts = _counts(claim, path, content, after)
        if not counts:
            continue
        said = " or ".join(f"{count} {what}" for count, what in counts.items())
        message = f"the document says {claim.text} {claim.noun} of {visible(path)}, it has {said} at commit {sha[:12]}"
        origin = Origin(visible(path), hashlib.sha256(content).hexdigest(), sha)
        address = f"file/{path}/{claim.noun}"
        told = Filling(address, "agrees", claim.line, claim.column, claim.text, origin=origin, message=message)
        if not any(_fits(claim, count) for count in counts):
            told = replace(told, state="kept", code="file-claim", contradicts=True)
        yield told


def _counts(claim: FileClaim, path: str, content: bytes, after: Snapshot) -> dict[int, str]:
    """Return what a claim may have counted, and what that is called; empty where nothing counts it."""
    if claim.noun == "lines":
        return {count_lines(content): "lines"}
    # `config.py` (43 tests) says how many tests there are for it: only a file that holds tests is meant by itself.
    functions = len(_FUNCTION.findall(content)) if path.endswith(".py") else 0
    counts = {one.total: "test cases" for one in after.tests if one.path == path}
    return counts | ({functions: "test functions"} if functions else {})


def _fits(claim: FileClaim, count: int) -> bool:
    if claim.relation == ">=":
        return count >= claim.value
    # Editors count the line after the last line ending, wc does not.
    slack = 1 if claim.noun == "lines" else 0
    return abs(count - claim.value) <= (max(slack, _ABOUT * count) if claim.relation == "~" else slack)
