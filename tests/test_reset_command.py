"""`phasemetrics reset` with the installed program: in place, as a new document, and as a diff."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from journey import README, RETRO, files_of, phasemetrics, succeed

NEXT = "docs/phases/RETRO_4.md"


def test_filled_documents_go_back_and_can_be_filled_again(project: Path) -> None:
    before = files_of(project)
    ended = succeed(project, "reset", README, RETRO)
    assert ended.out == ""
    assert f"{RETRO}: reset " in ended.err
    text = (project / RETRO).read_text(encoding="utf-8")
    assert "- Tests Passing: X/Y → A/B\n" in text
    assert text.startswith("# Phase: [PHASE NAME]\n")
    assert json.loads((project / f".phasemetrics/ledger/{RETRO}.json").read_text()) == {"schema": 1, "holes": {}}
    changed = {name for name, digest in files_of(project).items() if before[name] != digest}
    assert changed == {README, RETRO, *(f".phasemetrics/ledger/{name}.json" for name in (README, RETRO))}
    succeed(project, "fill", "-p", "3")
    assert files_of(project) == before


def test_the_next_phases_document_is_made_from_the_last_one(project: Path) -> None:
    text = (project / RETRO).read_text(encoding="utf-8")
    (project / RETRO).write_text(
        text.replace("## Summary\n", "## Summary\nWhat we always say here.\n"), encoding="utf-8"
    )
    before = files_of(project)
    ended = succeed(project, "reset", RETRO, "-o", NEXT)
    assert ended.out == f"Wrote {NEXT}\n"
    made = (project / NEXT).read_text(encoding="utf-8")
    assert "What we always say here.\n" in made
    assert "- Tests Passing: X/Y → A/B\n" in made
    assert set(files_of(project)) == {*before, NEXT}
    assert files_of(project) == {**before, NEXT: files_of(project)[NEXT]}
    again = phasemetrics(project, "reset", RETRO, "-o", NEXT)
    assert (again.code, "error[exists]" in again.err) == (3, True)
    assert (project / NEXT).read_text(encoding="utf-8") == made


def test_a_ledger_of_an_earlier_document_of_that_name_owns_nothing_in_the_new_one(project: Path) -> None:
    ledger = project / ".phasemetrics/ledger"
    shutil.copy(ledger / f"{RETRO}.json", ledger / f"{NEXT}.json")
    succeed(project, "reset", RETRO, "-o", NEXT)
    assert json.loads((ledger / f"{NEXT}.json").read_text())["holes"] == {}


def test_a_document_that_may_not_be_written_can_still_be_the_source(project: Path) -> None:
    (project / "second.md").hardlink_to(project / RETRO)
    assert phasemetrics(project, "reset", RETRO).code == 3
    succeed(project, "reset", RETRO, "-o", NEXT)


def test_diff_shows_what_goes_back_and_writes_nothing(project: Path) -> None:
    before = files_of(project)
    ended = phasemetrics(project, "reset", RETRO, "--diff")
    assert ended.code == 1
    assert "\n+- Tests Passing: X/Y → A/B\n" in ended.out
    assert "would reset" in ended.err
    assert phasemetrics(project, "reset", RETRO, "--diff", "-o", NEXT).code == 1
    assert files_of(project) == before
    succeed(project, "reset", RETRO)
    assert succeed(project, "reset", RETRO, "--diff").out == ""


def test_a_persons_number_is_named_with_its_line(project: Path) -> None:
    text = (project / RETRO).read_text(encoding="utf-8")
    (project / RETRO).write_text(text.replace("- Files Modified: ", "- Files Modified: 9"), encoding="utf-8")
    ended = succeed(project, "reset", RETRO)
    (line,) = (line for line in ended.err.splitlines() if "kept" in line and ":35:" in line)
    assert f"{RETRO}:35:19: kept[persons-value]" in line
    assert succeed(project, "reset", RETRO, "--quiet").err == ""


def test_the_answer_as_json(project: Path) -> None:
    said = json.loads(succeed(project, "reset", RETRO, "--json").out)
    assert (said["schema"], said["exit"], said["errors"]) == (1, 0, [])
    (document,) = said["documents"]
    assert document["changed"]
    filling = next(one for one in document["fillings"] if one["address"].endswith("lines.added"))
    assert (filling["state"], filling["new"], filling["evidence"]) == ("updated", "X", None)
    refused = phasemetrics(project, "reset", "nowhere.md", "--json")
    assert (refused.code, json.loads(refused.out)["errors"][0]["code"]) == (3, "missing-file")


def test_where_nothing_is_ours_it_says_so(project: Path) -> None:
    (project / "notes.md").write_text("# Notes\n\n- Coverage: 84.6%\n", encoding="utf-8")
    before = files_of(project)
    ended = succeed(project, "reset", "notes.md")
    assert ended.err == "nothing in notes.md was written by phasemetrics\n"
    assert files_of(project) == before


def test_one_new_document_is_made_from_one(project: Path) -> None:
    ended = phasemetrics(project, "reset", README, RETRO, "-o", NEXT)
    assert ended.code == 2
    assert "takes one DOC" in ended.err
