"""Which tests a phase added, removed, renamed, broke, mended and switched off."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from phasemetrics.evidence.model import TestCase

_FAILING = {"failed", "errors"}
_IDLE = {"skipped"}


@dataclass(frozen=True, slots=True)
class CaseChanges:
    """What became of the tests; `renamed` are pairs of what a test was called and what it is called now.

    `failing`, `passing`, `skipped`: those that were not so before, a renamed one among them.
    """

    added: tuple[TestCase, ...] = ()
    removed: tuple[TestCase, ...] = ()
    renamed: tuple[tuple[TestCase, TestCase], ...] = ()
    failing: tuple[TestCase, ...] = ()
    passing: tuple[TestCase, ...] = ()
    skipped: tuple[TestCase, ...] = ()


def case_changes(before: Iterable[TestCase], after: Iterable[TestCase], moved: Mapping[str, str]) -> CaseChanges:
    """Compare the cases of two snapshots; `moved` gives for the path of a file what it was called before.

    A test that is gone and one that is new are one that was renamed where they agree in all but one thing, and no
    other does: its file (moved with git, or the test alone), its class, or what stands in brackets behind its name.
    """
    old = {(one.path, one.classname, one.name): one for one in before}
    new = {(one.path, one.classname, one.name): one for one in after}
    pairs = [(old[key], new[key]) for key in sorted(old.keys() & new.keys())]
    gone = [old[key] for key in sorted(old.keys() - new.keys())]
    come = [new[key] for key in sorted(new.keys() - old.keys())]
    renamed: list[tuple[TestCase, TestCase]] = []
    for was, now in _likenesses(moved):
        found = _matched(gone, come, was, now)
        renamed += found
        matched = {one for pair in found for one in pair}
        gone = [one for one in gone if one not in matched]
        come = [one for one in come if one not in matched]
    both = sorted([*pairs, *renamed], key=lambda pair: pair[1])
    return CaseChanges(
        added=tuple(come),
        removed=tuple(gone),
        renamed=tuple(sorted(renamed)),
        failing=tuple(now for was, now in both if was.outcome not in _FAILING and now.outcome in _FAILING),
        passing=tuple(now for was, now in both if was.outcome in _FAILING and now.outcome == "passed"),
        skipped=tuple(now for was, now in both if was.outcome not in _IDLE and now.outcome in _IDLE),
    )


_Key = Callable[[TestCase], Hashable]


def _likenesses(moved: Mapping[str, str]) -> Sequence[tuple[_Key, _Key]]:
    """Return what makes two cases one, from the surest on: a key of the old case, and one of the new."""

    def once(one: TestCase) -> str:
        return moved.get(one.path, one.path)

    def file_of(one: TestCase) -> str:
        return one.path

    return (
        (lambda one: (file_of(one), one.classname, one.name), lambda one: (once(one), one.classname, one.name)),
        (lambda one: (file_of(one), one.classname, _bare(one)), lambda one: (once(one), one.classname, _bare(one))),
        (lambda one: (file_of(one), one.name), lambda one: (once(one), one.name)),
        (lambda one: (one.classname, one.name), lambda one: (one.classname, one.name)),
    )


def _matched(
    gone: Sequence[TestCase], come: Sequence[TestCase], was: _Key, now: _Key
) -> list[tuple[TestCase, TestCase]]:
    """Return the pairs that share a key; several share one only in the same number, and then in their order."""
    olds, news = _grouped(gone, was), _grouped(come, now)
    return [
        pair
        for key, old in olds.items()
        if len(old) == len(news.get(key, ()))
        for pair in zip(old, news[key], strict=True)
    ]


def _grouped(cases: Iterable[TestCase], key: _Key) -> dict[Hashable, list[TestCase]]:
    groups: dict[Hashable, list[TestCase]] = {}
    for one in cases:
        groups.setdefault(key(one), []).append(one)
    return groups


def _bare(one: TestCase) -> str:
    """Return the name of a test without its parameters: `test_sum[1-2]` is `test_sum`."""
    return one.name.partition("[")[0]
