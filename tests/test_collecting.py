"""The reports that were named are read, once, by whoever knows their format; nothing else is."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import phasemetrics_collectors
from limiting import limited
from phasemetrics.errors import Refusal
from phasemetrics.evidence import formats
from phasemetrics.evidence.collecting import Evidence, collect_reports
from phasemetrics.evidence.model import Kind, Snapshot
from phasemetrics.evidence.reportfiles import Verdict, find
from phasemetrics.evidence.snapshot import dumps

GOLDEN = Path(__file__).parent / "collectors"
FORMATS = ("junit", "coverage_json", "coverage_xml", "coverage_data")
EXPECTED = {name: json.loads((GOLDEN / name / "expected.json").read_text(encoding="utf-8")) for name in FORMATS}
XUNIT1, XUNIT2 = (GOLDEN / "junit" / f"pytest-xunit{number}.xml" for number in (1, 2))
SESSIONS = [GOLDEN / "pytest_benchmark" / f"{name}.json" for name in ("session", "saved")]
PLUGIN = """
from phasemetrics.evidence.model import Measurement
KIND = "junit"
def recognises(head):
    return head.startswith(b"ACME ")
def collect(report):
    for line in report.path.read_text().splitlines()[1:]:
        yield Measurement("tests", float(line), "count", {"outcome": "passed", "path": "acme"})
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a project with two test reports and one of coverage."""
    build = tmp_path / "project" / "build"
    build.mkdir(parents=True)
    shutil.copyfile(XUNIT1, build / "junit-1.xml")
    shutil.copyfile(XUNIT2, build / "junit-2.xml")
    shutil.copyfile(GOLDEN / "coverage_json" / "branch.json", build / "coverage.json")
    return build.parent


def collected(root: Path, kind: Kind, *patterns: str) -> Snapshot:
    return collect_reports(Evidence(root, {kind: patterns}))


def judged(path: Path, _kind: Kind) -> Verdict:
    """Say what a file in a folder is, by its name alone."""
    return "ours" if path.suffix == ".xml" else "unknown"


def names_of(*kinds: Kind) -> list[str]:
    return [name for name, collector in formats.builtin_collectors() if collector.KIND in kinds]


def names(root: Path, *patterns: str) -> list[str]:
    return [report.name for report in find(root, patterns, "junit", judged).reports]


def refused(root: Path, kind: Kind, *patterns: str) -> Refusal:
    with pytest.raises(Refusal) as caught:
        collected(root, kind, *patterns)
    assert caught.value.exit_code == 3
    assert "\n" not in str(caught.value)
    return caught.value


def totals(snapshot: Snapshot) -> dict[str, object]:
    """Return what a snapshot says, in the words of a golden folder's expected.json."""
    metrics = snapshot.metrics
    pairs = {what: metrics.get(f"coverage.{what}") for what in ("lines", "branches")}
    counts = {what: [0, 0] if one is None else [one.covered, one.total] for what, one in pairs.items()}
    return counts | {name.removeprefix("tests."): one.value for name, one in metrics.items() if one.unit == "count"}


@pytest.mark.parametrize(("folder", "name"), [(folder, name) for folder in FORMATS for name in EXPECTED[folder]])
def test_golden_reports(folder: str, name: str) -> None:
    kind: Kind = "junit" if folder == "junit" else "coverage"
    snapshot = collected(GOLDEN / folder, kind, name)
    found = totals(snapshot)
    assert {what: found[what] for what in EXPECTED[folder][name]} == EXPECTED[folder][name]
    assert [(one.path, one.kind, one.collector) for one in snapshot.sources] == [(name, kind, folder)]


def test_two_runs_of_a_benchmark() -> None:
    metrics = collected(GOLDEN, "bench", "pytest_benchmark/s*.json").metrics
    sessions = sorted((json.loads(path.read_bytes()) for path in SESSIONS), key=lambda one: str(one["datetime"]))
    for name in ("test_sum[small]", "test_sum[a|b]"):
        medians = [one["stats"]["median"] for every in sessions for one in every["benchmarks"] if one["name"] == name]
        found = metrics[f"bench.{name}.median"]
        assert (found.runs, found.value, found.unit) == (tuple(medians), sum(medians) / 2, "second")


def test_cases_of_two_reports_add_up_and_lines_of_two_are_united() -> None:
    once = EXPECTED["junit"]["pytest-xunit1.xml"]
    twice = totals(collected(GOLDEN, "junit", "junit/pytest-xunit?.xml"))
    assert {name: twice[name] for name in once} == {name: 2 * count for name, count in once.items()}
    united = collected(GOLDEN, "coverage", "coverage_json/branch.json", "coverage_json/lines.json")
    assert totals(united) == EXPECTED["coverage_json"]["branch.json"]


def test_a_report_without_wall_time_leaves_no_partial_sum() -> None:
    given = (["pytest-xunit1.xml"], ["node.xml"], ["pytest-xunit1.xml", "node.xml"])
    alone, node, both = (collected(GOLDEN / "junit", "junit", *one).metrics for one in given)
    assert ("tests.wall" in alone, "tests.wall" in node, "tests.wall" in both) == (True, False, False)
    total = alone["tests.duration"].value + node["tests.duration"].value
    assert both["tests.duration"].value == pytest.approx(total, abs=1e-9)


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        ("build/*.xml", "1 2"),
        ("**/*.xml", "1 2"),
        ("build/junit-2.xml build/*.xml", "2 1"),
        ("build/junit-1.xml ./build/junit-1.xml build/../build//junit-1.xml", "1"),
        ("build/junit-1.xml {root}/build/junit-1.xml {root}/build/*-1.xml", "1"),
        ("{root}/build/*.xml", "1 2"),
    ],
)
def test_names_and_globs(root: Path, patterns: str, expected: str) -> None:
    given = [pattern.replace("{root}", str(root)) for pattern in patterns.split()]
    assert names(root, *given) == [f"build/junit-{number}.xml" for number in expected.split()]


def test_a_link_to_a_report_is_that_report(root: Path) -> None:
    (root / "latest.xml").symlink_to(root / "build" / "junit-1.xml")
    snapshot = collected(root, "junit", "build/junit-1.xml", "*.xml")
    assert snapshot.metrics["tests.passed"].value == 10
    assert [one.path for one in snapshot.sources] == ["build/junit-1.xml"]


@pytest.mark.parametrize("name", ["junit[1].xml", "junit*.xml", "what?.xml", "**"])
def test_a_file_of_that_very_name_is_no_glob(root: Path, name: str) -> None:
    shutil.copyfile(XUNIT1, root / name)
    for other in ("junit1.xml", "junit-old.xml", "whats.xml"):
        (root / other).write_text("not read")
    assert names(root, name) == names(root, str(root / name)) == [name]


def test_more_reports_than_anyone_meant_are_refused(root: Path) -> None:
    for number in range(30, 10, -1):
        (root / "build" / f"junit-{number}.xml").touch()
    assert names(root, "build/junit-[12]?.xml") == [f"build/junit-{number}.xml" for number in range(11, 30)]
    with limited(report_files=19):
        assert names(root, "build/junit-[12]?.xml")
    with limited(report_files=18):
        error = refused(root, "junit", "build/junit-[12]?.xml")
    assert error.code == "too-many-reports"
    assert "`report_files`" in str(error)


def test_a_folder_with_glob_characters_is_no_glob(tmp_path: Path) -> None:
    root = tmp_path / "my[old] project*"
    (root / "build").mkdir(parents=True)
    shutil.copyfile(XUNIT1, root / "build" / "junit.xml")
    assert names(root, "build/*.xml") == names(root, f"{root}/build/*.xml") == ["build/junit.xml"]


@pytest.mark.parametrize("kind", ["junit", "coverage", "bench"])
@pytest.mark.parametrize("name", ["build/no.xml", "no/a.xml", "build/*.nope", "build/x?", "dangling", "x" * 300])
def test_a_missing_report_is_refused(root: Path, kind: Kind, name: str) -> None:
    (root / "dangling").symlink_to("nowhere")
    for pattern in (name, str(root / name)):
        error = refused(root, kind, pattern)
        assert (error.code, error.path) == ("missing-report", pattern)
        assert f"--{kind}" in (error.mend or "")


@pytest.mark.parametrize(
    ("kind", "pattern", "code"),
    [
        ("junit", "build/junit-9.xml", "missing-report"),
        ("junit", "fold*", "missing-report"),
        ("junit", "folder", "missing-report"),
        ("junit", "pip?", "not-a-file"),
        ("junit", "empty", "empty-file"),
        ("junit", "notes.txt", "unknown-format"),
        ("junit", "build/coverage.json", "unknown-format"),
        ("coverage", "build/junit-1.xml", "unknown-format"),
        ("bench", "build/junit-1.xml", "unknown-format"),
        ("bench", "build/coverage.json", "unknown-format"),
    ],
)
def test_what_is_no_report_of_its_kind_is_refused(root: Path, kind: Kind, pattern: str, code: str) -> None:
    (root / "empty").touch()
    (root / "folder").mkdir()
    os.mkfifo(root / "pipe")
    (root / "notes.txt").write_text("see <testsuites>")
    good = "build/coverage.json" if kind == "coverage" else str(SESSIONS[0]) if kind == "bench" else "build/junit-1.xml"
    error = refused(root, kind, good, pattern)
    assert (error.code, error.path, bool(error.mend)) == (code, pattern.replace("?", "e"), True)
    assert code != "unknown-format" or f"({', '.join(names_of(kind))})" in error.message


def test_a_source_is_its_bytes_and_never_a_place_on_this_machine(root: Path, tmp_path: Path) -> None:
    elsewhere = [tmp_path / "ci" / str(shard) / "ju\nit.xml" for shard in (1, 2)]
    for path, sample in zip(elsewhere, (XUNIT1, XUNIT2), strict=True):
        path.parent.mkdir(parents=True)
        shutil.copyfile(sample, path)
    os.utime(root / "build" / "junit-1.xml", (0, 1_700_000_000.9))
    snapshot = collected(root, "junit", *map(str, elsewhere), "build/junit-1.xml")
    assert [(one.path, one.sha256) for one in snapshot.sources] == [
        (name, hashlib.sha256(sample.read_bytes()).hexdigest())
        for name, sample in (("build/junit-1.xml", XUNIT1), ("ju\\nit.xml", XUNIT1), ("ju\\nit.xml (2)", XUNIT2))
    ]
    assert snapshot.sources[0].modified == "2023-11-14T22:13:20Z"
    assert {"tests.duration", "tests.wall"} <= set(snapshot.metrics), "each of the three reports gives its times"
    assert str(tmp_path).encode() not in dumps(snapshot)


def test_a_covered_file_is_never_a_place_on_this_machine(root: Path, tmp_path: Path) -> None:
    # The summary contradicts the lists, so that a warning speaks of the file as well.
    entry = {"executed_lines": [1, 2], "missing_lines": [3], "summary": {"covered_lines": 2, "num_statements": 4}}
    outside = ("/somewhere/else/b.py", "/or/here/b.py", "C:/Users/me/c.py")
    for number, path in enumerate((f"{root}/src/a.py", *outside)):
        (root / f"{number}.cov").write_text(json.dumps({"files": {path: entry}}))
    shard = {"./src/a.py": {"executed_lines": [3], "missing_lines": []}}
    (root / "shard.cov").write_text(json.dumps({"files": shard}))
    snapshot = collected(root, "coverage", "*.cov")
    found = [(one.path.rpartition("/")[2], one.covered, one.total) for one in snapshot.coverage]
    assert sorted(found) == [("a.py", 3, 3), ("b.py", 2, 3), ("b.py", 2, 3), ("c.py", 2, 3)]
    assert [one.message[:10] for one in snapshot.warnings][:1] == ["src/a.py: "]
    said = dumps(snapshot).decode()
    assert not [place for place in (str(tmp_path), "somewhere", "or/here", "Users") if place in said]


def test_benchmarks_of_two_machines_are_mentioned(root: Path) -> None:
    session = json.loads(SESSIONS[0].read_bytes())
    for model in ("Alpha", "Beta"):
        session["machine_info"]["cpu"]["brand_raw"] = model
        (root / f"bench-{model}.json").write_text(json.dumps(session))
    alone, mixed = (collected(root, "bench", pattern) for pattern in ("bench-A*.json", "bench-*.json"))
    assert (alone.machine is None, alone.warnings, mixed.machine) == (False, (), None)
    assert [(one.code, "(Alpha → Beta)" in one.message) for one in mixed.warnings] == [("mixed-machines", True)]
    session["machine_info"]["python_version"] += "1"  # another patch level is no other machine
    (root / "bench-again.json").write_text(json.dumps(session))
    assert collected(root, "bench", "bench-[Ba]*.json").machine is not None


@pytest.fixture
def plug(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], None]]:
    """Install a distribution with one collector; caches and modules are as before afterwards."""

    def install(module: str, source: str) -> None:
        site = tmp_path / "site"
        info = site / f"{module}-1.0.dist-info"
        info.mkdir(parents=True)
        (site / f"{module}.py").write_text(source)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[phasemetrics.collectors]\nacme = {module}\n")
        monkeypatch.syspath_prepend(site)
        formats._others.cache_clear()

    yield install
    for name in [name for name in sys.modules if "acme" in name]:
        del sys.modules[name]
    for cached in (formats._others, formats.builtin_collectors):
        cached.cache_clear()


def test_other_peoples_collectors(plug: Callable[[str, str], None], root: Path) -> None:
    (root / "a.acme").write_text("ACME 1\n4\n3\n")
    assert refused(root, "junit", "a.acme").code == "unknown-format"
    plug("acme_reports", PLUGIN)
    snapshot = collected(root, "junit", "a.acme", "build/junit-1.xml")
    assert {one.path: one.collector for one in snapshot.sources} == {"a.acme": "acme", "build/junit-1.xml": "junit"}
    assert snapshot.metrics["tests.passed"].value == 17
    assert refused(root, "bench", "a.acme").code == "unknown-format"
    (root / "a.acme").write_text("ACME 1\nnan\n")
    assert str(refused(root, "junit", "a.acme")).startswith("error[not-a-number]: a.acme: ")


@pytest.mark.parametrize("source", ["import no_such_module_anywhere", "1/0", "recognises = collect = print"])
def test_a_broken_collector_is_named(plug: Callable[[str, str], None], root: Path, source: str) -> None:
    (root / "a.acme").write_text("ACME 1\n")
    plug("acme_broken", source)
    assert collected(root, "junit", "build/junit-1.xml").sources, "nobody asked for it"
    assert "broken-collector]: the collector acme" in str(refused(root, "junit", "a.acme"))


def test_an_installed_collector_in_a_process_of_its_own(plug: Callable[[str, str], None], root: Path) -> None:
    plug("acme_installed", PLUGIN)
    (root / "a.acme").write_text("ACME 1\n5\n")
    command = [sys.executable, "-m", "phasemetrics", "collect", "--json", "--junit", "a.acme"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, check=True)
    assert json.loads(done.stdout)["metrics"]["tests.passed"] == {"value": 5, "unit": "count"}


def test_a_module_dropped_in_is_found_by_its_name(
    plug: Callable[[str, str], None], tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "dropped"
    folder.mkdir()
    for name in ("acme_dropped", "_acme_helper"):
        (folder / f"{name}.py").write_text(PLUGIN)
    (folder / "acme_no_collector.py").write_text("")
    monkeypatch.setattr(phasemetrics_collectors, "__path__", [*phasemetrics_collectors.__path__, str(folder)])
    formats.builtin_collectors.cache_clear()
    (root / "a.acme").write_text("ACME 1\n6\n")
    snapshot = collected(root, "junit", "a.acme")
    assert [one.collector for one in snapshot.sources] == ["acme_dropped"]
    assert snapshot.metrics["tests.total"].value == 6
    found = names_of("junit", "coverage", "bench")
    assert {*FORMATS, "go_test", "tap", "trx", "ctrf", "pytest_benchmark", "acme_dropped"} <= {*found}
    assert not any(name.startswith("_") or "no_collector" in name for name in found)
