"""Writes the reports here and `expected.json` again: `python tests/collectors/google_benchmark/make.py`.

    repetitions.json   --benchmark_repetitions=4
    aggregates.json    --benchmark_repetitions=4 --benchmark_report_aggregates_only=true
    once.json          neither

Two things are changed in them: the name of the host, and the path of the program. The expected numbers come from
the library's other reporter, CSV, which it writes of the same run with six digits; with repetitions, the mean and the
median are those that the library computed.
"""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
HOST = "name-of-the-host"
BENCHMARKS = r"""
#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

static void BM_Copy(benchmark::State& state) {
  std::string from(state.range(0), 'x'), to(state.range(0), 'y');
  for (auto _ : state) {
    std::memcpy(&to[0], &from[0], from.size());
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
  state.SetComplexityN(state.range(0));
  state.counters["hits"] = 3;
  state.counters["misses"] = 0;  // its variation is 0 / 0
  state.counters["total"] = state.range(0);
}
BENCHMARK(BM_Copy)->Arg(64)->Arg(4096)->Unit(benchmark::kMicrosecond)->Complexity();

static double most(const std::vector<double>& values) { return *std::max_element(values.begin(), values.end()); }

static void BM_Items(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(state.iterations());
  state.SetItemsProcessed(state.iterations());
  state.SetLabel("a \"label\"");
}
BENCHMARK(BM_Items)->Threads(2)->ComputeStatistics("max", most);

static void BM_Fails(benchmark::State& state) {
  state.SkipWithError("no \"input\"");
  for (auto _ : state) {
  }
}
BENCHMARK(BM_Fails);

static int calls = 0;
static void BM_FailsLater(benchmark::State& state) {
  if (++calls > 3) state.SkipWithError("later");
  for (auto _ : state) {
  }
}
BENCHMARK(BM_FailsLater)->Iterations(1000);

BENCHMARK_MAIN();
"""
SECONDS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}
MEASURES = ("bytes_per_second", "items_per_second", "hits", "misses", "total")
AGGREGATE = re.compile(r"(.*)_(mean|median|stddev|max)")


def build(folder: Path) -> None:
    """Compile the benchmarks to `folder/benchmarks`."""
    (folder / "benchmarks.cc").write_text(BENCHMARKS)
    command = ["g++", "-O1", "benchmarks.cc", "-lbenchmark", "-lpthread", "-o", "benchmarks"]
    if (
        shutil.which("g++") is None
        or subprocess.run(command, cwd=folder, check=False, stderr=subprocess.DEVNULL).returncode
    ):
        sys.exit("g++ or the library of Google Benchmark is missing: install g++ and libbenchmark-dev")


def session(folder: Path, *options: str) -> tuple[str, list[dict[str, str]]]:
    """Return what one run writes as JSON, and the rows that it prints as CSV."""
    command = ["./benchmarks", "--benchmark_format=csv", "--benchmark_min_time=0.001", *options]
    output = ["--benchmark_out=report.json", "--benchmark_out_format=json"]
    variables = {name: value for name, value in os.environ.items() if not name.startswith("BENCHMARK_")}
    ran = subprocess.run([*command, *output], cwd=folder, check=True, capture_output=True, text=True, env=variables)
    report = (folder / "report.json").read_text()
    report = re.sub(r'("host_name": )"[^"]*"', rf'\1"{HOST}"', report)
    return re.sub(r'("executable": )"[^"]*"', r'\1"./benchmarks"', report), list(
        csv.DictReader(ran.stdout.splitlines())
    )


def row_values(row: dict[str, str]) -> dict[str, float]:
    """Return the times of a row in seconds, and its other measures."""
    factor = SECONDS[row["time_unit"]]
    found = {"real_time": float(row["real_time"]) * factor, "cpu_time": float(row["cpu_time"]) * factor}
    return found | {key: float(row[key]) for key in MEASURES if row.get(key)}


def expected(rows: list[dict[str, str]]) -> dict[str, Any]:
    """Return the values of each repetition, what the library made of them, and how many repetitions failed."""
    found: dict[str, Any] = {}
    for row in rows:
        aggregate = AGGREGATE.fullmatch(row["name"])
        if re.search("_(cv|BigO|RMS)$", row["name"]):
            continue
        one = found.setdefault(
            aggregate[1] if aggregate else row["name"], {"failed": 0, "repetitions": [], "aggregates": {}}
        )
        if row["error_occurred"] == "true":
            one["failed"] += 1
        elif aggregate:
            one["aggregates"][aggregate[2]] = row_values(row)
        else:
            one["repetitions"].append(row_values(row))
    return found


def main() -> None:
    repetitions = "--benchmark_repetitions=4"
    found = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build(folder)
        for report, options in {
            "repetitions.json": [repetitions],
            "aggregates.json": [repetitions, "--benchmark_report_aggregates_only=true"],
            "once.json": [],
        }.items():
            text, rows = session(folder, *options)
            (HERE / report).write_text(text)
            found[report] = expected(rows)
    (HERE / "expected.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
