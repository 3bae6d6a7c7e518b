"""What a series says in words: each reading, its change from first to last, the phases that are missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from phasemetrics.escaping import visible
from phasemetrics.trend.axes import phase_name
from phasemetrics.trend.series import Reading, Series
from phasemetrics.units import Scale, signed_text

GAP = "–"


def value_text(reading: Reading, scale: Scale) -> str:
    """Return a reading as a person reads it, safe to print though its unit may be anybody's word."""
    return visible(scale.text(reading.value), 400)


def change_text(series: Series, scale: Scale) -> str:
    """Return the last reading less the first, both as they are printed: `+21.3 pp`, `-1.5 ms`.

    A gap where there are no two, or where something speaks against comparing them.
    """
    present = [reading for reading in series.readings if reading]
    if len(present) < 2 or series.apart:
        return GAP
    change = signed_text(scale.number(present[-1].value) - scale.number(present[0].value))
    symbol = "pp" if scale.unit == "ratio" else scale.symbol
    return visible(f"{change} {symbol}".rstrip(), 400)


def reading_texts(series: Series, phases: Sequence[str], scale: Scale) -> tuple[str, ...]:
    """Return `P3: 81.2%` for each phase, `P2: not recorded` for a gap."""
    return tuple(
        f"{phase_name(phase)}: {value_text(reading, scale) if reading else 'not recorded'}"
        for phase, reading in zip(phases, series.readings, strict=True)
    )


def remarks(series: Series, phases: Sequence[str]) -> Iterator[str]:
    """Yield what a reader of the numbers should know: what is missing, what was left out, why no change is given."""
    if gaps := missing(series, phases):
        yield f"{gaps} not recorded"
    yield from series.notes
    if series.apart:
        yield f"the first and the last value are not compared: {series.apart}"


def missing(series: Series, phases: Sequence[str]) -> str:
    """Return the phases without a reading, neighbours together: `P2, P5 to P7`; nothing where all were recorded."""
    return ", ".join(_runs(series, phases))


def _runs(series: Series, phases: Sequence[str]) -> Iterator[str]:
    both = zip(map(phase_name, phases), series.readings, strict=True)
    for is_gap, run in groupby(both, key=lambda one: one[1] is None):
        names = [name for name, _ in run]
        if is_gap and len(names) > 2:
            yield f"{names[0]} to {names[-1]}"
        elif is_gap:
            yield from names
