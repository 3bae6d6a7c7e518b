"""Components and the files that a document names: from the configuration and the commit, never from the work tree."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from git_workshop import Workshop
from journey import README, at_the_end_of_the_phase, succeed
from measured import AFTER, BEFORE, BESIDE, CARRYING, facts, snapshot
from phasemetrics.evidence.beside import Beside
from phasemetrics.evidence.model import Snapshot
from phasemetrics.settings import Config
from phasemetrics.surroundings import files_at
from phasemetrics.value import Origin


def test_components_come_in_the_order_of_the_configuration() -> None:
    found = facts(BEFORE, AFTER, CARRYING)["components"]
    assert [(one["name"].text, one["path"].text, one["aliases"]) for one in found] == [
        ("Tree", "internal/cache/tree.py", ()),
        ("Keys", "internal/cache/tree_key.py", ("Tree keys",)),
        ("Core", "internal/parser/core.py", ()),
    ]


def test_a_component_without_a_path_says_where_to_add_it() -> None:
    (one,) = facts(config=Config.model_validate({"component": [{"name": "Tree"}]}))["components"]
    assert (one["path"].text, one["path"].code) == (None, "not-configured")
    assert 'path = "…" to its [[component]] in the configuration: Tree' in one["path"].mend
    assert facts()["components"].code == "not-configured"


@pytest.mark.parametrize(
    ("path", "lines"),
    [
        ("internal/cache/tree.py", "2"),
        ("`internal/cache/tree.py` ", "2"),
        ("./internal/cache/tree.py", "2"),
        ("internal/parser/core.py", "3"),  # the last line has no end
        ("internal/cache/tree_key.py", "no-such-file"),
        ("src/[module]/[path]/[component].py", "no-such-file"),
        ("empty", "0"),
        ("image.png", "no-such-file"),
    ],
)
def test_lines_are_counted_at_the_commit(path: str, lines: str) -> None:
    files = {"empty": b"", "image.png": b"\x89PNG\0\n"}
    beside = Beside(blob=lambda name: files.get(name, BESIDE.blob(name)))
    found = facts(BEFORE, AFTER, CARRYING, beside)["line_counts"][path]
    assert (found.text or found.code) == lines
    if found.text is not None:
        assert found.origin == Origin(path.strip("` ").removeprefix("./"), "", "3" * 40)


@pytest.mark.parametrize(("after", "code"), [(None, "no-evidence"), (Snapshot(), "no-revision")])
def test_without_a_commit_no_line_is_counted(after: Snapshot | None, code: str) -> None:
    assert facts(snapshot(), after, CARRYING, BESIDE)["line_counts"]["internal/cache/tree.py"].code == code


def test_only_regular_files_of_the_tree_are_read(tmp_path: Path) -> None:
    work = Workshop(tmp_path / "work")
    (work.root / "link.py").symlink_to("a.py")
    sha = work.commit({"a.py": "one\n", "sub/b.py": "two\n", "sub/a.py": "three\n"})
    work.commit({"a.py": "changed\n", "later.py": "\n"})
    (work.root / "sub/b.py").unlink()
    read = files_at(work.root, sha)
    assert {name: read(name) for name in ("a.py", "sub/b.py")} == {"a.py": b"one\n", "sub/b.py": b"two\n"}
    for name in (
        "later.py",
        "link.py",
        "sub",
        "",
        ".",
        "../a.py",
        "/etc/hostname",
        ".git/config",
        "a\0",
        ":(top)a.py",
        "x" * 10_000,
    ):
        assert read(name) is None
    # The names in a configuration count from its folder, those in a list of files from the top of the repository.
    inside = files_at(work.root / "sub", sha)
    assert [inside(name) for name in ("a.py", "b.py", "sub/b.py")] == [b"three\n", b"two\n", b"two\n"]
    assert files_at(work.root, None)("a.py") is None
    assert files_at(tmp_path, sha)("a.py") is None
    assert files_at(work.root, "0" * 40)("a.py") is None


def test_a_readme_tells_the_lines_of_a_component(sample_before: Path, sample_after: Path, tmp_path: Path) -> None:
    project = at_the_end_of_the_phase(sample_before, sample_after, tmp_path)
    component = 'name = "Gaps"\npath = "src/rainbook/gaps.py"\n'
    settings = (project / "phasemetrics.toml").read_text()
    (project / "phasemetrics.toml").write_text(f"{settings}\n[[component]]\n{component}")
    (project / README).unlink()
    shutil.rmtree(project / ".phasemetrics/ledger")
    succeed(project, "new", "readme", "-p", "3", "-o", README)
    lines = len((project / "src/rainbook/gaps.py").read_bytes().splitlines())
    (project / "src/rainbook/gaps.py").write_text("# what is not committed does not count\n")
    succeed(project, "fill", "-p", "3", "--allow-stale")
    assert f"**File:** `src/rainbook/gaps.py` ({lines} lines)\n" in (project / README).read_text(encoding="utf-8")
    succeed(project, "check", "-p", "3")
