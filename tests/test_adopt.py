"""Numbers that a person wrote, taken over by `fill --adopt`, in the sample project and with the installed program."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import sample_project
from journey import files_of, phasemetrics, succeed
from phasemetrics.document.markdown import decode, encode, parse
from sample_project import SampleProject

NOTES = "docs/notes.md"
WILD = Path(__file__).parents[1].parent / "shared" / "corpus" / "documents" / "wild"
TEXT = """\
# Notes

## Test Results

- Total tests: 1,031
- **Tests passing**: 777/888 (87.5%)
- Coverage: 2% → **3%** (+1%)
- Tests: 555 (+7.8% growth)
- Coverage: ~70%
- Unit tests: 4

| Metric | Before | After | Change |
|---|---|---|---|
| Tests | 300 | 400 | +100 |

`src/rainbook/gaps.py` (999 lines)
"""


@pytest.fixture(name="project")
def _project(project: Path) -> Path:
    (project / NOTES).write_text(TEXT, encoding="utf-8")
    return project


def text_of(root: Path, name: str = NOTES) -> str:
    return (root / name).read_bytes().decode("utf-8", "surrogateescape")


def told(root: Path, *arguments: str) -> dict[str, Any]:
    """Return what a command says as JSON of its one document."""
    answer = json.loads(phasemetrics(root, *arguments, "--json").out)
    assert answer["errors"] == []
    [document] = answer["documents"]
    assert isinstance(document, dict)
    return document


def measured(root: Path, side: str) -> dict[str, float]:
    """Return what was recorded of one end of the phase."""
    metrics = json.loads((root / f".phasemetrics/phases/3/{side}.json").read_text("utf-8"))["metrics"]
    return {name: metric["value"] for name, metric in metrics.items()}


def expected(root: Path) -> str:
    """Return the notes with what was measured in them."""
    before, after = measured(root, "baseline"), measured(root, "end")
    was, now = int(before["tests.total"]), int(after["tests.total"])
    passed = int(after["tests.passed"])
    covered = [round(100 * one["coverage.total"]) for one in (before, after)]
    lines = (root / "src/rainbook/gaps.py").read_bytes().count(b"\n")
    return (
        TEXT.replace("1,031", str(now))
        .replace("777/888 (87.5%)", f"{passed}/{now} ({100 * passed / now:.1f}%)")
        .replace("2% → **3%** (+1", f"{covered[0]}% → **{covered[1]}%** ({covered[1] - covered[0]:+}")
        .replace("| 300 | 400 | +100 |", f"| {was} | {now} | {now - was:+} |")
        .replace("(999 lines)", f"({lines} lines)")
    )


def test_without_being_told_a_fill_takes_nothing_over(project: Path) -> None:
    succeed(project, "fill", "-p", "3", NOTES)
    assert text_of(project) == TEXT


def test_what_can_be_measured_is_taken_over_and_kept_up_to_date(project: Path) -> None:
    succeed(project, "fill", "-p", "3", "--adopt", NOTES)
    once = text_of(project)
    assert once == expected(project)
    made = files_of(project)
    assert not told(project, "fill", "-p", "3", NOTES)["changed"]
    assert not told(project, "fill", "-p", "3", "--adopt", NOTES)["changed"]
    assert files_of(project) == made
    contradictions = [one for one in told(project, "check", "-p", "3", NOTES)["fillings"] if one["contradicts"]]
    assert [one["line"] for one in contradictions] == [8, 9]  # what could not be taken over is still wrong


def test_a_diff_shows_what_would_be_taken_over(project: Path) -> None:
    made = files_of(project)
    ended = phasemetrics(project, "fill", "-p", "3", "--adopt", "--diff", NOTES)
    assert ended.code == 1
    assert "-- Total tests: 1,031" in ended.out
    assert files_of(project) == made


def test_one_line_is_taken_over_alone(project: Path) -> None:
    succeed(project, "fill", "-p", "3", "--adopt", "6", NOTES)
    lines, right = text_of(project).split("\n"), expected(project).split("\n")
    assert lines[5] == right[5] != TEXT.split("\n")[5]
    assert [*lines[:5], *lines[6:]] == [*TEXT.split("\n")[:5], *TEXT.split("\n")[6:]]
    succeed(project, "fill", "-p", "3", "--adopt", f"{NOTES}:14", NOTES)
    assert text_of(project).split("\n")[13] == right[13]


@pytest.mark.parametrize("line", [1, 8, 10, 99])
def test_a_line_that_holds_nothing_to_take_over_is_refused(project: Path, line: int) -> None:
    made = files_of(project)
    ended = phasemetrics(project, "fill", "-p", "3", "--adopt", str(line), NOTES)
    assert ended.code == 3
    assert f"no-claim]: {NOTES}:{line}" in ended.err
    assert files_of(project) == made


@pytest.mark.parametrize("given", ["README.md:5", f"{NOTES}:x", "0"])
def test_a_line_of_no_document_is_a_usage_error(project: Path, given: str) -> None:
    ended = phasemetrics(project, "fill", "-p", "3", f"--adopt={given}", NOTES)
    assert ended.code == 2
    assert "bad-adopt" in ended.err


def test_a_line_needs_its_document_where_there_are_several(project: Path) -> None:
    ended = phasemetrics(project, "fill", "-p", "3", "--adopt=5", NOTES, "README.md")
    assert ended.code == 2
    succeed(project, "fill", "-p", "3", f"--adopt={NOTES}:5", NOTES, "README.md")
    assert text_of(project).split("\n")[4] == expected(project).split("\n")[4]


def test_new_evidence_changes_only_the_numbers_taken_over(project: Path) -> None:
    succeed(project, "fill", "-p", "3", "--adopt", NOTES)
    once = text_of(project)
    (project / "tests/unit/test_more.py").write_text("def test_more():\n    pass\n", encoding="utf-8")
    sample_project.measure(SampleProject(project))
    sample_project.commit(SampleProject(project), "2026-10-16T10:00:00Z", "One more test", ["tests"])
    done = told(project, "fill", "-p", "3", NOTES)
    assert text_of(project) == expected(project) != once
    updated = [one for one in done["fillings"] if one["state"] == "updated"]
    assert {(one["line"], one["old"]) for one in updated} >= {
        (5, str(int(measured(project, "end")["tests.total"]) - 1))
    }
    assert replaced(once, updated) == text_of(project)


def test_a_number_that_a_person_changed_is_kept_and_reported(project: Path) -> None:
    succeed(project, "fill", "-p", "3", "--adopt", NOTES)
    total = int(measured(project, "end")["tests.total"])
    edited = text_of(project).replace(f"Total tests: {total}", "Total tests: 7777")
    (project / NOTES).write_text(edited, encoding="utf-8")
    ended = phasemetrics(project, "fill", "-p", "3", NOTES)
    assert ended.code == 0
    assert text_of(project) == edited
    assert f"a person wrote '7777', phasemetrics last wrote '{total}'" in ended.out + ended.err
    succeed(project, "fill", "-p", "3", "--adopt", NOTES)
    assert text_of(project) == edited
    contradicted = [one for one in told(project, "check", "-p", "3", NOTES)["fillings"] if one["contradicts"]]
    assert (5, "7777") in [(one["line"], one["old"]) for one in contradicted]


def test_a_reset_gives_the_original_bytes_back(project: Path) -> None:
    original = b"\xef\xbb\xbf" + encode(TEXT.replace("\n", "\r\n")) + b"caf\xe9  "
    (project / NOTES).write_bytes(original)
    succeed(project, "fill", "-p", "3", "--adopt", NOTES)
    assert (project / NOTES).read_bytes() == b"\xef\xbb\xbf" + encode(
        expected(project).replace("\n", "\r\n")
    ) + b"caf\xe9  "
    succeed(project, "reset", NOTES)
    assert (project / NOTES).read_bytes() == original


def test_stdin_is_taken_over_too(project: Path) -> None:
    ended = succeed(project, "fill", "-p", "3", "--adopt", "-", stdin=TEXT)
    assert ended.out == expected(project)


def test_a_word_of_the_team_makes_a_statement_found(project: Path) -> None:
    text = "# N\n\n## Results\n\n- Prüfungen: 444\n- Prüfungen grünlich: 333\n"
    (project / NOTES).write_text(text, encoding="utf-8")
    assert told(project, "check", "-p", "3", NOTES)["fillings"] == []
    with (project / "phasemetrics.toml").open("a", encoding="utf-8") as stream:
        stream.write('\n[phrasebook]\ntests = ["Prüfungen"]\npassed = ["GRÜNLICH"]\n')
    found = told(project, "check", "-p", "3", NOTES)["fillings"]
    assert [(one["line"], one["claim"]["subject"]) for one in found] == [(5, "tests.total"), (6, "tests.passed")]
    succeed(project, "fill", "-p", "3", "--adopt", NOTES)
    after = measured(project, "end")
    counts = int(after["tests.total"]), int(after["tests.passed"])
    assert text_of(project) == text.replace("444", str(counts[0])).replace("333", str(counts[1]))


@pytest.mark.parametrize(("key", "meant"), [("test", "tests"), ("covrage", "coverage"), ("skiped", "skipped")])
def test_an_unknown_list_of_words_is_a_usage_error(project: Path, key: str, meant: str) -> None:
    with (project / "phasemetrics.toml").open("a", encoding="utf-8") as stream:
        stream.write(f'\n[phrasebook]\n{key} = ["x"]\n')
    ended = phasemetrics(project, "check", "-p", "3", NOTES)
    assert ended.code == 2
    assert f"unknown key `phrasebook.{key}`" in ended.err or f"unknown key `{key}`" in ended.err
    assert f"did you mean `{meant}`?" in ended.err


def replaced(text: str, fillings: list[dict[str, Any]]) -> str:
    """Return a text with the numbers replaced that a program names as updated."""
    lines = parse(text).lines
    for one in sorted(fillings, key=lambda one: (-one["line"], -one["column"])):
        start = lines[one["line"] - 1].start + one["column"] - 1
        assert text[start : start + len(one["old"])] == one["old"]
        text = text[:start] + one["new"] + text[start + len(one["old"]) :]
    return text


@pytest.mark.skipif(not WILD.is_dir(), reason="the corpus is not beside this checkout")
def test_documents_of_other_people_keep_every_byte_that_is_no_number_taken_over(project: Path) -> None:
    folder = project / "docs/wild"
    shutil.copytree(WILD, folder, ignore=lambda _, names: [one for one in names if not one.endswith(".md")])
    names = sorted(path.relative_to(project).as_posix() for path in folder.iterdir())
    assert len(names) >= 59
    made = files_of(project)
    checked = json.loads(phasemetrics(project, "check", "-p", "3", "--json", *names).out)
    assert files_of(project) == made
    assert checked["errors"] == []
    assert sum(len(one["fillings"]) for one in checked["documents"]) > 1500

    phasemetrics(project, "fill", "-p", "3", "-q", *names)  # some are templates with placeholders
    untouched = [name for name in names if files_of(project)[name] == made[name]]
    assert len(untouched) >= 50
    texts = {name: decode((project / name).read_bytes(), name) for name in names}
    answer = json.loads(phasemetrics(project, "fill", "-p", "3", "--adopt", "--json", *names).out)
    assert answer["errors"] == []
    taken = 0
    for document in answer["documents"]:
        updated = [one for one in document["fillings"] if one["state"] in {"filled", "updated"}]
        assert replaced(texts[document["path"]], updated) == text_of(project, document["path"])
        taken += len(updated)
    assert taken >= 20
    adopted = files_of(project)
    again = json.loads(phasemetrics(project, "fill", "-p", "3", "--json", *names).out)
    assert not [one["path"] for one in again["documents"] if one["changed"]]
    assert files_of(project) == adopted
    succeed(project, "reset", *untouched)
    assert {name: files_of(project)[name] for name in untouched} == {name: made[name] for name in untouched}
