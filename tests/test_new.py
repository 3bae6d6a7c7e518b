"""`new`: documents of every kind, with a section for each component, from a template or from a team's own file."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from journey import phasemetrics, succeed
from phasemetrics.scaffolding import usual_name
from phasemetrics.templates import builtin

KINDS = [template.name for template in builtin()]
CONFIG = """\
[phase.3]
name = "Incremental parser"

[[component]]
name = "Tree"
path = "src/tree.py"

[[component]]
name = "Keys"
"""
OWN = """\
# Phase X: [Phase Name] - Detailed Implementation Guide

## Step-by-Step Implementation

### 1. [First Major Component]

**File**: `path/to/file.ext`

Words of the team.

### 2. [Continue for all components]

## API Specifications
"""


@pytest.fixture(name="root")
def _root(tmp_path: Path) -> Path:
    (tmp_path / "phasemetrics.toml").write_text(CONFIG, encoding="utf-8")
    subprocess.run(["git", "init", "-q", "--template=", "."], cwd=tmp_path, check=True)
    return tmp_path


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_written_with_what_the_configuration_knows(root: Path, kind: str) -> None:
    assert KINDS == ["implementation-guide", "implementation-plan", "plan", "readme", "retrospective", "summary"]
    ended = succeed(root, "new", kind, "-p", "3")
    name = ended.out.split()[-1]
    lines = (root / name).read_text(encoding="utf-8").splitlines()
    assert "Incremental parser" in next(line for line in lines if line.startswith("# "))
    again = phasemetrics(root, "new", kind, "-p", "3")
    assert (again.code, "error[exists]" in again.err) == (3, True)


@pytest.mark.parametrize("kind", ["readme", "implementation-guide"])
def test_there_is_a_section_for_each_component(root: Path, kind: str) -> None:
    succeed(root, "new", kind, "-p", "3", "-o", "doc.md")
    text = (root / "doc.md").read_text(encoding="utf-8")
    assert "### 1. Tree\n" in text
    assert "`src/tree.py`" in text
    assert "### 2. Keys\n" in text
    assert "### 3. [Component Name]" not in text


def test_components_can_be_named_on_the_command_line(root: Path) -> None:
    succeed(root, "new", "readme", "-p", "3", "-o", "doc.md", "--components", "Lexer=src/lexer.py, Parser ,Printer")
    text = (root / "doc.md").read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if line.startswith("### ") and line[4].isdigit()] == [
        "### 1. Lexer",
        "### 2. Parser",
        "### 3. Printer",
    ]
    assert "**File:** `src/lexer.py` ([line count] lines)" in text
    refused = phasemetrics(root, "new", "readme", "-p", "3", "-o", "other.md", "--components", "Lexer,,Parser")
    assert (refused.code, "error[bad-components]" in refused.err) == (2, True)


def test_a_document_of_the_teams_own_is_begun_with(root: Path) -> None:
    (root / "TEMPLATE.md").write_text(OWN, encoding="utf-8", newline="\r\n")
    succeed(root, "new", "implementation-guide", "-p", "3", "--from", "TEMPLATE.md", "-o", "docs/GUIDE_3.md")
    section = "### {}. {}\n\n**File**: `{}`\n\nWords of the team.\n\n"
    assert (root / "docs/GUIDE_3.md").read_bytes().decode().replace("\r\n", "\n") == (
        "# Phase 3: Incremental parser - Detailed Implementation Guide\n\n## Step-by-Step Implementation\n\n"
        + section.format(1, "Tree", "src/tree.py")
        + section.format(2, "Keys", "path/to/file.ext")
        + "## API Specifications\n"
    )
    assert (root / "TEMPLATE.md").read_text(encoding="utf-8") == OWN
    missing = phasemetrics(root, "new", "plan", "-p", "3", "--from", "NONE.md", "-o", "x.md")
    assert (missing.code, (root / "x.md").exists()) == (3, False)


def test_a_document_goes_where_the_configuration_keeps_its_kind() -> None:
    kept = ("docs/README_PHASE3.md", "docs/PLAN_3.md", "docs/IMPLEMENTATION_PLAN_3.md", "docs/RETRO_3.md")
    assert usual_name("readme", "3", kept) == "docs/README_PHASE3.md"
    assert usual_name("plan", "3", kept) == "docs/PLAN_3.md"
    assert usual_name("implementation-plan", "3", kept) == "docs/IMPLEMENTATION_PLAN_3.md"
    assert usual_name("retrospective", "3", kept) == "docs/RETRO_3.md"
    assert usual_name("implementation-guide", "3", kept) == "IMPLEMENTATION_GUIDE_PHASE3.md"
    assert usual_name("readme", "3", ("a/README_3.md", "b/README_3.md")) == "README_PHASE3.md"
