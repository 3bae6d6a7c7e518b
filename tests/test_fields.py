"""Fields of front matter: filled in place, brought up to date, left to a person, put back byte for byte."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measured import AFTER, BEFORE, FILES, LATER, change, facts, snapshot
from phasemetrics.document.ledger import Ledger, dumps, loads
from phasemetrics.document.markdown import decode, encode
from phasemetrics.document.plan import Plan, plan
from phasemetrics.document.resetting import plan_reset
from phasemetrics.evidence.changes import without_papers
from phasemetrics.templates import builtin

NONE = snapshot(files=())
MANY = snapshot(files=tuple(change(f"src/m{number:02}.py", "created") for number in range(25)))
FACTS: dict[str, dict[str, Any]] = {
    "after": facts(), "later": facts(BEFORE, LATER), "none": facts(BEFORE, NONE), "many": facts(BEFORE, MANY),
    "no base": facts(BEFORE, snapshot(passed=99)),
}  # fmt: skip
CREATED = (
    "internal/cache/tree.py internal/cache/tree_key.py tests/unit/test_tree.py examples/incremental.py "
    "docs/incremental.md"
)
MODIFIED = "internal/parser/core.py tests/unit/test_parser.py"
FLOW = {"created": f"[{', '.join(CREATED.split())}]", "modified": f"[{', '.join(MODIFIED.split())}]"}


def fill(text: str, which: str = "after", ledger: Ledger | None = None) -> Plan:
    return plan(text, builtin(), FACTS[which], ledger or Ledger())


def of_lists(created: str, modified: str = "  modified: []", more: str = "") -> str:
    return (
        f'---\nphase: 03-cache\n# files\nkey-files:\n{created}\n{modified}\nkey-decisions:\n  - "x"\n{more}---\n\n# T\n'
    )


@pytest.mark.parametrize(
    "blank",
    [
        "[]", "[important files created]", "[ list of files ]", "[path/to/file]", '["path/to/file.ts"]',
        "[file1, file2]", "[TBD]", "[...]", "TBD", "~", "null", "…", "<files>", '"[files]"', "[created]",
        "[files to be added]",
    ],
)  # fmt: skip
def test_a_placeholder_on_the_line_of_its_key_becomes_a_list_in_brackets(blank: str) -> None:
    text = of_lists(f"  created: {blank}  # the new ones")
    done = fill(text)
    assert done.text == of_lists(f"  created: {FLOW['created']}  # the new ones", f"  modified: {FLOW['modified']}")
    assert plan_reset(done.text, builtin(), done.ledger).text == text


@pytest.mark.parametrize(
    ("blank", "indent"),
    [
        ("  created:", "    "), ("  created:  ", "    "), ("  created:\n    - [path]", "    "),
        ("  created:\n  - path", "  "),
        ('  created:\n      - "[path/to/file]"', "      "), ("  created:\n    - path/to/file.ts", "    "),
        ("  created:\n    - [important files created]", "    "), ("  created:\n    - TBD", "    "),
        ("  created:\n    - {file-path}", "    "), ("  created:\n    - <path>", "    "),
    ],
)  # fmt: skip
@pytest.mark.parametrize("comment", ["", "  # new"])
def test_an_empty_value_and_an_item_become_items_at_their_indentation(blank: str, indent: str, comment: str) -> None:
    head, *rest = blank.split("\n")
    text = of_lists("\n".join([head + comment, *rest]))
    done = fill(text)
    items = "".join(f"\n{indent}- {path}" for path in CREATED.split())
    assert done.text == of_lists(f"{head}{comment}{items}", f"  modified: {FLOW['modified']}")
    assert plan_reset(done.text, builtin(), done.ledger).text == text


@pytest.mark.parametrize(
    "persons",
    [
        "[src/a.ts, package.json]", "[Makefile]", "[LICENSE]", "none", "[none]", "[src/a.ts]", "\n    - src/a.ts",
        "\n    - src/a.ts (the [path] of it)", "\n    - path: path/to/file\n      provides: x",
        "\n    - path\n    - src/a.ts",
        "\n    - path  # one\n    # two\n    - path", "{a: b}", "|\n    [files]", "[[id].tsx]", "[app/[slug]/page.tsx]",
        "[my list.md]",
    ],
)  # fmt: skip
def test_what_a_person_wrote_is_no_placeholder(persons: str) -> None:
    done = fill(of_lists(f"  created: {persons}", "  modified: [src/b.ts]"))
    assert not done.changed
    assert not done.ledger.entries


def test_an_empty_list_beside_a_persons_says_that_there_are_none() -> None:
    done = fill(of_lists("  created: []", "  modified:\n    - src/b.ts"))
    assert not done.changed
    (said,) = (one for one in done.fillings if one.address.startswith("front matter"))
    assert (said.state, said.code, said.line, said.column, said.contradicts) == ("kept", "says-none", 5, 12, False)
    assert fill(of_lists("  created: []", "  modified: [a.ts]"), "no base").fillings == ()
    asked = fill(of_lists("  created: [files]", "  modified:\n    - src/b.ts"))
    assert FLOW["created"] in asked.text
    assert not [one for one in fill(of_lists("  created: []", "  modified: [a.ts]"), "none").fillings if one.code]


def test_the_list_is_cut_and_a_message_says_how_many_more_there_are() -> None:
    done = fill(of_lists("  created: []"), "many")
    assert done.text.count("src/m") == 20
    (said,) = (one for one in done.fillings if one.address.endswith("key_files.created"))
    assert (said.state, said.code) == ("filled", "more-files")
    assert re.fullmatch(r"and 5 more: git diff 0{12} 1{12}", said.message)
    again = fill(done.text, "many", done.ledger)
    assert [one.code for one in again.fillings if one.address == said.address] == ["more-files"]
    assert not again.changed


def test_code_comes_first_and_the_documents_own_papers_not_at_all() -> None:
    files = (
        *FILES, change(".planning/STATE.md", "modified"), change(".planning/phases/3/3-SUMMARY.md", "created"),
        change(".phasemetrics/phases/3/baseline.json", "created"), change("a b.py", "created"),
        change("README.md", "modified"),
    )  # fmt: skip
    known = facts(BEFORE, snapshot(files=files))
    text = of_lists("  created: []")

    def listed(document: str) -> str:
        return plan(text, builtin(), without_papers(known, document), Ledger()).text

    inside = listed(".planning/phases/3/3-SUMMARY.md")
    assert '  created: [internal/cache/tree.py, internal/cache/tree_key.py, "a b.py", tests/unit/test_tree.py' in inside
    assert ".planning" not in inside
    assert ".phasemetrics" not in inside
    beside = listed("README.md")
    assert "README.md" not in beside
    assert ".planning/STATE.md" in beside


NUMBERS = {
    "tests": "147", "tests_passed": "146", "tests-failed": "0", "coverage": "84.6%", "files": "8", "files_created": "5",
    "files-modified": "2", "files_deleted": "1", "lines_added": "557", "lines_removed": "152", "Tests_Total": "147",
}  # fmt: skip


@pytest.mark.parametrize(
    "blank", ["", " ", " [N]", " [count]", " TBD", " XX%", " ~", " ?", " [XX]%", ' "[N]"', " 'X'", "   —"]
)
@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_of_metrics_are_filled_in_their_quotes(name: str, blank: str) -> None:
    text = f"---\nmetrics:\n  duration: [time]\n  {name}:{blank}   # measured\n  tasks: [N]\n---\n"
    done = fill(text)
    quote = blank.strip()[:1] if '"' in blank or "'" in blank else ""
    assert re.search(rf"\n  {name}: +{quote}{NUMBERS[name]}{quote} +# measured\n", done.text)
    assert [line for line in done.text.splitlines() if "[" in line] == ["  duration: [time]", "  tasks: [N]"]
    assert plan_reset(done.text, builtin(), done.ledger).text == text


@pytest.mark.parametrize("persons", ["12", "~40", "[3]", "none", "12 of 14", "[1, 2]", "n/a"])
def test_a_persons_number_is_left_to_those_who_check_claims(persons: str) -> None:
    done = fill(f"---\nmetrics:\n  tests: {persons}\n---\n")
    assert not done.changed
    assert done.fillings == ()


def test_without_evidence_a_field_says_why_and_stays() -> None:
    done = fill(of_lists("  created: []", "  modified:", "metrics:\n  tests: [N]\n  lines_added: [N]\n"), "no base")
    assert {one.address.rpartition("/")[2]: (one.state, one.code) for one in done.fillings} == {
        "key_files.created": ("unfilled", "no-base"), "key_files.modified": ("unfilled", "no-base"),
        "after.tests.total": ("filled", ""), "lines.added": ("unfilled", "no-base"),
    }  # fmt: skip
    first = fill(of_lists("  created: []"))
    stale = fill(first.text, "no base", first.ledger)
    assert not stale.changed
    assert {one.state for one in stale.fillings} == {"stale"}


def test_a_list_of_which_one_item_is_a_persons_is_theirs() -> None:
    first = fill(of_lists("  created:", "  modified: []", "metrics:\n  tests: [N]\n"))
    mine = first.text.replace("    - docs/incremental.md\n", "    - docs/incremental.md\n    - src/mine.py\n")
    mine = mine.replace("tests: 147", "tests: 150")
    later = fill(mine, "none", first.ledger)
    assert later.text == mine.replace(FLOW["modified"], "[]")
    said = {one.address.rpartition("/")[2]: one for one in later.fillings}
    assert (said["key_files.created"].state, said["key_files.created"].contradicts) == ("kept", False)
    assert (said["after.tests.total"].state, said["after.tests.total"].contradicts) == ("kept", True)
    back = plan_reset(later.text, builtin(), later.ledger)
    assert "src/mine.py" in back.text
    assert "modified: []" in back.text
    assert not back.ledger.entries


@pytest.mark.parametrize(
    "comment", ["    - internal/cache/tree.py  # the heart", "    # the heart\n    - internal/cache/tree.py"]
)
def test_a_comment_among_the_items_is_a_persons(comment: str) -> None:
    first = fill(of_lists("  created:"))
    mine = first.text.replace("    - internal/cache/tree.py", comment)
    assert fill(mine, "none", first.ledger).text == mine.replace(FLOW["modified"], "[]")


def test_what_a_formatter_changed_stays_ours() -> None:
    text = of_lists("  created:", "  modified: [files]", 'metrics:\n  tests: "[N]"\n')
    first = fill(text)
    formatted = re.sub(r"(?m)^    - (\S+)", r"  - '\1'", first.text).replace('"147"', "'147'")
    formatted = formatted.replace(FLOW["modified"], f"[\n    {MODIFIED.replace(' ', ',  ')},\n  ]")
    assert not fill(formatted, "after", first.ledger).changed
    later = fill(formatted, "later", first.ledger)
    assert "  - internal/cache/evict.py\n" in later.text
    assert "tests: '152'" in later.text
    assert plan_reset(later.text, builtin(), later.ledger).text == text.replace('"[N]"', '"[N]"')


def test_line_endings_that_git_changed_are_no_edit() -> None:
    text = of_lists("  created:\n    - path", "  modified:")
    first = fill(text)
    windows = first.text.replace("\n", "\r\n")
    later = fill(windows, "later", first.ledger)
    assert "evict.py\r\n" in later.text
    assert not re.search(r"(?<!\r)\n", later.text)
    assert plan_reset(later.text, builtin(), later.ledger).text == text.replace("\n", "\r\n")


def test_a_place_that_became_malformed_is_said_to_be_lost() -> None:
    first = fill(of_lists("  created: []"))
    broken = first.text.replace("phase: 03-cache", "phase: [03-cache")
    later = fill(broken, "later", first.ledger)
    assert not later.changed
    assert {one.code for one in later.fillings} == {"lost-place"}
    assert later.ledger == first.ledger


def test_a_line_that_a_template_describes_is_the_templates() -> None:
    from phasemetrics.document.template import Template

    source = '---\nmetrics:\n  tests: {{ after.tests.passed | hole("[N]") }}\n---\n\n# T\n'
    done = plan("---\nmetrics:\n  tests: [N]\n---\n\n# T\n", [Template("own", source, "own")], facts(), Ledger())
    assert "tests: 14" in done.text
    assert len(done.fillings) == 1


STATES = {
    "created": [": []", ": [important files created]", ":", ":\n    - [path]", ":\n  - path/to/x", ": TBD",
                ": [src/x.ts]", ":\n    - src/x.ts", ":  # c", ":  # c\n    - path", ": []  # c"],
    "tests": [": [N]", ":", ': "TBD"', ": 12", ": X  # c"],
}  # fmt: skip
EXTRA = [
    "tags: [a, 'b']",
    "# a comment",
    "",
    "key: |\n  text: [",
    'said: "it: [x"',
    "list:\n- one\n- two: 3",
    "ünï: ✅",
]
documents = st.builds(
    lambda extra, created, modified, tests, end, eol, bom: (bom + "\n".join([
        "---", *extra, "key_files:", f"  created{created}", f"  modified{modified}", "metrics:", f"  tests{tests}",
        *end, "---", "", "# Title", "", "Words caf\udce9", "",
    ])).replace("\n", eol),
    st.lists(st.sampled_from(EXTRA), unique=True, max_size=4), st.sampled_from(STATES["created"]),
    st.sampled_from(STATES["created"]), st.sampled_from(STATES["tests"]),
    st.sampled_from([[], ["  duration: 5m"], ["other: x"]]), st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["", "\ufeff"]),
)  # fmt: skip


@given(documents, st.lists(st.sampled_from(sorted(FACTS)), min_size=1, max_size=4))
def test_the_laws(text: str, names: list[str]) -> None:
    assert decode(encode(text), "t") == text
    done = fill(text, names[0])
    for name in names[1:]:
        done = fill(done.text, name, done.ledger)
    again = fill(done.text, names[-1], done.ledger)
    assert (again.text, again.ledger) == (done.text, done.ledger)
    assert loads(dumps(done.ledger), "ledger") == done.ledger
    if "no base" not in names:  # then what stood before stays
        assert fill(text, names[-1]).text == done.text
    back = plan_reset(done.text, builtin(), done.ledger)
    assert back.text == text
    assert not back.ledger.entries
    kept, now = (frame(one) for one in (text, done.text))
    assert kept == now


def frame(text: str) -> list[str]:
    """Return a document without its lists and its number, every other byte of it."""
    eol = r"(?:\r\n|\r|\n)"
    text = re.sub(
        rf"({eol} *(?:created|modified):)(?: *(?:\[[^\]]*\]|TBD))?((?: *# c)?)(?:{eol} +- [^\r\n]*)*", r"\1\2", text
    )
    return re.split(f"({eol})", re.sub(r"(tests:)(?: *(?:\[N\]|\"?TBD\"?|X\b|\"?\d+\"?))?", r"\1", text))


def test_the_evidence_of_these_tests_is_what_they_say() -> None:
    assert [one.path for one in AFTER.files or () if one.status == "modified"] == MODIFIED.split()
    assert sorted(one.path for one in AFTER.files or () if one.status == "created") == sorted(CREATED.split())


def test_front_matter_that_is_not_sound_is_not_made_sound_by_a_fill() -> None:
    text = (
        "---\nphase: [number] |\nkey-files:\n  created: [files that are new]\n---\n\n"
        "# Phase [number]: [Name] Summary\n\n"
        "## What Was Measured\n- Tests: [count] passed → [count] passed\n"
    )
    filled = fill(text)
    assert filled.text != text  # the rest of it is filled
    assert filled.text.split("---")[1] == text.split("---")[1]
    assert not fill(filled.text, ledger=filled.ledger).changed
