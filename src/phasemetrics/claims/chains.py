"""Numbers that stand for one thing: a pair of a part and its whole, a passage from one value to the next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from phasemetrics.claims.tokens import Number, Token


@dataclass(frozen=True, slots=True)
class Chain:
    """Numbers that stand for one thing: `45/47` (a pair), `78% → 81%` (a passage); positions of their tokens."""

    at: tuple[int, ...]
    joint: str  # "", "slash" or "arrow"

    @property
    def end(self) -> int:
        """The position after the last number."""
        return self.at[-1] + 1


def chains(tokens: Sequence[Token]) -> Iterator[Chain]:
    """Yield the numbers of a line, those that are joined together."""
    position = 0
    while position < len(tokens):
        if tokens[position].kind != "number":
            position += 1
            continue
        at, joint = [position], ""
        while (step := _joined(tokens, at[-1], joint)) is not None:
            joint = step
            at.append(at[-1] + 2)
        yield Chain(tuple(at), joint)
        position = at[-1] + 1


def _joined(tokens: Sequence[Token], last: int, joint: str) -> str | None:
    if last + 2 >= len(tokens) or tokens[last + 2].kind != "number":
        return None
    between = tokens[last + 1]
    if (
        (between.kind == "slash" or between.text == "of")
        and not joint
        and _plain_pair(tokens[last].number, tokens[last + 2].number)
    ):
        return "slash"
    if between.kind == "arrow" or (between.kind == "word" and between.text in {"to", "vs", "a", "à"}):
        return "arrow" if joint != "slash" else None
    return None


def _plain_pair(one: Number | None, other: Number | None) -> bool:
    return bool(one and other and not one.percent and not other.percent and one.value <= other.value)
