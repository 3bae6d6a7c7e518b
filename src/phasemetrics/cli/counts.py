"""How many claims documents hold, and how many of them are true."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from phasemetrics.document.ownership import Filling


@dataclass(frozen=True, slots=True)
class Counts:
    """Claims that were found, that agree, that contradict, and of which nothing can be told."""

    found: int
    agree: int
    contradict: int
    untold: int


def counts(fillings: Iterable[Filling]) -> Counts:
    """Count the claims among fillings; a place of a template is none."""
    claims = [one for one in fillings if one.claim is not None]
    agree = sum(one.state == "agrees" for one in claims)
    contradict = sum(one.contradicts for one in claims)
    return Counts(len(claims), agree, contradict, len(claims) - agree - contradict)


def summed_up(found: Counts) -> str:
    """Return counts in words."""
    if not found.found:
        return "no claims"
    each = []
    if found.agree:
        each.append(f"{found.agree} {'agrees' if found.agree == 1 else 'agree'}")
    if found.contradict:
        each.append(f"{found.contradict} {'contradicts' if found.contradict == 1 else 'contradict'}")
    if found.untold:
        each.append(f"{found.untold} cannot be told")
    return f"{counted(found.found, 'claim')}: {', '.join(each)}"


def adopted(fillings: Iterable[Filling]) -> str:
    """Return in words how many numbers were taken over, and why how many others were not."""
    fillings = list(fillings)
    taken = sum(one.code == "adopted" for one in fillings)
    left = [one for one in fillings if one.claim is not None]
    reasons = Counter("it cannot be told" if one.code == "cannot-tell" else one.message for one in left)
    words = f"took over {counted(taken, 'number')}" if taken else "took over nothing"
    each = ", ".join(f"{number} ({reason})" for reason, number in reasons.most_common())
    return f"{words}, left {len(left)} as {'it is' if len(left) == 1 else 'they are'}: {each}" if left else words


def counted(number: int, noun: str) -> str:
    """Return a number with its noun in the plural where there is not one."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
