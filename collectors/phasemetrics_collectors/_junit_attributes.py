"""What the attributes of a JUnit report say of themselves: times, and a suite's own totals."""

from __future__ import annotations

import functools
import math
import re
from collections import Counter
from collections.abc import Mapping

from phasemetrics.escaping import visible
from phasemetrics.evidence.model import OUTCOMES, Outcome

NANO = 10**9
LONGEST = 10**9  # seconds, 32 years: nobody measured more
_TIME = re.compile(
    r"\s*(?:(\d{1,6}):([0-5]?\d):)?"  # 0:00:00.69
    r"((?:[1-9]\d{0,2}(?:,\d{3})+(?=\.)|\d+)(?:\.\d*)?|\.\d+)"  # 14,029.255; a lone comma may be a decimal one
    r"((?:[eE][+-]?\d{1,4})?)\s*",
    re.ASCII,
)
_INTEGER = re.compile(r"\s*(\d{1,15})(?:\.0+)?\s*", re.ASCII)
_ATTRIBUTES: dict[str, tuple[tuple[Outcome, ...], ...]] = {  # what runners may mean, the usual first
    "tests": (OUTCOMES,),
    "failures": (("failed",), ("failed", "xfailed")),  # node counts what was expected to fail twice
    "errors": (("errors",),),
    "skipped": (("skipped", "xfailed"), ("skipped", "xfailed", "xpassed")),
}


@functools.lru_cache(maxsize=4096)
def nanoseconds(text: str) -> int | None:
    """Return the time in `text` (seconds, ASCII), or None for what is not a number that can be believed.

    Whole nanoseconds, so that a sum does not depend on the order of the cases.
    """
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    hours, minutes, number, exponent = match.groups()
    seconds = float(number.replace(",", "") + exponent)
    if hours is not None:
        seconds = 3600 * int(hours) + 60 * int(minutes) + seconds if seconds < 60 else math.inf
    return round(seconds * NANO) if seconds <= LONGEST else None


class Times:
    """A sum of times that is known, or is not: one time that cannot be believed makes it unknown."""

    def __init__(self) -> None:
        self.total = 0
        self.believed = 0
        self.doubted = 0
        self.absent = 0
        self.empty = 0
        self.first = ""

    def add(self, attributes: Mapping[str, str]) -> None:
        text = attributes.get("time")
        if not text:
            self.absent += 1
            if text is not None:
                self.empty += 1
                self.first = self.first or _says(attributes.get("name", ""), 'time=""')
            return
        time = nanoseconds(text) if len(text) <= 40 else None
        if time is None:
            self.doubt(attributes.get("name", ""), f'time="{visible(text)}"')
        else:
            self.believe(time)

    def believe(self, time: int) -> None:
        """Add a time in whole nanoseconds."""
        self.total += time
        self.believed += 1

    def doubt(self, name: str, said: str) -> None:
        """Take note of a time that cannot be believed: whose it is, and what is `said` of it."""
        if not self.doubted:
            self.first = _says(name, said)
        self.doubted += 1

    @property
    def doubts(self) -> int:
        """How many times cannot be believed; empty ones, as some tools write for what did not run, only if all are."""
        return self.doubted or (0 if self.believed else self.empty)

    def seconds(self, complete: bool = False) -> float | None:
        """Return the sum; None where it is not known; `complete` asks for a time from each."""
        if not self.believed or self.doubted or (complete and self.absent):
            return None
        return self.total / NANO


class Suite:
    """An open `testsuites` or `testsuite`: what it says, and what was counted when it began."""

    def __init__(self, tag: str, attributes: dict[str, str], before: Counter[Outcome]) -> None:
        self.tag = tag
        self.attributes = attributes
        self.before = before
        self.nested: Counter[Outcome] = Counter()

    def mismatch(self, counted: Counter[Outcome]) -> str:
        """Return where the attributes contradict the cases inside, empty where they do not."""
        # Surefire's suites leave nested ones out, others' take them in: either is honest.
        own = counted - self.nested if self.tag == "testsuite" else counted
        wrong = []
        for name, meanings in _ATTRIBUTES.items():
            text = self.attributes.get(name)
            numbers = [sum(count[one] for one in outcomes) for outcomes in meanings for count in (counted, own)]
            if text and self._said(name, text).isdisjoint(numbers):
                wrong.append(f'{name}="{visible(text)}" where {numbers[0]} were counted')
        named = f'<{self.tag} name="{visible(self.attributes.get("name", ""))}">'
        return f"{named} says {', '.join(wrong)}" if wrong else ""

    def _said(self, name: str, text: str) -> set[int]:
        number = _integer(text)
        if number is None:
            return set()
        disabled = _integer(self.attributes.get("disabled", "")) if name == "skipped" else None
        return {number, number + (disabled or 0)}


def _says(name: str, said: str) -> str:
    return f'"{visible(name)}" says {said}'


def _integer(text: str) -> int | None:
    match = _INTEGER.fullmatch(text)
    return None if match is None else int(match[1])
