"""A line of the Go benchmark format that tells what a benchmark measured."""

from __future__ import annotations

import re

TIME = "ns/op"
Values = dict[str, float]
_NAME = re.compile(r"Benchmark\S*")
_COUNT = re.compile(r"[0-9]{1,18}")
_NUMBER = re.compile(r"[-+]?(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,4})?|NaN|Inf)")
_NOT_FINITE = {"NaN", "Inf"}
_AS_PRINTED = {"sec/op": TIME, "B/s": "MB/s"}  # benchstat's names of what go prints


def result_of(line: str) -> tuple[str, Values] | None:
    """Return the name of a benchmark, without `Benchmark`, and what it measured; None where a line is no result."""
    name, *fields = line.split() or [""]
    values = values_of(fields) if line.startswith(name) and _NAME.fullmatch(name) else None
    return None if values is None else (name.removeprefix("Benchmark"), values)


def values_of(fields: list[str]) -> Values | None:
    """Return the finite values of `iterations value unit value unit`, by unit; None where the fields are no such.

    None of them counts where there were 0 iterations: the benchmark left itself.
    """
    numbers, units = fields[1::2], fields[2::2]
    if len(fields) < 3 or len(numbers) != len(units) or not _COUNT.fullmatch(fields[0]):
        return None
    if len(set(units)) < len(units) or not all(map(_NUMBER.fullmatch, numbers)):
        return None
    given = zip(units, numbers, strict=True) if int(fields[0]) else ()
    return {unit: float(number) for unit, number in given if number.lstrip("+-") not in _NOT_FINITE}


def as_printed(unit: str) -> str:
    """Return the unit as go prints it, for one that benchstat calls otherwise."""
    return _AS_PRINTED.get(unit, unit)
