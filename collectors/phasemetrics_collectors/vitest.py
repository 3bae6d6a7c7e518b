"""Benchmarks as `vitest bench --outputJson` writes them (vitest 1 to 4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from phasemetrics.evidence.model import Fact, Kind, Measurement, Report
from phasemetrics_collectors._bench import Benchmark, no_benchmarks
from phasemetrics_collectors._json import read
from phasemetrics_collectors._json_node import Node
from phasemetrics_collectors._outline import outline
from phasemetrics_collectors._tinybench_statistics import flat_statistics

KIND: Final[Kind] = "bench"
_MEND = (
    "write it again with `vitest bench --outputJson`, each benchmark of a group under its own name, one project a file"
)


def recognises(head: bytes) -> bool:
    """Return whether a file that begins with `head` has files with groups of benchmarks."""
    keys = outline(head)
    return "files[].groups[].benchmarks" in keys or {"files[].filepath", "files[].groups"} <= keys


def collect(report: Report) -> Iterator[Fact]:
    """Yield `bench.NAME.STAT` (second, per_second or count) for each benchmark; NAME is `fullName > name`.

    `failed` and `total` say of each whether it broke: then it has no numbers, though vitest calls it the fastest of
    its group. Where samples are there, the statistics are computed from them. Raises `Refusal` with the JSON path for
    a number that cannot be and for a name that stands twice; `Warning` `no-benchmarks` where there is none. The shape
    is that of `createBenchmarkJsonReport` in vitest 1.6 to 4.1, with the results of tinybench 2.
    """
    seen: set[str] = set()
    for file in read(report, _MEND).need("files").items():
        for group in file.need("groups").items():
            for one in group.need("benchmarks").items():
                name = _name(file, group, one)
                if name in seen:
                    raise one.need("name").refuse("is the name of another benchmark of this file as well")
                seen.add(name)
                yield from _measured(Benchmark(name), one)
    if not seen:
        yield no_benchmarks(report)


def _name(file: Node, group: Node, one: Node) -> str:
    full, name = group.need("fullName").text(), one.need("name").text()
    if not name:
        raise one.need("name").refuse("is empty")
    # A file on another drive than its project is spelled in full: that is the machine's business.
    path = file.need("filepath").text()
    full = path.rpartition("/")[2] + full.removeprefix(path) if path and full.startswith(path) else full
    return f"{full} > {name}"


def _measured(benchmark: Benchmark, one: Node) -> Iterator[Measurement]:
    # What throws at once leaves nothing but its name, what throws later an `error` and a count of 0.
    failed = one.find("error") is not None or one.find("min") is None
    yield from benchmark.outcomes(int(failed), 1)
    if not failed:
        yield from flat_statistics(benchmark, one)
