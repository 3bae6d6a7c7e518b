"""What the diff of a phase says of a stated number of files or lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from phasemetrics.evidence.fitting import Answer, Stated, cannot_tell, fits
from phasemetrics.evidence.model import FileChange, Phase
from phasemetrics.evidence.paths import OWN_FOLDER, path_class
from phasemetrics.evidence.side import git_origin

_STATUSES = {
    "files.created": {"created"}, "files.modified": {"modified"}, "files.deleted": {"deleted"},
    "files.changed": {"created", "modified", "deleted"},
}  # fmt: skip


def diff_answer(phase: Phase, subject: str, stated: Stated) -> Answer:
    """Hold a number of files or lines against the diff of a phase.

    People leave out what they do not mean: lock files, documents, tests. A number that is true of the files of some
    kinds agrees; one that is less than all and fits none of them cannot be told; only what exceeds the diff is wrong.
    """
    files = phase.after.files if phase.after is not None else None
    if phase.after is None or files is None:
        return cannot_tell("no base was recorded, so nothing was compared")
    if subject == "lines.total":
        return cannot_tell("nobody counts all lines")
    if subject not in _STATUSES and subject not in {"lines.added", "lines.deleted"}:
        return cannot_tell("the diff does not say so")
    counted = [_count(subject, chosen) for chosen in _selections(files)]
    origin = git_origin(phase.after)
    said = f"{counted[0]} {_words(subject)}"
    told = Answer(True, said, Decimal(counted[0]), origin)
    if any(fits(stated, Decimal(one)) for one in counted):
        return told
    if stated.value <= counted[0]:
        return replace(told, agrees=None, why=f"the diff has {said}, and a person may have counted some of them")
    return replace(told, agrees=False)


def _words(subject: str) -> str:
    family, _, what = subject.partition(".")
    return f"{family} {what}"


def _selections(files: Sequence[FileChange]) -> Iterator[list[FileChange]]:
    """Yield all files, then those that people count: without our own, code and tests, code alone, tests alone."""
    kinds: tuple[Callable[[FileChange], bool], ...] = (
        lambda _: True,
        lambda one: not one.path.startswith(OWN_FOLDER),
        lambda one: path_class(one.path) in {"implementation", "tests"},
        lambda one: path_class(one.path) == "implementation",
        lambda one: path_class(one.path) == "tests",
        lambda one: path_class(one.path) != "docs" and not one.path.startswith(OWN_FOLDER),
    )
    for kind in kinds:
        yield [one for one in files if kind(one)]


def _count(subject: str, files: Sequence[FileChange]) -> int:
    if subject in _STATUSES:
        return sum(one.status in _STATUSES[subject] for one in files)
    return sum(one.added if subject == "lines.added" else one.deleted for one in files)
