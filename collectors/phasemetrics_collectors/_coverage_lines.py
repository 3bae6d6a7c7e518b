"""The lines of one measured file as they are read, and what is said where a report contradicts them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b

from phasemetrics.errors import Refusal
from phasemetrics.escaping import visible
from phasemetrics.evidence.model import Branches, FileCoverage, Report, Warning

LINE = re.compile(r"\d{1,9}", re.ASCII)
HITS = re.compile(r"\d{1,20}", re.ASCII)  # some counters are 64 bits wide, and wrapped around
_SHOWN = 3
_NAMES = 1 << 64


class FileLines:
    """The lines of one file, and how its branches were taken: counted, or each by its name."""

    def __init__(self) -> None:
        self.lines: set[int] = set()
        self.covered: set[int] = set()
        self.counted: dict[int, tuple[int, int, frozenset[str] | None]] = {}
        self.named: dict[int, dict[int, bool]] = {}

    def line(self, number: int, hit: bool) -> None:
        """Take in a line; it is covered if one element says so."""
        self.lines.add(number)
        if hit:
            self.covered.add(number)

    def branches(self, line: int, total: int, covered: int, missing: frozenset[str] | None = None) -> None:
        """Take in how many branches of a line were taken, and the names of those `missing` where they are all known.

        Where another element counted them before, whatever either of the two took counts.
        """
        before = self.counted.get(line)
        if before is not None:
            missing = missing & before[2] if missing is not None and before[2] is not None else None
            total = max(total, before[0])
            covered = max(covered, before[1], total - len(missing) if missing is not None else 0)
        self.counted[line] = total, covered, missing

    def branch(self, line: int, name: int, taken: bool) -> None:
        """Take in one branch of a line, by its name: see `branch_name`."""
        names = self.named.setdefault(line, {})
        names[name] = taken or names.get(name, False)

    def keep(self, lines: Collection[int]) -> None:
        """Forget all but these lines."""
        self.lines.intersection_update(lines)
        self.covered.intersection_update(lines)
        self.counted = {line: counts for line, counts in self.counted.items() if line in lines}
        self.named = {line: names for line, names in self.named.items() if line in lines}

    def join(self, other: FileLines) -> None:
        """Take in all that another reading of this file found."""
        self.lines |= other.lines
        self.covered |= other.covered
        for line, counts in other.counted.items():
            self.branches(line, *counts)
        for line, names in other.named.items():
            for name, taken in names.items():
                self.branch(line, name, taken)

    def coverage(self, path: str, with_branches: bool) -> FileCoverage:
        """Return what was read, for the path as the report spells it."""
        missing = frozenset(self.lines - self.covered)
        found = {line: Branches(total, covered) for line, (total, covered, _) in self.counted.items()}
        for line, names in self.named.items():
            taken = frozenset(name for name, ran in names.items() if ran)
            found[line] = Branches(len(names), len(taken), taken)
        return FileCoverage(path, frozenset(self.covered), missing, found if with_branches else None)


@lru_cache(maxsize=1 << 16)
def branch_name(*parts: object) -> int:
    """Return the number by which a branch is known in every report of its kind of tool.

    It is larger than any line, so that nobody takes it for the line that a branch leads to.
    """
    digest = blake2b(repr(parts).encode("utf-8", "backslashreplace"), digest_size=8).digest()
    return _NAMES + int.from_bytes(digest)


def totals(files: Iterable[FileLines]) -> dict[str, tuple[int, int]]:
    """Return covered and total `lines` and `branches` of all files."""
    lines, branches = [0, 0], [0, 0]
    for file in files:
        lines = [lines[0] + len(file.covered), lines[1] + len(file.lines)]
        for total, covered, _ in file.counted.values():
            branches = [branches[0] + covered, branches[1] + total]
        for names in file.named.values():
            branches = [branches[0] + sum(names.values()), branches[1] + len(names)]
    return {"lines": (lines[0], lines[1]), "branches": (branches[0], branches[1])}


def without_lines(report: Report, claim: str | None, mend: str) -> Warning:
    """Return the warning for a report without a line; refuse one that claims some all the same, in words: `claim`."""
    if claim is None:
        return Warning("no-lines", report.name, "holds no line that could run")
    # A header is not evidence: nothing shows which lines it means.
    raise Refusal("no-lines", f"names no line that could run, though it says {claim}", path=report.name, mend=mend)


def mismatches(report: Report, doubts: Sequence[str], said_by: str = "the header says") -> Iterator[Warning]:
    """Yield the warning for what a report says of itself and does not hold."""
    if doubts:
        others = f" (and {len(doubts) - _SHOWN} more like it)" if len(doubts) > _SHOWN else ""
        message = f"{said_by} {', '.join(doubts[:_SHOWN])}{others}; the lines were counted"
        yield Warning("attribute-mismatch", report.name, message)


def differing(claims: Iterable[tuple[str, str | None, int]]) -> Iterator[str]:
    """Yield what does not hold of `claims`: a name, the number that the report gives for it, and what was counted."""
    for name, text, count in claims:
        if text and (HITS.fullmatch(text) is None or int(text) != count):
            yield f'{name}="{visible(text, 40)}" where {count} were counted'
