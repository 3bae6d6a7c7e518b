"""The results in a file of asv: for each benchmark one of every combination of its parameters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from math import prod

from phasemetrics_collectors._bench_names import without_folders
from phasemetrics_collectors._json_node import Node, spelled

_MOST_COMBINATIONS = 100_000
_COLUMNS = ("result", "samples", "stats_q_25", "stats_q_75", "stats_repeat")


@dataclass(frozen=True, slots=True)
class Result:
    """One combination: `name` is `benchmark(param1, param2)`, `place` where the file says it.

    `values` are those of its columns that are not null: without `result` it failed.
    """

    benchmark: str
    name: str
    version: str
    place: Node
    values: Mapping[str, Node]


def results(root: Node) -> Iterator[Result]:
    """Yield every result of a file in asv's version 2 or 1; of version 1 neither samples nor statistics."""
    version = root.need("version").integer(1, 2)
    columns = list(_names_of_columns(root.need("result_columns"))) if version == 2 else []
    versions = root.find("benchmark_version") if version == 1 else None
    for name, entry in root.need("results").members():
        row = _row(entry, columns) if version == 2 else _first_version(entry, versions and versions.find(name))
        yield from _combined(name, entry, {key: node for key, node in row.items() if node.value is not None})


def _names_of_columns(node: Node) -> Iterator[str]:
    names = [column.text() for column in node.items()]
    if names.count("result") != 1:
        raise node.refuse("does not name one column `result`")
    yield from names


def _row(entry: Node, columns: list[str]) -> dict[str, Node]:
    cells = list(entry.items())
    if len(cells) > len(columns):
        raise entry.refuse(f"has {len(cells)} values for {len(columns)} `result_columns`")
    return dict(zip(columns, cells, strict=False))  # nulls at the end are left out


def _first_version(entry: Node, version: Node | None) -> dict[str, Node]:
    parameterised = isinstance(entry.value, dict)
    row = {
        "result": entry.need("result") if parameterised else entry,
        "params": entry.find("params") if parameterised else None,
        "version": version,
    }
    return {key: node for key, node in row.items() if node is not None}


def _combined(benchmark: str, entry: Node, row: Mapping[str, Node]) -> Iterator[Result]:
    names = _names(benchmark, row.get("params"))
    lists = {key: _items(row[key], len(names)) for key in _COLUMNS if key in row}
    version = row["version"].text() if "version" in row else ""
    for index, name in enumerate(names):
        values = {key: items[index] for key, items in lists.items() if items[index].value is not None}
        yield Result(benchmark, name, version, entry, values)


def _items(node: Node, count: int) -> list[Node]:
    items = list(node.items()) if isinstance(node.value, list) else [node]  # version 1 had a number, too
    if len(items) != count:
        raise node.refuse(f"has {len(items)} values for {count} combinations of parameters")
    return items


def _names(benchmark: str, params: Node | None) -> list[str]:
    """Return the name of each combination, the last parameter varying fastest."""
    axes = [] if params is None else [[value.text() for value in axis.items()] for axis in params.items()]
    benchmark = spelled(benchmark)
    if not axes or params is None:
        return [benchmark]
    if prod(map(len, axes)) > _MOST_COMBINATIONS:
        raise params.refuse(f"has more than {_MOST_COMBINATIONS} combinations")
    return [f"{benchmark}({', '.join(values)})" for values in product(*map(_shown, axes))]


def _shown(axis: list[str]) -> list[str]:
    """Return the values of a parameter without folders; those that then look alike are numbered, as asv does it."""
    bare = [without_folders(value.replace(r"\\", "\\")) for value in axis]  # a value is what repr() makes of it
    uses, seen = Counter(bare), Counter[str]()
    shown = []
    for value in bare:
        shown.append(value if uses[value] == 1 else f"{value} ({seen[value]})")
        seen[value] += 1
    return shown
