"""Coverage as `coverage json` writes it (coverage.py 5 to 7; slipcover writes the same lists)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from phasemetrics.evidence.model import Branches, Fact, FileCoverage, Kind, Measurement, Report, Warning
from phasemetrics.reading import read_regular
from phasemetrics_collectors import istanbul, simplecov
from phasemetrics_collectors._coverage_counts import MOST, Counts, columns, counts_of, percent_doubt
from phasemetrics_collectors._json import looks_like_json, parse
from phasemetrics_collectors._json_node import Node, spelled

KIND: Kind = "coverage"
_MEND = "write it again with `coverage json`"


@dataclass(frozen=True, slots=True)
class _File:
    """One entry of `files`: what it counts to, its lines where it names them, and what does not add up in it."""

    path: str
    counts: Counts
    lines: FileCoverage | None
    doubt: str | None


def recognises(head: bytes) -> bool:
    """Return whether `head` begins JSON that no other collector of coverage knows.

    So whatever is wrong with it is said here, with its place.
    """
    return looks_like_json(head) and not istanbul.recognises(head) and not simplecov.recognises(head)


def collect(report: Report) -> Iterator[Fact]:
    """Yield the facts of one `coverage json` report of up to 64 MiB; see `facts`."""
    return facts(read_regular(report.path, report.name, "json_size"), report.name)


def facts(content: bytes, name: str) -> Iterator[Fact]:
    """Yield `FileCoverage` for each file of a `coverage json` document that names its lines.

    Files that only give counts, files with docstrings before coverage 7.13.1 (it listed them as executed, though it
    did not count them), and a report that only has totals, yield the measurements `coverage.lines.covered` and
    `coverage.lines.total` (the same for branches; count) with the label `path`, empty for the totals. Percentages
    are never used. `Warning` `attribute-mismatch` says what disagrees with the counts. Raises `Refusal` with the
    JSON path for counts that cannot be.
    """
    root = parse(content, name, _MEND)
    listed, totals = root.find("files"), root.find("totals")
    # An entry that holds nothing counts nothing.
    entries = [] if listed is None else [(path, node) for path, node in listed.members() if node.value != {}]
    if not entries and totals is None:
        raise root.refuse("counts no file and has no `totals`: it is not what `coverage json` writes")
    files = [_file(path, node) for path, node in entries]
    doubts = [file.doubt for file in files if file.doubt]
    if doubts:
        others = f" (and {len(doubts) - 1} more files like it)" if len(doubts) > 1 else ""
        yield _mismatch(name, doubts[0] + others)
    if totals is not None:
        claimed = counts_of(totals)
        doubt = percent_doubt(totals, claimed)
        if doubt:
            yield _mismatch(name, f"totals: {doubt}")
        total = _sum(files)
        # Without a line list nothing can be counted, and then the totals are what the tool itself showed.
        believed = not any(file.lines for file in files)
        if files and not claimed.same_share(total):
            used = "totals" if believed else "files"
            yield _mismatch(name, f"totals: {claimed}, but the files add up to {total}; the {used} are used")
        if believed and not (files and claimed.agrees(total)):
            yield from _measurements("", claimed)
            return
    for file in files:
        yield from _measured(file)


def _mismatch(name: str, message: str) -> Warning:
    return Warning("attribute-mismatch", name, message)


def _measured(file: _File) -> Iterator[Fact]:
    if file.lines is None:
        yield from _measurements(file.path, file.counts)
        return
    yield file.lines
    if file.lines.branches is None:
        # coverage 5.2 to 6.2 counted branches without naming them.
        yield from _measurements(file.path, file.counts, only="branches")


def _measurements(path: str, counts: Counts, only: str = "") -> Iterator[Measurement]:
    for what, counted in (("lines", counts.lines), ("branches", counts.branches)):
        if counted is not None and only in {"", what}:
            yield Measurement(f"coverage.{what}.covered", counted[0], "count", {"path": path})
            yield Measurement(f"coverage.{what}.total", counted[1], "count", {"path": path})


def _sum(files: list[_File]) -> Counts:
    lines = [file.counts.lines for file in files]
    branches = [file.counts.branches for file in files if file.counts.branches is not None]
    return Counts(columns(lines), columns(branches) if len(branches) == len(files) else None)


def _file(path: str, node: Node) -> _File:
    # On Windows the names have backslashes; elsewhere a backslash may be part of a name.
    path = spelled(path if "/" in path else path.replace("\\", "/"))
    summary = node.find("summary")
    claimed = None if summary is None else counts_of(summary)
    doubt = None if summary is None or claimed is None else percent_doubt(summary, claimed)
    lines = _lines(path, node)
    if lines is None or (claimed is not None and claimed.says_more_than(lines)):
        if claimed is None:
            raise node.refuse("has neither a `summary` nor `executed_lines` and `missing_lines`")
        return _File(path, claimed, None, f"{path}: {doubt}" if doubt else None)
    counts = _counted(lines, claimed)
    if claimed is not None and not claimed.agrees(counts):
        doubt = f"the summary says {claimed}, the lists hold {counts}; the lists are used"
    return _File(path, counts, lines, f"{path}: {doubt}" if doubt else None)


def _lines(path: str, node: Node) -> FileCoverage | None:
    executed, missing = node.find("executed_lines"), node.find("missing_lines")
    if executed is None or missing is None:
        return None
    covered, missed = frozenset(executed.integers(0, MOST)), frozenset(missing.integers(0, MOST))
    excluded = node.find("excluded_lines")
    if excluded is not None:
        covered -= frozenset(excluded.integers(0, MOST))  # before 7.13.1 they were listed as executed as well
    if covered & missed:
        raise node.refuse(f"has line {min(covered & missed)} both in executed_lines and in missing_lines")
    return FileCoverage(path, covered, missed, _branches(node))


def _branches(node: Node) -> dict[int, Branches] | None:
    executed, missing = node.find("executed_branches"), node.find("missing_branches")
    if executed is None or missing is None:
        return None
    taken, untaken = _pairs(executed), _pairs(missing)
    if taken & untaken:
        raise node.refuse(f"has branch {min(taken & untaken)} both in executed_branches and in missing_branches")
    total: dict[int, int] = {}
    for source, _ in taken | untaken:
        total[source] = total.get(source, 0) + 1
    reached: dict[int, set[int]] = {source: set() for source in total}
    for source, destination in taken:
        reached[source].add(destination)
    return {line: Branches(total[line], len(reached[line]), frozenset(reached[line])) for line in sorted(total)}


def _pairs(node: Node) -> set[tuple[int, int]]:
    found = set()
    for item in node.items():
        pair = item.integers(-MOST, MOST)  # a negative line is the way into or out of the block that begins there
        if len(pair) != 2:
            raise item.refuse(f"has {len(pair)} numbers, expected the lines a branch goes from and to")
        found.add((pair[0], pair[1]))
    return found


def _counted(lines: FileCoverage, claimed: Counts | None) -> Counts:
    counted = len(lines.covered), len(lines.covered) + len(lines.missing)
    if lines.branches is None:
        return Counts(counted, claimed.branches if claimed else None)
    return Counts(counted, columns([(branch.covered, branch.total) for branch in lines.branches.values()]))
