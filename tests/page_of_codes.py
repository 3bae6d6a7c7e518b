"""Writes the tables of docs/exit-codes.md from the explanations that `phasemetrics explain` prints."""

from __future__ import annotations

import re
from pathlib import Path

from phasemetrics.explaining import Explanation, Section, sections

PAGE = Path(__file__).parents[1] / "docs" / "exit-codes.md"
_HEAD = ("| code | when | mend |", "|---|---|---|")
_OTHER_PAGE = re.compile(r"`docs/([a-z-]+\.md)`")


def page_of_codes() -> str:
    """Return the page with its tables written again; its prose is kept. Raises ValueError for a table without place."""
    text = PAGE.read_text(encoding="utf-8")
    for section in sections():
        place = re.compile(rf"(?<=\n## {re.escape(section.title)}\n)(?P<prose>(?:(?!\||#).*\n)*)(?:\|.*\n)*")
        if place.search(text) is None:
            raise ValueError(f"{PAGE.name} has no heading {section.title!r}")
        text = place.sub(lambda found, own=section: found["prose"] + _table(own), text, count=1)  # type: ignore[misc]
    return text


def _table(section: Section) -> str:
    return "".join(f"{line}\n" for line in (*_HEAD, *map(_row, (*section.also, *section.explanations))))


def _row(one: Explanation) -> str:
    return f"| `{one.code}` | {_cell(one.when)} | {_cell(one.mend)} |"


def _cell(text: str) -> str:
    return _OTHER_PAGE.sub(r"[\1](\1)", text.replace("|", "\\|"))
