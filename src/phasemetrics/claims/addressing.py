"""Where a statement stands, in words that stay the same when its numbers change."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from phasemetrics.claims.statement import Statement
from phasemetrics.document.markdown import Document, Span

_DIGITS = re.compile(r"(?<![^\W_])(?<!\.)[+\-−]?\d+(?:[.,]\d+)*")
PREFIX = "claim/"


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement with the `address` that the ledger calls it by, and the `span` of its digits (and sign)."""

    statement: Statement
    address: str
    span: Span


def addressed(document: Document, statements: Iterable[Statement]) -> Iterator[Claim]:
    """Yield the statements of a document with their addresses.

    An address is the headings above, the line with a mark for each number, and which number of the line it is: nothing
    in it changes when the numbers do. Lines that are alike under one heading are counted.
    """
    bases = _bases(document)
    for one in statements:
        line = document.lines[one.line - 1]
        raw = document.raw(line)
        start = one.column - 1
        # A difference is written with its sign; what was created or deleted is one without. The side of a number does
        # not count here: it depends on the phase that was asked for, and an address must not.
        differs = one.family not in {"files", "lines"} and one.subject != "tests.added"
        signed = differs and start > 0 and raw[start - 1] in "+-−"
        at = sum(match.end() <= start for match in _DIGITS.finditer(raw))
        span = Span(line.start + start - signed, line.start + start + len(one.text))
        yield Claim(one, f"{PREFIX}{bases[line.number]}/{at}", span)


def _bases(document: Document) -> list[str]:
    """Return what each line is called, with its headings; the second of two that are alike says so."""
    met: Counter[str] = Counter()
    bases = []
    for line in document.lines:
        base = "/".join(" ".join(_DIGITS.sub("#", part).split()) for part in (*line.path, document.raw(line)))
        met[base] += 1
        bases.append(f"{base}~{met[base]}" if met[base] > 1 else base)
    return bases
