"""The configuration is found where it belongs, and what is wrong with it is said with its place."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from phasemetrics.config import Project, load
from phasemetrics.errors import UsageError
from phasemetrics.settings import Config

# The example of the contract.
CONTRACT = """
documents = ["docs/phases/README_PHASE{phase}.md", "docs/phases/RETRO_{phase}.md"]
templates = ["docs/templates"]           # the team's own documents and phrasebook lines
junit = ["build/junit*.xml"]
coverage = ["build/coverage.json"]
bench = ["build/bench*.json"]
base = "phase-{previous}"                # tag or branch; its SHA is what gets recorded

[phase.3]
name = "Incremental parser"
status = "complete"                      # "not started" | "in progress" | "complete"
weeks = "5-6"
planned_days = 10

[[metric]]                               # one row of a metrics table, in this order
name = "Parse large file"
from = "bench.test_render.median"        # any metric of the snapshot
better = "lower"                         # needed only where the unit does not say
target = "<= 120 us"
tolerance = "3%"
aliases = ["parser::test_render"]        # earlier names

[commands]                               # run only by `baseline --at`, `--runs`
setup = "uv sync --frozen"
test = "pytest --junitxml={junit} --cov --cov-report=json:{coverage}"
bench = "pytest benchmarks --benchmark-json={bench}"
"""


def write(folder: Path, content: str | bytes, name: str = "phasemetrics.toml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def in_pyproject(content: str) -> str:
    return f'[project]\nname = "x"\n\n[tool.phasemetrics]\n{content}\n'


def refused(start: Path, named: Path | None = None) -> UsageError:
    with pytest.raises(UsageError) as caught:
        load(start, named)
    error = caught.value
    assert (error.code, error.exit_code) == ("bad-config", 2)
    assert "\n" not in str(error)
    assert error.mend
    return error


def found(start: Path, named: Path | None = None) -> tuple[Path, str | None, tuple[str, ...]]:
    project = load(start, named)
    return project.root, project.origin, project.config.junit


def test_the_contracts_example(tmp_path: Path) -> None:
    write(tmp_path, CONTRACT)
    project = load(tmp_path)
    config = project.config
    assert (project.root, project.origin) == (tmp_path, "phasemetrics.toml")
    assert config.documents == ("docs/phases/README_PHASE{phase}.md", "docs/phases/RETRO_{phase}.md")
    assert (config.junit, config.coverage) == (("build/junit*.xml",), ("build/coverage.json",))
    assert (config.bench, config.base) == (("build/bench*.json",), "phase-{previous}")
    assert config.templates == ("docs/templates",)
    assert list(config.phase) == ["3"]
    phase = config.phase["3"]
    assert (phase.name, phase.status, phase.weeks, phase.planned_days) == ("Incremental parser", "complete", "5-6", 10)
    (metric,) = config.metric
    assert (metric.name, metric.source, metric.better) == ("Parse large file", "bench.test_render.median", "lower")
    assert (metric.target, metric.tolerance_ratio) == ("<= 120 us", 0.03)
    assert metric.aliases == ("parser::test_render",)
    assert config.commands.setup == "uv sync --frozen"
    assert config.commands.bench == "pytest benchmarks --benchmark-json={bench}"


def test_the_same_in_pyproject(tmp_path: Path) -> None:
    own = CONTRACT.replace("[[", "[[tool.phasemetrics.").replace("\n[p", "\n[tool.phasemetrics.p")
    own = own.replace("\n[c", "\n[tool.phasemetrics.c")
    write(tmp_path / "own", CONTRACT)
    write(tmp_path / "shared", in_pyproject(own), "pyproject.toml")
    shared = load(tmp_path / "shared")
    assert shared.config == load(tmp_path / "own").config
    assert shared.origin == "pyproject.toml"


def test_dates_and_suites(tmp_path: Path) -> None:
    write(tmp_path, "[phase.a]\nstarted = 2026-10-05\nended = 2026-10-16\n[suite.unit]\npath = 'tests/unit'\n")
    config = load(tmp_path).config
    assert config.phase["a"].started == datetime.date(2026, 10, 5)
    assert config.phase["a"].ended == datetime.date(2026, 10, 16)
    assert config.suite["unit"].path == "tests/unit"


def test_without_any_every_default_holds(tmp_path: Path) -> None:
    assert load(tmp_path) == Project(root=tmp_path, config=Config(), origin=None)
    (tmp_path / ".git").mkdir()
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert load(below) == Project(root=tmp_path, config=Config(), origin=None)


def test_the_file_beats_pyproject(tmp_path: Path) -> None:
    write(tmp_path, in_pyproject('junit = ["py.xml"]\nbase = "main"'), "pyproject.toml")
    assert found(tmp_path) == (tmp_path, "pyproject.toml", ("py.xml",))
    write(tmp_path, 'junit = ["own.xml"]')
    assert found(tmp_path) == (tmp_path, "phasemetrics.toml", ("own.xml",))
    assert load(tmp_path).config.base is None, "the two are not mixed"
    write(tmp_path, "")
    assert found(tmp_path) == (tmp_path, "phasemetrics.toml", ())


@pytest.mark.parametrize("make", [Path.mkdir, Path.touch])
def test_the_nearest_folder_up_to_the_repositorys_top(tmp_path: Path, make: Callable[[Path], None]) -> None:
    top, below = tmp_path / "top", tmp_path / "top" / "a" / "b"
    below.mkdir(parents=True)
    write(tmp_path, 'junit = ["outside.xml"]')
    make(top / ".git")
    assert found(below) == (top, None, ())
    write(top, in_pyproject('junit = ["top.xml"]'), "pyproject.toml")
    assert found(below) == (top, "pyproject.toml", ("top.xml",))
    write(top / "a", 'junit = ["a.xml"]')
    assert found(below) == (top / "a", "phasemetrics.toml", ("a.xml",))
    assert found(top) == (top, "pyproject.toml", ("top.xml",))


def test_without_a_repository_only_the_folder_itself_counts(tmp_path: Path) -> None:
    write(tmp_path, 'junit = ["above.xml"]')
    (tmp_path / "a").mkdir()
    assert found(tmp_path / "a") == (tmp_path / "a", None, ())


@pytest.mark.parametrize(
    "content",
    [
        '[project]\nname = "x"\n',
        '[project]\ndependencies = ["phasemetrics"]\n',
        "tool = 5 # phasemetrics\n",
        "broken = [ and none of our business\n",
        b"\xff\xfe",
    ],
)
def test_a_pyproject_without_our_table_is_passed_over(tmp_path: Path, content: str | bytes) -> None:
    (tmp_path / ".git").mkdir()
    write(tmp_path, 'junit = ["top.xml"]')
    write(tmp_path / "package", content, "pyproject.toml")
    assert found(tmp_path / "package") == (tmp_path, "phasemetrics.toml", ("top.xml",))


def test_a_named_file(tmp_path: Path) -> None:
    top = tmp_path / "top"
    (top / ".git").mkdir(parents=True)
    (top / "a").mkdir()
    write(top, 'junit = ["top.xml"]')
    other = write(tmp_path / "ci", 'junit = ["ci.xml"]', "strict.toml")
    assert found(top / "a", other) == (top, "strict.toml", ("ci.xml",))
    shared = write(tmp_path / "ci", in_pyproject('junit = ["py.xml"]'), "pyproject.toml")
    assert found(top, shared) == (top, "pyproject.toml", ("py.xml",))


def test_a_named_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    write(tmp_path, 'junit = ["own.xml"]')
    assert refused(tmp_path, tmp_path / "no.toml").path == "no.toml"
    assert refused(tmp_path, write(tmp_path, "", "empty.toml")).path == "empty.toml"
    (tmp_path / "folder.toml").mkdir()
    assert refused(tmp_path, tmp_path / "folder.toml").path == "folder.toml"


@pytest.mark.parametrize(
    ("content", "key", "meant"),
    [
        ('junitt = ["a"]', "junitt", "junit"),
        ("[[metric]]\nname = 'a'\nform = 'b'", "metric.0.form", "from"),
        ("[[metric]]\nname = 'a'\nfrom = 'b'\ntollerance = '1%'", "metric.0.tollerance", "tolerance"),
        ("[phase.3]\nplaned_days = 1", "phase.3.planed_days", "planned_days"),
        ("[suite.unit]\npaht = 'a'", "suite.unit.paht", "path"),
        ("[metrics]\nname = 'a'", "metrics", "metric"),
        ("[commands]\ntests = 'a'", "commands.tests", "test"),
    ],
)
def test_an_unknown_key_is_an_error_with_what_was_meant(tmp_path: Path, content: str, key: str, meant: str) -> None:
    write(tmp_path, content)
    error = refused(tmp_path)
    assert error.message == f"unknown key `{key}`"
    assert error.mend == f"did you mean `{meant}`?"
    assert error.path == "phasemetrics.toml"


@pytest.mark.parametrize(("content", "known"), [("zzz = 1", "base"), ("[[metric]]\nsource = 1", "from")])
def test_an_unknown_key_like_no_other_is_told_the_known_ones(tmp_path: Path, content: str, known: str) -> None:
    write(tmp_path, content)
    mend = refused(tmp_path).mend or ""
    assert mend.startswith("known keys: ")
    assert known in mend.removeprefix("known keys: ").split(", ")


@pytest.mark.parametrize(
    ("content", "line", "column"),
    [
        ("junit = [\n", 2, 1),
        ("junit = ['a']\njunit = ['b']\n", 2, 14),
        ("a = 1\nb = 2 3\n", 2, 7),
        ("<<<<<<< HEAD\njunit = []\n", 1, 1),
        ("a = " + "[" * 5_000, None, None),
        ("a = " + "9" * 5_000, None, None),
        ("a = 2026-02-30", 1, 5),
    ],
)
def test_what_is_no_toml_is_refused_with_its_place(
    tmp_path: Path, content: str, line: int | None, column: int | None
) -> None:
    write(tmp_path, content)
    error = refused(tmp_path)
    assert (error.path, error.line, error.column) == ("phasemetrics.toml", line, column)
    write(tmp_path / "b", f"# phasemetrics\n{content}", "pyproject.toml")
    shared = refused(tmp_path / "b")
    assert (shared.path, shared.line) == ("pyproject.toml", None if line is None else line + 1)


@pytest.mark.parametrize(
    ("content", "key"),
    [
        ('junit = "build/junit.xml"', "junit"),
        ("junit = [1]", "junit.0"),
        ("base = ['main']", "base"),
        ("documents = {}", "documents"),
        ("phase = 3", "phase"),
        ("[phase]\nname = 'a'", "phase.name"),
        ("[phase.3]\nname = 3", "phase.3.name"),
        ("[phase.3]\nstatus = 'done'", "phase.3.status"),
        ("[phase.3]\nplanned_days = '10'", "phase.3.planned_days"),
        ("[phase.3]\nplanned_days = 10.0", "phase.3.planned_days"),
        ("[phase.3]\nplanned_days = true", "phase.3.planned_days"),
        ("[phase.3]\nplanned_days = -1", "phase.3.planned_days"),
        ("[phase.3]\nweeks = 'five'", "phase.3.weeks"),
        ("[phase.3]\ndate = '2026-10-05'", "phase.3.date"),
        ("[phase.3]\ndate = 2026-10-05T10:00:00", "phase.3.date"),
        ("metric = {name = 'a', from = 'b'}", "metric"),
        ("[[metric]]\nname = 'a'", "metric.0.from"),
        ("[[metric]]\nname = ' '\nfrom = 'b'", "metric.0.name"),
        ("[[metric]]\nname = 'a'\nfrom = 'b'\nbetter = 'faster'", "metric.0.better"),
        ("[[metric]]\nname = 'a'\nfrom = 'b'\ntolerance = 3", "metric.0.tolerance"),
        ("[[metric]]\nname = 'a'\nfrom = 'b'\ntolerance = '3'", "metric.0.tolerance"),
        ("[[metric]]\nname = 'a'\nfrom = 'b'\naliases = 'c'", "metric.0.aliases"),
        ("[suite]\nunit = 'tests/unit'", "suite.unit"),
        ("[suite.unit]\npath = 'a'\ncoverage = 80", "suite.unit.coverage"),
        ("[suite.unit]\npath = 'a'\ncoverage = '80'", "suite.unit.coverage"),
        ("[suite.unit]\npath = 'a'\ncoverage = '101%'", "suite.unit.coverage"),
        ("[suite.unit]\npath = 'a'\ncoverage = '-1%'", "suite.unit.coverage"),
        ("[group.happy]\nnames = 'test_*'", "group.happy.names"),
        ("[group.happy]\nmarkers = [1]", "group.happy.markers.0"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(tmp_path: Path, content: str, key: str) -> None:
    write(tmp_path, content)
    error = refused(tmp_path)
    assert error.message.startswith(f"{key}: ")
    assert error.path == "phasemetrics.toml"


@pytest.mark.parametrize("value", ["5", "'x'", "[]", "[[1]]"])
def test_our_table_in_pyproject_is_a_table(tmp_path: Path, value: str) -> None:
    write(tmp_path, f"[tool]\nphasemetrics = {value}\n", "pyproject.toml")
    assert "tool.phasemetrics" in refused(tmp_path).message


def test_two_metrics_of_one_name_are_refused(tmp_path: Path) -> None:
    row = "[[metric]]\nname = '{}'\nfrom = 'tests.{}'\n"
    write(tmp_path, row.format("A", "total") + row.format("B", "total"))
    assert [metric.name for metric in load(tmp_path).config.metric] == ["A", "B"]
    write(tmp_path, row.format("A", "total") + row.format("B", "passed") + row.format("A", "failed"))
    assert "'A'" in refused(tmp_path).message


@pytest.mark.parametrize("least", ["80%", "0%", "100%", "92.5%", "100.0%"])
def test_the_least_coverage_of_a_suite_is_a_percentage(tmp_path: Path, least: str) -> None:
    write(tmp_path, f"[suite.unit]\npath = 'a'\ncoverage = '{least}'")
    assert load(tmp_path).config.suite["unit"].coverage == least


@pytest.mark.parametrize(
    ("group", "words"),
    [
        ("", ["does not say which test cases", "markers = "]),
        ("suite = 'unit'", ["does not say which test cases"]),
        ("names = []", ["does not say which test cases"]),
        ("names = ['*']\nsuite = 'unti'", ["suite 'unti'", "did you mean 'unit'?"]),
        ("markers = ['a']\nsuite = 'smok'", ["suite 'smok'", "did you mean 'smoke'?"]),
        ("names = ['*']\nsuite = 'zzz'", ["suite 'zzz'", "[suite.zzz] path = "]),
    ],
)
def test_a_group_that_could_count_nothing_is_refused(tmp_path: Path, group: str, words: list[str]) -> None:
    write(tmp_path, f"[suite.smoke]\npath = 'tests/smoke/*'\n[group.\"happy path\"]\n{group}")
    error = refused(tmp_path)
    assert error.message.startswith('[group."happy path"] ')
    assert [word for word in words if word not in str(error)] == []


@pytest.mark.parametrize("suite", ["", "suite = 'e2e'", "suite = 'smoke'"])
def test_a_group_of_a_known_suite(tmp_path: Path, suite: str) -> None:
    write(tmp_path, f"[suite.smoke]\npath = 'a'\n[group.happy]\nnames = ['test_happy*']\n{suite}")
    assert load(tmp_path).config.group["happy"].names == ("test_happy*",)


@pytest.mark.parametrize(
    ("content", "word"),
    [(b"junit = ['\xff']", "UTF-8"), (b"\xff\xfea\0", "UTF-8"), (b"#" * ((1 << 20) + 1), "limit")],
)
def test_what_is_no_text_that_anyone_writes_is_refused(tmp_path: Path, content: bytes, word: str) -> None:
    write(tmp_path, content)
    assert word in refused(tmp_path).message


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary() | st.text().map(str.encode) | st.sampled_from(CONTRACT.splitlines()).map(str.encode))
def test_nothing_but_wrong_usage_ever_escapes(tmp_path: Path, content: bytes) -> None:
    path = write(tmp_path, content)
    try:
        assert isinstance(load(tmp_path).config, Config)
    except UsageError:
        refused(tmp_path, path)


@pytest.mark.parametrize("name", ["", "  ", "---", "***", "🚀", "# Speed", "~~~", "* fast", "> quoted"])
@pytest.mark.parametrize("table", ["[[metric]]\nfrom = 'tests.passed'", "[[component]]", "[phase.3]"])
def test_a_name_that_could_not_be_read_back_is_refused(tmp_path: Path, name: str, table: str) -> None:
    (tmp_path / "phasemetrics.toml").write_text(f'{table}\nname = "{name}"\n', encoding="utf-8")
    with pytest.raises(UsageError, match=r"(metric|component|phase)\S*name"):
        load(tmp_path)
