"""The sizes of files that a row of a metrics table is about: what was built, such as a wheel or a bundle."""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from phasemetrics.escaping import visible
from phasemetrics.evidence.model import Measurement, Report, Warning
from phasemetrics.realpath import lies_inside

PREFIX = "size."
COLLECTOR = "size"


@dataclass(frozen=True, slots=True)
class Sized:
    """One file whose size a row wants: the metric that it is, the file, and its size in bytes."""

    metric: str
    report: Report
    size: int

    @property
    def fact(self) -> Measurement:
        """The size as a fact; it is exact, so that any difference counts."""
        return Measurement(self.metric, self.size, "byte")


def wanted_sizes(sources: Iterable[str]) -> tuple[str, ...]:
    """Return the metrics among `sources` that are sizes of files: `size.dist/app.js`, `size.dist/*.whl`."""
    return tuple(dict.fromkeys(source for source in sources if source.startswith(PREFIX)))


def file_sizes(root: Path, metrics: Iterable[str]) -> Iterator[Sized | Warning]:
    """Yield the size of each file that a metric names, relative to `root`; a glob has to mean one file.

    A file that is not there has no size: nothing is yielded for it. What lies outside of `root`, is no regular file or
    is not the only one is a warning.
    """
    for metric in metrics:
        pattern = metric.removeprefix(PREFIX)
        found = _matching(root, pattern)
        if len(found) > 1:
            several = ", ".join(visible(one) for one in found[:3])
            yield Warning("several-files", visible(pattern, 500), f"means {len(found)} files: {several}")
        for name in found if len(found) == 1 else ():
            path = root / name
            if stat.S_ISREG(os.lstat(path).st_mode) and lies_inside(path, root):
                yield Sized(metric, Report(path, name), path.stat().st_size)
            else:
                yield Warning("no-size", visible(name, 500), "is no regular file of the project")


def _matching(root: Path, pattern: str) -> list[str]:
    if os.path.lexists(root / pattern):
        return [pattern]
    return sorted(glob.glob(pattern, root_dir=root, recursive=True)) if glob.has_magic(pattern) else []  # noqa: PTH207
