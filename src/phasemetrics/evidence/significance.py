"""Whether two sets of runs differ by more than chance, and by how much: counted exactly, without random numbers.

Sources: H. B. Mann and D. R. Whitney, "On a test of whether one of two random variables is stochastically larger than
the other", 1947; J. L. Hodges and E. L. Lehmann, "Estimates of location based on rank tests", 1963; M. Hollander and
D. A. Wolfe, "Nonparametric Statistical Methods", 2nd ed. 1999, §4.1 (test, ties), §4.2 (estimate), §4.3 (the interval
of Moses); S. Holm, "A simple sequentially rejective multiple test procedure", 1979.
"""

from __future__ import annotations

import math
import struct
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate

# Up to this many runs on both sides together the null distribution is counted; that stays below a tenth of a second.
EXACT_LIMIT = 60


def mann_whitney(before: Sequence[float], after: Sequence[float]) -> float:
    """Return the two-sided p of Mann and Whitney's test: twice the smaller tail, at most 1.

    Up to `EXACT_LIMIT` values it is exact, with ties too: the permutation distribution of the rank sum over midranks.
    Above, the normal approximation corrected for ties and continuity (Hollander & Wolfe 1999, 4.9 to 4.11). Both
    sides need a value, else ValueError.
    """
    _require_both(before, after)
    values = [*before, *after]
    ordered = sorted(values)
    # Twice the midrank is first + last position of the tied group, which keeps every rank sum an integer.
    ranks = [bisect_left(ordered, value) + 1 + bisect_right(ordered, value) for value in values]
    observed = sum(ranks[: len(before)])
    if len(values) > EXACT_LIMIT:
        ties = list(Counter(values).values())
        return _normal_p(observed / 2, len(before), len(after), ties)
    ways = _ways(ranks, len(before))
    tail = min(sum(ways[: observed + 1]), sum(ways[observed:]))
    return min(1.0, 2 * tail / math.comb(len(values), len(before)))


def ratio_interval(
    before: Sequence[float], after: Sequence[float], confidence: float = 0.95
) -> tuple[float, float, float]:
    """Return the estimate of the ratio after/before and the low and high end of its confidence interval.

    The estimate is Hodges and Lehmann's on the log scale, the median of all pairwise ratios; the interval is Moses'
    (Hollander & Wolfe 1999, §4.3): the k-th smallest and k-th largest of them, where k is the largest number with
    P(U <= k - 1) <= (1 - confidence) / 2. It is (0, inf) where the runs are too few for any k, and too wide rather
    than too narrow where values are tied. All values must be above 0 and both sides need one, else ValueError.
    """
    _require_both(before, after)
    if min(*before, *after) <= 0:
        raise ValueError("a ratio needs values above 0")
    ratios = sorted(later / earlier for earlier in before for later in after)
    low, high = ratios[(len(ratios) - 1) // 2], ratios[len(ratios) // 2]
    # The geometric mean is the mean on the log scale: swapping the sides then inverts the estimate.
    estimate = low if low == high else math.sqrt(low) * math.sqrt(high)
    rank = _moses_rank(len(before), len(after), (1 - confidence) / 2)
    return (estimate, ratios[rank - 1], ratios[-rank]) if rank else (estimate, 0.0, math.inf)


def median_interval(values: Sequence[float], confidence: float = 0.95) -> tuple[float, float]:
    """Return the low and high end of a confidence interval of the median that `values` were drawn around.

    It is that of order statistics (Hollander & Wolfe 1999, §3.6), so it ends at two of the values; fewer than six of
    them carry no 95 %, and all of them are inside then. Empty `values` are a ValueError.
    """
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    beyond = accumulate(math.comb(len(values), count) for count in range(len(values)))
    tail = (1 - confidence) / 2 * 2 ** len(values)
    left_out = next((count for count, ways in enumerate(beyond) if ways > tail), 0)
    return ordered[max(0, left_out - 1)], ordered[-max(1, left_out)]


def smallest_p(n: int, m: int) -> float:
    """Return the smallest two-sided p that `n` and `m` runs can give: that of complete separation, 2 / C(n + m, n)."""
    return min(1.0, 2 / math.comb(n + m, n))


def holm(values: Sequence[float]) -> list[float]:
    """Return each p adjusted for the others of its family by Holm's step-down method, in the order given."""
    order = sorted(range(len(values)), key=values.__getitem__)
    steps = (min(1.0, values[index] * (len(values) - place)) for place, index in enumerate(order))
    adjusted = dict(zip(order, accumulate(steps, max), strict=True))
    return [adjusted[index] for index in range(len(values))]


def _require_both(before: Sequence[float], after: Sequence[float]) -> None:
    if not before or not after:
        raise ValueError("both sides need at least one value")


def _ways(ranks: Sequence[int], size: int) -> tuple[int, ...]:
    """Return in how many ways `size` of `ranks` can be chosen, by the sum of the chosen."""
    # A row is a polynomial, the sum its exponent, packed into one integer of 64 bits per coefficient, which makes
    # adding a rank one shift. No coefficient overflows: the largest is at most C(60, 30) < 2**57.
    rows = [1] + [0] * size
    for rank in ranks:
        for chosen in range(size, 0, -1):
            rows[chosen] += rows[chosen - 1] << (64 * rank)
    length = sum(ranks) + 1
    return struct.unpack(f"<{length}Q", rows[size].to_bytes(8 * length, "little"))


def _normal_p(rank_sum: float, n: int, m: int, ties: Sequence[int]) -> float:
    total = n + m
    tied = sum(size**3 - size for size in ties) / (total * (total - 1))
    variance = n * m * (total + 1 - tied) / 12
    if variance <= 0:
        return 1.0
    deviation = max(0.0, abs(rank_sum - n * (total + 1) / 2) - 0.5)
    return math.erfc(deviation / math.sqrt(2 * variance))


def _moses_rank(n: int, m: int, tail: float) -> int:
    """Return how many values u of the Mann-Whitney count have P(U <= u) <= `tail`."""
    if n + m <= EXACT_LIMIT:
        # The smallest rank sum is that of the ranks 1 to n; from there on, each step is one more pair.
        ways = _ways(range(1, n + m + 1), n)[n * (n + 1) // 2 :]
        total = math.comb(n + m, n)
        return bisect_right(list(accumulate(ways)), tail, key=lambda count: count / total)
    deviation = math.sqrt(n * m * (n + m + 1) / 6)
    return bisect_right(range(n * m), tail, key=lambda u: math.erfc((n * m / 2 - u - 0.5) / deviation) / 2)
