"""Stretches of lines that a mark asks us to write: all from `<!-- phasemetrics:trend … -->` up to its end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from phasemetrics.document.directives import Mark, bad_mark, marks_of
from phasemetrics.document.markdown import Document, Line, Span, parse

END = "<!-- phasemetrics:end -->"
_PROBE = "A paragraph."
EOL = re.compile(r"\r\n|\r|\n")
_RULE = re.compile(r":?-+:?")
_DASHES = re.compile(r"-+")


@dataclass(frozen=True, slots=True)
class Region:
    """What stands between a mark and its end: `subject` says what is wanted there.

    `span` begins after the mark, and goes up to the mark of its end; without one it is empty. `repeated`: the same is
    asked for further up.
    """

    address: str
    subject: str
    line: Line
    span: Span
    ended: bool
    repeated: bool

    def text(self, document: Document) -> str:
        """Return what stands in the region, without its first and last line ending."""
        return document.text[self.span.start : self.span.end]


def regions(document: Document) -> tuple[Region, ...]:
    """Return the regions of a document in their order; raise Refusal `bad-marker` for one that cannot be written."""
    found: list[Region] = []
    for mark, end in _pairs(document):
        span = Span(mark.line.end, end.line.start if end else mark.line.end)
        address = f"trend:{mark.section}"
        repeated = any(one.address == address for one in found)
        if document.raw(mark.line)[:1] != "<" or not _has_room(document, span, ended=end is not None):
            mend = "put it on a line of its own, blank lines around"
            raise bad_mark(mark.line, "stands inside of another block", mend)
        found.append(Region(address, mark.section, mark.line, span, end is not None, repeated))
    return tuple(found)


def _pairs(document: Document) -> Iterator[tuple[Mark, Mark | None]]:
    """Yield each mark that opens a region with the one that ends it, where there is one before the next."""
    marks = [mark for mark in marks_of(document) if mark.name in {"trend", "end"}]
    for index, mark in enumerate(marks):
        following = marks[index + 1] if index + 1 < len(marks) else None
        if mark.name == "trend":
            if not mark.section:
                raise bad_mark(mark.line, "names no metric", "write <!-- phasemetrics:trend coverage.lines -->")
            yield mark, following if following is not None and following.name == "end" else None
        elif index == 0 or marks[index - 1].name == "end":
            raise bad_mark(mark.line, "ends what was never begun", "remove it")


def _has_room(document: Document, span: Span, *, ended: bool) -> bool:
    """Return whether a paragraph put there would be one, and leave all lines around what they are.

    HTML that goes on across blank lines, or that a blank line would end, has no room for Markdown.
    """
    before, after = document.text[: span.start], document.text[span.end :]
    above = sum(line.end <= span.start for line in document.lines)
    below = sum(line.start >= span.end for line in document.lines) if ended else len(document.lines) - above
    tried = parse(f"{before}\n\n{_PROBE}\n\n{'' if ended else END}{after}")
    kinds = [line.kind for line in tried.lines]
    own = [line.kind for line in document.lines]
    return (
        kinds[:above] == own[:above]
        and kinds[above + 1] == "text"
        and kinds[len(kinds) - below :] == own[len(own) - below :]
        and (ended or kinds[above + 3] == "html")
    )


def squeezed(text: str) -> tuple[str, ...]:
    """Return the lines of a text as a formatter leaves them: without blank lines, padding, and long rules."""
    return tuple(line for raw in EOL.split(text) if (line := _squeezed(raw)))


def _squeezed(line: str) -> str:
    if not line.lstrip().startswith("|"):
        return line.strip()
    cells = [cell.strip() for cell in line.strip().split("|")]
    return "|".join(_DASHES.sub("-", cell) if _RULE.fullmatch(cell) else cell for cell in cells)
