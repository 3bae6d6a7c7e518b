"""Sections that a template repeats for each component: printed and cloned by `new`, filled by `fill`, never created."""

from __future__ import annotations

from typing import Any

import pytest

from measured import AFTER, BEFORE, CONFIG
from phasemetrics.document.filters import Blank
from phasemetrics.document.ledger import Ledger
from phasemetrics.document.plan import Plan, plan
from phasemetrics.document.repeating import repeated
from phasemetrics.document.template import Template
from phasemetrics.evidence.beside import Beside
from phasemetrics.evidence.facts import facts_of
from phasemetrics.evidence.model import Phase
from phasemetrics.scaffolding import nothing_known
from phasemetrics.settings import ComponentTable
from phasemetrics.templates import builtin

SOURCE = """\
## Parts
{% for component in components | blank(2) %}
### {{ component.number | person("#") }}. {{ component.name | hole("[Part]") }}
File: `{{ component.path | hole("[path]") }}` ({{ line_counts[here.path] | hole("[n]") }} lines)

What it does: [Purpose]

{% endfor %}
## End
"""
TEMPLATE = Template("parts", SOURCE, "parts.md.j2")
SECTION = "### {}. [Part]\nFile: `[path]` ([n] lines)\n\nWhat it does: [Purpose]\n\n"
FILES = {"src/tree.py": b"a\nb\nc\n", "src/keys.py": b"a\nb", "src/mine.py": b"a\n", "src/empty.py": b""}


def components(*names: str) -> tuple[ComponentTable, ...]:
    return tuple(ComponentTable(name=name, path=f"src/{name.lower()}.py") for name in names)


def run(text: str, names: tuple[ComponentTable, ...], ledger: Ledger | None = None) -> Plan:
    config = CONFIG.model_copy(update={"component": names})
    known: dict[str, Any] = facts_of(Phase("3", BEFORE, AFTER), config, "none", Beside(blob=FILES.get))
    return plan(text, [TEMPLATE], known, ledger or Ledger())


def test_a_new_document_has_a_section_for_each_component() -> None:
    known = nothing_known()
    assert TEMPLATE.blank(known) == f"## Parts\n{SECTION.format(1)}{SECTION.format(2)}## End\n"
    known["components"] = [Blank(1)]
    assert TEMPLATE.blank(known) == f"## Parts\n{SECTION.format(1)}## End\n"


def test_each_section_gets_its_component_and_the_lines_of_its_file() -> None:
    filled = run(TEMPLATE.blank(nothing_known()), components("Tree", "Keys"))
    assert "### 1. Tree\nFile: `src/tree.py` (3 lines)\n" in filled.text
    assert "### 2. Keys\nFile: `src/keys.py` (2 lines)\n" in filled.text
    assert not run(filled.text, components("Tree", "Keys"), filled.ledger).changed


def test_a_component_is_found_again_by_its_name_wherever_it_stands() -> None:
    first = run(TEMPLATE.blank(nothing_known()), components("Tree", "Keys"))
    moved = first.text.replace("### 1. Tree", "### 7. TREE").replace("`src/tree.py`", "`src/mine.py`")
    again = run(moved, components("Keys", "Tree"), first.ledger)
    assert again.text == moved.replace("(3 lines)", "(1 lines)")
    assert {one.state for one in again.fillings} == {"agrees", "updated", "kept"}


def test_a_person_may_remark_on_a_component_in_its_heading() -> None:
    first = run(TEMPLATE.blank(nothing_known()), components("Tree", "Keys"))
    remarked = first.text.replace("### 1. Tree", "### 1. Tree (hard)").replace("(3 lines)", "([n] lines)")
    again = run(remarked, components("Keys", "Tree"), first.ledger)
    assert again.text == remarked.replace("[n]", "3")
    assert not [one for one in again.fillings if one.code == "no-section"]
    longer = run(first.text.replace("### 1. Tree", "### 1. Tree house"), components("Tree", "Keys"), first.ledger)
    assert [one.code for one in longer.fillings if one.state == "unfilled"] == ["no-section"]


def test_lines_are_counted_for_a_section_that_a_person_named() -> None:
    text = "## Parts\n### Oracle\nFile: `src/mine.py` ([n] lines)\n\n## End\n"
    filled = run(text, ())
    assert filled.text == text.replace("[n]", "1")
    lost = run(text.replace("mine", "nowhere"), ())
    assert not lost.changed
    assert "src/nowhere.py is no file at commit 333333333333" in [one.message for one in lost.fillings][-1]


def test_fill_never_adds_a_section_and_never_takes_one_away() -> None:
    text = TEMPLATE.blank(nothing_known())
    filled = run(text, components("Tree", "Keys", "Oracle"))
    assert filled.text.count("### ") == 2
    assert [one.message for one in filled.fillings if one.code == "no-section"] == ["Oracle: no section describes it"]
    fewer = run(filled.text, components("Keys"), filled.ledger)
    assert not fewer.changed
    assert "stale" in {one.state for one in fewer.fillings}


def test_a_section_that_was_renamed_by_hand_is_not_filled_a_second_time() -> None:
    first = run(TEMPLATE.blank(nothing_known()), components("Tree"))
    renamed = first.text.replace("### 1. Tree", "### 1. The tree of tokens")
    again = run(renamed, components("Tree"), first.ledger)
    assert "### 2. [Part]" in again.text
    assert "Tree: its section was renamed or taken away by hand" in [one.message for one in again.fillings]


def test_a_placeholder_section_without_a_component_says_why() -> None:
    filled = run(f"## Parts\n{SECTION.format(1)}", ())
    assert not filled.changed
    assert {(one.state, one.code) for one in filled.fillings} == {("unfilled", "not-configured")}


# A document of a team's own, repeated by `new --from`


def test_the_first_blank_section_is_cloned_for_each_component() -> None:
    text = f"# T\r\n\r\n## Parts\r\n{SECTION.format(1)}## End\r\n".replace("\r\n", "\n").replace("\n", "\r\n")
    sections = "".join(SECTION.format(number) for number in (1, 2, 3)).replace("\n", "\r\n")
    assert repeated(text, [TEMPLATE], 3) == f"# T\r\n\r\n## Parts\r\n{sections}## End\r\n"


def test_stubs_make_room_and_sections_with_words_stay() -> None:
    stub = "### {}. [Part]\n\n[Repeat structure for each part]\n\n"
    text = f"## Parts\n{SECTION.format(1)}{stub.format(2)}{stub.format(3)}## End\n"
    assert repeated(text, [TEMPLATE], 2) == f"## Parts\n{SECTION.format(1)}{SECTION.format(2)}## End\n"
    worded = f"## Parts\n{SECTION.format(1)}### 2. [Part]\n\nThis one is different.\n\n## End\n"
    assert repeated(worded, [TEMPLATE], 2) == worded
    assert repeated(worded, [TEMPLATE], 3) == worded.replace("## End", f"{SECTION.format(3)}## End")


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_is_repeated_where_one_is_enough(count: int) -> None:
    text = f"## Parts\n{SECTION.format(1)}## End\n"
    assert repeated(text, [TEMPLATE], count) == text


def test_a_section_that_somebody_wrote_is_never_cloned() -> None:
    text = f"## Parts\n{SECTION.format(1).replace('[Part]', 'Tree')}## End\n"
    assert repeated(text, [TEMPLATE], 3) == text


@pytest.mark.parametrize("kind", ["readme", "implementation-guide"])
def test_our_own_templates_repeat_theirs(kind: str) -> None:
    template = next(one for one in builtin() if one.name == kind)
    known = nothing_known()
    known["components"] = [Blank(number) for number in range(1, 5)]
    config = CONFIG.model_copy(update={"component": components("Tree", "Keys", "Mine", "Empty")})
    facts = facts_of(Phase("3", BEFORE, AFTER), config, "none", Beside(blob=FILES.get))
    filled = plan(template.blank(known), builtin(), facts, Ledger())
    assert all(f"### {number}. {one.name}\n" in filled.text for number, one in enumerate(config.component, 1))
    assert all(f"`src/{name}.py`" in filled.text for name in ("tree", "keys", "mine", "empty"))
