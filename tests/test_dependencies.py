"""The dependencies that a phase added or raised, from the manifests in git to the rows of a document."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_workshop import Workshop
from measured import AFTER, BEFORE, CONFIG, LATER, facts
from phasemetrics.document.ledger import Ledger
from phasemetrics.document.plan import Plan, plan
from phasemetrics.escaping import visible
from phasemetrics.evidence.collecting import Evidence
from phasemetrics.evidence.facts import facts_of
from phasemetrics.evidence.measuring import measure
from phasemetrics.evidence.model import Dependency, Phase, Snapshot, Warning
from phasemetrics.evidence.side import git_origin
from phasemetrics.evidence.snapshot import dumps, loads
from phasemetrics.templates import builtin
from phasemetrics.value import Value

ORIGIN = git_origin(AFTER)
UNREAD = Warning("bad-manifest", "go.mod", "at 0123456789ab, line 2: is no directive of a go.mod file")


def having(*dependencies: Dependency, warnings: tuple[Warning, ...] = ()) -> Snapshot:
    return replace(AFTER, dependencies=dependencies, warnings=warnings)


def rows(snapshot: Snapshot | None, name: str = "added") -> list[dict[str, Any]]:
    found = facts(BEFORE, snapshot)["dependencies"][name]
    assert isinstance(found, list)
    return found


def added(name: str, spec: str, path: str = "pyproject.toml") -> Dependency:
    return Dependency(name, "added", None, spec, path)


def absent(value: object, code: str, *words: str) -> None:
    assert isinstance(value, Value)
    assert (value.text, value.code) == (None, code)
    assert [word for word in words if word not in f"{value.reason}; {value.mend}"] == []


# The facts


@pytest.mark.parametrize(
    ("path", "spec", "pinned", "minimum"),
    [
        ("pyproject.toml", "==13.9.4", "==13.9.4", "== 13.9.4"),
        ("pyproject.toml", ">=0.28", ">=0.28", ">= 0.28"),
        ("pyproject.toml", "~=1.4,!=1.4.3", "~=1.4,!=1.4.3", "~= 1.4, != 1.4.3"),
        ("requirements-dev.txt", ">=3,<4", ">=3,<4", ">= 3, < 4"),
        ("requirements.txt", "===1.0", "===1.0", "=== 1.0"),
        ("pyproject.toml", "<3", "<3", "< 3"),
        ("pyproject.toml", "^1.2", "^1.2", "^1.2"),
        ("pyproject.toml", ">=1,<2 || ^3", ">=1,<2 || ^3", ">= 1, < 2 || ^3"),
        ("a/go.mod", "v1.2.3", "@v1.2.3", ">= v1.2.3"),
        ("package.json", "^18.2.0", "@^18.2.0", "^18.2.0"),
        ("package.json", ">=1.2 <2", "@>=1.2 <2", ">= 1.2 < 2"),
        ("package.json", "4.17.21", "@4.17.21", "4.17.21"),
        ("package.json", "latest", "@latest", "latest"),
    ],
)
def test_a_version_is_shown_as_the_manifest_has_it(path: str, spec: str, pinned: str, minimum: str) -> None:
    (row,) = rows(having(added("x", spec, path)))
    assert row == {
        "name": Value("x", ORIGIN),
        "aliases": (),
        "pinned": Value(pinned, ORIGIN),
        "minimum": Value(minimum, ORIGIN),
        "path": Value(path, ORIGIN),
    }


@pytest.mark.parametrize(("spec", "words"), [("", ("any version", "name a version in")), ("@", ("from a place",))])
def test_no_version_is_made_up(spec: str, words: Sequence[str]) -> None:
    (row,) = rows(having(added("attrs", spec)))
    assert row["name"].text == "attrs"
    for name in ("pinned", "minimum"):
        absent(row[name], "no-version", "pyproject.toml", "attrs", *words)


def test_what_was_only_raised_is_required_and_not_added() -> None:
    assert [row["name"].text for row in rows(AFTER)] == ["attrs", "rich"]
    assert [row["name"].text for row in rows(AFTER, "required")] == ["attrs", "httpx", "rich"]
    other = [Dependency("x", status, ">=2", ">=1", "a.txt") for status in ("lowered", "changed")]
    assert facts(BEFORE, having(*other, Dependency("y", "removed", "", None, "a.txt")))["dependencies"] == {
        "added": [],
        "required": [],
    }


def test_a_name_that_several_manifests_give_is_one_row() -> None:
    found = rows(
        having(
            added("Rich", "", "pyproject.toml"),
            added("rich", "==13.9.4", "tools/requirements.txt"),
            added("rich", "==13.9.4", "requirements.txt"),
            added("zope.interface", ">=6"),
            added("zope_interface", ">=6", "requirements.txt"),
        )
    )
    assert [(row["name"].text, row["pinned"].text, row["path"].text) for row in found] == [
        ("rich", "==13.9.4", "requirements.txt"),
        ("zope.interface", ">=6", "pyproject.toml"),
    ]
    assert found[0]["name"].note == "tools/requirements.txt asks for it too; pyproject.toml asks for it too"


def test_a_list_ends_at_fifty_and_says_how_many_it_leaves_out() -> None:
    found = rows(having(*(added(f"x{number:03}", "==1") for number in range(53))))
    assert len(found) == 50
    assert [row["name"].note for row in found if row["name"].note] == [f"and 3 more: {ORIGIN.path}"]


def test_why_there_is_no_list() -> None:
    for name in ("added", "required"):
        absent(facts(BEFORE, None)["dependencies"][name], "no-evidence", "phasemetrics fill")
        absent(facts(BEFORE, Snapshot())["dependencies"][name], "no-base", "--base")
        # A snapshot of before dependencies were compared.
        absent(facts(BEFORE, replace(AFTER, dependencies=None))["dependencies"][name], "no-evidence", "not compared")
        assert facts(BEFORE, having())["dependencies"][name] == []


def test_a_manifest_that_could_not_be_read_is_not_an_empty_one() -> None:
    for name in ("added", "required"):
        absent(facts(BEFORE, having(warnings=(UNREAD,)))["dependencies"][name], "bad-manifest", "go.mod")
        everything = replace(UNREAD, path="")
        absent(facts(BEFORE, having(warnings=(everything,)))["dependencies"][name], "bad-manifest", "the manifests")
    (row,) = rows(having(added("rich", "==1"), warnings=(UNREAD,)))
    assert row["name"].note == "go.mod could not be read"


@given(st.lists(st.builds(
    Dependency,
    st.text(st.characters(exclude_categories=()), max_size=20),
    st.sampled_from(["added", "raised"]),
    st.none(),
    st.none() | st.text(st.characters(exclude_categories=()), max_size=20),
    st.text(st.characters(exclude_categories=()), max_size=20) | st.sampled_from(["a/go.mod", "package.json"]),
), max_size=5))  # fmt: skip
def test_whatever_a_stored_snapshot_says_can_be_printed(dependencies: list[Dependency]) -> None:
    for row in rows(having(*dependencies), "required"):
        for value in (row[name] for name in ("name", "pinned", "minimum", "path")):
            if value.text is None:
                assert visible(value.reason, 1000) == value.reason
            else:
                assert visible(value.text, 1000) == value.text
            assert visible(value.note, 1000) == value.note


# From git to a document


SECTION = """\
# Phase 3: Incremental parser

## Dependencies

### New Dependencies Added

```txt
# Added in Phase [X]
[package-name]==[version]  # Purpose: [description]
[package-name]==[version]  # Purpose: [description]
```

### Version Requirements

| Dependency | Required Version | Why |
|------------|-----------------|-----|
| [Package 1] | >= [version] | [Reason/feature needed] |
| [Package 2] | >= [version] | [Reason/feature needed] |
"""


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path / "work")


def measured(shop: Workshop, base: str) -> Snapshot:
    snapshot = measure(Evidence(shop.root, base=base)).snapshot
    assert loads(dumps(snapshot), "end.json") == snapshot
    return snapshot


def fill(text: str, ledger: Ledger, snapshot: Snapshot | None) -> Plan:
    return plan(text, builtin(), facts_of(Phase("3", None, snapshot), CONFIG, "none"), ledger)


def lines(text: str) -> list[str]:
    """Return the lines that name a dependency, and the header of the table; how far a comment is moved is not ours."""
    return [re.sub("  +", "  ", line) for line in text.splitlines() if "# Purpose" in line or line.startswith("| ")]


def test_a_document_is_filled_from_two_commits(shop: Workshop) -> None:
    first, last = "['httpx>=0.27', 'requests']", "['httpx>=0.28', 'rich==13.9.4']"
    base = shop.commit({"pyproject.toml": f"[project]\ndependencies = {first}\n"})
    shop.commit({
        "pyproject.toml": f"[project]\ndependencies = {last}\n[dependency-groups]\ndev = ['ruff']\n",
        "web/package.json": json.dumps({"dependencies": {"@scope/left-pad": "^1.3.0"}}),
    })  # fmt: skip
    snapshot = measured(shop, base)
    assert snapshot.warnings == ()
    filled = fill(SECTION, Ledger(), snapshot)
    assert lines(filled.text) == [
        "@scope/left-pad@^1.3.0  # Purpose: [description]",
        "rich==13.9.4  # Purpose: [description]",
        "ruff==[version]  # Purpose: [description]",
        "| Dependency | Required Version | Why |",
        "| ＠scope/left-pad | ^1.3.0 | [Reason/feature needed] |",
        "| httpx | >= 0.28 | [Reason/feature needed] |",
        "| rich | == 13.9.4 | [Reason/feature needed] |",
        "| ruff | >= [version] | [Reason/feature needed] |",
    ]
    again = fill(filled.text, filled.ledger, snapshot)
    assert not again.changed
    assert {(one.old, one.code) for one in again.fillings if one.state == "unfilled"} == {
        ("==[version]", "no-version"),
        (">= [version]", "no-version"),
    }


def test_a_purpose_that_a_person_wrote_survives_another_version(shop: Workshop) -> None:
    base = shop.commit({"requirements.txt": "attrs\n"})
    shop.commit({"requirements.txt": "attrs\nrich==13.9.4\nhttpx>=0.28\n"})
    first = fill(SECTION, Ledger(), measured(shop, base))
    text = re.sub("(rich.*Purpose:).*", r"\1 colours", first.text)
    shop.commit({"requirements.txt": "attrs\nrich==14.0.0\nhttpx>=0.28\nty\n"})
    later = fill(text, first.ledger, measured(shop, base))
    assert lines(later.text)[:3] == [
        "httpx>=0.28  # Purpose: [description]",
        "rich==14.0.0  # Purpose: colours",
        "ty==[version]  # Purpose: [description]",
    ]
    assert not fill(later.text, later.ledger, measured(shop, base)).changed


def test_nothing_new_leaves_the_placeholders(shop: Workshop) -> None:
    base = shop.commit({"requirements.txt": "rich==13.9.4\n", "a": "1"})
    shop.commit({"a": "2"})
    snapshot = measured(shop, base)
    assert snapshot.dependencies == ()
    assert lines(fill(SECTION, Ledger(), snapshot).text) == lines(SECTION)


def test_a_manifest_after_a_bad_merge_is_a_warning_and_fills_nothing(shop: Workshop) -> None:
    base = shop.commit({"requirements.txt": "rich==13.9.4\n"})
    shop.commit({"requirements.txt": "<<<<<<< HEAD\nrich==14\n=======\nrich==15\n>>>>>>> other\n"})
    snapshot = measured(shop, base)
    (doubt,) = snapshot.warnings
    assert (doubt.code, doubt.path) == ("bad-manifest", "requirements.txt")
    filled = fill(SECTION, Ledger(), snapshot)
    assert lines(filled.text) == lines(SECTION)
    assert "bad-manifest" in {one.code for one in filled.fillings if one.state == "unfilled"}


# Characters that a version may begin with can stand in a name: the two are still told apart.
@pytest.mark.parametrize("name", ["git.sr.ht/~sircmpwn/getopt", "gopkg.in/yaml.v3", "github.com/a-b/c_d"])
def test_the_name_of_a_module_is_read_back_whole(shop: Workshop, name: str) -> None:
    base = shop.commit()
    shop.commit({"go.mod": f"module m\nrequire {name} v1.0.0-rc.1\n"})
    filled = fill(SECTION, Ledger(), measured(shop, base))
    assert f"{name}@v1.0.0-rc.1  # Purpose: [description]" in lines(filled.text)
    assert f"| {name} | >= v1.0.0-rc.1 | [Reason/feature needed] |" in lines(filled.text)
    again = fill(filled.text, filled.ledger, measured(shop, base))
    rows_of = [one for one in again.fillings if "/dependencies." in one.address]
    assert {one.state for one in rows_of if "no-more" not in one.code} == {"agrees"}


def test_the_snapshots_of_the_tests_differ_in_what_they_require() -> None:
    assert [row["pinned"].text for row in rows(LATER)] == [">=3,<4", "==14.0.0"]
