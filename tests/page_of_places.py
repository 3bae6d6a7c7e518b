"""Writes docs/places.md: every place of every built-in template, before and after it is filled, and what fills it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from everything import everything
from phasemetrics.document.filters import Blank
from phasemetrics.document.ledger import Ledger
from phasemetrics.document.markdown import Document, parse
from phasemetrics.document.ownership import Filling
from phasemetrics.document.plan import plan
from phasemetrics.document.template import Template
from phasemetrics.scaffolding import nothing_known
from phasemetrics.settings import SUITES
from phasemetrics.templates import builtin

DOCS = Path(__file__).parents[1] / "docs"
PAGE = DOCS / "places.md"
_HEAD = """\
# Places

Every place that a built-in template knows, by kind of document and heading. The lines with `-` are how a new document
has them, the lines with `+` the same ones once filled; below stand the [names](templates.md#names) that fill them. The
phase is made up: everything in it is configured, measured and as it should be. Where something is not, its place stays
as it is and says why. What stays in brackets is for a person.

[templates.md](templates.md) says how a line is recognised, and how a team's own template adds to the list. `make docs`
writes this page.
"""
_CODE = re.compile(r"`([^`]+)`")
_SUITE = re.compile(rf"\b(suites|groups)\.(?:{'|'.join(('all', *SUITES))})\b")
_WORD = {"suites": "NAME", "groups": "SUITE"}  # what docs/templates.md writes for the name of any suite


@dataclass
class Section:
    """One heading of a new document with its lines, the same lines once filled, and the places among them."""

    title: str
    blank: list[str] = field(default_factory=list)
    filled: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    loops: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Described:
    """One row of docs/templates.md: its names, what they are (`is` …, `holds when` …), and all names of its table."""

    names: tuple[str, ...]
    says: str
    what: str
    table: set[str]


def page_of_places() -> str:
    """Return the page; raise ValueError for a place that nothing fills here, or whose name is not described."""
    described = descriptions()
    parts = [_HEAD]
    for template in builtin():
        parts.append(f"\n## {template.name}\n")
        parts += [_printed(section, described) for section in sections(template) if section.names]
    return "".join(parts)


def descriptions() -> list[Described]:
    """Return the rows of docs/templates.md that say what a name is; a heading says it of a list."""
    text = (DOCS / "templates.md").read_text(encoding="utf-8").partition("\n## Names\n")[2].partition("\n## ")[0]
    found: list[Described] = []
    for part in re.split(r"^### ", text, flags=re.MULTILINE)[1:]:
        heading, *lines = part.splitlines()
        rows = [line.strip("| ").split(" | ", 1) for line in lines if line.startswith(("| `", "| name |"))]
        table: set[str] = set()
        says = "is"
        for names, what in [heading.partition(": ")[::2], *rows]:
            says = what if names == "name" else says
            found.append(Described(tuple(_CODE.findall(names)), says, what, table))
            table.update(found[-1].names)
    return found


def sections(template: Template) -> list[Section]:
    """Return the headings of a new document of this kind, with their places."""
    known: dict[str, Any] = {**nothing_known(), "components": [Blank(1)]}
    blank = template.blank(known)
    facts = everything()
    planned = plan(blank, [template], {**facts, "components": facts["components"][:1]}, Ledger())
    before, after = parse(blank), parse(planned.text)
    found = [Section(title, lines) for title, lines in _split(before)]
    for section, (_, lines) in zip(found, _split(after), strict=True):  # a fill adds no heading
        section.filled = lines
    starts = [line.number for line in before.lines if line.kind == "heading"]
    if before.lines[0].kind != "heading":
        starts.insert(0, -1)
    for one in planned.fillings:
        section = found[sum(start < one.line for start in starts) - 1]
        section.names += [name for name in _names(template, one) if name not in section.names]
        section.loops |= {loop.name for pattern in template.patterns if (loop := pattern.loop)} & {*section.names}
    _complete(template, planned.fillings)
    return found


def _split(document: Document) -> Iterator[tuple[str, list[str]]]:
    """Yield each heading with those above it, and its lines, itself included."""
    title = "Front matter"  # nothing else stands above the title of a template
    lines: list[str] = []
    for line in document.lines:
        raw = document.raw(line)
        if line.kind == "heading":
            if lines:
                yield title, lines
            own = raw.lstrip("# ")
            title, lines = " › ".join((*line.path, own)) if not raw.startswith("# ") else "At the top", []
        lines.append(raw)
    yield title, lines


def _names(template: Template, one: Filling) -> Iterator[str]:
    """Yield the names behind a place: the loop that its row stands in, and its own."""
    for loop in (pattern.loop for pattern in template.patterns):
        if loop is not None and f"/{loop.name}/[" in f"/{one.address}":
            yield loop.name
            break
    own = re.sub(r"#\d+$", "", one.address.rpartition("/")[2])  # the second of that name on a line is `name#2`
    if not own.endswith("]") or "[here." in own:
        yield own


def _complete(template: Template, fillings: Iterable[Filling]) -> None:
    filled = {name for one in fillings if one.state == "filled" for name in _names(template, one)}
    missing = {slot.name for pattern in template.patterns for slot in pattern.slots} - filled
    if missing:
        raise ValueError(f"{template.name}: no example fills {', '.join(sorted(missing))}")


def _printed(section: Section, described: Sequence[Described]) -> str:
    diff = "\n".join(_diff(section.blank, section.filled))
    told = dict.fromkeys(_told(name, section, described) for name in section.names)
    names = "".join(f"- {line}\n" for line in told)
    return f"\n### {section.title.replace('*', '')}\n\n```diff\n{diff}\n```\n\n{names}"


def _told(name: str, section: Section, described: Sequence[Described]) -> str:
    """Return what a name is, together with those of the section that are described with it."""
    spelled = {one: _SUITE.sub(lambda found: f"{found[1]}.{_WORD[found[1]]}", one) for one in section.names}
    rows = [row for row in described if spelled[name] in row.names]
    if not rows:
        raise ValueError(f"docs/templates.md does not describe `{spelled[name]}`")
    # `file.path` is described with each list of files: with the one that stands here.
    row = max(rows, key=lambda row: len(row.table & {*spelled.values()}))
    together = ", ".join(f"`{one}`" for one in section.names if spelled[one] in row.names)
    each = " each" if "," in together else ""
    says = ":" if row.says == "is" else f"{each} {row.says}"
    return f"{'for each of ' if name in section.loops else ''}{together}{says} {row.what}"


def _diff(blank: Sequence[str], filled: Sequence[str]) -> Iterator[str]:
    for kind, first, last, start, stop in SequenceMatcher(a=blank, b=filled, autojunk=False).get_opcodes():
        if kind != "equal":
            yield from (f"-{line}" for line in blank[first:last])
            yield from (f"+{line}" for line in filled[start:stop])
