"""What manifests say of the packages a project needs: read as their own tools read them, or not believed at all."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from git_workshop import Workshop
from phasemetrics.errors import Refusal
from phasemetrics.evidence.model import Dependency, Warning
from phasemetrics_collectors import (
    _manifest_go,
    _manifest_npm,
    _manifest_pyproject,
    _manifest_requirements,
    git,
    manifests,
)
from phasemetrics_collectors._manifest_changes import differences
from phasemetrics_collectors._manifest_python import constraint, requirement
from phasemetrics_collectors._manifest_semver import npm_range, order
from phasemetrics_collectors._manifest_wanted import Wanted

Reader: TypeAlias = Callable[[bytes, str], Iterator[Wanted]]
GO, NPM, PYPROJECT = _manifest_go.read, _manifest_npm.read, _manifest_pyproject.read
REQUIREMENTS = _manifest_requirements.read


def read(reader: Reader, text: str | bytes) -> dict[str, str]:
    """Return the range of every name, under the list it stands in."""
    content = text.encode() if isinstance(text, str) else text
    return {f"{one.group}:{one.name}".lstrip(":"): one.spec for one in reader(content, "a/manifest")}


def refused(reader: Reader, text: str | bytes) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read(reader, text)
    assert caught.value.path == "a/manifest"
    assert str(caught.value).isprintable()
    return caught.value


# pip's files


def test_requirements_as_pip_reads_them() -> None:
    assert read(
        REQUIREMENTS,
        """\
# a comment that ends in a backslash \\
rich==13.9.4  # why it is needed
Flask [async] >= 3.0 , != 3.0.1 ; python_version < "3.13"
attrs
-r requirements/base.txt
-c constraints.txt
--index-url https://user:secret@packages.example/simple
certifi==2024.8.30 \\
    --hash=sha256:922820b53db7a7257ffbda3f597266d435245903d80737e34f8a45ff3e3230d8 \\
    --hash=sha256:bec941d2aa8195e248a60b31ff9f0558284cf01a52591ceda73ea9afffd69fd9
-e .
-e git+https://user:secret@git.example/tools.git@v2#egg=house-tools
--editable=../beside
./wheels/local-1.0-py3-none-any.whl
other-1.0-py3-none-any.whl
https://files.example/archive.zip
C:\\packages\\thing.tar.gz
pinned @ https://user:secret@files.example/pinned-1.0.tar.gz
uvloop~=0.21.0; sys_platform != "win32" \\
""",
    ) == {
        "rich": "==13.9.4",
        "Flask": ">=3.0,!=3.0.1",
        "attrs": "",
        "certifi": "==2024.8.30",
        "house-tools": "@",
        "pinned": "@",
        "uvloop": "~=0.21.0",
    }


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_requirements_that_a_shell_of_windows_wrote(encoding: str) -> None:
    assert read(REQUIREMENTS, "rich==13.9.4\r\n# größer\r\n".encode(encoding)) == {"rich": "==13.9.4"}


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("rich\n\ndjango 3.2\n", 3, "is no requirement"),
        ("rich\n<<<<<<< HEAD\n", 2, "is no requirement"),
        ("rich \\\n\nhttpx \\\n  == \\\n  x\n", 3, "is no requirement"),
        ("rich==\n", 1, "is no requirement"),
        ("rich===nightly\n", 1, "names no version"),
        ("${NAME}==1\n", 1, "is no requirement"),
        ("a" * 215 + "\n", 1, "a name of 215 characters"),
        ("rich" + ",".join(f"!={n}" for n in range(90)) + "\n", 1, "a version range of"),
        ("rich; " + "os_name == 'a' or " * 400 + "os_name == 'a'\n", 1, "is a line of"),
        ("rich; " + "(" * 1500 + "os_name == 'a'" + ")" * 1500 + "\n", 1, "is no requirement"),
        (b"rich\nlat\xe9\n", 2, "is not UTF-8"),
        (b"\xff\xfer", 1, "is not UTF-16"),
        (b"rich\0==1\n", 1, "is no requirement"),
    ],
)
def test_requirements_that_pip_would_refuse(text: str | bytes, line: int, said: str) -> None:
    error = refused(REQUIREMENTS, text)
    assert (error.code, error.line) == ("bad-manifest", line)
    assert said in error.message


def test_a_refusal_never_quotes_a_manifest() -> None:
    for text in ("x y https://user:secret@host/", "x @ https://user:secret@host/ y z"):
        assert "secret" not in str(refused(REQUIREMENTS, text))
        assert "secret" not in str(refused(PYPROJECT, f"[project]\ndependencies = [{json.dumps(text)}]"))
        assert "secret" not in str(
            refused(NPM, json.dumps({"dependencies": {"x": text.replace("/", "").replace(":", "")}}))
        )


# pyproject.toml


def test_the_tables_of_pyproject() -> None:
    found = read(
        PYPROJECT,
        """\
[build-system]
requires = ["hatchling"]
[project]
dependencies = ["httpx[http2]>=0.27", "attrs", "tool @ file:///home/somebody/tool"]
optional-dependencies = { docs = ["Sphinx<9, >=7"] }
[dependency-groups]
test = ["pytest==8.3.*", { include-group = "lint" }]
lint = ["ruff"]
[tool.uv]
dev-dependencies = ["mypy>1"]
[tool.pdm.dev-dependencies]
dev = ["tox", "-e file:///${PROJECT_ROOT}/sub#egg=sub"]
[tool.poetry.dependencies]
python = "^3.11"
requests = { version = "^2.31", extras = ["socks"] }
pendulum = [{ version = "^2", python = "<3.12" }, { version = "^3", python = ">=3.12" }]
inner = { path = "../inner" }
anything = "*"
exact = "1.2.3"
two = ">= 1.2, <2 || ^3.0"
[tool.poetry.group.dev.dependencies]
black = "~24.1"
""",
    )
    poetry = {
        "requests": "^2.31",
        "pendulum": "^3",
        "inner": "@",
        "anything": "",
        "exact": "==1.2.3",
        "two": ">=1.2,<2 || ^3.0",
    }
    assert found == {
        "project.dependencies:httpx": ">=0.27",
        "project.dependencies:attrs": "",
        "project.dependencies:tool": "@",
        "project.optional-dependencies.docs:Sphinx": ">=7,<9",
        "dependency-groups.test:pytest": "==8.3.*",
        "dependency-groups.lint:ruff": "",
        "tool.uv.dev-dependencies:mypy": ">1",
        "tool.pdm.dev-dependencies.dev:tox": "",
        **{f"tool.poetry.dependencies:{name}": spec for name, spec in poetry.items()},
        "tool.poetry.group.dev.dependencies:black": "~24.1",
    }


def test_a_pyproject_without_dependencies() -> None:
    assert read(PYPROJECT, "[tool.ruff]\nline-length = 120\n") == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[project\n", "is not TOML"),
        ("[project]\n[project]\n", "is not TOML"),
        ('[project]\ndependencies = ["a"]\ndependencies = ["b"]\n', "is not TOML"),
        ("a = " + "9" * 5000, "is not TOML"),
        ("a = " + "[" * 100_000, "nested too deeply"),
        ("a." * 200_000 + "a = 1", "a dotted key of more than 64 parts"),
        ('x = { a = """b"""", ' + "a." * 200_000 + "a = 1 }", "a dotted key of more than 64 parts"),
        ('"a".' * 100_000 + "a = 1", "a dotted key of more than 64 parts"),
        ('a = """' + '\\"""' * 100_000 + "\\", "is not TOML"),
        ("project = 1", "project is no table"),
        ("[project]\ndependencies = 'rich'", "project.dependencies is no list"),
        ("[project]\ndependencies = [1]", "project.dependencies[0] is no requirement"),
        ("[project]\ndependencies = ['a', 'b c']", "project.dependencies[1] is no requirement"),
        ("[dependency-groups]\n'\\u202e\n' = []", "is not TOML"),
        ('[dependency-groups]\n"\\u202e" = ["a b"]', "dependency-groups.\\u202e[0] is no requirement"),
        ("[tool.poetry.dependencies]\nrich = '^x'", "tool.poetry.dependencies.rich is no version range"),
        ("[tool.poetry.dependencies]\nrich = 1", "tool.poetry.dependencies.rich is no version range"),
        ("[tool.poetry.dependencies]\n'a b' = '1'", "tool.poetry.dependencies.a b is no name"),
        ("[tool.poetry.dependencies]\nrich = '1.x.y'", "names no version"),
        ("[tool.poetry.group]\ndev = 1", "tool.poetry.group.dev is no table"),
        (b"\xff", "is not UTF-8"),
    ],
)
def test_what_cannot_be_believed_of_a_pyproject(text: str | bytes, said: str) -> None:
    start = time.monotonic()
    assert said in refused(PYPROJECT, text).message
    assert time.monotonic() - start < 5


def test_dots_in_strings_and_comments_are_no_keys() -> None:
    dots = "." * 500
    strings = (f"'{dots}'", f'"{dots}\\"{dots}"', f"'''\n{dots}\n'''", f'""""{dots}""""')
    lines = [f"k{index} = {one} # {dots}" for index, one in enumerate(strings)]
    text = "\n".join([*lines, "[project]", "dependencies = ['x']"])
    assert read(PYPROJECT, text) == {"project.dependencies:x": ""}


# go.mod


def test_go_requirements() -> None:
    assert read(
        GO,
        """\
module example.com/parser // the parser

go 1.22.0
toolchain go1.22.1

require github.com/spf13/cobra v1.8.0
require (
\t"golang.org/x/text" v0.14.0 // why
\tgit.sr.ht/~sircmpwn/getopt v0.0.0-20190808004552-daaf1274538b
\tgolang.org/x/sys v0.15.0 // indirect
\tgithub.com/docker/docker v24.0.7+incompatible // indirect; for the tests
)
require ()
replace (
\tgithub.com/spf13/cobra => ../cobra
)
exclude golang.org/x/text v0.13.0
""",
    ) == {
        "require:github.com/spf13/cobra": "v1.8.0",
        "require:golang.org/x/text": "v0.14.0",
        "require:git.sr.ht/~sircmpwn/getopt": "v0.0.0-20190808004552-daaf1274538b",
        "indirect:golang.org/x/sys": "v0.15.0",
        "indirect:github.com/docker/docker": "v24.0.7+incompatible",
    }


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("module m\nrequire a.example/b\n", 2),
        ("require a.example/b master\n", 1),
        ("require a.example/b 1.0.0\n", 1),
        ("require a.example/b v1.0\n", 1),
        ("require a.example/b v1.0.0-" + "1" * 5000, 1),
        ("require a.example/`b` v1.0.0\n", 1),
        ("require -a v1.0.0\n", 1),
        ("require (\na.example/b v1.0.0\na.example/b v1.1.0\n)", 3),
        ("require (\na.example/b v1.0.0\n", 3),
        ("module m\n<<<<<<< HEAD\n", 2),
        ("require (\n>>>>>>> other\n)", 2),
        ("require " + "a" * 215 + " v1.0.0", 1),
        (b"module m\n\xff", 2),
    ],
)
def test_what_cannot_be_believed_of_a_go_mod(text: str | bytes, line: int) -> None:
    error = refused(GO, text)
    assert (error.code, error.line) == ("bad-manifest", line)


# package.json


def test_npm_requirements() -> None:
    manifest = {
        "name": "parser",
        "dependencies": {"react": "^18.2.0", "@scope/x": ">= 1.2  < 2", "exact": "4.17.21", "any": "*", "none": ""},
        "devDependencies": {"vite": "latest", "either": "^1 || ^2.0", "span": "1.0 - 2.5"},
        "peerDependencies": {"react": ">=16"},
        "optionalDependencies": {
            "a": "git+ssh://git@host.example/a.git",
            "b": "workspace:^",
            "c": "npm:other@^1",
            "d": "somebody/d#v1",
            "e": "file:../e",
            "f": "https://user:secret@host.example/f.tgz",
        },
    }
    assert read(NPM, json.dumps(manifest)) == {
        "dependencies:react": "^18.2.0",
        "dependencies:@scope/x": ">=1.2 <2",
        "dependencies:exact": "4.17.21",
        "dependencies:any": "",
        "dependencies:none": "",
        "devDependencies:vite": "latest",
        "devDependencies:either": "^1 || ^2.0",
        "devDependencies:span": "1.0 - 2.5",
        "peerDependencies:react": ">=16",
        **{f"optionalDependencies:{name}": "@" for name in "abcdef"},
    }


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "bad-json"),
        ('{"dependencies": {"a": "1", "a": "2"}}', "bad-json"),
        ('{"dependencies": [' * 50_000, "bad-json"),
        ('{"dependencies": ["a"]}', "bad-json"),
        ('{"dependencies": null}', "bad-json"),
        ('{"dependencies": {"a": 1}}', "bad-json"),
        ('{"dependencies": {"a": "\\ud800"}}', "bad-json"),
        ("[]", "bad-json"),
        ('{"dependencies": {"-": "1"}}', "bad-manifest"),
        ('{"dependencies": {"a | b": "1"}}', "bad-manifest"),
        ('{"dependencies": {"../a": "1"}}', "bad-manifest"),
        ('{"dependencies": {"a": ">=1 | x"}}', "bad-manifest"),
        ('{"dependencies": {"a": "1.2.3.4"}}', "bad-manifest"),
        ('{"dependencies": {"a": "' + "1 " * 200 + '"}}', "bad-manifest"),
        ('{"dependencies": {"' + "a" * 215 + '": "1"}}', "bad-manifest"),
    ],
)
def test_what_cannot_be_believed_of_a_package_json(text: str, code: str) -> None:
    assert refused(NPM, text).code == code


# The order of versions


VERSIONS = st.from_regex(r"(0|[1-9][0-9]?)(\.(0|[1-9][0-9]?)){0,2}((a|b|rc|\.post|\.dev)[0-9])?", fullmatch=True)
LOWER = st.sampled_from([">=", "==", "~=", "==="])


@given(VERSIONS, VERSIONS, st.sampled_from([">=", "==", "==="]))
def test_the_lower_bound_moves_with_the_version(one: str, other: str, operator: str) -> None:
    before, after = requirement(f"x{operator}{one}", ""), requirement(f"x{operator}{other}", "")
    assert before.bound is not None
    assert after.bound is not None
    assert (before.bound < after.bound) == (Version(one) < Version(other))
    (only,) = SpecifierSet(after.spec)
    assert (only.operator, only.version) == (operator, other)


@given(VERSIONS, VERSIONS)
def test_the_highest_of_several_lower_bounds_counts(one: str, other: str) -> None:
    assert requirement(f"x>={one},>={other},<1000,!=5", "").bound == (max(Version(one), Version(other)), False)


@given(st.lists(st.sampled_from(["<2", ">=1.5", "!=1.7", "==1.*", "~=1.2", ">1"]), unique=True, min_size=1))
def test_the_order_in_which_a_range_is_written_makes_no_difference(parts: list[str]) -> None:
    assert requirement(f"x{','.join(parts)}", "") == requirement(f"x {' , '.join(reversed(parts))}", "")


# The example of Semantic Versioning 2.0.0, section 11, with what stands beside it.
ORDERED = [
    "0.0.0", "0.0.1", "0.1.0", "0.10.0", "1.0.0-0", "1.0.0-1", "1.0.0-10", "1.0.0-alpha", "1.0.0-alpha.1",
    "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1", "2.0.0",
    "10.0.0",
]  # fmt: skip


@given(st.permutations(ORDERED))
def test_semantic_versions_are_ordered_as_their_standard_says(shuffled: list[str]) -> None:
    assert sorted(shuffled, key=lambda one: order(one) or ()) == ORDERED


@pytest.mark.parametrize("text", ["1.0", "01.0.0", "1.0.0.0", "v1", "x", "", "1.0.0-", "1.0.0 ", "١.0.0"])
def test_what_is_no_semantic_version(text: str) -> None:
    assert order(text) is None


# By node-semver 7.7, `semver.minVersion`.
@pytest.mark.parametrize(
    ("text", "lowest"),
    [
        ("1.2.3", "1.2.3"), ("=1.2.3", "1.2.3"), ("v1.2.3", "1.2.3"), ("^1.2", "1.2.0"), ("~1", "1.0.0"),
        ("1.x", "1.0.0"),
        (">=1.2.3 <2", "1.2.3"), (">=1 >=1.5", "1.5.0"), (">1.2", "1.3.0"), (">1", "2.0.0"), ("^3 || ^2.1", "2.1.0"),
        ("1.2.3 - 2", "1.2.3"), ("^1.0.0-beta.2", "1.0.0-beta.2"), ("~> 1.2", "1.2.0"), ("2.*", "2.0.0"),
    ],
)  # fmt: skip
def test_the_lowest_version_of_a_range_of_npm(text: str, lowest: str) -> None:
    found = npm_range(text)
    assert found is not None
    assert found[1] == (order(lowest), False)


@pytest.mark.parametrize("text", ["", "*", "x", "<2", "<=2 || 3", "* || 1", "X"])
def test_a_range_of_npm_without_a_lowest_version(text: str) -> None:
    found = npm_range(text)
    assert found is not None
    assert found[1] == ()


@pytest.mark.parametrize(
    ("text", "lowest"),
    [
        ("^1.2", "1.2"),
        ("~1.4.2", "1.4.2"),
        ("1.2.*", "1.2"),
        (">= 1.2, < 2", "1.2"),
        ("^3 | ^2.1", "2.1"),
        ("==1.0 ", "1.0"),
    ],
)
def test_the_lowest_version_of_a_constraint_of_poetry(text: str, lowest: str) -> None:
    assert constraint("x", text, "").bound == (Version(lowest), False)


# What became of a requirement

OLD, NEW = "x==1", "x==2"


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[tuple[str, str | None, str | None, str]]:
    """Compare requirements files by name, each a line of names with blanks between them."""
    ends = [
        {path: list(REQUIREMENTS("\n".join(text.split()).encode(), path)) for path, text in end.items()}
        for end in (before, after)
    ]
    return [(f"{one.status} {one.name}", one.before, one.after, one.path) for one in differences(*ends)]


@pytest.mark.parametrize(
    ("before", "after", "status"),
    [
        ("", "x", "added"),
        ("x", "", "removed"),
        ("x", "x", None),
        ("x>=1,<2", "X<2,>=1", None),
        ("zope.x_Y==1", "Zope-x.y==1", None),
        ("x>=1", "x>=1.0.1", "raised"),
        ("x>=1.9", "x>=1.10", "raised"),
        ("x==1.0rc1", "x==1.0", "raised"),
        ("x~=1.2", "x~=1.4", "raised"),
        ("x", "x>=1", "raised"),
        ("x<3", "x>=1,<3", "raised"),
        ("x>=1", "x>1", "raised"),
        ("x>=2", "x>=1", "lowered"),
        ("x>=2", "x", "lowered"),
        ("x>=1", "x>=1,<2", "changed"),
        ("x==1", "x>=1", "changed"),
        ("x<2", "x<3", "changed"),
        ("x==1", "x@file:///x", "changed"),
        ("x@file:///x", "x==1", "changed"),
    ],
)
def test_what_became_of_one_requirement(before: str, after: str, status: str | None) -> None:
    found = changed({"requirements.txt": before}, {"requirements.txt": after})
    assert [one[0].split()[0] for one in found] == ([status] if status else [])


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        # Moved, or copied, inside a project.
        ({"a.txt": OLD}, {"b.txt": OLD}, []),
        ({"a.txt": OLD, "b.txt": ""}, {"a.txt": OLD, "b.txt": OLD}, []),
        ({"a.txt": OLD}, {"a.txt": OLD, "b.txt": NEW}, []),
        ({"a.txt": OLD, "b.txt": OLD}, {"a.txt": OLD}, []),
        ({"a.txt": OLD}, {"b.txt": NEW}, [("raised x", "==1", "==2", "b.txt")]),
        # Moved from one project to another.
        ({"a.txt": OLD, "p/a.txt": ""}, {"a.txt": "", "p/a.txt": OLD}, []),
        ({"a.txt": OLD}, {"p/a.txt": OLD, "q/a.txt": NEW}, [("raised x", "==1", "==2", "q/a.txt")]),
        # Another project asks for what one asked for before.
        ({"a.txt": OLD, "p/a.txt": ""}, {"a.txt": OLD, "p/a.txt": OLD}, [("added x", None, "==1", "p/a.txt")]),
        ({"a.txt": OLD, "p/a.txt": OLD}, {"a.txt": OLD, "p/a.txt": ""}, [("removed x", "==1", None, "p/a.txt")]),
        # The lowest of several under markers.
        ({"a.txt": "x>=1;os_name=='a' x>=2"}, {"a.txt": "x>=2 x>=3"}, [("raised x", ">=1", ">=2", "a.txt")]),
    ],
)  # fmt: skip
def test_a_move_is_no_addition(
    before: dict[str, str], after: dict[str, str], expected: list[tuple[str, str | None, str | None, str]]
) -> None:
    assert changed(before, after) == expected


def go(text: str) -> dict[str, list[Wanted]]:
    return {"go.mod": list(GO(text.encode(), "go.mod"))}


def test_what_only_others_need_is_known_and_never_listed() -> None:
    indirect = go("require a.example v1.0.0 // indirect")
    assert list(differences({}, indirect)) == []
    assert list(differences(indirect, {})) == []
    assert list(differences(indirect, go("require a.example v1.0.0"))) == []
    (found,) = differences(indirect, go("require a.example v1.10.0"))
    assert found == Dependency("a.example", "raised", "v1.0.0", "v1.10.0", "go.mod")
    assert list(differences(go("require a.example v1.10.0"), indirect)) == []


PLACES = st.dictionaries(
    st.sampled_from(["a.txt", "b.txt", "p/a.txt"]),
    st.lists(st.sampled_from(["x", "x==1", "x==2", "y>=1", "y", "z<3"]), max_size=4).map(" ".join),
)


@given(PLACES, PLACES)
def test_nothing_is_added_that_was_there_and_nothing_removed_that_is(
    before: dict[str, str], after: dict[str, str]
) -> None:
    found = changed(before, after)
    assert len(set(found)) == len(found)
    assert changed(before, before) == []
    for said, old, new, path in found:
        status, name = said.split()
        folder = {other: text for other, text in before.items() if other.startswith("p/") == path.startswith("p/")}
        assert (status == "added") <= all(name not in text for text in folder.values())
        assert (status == "removed") == (new is None)
        assert (status == "added") == (old is None)


# In a repository


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path / "work")


def between(shop: Workshop, base: str, head: str) -> tuple[tuple[Dependency, ...], tuple[Warning, ...]]:
    with git.open_repository(shop.root) as repository:
        return manifests.compare(repository, base, head, git.compare(repository, base, head))


def pyproject(*dependencies: str) -> str:
    return f"[project]\nname = 'p'\ndependencies = {json.dumps(dependencies)}\n"


def test_every_ecosystem_of_a_repository(shop: Workshop) -> None:
    base = shop.commit(
        {
            "pyproject.toml": pyproject("httpx>=0.27"),
            "service/go.mod": "module m\nrequire golang.org/x/text v0.9.0\n",
            "web/package.json": '{"dependencies": {"react": "^17.0.2", "redux": "^4"}}',
        }
    )
    head = shop.commit(
        {
            "pyproject.toml": pyproject("httpx>=0.28", "redux"),
            "requirements-dev.txt": "pytest==8.3.4\n",
            "service/go.mod": "module m\nrequire golang.org/x/text v0.14.0\n",
            "web/package.json": '{"dependencies": {"react": "^18.2.0"}}',
        }
    )
    assert between(shop, base, head) == (
        (
            Dependency("httpx", "raised", ">=0.27", ">=0.28", "pyproject.toml"),
            Dependency("redux", "added", None, "", "pyproject.toml"),
            Dependency("pytest", "added", None, "==8.3.4", "requirements-dev.txt"),
            Dependency("golang.org/x/text", "raised", "v0.9.0", "v0.14.0", "service/go.mod"),
            Dependency("react", "raised", "^17.0.2", "^18.2.0", "web/package.json"),
            Dependency("redux", "removed", "^4", None, "web/package.json"),
        ),
        (),
    )
    assert between(shop, base, base) == ((), ())


def test_a_manifest_that_did_not_change_counts_too(shop: Workshop) -> None:
    base = shop.commit({"requirements.txt": "rich==13.9.4\n", "pyproject.toml": pyproject()})
    head = shop.commit({"pyproject.toml": pyproject("rich")})
    assert between(shop, base, head) == ((), ())


def test_a_project_that_moved_has_added_nothing(shop: Workshop) -> None:
    base = shop.commit({"old/pyproject.toml": pyproject("rich>=13", "httpx")})
    (shop.root / "new").mkdir()
    shop.git("mv", "old/pyproject.toml", "new/pyproject.toml")
    head = shop.commit({"new/pyproject.toml": pyproject("rich>=14", "httpx")})
    assert between(shop, base, head)[0] == (Dependency("rich", "raised", ">=13", ">=14", "new/pyproject.toml"),)


def test_what_is_not_the_projects_own_is_not_read(shop: Workshop) -> None:
    base = shop.commit()
    foreign = ("node_modules/x", "vendor/x", ".venv/lib", "a/site-packages/x", "tests/fixtures/x", "pkg/testdata")
    head = shop.commit(
        {
            **{f"{folder}/package.json": '{"dependencies": {"left-pad": "1.0.0"}}' for folder in foreign},
            "docs/requirements.md": "rich\n",
            "my-requirements.txt": "rich\n",
            "Package.json": "{}",
        }
    )
    assert between(shop, base, head) == ((), ())


@pytest.mark.parametrize("bad_end", ["base", "head", "both"])
def test_of_a_folder_with_a_manifest_that_cannot_be_read_nothing_is_said(shop: Workshop, bad_end: str) -> None:
    bad, good = "rich==1\n<<<<<<< HEAD\n", "rich==1\n"
    base = shop.commit(
        {"requirements.txt": good if bad_end == "head" else bad, "a/package.json": "{}", "pyproject.toml": pyproject()}
    )
    head = shop.commit(
        {
            "requirements.txt": good if bad_end == "base" else bad,
            "a/package.json": '{"dependencies": {"react": "^18"}}',
            "pyproject.toml": pyproject("httpx"),
        }
    )
    found, (doubt,) = between(shop, base, head)
    assert found == (Dependency("react", "added", None, "^18", "a/package.json"),)
    assert (doubt.code, doubt.path) == ("bad-manifest", "requirements.txt")
    assert f"at {(head if bad_end == 'head' else base)[:12]}, line 2: is no requirement" in doubt.message


def test_what_setup_py_may_have_said_is_not_called_new(shop: Workshop) -> None:
    base = shop.commit({"setup.py": "from setuptools import setup\nsetup(install_requires=['rich'])\n"})
    head = shop.commit({"pyproject.toml": pyproject("rich"), "web/package.json": '{"dependencies": {"a": "1.0.0"}}'})
    found, (doubt,) = between(shop, base, head)
    assert [one.name for one in found] == ["a"]
    assert (doubt.code, doubt.path) == ("bad-manifest", "pyproject.toml")
    assert "setup.py" in doubt.message


def test_manifests_that_are_no_files_or_too_large(shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    base = shop.commit({"a": "1"})
    (shop.root / "requirements.txt").symlink_to("/etc/passwd")
    monkeypatch.setattr(manifests, "_LIMIT", 100)
    monkeypatch.setattr(manifests, "_MOST_REQUIREMENTS", 3)
    head = shop.commit(
        {"one/requirements.txt": "#" * 101, "two/requirements.txt": "a\nb\nc\nd\n", "e/package.json": ""}
    )
    found, doubts = between(shop, base, head)
    assert found == ()
    said = {one.path: one.message for one in doubts if one.code == "bad-manifest"}
    assert sorted(said) == ["one/requirements.txt", "requirements.txt", "two/requirements.txt"]
    assert "is not a regular file" in said["requirements.txt"]
    assert "is 101 bytes, the limit is 100" in said["one/requirements.txt"]
    assert "more than 3 requirements" in said["two/requirements.txt"]


def test_a_repository_with_too_many_manifests_is_not_compared(shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifests, "_MOST_MANIFESTS", 3)
    base = shop.commit()
    head = shop.commit({f"{name}/requirements.txt": "rich\n" for name in "abcd"})
    found, (doubt,) = between(shop, base, head)
    assert (found, doubt.code, doubt.path) == ((), "bad-manifest", "")


BYTES = st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
PIECES = st.lists(
    st.sampled_from([
        "[project]", "dependencies", " = ", "[", "]", '"rich>=1"', "\n", "{", "}", ":", ",", "rich", "==", "1.2", "^",
        "~",
        "require ", "(", ")", "v1.2.3", "//", " indirect", "-r ", "-e ", "#egg=", "\\\n", "*",
        "[tool.poetry.dependencies]",
        '"', "'", "\u202e", "\0", "||", "@", " ", ";",
    ]),
    max_size=30,
).map(lambda pieces: "".join(pieces).encode())  # fmt: skip


@pytest.mark.parametrize("reader", [GO, NPM, PYPROJECT, REQUIREMENTS], ids=["go", "npm", "pyproject", "requirements"])
@given(content=BYTES | PIECES)
def test_anything_is_read_or_refused(reader: Reader, content: bytes) -> None:
    try:
        found = list(reader(content, "a/manifest"))
    except Refusal as error:
        assert (error.code in {"bad-manifest", "bad-json"}, str(error).isprintable()) == (True, True)  # noqa: PT017
    else:
        for one in found:
            assert one.name.isascii()
            assert one.name.isprintable()
            assert one.spec.isascii()
            assert one.spec.isprintable()
            assert not {"`", "<!--", "\n", "/"} & set(one.spec)
