"""What a document says of single files is held against the files at the measured commit."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from journey import at_the_end_of_the_phase, files_of, phasemetrics, succeed
from phasemetrics.document.claims import file_claims
from phasemetrics.document.listings import listings
from phasemetrics.document.markdown import parse

NAME = "docs/notes.md"


def found(text: str) -> list[tuple[str, str, int, str]]:
    return [(one.path, one.noun, one.value, one.relation) for one in file_claims(parse(text), "3")]


@pytest.mark.parametrize(
    ("line", "claims"),
    [
        ("- `src/a.py` (120 lines)", [("src/a.py", "lines", 120, "=")]),
        ("1. **`src/a.py`** (1,120 lines of code, 36 tests)", [
            ("src/a.py", "lines", 1120, "="), ("src/a.py", "tests", 36, "="),
        ]),
        ("**File:** `a.py` (~300 LOC): the parser", [("a.py", "lines", 300, "~")]),
        ("| `web/app.spec.ts` (14 test cases) | ok |", [("web/app.spec.ts", "tests", 14, "=")]),
        ("## `src/a.py` (300+ lines)", [("src/a.py", "lines", 300, ">=")]),
        ("> * `a b.md` (2 lines; moved)", [("a b.md", "lines", 2, "=")]),
        ("- `src/a.py`: 350 lines", [("src/a.py", "lines", 350, "=")]),
        ("- **`src/a.py`** - 16 tests, all green", [("src/a.py", "tests", 16, "=")]),
        ("### test_config.py (22 tests)", [("test_config.py", "tests", 22, "=")]),
        ("- simple_cache.py (1,306 行)", [("simple_cache.py", "lines", 1306, "=")]),
        ("| `src/a.py` | 36 tests | ok |", [("src/a.py", "tests", 36, "=")]),
        ("| a | `src/a.py` | 1,234 |", [("src/a.py", "lines", 1234, "=")]),
        # Not about the whole file, or not about one file
        ("- `src/a.py` (+120 lines)", []),
        ("- `src/a.py` (120 lines added)", []),
        ("- `src/a.py` (lines 12-40)", []),
        ("- `src/a.py` (120-140 lines)", []),
        ("- `src/a.py` (500 → 120 lines)", []),
        ("- `a.py`, `b.py` (120 lines)", []),
        ("- `a.py` and `b.py` (120 lines)", []),
        ("- ~~`a.py` (120 lines)~~", []),
        ("- `src/a.py`: 500 → 100 lines", []),
        ("- `src/a.py` - 12 lines of it changed", []),
        ("| `a.py` | `b.py` | 120 |", []),
        ("| parser | fast | 120 |", []),
        ("- Node.js (120 lines)", [("Node.js", "lines", 120, "=")]),
        ("- `parse()` (120 lines)", []),
        ("- `src/parser` (120 lines)", []),
        ("- see `a.py` for more (120 lines)", []),
    ],
)  # fmt: skip
def test_only_what_is_said_of_one_whole_file_is_a_claim(line: str, claims: list[tuple[str, str, int, str]]) -> None:
    text = f"# T\n\n| h | i | Lines |\n|---|---|---|\n{line}\n" if line.startswith("|") else f"# T\n\n{line}\n"
    assert found(text) == claims


@pytest.mark.parametrize(
    "text",
    [
        "```\n- `a.py` (120 lines)\n```\n",
        "<!-- - `a.py` (120 lines) -->\n",
        "---\nfiles: `a.py` (120 lines)\n---\n",
        "## Phase 2\n- `a.py` (120 lines)\n",
        "## Next Steps\n- `a.py` (120 lines)\n",
        "## Before Phase 3\n- `a.py` (120 lines)\n",
        "## Planned files\n- `a.py` (120 lines)\n",
    ],
)
def test_what_is_about_another_time_or_is_no_prose_is_no_claim(text: str) -> None:
    assert found(text) == []
    assert found("## Phase 3\n- `a.py` (120 lines)\n")


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("### New Files (2)\n- `a.py` - one\n- **`b.py`** (3 lines)\n- c.py\n", 3),
        ("**Modified Files (4 files):**\n\n1. `a.py`\n   - why\n2. `b.py`\n\nAnd more.\n", 2),
        ("### Fichiers créés (1)\n* `a.py`\n* `b.py`\n", 2),
        ("### New Files (2)\n- `a.py`\n- and others\n", None),
        ("### New Files (2)\n- `a.py`, `b.py`\n", None),
        ("### New Tests (2)\n- `a.py`\n- `b.py`\n- `c.py`\n", None),
        ("### New Files (2)\n\nNone of them matters.\n", None),
        ("### New Files\n- `a.py`\n", None),
    ],
)
def test_a_heading_counts_the_files_of_its_list(text: str, listed: int | None) -> None:
    assert [one.listed for one in listings(parse(text))] == ([] if listed is None else [listed])


@pytest.fixture(scope="module", name="filled")
def _filled(sample_before: Path, sample_after: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = at_the_end_of_the_phase(sample_before, sample_after, tmp_path_factory.mktemp("claims"))
    succeed(root, "fill", "-p", "3")
    return root


@pytest.fixture(name="project")
def _project(filled: Path, tmp_path: Path) -> Path:
    return shutil.copytree(filled, tmp_path / "project", symlinks=True)


def test_check_says_both_sides_and_changes_nothing(project: Path) -> None:
    lines = (project / "src/rainbook/gaps.py").read_text("utf-8").count("\n")
    functions = len(re.findall(r"^def test", (project / "tests/unit/test_gaps.py").read_text("utf-8"), re.MULTILINE))
    recorded = json.loads((project / ".phasemetrics/phases/3/end.json").read_text("utf-8"))["tests"]
    cases = next(one["total"] for one in recorded if one["path"] == "tests/unit/test_gaps.py")
    assert cases != functions  # some are parametrised
    (project / NAME).write_text(
        f"# Notes\n\n- `src/rainbook/gaps.py` ({lines} lines)\n- `gaps.py` (~{lines + 2} lines)\n"
        f"- `src/rainbook/gaps.py` ({lines + 40} lines)\n- `tests/unit/test_gaps.py` ({functions} tests)\n"
        f"- `test_gaps.py` ({cases} tests)\n- `tests/unit/test_gaps.py` (99 tests)\n- `test_gaps.py` (2+ tests)\n"
        "- `src/nowhere.py` (7 lines)\n- `pyproject.toml` (5 tests)\n- `src/rainbook/gaps.py` (5 tests)\n",
        encoding="utf-8",
    )
    before = files_of(project)
    ended = phasemetrics(project, "check", "-p", "3", NAME)
    assert ended.code == 1
    wrong = [line for line in ended.out.splitlines() if "contradiction" in line]
    assert [line.split(":")[1] for line in wrong] == ["5", "8"]
    assert f"says {lines + 40} lines of src/rainbook/gaps.py, it has {lines} lines at commit " in wrong[0]
    assert f"it has {cases} test cases or {functions} test functions at commit " in wrong[1]
    assert files_of(project) == before
    told = json.loads(phasemetrics(project, "check", "-p", "3", "--json", NAME).out)["documents"][0]["fillings"]
    assert [one["line"] for one in told if one["state"] == "agrees"] == [3, 4, 6, 7, 9]
    assert all(len(one["evidence"]["commit"]) == 40 for one in told)


def test_a_list_that_is_longer_than_its_heading_says_is_reported(project: Path) -> None:
    (project / NAME).write_text(
        "# N\n\n## New Files (1)\n- `a.py`\n- `b.py`\n\n## Files (3)\n- `a.py`\n", encoding="utf-8"
    )
    ended = phasemetrics(project, "check", "-p", "3", NAME)
    assert ended.code == 1
    assert ended.out.count("contradiction") == 1
    assert f"{NAME}:3:15: contradiction: kept[list-count] '1': the heading says 1 files, 2 are listed" in ended.out


def test_a_place_of_a_template_is_no_claim(project: Path) -> None:
    ended = phasemetrics(project, "check", "-p", "3", "--json", "docs/phases/README_PHASE3.md")
    told = json.loads(ended.out)["documents"][0]["fillings"]
    assert [one for one in told if "line_counts" in one["address"]]
    assert not [one for one in told if one["address"].startswith("file/")]


def test_what_is_switched_off_is_not_audited(project: Path) -> None:
    off = "<!-- phasemetrics:off -->\n- `src/rainbook/gaps.py` (9999 lines)\n\n<!-- phasemetrics:on -->\n"
    (project / NAME).write_text(f"# Notes\n\n{off}", encoding="utf-8")
    assert phasemetrics(project, "check", "-p", "3", NAME).code == 0
