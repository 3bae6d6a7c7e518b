"""`trend`: every recorded number and no other, gaps that stay gaps, and what each format makes of them."""

from __future__ import annotations

import contextlib
import csv
import fcntl
import io
import json
import os
import re
import struct
import subprocess
import termios
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from prometheus_client.openmetrics.parser import text_string_to_metric_families

import nursery
import phases_workshop
from phasemetrics.cli.trendtable import table_lines
from phasemetrics.errors import Refusal
from phasemetrics.evidence.history import Record, phase_order, recorded_in
from phasemetrics.evidence.model import Metric
from phasemetrics.evidence.points import read_point
from phasemetrics.evidence.snapshot import dumps, loads
from phasemetrics.evidence.store import Side
from phasemetrics.stores.opening import open_store
from phasemetrics.trend import openmetrics
from phasemetrics.trend.choosing import Choice
from phasemetrics.trend.following import follow
from phasemetrics.trend.gathering import BOTH, History
from phasemetrics.trend.markdown import chart, render, table
from phasemetrics.trend.rows import as_csv, as_json, as_ndjson, rows_of
from phasemetrics.trend.series import Reading, Series, Trend
from phasemetrics.trend.sparkline import sparkline
from phases_workshop import MACHINE, metric, record, snapshot

PROGRAM = str(nursery.PROGRAM)
DOCS = Path(__file__).parents[1] / "docs" / "trend.md"
HOSTILE = '=cmd|"\'`</script>\n::error::\u202e\\ | %%{init}%% ](x) {a="b"}'
BLOCKS = re.compile(r"^(`{3,})console\n(.*?)^\1$", re.MULTILINE | re.DOTALL)


def ran(where: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return nursery.ran(where, "trend", *arguments, **variables)


def printed(where: Path, *arguments: str, **variables: str) -> str:
    found = ran(where, *arguments, **variables)
    assert found.returncode == 0, found.stderr
    return found.stdout


def refused(where: Path, status: int, *arguments: str) -> str:
    found = ran(where, *arguments)
    assert (found.returncode, found.stdout) == (status, ""), found.stderr
    return found.stderr.splitlines()[-1]


def ends(root: Path, name: str, values: Mapping[str, float | None], unit: str = "count") -> Path:
    """Record one metric at the end of each phase; of a phase with None only that it began."""
    for phase, value in values.items():
        side: Side = "baseline" if value is None else "end"
        record(root, phase, side, snapshot({name: metric(0 if value is None else value, unit)}))
    return root


def history(*records: Record, takes: str = "*") -> History:
    found = History(Choice((takes,)).takes, BOTH)
    found.add(records)
    return found


def kept(repository: str, phase: str, side: Side, metrics: Mapping[str, Metric]) -> Record:
    return Record(repository, phase, side, dumps(snapshot(metrics)))


def row(text: str, name: str) -> list[str]:
    """Return the cells of a repository's line of the table."""
    (line,) = [line for line in text.splitlines() if line.startswith(f"{name} ")]
    return line.split()[1:]


@pytest.fixture(scope="module")
def six(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six repositories with eight phases, gaps among them."""
    folder = tmp_path_factory.mktemp("six")
    phases_workshop.many(folder, 6, 8, seed=3, items=2, gaps=0.3)
    return folder


# The table


def test_a_gap_is_a_gap(tmp_path: Path) -> None:
    ends(tmp_path / "api", "tests.total", {"1": 10, "2": None, "3": 30})
    ends(tmp_path / "web", "tests.total", {"2": 5, "3": 5})
    text = printed(tmp_path, "api", "web")
    assert text.splitlines()[0] == "tests.total"
    assert text.splitlines()[1].split() == ["repository", "P1", "P2", "P3", "change"]
    assert text.splitlines()[2] == "api         10   –  30  ▁ █     +20   P2 not recorded"
    assert text.splitlines()[3] == "web          –   5   5   ▄▄       0   P1 not recorded"
    assert text.splitlines()[-1] == "2 repositories, 4 phases, 2 gaps"


def test_phases_stand_in_their_order_and_the_last_can_be_asked_for(tmp_path: Path) -> None:
    ends(tmp_path / "api", "tests.total", {"10": 4, "2b": 3, "2": 2, "final": 5, "1": 1})
    head = printed(tmp_path, "api").splitlines()[1].split()
    assert head == ["repository", "P1", "P2", "P2b", "P10", "final", "change"]
    text = printed(tmp_path, "api", "--last", "2")
    assert text.splitlines()[1].split() == ["repository", "P10", "final", "change"]
    assert row(text, "api") == ["4", "5", "▁█", "+1"], "of what is printed, not of what was before"


def test_the_change_is_the_last_printed_number_minus_the_first(six: Path) -> None:
    text = printed(six, *folders(six), "--metric", "coverage.lines", "--metric", "tests.total")
    rows = [line.split("▁")[0].split("█")[0] for line in text.splitlines() if re.match(r"\w+/", line)]
    assert len(rows) == 12
    for line in text.splitlines():
        if not re.match(r"\w+/", line):
            continue
        numbers = [Decimal(one) for one in re.findall(r" (\d+(?:\.\d)?)%?(?= )", line)]
        (change,) = re.findall(r" ([+-]?\d+(?:\.\d)?)(?: pp|$|   P)", line)
        assert numbers[-1] - numbers[0] == Decimal(change), line


def folders(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.glob("*/*"))


def test_what_does_not_fit_is_left_out_and_said(six: Path) -> None:
    found = History(Choice(("coverage.lines",)).takes, BOTH)
    for name in folders(six):
        found.add(recorded_in(six / name, name))
    every = [line.text for line in table_lines(found, ["coverage.lines"], None)]
    width = max(map(len, every[1:7]))
    assert [line.text for line in table_lines(found, ["coverage.lines"], None, width)] == every
    narrow = [line.text for line in table_lines(found, ["coverage.lines"], None, 70)]
    assert max(map(len, narrow)) <= 70
    assert narrow[1].split()[-2:] == ["P8", "change"], "the last phases stay"
    left_out = 8 - (len(narrow[1].split()) - 2)
    assert left_out > 0
    assert narrow[-1].endswith(f"; {left_out} earlier phases left out to fit")


def test_a_stream_without_blocks_gets_what_it_can_show(tmp_path: Path) -> None:
    ends(tmp_path / "api", "tests.total", {"1": 10, "2": None, "3": 30})
    text = printed(tmp_path, "api", PYTHONIOENCODING="ascii")
    assert "10   -  30  . @     +20" in text


def test_a_terminal_is_as_wide_as_it_is(six: Path) -> None:
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 60, 0, 0))
    clean = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "NO_COLOR"}}
    command = [PROGRAM, "trend", *folders(six), "--metric", "coverage.lines"]
    with subprocess.Popen(command, cwd=six, env=clean | {"TERM": "xterm"}, stdout=theirs) as process:
        os.close(theirs)
        text = b""
        with contextlib.suppress(OSError):  # which is how a terminal ends
            while piece := os.read(ours, 4096):
                text += piece
        os.close(ours)
    assert process.returncode == 0
    lines = text.decode().splitlines()
    assert lines[0] == "\x1b[1mcoverage.lines\x1b[0m"
    assert max(map(len, lines[1:-1])) <= 60
    assert lines[-1].endswith("left out to fit")


def test_a_name_is_text_on_the_terminal(tmp_path: Path) -> None:
    ends(tmp_path / "api", "tests.total", {"1": 10, "2": 12})
    (tmp_path / "api/phasemetrics.toml").write_text('repository = "::error::\\u001b[31m\\u202ex"\n')
    text = printed(tmp_path, "api")
    assert "\n ::error::\\x1b[31m\\u202ex  10  12" in text
    assert "\x1b" not in text


# Which metrics


def test_the_usual_metrics_and_the_configured_ones(six: Path, tmp_path: Path) -> None:
    text = printed(six, *folders(six))
    heads = [line for line in text.splitlines() if re.fullmatch(r"[a-z_.]+", line)]
    assert heads == ["tests.total", "tests.failed", "coverage.lines", "bench.test_parse.median"]
    root = tmp_path / "api"
    record(root, "1", "end", snapshot({"tests.total": metric(3), "tests.failed": metric(0)}))
    assert "tests.failed" not in printed(tmp_path, "api"), "none ever failed"
    assert "tests.failed" in printed(tmp_path, "api", "--metric", "tests.failed")


def test_metrics_by_name_by_glob_and_by_what_they_are_called_for_short(six: Path) -> None:
    names = folders(six)
    text = printed(six, *names, "--metric", "bench.test_parse", "--metric", "tests.[pf]a*")
    heads = [line for line in text.splitlines() if re.fullmatch(r"[a-z_.]+", line)]
    assert heads == ["bench.test_parse.median", "tests.failed", "tests.passed"]
    line = refused(six, 2, *names, "--metric", "coverage.line")
    assert "error[unknown-metric]" in line
    assert "did you mean 'coverage.lines'?" in line


def test_a_metric_that_some_never_recorded(tmp_path: Path) -> None:
    ends(tmp_path / "api", "tests.total", {"1": 10})
    ends(tmp_path / "web", "coverage.lines", {"1": 0.5}, "ratio")
    found = ran(tmp_path, "api", "web", "--metric", "tests.total")
    assert found.stderr == "tests.total was never recorded in web\n"
    assert "web" not in found.stdout
    assert ran(tmp_path, "api", "web").stderr == ""


def test_units_are_never_mixed(tmp_path: Path) -> None:
    root = tmp_path / "api"
    for phase, value, unit in (("1", 5, "byte"), ("2", 3, "second"), ("3", 2, "second")):
        record(root, phase, "end", snapshot({"bench.x.value": metric(value, unit)}))
    text = printed(tmp_path, "api", "--metric", "bench.x")
    assert "–" in text
    assert "P1 is left out: measured in byte, not in second" in text
    assert "-1.00 s" in text
    rows = list(csv.DictReader(io.StringIO(printed(tmp_path, "api", "--metric", "bench.x", "--format", "csv"))))
    assert [(one["value"], one["unit"]) for one in rows] == [("5", "byte"), ("3", "second"), ("2", "second")]


def test_times_of_two_machines_are_not_compared(tmp_path: Path) -> None:
    other = replace(MACHINE, cpu="Apple M4")
    for phase, machine in (("1", MACHINE), ("2", other), ("3", other)):
        numbers = {"bench.x.median": metric(int(phase), "second"), "tests.total": metric(int(phase))}
        record(tmp_path / "api", phase, "end", snapshot(numbers, machine=machine))
    text = printed(tmp_path, "api", "--metric", "bench.x", "--metric", "tests.total")
    assert "P2 was not measured like P1" in text
    assert "the first and the last value are not compared: CPU differs (AMD EPYC 7763 → Apple M4)" in text
    assert "+2.00 s" not in text
    assert row(text.partition("tests.total\n")[2], "api") == ["1", "2", "3", "▁▅█", "+2"], "tests are the same anywhere"
    assert "+1.00 s" in printed(tmp_path, "api", "--metric", "bench.x", "--last", "2")


# What repositories are called


def test_a_repository_is_called_by_its_configuration_or_its_folder(tmp_path: Path) -> None:
    for name in ("a/api", "b/api", "c/web"):
        ends(tmp_path / name, "tests.total", {"1": 10})
    (tmp_path / "c/web/phasemetrics.toml").write_text('repository = "acme/site"\n')
    rows = printed(tmp_path, "a/api", "b/api", "c/web", "a/api/", "./c/../b/api").splitlines()[2:-2]
    assert [line.split()[0] for line in rows] == ["a/api", "b/api", "acme/site"], "each once"
    assert printed(tmp_path / "c/web").splitlines()[2].startswith("acme/site")
    (tmp_path / "a/api/phasemetrics.toml").write_text('repository = "acme/site"\n')
    rows = printed(tmp_path, "a/api", "b/api", "c/web").splitlines()[2:-2]
    assert [line.split()[0] for line in rows] == ["a/api", "b/api", "web"], "two that are called the same are two"


def test_a_project_inside_of_another_has_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "phasemetrics.toml").write_text('repository = "acme/outer"\n')
    root = ends(tmp_path / "inner", "tests.total", {"1": 10})
    (root / "pyproject.toml").write_text('[project]\nname = "inner"\n')
    (tmp_path / ".git").mkdir()
    assert printed(tmp_path, "inner").splitlines()[2].startswith("inner ")


# What is refused


def test_folders_without_a_record_are_named_and_skipped(tmp_path: Path) -> None:
    ends(tmp_path / "api", "tests.total", {"1": 10})
    (tmp_path / "empty").mkdir()
    found = ran(tmp_path, "api", "empty")
    assert found.stderr == "empty: nothing was recorded there, so it is left out\n"
    assert found.stdout.splitlines()[-1] == "1 repository, 1 phase, 0 gaps"
    assert "error[not-recorded]" in refused(tmp_path, 3, "empty")
    ends(tmp_path / "begun", "tests.total", {"1": None})
    assert "error[not-recorded]" in refused(tmp_path, 3, "begun")
    assert "error[no-directory]: nowhere" in refused(tmp_path, 2, "api", "nowhere")


def test_folders_and_a_store_are_two_sources(tmp_path: Path) -> None:
    assert "error[two-sources]" in refused(tmp_path, 2, "api", "--store", "file:///nowhere")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda text: text[: len(text) // 2], "malformed"),
        (lambda text: text.replace('"schema": 1', '"schema": 2'), "a newer phasemetrics wrote it"),
        (lambda text: text.replace('"value": 10', '"value": NaN'), "NaN is not a number"),
        (lambda text: text.replace('"value": 10', '"value": "10"'), "are not all numbers"),
        (lambda text: text.replace('"warnings"', '"schema"'), "a key stands there twice"),
        (lambda text: text.replace('"files": []', '"files": [{"path": 1, "path": 2}]'), "a key stands there twice"),
    ],
)
def test_a_damaged_record_is_refused_with_its_place(tmp_path: Path, damage: Any, said: str) -> None:
    path = ends(tmp_path / "api", "tests.total", {"1": 10}) / ".phasemetrics/phases/1/end.json"
    text = path.read_text()
    assert damage(text) != text
    path.write_text(damage(text))
    line = refused(tmp_path, 3, "api")
    assert line.startswith("error[damaged-store]: api/.phasemetrics/phases/1/end.json")
    assert "the stored snapshot of api is malformed" in line
    assert said in line


def test_a_broken_configuration_is_refused_with_its_folder(tmp_path: Path) -> None:
    ends(tmp_path / "api", "tests.total", {"1": 10})
    (tmp_path / "api/phasemetrics.toml").write_text("repositry = 1\n")
    assert "error[bad-config]: api/phasemetrics.toml" in refused(tmp_path, 2, "api")


def test_a_record_read_lightly_has_the_same_metrics(six: Path) -> None:
    records = [one for name in folders(six) for one in recorded_in(six / name, name)]
    assert len(records) > 60
    for one in records:
        point, whole = read_point(one), loads(one.content, "x")
        assert (point.repository, point.phase, point.side) == (one.repository, one.phase, one.side)
        light = point.measured
        assert (light.metrics, light.revision, light.machine) == (whole.metrics, whole.revision, whole.machine)
        assert (light.options, light.warnings) == (whole.options, whole.warnings)
        assert (light.coverage, light.tests, light.cases, light.sources) == ((), (), None, ())


def test_no_part_of_a_record_is_taken_for_the_whole(six: Path) -> None:
    one = next(recorded_in(six / folders(six)[0], "acme/api"))
    for length in range(0, len(one.content.rstrip()), 97):
        with pytest.raises(Refusal) as error:
            read_point(replace(one, content=one.content[:length]))
        assert error.value.code == "damaged-store"
        assert error.value.path == ".phasemetrics/phases/1/baseline.json"
        assert "acme/api" in error.value.message


# Where it comes from and goes to


def test_what_was_pushed_is_read_from_a_store(six: Path, tmp_path: Path) -> None:
    (tmp_path / "bucket").mkdir()
    store = open_store(f"file://{tmp_path / 'bucket'}")
    names = [f"github.com/{name}" for name in folders(six)[:2]]
    for name in folders(six)[:2]:
        for one in recorded_in(six / name, f"github.com/{name}"):
            store.put(one)
    options = ["--metric", "coverage.lines", "--format", "json"]
    pushed = json.loads(printed(tmp_path, "--store", f"file://{tmp_path / 'bucket'}", *options))
    local = json.loads(printed(six, *folders(six)[:2], *options))
    assert {one["repository"] for one in pushed["series"]} == set(names)
    by_name = {one["repository"].removeprefix("github.com/"): one["values"] for one in pushed["series"]}
    assert by_name == {one["repository"]: one["values"] for one in local["series"]}


def test_it_is_written_to_a_file(six: Path, tmp_path: Path) -> None:
    begin = {
        "table": "tests.total\nrepository ", "markdown": "## `tests.total`\n", "csv": "repository,phase,side,metric,",
        "json": '{\n "schema": 1,', "ndjson": '{"repository": ', "openmetrics": "# TYPE ", "html": "<!DOCTYPE html>",
    }  # fmt: skip
    for name, first in begin.items():
        path = tmp_path / name
        assert printed(six, *folders(six), "--format", name, "-o", str(path)) == ""
        text = path.read_text()
        assert text.startswith(first)
        assert text.endswith("\n")
        assert not text.endswith("\n\n")
        if name in {"table", "csv"}:
            assert text == printed(six, *folders(six), "--format", name), "the same, whoever reads it"
    assert "error[cannot-write]" in refused(six, 3, *folders(six), "-o", str(tmp_path / "no/where"))
    assert printed(six, *folders(six), PHASEMETRICS_FORMAT="text") == printed(six, *folders(six)), "as others call it"


def test_what_has_no_place_for_a_note_says_it_beside(tmp_path: Path) -> None:
    ends(tmp_path / "api", "tests.total", {"1": 10, "2": None, "3": 30})
    assert ran(tmp_path, "api", "--format", "csv").stderr == "api: P2 not recorded\n"
    record(tmp_path / "api", "3", "end", snapshot({"tests.total": metric(3), "coverage.lines": metric(1, "ratio")}))
    said = "api: tests.total: P2 not recorded\napi: coverage.lines: P1, P2 not recorded\n"
    assert ran(tmp_path, "api", "--format", "ndjson").stderr == said
    for name in ("markdown", "openmetrics"):
        assert ran(tmp_path, "api", "--format", name).stderr == ""


# Rows for programs

numbers = st.integers(-(10**15), 10**15) | st.floats(allow_nan=False, allow_infinity=False)
ends_of_phases = st.dictionaries(
    st.tuples(
        st.sampled_from(["acme/api", "acme/web", "-x", HOSTILE]),
        st.sampled_from(["1", "2", "2b", "10", "final"]),
        st.sampled_from(BOTH),
    ),
    st.dictionaries(st.sampled_from(["tests.total", "bench.a b.x", "=1+1", HOSTILE]), numbers, max_size=4),
    max_size=14,
)


@given(ends_of_phases)
def test_every_recorded_number_is_a_row_and_no_other(
    recorded: Mapping[tuple[str, str, Side], Mapping[str, float]],
) -> None:
    found = history(
        *(
            kept(name, phase, side, {called: metric(value) for called, value in values.items()})
            for (name, phase, side), values in recorded.items()
        )
    )
    metrics = sorted(found.known)
    trend = follow(found, metrics)
    expected = {(*place, called): value for place, values in recorded.items() for called, value in values.items()}
    rows = [json.loads(line) for line in as_ndjson(rows_of(found, metrics, trend.phases)).splitlines()]
    assert {(one["repository"], one["phase"], one["side"], one["metric"]): one["value"] for one in rows} == expected
    assert len(rows) == len(expected)
    for one in trend.series:
        values = [None if reading is None else reading.value for reading in one.readings]
        assert values == [expected.get((one.repository, phase, "end", one.metric)) for phase in trend.phases]
    assert list(trend.phases) == sorted({phase for _, phase, _ in recorded}, key=phase_order)
    text = as_csv(rows_of(found, metrics, trend.phases))
    cells = list(csv.reader(io.StringIO(text)))
    assert [float(one[4]) for one in cells[1:]] == [float(one["value"]) for one in rows]
    assert len(text.splitlines()) == len(rows) + 1, "a name never begins a line"
    whole = json.loads(as_json(rows_of(found, metrics, trend.phases), trend))
    assert (whole["schema"], whole["phases"], whole["rows"]) == (1, list(trend.phases), rows)
    assert [one["values"] for one in whole["series"]] == [
        [None if reading is None else reading.value for reading in one.readings] for one in trend.series
    ]


def test_everything_that_is_recorded_can_be_written(six: Path) -> None:
    text = printed(six, *folders(six), "--metric", "*", "--format", "csv")
    rows = {
        (one["repository"], one["phase"], one["side"], one["metric"]): (one["value"], one["unit"], one["commit"])
        for one in csv.DictReader(io.StringIO(text))
    }
    expected = {}
    for name in folders(six):
        for one in recorded_in(six / name, name):
            whole = loads(one.content, "x")
            assert whole.revision is not None
            for called, found in whole.metrics.items():
                expected[name, one.phase, one.side, called] = (repr(found.value), found.unit, whole.revision.sha)
    assert len(expected) > 3000
    assert rows == expected


def test_no_cell_is_a_formula_or_a_command() -> None:
    names = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "::error::x", "fine"]
    found = history(*(kept(name, "1", "end", {name: metric(-5)}) for name in names))
    cells = list(csv.reader(io.StringIO(as_csv(rows_of(found, names, ["1"])))))[1:]
    assert [one[0] for one in cells] == ["'=1+1", "'+1", "'-1", "'@x", "\\tx", "\\rx", "'::error::x", "fine"]
    assert [one[3] for one in cells] == [one[0] for one in cells]
    assert {one[4] for one in cells} == {"-5"}, "a number is a number"


# OpenMetrics


def families_of(text: str) -> list[Any]:
    return list(text_string_to_metric_families(text))  # type: ignore[no-untyped-call]


@given(ends_of_phases)
def test_openmetrics_says_what_each_repository_came_to_last(
    recorded: Mapping[tuple[str, str, Side], Mapping[str, float]],
) -> None:
    units = {"tests.total": "count", "bench.a b.x": "second", "=1+1": "allocs", HOSTILE: "ratio"}
    found = history(
        *(
            kept(name, phase, side, {called: metric(value, units[called]) for called, value in values.items()})
            for (name, phase, side), values in recorded.items()
        )
    )
    text = openmetrics.render(found, sorted(found.known), found.phases())
    families = families_of(text)
    samples = [sample for family in families for sample in family.samples]
    last: dict[str, str] = {}
    for name, phase, side in sorted(recorded, key=lambda one: phase_order(one[1])):
        if side == "end":
            last[name] = phase
    expected = sorted(float(value) for name, phase in last.items() for value in recorded[name, phase, "end"].values())
    assert sorted(sample.value for sample in samples) == expected
    assert {family.type for family in families} <= {"gauge"}
    plain = {sample.labels["repository"]: sample.labels["phase"] for sample in samples}
    assert all(last[name] == phase for name, phase in plain.items() if name in last)
    assert all(sample.timestamp is None for sample in samples)


def test_openmetrics_has_a_family_for_each_unit() -> None:
    units = ["count", "second", "ratio", "byte", "per_second", "byte_per_second", "day", "allocs/op"]
    found = history(kept("acme/api", "2", "end", {f"m.{unit}": metric(1.5, unit) for unit in units}))
    families = {one.name: one for one in families_of(openmetrics.render(found, sorted(found.known), ["2"]))}
    assert {name: one.unit for name, one in families.items()} == {
        "phasemetrics_metric": "",
        "phasemetrics_metric_seconds": "seconds",
        "phasemetrics_metric_ratio": "ratio",
        "phasemetrics_metric_bytes": "bytes",
        "phasemetrics_metric_per_second": "per_second",
        "phasemetrics_metric_bytes_per_second": "bytes_per_second",
        "phasemetrics_metric_days": "days",
    }
    assert {one.labels.get("unit") for one in families["phasemetrics_metric"].samples} == {None, "allocs/op"}


# Markdown


def series(name: str, *values: float | None, unit: str = "count", metric: str = "tests.total") -> Series:
    return Series(name, metric, unit, tuple(None if value is None else Reading(value, None, None) for value in values))


def lines_of(text: str) -> dict[str, list[str]]:
    return {name: found.split(", ") for name, found in re.findall(r'^    line "(.*)" \[(.*)\]$', text, re.MULTILINE)}


def axis_of(text: str) -> list[str]:
    (found,) = re.findall(r"^    x-axis \[(.*)\]$", text, re.MULTILINE)
    return [one.strip('"') for one in found.split(", ")]


def test_a_chart_has_only_phases_with_values() -> None:
    phases = ["1", "2", "3", "4"]
    text = chart([series("api", 1, None, 3, 4)], phases)
    assert (axis_of(text), lines_of(text)) == (["P1", "P3", "P4"], {"api": ["1", "3", "4"]})
    assert "Not on the chart, because a value is missing: P2." in text
    assert "Lines:" not in text
    ended = chart([series("api", 1, 2, 3, 4), series("web", 5, 6, None, None)], phases)
    assert axis_of(ended) == ["P1", "P2", "P3", "P4"], "a line may end before the others"
    assert lines_of(ended) == {"api": ["1", "2", "3", "4"], "web": ["5", "6"]}
    assert "Lines: `api` blue, `web` orange." in ended
    assert chart([series("api", None, 5, None, None)], phases) == "", "one value is no line"


def test_lines_that_do_not_fit_together_are_not_drawn_together() -> None:
    apart = [series("api", 1, 2, None, None), series("web", None, None, 3, 9)]
    text = chart(apart, ["1", "2", "3", "4"])
    assert lines_of(text) == {"api": ["1", "2"]}
    assert "1 of 2 repositories are drawn." in text
    assert "P3, P4" in text


def test_no_more_lines_than_can_be_told_apart() -> None:
    text = chart([series(f"r{one}", 100, 100 + one) for one in range(10)], ["1", "2"])
    assert list(lines_of(text)) == ["r6", "r7", "r8", "r9"]
    assert "4 of 10 repositories are drawn, those that changed most." in text


def test_the_table_below_a_chart_has_every_number() -> None:
    text = table(
        [series("api", 0.71, None, 0.923, unit="ratio"), series("a|b", 0.5, 0.5, 0.5, unit="ratio")], ["1", "2", "3"]
    )
    assert text == (
        "| | P1 | P2 | P3 | change |\n|---|---:|---:|---:|---:|\n"
        "| `api` | 71.0% | – | 92.3% | +21.3 pp |\n| `a∣b` | 50.0% | 50.0% | 50.0% | 0.0 pp |\n"
        "\n- `api`: P2 not recorded\n"
    )


values_or_gaps = st.lists(st.none() | st.floats(0, 1), min_size=3, max_size=3)


@given(
    st.lists(st.tuples(st.text(max_size=8) | st.just(HOSTILE), values_or_gaps), min_size=1, max_size=6),
    st.text(max_size=9),
)
def test_markdown_is_what_it_is_meant_to_be_whatever_the_names_are(
    given_rows: Sequence[tuple[str, Sequence[float | None]]], unit: str
) -> None:
    rows = tuple(series(name, *values, unit=unit or "ratio", metric=name) for name, values in given_rows)
    trend = Trend(("1", "2", "final"), rows)
    text = render(trend)
    assert text == render(trend)
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    kinds = [token.type for token in tokens if token.level == 0 and token.nesting >= 0]
    metrics = len({one.metric for one in rows})
    assert (kinds.count("heading_open"), kinds.count("table_open")) == (metrics, metrics)
    assert set(kinds) <= {"heading_open", "table_open", "fence", "paragraph_open", "bullet_list_open"}
    bodies = [token for token in tokens if token.type == "tr_open"]
    assert len(bodies) == len(rows) + metrics
    spans = [child.type for token in tokens for child in token.children or ()]
    assert not {"link_open", "html_inline", "image"} & set(spans)
    for token in tokens:
        if token.type == "fence":
            for line in token.content.splitlines()[2:]:
                assert re.fullmatch(r'    (title|line|x-axis|y-axis) (("[^"]*" ?)?[^"]*|\[("[^"]+"(, )?)+\])', line), (
                    line
                )
            assert token.content.count("%%") == 2


# Sparklines


def test_a_sparkline_goes_from_the_smallest_to_the_largest() -> None:
    assert sparkline([1, 2, None, 8]) == "▁▂ █"
    assert sparkline([5, 5]) == "▄▄"
    assert sparkline([None]) == " "
    assert sparkline([-1.7e308, 0, 1.7e308]) == "▁▅█"
    assert sparkline([0, 5e-324]) == "▁█"


@given(st.lists(st.none() | st.floats(allow_nan=False, allow_infinity=False), max_size=12))
def test_a_sparkline_keeps_the_order_of_its_values(values: list[float | None]) -> None:
    drawn = sparkline(values)
    assert [mark == " " for mark in drawn] == [value is None for value in values]
    present = sorted((value, mark) for value, mark in zip(values, drawn, strict=True) if value is not None)
    assert [mark for _, mark in present] == sorted(mark for _, mark in present)


# The page that describes it


@pytest.mark.parametrize("block", [found[1] for found in BLOCKS.findall(DOCS.read_text(encoding="utf-8"))])
def test_what_the_page_shows_is_printed(block: str, tmp_path: Path) -> None:
    root = phases_workshop.example(tmp_path / "work")
    command, _, shown = block.partition("\n")
    assert command.startswith("$ phasemetrics trend ")
    found = subprocess.run(
        [PROGRAM, *command.split()[2:]],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert found.stdout == shown
