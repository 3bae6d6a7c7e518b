"""Covered of total lines and branches, as a coverage summary counts them."""

from __future__ import annotations

from dataclasses import dataclass

from phasemetrics.evidence.model import FileCoverage
from phasemetrics_collectors._json_node import Node

MOST = 10**9  # lines of a file, or of all files
_TOLERANCE = 0.01  # percentage points: some writers round


@dataclass(frozen=True, slots=True)
class Counts:
    """Covered and total lines; covered and total branches, or None where the report does not say."""

    lines: tuple[int, int]
    branches: tuple[int, int] | None = None

    def __str__(self) -> str:
        lines = f"{self.lines[0]} of {self.lines[1]} lines"
        return lines if self.branches is None else f"{lines} and {self.branches[0]} of {self.branches[1]} branches"

    def agrees(self, other: Counts) -> bool:
        """Return whether both say the same, as far as both speak."""
        silent = self.branches is None or other.branches is None
        return self.lines == other.lines and (silent or self.branches == other.branches)

    def same_share(self, other: Counts) -> bool:
        """Return whether both give the same percentages, as far as both speak."""
        pairs = [(self.lines, other.lines)]
        if self.branches is not None and other.branches is not None:
            pairs.append((self.branches, other.branches))
        return all(a * d == b * c and bool(b) == bool(d) for (a, b), (c, d) in pairs)

    def says_more_than(self, lines: FileCoverage) -> bool:
        """Return whether these counts are good and the lists beside them do not name the lines that were counted."""
        covered, total = self.lines
        empty = total > 0 and not lines.covered and not lines.missing
        # Before 7.13.1 executed_lines held docstrings too, which are no statements: which ones, it did not say.
        surplus = len(lines.covered) > covered and covered + len(lines.missing) == total
        return empty or surplus


def columns(pairs: list[tuple[int, int]]) -> tuple[int, int]:
    return sum(covered for covered, _ in pairs), sum(total for _, total in pairs)


def counts_of(summary: Node) -> Counts:
    lines = _part_of(summary, "covered_lines", "num_statements", "missing_lines")
    if summary.find("covered_branches") is None:
        return Counts(lines)
    return Counts(lines, _part_of(summary, "covered_branches", "num_branches", "missing_branches"))


def _part_of(summary: Node, part: str, whole: str, rest: str) -> tuple[int, int]:
    covered = summary.need(part).integer(0, MOST)
    given = summary.find(whole)
    # slipcover gives what is missing and no total.
    total = covered + summary.need(rest).integer(0, MOST) if given is None else given.integer(0, MOST)
    if covered > total:
        raise summary.refuse(f"has {part} {covered}, more than {whole} {total}")
    return covered, total


def percent_doubt(summary: Node, counts: Counts) -> str | None:
    given = summary.find("percent_covered")
    # coverage 5.0 and 5.1 counted branches in without saying how many were covered.
    if given is None or (counts.branches is None and summary.find("num_branches") is not None):
        return None
    percent = given.number(-1e9, 1e9)
    covered, total = columns([counts.lines, counts.branches or (0, 0)])
    if not total or abs(percent - 100 * covered / total) <= _TOLERANCE:
        return None
    return f"percent_covered says {percent:g}, the counts give {100 * covered / total:g} ({covered} of {total})"
