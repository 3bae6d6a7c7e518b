"""Reads the numbers of one piece: what each counts, of what, and at which end of the phase."""

from __future__ import annotations

from collections.abc import Iterator

from phasemetrics.claims.chains import Chain
from phasemetrics.claims.context import Around, Context, contexts
from phasemetrics.claims.meaning import Meaning, meaning
from phasemetrics.claims.phrasebook import Phrasebook
from phasemetrics.claims.pieces import Piece
from phasemetrics.claims.scoping import Scoping
from phasemetrics.claims.sections import Section, words_of
from phasemetrics.claims.sides import side_in_brackets, side_of
from phasemetrics.claims.statement import Scope, Side, Statement
from phasemetrics.claims.subjects import subject_of


def read(piece: Piece, section: Section, intro: Meaning, book: Phrasebook) -> Iterator[Statement]:
    """Yield the statements of one piece, from left to right."""
    head, row = meaning(words_of(piece.head), book), meaning(words_of(piece.row), book)
    around = Around(piece, section, head, row, intro, Scoping(piece, section, book))
    before: tuple[Chain, Statement] | None = None
    for number in contexts(around, book):
        told = list(_told(number, before))
        yield from told
        if told:
            before = number.chain, told[0 if number.chain.joint == "slash" else -1]


def _told(number: Context, before: tuple[Chain, Statement] | None) -> Iterator[Statement]:
    if before is not None and _follows_in_brackets(number, before[0]):
        derived = list(_derived(number, before[1]))
        if derived:
            yield from derived
            return
    subject = subject_of(number)
    if subject:
        yield from _chain(number, subject)


def _follows_in_brackets(number: Context, before: Chain) -> bool:
    between = number.around.piece.tokens[before.end : number.chain.at[0]]
    if [one.text for one in between] == ["="]:
        return True  # 7/15 = 47%
    return any(one.kind == "open" for one in between) and not any(one.kind == "close" for one in between)


def _derived(number: Context, told: Statement) -> Iterator[Statement]:
    """Yield what stands in brackets behind a number and says more of it: its share, its change, what it was."""
    phrase, chain = number.phrase, number.chain
    if phrase.families or phrase.outcome or phrase.alien or phrase.vain or chain.joint == "arrow":
        return
    # 119 of 124 new tests are not 119 of all.
    scope: tuple[Scope, str] = ("part" if told.subject == "tests.added" else told.scope, told.of)
    if chain.joint == "slash":
        if told.subject in {"tests.rate", "tests.passed"}:
            yield _statement(number, chain.at[0], "tests.passed", told.side, scope)
            yield _statement(number, chain.at[1], "tests.total", told.side, scope)
    elif number.number.percent and told.family == "tests":
        if told.subject == "tests.passed" and not number.number.sign:
            yield _statement(number, chain.at[0], "tests.rate", told.side, scope)
    elif phrase.whole and told.family == "tests" and not number.number.percent:
        yield _statement(number, chain.at[0], "tests.total", "after", number.around.scope.of(chain, "tests.added"))
    elif phrase.act and told.family == "files" and not number.number.percent:
        yield _statement(number, chain.at[0], f"files.{phrase.act}", told.side, scope)
    elif (
        told.family != "files" and number.number.percent in {told.percent, False} and (side := side_in_brackets(number))
    ):
        yield _statement(number, chain.at[0], told.subject, side, scope)


def _chain(number: Context, subject: str) -> Iterator[Statement]:
    """Yield the statements of a pair, a passage or a single number."""
    chain, side = number.chain, side_of(number, subject)
    behind = number.around.piece.tokens[chain.end : chain.end + 2]
    if chain.joint == "slash" and [one.kind for one in behind] == ["arrow", "number"]:
        side = "before"  # 14/17 → 30/31
    scope = number.around.scope.of(chain, subject)
    if chain.joint == "slash":
        part = subject if subject in {"tests.failed", "tests.skipped"} else "tests.passed"
        names = (part, "tests.total") if subject.startswith("tests.") else ()
        for position, name in zip(chain.at, names, strict=False):
            yield _statement(number, position, name, side, scope)
        return
    for position in chain.at:
        own = side if position == chain.at[-1] else "before" if position == chain.at[0] else "unknown"
        one = number.around.piece.tokens[position].number
        if subject != "tests.rate" or (one is not None and one.percent):
            yield _statement(number, position, subject, own, scope)


def _statement(number: Context, position: int, subject: str, side: Side, scope: tuple[Scope, str]) -> Statement:
    around = number.around
    token = around.piece.tokens[position]
    one = token.number or number.number
    return Statement(
        subject, side, *scope, one.value, one.high, one.relation, around.section.asked,
        around.piece.line.number + 1, token.start + 1, one.text, one.percent, of_all=around.scope.says_all(),
    )  # fmt: skip
