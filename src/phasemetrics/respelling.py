"""What should stand in a claim, written as the document writes its numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from phasemetrics.claiming import Held
from phasemetrics.claims.statement import Statement
from phasemetrics.claims.tokens import number_of
from phasemetrics.document.ledger import Ledger
from phasemetrics.document.markdown import Document
from phasemetrics.units import Quantity, parse_quantity, rounded_to
from phasemetrics.value import Value

_ALL = re.compile(r"\b(?:all|every|each|tous|todos|alle)\b|全|すべて|모든|100\s?%", re.IGNORECASE)


def values(all_held: Sequence[Held], document: Document, ledger: Ledger) -> dict[str, Value]:
    """Return what should stand in each claim, as the document writes its numbers; by address.

    A number of ours is written as the person wrote the one that stood there first; where that one is true, it stands.
    What is worked out from others on its line follows from these as they are printed: 81 % after 78 % is +3.
    """
    found: dict[str, Value] = {}
    for line in by_line(all_held):
        written = _basic(line, document, ledger)
        found |= {one.claim.address: written[one.claim.address] for one in line if one.claim.address in written}
        for one in line:
            if one.claim.address not in found and (text := _derived(one, line, written, document)) is not None:
                found[one.claim.address] = Value(text, one.answer.origin)
    return found


def by_line(all_held: Iterable[Held]) -> list[list[Held]]:
    """Return the claims of each line together."""
    lines: dict[int, list[Held]] = {}
    for one in all_held:
        lines.setdefault(one.claim.statement.line, []).append(one)
    return list(lines.values())


def is_measured(one: Statement) -> bool:
    """Return whether a number is one of the evidence, and not worked out from others."""
    return one.family in {"files", "lines"} or (one.side in {"before", "after"} and one.subject != "tests.rate")


def _basic(line: Sequence[Held], document: Document, ledger: Ledger) -> dict[str, Value]:
    """Return the values of the measured numbers of a line, as they are written there."""
    raw = document.raw(document.lines[line[0].claim.statement.line - 1])
    whole = {one.claim.statement.subject: one.answer.exact for one in line}
    written = {}
    for one in line:
        stated, exact = one.claim.statement, one.answer.exact
        if exact is None or stated.relation != "=" or not is_measured(stated):
            continue
        if stated.subject == "tests.passed" and _ALL.search(raw) and exact != whole.get("tests.total", stated.value):
            continue  # `all 45 tests passing` would not be true with another number either
        entry = ledger.get(one.claim.address)
        sign = document.text[one.claim.span.start : one.claim.span.end].removesuffix(stated.text)
        if sign not in {"", "+"}:
            continue
        like = entry.placeholder.removeprefix(sign) if entry else stated.text
        text = like if one.says(like) else _text(exact, like, stated.percent)
        written[one.claim.address] = Value(f"{sign}{text}", one.answer.origin)
    return written


def _text(exact: Decimal, like: str, percent: bool) -> str:
    """Return a number as another one is written: its decimals, its separators. 100 % is only what is all of it."""
    comma = percent and "," in like  # 81,2 %
    decimals = len(like.replace(",", ".").partition(".")[2]) if comma else len(like.partition(".")[2])
    shown = rounded_to(exact, decimals)
    while shown in ({0, 100} if percent else {0}) and shown != exact and decimals < 4:
        decimals += 1
        shown = rounded_to(exact, decimals)
    if comma:
        return str(shown).replace(".", ",")
    return f"{shown:,}" if "," in like else str(shown)


def _derived(one: Held, line: Sequence[Held], written: Mapping[str, Value], document: Document) -> str | None:
    stated = one.claim.statement
    if stated.relation != "=":
        return None
    if stated.family == "metric":
        return _change_of_metric(one, line, written, document.text[one.claim.span.start])

    def printed(subject: str, side: str) -> Decimal | None:
        for other in line:
            about = other.claim.statement
            if (about.subject, about.side, about.of) == (subject, side, stated.of) and other.claim.address in written:
                return number_of(written[other.claim.address].text or "")
        return None

    if stated.subject == "tests.rate":
        passed, total = printed("tests.passed", stated.side), printed("tests.total", stated.side)
        return _text(100 * passed / total, stated.text, True) if passed is not None and total else None
    if stated.side == "change":
        before, after = printed(stated.subject, "before"), printed(stated.subject, "after")
        return _signed(one, after - before, document) if before is not None and after is not None else None
    return None


def _signed(one: Held, change: Decimal, document: Document) -> str | None:
    """Return a difference with a sign where one stands there; none where the sign is apart from it, as in `+**3**`."""
    span = one.claim.span
    if not document.text[span.start].isdigit():
        return f"{change:+}"
    return None if document.text[: span.start].rstrip("*_`").endswith(("+", "-", "−")) else str(change)


def _change_of_metric(one: Held, line: Sequence[Held], written: Mapping[str, Value], sign: str) -> str | None:
    """Return the change between the two ends on a line, counted and signed as the document does it.

    A document may write a gain as `+`, whatever became of the number, or without a sign; then it must remain a gain.
    """
    stated = one.claim.statement
    ends = {
        other.claim.statement.side: (other.claim.statement, written[other.claim.address].text)
        for other in line
        if other.claim.statement.subject == stated.subject and other.claim.address in written
    }
    if not stated.of or not {"before", "after"} <= set(ends):
        return None
    new = [
        parse_quantity(f"{text} {'%' if end.percent else end.unit}") for end, text in (ends["before"], ends["after"])
    ]
    unit = parse_quantity(f"1 {'%' if stated.percent else stated.unit}")
    digits = len(stated.text.partition(".")[2])
    pairs = list(zip(_amounts(map(parse_quantity, stated.of.split(" → ")), unit), _amounts(new, unit), strict=False))
    same = [pair for pair in pairs if rounded_to(abs(pair[0]), digits) == stated.value]
    if not pairs or not (same or one.answer.agrees is False):
        return None  # it was worked out in another way
    was, now = (same or pairs)[0]
    if sign.isdigit():
        return str(rounded_to(abs(now), digits)) if was * now > 0 else None
    now = rounded_to(-now if (sign == "+") == (was < 0) and was else now, digits)
    return f"{now:+f}".replace("-", "-" if sign == "+" else sign)


def _amounts(ends: Iterable[Quantity | None], unit: Quantity | None) -> list[Decimal]:
    """Return how much two numbers differ, in a unit: points between percentages, else as a share, the usual one first.

    A time may also be said to be so much faster: half of it is 100 % faster.
    """
    before, after = ends
    if before is None or after is None or unit is None or before.unit != after.unit or not before.value * after.value:
        return []
    difference = after.value - before.value
    if unit.unit == "ratio" and before.unit != "ratio":
        return [100 * difference / before.value, -100 * difference / after.value]
    if unit.unit == "point" and before.unit == "ratio":
        return [100 * difference / unit.value]
    return [difference / unit.value] if unit.unit == before.unit else []
