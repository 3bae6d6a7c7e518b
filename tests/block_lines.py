"""What each line of a document is to other parsers of Markdown, taken from the positions that their HTML gives."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_PLACE = re.compile(r"(\d+):(\d+)-(\d+):(\d+)")
_HEADINGS = {f"h{level}" for level in range(1, 7)}

Kinds = dict[int, str]  # `heading`, `code`, `header`, `delimiter` or `row` by the number of the line, from 0


def by_cmark(text: str) -> Kinds:
    """Return what cmark-gfm takes each line for."""
    from cmarkgfm import cmark  # type: ignore[import-untyped]

    # HTML of the document is left out, or it would be read as if it were of the page.
    return _kinds(cmark.markdown_to_html_with_extensions(text, cmark.Options.CMARK_OPT_SOURCEPOS, ["table"]))


def by_comrak(text: str) -> Kinds:
    """Return what comrak takes each line for."""
    import comrak

    shown, more = comrak.RenderOptions(), comrak.ExtensionOptions()
    shown.sourcepos = more.table = True
    return _kinds(comrak.render_markdown(text, extension_options=more, render_options=shown))


def _kinds(page: str) -> Kinds:
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.found


class _Reader(HTMLParser):
    """Takes down the lines of each block that says where it stands."""

    def __init__(self) -> None:
        super().__init__()
        self.found: Kinds = {}
        self._in_head = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_head = tag == "thead" or (self._in_head and tag != "tbody")
        place = _PLACE.fullmatch(dict(attrs).get("data-sourcepos") or "")
        if place is None:
            return
        first, _, last, column = map(int, place.groups())
        lines = range(first - 1, last if column else last - 1)  # cmark ends some blocks before the next line begins
        if tag in _HEADINGS or tag == "pre":
            self.found |= dict.fromkeys(lines, "code" if tag == "pre" else "heading")
        elif tag == "tr":
            self.found |= {first - 1: "header", first: "delimiter"} if self._in_head else {first - 1: "row"}
