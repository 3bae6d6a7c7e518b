"""What kind of file a path names, which files a list names, which test files are in a suite."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from measured import AFTER, FILES, change, facts, snapshot
from phasemetrics.evidence.changes import LIST_LIMIT
from phasemetrics.evidence.model import TestCount
from phasemetrics.evidence.paths import PathClass, in_suite, is_absolute, listed, path_class, repository_path
from phasemetrics.value import Origin

ROOT = Path("/home/me/project")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("tests/unit/test_parser.py", "tests"),
        ("src/pkg/tests/data/input.json", "tests"),
        ("Tests/Helper.cs", "tests"),
        ("web/__tests__/cart.js", "tests"),
        ("spec/models/user.rb", "tests"),
        ("e2e/login.ts", "tests"),
        ("tests/README.md", "tests"),
        ("tests/examples/one.py", "tests"),
        ("test_alone.py", "tests"),
        ("pkg/parser_test.go", "tests"),
        ("src/cart.test.tsx", "tests"),
        ("src/cart.spec.ts", "tests"),
        ("lib/cart_spec.rb", "tests"),
        ("src/CartTest.java", "tests"),
        ("src/CartTests.cs", "tests"),
        ("conftest.py", "tests"),
        ("examples/quick.py", "examples"),
        ("docs/examples/quick.md", "examples"),
        ("Demo/run.sh", "examples"),
        ("samples/data.csv", "examples"),
        ("README.md", "docs"),
        ("docs/conf.py", "docs"),
        ("documentation/index.html", "docs"),
        ("src/NOTES.TXT", "docs"),
        ("guide.rst", "docs"),
        ("src/parser.py", "implementation"),
        ("src/Main.JAVA", "implementation"),
        ("web/index.html", "implementation"),
        ("bin/run.sh", "implementation"),
        ("src/latest.py", "implementation"),
        ("src/contest.py", "implementation"),
        ("src/testing_tools.py", "implementation"),
        ("protest/march.py", "implementation"),
        ("src/example.py", "implementation"),
        ("docs.py", "implementation"),
        ("pyproject.toml", "other"),
        ("Makefile", "other"),
        (".gitignore", "other"),
        ("img/logo.png", "other"),
        ("test", "other"),
        ("", "other"),
    ],
)
def test_kinds_of_paths(path: str, expected: PathClass) -> None:
    assert path_class(path) == expected


@given(st.text())
def test_every_path_is_of_one_kind(path: str) -> None:
    assert path_class(path) in get_args(PathClass)
    assert path_class(f"tests/{path}") == "tests" or not path.strip("/.")


def paths(*given: object) -> list[str]:
    return [str(getattr(one, "path", one)) for one in given]


def test_lists_of_a_diff() -> None:
    assert paths(*listed(FILES, "created")) == [
        "docs/incremental.md",
        "examples/incremental.py",
        "internal/cache/tree.py",
        "internal/cache/tree_key.py",
        "tests/unit/test_tree.py",
    ]
    assert paths(*listed(FILES, "modified")) == ["internal/parser/core.py", "tests/unit/test_parser.py"]
    assert paths(*listed(FILES, "deleted")) == ["internal/parser/old.py"]
    assert paths(*listed(FILES, "created", "docs")) == ["docs/incremental.md"]
    assert paths(*listed(FILES, "modified", "tests")) == ["tests/unit/test_parser.py"]
    assert listed(FILES, "deleted", "tests") == []


def test_our_own_records_are_in_no_list() -> None:
    ours = change(".phasemetrics/phases/3/end.json", "created")
    near = change(".phasemetrics.toml", "created")
    moved = change("src/b.py", "modified", source="src/a.py")
    assert listed([ours, near, moved], "created") == [near]
    assert listed([ours, near, moved], "modified") == [moved]


TESTED = [
    TestCount(path, 1, 0, 1)
    for path in (
        "tests/integration/test_api.py",
        "tests/unit/deep/test_a.py",
        "tests/unit/test_b.py",
        "tests/unittest_c.py",
        "unit",
    )
]


@pytest.mark.parametrize(
    ("suite", "pattern", "expected"),
    [
        ("unit", None, ["tests/unit/deep/test_a.py", "tests/unit/test_b.py"]),
        ("deep", None, ["tests/unit/deep/test_a.py"]),
        ("e2e", None, []),
        ("unit", "tests/unit/test_b.py", ["tests/unit/test_b.py"]),
        ("unit", "tests/unit/*", ["tests/unit/deep/test_a.py", "tests/unit/test_b.py"]),
        ("unit", "tests/unit", ["tests/unit/deep/test_a.py", "tests/unit/test_b.py"]),
        ("unit", "tests/unit/", ["tests/unit/deep/test_a.py", "tests/unit/test_b.py"]),
        ("unit", "tests/integration", ["tests/integration/test_api.py"]),
        ("unit", "nowhere/*", []),
    ],
)
def test_the_files_of_a_suite(suite: str, pattern: str | None, expected: list[str]) -> None:
    assert paths(*in_suite(TESTED, suite, pattern)) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("src/a.py", "src/a.py"),
        ("./src/a.py", "src/a.py"),
        ("src//b/../a.py", "src/a.py"),
        ("/home/me/project/src/a.py", "src/a.py"),
        ("/home/me/project/../project/a.py", "a.py"),
        ("com.example.CartTest", "com.example.CartTest"),
        ("", ""),
    ],
)
def test_a_path_as_the_repository_calls_it(path: str, expected: str) -> None:
    assert repository_path(path, ROOT) == expected


@pytest.mark.parametrize(
    "path", ["/home/me/other/a.py", "/home/me/project2/a.py", "/a.py", "C:/Users/me/a.py", "//host/me/a.py"]
)
def test_a_file_from_elsewhere_keeps_only_its_name(path: str) -> None:
    found = repository_path(path, ROOT)
    folder, _, name = found.partition("/")
    assert name == "a.py"
    assert not {"home", "me", "other", "Users", "host"} & set(folder.split("-"))
    assert found == repository_path(path, Path("/elsewhere")), "the same file is called the same from everywhere"
    assert found != repository_path(f"/x{path}", ROOT), "two files of one name are two"


def test_a_root_behind_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    for form in ("real", "link"):
        assert repository_path(f"{tmp_path}/{form}/src/a.py", tmp_path / "link") == "src/a.py"


@example("/")
@example("//")
@given(st.text(st.sampled_from("/\\:?.aC é1"), max_size=8))
@example("//a/b")
@example("\\\\a\\b\\c")
@example("C:/a")
@example("C:a")
def test_absolute_is_what_is_so_on_one_of_the_systems(path: str) -> None:
    expected = PurePosixPath(path).is_absolute() or PureWindowsPath(path).is_absolute()
    assert is_absolute(path) == expected


@given(st.text(st.characters(exclude_categories=())))
def test_no_path_is_absolute_in_the_end(path: str) -> None:
    for given_as in (path, f"/{path}", f"{ROOT}/{path}"):
        found = repository_path(given_as, ROOT)
        assert not found.startswith("/")
        assert repository_path(found, ROOT) == found


def test_lists_never_grow_past_their_limit() -> None:
    own = change(".phasemetrics/phases/3/end.json", "created")
    files = (own, *(change(f"src/a{number:02}.py", "created") for number in range(LIST_LIMIT + 3)))
    found = facts(after=snapshot(files=files))["files"]["created"]
    assert [one["path"].text for one in found] == [one.path for one in files[1:51]]
    assert [one["path"].note for one in found[-2:]] == ["", f"and 3 more: git diff {'0' * 12} {'1' * 12}"]
    assert {one["path"].origin for one in found} == {Origin(f"git diff {'0' * 12} {'1' * 12}", "", "1" * 40)}


def test_kinds_of_files_and_suites() -> None:
    found = facts()
    counts = {name: value.text for name, value in found["counts"].items()}
    assert [counts[name] for name in ("created", "modified", "deleted")] == ["5", "2", "1"]
    assert [counts[name] for name in ("implementation", "tests", "examples")] == ["3", "2", "1"]
    unit, none = found["suites"]["unit"], found["suites"]["e2e"]["total"]
    assert (unit["path"].text, unit["total"].text) == ("tests/unit/test_parser.py", "137")
    alone = facts(after=replace(AFTER, tests=()))["suites"]["unit"]["total"]
    assert alone.code == "no-suite", "tests ran, and nobody knows where"
    assert (none.text, none.code, none.mend) == (None, "no-suite", 'add [suite.e2e] path = "tests/e2e/*"')
