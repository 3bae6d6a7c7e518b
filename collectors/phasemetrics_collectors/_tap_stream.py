"""A TAP stream with its subtests, as far as it has come."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from phasemetrics.escaping import visible
from phasemetrics.evidence.model import Outcome
from phasemetrics_collectors._cases import FAILING, Case, Cases, Key
from phasemetrics_collectors._tap_lines import Point, file_in

_LEVELS = 64  # of subtests: what is indented further is text


@dataclass(slots=True)
class _Level:
    """The points of one stream: how many, how many were planned, what the cases among them and below add up to."""

    points: int = 0
    planned: int | None = None
    counts: Counter[Key] = field(default_factory=Counter)
    opened: Point | None = None  # the point whose block this is (`ok 1 - name {`)


class Stream:
    """The stream that is being read; `restart` ends it and begins the next one.

    `file` is the one that its points are in; `mismatches` and `unplanned` say how often plans and
    points differ, `mismatched` how they did first.
    """

    def __init__(self, cases: Cases) -> None:
        self.file = ""
        self.mismatches = 0
        self.mismatched = ""
        self.unplanned = 0
        self._cases = cases
        self._levels = [_Level()]
        self._named = ""
        self._last: Point | None = None
        self._seconds: float | None = None
        self._counted = False  # the last point is a case, so its time counts

    @property
    def at_point(self) -> bool:
        """Whether nothing but text has come since a test point, so that its YAML block may follow."""
        return self._last is not None

    def took(self, seconds: float | None) -> None:
        """Take the time of the last point from its YAML block."""
        self._seconds = self._seconds if seconds is None else seconds

    def name(self, file: str) -> None:
        """Take the file that the outermost subtest which begins here is named like, empty where it is not."""
        self._settle()
        if self._is_complete():
            self.restart(keep=True)
        self._named = file

    def plan(self, level: int, count: int) -> None:
        """Take a plan."""
        self._cases.took_one()
        self._settle()
        if level <= _LEVELS:
            if level == 0 and self._levels[0].planned is not None:
                self.restart(keep=True)
            self._deepen(level)
            self._levels[level].planned = count

    def point(self, level: int, point: Point) -> None:
        """Take a test point."""
        self._settle()
        if level > _LEVELS:
            return
        self.close(level)  # a description may end in a brace and open nothing
        if level == 0 and point.number == 1 and self._is_complete():
            self.restart(keep=True)
        self._deepen(level)
        if point.opens:
            self._levels.append(_Level(opened=point))
            self._named = file_in(point.name) if level == 0 else self._named
        else:
            self._end(level, point)

    def close(self, level: int) -> None:
        """Take the `}` of a block; it ends the point that opened it."""
        self._settle()
        if len(self._levels) >= level + 2 and self._levels[level + 1].opened:
            while len(self._levels) >= level + 2:
                self._close_innermost()

    def restart(self, keep: bool = False) -> None:
        """End the stream; the next one is in another file unless it is to be kept."""
        self._settle()
        while len(self._levels) > 1:
            self._close_innermost()
        self._cases.counts.update(self._ended())
        self._levels = [_Level()]
        self._named, self.file = "", self.file if keep else ""

    def bail_out(self) -> None:
        """Count the error that a run is which was given up."""
        self._cases.add(Case("Bail out!"), "errors")

    def _is_complete(self) -> bool:
        first = self._levels[0]
        return len(self._levels) == 1 and 0 < first.points == first.planned

    def _deepen(self, level: int) -> None:
        if level and self._is_complete():
            self.restart(keep=True)
        while len(self._levels) <= level:
            self._levels.append(_Level())

    def _close_innermost(self) -> None:
        opened = self._levels[-1].opened
        if opened:
            self._end(len(self._levels) - 2, opened)
        else:
            inside = self._ended()
            self._levels[-1].counts.update(inside)

    def _end(self, level: int, point: Point) -> None:
        """Take a point, with the subtest before it where there is one."""
        while len(self._levels) > level + 2:
            self._close_innermost()
        inside = self._ended() if len(self._levels) == level + 2 else Counter[Key]()
        here = self._levels[level]
        here.points += 1
        failing = any(outcome in FAILING for _, _, outcome in inside)
        self._counted = not inside or (point.outcome in FAILING and not failing)
        self._last, self._seconds = point, point.seconds
        if self._counted:
            file = self.file or self._named or (file_in(point.name) if level == 0 else "")
            here.counts[self._cases.key(Case(point.name, path=file), point.outcome)] += 1
        for (path, groups, outcome), count in inside.items():
            kept: Outcome = "xfailed" if point.todo and outcome in FAILING else outcome
            here.counts[path, groups, kept] += count
        self._named = "" if level == 0 else self._named

    def _ended(self) -> Counter[Key]:
        """End the innermost level and return what it came to."""
        ended = self._levels.pop()
        if ended.planned not in {None, ended.points}:
            where = f' in "{visible(self._named or self.file)}"' if self._named or self.file else ""
            said = f"a plan{where} says 1..{ended.planned} where {ended.points} were counted"
            self.mismatches += 1
            self.mismatched = self.mismatched or said
        elif ended.planned is None and not self._levels:
            self.unplanned += ended.points
        return ended.counts

    def _settle(self) -> None:
        """Count the time of the last point: nothing more is said of it."""
        if self._last and self._counted:
            self._cases.took(self._last.name, self._seconds, f"{self._seconds} s")
        self._last = None
