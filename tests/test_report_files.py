"""Folders of reports, thousands of shards, runs that are not complete."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey import phasemetrics
from phasemetrics.errors import Refusal, UsageError
from phasemetrics.evidence import reportfiles
from phasemetrics.evidence.collecting import Evidence, collect_reports
from phasemetrics.evidence.model import Kind, Snapshot

GOLDEN = Path(__file__).parent / "collectors"
SAMPLES = {
    "pytest.xml": GOLDEN / "junit" / "pytest-xunit2.xml",
    "deep/er/cart.tap": GOLDEN / "tap" / "perl.tap",
    "go/.hidden.jsonl": GOLDEN / "go_test" / "packages.jsonl",
    "shop.trx": GOLDEN / "trx" / "shop.trx",
    "jest": GOLDEN / "ctrf" / "jest.json",
    "coverage.json": GOLDEN / "coverage_json" / "branch.json",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a project whose folder `build` has reports of many formats."""
    root = tmp_path / "project"
    for name, sample in SAMPLES.items():
        path = root / "build" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(sample, path)
    return root


def collected(root: Path, kind: Kind, *patterns: str, shards: int | None = None) -> Snapshot:
    return collect_reports(Evidence(root, {kind: patterns}, shards=shards))


def said(snapshot: Snapshot) -> dict[str, str]:
    return {one.path: one.message for one in snapshot.warnings if one.code == "passed-over"}


def refusal(root: Path, globs: dict[Kind, tuple[str, ...]], shards: int | None = None) -> Refusal:
    with pytest.raises(Refusal) as caught:
        collect_reports(Evidence(root, globs, shards=shards))
    return caught.value


@pytest.mark.parametrize("pattern", ["build", "build/", "./build", "{root}/build", "buil?", "*"])
def test_a_folder_is_all_reports_inside(root: Path, pattern: str) -> None:
    snapshot = collected(root, "junit", pattern.replace("{root}", str(root)))
    assert {(one.path, one.collector) for one in snapshot.sources} == {
        ("build/pytest.xml", "junit"),
        ("build/deep/er/cart.tap", "tap"),
        ("build/go/.hidden.jsonl", "go_test"),
        ("build/shop.trx", "trx"),
        ("build/jest", "ctrf"),
    }
    assert said(snapshot) == {}, "coverage.json is a report, though not of tests"
    apart = [collected(root, "junit", f"build/{name}") for name in SAMPLES if name != "coverage.json"]
    total = sum(one.metrics["tests.total"].value for one in apart)
    assert snapshot.metrics["tests.total"].value == total


def test_a_folder_named_with_a_file_of_it_counts_each_once(root: Path) -> None:
    alone = collected(root, "junit", "build")
    again = collected(root, "junit", "build/pytest.xml", "build", "build/deep")
    assert again.metrics == alone.metrics


def test_what_is_no_report_is_passed_over_and_counted(root: Path) -> None:
    build = root / "build"
    (build / "a.log").write_text("see <testsuites>")
    (build / "deep" / "empty.xml").touch()
    (build / "deep" / "odd\u202e.bin").write_bytes(bytes(range(256)))
    (build / "old.xml.gz").write_bytes(b"\x1f\x8b\x08")
    (build / ".git").mkdir()
    (build / ".git" / "junit.xml").write_text("<testsuites><testcase/></testsuites>")
    os.mkfifo(build / "pipe")
    (build / "dangling.xml").symlink_to("nowhere")
    (build / "around").symlink_to(build)
    clean = collected(root, "junit", "build")
    assert said(clean) == {"build": "6 files are in no format that is known here and passed over, such as a.log"}
    assert len(clean.sources) == 5


def test_one_file_that_is_passed_over(root: Path) -> None:
    (root / "build" / "go" / "notes\u202e").write_text("none")
    message = r"1 file is in no format that is known here and passed over, such as notes\u202e"
    assert said(collected(root, "junit", "build/go")) == {"build/go": message}


def test_a_damaged_report_in_a_folder_is_refused(root: Path) -> None:
    (root / "build" / "cut.xml").write_text("<testsuites><testcase name='a'")
    error = refusal(root, {"junit": ("build",)})
    assert (error.code, error.path, error.line) == ("bad-xml", "build/cut.xml", 1)


@pytest.mark.parametrize("pattern", ["empty", "build/deep", "nothing*"])
def test_a_folder_without_a_report_is_refused(root: Path, pattern: str) -> None:
    (root / "empty").mkdir()
    (root / "nothing" / "inside").mkdir(parents=True)
    (root / "nothing" / "a.txt").write_text("text")
    error = refusal(root, {"coverage": (pattern,)})
    assert (error.code, error.path) == ("missing-report", pattern)
    assert "--coverage" in (error.mend or "")


def test_more_files_than_anyone_meant_are_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reportfiles, "_FILE_COUNT", 3)
    assert refusal(root, {"junit": ("build",)}).code == "too-many-reports"


def shard(root: Path, number: int, *, coverage: bool = False) -> None:
    folder = root / "shards" / str(number)
    folder.mkdir(parents=True)
    case = f'<testcase file="tests/test_{number % 7}.py" name="test_{number}" time="0.1"/>'
    (folder / "junit.xml").write_text(f'<testsuite time="0.5">{case}</testsuite>')
    if coverage:
        shutil.copyfile(GOLDEN / "coverage_json" / "lines.json", folder / "coverage.json")


@pytest.mark.parametrize("pattern", ["shards", "shards/*", "shards/*/junit.xml", "shards/**/*.xml"])
def test_thousands_of_shards(tmp_path: Path, pattern: str) -> None:
    for number in range(2000):
        shard(tmp_path, number)
    snapshot = collected(tmp_path, "junit", pattern, shards=2000)
    metrics = {name: one.value for name, one in snapshot.metrics.items()}
    assert (metrics["tests.total"], metrics["tests.duration"], metrics["tests.wall"]) == (2000, 200, 1000)
    assert len(snapshot.tests) == 7


@pytest.mark.parametrize(
    ("globs", "shards", "message"),
    [
        ({"junit": ("shards",)}, 3, None),
        ({"junit": ("shards/*/junit.xml",), "coverage": ("shards/*/coverage.json",)}, 3, None),
        ({"junit": ("shards",), "coverage": ("shards/1/coverage.json",)}, 3, None),
        ({"junit": ("shards/1/junit.xml",), "coverage": ("shards",)}, 3, None),
        ({"junit": ("shards/1/junit.xml", "shards/2/junit.xml")}, 2, None),
        ({"junit": ("shards/1/junit.xml",)}, 1, None),
        ({"junit": ("shards",)}, 4, "expected 4 test reports, found 3"),
        ({"junit": ("shards",)}, 2, "expected 2 test reports, found 3"),
        ({"junit": ("shards/1/junit.xml",)}, 4, "expected 4 test reports, found 1"),
        ({"junit": ()}, 4, "expected 4 test reports, found 0"),
        (
            {"junit": ("shards",), "coverage": ("shards/[12]/*.json",)},
            3,
            "the run is not complete: expected 3 coverage reports, found 2",
        ),
        (
            {"junit": ("shards/[12]",), "coverage": ("shards",)},
            4,
            "expected 4 test reports, found 2; expected 4 coverage reports, found 3",
        ),
    ],
)
def test_a_run_that_is_not_complete_is_refused(
    tmp_path: Path, globs: dict[Kind, tuple[str, ...]], shards: int, message: str | None
) -> None:
    for number in (1, 2, 3):
        shard(tmp_path, number, coverage=True)
    if message is None:
        assert collect_reports(Evidence(tmp_path, globs, shards=shards)).sources
    else:
        error = refusal(tmp_path, globs, shards)
        assert (error.code, error.exit_code, bool(error.mend)) == ("partial-run", 3, True)
        assert message in error.message


CASES = st.lists(
    st.tuples(
        st.sampled_from(["tests/a.py", "tests/b.py", "ü.js"]),
        st.sampled_from(["", "<failure/>", "<error/>", "<skipped/>", "<skipped type='pytest.xfail'/>"]),
        st.floats(0, 1e5).map(lambda seconds: round(seconds, 6)),
    ),
    min_size=1,
    max_size=12,
)
Case = tuple[str, str, float]


def suite(cases: list[Case]) -> str:
    rows = (f'<testcase file="{file}" time="{time!r}">{inside}</testcase>' for file, inside, time in cases)
    return f"<testsuite>{''.join(rows)}</testsuite>"


@settings(max_examples=50)
@given(CASES, st.data())
def test_any_split_of_a_run_in_any_order_gives_the_same_totals(
    tmp_path_factory: pytest.TempPathFactory, cases: list[Case], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("split")
    (folder / "whole.xml").write_text(suite(cases), encoding="utf-8")
    places = data.draw(st.lists(st.integers(0, 3), min_size=len(cases), max_size=len(cases)))
    for place in range(4):
        part = [case for case, its in zip(cases, places, strict=True) if its == place]
        inside = folder / "shards" / data.draw(st.sampled_from(["a", "b/c"])) / f"{place}.xml"
        inside.parent.mkdir(parents=True, exist_ok=True)
        inside.write_text(suite(data.draw(st.permutations(part))), encoding="utf-8")
    whole, apart = collected(folder, "junit", "whole.xml"), collected(folder, "junit", "shards", shards=4)
    times = [dict(one.metrics).pop("tests.duration").value for one in (whole, apart)]
    assert times[0] == times[1]
    counted = [{name: one for name, one in found.metrics.items() if one.unit == "count"} for found in (whole, apart)]
    assert counted[0] == counted[1]
    assert whole.tests == apart.tests


def test_a_format_may_be_named(root: Path) -> None:
    named = collected(root, "junit", "tap:build/deep/er/*.tap", "build/pytest.xml")
    assert {(one.path, one.collector) for one in named.sources} == {
        ("build/deep/er/cart.tap", "tap"),
        ("build/pytest.xml", "junit"),
    }
    # A report that does not look like what it is, from where nobody could tell: comments first.
    odd = root / "build" / "odd.tap"
    odd.write_text(f"# made by hand\nrunning…\n{SAMPLES['deep/er/cart.tap'].read_text('utf-8')}", encoding="utf-8")
    assert refusal(root, {"junit": ("build/odd.tap",)}).code == "unknown-format"
    assert [one.collector for one in collected(root, "junit", "tap:build/odd.tap").sources] == ["tap"]


def test_a_format_that_is_not_known_is_refused_with_those_that_are(root: Path) -> None:
    with pytest.raises(UsageError) as caught:
        collected(root, "junit", "lcov:build/pytest.xml")  # a format of coverage
    assert (caught.value.code, "junit, " in (caught.value.mend or "")) == ("no-format", True)
    assert refusal(root, {"junit": ("junit:build/deep/er/cart.tap",)}).path == "build/deep/er/cart.tap"


def test_a_file_that_is_called_so_is_that_file(root: Path) -> None:
    (root / "tap:report.xml").write_bytes(SAMPLES["pytest.xml"].read_bytes())
    assert [one.collector for one in collected(root, "junit", "tap:report.xml").sources] == ["junit"]


def test_a_named_format_is_relative_to_where_one_stands(root: Path) -> None:
    ended = phasemetrics(root / "build", "collect", "--junit", "tap:deep/er/cart.tap", "--json")
    assert [one["collector"] for one in json.loads(ended.out)["sources"]] == ["tap"]
