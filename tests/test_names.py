"""No name that a stranger gives becomes more than text in a document; `make names` tries a hundred thousand of them."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from itertools import count
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostile_names import ATTACKS, name, tame
from hostile_phase import TEMPLATES, facts
from phasemetrics.document.ledger import Ledger, dumps, loads
from phasemetrics.document.markdown import encode
from phasemetrics.document.naming import bare
from phasemetrics.document.plan import Plan, plan
from phasemetrics.document.template import Template
from phasemetrics.escaping import cell, code_span, in_code, in_fence, leading, plain, visible
from phasemetrics.scaffolding import nothing_known
from shapes import Shape, made, shape

_NAMES = int(os.environ.get("NAMES", "2000"))
_FIRST = int(os.environ.get("SEED", "0"))


def given_in_turn(call: Callable[[int], str]) -> Callable[[], str]:
    numbers = count()
    return lambda: call(next(numbers))


@cache
def how_many() -> int:
    """Return how many names one phase has."""
    numbers = count()
    facts(lambda: tame(next(numbers)))
    return next(numbers)


@cache
def twin(template: Template) -> tuple[Shape, Counter[str], Counter[str], Counter[str]]:
    """Return the shape of a document with harmless names, what is made of it, and how its places fared twice."""
    known = facts(given_in_turn(tame))
    filled = fill(template.blank(nothing_known()), known, Ledger())
    again = fill(filled.text, known, filled.ledger)
    return shape(filled.text), made(filled.text), states(filled), states(again)


def fill(text: str, known: dict[str, object], ledger: Ledger) -> Plan:
    return plan(text, TEMPLATES, known, ledger)


def states(planned: Plan) -> Counter[str]:
    return Counter(one.state for one in planned.fillings)


def holds(template: Template, call: Callable[[int], str]) -> None:
    """Hold a document full of names against its twin."""
    known = facts(given_in_turn(call))
    first = fill(template.blank(nothing_known()), known, Ledger())
    again = fill(first.text, known, loads(dumps(first.ledger), "ledger"))
    same, of_text, filled, agreed = twin(template)
    assert shape(first.text) == same
    assert not made(first.text) - of_text
    assert states(first) == filled
    assert states(again) == agreed
    assert again.text == first.text
    encode(first.text).decode("utf-8", "strict")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)
@pytest.mark.parametrize("behind", [False, True], ids=["in front", "behind"])
def test_an_attack_is_text(template: Template, behind: bool) -> None:
    for start in range(0, len(ATTACKS), how_many()):
        attacks = [ATTACKS[(start + at) % len(ATTACKS)] for at in range(how_many())]
        holds(template, lambda at, own=attacks: f"{tame(at)}{own[at]}" if behind else f"{own[at]}{tame(at)}")  # type: ignore[misc]


def seeds() -> Iterator[int]:
    return iter(range(_FIRST, _FIRST + max(1, _NAMES // how_many())))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)
def test_no_name_is_more_than_text(template: Template) -> None:
    for seed in seeds():
        random = Random(seed)
        holds(template, lambda number, random=random: name(random, number))  # type: ignore[misc]


NAMES = st.one_of(st.text(max_size=80), st.randoms(use_true_random=False).map(lambda random: name(random, 1)))


@given(NAMES)
def test_an_escaped_name_is_still_the_same_name(text: str) -> None:
    shown = visible(text, 500)
    for escaped in (plain(shown, 500), leading(plain(shown, 500)), cell(shown), in_code(shown), in_fence(shown)):
        assert bare(escaped) == bare(shown)
    assert plain(plain(text)) == plain(text)


@pytest.mark.parametrize(
    "text",
    [
        "~ unchanged (±2%)",
        "<= 320 ms",
        "snake_case_name",
        "R&D",
        "a < b",
        "p95 [ms]",
        "test_a[1]",
        "latency:p95",
        "a - b",
        "C:\\dir",
        "5 > 3",
    ],
)
def test_an_honest_name_stays_as_it_is(text: str) -> None:
    assert plain(text) == cell(text) == in_code(text) == in_fence(text) == leading(text) == text
    assert code_span(text) == f"`{text}`"
