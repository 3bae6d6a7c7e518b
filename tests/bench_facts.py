"""What the facts of a benchmark report come to, for the tests of all collectors of benchmarks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import pytest
from hypothesis import strategies as st

from phasemetrics.errors import Refusal
from phasemetrics.evidence.formats import builtin_collectors
from phasemetrics.evidence.model import Collector, Fact, Machine, Measurement, Options, Report, Warning

FOLDERS = Path(__file__).parent / "collectors"
CORPUS = Path(__file__).parents[1].parent / "shared" / "corpus"
COLLECTORS = {name: collector for name, collector in builtin_collectors() if collector.KIND == "bench"}
# What stands for a person, a host or a folder of theirs in the samples and in the tests.
PRIVATE = ("name-of-the", "SECRET", "ann", "someone", "somebody")
SPOILT: tuple[object, ...] = (None, True, -1, 0, 1.5, 1e300, "x", "\ud800", [], {}, float("nan"))

needs_corpus = pytest.mark.skipif(not CORPUS.exists(), reason="needs the shared corpus")

P = ParamSpec("P")
T = TypeVar("T")


# Reading


def expected(name: str) -> Any:
    """Return the numbers that another program gave for the samples of one format."""
    return json.loads((FOLDERS / name / "expected.json").read_text())


def samples_of(name: str) -> Callable[[str], Sequence[Fact]]:
    """Return what gives the facts of a sample of one format, which is read once for all tests."""
    collector, folder = COLLECTORS[name], FOLDERS / name
    return cache(lambda sample: tuple(collector.collect(Report(folder / sample, sample))))


def read(collector: Collector, path: Path) -> list[Fact]:
    return list(collector.collect(Report(path, path.name)))


def written(collector: Collector, document: object, folder: Path, name: str = "bench.json") -> list[Fact]:
    """Return the facts of a report that holds a text, or a document as JSON."""
    path = folder / name
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return read(collector, path)


def refused_when_cut_off(collector: Collector, sample: Path, folder: Path, size: int) -> Refusal:
    """Return how the first bytes of a sample are refused; a negative size is what is missing at its end."""
    path = folder / sample.name
    path.write_bytes(sample.read_bytes()[:size])
    with pytest.raises(Refusal, match="is not JSON") as caught:
        read(collector, path)
    return caught.value


def spoilt(*more: object) -> st.SearchStrategy[object]:
    """Return what stands in no report of a real tool where a number does, and `more` of it."""
    return st.sampled_from([*SPOILT, *more])


def survived(reading: Callable[P, Iterable[Fact]], *args: P.args, **kwargs: P.kwargs) -> list[Fact]:
    """Return the facts of a report that is read or refused; whatever is said of it can be written."""
    try:
        facts = list(reading(*args, **kwargs))
    except Refusal as error:
        facts = [Warning(error.code, "", str(error))]
    for fact in facts:
        repr(fact).encode()
    return facts


# What was measured


def measured(facts: Iterable[Fact]) -> list[Measurement]:
    return [fact for fact in facts if isinstance(fact, Measurement)]


def repetitions(facts: Iterable[Fact], start: str = "") -> dict[str, list[float]]:
    """Return all values of each metric, by its name without the `start` that every name has."""
    found: dict[str, list[float]] = {}
    for fact in measured(facts):
        assert fact.name.startswith(start), fact.name
        found.setdefault(fact.name.removeprefix(start), []).append(fact.value)
    return found


def values(facts: Iterable[Fact], start: str = "") -> dict[str, float]:
    """Return the value of each metric, of which there is but one, by its name without `start`."""
    found = repetitions(facts, start)
    assert not (twice := [name for name, several in found.items() if len(several) > 1]), twice
    return {name: value for name, (value,) in found.items()}


def repeated(facts: Iterable[Fact], benchmark: str) -> dict[str, list[float]]:
    """Return all values of one benchmark, by statistic."""
    return _of(benchmark, repetitions(facts))


def stats(facts: Iterable[Fact], benchmark: str) -> dict[str, float]:
    """Return what was measured of one benchmark, by statistic."""
    return _of(benchmark, values(facts))


def _of(benchmark: str, found: Mapping[str, T]) -> dict[str, T]:
    parts = {name.rpartition("."): value for name, value in found.items()}
    return {stat: value for (start, _, stat), value in parts.items() if start == f"bench.{benchmark}"}


def benchmarks(facts: Iterable[Fact]) -> set[str]:
    """Return the names of all benchmarks of which something was measured."""
    return {name.rpartition(".")[0] for name in repetitions(facts, "bench.")}


def units(facts: Iterable[Fact]) -> dict[str, str]:
    """Return the unit of each statistic, whatever the benchmark."""
    return {fact.name.rpartition(".")[2]: fact.unit for fact in measured(facts)}


def runs(facts: Iterable[Fact]) -> set[str]:
    return {fact.labels["run"] for fact in measured(facts)}


# What is said besides


def machines(facts: Iterable[Fact]) -> list[Machine]:
    return [fact for fact in facts if isinstance(fact, Machine)]


def options(facts: Iterable[Fact]) -> dict[str, dict[str, str]]:
    """Return how each benchmark was run, by its name."""
    found = [fact for fact in facts if isinstance(fact, Options)]
    assert len({fact.benchmark for fact in found}) == len(found), "a benchmark was run in two ways"
    return {fact.benchmark: dict(fact.values) for fact in found}


def codes(facts: Iterable[Fact]) -> list[str]:
    return [fact.code for fact in facts if isinstance(fact, Warning)]


def only_warning(facts: Iterable[Fact]) -> tuple[str, str]:
    """Return the code and the file of the warning that is all that a report came to."""
    (warning,) = facts
    assert isinstance(warning, Warning)
    return warning.code, warning.path


def leaks(facts: Iterable[Fact]) -> list[str]:
    """Return what the facts tell of a person or a host."""
    told = repr(list(facts))
    return [word for word in PRIVATE if word in told]
