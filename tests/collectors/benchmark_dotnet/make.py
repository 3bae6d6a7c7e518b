"""Writes the reports here and `expected.json` again: `python tests/collectors/benchmark_dotnet/make.py`.

    full.json    --exporters fulljson --launchCount 2, two jobs, the memory diagnoser; one benchmark failed
    brief.json   --exporters briefjson: no measurements; null for what is not known; enough values for a percentile
    older.json   as BenchmarkDotNet 0.9.9 writes it: a summary alone, objects where there are texts today

.NET is not among the tools that this project is built with, so no run wrote these. They have the keys, the order and
the texts for null and NaN of `JsonExporterBase` of BenchmarkDotNet 0.15; the times are invented. What is a result is
made of the actual measurements as `RunResults.GetWorkloadResultMeasurements` does it: less the median overhead, and
without outliers. The expected numbers are computed from the nanoseconds of an operation that the results came to.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
OPERATIONS = 4096
OVERHEAD = 8192.0  # nanoseconds of an iteration
HOST = {
    "BenchmarkDotNetCaption": "BenchmarkDotNet",
    "BenchmarkDotNetVersion": "0.15.8",
    "OsVersion": "Linux Ubuntu 24.04.2 LTS (Noble Numbat)",
    "ProcessorName": "AMD EPYC 7763 2.45GHz",
    "PhysicalProcessorCount": 1,
    "PhysicalCoreCount": 2,
    "LogicalCoreCount": 4,
    "RuntimeVersion": ".NET 9.0.4 (9.0.4, 9.0.425.16305)",
    "Architecture": "X64",
    "HasAttachedDebugger": False,
    "HasRyuJit": True,
    "Configuration": "RELEASE",
    "DotNetCliVersion": "9.0.203",
    "ChronometerFrequency": {"Hertz": 1000000000},
    "HardwareTimerKind": "Unknown",
}
# Nanoseconds of an operation by launch; the last of each launch is an outlier, and no result.
JOIN = ((52.0, 50.5, 51.25, 96.0), (48.0, 49.5, 48.75, 90.0))
JOIN_8 = ((60.0, 61.5, 63.0, 120.0),)
FIND = tuple(20.0 + index / 8 for index in range(120))
JOBS = {
    ".NET 9.0": ".NET 9.0(Runtime=.NET 9.0, IterationCount=4, LaunchCount=2, WarmupCount=1)",
    ".NET 8.0": ".NET 8.0(Runtime=.NET 8.0, EnvironmentVariables=HOME=/home/name-of-the-user, WarmupCount=1)",
}


def measurement(mode: str, stage: str, launch: int, index: int, operations: int, nanoseconds: float) -> dict[str, Any]:
    return {
        "IterationMode": mode,
        "IterationStage": stage,
        "LaunchIndex": launch,
        "IterationIndex": index,
        "Operations": operations,
        "Nanoseconds": nanoseconds,
    }


def measurements(launches: Sequence[Sequence[float]]) -> list[dict[str, Any]]:
    found = []
    for launch, values in enumerate(launches, start=1):
        found.append(measurement("Overhead", "Jitting", launch, 1, 1, 162600))
        found.append(measurement("Workload", "Jitting", launch, 1, 1, 230200))
        found.append(measurement("Workload", "Pilot", launch, 1, 16, 13600))
        found.append(measurement("Overhead", "Actual", launch, 1, OPERATIONS, OVERHEAD))
        found.append(measurement("Workload", "Warmup", launch, 1, OPERATIONS, 999999.5))
        actual = [value * OPERATIONS + OVERHEAD for value in values]
        for index, nanoseconds in enumerate(actual, start=1):
            found.append(measurement("Workload", "Actual", launch, index, OPERATIONS, nanoseconds))
        for index, nanoseconds in enumerate(actual[:-1], start=1):
            found.append(measurement("Workload", "Result", launch, index, OPERATIONS, nanoseconds - OVERHEAD))
    return found


def summary(values: Sequence[float]) -> dict[str, Any]:
    percentiles = statistics.quantiles(values, n=100, method="inclusive")
    deviation: float | str = statistics.stdev(values) if len(values) > 1 else ""
    return {
        "OriginalValues": list(values),
        "N": len(values),
        "Min": min(values),
        "Median": statistics.median(values),
        "Mean": statistics.fmean(values),
        "Max": max(values),
        "StandardDeviation": deviation,
        "Skewness": "",
        "Percentiles": {
            "P0": min(values),
            **{f"P{one}": percentiles[one - 1] for one in (50, 90, 95)},
            "P100": max(values),
        },
    }


def benchmark(method: str, job: str, statistic: dict[str, Any] | None, parameters: str = "") -> dict[str, Any]:
    suffix = f"({parameters.replace('=', ': ')})" if parameters else ""
    return {
        "DisplayInfo": f"Cart.{method}: {job}" + (f" [{parameters}]" if parameters else ""),
        "Namespace": "Shop",
        "Type": "Cart",
        "Method": method,
        "MethodTitle": method,
        "Parameters": parameters,
        "FullName": f"Shop.Cart.{method}{suffix}",
        "HardwareIntrinsics": "AVX2",
        "Statistics": statistic,
    }


def with_measurements(method: str, job: str, launches: Sequence[Sequence[float]]) -> dict[str, Any]:
    values = [value for launch in launches for value in launch[:-1]]
    memory = {
        "Gen0Collections": 184, "Gen1Collections": 2, "Gen2Collections": 0, "TotalOperations": 8388608,
        "BytesAllocatedPerOperation": 368,
    }  # fmt: skip
    made = benchmark(method, job, summary(values), "Size=10")
    return made | {"Memory": memory, "Measurements": measurements(launches)}


def full() -> dict[str, Any]:
    return {
        "Title": "Shop.Cart-20261120-104500",
        "HostEnvironmentInfo": HOST,
        "Benchmarks": [
            with_measurements("Join", JOBS[".NET 9.0"], JOIN),
            with_measurements("Join", JOBS[".NET 8.0"], JOIN_8),
            benchmark("Crash", "DefaultJob", None) | {"Measurements": []},
        ],
    }


def brief() -> dict[str, Any]:
    found = [benchmark("Find", "DefaultJob", summary(FIND)), benchmark("Once", "DefaultJob", summary((7.5, 7.5)))]
    found[1]["Statistics"] |= {"OriginalValues": [7.5], "N": 1, "StandardDeviation": ""}
    found[0] |= {"Namespace": None, "FullName": None, "Parameters": "Text=a"}
    return {
        "Title": "Cart",
        "HostEnvironmentInfo": HOST | {"OsVersion": None, "ProcessorName": None},
        "Benchmarks": found,
    }


def older() -> dict[str, Any]:
    statistic = summary(FIND)
    del statistic["OriginalValues"]
    statistic["Mean"] = 27.5
    found = benchmark("Find", "", statistic)
    for key in ("DisplayInfo", "FullName", "HardwareIntrinsics"):
        del found[key]
    host = {
        "BenchmarkDotNetCaption": "BenchmarkDotNet-Dev.Core",
        "BenchmarkDotNetVersion": "0.9.9.0",
        "OsVersion": "Microsoft Windows NT 6.2.9200.0",
        "ProcessorName": {"IsValueCreated": True, "Value": "Intel(R) Core(TM) i7-4702MQ CPU 2.20GHz"},
        "ProcessorCount": 8,
        "ClrVersion": "MS.NET 4.0.30319.42000",
        "Architecture": "64-bit",
        "Configuration": "RELEASE",
        "ChronometerFrequency": 2143474,
    }
    return {"Title": "Cart", "HostEnvironmentInfo": host, "Benchmarks": [{"ShortInfo": "Cart_Find"} | found]}


def expected(launches: Sequence[Sequence[float]]) -> dict[str, Any]:
    """Return what each launch comes to, in seconds."""
    return {
        "rounds": sum(map(len, launches)),
        "min": [min(launch) * 1e-9 for launch in launches],
        "max": [max(launch) * 1e-9 for launch in launches],
        "mean": [statistics.fmean(launch) * 1e-9 for launch in launches],
        "median": [statistics.median(launch) * 1e-9 for launch in launches],
    }


def main() -> None:
    for name, report in {"full": full(), "brief": brief(), "older": older()}.items():
        (HERE / f"{name}.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    summed = expected([FIND]) | {
        "stddev": [statistics.stdev(FIND) * 1e-9],
        "p90": [statistics.quantiles(FIND, n=100, method="inclusive")[89] * 1e-9],
        "p95": [statistics.quantiles(FIND, n=100, method="inclusive")[94] * 1e-9],
    }
    numbers = {
        "full.json": {
            "Shop.Cart.Join(Size: 10) (.NET 9.0)": expected([launch[:-1] for launch in JOIN]),
            "Shop.Cart.Join(Size: 10) (.NET 8.0)": expected([launch[:-1] for launch in JOIN_8])
            | {"stddev": [statistics.stdev(JOIN_8[0][:-1]) * 1e-9]},
        },
        "brief.json": {"Cart.Find(Text=a)": summed, "Shop.Cart.Once": expected([[7.5]])},
        # The summary stands for itself where there are no values to compute it from.
        "older.json": {"Shop.Cart.Find": summed | {"mean": [27.5e-9]}},
    }
    (HERE / "expected.json").write_text(json.dumps(numbers, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
