"""Finds the places of templates in a document: which line is which, and what stands in its holes."""

from __future__ import annotations

from collections.abc import Sequence

from phasemetrics.document.folding import heading_key
from phasemetrics.document.markdown import Document, Line
from phasemetrics.document.places import Hole, Recognition, Rows
from phasemetrics.document.search import Search, path_fits
from phasemetrics.document.template import Template

_HEADING_SHARE = 0.5  # of a document's headings, or of a template's, that make the document one of its kind


def recognise(document: Document, templates: Sequence[Template]) -> Recognition:
    """Find every place of `templates` in `document`; the template it follows best is asked first."""
    likeness = {template.name: _likeness(document, template) for template in templates}
    ranked = sorted(templates, key=lambda template: -likeness[template.name])
    best = ranked[0] if ranked and likeness[ranked[0].name] >= _HEADING_SHARE else None
    # A title alone does not say whose document it is, so what stands under no heading belongs to the best one only.
    patterns = [one for template in ranked for one in template.patterns if one.path or template is best]
    search = Search(document)
    holes: list[Hole] = []
    rows: list[Rows] = []
    lines = [pattern for pattern in patterns if pattern.loop is None]
    bases = [search.base(pattern) for pattern in lines]
    for pattern, base in zip(lines, bases, strict=True):
        holes += search.line_holes(pattern, base, repeated=False)
    for pattern in patterns:
        rows += search.row_places(pattern)
    for pattern, base in zip(lines, bases, strict=True):
        while again := search.line_holes(pattern, base, repeated=True):
            holes += again
    return Recognition(best.name if best else None, tuple(holes), tuple(rows))


def _likeness(document: Document, template: Template) -> float:
    """Return how much of the headings the two share: of the document's or of the template's, whichever is more."""
    titles = [line for line in document.lines if line.kind == "heading" and not _is_title(document, line)]
    paths = [(*map(heading_key, line.path), heading_key(document.raw(line).lstrip("# \t"))) for line in titles]
    if not paths or not template.headings:
        return 0.0 if paths or template.headings else _HEADING_SHARE
    known = sum(any(path_fits(heading, path) for heading in template.headings) for path in paths)
    met = sum(any(path_fits(heading, path) for path in paths) for heading in template.headings)
    return max(known / len(paths), met / len(template.headings))


def _is_title(document: Document, line: Line) -> bool:
    return document.raw(line).lstrip().startswith("# ")
