"""Targets that a plan states in prose: read where nothing is in doubt, with their line, never against their metric."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey import README, at_the_end_of_the_phase, files_of, succeed
from measured import AFTER, BEFORE, facts
from phasemetrics.document.planned import statements
from phasemetrics.evidence.beside import Beside, PlannedTarget
from phasemetrics.evidence.model import Phase
from phasemetrics.evidence.target import parse_target
from phasemetrics.settings import Config
from phasemetrics.surroundings import beside_of
from phasemetrics.units import parse_quantity
from phasemetrics.value import Origin, Value

NAMES = {
    "Parse large file": ("Parse large file", "parse_large", "parser::test_large"),
    "Coverage": ("Coverage",),
    "Tests passing": ("Tests passing",),
}
PLAN = "docs/phases/PLAN_3.md"
CONFIG = Config.model_validate(
    {
        "plan": "docs/phases/PLAN_{phase}.md",
        "metric": [
            {"name": "Parse large file", "from": "bench.test_parse.median", "aliases": ["parse_large"]},
            {"name": "Coverage", "from": "coverage.total"},
            {"name": "Tests passing", "from": "tests.passed", "target": ">= 100"},
        ],
    }
)


def stated(text: str, phase: str = "3") -> dict[str, list[str]]:
    """Return the statements of a plan as `line: text`, for the metrics that have any."""
    found = statements(text, NAMES, phase)
    return {name: [f"{one.line}: {one.text}" for one in said] for name, said in found.items() if said}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("- **Parse large file**: <= 120 ms", "<= 120 ms"),
        ("- [ ] *parse large FILE* : ≤120ms", "<= 120 ms"),
        ("`parse_large` under 120 ms (was 412 ms)", "< 120 ms"),
        (r"3. parse\_large below 2 seconds.", "< 2 seconds"),
        ("__parser::test_large__ must stay within 0.5 s - half of it", "<= 0.5 s"),
        ("Parse large file should take no more than 1,200 µs", "<= 1,200 µs"),
        ("Parse large file &lt; 120 ms", "< 120 ms"),
        ("Parse large file ‚â§ 120 ms", "<= 120 ms"),  # UTF-8 that was once read as Mac Roman
        ("- [ ] **Performance**: Parse large file = 120 ms", "= 120 ms"),
    ],
)
def test_a_bound_on_a_time_is_read_in_any_words(line: str, expected: str) -> None:
    assert stated(line) == {"Parse large file": [f"1: {expected}"]}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("- [ ] **Coverage**: Minimum 80% test coverage", ">= 80%"),
        ("- at least 85% coverage", ">= 85%"),
        ("Achieve more than 85 % code coverage.", "> 85%"),
        ("Minimum coverage: 80%", ">= 80%"),
        ("The coverage target is at least 80.5%, up from 72%", ">= 80.5%"),
        ("Success criteria: coverage no less than 80%!", ">= 80%"),
        ("The writer is slow. Coverage: above 80%", "> 80%"),
    ],
)
def test_a_bound_on_coverage_is_read_in_any_words(line: str, expected: str) -> None:
    assert stated(line) == {"Coverage": [f"1: {expected}"]}


def test_a_line_may_state_several_targets() -> None:
    line = "- [ ] **Performance**: Parse large file <= 320 ms, Coverage >= 90% and at least 100 tests passing"
    assert stated(line) == {
        "Parse large file": ["1: <= 320 ms"],
        "Coverage": ["1: >= 90%"],
        "Tests passing": ["1: >= 100"],
    }


@pytest.mark.parametrize(
    "line",
    [
        "Branch coverage >= 80%",
        "Legacy module: coverage at least 60%",
        "In the legacy module, coverage at least 60%",
        "Legacy module (coverage at least 60%)",
        "Coverage of the legacy module: at least 60%",
        "Coverage: at least 80% for new code",
        "Coverage: at least 80%, at least 95% for the core",
        "Coverage: at least 80%, at least 95%",
        "Coverage must not fall below 80%",
        "Coverage was at least 80%",
        "Coverage: 72% → >= 80%",
        "Coverage: 80%",
        "Coverage: >= [X]%",
        "Coverage >= ~80%",
        "Coverage (minimum): max 80%",
        "Coverage >= 80-90%",
        "Coverage >= 80% - 90%",
        "Coverage at least 80% to 90%",
        "Coverage >= 80/100",
        "Coverage >= 5*10%",
        "Coverage >= 1.2.3%",
        "Coverage >= " + "9" * 200 + "%",
        "~~Coverage >= 80%~~",
        "> Coverage >= 80%",
        "## Coverage >= 80%",
        "    Coverage >= 80%",
        "coverage.py >= 7",
        "non-coverage >= 7%",
        "discoverage >= 7%",
        "parse_large_v2 under 120 ms",
        "parse_large under 120 msec",
        "parse_large under 120 ms per MB",
        "Coverage <!-- at least 80% -->",
        "<!-- Coverage >= 80% -->",
        "<div>Coverage >= 80%</div>",
    ],
)
def test_what_is_in_doubt_is_no_target(line: str) -> None:
    assert stated(line) == {}


def test_what_a_reader_does_not_see_is_no_target() -> None:
    hidden = "---\nplan: Coverage >= 1%\n---\n```\nCoverage >= 2%\n```\nSee <!-- here\nCoverage >= 3%\n--> this\n"
    assert stated(f"{hidden}\nCoverage >= 80%\n") == {"Coverage": ["11: >= 80%"]}


def test_a_row_of_a_table_states_a_target_in_the_column_of_targets() -> None:
    table = "| # | Metric | Now | Target | Later |\n|--|--|--|--|--|\n| 1 | **Coverage** | >= 70% | ≥ 80% | >= 95% |\n"
    assert stated(table) == {"Coverage": ["3: >= 80%"]}
    assert stated(table.replace("Target", "Wish")) == {"Coverage": ["3: >= 80%", "3: >= 95%"]}
    assert stated(table.replace("| 1 |", "| Legacy |")) == {}
    assert stated(table.replace("**Coverage**", "Branch coverage")) == {}
    assert stated("| Requirement |\n|--|\n| parse_large |\n") == {}


def test_sections_of_other_phases_and_of_what_was_measured_are_not_read() -> None:
    text = "\n".join(f"## {title}\nCoverage >= {number}%\n" for number, title in enumerate(
        ("Phase 2", "Phase 3: Parser", "Next Phase", "Baseline", "Baseline and Target", "Quality"), 1
    ))  # fmt: skip
    assert stated(text) == {"Coverage": ["5: >= 2%", "14: >= 5%", "17: >= 6%"]}
    assert stated(text, "2") == {"Coverage": ["2: >= 1%", "14: >= 5%", "17: >= 6%"]}


def test_what_differs_only_in_its_spelling_is_said_once() -> None:
    assert stated("parse_large under 0.12 s\n\nParse large file < 120 ms") == {"Parse large file": ["1: < 0.12 s"]}


WORDS = st.sampled_from(
    [
        *"|,.;:()-*_`<>[]~\n",
        "Coverage",
        "parse_large",
        "at least",
        "under",
        ">=",
        "80%",
        "120 ms",
        "and",
        "legacy",
        "#",
        "\t",
    ]
)


@given(st.one_of(st.text(), st.lists(WORDS, max_size=12).map(" ".join)))
def test_every_statement_is_a_target_that_stands_in_its_line(text: str) -> None:
    lines = re.split("\r\n|\r|\n", text)
    for said in statements(text, NAMES, "3").values():
        for one in said:
            assert parse_target(one.text).unit == one.unit
            number = one.text.split(" ", 1)[1]
            assert parse_quantity(number) is not None
            assert re.sub(r"\D.*", "", number) in lines[one.line - 1]


# The target of a metric


def planned(**texts: str) -> Beside:
    """Return what the drivers read when the plan states these targets."""
    units = {name: parse_target(text).unit for name, text in texts.items()}
    named = {"parse": "Parse large file", "coverage": "Coverage", "tests": "Tests passing"}
    return Beside(
        targets={
            named[name]: PlannedTarget(text, units[name], Origin(f"{PLAN}:{index}", "b" * 64, None))
            for index, (name, text) in enumerate(texts.items(), 38)
        }
    )


def rows(beside: Beside, config: Config = CONFIG) -> dict[str, dict[str, Any]]:
    return {row["name"].text: row for row in facts(BEFORE, AFTER, config, beside)["metrics"]}


def test_a_planned_target_is_shown_with_its_source_and_judged() -> None:
    found = rows(planned(parse="< 290 ms", coverage=">= 84%"))
    target: Value = found["Coverage"]["target"]
    assert (target.text, target.note) == (">= 84%", f"from {PLAN}:39")
    assert target.origin == Origin(f"{PLAN}:39", "b" * 64, None)
    assert [found[name]["status"].text for name in ("Parse large file", "Coverage")] == ["❌", "✅"]
    assert found["Coverage"]["expected"].text == "+5.6 pp"


def test_the_configured_target_wins() -> None:
    found = rows(planned(tests=">= 5000"))
    assert found["Tests passing"]["target"] == Value(">= 100")
    assert found["Tests passing"]["status"].text == "✅"


@pytest.mark.parametrize(
    ("beside", "name", "words"),
    [
        (planned(coverage=">= 100"), "Coverage", [f"{PLAN}:38 states >= 100 for Coverage", "a count", "a ratio"]),
        (planned(coverage="< 80%"), "Coverage", ["states < 80%", "higher is better"]),
        (planned(parse=">= 120 ms"), "Parse large file", ["lower is better"]),
        (planned(parse=">= 90%"), "Parse large file", ["a ratio", "a second"]),
    ],
)
def test_a_target_that_cannot_be_meant_is_not_taken(beside: Beside, name: str, words: list[str]) -> None:
    target = rows(beside)[name]["target"]
    assert (target.text, target.code) == (None, "unclear-target")
    assert [word for word in words if word not in target.reason] == []


def test_before_anything_is_measured_the_name_of_a_metric_tells_its_unit() -> None:
    beside = planned(parse="<= 120 ms", coverage=">= 100").fitting(Phase("3", None, None), CONFIG)
    assert list(beside.targets) == ["Parse large file"]
    assert list(beside.untaken) == ["Coverage"]


# The plan's file


def from_plan(root: Path, text: str | None, config: Config = CONFIG) -> Beside:
    if text is not None:
        (root / PLAN).parent.mkdir(parents=True)
        (root / PLAN).write_text(text, encoding="utf-8")
    return beside_of(root, config, Phase("3", BEFORE, AFTER))


def test_a_target_names_the_plan_its_line_and_its_hash(tmp_path: Path) -> None:
    text = "# Phase 3\n\n- [ ] **Coverage**: Minimum 80% test coverage\n"
    found = from_plan(tmp_path, text).targets["Coverage"]
    digest = hashlib.sha256(text.encode()).hexdigest()
    assert found == PlannedTarget(">= 80%", "ratio", Origin(f"{PLAN}:3", digest, None))


def test_two_different_statements_are_none(tmp_path: Path) -> None:
    beside = from_plan(tmp_path, "Coverage >= 80%\n\nCoverage: at least 90%\n")
    assert beside.targets == {}
    target = rows(beside)["Coverage"]["target"]
    assert target.code == "unclear-target"
    assert f"{PLAN} states several targets for Coverage: >= 80% in line 1 and >= 90% in line 3" in target.reason


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "Coverage is dear to us.\n",
        "Coverage >= 80%\n" * 70_000,
        "Coverage >= 80%\n".encode("utf-16").decode("latin-1"),
    ],
    ids=["missing", "empty", "silent", "too large", "bytes"],
)
def test_a_plan_that_states_nothing_is_named_in_the_reason(tmp_path: Path, text: str | None) -> None:
    target = rows(from_plan(tmp_path, text))["Coverage"]["target"]
    assert (target.text, target.code) == (None, "no-target")
    assert PLAN in target.reason
    assert "[[metric]]" in target.mend


def test_a_plan_outside_the_project_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "plan.md").write_text("Coverage >= 80%\n")
    (tmp_path / "project").mkdir()
    for name in ("../plan.md", "linked.md"):
        config = CONFIG.model_copy(update={"plan": name})
        (tmp_path / "project/linked.md").unlink(missing_ok=True)
        (tmp_path / "project/linked.md").symlink_to("../plan.md")
        beside = from_plan(tmp_path / "project", None, config)
        assert beside.targets == {}
        assert "leaves the project" in beside.untaken["Coverage"].reason


# The installed program


@pytest.fixture(scope="module", name="ended")
def _ended(sample_before: Path, sample_after: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample at the end of its phase, with two targets in the plan and none of them in the configuration."""
    project = at_the_end_of_the_phase(sample_before, sample_after, tmp_path_factory.mktemp("planned"))
    settings = (project / "phasemetrics.toml").read_text()
    settings = settings.replace('target = ">= 90%"\n', "").replace('target = "<= 5 ms"\n', "")
    (project / "phasemetrics.toml").write_text('plan = "docs/phases/PLAN_{phase}.md"\n' + settings)
    (project / PLAN).write_text(
        "## Targets\n\n- Coverage: at least 95%\n\n| Metric | Target |\n|--|--|\n| Total two years | under 4 ms |\n"
    )
    return project


@pytest.fixture(name="project")
def _project(ended: Path, tmp_path: Path) -> Path:
    return shutil.copytree(ended, tmp_path / "project", symlinks=True)


def test_a_readme_takes_its_targets_from_the_plan_and_shows_where(project: Path) -> None:
    said = json.loads(succeed(project, "fill", "-p", "3", "--json").out)
    text = (project / README).read_text(encoding="utf-8")
    assert re.search(r"^\| Coverage \| >= 95% \| \+\d+\.\d pp \|$", text, re.MULTILINE)
    assert re.search(r"^\| Total two years \| < 4 ms \| \+\d+\.\d% \|$", text, re.MULTILINE)
    digest = hashlib.sha256((project / PLAN).read_bytes()).hexdigest()
    sources = [
        filling["evidence"] for filling in said["documents"][0]["fillings"] if filling["new"] in {">= 95%", "< 4 ms"}
    ]
    assert sources == [{"path": f"{PLAN}:{line}", "sha256": digest, "commit": None} for line in (7, 3)]
    line = text[: text.index("| >= 95% |")].count("\n") + 1
    assert f"from {PLAN}:3, sha256 {digest}\n" in succeed(project, "show", "-p", "3", README, "--line", str(line)).out
    assert f"target >= 95% met ({PLAN}:3)\n" in succeed(project, "show", "-p", "3").out
    succeed(project, "check", "-p", "3")


def test_a_plan_that_changes_moves_only_its_targets(project: Path) -> None:
    succeed(project, "fill", "-p", "3")
    before = (project / README).read_text(encoding="utf-8")
    (project / PLAN).write_text((project / PLAN).read_text().replace("95%", "99.5%"))
    succeed(project, "fill", "-p", "3")
    changed = [line for line in (project / README).read_text(encoding="utf-8").splitlines() if line not in before]
    assert [line.split(" | ")[0] for line in changed] == ["| Coverage", "| Coverage"]
    (project / PLAN).unlink()
    ended = succeed(project, "fill", "-p", "3")
    assert f"the plan is not read: {PLAN}: there is no such file" in ended.err


def test_a_plan_that_is_filled_itself_keeps_its_targets(project: Path) -> None:
    (project / PLAN).unlink()
    settings = (project / "phasemetrics.toml").read_text()
    settings = settings.replace("documents = [", f'documents = ["{PLAN}", ') + "\n[carry]\nmetrics = true\n"
    (project / "phasemetrics.toml").write_text(settings)
    succeed(project, "new", "plan", "-p", "3", "-o", PLAN)
    succeed(project, "fill", "-p", "3")
    text = (project / PLAN).read_text(encoding="utf-8")
    assert "**Performance**: Read two years <= 2 ms, Tests passing >= 25\n" in text
    assert re.search(r"^\| Coverage \| >= 80% \|", (project / README).read_text(encoding="utf-8"), re.MULTILINE)
    before = files_of(project)
    succeed(project, "fill", "-p", "3")
    assert files_of(project) == before
    succeed(project, "check", "-p", "3")
