"""Benchmarks of tinybench, as JSON of the names and results of its tasks (tinybench 2 to 6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from phasemetrics.evidence.model import Fact, Kind, Measurement, Report
from phasemetrics_collectors._bench import MOST, Benchmark, no_benchmarks
from phasemetrics_collectors._json import read
from phasemetrics_collectors._json_node import Node, spelled
from phasemetrics_collectors._outline import outline
from phasemetrics_collectors._tinybench_statistics import flat_statistics, statistics

KIND: Final[Kind] = "bench"
_MEND = "write `bench.tasks.map(({ name, result }) => ({ name, result }))` as JSON, each task under a name of its own"
# What tinybench alone says of a latency: `[].latency.rme` of a list, `sort.latency.rme` by name.
_OWN = re.compile(r"(?:^|\.)(?:latency|throughput)\.(?:rme|aad|mad|samplesCount)$|^(?:\[\]|[^.]+)\.(?:hz|period)$")
_UNTRIED = {"not-started", "started"}
_BROKEN = {"errored", "error", "aborted", "aborted-with-statistics"}


def recognises(head: bytes) -> bool:
    """Return whether a file that begins with `head` has the results of tasks, in a list or by their names."""
    keys = outline(head)
    if any(_OWN.search(key) for key in keys):
        return True
    measured = {f"[].result.{key}" for key in ("latency", "throughput", "hz")}
    return bool(keys & measured) or ("[].name" in keys and bool(keys & {"[].result.error", "[].result.state"}))


def collect(report: Report) -> Iterator[Fact]:
    """Yield the options and `bench.NAME.STAT` (second, per_second or count) of each task that was run.

    `failed` and `total` say of each whether it broke or was aborted: then it has no numbers. Where samples were kept,
    the statistics are computed from them. `ops` is the mean of the rates since tinybench 3, as it prints it, and
    1 / mean before. Raises `Refusal` with the JSON path for a number that cannot be and for a name that stands twice;
    `Warning` `no-benchmarks` where no task was run. The shapes are those of `Task.result` in tinybench 2.9 to 6.2.
    """
    ran = False
    for name, result in _tasks(read(report, _MEND)):
        if _state(result) not in _UNTRIED:
            ran = True
            yield from _facts(Benchmark(name), result)
    if not ran:
        yield no_benchmarks(report)


def _tasks(root: Node) -> Iterator[tuple[str, Node]]:
    """Yield the name and the result of each task: of `{name, result}`, of `{name, ...result}`, or by its name."""
    if isinstance(root.value, dict):
        yield from ((spelled(name), result) for name, result in root.members())
        return
    seen: set[str] = set()
    for task in root.items():
        name, result = task.need("name"), task.find("result")
        if not name.text():
            raise name.refuse("is empty")
        if name.text() in seen:
            raise name.refuse("is the name of another task of this file as well")
        seen.add(name.text())
        if result is None and (task.find("latency") is not None or task.find("hz") is not None):
            result = task
        if result is not None:
            yield name.text(), result


def _state(result: Node) -> str:
    """Return how a task ended; before 6 there is no word for it, only an `error`, and in 5 `aborted`."""
    node = result.find("state")
    if node is not None:
        if node.text() not in {"completed"} | _UNTRIED | _BROKEN:
            raise node.refuse("is no state that a task of tinybench can be in")
        return node.text()
    if result.find("error") is not None:
        return "errored"
    aborted = result.find("aborted")
    return "aborted" if aborted is not None and aborted.value is True else "completed"


def _facts(benchmark: Benchmark, result: Node) -> Iterator[Fact]:
    timer = result.find("timestampProviderName")
    options = {"runtime": _runtime(result), "timer": None if timer is None else timer.text()}
    if any(options.values()):
        yield benchmark.options(options)
    broken = _state(result) in _BROKEN
    yield from benchmark.outcomes(int(broken), 1)
    if not broken:
        yield from _measured(benchmark, result)


def _measured(benchmark: Benchmark, result: Node) -> Iterator[Measurement]:
    latency = result.find("latency")
    if latency is None:
        yield from flat_statistics(benchmark, result)
        return
    yield from statistics(benchmark, latency)
    throughput = result.find("throughput")
    rate = None if throughput is None else throughput.need("mean")
    # Null or 0 where the clock was too coarse to see any time pass.
    if rate is not None and rate.value is not None and rate.number(0, MOST) > 0:
        yield benchmark.measured("ops", rate.number(0, MOST), "per_second")


def _runtime(result: Node) -> str | None:
    words = [found.text() for key in ("runtime", "runtimeVersion") if (found := result.find(key)) is not None]
    # `20.20.2` is 20.20: a patch of the runtime makes no other benchmark of it.
    return " ".join(".".join(word.split(".")[:2]) for word in words if word != "unknown") or None
