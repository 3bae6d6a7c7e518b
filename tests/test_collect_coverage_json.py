"""`coverage json`: the numbers of real reports, and what a report may not say."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phasemetrics.errors import Refusal
from phasemetrics.evidence.model import Branches, Fact, FileCoverage, Measurement, Report, Warning
from phasemetrics_collectors import coverage_json

SAMPLES = Path(__file__).parent / "collectors" / "coverage_json"
PROJECT = Path(__file__).parent / "collectors" / "coverage_data"
HOSTILE = Path(__file__).parents[1].parent / "shared" / "corpus" / "hostile"


def facts_of(document: object) -> list[Fact]:
    return list(coverage_json.facts(json.dumps(document).encode(), "coverage.json"))


def warnings_in(facts: Iterable[Fact]) -> list[str]:
    return [fact.message for fact in facts if isinstance(fact, Warning)]


def totals_of(facts: Iterable[Fact]) -> dict[str, list[float]]:
    """Add the line facts and the counts beside them, as merging does."""
    total = {"lines": [0.0, 0.0], "branches": [0.0, 0.0]}
    for fact in facts:
        if isinstance(fact, FileCoverage):
            branches = (fact.branches or {}).values()
            total["lines"][0] += len(fact.covered)
            total["lines"][1] += len(fact.covered) + len(fact.missing)
            total["branches"][0] += sum(branch.covered for branch in branches)
            total["branches"][1] += sum(branch.total for branch in branches)
        elif isinstance(fact, Measurement):
            _, what, part = fact.name.split(".")
            total[what][part == "total"] += fact.value
    return total


def summary(covered: int, total: int, **more: float) -> dict[str, float]:
    return {"covered_lines": covered, "num_statements": total, "percent_covered": 100 * covered / total, **more}


@pytest.mark.parametrize("name", json.loads((SAMPLES / "expected.json").read_text()))
def test_golden_reports(name: str) -> None:
    facts = list(coverage_json.collect(Report(SAMPLES / name, name)))
    assert totals_of(facts) == json.loads((SAMPLES / "expected.json").read_text())[name]
    assert warnings_in(facts) == []
    assert coverage_json.recognises((SAMPLES / name).read_bytes()[:4096])


def test_lines_and_branches_of_a_golden_report() -> None:
    shop, unused = coverage_json.collect(Report(SAMPLES / "branch.json", "branch.json"))
    assert isinstance(shop, FileCoverage)
    assert shop.path == "shop.py"
    assert {12, 16, 21, 24} == shop.missing
    assert {7, 28, 29}.isdisjoint(shop.covered | shop.missing), "docstrings and excluded lines do not count"
    assert shop.branches is not None
    assert shop.branches[15] == Branches(total=2, covered=1, taken=frozenset({-14}))
    assert isinstance(unused, FileCoverage)
    assert unused.branches == {5: Branches(total=2, covered=0, taken=frozenset())}


def test_lines_only_report_says_nothing_of_branches() -> None:
    facts = list(coverage_json.collect(Report(SAMPLES / "lines.json", "lines.json")))
    assert [fact.branches for fact in facts if isinstance(fact, FileCoverage)] == [None, None]


def sample_project() -> Any:
    spec = importlib.util.spec_from_file_location("make_coverage_data", PROJECT / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("options", [[], ["--branch"]])
def test_totals_are_those_of_coverage_report(tmp_path: Path, options: list[str]) -> None:
    project = sample_project()
    project.measured(tmp_path, *options)
    project.run(tmp_path, "coverage", "json")
    said = subprocess.run(
        [sys.executable, "-m", "coverage", "report", "--format=total", "--precision=12"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    facts = list(coverage_json.collect(Report(tmp_path / "coverage.json", "coverage.json")))
    total = totals_of(facts)
    assert total == project.totals(tmp_path)
    covered, statements = (sum(pair) for pair in zip(total["lines"], total["branches"], strict=True))
    assert f"{100 * covered / statements:.12f}" == said.strip()
    assert warnings_in(facts) == []


def test_half_a_surrogate_pair_in_a_name_is_spelled() -> None:
    document = {"files": {"src/\ud800.py": {"executed_lines": [1], "missing_lines": []}}}
    assert facts_of(document) == [FileCoverage("src/\\ud800.py", frozenset({1}), frozenset())]


def test_totals_alone() -> None:
    assert facts_of({"totals": summary(80, 100)}) == [
        Measurement("coverage.lines.covered", 80, "count", {"path": ""}),
        Measurement("coverage.lines.total", 100, "count", {"path": ""}),
    ]


def test_counts_without_lines() -> None:
    whole = {"covered_branches": 1, "num_branches": 4}
    counts = {"covered_lines": 8, "num_statements": 10, "percent_covered": 900 / 14, **whole}
    document = {"files": {"a.py": {"summary": counts}}, "totals": counts}
    assert facts_of(document) == [
        Measurement("coverage.lines.covered", 8, "count", {"path": "a.py"}),
        Measurement("coverage.lines.total", 10, "count", {"path": "a.py"}),
        Measurement("coverage.branches.covered", 1, "count", {"path": "a.py"}),
        Measurement("coverage.branches.total", 4, "count", {"path": "a.py"}),
    ]


def test_lists_left_empty_beside_counts_are_no_lists() -> None:
    document = {"files": {"a.py": {"executed_lines": [], "missing_lines": [], "summary": summary(8, 10)}}}
    assert totals_of(facts_of(document))["lines"] == [8, 10]


def test_lines_that_are_no_statements_leave_the_counts() -> None:
    # coverage before 7.13.1: a docstring at line 1 is listed as executed, and not counted.
    entry = {"executed_lines": [1, 2, 3, 9], "missing_lines": [4], "excluded_lines": [9], "summary": summary(2, 3)}
    facts = facts_of({"files": {"a.py": entry}})
    assert totals_of(facts)["lines"] == [2, 3]
    assert warnings_in(facts) == []
    assert not any(isinstance(fact, FileCoverage) for fact in facts)


def test_excluded_lines_that_ran_do_not_count() -> None:
    entry = {"executed_lines": [2, 3, 9], "missing_lines": [4], "excluded_lines": [9], "summary": summary(2, 3)}
    assert facts_of({"files": {"a.py": entry}}) == [FileCoverage("a.py", frozenset({2, 3}), frozenset({4}))]


def test_branches_that_are_counted_and_not_named() -> None:
    counts = summary(1, 2) | {"covered_branches": 1, "num_branches": 2}
    facts = facts_of({"files": {"a.py": {"executed_lines": [1], "missing_lines": [2], "summary": counts}}})
    assert totals_of(facts) == {"lines": [1, 2], "branches": [1, 2]}
    assert any(isinstance(fact, FileCoverage) and fact.branches is None for fact in facts)


def test_branches_of_coverage_5_0_are_not_known() -> None:
    counts = summary(1, 2) | {"percent_covered": 25.0, "num_branches": 2, "num_partial_branches": 1}
    facts = facts_of({"files": {"a.py": {"executed_lines": [1], "missing_lines": [2], "summary": counts}}})
    assert facts == [FileCoverage("a.py", frozenset({1}), frozenset({2}))]


def test_no_statements_is_no_percentage() -> None:
    entry = {"executed_lines": [], "missing_lines": [], "summary": {"covered_lines": 0, "num_statements": 0}}
    document = {"files": {"a.py": entry}, "totals": {"covered_lines": 0, "num_statements": 0, "percent_covered": 100}}
    assert facts_of(document) == [FileCoverage("a.py", frozenset(), frozenset())]


def test_paths_of_windows() -> None:
    entry = {"executed_lines": [1], "missing_lines": []}
    document = {"files": {"src\\pkg\\a.py": entry, "src/odd\\name.py": entry}}
    paths = [fact.path for fact in facts_of(document) if isinstance(fact, FileCoverage)]
    assert paths == ["src/pkg/a.py", "src/odd\\name.py"]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"totals": summary(10, 100) | {"percent_covered": 99.9}}, "totals: percent_covered says 99.9, .* give 10"),
        (
            {"files": {"a.py": {"executed_lines": [1], "missing_lines": [2], "summary": summary(2, 2)}}},
            "a.py: the summary says 2 of 2 lines, the lists hold 1 of 2 lines; the lists are used",
        ),
        (
            {"files": {"a.py": {"executed_lines": [1], "missing_lines": [2]}}, "totals": summary(9, 10)},
            "totals: 9 of 10 lines, but the files add up to 1 of 2 lines; the files are used",
        ),
        (
            {"files": {"a.py": {"summary": summary(1, 2)}}, "totals": summary(1, 10)},
            "totals: 1 of 10 lines, but the files add up to 1 of 2 lines; the totals are used",
        ),
    ],
)
def test_what_disagrees_is_said(document: object, said: str) -> None:
    (message,) = warnings_in(facts_of(document))
    assert re.search(said, message)


def test_many_files_that_disagree_are_one_warning() -> None:
    entry = {"executed_lines": [1], "missing_lines": [2], "summary": summary(1, 2) | {"percent_covered": 99}}
    (message,) = warnings_in(facts_of({"files": {f"{n}.py": entry for n in range(50)}}))
    assert message.startswith("0.py: percent_covered says 99, the counts give 50 (1 of 2)")
    assert message.endswith("(and 49 more files like it)")


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ([], "the document is a list, expected an object"),
        ({"lines": {}}, "counts no file and has no `totals`"),
        ({"files": {}}, "counts no file and has no `totals`"),
        ({"files": {"a.py": {}}}, "counts no file and has no `totals`"),
        ({"files": []}, "files is a list, expected an object"),
        ({"totals": None}, "totals is null, expected an object"),
        ({"totals": {}}, "totals.covered_lines is missing"),
        ({"totals": {"covered_lines": 1}}, "totals.missing_lines is missing"),
        ({"totals": summary(150, 100)}, "totals has covered_lines 150, more than num_statements 100"),
        ({"totals": summary(-5, 100)}, "totals.covered_lines is -5, expected 0 or more"),
        ({"totals": summary(1, 2, covered_branches=3, num_branches=2)}, "covered_branches 3, more than num_branches 2"),
        ({"totals": summary(1, 2) | {"percent_covered": "50"}}, "totals.percent_covered is a string"),
        ({"files": {"a.py": {"executed_lines": [1]}}}, r'files\["a.py"\] has neither a `summary` nor'),
        ({"files": {"a.py": {"executed_lines": [1], "missing_lines": [1]}}}, r'\["a.py"\] has line 1 both in'),
        ({"files": {"a.py": {"executed_lines": [-1], "missing_lines": []}}}, r"executed_lines\[0\] is -1"),
        ({"files": {"a.py": {"executed_lines": ["1"], "missing_lines": []}}}, r"executed_lines\[0\] is a string"),
    ],
)
def test_what_cannot_be_is_refused(document: object, said: str) -> None:
    with pytest.raises(Refusal, match=said) as caught:
        facts_of(document)
    assert (caught.value.code, caught.value.path) == ("bad-json", "coverage.json")
    assert "`coverage json`" in str(caught.value)


@pytest.mark.parametrize(
    ("executed", "missing", "said"),
    [
        ([[1, 2]], [[1, 2]], r"has branch \(1, 2\) both in executed_branches and in missing_branches"),
        ([[1]], [], r"executed_branches\[0\] has 1 numbers"),
        ([], [[1, True]], r"missing_branches\[0\]\[1\] is true or false"),
    ],
)
def test_branches_that_cannot_be(executed: object, missing: object, said: str) -> None:
    lines = {"executed_lines": [1], "missing_lines": [2]}
    with pytest.raises(Refusal, match=said):
        facts_of({"files": {"a.py": {**lines, "executed_branches": executed, "missing_branches": missing}}})


def test_nothing_that_the_report_names_is_opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    report = tmp_path / "coverage.json"
    report.write_text(json.dumps({"files": {"/etc/passwd": {"executed_lines": [1], "missing_lines": []}}}))
    opened: list[str] = []
    original = os.open

    def watched(path: Any, *arguments: Any, **options: Any) -> int:
        opened.append(str(path))
        return original(path, *arguments, **options)

    monkeypatch.setattr(os, "open", watched)
    facts = list(coverage_json.collect(Report(report, "coverage.json")))
    assert facts == [FileCoverage("/etc/passwd", frozenset({1}), frozenset())]
    assert opened == [str(report)]


BRANCH_REPORT: dict[str, Any] = json.loads((SAMPLES / "branch.json").read_text())
SPOILT = st.sampled_from([None, True, -1, 1.5, 10**20, "x", "\ud800", [], {}, [1, 1], {"a": 1}])


def places(value: object, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside: list[tuple[Any, object]] = []
    if isinstance(value, dict):
        inside = list(value.items())
    elif isinstance(value, list):
        inside = list(enumerate(value))
    return [way] + [place for key, inner in inside for place in places(inner, (*way, key))]


@given(st.sampled_from(places(BRANCH_REPORT)[1:]), SPOILT, st.booleans())
def test_a_spoilt_report_is_read_or_refused(way: tuple[Any, ...], spoilt: object, delete: bool) -> None:
    document = json.loads((SAMPLES / "branch.json").read_text())
    inner = document
    for key in way[:-1]:
        inner = inner[key]
    if delete:
        del inner[way[-1]]
    else:
        inner[way[-1]] = spoilt
    try:
        facts = facts_of(document)
    except Refusal as error:
        facts = [Warning(error.code, "", str(error))]
    for fact in facts:
        repr(fact).encode()


LINES = st.sets(st.integers(1, 60))


@given(
    st.dictionaries(st.text(st.characters(codec="utf-8", exclude_characters="\\"), min_size=1), st.tuples(LINES, LINES))
)
def test_consistent_reports_add_up(files: dict[str, tuple[set[int], set[int]]]) -> None:
    entries = {}
    for path, (executed, missing) in files.items():
        missing = missing - executed
        counts = {"covered_lines": len(executed), "num_statements": len(executed) + len(missing)}
        entries[path] = {"executed_lines": sorted(executed), "missing_lines": sorted(missing), "summary": counts}
    covered = sum(len(executed) for executed, _ in files.values())
    total = sum(len(executed | missing) for executed, missing in files.values())
    facts = facts_of({"files": entries, "totals": {"covered_lines": covered, "num_statements": total}})
    assert totals_of(facts)["lines"] == [covered, total]
    assert warnings_in(facts) == []


def hostile_cases() -> list[dict[str, Any]]:
    if not HOSTILE.exists():
        return []
    cases = json.loads((HOSTILE / "manifest.json").read_text())["cases"]
    return [case for case in cases if case["kind"] == "coverage-json"]


def placed(given_report: dict[str, Any], folder: Path) -> Path:
    """Return the file of a case; some are too large to be kept, and are made of repetitions."""
    if "file" in given_report:
        return HOSTILE / str(given_report["file"])
    path = folder / str(given_report["name"])
    with path.open("w") as stream:
        for part in given_report["gen"]:
            if "lit" in part:
                stream.write(part["lit"])
            elif "rep" in part:
                stream.write(part["rep"] * part["n"])
            else:
                stream.writelines(part["seq"].format(i=i) for i in range(part["n"]))
    return path


@pytest.mark.skipif(not HOSTILE.exists(), reason="needs the shared corpus of hostile inputs")
@pytest.mark.parametrize("case", hostile_cases(), ids=lambda case: str(case["id"]))
def test_hostile_reports(case: dict[str, Any], tmp_path: Path) -> None:
    (given_report,) = case["given"]["coverage"]
    expect = case["expect"]
    path = placed(given_report, tmp_path)
    try:
        facts, refused = list(coverage_json.collect(Report(path, given_report["name"]))), ""
    except Refusal as error:
        facts, refused = [], str(error)
    if refused:
        assert expect["outcome"] in {"error", "either"}
        assert re.search(expect.get("place") or "", refused, re.IGNORECASE)
        assert given_report["name"] in refused
        return
    assert expect["outcome"] in {"value", "either"}
    covered, total = totals_of(facts)["lines"]
    assert 100 * covered / total == pytest.approx(expect["values"]["coverage_pct"], abs=0.005)
    assert expect["warn"] in {None, bool(warnings_in(facts))}
