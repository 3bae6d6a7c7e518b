"""Test cases are counted by group as the configuration says, and a document finds the group by its label."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.junit.make import marked_suite
from junit_workshop import CASE, by_group, counts, made, read
from measured import AFTER, CONFIG, INTEGRATION_GROUPS, LATER, UNIT_GROUPS, snapshot
from phasemetrics.cli.request import Reports, evidence_of
from phasemetrics.config import load
from phasemetrics.evidence.collecting import Evidence, collect_reports
from phasemetrics.evidence.grouping import Grouping, GroupRule, group_rules
from phasemetrics.evidence.groups import group_count, group_facts
from phasemetrics.evidence.model import OUTCOMES, Measurement, Report, Snapshot, TestCount
from phasemetrics.evidence.outcomes import suite_count, suite_facts
from phasemetrics.evidence.side import Side
from phasemetrics.settings import Config
from phasemetrics.value import Origin, Value, absent
from phasemetrics_collectors import junit

SAMPLES = Path(__file__).parent / "collectors" / "junit"
MARKERS = json.loads((SAMPLES / "markers.json").read_text())
BY_MARKER = {name: TestCount(name, count["passed"], count["failed"], count["total"]) for name, count in MARKERS.items()}
MISSING = absent("no-evidence", "nothing was measured")


def rules(**groups: Mapping[str, object]) -> tuple[GroupRule, ...]:
    return group_rules(Config.model_validate({"group": groups}))


# The markers


MARKED = rules(**{name: {"markers": [name]} for name in MARKERS})


def test_the_markers_of_the_sample_are_counted_as_pytest_does() -> None:
    assert by_group(read(SAMPLES / "pytest-markers.xml", *MARKED)) == BY_MARKER


def run_pytest(folder: Path, *options: str) -> str:
    command = [sys.executable, "-m", "pytest", "-q", "--junitxml=report.xml", "-p", "no:cacheprovider", *options]
    environment = {key: text for key, text in os.environ.items() if not key.startswith(("PYTEST_", "COV"))}
    return subprocess.run(command, cwd=folder, env=environment, check=False, capture_output=True, text=True).stdout


@pytest.mark.parametrize("options", [["-n2"], ["-o", "junit_family=xunit1"], ["-o", "junit_family=xunit2"]])
def test_the_documented_hook_brings_markers_into_the_report_of_a_real_pytest(
    tmp_path: Path, options: list[str]
) -> None:
    marked_suite(tmp_path)
    said = run_pytest(tmp_path, *options)
    assert "1 failed, 5 passed, 1 skipped, 1 error" in said, said
    everywhere = rules(
        **{name: {"markers": [name], "suite": "unit"} for name in MARKERS}, other={"markers": ["happy"], "suite": "e2e"}
    )
    found = collect_reports(Evidence(tmp_path, {"junit": ("report.xml",)}, groups=everywhere)).groups
    assert found == (BY_MARKER["edge"], BY_MARKER["happy"], TestCount("other", 0, 0, 0))


def test_pytest_writes_no_marker_without_the_hook(tmp_path: Path) -> None:
    marked_suite(tmp_path)
    (tmp_path / "conftest.py").unlink()
    assert "5 passed" in run_pytest(tmp_path)
    assert by_group(read(tmp_path / "report.xml", *MARKED))["happy"].total == 0


def properties(*pairs: tuple[str, str]) -> str:
    inside = "".join(f"<property name={quoteattr(name)} value={quoteattr(value)}/>" for name, value in pairs)
    return f"<properties>{inside}</properties>"


@pytest.mark.parametrize(
    ("inside", "belongs"),
    [
        (properties(("marker", "happy")), True),
        (properties(("mark", "slow"), ("mark", "happy")), True),
        (properties(("markers", "slow, happy")), True),
        (properties(("marker", "happy"), ("marker", "happy")), True),
        (properties(("marker", "unhappy")), False),
        (properties(("marker", "Happy")), False),
        (properties(("tag", "happy")), False),
        (properties(("happy", "")), False),
        ("<property name='marker' value='happy'/>", False),
        ("<x><properties><property name='marker' value='happy'/></properties></x>", False),
        ("<properties><property name='marker'/><property value='happy'/></properties>", False),
        ("", False),
    ],
)
def test_a_marker_is_a_property_of_the_case_itself(tmp_path: Path, inside: str, belongs: bool) -> None:
    (rule,) = rules(happy={"markers": ["happy"], "names": ["nothing"]})
    outside = properties(("marker", "happy"))
    body = CASE.format(f'{outside}<testcase name="a">{inside}<failure/></testcase><testcase name="b"/>')
    assert by_group(made(tmp_path, body, rule))["happy"] == TestCount("happy", 0, int(belongs), int(belongs))


def test_a_case_in_a_case_has_its_own_markers(tmp_path: Path) -> None:
    inner = f'<testcase name="b">{properties(("marker", "edge"))}<error/></testcase>'
    body = CASE.format(f'<testcase name="a">{inner}{properties(("marker", "happy"))}</testcase><testcase name="c"/>')
    found = by_group(made(tmp_path, body, *MARKED))
    assert found == {"edge": TestCount("edge", 0, 1, 1), "happy": TestCount("happy", 1, 0, 1)}


# The names


@pytest.mark.parametrize(
    ("glob", "name", "belongs"),
    [
        ("test_happy*", "test_happy_path", True),
        ("test_happy", "test_happy_path", False),
        ("TEST_happy*", "test_happy_path", False),
        ("*happy*", "test_unhappy", True),
        ("test_reads", "test_reads[a-1]", True),
        ("test_reads", "test_reads[[x]]", True),
        ("test_reads*1]", "test_reads[a-1]", True),
        ("test_reads[[]a-1]", "test_reads[a-1]", True),
        ("test_reads[a-1]", "test_reads[a-1]", True),
        ("test_reads[ab]", "test_readsb", True),
        ("test_reads[a-1]", "test_reads[a-2]", False),
        ("test_r?ads", "test_reads", True),
        ("test_.*", "test_reads", False),
        ("tests/unit/test_a.py", "test_reads", True),
        ("tests/unit/*", "test_reads", True),
        ("unit/*", "test_reads", False),
        ("tests/unit/test_a.py::TestB::test_reads", "test_reads[a/b]", True),
        ("tests/unit/test_a.py::TestB::test_reads[a/b]", "test_reads[a/b]", True),
        ("tests/unit/test_a.py::test_reads", "test_reads", True),
        ("tests.unit.test_a.TestB::test_reads", "test_reads", True),
        ("*TestB::*", "test_reads", True),
        ("*TestC::*", "test_reads", False),
        ("*.test_a.*", "test_reads", False),
        ("*a/b*", "test_reads[a/b]", True),
        ("", "test_reads", False),
        ("[", "[", True),
    ],
)
def test_a_name_is_a_glob_never_a_regular_expression(tmp_path: Path, glob: str, name: str, belongs: bool) -> None:
    rule = GroupRule("g", ("nothing", glob))
    for file in ("", f'file="{tmp_path}/tests/unit/test_a.py"'):
        case = f'<testcase {file} classname="tests.unit.test_a.TestB" name={quoteattr(name)}/>'
        assert by_group(made(tmp_path, CASE.format(case), rule))["g"].total == belongs


def test_a_group_of_a_suite_counts_the_cases_in_its_files(tmp_path: Path) -> None:
    suites = {"unit": {"path": "tests/unit/test_a.py"}, "slow": {"path": "x.py", "glob": "tests/slow/*"}}
    groups = {suite: {"suite": suite, "names": ["*"]} for suite in ("unit", "slow", "e2e")}
    config = Config.model_validate({"suite": suites, "group": {**groups, "all": {"names": ["*"]}}})
    files = ("tests.unit.test_a", "tests.unit.test_b", "tests.slow.test_c", "tests.e2e.deep.test_d", "x", "")
    body = CASE.format("".join(f'<testcase classname="{one}" name="a"/>' for one in files))
    found = by_group(made(tmp_path, body, *group_rules(config)))
    assert {name: count.total for name, count in found.items()} == {"unit": 1, "slow": 1, "e2e": 1, "all": 6}


# The counts


NAMES = st.sampled_from(["test_happy", "test_happy[1]", "test_edge_happy", "x", ""])
CASES = st.lists(
    st.tuples(
        st.sampled_from(["tests.unit.test_a", "tests.unit.test_a.TestB", "tests.test_b", "ü", ""]),
        NAMES,
        st.sampled_from(["", "<failure/>", "<error/>", "<skipped/>", "<skipped type='pytest.xfail'/>"]),
        st.lists(st.sampled_from(["happy", "edge", "none"]), max_size=3),
    ),
    max_size=12,
)
RULES = rules(
    happy={"names": ["test_happy*"], "markers": ["happy"]},
    edge={"names": ["*edge*", "*TestB::*"], "markers": ["edge", "happy"]},
    unit={"names": ["*"], "suite": "unit"},
    every={"names": ["*"]},
    nothing={"names": ["no such test"]},
)


def suite(cases: list[tuple[str, str, str, list[str]]]) -> str:
    rows = [
        f'<testcase classname="{classname}" name="{name}">{properties(*(("marker", one) for one in markers))}{inside}'
        "</testcase>"
        for classname, name, inside, markers in cases
    ]
    return CASE.format("".join(rows))


@given(CASES, st.data())
def test_shards_in_any_order_add_up_to_the_same_groups(
    tmp_path_factory: pytest.TempPathFactory, cases: list[tuple[str, str, str, list[str]]], data: st.DataObject
) -> None:
    root = tmp_path_factory.getbasetemp()
    shuffled, cut = data.draw(st.permutations(cases)), data.draw(st.integers(0, len(cases)))
    for name, part in (("whole", cases), ("a", shuffled[:cut]), ("b", shuffled[cut:])):
        (root / f"{name}.xml").write_text(suite(part), encoding="utf-8")
    whole, shards, turned = (
        collect_reports(Evidence(root, {"junit": names}, groups=RULES)).groups
        for names in (("whole.xml",), ("a.xml", "b.xml"), ("b.xml", "a.xml"))
    )
    assert whole == shards == turned
    found = {one.path: one for one in whole}
    assert list(found) == ["edge", "every", "happy", "nothing", "unit"]
    facts = counts(read(root / "whole.xml"))
    failed = facts["failed"] + facts["errors"]
    assert found["every"] == TestCount("every", facts["passed"], failed, len(cases)), "each counts once"
    happy = sum(name.startswith("test_happy") or "happy" in markers for _, name, _, markers in cases)
    assert found["happy"].total == happy
    assert found["unit"].total == sum(".unit." in classname for classname, *_ in cases)
    assert found["nothing"] == TestCount("nothing", 0, 0, 0), "it was looked for, so 0 is known"


def test_without_a_rule_nothing_is_counted_by_group(tmp_path: Path) -> None:
    facts = made(tmp_path, suite([("tests.test_a", "test_happy", "", ["happy"])]))
    assert not [one for one in facts if isinstance(one, Measurement) and one.name == "tests.group"]
    assert collect_reports(Evidence(tmp_path, {"junit": ("made.xml",)})).groups == ()
    assert collect_reports(Evidence(tmp_path, {}, groups=RULES)).groups == (), "no report, no number"


def test_a_million_cases_would_need_no_more_memory_than_a_few(tmp_path: Path) -> None:
    def peak(number: int) -> int:
        path = tmp_path / f"{number}.xml"
        cases = (f'<testcase classname="tests.test_{n % 7}" name="test_{n}">{many}</testcase>' for n in range(number))
        path.write_text(CASE.format("".join(cases)), encoding="utf-8")
        tracemalloc.start()
        assert by_group(read(path, *RULES))["edge"].total == number
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    many = properties(*(("marker", name) for name in ("happy", "edge", *map(str, range(20)))))
    peak(10)
    assert peak(5_000) < peak(500) + 200_000


def test_what_is_configured_is_what_is_recorded(tmp_path: Path) -> None:
    (tmp_path / "made.xml").write_text(suite([("tests.unit.test_a", "test_happy", "<error/>", [])]), encoding="utf-8")
    configured = '[group."happy path"]\nnames = ["test_happy*"]\nsuite = "unit"\n[group.Edge]\nmarkers = ["edge"]\n'
    (tmp_path / "phasemetrics.toml").write_text(f'junit = ["made.xml"]\n{configured}')
    found = collect_reports(evidence_of(load(tmp_path), Reports()))
    assert found.groups == (TestCount("Edge", 0, 0, 0), TestCount("happy path", 0, 1, 1))
    assert found.tests == (TestCount("tests/unit/test_a.py", 0, 1, 1),)


def test_the_collectors_of_others_are_handed_what_they_may_ask(tmp_path: Path) -> None:
    report = Report(tmp_path / "none.xml", "none.xml", Grouping(RULES, tmp_path))
    assert report.groups is not None
    assert report.groups.of("test_happy", "", "", ()) == ("every", "happy")
    assert report.groups.of("x", "", f"{tmp_path}/tests/unit/test_a.py", {"edge"}) == ("edge", "every", "unit")
    assert Report(tmp_path / "none.xml", "none.xml").groups is None
    assert junit.KIND == "junit"


# The labels of a document


def asked(label: str, suite: str = "all", after: Snapshot | None = AFTER, config: Config = CONFIG) -> Value:
    return group_facts(Side(after, MISSING), config)[suite][label]


def grouped(*names: str, **suites: str) -> Config:
    groups = {name: {"names": ["*"], "suite": suites.get(name)} for name in names}
    return Config.model_validate({"suite": {"smoke": {"path": "tests/smoke/*"}}, "group": groups})


@pytest.mark.parametrize(("suite", "known"), [("unit", UNIT_GROUPS), ("integration", INTEGRATION_GROUPS)])
def test_every_label_of_the_documents_has_its_count(suite: str, known: tuple[str, ...]) -> None:
    labels = {
        "unit": ("Happy path scenarios", "Edge cases", "Error handling", "Integration points"),
        "integration": (
            "End-to-end workflows",
            "Cross-component integration",
            "Database integration",
            "External API integration",
        ),
    }[suite]
    counted = {one.path: one.total for one in AFTER.groups}
    for label, name in zip(labels, known, strict=True):
        for spelled in (label, label.upper(), f"**{label}**", f" `{label}`: ", label.replace(" ", "  ")):
            assert asked(spelled, suite) == Value(str(counted[name]), Origin("build/junit.x", "a" * 64, "3" * 40))
            assert asked(spelled) == asked(spelled, suite)
        other = asked(label, "integration" if suite == "unit" else "unit")
        assert (other.text, other.code) == (None, "no-group"), "a rule of another suite does not answer"


@pytest.mark.parametrize(
    ("label", "names", "code"),
    [
        ("Happy path scenarios", ["happy path"], ""),
        ("Happy", ["happy path"], ""),
        ("Happy path", ["happy path", "happy path scenarios"], ""),
        ("Happy path scenarios", ["happy", "happy path"], "ambiguous-group"),
        ("Happy", ["happy path", "happy end"], "ambiguous-group"),
        ("Edge cases", ["edge cases", "Edge-Cases"], "ambiguous-group"),
        ("Happypath", ["happy"], "no-group"),
        ("path", ["happy path"], "no-group"),
        ("***", ["happy", "!"], "no-group"),
        ("", ["happy"], "no-group"),
        ("Größe", ["GRÖSSE"], ""),
    ],
)
def test_a_label_and_a_group_may_differ_in_what_does_not_matter(label: str, names: list[str], code: str) -> None:
    after = replace(AFTER, groups=tuple(TestCount(name, 1, 0, 1) for name in names))
    found = asked(label, "all", after, grouped(*names))
    assert (found.text, found.code) == (None if code else "1", code)


def test_a_rule_without_a_suite_answers_everywhere_and_one_with_a_suite_only_there() -> None:
    config = grouped("happy", "edge", edge="smoke")
    after = replace(AFTER, groups=tuple(TestCount(name, 1, 0, 1) for name in ("happy", "edge")))
    assert set(group_facts(Side(after, MISSING), config)) == {"all", "unit", "integration", "e2e", "smoke"}
    answers = {suite: (asked("Happy", suite, after, config).text, asked("Edge", suite, after, config).text)
               for suite in ("all", "smoke", "e2e")}  # fmt: skip
    assert answers == {"all": ("1", "1"), "smoke": ("1", "1"), "e2e": ("1", None)}


@pytest.mark.parametrize(
    ("after", "code", "words"),
    [
        (replace(AFTER, groups=()), "group-not-counted", ['[group."happy path"]', "phasemetrics fill` again"]),
        (
            replace(AFTER, groups=(TestCount("happy path", 0, 0, 0),)),
            "empty-group",
            ['the rule [group."happy path"]', "docs/formats.md"],
        ),
        (snapshot(without=("junit",)), "no-tests", ["--junit"]),
        (None, "no-evidence", []),
    ],
)
def test_a_group_that_was_not_counted_says_why(after: Snapshot | None, code: str, words: list[str]) -> None:
    found = asked("Happy path scenarios", "unit", after)
    assert (found.text, found.code) == (None, code)
    assert [word for word in words if word not in f"{found.reason}; {found.mend}"] == []
    assert group_count(Side(after, MISSING), CONFIG, "Happy path scenarios", "unit") == found


def test_a_label_without_a_rule_is_told_how_to_write_one() -> None:
    found = asked("**Unicode** paths", "unit")
    assert (found.text, found.code, found.reason) == (
        None,
        "no-group",
        "no rule says which tests are '**Unicode** paths'",
    )
    assert '[group."unicode paths"] suite = "unit", names = ["test_…*"]' in found.mend
    assert "phasemetrics explain no-group" in found.mend
    assert "suite" not in asked("Unicode").mend


# What gates ask


def test_the_counts_behind_a_gate() -> None:
    side, later = Side(AFTER, MISSING), Side(LATER, MISSING)
    assert group_count(side, CONFIG, "Error handling", "unit") == TestCount("error handling", 5, 0, 5)
    assert group_count(later, CONFIG, "Error handling", "unit") == TestCount("error handling", 5, 1, 6)
    assert suite_count(side, CONFIG, "unit") == TestCount("unit", 136, 0, 137)
    assert suite_count(later, CONFIG, "unit") == TestCount("unit", 140, 1, 142)
    assert sum(one.total for one in LATER.tests) == LATER.metrics["tests.total"].value
    for nothing in (suite_count(side, CONFIG, "e2e"), suite_count(Side(None, MISSING), CONFIG, "unit")):
        assert isinstance(nothing, Value)
        assert nothing.code in {"no-suite", "no-evidence"}


@pytest.mark.parametrize("unknown", [0, 1])
def test_a_suite_of_which_some_failures_are_not_recorded_has_no_count_of_them(unknown: int) -> None:
    config = Config.model_validate({"suite": {"unit": {"path": "tests/*"}}})
    tests = [TestCount(f"tests/{name}.py", 1, 0, 1) for name in "ab"]
    tests[unknown] = replace(tests[unknown], failed=None)
    found = suite_count(Side(replace(AFTER, tests=tuple(tests)), MISSING), config, "unit")
    assert found == TestCount("unit", 2, None, 2)


@pytest.mark.parametrize(
    ("table", "glob", "total", "counted"),
    [
        ({"path": "tests/unit/test_a.py", "glob": "tests/unit/test_*.py"}, "tests/unit/test_*.py", "3", 8),
        ({"path": "tests/unit/*"}, "tests/unit/*", "8", 8),
        ({"path": "tests/unit/test_a.py"}, None, "3", 3),
        ({"path": "tests/unit"}, None, "8", 8),
    ],
)
def test_the_glob_of_a_suite(table: dict[str, str], glob: str | None, total: str, counted: int) -> None:
    tests = (TestCount("tests/unit/test_a.py", 3, 0, 3), TestCount("tests/unit/test_b.py", 5, 0, 5))
    side, config = Side(replace(AFTER, tests=tests), MISSING), Config.model_validate({"suite": {"unit": table}})
    unit = suite_facts(side, config)["unit"]
    assert (unit["path"].text, unit["glob"].text, unit["total"].text) == (table["path"], glob, total)
    assert glob is not None or 'add glob = "tests/unit/' in unit["glob"].mend
    assert suite_count(side, config, "unit") == TestCount("unit", counted, 0, counted)
    assert suite_facts(side, config)["e2e"]["glob"].code == "no-suite"


def test_a_group_is_counted_by_every_outcome(tmp_path: Path) -> None:
    insides = ["", "<failure/>", "<error/>", "<skipped/>", "<skipped type='pytest.xfail'/>"]
    body = suite([("tests.test_a", f"test_{number}", inside, []) for number, inside in enumerate(insides)])
    assert by_group(made(tmp_path, body, GroupRule("g", ("*",))))["g"] == TestCount("g", 1, 2, 5)
    assert set(OUTCOMES) >= {"passed", "failed", "errors"}
