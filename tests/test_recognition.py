"""No two formats of benchmark results are taken for each other, nor any other report for one of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench_facts import COLLECTORS, FOLDERS

# What lies in a folder and is no report: what made the samples, what they come to, what is read beside them.
NO_REPORTS = {"expected.json", "make.py"}
BESIDE = {
    "asv": {"benchmarks.json", "machine.json"},
    "criterion": {"benchmark.json", "sample.json"},
    "tinybench": {"cart.mjs"},
    "vitest": {"cart.bench.js", "late.bench.js"},
}
OTHERS = sorted(path.name for path in FOLDERS.iterdir() if path.name not in COLLECTORS)


def knowing(folder: str) -> dict[Path, list[str]]:
    """Return which collectors of benchmarks recognise each file of a folder."""
    files = (path for path in sorted((FOLDERS / folder).rglob("*")) if path.is_file() and path.suffix != ".pyc")
    heads = {path.relative_to(FOLDERS): path.read_bytes()[:4096] for path in files}
    return {
        path: [name for name, collector in COLLECTORS.items() if collector.recognises(head)]
        for path, head in heads.items()
    }


@pytest.mark.parametrize("name", COLLECTORS)
def test_a_sample_is_recognised_by_its_own_collector_and_no_other(name: str) -> None:
    no_reports = NO_REPORTS | BESIDE.get(name, set())
    found = knowing(name)
    assert {path.name for path in found} > no_reports, "there is no sample, or what is listed here is not there"
    wanted = {path: [] if path.name in no_reports else [name] for path in found}
    assert {str(path): names for path, names in found.items() if names != wanted[path]} == {}


@pytest.mark.parametrize("folder", OTHERS)
def test_a_report_of_another_kind_is_no_benchmark(folder: str) -> None:
    found = knowing(folder)
    assert found, "there is no file"
    assert {str(path): names for path, names in found.items() if names} == {}
