"""The page of a trend: every recorded number and no other, names that stay names, and what a browser makes of it."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from html.parser import HTMLParser
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

import browser_workshop
from browser_workshop import CONTRAST, ENTER, TAB, TEXTS, Browser
from phasemetrics.escaping import visible
from phasemetrics.templates import builtin
from phasemetrics.trend.axes import axis_for, phase_names
from phasemetrics.trend.page import render
from phasemetrics.trend.series import Reading, Series, Trend
from phasemetrics.trend.wording import remarks
from phasemetrics.unitnames import SYMBOLS
from phasemetrics.units import scale_for

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&amp;{{ 7 * 7 }}\u202egpj.\u202c"
TAGS = """
    html head meta title style body a header h1 h2 h3 bdi span p nav ul li main section table thead tbody tr th td
    svg desc line circle g text article div details summary data code footer
"""
ATTRIBUTES = """
    lang charset name content http-equiv class href id tabindex aria-label aria-labelledby aria-describedby role
    scope colspan width height viewbox style value title open x y x1 x2 y1 y2 cx cy r dx dy text-anchor
"""
MEASURED = (("tests.total", "count", 900.0), ("coverage.lines", "ratio", 0.6), ("bench.parse.median", "second", 0.01))


class Page(HTMLParser):
    """The tags of a page with their attributes, its text, and the numbers in each article with what is printed."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.articles: list[list[tuple[float, str]]] = []
        self.pictures = [ElementTree.fromstring(found) for found in re.findall(r"<svg.*?</svg>", source, re.DOTALL)]
        self._exact: str | None = None
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attrs}
        self.tags.append((tag, held))
        if tag == "article":
            self.articles.append([])
        self._exact = held["value"] if tag == "data" else None

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._exact is not None:
            self.articles[-1].append((float(self._exact), data))
            self._exact = None

    def all(self, attribute: str) -> list[str]:
        return [held[attribute] for _, held in self.tags if attribute in held]

    def charts(self) -> list[ElementTree.Element]:
        return [picture for picture in self.pictures if picture.get("class") == "chart"]


names = st.text(max_size=12) | st.sampled_from([HOSTILE, "x" * 500, "acme/api", "שלום"])
values = st.floats(allow_nan=False, allow_infinity=False) | st.floats(0, 1) | st.integers(0, 5000).map(float)
readings = st.builds(Reading, values, st.none() | names, st.none() | st.just("2026-03-01T10:00:00Z") | names)


@st.composite
def trends(draw: st.DrawFn) -> Trend:
    phases = tuple(draw(st.lists(names, min_size=1, max_size=7)))
    whole = st.lists(st.none() | readings, min_size=len(phases), max_size=len(phases)).map(tuple)
    units = st.sampled_from([*SYMBOLS, "furlong"]) | names
    metrics = st.sampled_from(["tests.total", "coverage.lines"]) | names
    notes = st.lists(names, max_size=2).map(tuple)
    series = st.lists(st.builds(Series, names, metrics, units, whole, notes, st.just("") | names), max_size=4)
    return Trend(phases, tuple(draw(series)))


def by_section(trend: Trend) -> list[Series]:
    """Return the series in the order of the page: those of one metric and unit together."""
    order = list(dict.fromkeys((row.metric, row.unit) for row in trend.series))
    return sorted(trend.series, key=lambda row: order.index((row.metric, row.unit)))


def present(row: Series) -> list[float]:
    return [reading.value for reading in row.readings if reading]


@given(trend=trends())
def test_every_recorded_number_is_on_the_page_and_no_other(trend: Trend) -> None:
    page = Page(render(trend))
    expected = []
    for row in by_section(trend):
        scale = scale_for(row.unit, present(row))
        expected.append([(value, visible(scale.text(value), 400)) for value in present(row)])
    assert page.articles == expected


@given(trend=trends())
def test_a_chart_has_a_point_for_each_reading_and_no_line_through_a_gap(trend: Trend) -> None:
    drawn = [row for row in by_section(trend) if present(row)]
    charts = Page(render(trend)).charts()
    assert len(charts) == len(drawn)
    for row, chart in zip(drawn, charts, strict=True):
        points = [tuple(point.iter("circle"))[-1] for point in chart.iter("g")]
        places = [(Decimal(str(point.get("cx"))[:-1]), Decimal(str(point.get("cy")))) for point in points]
        assert len(places) == len(present(row))
        assert [x for x, _ in places] == sorted(x for x, _ in places)
        bottom, *_, top = [Decimal(str(line.get("y1"))) for line in chart.iter("line") if line.get("x1") == "0"]
        assert all(top <= y <= bottom for _, y in places)
        for (value, (_, y)), (other, (_, lower)) in combinations(zip(present(row), places, strict=True), 2):
            assert value == other or (y <= lower if value > other else y >= lower)
        strokes = [line for line in chart.iter("line") if line.get("class") == "stroke"]
        neighbours = [(one, other) for one, other in pairwise(row.readings) if one and other]
        assert len(strokes) == len(neighbours)
        assert sum(text.get("class") == "gap" for text in chart.iter("text")) == row.readings.count(None)


def test_a_value_lies_on_the_line_of_its_number() -> None:
    row = Series("acme/api", "coverage.lines", "ratio", (at(0.7), None, at(0.9), at(0.75)))
    (chart,) = Page(render(Trend(("1", "2", "3", "4"), (row,)))).charts()
    ticks = {str(text.text): text.get("y") for text in chart.iter("text") if text.get("class") == "tick"}
    points = [tuple(point.iter("circle"))[-1] for point in chart.iter("g")]
    assert [point.get("cy") for point in points] == [ticks["70%"], ticks["90%"], ticks["75%"]]
    assert [point.get("cx") for point in points] == ["0%", "66.67%", "100%"]
    lines = {line.get("y1") for line in chart.iter("line") if line.get("class") in {"grid", "base"}}
    assert lines == set(ticks.values())
    assert {text.get("y") for text in chart.iter("text") if text.get("class") != "tick"} == {ticks["70%"]}


@given(trend=trends())
def test_every_picture_says_its_numbers(trend: Trend) -> None:
    page = Page(render(trend))
    drawn = [row for row in by_section(trend) if present(row)]
    assert len(page.pictures) == 2 * len(drawn)
    for picture in page.pictures:
        title, description, *_ = picture
        assert (picture.get("role"), title.tag, description.tag) == ("img", "title", "desc")
        assert picture.get("aria-labelledby") == title.get("id")
        assert picture.get("aria-describedby") == description.get("id")
        assert title.text
    for row, chart in zip(drawn, page.charts(), strict=True):
        scale = scale_for(row.unit, present(row))
        said = str(chart[1].text)
        assert all(visible(scale.text(value), 400) in said for value in present(row))
        assert said.count(": not recorded") >= row.readings.count(None)


@given(trend=trends())
def test_names_stay_names(trend: Trend) -> None:
    source = render(trend)
    page = Page(source)
    assert {tag for tag, _ in page.tags} <= set(TAGS.split())
    assert {name for _, held in page.tags for name in held} <= set(ATTRIBUTES.split())
    assert not [one for one in source if one != "\n" and unicodedata.category(one) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]
    for row in trend.series:
        for shown in (visible(row.repository, 300), *(visible(note, 500) for note in remarks(row, trend.phases))):
            assert shown in page.text
    anchors = page.all("id")
    assert len(anchors) == len(set(anchors))
    assert all(link[1:] in anchors and link[0] == "#" for link in page.all("href"))
    references = [*page.all("aria-labelledby"), *page.all("aria-describedby")]
    assert set(references) <= set(anchors)


@given(trend=trends())
def test_the_same_trend_is_the_same_page(trend: Trend) -> None:
    source = render(trend)
    assert render(Trend(tuple(trend.phases), tuple(trend.series))) == source
    assert source.startswith("<!DOCTYPE html>")
    assert source.endswith("</html>\n")
    source.encode()


def test_the_page_refers_to_nothing_but_itself() -> None:
    source = render(many(3, 8)).lower()
    assert not re.findall(r"https?:|//|src=|url\(|@import|<script|<link|<iframe|<object|<form|\son\w+=", source)
    assert "content-security-policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"" in source


def test_phases_and_changes_are_in_the_units_of_people() -> None:
    rows = (
        Series("acme/api", "coverage.lines", "ratio", (at(0.71), None, at(0.923))),
        Series("acme/api", "bench.parse.median", "second", (at(0.0123), at(0.0117), None)),
        Series("acme/api", "tests.total", "count", (None, at(118), None), ("P1 was partial",)),
        Series("acme/api", "bench.load.median", "second", (at(2), at(1), None), apart="cpu differs (a → b)"),
    )
    text = re.sub(r"\s+", " ", Page(render(Trend(("1", "2b", "final"), rows))).text)
    assert "acme/api over 3 phases" in text
    assert "4 metrics, from P1 to final. 7 recorded values, 5 gaps." in text
    assert "coverage.lines 92.3% +21.3 pp" in text
    assert "bench.parse.median 11.7 ms -0.6 ms at P2b" in text
    assert "P1, final not recorded P1 was partial" in text
    assert "bench.load.median 1.00 s at P2b bench.load" in text, "no change"
    assert "the first and the last value are not compared: cpu differs (a → b)" in text


def test_one_metric_in_two_units_is_two_charts() -> None:
    rows = (Series("a", "size", "byte", (at(2048),)), Series("b", "size", "count", (at(2),)))
    page = Page(render(Trend(("1",), rows)))
    assert len(page.charts()) == 2
    assert "size (byte)" in page.text
    assert "size (count)" in page.text


def test_the_page_is_no_template_for_documents() -> None:
    assert "trend" not in {template.name.partition(".")[0] for template in builtin()}


def test_a_trend_of_nothing_says_so() -> None:
    assert "Nothing was recorded." in Page(render(Trend((), ()))).text


@given(found=st.lists(values, min_size=1, max_size=9), unit=st.sampled_from([*SYMBOLS, "furlong"]))
def test_an_axis_has_round_numbers_around_all_values(found: list[float], unit: str) -> None:
    scale = scale_for(unit, found)
    axis = axis_for(found, scale)
    numbers = [Decimal(repr(value)) / scale.factor for value in found]
    steps = {later - earlier for earlier, later in pairwise(axis.ticks)}
    assert len(steps) == 1
    assert steps.pop().normalize().as_tuple().digits in {(1,), (2,), (5,)}
    assert 2 <= len(axis.ticks) <= 6
    assert axis.ticks[0] <= min(numbers) <= max(numbers) <= axis.ticks[-1]
    assert len({axis.text(tick) for tick in axis.ticks}) == len(axis.ticks)
    assert min(numbers) < 0 or axis.ticks[0] >= 0
    if unit == "ratio":
        assert max(numbers) > 100 or axis.ticks[-1] <= 100 or axis.ticks[1] - axis.ticks[0] > 100


@pytest.mark.parametrize(
    ("found", "unit", "texts"),
    [
        ([0.712, 0.923], "ratio", ["70%", "80%", "90%", "100%"]),
        ([1.0, 1.0], "ratio", ["95%", "100%"]),
        ([1000, 1001], "count", ["1000", "1002"]),
        ([0.0121, 0.0126], "second", ["12.0\u00a0ms", "12.2\u00a0ms", "12.4\u00a0ms", "12.6\u00a0ms"]),
        ([0, 0], "count", ["0", "1"]),
        ([3e12, 1e12], "furlong", ["1E+12", "1.5E+12", "2E+12", "2.5E+12", "3E+12"]),
    ],
)
def test_ticks(found: list[float], unit: str, texts: list[str]) -> None:
    axis = axis_for(found, scale_for(unit, found))
    assert [axis.text(tick) for tick in axis.ticks] == texts


@given(phases=st.lists(names, min_size=1, max_size=40))
def test_the_last_phase_is_always_named(phases: list[str]) -> None:
    for room in ("narrow", "wide"):
        positions = [name.position for name in phase_names(phases, 225, 420) if name.room in {"all", room}]
        assert positions[-1] == len(phases) - 1
        assert len({later - earlier for earlier, later in pairwise(positions)}) <= 1


def at(value: float) -> Reading:
    return Reading(value, "3f2a91c0d4e5b6a7", "2026-03-01T10:00:00Z")


def many(repositories: int, phases: int, metrics: int = 3) -> Trend:
    """Return a trend with some gaps, always the same one."""
    chance = random.Random(7)
    rows = []
    for metric, unit, size in MEASURED[:metrics]:
        for number in range(repositories):
            steps = (round(size * chance.uniform(0.8, 1.5), 0 if unit == "count" else 6) for _ in range(phases))
            found = tuple(None if chance.random() < 0.08 else at(step) for step in steps)
            rows.append(Series(f"acme/repository-{number}", metric, unit, found))
    return Trend(tuple(str(number + 1) for number in range(phases)), tuple(rows))


def unkind() -> Trend:
    phases = ("<b>1", "phase-with-a-long-name", "3\u202e", "フェーズ四五六七八", "W" * 90)
    rows = (
        Series(HOSTILE + "x" * 300, '"><b>m' * 20, "<i>furlong</i>" * 4, (at(1e300), None, at(-3.5), at(1e-9), None)),
        Series("שלום/עולם", "coverage.lines", "ratio", (at(1),) * 5, (HOSTILE,)),
        Series("W" * 200, "coverage.lines", "ratio", (None,) * 5),
        Series("b", "coverage.lines", "count", (at(0), None, None, at(123456789), None)),
    )
    return Trend(phases, rows)


PAGES = {"one": many(1, 3), "forty": many(40, 12), "single": many(1, 1, 1), "unkind": unkind(), "several": many(5, 30)}


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser_workshop.chromium(tmp_path_factory.mktemp("profile")) as started:
        yield started


@pytest.fixture(scope="module", params=PAGES)
def page(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pages") / f"{request.param}.html"
    path.write_text(render(PAGES[request.param]), encoding="utf-8")
    return path


def too_wide(browser: Browser) -> int:
    return int(browser.asked("return document.scrollingElement.scrollWidth - innerWidth"))


def misplaced(browser: Browser) -> list[Any]:
    """Return the texts of charts that are not within the window, or lie on another of the same chart."""
    width = browser.asked("return innerWidth")
    found: list[Any] = []
    for boxes in browser.asked(TEXTS):
        found += [text for text, left, _, right, _ in boxes if left < 0 or right > width]
        found += [
            (one[0], other[0])
            for one, other in combinations(boxes, 2)
            if one[1] < other[3] and other[1] < one[3] and one[2] < other[4] and other[2] < one[4]
        ]
    return found


@pytest.mark.parametrize("width", [1280, 700, 360])
def test_everything_has_its_place(browser: Browser, page: Path, width: int) -> None:
    browser.open(page, width)
    assert too_wide(browser) <= 0
    assert browser.asked(TEXTS)
    assert misplaced(browser) == []
    browser.asked("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    assert too_wide(browser) <= 0


def test_nothing_is_loaded_and_nothing_complains(browser: Browser, page: Path) -> None:
    browser.open(page)
    assert browser.loaded() == [page.as_uri()]
    assert browser.complaints() == []
    assert browser.asked("return document.scripts.length + document.images.length + document.links.length") == (
        browser.asked("return document.querySelectorAll('a[href^=\"#\"]').length")
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_can_be_read_on_either_paper(browser: Browser, page: Path, scheme: str) -> None:
    browser.open(page, scheme=scheme)
    browser.asked("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    seen = browser.asked(CONTRAST)
    assert seen["paper"] > 0.9 if scheme == "light" else seen["paper"] < 0.05
    assert len(seen["read"]) > 10
    assert [text for text, contrast in seen["read"] if contrast < 4.5] == []
    assert seen["drawn"]
    assert [name for name, contrast in seen["drawn"] if contrast < 3] == []


@pytest.mark.parametrize(("scheme", "accent"), [("light", "11,95,116"), ("dark", "116,198,216")])
def test_a_screenshot_has_ink_on_paper(browser: Browser, page: Path, scheme: str, accent: str) -> None:
    browser.open(page, scheme=scheme)
    (_, paper), *inks = browser.colours()
    assert len(inks) > 20
    assert 0.005 < sum(pixels for _, pixels in inks) / (paper + sum(pixels for _, pixels in inks)) < 0.3
    assert dict(inks)[accent] > 100, "the lines are drawn"


@pytest.mark.parametrize("page", ["one", "unkind", "several"], indirect=True)
@pytest.mark.parametrize("width", [1280, 360])
def test_what_is_read_aloud(browser: Browser, page: Path, width: int) -> None:
    browser.open(page, width)
    images = browser.named("image")
    assert len(images) == browser.asked("return document.querySelectorAll('svg').length") > 0
    assert all(name and description for name, description in images)
    for landmark in ("banner", "navigation", "main", "contentinfo"):
        assert len(browser.named(landmark)) == 1
    levels = browser.asked(
        "return [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map(one => Number(one.tagName[1]))"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))
    rows = browser.asked("return document.querySelectorAll('.overview tbody tr').length")
    headers = browser.asked("return [...document.querySelectorAll('.overview tbody th')].map(one => one.textContent)")
    told = [name for name, _ in browser.named("rowheader")]
    assert len(headers) == rows > 0
    assert set(headers) <= set(told), "an overview that is laid out for a telephone is still a table"


def test_the_keyboard_goes_past_the_head(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.press(TAB)
    focus = "const it = document.activeElement, box = it.getBoundingClientRect(), style = getComputedStyle(it);"
    seen = browser.asked(f"{focus} return [it.className, box.top >= 0, style.outlineStyle, style.outlineWidth]")
    assert seen == ["skip", True, "solid", "2px"]
    browser.press(ENTER)
    assert browser.asked("return [location.hash, document.activeElement.id]") == ["#overview", "overview"]
    browser.press(TAB)
    assert browser.asked("return document.activeElement.closest('.overview') !== null")


BAD = """<!DOCTYPE html><title>bad</title><body style="background: #fff; color: #999"><p style="width: 2000px">grey</p>
<svg width="99" height="99"><text x="9" y="20">one</text><text x="12" y="22">two</text><text x="-50" y="90">out</text>
</svg><img src="nowhere.png" alt="">"""


def test_the_browser_would_see_what_is_wrong(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "bad.html"
    path.write_text(BAD, encoding="utf-8")
    browser.open(path, 360)
    assert too_wide(browser) > 0
    assert misplaced(browser) == ["out", ("one", "two")]
    assert [text for text, contrast in browser.asked(CONTRAST)["read"] if contrast < 4.5] == ["grey"]
    assert browser.loaded() == [path.as_uri(), (tmp_path / "nowhere.png").as_uri()]
    assert len(browser.complaints()) == 1
