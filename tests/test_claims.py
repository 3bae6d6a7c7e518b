"""What `check` says of the numbers that a document states in words of its own, and that it says it of them alone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from journey import files_of, phasemetrics

NOTES = "docs/notes.md"


def check(root: Path, text: str) -> tuple[int, list[dict[str, Any]]]:
    """Return the exit code, and what is said of each number of a text."""
    (root / NOTES).write_text(text, encoding="utf-8")
    ended = phasemetrics(root, "check", "-p", "3", "--json", NOTES)
    return ended.code, json.loads(ended.out)["documents"][0]["fillings"]


def test_both_sides_are_said_and_nothing_is_changed(project: Path) -> None:
    text = "# Notes\n\n## Test Results\n\n- Total tests: 31\n- Tests passing: 555/777\n- Coverage: 98.6%\n"
    (project / NOTES).write_text(text, encoding="utf-8")
    made = files_of(project)
    ended = phasemetrics(project, "check", "-p", "3", NOTES)
    assert ended.code == 1
    wrong = [line for line in ended.out.splitlines() if "contradiction" in line]
    assert [line.split(": ", 1)[0] for line in wrong] == [f"{NOTES}:6:18", f"{NOTES}:6:22"]
    assert "the document says 555 tests passed, the evidence says 30 tests passed" in wrong[0]
    assert "the document says 777 tests, the evidence says 31 tests" in wrong[1]
    assert files_of(project) == made


def test_what_may_be_meant_otherwise_contradicts_nothing(project: Path) -> None:
    code, told = check(
        project,
        "# N\n\n## Results\n\n- Unit tests: 777\n- Target: 777 tests\n- [ ] 777 tests passing\n- Tests: 20-900\n\n"
        "## Phase 2\n\n- Tests: 777\n\n## Next Steps\n\n- Coverage: 3%\n",
    )
    assert code == 0
    assert [(one["line"], one["code"]) for one in told if one["state"] == "kept"] == [
        (line, "cannot-tell") for line in (5, 6, 7, 12, 16)
    ]
    assert [one["line"] for one in told if one["state"] == "agrees"] == [8]
    assert not [one for one in told if one["contradicts"]]


def test_outcomes_beside_a_total_of_a_part_may_be_of_that_part(project: Path) -> None:
    recorded = json.loads((project / ".phasemetrics/phases/3/end.json").read_text("utf-8"))
    part = recorded["tests"][0]["total"]  # of one test file
    code, told = check(project, f"# N\n\n## Results\n\n- Tests: {part}\n- Passed: 777\n")
    assert code == 0
    assert [one["code"] for one in told] == ["cannot-tell", "cannot-tell"]
    code, told = check(project, "# N\n\n## Results\n\n- Passed: 777\n")
    assert code == 1
    assert [(one["code"], one["contradicts"]) for one in told] == [("total-claim", True)]


def test_a_number_that_the_document_states_differently_elsewhere_is_reported(project: Path) -> None:
    shutil.copyfile(project / ".phasemetrics/phases/3/end.json", project / "end.json")
    recorded = json.loads((project / "end.json").read_text("utf-8"))
    for name in [one for one in recorded["metrics"] if one.startswith("tests.")]:
        del recorded["metrics"][name]
    (project / ".phasemetrics/phases/3/end.json").write_text(json.dumps(recorded), encoding="utf-8")
    code, told = check(project, "# N\n\n## Results\n\n- Tests: 45\n- Total tests: 45\n\n### Summary\n\n- Tests: 46\n")
    assert code == 1
    [wrong] = [one for one in told if one["contradicts"]]
    assert (wrong["line"], wrong["code"]) == (10, "restated")
    assert wrong["message"] == "the document says 46 tests here and 45 tests in line 5"
