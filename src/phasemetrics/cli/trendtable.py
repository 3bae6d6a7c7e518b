"""A trend on the terminal: for each metric a line for each repository, with its sparkline and its change."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from phasemetrics.cli.options import Color
from phasemetrics.cli.printing import can_print, say, use_colour
from phasemetrics.escaping import visible
from phasemetrics.trend.axes import phase_name
from phasemetrics.trend.following import follow
from phasemetrics.trend.gathering import History
from phasemetrics.trend.series import Series, Trend
from phasemetrics.trend.sparkline import ASCII, BLOCKS, sparkline
from phasemetrics.trend.wording import GAP, change_text, remarks, value_text

_WIDEST = 1900  # what a line holds where no terminal says so
_NAME = 60
_BOLD = "\x1b[1m"


@dataclass(frozen=True, slots=True)
class Marks:
    """The characters of a table: the levels of a sparkline, a gap."""

    levels: str
    gap: str


UNICODE = Marks(BLOCKS, GAP)
_PLAIN = Marks(ASCII, "-")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table."""

    text: str
    is_head: bool = False


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of a block: `numbers` is the table, `said` what a person should know of it."""

    numbers: str
    said: str = ""

    def lines(self, width: int) -> Iterator[Line]:
        """Yield the numbers with what is said of them behind, or below where there is no room."""
        together = f"{self.numbers}   {self.said}"
        if not self.said or len(together) <= width:
            yield Line(together.rstrip())
        else:
            yield Line(self.numbers)
            yield Line(f"    {self.said}")


def print_trend(history: History, metrics: Sequence[str], last: int | None, color: Color) -> None:
    """Print the last phases that fit the width of the terminal, all of them where there is none."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else _WIDEST
    bold = _BOLD if use_colour(color) else ""
    for line in table_lines(history, metrics, last, width, _marks()):
        say(line.text, bold if line.is_head else "")


def table_lines(
    history: History, metrics: Sequence[str], last: int | None, width: int = _WIDEST, marks: Marks = UNICODE
) -> Iterator[Line]:
    """Yield the table of as many of the last phases as fit the `width`, and the totals of what it shows."""
    wanted = len(history.phases(last))
    for count in range(wanted, 0, -1):
        trend = follow(history, metrics, count)
        blocks = [(series[0].metric, list(_block(series, trend.phases, marks))) for series in _by_metric(trend)]
        if count == 1 or max(len(row.numbers) for _, rows in blocks for row in rows) <= width:
            break
    for metric, rows in blocks:
        yield Line(visible(metric, _NAME), is_head=True)
        for row in rows:
            yield from row.lines(width)
        yield Line("")
    left_out = wanted - count
    more = f"; {_counted(left_out, 'earlier phase')} left out to fit" if left_out else ""
    yield Line(f"{_totals(history, trend)}{more}")


def _by_metric(trend: Trend) -> list[tuple[Series, ...]]:
    """Return the series of each metric."""
    return [tuple(found) for _, found in groupby(trend.series, key=lambda one: one.metric)]


def _block(series: Sequence[Series], phases: Sequence[str], marks: Marks) -> Iterator[_Row]:
    """Yield the head and the rows of one metric, each row on a scale of its own."""
    rows = [_cells(one, marks) for one in series]
    head = ["repository", *map(phase_name, phases), "", "change"]
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    said = ["", *("; ".join(visible(remark, 500) for remark in remarks(one, phases)) for one in series)]
    for cells, words in zip((head, *rows), said, strict=True):
        name, *numbers, drawn, change = cells
        aligned = [text.rjust(width) for text, width in zip(numbers, widths[1:-2], strict=True)]
        last = f"{drawn.ljust(widths[-2])}  {change.rjust(widths[-1])}"
        yield _Row("  ".join((name.ljust(widths[0]), *aligned, last)), words)


def _cells(series: Series, marks: Marks) -> list[str]:
    values = [None if reading is None else reading.value for reading in series.readings]
    scale = series.scale
    texts = [marks.gap if reading is None else value_text(reading, scale) for reading in series.readings]
    change = change_text(series, scale).replace(GAP, marks.gap)
    return [visible(series.repository, _NAME), *texts, sparkline(values, marks.levels), change]


def _marks() -> Marks:
    return UNICODE if can_print(BLOCKS + GAP) else _PLAIN


def _totals(history: History, trend: Trend) -> str:
    """Return how many repositories, recorded ends of their phases and gaps a trend shows."""
    names = {one.repository for one in trend.series}
    ends = sum(history.end(name, phase) is not None for name in names for phase in trend.phases)
    gaps = sum(reading is None for one in trend.series for reading in one.readings)
    return f"{_counted(len(names), 'repository', 'repositories')}, {_counted(ends, 'phase')}, {_counted(gaps, 'gap')}"


def _counted(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or f'{one}s'}"
