"""JUnit XML against what the runners that wrote it said themselves, and against files made up to be odd."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junit_workshop import CASE, by_file, counts, made, read, value, warnings
from phasemetrics.errors import Refusal
from phasemetrics.evidence.model import OUTCOMES, Fact, Measurement
from phasemetrics_collectors import junit

SAMPLES = Path(__file__).parent / "collectors" / "junit"
EXPECTED = json.loads((SAMPLES / "expected.json").read_text())
CORPUS = Path(__file__).parents[1].parent / "shared" / "corpus" / "junit"


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_samples_are_counted_as_their_runner_did(name: str) -> None:
    facts = read(SAMPLES / name)
    assert counts(facts) == Counter(EXPECTED[name])
    # Surefire 3.2 leaves what it ran again out of its own total: tests="2" over five cases.
    odd = {"surefire.xml": {"attribute-mismatch"}}
    assert set(warnings(facts)) == odd.get(name, set())
    assert junit.recognises((SAMPLES / name).read_bytes()[:4096])


def test_both_families_of_pytest_give_the_same_file() -> None:
    for name in ("pytest-xunit1.xml", "pytest-xunit2.xml"):
        assert by_file(read(SAMPLES / name)) == {"tests/test_outcomes.py": sum(EXPECTED[name].values())}


def pytest_counts(folder: Path, *options: str) -> tuple[Counter[str], list[Fact]]:
    """Run pytest on the sample suite; return the counts in its summary line, and ours of its report."""
    shutil.copy(SAMPLES / "outcomes.py", folder / "test_outcomes.py")
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -p no:cacheprovider\n")
    command = [sys.executable, "-m", "pytest", "-q", "--junitxml=report.xml", *options]
    environment = {key: text for key, text in os.environ.items() if not key.startswith(("PYTEST_", "COV"))}
    output = subprocess.run(command, cwd=folder, env=environment, check=False, capture_output=True, text=True).stdout
    said = {word: int(number) for number, word in re.findall(r"(\d+) ([a-z]+)", output.splitlines()[-1])}
    return Counter({{"error": "errors"}.get(word, word): said[word] for word in said}), read(folder / "report.xml")


@pytest.mark.parametrize("options", [[], ["-n2"], ["-o", "junit_family=xunit1"], ["-k", "passes or hostile"]])
def test_real_pytest_agrees(tmp_path: Path, options: list[str]) -> None:
    said, facts = pytest_counts(tmp_path, *options)
    ours = counts(facts)
    # The report has no mark for an unexpected pass, and of a pass with a teardown error it has the error alone.
    only_error = 1 if said["errors"] else 0
    assert ours["passed"] == said["passed"] + said["xpassed"] - only_error
    for outcome in ("failed", "errors", "skipped", "xfailed"):
        assert ours[outcome] == said[outcome], outcome
    assert warnings(facts) == {}, "a failure in a test and in its teardown are two elements of one name, and meant so"
    assert (value(facts, "tests.duration") or 0) <= 2 * (value(facts, "tests.wall") or 0) + 1


@pytest.mark.parametrize(
    ("inside", "outcome"),
    [
        ("", "passed"),
        ("<system-out>error</system-out><properties><property name='failure'/></properties>", "passed"),
        ("<failure/>", "failed"),
        ("<skipped/><failure/><error/>", "errors"),
        ("<skipped/><failure/>", "failed"),
        ("<failure/><rerunFailure/>", "failed"),
        ("<error/><rerunError/>", "errors"),
        ("<skipped type='pytest.xfail'/>", "xfailed"),
        ("<skipped type='pytest.xfail'/><skipped/>", "skipped"),
        ("<x><failure/></x>", "failed"),
        ("<skipped type='todo'/><failure/>", "xfailed"),
        ("<skipped type='todo'/>", "xpassed"),
        ("<skipped type='other'/><failure/>", "failed"),
    ],
)
def test_most_severe_outcome_wins(tmp_path: Path, inside: str, outcome: str) -> None:
    facts = made(tmp_path, CASE.format(f'<testcase name="a">{inside}</testcase><testcase name="b"/>'))
    assert counts(facts) == Counter([outcome, "passed"])


@pytest.mark.parametrize("tag", ["flakyFailure", "flakyError", "rerunFailure", "rerunError"])
def test_a_pass_after_a_rerun_is_flaky_and_counts_once(tmp_path: Path, tag: str) -> None:
    facts = made(tmp_path, CASE.format(f'<testcase name="a"><{tag}/><{tag}/></testcase>'))
    assert counts(facts) == {"passed": 1, "flaky": 1}


def test_a_case_in_a_case_keeps_its_own_outcome(tmp_path: Path) -> None:
    inner = '<testcase name="b"><error/></testcase>'
    facts = made(tmp_path, CASE.format(f'<testcase name="a"><skipped/>{inner}<failure/></testcase><failure/>'))
    assert counts(facts) == {"failed": 1, "errors": 1}


def test_what_did_not_run_did_not_pass(tmp_path: Path) -> None:
    facts = made(tmp_path, CASE.format('<testcase name="a" status="notrun"/><testcase name="b" status="run"/>'))
    assert counts(facts) == {"skipped": 1, "passed": 1}


@pytest.mark.parametrize(
    "root",
    [
        "<testsuites>{}</testsuites>",
        "<testsuite>{}</testsuite>",
        "<testrun><testsuite>{}</testsuite></testrun>",
        "<report><results><testsuites><testsuite><testsuite>{}</testsuite></testsuite></testsuites></results></report>",
        "<report>{}</report>",
        '<j:testsuite xmlns:j="urn:junit">{}</j:testsuite>',
        '<testsuites xmlns="urn:junit">{}</testsuites>',
        "<testsuite><!-- a comment --><?odd thing?>{}</testsuite>",
    ],
)
def test_any_root_and_any_nesting(tmp_path: Path, root: str) -> None:
    prefix = "j:" if "j:" in root else ""
    inside = f'<{prefix}testcase name="a"/><{prefix}testcase><{prefix}failure/></{prefix}testcase>'
    facts = made(tmp_path, root.format(inside))
    assert (counts(facts), warnings(facts)) == ({"passed": 1, "failed": 1}, {})
    assert junit.recognises((tmp_path / "made.xml").read_bytes()[:4096])


def test_a_case_alone_is_a_report(tmp_path: Path) -> None:
    facts = made(tmp_path, '<testcase name="a" time="2"><error/></testcase>')
    assert (counts(facts), value(facts, "tests.duration"), value(facts, "tests.wall")) == ({"errors": 1}, 2, None)


def test_suites_under_another_root_are_the_outermost_ones(tmp_path: Path) -> None:
    suites = '<testsuite time="2"><testsuite time="1"/></testsuite><testsuite time="3"/>'
    assert value(made(tmp_path, f"<testrun>{suites}</testrun>"), "tests.wall") == 5


@pytest.mark.parametrize("root", ["<html><body/></html>", "<coverage/>", "<testcases/>"])
def test_another_root_without_cases_is_refused_with_its_place(tmp_path: Path, root: str) -> None:
    with pytest.raises(Refusal) as caught:
        made(tmp_path, root)
    assert (caught.value.code, caught.value.line, caught.value.column) == ("wrong-format", 1, 1)
    assert not junit.recognises(root.encode())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "iso-8859-1", "windows-1252"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    declared = {"utf-8-sig": "utf-8", "utf-16-le": "utf-16"}.get(encoding, encoding)
    text = f'<?xml version="1.0" encoding="{declared}"?>' + CASE.format('<testcase name="a" file="tést.py"/>')
    mark = b"\xff\xfe" if encoding == "utf-16-le" else b""
    path = tmp_path / "made.xml"
    path.write_bytes(mark + text.encode(encoding))
    assert by_file(read(path)) == {"tést.py": 1}
    assert junit.recognises(path.read_bytes()[:4096])


def test_missing_attributes(tmp_path: Path) -> None:
    facts = made(tmp_path, "<testsuite><testcase/><testcase/><testcase><skipped/></testcase></testsuite>")
    assert (counts(facts), by_file(facts), warnings(facts)) == ({"passed": 2, "skipped": 1}, {"": 3}, {})
    assert value(facts, "tests.duration") is None


def test_cases_of_one_name_in_different_classes_and_files_are_kept(tmp_path: Path) -> None:
    cases = '<testcase classname="a" name="x"/><testcase classname="b" name="x"/><testcase file="c.py" name="x"/>'
    facts = made(tmp_path, CASE.format(cases))
    assert (counts(facts), warnings(facts)) == ({"passed": 3}, {})


def test_no_cases_is_evidence_of_zero(tmp_path: Path) -> None:
    facts = made(tmp_path, "<testsuites/>")
    assert Measurement("tests", 0, "count", {"outcome": "passed", "path": ""}) in facts
    assert set(warnings(facts)) == {"no-cases"}


def test_repeats_are_counted_and_named(tmp_path: Path) -> None:
    repeated = '<testcase classname="c" name="a"/>' * 3
    facts = made(tmp_path, CASE.format(repeated + '<testcase classname="d" name="a"/>'))
    assert counts(facts) == {"passed": 4}
    assert warnings(facts) == {"repeated-case": '"a" stands twice in a row (and 1 more); each was counted'}
    failed, error = (f'<testcase classname="c" name="a"><{tag}/></testcase>' for tag in ("failure", "error"))
    assert warnings(made(tmp_path, CASE.format(failed + error))) == {}, "it failed, and then in its teardown"
    for two in (error + failed, failed * 2, error * 2):
        assert set(warnings(made(tmp_path, CASE.format(two)))) == {"repeated-case"}


@pytest.mark.parametrize(
    ("case", "path"),
    [
        ('file="tests/test_a.py" classname="x.y"', "tests/test_a.py"),
        (r'file="tests\test_a.py"', "tests/test_a.py"),
        ('classname="tests.unit.test_a.TestB.TestC"', "tests/unit/test_a.py"),
        ('classname="pkg.shop_test"', "pkg/shop_test.py"),
        ('classname="tests.test_a.test_b"', "tests/test_a/test_b.py"),
        ('classname="org.shop.CartTest"', "org.shop.CartTest"),
        ('classname=""', ""),
        ("", ""),
    ],
)
def test_the_file_of_a_case(tmp_path: Path, case: str, path: str) -> None:
    assert by_file(made(tmp_path, CASE.format(f'<testcase name="a" {case}/>'))) == {path: 1}


INSIDES = ["", "<failure/>", "<error/>", "<skipped/>", "<skipped type='pytest.xfail'/>", "<flakyFailure/>"]
Case = tuple[str, str, str, float]
CASES = st.lists(
    st.tuples(
        st.sampled_from(["tests.test_a", "tests.test_b.TestC", "ü"]),
        st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=5),
        st.sampled_from(
            ["", "<failure/>", "<error/>", "<skipped/>", "<skipped type='pytest.xfail'/>", "<flakyFailure/>"]
        ),
        st.floats(0, 1e6).map(lambda seconds: round(seconds, 9)),
    ),
    max_size=12,
)


def suite(cases: list[Case]) -> str:
    rows = [
        f'<testcase classname="{classname}" name={quoteattr(name)} time="{seconds!r}">{inside}</testcase>'
        for classname, name, inside, seconds in cases
    ]
    return CASE.format("".join(rows))


@given(CASES, st.data())
def test_shards_in_any_order_add_up_to_the_same(
    tmp_path_factory: pytest.TempPathFactory, cases: list[Case], data: st.DataObject
) -> None:
    folder = tmp_path_factory.getbasetemp()
    shuffled = data.draw(st.permutations(cases))
    cut = data.draw(st.integers(0, len(cases)))
    whole = made(folder, suite(cases))
    shards = [made(folder, suite(shard)) for shard in (shuffled[:cut], shuffled[cut:])]
    assert +(by_file(shards[0]) + by_file(shards[1])) == +by_file(whole)
    assert counts(shards[0]) + counts(shards[1]) == counts(whole)
    nanos = [round((value(facts, "tests.duration") or 0) * 1e9) for facts in (*shards, whole)]
    assert abs(nanos[0] + nanos[1] - nanos[2]) <= 3  # a float has 16 digits
    assert sum(counts(whole)[outcome] for outcome in OUTCOMES) == len(cases)


@pytest.mark.skipif(not CORPUS.is_dir(), reason="there is no ../shared/corpus here: other people's reports")
def test_corpus() -> None:
    disagreements = []
    for name, expected in json.loads((CORPUS / "expected.json").read_text()).items():
        try:
            facts = read(CORPUS / name)
        except Refusal as error:
            if not isinstance(expected, str) or error.line is None:
                disagreements.append(f"{name}: {error}")
            continue
        ours = counts(facts)
        ours["skipped"] += ours.pop("xfailed", 0)
        ours["tests"] = sum(ours[outcome] for outcome in OUTCOMES)
        if isinstance(expected, str) or {key: ours[key] for key in expected} != expected:
            disagreements.append(f"{name}: {dict(ours)}, expected {expected}")
    assert not disagreements, "\n".join(disagreements)
