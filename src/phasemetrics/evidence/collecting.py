"""Names of reports to a snapshot: finds the files, asks the collectors, adds up what they yield."""

from __future__ import annotations

import datetime
import glob
import hashlib
import os
import pkgutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from phasemetrics.errors import Refusal
from phasemetrics.escaping import visible
from phasemetrics.evidence.grouping import Grouping, GroupRule
from phasemetrics.evidence.merging import Merged
from phasemetrics.evidence.model import Collector, Kind, Machine, Report, Snapshot, Source, Warning
from phasemetrics.evidence.paths import Places
from phasemetrics.evidence.verdict import MIXED, other_machine
from phasemetrics.reading import open_regular

PACKAGE = "phasemetrics_collectors"
GROUP = "phasemetrics.collectors"
_HEAD = 4096
_REPORT_COUNT = 10_000
_OPTION: dict[Kind, str] = {"junit": "--junit", "coverage": "--coverage", "bench": "--bench"}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What to read: globs of reports by kind, relative to `root`, the two revisions to compare, the groups to count."""

    root: Path
    globs: dict[Kind, tuple[str, ...]] = field(default_factory=dict)
    base: str | None = None
    head: str = "HEAD"
    groups: tuple[GroupRule, ...] = ()


def collect_reports(evidence: Evidence) -> Snapshot:
    """Read every named report and return what they add up to, without any revision.

    Raises Refusal for a report that was named and is missing, empty, unreadable or in no known format.
    """
    merged, places = Merged(), Places(evidence.root)
    groups = Grouping(evidence.groups, evidence.root) if evidence.groups else None
    sources: list[Source] = []
    counts: dict[str, int] = {}
    for kind, patterns in evidence.globs.items():
        reports = list(find(evidence.root, patterns, kind))
        counts[kind] = len(reports)
        for report in reports:
            name, collector = _collector_for(report, kind)
            sources.append(_source(report, kind, name))
            for fact in collector.collect(replace(report, groups=groups)):
                merged.add(places.fact(fact), report.name)
    machine, mixed = _machine(merged)
    warnings = [*map(places.warning, merged.doubts()), *mixed]
    return Snapshot(
        sources=tuple(sorted(sources, key=lambda one: one.path)),
        metrics=merged.metrics(counts),
        coverage=tuple(merged.files()),
        tests=merged.tests.tested(),
        groups=merged.tests.grouped(counts.get("junit", 0)),
        machine=machine,
        warnings=tuple(sorted(warnings, key=lambda one: (one.path, one.code, one.message))),
    )


def _machine(merged: Merged) -> tuple[Machine | None, list[Warning]]:
    """Return the machine of all benchmarks; none and a warning where they ran on some that differ."""
    machines = sorted(merged.machines, key=repr)
    reasons = [reason for one in machines[1:] if (reason := other_machine(machines[0], one))]
    if not reasons:
        return next(iter(machines), None), []
    return None, [Warning(MIXED, "", f"the benchmarks ran on different machines: {reasons[0]}")]


def find(root: Path, patterns: Iterable[str], kind: Kind) -> Iterator[Report]:
    """Yield the reports that `patterns` name, each once, sorted within a pattern."""
    seen: set[Path] = set()
    names: Counter[str] = Counter()
    for pattern in patterns:
        paths = _expand(root, pattern)
        if not paths:
            message = "no file matches" if glob.has_magic(pattern) else "there is no such file"
            mend = f"run the command that writes it, or name another with {_OPTION[kind]}"
            raise Refusal("missing-report", message, path=pattern, mend=mend)
        for path in paths:
            real = path.resolve()  # a report and a link to it are one report
            if real not in seen:
                seen.add(real)
                name = _display(path, root)
                names[name] += 1
                # Reports from elsewhere may have the same name, and are still two.
                yield Report(path, name if names[name] == 1 else f"{name} ({names[name]})")
        if len(seen) > _REPORT_COUNT:
            raise Refusal("too-many-reports", f"more than {_REPORT_COUNT} files match", path=pattern)


def _expand(root: Path, pattern: str) -> list[Path]:
    literal = root / pattern
    if os.path.exists(literal):  # noqa: PTH110 - Path.exists raises for a name that is too long
        return [literal]
    if not glob.has_magic(pattern):
        return []
    if literal.is_relative_to(root):
        pattern = str(literal.relative_to(root))  # the folders above may have brackets in their names
    # Path.glob cannot take an absolute pattern, and skips nothing that begins with a dot: `.coverage.*` is a report.
    found = glob.glob(pattern, root_dir=root, recursive=True, include_hidden=True)  # noqa: PTH207
    return [root / name for name in sorted(found) if not (root / name).is_dir()]


def _display(path: Path, root: Path) -> str:
    try:
        return path.resolve().relative_to(root.resolve()).as_posix()
    except (ValueError, OSError):
        return path.name  # a report from elsewhere: where it lies is nobody's business but this machine's


def _source(report: Report, kind: Kind, collector: str) -> Source:
    digest = hashlib.sha256()
    with open_regular(report.path, report.name) as stream:
        while piece := stream.read(1 << 20):
            digest.update(piece)
    written = datetime.datetime.fromtimestamp(int(report.path.stat().st_mtime), datetime.UTC)
    modified = written.strftime("%Y-%m-%dT%H:%M:%SZ")
    return Source(visible(report.name, 500), kind, collector, digest.hexdigest(), modified)


def _collector_for(report: Report, kind: Kind) -> tuple[str, Collector]:
    with open_regular(report.path, report.name) as stream:
        head = stream.read(_HEAD)
    for name, collector in _all_collectors():
        if kind == collector.KIND and collector.recognises(head):
            return name, collector
    known = ", ".join(name for name, collector in builtin_collectors() if kind == collector.KIND)
    raise Refusal(
        "unknown-format", f"line 1 does not begin any {kind} format that is known here ({known})", path=report.name,
        mend="write it in one of them",
    )  # fmt: skip


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
