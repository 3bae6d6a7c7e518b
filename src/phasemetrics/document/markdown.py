"""A Markdown document as lines that know what they are, and the splices that change nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING, Literal

from phasemetrics.errors import Refusal

if TYPE_CHECKING:
    from markdown_it.token import Token

LineKind = Literal["text", "heading", "fence", "header", "delimiter", "row", "html", "front", "hidden"]

# CommonMark 0.31 §2.1: only these end a line. str.splitlines() would also split at U+2028, form feed and others.
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_EOL = r"(?:\r\n|\r|\n)"
_FRONT_MATTER = re.compile(rf"---[ \t]*{_EOL}(?:.*?{_EOL})??(?:---|\.\.\.)[ \t]*(?:{_EOL}|\Z)", re.DOTALL)
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `start` and `end` are offsets into the text, without its line ending `eol`.

    `path` holds the headings above it (level 2 and deeper), `block` numbers the fence or table it stands in.
    """

    number: int
    start: int
    end: int
    eol: str
    kind: LineKind
    path: tuple[str, ...]
    block: int


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text between two offsets (LSP's TextEdit, in characters)."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Span:
    """Offsets of a piece of text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """A document that a person wrote: its `text` decoded with surrogateescape, and its lines."""

    text: str
    lines: tuple[Line, ...]

    def raw(self, line: Line) -> str:
        """Return the text of a line, without its ending."""
        return self.text[line.start : line.end]

    def column(self, line: int, offset: int) -> int:
        """Return the column of an offset in a line, counted from 1."""
        return offset - self.lines[line].start + 1

    def cells(self, line: Line) -> tuple[Span, ...]:
        """Return the cells of a table row, split as GFM §4.10 does: at every `|` without a backslash before it."""
        return tuple(_cells(self.text, line.start, line.end))

    def header(self, row: Line) -> Line | None:
        """Return the header line of the table that `row` stands in."""
        before = (self.lines[number] for number in range(row.number - 1, -1, -1))
        table = takewhile(lambda line: line.block == row.block, before)
        return next((line for line in table if line.kind == "header"), None)

    def spliced(self, edits: Iterable[Edit]) -> str:
        """Return the text with all edits made; edits may not overlap."""
        out, position = list[str](), 0
        for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
            if edit.start < position:
                raise ValueError(f"overlapping edits at {edit.start}")
            out += self.text[position : edit.start], edit.text
            position = edit.end
        return "".join([*out, self.text[position:]])


def decode(content: bytes, name: str) -> str:
    """Return the text of a document; bytes that are not UTF-8 survive the round trip through `encode`.

    Raises Refusal for UTF-16, which would have to be re-encoded as a whole.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or content[:512].count(0) * 3 > len(content[:512]):
        raise Refusal("not-utf-8", "is UTF-16", path=name, line=1, mend="save it as UTF-8")
    return content.decode("utf-8", "surrogateescape")


def encode(text: str) -> bytes:
    """Return the bytes of a document's text."""
    return text.encode("utf-8", "surrogateescape")


@lru_cache(maxsize=8)  # planning, proving and looking for claims all ask for the same few texts
def parse(text: str) -> Document:
    """Find out what each line of `text` is, with a CommonMark parser and GFM tables."""
    spans = [match.span() for match in _LINE.finditer(text, len(_BOM) if text.startswith(_BOM) else 0)]
    marks = _marks(text, len(spans))
    lines: list[Line] = []
    path: list[tuple[int, str]] = []
    for number, (start, stop) in enumerate(spans):
        end = start + len(text[start:stop].rstrip("\r\n"))
        mark = marks.get(number, _Mark("text"))
        if mark.level:
            path = [above for above in path if above[0] < mark.level]
        above = tuple(title for level, title in path if level > 1)
        lines.append(Line(number, start, end, text[end:stop], mark.kind, above, mark.block))
        if mark.level:
            path.append((mark.level, mark.title))
    return Document(text, tuple(lines))


@dataclass(frozen=True, slots=True)
class _Mark:
    kind: LineKind
    block: int = -1
    level: int = 0
    title: str = ""


def _marks(text: str, count: int) -> dict[int, _Mark]:
    """Return for each line that is not plain text what it is."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark").enable("table")
    parser.core.ruler.disable(["inline"])
    source, marks = _without_front_matter(text)
    tokens = parser.parse(source)
    for index, token in enumerate(tokens):
        if token.map is not None:
            _mark(token, tokens[index + 1] if index + 1 < len(tokens) else token, marks, index)
    return {number: mark for number, mark in marks.items() if number < count}


def _without_front_matter(text: str) -> tuple[str, dict[int, _Mark]]:
    """Blank out the BOM and the front matter, keeping the number of lines."""
    body = text.removeprefix(_BOM)
    match = _FRONT_MATTER.match(body)
    if match is None:
        return body, {}
    length = len(_LINE.findall(match[0]))
    marks = {number: _Mark("front") for number in range(length)} | {0: _Mark("hidden"), length - 1: _Mark("hidden")}
    return "\n" * length + body[match.end() :], marks


def _mark(token: Token, following: Token, marks: dict[int, _Mark], block: int) -> None:
    first, last = token.map or (0, 0)
    if token.type == "heading_open":
        for number in range(first, last):
            marks[number] = _Mark("hidden")
        # A setext heading names a section, but none of its lines is a line of a template.
        kind: LineKind = "heading" if token.markup.startswith("#") else "hidden"
        marks[first] = _Mark(kind, -1, int(token.tag[1:]), following.content)
    elif token.type == "fence":
        content = token.content.count("\n")
        for number in range(first, last):
            marks[number] = _Mark("fence" if first < number <= first + content else "hidden", block)
    elif token.type in {"code_block", "html_block"}:
        for number in range(first, last):
            marks[number] = _Mark("html" if token.type == "html_block" else "hidden", block)
    elif token.type == "table_open":
        for number in range(first, last):
            marks[number] = _Mark("row", block)
        marks[first] = _Mark("header", block)
        marks[first + 1] = _Mark("delimiter", block)


def _cells(text: str, start: int, end: int) -> Iterable[Span]:
    borders = [
        index for index in range(start, end) if text[index] == "|" and (index == start or text[index - 1] != "\\")
    ]
    edges = [start - 1, *borders, end]
    cells = [Span(left + 1, right) for left, right in pairwise(edges)]
    if len(cells) > 1 and not text[cells[0].start : cells[0].end].strip(" \t>-*+"):
        cells = cells[1:]
    if len(cells) > 1 and not text[cells[-1].start : cells[-1].end].strip():
        cells = cells[:-1]
    return cells


def same_line(one: str, other: str) -> bool:
    """Return whether two lines differ at most in blanks, which a formatter may change."""
    return "".join(one.split()) == "".join(other.split())
