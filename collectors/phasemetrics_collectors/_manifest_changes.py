"""What became of each requirement between two trees: added, raised, lowered, changed, removed, or only moved."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from phasemetrics.evidence.model import Dependency, DependencyStatus
from phasemetrics_collectors._manifest_wanted import INDIRECT, Wanted


@dataclass(frozen=True, slots=True)
class _Place:
    """One list of one manifest."""

    path: str
    group: str

    @property
    def folder(self) -> str:
        return posixpath.dirname(self.path)


def differences(before: Mapping[str, Sequence[Wanted]], after: Mapping[str, Sequence[Wanted]]) -> Iterator[Dependency]:
    """Yield what differs between the manifests of one ecosystem, by path, at two trees.

    The manifests of one folder are one project. Added is what no manifest of its project named before; but what left
    one project and came to another has moved, and a move is only compared. Where a list names something more than
    once, under markers, the lowest stands for it. What go.mod calls indirect counts as known, and is never listed.
    """
    old, new = _by_key(before), _by_key(after)
    for key in sorted(old.keys() | new.keys()):
        yield from dict.fromkeys(_of_one(old.get(key, {}), new.get(key, {})))


def _by_key(manifests: Mapping[str, Sequence[Wanted]]) -> dict[str, dict[_Place, Wanted]]:
    found: dict[str, dict[_Place, Wanted]] = {}
    for path, wanted in manifests.items():
        for one in wanted:
            places = found.setdefault(one.key, {})
            place = _Place(path, one.group)
            places[place] = _lower(places[place], one) if place in places else one
    return found


def _lower(one: Wanted, other: Wanted) -> Wanted:
    if one.bound is None or other.bound is None:
        return one if other.bound is None else other
    return other if other.bound < one.bound else one


def _of_one(old: Mapping[_Place, Wanted], new: Mapping[_Place, Wanted]) -> Iterator[Dependency]:
    folders_before, folders_after = ({place.folder for place in end} for end in (old, new))
    left = [then for place, then in old.items() if place.folder not in folders_after]
    for place, now in new.items():
        then = _then(place, now, old, new) if place.folder in folders_before else next(iter(left), None)
        status: DependencyStatus | None = "added" if then is None else _status(then, now)
        if status is not None and now.group != INDIRECT:
            yield Dependency(now.name, status, None if then is None else then.spec, now.spec, place.path)
    for place, then in old.items():
        if folders_after <= folders_before - {place.folder} and then.group != INDIRECT:
            yield Dependency(then.name, "removed", then.spec, None, place.path)


def _then(place: _Place, now: Wanted, old: Mapping[_Place, Wanted], new: Mapping[_Place, Wanted]) -> Wanted:
    """Return what the same project asked for: in the same list, else in one that lost it, else just the same."""
    if place in old:
        return old[place]
    lost = (then for other, then in old.items() if other.folder == place.folder and other not in new)
    return next(lost, now)


def _status(then: Wanted, now: Wanted) -> DependencyStatus | None:
    if then.spec == now.spec:
        return None
    if then.bound is None or now.bound is None or then.bound == now.bound:
        return "changed"
    return "raised" if then.bound < now.bound else "lowered"
