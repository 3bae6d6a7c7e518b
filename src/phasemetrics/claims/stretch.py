"""The numbers in a stretch of a line that speaks of one metric: at which end of the phase each of them stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from phasemetrics.claims.context import Around, Context, contexts
from phasemetrics.claims.meaning import meaning
from phasemetrics.claims.metricnames import Named
from phasemetrics.claims.phrasebook import Phrasebook
from phasemetrics.claims.quantities import base_unit
from phasemetrics.claims.sections import words_of
from phasemetrics.claims.sides import ENDS, side_in_brackets, side_of
from phasemetrics.claims.statement import Side, Statement
from phasemetrics.claims.tokens import Token

_UNKNOWN: tuple[Side, ...] = ("unknown",)
_STOPS = {"break", "number", "arrow", "dash", "close"}


@dataclass(frozen=True, slots=True)
class Stretch:
    """What speaks of one metric: `units` by the offsets of the numbers, `unit` of those that have none.

    `narrow`: what stands around the stretch narrows all of its numbers.
    """

    named: Named
    around: Around
    units: Mapping[int, str]
    unit: str
    narrow: bool

    @property
    def tokens(self) -> Sequence[Token]:
        """The tokens of the stretch."""
        return self.around.piece.tokens


def states(stretch: Stretch, book: Phrasebook) -> Iterator[Statement]:
    """Yield what a stretch states of its metric, from left to right.

    Two numbers side by side without a word that tells them apart, as in a table drawn with blanks, may be of any end.
    """
    reader = _Reader(stretch, book)
    told = list(reader.read())
    for one in told:
        yield replace(one, side="unknown") if reader.bare and one.side != "target" else one


def narrows(token: Token, named: Named, book: Phrasebook) -> bool:
    """Return whether a token may name a part of what a metric is measured on."""
    if token.kind != "word":
        return token.kind in {"path", "code", "folder"}
    return token.text not in named.plain and not book.knows(token.text)


class _Reader:
    """Reads the numbers of one stretch; `bare`: two of them stand side by side without a word."""

    def __init__(self, stretch: Stretch, book: Phrasebook) -> None:
        self.stretch = stretch
        self.book = book
        self.bare = False
        self._silent = meaning((), book)
        around = stretch.around
        self._column: Side | None = ENDS.get(around.head.time or around.scope.end()) if around.piece.row else None

    def read(self) -> Iterator[Statement]:
        first, end = None, 0
        for number in contexts(self.stretch.around, self.book):
            slash = number.chain.joint == "slash"
            if slash and first is None:
                return  # a part and its whole: the metric may be either
            kind = "" if slash or number.ordinal else self._kind(number)
            if not kind:
                continue
            sides = self._first(number, kind) if first is None else self._more(number, kind, end)
            if sides is None:
                return
            for position, side in zip(number.chain.at, sides, strict=False):
                yield self._statement(number, position, side, end)
            if sides:
                first, end = number, number.chain.end

    def _kind(self, number: Context) -> str:
        """Return whether a number is a `value` of the metric or a `change`; empty where it counts something else."""
        units = self.stretch.named.units
        base = base_unit(self._unit(number, number.chain.at[-1]))
        own = base is not None and (units is None or base in units)
        if self._says_change(number, own):
            share = base == "ratio" or (base == "point" and (units is None or "ratio" in units))
            return "change" if own or share else ""
        return "value" if own else ""

    def _says_change(self, number: Context, own: bool) -> bool:
        if number.number.sign in {"+", "-", "−"} or self._column == "change":
            return True
        if number.chain.joint or self._then(number):
            return False
        # `6% improvement` of a percentage; but `95% confidence` is no change of a time.
        return "change" in {number.phrase.time, number.label.time} or (own and number.phrase.vain)

    def _first(self, number: Context, kind: str) -> tuple[Side, ...]:
        """Return the sides of the first number, or of the numbers that are joined to it."""
        if kind == "change":
            return ("change",)
        side = self._column or side_of(number, "metric")
        said = self._behind(number)
        length = len(number.chain.at)
        if length > 1:
            if self.stretch.tokens[number.chain.at[0] + 1].text == "vs":
                other: Side = "before" if said == "after" else "after"
                return _UNKNOWN * length if said is None or length > 2 else (other, said)
            last: Side = "after" if side == "before" else side
            return ("before", last) if length == 2 else (*_UNKNOWN * (length - 1), last)
        if side == "after" and self._column is None:
            side = "before" if self._then(number) else said or side
        return (side,)

    def _more(self, number: Context, kind: str, end: int) -> tuple[Side, ...] | None:
        """Return the sides of a later number: none where it says nothing, None where something else begins."""
        between = self.stretch.tokens[end : number.chain.at[0]]
        inside = any(one.kind == "open" for one in between) and not any(one.kind == "close" for one in between)
        if kind == "change":
            return ("change",)
        if number.chain.joint:
            return () if inside else None
        if number.number.bound:
            return ("target",)
        if inside:
            side = side_in_brackets(number)
            return (side,) if side else ()
        side = "before" if self._then(number) else ENDS.get(number.label.time) or self._behind(number)
        if side is None and number.label == number.phrase == self._silent:
            self.bare = True
            return ("unknown",)
        return (side,) if side else None

    def _behind(self, number: Context) -> Side | None:
        """Return the side that the words behind a number say: `15 ms before`, `15 ms (baseline)`."""
        tokens = self.stretch.tokens[number.chain.end :]
        words = number.phrase
        if tokens and tokens[0].kind == "open":
            words = meaning(words_of(list(_clause(tokens))), self.book)
        side = ENDS.get(words.time)
        return None if side == "change" else side

    def _then(self, number: Context) -> bool:
        """Return whether the word right before a number says what was: `down from 15 ms`."""
        position = number.chain.at[0]
        word = self.stretch.tokens[position - 1].text if position else ""
        return "then" in self.book.roles_of(word)

    def _unit(self, number: Context, position: int) -> str:
        """Return the unit of a number: its own, else that of the last that it is joined to, else that of its column."""
        places = (self.stretch.tokens[at].start for at in (position, number.chain.at[-1]))
        return next((self.stretch.units[at] for at in places if at in self.stretch.units), self.stretch.unit)

    def _statement(self, number: Context, position: int, side: Side, end: int) -> Statement:
        around, tokens = self.stretch.around, self.stretch.tokens
        token = tokens[position]
        one = token.number or number.number
        unit = self._unit(number, position)
        near = (*tokens[end : number.chain.at[0]], *_clause(tokens[number.chain.end :]))
        narrow = self.stretch.narrow or any(narrows(part, self.stretch.named, self.book) for part in near)
        return Statement(
            f"metric:{self.stretch.named.name}", side, "part" if narrow else "whole", "", one.value, one.high,
            one.relation, around.section.asked, around.piece.line.number + 1, token.start + 1, one.text, unit == "%",
            "" if unit == "%" else unit,
        )  # fmt: skip


def _clause(tokens: Sequence[Token]) -> Iterator[Token]:
    """Yield what stands right behind a number and says more of it, also in brackets that hold no number."""
    if tokens and tokens[0].kind == "open":
        inside = list(takewhile(lambda one: one.kind != "close", tokens[1:]))
        yield from () if any(one.kind == "number" for one in inside) else inside
        return
    yield from takewhile(lambda one: one.kind not in _STOPS and one.kind != "open", tokens)
