"""The shape that two parsers of Markdown give a document, and what a reader's page would make of its text."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from phasemetrics.document import markdown

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_EXTENSIONS = ["table", "autolink", "strikethrough", "tasklist"]
_HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp", "Co", "Cn"}
# What GitHub makes of text that is no code, after the Markdown was parsed: mentions, references, emoji, formulas.
_MADE = {
    "mention": re.compile(r"(?<![\w`])@[A-Za-z0-9]"),
    "address": re.compile(r"[\w.+-]@[A-Za-z0-9]"),
    "issue": re.compile(r"(?:\bGH-|#)\d", re.IGNORECASE),
    "emoji": re.compile(r":(?:[a-z+-][a-z0-9_+-]*|100):"),
    "formula": re.compile(r"\$[^$]+\$"),
    "link": re.compile(r"(?i)\bwww\.|[a-z]://"),
}

Shape = tuple[object, ...]


def shape(text: str) -> Shape:
    """Return the blocks with their lines and all that stands in them under markdown-it, and the HTML of cmark-gfm."""
    body = without_front_matter(text)
    return (tuple(_tokens(_parser().parse(body))), tuple(_tags(body)))


def without_front_matter(text: str) -> str:
    """Return a document with blank lines in place of its front matter, as what shows Markdown leaves it out."""
    lines = markdown.parse(text).lines
    last = max((line.end + len(line.eol) for line in lines if line.kind == "front"), default=None)
    if last is None:
        return text
    closing = next(line for line in lines if line.start >= last)
    return "\n" * (closing.number + 1) + text[closing.end + len(closing.eol) :]


def made(text: str) -> Counter[str]:
    """Count what a reader's page makes of the text: by kind, and each hidden character and start of a comment."""
    found: Counter[str] = Counter()
    for token in _parser().parse(without_front_matter(text)):
        for child in token.children or ():
            if child.type == "text":
                found.update({kind: len(pattern.findall(child.content)) for kind, pattern in _MADE.items()})
    found.update(f"U+{ord(one):04X}" for one in text if unicodedata.category(one) in _HIDDEN and one != "\n")
    found["comment"] = text.count("<!--")
    return +found


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("gfm-like")
    # `setup.py` is no domain: GFM links what begins with `www.` or a scheme, and cmark-gfm does so here as well.
    assert parser.linkify is not None
    parser.linkify.set({"fuzzy_link": False})
    return parser


def _tokens(tokens: list[Token]) -> list[object]:
    """Return the tokens without their text; what is text in several pieces is one."""
    found: list[object] = []
    for token in tokens:
        kind = "text" if token.type == "text_special" else token.type
        if kind == "text" and found and found[-1] == ("text",):
            continue
        if kind == "text":
            found.append(("text",))
            continue
        links = tuple(sorted(str(value) for name, value in token.attrs.items() if name in {"href", "src", "title"}))
        found.append(
            (kind, token.tag, token.level, tuple(token.map or ()), links, tuple(_tokens(token.children or [])))
        )
    return found


def _tags(text: str) -> list[object]:
    from cmarkgfm import cmark  # type: ignore[import-untyped]

    options = cmark.Options.CMARK_OPT_UNSAFE | cmark.Options.CMARK_OPT_FOOTNOTES
    collector = _Collector()
    collector.feed(cmark.markdown_to_html_with_extensions(text, options, _EXTENSIONS))
    collector.close()
    return collector.found


class _Collector(HTMLParser):
    """Takes down every tag, comment and declaration, and no text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[object] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(f"/{tag}")

    def handle_comment(self, data: str) -> None:
        self.found.append(("comment", data))

    def handle_decl(self, decl: str) -> None:
        self.found.append(("declaration", decl))

    def unknown_decl(self, data: str) -> None:
        self.found.append(("declaration", data))

    def handle_pi(self, data: str) -> None:
        self.found.append(("instruction", data))
