"""Front matter in a real repository: filled, filled again, checked against the diff and the tree, and put back."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from git_workshop import Workshop
from journey import files_of, phasemetrics, succeed

NAME = ".planning/phases/01-foundation/01-01-SUMMARY.md"
JUNIT = '<testsuite name="s" tests="2"><testcase classname="t" name="a"/><testcase classname="t" name="b"/></testsuite>'
BLANK = """\
---
phase: 01-foundation
plan: 01
tags: [cli, "x: y"]

# Dependency graph
key-files:
  created: [important files created]
  modified:
    - path/to/file   # what was there
key-decisions:
  - "None: yet"
metrics:
  duration: 12min
  tests_passed: [N]
  files_modified: TBD
---

# Phase 1: Foundation Summary
"""


def built(folder: Path) -> Workshop:
    """Return a repository at the end of phase 1, with its baseline, and a blank summary."""
    made = Workshop(folder / "project")
    made.commit(
        {
            "phasemetrics.toml": 'junit = ["build/junit.xml"]\n',
            ".gitignore": "build/\n.env*\n/local\n",
            "src/old.py": "x = 1\n",
            "src/gone.py": "x = 2\n",
            "src/moved.py": "a\nb\nc\nd\ne\nf\n",
            "README.md": "# T\n",
        }
    )
    made.write("build/junit.xml", JUNIT)
    succeed(made.root, "baseline", "-p", "1")
    made.commit()
    (made.root / "src/gone.py").unlink()
    (made.root / "src/moved.py").rename(made.root / "src/parts.py")
    made.commit(
        {
            "src/old.py": "x = 3\n",
            "src/new.py": "y\n",
            "tests/test new.py": "z\n",
            "docs/a.md": "a\n",
            "README.md": "# U\n",
            "web/app/[id]/page.tsx": "p\n",
            "web/index.ts": "i\n",
            "src/index.ts": "i\n",
            NAME: BLANK,
            ".planning/STATE.md": "s\n",
        }
    )
    return made


@pytest.fixture(name="repository")
def _repository(tmp_path: Path) -> Workshop:
    return built(tmp_path)


def test_fill_fill_again_check_and_reset(repository: Workshop) -> None:
    root = repository.root
    succeed(root, "fill", "-p", "1", NAME)
    filled = (root / NAME).read_text("utf-8")
    assert filled == (
        BLANK.replace(
            "[important files created]",
            '[src/index.ts, src/new.py, "web/app/[id]/page.tsx", web/index.ts, "tests/test new.py", docs/a.md]',
        )
        .replace("    - path/to/file ", "    - src/old.py\n    - src/parts.py\n    - README.md ")
        .replace("[N]", "2")
        .replace("TBD", "3")
    )
    before = files_of(root)
    assert "wrote 0, 4 agrees" in succeed(root, "fill", "-p", "1", NAME).err
    assert files_of(root) == before
    assert "every number that is ours is true" in succeed(root, "check", "-p", "1", NAME).err
    succeed(root, "reset", NAME)
    assert (root / NAME).read_text("utf-8") == BLANK


def test_a_list_follows_the_work_until_a_person_changes_it(repository: Workshop) -> None:
    root = repository.root
    succeed(root, "fill", "-p", "1", NAME)
    repository.commit({"src/later.py": "l\n"})
    drifted = phasemetrics(root, "fill", "-p", "1", "--diff", NAME)
    assert drifted.code == 1
    succeed(root, "fill", "-p", "1", NAME)
    text = (root / NAME).read_text("utf-8")
    assert "src/index.ts, src/later.py, src/new.py" in text
    (root / NAME).write_text(text.replace("src/later.py, ", ""), "utf-8")
    said = succeed(root, "fill", "-p", "1", NAME)
    assert "kept[persons-value]" in said.err
    assert "src/later.py" not in (root / NAME).read_text("utf-8")
    assert phasemetrics(root, "check", "-p", "1", NAME).code == 0  # a list is a selection


def summary(created: str, modified: str = "", deleted: str = "", plan: str = "01") -> str:
    lists = {"created": created, "modified": modified, "deleted": deleted}
    body = "".join(
        f"  {name}:\n" + "".join(f"    - {one}\n" for one in items.split("\n"))
        for name, items in lists.items()
        if items
    )
    return f"---\nplan: {plan}\nkey-files:\n{body}---\n\n# Phase 1\n"


CONTRADICTED = [
    ("src/old.py", "", "", "lists src/old.py as created, the diff has it as modified"),
    ("src/new.py\nsrc/old.py (types)", "", "", "lists src/old.py as created, the diff has it as modified"),
    ('path: "src/old.py"\n      provides: x', "", "", "lists src/old.py as created, the diff has it as modified"),
    ("src/gone.py", "", "", "lists src/gone.py as created, the diff has it as deleted"),
    ("src/none.py", "", "", "lists src/none.py as created, it is neither in the diff nor in the tree at commit "),
    ("", "src/none.py - what it does", "", "lists src/none.py as modified, it is neither in the diff nor in the tree"),
    ("src/new.py\nother/none.py", "", "", "lists other/none.py as created, it is neither in the diff nor in"),
    ("", "src/new.py", "", "lists src/new.py as modified, the diff has it as created"),
    ("", "", "src/old.py", "lists src/old.py as deleted, the diff has it as modified"),
    ("", "", "phasemetrics.toml", "lists phasemetrics.toml as deleted, it is in the tree at commit "),
]
# How many items agree; nothing is said of the others.
UNDISPUTED = [
    ("src/new.py\n./docs/a.md\n`web/index.ts`", "src/old.py (one line)", "src/gone.py", 5),
    ("page.tsx\napp/[id]/page.tsx", "README.md", "", 3),
    ("index.ts", "index.ts", "", 0),  # two are called so
    ("src/parts.py", "src/moved.py", "src/moved.py", 0),  # it was moved
    ("src/*.py\nsrc/{a,b}.py\nsrc/\nsrc/sub\nhttps://x.org/a.py\n/etc/a.py\n../a.py", "", "", 0),
    (".env.local\nbuild/out.js\nlocal/x.py", "", "", 0),  # git was told to overlook them
    ("backend/src/a.py", "", "", 0),  # of another repository, it seems
    ("A new table in the database\nsrc/new.py and more", "", "", 0),
    ("SRC/NEW.PY", "phasemetrics.toml", "src/never.py", 0),
    ("", "src/gone.py", "", 0),
    ("Supabase", "", "", 0),
]


@pytest.fixture(scope="module", name="checked")
def _checked(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, tuple[str, list[dict[str, Any]]]]]:
    """Return a commit, and each document of the cases with what `check` said of it, all from one run."""
    made = built(tmp_path_factory.mktemp("checked"))
    texts = {f"docs/{number}.md": summary(*case[:3]) for number, case in enumerate((*CONTRADICTED, *UNDISPUTED))}
    for name, text in texts.items():
        made.write(name, text)
    succeed(made.root, "fill", "-p", "1", *texts)
    assert {name: (made.root / name).read_text("utf-8") for name in texts} == texts
    ended = phasemetrics(made.root, "check", "-p", "1", *texts, "--json")
    assert ended.code == 1
    found = {one["path"]: one["fillings"] for one in json.loads(ended.out)["documents"]}
    return made.git("rev-parse", "HEAD"), {name: (text, found[name]) for name, text in texts.items()}


@pytest.mark.parametrize("number", range(len(CONTRADICTED)), ids=lambda number: CONTRADICTED[number][3][6:60])
def test_check_contradicts_what_cannot_be(checked: Any, number: int) -> None:
    commit, documents = checked
    text, fillings = documents[f"docs/{number}.md"]
    said = CONTRADICTED[number][3]
    (filling,) = (one for one in fillings if one["contradicts"])
    assert filling["code"] == "key-file"
    assert said in filling["message"]
    line = text.splitlines()[filling["line"] - 1]
    assert line[filling["column"] - 1 :].strip('"').startswith(re.findall(r"lists (\S+) as", said)[0])
    assert filling["evidence"]["commit"] == commit


@pytest.mark.parametrize("number", range(len(UNDISPUTED)))
def test_check_says_nothing_where_it_may_be_meant_otherwise(checked: Any, number: int) -> None:
    _, fillings = checked[1][f"docs/{len(CONTRADICTED) + number}.md"]
    assert [one["state"] for one in fillings] == ["agrees"] * UNDISPUTED[number][3]


def test_a_later_plan_may_modify_what_an_earlier_one_created(repository: Workshop) -> None:
    names = {"docs/1.md": "01", "docs/2.md": '"01-02"'}
    for name, plan in names.items():
        repository.write(name, summary("docs/a.md", "src/new.py", plan=plan))
    succeed(repository.root, "fill", "-p", "1", *names)
    ended = phasemetrics(repository.root, "check", "-p", "1", *names)
    assert [line.partition(": ")[0] for line in ended.out.splitlines()] == ["docs/1.md:7:7"]
    assert "docs/2.md: would write 0, 1 agrees" in ended.err


def test_where_the_commit_is_not_in_the_clone_nothing_is_said_of_absent_files(repository: Workshop) -> None:
    root = repository.root
    repository.write(NAME, summary("src/none.py\nsrc/old.py"))
    succeed(root, "fill", "-p", "1", NAME)
    end = root / ".phasemetrics/phases/1/end.json"
    recorded = end.read_text("utf-8").replace(repository.git("rev-parse", "HEAD"), "b" * 40)
    end.write_text(recorded, "utf-8")
    ended = phasemetrics(root, "check", "-p", "1", NAME)
    assert "src/none.py" not in ended.out
    assert "src/old.py as created, the diff has it as modified" in ended.out


def test_a_new_summary_is_filled_and_put_back(repository: Workshop) -> None:
    root = repository.root
    succeed(root, "new", "summary", "-p", "1", "-o", "docs/SUMMARY_1.md")
    blank = (root / "docs/SUMMARY_1.md").read_text("utf-8")
    assert "\nphase: 1\n" in blank
    succeed(root, "fill", "-p", "1", "docs/SUMMARY_1.md")
    filled = (root / "docs/SUMMARY_1.md").read_text("utf-8")
    assert "  modified: [src/old.py, src/parts.py, README.md]\n" in filled
    assert "  tests: 2\n" in filled
    assert "  coverage: [percentage]\n" in filled  # nobody measured it
    succeed(root, "reset", "docs/SUMMARY_1.md")
    assert "\n  created: [files that are new]\n" in (root / "docs/SUMMARY_1.md").read_text("utf-8")
