"""Writes the reports here and `expected.json` again: `python tests/collectors/jmh/make.py`.

    session.json   two modes, parameters, -prof gc -prof stack; a unit that contradicts its mode
    sample.json    -bm sample, as a histogram, with its percentiles among the secondary metrics
    older.json     as JMH 1.29 writes it: names with a leading dot, no NaN, one iteration
    summary.json   -Djmh.json.rawData=false

JMH comes from Maven central, which this project does not need for anything else, so they are made by hand: with the
keys, the order and the texts for NaN that `JSONResultFormat` of JMH 1.37 has. The scores are invented; all that a score
is summed up in is computed from them. The expected numbers are computed from lists of all values.
"""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PERCENTILES = (0.0, 50.0, 90.0, 95.0, 99.0, 99.9, 99.99, 99.999, 99.9999, 100.0)
SECONDS = {"ops/us": 1e6, "ops/s": 1.0, "us/op": 1e-6, "ns/op": 1e-9, "ms/op": 1e-3, "s/op": 1.0}

JOIN = "shop.CartBenchmark.join"
SESSION: tuple[tuple[str, str, dict[str, str], str, tuple[tuple[float, ...], ...]], ...] = (
    (JOIN, "thrpt", {"size": "10", "text": "a,b"}, "ops/us", ((4.75, 5.25, 5.0), (4.5, 5.5, 4.25))),
    (JOIN, "thrpt", {"text": "a,b", "size": "1000"}, "ops/us", ((0.0475, 0.05, 0.049), (0.0512, 0.047, 0.0505))),
    (JOIN, "avgt", {"size": "10", "text": "a,b"}, "us/op", ((0.21, 0.2, 0.205), (0.22, 0.19, 0.23))),
    ("shop.CartBenchmark.total", "thrpt", {}, "s/op", ((0.5, 0.25, 0.75), (1.0, 0.5, 0.625))),
    ("shop.CartBenchmark.start", "ss", {}, "ms/op", ((12.5,), (11.25,))),
)
# Nanoseconds with how often each was measured, by fork and iteration.
HISTOGRAM = (
    (((20.0, 300), (21.0, 2), (30.0, 900), (1504.0, 1)), ((20.0, 400), (30.0, 1100), (40.0, 60))),
    (((20.0, 250), (30.0, 1300), (40.0, 100), (10240.0, 1)), ((19.0, 5), (30.0, 1580), (50.0, 120))),
)


def percentile(values: Sequence[float], percent: float) -> float:
    """Return a percentile as JMH has it: definition 6 of Hyndman and Fan."""
    ordered = sorted(values)
    place = percent * (len(ordered) + 1) / 100
    below = math.floor(place)
    low, high = (ordered[min(max(one, 1), len(ordered)) - 1] for one in (below, below + 1))
    return low + (high - low) * (place - below)


def score(values: Sequence[float], unit: str) -> dict[str, Any]:
    error = 1.96 * statistics.stdev(values) if len(values) > 2 else "NaN"
    mean = statistics.fmean(values)
    return {
        "score": mean,
        "scoreError": error,
        "scoreConfidence": [mean - error, mean + error] if isinstance(error, float) else ["NaN", "NaN"],
        "scorePercentiles": {str(one): percentile(values, one) for one in PERCENTILES},
        "scoreUnit": unit,
    }


def secondary(value: float | str, unit: str) -> dict[str, Any]:
    return {
        "score": value,
        "scoreError": "NaN",
        "scoreConfidence": ["NaN", "NaN"],
        "scorePercentiles": {str(one): value for one in PERCENTILES},
        "scoreUnit": unit,
        "rawData": [[value, value], [value, value]],
    }


def gc(dot: str = "") -> dict[str, Any]:
    return {
        f"{dot}gc.alloc.rate": secondary(529.5, "MB/sec"),
        f"{dot}gc.alloc.rate.norm": secondary(92.25, "B/op"),
        f"{dot}gc.churn.G1_Eden_Space": secondary(530.25, "MB/sec"),
        f"{dot}gc.count": secondary(6.0, "counts"),
        f"{dot}gc.time": secondary(44.0, "ms"),
    }


def result(
    name: str, mode: str, params: dict[str, str], metric: dict[str, Any], forks: int, count: int
) -> dict[str, Any]:
    return {
        "jmhVersion": "1.37",
        "benchmark": name,
        "mode": mode,
        "threads": 1,
        "forks": forks,
        "jvm": "/home/name-of-the-user/jdk/bin/java",
        "jvmArgs": ["-Xmx2g", "-Dhost=name-of-the-host"],
        "jdkVersion": "17.0.15",
        "vmName": "OpenJDK 64-Bit Server VM",
        "vmVersion": "17.0.15+6",
        "warmupIterations": 1,
        "warmupTime": "50 ms",
        "warmupBatchSize": 1,
        "measurementIterations": count,
        "measurementTime": "single-shot" if mode == "ss" else "50 ms",
        "measurementBatchSize": 1,
        **({"params": params} if params else {}),
        "primaryMetric": metric,
        "secondaryMetrics": {},
    }


def session() -> list[dict[str, Any]]:
    results = []
    for name, mode, params, unit, forks in SESSION:
        metric = score([value for fork in forks for value in fork], unit) | {"rawData": forks}
        results.append(result(name, mode, params, metric, len(forks), len(forks[0])))
        results[-1]["secondaryMetrics"] = gc() | {"stack": secondary("NaN", "---")}
    return results


def expanded(fork: Sequence[Sequence[tuple[float, int]]]) -> list[float]:
    return [value for iteration in fork for value, count in iteration for _ in range(count)]


def sampled() -> dict[str, Any]:
    values = [value for fork in HISTOGRAM for value in expanded(fork)]
    found = result("shop.CartBenchmark.find", "sample", {}, score(values, "ns/op"), 2, 2)
    found["primaryMetric"]["rawDataHistogram"] = HISTOGRAM
    for name in ("0.00", "0.50", "0.90", "0.95", "0.99", "0.999", "0.9999", "1.00"):
        found["secondaryMetrics"][f"p{name}"] = secondary(percentile(values, float(name) * 100), "ns/op")
    return found


def older() -> dict[str, Any]:
    found = result("shop.CartBenchmark.find", "avgt", {}, score((25.5,), "ns/op") | {"rawData": [[25.5]]}, 1, 1)
    found |= {"jmhVersion": "1.29", "jdkVersion": "1.8.0_202", "secondaryMetrics": gc("·")}
    return found


def expected(forks: Sequence[Sequence[float]], unit: str) -> dict[str, Any]:
    """Return what each fork comes to, in seconds or operations a second."""
    factor = SECONDS[unit]
    return {
        "unit": "second" if unit.endswith("/op") else "per_second",
        "rounds": sum(map(len, forks)),
        "min": [factor * min(fork) for fork in forks],
        "max": [factor * max(fork) for fork in forks],
        "mean": [factor * statistics.fmean(fork) for fork in forks],
        "median": [factor * statistics.median(fork) for fork in forks],
    }


def main() -> None:
    everything = session()
    summary = [json.loads(json.dumps(one)) for one in (everything[0], sampled())]
    summary[0]["primaryMetric"]["rawData"] = []
    summary[1]["primaryMetric"]["rawDataHistogram"] = []
    reports = {"session": everything, "sample": [sampled()], "older": [older()], "summary": summary}
    for name, report in reports.items():
        (HERE / f"{name}.json").write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    names = (
        f"{JOIN}{{size=10,text=a,b}} (thrpt)", f"{JOIN}{{size=1000,text=a,b}}", f"{JOIN}{{size=10,text=a,b}} (avgt)",
        "shop.CartBenchmark.total", "shop.CartBenchmark.start",
    )  # fmt: skip
    numbers = {
        "session.json": {name: expected(one[4], one[3]) for name, one in zip(names, SESSION, strict=True)},
        "sample.json": {"shop.CartBenchmark.find": expected([expanded(fork) for fork in HISTOGRAM], "ns/op")},
        "older.json": {"shop.CartBenchmark.find": expected([[25.5]], "ns/op")},
    }
    (HERE / "expected.json").write_text(json.dumps(numbers, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
