"""Reads the times of commands that `hyperfine --export-json` writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from phasemetrics.evidence.model import Fact, Kind, Measurement, Report
from phasemetrics_collectors._bench import MOST, Benchmark, no_benchmarks
from phasemetrics_collectors._bench_names import without_folders
from phasemetrics_collectors._json import read
from phasemetrics_collectors._json_node import Node, spelled
from phasemetrics_collectors._outline import outline

KIND: Final[Kind] = "bench"
_MEND = "write it again with `hyperfine --export-json`, and name each command with `-n`"
_MEASURED = frozenset({"results[].times", "results[].exit_codes", "results[].mean"})
_CODES = 2**32  # of an exit; Windows has negative ones as well
_BYTES = 2**62


def recognises(head: bytes) -> bool:
    """Return whether `head` begins an object whose `results` have a `command` and what was measured of it."""
    found = outline(head)
    return "results[].command" in found and not found.isdisjoint(_MEASURED)


def collect(report: Report) -> Iterator[Fact]:
    """Yield `bench.NAME.STAT` of each command; every process is a repetition, in seconds.

    NAME is the command, or what `-n` calls it, with its parameters in braces and without the folders of the machine.
    STAT is one of min, max, mean, median, rounds and percentiles, of the processes that ended with 0; `user`, `system`
    (second) and `memory` (byte) of all of them, if none failed; `failed` and `total` (count). Raises `Refusal` with
    the JSON path for what cannot be; `Warning` `no-benchmarks` where nothing was timed. Format: hyperfine 1.9 to 1.20,
    `src/benchmark/benchmark_result.rs`.
    """
    names: set[str] = set()
    timed, peak = False, 0
    for node in read(report, _MEND).need("results").items():
        benchmark, processes = Benchmark(_name(node, names)), _processes(node)
        timed = timed or bool(processes.times)
        yield from _facts(benchmark, processes)
        if processes.peak > peak and not processes.failed:
            yield benchmark.measured("memory", processes.peak, "byte")
        peak = max(peak, processes.peak)
    if not timed:
        yield no_benchmarks(report)


@dataclass(frozen=True, slots=True)
class _Processes:
    """All processes of one command: how long those took that did not fail, and what the summary says of all."""

    total: int
    failed: int | None  # None where the report has no exit codes
    times: list[float]
    cpu: dict[str, float]
    peak: int


def _processes(node: Node) -> _Processes:
    times = node.need("times").numbers(0, MOST)
    if not times:
        raise node.need("times").refuse("is empty")
    codes = node.find("exit_codes")
    failures = None if codes is None else _as_many(codes, times, [_failed(code) for code in codes.items()])
    memory = node.find("memory_usage_byte")
    # What hyperfine asks the system for is the largest of all processes that it ever waited for (`getrusage` with
    # RUSAGE_CHILDREN): each number is the most of this process and of all before it, other commands' too.
    peak = 0 if memory is None else max(_as_many(memory, times, memory.integers(0, _BYTES)))
    cpu = {stat: found.number(0, MOST) for stat in ("user", "system") if (found := node.find(stat))}
    good = times if failures is None else [time for time, failed in zip(times, failures, strict=True) if not failed]
    return _Processes(len(times), None if failures is None else sum(failures), good, cpu, peak)


def _as_many(node: Node, times: Sequence[float], values: Sequence[int]) -> Sequence[int]:
    if len(values) != len(times):
        raise node.refuse(f"has {len(values)} items, but `times` has {len(times)}")
    return values


def _failed(code: Node) -> bool:
    """Return whether a process failed: null is one that a signal ended, where hyperfine knows no number for it."""
    return code.value is None or code.integer(-_CODES, _CODES) != 0


def _facts(benchmark: Benchmark, processes: _Processes) -> Iterator[Measurement]:
    if processes.failed is not None:
        yield from benchmark.outcomes(processes.failed, processes.total)
    if processes.times:
        yield from benchmark.repetitions([[time] for time in processes.times])
    # The means of all processes: those that failed cannot be taken out of them.
    for stat, value in processes.cpu.items() if not processes.failed else ():
        yield benchmark.measured(stat, value)


def _name(node: Node, names: set[str]) -> str:
    command = node.need("command")
    if not command.text().strip():
        raise command.refuse("is empty")
    parameters = node.find("parameters")
    values = sorted((spelled(key), value.text()) for key, value in parameters.members()) if parameters else []
    braces = ",".join(f"{key}={without_folders(value)}" for key, value in values)
    name = without_folders(command.text()) + (f"{{{braces}}}" if braces else "")
    if name in names:
        raise command.refuse("is the name of another command of this file as well, without folders of the machine")
    names.add(name)
    return name
