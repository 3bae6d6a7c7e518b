"""What a measure goes by that a tool or its user named, beside the statistics that have names of ours."""

from __future__ import annotations

from phasemetrics.statnames import is_statistic
from phasemetrics_collectors._json_node import spelled


def measure_name(text: str) -> str:
    """Return the STAT of a measure called `text`: without dots, and `own_total` for what they call `total`.

    Their `total` is not how many attempts there were, and their `p95` not a percentile of the time.
    """
    stat = " ".join(spelled(text).split()).replace(".", "_")
    return f"own_{stat}" if stat == "failed" or is_statistic(stat) else stat
