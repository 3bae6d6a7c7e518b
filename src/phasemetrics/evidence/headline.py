"""What a phase is summed up in: one number, one timing, and the benchmarks that there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from phasemetrics.escaping import visible
from phasemetrics.evidence.compared import summed_up
from phasemetrics.evidence.comparing import compare, compare_row, with_statistic
from phasemetrics.evidence.comparison import Comparison
from phasemetrics.evidence.model import Metric, Phase
from phasemetrics.evidence.rownumbers import kind_of, numbers_of, side_text
from phasemetrics.evidence.side import Side
from phasemetrics.settings import Config, MetricTable
from phasemetrics.value import Value, absent

_LIST_LIMIT = 50
_NO_BENCHMARK = absent(
    "no-benchmark",
    "no benchmark result was read",
    "write one with `pytest --benchmark-json=build/bench.json` and name it: --bench",
)


def headline(
    phase: Phase, config: Config, compared: Sequence[Comparison], before: Side, after: Side
) -> dict[str, Value]:
    """Return the one number a phase is summed up in: `before`, `after`, its `change`, and all three in one text.

    It is the first configured metric; without one, how many tests pass.
    """
    if config.metric:
        metric, comparison = config.metric[0], compared[0]
        kind, name = kind_of(metric.source), visible(metric.name)
        old = side_text(comparison.before_text, metric, before, kind)
        new = side_text(comparison.after_text, metric, after, kind)
        text = comparison.improvement()
        change = Value(text, after.origin(kind)) if text is not None else new if new.text is None else old
        return summed_up(f"{name} ", "", old, new, change)
    text = compare("tests.passed", phase.before, phase.after).improvement()
    old, new = _passing(before), _passing(after)
    missing = next((one for one in (new, old) if one.text is None), None)
    change = missing or Value(text, after.origin("junit"))
    return summed_up("", " tests passing", old, new, change)


def _passing(side: Side) -> Value:
    metrics = side.snapshot.metrics if side.snapshot else {}
    total = metrics.get("tests.total")
    if total is None or not total.value:
        return (
            side.missing if side.snapshot is None else absent("no-headline", "no metric is configured and no test ran")
        )
    passed = metrics.get("tests.passed")
    if passed is None:
        return absent("no-metric", "tests.passed was not measured", "`phasemetrics collect` prints what there is")
    return Value(f"{int(passed.value)}/{int(total.value)}", side.origin("junit"))


def performance(phase: Phase, config: Config, before: Side, after: Side) -> tuple[Value, Value]:
    """Return the timing a phase is summed up in, before and after.

    It is the first configured metric that is a time; without one, the median of the only benchmark there is.
    """
    sides = [side.snapshot.metrics for side in (before, after) if side.snapshot]
    named = [(metric, with_statistic(metric.source, phase.before, phase.after)) for metric in config.metric]
    timed = [metric for metric, name in named if any(_is_time(one.get(name)) for one in sides)]
    if timed:
        metric = timed[0]
    else:
        names = sorted(
            {name for one in sides for name in one if name.startswith("bench.") and name.endswith(".median")}
        )
        if len(names) != 1:
            return _no_performance(names, before), _no_performance(names, after)
        # Not validated: the name is whatever a report calls its benchmark.
        metric = MetricTable.model_construct(name=names[0], source=names[0])
    comparison = compare_row(phase, metric)
    note = comparison.message if comparison.verdict in {"not-comparable", "failed"} else ""
    shown = numbers_of(metric, comparison, before, after)
    return shown["before"], replace(shown["after"], note=note)


def _is_time(metric: Metric | None) -> bool:
    return metric is not None and metric.unit == "second"


def _no_performance(names: Sequence[str], side: Side) -> Value:
    if side.snapshot is None:
        return side.missing
    if not names:
        return _NO_BENCHMARK
    mend = f'[[metric]] name = "…", from = "{names[0]}"'
    return absent(
        "no-headline", f"{len(names)} benchmarks and none is configured", f"add it to the configuration: {mend}"
    )


def benchmark_facts(after: Side) -> list[dict[str, Any]] | Value:
    """Return the benchmarks that were measured at the end of the phase, by name."""
    if after.snapshot is None:
        return after.missing
    measured = (name for name in after.snapshot.metrics if name.startswith("bench."))
    names = sorted({name.removeprefix("bench.").rpartition(".")[0] for name in measured})
    origin = after.origin("bench")
    return [{"name": Value(visible(name), origin), "aliases": ()} for name in names if name][
        :_LIST_LIMIT
    ] or _NO_BENCHMARK
