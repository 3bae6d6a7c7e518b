"""The boxes that evidence ticks: tests, coverage, targets, benchmarks, suites, groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

from phasemetrics.escaping import visible
from phasemetrics.evidence.beside import Beside
from phasemetrics.evidence.comparison import Comparison
from phasemetrics.evidence.groups import ALL, group_count
from phasemetrics.evidence.model import TestCount
from phasemetrics.evidence.outcomes import no_tests, ran, suite_count
from phasemetrics.evidence.side import Side
from phasemetrics.evidence.targets import targets_gate
from phasemetrics.settings import SUITES, Config
from phasemetrics.units import parse_quantity, quantity_text
from phasemetrics.value import Gate, Lookup, Value, absent, undecided


def gate_facts(after: Side, config: Config, compared: Sequence[Comparison], beside: Beside) -> dict[str, Any]:
    """Return every fact that a template may name as `gates.…`: a Gate, or a Lookup of gates.

    A Lookup is asked with what stands on the line: the least coverage, the label of a group.
    """
    suites = tuple(dict.fromkeys((*SUITES, *config.suite)))
    targets = targets_gate(config, compared, after, beside)
    benchmarked = _benchmarked(after)
    single = {
        "tests": _tests(after),
        "targets": targets,
        "benchmarked": benchmarked,
        "performance": targets if benchmarked.holds else benchmarked,
    }

    def claim(gate: Gate) -> Gate:
        return replace(gate, rewrite=config.gates.write)

    def group(suite: str, label: str) -> Gate:
        return claim(_group(after, config, suite, label))

    return {
        **{name: claim(gate) for name, gate in single.items()},
        "coverage": Lookup(lambda bound: claim(_coverage(after, bound))),
        "suites": {name: claim(_suite(after, config, name)) for name in suites},
        "groups": {name: Lookup(partial(group, name)) for name in (ALL, *suites)},
    }


def _tests(after: Side) -> Gate:
    """All tests pass: there are some, and none failed or ended in an error."""
    metrics = after.snapshot.metrics if after.snapshot else {}
    if not ran(after) or not {"tests.failed", "tests.errors"} <= metrics.keys():
        return undecided(no_tests(after))
    counts = [int(metrics[name].value) for name in ("tests.failed", "tests.errors", "tests.total")]
    return _green(counts[0] + counts[1], counts[2], "", after)


def _green(failed: int, total: int, where: str, after: Side) -> Gate:
    tests = f"{total} test{'s' if total != 1 else ''}{where}"
    said = f"{failed} of {tests} failed" if failed else f"{tests}, none failed"
    return Gate(not failed, said, after.origin("junit"))


def _coverage(after: Side, bound: str) -> Gate:
    """Return whether the coverage is at least what the line asks for: the value itself, not its rounding."""
    bound = bound.strip("*_` .")
    wanted = parse_quantity(bound)
    if wanted is None or wanted.unit != "ratio":
        return undecided(absent("bad-bound", f"{visible(bound)!r} is no percentage", "write it like 80%"))
    total = after.snapshot.metrics.get("coverage.total") if after.snapshot else None
    if total is None:
        mend = "write one with `coverage json` and name it: --coverage"
        why = after.missing if after.snapshot is None else absent("no-coverage", "no coverage report was read", mend)
        return undecided(why)
    said = f"coverage is {quantity_text(total.value, 'ratio')}, at least {visible(bound)} is asked for"
    return Gate(Decimal(repr(total.value)) >= wanted.value, said, after.origin("coverage"))


def _benchmarked(after: Side) -> Gate:
    names = [name for name in (after.snapshot.metrics if after.snapshot else {}) if name.startswith("bench.")]
    if names:
        count = len({name.rpartition(".")[0] for name in names})
        return Gate(True, f"{count} benchmark{'s' if count != 1 else ''} measured", after.origin("bench"))
    mend = "write one with `pytest --benchmark-json=build/bench.json` and name it: --bench"
    why = after.missing if after.snapshot is None else absent("no-benchmark", "no benchmark result was read", mend)
    return undecided(why)


def _suite(after: Side, config: Config, name: str) -> Gate:
    """A suite is green: it has tests, none of them failed, and coverage is what the suite asks for, if it does."""
    count = suite_count(after, config, name)
    if isinstance(count, Value):
        return undecided(count)
    gate = _counted(count, f" in suite {name!r}", after)
    least = config.suite[name].coverage if name in config.suite else None
    if not gate.holds or least is None:
        return gate
    coverage = _coverage(after, least)
    return coverage if not coverage.holds else replace(gate, said=f"{gate.said}; {coverage.said}")


def _counted(count: TestCount, where: str, after: Side) -> Gate:
    if count.failed is not None:
        return _green(count.failed, count.total, where, after)
    if count.passed == count.total:
        return _green(0, count.total, where, after)
    mend = "run `phasemetrics fill` again"
    return undecided(absent("not-counted", f"the record does not say how many tests{where} failed", mend))


def _group(after: Side, config: Config, suite: str, label: str) -> Gate:
    count = group_count(after, config, label, suite)
    if isinstance(count, TestCount):
        return _counted(count, f" of group {visible(label)!r}", after)
    if count.code == "empty-group":  # a rule that no test answers to is evidence: there is no such test
        return Gate(False, count.reason, after.origin("junit"))
    return undecided(count)
