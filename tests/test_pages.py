"""docs/places.md, held against the templates themselves: it is made by filling them, which could leave one out."""

from __future__ import annotations

import re

import pytest

from page_of_places import PAGE
from phasemetrics.document.template import Template
from phasemetrics.templates import builtin

HOLE = re.compile(r"\{\{[^}]*?\| (?:hole|gate|person|label)\((?P<quote>[\"'])(?P<text>.*?)(?P=quote).*?\}\}")
PLACE = re.compile(r"\| (?:hole|gate)\(")


def section(kind: str) -> str:
    _, found, rest = PAGE.read_text(encoding="utf-8").partition(f"\n## {kind}\n")
    assert found
    return rest.partition("\n## ")[0]


@pytest.mark.parametrize("template", builtin(), ids=lambda one: one.name)
def test_every_line_with_a_place_stands_on_the_page_as_in_a_new_document(template: Template) -> None:
    shown = section(template.name).splitlines()
    lines = [line for line in template.source.splitlines() if PLACE.search(line)]
    assert len(lines) == len(template.patterns)
    for line in lines:
        blank = HOLE.sub(lambda found: found["text"].replace("#", "1"), line)
        assert f"-{blank}" in shown


@pytest.mark.parametrize("template", builtin(), ids=lambda one: one.name)
def test_every_name_that_fills_a_place_is_described_on_the_page(template: Template) -> None:
    told = [line for line in section(template.name).splitlines() if line.startswith(("- `", "- for each of `"))]
    described = {name for line in told for name in re.findall(r"`([^`]+)`", line)}
    assert {slot.name for pattern in template.patterns for slot in pattern.slots} <= described
