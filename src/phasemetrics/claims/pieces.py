"""The pieces of a document that can state a number: a line of text, a heading, a line somebody drew, a cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from phasemetrics.claims.phrasebook import Phrasebook
from phasemetrics.claims.tokens import Token, tokens
from phasemetrics.document.markdown import Document, Line, Span

# What a command printed, or a document looks like: perhaps not of this phase, perhaps only an example.
_SHELLS = {"bash", "sh", "shell", "zsh", "console", "output", "log", "markdown", "md", "yaml"}
_DRAWN = {"", "text", "txt", "plaintext", *_SHELLS}
_TITLE = re.compile(r"[ 	]*\*\*[^*]+\*\*:?[ 	]*")
_LEAD = re.compile(r"[\s>│├└─┌┐┘┴┬╔║╚═]*(?:[-*+•·]\s+)*(?:\d{1,2}[.)]\s+)?(?:\[[ xX~]\]\s+|[☐☑]\s*)?")
_PLANNED = re.compile(r"[\s>│├└─]*(?:[-*+•·]\s+)*(?:\d{1,2}[.)]\s+)?(?:\[[ ~]\]|[☐❌⬜⏳🚧🎯])")
_ITEM = re.compile(r"(?:[-+•├└│]|\*(?!\*)|\d{1,3}[.)]\s|[a-z]\)\s)")
_LABEL = re.compile(r"\W*[^:：|]{1,60}[:：]")
_TAG = re.compile(r"<(?:h[1-6]|summary|b|strong|dt)\b[^>]*>(?P<text>[^<]*)", re.IGNORECASE)
_NAMES = {"word", "path", "code"}
_SHORT = 5  # tokens of a line that is a title for what follows
_LONGEST = 2000  # no line that a person wrote; the words around each number are looked at
_FILE_LABELS = ("File", "Location", "Path", "Module", "Archivo", "Fichier", "Datei", "文件", "ファイル", "파일")
_HEADING = re.compile(r"[ \t]*#+\s+[^\w`]*(?:\d+(?:\.\d+)*[.):]?\s+)?")


@dataclass(frozen=True, slots=True)
class Piece:
    """Tokens in which numbers stand.

    For a cell also its `row`'s label, the `head` above it, all `heads` of the table, and all `beside` it. `intro` is
    the line it is indented under, or that ends in a colon above it.
    """

    line: Line
    tokens: Sequence[Token]
    row: Sequence[Token] = ()
    head: Sequence[Token] = ()
    intro: Sequence[Sequence[Token]] = ()
    heads: Sequence[Token] = ()
    beside: Sequence[Token] = ()
    alone: bool = False  # a cell that stands in the column right behind the label
    file: str = ""  # the file that the heading, or a line right above it, names
    titles: bool = False  # a heading, or a line in bold that stands for one
    shown: bool = False  # in a fence that holds commands, or a row that goes on with the label above it
    planned: bool = False  # an item whose box is empty


def pieces(document: Document, book: Phrasebook) -> Iterator[Piece]:
    """Yield every piece of a document, in order; nothing of programs, HTML and comments."""
    languages = _languages(document)
    above = _Above()
    heads: dict[int, list[list[Token]]] = {}
    over: dict[int, Sequence[Sequence[Token]]] = {}
    for line in document.lines:
        raw = document.raw(line)
        if len(raw) > _LONGEST:
            continue
        if line.kind == "header":
            cells = document.cells(line)
            heads[line.block] = [tokens(document.text[one.start : one.end], book.foreign) for one in cells]
        elif line.kind == "html" and (tag := _TAG.search(raw)):
            above.take(line, raw, tokens(tag["text"], book.foreign))
        elif line.kind == "row":
            yield from _cells(document, line, book, heads.get(line.block, []), above.last)
        elif line.kind in {"text", "heading", "front"} or (line.kind == "fence" and languages[line.block] in _DRAWN):
            lead = (_HEADING if line.kind == "heading" else _LEAD).match(raw)
            found = tokens(raw, book.foreign, lead.end() if lead else 0)
            planned = line.kind != "heading" and _PLANNED.match(raw) is not None
            titles = line.kind == "heading" or _TITLE.fullmatch(raw) is not None
            intro = above.take(line, raw, found)
            if line.kind == "fence":
                intro = (*intro, *over.setdefault(line.block, above.over))
            shown = line.kind == "fence" and languages[line.block] in _SHELLS
            yield Piece(line, found, intro=intro, file=above.file, titles=titles, shown=shown, planned=planned)
            above.name(line, raw, found)


class _Above:
    """Remembers the lines that a line may be indented under, and the line with a colon above it."""

    def __init__(self) -> None:
        self._stack: list[tuple[int, list[Token]]] = []
        self.last: Sequence[Sequence[Token]] = ()
        self.over: Sequence[Sequence[Token]] = ()  # what introduces a fence
        self.file = ""
        self._before: list[Token] = []

    def name(self, line: Line, raw: str, found: Sequence[Token]) -> None:
        """Remember the file that a heading names, or a label such as `**File:** …`; a paragraph forgets it."""
        paths = [one.text for one in found if one.kind == "path"]
        labels = line.kind == "text" and raw.lstrip(" -*+>").startswith(_FILE_LABELS)
        if line.kind == "heading" or labels:
            self.file = paths[0] if len(paths) == 1 else ""
        elif raw.strip() and (paths or not raw.lstrip().startswith(("**", "-", "*", "|")) or line.kind == "fence"):
            self.file = ""

    def take(self, line: Line, raw: str, found: list[Token]) -> Sequence[Sequence[Token]]:
        colon, bold = raw.rstrip("* ").endswith((":", "：")), raw.lstrip().startswith("**")
        if line.kind != "fence" and raw.strip():
            self.over = (found,) if line.kind != "heading" and colon else ()
        if line.kind == "heading":
            self._stack, self.last, self._before = [], (), []
            return ()
        if not raw.strip():
            self._before = []
            return ()
        indent = len(raw) - len(raw.lstrip(" \t│├└─>"))
        item = _ITEM.match(raw.lstrip(" \t>")) is not None
        title = line.kind == "html" or _TITLE.fullmatch(raw) is not None
        depth = -1 if title else 2 * indent + item
        self._stack = [one for one in self._stack if one[0] < depth]
        intro = tuple(one[1] for one in self._stack)
        opens = colon or bold or len(found) <= _SHORT
        if item or opens:
            self._stack.append((depth, found))
        # A sentence may go on from the line above it.
        prose = not item and line.kind == "text" and _LABEL.match(raw) is None and not bold
        if prose and self._before:
            intro = (*intro, self._before)
        self._before = found if prose else []
        if not item:
            self.last = (found,) if opens else ()
        return intro


def _languages(document: Document) -> dict[int, str]:
    """Return by block what its first line says: for a fence, its language."""
    languages: dict[int, str] = {}
    for line in document.lines:
        if line.block not in languages:
            languages[line.block] = document.raw(line).strip(" `~>").lower()
    return languages


def _cells(
    document: Document, line: Line, book: Phrasebook, heads: Sequence[list[Token]], intro: Sequence[Sequence[Token]]
) -> Iterator[Piece]:
    raw = document.raw(line)
    found = [_cell(raw, line, one, book) for one in document.cells(line)]
    at = next((index for index, one in enumerate(found) if any(part.kind in _NAMES for part in one)), 0)
    beside = [part for one in found for part in one]
    every = [part for one in heads for part in one]
    named = any(part.kind in _NAMES for part in beside)  # then the cell at `at` is the first that has a name
    shown = not named or (at > 0 and not found[0])
    for index, cell in enumerate(found):
        head = heads[index] if index < len(heads) else []
        row = found[at] if index != at else ()
        if index == 0 and not named and len(found) > 1:
            continue  # the number of a row, or of a version, is what it is called
        above = (*intro, heads[at]) if index != at and at < len(heads) else intro
        yield Piece(line, cell, row, head, above, every, beside, alone=index == at + 1, shown=shown)


def _cell(raw: str, line: Line, span: Span, book: Phrasebook) -> list[Token]:
    return tokens(raw, book.foreign, span.start - line.start, span.end - line.start)
