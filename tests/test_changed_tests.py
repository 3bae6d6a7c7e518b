"""Which tests a phase changed: on the terminal, as JSON, for templates and claims, from real runs of pytest."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sample_project
from journey import succeed
from measured import AFTER, BEFORE, INTEGRATION, UNIT, facts, snapshot
from phasemetrics.cli import changedtests
from phasemetrics.evidence import cases as kept
from phasemetrics.evidence import namedtests
from phasemetrics.evidence.casechanges import CaseChanges
from phasemetrics.evidence.cases import MOST
from phasemetrics.evidence.collecting import Evidence, collect_reports
from phasemetrics.evidence.fitting import Stated
from phasemetrics.evidence.model import Metric, Phase, Snapshot, TestCase, TestCount, Warning
from phasemetrics.evidence.stated import answer
from phasemetrics.value import Value
from sample_project import SampleProject

GROUPS = ("added", "removed", "renamed", "failing", "passing", "skipped")
ADDED = [
    "tests/integration/test_report.py::test_the_missing_days_of_a_log_file",
    "tests/unit/test_reading.py::test_an_error_names_the_line[2026-03-01 Hilltop -0.2--0.2 mm cannot be]",
    "tests/unit/test_summary.py::test_a_day_is_wet_from_one_millimetre_on",
    "tests/unit/test_summary.py::test_the_order_of_the_readings_does_not_matter",
]
MENDED = "tests/unit/test_reading.py::test_a_byte_order_mark_is_skipped"
BROKEN = "tests/integration/test_report.py::test_an_empty_log_is_said_to_be_empty"


@pytest.fixture(scope="module", name="reworked")
def _reworked(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The end of the phase with a test file that moved, a parameter of another name and a test that fails; measured."""
    root = shutil.copytree(filled, tmp_path_factory.mktemp("reworked") / "project", symlinks=True)
    owner = SampleProject(root)
    sample_project.git(owner, "mv", "tests/unit/test_summary.py", "tests/integration/test_totals.py")
    reading, report = root / "tests/unit/test_reading.py", root / "tests/integration/test_report.py"
    text = reading.read_text().replace('("2026-03-01 Hilltop", "found', '("2026-03-02 Hilltop", "found')
    reading.write_text(text.replace('        ("2026-03-01 Hilltop -0.2", "-0.2 mm cannot be"),\n', ""))
    report.write_text(report.read_text().replace('== "No readings.\\n"', '== "Nothing.\\n"'))
    sample_project.commit(owner, "2026-10-16T10:00:00Z", "Move the tests of the totals", ["tests"])
    sample_project.measure(owner)
    succeed(root, "fill", "-p", "3")
    return root


def told(root: Path) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(succeed(root, "show", "-p", "3", "--tests", "--json").out)["tests"]
    return said


def called(one: dict[str, str]) -> str:
    return "::".join(part for part in (one["path"], one["class"], one["name"]) if part)


# Real runs


def test_the_tests_that_the_sample_added_are_named(project: Path) -> None:
    said = told(project)
    assert tuple(said) == GROUPS
    gaps = [name for name in map(called, said["added"]) if name.startswith("tests/unit/test_gaps.py::")]
    assert sorted(ADDED + gaps) == sorted(map(called, said["added"]))
    assert len(said["added"]) == 31 - 17
    assert {one["outcome"] for one in said["added"]} == {"passed"}
    assert [called(one) for one in said["passing"]] == [MENDED]
    assert [said[name] for name in ("removed", "renamed", "failing", "skipped")] == [[]] * 4


def test_the_terminal_names_them_below_the_table(project: Path) -> None:
    out = succeed(project, "show", "-p", "3", "--tests").out
    table, _, rest = out.partition("\n\n")
    assert table + "\n" == succeed(project, "show", "-p", "3").out
    lines = rest.splitlines()
    assert lines[0] == "tests added: 14"
    assert {f"  {name}" for name in ADDED} < set(lines[1:15])
    assert lines[15:] == [
        "tests removed: 0", "tests renamed: 0", "tests newly failing: 0",
        "tests newly passing: 1", f"  {MENDED}", "tests newly skipped: 0",
    ]  # fmt: skip


def test_a_file_that_moved_renames_its_tests(reworked: Path) -> None:
    said = told(reworked)
    renamed = {called(one["from"]): called(one["to"]) for one in said["renamed"]}
    moved = [name for name in renamed if name.startswith("tests/unit/test_summary.py::")]
    assert {name: renamed.pop(name) for name in moved} == {
        name: name.replace("tests/unit/test_summary.py", "tests/integration/test_totals.py") for name in moved
    }
    assert len(moved) == 3
    was, now = (
        f"tests/unit/test_reading.py::test_an_error_names_the_line[2026-03-0{day} Hilltop-found 2 words]"
        for day in "12"
    )
    assert renamed == {was: now}
    assert said["removed"] == []
    assert len(said["added"]) == 31 - 17 - 1


def test_a_test_that_broke_is_newly_failing(reworked: Path) -> None:
    said = told(reworked)
    assert [(called(one), one["outcome"]) for one in said["failing"]] == [(BROKEN, "failed")]
    assert ([called(one) for one in said["passing"]], said["skipped"]) == ([MENDED], [])
    out = succeed(reworked, "show", "-p", "3", "--tests").out
    assert "\ntests removed: 0\ntests renamed: 4\n  tests/unit/test_reading.py::test_an_error_names" in out
    assert " → tests/integration/test_totals.py::test_" in out
    assert f"\ntests newly failing: 1\n  {BROKEN}\n" in out


def test_the_list_of_test_files_says_how_many_tests_are_new_in_each(project: Path) -> None:
    said = json.loads(succeed(project, "fill", "-p", "3", "--json").out)
    found = {one["old"]: one["message"] for one in said["documents"][1]["fillings"] if ".tests_" in one["address"]}
    assert found == {
        "`tests/integration/test_report.py`": "1 test added",
        "`tests/unit/test_gaps.py`": "10 tests added",
        "`tests/unit/test_reading.py`": "1 test added",
        "`tests/unit/test_summary.py`": "2 tests added",
    }


def test_without_names_the_reason_is_given(project: Path) -> None:
    baseline = project / ".phasemetrics/phases/3/baseline.json"
    recorded = json.loads(baseline.read_text())
    del recorded["cases"]  # as an earlier version wrote it
    baseline.write_text(json.dumps(recorded))
    ended = succeed(project, "show", "-p", "3", "--tests")
    sha = recorded["revision"]["sha"][:12]
    assert "which tests changed cannot be told: the tests before phase 3 were recorded without their names" in ended.out
    assert f"at commit {sha}, run the tests and `phasemetrics collect -o before.json`" in ended.out
    ended = succeed(project, "show", "-p", "3", "--tests", "--json")
    assert json.loads(ended.out)["tests"] is None
    assert "without their names" in ended.err
    assert "tests" not in json.loads(succeed(project, "show", "-p", "3", "--json").out)
    baseline.unlink()
    assert "`phasemetrics baseline -p 3 --at " in succeed(project, "show", "-p", "3", "--tests").out


# Where it cannot be told


def untold(before: Snapshot | None, after: Snapshot | None) -> Value:
    found = namedtests.changed_tests(Phase("3", before, after), "no baseline for phase 3")
    assert isinstance(found, Value)
    assert found.mend
    return found


def having(end: Snapshot, total: int) -> Snapshot:
    return replace(end, metrics={**end.metrics, "tests.total": Metric(total, "count")}, cases=None)


MANY = Warning("many-cases", "", "more than 20000 test cases")


@pytest.mark.parametrize(
    ("before", "after", "code", "words"),
    [
        (None, AFTER, "no-baseline", "no baseline for phase 3"),
        (BEFORE, None, "no-evidence", "nothing was measured"),
        (snapshot(without=("junit",)), AFTER, "no-tests", "no test report"),
        (BEFORE, snapshot(without=("junit",)), "no-tests", "no test report"),
        (BEFORE, having(AFTER, 0), "zero-tests", "no test case"),
        (replace(BEFORE, cases=None), AFTER, "no-names", "the tests before phase 3 were"),
        (BEFORE, replace(AFTER, cases=None), "no-names", "the tests at the end of phase 3 were"),
        (BEFORE, replace(AFTER, cases=AFTER.cases and AFTER.cases[1:]), "no-names", f"the tests in {INTEGRATION} at"),
        (BEFORE, replace(AFTER, tests=(*AFTER.tests, TestCount("", 1, 0, 1))), "no-names", "some tests at the end"),
        (replace(BEFORE, cases=None, tests=()), AFTER, "no-names", "a collector that does not tell them (junit)"),
        (replace(BEFORE, warnings=(MANY,)), AFTER, "many-cases", "too many tests before phase 3"),
    ],
)
def test_what_cannot_be_told_says_why(before: Snapshot | None, after: Snapshot | None, code: str, words: str) -> None:
    found = untold(before, after)
    assert found.code == code
    assert words in found.reason
    known = facts(before, after)
    assert {one.code for one in known["tests"].values()} == {code}
    assert {known["counts"][f"tests_{name}"].code for name in GROUPS} == {code}


def test_a_phase_that_began_without_a_test_added_all_of_them() -> None:
    found = namedtests.changed_tests(Phase("3", having(replace(BEFORE, tests=()), 0), AFTER))
    assert isinstance(found, CaseChanges)
    assert found.added == AFTER.cases


# Templates and claims


def test_the_lists_for_templates() -> None:
    known = facts()
    names = {name: [one["name"].text for one in found] for name, found in known["tests"].items()}
    assert names == {
        "added": [f"{UNIT}::TestTokens::test_tree"],
        "removed": [f"{UNIT}::TestTokens::test_quote"],
        "renamed": [f"{INTEGRATION}::test_pipe[one]"],
        "failing": [],
        "passing": [f"{UNIT}::TestTokens::test_brace"],
        "skipped": [f"{UNIT}::TestTokens::test_tab"],
    }
    assert known["tests"]["renamed"][0]["before"].text == f"{INTEGRATION}::test_pipe[1]"
    assert known["tests"]["renamed"][0]["path"].text == INTEGRATION
    counts = {name: known["counts"][f"tests_{name}"].text for name in GROUPS}
    assert counts == {name: str(len(found)) for name, found in names.items()}


def test_a_list_for_a_template_ends_and_says_what_it_leaves_out() -> None:
    more = tuple(TestCase(UNIT, "", f"test_{number:02}", "passed") for number in range(60))
    assert AFTER.cases
    known = facts(BEFORE, replace(AFTER, cases=tuple(sorted((*AFTER.cases, *more)))))
    added = known["tests"]["added"]
    assert len(added) == 50
    assert [one["name"].note for one in added] == [*[""] * 49, "and 11 more: build/junit.x"]
    assert known["counts"]["tests_added"].text == "61"


def test_a_long_name_keeps_the_parameters_that_tell_it_from_others() -> None:
    more = tuple(TestCase(UNIT, "", f"test_{'x' * 120}[{number}]", "passed") for number in range(3))
    assert AFTER.cases
    added = facts(BEFORE, replace(AFTER, cases=(*AFTER.cases, *more)))["tests"]["added"]
    names = [one["name"].text for one in added if "…" in one["name"].text]
    assert [name[-4:] for name in names] == ["x[0]", "x[1]", "x[2]"]
    assert {len(name) for name in names} == {100}


@pytest.mark.parametrize(
    ("number", "agrees", "exact"),
    [(26, True, 26), (1, True, 1), (40, None, 26), (0, None, 26), (148, False, 26)],  # 26 more, one new by name
)
def test_new_tests_may_be_those_that_are_new_by_name(number: int, agrees: bool | None, exact: int) -> None:
    found = answer(Phase("3", BEFORE, AFTER), "tests.added", "change", Stated(Decimal(number)))
    assert (found.agrees, found.exact) == (agrees, Decimal(exact))
    assert ("1 are new by name" in found.why) is (agrees is None)


def test_without_names_only_the_growth_is_known() -> None:
    phase = Phase("3", replace(BEFORE, cases=None), AFTER)
    assert answer(phase, "tests.added", "change", Stated(Decimal(1))).why.endswith("how many were new is not known")


# The terminal


def test_a_group_is_no_dump_and_no_name_is_an_order(capsys: pytest.CaptureFixture[str]) -> None:
    many = tuple(TestCase("a.py", "", f"test_{number:03}", "passed") for number in range(60))
    hostile = TestCase("", "", "::error file=a.py::\x1b[31m\n\u202edone", "errors")
    changedtests.print_changed(CaseChanges(added=(hostile, *many), renamed=((many[0], many[1]),)))
    lines = capsys.readouterr().out.splitlines()
    assert lines[:4] == ["", "tests added: 61", "   ::error file=a.py::\\x1b[31m\\n\\u202edone (errors)",
                         "  a.py::test_000"]  # fmt: skip
    assert lines[51:53] == ["  a.py::test_048", "  and 11 more; `--json` has them all"]
    assert "  a.py::test_000 → a.py::test_001" in lines


# Shards, and very many cases


def junit(found: list[TestCase]) -> str:
    children = {"failed": "<failure/>", "errors": "<error/>", "skipped": "<skipped/>"}
    rows = (
        f"<testcase classname={quoteattr(one.classname)} file={quoteattr(one.path)} name={quoteattr(one.name)}>"
        f"{children.get(one.outcome, '')}</testcase>"
        for one in found
    )
    return f"<testsuite>{''.join(rows)}</testsuite>"


CASES = st.builds(
    TestCase, st.sampled_from(["a.py", "b.py"]), st.sampled_from(["", "X"]), st.sampled_from(["t", "t[1]", "u"]),
    st.sampled_from(["passed", "failed", "errors", "skipped"]),
)  # fmt: skip


def collected(shards: list[list[TestCase]]) -> Snapshot:
    with tempfile.TemporaryDirectory() as folder:
        for number, shard in enumerate(shards):
            (Path(folder) / f"{number}.xml").write_text(junit(shard), encoding="utf-8")
        return collect_reports(Evidence(Path(folder), {"junit": ("*.xml",)}))


@settings(max_examples=40)
@given(st.data(), st.lists(CASES, min_size=1, max_size=10), st.integers(1, 12))
def test_the_order_and_the_number_of_shards_make_no_difference(
    data: st.DataObject, found: list[TestCase], most: int
) -> None:
    shards: list[list[TestCase]] = [[], [], []]
    for one in data.draw(st.permutations(found)):
        data.draw(st.sampled_from(shards)).append(one)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kept, "MOST", most)  # some of them are too many
        whole, parts = collected([found]), collected(shards)
    assert parts.cases == whole.cases
    names = {(one.path, one.classname, one.name) for one in found}
    assert (whole.cases is None) is (len(names) > most)
    assert {one.code for one in parts.warnings if one.code == "many-cases"} == (
        {"many-cases"} if whole.cases is None else set()
    )


def test_the_names_of_very_many_cases_are_not_kept_and_their_counts_are() -> None:
    found = collected([[TestCase("a.py", "", f"t{number}", "passed") for number in range(MOST + 1)]])
    assert found.cases is None
    assert found.metrics["tests.total"].value == MOST + 1
    assert [one.code for one in found.warnings] == ["many-cases"]
    assert untold(found, AFTER).code == untold(BEFORE, found).code == "many-cases"


def test_a_full_book_is_not_asked_again() -> None:
    class Counting(kept.CaseBook):
        asked = 0

        def add(self, name: str, classname: str, path: str, outcome: Any) -> None:
            Counting.asked += 1
            super().add(name, classname, path, outcome)

    from phasemetrics.evidence.model import Report
    from phasemetrics_collectors.junit import collect

    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path = Path(folder) / "a.xml"
        path.write_text(junit([TestCase("a.py", "", f"t{number}", "passed") for number in range(50)]))
        patch.setattr(kept, "MOST", 10)
        list(collect(Report(path, "a.xml", named=Counting())))
    assert Counting.asked == 11


TEMPLATE = """\
# Tests of the phase

## New tests
{% for test in tests.added | blank(2) %}
- {{ test.name | code | hole("[test]") }} - [Why]
{% else %}
- None
{% endfor %}

## Renamed tests
{% for test in tests.renamed | blank(1) %}
- {{ test.name | code | hole("[test]") }}, was {{ test.before | code | hole("[old name]") }}
{% else %}
- None
{% endfor %}

- Added: {{ counts.tests_added | hole("[count]") }}, newly failing: {{ counts.tests_failing | hole("[count]") }}
"""


def test_a_template_of_a_team_lists_them(reworked: Path, tmp_path: Path) -> None:
    root = shutil.copytree(reworked, tmp_path / "project", symlinks=True)
    (root / "changed.md.j2").write_text(TEMPLATE, encoding="utf-8")
    own = ("-p", "3", "--template", "changed.md.j2")
    succeed(root, "new", "changed", *own, "-o", "docs/CHANGED.md")
    assert "- Added: [count], newly failing: [count]\n" in (root / "docs/CHANGED.md").read_text(encoding="utf-8")
    succeed(root, "fill", "docs/CHANGED.md", *own)
    lines = (root / "docs/CHANGED.md").read_text(encoding="utf-8").splitlines()
    assert f"- `{ADDED[0]}` - [Why]" in lines
    assert len([line for line in lines if line.endswith(" - [Why]")]) == 13
    old, new = "tests/unit/test_summary.py", "tests/integration/test_totals.py"
    assert f"- `{new}::test_a_month_adds_up`, was `{old}::test_a_month_adds_up`" in lines
    assert lines[-1] == "- Added: 13, newly failing: 1"
