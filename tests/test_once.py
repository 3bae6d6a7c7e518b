"""Words that are carried over: put where a placeholder stands, and a person's from then on."""

from __future__ import annotations

from typing import Any

from phasemetrics.document.ledger import Ledger
from phasemetrics.document.plan import Plan, plan
from phasemetrics.document.template import Template
from phasemetrics.value import Value

SOURCE = """\
## Goals
Needs: {{ carried.needs | hole("[Needs]") }}

{% for item in carried.criteria | blank(2) %}
- [ ] {{ item.text | hole("[Goal #]") }}
{% endfor %}
"""
TEMPLATE = Template("goals", SOURCE, "goals.md.j2")
BLANK = "## Goals\nNeeds: [Needs]\n\n- [ ] [Goal 1]\n- [ ] [Goal 2]\n"


def run(text: str, words: list[str], ledger: Ledger | None = None) -> Plan:
    rows: list[dict[str, Any]] = [{"text": Value(word, once=True), "aliases": ()} for word in words]
    known = {"carried": {"needs": Value(" ".join(words), once=True), "criteria": rows}}
    return plan(text, [TEMPLATE], known, ledger or Ledger())


def test_words_are_put_where_placeholders_stand_and_rows_are_added_for_more() -> None:
    filled = run(BLANK, ["fast", "small", "quiet"])
    assert filled.text == "## Goals\nNeeds: fast small quiet\n\n- [ ] fast\n- [ ] small\n- [ ] quiet\n"
    assert not run(filled.text, ["fast", "small", "quiet"], filled.ledger).changed


def test_other_words_change_nothing_any_more() -> None:
    first = run(BLANK, ["fast", "small"])
    assert not run(first.text, ["slow", "large", "loud"], first.ledger).changed
    mine = first.text.replace("fast", "very fast").replace("- [ ] small", "- [x] small")
    again = run(mine, ["slow", "large"], first.ledger)
    assert not again.changed
    assert not any(one.contradicts for one in again.fillings)
