"""How `check` and `fill --adopt` tell what a document states: to a person, to a program, to a workflow."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from journey import Ended, files_of, phasemetrics, succeed

NAME = "docs/notes.md"
TRUE = "# Notes\n\n## Test Results\n\n- **Total Tests**: 31\n- Tests: 30/31 passing\n"
WRONG = (
    "# Notes\n\n## Test Results\n\n- **Total Tests**: 40 ✅\n- Tests passing: 12/43 (92.3%)\n- ~100 tests in all\n"
    "- Unit tests: 9\n\n| Metric | Before | After |\n|---|---|---|\n| Total tests | 10 | 20 |\n\n"
    "- Coverage: 98.6%\n- `src/rainbook/gaps.py` (12 lines)\n"
)


def test_what_is_said_here_is_about_a_phase_with_31_tests_of_which_30_passed(project: Path) -> None:
    metrics = json.loads((project / ".phasemetrics/phases/3/end.json").read_text("utf-8"))["metrics"]
    assert [metrics[f"tests.{name}"]["value"] for name in ("total", "passed")] == [31, 30]


def checked(root: Path, text: str, *options: str, name: str = NAME, **variables: str) -> Ended:
    (root / name).write_text(text, encoding="utf-8")
    return phasemetrics(root, "check", "-p", "3", name, *options, **variables)


def commit_of(root: Path) -> str:
    recorded = json.loads((root / ".phasemetrics/phases/3/end.json").read_text("utf-8"))
    return str(recorded["revision"]["sha"])


def contradictions(ended: Ended) -> list[str]:
    return [line for line in ended.out.splitlines() if "contradiction" in line]


# For a person


def test_a_document_that_states_nothing(project: Path) -> None:
    ended = checked(project, "# Notes\n\nNothing is counted here.\n")
    assert (ended.code, ended.out) == (0, "")
    assert ended.err.splitlines()[1:] == [
        f"{NAME}: would write 0; no claims",
        "every number that is ours is true",
    ]


def test_a_document_that_states_what_is_true(project: Path) -> None:
    ended = checked(project, TRUE)
    assert (ended.code, ended.out) == (0, "")
    assert ended.err.splitlines()[1:] == [
        f"{NAME}: would write 0; 3 claims: 3 agree",
        "every number that is ours is true",
    ]


def test_what_one_number_contradicts_stands_under_it_and_what_is_alone_comes_first(project: Path) -> None:
    ended = checked(project, WRONG)
    assert ended.code == 1
    short = commit_of(project)[:12]
    lines = (project / "src/rainbook/gaps.py").read_text("utf-8").count("\n")
    start = f"{NAME}:%s: contradiction: kept[total-claim] '%s': the document says %s, the evidence says %s"
    assert ended.out.splitlines() == [
        start % ("6:25", "92.3", "92.3% of the tests passed", "30 of 31 tests passed, 96.8%")
        + f" (build/junit.xml, commit {short})",
        f"{NAME}:15:27: contradiction: kept[file-claim] '12': the document says 12 lines of src/rainbook/gaps.py, "
        f"the evidence says src/rainbook/gaps.py has {lines} lines (commit {short})",
        "",
        f"the evidence says 31 tests (build/junit.xml, commit {short}):",
        start % ("5:20", "40", "40 tests", "31 tests"),
        start % ("6:21", "43", "43 tests", "31 tests"),
        start % ("7:4", "100", "about 100 tests", "31 tests"),
        start % ("12:22", "20", "20 tests", "31 tests"),
    ]


def test_the_counts_and_what_to_do_are_messages(project: Path) -> None:
    told = checked(project, WRONG).err.splitlines()
    assert told[1:] == [
        f"{NAME}: would write 0; 10 claims: 1 agrees, 6 contradict, 3 cannot be told",
        "what cannot be told is listed with -v",
        "6 contradictions: correct what the document says, or let the evidence write it: "
        f"`phasemetrics fill -p 3 {NAME} --adopt 5`",
    ]


def test_verbose_lists_what_cannot_be_told_with_its_reason(project: Path) -> None:
    brief, ended = (checked(project, WRONG, *options) for options in ((), ("-v",)))
    told = [line for line in ended.err.splitlines() if "[cannot-tell]" in line]
    assert [line.partition(": ")[0].strip() for line in told] == [f"{NAME}:{at}" for at in ("6:18", "8:15", "12:17")]
    assert told[1] == f"  {NAME}:8:15: kept[cannot-tell] '9': 9 tests: it may be about a part"
    assert f"  {NAME}:14:13: agrees '98.6'" in ended.err
    assert ended.out == brief.out
    assert "listed with -v" not in ended.err
    assert "contradiction" not in "".join(ended.err.splitlines()[:-1])


def test_quiet_prints_only_data(project: Path) -> None:
    loud, quiet = checked(project, WRONG), checked(project, WRONG, "--quiet")
    assert (quiet.code, quiet.out, quiet.err) == (1, loud.out, "")


def test_three_restatements_name_the_line_that_most_agree_with(project: Path) -> None:
    lines = ("- Total tests: 31", "- Tests: 31 in all", "- Total tests: 10", "- **Total Tests**: 10", "- Tests: 17")
    ended = checked(project, "# Notes\n\n## Test Results\n\n" + "".join(f"{one}\n" for one in lines))
    assert ended.code == 1
    assert ended.out.splitlines() == [
        f"{NAME} says 31 tests in line 5:",
        f"{NAME}:7:16: contradiction: kept[restated] '10': the document says 10 tests here and 31 tests in line 5",
        f"{NAME}:8:20: contradiction: kept[restated] '10': the document says 10 tests here and 31 tests in line 5",
        f"{NAME}:9:10: contradiction: kept[restated] '17': the document says 17 tests here and 31 tests in line 5",
    ]


def test_a_number_at_the_other_end_has_a_head_of_its_own(project: Path) -> None:
    rows = "".join(f"| {label} | 71.3% | 72.4% |\n" for label in ("Test coverage", "Code coverage"))
    table = f"| Metric | Before | After |\n|---|---|---|\n{rows}"
    out = checked(project, f"# Notes\n\n## Test Results\n\n{table}").out
    heads = [line for line in out.splitlines() if line.startswith("the evidence")]
    assert re.fullmatch(r"the evidence says 81\.2% coverage before the phase \(build/\S+, commit \w{12}\):", heads[0])
    assert re.fullmatch(r"the evidence says 98\.6% coverage \(build/\S+, commit \w{12}\):", heads[1])
    assert f"commit {commit_of(project)[:12]}" in heads[1]
    assert f"commit {commit_of(project)[:12]}" not in heads[0]


def test_claims_of_several_documents_are_put_together_and_added_up(project: Path) -> None:
    (project / "docs/other.md").write_text(TRUE.replace("**: 31", "**: 44"), encoding="utf-8")
    ended = checked(project, TRUE.replace("**: 31", "**: 40"), "docs/other.md")
    assert [line.split(":")[0] for line in contradictions(ended)] == [NAME, "docs/other.md"]
    assert len(ended.out.splitlines()) == 3
    assert "2 documents: 6 claims: 4 agree, 2 contradict" in ended.err.splitlines()


def test_a_drift_stands_above_and_is_said_beside_the_contradictions(project: Path) -> None:
    recorded = project / ".phasemetrics/phases/3/end.json"
    content = recorded.read_text(encoding="utf-8")
    recorded.write_text(re.sub(r'("lines.added": \{[^}]*"value": )\d+', r"\g<1>4321", content), encoding="utf-8")
    retro = "docs/phases/RETRO_3.md"
    ended = checked(project, TRUE.replace("31", "40"), retro)
    assert re.search(r"^\+- Lines Added: 4321$", ended.out, re.MULTILINE)
    assert "\n\nthe evidence says 31 tests " in ended.out
    assert f"out of date: {retro}; run `phasemetrics fill -p 3`" in ended.err.splitlines()
    assert ended.err.splitlines()[-1].startswith("2 contradictions: ")


@pytest.mark.parametrize(("option", "painted"), [("always", True), ("never", False), ("auto", False)])
def test_only_the_heads_are_painted_and_only_where_that_is_wanted(project: Path, option: str, painted: bool) -> None:
    plain = checked(project, WRONG)
    ended = checked(project, WRONG, "--color", option)
    assert ("\x1b" in ended.out) is painted
    assert re.sub(r"\x1b\[\d*m", "", ended.out) == plain.out
    assert contradictions(ended) == contradictions(plain)


def test_a_document_of_two_hundred_claims_stays_short(project: Path) -> None:
    parts = "".join(f"- Parser tests: {number}\n" for number in range(40, 239))
    ended = checked(project, f"# Notes\n\n## Test Results\n\n- Total tests: 40\n{parts}")
    assert len(contradictions(ended)) == 1
    assert len(ended.err.splitlines()) == 4
    assert ended.err.splitlines()[1] == f"{NAME}: would write 0; 200 claims: 1 contradicts, 199 cannot be told"


def test_a_name_cannot_make_a_line_of_its_own(project: Path) -> None:
    name = "docs/a\nb.md"
    ended = checked(project, TRUE.replace("31", "40"), name=name)
    assert ended.code == 1
    assert [line for line in ended.out.splitlines() if line.startswith("b.md")] == []
    assert contradictions(ended)[0].startswith("docs/a\\nb.md:5:20: ")


# What to do about it


def test_the_command_that_is_named_takes_the_first_number_over(project: Path) -> None:
    name = "docs/my notes.md"
    ended = checked(project, WRONG, name=name)
    _, *command = shlex.split(re.findall(r"`(phasemetrics fill .*)`", ended.err)[0])
    succeed(project, *command)
    after = phasemetrics(project, "check", "-p", "3", name)
    assert len(contradictions(after)) == len(contradictions(ended)) - 1
    assert "- **Total Tests**: 31 ✅\n" in (project / name).read_text("utf-8")


def test_a_contradiction_that_cannot_be_taken_over_is_passed_by(project: Path) -> None:
    first = "# Notes\n\n## Test Results\n\n- ~100 tests in all\n"
    assert "--adopt" not in checked(project, first).err
    assert checked(project, first).err.endswith("1 contradiction: correct what the document says\n")
    assert f"`phasemetrics fill -p 3 {NAME} --adopt 6`" in checked(project, f"{first}- Total tests: 40\n").err


def test_a_number_in_a_place_of_a_template_can_be_taken_over_as_well(project: Path) -> None:
    text = (project / "docs/phases/RETRO_3.md").read_text("utf-8")  # under another name none of it is ours
    ended = checked(project, re.sub(r"Lines Added: \d+", "Lines Added: 9999", text))
    assert re.fullmatch(rf"{NAME}:34:16: contradiction: kept\[persons-value\] '9999': .*\n", ended.out)
    _, *command = shlex.split(re.findall(r"`(phasemetrics fill .*)`", ended.err)[0])
    assert re.search(
        rf"{NAME}:34:16: updated\[adopted\] '\d+': .* '9999'$", succeed(project, *command).err, re.MULTILINE
    )
    assert phasemetrics(project, "check", "-p", "3", NAME).code == 0


# For programs


def json_of(root: Path, *arguments: str) -> Any:
    return json.loads(phasemetrics(root, *arguments, "--json").out)


def test_json_counts_the_claims_and_says_how_each_was_read(project: Path) -> None:
    checked(project, WRONG)
    said = json_of(project, "check", "-p", "3", NAME)
    assert (said["schema"], said["exit"]) == (1, 1)
    (document,) = said["documents"]
    assert document["claims"] == {"found": 10, "agree": 1, "contradict": 6, "untold": 3}
    claims = [one for one in document["fillings"] if one["claim"] is not None]
    assert len(claims) == 10
    assert sum(one["contradicts"] for one in claims) == 6
    assert claims[0]["claim"] == {
        "subject": "tests.total", "side": "after", "scope": "whole", "of": None, "relation": "=", "value": "40",
        "high": None, "unit": None,
    }  # fmt: skip
    assert claims[0]["evidence"]["commit"] == commit_of(project)
    assert [one["claim"]["scope"] for one in claims if one["code"] == "cannot-tell"] == ["whole", "part", "whole"]


def test_what_was_not_looked_for_is_not_counted_as_none(project: Path) -> None:
    checked(project, WRONG)
    assert json_of(project, "fill", "-p", "3", "--diff", NAME)["documents"][0]["claims"] is None


def test_a_workflow_gets_an_annotation_of_each_contradiction_and_of_nothing_else(project: Path) -> None:
    ended = checked(project, WRONG, "--format", "github")
    lines = ended.out.splitlines()
    assert ended.code == 1
    assert len(lines) == 6
    assert lines[0] == (
        f"::error file={NAME},line=5,col=20,title=phasemetrics::kept[total-claim] '40': "
        "the document says 40 tests, the evidence says 31 tests"
    )
    assert "the document says 92.3%25 of the tests passed, the evidence says 30 of 31" in lines[2]
    assert "10 claims: 1 agrees, 6 contradict, 3 cannot be told" in ended.err
    assert checked(project, TRUE, "--format", "github").out == ""


# What is taken over


def test_adopt_says_what_was_taken_over_and_why_the_rest_was_not(project: Path) -> None:
    (project / NAME).write_text(WRONG + "- Coverage: 55.5%\n", encoding="utf-8")
    told = succeed(project, "fill", "-p", "3", NAME, "--adopt").err.splitlines()[1:]
    lines = (project / "src/rainbook/gaps.py").read_text("utf-8").count("\n")
    assert told == [
        f"{NAME}: wrote 3, 1 agrees; took over 4 numbers, left 7 as they are: 3 (it cannot be told), "
        "2 (a number beside it cannot be taken over), 1 (it is worked out from other numbers), "
        "1 (it is not meant exactly)",
        f"  {NAME}:5:20: updated[adopted] '31': taken over; a person wrote '40'",
        f"  {NAME}:14:13: agrees[adopted] '98.6': taken over as it stands",
        f"  {NAME}:15:27: updated[adopted] '{lines}': taken over; a person wrote '12'",
        f"  {NAME}:16:13: updated[adopted] '98.6': taken over; a person wrote '55.5'",
    ]
    before = files_of(project)
    again = succeed(project, "fill", "-p", "3", NAME, "--adopt").err
    assert f"{NAME}: wrote 0, 4 agrees; took over nothing, left 7 as they are: " in again
    assert files_of(project) == before


def test_adopt_of_a_line_speaks_of_that_line_only(project: Path) -> None:
    (project / NAME).write_text(WRONG, encoding="utf-8")
    told = succeed(project, "fill", "-p", "3", NAME, "--adopt", "5").err.splitlines()[1:]
    assert told == [
        f"{NAME}: wrote 1; took over 1 number",
        f"  {NAME}:5:20: updated[adopted] '31': taken over; a person wrote '40'",
    ]


def test_adopt_of_a_line_that_cannot_be_is_a_refusal(project: Path) -> None:
    (project / NAME).write_text(WRONG, encoding="utf-8")
    before = files_of(project)
    ended = phasemetrics(project, "fill", "-p", "3", NAME, "--adopt", "7")
    assert (ended.code, ended.out) == (3, "")
    assert ended.err.startswith(f"error[no-claim]: {NAME}:7: holds no number that the evidence can keep up to date; ")
    assert files_of(project) == before


def test_adopt_of_a_document_without_claims_says_so(project: Path) -> None:
    (project / NAME).write_text("# Notes\n\nNothing is counted here.\n", encoding="utf-8")
    assert f"{NAME}: wrote 0; took over nothing\n" in succeed(project, "fill", "-p", "3", NAME, "--adopt").err


def test_json_marks_what_was_taken_over_and_what_was_left(project: Path) -> None:
    (project / NAME).write_text(WRONG, encoding="utf-8")
    (document,) = json_of(project, "fill", "-p", "3", NAME, "--adopt")["documents"]
    marked = {(one["line"], one["old"]): (one["state"], one["code"]) for one in document["fillings"]}
    assert marked == {
        (5, "40"): ("updated", "adopted"),
        (6, "12"): ("kept", "cannot-tell"),
        (6, "43"): ("kept", "not-adopted"),
        (6, "92.3"): ("kept", "not-adopted"),
        (7, "100"): ("kept", "not-adopted"),
        (8, "9"): ("kept", "cannot-tell"),
        (12, "10"): ("kept", "cannot-tell"),
        (12, "20"): ("kept", "not-adopted"),
        (14, "98.6"): ("agrees", "adopted"),
        (15, "12"): ("updated", "adopted"),
    }
