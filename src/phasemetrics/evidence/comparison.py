"""One metric at both ends of a phase, and how the change between them is written."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from decimal import Decimal

from phasemetrics.evidence.model import Metric
from phasemetrics.evidence.significance import ratio_interval
from phasemetrics.evidence.verdict import (
    FEWEST_RUNS,
    Verdict,
    is_benchmark,
    runs_of,
    sessions_of,
    statistic,
    tested_runs,
)
from phasemetrics.statnames import is_statistic, stated
from phasemetrics.unitnames import Direction
from phasemetrics.units import Scale, quantity_text, rounded_to, scale_in, signed_text

CLAIMS = frozenset({"improved", "regressed", "changed"})


@dataclass(frozen=True, slots=True)
class Comparison:
    """One metric at both ends: `scale` is common to both values, `message` is one line that gives the reason.

    `better` is the direction that was used; None where none is known. `p` is Mann and Whitney's for a benchmark that
    was tested, not adjusted for other rows; else None. `failing` is what share of the attempts more failed than before.
    """

    name: str
    unit: str
    before: Metric | None
    after: Metric | None
    better: Direction | None
    verdict: Verdict
    p: float | None
    scale: Scale
    message: str
    failing: float = 0.0

    @property
    def runs(self) -> tuple[int, int]:
        """How many runs stand behind each side: 0 for a side that is absent."""
        before, after = (0 if side is None else len(runs_of(side)) for side in (self.before, self.after))
        return before, after

    @property
    def sessions(self) -> tuple[int, int]:
        """In how many sessions each side was measured: 0 for a side that is absent."""
        before, after = (0 if side is None else sessions_of(side) for side in (self.before, self.after))
        return before, after

    @property
    def proven(self) -> bool:
        """Whether the change may be held for one of the code: any of an exact metric, a benchmark's after 4 sessions.

        In fewer, the runs share the mood of the machine: of identical code many pairs of single sessions differ
        "significantly" by their repetitions.
        """
        if self.verdict not in CLAIMS:
            return False
        return not is_benchmark(self.name) or min(self.sessions) >= FEWEST_RUNS

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of the ratio after/before by Hodges and Lehmann; None where nothing was tested."""
        if self.p is None or self.before is None or self.after is None:
            return None
        one, other = tested_runs(self.name, self.before, self.after)
        return ratio_interval(one.values, other.values)[1:] if min(*one.values, *other.values) > 0 else None

    @property
    def before_text(self) -> str | None:
        """The value before, on the common scale; None where there is none."""
        return self._text(self.before)

    @property
    def after_text(self) -> str | None:
        """The value after, on the common scale; None where there is none."""
        return self._text(self.after)

    @property
    def change_text(self) -> str | None:
        """Printed after minus printed before, with its own sign; None where a side is absent or failed.

        Counts change by a number, percentages by points, everything else by percent of the printed value before.
        """
        return self._difference(flipped=False)

    def improvement(self, row: str = "") -> str | None:
        """Return the change as a gain, positive is better, followed for a benchmark by what is proven.

        The statistic of a benchmark is named unless the name of its `row` does. None where a side is absent; without a
        direction the sign is that of the change.
        """
        amount = self._difference(flipped=self.better == "lower")
        if self.verdict == "failed" and self.after is not None:
            return self.message if self.message.startswith("failed") else None
        if amount is None or self.verdict in {"not-comparable", "baseline-zero"}:
            return amount
        stat = statistic(self.name)
        named = f" {stat}" if is_statistic(stat) and stat not in stated(row) else ""
        if self.verdict == "no-significant-change":
            return f"~ no significant change ({amount}{named}, {self.message})"
        if self.verdict == "unchanged" and self.p is not None:
            return f"~ unchanged ({named.strip()}{' ' if named else ''}{self.message})"
        unproven = self.verdict in {"single-measurement", "too-few-runs"}
        return f"{amount}{named} ({self.message})" if unproven or self.p is not None else amount

    def in_unit(self, spelling: str) -> Comparison:
        """Return the same comparison on the scale of one unit, such as `ms`; as it is where that is of another kind."""
        scale = scale_in(self.unit, spelling, self._values())
        return replace(self, scale=scale) if scale is not None else self

    def _values(self) -> list[float]:
        sides = [side for side in (self.before, self.after) if side is not None and side.unit == self.unit]
        return [side.value for side in sides if math.isfinite(side.value)]

    def _text(self, side: Metric | None) -> str | None:
        if side is None or not math.isfinite(side.value):
            return None
        return self.scale.text(side.value) if side.unit == self.unit else quantity_text(side.value, side.unit)

    def _difference(self, *, flipped: bool) -> str | None:
        if self.before is None or self.after is None:
            return None
        if self.verdict == "not-comparable":
            return f"not comparable: {self.message}"
        if not all(map(math.isfinite, (self.before.value, self.after.value))):
            return None
        before, after = self.scale.number(self.before.value), self.scale.number(self.after.value)
        change = before - after if flipped else after - before
        if self.unit == "count":
            return signed_text(change)
        if self.unit == "ratio":
            return f"{signed_text(change)} pp"
        if not before:
            return "n/a (baseline 0)" if change else "0.0%"
        percent = rounded_to(change / abs(before) * 100, 1)
        if abs(percent) == 100 and 0 < abs(after) < abs(before):
            percent = Decimal("99.9").copy_sign(percent)  # all of it is gone only when nothing is left
        return f"{signed_text(percent)}%"
