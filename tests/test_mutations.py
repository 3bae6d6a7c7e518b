"""Ten thousand documents that accidents have changed: none crashes, each converges, no line is damaged."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from everything import WHOLE_LATER, everything
from phasemetrics.document.ledger import Ledger
from phasemetrics.document.markdown import decode
from phasemetrics.document.ownership import Filling
from phasemetrics.document.plan import Plan, plan
from phasemetrics.scaffolding import nothing_known
from phasemetrics.templates import builtin

SEEDS = Path(__file__).parents[1].parent / "shared" / "corpus" / "documents" / "seeds"
CHUNKS, EACH = 40, 250  # together ten thousand documents
MOST = 80  # lines of a stretch of a document; whole ones have up to 580
STRAY = ("```", "~~~", "<!-- open", "-->", "---", "| a | b |", "# Title", "## Metrics", "> quoted", "- [x] done")
TAILS = ("  ", " |", " | more |", "```", "`", " **bold**", " X", "\t", " (a remark)", "%", "\udce9\x00", "\u2028")


@cache
def facts(later: bool) -> dict[str, object]:
    return everything(after=WHOLE_LATER) if later else everything()


@cache
def bases() -> tuple[tuple[str, Ledger], ...]:
    """Return the documents to begin with: blank ones, and three times as many filled ones with their ledgers."""
    texts = [template.blank(nothing_known()) for template in builtin()]
    texts += [decode(path.read_bytes(), path.name) for path in sorted(SEEDS.glob("0*.txt"))]
    filled = [plan(text, builtin(), facts(False), Ledger()) for text in texts]
    return (*((text, Ledger()) for text in texts), *((one.text, one.ledger) for one in filled * 3))


def stretch(chance: random.Random, text: str) -> str:
    """Return some lines of a document, as if the rest had been cut away: three in four documents begin like that."""
    lines = text.split("\n")
    start = chance.randrange(max(1, len(lines) - MOST))
    return "\n".join(lines[start : start + MOST]) if chance.random() < 0.75 else text


def mutated(chance: random.Random, text: str) -> str:
    lines = text.split("\n")
    for _ in range(chance.randint(1, 12)):
        at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        match chance.randrange(7):
            case 0 if len(lines) > 1:
                del lines[at]
            case 1:
                lines.insert(other, lines[at])
            case 2:
                lines[at], lines[other] = lines[other], lines[at]
            case 3:
                lines[at] = " " * chance.randint(1, 5) + lines[at]
            case 4:
                lines.insert(at, chance.choice(STRAY))
            case 5:
                lines[at] += chance.choice(TAILS)
            case _:
                cut = chance.randrange(len(lines[at]) + 1)
                lines[at] = lines[at][:cut] + chance.choice(("", "X", "[ ]", "☑", "é")) + lines[at][cut + 1 :]
    return chance.choice(("\n", "\n", "\r\n", "\r")).join(lines)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_mutated_document_converges_and_keeps_its_lines(chunk: int) -> None:
    chance = random.Random(chunk)
    for number in range(EACH):
        original, ledger = chance.choice(bases())
        text = mutated(chance, stretch(chance, original))
        known = facts(chance.random() < 0.5)
        filled = plan(text, builtin(), known, ledger)  # raises for a plan that does not hold
        if number % 5 == 0:  # every plan proves itself that it converges; this proves the proof
            again = plan(filled.text, builtin(), known, filled.ledger)
            assert (again.text, again.ledger) == (filled.text, filled.ledger)
        damaged = first_damaged_line(text, filled)
        assert damaged is None, damaged


def first_damaged_line(text: str, filled: Plan) -> str | None:
    """Return a line that is not in the result as it was, but for what was written into its holes."""
    found = iter([squeezed(line) for line in lines_of(filled.text)])
    for line in expected(text, filled):
        if squeezed(line) not in found:  # advances to the line, or to the end
            return line
    grown = len(lines_of(filled.text)) - len(lines_of(text))
    return None if grown == sum(filled.grown.values()) else f"{grown} more lines"


def expected(text: str, filled: Plan) -> Iterator[str]:
    """Yield each line as it has to be; none for the few that were replaced or taken away as a whole."""
    changes: dict[int, list[tuple[int, str, str | None]]] = {}
    for one in filled.fillings:
        if one.state in {"filled", "updated"} and not is_new_row(one):
            changes.setdefault(one.line, []).append((one.column - 1, one.old, one.new))
    for number, line in enumerate(lines_of(text), 1):
        changed = line
        for at, old, new in sorted(changes.get(number, ()), reverse=True):
            if new is None or line[at : at + len(old)] != old:
                break
            changed = changed[:at] + new + changed[at + len(old) :]
        else:
            yield changed


def is_new_row(one: Filling) -> bool:
    return not one.old and one.address.endswith("]") and not one.address.endswith("[here.label]")


def lines_of(text: str) -> list[str]:
    return re.split("\r\n|\r|\n", text)


def squeezed(line: str) -> str:
    """Return a line without its blanks: columns in a fence and empty cells are padded."""
    return re.sub(r"[ \t]+", "", line)
