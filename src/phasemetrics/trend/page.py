"""A trend as one HTML page that needs nothing else: charts as SVG, every number in a table, no script."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import count
from typing import TYPE_CHECKING

from phasemetrics.escaping import visible
from phasemetrics.trend.axes import Axis, phase_name
from phasemetrics.trend.drawing import (
    SPARK_HEIGHT,
    SPARK_WIDTH,
    Chart,
    Picture,
    chart,
    common_axis,
    sparkline,
    values_of,
)
from phasemetrics.trend.series import Series, Trend
from phasemetrics.trend.wording import GAP, change_text, reading_texts, remarks, value_text

if TYPE_CHECKING:
    from jinja2 import Template

_PACKAGE, _TEMPLATE = "phasemetrics_templates", "trend.html.j2"
_NAME_LIMIT = 300
_SHA = 10
_MOST_COLUMNS = 3  # of an overview that is one table; what is wider is a list for each row
_SMALL, _LARGE = 150, 240  # pixels


@dataclass(frozen=True, slots=True)
class Line:
    """One phase in the table below a chart; `exact` is the value in the base unit."""

    phase: str
    value: str
    exact: str
    sha: str
    full_sha: str
    date: str
    is_gap: bool


@dataclass(frozen=True, slots=True)
class Detail:
    """One series on the page: its texts, its pictures (None where nothing was recorded) and its table.

    `at` is the phase of the last value where that is not the last phase.
    """

    anchor: str
    repository: str
    metric: str
    value: str
    at: str
    change: str
    span: str
    said: str
    remarks: tuple[str, ...]
    chart: Chart | None
    spark: Picture | None
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One metric: its series, in one unit; `shared` says the axis where all charts have the same."""

    anchor: str
    name: str
    shared: tuple[str, str] | None
    details: tuple[Detail, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """The series crossed: what rows and columns are called, and in each cell a detail if there is one."""

    corner: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Detail | None, ...]], ...]
    is_wide: bool


def render(trend: Trend) -> str:
    """Return the page of a trend: the same bytes for the same trend, nothing loaded, nothing run.

    Values and ticks are printed as everywhere else; the exact value of each reading is in the `value` of its <data>.
    """
    sections = tuple(_sections(trend))
    names = tuple(dict.fromkeys(row.repository for row in trend.series))
    page = _template().render(
        phases=tuple(map(phase_name, trend.phases)),
        repositories=tuple(_shown(name) for name in names),
        sections=sections,
        overview=_overview(sections),
        recorded=len(values_of(trend.series)),
        gaps=sum(reading is None for row in trend.series for reading in row.readings),
        spark={"width": SPARK_WIDTH, "height": SPARK_HEIGHT},
    )
    return f"{page}\n"


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string((resources.files(_PACKAGE) / _TEMPLATE).read_text("utf-8"))


def _shown(text: str) -> str:
    return visible(text, _NAME_LIMIT)


def _sections(trend: Trend) -> Iterator[Section]:
    """Yield the metrics in their order; one that has other units elsewhere has a section for each."""
    groups = trend.by_metric
    units = Counter(metric for metric, _ in groups)
    several = len({row.repository for row in trend.series}) > 1
    for number, ((metric, unit), rows) in enumerate(groups.items(), 1):
        # Only percentages mean the same everywhere: 300 tests beside 30,000 would be a flat line.
        axis = common_axis(rows) if unit == "ratio" and values_of(rows) else None
        anchor = f"m{number}"
        height = _SMALL if several else _LARGE
        yield Section(
            anchor,
            _shown(metric if units[metric] == 1 else f"{metric} ({unit})"),
            (axis.text(axis.ticks[0]), axis.text(axis.ticks[-1])) if axis else None,
            tuple(
                _detail(row, trend.phases, f"{anchor}-{position}", axis, height) for position, row in enumerate(rows, 1)
            ),
        )


def _detail(row: Series, phases: Sequence[str], anchor: str, axis: Axis | None, height: int) -> Detail:
    scale = row.scale
    texts = reading_texts(row, phases, scale)
    present = [position for position, reading in enumerate(row.readings) if reading]
    name = (_shown(row.repository), _shown(row.metric))
    notes = tuple(visible(remark, 500) for remark in remarks(row, phases))
    if not present:
        return Detail(anchor, *name, GAP, "", GAP, "", "", notes, None, None, ())
    first, last = (phase_name(phases[position]) for position in (present[0], present[-1]))
    reading = row.readings[present[-1]]
    return Detail(
        anchor,
        *name,
        value_text(reading, scale) if reading else GAP,
        "" if present[-1] == len(phases) - 1 else last,
        change_text(row, scale),
        f"{first} to {last}" if first != last else first,
        "; ".join(texts),
        notes,
        chart(row, phases, texts, axis or common_axis([row]), height),
        sparkline(row, texts),
        tuple(_lines(row, phases)),
    )


def _lines(row: Series, phases: Sequence[str]) -> Iterator[Line]:
    scale = row.scale
    for phase, reading in zip(phases, row.readings, strict=True):
        if reading is None:
            yield Line(phase_name(phase), GAP, "", "", "", "", is_gap=True)
            continue
        sha, date = visible(reading.sha or ""), visible(reading.date or "")
        exact = repr(reading.value)
        yield Line(phase_name(phase), value_text(reading, scale), exact, sha[:_SHA], sha, date[:10], is_gap=False)


def _overview(sections: Sequence[Section]) -> Overview:
    """Return repositories by metrics, or the other way round where that makes a narrower table."""
    crossed = [(detail.repository, section.name, detail) for section in sections for detail in section.details]
    corner = "Repository"
    if len({row for row, _, _ in crossed}) < len({column for _, column, _ in crossed}):
        crossed, corner = [(column, row, detail) for row, column, detail in crossed], "Metric"
    columns = tuple(dict.fromkeys(column for _, column, _ in crossed))
    cells: dict[tuple[str, int], dict[str, Detail]] = {}
    for row, column, detail in crossed:
        # Names that look the same once they are safe to print have a row each.
        free = next(number for number in count() if column not in cells.get((row, number), {}))
        cells.setdefault((row, free), {})[column] = detail
    rows = tuple((row, tuple(found.get(column) for column in columns)) for (row, _), found in cells.items())
    return Overview(corner, columns, rows, len(columns) > _MOST_COLUMNS)
