"""Writes the reports here and `expected.json` again: `python tests/collectors/custom_json/make.py`.

Both are made by hand, for no tool writes them: ours.json has every key that docs/formats.md describes, list.json is in
the shape that github-action-benchmark 1.22 reads (`BenchmarkResult` in its src/extract.ts), with a value that is text.
The expected numbers stand beside each entry, as a person would work them out.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
Entry = dict[str, Any]
OURS: list[tuple[Entry, dict[str, list[float]]]] = [
    (
        {"name": "parse large file", "unit": "ms", "values": [12.1, 11.9, 12.4], "better": "lower",
         "failed": 1, "total": 4, "options": {"threads": 4, "cache": True, "mode": "release"}},
        {"min": [0.0121, 0.0119, 0.0124], "max": [0.0121, 0.0119, 0.0124], "mean": [0.0121, 0.0119, 0.0124],
         "median": [0.0121, 0.0119, 0.0124], "rounds": [3], "failed": [1], "total": [4]},
    ),
    ({"name": "parse large file", "unit": "MiB", "value": 1.5, "measure": "peak memory"}, {"peak memory": [1572864]}),
    (
        {"name": "GET /api/users", "unit": "us", "value": 830, "stat": "p(95)", "failed": 0, "total": 2000},
        {"p95": [0.00083], "failed": [0], "total": [2000]},
    ),
    ({"name": "GET /api/users", "unit": "req/s", "value": 1204.5, "measure": "rate"}, {"rate": [1204.5]}),
    ({"name": "app.js", "unit": "B", "value": 48213}, {"value": [48213]}),
    ({"name": "search", "unit": "points", "value": -3.5, "better": "higher"}, {"value": [-3.5]}),
    ({"name": "import", "unit": "s", "failed": 5, "total": 5}, {"failed": [5], "total": [5]}),
]  # fmt: skip
LISTED: list[tuple[Entry, dict[str, list[float]]]] = [
    ({"name": "Throughput", "unit": "req/s", "value": 70}, {"value": [70]}),
    ({"name": "Free memory", "unit": "Megabytes", "value": 150, "range": "3", "extra": "Threads: 2\nCold"},
     {"value": [150]}),
    ({"name": "Load", "unit": "percent", "value": "50.5", "range": 5}, {"value": [0.505]}),
    ({"name": "Sort", "unit": "ns/iter", "value": 1847.38, "range": "± 10"}, {"value": [1.84738e-6]}),
]  # fmt: skip


def numbers(entries: list[tuple[Entry, dict[str, list[float]]]]) -> dict[str, list[float]]:
    return {f"bench.{entry['name']}.{stat}": values for entry, given in entries for stat, values in given.items()}


def main() -> None:
    machine = {"os": "linux", "arch": "amd64", "cpu": "Example 9000", "cores": 8}
    ours = {"date": "2026-11-20T12:00:00+02:00", "machine": machine, "benchmarks": [entry for entry, _ in OURS]}
    listed = [entry for entry, _ in LISTED]
    expected = {"ours.json": numbers(OURS), "list.json": numbers(LISTED)}
    for name, document in (("ours.json", ours), ("list.json", listed), ("expected.json", expected)):
        (HERE / name).write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
