"""A trend as Markdown: for each metric a chart that Mermaid draws, and under it a table with every number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from phasemetrics.escaping import code_span, plain
from phasemetrics.trend.axes import axis_for, phase_name
from phasemetrics.trend.series import Series, Trend
from phasemetrics.trend.wording import GAP, change_text, remarks, value_text
from phasemetrics.units import scale_for

# Of the lines of one chart: Mermaid's own first colour can hardly be seen, and its older versions draw no legend.
_COLOURS = (("blue", "#2f6fb2"), ("orange", "#c2701c"), ("green", "#3d8b4f"), ("purple", "#8457b0"))
# What Mermaid takes for the end of a text, an entity or a formula, anywhere in it.
_LOOK_ALIKE = str.maketrans({'"': "\u2033", "#": "\uff03", ";": "\uff1b", "$": "\uff04"})


def render(trend: Trend) -> str:
    """Return a trend as Markdown: a heading, a chart and a table for each metric, in each unit that it has."""
    groups = trend.by_metric
    parts = []
    for (metric, unit), series in groups.items():
        several = sum(name == metric for name, _ in groups) > 1
        heading = f"## {code_span(metric)}{f' in {plain(unit)}' if several else ''}\n"
        parts += [part for part in (heading, chart(series, trend.phases), table(series, trend.phases)) if part]
    return "\n".join(parts)


def chart(series: Sequence[Series], phases: Sequence[str]) -> str:
    """Return a chart of one metric in one unit with its caption; empty where no line can be drawn.

    Mermaid knows no gaps. A line may end early, but a phase before its end that one of the lines has no value for is
    not on the chart, and the caption names it. Of more repositories than four, those that changed most are drawn.
    """
    drawn = _most_changed(series)
    while drawn and not _can_be_drawn(drawn, phases):
        drawn = drawn[:-1]
    if not drawn:
        return ""
    places = _places(drawn, len(phases))
    values = [reading.value for one in drawn for place in places if (reading := one.readings[place])]
    scale = scale_for(drawn[0].unit, values)
    ticks = axis_for(values, scale).ticks
    symbol = f"{_quoted(scale.symbol)} " if scale.symbol else ""
    palette = ", ".join(code for _, code in _COLOURS[: len(drawn)])
    lines = [
        f'%%{{init: {{"themeVariables": {{"xyChart": {{"plotColorPalette": "{palette}"}}}}}}}}%%',
        "xychart-beta",
        f"    title {_quoted(drawn[0].metric)}",
        f"    x-axis [{', '.join(_quoted(phase_name(phases[place])) for place in places)}]",
        f"    y-axis {symbol}{ticks[0]:f} --> {ticks[-1]:f}",
    ]
    for one in drawn:
        numbers = [f"{scale.number(reading.value):f}" for place in places if (reading := one.readings[place])]
        lines.append(f"    line {_quoted(one.repository)} [{', '.join(numbers)}]")
    caption = " ".join(_caption(series, drawn, phases))
    return "\n".join(["```mermaid", *lines, "```", *(("", caption) if caption else ()), ""])


def table(series: Sequence[Series], phases: Sequence[str]) -> str:
    """Return a table of one metric with every number, a row for each repository, and under it what is to be said."""
    lines = [
        f"| | {' | '.join(plain(phase_name(phase)) for phase in phases)} | change |",
        f"|---|{'---:|' * (len(phases) + 1)}",
    ]
    for one in series:
        scale = one.scale
        cells = [plain(value_text(reading, scale), 400) if reading else GAP for reading in one.readings]
        lines.append(f"| {code_span(one.repository)} | {' | '.join((*cells, plain(change_text(one, scale), 400)))} |")
    notes = [f"- {code_span(one.repository)}: {plain(note, 400)}" for one in series for note in remarks(one, phases)]
    return "\n".join([*lines, *(("", *notes) if notes else ()), ""])


def _most_changed(series: Sequence[Series]) -> list[Series]:
    """Return the series that can be lines, as many as can be told apart, in their order."""
    lines = [one for one in series if sum(reading is not None for reading in one.readings) > 1]
    most = sorted(lines, key=_size, reverse=True)[: len(_COLOURS)]
    return [one for one in lines if one in most]


def _size(series: Series) -> float:
    values = series.values
    return abs(values[-1] - values[0])


def _places(drawn: Sequence[Series], count: int) -> list[int]:
    """Return the positions of the phases in which every line has a value, or has come to its end."""
    last = [max(place for place, reading in enumerate(one.readings) if reading) for one in drawn]
    return [
        place
        for place in range(min(count, max(last) + 1))
        if all(place > end or one.readings[place] for one, end in zip(drawn, last, strict=True))
    ]


def _can_be_drawn(drawn: Sequence[Series], phases: Sequence[str]) -> bool:
    places = _places(drawn, len(phases))
    return all(sum(one.readings[place] is not None for place in places) > 1 for one in drawn)


def _caption(series: Sequence[Series], drawn: Sequence[Series], phases: Sequence[str]) -> Iterator[str]:
    if len(series) > 1:
        colours = (f"{code_span(one.repository)} {name}" for one, (name, _) in zip(drawn, _COLOURS, strict=False))
        yield f"Lines: {', '.join(colours)}."
    if len(drawn) < len(series):
        most = ", those that changed most" if len(drawn) == len(_COLOURS) else ""
        yield f"{len(drawn)} of {len(series)} repositories are drawn{most}."
    left_out = sorted(set(range(len(phases))) - set(_places(drawn, len(phases))))
    if left_out:
        names = ", ".join(plain(phase_name(phases[place])) for place in left_out)
        yield f"Not on the chart, because a value is missing: {names}. A line says nothing of what it passes over."


def _quoted(text: str) -> str:
    # An empty text is no text to Mermaid, and what it takes for a directive or a comment begins with two of `%`.
    shown = plain(text).translate(_LOOK_ALIKE).replace("%%", "\uff05\uff05").strip()
    return f'"{shown or GAP}"'
