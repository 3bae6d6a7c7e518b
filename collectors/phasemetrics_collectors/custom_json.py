"""Reads benchmarks in a shape of our own, for whatever no other format is there, and the one of a GitHub action."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from phasemetrics.evidence.model import Fact, Kind, Machine, Measurement, Report
from phasemetrics_collectors._bench import MOST, Benchmark, in_base, machine, no_benchmarks, run_of
from phasemetrics_collectors._custom_entry import KEYS, entry_facts, name_of, refuse_others, unit_of
from phasemetrics_collectors._json import LONGEST_NUMBER, read
from phasemetrics_collectors._json_node import Node
from phasemetrics_collectors._outline import outline

KIND: Final[Kind] = "bench"
_MEND = "docs/formats.md says under custom_json how to write it"
_ROOT = ("benchmarks", "date", "machine")
_MACHINE = ("os", "arch", "cpu", "cores")
_IN_A_LIST = frozenset({"name", "unit", "value"})
# What the benchmarks of other formats have beside a name and, as a counter that a person named, a value.
_OTHERS = frozenset({"context", "machine_info"} | {f"benchmarks[].{key}" for key in ("stats", "runs", "real_time")})
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)


def recognises(head: bytes) -> bool:
    """Return whether `head` begins a list, or `benchmarks`, of objects with a name and a value, and no other format.

    In a list the unit has to stand there as well.
    """
    found = outline(head)
    if found >= {f"[].{key}" for key in _IN_A_LIST}:
        return True
    valued = not found.isdisjoint({"benchmarks[].value", "benchmarks[].values"})
    return "benchmarks[].name" in found and valued and found.isdisjoint(_OTHERS)


def collect(report: Report) -> Iterator[Fact]:
    """Yield a `Machine` where the report has one, and of each entry its `Options` and `bench.NAME.STAT`.

    Values are in the base unit of `unit`; one that is not known is kept. STAT is `stat`, or `measure`, or else `value`;
    `values` without either are repetitions, with min, max, mean, median, rounds and percentiles. Raises `Refusal` with
    the JSON path for what cannot be, and for a key that is not known; `Warning` `no-benchmarks`. Formats: ours, of
    docs/formats.md, and that of `customSmallerIsBetter` and `customBiggerIsBetter` of github-action-benchmark 1
    (`[{name, unit, value, range, extra}]`), which does not say which way is better.
    """
    root = read(report, _MEND)
    listed = isinstance(root.value, list)
    run = ""
    if not listed:
        refuse_others(root, _ROOT)
        run = run_of(root.find("date"))
        yield from _machine(root.find("machine"))
    entries = list((root if listed else root.need("benchmarks")).items())
    if not entries:
        yield no_benchmarks(report)
    given: set[str] = set()
    for entry in entries:
        facts = [_listed(entry)] if listed else list(entry_facts(entry, run))
        names = {fact.name for fact in facts if isinstance(fact, Measurement)}
        if twice := sorted(names & given):
            stat = twice[0].rpartition(".")[2]
            raise entry.need("name").refuse(f"is that of an entry before, which has its `{stat}` as well")
        given |= names
        yield from facts


def _machine(node: Node | None) -> Iterator[Machine]:
    if node is None:
        return
    refuse_others(node, _MACHINE)
    os, arch, cpu = (found.text() if (found := node.find(key)) else "" for key in _MACHINE[:3])
    cores = node.find("cores")
    yield machine(os=os, arch=arch, cpu=cpu, cores=cores.integer(1, 10**6) if cores else 0)


def _listed(node: Node) -> Measurement:
    for key, member in node.members():
        # Whatever else stands there, the action leaves aside, and so do we; but these would say something to us.
        if key in KEYS and key not in _IN_A_LIST:
            raise member.refuse("is a key for an entry of `benchmarks`, and this is an entry of a list")
    value = node.need("value")
    if isinstance(value.value, str):
        value = replace(value, value=_number(value))
    unit, least = unit_of(node)
    return Benchmark(name_of(node)).measured("value", *in_base(value.number(least, MOST), unit))


def _number(node: Node) -> float:
    text = node.text().strip()
    if len(text) > LONGEST_NUMBER or not _NUMBER.fullmatch(text):
        raise node.refuse("is a string, and not that of one number")
    return float(text)
