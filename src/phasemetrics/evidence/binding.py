"""Whether the rows of the configuration say what they are bound to."""

from __future__ import annotations

import re

from phasemetrics.errors import UsageError
from phasemetrics.escaping import visible
from phasemetrics.evidence.comparison import Comparison
from phasemetrics.evidence.verdict import better_direction, is_benchmark, statistic
from phasemetrics.settings import MetricTable
from phasemetrics.statnames import is_statistic, stated
from phasemetrics.unitnames import Direction

# Words in the name of a row only ever reveal a mistake: they never decide which way is better.
_WORDS: dict[Direction, re.Pattern[str]] = {
    "higher": re.compile(
        r"\b(?:throughput|bandwidth|rps|qps|tps|(?:requests|operations|ops|queries|events|items|messages|bytes|rows)"
        r"(?: per |/)s(?:ec(?:ond)?)?)\b",
        re.IGNORECASE,
    ),
    "lower": re.compile(
        r"\b(?:latency|(?:response|execution|start-?up|build|load|run) ?times?|duration|delay|"
        r"memory (?:usage|use)|allocations)\b",
        re.IGNORECASE,
    ),
}
_MORE: dict[Direction, str] = {"higher": "more", "lower": "less"}


def require_fit(metric: MetricTable, comparison: Comparison) -> None:
    """Raise UsageError `bad-metric` for a row whose name contradicts the metric that it is bound to.

    `Response time (p95)` is no median. `Throughput` is no time, unless the configuration says which way is better.
    """
    if not is_benchmark(comparison.name):
        return
    stat, said = statistic(comparison.name), list(stated(metric.name))
    row, source = visible(metric.name), visible(comparison.name)
    if said and is_statistic(stat) and stat not in said:
        wanted = f"{comparison.name.removesuffix(stat)}{said[0]}"
        mend = f'bind it with from = "{visible(wanted)}", or call it {visible(stat)}'
        raise UsageError("bad-metric", f'the row "{row}" is bound to {source}, which is no {said[0]}', mend=mend)
    measured = comparison.after or comparison.before
    own = better_direction(comparison.name, measured) if measured and metric.better is None else None
    meant = [way for way, words in _WORDS.items() if words.search(metric.name)]
    if own is not None and len(meant) == 1 and own not in meant:
        message = f'of the row "{row}" {_MORE[meant[0]]} is better, and of {source} ({comparison.unit}) {_MORE[own]}'
        raise UsageError("bad-metric", message, mend=f'bind it to another metric, or say better = "{own}"')
