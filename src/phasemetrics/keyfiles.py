"""Holds the files that front matter lists against the diff of the phase and the tree at the measured commit."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from functools import cached_property
from pathlib import Path, PurePosixPath

from phasemetrics.document.fields import Field, fields
from phasemetrics.document.frontmatter import Item, front_matter
from phasemetrics.document.markdown import Document
from phasemetrics.document.ownership import Filling
from phasemetrics.escaping import visible
from phasemetrics.evidence.measuring import read_files
from phasemetrics.evidence.model import FileChange, Phase, Snapshot
from phasemetrics.evidence.side import git_origin

_SAID_OF_IT = re.compile(r"\s+(?:[(#–—-]|→).*|:\s.*", re.DOTALL)
_NO_SINGLE_FILE = re.compile(r"[*?{}<>~$|\\\s]|://|\.\.|\A/|/\Z")
_EXTENSION = re.compile(r"\.\w+\Z")
_IGNORE = ".gitignore"


@dataclass(frozen=True)
class _Ground:
    """What is known of files: those of the diff, and the whole tree, None where the commit is not in this clone."""

    changes: Mapping[str, FileChange]
    tree: frozenset[str] | None
    ignored: Mapping[str, str]

    @cached_property
    def known(self) -> frozenset[str]:
        return frozenset(self.changes) | (self.tree or frozenset())

    @cached_property
    def called(self) -> Mapping[str, list[str]]:
        """All files by their name alone."""
        found: dict[str, list[str]] = {}
        for path in self.known:
            found.setdefault(path.rpartition("/")[2], []).append(path)
        return found

    @cached_property
    def tops(self) -> frozenset[str]:
        return frozenset(path.partition("/")[0] for path in self.known)

    @cached_property
    def sources(self) -> frozenset[str]:
        """What files were called that have another name now."""
        return frozenset(change.source for change in self.changes.values() if change.source)

    @cached_property
    def folded(self) -> frozenset[str]:
        """All that a file is or was called, without regard to case."""
        return frozenset(path.casefold() for path in self.known | self.sources)

    def meant(self, path: str) -> list[str]:
        """Return the files that a path may mean: as it stands, else all that end in it."""
        near = self.called.get(path.rpartition("/")[2], [])
        return [path] if path in self.known else [one for one in near if one.endswith(f"/{path}")]

    def is_ignored(self, path: str) -> bool:
        """Return whether git may have been told to overlook a file; rather once too often."""
        pure = PurePosixPath(path)
        steps = [step.as_posix() for step in (pure, *pure.parents[:-1])]
        for place, text in self.ignored.items():
            folder = place.removesuffix(_IGNORE)
            wanted = [line.strip().strip("/").replace("**/", "") for line in text.splitlines()]
            inside = [step.removeprefix(folder) for step in steps if step.startswith(folder)]
            if any(one and (fnmatch(step, one) or fnmatch(step, f"*/{one}")) for one in wanted for step in inside):
                return True
        return False


def listed_files(
    root: Path, phase: Phase, documents: Sequence[Document], known: Sequence[Iterable[Filling]]
) -> list[tuple[Filling, ...]]:
    """Return for each document what its front matter lists, as fillings: `agrees`, or `kept` and contradicted.

    `known` is what became of its fields: what is ours or still open is no claim. A list is a selection, so a file that
    is missing from it is none either. What cannot be told yields nothing.
    """
    lists = [
        [one for one in fields(document) if one.is_list and _is_persons(one, own)]
        for document, own in zip(documents, known, strict=True)
    ]
    after = phase.after
    if after is None or after.files is None or not any(one.key.items for own in lists for one in own):
        return [() for _ in documents]
    ground = _ground(root, after)
    return [tuple(_judged(document, own, ground, after)) for document, own in zip(documents, lists, strict=True)]


def _is_persons(one: Field, known: Iterable[Filling]) -> bool:
    return all(filling.state == "kept" for filling in known if filling.address == one.address)


def _ground(root: Path, after: Snapshot) -> _Ground:
    trees: list[frozenset[str]] = []

    def wanted(tree: frozenset[str]) -> Collection[str]:
        trees.append(tree)
        return [path for path in tree if path == _IGNORE or path.endswith(f"/{_IGNORE}")]

    ignored = read_files(root, after.revision.sha, wanted) if after.revision else {}
    texts = {path: content.decode("utf-8", "replace") for path, content in ignored.items()}
    return _Ground({one.path: one for one in after.files or ()}, trees[0] if trees else None, texts)


def _judged(document: Document, lists: Sequence[Field], ground: _Ground, after: Snapshot) -> Iterator[Filling]:
    named = [(one, item, path) for one in lists for item in one.key.items if (path := _path(item)) is not None]
    at_home = any(ground.meant(path) for _, _, path in named)
    for one, item, path in named:
        as_what = one.fact.rpartition(".")[2]
        said = _against(ground, after, path, as_what, at_home=at_home, later=_is_later(document))
        if said is None:
            continue
        line = next(line for line in document.lines if item.start <= line.end)
        message = f"the document lists {visible(path)} as {as_what}, {said}"
        told = Filling(
            f"{one.address}/[{path}]", "agrees", line.number + 1, item.start - line.start + 1, item.text or "",
            origin=git_origin(after), message=message,
        )  # fmt: skip
        yield told if said == _has(as_what) else replace(told, state="kept", code="key-file", contradicts=True)


def _path(item: Item) -> str | None:
    """Return the one file that an item names, without what is said of it; None where that is in doubt."""
    text = _SAID_OF_IT.sub("", item.text or "").strip("` ").removeprefix("./")
    return text if text and not _NO_SINGLE_FILE.search(text) else None


def _has(status: str) -> str:
    return f"the diff has it as {status}"


def _against(ground: _Ground, after: Snapshot, path: str, as_what: str, *, at_home: bool, later: bool) -> str | None:
    """Return what the evidence says of a listed file; None where it may be meant otherwise."""
    meant = ground.meant(path)
    if len(meant) > 1 or path in ground.sources:
        return None
    change = ground.changes.get(meant[0]) if meant else None
    if change is not None:
        moved = change.source is not None and change.status != as_what  # some call that created
        # A plan of several in its phase may have modified what another one created, or deleted afterwards.
        both = as_what == "modified" and (change.status == "deleted" or (later and change.status == "created"))
        return None if moved or both else _has(change.status)
    sha = after.revision.sha[:12] if after.revision else ""
    if as_what == "deleted":
        return f"it is in the tree at commit {sha}, and not in the diff" if meant else None
    doubted = ground.tree is None or after.revision is None or after.revision.dirty or meant
    here = at_home or path.partition("/")[0] in ground.tops or "/" not in path
    if (
        doubted
        or not here
        or not _EXTENSION.search(path)
        or path.casefold() in ground.folded
        or ground.is_ignored(path)
    ):
        return None
    return f"it is neither in the diff nor in the tree at commit {sha}"


def _is_later(document: Document) -> bool:
    """Return whether a document is about a later plan of its phase: its diff begins before, and holds other plans."""
    plans = (one for one in front_matter(document) if (one.section, one.name) == ("", "plan"))
    said = next((document.text[one.span.start : one.span.end] for one in plans), "")
    numbers = re.findall(r"\d+", said)
    return bool(numbers) and int(numbers[-1]) > 1
