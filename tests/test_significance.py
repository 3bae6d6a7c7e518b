"""The test and the interval are held against counting every arrangement, and against published values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from statistics import median

import pytest
import scipy.stats
from hypothesis import assume, given
from hypothesis import strategies as st

from phasemetrics.evidence.significance import (
    EXACT_LIMIT,
    holm,
    mann_whitney,
    median_interval,
    ratio_interval,
    smallest_p,
)

TIED = st.lists(st.integers(1, 4).map(float), min_size=1, max_size=6)
RUNS = st.lists(st.floats(1e-6, 1e3), min_size=1, max_size=6)

# Hollander & Wolfe 1999, example 4.1: permeability of the human chorioamnion, 10 at term and 5 at 12 to 26 weeks.
TERM = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
EARLIER = [1.15, 0.88, 0.90, 0.74, 1.21]

# The largest U that is significant at two-sided 5 %, from the table in every textbook.
CRITICAL_U = {
    (4, 4): 0,
    (5, 5): 2,
    (6, 6): 5,
    (7, 7): 8,
    (8, 8): 13,
    (9, 9): 17,
    (10, 10): 23,
    (5, 8): 6,
    (20, 20): 127,
}


def pairs_won(one: Sequence[float], other: Sequence[float]) -> int:
    """Twice the number of pairs in which `one` is larger, a tie counting half."""
    return sum(2 * (x > y) + (x == y) for x in one for y in other)


def counted_p(before: Sequence[float], after: Sequence[float]) -> Fraction:
    """Two-sided p by going through every way to deal the values out again."""
    values = [*before, *after]
    observed = pairs_won(before, after)
    seen = []
    for chosen in combinations(range(len(values)), len(before)):
        rest = [values[index] for index in range(len(values)) if index not in chosen]
        seen.append(pairs_won([values[index] for index in chosen], rest))
    tail = min(sum(won <= observed for won in seen), sum(won >= observed for won in seen))
    return min(Fraction(1), Fraction(2 * tail, len(seen)))


@given(TIED, TIED)
def test_p_with_ties_is_that_of_every_arrangement_counted(before: list[float], after: list[float]) -> None:
    assert mann_whitney(before, after) == float(counted_p(before, after))


@given(RUNS, RUNS)
def test_p_without_many_ties_is_that_of_every_arrangement_counted(before: list[float], after: list[float]) -> None:
    assert mann_whitney(before, after) == float(counted_p(before, after))


@given(st.lists(st.floats(1, 9), min_size=1, max_size=40), st.lists(st.floats(1, 9), min_size=1, max_size=40))
def test_p_is_a_probability_and_the_same_from_either_side(before: list[float], after: list[float]) -> None:
    p = mann_whitney(before, after)
    assert 0 <= p <= 1
    assert p == pytest.approx(mann_whitney(after, before), rel=1e-12)


def test_p_of_the_permeability_example_is_the_published_one() -> None:
    # Published one-sided, W = 35: 0.1272.
    assert mann_whitney(TERM, EARLIER) / 2 == pytest.approx(0.1272, abs=5e-5)


@pytest.mark.parametrize(
    ("n", "m", "p"), [(1, 1, 1), (3, 3, 0.1), (4, 4, 0.0286), (5, 5, 0.0079), (6, 6, 0.0022), (3, 5, 0.0357)]
)
def test_smallest_p_is_that_of_complete_separation(n: int, m: int, p: float) -> None:
    assert smallest_p(n, m) == pytest.approx(p, abs=5e-5)
    assert mann_whitney(range(n), range(n, n + m)) == smallest_p(n, m)


@pytest.mark.parametrize("size", [EXACT_LIMIT // 2, EXACT_LIMIT // 2 + 1])
def test_exact_and_approximate_p_meet_at_the_limit(size: int) -> None:
    shifted = [value + 7.5 for value in range(size)]
    other = [value * 1.01 for value in range(size)]
    expected = math.erfc(
        (abs(pairs_won(other, shifted) - size * size) / 2 - 0.5) / math.sqrt(size**2 * (2 * size + 1) / 6)
    )
    assert mann_whitney(other, shifted) == pytest.approx(expected, abs=1e-3)


def test_values_that_are_all_the_same_prove_nothing() -> None:
    assert mann_whitney([2.0] * 6, [2.0] * 6) == 1
    assert mann_whitney([2.0] * 40, [2.0] * 40) == 1
    assert mann_whitney(range(40), range(40)) == 1


def test_the_approximation_corrects_for_ties() -> None:
    before, after = [1.0, 2.0, 3.0, 4.0] * 10, [2.0, 3.0, 4.0, 5.0] * 10
    # By hand: U = 1600 - (6 + 3 / 2) * 100 = 450 pairs from 800; tied groups 10, 20, 20, 20, 10 of 80.
    tied = (2 * (10**3 - 10) + 3 * (20**3 - 20)) / (80 * 79)
    u = pairs_won(before, after) / 2
    expected = math.erfc((abs(u - 800) - 0.5) / math.sqrt(2 * 1600 / 12 * (81 - tied)))
    assert mann_whitney(before, after) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("sizes", "critical"), CRITICAL_U.items())
def test_interval_ends_at_the_order_statistic_of_the_published_table(sizes: tuple[int, int], critical: int) -> None:
    n, m = sizes
    before = [1 + 0.01 * index for index in range(n)]
    after = [2 + 0.0137 * index for index in range(m)]
    ratios = sorted(later / earlier for earlier in before for later in after)
    _, low, high = ratio_interval(before, after)
    assert (low, high) == (ratios[critical], ratios[-critical - 1])


def test_interval_of_too_few_runs_says_nothing() -> None:
    assert ratio_interval([1, 1, 1], [2, 2, 2]) == (2, 0, math.inf)


def test_interval_of_many_runs_uses_the_normal_approximation() -> None:
    before = [1 + 0.001 * index for index in range(31)]
    after = [1.1 * value for value in before]
    ratios = sorted(later / earlier for earlier in before for later in after)
    critical = math.floor(31 * 31 / 2 - 0.5 - 1.959964 * math.sqrt(31 * 31 * 63 / 12))
    estimate, low, high = ratio_interval(before, after)
    assert estimate == pytest.approx(1.1)
    assert (low, high) == (ratios[critical], ratios[-critical - 1])


@given(RUNS, RUNS)
def test_interval_contains_its_estimate(before: list[float], after: list[float]) -> None:
    estimate, low, high = ratio_interval(before, after)
    assert low <= estimate * (1 + 1e-12)
    assert estimate <= high * (1 + 1e-12)


@given(RUNS, RUNS)
def test_interval_inverts_when_the_sides_are_swapped(before: list[float], after: list[float]) -> None:
    estimate, low, high = ratio_interval(before, after)
    swapped = ratio_interval(after, before)
    assert swapped[0] == pytest.approx(1 / estimate)
    assert swapped[1] == pytest.approx(1 / high)
    assert swapped[2] == pytest.approx(1 / low if low else math.inf)


@given(RUNS, RUNS, st.floats(1e-3, 1e3))
def test_interval_scales_with_the_values(before: list[float], after: list[float], factor: float) -> None:
    scaled = ratio_interval(before, [value * factor for value in after])
    assert scaled == pytest.approx([part * factor for part in ratio_interval(before, after)])
    both = ratio_interval([value * factor for value in before], [value * factor for value in after])
    assert both == pytest.approx(ratio_interval(before, after))


@given(st.lists(st.floats(1, 2), min_size=4, max_size=8), st.lists(st.floats(1, 2), min_size=4, max_size=8))
def test_a_higher_confidence_gives_a_wider_interval(before: list[float], after: list[float]) -> None:
    _, low, high = ratio_interval(before, after, 0.8)
    _, lower, higher = ratio_interval(before, after, 0.95)
    assert lower <= low
    assert high <= higher


@given(st.permutations(range(12)), st.floats(0.5, 2))
def test_an_interval_clear_of_one_implies_significance(order: list[int], shift: float) -> None:
    before = [1 + 0.031 * place for place in order[:6]]
    after = [(1 + 0.031 * place) * shift for place in order[6:]]
    _, low, high = ratio_interval(before, after)
    if low > 1 or high < 1:
        assert mann_whitney(before, after) <= 0.05


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    # Every deal of 12 different values to two sides comes from one distribution, so the true ratio is 1.
    values = [1 + 0.017 * index + 0.001 * index**2 for index in range(12)]
    covered = 0
    for chosen in combinations(range(12), 6):
        before = [values[index] for index in chosen]
        after = [values[index] for index in range(12) if index not in chosen]
        _, low, high = ratio_interval(before, after)
        covered += low <= 1 <= high
    assert 0.95 <= covered / math.comb(12, 6) <= 0.97


@pytest.mark.parametrize("sides", [([], [1.0]), ([1.0], [])])
def test_an_empty_side_is_an_error(sides: tuple[list[float], list[float]]) -> None:
    with pytest.raises(ValueError, match="both sides"):
        mann_whitney(*sides)
    with pytest.raises(ValueError, match="both sides"):
        ratio_interval(*sides)


def test_a_ratio_needs_values_above_zero() -> None:
    with pytest.raises(ValueError, match="above 0"):
        ratio_interval([1.0, 0.0], [1.0])


def test_holm_multiplies_the_smallest_most_and_never_reorders() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.9, 0.8]) == [1, 1]
    assert holm([]) == []


# scipy counts the same by other means: the exact distribution of U without ties, the corrected normal approximation.

DISTINCT = st.lists(st.integers(1, 10**6), min_size=2, max_size=24, unique=True)


@given(DISTINCT, st.data())
def test_exact_p_is_that_of_scipy(values: list[int], data: st.DataObject) -> None:
    cut = data.draw(st.integers(1, len(values) - 1))
    before, after = values[:cut], values[cut:]
    expected = scipy.stats.mannwhitneyu(before, after, alternative="two-sided", method="exact").pvalue
    assert mann_whitney(before, after) == pytest.approx(expected, abs=1e-12)


@given(st.lists(st.integers(1, 40), min_size=31, max_size=50), st.lists(st.integers(1, 40), min_size=31, max_size=50))
def test_approximate_p_is_that_of_scipy_with_its_corrections(before: list[int], after: list[int]) -> None:
    assume(len({*before, *after}) > 1)
    expected = scipy.stats.mannwhitneyu(before, after, alternative="two-sided", method="asymptotic").pvalue
    assert mann_whitney(before, after) == pytest.approx(expected, abs=1e-9)


@given(st.lists(st.floats(1e-6, 1e3), min_size=1, max_size=40))
def test_the_interval_of_a_median_ends_where_the_binomial_says(values: list[float]) -> None:
    low, high = median_interval(values)
    ordered, size = sorted(values), len(values)
    # The largest rank that leaves out at most 2.5 % on either side.
    rank = int(scipy.stats.binom.ppf(0.025, size, 0.5))
    if scipy.stats.binom.cdf(rank, size, 0.5) > 0.025:
        rank -= 1
    inside = max(0, rank)
    assert (low, high) == (ordered[inside], ordered[size - 1 - inside])


def test_six_runs_are_the_fewest_that_carry_an_interval_of_their_median() -> None:
    assert median_interval([3, 1, 2]) == (1, 3)
    assert median_interval(range(6)) == (0, 5)
    assert median_interval(range(10)) == (1, 8)
    with pytest.raises(ValueError, match="no values"):
        median_interval([])


# Facts from benchstat's documentation (golang.org/x/perf/cmd/benchstat): ns/op of ten counts, and what it prints.
JSON_OLD = [1726, 1723, 1707, 1707, 1713, 1729, 1736, 1707, 1705, 1774]
JSON_NEW = [1423, 1416, 1411, 1413, 1412, 1426, 1422, 1424, 1447, 1425]
GOB_OLD = [3069, 3075, 3069, 3067, 3207, 3064, 3064, 3058, 3059, 3062]
GOB_NEW = [3075, 3065, 3059, 3065, 3060, 3081, 3186, 3135, 3087, 3062]


@pytest.mark.parametrize(
    ("before", "after", "printed", "change", "sizes"),
    [
        (JSON_OLD, JSON_NEW, "0.000", "-17.20", (1718, 1422.5)),
        (GOB_OLD, GOB_NEW, "0.446", "~", (3065.5, 3070)),
        (JSON_NEW, GOB_NEW, "0.000", "+115.82", (1422.5, 3070)),
    ],
)
def test_what_benchstat_documents(
    before: list[int], after: list[int], printed: str, change: str, sizes: tuple[float, float]
) -> None:
    assert (median(before), median(after)) == sizes
    assert f"{mann_whitney(before, after):.3f}" == printed
    p = mann_whitney(before, after)
    assert ("~" if p > 0.05 else f"{(median(after) / median(before) - 1) * 100:+.2f}") == change


def test_what_benchstat_documented_of_runs_that_differ_in_number() -> None:
    before = [13552735, 13553943, 13606356, 13683198]
    after = [11773189, 11942588, 11786159, 11628583, 11815924]
    assert f"{mann_whitney(before, after):.3f}" == "0.016"
