"""Reports that spell one file in many ways mean one file of the repository."""

from __future__ import annotations

import subprocess
from pathlib import Path
from posixpath import normpath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phasemetrics.evidence.collecting import Evidence, collect_reports
from phasemetrics.evidence.model import Snapshot
from phasemetrics.evidence.treepaths import TreePaths

TREE = frozenset({
    "cart.go",
    "pkg/cart/cart.go",
    "src/a.py",
    "src/pkg/__init__.py",
    "tests/__init__.py",
    "vendor/src/a.py",
    "src/main/java/com/acme/Cart.java",
    "core/src/main/java/com/acme/Vat.java",
    "web/src/main/java/com/acme/Vat.java",
    "web/node_modules/left/index.js",
})  # fmt: skip


@pytest.mark.parametrize(
    ("spelled", "path"),
    [
        ("src/a.py", "src/a.py"),
        ("./src/x/../a.py", "src/a.py"),
        ("/app/src/a.py", "src/a.py"),
        ("C:/work/src/a.py", "src/a.py"),
        ("/app/./src/a.py", "src/a.py"),
        ("/elsewhere/vendor/src/a.py", "vendor/src/a.py"),
        ("com/acme/Cart.java", "src/main/java/com/acme/Cart.java"),
        ("acme/Cart.java", "src/main/java/com/acme/Cart.java"),
        ("Cart.java", "src/main/java/com/acme/Cart.java"),
        ("/home/me/old/com/acme/Cart.java", "src/main/java/com/acme/Cart.java"),
        ("github.com/acme/shop/cart.go", "cart.go"),
        ("github.com/acme/shop/pkg/cart/cart.go", "pkg/cart/cart.go"),
        ("core/com/acme/Vat.java", "core/src/main/java/com/acme/Vat.java"),
        ("web/com/acme/Vat.java", "web/src/main/java/com/acme/Vat.java"),
        ("web/node_modules/left/index.js", "web/node_modules/left/index.js"),
        # No file, or none for certain.
        ("/usr/lib/python3/site-packages/src/a.py", None),
        ("/app/node_modules/left/cart.go", None),
        ("/home/me/other/Cart.java", None),
        ("/usr/lib/other/__init__.py", None),
        ("src/b.py", None),
        ("", None),
        ("/", None),
        ("..", None),
    ],
)
def test_the_longest_ending_decides(spelled: str, path: str | None) -> None:
    assert TreePaths(TREE).find(spelled) == ([] if path is None else [path])


@pytest.mark.parametrize(("ending", "path"), [("src/a.py", "src/a.py"), ("b.py", None), ("a.py", None)])
def test_a_path_of_any_length_is_looked_up_at_once(ending: str, path: str | None) -> None:
    # With a look at each of its endings, which are half a million, this would take hours.
    assert TreePaths(TREE).find("x/" * 500_000 + ending) == ([path] if path else [])


@pytest.mark.parametrize("spelled", ["com/acme/Vat.java", "Vat.java", "__init__.py", "/x/com/acme/Vat.java"])
def test_what_fits_several_files_may_be_any_of_them(spelled: str) -> None:
    name = spelled.rpartition("/")[2]
    assert TreePaths(TREE).find(spelled) == sorted(path for path in TREE if path.endswith(f"/{name}"))


PARTS = st.lists(st.sampled_from(["a", "b", "src", "x.py", ".."]), min_size=1, max_size=4).map("/".join)


@given(PARTS, st.frozensets(PARTS, max_size=6))
def test_what_is_found_is_in_the_tree_and_ends_alike(spelled: str, tree: frozenset[str]) -> None:
    for path in TreePaths(tree).find(spelled):
        assert path in tree
        assert path.rsplit("/", 1)[-1] == normpath(spelled).rsplit("/", 1)[-1]


@given(st.frozensets(PARTS.filter(lambda path: ".." not in path), max_size=6))
def test_every_file_of_the_tree_is_itself(tree: frozenset[str]) -> None:
    known = TreePaths(tree)
    assert {path: known.find(path) for path in tree} == {path: [path] for path in tree}


def lcov(*paths: str) -> str:
    return "".join(f"TN:\nSF:{path}\nDA:1,1\nDA:2,0\nend_of_record\n" for path in paths)


def jacoco(package: str, name: str) -> str:
    lines = '<line nr="2" mi="0" ci="1" mb="0" cb="0"/><line nr="3" mi="1" ci="0" mb="0" cb="0"/>'
    return (
        f'<report name="a"><package name="{package}"><sourcefile name="{name}">{lines}</sourcefile></package></report>'
    )


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a clone without a work tree of its files: only its commit says what there is."""
    root = tmp_path / "shop"
    for path in sorted(TREE):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("x\n")
    for command in (
        ["init", "-q"],
        ["add", "-f", "."],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "a"],
    ):
        subprocess.run(["git", *command], cwd=root, check=True, capture_output=True)
    return root


def collected(root: Path, **reports: str) -> Snapshot:
    for name, text in reports.items():
        (root / name).write_text(text)
    return collect_reports(Evidence(root, {"coverage": tuple(reports)}))


def test_two_tools_two_spellings_one_file(repository: Path) -> None:
    spelled = lcov("/builds/shop/src/main/java/com/acme/Cart.java")
    snapshot = collected(repository, one=spelled, two=jacoco("com/acme", "Cart.java"))
    assert [(one.path, one.covered, one.total) for one in snapshot.coverage] == [
        ("src/main/java/com/acme/Cart.java", 2, 3)
    ]
    assert not snapshot.warnings


def test_a_file_that_fits_two_stays_apart_with_a_warning(repository: Path) -> None:
    snapshot = collected(repository, one=jacoco("com/acme", "Vat.java"), two=lcov("src/a.py"))
    assert [one.path for one in snapshot.coverage] == ["com/acme/Vat.java", "src/a.py"]
    assert [(one.code, one.path) for one in snapshot.warnings] == [("ambiguous-path", "one")]
    assert snapshot.warnings[0].message.startswith("com/acme/Vat.java may be any of several files")


def test_two_files_of_one_report_are_never_one(repository: Path) -> None:
    # The second ends like cart.go as well, and is another file all the same.
    snapshot = collected(repository, one=lcov("github.com/acme/shop/cart.go", "github.com/acme/shop/old/cart.go"))
    assert [(one.path, one.total) for one in snapshot.coverage] == [
        ("cart.go", 2),
        ("github.com/acme/shop/old/cart.go", 2),
    ]
    assert [one.code for one in snapshot.warnings] == ["ambiguous-path"]


def test_a_file_that_is_there_but_not_committed_is_itself(repository: Path) -> None:
    (repository / "new").mkdir()
    (repository / "new" / "a.py").write_text("x\n")
    snapshot = collected(repository, one=lcov("new/a.py", f"{repository}/src/a.py"))
    assert [one.path for one in snapshot.coverage] == ["new/a.py", "src/a.py"]


def test_no_place_on_another_machine_gets_into_a_snapshot(repository: Path) -> None:
    said = lcov("/home/somebody/src/a.py", "/home/somebody/vendor/x/Cart.java").replace("DA:1,1", "LF:9\nDA:1,1")
    snapshot = collected(repository, one=said)
    assert [one.path.startswith("outside-") for one in snapshot.coverage] == [True, False]
    assert "somebody" not in repr(snapshot)


def test_below_the_top_of_the_repository(repository: Path) -> None:
    snapshot = collected(repository / "src", one=jacoco("com/acme", "Cart.java"), two=lcov("/app/src/a.py", "Vat.java"))
    assert [one.path for one in snapshot.coverage] == ["Vat.java", "a.py", "main/java/com/acme/Cart.java"]


@pytest.mark.parametrize("source", ["/app", "{root}", "src", "{root}/src"])
def test_a_source_that_is_gone_leaves_the_reports_own_name(repository: Path, source: str) -> None:
    lines = '<lines><line number="1" hits="1"/></lines>'
    rows = "".join(f'<class filename="{name}">{lines}</class>' for name in ("a.py", "gone/b.py"))
    text = f"<coverage><sources><source>{source.format(root=repository)}</source></sources>{rows}</coverage>"
    found = [one.path for one in collected(repository, one=text).coverage]
    inside = {
        "{root}": ["a.py", "gone/b.py"],
        "{root}/src": ["src/a.py", "src/gone/b.py"],
        "src": ["gone/b.py", "src/a.py"],
    }
    assert found == inside.get(source, ["a.py", "gone/b.py"])


def test_without_a_repository_paths_stay_as_they_are(tmp_path: Path) -> None:
    snapshot = collected(tmp_path, one=jacoco("com/acme", "Cart.java"))
    assert [one.path for one in snapshot.coverage] == ["com/acme/Cart.java"]
