"""Names of reports to a snapshot: finds the files, asks the collectors, adds up what they yield."""

from __future__ import annotations

import datetime
import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from phasemetrics.errors import Refusal
from phasemetrics.escaping import visible
from phasemetrics.evidence.cases import CaseBook
from phasemetrics.evidence.comparable import MIXED, common_machine
from phasemetrics.evidence.filesizes import COLLECTOR, file_sizes
from phasemetrics.evidence.formats import PACKAGE, collector_for, verdict
from phasemetrics.evidence.grouping import Grouping, GroupRule
from phasemetrics.evidence.merging import Merged
from phasemetrics.evidence.model import Kind, Machine, Report, Snapshot, Source, Warning
from phasemetrics.evidence.placing import Places
from phasemetrics.evidence.reportfiles import find, require_all
from phasemetrics.evidence.treepaths import TreePaths
from phasemetrics.reading import open_regular


@dataclass(frozen=True, slots=True)
class Evidence:
    """What to read: globs of reports by kind, relative to `root`, the two revisions to compare, the groups to count.

    `shards` is how many reports of tests and of coverage there have to be; `allow_stale` is whether reports count that
    are older than the sources; `sizes` are the metrics that are sizes of files. `known` are the results of benchmarks
    that were read before, by the hash of their bytes, with their names; `machine` is where they were measured, if no
    report says it; `ran`: we ran them ourselves, so that none is a copy of another.
    """

    root: Path
    globs: dict[Kind, tuple[str, ...]] = field(default_factory=dict)
    base: str | None = None
    head: str = "HEAD"
    groups: tuple[GroupRule, ...] = ()
    shards: int | None = None
    allow_stale: bool = False
    sizes: tuple[str, ...] = ()
    known: Mapping[str, str] = field(default_factory=dict)
    machine: Machine | None = None
    ran: bool = False


def collect_reports(evidence: Evidence) -> Snapshot:
    """Read every named report and return what they add up to, without any revision.

    Raises Refusal for a report that was named and is missing, empty, unreadable or in no known format.
    """
    merged, places = Merged(), Places(evidence.root, cache(lambda: _tree(evidence)))
    groups = Grouping(evidence.groups, evidence.root) if evidence.groups else None
    book = CaseBook(places.path)
    found = {kind: find(evidence.root, patterns, kind, verdict) for kind, patterns in evidence.globs.items()}
    if evidence.shards is not None:
        require_all(found, evidence.shards)
    counts: dict[str, int] = {kind: len(one.reports) for kind, one in found.items()}
    sources: list[Source] = []
    known = dict(evidence.known)
    for kind, one in found.items():
        for report in one.reports:
            name, collector = collector_for(report, kind)
            source = _source(report, kind, name)
            if kind == "bench" and source.sha256 in known and not evidence.ran:
                merged.add(_copy(source, known[source.sha256]), report.name)
                continue
            known[source.sha256] = source.path
            sources.append(source)
            for fact in collector.collect(replace(report, groups=groups, named=book)):
                merged.add(places.fact(fact, report.name), report.name)
    sources += _sized(evidence, merged)
    machine, reason = common_machine(merged.machines or filter(None, [evidence.machine]))
    mixed = [Warning(MIXED, "", f"the benchmarks ran on different machines: {reason}")] if reason else []
    passed = [doubt for one in found.values() for doubt in one.warnings]
    warnings = [*map(places.warning, merged.doubts()), *places.doubts(), *mixed, *passed, *book.doubts()]
    return Snapshot(
        sources=tuple(sorted(sources, key=lambda one: one.path)),
        metrics=merged.metrics(counts),
        coverage=tuple(merged.files()),
        tests=merged.tests.tested(),
        groups=merged.tests.grouped(counts.get("junit", 0)),
        cases=book.cases(),
        machine=machine,
        options=merged.bench.options(),
        warnings=tuple(sorted(warnings, key=lambda one: (one.path, one.code, one.message))),
    )


def _copy(source: Source, known: str) -> Warning:
    """Return the warning about results that were read before: a copy of a session is no second run."""
    return Warning("repeated-run", source.path, f"holds the same bytes as {known}, and is not counted again")


def _sized(evidence: Evidence, merged: Merged) -> Iterator[Source]:
    """Add the sizes of files, and yield the files."""
    for one in file_sizes(evidence.root, evidence.sizes):
        if isinstance(one, Warning):
            merged.add(one, one.path)
        else:
            merged.add(one.fact, one.report.name)
            yield _source(one.report, "size", COLLECTOR)


def _tree(evidence: Evidence) -> TreePaths:
    """Return the files of the commit, as they are called from `evidence.root`; none where there is no commit."""
    git: Any = import_module(f"{PACKAGE}.git")
    try:
        with git.open_repository(evidence.root) as repository:
            paths = git.tracked_paths(repository, git.find(repository, evidence.head)[0])
            folder = Path(os.path.realpath(evidence.root)).relative_to(repository.root).as_posix()
    except (Refusal, ValueError):  # the latter where a bare repository lies elsewhere
        return TreePaths(())
    above = "" if folder == "." else f"{folder}/"
    named = (path.removeprefix(above) for path in paths if path.startswith(above))
    return TreePaths(path for path in named if path == path.encode("utf-8", "replace").decode())


def _source(report: Report, kind: Kind, collector: str) -> Source:
    digest = hashlib.sha256()
    if kind != "size" or report.path.stat().st_size:  # an empty file has a size, and nothing to report
        with open_regular(report.path, report.name) as stream:
            while piece := stream.read(1 << 20):
                digest.update(piece)
    written = datetime.datetime.fromtimestamp(int(report.path.stat().st_mtime), datetime.UTC)
    modified = written.strftime("%Y-%m-%dT%H:%M:%SZ")
    return Source(visible(report.name, 500), kind, collector, digest.hexdigest(), modified)
