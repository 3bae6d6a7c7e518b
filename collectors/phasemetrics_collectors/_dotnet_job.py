"""How BenchmarkDotNet was told to run a benchmark: its job, as the `DisplayInfo` of a result spells it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

# `Memory.Allocate: ShortRun(IterationCount=3, LaunchCount=1) [N=10]`; a description may hold a colon as well.
_JOB = re.compile(r": ([^:()\[\]]+)(?:\(([^()]*)\))?(?: \[.*\])?\Z")
_LONGEST = 1000  # characters: what is longer is parameters
_CHARACTERISTIC = re.compile(r"(\w+)=([^,]+)")
_RUNTIME = re.compile(r"\.?[A-Za-z][A-Za-z. ]*\d+(?:\.\d+)?", re.ASCII)
# What a person sets to have a benchmark run otherwise. Not what names a place, such as environment variables.
_OPTIONS = frozenset(
    {
        "IterationCount", "IterationTime", "InvocationCount", "LaunchCount", "WarmupCount", "UnrollFactor",
        "RunStrategy", "Platform", "Jit", "Server", "Concurrent", "OutlierMode",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Job:
    """The job of a result: its `name` or id, the runtime if it sets one, and its options under the tool's names."""

    name: str
    runtime: str
    options: Mapping[str, str]


def job_of(display_info: str) -> Job:
    """Return the job in a `DisplayInfo`; one without a name where none can be told."""
    found = _JOB.search(display_info[:_LONGEST])
    if found is None:
        return Job("", "", {})
    values = {key: value.strip() for key, value in _CHARACTERISTIC.findall(found[2] or "")}
    options = {key: value for key, value in values.items() if key in _OPTIONS}
    return Job(found[1].strip(), runtime_name(values.get("Runtime", "")), options)


def runtime_name(text: str) -> str:
    """Return a runtime without the rest of its version: `.NET 10.0` of `.NET 10.0.4 (10.0.4, 10.0.426.12010)`."""
    found = _RUNTIME.match(text.strip())
    return found[0] if found else ""
