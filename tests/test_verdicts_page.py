"""docs/verdicts.md shows what the program says: every verdict, in the words that stand in a document."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import get_args

from phasemetrics.evidence.comparing import compare
from phasemetrics.evidence.model import Machine, Metric, Snapshot
from phasemetrics.evidence.verdict import Verdict

PAGE = (Path(__file__).parents[1] / "docs" / "verdicts.md").read_text(encoding="utf-8")
MACHINE = Machine("Linux", "x86_64", "A", 2, "CPython 3.13.1")


def around(centre: float, count: int) -> tuple[float, ...]:
    return tuple(centre * (1 + 0.001 * index) for index in range(count))


def side(centre: float, count: int, stat: str = "median", cpu: str = "A", unit: str = "second") -> Snapshot:
    runs = around(centre, count)
    metric = Metric(sorted(runs)[count // 2], unit, runs=runs)
    return Snapshot(metrics={f"bench.x.{stat}": metric}, machine=replace(MACHINE, cpu=cpu))


def failing(snapshot: Snapshot) -> Snapshot:
    counts = {"bench.x.failed": Metric(3, "count", runs=(3,)), "bench.x.total": Metric(20, "count", runs=(20,))}
    return replace(snapshot, metrics={**snapshot.metrics, **counts})


CASES: dict[str, tuple[Snapshot, Snapshot]] = {
    "improved": (side(0.012, 6), side(0.00923, 6)),
    "regressed": (side(0.00923, 6), side(0.012, 6)),
    "changed": (side(100, 6, "rounds", unit="count"), side(123.1, 6, "rounds", unit="count")),
    "unchanged": (side(0.012, 6), side(0.012, 6)),
    "too-few-runs": (side(0.012, 3), side(0.00923, 3)),
    "single-measurement": (side(0.012, 1), side(0.00923, 1)),
    "not-comparable": (side(0.012, 6), side(0.012, 6, cpu="B")),
    "new": (Snapshot(), side(0.012, 6)),
    "missing": (side(0.012, 6), Snapshot()),
    "failed": (side(0.012, 6), failing(side(0.001, 17))),
    "baseline-zero": (side(0, 1), side(0.012, 6)),
}


def test_every_verdict_has_its_words_on_the_page() -> None:
    rows = dict(re.findall(r"^\| (`[a-z-]+`(?:, `[a-z-]+`)*) \| (.*?) \|", PAGE, re.MULTILINE))
    words = {code: cell for codes, cell in rows.items() for code in re.findall(r"`([a-z-]+)`", codes)}
    assert set(words) == set(get_args(Verdict))
    for code, (before, after) in CASES.items():
        stat = "rounds" if code == "changed" else "median"
        row = compare(f"bench.x.{stat}", before, after)
        assert row.verdict == code
        if code in {"new", "missing", "regressed", "changed"}:  # of a document's row, or with another number
            continue
        assert words[code] == f"`{row.improvement()}`"


def test_the_words_of_runs_that_share_a_session_are_on_the_page() -> None:
    before, after = (
        Snapshot(metrics={"bench.x.median": Metric(runs[5], "second", runs=runs, sessions=(10,))})
        for runs in (around(0.012, 10), around(0.00923, 10))
    )
    row = compare("bench.x.median", before, after)
    assert (row.verdict, row.proven) == ("improved", False)
    assert row.improvement() == "+23.1% median (p<0.001, n=10+10 in 1+1 sessions)"
    assert "n=10+10 in 1+1\nsessions" in PAGE
