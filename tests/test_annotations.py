"""`check --format github`: one workflow command for each finding, and no text can make another."""

from __future__ import annotations

import re
from pathlib import Path

from journey import RETRO, phasemetrics


def commands(root: Path, *arguments: str) -> list[str]:
    ended = phasemetrics(root, "check", "-p", "3", "--format", "github", *arguments)
    assert ended.code == 1
    return ended.out.splitlines()


def test_a_contradiction_is_an_error_on_its_line(project: Path) -> None:
    text = (project / RETRO).read_text(encoding="utf-8")
    (project / RETRO).write_text(re.sub(r"Lines Added: \d+", "Lines Added: 9999", text), encoding="utf-8")
    (line,) = commands(project)
    assert line.startswith(f"::error file={RETRO},line=34,col=16,title=phasemetrics::kept[persons-value] '9999'")
    assert "the evidence says" in line


def test_a_number_that_fill_would_change_is_a_warning(project: Path) -> None:
    recorded = project / ".phasemetrics/phases/3/end.json"
    content = recorded.read_text(encoding="utf-8")
    recorded.write_text(re.sub(r'("lines.added": \{[^}]*"value": )\d+', r"\g<1>4321", content), encoding="utf-8")
    lines = commands(project)
    assert lines
    assert all(re.match(r"::warning file=\S+,line=\d+,col=\d+,title=phasemetrics::updated", line) for line in lines)


def test_no_text_makes_a_command_of_its_own(project: Path) -> None:
    name = "docs/a,b:c%0A.md"
    (project / name).write_text("# N\n\n## Results\n\n- Total tests: 9876\n", encoding="utf-8")
    (line,) = commands(project, name)
    assert line.startswith("::error file=docs/a%2Cb%3Ac%250A.md,line=5,col=16,title=phasemetrics::kept[total-claim]")
