"""Reads JUnit reports for the tests, and adds up what comes out."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from phasemetrics.evidence.model import Fact, Measurement, Report, Warning
from phasemetrics_collectors import junit

CASE = '<testsuite name="s">{}</testsuite>'


def read(path: Path) -> list[Fact]:
    return list(junit.collect(Report(path, path.name)))


def made(tmp_path: Path, body: str) -> list[Fact]:
    path = tmp_path / "made.xml"
    path.write_text(body, encoding="utf-8")
    return read(path)


def counts(facts: list[Fact]) -> Counter[str]:
    found: Counter[str] = Counter()
    for fact in facts:
        if isinstance(fact, Measurement) and fact.unit == "count":
            found[fact.labels.get("outcome", fact.name.removeprefix("tests."))] += int(fact.value)
    return +found


def by_file(facts: list[Fact]) -> Counter[str]:
    found: Counter[str] = Counter()
    for fact in facts:
        if isinstance(fact, Measurement) and fact.name == "tests":
            found[fact.labels["path"]] += int(fact.value)
    return found


def value(facts: list[Fact], name: str) -> float | None:
    return next((fact.value for fact in facts if isinstance(fact, Measurement) and fact.name == name), None)


def warnings(facts: list[Fact]) -> dict[str, str]:
    return {fact.code: fact.message for fact in facts if isinstance(fact, Warning)}
