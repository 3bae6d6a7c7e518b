"""The numbers, words and paths of a line, as the finder of statements sees them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phasemetrics.claims.chains import chains
from phasemetrics.claims.tokens import Number, tokens
from phasemetrics.templates import wordings

FOREIGN = wordings({}).foreign


def numbers(raw: str) -> list[Number]:
    return [one.number for one in tokens(raw, FOREIGN) if one.number is not None]


def kinds(raw: str) -> list[tuple[str, str]]:
    return [(one.kind, one.text) for one in tokens(raw, FOREIGN)]


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("45", Number("45", Decimal(45), None, "=", "", False)),
        ("1,045", Number("1,045", Decimal(1045), None, "=", "", False)),
        ("12,345,678", Number("12,345,678", Decimal(12345678), None, "=", "", False)),
        ("81.50%", Number("81.50", Decimal("81.50"), None, "=", "", True)),
        ("81 %", Number("81", Decimal(81), None, "=", "", True)),
        ("~300", Number("300", Decimal(300), None, "~", "", False)),
        ("≈ 92%", Number("92", Decimal(92), None, "~", "", True)),
        ("300+", Number("300", Decimal(300), None, ">=", "", False)),
        ("80%+", Number("80", Decimal(80), None, ">=", "", True)),
        (">= 90%", Number("90", Decimal(90), None, ">=", "", True, bound=True)),
        ("≤90", Number("90", Decimal(90), None, "<=", "", False, bound=True)),
        ("<5", Number("5", Decimal(5), None, "<", "", False, bound=True)),
        ("> 5", Number("5", Decimal(5), None, ">", "", False, bound=True)),
        ("+4.7", Number("4.7", Decimal("4.7"), None, "=", "+", False)),
        ("-3", Number("3", Decimal(3), None, "=", "-", False)),
        ("−3", Number("3", Decimal(3), None, "=", "−", False)),
        ("40-50", Number("40", Decimal(40), Decimal(50), "range", "", False)),
        ("40 – 50%", Number("40", Decimal(40), Decimal(50), "range", "", True)),
        ("`45`", Number("45", Decimal(45), None, "=", "", False)),
        ("**45**", Number("45", Decimal(45), None, "=", "", False)),
        ("(45)", Number("45", Decimal(45), None, "=", "", False)),
    ],
)
def test_a_number_is_read_as_it_is_meant(raw: str, number: Number) -> None:
    assert numbers(raw) == [number]
    assert numbers(f"Tests: {raw} of them") == [number]


@pytest.mark.parametrize(
    "raw",
    [
        "2026-01-02", "2026/01/02", "2026年1月2日", "12:45", "12:45:09", "1.2.3", "v3", "v1.4-rc1", "#45", "$45",
        "€ 1,045", "4a5b6c7d8e", "<!-- 45 -->", "~~45~~", "[a](b/45)", "https://a.b/45", "45ms", "3x", "h2", "PHASE-3",
        "a_45", "[1]", "`make 45`", "`a.py:45`", "src/45",
    ],
)  # fmt: skip
def test_digits_that_state_nothing_are_no_number(raw: str) -> None:
    assert numbers(raw) == []
    assert numbers(f"Tests: {raw} ") == []


def test_paths_code_and_folders_are_told_apart() -> None:
    assert kinds("`src/a.py` b.py:12-40 `make test` src/lib/ x") == [
        ("path", "src/a.py"), ("path", "b.py"), ("code", "make test"), ("folder", "src/lib/"), ("word", "x"),
    ]  # fmt: skip


def test_words_are_compared_in_lower_case_and_without_emphasis() -> None:
    assert kinds("**Tests** _Passing_ it’s E2E") == [
        ("word", "tests"), ("word", "passing"), ("word", "it's"), ("word", "e2e"),
    ]  # fmt: skip


def test_words_without_blanks_between_them_are_cut_at_the_longest_that_is_known() -> None:
    assert [text for kind, text in kinds("22個のテストケース合格") if kind == "word"] == [
        "個",
        "の",
        "テストケース",
        "合格",
    ]


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("45/47", [("slash", 2)]),
        ("45 / 47", [("slash", 2)]),
        ("60% → 64.7%", [("arrow", 2)]),
        ("1 -> 2 => 3", [("arrow", 3)]),
        ("30 to 45", [("arrow", 2)]),
        ("47/45", [("", 1), ("", 1)]),  # no part is larger than its whole
        ("45%/47%", [("", 1), ("", 1)]),
        ("1/2/3", [("slash", 2), ("", 1)]),
        ("45, 47", [("", 1), ("", 1)]),
    ],
)
def test_numbers_that_stand_for_one_thing_are_joined(raw: str, found: list[tuple[str, int]]) -> None:
    assert [(one.joint, len(one.at)) for one in chains(tokens(raw, FOREIGN))] == found


@given(st.text(alphabet="ab 0123456789.,%+-~<>=()[]`*_/|:#→テ個\ud800\u00a0$", max_size=60))
def test_tokens_stand_in_order_where_they_say(raw: str) -> None:
    end = 0
    for one in tokens(raw, FOREIGN):
        assert end <= one.start < one.end <= len(raw)
        end = one.end
        if one.number is not None:
            assert raw[one.start :].startswith(one.number.text)
            assert Decimal(one.number.text.replace(",", "")) == one.number.value


@given(st.text(alphabet="Tests 45,`*/()%", max_size=30), st.integers(0, 30), st.integers(0, 30))
def test_only_what_lies_between_two_offsets_is_read(raw: str, start: int, end: int) -> None:
    assert all(start <= one.start and one.end <= end for one in tokens(raw, FOREIGN, start, min(end, len(raw))))
