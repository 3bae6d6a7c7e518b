"""Says of what a number is stated: of the whole, of one file, or of a part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise, takewhile

from phasemetrics.claims.chains import Chain
from phasemetrics.claims.phrasebook import Phrasebook
from phasemetrics.claims.pieces import Piece
from phasemetrics.claims.sections import Section
from phasemetrics.claims.statement import Scope
from phasemetrics.claims.tokens import UNIT, Token

_MARKS = {"open", "close", "colon", "dash", "break", "slash", "number", "arrow"}


class Scoping:
    """What stands around the numbers of one piece, and narrows them."""

    def __init__(self, piece: Piece, section: Section, book: Phrasebook) -> None:
        self.piece = piece
        self.section = section
        self.book = book
        around = (piece.tokens, piece.row, piece.head, *piece.intro)
        numbered = bool(piece.head) and not any(one.kind == "word" for one in piece.head)  # a version, a run
        self.narrow = piece.shown or numbered or any(self._narrows(one) for one in around)

    def of(self, chain: Chain, subject: str) -> tuple[Scope, str]:
        """Return the scope of a number, and the path that it is about."""
        path = self._path(chain)
        if path is not None:
            # Beside a coverage the lines of a file are those that can be covered.
            near = (*self.section.meaning.families, *self.book.of(one.text for one in self.piece.heads))
            counted = bool(self.piece.row) and subject.startswith("lines.") and "coverage" in near
            return ("file", path) if path and not counted else ("part", "")
        if subject == "coverage" and not self.narrow and self.section.whole and not self._mixed(subject):
            return "whole", self._counted_by()
        return ("part" if self.narrow or not self.section.whole or self._mixed(subject) else "whole"), ""

    def _counted_by(self) -> str:
        """Return what a coverage counts where it says so: two that count differently do not contradict each other."""
        words = {one.text for part in (self.piece.tokens, self.piece.row, self.piece.head) for one in part}
        roles = self.book.of(words)
        lines = "lines" in roles or words & {"line", "ligne", "línea", "zeile"}
        return "statements" if words & {"statement", "statements"} else "lines" if lines else ""

    def says_all(self) -> bool:
        """Return whether a word says that a number is of all: `Total tests`, `all 45 tests`."""
        words = (one.text for part in (self.piece.tokens, self.piece.row, self.piece.head) for one in part)
        return "whole" in self.book.of(words)

    def near_path(self, chain: Chain) -> bool:
        """Return whether a path stands before a number, or names its row: then no files are counted."""
        return any(one.kind == "path" for one in (*self.piece.tokens[: chain.at[0]], *self.piece.row))

    def end(self) -> str:
        """Return the end of the phase that a column is about whose head names a phase; empty where it names none."""
        phases = [one.text for one in self._phases(self.piece.head)]
        if len(phases) != 1 or not self.section.phase.isdigit():
            return ""
        if phases[0] == self.section.phase:
            return "after"
        return "before" if _next(phases[0]) == self.section.phase else "unknown"

    def _path(self, chain: Chain) -> str | None:
        """Return the one path a number belongs to, None where no path is near, and nothing where it is not certain."""
        before = self.piece.tokens[: chain.at[0]]
        paths = [index for index, one in enumerate(before) if one.kind == "path"]
        rows = [one for one in self.piece.row if one.kind == "path"]
        if not paths:
            later = any(one.kind == "path" for one in self.piece.tokens)
            words = [one for one in self.piece.row if one.kind != "path" and self._unknown(one)]
            beside = {one.text for one in self.piece.beside if one.kind == "path"}
            if rows or later or beside:
                return rows[0].text if len(beside) == len(rows) == 1 and not words and not later else ""
            return self.piece.file if self.piece.file and not any(map(self._unknown, self.piece.tokens)) else None
        between = before[paths[-1] + 1 :]
        joined = len(paths) == 1 and all(one.kind in _MARKS or self._counts(one) for one in between)
        joined = joined and not any(map(self._unknown, self._behind(chain)))
        # In a tree that somebody drew only blanks stand between them.
        drawn = self.piece.line.kind == "fence"
        if not joined or not (drawn or any(one.kind in {"open", "colon", "dash"} for one in between)):
            return ""
        above = [one.text for part in self.piece.intro for one in part if one.kind == "folder"] if drawn else []
        return "".join((*above, before[paths[-1]].text))

    def _behind(self, chain: Chain) -> Iterator[Token]:
        """Yield what stands behind a number up to the end of its bracket, or of what is said with a comma."""
        ends = {"break", "close", "open"}
        yield from takewhile(lambda one: one.kind not in ends, self.piece.tokens[chain.end :])

    def _counts(self, token: Token) -> bool:
        roles = self.book.roles_of(token.text)
        return bool(roles & {"tests", "lines", "coverage", "passed", "neutral", "whole"})

    def _narrows(self, tokens: Sequence[Token]) -> bool:
        # `Phase 3: 12 tests` are those of the phase, whichever it is.
        label = len(tokens) > 2 and tokens[0].text == "phase" and tokens[2].kind in {"colon", "dash"}
        phases = [one for one in self._phases(tokens) if label or one.text != self.section.phase]
        return bool(phases and tokens is not self.piece.head) or any(map(self._unknown, tokens)) or self._named(tokens)

    def _named(self, tokens: Sequence[Token]) -> bool:
        """Return whether a number names what follows, as in `Test 1: 600 passed`."""
        triples = zip(tokens, tokens[1:], tokens[2:], strict=False)
        return any(
            "not ordinals" in self.book.roles_of(word.text)
            and word.text != "phase"
            and number.kind == "number"
            and mark.kind in {"colon", "dash"}
            for word, number, mark in triples
        )

    def _unknown(self, token: Token) -> bool:
        if token.kind != "word":
            return token.kind in {"path", "code", "folder"}
        return token.text != UNIT and not self.book.knows(token.text)

    @staticmethod
    def _phases(tokens: Sequence[Token]) -> list[Token]:
        return [after for word, after in pairwise(tokens) if word.text == "phase" and after.kind == "number"]

    def _mixed(self, subject: str) -> bool:
        """Return whether words of another count stand beside a number: test files are not all files."""
        words = [
            one.text for part in (self.piece.tokens, self.piece.row, self.piece.head, self.piece.beside) for one in part
        ]
        roles = self.book.of(words)
        family = subject.partition(".")[0]
        head = self.book.of(one.text for one in self.piece.head) & {"tests", "coverage", "files", "lines"}
        if head and family not in head:
            return True
        if family == "files":
            return bool(roles & {"tests", "passed"}) or not roles & {"created", "modified", "deleted", "changed"}
        if family == "lines":
            return bool(roles & {"tests", "passed", "coverage"})
        if family == "tests":
            return "files" in roles or (subject != "tests.added" and bool(roles & {"created", "modified", "deleted"}))
        return bool(roles & {"created", "modified", "changed", "deleted"})


def _next(phase: str) -> str:
    return str(int(phase) + 1) if phase.isdigit() else ""
