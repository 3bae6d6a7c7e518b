"""Which collector reads a file: ours, other people's, or the one that a person named."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from phasemetrics.errors import Refusal, UsageError
from phasemetrics.evidence.model import Collector, Kind, Report
from phasemetrics.evidence.reportfiles import Verdict
from phasemetrics.reading import open_regular

PACKAGE = "phasemetrics_collectors"
GROUP = "phasemetrics.collectors"
_HEAD = 4096
_GZIP = b"\x1f\x8b"


def verdict(path: Path, kind: Kind) -> Verdict:
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


def collector_for(report: Report, kind: Kind) -> tuple[str, Collector]:
    """Return the collector of a report and its name; raise Refusal for a format that none of them knows."""
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
