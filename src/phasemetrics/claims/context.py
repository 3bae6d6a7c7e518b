"""The words around one number, or around numbers that are joined: behind it, before it, above it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from phasemetrics.claims.chains import Chain, chains
from phasemetrics.claims.meaning import Meaning, meaning
from phasemetrics.claims.phrasebook import Phrasebook
from phasemetrics.claims.pieces import Piece
from phasemetrics.claims.scoping import Scoping
from phasemetrics.claims.sections import Section, words_of
from phasemetrics.claims.tokens import Number, Token

_STOPS = {
    "across", "in", "for", "on", "from", "with", "by", "to", "covering", "that", "which", "per", "vs", "of", "at",
    "using", "under", "between", "within", "out", "de", "des", "du", "para", "en", "dans", "pour", "sur", "con", "avec",
    "und", "and", "but", "の", "を", "が", "は", "に", "で",
}  # fmt: skip
_LONGEST = 6  # words of a phrase


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a whole piece: the `head` of its column, the label of its `row`, its `intro`, its section."""

    piece: Piece
    section: Section
    head: Meaning
    row: Meaning
    intro: Meaning
    scope: Scoping


@dataclass(frozen=True, slots=True)
class Context:
    """One chain of numbers: the `phrase` behind it, the `label` before it, and the `mark` between label and number.

    `ordinal`: it only counts on from the word before it, `Phase 3`. `foreign`: the numbers before it on the line count
    something else, as in `196 steps passed, 0 failed`. `file`: a path stands right before it.
    """

    around: Around
    chain: Chain
    number: Number
    phrase: Meaning
    label: Meaning
    mark: str
    ordinal: bool
    foreign: bool
    file: bool


def contexts(around: Around, book: Phrasebook) -> Iterator[Context]:
    """Yield the numbers of a piece with the words around them, from left to right."""
    tokens = around.piece.tokens
    foreign = False
    for chain in chains(tokens):
        number = tokens[chain.at[-1]].number
        if number is None:
            continue
        phrase = meaning(_right(tokens, chain.end), book)
        left, mark = _left(tokens, chain.at[0])
        if not left and not mark and (phrase.act or phrase.outcome):
            left = _opening(tokens)  # Files: 5 created, 10 modified
        label = meaning(words_of(left), book)
        if mark == "open" and (number.percent or not left):  # Coverage: 190/350 lines (54%)
            outer = meaning(words_of([*_opening(tokens), *left]), book)
            label = replace(outer, time=label.time or outer.time)
        foreign = foreign or (phrase.alien and bool(phrase.outcome))
        before = tokens[chain.at[0] - 1] if chain.at[0] else None
        ordinal = before is not None and "not ordinals" in book.roles_of(before.text)
        near = [
            one for one in tokens[max(0, chain.at[0] - 2) : chain.at[0]] if one.kind not in {"colon", "dash", "open"}
        ]
        after = tokens[chain.end] if chain.end < len(tokens) else None
        file = bool(near) and near[-1].kind == "path" and (after is None or after.kind != "word")
        yield Context(around, chain, number, phrase, label, mark, ordinal, foreign, file)


def _right(tokens: Sequence[Token], position: int) -> list[str]:
    """Return the words right behind a number, as far as they belong to it."""
    words: list[str] = []
    for token in tokens[position:]:
        if token.kind != "word" or token.text in _STOPS or len(words) == _LONGEST:
            # 22個のテスト: here the particle joins the number to its noun.
            if token.text == "の" and len(words) <= 1:
                continue
            break
        words.append(token.text)
    return words


def _opening(tokens: Sequence[Token]) -> list[Token]:
    """Return the label that a line begins with."""
    at = next((index for index, one in enumerate(tokens) if one.kind in {"colon", "number"}), 0)
    return list(tokens[:at]) if at and tokens[at].kind == "colon" else []


def _left(tokens: Sequence[Token], position: int) -> tuple[list[Token], str]:
    """Return the tokens before a number back to the last break, and the mark that stands between them."""
    found: list[Token] = []
    mark = ""
    for token in reversed(tokens[:position]):
        if token.kind in {"break", "number", "slash", "close"}:
            break
        if token.kind in {"colon", "dash", "open", "arrow"}:
            if mark and found:
                break
            mark = mark or token.kind
            continue
        found.append(token)
    return found[::-1], mark
