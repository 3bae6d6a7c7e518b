"""Identical code is called better or worse in one case of a hundred at most, and a true change is seen."""

from __future__ import annotations

import csv
import math
import random
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path
from statistics import median

import pytest

from phasemetrics.evidence.comparing import compare, settle
from phasemetrics.evidence.comparison import Comparison
from phasemetrics.evidence.model import Metric, Snapshot

SESSIONS = Path(__file__).parents[1].parent / "shared/corpus/bench/identical-code-sessions.csv"
needs_corpus = pytest.mark.skipif(not SESSIONS.is_file(), reason="../shared/corpus/bench is not here")
CLAIMS = {"improved", "regressed"}


def compared(name: str, before: Sequence[float], after: Sequence[float]) -> Comparison:
    one, other = (
        Snapshot(metrics={name: Metric(median(runs), "second", runs=tuple(runs))}) for runs in (before, after)
    )
    return compare(name, one, other)


def documents(stat: str, column: str, factor: float = 1.0) -> Iterator[list[Comparison]]:
    """Yield the rows of a document for all 924 ways to deal the twelve sessions to two sides, settled."""
    values: dict[str, list[float]] = {}
    with SESSIONS.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            values.setdefault(row["benchmark"], []).append(float(row[column]))
    for chosen in combinations(range(12), 6):
        rows = []
        for benchmark, runs in values.items():
            before = [runs[index] for index in chosen]
            after = [run * factor for index, run in enumerate(runs) if index not in chosen]
            rows.append(compared(f"bench.{benchmark}.{stat}", before, after))
        yield settle(rows)


@needs_corpus
@pytest.mark.parametrize(
    ("stat", "column"), [("min", "min_s"), ("median", "median_s"), ("mean", "mean_s"), ("q3", "q3_s")]
)
def test_one_document_in_a_hundred_makes_a_false_claim_at_most(stat: str, column: str) -> None:
    every = list(documents(stat, column))
    assert len(every) == math.comb(12, 6)
    false = sum(any(row.verdict in CLAIMS for row in rows) for rows in every)
    assert false <= 0.01 * len(every)


@needs_corpus
def test_ten_percent_are_seen_in_the_minimum_of_six_runs() -> None:
    rows = [row for document in documents("min", "min_s", 1.1) for row in document]
    assert sum(row.verdict == "regressed" for row in rows) >= 0.85 * len(rows)


@pytest.mark.parametrize("runs", [4, 6, 10])
@pytest.mark.parametrize("noise", [0.02, 0.05, 0.1, 0.3])
def test_noise_of_any_size_makes_one_false_claim_in_a_hundred_at_most(runs: int, noise: float) -> None:
    # Seeded: 1,500 pairs of normal noise on the log scale. 1.4 % is what 1.0 % may come to in so many.
    rng = random.Random(f"{runs} {noise}")
    pairs = 1500
    claims = 0
    for _ in range(pairs):
        before, after = ([math.exp(rng.gauss(0, noise)) for _ in range(runs)] for _ in range(2))
        claims += compared("bench.x.median", before, after).verdict in CLAIMS
    assert claims <= 0.014 * pairs


@pytest.mark.parametrize(("noise", "runs", "seen"), [(0.01, 4, 0.98), (0.02, 6, 0.98), (0.03, 10, 0.98)])
def test_ten_percent_are_seen_above_a_little_noise(noise: float, runs: int, seen: float) -> None:
    rng = random.Random(f"{runs} {noise}")
    found = 0
    for _ in range(300):
        before, after = ([math.exp(rng.gauss(0, noise)) for _ in range(runs)] for _ in range(2))
        found += compared("bench.x.median", before, [run * 1.1 for run in after]).verdict == "regressed"
    assert found >= seen * 300


def test_what_one_slow_session_moves_takes_more_proof() -> None:
    before, after = [1.0, 1.01, 1.02, 1.03], [1.06, 1.07, 1.08, 1.09]
    assert compared("bench.x.median", before, after).verdict == "regressed"
    row = compared("bench.x.mean", before, after)
    assert row.improvement() == "~ no significant change (-5.9% mean, p=0.029, n=4+4, mean needs p≤0.01)"
    assert compared("bench.x.mean", [*before, 1.04], [*after, 1.1]).verdict == "regressed", "p=0.008"
    scattered = compared("bench.x.median", [1.0, 1.1, 1.2, 1.3], [1.5, 1.6, 1.7, 1.8])
    assert scattered.message == "p=0.029, n=4+4, a scatter of 13% needs p≤0.01"


def test_what_is_large_beside_its_scatter_takes_no_more_proof() -> None:
    before, after = [1.0, 1.1, 1.2, 1.3], [15.0, 16.0, 17.0, 18.0]
    rows = [compared(f"bench.{name}", before, after) for name in ("x.median", "y.mean", "z.p95")]
    assert {row.verdict for row in rows} == {"regressed"}
    # With Holm's adjustment 4 + 4 runs prove one row of a document; 6 + 6 prove many.
    assert {row.verdict for row in settle(rows[:1])} == {"regressed"}
    rows = [compared(f"bench.{number}.mean", [*before, 1.15, 1.25], [*after, 15.5, 16.5]) for number in range(20)]
    assert {row.verdict for row in settle(rows)} == {"regressed"}
