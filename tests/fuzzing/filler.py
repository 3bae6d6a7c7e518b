"""The target of what fills documents: any bytes with any facts and any record of what we wrote before."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from everything import WHOLE_LATER, everything, whole
from fuzzing.target import Target
from measured import AFTER
from phasemetrics.document.ledger import Ledger, dumps, loads
from phasemetrics.document.markdown import decode, encode
from phasemetrics.document.plan import Plan, plan
from phasemetrics.evidence.model import Snapshot
from phasemetrics.scaffolding import nothing_known
from phasemetrics.templates import builtin
from test_mutations import first_damaged_line

_NAMES = (
    "a|b", "`x`", "<!-- x -->", "[x](y)", "# T", "- [ ] x", "x\ny", "\u202ex", "a" * 300, "**x**", "%", "{{ x }}",
    "@me", "==[1]", "```", "~~~", "---", "\\", "1. x", "+3 (2)", "[number]", "é\u2028", "<b>", "&amp;", " x ", "x:\ty",
    "\0",
)  # fmt: skip
_LINES = 60  # of a document: whole ones are long, and what goes wrong does so in few lines


def filler_targets() -> Iterator[Target]:
    """Yield the target of the filler: two bytes choose the facts and the ledger, the others are the document."""
    yield Target("filler", tuple(_seeds()), _fill, share=0.1)


def _seeds() -> Iterator[bytes]:
    chance = random.Random(3)
    for index, (blank, filled) in enumerate(zip(_blanks(), _filled(), strict=True)):
        for text, ledger in ((blank, 0), (filled.text, index + 1)):
            lines = text.split("\n")
            starts = [0, *chance.sample(range(len(lines)), min(5, len(lines)))]
            for start in starts:
                yield bytes([index % 4, ledger]) + encode("\n".join(lines[start : start + _LINES]))


@cache
def _blanks() -> list[str]:
    return [template.blank(nothing_known()) for template in builtin()]


@cache
def _filled() -> list[Plan]:
    return [plan(blank, builtin(), everything(), Ledger()) for blank in _blanks()]


@cache
def _facts() -> tuple[Mapping[str, Any], ...]:
    return everything(), everything(after=WHOLE_LATER), everything(before=None), everything(after=_hostile())


def _hostile() -> Snapshot:
    """Return a snapshot of which every name is one that somebody chose to break documents with."""
    chance, plain = random.Random(5), whole(AFTER)

    def odd(text: str) -> str:
        at = chance.randrange(len(text) + 1)
        return text[:at] + chance.choice(_NAMES) + text[at:]

    return replace(
        plain,
        files=tuple(replace(one, path=odd(one.path)) for one in plain.files or ()),
        tests=tuple(replace(one, path=odd(one.path)) for one in plain.tests),
        groups=plain.groups,
        cases=tuple(replace(one, name=odd(one.name), classname=odd(one.classname)) for one in plain.cases or ()),
        coverage=tuple(replace(one, path=odd(one.path)) for one in plain.coverage),
        dependencies=tuple(replace(one, name=odd(one.name)) for one in plain.dependencies or ()),
        metrics={odd(name) if name.startswith("bench.") else name: one for name, one in plain.metrics.items()},
        machine=plain.machine and replace(plain.machine, cpu=odd(plain.machine.cpu)),
    )


def _fill(content: bytes) -> None:
    """Fill a document, and hold the result against the laws of `plan`, which proves some of them itself."""
    head, body = content[:2].ljust(2, b"\0"), content[2:]
    facts = _facts()[head[0] % len(_facts())]
    ledgers = [Ledger(), *(one.ledger for one in _filled())]
    text = decode(body, "a.md")
    assert encode(text) == body, "is not read back as it was written"
    first = plan(text, builtin(), facts, ledgers[head[1] % len(ledgers)])
    again = plan(decode(encode(first.text), "a.md"), builtin(), facts, loads(dumps(first.ledger), "ledger"))
    assert (again.text, again.ledger) == (first.text, first.ledger), "a second fill changes something"
    damaged = first_damaged_line(text, first)
    assert damaged is None, f"outside of what was written: {damaged!r}"
