"""Names of reports to a snapshot: finds the files, asks the collectors, adds up what they yield."""

from __future__ import annotations

import datetime
import hashlib
import os
import pkgutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from phasemetrics.errors import Refusal, UsageError
from phasemetrics.escaping import visible
from phasemetrics.evidence.cases import CaseBook
from phasemetrics.evidence.grouping import Grouping, GroupRule
from phasemetrics.evidence.merging import Merged
from phasemetrics.evidence.model import Collector, Kind, Machine, Report, Snapshot, Source, Warning
from phasemetrics.evidence.placing import Places
from phasemetrics.evidence.reportfiles import Verdict, find, require_all
from phasemetrics.evidence.treepaths import TreePaths
from phasemetrics.evidence.verdict import MIXED, other_machine
from phasemetrics.reading import open_regular

PACKAGE = "phasemetrics_collectors"
GROUP = "phasemetrics.collectors"
_HEAD = 4096
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What to read: globs of reports by kind, relative to `root`, the two revisions to compare, the groups to count.

    `shards` is how many reports of tests and of coverage there have to be; `allow_stale` is whether reports count that
    are older than the sources.
    """

    root: Path
    globs: dict[Kind, tuple[str, ...]] = field(default_factory=dict)
    base: str | None = None
    head: str = "HEAD"
    groups: tuple[GroupRule, ...] = ()
    shards: int | None = None
    allow_stale: bool = False


def collect_reports(evidence: Evidence) -> Snapshot:
    """Read every named report and return what they add up to, without any revision.

    Raises Refusal for a report that was named and is missing, empty, unreadable or in no known format.
    """
    merged, places = Merged(), Places(evidence.root, cache(lambda: _tree(evidence)))
    groups = Grouping(evidence.groups, evidence.root) if evidence.groups else None
    book = CaseBook(places.path)
    sources: list[Source] = []
    found = {kind: find(evidence.root, patterns, kind, _verdict) for kind, patterns in evidence.globs.items()}
    if evidence.shards is not None:
        require_all(found, evidence.shards)
    counts: dict[str, int] = {kind: len(one.reports) for kind, one in found.items()}
    for kind, one in found.items():
        for report in one.reports:
            name, collector = _collector_for(report, kind)
            sources.append(_source(report, kind, name))
            for fact in collector.collect(replace(report, groups=groups, named=book)):
                merged.add(places.fact(fact, report.name), report.name)
    machine, mixed = _machine(merged)
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
        warnings=tuple(sorted(warnings, key=lambda one: (one.path, one.code, one.message))),
    )


def _tree(evidence: Evidence) -> TreePaths:
    """Return the files of the commit, as they are called from `evidence.root`; none where there is no commit."""
    git: Any = import_module(f"{PACKAGE}.git")
    try:
        with git.open_repository(evidence.root) as repository:
            paths = git.tracked_paths(repository, git.resolve(repository, evidence.head))
            folder = Path(os.path.realpath(evidence.root)).relative_to(repository.root).as_posix()
    except (Refusal, ValueError):  # the latter where a bare repository lies elsewhere
        return TreePaths(())
    above = "" if folder == "." else f"{folder}/"
    named = (path.removeprefix(above) for path in paths if path.startswith(above))
    return TreePaths(path for path in named if path == path.encode("utf-8", "replace").decode())


def _machine(merged: Merged) -> tuple[Machine | None, list[Warning]]:
    """Return the machine of all benchmarks; none and a warning where they ran on some that differ."""
    machines = sorted(merged.machines, key=repr)
    reasons = [reason for one in machines[1:] if (reason := other_machine(machines[0], one))]
    if not reasons:
        return next(iter(machines), None), []
    return None, [Warning(MIXED, "", f"the benchmarks ran on different machines: {reasons[0]}")]


def _source(report: Report, kind: Kind, collector: str) -> Source:
    digest = hashlib.sha256()
    with open_regular(report.path, report.name) as stream:
        while piece := stream.read(1 << 20):
            digest.update(piece)
    written = datetime.datetime.fromtimestamp(int(report.path.stat().st_mtime), datetime.UTC)
    modified = written.strftime("%Y-%m-%dT%H:%M:%SZ")
    return Source(visible(report.name, 500), kind, collector, digest.hexdigest(), modified)


def _verdict(path: Path, kind: Kind) -> Verdict:
    """Return what a file that lies in a folder is to a kind of reports: what cannot be read is not known."""
    try:
        with open_regular(path, path.name) as stream:
            head = stream.read(_HEAD)
    except Refusal:
        return "unknown"
    if head.startswith(_GZIP):
        return "unknown"  # collectors take it to say what is wrong with it; here nobody named it
    if _known(head, kind):
        return "ours"
    return "theirs" if any(collector.recognises(head) for _, collector in _all_collectors()) else "unknown"


def _known(head: bytes, kind: Kind) -> tuple[str, Collector] | None:
    every = _all_collectors()
    return next((one for one in every if kind == one[1].KIND and one[1].recognises(head)), None)


def _collector_for(report: Report, kind: Kind) -> tuple[str, Collector]:
    if report.format:
        return _named_collector(report.format, kind)
    with open_regular(report.path, report.name) as stream:
        head = stream.read(_HEAD)
    if found := _known(head, kind):
        return found
    known = ", ".join(name for name, collector in builtin_collectors() if kind == collector.KIND)
    raise Refusal(
        "unknown-format", f"line 1 does not begin any {kind} format that is known here ({known})", path=report.name,
        mend="write it in one of them",
    )  # fmt: skip


def _named_collector(name: str, kind: Kind) -> tuple[str, Collector]:
    """Return the collector that a person named; raise UsageError for one that is not there."""
    ours = {one: collector for one, collector in _all_collectors() if kind == collector.KIND}
    if name not in ours:
        mend = f"name one of {', '.join(sorted(ours))}, or none"
        raise UsageError("no-format", f"{name!r} is no {kind} format that is known here", mend=mend)
    return name, ours[name]


def _all_collectors() -> Iterator[tuple[str, Collector]]:
    yield from builtin_collectors()
    yield from _others()  # reading the installed packages' metadata takes longer than reading most reports


@cache
def builtin_collectors() -> Sequence[tuple[str, Collector]]:
    """Return our own collectors: the modules of the collectors package that say of what KIND they are."""
    package = import_module(PACKAGE)
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__) if not module.name.startswith("_"))
    modules = [(name, import_module(f"{PACKAGE}.{name}")) for name in names]
    return [(name, cast(Collector, module)) for name, module in modules if hasattr(module, "KIND")]


@cache
def _others() -> Sequence[tuple[str, Any]]:
    """Return other people's collectors; looked for only when none of ours knows a format."""
    from importlib.metadata import entry_points

    found = []
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        try:
            collector = point.load()
            _ = collector.KIND, collector.recognises, collector.collect
        except Exception as error:
            message = f"the collector {point.name} cannot be used: {type(error).__name__} {error}"
            raise Refusal("broken-collector", message, mend="mend or uninstall the package that brings it") from None
        found.append((point.name, collector))
    return found
