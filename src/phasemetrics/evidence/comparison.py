"""One metric at both ends of a phase, and how the change between them is written."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from phasemetrics.evidence.model import Metric, Snapshot
from phasemetrics.evidence.significance import holm
from phasemetrics.evidence.verdict import ALPHA, MIXED, Finding, Verdict, better_direction, find, other_machine, runs_of
from phasemetrics.units import Direction, Scale, quantity_text, rounded_to, scale_for, signed_text

__all__ = ["Comparison", "Verdict", "compare", "settle"]

_TIMED = {"second", "per_second"}
_NO_PAIR = {"new", "missing", "failed", "not-comparable"}


@dataclass(frozen=True, slots=True)
class Comparison:
    """One metric at both ends: `scale` is common to both values, `message` is one line that gives the reason.

    `better` is the direction that was used; None where none is known. `p` is Mann and Whitney's for a benchmark that
    was tested, not adjusted for other rows; else None.
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

    @property
    def runs(self) -> tuple[int, int]:
        """How many runs stand behind each side: 0 for a side that is absent."""
        before, after = (0 if side is None else len(runs_of(side)) for side in (self.before, self.after))
        return before, after

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

    @property
    def improvement_text(self) -> str | None:
        """The change as a gain, positive is better, followed for a benchmark by what is proven.

        None where a side is absent or failed; without a direction the sign is that of the change.
        """
        amount = self._difference(flipped=self.better == "lower")
        if amount is None or self.verdict in {"not-comparable", "baseline-zero"}:
            return amount
        if self.verdict == "no-significant-change":
            return f"~ no significant change ({amount}, {self.message})"
        if self.verdict == "unchanged" and self.p is not None:
            return f"~ unchanged ({self.message})"
        unproven = self.verdict in {"single-measurement", "too-few-runs"}
        return f"{amount} ({self.message})" if unproven or self.p is not None else amount

    def _text(self, side: Metric | None) -> str | None:
        if side is None or not math.isfinite(side.value):
            return None
        return self.scale.text(side.value) if side.unit == self.unit else quantity_text(side.value, side.unit)

    def _difference(self, *, flipped: bool) -> str | None:
        if self.before is None or self.after is None or self.verdict == "failed":
            return None
        if self.verdict == "not-comparable":
            return f"not comparable: {self.message}"
        before, after = self.scale.number(self.before.value), self.scale.number(self.after.value)
        difference = before - after if flipped else after - before
        if self.unit == "count":
            return signed_text(difference)
        if self.unit == "ratio":
            return f"{signed_text(difference)} pp"
        if not before:
            return "n/a (baseline 0)" if difference else "0.0%"
        percent = rounded_to(difference / abs(before) * 100, 1)
        if abs(percent) == 100 and 0 < abs(after) < abs(before):
            percent = Decimal("99.9").copy_sign(percent)  # all of it is gone only when nothing is left
        return f"{signed_text(percent)}%"


def compare(
    name: str,
    before: Snapshot | None,
    after: Snapshot | None,
    better: Direction | None = None,
    min_change: float = 0.02,
    aliases: Sequence[str] = (),
) -> Comparison:
    """Return metric `name` at both ends; `verdict.find` says what a claim needs, `min_change` is a ratio.

    `better` overrides the direction that name and unit give. `aliases` are earlier names that `before` may have it
    under, exactly: of the metric, or of the benchmark alone (`old` for `bench.old.median`). Times and rates from
    machines that are known to differ are not compared.
    """
    one, other = _pick(before, name, aliases), _pick(after, name, ())
    present = [side for side in (other, one) if side is not None]
    unit = present[0].unit if present else "count"
    better = better or better_direction(name, unit)
    finding = find(name, one, other, better, min_change)
    if before and after and unit in _TIMED and finding.verdict not in _NO_PAIR:
        mixed = next((one.message for side in (before, after) for one in side.warnings if one.code == MIXED), None)
        reason = mixed or other_machine(before.machine, after.machine)
        finding = Finding("not-comparable", reason) if reason else finding
    scale = scale_for(unit, [side.value for side in present if side.unit == unit and math.isfinite(side.value)])
    return Comparison(name, unit, one, other, better, finding.verdict, finding.p, scale, finding.message)


def settle(rows: Sequence[Comparison]) -> list[Comparison]:
    """Return the rows of one document with the claims withdrawn that Holm's adjustment does not leave standing.

    The family is every row that was tested; the p that is printed stays the unadjusted one.
    """
    family = [(index, row.p) for index, row in enumerate(rows) if row.p is not None]
    settled = list(rows)
    for (index, _), adjusted in zip(family, holm([p for _, p in family]), strict=True):
        row = rows[index]
        if adjusted > ALPHA and row.verdict in {"improved", "regressed", "changed"}:
            message = f"{row.message}, one of {len(family)} tested"
            settled[index] = replace(row, verdict="no-significant-change", message=message)
    return settled


def _pick(snapshot: Snapshot | None, name: str, aliases: Sequence[str]) -> Metric | None:
    if snapshot is None:
        return None
    stat = name.rpartition(".")[2]
    spellings = [name, *(spelling for alias in aliases for spelling in (alias, f"bench.{alias}.{stat}"))]
    return next((snapshot.metrics[spelling] for spelling in spellings if spelling in snapshot.metrics), None)
