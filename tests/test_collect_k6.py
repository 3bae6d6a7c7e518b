"""k6: the three shapes of its summary, and what none of them may say."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench_facts import (
    COLLECTORS,
    FOLDERS,
    benchmarks,
    expected,
    leaks,
    machines,
    measured,
    only_warning,
    options,
    refused_when_cut_off,
    runs,
    samples_of,
    spoilt,
    stats,
    survived,
    written,
)
from phasemetrics.errors import Refusal
from phasemetrics.evidence.model import Fact, Warning

k6 = COLLECTORS["k6"]
SAMPLES = FOLDERS / "k6"
EXPECTED: dict[str, dict[str, dict[str, float]]] = expected("k6")
GOLDEN: dict[str, dict[str, Any]] = {name: json.loads((SAMPLES / name).read_text()) for name in EXPECTED}
TREND: dict[str, object] = {"avg": 20, "min": 10, "med": 15, "max": 40, "p(90)": 30, "p(95)": 35}
REQUESTS: dict[str, Any] = {
    "http_reqs": {"count": 200, "rate": 20},
    "http_req_failed": {"value": 0.05, "passes": 10, "fails": 190},
    "http_req_duration": TREND,
}
facts_of = partial(written, k6, name="k6.json")
sample = samples_of("k6")


def legacy(**metrics: object) -> dict[str, Any]:
    return {"metrics": metrics}


def handled(**metrics: tuple[str, str, object]) -> dict[str, Any]:
    """Return metrics as handleSummary() has them, each of type, contains and values."""
    return {
        "metrics": {
            name: {"type": type_, "contains": contains, "values": values}
            for name, (type_, contains, values) in metrics.items()
        }
    }


def listed(*metrics: object, **more: object) -> dict[str, Any]:
    return {
        "config": {"duration": 10, "execution": "local", "script": "load.js"},
        "metadata": {"generated_at": "2026-11-20T12:00:00Z", "k6_version": "2.2.0"},
        "results": {"metrics": list(metrics), "checks": None},
        "version": "1.0.0",
        **more,
    }


def metric(name: object, type_: object = "counter", contains: object = "default", **values: object) -> dict[str, Any]:
    return {"name": name, "type": type_, "contains": contains, "values": values}


def units(facts: Iterable[Fact], name: str) -> set[str]:
    start = f"bench.{name}."
    return {fact.unit for fact in measured(facts) if fact.name.startswith(start)}


def crossed(facts: Iterable[Fact]) -> set[str]:
    return {fact.message for fact in facts if isinstance(fact, Warning) and fact.code == "crossed-threshold"}


@pytest.fixture(scope="module")
def golden() -> dict[str, Sequence[Fact]]:
    return {name: sample(name) for name in EXPECTED}


@pytest.mark.parametrize("shape", sorted(EXPECTED))
def test_golden_reports(golden: dict[str, Sequence[Fact]], shape: str) -> None:
    assert benchmarks(golden[shape]) == set(EXPECTED[shape])
    for name, numbers in EXPECTED[shape].items():
        assert stats(golden[shape], name) == pytest.approx(numbers, rel=1e-9), name


@pytest.mark.parametrize("shape", sorted(EXPECTED))
def test_units_of_a_golden_report(golden: dict[str, Sequence[Fact]], shape: str) -> None:
    facts = golden[shape]
    assert units(facts, "http_req_duration") == {"second", "count"}  # `failed` and `total` are counts
    assert units(facts, "iteration_duration") == units(facts, "browser_web_vital_lcp") == {"second"}
    assert units(facts, "data_sent") == {"byte", "byte_per_second"}
    assert units(facts, "iterations") == {"count", "per_second"}
    assert units(facts, "cache_hits") == {"ratio"}
    assert units(facts, "vus") == units(facts, "basket_size") == {"count"}
    assert units(facts, "browser_web_vital_cls") == {"count"}, "a score, not a time"
    assert units(facts, "login_time") == {"count" if shape == "summary-export.json" else "second"}


@pytest.mark.parametrize("shape", ["summary-export.json", "handle-summary.json"])
def test_crossed_thresholds_of_a_golden_report(golden: dict[str, Sequence[Fact]], shape: str) -> None:
    assert crossed(golden[shape]) == {
        "http_req_duration: the threshold p(95)<30 was crossed",
        "http_req_failed: the threshold rate<0.01 was crossed",
    }
    assert {fact.path for fact in golden[shape] if isinstance(fact, Warning)} == {shape}


def test_true_is_crossed_in_a_summary_export(tmp_path: Path) -> None:
    rate = {"value": 0.2, "passes": 2, "fails": 8, "thresholds": {"rate<0.1": True, "rate<0.5": False}}
    assert crossed(facts_of(legacy(errors=rate), tmp_path)) == {"errors: the threshold rate<0.1 was crossed"}


def test_not_ok_is_crossed_in_handle_summary(tmp_path: Path) -> None:
    document = handled(errors=("rate", "default", {"rate": 0.2, "passes": 2, "fails": 8}))
    document["metrics"]["errors"]["thresholds"] = {"rate<0.1": {"ok": False}, "rate<0.5": {"ok": True}}
    assert crossed(facts_of(document, tmp_path)) == {"errors: the threshold rate<0.1 was crossed"}


def test_the_new_summary_has_no_thresholds(golden: dict[str, Sequence[Fact]]) -> None:
    assert "thresholds" not in (SAMPLES / "machine-readable.json").read_text()
    assert not [fact for fact in golden["machine-readable.json"] if isinstance(fact, Warning)]


def test_a_threshold_is_shown_without_its_tricks(tmp_path: Path) -> None:
    rate = {"value": 0, "passes": 0, "fails": 8, "thresholds": {"rate\u202e\n": True}}
    assert crossed(facts_of(legacy(errors=rate), tmp_path)) == {"errors: the threshold rate\\u202e\\n was crossed"}


@pytest.mark.parametrize("shape", sorted(EXPECTED))
def test_passes_of_failed_requests_are_failures(golden: dict[str, Sequence[Fact]], shape: str) -> None:
    outcomes = {"failed": 7, "total": 130}
    for name in ("http_req_duration", "http_req_duration{expected_response:true}", "http_reqs"):
        found = stats(golden[shape], name)
        assert {key: found[key] for key in outcomes} == outcomes
    assert "failed" not in stats(golden[shape], "iteration_duration")
    assert stats(golden[shape], "http_req_failed") == {"rate": pytest.approx(7 / 130)}


@pytest.mark.parametrize("shape", sorted(EXPECTED))
def test_fails_of_checks_are_failures(golden: dict[str, Sequence[Fact]], shape: str) -> None:
    assert stats(golden[shape], "checks") == {"failed": 10, "total": 130, "rate": pytest.approx(120 / 130)}


def test_requests_with_a_tag_have_their_own_failures(tmp_path: Path) -> None:
    own = {"value": 0.5, "passes": 1, "fails": 1}
    document = legacy(**REQUESTS, **{"http_req_failed{name:a}": own, "http_req_waiting{name:a}": TREND})
    assert stats(facts_of(document, tmp_path), "http_req_waiting{name:a}")["total"] == 2
    assert stats(facts_of(document, tmp_path), "http_req_duration")["total"] == 200


def test_requests_of_a_browser_have_their_own_failures(tmp_path: Path) -> None:
    failed = {"value": 0.25, "passes": 1, "fails": 3}
    document = legacy(**REQUESTS, browser_http_req_failed=failed, browser_http_req_duration=TREND)
    found = stats(facts_of(document, tmp_path), "browser_http_req_duration")
    assert (found["failed"], found["total"], found["p95"]) == (1, 4, 0.035)


def test_where_nothing_says_so_nothing_failed_or_passed(tmp_path: Path) -> None:
    facts = facts_of(legacy(http_req_duration=TREND), tmp_path)
    assert set(stats(facts, "http_req_duration")) == {"mean", "min", "median", "max", "p90", "p95"}


def test_requests_that_all_failed_have_fine_times_and_give_none(tmp_path: Path) -> None:
    document = legacy(**REQUESTS | {"http_req_failed": {"value": 1, "passes": 200, "fails": 0}})
    facts = facts_of(document, tmp_path)
    assert stats(facts, "http_req_duration") == {"failed": 200, "total": 200}
    assert stats(facts, "http_reqs") == {"failed": 200, "total": 200, "count": 200, "rate": 20}


NOTHING: dict[str, object] = dict.fromkeys(TREND, 0)


def test_zeros_of_a_metric_without_values_are_no_times(tmp_path: Path) -> None:
    metrics = {"http_req_duration{name:a}": NOTHING, "login": NOTHING, "paid": {**TREND, "count": 0}}
    facts = facts_of(legacy(**REQUESTS, **metrics), tmp_path)
    assert set(stats(facts, "http_req_duration{name:a}")) == {"failed", "total"}
    assert stats(facts, "login") == stats(facts, "paid") == {}


def test_zeros_that_were_counted_are_times(tmp_path: Path) -> None:
    counted = {"http_req_tls_handshaking": NOTHING, "quick": {**NOTHING, "count": 3}}
    facts = facts_of(legacy(**REQUESTS, **counted), tmp_path)
    assert stats(facts, "http_req_tls_handshaking")["median"] == 0
    assert stats(facts, "quick") == {"rounds": 3, "mean": 0, "min": 0, "median": 0, "max": 0}


def test_a_rate_of_nothing_is_none(tmp_path: Path) -> None:
    facts = facts_of(legacy(checks={"value": 0, "passes": 0, "fails": 0}), tmp_path)
    assert stats(facts, "checks") == {"failed": 0, "total": 0}


def test_a_rate_is_counted_and_not_believed(tmp_path: Path) -> None:
    facts = facts_of(legacy(hits={"rate": 0.9, "passes": 1, "fails": 3}), tmp_path)
    assert stats(facts, "hits") == {"rate": 0.25}


@pytest.mark.parametrize(
    ("key", "stat"),
    [
        ("p(50)", "p50"),
        ("p(99)", "p99"),
        ("p(99.9)", "p999"),
        ("p(99.99)", "p9999"),
        ("p(90.0)", "p90"),
        ("p(2.5)", "p025"),
    ],
)
def test_percentiles_by_name(tmp_path: Path, key: str, stat: str) -> None:
    assert stats(facts_of(legacy(a={"avg": 2, key: 3}), tmp_path), "a") == {"mean": 2, stat: 3}


@pytest.mark.parametrize("key", ["p(100)", "p100", "p(x)", "sum", "p()"])
def test_a_statistic_that_has_no_name_of_its_own_is_left_out(tmp_path: Path, key: str) -> None:
    assert stats(facts_of(legacy(a={"avg": 2, key: 3}), tmp_path), "a") == {"mean": 2}


@pytest.mark.parametrize(
    ("requests", "own", "percentiles"),
    [
        (49, None, set()),
        (50, None, {"p90"}),
        (100, None, {"p90", "p95"}),
        (10**6, 60, {"p90"}),
        (10, 100, {"p90", "p95"}),
    ],
)
def test_a_percentile_needs_values(tmp_path: Path, requests: int, own: int | None, percentiles: set[str]) -> None:
    times = {"http_req_duration": TREND | ({} if own is None else {"count": own})}
    facts = facts_of(legacy(**REQUESTS | times | {"http_reqs": {"count": requests, "rate": 1}}), tmp_path)
    found = stats(facts, "http_req_duration")
    assert {stat for stat in found if stat.startswith("p")} == percentiles
    assert found.get("rounds") == own


def test_a_percentile_of_requests_with_a_tag_needs_their_number(tmp_path: Path) -> None:
    tagged = {"http_req_duration{name:a}": TREND, "http_reqs{name:a}": {"count": 60, "rate": 1}}
    assert {"p90"} == {stat for stat in _tagged(tagged, tmp_path) if stat.startswith("p")}
    del tagged["http_reqs{name:a}"]
    assert {"p90", "p95"} == {stat for stat in _tagged(tagged, tmp_path) if stat.startswith("p")}


def _tagged(metrics: dict[str, Any], folder: Path) -> dict[str, float]:
    return stats(facts_of(legacy(**REQUESTS, **metrics), folder), "http_req_duration{name:a}")


def test_a_custom_metric_is_no_time_for_its_name(tmp_path: Path) -> None:
    names = ("http_req_size", "browser_tabs", "ws_frames", "my_duration")
    facts = facts_of(legacy(**dict.fromkeys(names, TREND)), tmp_path)
    assert {name: stats(facts, name)["mean"] for name in names} == dict.fromkeys(names, 20)


def test_a_name_can_be_written(tmp_path: Path) -> None:
    facts = facts_of(legacy(**{"a\ud800": TREND}), tmp_path)
    assert stats(facts, "a\\ud800")["mean"] == 20


def test_a_counter_of_time_has_no_rate(tmp_path: Path) -> None:
    facts = facts_of(handled(waited=("counter", "time", {"count": 1500, "rate": 150})), tmp_path)
    assert stats(facts, "waited") == {"count": 1.5}


def test_the_new_summary_leaves_the_rate_of_a_counter_to_its_reader(tmp_path: Path) -> None:
    facts = facts_of(listed(metric("a", count=5), metric("b", count=5, rate=2)), tmp_path)
    assert (stats(facts, "a"), stats(facts, "b")) == ({"count": 5, "rate": 0.5}, {"count": 5, "rate": 2})
    for seconds in (0, 1e-300):
        facts = facts_of(listed(metric("a", count=5), config={"duration": seconds, "execution": "local"}), tmp_path)
        assert stats(facts, "a") == {"count": 5}


def test_what_the_new_summary_leaves_out_is_null(tmp_path: Path) -> None:
    trend = {**dict.fromkeys(["avg", "min", "p90"]), "p95": 30}
    assert stats(facts_of(listed(metric("a", "trend", "time", **trend)), tmp_path), "a") == {"p95": 0.03}
    null = {"metrics": [metric("a", count=5)], "checks": {"metrics": None, "results": None}}
    assert stats(facts_of(listed(results=null), tmp_path), "a")["count"] == 5


def test_the_new_summary_as_its_schema_spells_it(tmp_path: Path) -> None:
    requests = [metric("http_reqs", count=200), metric("http_req_failed", "rate", matches=10, total=200, rate=0.05)]
    metadata = {"generatedAt": "2026-11-20T12:00:00Z", "k6Version": "2.3.0"}
    facts = facts_of(
        listed(*requests, metric("http_req_duration", "trend", "time", **TREND), metadata=metadata), tmp_path
    )
    assert stats(facts, "http_req_duration")["p95"] == 0.035
    assert runs(facts) == {"2026-11-20T12:00:00Z"}


def test_run_is_the_date_of_the_new_summary(golden: dict[str, Sequence[Fact]]) -> None:
    assert {shape: runs(facts) for shape, facts in golden.items()} == {
        "summary-export.json": {""},
        "handle-summary.json": {""},
        "machine-readable.json": {"2026-11-20T11:00:00.123456Z"},
    }


def test_options(golden: dict[str, Sequence[Fact]], tmp_path: Path) -> None:
    found = {shape: options(facts) for shape, facts in golden.items()}
    common = {
        "summary-export.json": {"vus": "5"},
        "handle-summary.json": {"vus": "5"},
        "machine-readable.json": {"execution": "local", "vus": "5"},
    }
    assert found == {shape: dict.fromkeys(EXPECTED[shape], said) for shape, said in common.items()}
    assert set(found["handle-summary.json"]) == set(GOLDEN["handle-summary.json"]["metrics"])
    assert options(facts_of(legacy(**REQUESTS), tmp_path)) == {}


def test_how_long_it_took_is_measured_and_no_option(golden: dict[str, Sequence[Fact]]) -> None:
    assert "2500.25" not in repr(golden["handle-summary.json"])
    assert "2.50025" not in repr(golden["machine-readable.json"])


@pytest.mark.parametrize("shape", sorted(EXPECTED))
def test_nothing_of_the_host_is_told(golden: dict[str, Sequence[Fact]], shape: str) -> None:
    assert machines(golden[shape]) == []
    assert leaks(golden[shape]) == []


@pytest.mark.parametrize("document", [legacy(), listed()])
def test_no_metrics_are_a_warning(tmp_path: Path, document: object) -> None:
    assert only_warning(facts_of(document, tmp_path)) == ("no-benchmarks", "k6.json")


@pytest.mark.parametrize("shape", sorted(EXPECTED))
def test_recognises_its_own_in_any_order(shape: str) -> None:
    whole = GOLDEN[shape]
    assert k6.recognises((SAMPLES / shape).read_bytes()[:4096])
    for first in whole:
        if first == "setup_data" or (shape, first) in {("handle-summary.json", "options")}:
            continue
        rest = {key: value for key, value in whole.items() if key != first}
        assert k6.recognises(json.dumps({first: whole[first]} | rest).encode()[:4096]), first


@pytest.mark.parametrize(
    "document",
    [
        legacy(**{f"custom_{number}": TREND for number in range(100)}),
        legacy(**{f"custom_{number}": {"value": 1, "passes": 1, "fails": 0} for number in range(100)}),
        handled(**{f"custom_{number}": ("trend", "time", TREND) for number in range(100)}),
        legacy(**{"http_req_duration{name:http://a.b/{c}}": {"min": 1, "p(99.9)": 2, "max": 3}}),
        {"root_group": {"groups": {str(number): {} for number in range(2000)}}},
        listed(*(metric(f"custom_{number}", count=number) for number in range(100))),
    ],
)
def test_recognises_a_summary_of_custom_metrics(document: object) -> None:
    assert k6.recognises(json.dumps(document).encode()[:4096])


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"[]",
        b'{"metrics": {',
        b'{"metrics": {"latency": {"value": 1, "lower_value": 0, "upper_value": 2}}}',
        b'{"metrics": {"a": {"mean": 1, "median": 2}}, "results": []}',
        b'{"results": {"metrics": []}, "metadata": {}}',
        b'{"type": "Metric", "data": {"type": "gauge", "contains": "default"}, "metric": "vus"}',
        b'say "root_group" and "testRunDurationMs"',
    ],
)
def test_recognises_nothing_else(head: bytes) -> None:
    assert not k6.recognises(head)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ([], "the document is a list"),
        ({"root_group": {}}, "has no `metrics`"),
        ({"metrics": []}, "metrics is a list, expected an object"),
        (legacy(a=5), "metrics.a is a number, expected an object"),
        (legacy(a={"avg": "2"}), "metrics.a.avg is a string"),
        (legacy(http_req_duration={"avg": -1}), "metrics.http_req_duration.avg is -1, expected 0 or more"),
        (legacy(a={"avg": 1e300}), r"metrics.a.avg is 1e\+300, expected 1e\+15 at most"),
        (legacy(a=TREND | {"avg": 41}), "metrics.a.avg is not between min and max"),
        (legacy(a=TREND | {"p(95)": 9}), r'metrics.a\["p\(95\)"\] is not between min and max'),
        (legacy(a=TREND | {"count": 2.5}), "metrics.a.count is a number, expected a whole number"),
        (legacy(a={"count": -1, "rate": 1}), "metrics.a.count is -1"),
        (legacy(a={"count": 1, "rate": True}), "metrics.a.rate is true or false"),
        (legacy(a={"count": None, "rate": 1}), "metrics.a.count is null"),
        (legacy(a={"value": 1, "min": 1}), "metrics.a.max is missing"),
        (legacy(a={"value": 0, "passes": 1}), "metrics.a.fails is missing"),
        (legacy(a={"value": 0, "passes": 1, "fails": -1}), "metrics.a.fails is -1"),
        (legacy(a=TREND | {"thresholds": {"p(95)<9": {"ok": True}}}), r'\["p\(95\)<9"\] is neither true nor false'),
        (legacy(a=TREND | {"thresholds": [True]}), "metrics.a.thresholds is a list"),
        (handled(a=("mode", "time", TREND)), "metrics.a.type is no type of a metric"),
        (handled(a=("trend", "hours", TREND)), "metrics.a.contains is neither time, data nor default"),
        (handled(a=("trend", "time", 5)), "metrics.a.values is a number"),
        ({"metrics": {"a": {"values": TREND}}}, "metrics.a.type is missing"),
        ({"metrics": {"a": metric("", "trend") | {"thresholds": {"x": {"ok": 1}}}}}, "x.ok is neither true nor false"),
        (listed(metric("a"), version="2.0.0"), "version is no version of the summary"),
        (listed(metric("a", count=1), metric("a", count=1)), r"results.metrics\[1\] is another metric of one name"),
        (listed(metric("a", "rate", matches=3, total=2)), r"values.matches is 3, expected 2 at most"),
        (legacy(**{"": TREND}), r'metrics\[""\] has no name'),
        (listed(metric("")), r"results.metrics\[0\] has no name"),
        (listed(metric(5)), r"results.metrics\[0\].name is a number"),
        (listed({"name": "a", "type": "", "contains": ""}), r"results.metrics\[0\].values is missing"),
        (listed(metadata={"generated_at": "yesterday"}), "metadata.generated_at is not a date and time"),
        (listed(config={"execution": "local", "duration": -1}), "config.duration is -1"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, document: object, said: str) -> None:
    with pytest.raises(Refusal, match=said) as caught:
        facts_of(document, tmp_path)
    assert (caught.value.code, caught.value.path) == ("bad-json", "k6.json")
    assert "k6 run --summary-export" in str(caught.value)


def test_a_cut_off_report_a_key_twice_and_nan_are_refused(tmp_path: Path) -> None:
    refused_when_cut_off(k6, SAMPLES / "handle-summary.json", tmp_path, -30)
    with pytest.raises(Refusal, match='has the key "a" twice'):
        facts_of('{"metrics": {"a": {}, "a": {}}}', tmp_path)
    with pytest.raises(Refusal, match=r"metrics.a.avg is NaN"):
        facts_of(legacy(a={"avg": float("nan")}), tmp_path)


@given(st.permutations(sorted(GOLDEN["handle-summary.json"]["metrics"])))
def test_the_order_of_the_metrics_does_not_matter(
    golden: dict[str, Sequence[Fact]], scratch: Path, names: list[str]
) -> None:
    document = GOLDEN["handle-summary.json"]
    facts = facts_of({"metrics": {name: document["metrics"][name] for name in names}}, scratch)
    found, wanted = (
        sorted((fact.name, fact.value) for fact in measured(one)) for one in (facts, golden["handle-summary.json"])
    )
    assert found == wanted


@given(st.data(), st.sampled_from(sorted(EXPECTED)), spoilt({"x": 1}))
def test_a_spoilt_report_is_read_or_refused(scratch: Path, data: st.DataObject, shape: str, value: object) -> None:
    document = copy.deepcopy(GOLDEN[shape])
    node: Any = document
    for _ in range(data.draw(st.integers(0, 4))):
        inner = node[data.draw(st.sampled_from(sorted(node) if isinstance(node, dict) else range(len(node))))]
        if not isinstance(inner, dict | list) or not inner:
            break
        node = inner
    node[data.draw(st.sampled_from(sorted(node) if isinstance(node, dict) else range(len(node))))] = value
    assert all(abs(fact.value) < float("inf") for fact in measured(survived(facts_of, document, scratch)))
