"""Brings the commits that a command needs and that this clone lacks, one by one, where it was asked to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from phasemetrics.errors import Refusal
from phasemetrics.evidence.collecting import Evidence
from phasemetrics.evidence.formats import PACKAGE

Say = Callable[[str], object]
_LACKING = {"bad-ref", "shallow-clone"}


def fetch_commit(root: Path, ref: str, say: Say) -> str:
    """Return what names a commit in the clone at `root`: `ref` where it is there, else the object id that was fetched.

    `say` is told from which remote. Raises Refusal where nobody has the commit, or gives it.
    """
    git: Any = import_module(f"{PACKAGE}.git")
    with git.open_repository(root) as repository:
        try:
            git.find(repository, ref)
        except Refusal as problem:
            if problem.code not in _LACKING:
                raise
            return str(git.fetch(repository, ref, say))
    return ref


def with_base(evidence: Evidence, usual: Sequence[str], say: Say) -> Evidence:
    """Return evidence whose base is in the clone: the one it names, else the first of the `usual` ones to be had.

    Raises Refusal for a named one that cannot be had. Why a usual one cannot be had is said, and the next is tried.
    """
    if evidence.base is not None:
        return replace(evidence, base=fetch_commit(evidence.root, evidence.base, say))
    for base in usual:
        try:
            found = fetch_commit(evidence.root, base, say)
        except Refusal as problem:
            if problem.code not in {*_LACKING, "cannot-fetch"}:
                raise
            say(f"warning[{problem.code}]: {problem.message}; {problem.mend}")
        else:
            return evidence if found == base else replace(evidence, base=found)
    return evidence
