"""Numbers are printed so that they can be compared by eye, and read back as what was printed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from phasemetrics.unitnames import base_unit, direction
from phasemetrics.units import (
    Quantity,
    parse_quantity,
    quantity_text,
    rounded_to,
    same_quantity,
    scale_for,
    signed_text,
)

UNITS = ["second", "byte", "per_second", "ratio", "day", "count"]
VALUES = st.floats(1e-9, 1e12)
ANY = st.floats(allow_nan=False, allow_infinity=False)


@given(st.sampled_from(UNITS), VALUES)
def test_what_was_printed_reads_back_within_half_a_step(unit: str, value: float) -> None:
    scale = scale_for(unit, [value])
    read = parse_quantity(scale.text(value))
    assert read is not None
    assert read.unit == unit
    # A percentage may stop a whole step short of 0 and 100.
    assert abs(read.value - Decimal(repr(value))) <= read.step * (1 if unit == "ratio" else Decimal("0.5000000001"))


@given(st.sampled_from(UNITS), VALUES)
def test_what_was_read_back_prints_the_same(unit: str, value: float) -> None:
    scale = scale_for(unit, [value])
    read = parse_quantity(scale.text(value))
    assert read is not None
    assert scale.text(float(read.value)) == scale.text(value)


@given(st.floats(0, 1))
def test_all_and_nothing_are_printed_only_when_exact(value: float) -> None:
    text = quantity_text(value, "ratio")
    assert (text == "100.0%") == (value == 1)
    assert (text == "0.0%") == (value == 0)


@given(st.sampled_from(["second", "byte", "per_second"]), st.lists(st.floats(1e-9, 1e9), min_size=1, max_size=4))
def test_one_scale_keeps_three_digits_of_the_smallest(unit: str, values: list[float]) -> None:
    scale = scale_for(unit, values)
    smallest = scale.number(min(values))
    assert len(smallest.as_tuple().digits) >= 3
    assert all(scale.text(value).endswith(f" {scale.symbol}") for value in values)


@given(st.sampled_from(["second", "per_second"]), st.floats(1e-9, 1e6))
def test_a_value_is_never_a_thousand_of_a_unit_that_has_a_larger_one(unit: str, value: float) -> None:
    scale = scale_for(unit, [value])
    if scale.symbol not in {"s", "M/s"}:
        assert scale.number(value) < 1000


@given(st.sampled_from([*UNITS, "widget"]), ANY, ANY)
def test_no_float_is_too_large_or_too_small_to_print(unit: str, one: float, other: float) -> None:
    scale = scale_for(unit, [one, other])
    for value in (one, other):
        assert "E" not in scale.text(value)
        assert scale.text(value).startswith("-") == (scale.number(value) < 0)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.0121, "second", "12.1 ms"),
        (0.00012, "second", "120 µs"),
        (0.0009996, "second", "1.00 ms"),
        (0.009996, "second", "10.0 ms"),
        (5e-10, "second", "0.500 ns"),
        (90, "second", "90.0 s"),
        (0, "second", "0 s"),
        (1023.6 * 1024, "byte", "1.00 MiB"),
        (1020 * 1024, "byte", "1020 KiB"),
        (512, "byte", "512 B"),
        (1234567, "per_second", "1.23 M/s"),
        (0.0042, "per_second", "0.00420 /s"),
        (0.8455, "ratio", "84.6%"),  # half to even
        (0.8445, "ratio", "84.4%"),
        (0.99999, "ratio", "99.9%"),
        (0.00001, "ratio", "0.1%"),
        (0, "ratio", "0.0%"),
        (118, "count", "118"),
        (1284, "count", "1284"),
        (-0.2, "count", "0"),
        (-0.0, "ratio", "0.0%"),
        (10, "day", "10 days"),
        (3.25, "widget", "3.25 widget"),
    ],
)
def test_one_value_alone(value: float, unit: str, text: str) -> None:
    assert quantity_text(value, unit) == text


def test_a_row_has_one_unit_and_one_precision() -> None:
    scale = scale_for("second", [0.0121, 1.5, 0.0])
    assert [scale.text(value) for value in (0.0121, 1.5, 0.0)] == ["12.1 ms", "1500.0 ms", "0.0 ms"]


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("1,284", "1284", "count"),
        ("84.6%", "0.846", "ratio"),
        ("84.6 %", "0.846", "ratio"),
        ("12.1 ms", "0.0121", "second"),
        ("120 us", "0.00012", "second"),
        ("120 µs", "0.00012", "second"),
        ("120 μs", "0.00012", "second"),
        ("2 min", "120", "second"),
        ("1 MB", "1000000", "byte"),
        ("1 MiB", "1048576", "byte"),
        ("+6.2 pp", "6.2", "point"),
        ("-3", "-3", "count"),
        ("5 k/s", "5000", "per_second"),
        (" 7 ", "7", "count"),
    ],
)
def test_reading(text: str, value: str, unit: str) -> None:
    read = parse_quantity(text)
    assert read is not None
    assert (read.value, read.unit) == (Decimal(value), unit)


@pytest.mark.parametrize(
    "text", ["", "X", "12 of 13", "1,28", "1.2.3", "12 parsecs", "[XX]", "~12", "1e3", "١٢", "NaN", "9" * 200]
)
def test_what_is_not_one_number_with_one_known_unit_is_not_read(text: str) -> None:
    assert parse_quantity(text) is None


@given(st.text())
def test_reading_never_fails(text: str) -> None:
    read = parse_quantity(text)
    assert read is None or same_quantity(read, read)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("84.6%", "84.61%", True),
        ("84.6%", "84.7%", False),
        ("12.1 ms", "12100 us", True),
        ("1 s", "1.4 s", True),
        ("12", "12.0", True),
        ("12", "12%", False),
        ("9" * 60, "9" * 60, True),
    ],
)
def test_two_written_numbers_mean_the_same_at_the_coarser_precision(one: str, other: str, same: bool) -> None:
    first, second = parse_quantity(one), parse_quantity(other)
    assert first is not None
    assert second is not None
    assert same_quantity(first, second) is same
    assert same_quantity(second, first) is same


def test_numbers_of_different_units_are_never_the_same() -> None:
    one = Quantity(Decimal(1), "count", Decimal(1))
    assert not same_quantity(one, Quantity(Decimal(1), "second", Decimal(1)))


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-1000, max_value=1000))
def test_a_signed_number_has_a_sign_unless_it_is_zero(number: Decimal) -> None:
    text = signed_text(rounded_to(number, 1))
    assert Decimal(text) == rounded_to(number, 1)
    assert text[0] in "+-" or text == "0.0"
    assert text != "-0.0"


@given(ANY, st.integers(0, 5))
def test_rounding_moves_by_half_a_step_at_most(value: float, decimals: int) -> None:
    assume(abs(value) < 1e15)
    number = Decimal(repr(value))
    assert abs(rounded_to(number, decimals) - number) * 2 <= Decimal(1).scaleb(-decimals)


def test_the_unit_says_which_way_is_better_or_nothing_does() -> None:
    assert {direction(unit) for unit in ("second", "byte", "allocs/op", "instructions", "mW/op")} == {"lower"}
    assert {direction(unit) for unit in ("per_second", "byte_per_second", "frames/s")} == {"higher"}
    # A ratio may be one of hits or one of failures; of coverage the name says it.
    assert {direction(unit) for unit in ("ratio", "count", "widget")} == {None}


@pytest.mark.parametrize(
    ("spelling", "unit", "factor"),
    [
        ("ns/op", "second", "1e-9"),
        ("μs", "second", "1e-6"),
        (" ms ", "second", "1e-3"),
        ("MB/s", "byte_per_second", "1e6"),
        ("ops/ms", "per_second", "1e3"),
        ("KiB", "byte", "1024"),
        ("%", "ratio", "0.01"),
        ("hit-ratio", "hit-ratio", "1"),
        ("", "count", "1"),
    ],
)
def test_what_tools_spell_is_a_base_unit(spelling: str, unit: str, factor: str) -> None:
    assert base_unit(spelling) == (unit, Decimal(factor))
