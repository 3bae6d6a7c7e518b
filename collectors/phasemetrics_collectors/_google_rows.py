"""The rows that Google Benchmark writes, benchmark by benchmark."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from phasemetrics.escaping import visible
from phasemetrics_collectors._bench import MOST
from phasemetrics_collectors._bench_names import without_folders
from phasemetrics_collectors._json_node import Node

IDENTITY = ("family_index", "per_family_instance_index")  # since 1.5.4
_SUFFIX = re.compile(r"_(?:mean|median|stddev|cv)\Z")


@dataclass(slots=True)
class Group:
    """The rows of one benchmark: each repetition that is told, and each aggregate by its name."""

    first: Node
    repetitions: list[Node] = field(default_factory=list)
    aggregates: dict[str, Node] = field(default_factory=dict)
    indices: set[int] = field(default_factory=set)

    def add(self, row: Node, aggregate: str | None) -> bool:
        """Add a row; return False for one of another benchmark that was given the same name."""
        index = row.find("repetition_index")
        if any(value_of(row, key) != value_of(self.first, key) for key in IDENTITY):
            return False
        if aggregate is not None:
            return self.aggregates.setdefault(aggregate, row) is row
        self.repetitions.append(row)
        if index is None:
            return True
        known = len(self.indices)
        self.indices.add(index.integer(0, int(MOST)))
        return len(self.indices) > known


def groups_of(rows: list[Node]) -> dict[str, Group]:
    """Return the rows of each benchmark by its name; raise Refusal for two benchmarks of one name."""
    names = {row.need("name").text() for row in rows}
    groups: dict[str, Group] = {}
    for row in rows:
        # How the times of several benchmarks grow has no time itself.
        growth = row.find("real_time") is None and (row.find("big_o") or row.find("rms"))
        if growth or _is_old_aggregate(row, names):
            continue
        name = _name(row)
        called = without_folders(name.text())
        if not called:
            raise name.refuse("is empty")
        group = groups.setdefault(called, Group(row))
        if name.text() != _name(group.first).text() or not group.add(row, _aggregate(row)):
            raise name.refuse("is the name of another benchmark of this file as well")
    return groups


def _name(row: Node) -> Node:
    return row.find("run_name") or row.need("name")


def _is_old_aggregate(row: Node, names: set[str]) -> bool:
    """Return whether a row that does not say what it is bears the name of another one with `_mean` behind it."""
    name = row.need("name").text()
    return row.find("run_type") is None and bool(_SUFFIX.search(name)) and _SUFFIX.sub("", name) in names


def _aggregate(row: Node) -> str | None:
    kind = row.find("run_type")
    if kind is None or kind.text() == "iteration":
        return None
    if kind.text() != "aggregate":
        raise kind.refuse(f'is "{visible(kind.text())}", expected iteration or aggregate')
    return row.need("aggregate_name").text()


def value_of(row: Node, key: str) -> object:
    """Return what stands under a key, None where there is none."""
    found = row.find(key)
    return None if found is None else found.value
