"""A trend as OpenMetrics text: what each repository came to last, for GitLab and Prometheus."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from phasemetrics.trend.gathering import History
from phasemetrics.trend.rows import spelled_out

# The name of a family ends with its unit; a count has none, and what has another says it in a label.
_NAME = "phasemetrics_metric"
_UNITS = {
    "second": "seconds", "ratio": "ratio", "byte": "bytes", "day": "days", "per_second": "per_second",
    "byte_per_second": "bytes_per_second",
}  # fmt: skip


def render(history: History, metrics: Sequence[str], phases: Sequence[str]) -> str:
    """Return the last recorded end of each repository as gauges, one family for each unit (OpenMetrics 1.0).

    What that end does not hold has no sample, though an earlier one held it: a number that is out of date would look
    like one of today. There are no timestamps: whoever scrapes refuses samples that are older than its own.
    """
    families: dict[str, list[str]] = {}
    for repository in history.repositories:
        for unit, sample in _samples(history, repository, metrics, phases):
            families.setdefault(unit, []).append(sample)
    lines = [line for unit in sorted(families) for line in (*_head(unit), *families[unit])]
    return "".join(f"{line}\n" for line in (*lines, "# EOF"))


def _head(unit: str) -> Iterator[str]:
    name = _family(unit)
    yield f"# TYPE {name} gauge"
    if unit:
        yield f"# UNIT {name} {unit}"
    yield f"# HELP {name} What a metric was at the end of the last recorded phase."


def _samples(
    history: History, repository: str, metrics: Sequence[str], phases: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """Yield the unit of a family and a sample of it."""
    last = next((phase for phase in reversed(phases) if history.end(repository, phase) is not None), None)
    end = history.end(repository, last) if last is not None else None
    for name in metrics:
        metric = end.metrics.get(name) if end is not None else None
        if metric is None:
            continue
        unit = _UNITS.get(metric.unit, "")
        labels = {"repository": repository, "phase": last or "", "metric": name}
        if not unit and metric.unit != "count":
            labels["unit"] = metric.unit
        shown = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        yield unit, f"{_family(unit)}{{{shown}}} {metric.value!r}"


def _family(unit: str) -> str:
    return f"{_NAME}_{unit}" if unit else _NAME


def _escaped(text: str) -> str:
    # Before the quotes of the format: a line feed that is spelled out is a backslash and an n.
    return spelled_out(text).replace("\\", "\\\\").replace('"', '\\"')
