"""One result of a TRX report: the words for its outcome, its time, and what is open of it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from phasemetrics.evidence.model import Outcome

RESULTS = (
    "UnitTestResult", "TestResult", "TestResultAggregation", "GenericTestResult", "ManualTestResult", "WebTestResult",
    "LoadTestResult",
)  # fmt: skip
OUTCOMES: dict[str, Outcome] = {
    **dict.fromkeys(("Passed", "PassedButRunAborted", "Completed", "Warning"), "passed"),
    "Failed": "failed",
    **dict.fromkeys(("Error", "Timeout", "Aborted", "Disconnected", "InProgress"), "errors"),
    **dict.fromkeys(("NotExecuted", "NotRunnable", "Inconclusive", "Pending"), "skipped"),
}
_SPAN = re.compile(r"(?:(\d{1,6})\.)?(\d{1,2}):([0-5]?\d):([0-5]?\d(?:\.\d{1,9})?)", re.ASCII)


@dataclass(slots=True)
class Open:
    """A result that is not closed: its attributes, how many others it holds, and whether one of them failed."""

    attributes: dict[str, str]
    inner: int = 0
    failing: bool = False


def seconds(span: str) -> float:
    """Return a time span (`[days.]hours:minutes:seconds`) in seconds; NaN where it is none."""
    match = _SPAN.fullmatch(span.strip()[:40])
    if match is None:
        return math.nan
    days, hours, minutes, rest = match.groups()
    return ((int(days or 0) * 24 + int(hours)) * 60 + int(minutes)) * 60 + float(rest)
