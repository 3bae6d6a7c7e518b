"""Lets every call of a command fail in every way, and judges what it left, what it said, and what the next one does."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from faults import shim
from faults.world import CHECK, Moment, Tree, World
from journey import Ended

_OURS = re.compile(
    r"project/(.*/)?\.pm-[0-9a-f]{8}|project/\.git/phasemetrics/pending\.json"
    r"|tmp/phasemetrics-[a-z0-9_]{8}\.scratch(/.*)?"
)
_RANDOM = re.compile(r"(?<=\.pm-)[0-9a-f]{8}|(?<=phasemetrics-)[a-z0-9_]{8}(?=\.scratch)")
_REMOVES = {"unlink", "rmdir"}
_KILLED = -9
PROBLEMS = (
    "torn",
    "false success",
    "changed and refused",
    "left by a refusal",
    "not healed",
    "left-overs",
    "badly said",
)


class Sweep:
    """All trials of one moment; `place` is an empty folder for them."""

    def __init__(self, moment: Moment, place: Path) -> None:
        self.moment, self.place = moment, place
        self.found: Counter[str] = Counter(dict.fromkeys(("points", *PROBLEMS), 0))
        self.bad: list[str] = []
        self._known: set[object] = set()
        place.mkdir()
        self._control = shim.Control(place / "control", [place / "trial"])
        world = self._world()
        self.old = world.tree()
        self._codes = {False: self._beside(world, *CHECK)[0].code}
        world = self._world()
        assert self._run(world).code == 0
        self.calls = self._control.calls
        self.new = world.tree()
        assert self.new.keys() >= self.old.keys()
        assert self.new != self.old
        self._codes[True] = self._beside(world, *CHECK)[0].code

    @property
    def points(self) -> list[tuple[str, int]]:
        """Every fault at every call where it makes a difference."""
        calls = [call for call in self.calls if call.number]
        writes = ("short", "kill-within")
        return [
            (kind, one.number) for one in calls for kind in shim.FAULTS if kind not in writes or one.name in shim.WRITES
        ]

    def strike(self, points: Sequence[tuple[str, int]]) -> None:
        for kind, at in points:
            world = self._world()
            ended = self._run(world, kind, at)
            struck = next((call for call in self._control.calls if call.number == at), None)
            self.found["points"] += 1
            problems = [*self._judged(kind, struck, ended, world.tree()), *self._healing(world)]
            self.found.update(set(problems))
            if problems:
                self.bad.append(f"{self.moment.command[0]} {kind} at {struck}: {ended}: {problems}")

    def _world(self) -> World:
        place = self.place / "trial"
        shutil.rmtree(place, ignore_errors=True)
        return self.moment.copied(place)

    def _run(self, world: World, kind: str = "", at: int = 0) -> Ended:
        self._control.arm(kind, at)
        return world.run(*self.moment.command, **self._control.variables())

    def _judged(self, kind: str, struck: shim.Call | None, ended: Ended, tree: Tree) -> Iterator[str]:
        files = {name: content for name, content in tree.items() if not _OURS.fullmatch(name)}
        ever = kind.endswith("-ever")
        if "Traceback" in ended.err + ended.out or ended.code not in {
            0,
            3,
            130,
            *([_KILLED] if "kill" in kind else []),
        }:
            yield "badly said"
        if any(content not in (self.old.get(name), self.new.get(name)) for name, content in files.items()):
            yield "torn"
        if not files.keys() >= self.old.keys():
            yield "torn"
        if ended.code == 0 and files != self.new:
            yield "false success"
        # One failure can always be undone; where everything fails from now on, the next run has to.
        if ended.code in {3, 130} and not ever:
            if files != self.old:
                yield "changed and refused"
            elif len(files) < len(tree) and struck is not None and struck.name not in _REMOVES:
                yield "left by a refusal"

    def _healing(self, world: World) -> Iterator[str]:
        """Let each of the next commands run in what is left, and judge it; once for all that was left so."""
        state = frozenset(
            (
                _RANDOM.sub("", name),
                "" if name.startswith("tmp/") else _RANDOM.sub("", content.decode(errors="replace")),
            )
            for name, content in world.tree().items()
        )
        if state in self._known:
            return
        self._known.add(state)
        for command in self.moment.healing:
            ended, tree = self._beside(world, *command)
            if "Traceback" in ended.err + ended.out:
                yield "badly said"
            if any(_OURS.fullmatch(name) for name in tree):
                yield "left-overs"
            right = ended.code == self._codes[tree == self.new] if command == CHECK else ended.code == 0
            agree = tree in (self.old, self.new) if command == CHECK else tree == self.new
            if not (agree and right):
                yield "not healed"

    def _beside(self, world: World, *command: str) -> tuple[Ended, Tree]:
        """Run a command in a copy of a world; return how it ended, and what is there then."""
        beside = self.place / "beside"
        shutil.rmtree(beside, ignore_errors=True)
        shutil.copytree(world.place, beside, symlinks=True)
        return World(beside).run(*command), World(beside).tree()
