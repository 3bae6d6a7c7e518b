"""Writes the reports here and `expected.json` again: `python tests/collectors/k6/make.py`.

    summary-export.json    k6 run --summary-export=summary-export.json
    handle-summary.json    handleSummary() that returns JSON.stringify(data, null, 4)
    machine-readable.json  k6 run --new-machine-readable-summary --summary-export=machine-readable.json

They are made by hand: one test, invented value by value, in the shapes that grafana/k6 2.2 has in
`internal/js/summary_test.go`, `internal/js/summary-wrapper.js` and `internal/cmd/tests/cmd_run_test.go`. The expected
numbers are computed from the values. Nobody went to `http_req_duration{name:checkout}`, where k6 writes zeros.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean, median, quantiles
from typing import Any

HERE = Path(__file__).parent
SECONDS = 2.50025
dice = random.Random(6)
ANSWERS = [round(dice.lognormvariate(3, 0.5), 6) for _ in range(130)]
GOOD = [time for number, time in enumerate(ANSWERS) if number % 20 != 7]  # 123 of them
TRENDS: dict[str, tuple[str, Sequence[float]]] = {
    "http_req_duration": ("time", ANSWERS),
    "http_req_duration{expected_response:true}": ("time", GOOD),
    "http_req_duration{name:checkout}": ("time", []),
    "http_req_tls_handshaking": ("time", [0.0] * len(ANSWERS)),
    "iteration_duration": ("time", [100 + one + other for one, other in zip(ANSWERS[::2], ANSWERS[1::2], strict=True)]),
    "login_time": ("time", [12.5, 14.25, 13.0]),
    "basket_size": ("default", [3.0, 5.0, 4.0, -1.0]),
    "browser_web_vital_lcp": ("time", [310.5, 290.25]),
    "browser_web_vital_cls": ("default", [0.02, 0.1, 0.05]),
}
COUNTERS = {
    "http_reqs": ("default", 130),
    "iterations": ("default", 65),
    "orders": ("default", 12),
    "data_sent": ("data", 13000),
    "data_received": ("data", 45500),
}
RATES = {"http_req_failed": (7, 130), "checks": (120, 130), "cache_hits": (9, 12)}  # true, of all
GAUGES = {"vus": (1, 1, 5), "vus_max": (5, 5, 5)}  # value, min, max
CROSSED = {
    "http_req_duration": {"p(95)<30": True, "avg<1000": False},
    "http_req_duration{name:checkout}": {"p(95)<200": False},
    "http_req_failed": {"rate<0.01": True},
    "checks": {"rate>0.9": False},
}
ELSEWHERE = frozenset({"http_req_tls_handshaking", "checks"})  # not among the metrics of the new summary


def stats(values: Sequence[float]) -> dict[str, float]:
    if not values:
        return dict.fromkeys(("avg", "min", "med", "max", "p(90)", "p(95)"), 0)
    percentiles = quantiles(values, n=100, method="inclusive")
    return {
        "avg": fmean(values), "min": min(values), "med": median(values), "max": max(values),
        "p(90)": percentiles[89], "p(95)": percentiles[94],
    }  # fmt: skip


def metrics() -> dict[str, tuple[str, str, dict[str, float]]]:
    found: dict[str, tuple[str, str, dict[str, float]]] = {}
    for name, (contains, values) in TRENDS.items():
        found[name] = ("trend", contains, stats(values))
    for name, (contains, count) in COUNTERS.items():
        found[name] = ("counter", contains, {"count": count, "rate": count / SECONDS})
    for name, (true, total) in RATES.items():
        found[name] = ("rate", "default", {"rate": true / total, "passes": true, "fails": total - true})
    for name, (value, least, most) in GAUGES.items():
        found[name] = ("gauge", "default", {"value": value, "min": least, "max": most})
    # A map of Go has no order.
    return dict(sorted(found.items(), key=lambda _: dice.random()))


def exported() -> dict[str, Any]:
    written: dict[str, Any] = {}
    for name, (type_, _, values) in metrics().items():
        written[name] = {"value" if type_ == "rate" and key == "rate" else key: one for key, one in values.items()}
        if name in CROSSED:
            written[name]["thresholds"] = CROSSED[name]
    root = {"name": "", "path": "", "id": "d41d8cd98f00b204e9800998ecf8427e", "groups": {}, "checks": {}}
    return {"root_group": root, "metrics": written}


def handled() -> dict[str, Any]:
    written: dict[str, Any] = {}
    for name, (type_, contains, values) in metrics().items():
        written[name] = {"type": type_, "contains": contains, "values": values}
        if name in CROSSED:
            written[name]["thresholds"] = {said: {"ok": not crossed} for said, crossed in CROSSED[name].items()}
    state = {"isStdOutTTY": False, "isStdErrTTY": False, "testRunDurationMs": SECONDS * 1000}
    options = {"summaryTrendStats": list(stats([])), "summaryTimeUnit": "", "noColor": True}
    root = {"name": "", "path": "", "id": "d41d8cd98f00b204e9800998ecf8427e", "groups": [], "checks": []}
    return {"metrics": written, "root_group": root, "options": options, "state": state}


def machine_readable() -> dict[str, Any]:
    listed = [_listed(name, *metric) for name, metric in metrics().items() if name not in ELSEWHERE]
    true, total = RATES["checks"]
    checks = [
        _listed("checks_total", "counter", "default", {"count": total}),
        _listed("checks_failed", "rate", "default", {"passes": total - true, "fails": true, "rate": 1 - true / total}),
        _listed("checks_succeeded", "rate", "default", {"passes": true, "fails": total - true, "rate": true / total}),
    ]
    return {
        "config": {"duration": SECONDS, "execution": "local", "script": "/home/somebody/secret/load.js"},
        "metadata": {"generated_at": "2026-11-20T12:00:00.123456789+01:00", "k6_version": "2.2.0"},
        "results": {"checks": {"metrics": checks, "results": []}, "metrics": listed},
        "version": "1.0.0",
    }


def _listed(name: str, type_: str, contains: str, values: Mapping[str, float]) -> dict[str, Any]:
    written: dict[str, float] = dict(values)
    if type_ == "counter":
        written = {"count": values["count"]}
    elif type_ == "rate":
        written = {"matches": values["passes"], "rate": values["rate"], "total": values["passes"] + values["fails"]}
    elif type_ == "trend":
        written = {key.replace("(", "").replace(")", ""): value for key, value in values.items()}
    return {"contains": contains, "name": name, "type": type_, "values": dict(sorted(written.items()))}


def expected(without: frozenset[str] = frozenset(), *, says_time: bool = True) -> dict[str, dict[str, float]]:
    """Return what a reader of the values would say, in seconds and bytes; an unsaid unit leaves a number as it is."""
    found: dict[str, dict[str, float]] = {}
    for name, (contains, values) in TRENDS.items():
        factor = 1000 if contains == "time" and (says_time or name != "login_time") else 1
        if values and name not in without:
            said = stats([value / factor for value in values])
            names = {"avg": "mean", "med": "median", "p(90)": "p90", "p(95)": "p95"}
            found[name] = {names.get(key, key): value for key, value in said.items()}
        if name.startswith("http_req") and name not in without:
            found.setdefault(name, {}).update(failed=7, total=130)
    for name, (_, count) in COUNTERS.items():
        found[name] = {"count": count, "rate": count / SECONDS}
    for name, (true, total) in RATES.items():
        found[name] = {"rate": true / total}
    for name, (value, least, most) in GAUGES.items():
        found[name] = {"value": value, "min": least, "max": most}
    found["http_reqs"].update(failed=7, total=130)
    found["checks"].update(failed=10, total=130)
    return found


def write(name: str, content: object) -> None:
    (HERE / name).write_text(json.dumps(content, indent=4) + "\n")


def main() -> None:
    write("summary-export.json", exported())
    write("handle-summary.json", handled())
    write("machine-readable.json", machine_readable())
    numbers = {
        "summary-export.json": expected(says_time=False),
        "handle-summary.json": expected(),
        "machine-readable.json": expected(frozenset({"http_req_tls_handshaking"})),
    }
    write("expected.json", numbers)


if __name__ == "__main__":
    main()
