"""What got worse in a phase, for certain: what a gate may stop a build for."""

from __future__ import annotations

from phasemetrics.evidence.benchruns import FAILED, TOTAL
from phasemetrics.evidence.comparing import compare, compare_row, settle
from phasemetrics.evidence.comparison import Comparison
from phasemetrics.evidence.model import Phase
from phasemetrics.evidence.verdict import is_benchmark, statistic
from phasemetrics.settings import Config
from phasemetrics.statnames import is_statistic

_MORE = 0.01  # of the attempts: one more among thousands of requests is no reason to stop a build


def regressions(phase: Phase, config: Config) -> list[Comparison]:
    """Return what got worse: exact metrics, and benchmarks where it is proven.

    The configured rows are settled as those of a document, so that the gate says what the document does, and all others
    as a family of their own. Of a benchmark that is not configured only its median counts, and the measures that its
    tool has names for: eight statistics of one benchmark are eight chances of a false alarm. One of which a hundredth
    of the attempts more failed than before got worse.
    """
    rows = settle([compare_row(phase, metric) for metric in config.metric])
    named = {row.name for row in rows}
    measured = phase.after.metrics if phase.after else {}
    others = [compare(name, phase.before, phase.after) for name in measured if name not in named and is_main(name)]
    return [row for row in (*rows, *settle(others)) if _is_worse(row)]


def _is_worse(row: Comparison) -> bool:
    return (row.verdict == "regressed" and row.proven) or (row.verdict == "failed" and row.failing >= _MORE)


def is_main(name: str) -> bool:
    """Return whether a metric speaks for itself: of a benchmark its median, and what its tool has a name for."""
    stat = statistic(name)
    return not is_benchmark(name) or stat == "median" or not (is_statistic(stat) or stat in {FAILED, TOTAL})
