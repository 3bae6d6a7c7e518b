"""The benchmarks of Go packages by the names that people call them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from phasemetrics_collectors._bench_names import without_folders
from phasemetrics_collectors._go_bench_found import Package
from phasemetrics_collectors._go_bench_lines import Values

_PROCESSORS = re.compile(r"-([0-9]+)\Z")


@dataclass(slots=True)
class Repeated:
    """One benchmark: what each repetition measured, how many failed, and GOMAXPROCS where it is known."""

    gomaxprocs: str | None
    results: list[Values] = field(default_factory=list)
    failed: int = 0


def named(packages: Iterable[Package]) -> Iterator[tuple[str, Repeated]]:
    """Yield the benchmarks with their names; the package is part of a name that stands in several packages."""
    found = {package.path: _benchmarks(package) for package in _merged(packages)}
    uses = Counter(name for benchmarks in found.values() for name in benchmarks)
    for path, benchmarks in found.items():
        # Outside of any module go calls a package by its folder, with `_` before it.
        package = path[1:] if path.startswith("_/") else path
        for name, benchmark in benchmarks.items():
            yield without_folders(f"{package}.{name}" if path and uses[name] > 1 else name), benchmark


def unended(packages: Iterable[Package]) -> Iterator[str]:
    """Yield what began, and neither measured anything nor failed; what only holds others is none of them."""
    for package in _merged(packages):
        names = sorted({*package.printed, *package.failures, *package.unended})
        for name in package.unended:
            if not _holds_others(name, names):
                yield without_folders(f"Benchmark{name}")


def _merged(packages: Iterable[Package]) -> list[Package]:
    found: dict[str, Package] = {}
    for package in packages:
        one = found.setdefault(package.path, Package(package.path))
        one.results += package.results
        one.failures += package.failures
        one.unended += package.unended
        one.printed |= package.printed
    return list(found.values())


def _benchmarks(package: Package) -> dict[str, Repeated]:
    gomaxprocs = _gomaxprocs(package.printed)
    ending = f"-{gomaxprocs}" if gomaxprocs else ""
    found: dict[str, Repeated] = defaultdict(lambda: Repeated(gomaxprocs))
    for printed, values in package.results:
        found[printed.removesuffix(ending) or "Benchmark"].results.append(values)
    failures = Counter(printed if printed in found else printed.removesuffix(ending) for printed in package.failures)
    names = sorted(failures)
    for name, count in failures.items():
        # One that holds others fails with them, and measures nothing itself.
        if name in found or not _holds_others(name, names):
            found[name or "Benchmark"].failed += count
    return found


def _holds_others(name: str, ordered: list[str]) -> bool:
    after = bisect_left(ordered, f"{name}/")
    return after < len(ordered) and ordered[after].startswith(f"{name}/")


def _gomaxprocs(printed: Iterable[str]) -> str | None:
    """Return the number that all names end in.

    Where they do not all end in one, it was 1, and such an ending is part of a name, or there were several (`-cpu`),
    and it is what tells the benchmarks apart.
    """
    found = {match[1] if (match := _PROCESSORS.search(name)) else None for name in printed}
    return found.pop() if len(found) == 1 else None
