"""What a document says of single files is held against the files at the measured commit."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from journey import files_of, phasemetrics
from phasemetrics.claims.listings import listings
from phasemetrics.document.markdown import parse
from phasemetrics.evidence.filed import resolved
from stating import said

NAME = "docs/notes.md"


@pytest.mark.parametrize(
    ("line", "stated"),
    [
        ("- `src/a.py` (120 lines)", ["lines.total after =120 (file src/a.py)"]),
        ("1. **`src/a.py`** (1,120 lines of code, 36 tests)", [
            "lines.total after =1120 (file src/a.py)", "tests.total after =36 (file src/a.py)",
        ]),
        ("**File:** `a.py` (~300 LOC): the parser", ["lines.total after ~300 (file a.py)"]),
        ("| `web/app.spec.ts` (14 test cases) | ok |", ["tests.total after =14 (file web/app.spec.ts)"]),
        ("## a.py (300+ lines)", ["lines.total after >=300 (file a.py)"]),
        ("> * `a b.md` (2 lines; moved)", ["lines.total after =2 (file a b.md)"]),
        ("- `src/a.py`: 350 lines", ["lines.total after =350 (file src/a.py)"]),
        ("- **`src/a.py`** - 16 tests, all green", ["tests.total after =16 (file src/a.py)"]),
        ("- `src/a.py`: 81.5% coverage", ["coverage after =81.5% (file src/a.py)"]),
        ("- `src/a.py`: 81.5%", ["coverage after =81.5% (file src/a.py)"]),
        ("### test_config.py (22 tests)", ["tests.total after =22 (file test_config.py)"]),
        ("- simple_cache.py (1,306 行)", ["lines.total after =1306 (file simple_cache.py)"]),
        ("| `src/a.py` | 36 tests | ok |", ["tests.total after =36 (file src/a.py)"]),
        ("| 1 | `src/a.py` | 1,234 |", ["lines.total after =1234 (file src/a.py)"]),
        ("- `src/a.py` (+120 lines)", ["lines.added change =120 (file src/a.py)"]),
        ("- `src/a.py` (120 lines added)", ["lines.added change =120 (file src/a.py)"]),
        ("- `src/a.py` (-12 lines)", ["lines.deleted change =12 (file src/a.py)"]),
        ("- `src/a.py` (120-140 lines)", ["lines.total after range120-140 (file src/a.py)"]),
        ("- `src/a.py` (500 → 120 lines)", [
            "lines.total before =500 (file src/a.py)", "lines.total after =120 (file src/a.py)",
        ]),
        ("- `src/a.py` (2 new tests)", ["tests.added change =2 (file src/a.py)"]),
        ("- [ ] `src/a.py` (120 lines)", ["lines.total target =120 (file src/a.py)"]),
        # Not certainly about that one file
        ("- `a.py`, `b.py` (120 lines)", ["lines.total after =120 (part)"]),
        ("- `a.py` and `b.py` (120 lines)", ["lines.total after =120 (part)"]),
        ("- `parse()` (120 lines)", ["lines.total after =120 (part)"]),
        ("- `src/parser` (120 lines)", ["lines.total after =120 (part)"]),
        ("- `src/a.py` - split, 30 lines each", ["lines.total after =30 (part)"]),
        ("| parser | fast | 120 |", ["lines.total after =120 (part)"]),
        ("- 120 lines in `src/a.py`", ["lines.total after =120 (part)"]),
        ("- `src/a.py` (lines 12-40)", []),
        ("- `src/a.py:12`", []),
        ("- ~~`a.py` (120 lines)~~", []),
    ],
)  # fmt: skip
def test_a_number_beside_one_path_is_about_that_file(line: str, stated: list[str]) -> None:
    text = f"# T\n\n| h | i | Lines |\n|---|---|---|\n{line}\n" if line.startswith("|") else f"# T\n\n{line}\n"
    assert said(text) == stated


@pytest.mark.parametrize("line", ["**File:** `src/a.py`", "**Location**: `src/a.py`", "### src/a.py"])
def test_a_file_may_be_named_by_the_line_above(line: str) -> None:
    assert said(f"# T\n\n{line}\n- 120 lines\n") == ["lines.total after =120 (file src/a.py)"]
    assert said(f"# T\n\n{line}\n\nSome words about it.\n\n- 120 lines\n") != ["lines.total after =120 (file src/a.py)"]


def test_a_drawn_tree_gives_the_folders() -> None:
    tree = (
        "project/\n├── src/\n│   ├── a.py  (120 lines)\n│   └── lib/\n│       └── b.py  # 30 lines\n└── c.md  4 lines\n"
    )
    assert said(f"# T\n\n```\n{tree}```\n") == [
        "lines.total after =120 (file project/src/a.py)", "lines.total after =30 (file project/src/lib/b.py)",
        "lines.total after =4 (file project/c.md)",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("```\n- `a.py` (120 lines)\n```\n", ["lines.total after =120 (file a.py)"]),
        ("```js\n- `a.py` (120 lines)\n```\n", []),
        ("<!-- - `a.py` (120 lines) -->\n", []),
        ("<div>\n- `a.py` (120 lines)\n</div>\n", []),
        ("## Phase 3\n- `a.py` (120 lines)\n", ["lines.total after =120 (file a.py)"]),
        ("## Phase 2\n- `a.py` (120 lines)\n", ["lines.total after =120 (file a.py) (other)"]),
        ("## Next Steps\n- `a.py` (120 lines)\n", ["lines.total after =120 (file a.py) (other)"]),
        ("## Before Phase 3\n- `a.py` (120 lines)\n", ["lines.total after =120 (file a.py) (other)"]),
        ("## Planned files\n- `a.py` (120 lines)\n", ["lines.total after =120 (file a.py) (other)"]),
    ],
)
def test_what_is_about_another_time_is_not_asked_for(text: str, stated: list[str]) -> None:
    assert said(text) == stated


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("src/a.py", "src/a.py"),
        ("./src/a.py", "src/a.py"),
        (" b.py ", "src/lib/b.py"),
        ("lib/b.py", "src/lib/b.py"),
        ("project/src/a.py", "src/a.py"),
        ("a.py", None),  # there are two
        ("tests/a.py", "tests/a.py"),
        ("c.py", None),
        ("src/c.py", None),
        ("src/b.py", None),  # the folder is known, and it is not there
        ("project/c.py", None),
        ("", None),
    ],
)
def test_a_name_means_the_one_path_that_ends_in_it(name: str, path: str | None) -> None:
    assert resolved(name, frozenset({"src/a.py", "src/lib/b.py", "tests/a.py"})) == path


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
    gaps = "src/rainbook/gaps.py"
    assert f"says {lines + 40} lines of {gaps}, the evidence says {gaps} has {lines} lines" in wrong[0]
    assert f"has {cases} test cases or {functions} test functions" in wrong[1]
    assert files_of(project) == before
    told = json.loads(phasemetrics(project, "check", "-p", "3", "--json", NAME).out)["documents"][0]["fillings"]
    assert [one["line"] for one in told if one["state"] == "agrees"] == [3, 4, 6, 7, 9]
    untold = [one for one in told if one["code"] == "cannot-tell"]
    assert [one["line"] for one in untold] == [10, 11, 12]
    assert all(one["evidence"] is None and not one["contradicts"] for one in untold)
    assert all(len(one["evidence"]["commit"]) == 40 for one in told if one not in untold)
    assert told[0]["claim"] == {
        "subject": "lines.total", "side": "after", "scope": "file", "of": "src/rainbook/gaps.py",
        "relation": "=", "value": str(lines), "high": None, "unit": None,
    }  # fmt: skip


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
    counted = [one for one in told if "line_counts" in one["address"]]
    assert counted
    assert not {one["line"] for one in counted} & {one["line"] for one in told if one["claim"]}


def test_what_is_switched_off_is_not_audited(project: Path) -> None:
    off = "<!-- phasemetrics:off -->\n- `src/rainbook/gaps.py` (9999 lines)\n\n<!-- phasemetrics:on -->\n"
    (project / NAME).write_text(f"# Notes\n\n{off}", encoding="utf-8")
    assert phasemetrics(project, "check", "-p", "3", NAME).code == 0
