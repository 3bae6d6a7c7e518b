"""The three shapes in which k6 writes the metrics of a test, read into one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from phasemetrics_collectors._bench import MOST, in_base, run_of
from phasemetrics_collectors._json_node import Node, spelled

_TYPES = frozenset({"trend", "rate", "counter", "gauge"})
# What a metric contains: the unit of its values, and of a counter's rate. Seconds in a second would be no rate.
_UNITS = {"time": ("ms", ""), "data": ("byte", "byte_per_second"), "default": ("count", "per_second")}
# The metrics of k6 itself that are times or bytes, for the shape that does not say so. A custom one may be anything,
# and the layout shift of a page (`browser_web_vital_cls`) is a score.
_TIME = re.compile(
    r"(?:browser_)?http_req_duration|http_req_(?:blocked|looking_up|connecting|tls_handshaking|sending|waiting|receiving)"
    r"|(?:iteration|group|grpc_req|ws_session)_duration|ws_(?:ping|connecting)"
    r"|browser_web_vital_(?:ttfb|lcp|inp|fcp|fid)|browser_(?:dom_content_loaded|first_paint|first_contentful_paint|loaded)"
)
_DATA = re.compile(r"(?:browser_)?data_(?:sent|received)")


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric of a test: `values` as its shape has them, and the expressions of the thresholds it `crossed`."""

    name: str
    type: str
    contains: str
    values: Node
    crossed: tuple[str, ...] = ()

    @property
    def base(self) -> str:
        """The name without a tag selector: `http_reqs` of `http_reqs{name:login}`."""
        return self.name.partition("{")[0]

    @property
    def selector(self) -> str:
        """The tag selector with its braces, empty where there is none."""
        return self.name.removeprefix(self.base)

    @property
    def rate_unit(self) -> str:
        """The unit of a counter's rate, empty where it has none."""
        return _UNITS[self.contains][1]

    def amount(self, key: str) -> tuple[float, str] | None:
        """Return a value in its base unit, and that unit; None where the metric does not have it."""
        return None if given(self.values, key) is None else self.needed(key)

    def needed(self, key: str) -> tuple[float, str]:
        """Return a value in its base unit, and that unit."""
        # A time is never below zero, what a custom metric holds may be.
        least = -MOST if self.contains == "default" and self.type != "counter" else 0
        return in_base(self.values.need(key).number(least, MOST), _UNITS[self.contains][0])

    def matches(self) -> tuple[int, int]:
        """Return how many values of a rate were true, which k6 calls passes whatever they mean, and of how many."""
        if self.values.find("total") is None:
            passes, fails = (self.values.need(key).integer(0, int(MOST)) for key in ("passes", "fails"))
            return passes, passes + fails
        total = self.values.need("total").integer(0, int(MOST))
        return self.values.need("matches").integer(0, total), total


@dataclass(frozen=True, slots=True)
class Summary:
    """What k6 says at the end of a test: its metrics by name, when, what the test was run with, and for how long."""

    metrics: dict[str, Metric]
    run: str = ""
    options: dict[str, object] = field(default_factory=dict)
    seconds: float = 0.0  # where the rates of counters are left to the reader, else 0


def given(node: Node, key: str) -> Node | None:
    """Return the member `key`, or None where it is absent or null: k6 writes null for what it leaves out."""
    found = node.find(key)
    return None if found is None or found.value is None else found


def summary_of(root: Node) -> Summary:
    """Return the summary in whichever of its shapes `root` is."""
    if root.find("results") is not None:
        return _machine_readable(root)
    metrics = root.find("metrics")
    if metrics is None:
        raise root.refuse("has no `metrics`: it is no summary of k6")
    return Summary({spelled(name): _keyed(spelled(name), node) for name, node in metrics.members()})


def _keyed(name: str, node: Node) -> Metric:
    if not name:
        raise node.refuse("has no name")
    values = node.find("values")
    if values is not None:  # of handleSummary()
        return _metric(name, node, values, tuple(_not_ok(node)))
    type_ = _type_of(node)
    base = name.partition("{")[0]
    time = type_ == "trend" and _TIME.fullmatch(base)
    contains = "time" if time else "data" if _DATA.fullmatch(base) else "default"
    return Metric(name, type_, contains, node, tuple(_true(node)))


def _type_of(values: Node) -> str:
    for key, type_ in (("passes", "rate"), ("value", "gauge"), ("rate", "counter")):
        if values.find(key) is not None:
            return type_
    return "trend"


def _metric(name: str, node: Node, values: Node, crossed: tuple[str, ...] = ()) -> Metric:
    type_, contains = node.need("type"), node.need("contains")
    if type_.text() not in _TYPES:
        raise type_.refuse("is no type of a metric of k6")
    if contains.text() not in _UNITS:
        raise contains.refuse("is neither time, data nor default")
    return Metric(name, type_.text(), contains.text(), values, crossed)


def _not_ok(metric: Node) -> Iterator[str]:
    thresholds = given(metric, "thresholds")
    for expression, threshold in thresholds.members() if thresholds else ():
        if not _truth(threshold.need("ok")):
            yield expression


def _true(metric: Node) -> Iterator[str]:
    # The other way round: `--summary-export` says whether a threshold was crossed (grafana/k6#1498).
    thresholds = given(metric, "thresholds")
    for expression, crossed in thresholds.members() if thresholds else ():
        if _truth(crossed):
            yield expression


def _truth(node: Node) -> bool:
    if type(node.value) is not bool:
        raise node.refuse("is neither true nor false")
    return node.value


def _machine_readable(root: Node) -> Summary:
    version = root.need("version")
    if not version.text().startswith("1."):
        raise version.refuse("is no version of the summary that is known here, which are those that begin with 1.")
    metadata, config, results = root.need("metadata"), root.need("config"), root.need("results")
    metrics: dict[str, Metric] = {}
    for name, node in (*_listed(results), *_checks(results)):
        if name in metrics:
            raise node.refuse("is another metric of one name")
        metrics[name] = _metric(name, node, node.need("values"))
    return Summary(
        metrics,
        # The schema says generatedAt, k6 1.5 to 2.2 write generated_at.
        run_of(given(metadata, "generated_at") or given(metadata, "generatedAt")),
        {"execution": config.need("execution").text()},
        config.need("duration").number(0, MOST),
    )


def _listed(results: Node) -> Iterator[tuple[str, Node]]:
    for node in results.need("metrics").items():
        if not node.need("name").text():
            raise node.refuse("has no name")
        yield node.need("name").text(), node


def _checks(results: Node) -> Iterator[tuple[str, Node]]:
    # Here `checks` is in three parts, of which this one is what it is elsewhere.
    checks = given(results, "checks")
    metrics = given(checks, "metrics") if checks else None
    for node in metrics.items() if metrics else ():
        if node.need("name").text() == "checks_succeeded":
            yield "checks", node
