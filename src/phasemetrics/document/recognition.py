"""Finds the places of templates in a document: which line is which, and what stands in its holes."""

from __future__ import annotations

from collections.abc import Sequence

from phasemetrics.document.directives import directed
from phasemetrics.document.fields import fields
from phasemetrics.document.folding import heading_key
from phasemetrics.document.frontmatter import front_matter
from phasemetrics.document.markdown import Document, Line
from phasemetrics.document.pattern import Pattern
from phasemetrics.document.places import Hole, Recognition, Rows
from phasemetrics.document.regions import regions
from phasemetrics.document.search import Paths, Search
from phasemetrics.document.sections import section_places
from phasemetrics.document.template import Template

_HEADING_SHARE = 0.5  # of a document's headings, or of a template's, that make the document one of its kind


def recognise(document: Document, templates: Sequence[Template]) -> Recognition:
    """Find every place of `templates` in `document`; the template it follows best is asked first.

    Raises Refusal `bad-marker` for a mark of ours in the document that cannot be followed.
    """
    whole, document = document, heeding(document, templates)
    headings = _headings(document)
    likeness = {template.name: _likeness(headings, template) for template in templates}
    ranked = sorted(templates, key=lambda template: -likeness[template.name])
    best = ranked[0] if ranked and likeness[ranked[0].name] >= _HEADING_SHARE else None
    # A title alone does not say whose document it is, so what stands under no heading belongs to the best one only.
    patterns = [one for template in ranked for one in template.patterns if one.path or template is best]
    search = Search(document)
    holes: list[Hole] = []
    rows: list[Rows] = []
    for section in _sections(patterns):
        rows += section_places(search, section)
    lines = [pattern for pattern in patterns if pattern.loop is None and not pattern.labelled]
    bases = [search.base(pattern) for pattern in lines]
    for pattern, base in zip(lines, bases, strict=True):
        holes += search.line_holes(pattern, base)
    for pattern in patterns:
        if pattern.loop is None and pattern.labelled:
            holes += search.labelled_holes(pattern)
        elif pattern.loop is not None and not pattern.loop.section:
            rows += search.row_places(pattern)
    for pattern, base in zip(lines, bases, strict=True):
        # A line without words of its own looks like any other: what follows the first one is no second one.
        if not pattern.wordless:
            holes += search.repeated_holes(pattern, base)
    if not front_matter(document):
        # Front matter that is not sound is left alone: `phase: [number] |` would become sound by being filled.
        holes = [hole for hole in holes if document.lines[hole.line].kind != "front"]
    taken = {hole.line for hole in holes} | {row.line.number for place in rows for row in place.rows}
    own = tuple(one for one in fields(document) if one.key.line.number not in taken)
    return Recognition(best.name if best else None, tuple(holes), tuple(rows), own, regions(whole))


def heeding(document: Document, templates: Sequence[Template]) -> Document:
    """Return the document with its lines as the marks in it say; raise Refusal for one that cannot be followed."""
    return directed(document, {one.path for template in templates for one in template.patterns if one.path})


def _sections(patterns: Sequence[Pattern]) -> list[list[Pattern]]:
    """Return the lines of every loop over sections, together."""
    loops: dict[tuple[str, int], list[Pattern]] = {}
    for pattern in patterns:
        if pattern.loop is not None and pattern.loop.section:
            loops.setdefault((pattern.template, pattern.loop.number), []).append(pattern)
    return [lines for lines in loops.values() if lines[0].kind == "heading"]


def _headings(document: Document) -> list[tuple[str, ...]]:
    """Return the paths of all headings below the title, each with its own key last."""
    titles = [line for line in document.lines if line.kind == "heading" and not _is_title(document, line)]
    return [(*map(heading_key, line.path), heading_key(document.raw(line).lstrip("# \t"))) for line in titles]


def _likeness(headings: list[tuple[str, ...]], template: Template) -> float:
    """Return how much of the headings the two share: of the document's or of the template's, whichever is more."""
    if not headings or not template.headings:
        return 0.0 if headings or template.headings else _HEADING_SHARE
    paths = Paths(headings)
    met = [paths.fitting(heading) for heading in template.headings]
    known = {path for fitting in met for path in fitting}
    return max(sum(path in known for path in headings) / len(headings), sum(map(bool, met)) / len(template.headings))


def _is_title(document: Document, line: Line) -> bool:
    return document.raw(line).lstrip().startswith("# ")
