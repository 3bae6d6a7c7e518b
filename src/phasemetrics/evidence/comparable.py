"""Whether two ends of a phase were measured alike, so that a benchmark may be compared at all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce

from phasemetrics.escaping import plain
from phasemetrics.evidence.benchruns import FAILED, TOTAL
from phasemetrics.evidence.benchruns import MIXED as MIXED_VALUES
from phasemetrics.evidence.model import UNKNOWN, Machine, Metric, Snapshot
from phasemetrics.unitnames import SYMBOLS

MIXED = "mixed-machines"  # the warning in a snapshot whose benchmarks did not all run on one machine
_TRAITS = {"cpu": "CPU", "arch": "architecture", "os": "OS", "cores": "number of cores", "runtime": "runtime"}
_TIMED = frozenset({"second", "per_second", "byte_per_second"})
_MINOR = re.compile(r"\D*\d+(?:\.\d+)?", re.ASCII)
_LONGEST = 40  # characters of an option, such as the hash of a benchmark's code


@dataclass(frozen=True, slots=True)
class Attempts:
    """How many of all attempts at one end failed: processes that were started, requests that were sent."""

    failed: int
    total: int
    runs: bool = False

    @property
    def rate(self) -> float:
        """The share that failed."""
        return self.failed / self.total if self.total else 0.0

    @property
    def text(self) -> str:
        """The share in words: `3/20 runs`, or `3/555` of what is no run by itself."""
        return f"{self.failed}/{self.total}{' runs' if self.runs else ''}"


def difference(names: tuple[str, str], unit: str, before: Snapshot, after: Snapshot) -> str | None:
    """Return in words why the ends of a benchmark must not be compared; None where nothing speaks against it.

    `names` are those of the metric before and after. Times and rates do not come from machines that are known to
    differ, nor from several; no number of a benchmark from other options, or from another version of it.
    """
    if is_timed(unit):
        mixed = next((one.message for side in (before, after) for one in side.warnings if one.code == MIXED), None)
        reason = mixed or other_machine(before.machine, after.machine)
        if reason:
            return reason
    own, other = map(benchmark_of, names)
    return _other_option(before.options.get(own, {}), after.options.get(other, {}))


def is_timed(unit: str) -> bool:
    """Return whether a unit is one of time or rate, which machine and failures change; one that is not known may be.

    What is counted for one operation is not, unless it is a time.
    """
    return unit in _TIMED or (unit not in SYMBOLS and not unit.endswith("/op"))


def benchmark_of(name: str) -> str:
    """Return the benchmark that `bench.NAME.STAT` is a number of; empty for any other metric."""
    return name.removeprefix("bench.").rpartition(".")[0] if name.startswith("bench.") else ""


def _other_option(before: Mapping[str, str], after: Mapping[str, str]) -> str | None:
    for key, value in after.items():
        if key not in before and value.endswith(MIXED_VALUES):
            return f"{plain(key, _LONGEST)} differs from run to run ({plain(value, _LONGEST)})"
    for key, value in before.items():
        other = after.get(key, value)
        if other != value or value.endswith(MIXED_VALUES):
            return f"{plain(key, _LONGEST)} differs ({plain(value, _LONGEST)} → {plain(other, _LONGEST)})"
    return None


def attempts(name: str, side: Snapshot | None) -> Attempts | None:
    """Return how many attempts of the benchmark behind metric `name` failed; None where no report says it."""
    own = benchmark_of(name)
    metrics: Mapping[str, Metric] = side.metrics if side else {}
    failed, total = (metrics.get(f"bench.{own}.{stat}") for stat in (FAILED, TOTAL))
    if not own or failed is None or total is None:
        return None
    runs = max((len(metrics[one].runs) for one in (name, f"bench.{own}.median") if one in metrics), default=0)
    failures, every = (int(sum(one.runs or (one.value,))) for one in (failed, total))
    return Attempts(failures, every, runs + failures == every)


def other_machine(before: Machine | None, after: Machine | None) -> str | None:
    """Return the first thing in which two machines are known to differ: `CPU differs (A → B)`; a patch level is none.

    What one of them does not know is no difference.
    """
    if before is None or after is None:
        return None
    for trait, word in _TRAITS.items():
        earlier, later = _trait(before, trait), _trait(after, trait)
        if earlier and later and earlier != later:
            return f"{word} differs ({plain(earlier)} → {plain(later)})"
    return None


def common_machine(machines: Iterable[Machine]) -> tuple[Machine | None, str | None]:
    """Return the machine that several reports ran on, each trait from one that knows it.

    None, and in words what differs, where they ran on several.
    """
    every = sorted(machines, key=repr)
    known = reduce(_same_machine, every) if every else None
    reason = next((reason for one in every if (reason := other_machine(known, one))), None)
    return (None if reason else known), reason


def _same_machine(one: Machine, other: Machine) -> Machine:
    return Machine(**{name: getattr(one if _trait(one, name) else other, name) for name in Machine.__slots__})


def _trait(machine: Machine, trait: str) -> str:
    """Return a trait as it is compared, empty where it is not known."""
    text = str(getattr(machine, trait) or "")
    if text == UNKNOWN:
        return ""
    minor = _MINOR.match(text) if trait == "runtime" else None
    return minor.group() if minor else text
