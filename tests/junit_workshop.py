"""Reads test reports for the tests, and adds up what comes out."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from phasemetrics.evidence.grouping import Grouping, GroupRule
from phasemetrics.evidence.model import Collector, Fact, Measurement, Report, TestCount, Warning
from phasemetrics.evidence.tally import Tally
from phasemetrics_collectors import junit

CASE = '<testsuite name="s">{}</testsuite>'


def read(path: Path, *rules: GroupRule) -> list[Fact]:
    return list(junit.collect(Report(path, path.name, Grouping(rules, path.parent) if rules else None)))


def read_with(collector: Collector, path: Path, *rules: GroupRule) -> list[Fact]:
    return list(collector.collect(Report(path, path.name, Grouping(rules, path.parent) if rules else None)))


def made_with(collector: Collector, tmp_path: Path, body: str | bytes, *rules: GroupRule) -> list[Fact]:
    path = tmp_path / "report"
    path.write_bytes(body if isinstance(body, bytes) else body.encode())
    return read_with(collector, path, *rules)


def made(tmp_path: Path, body: str, *rules: GroupRule) -> list[Fact]:
    path = tmp_path / "made.xml"
    path.write_text(body, encoding="utf-8")
    return read(path, *rules)


def counts(facts: list[Fact]) -> Counter[str]:
    found: Counter[str] = Counter()
    for fact in facts:
        if isinstance(fact, Measurement) and fact.unit == "count" and fact.name != "tests.group":
            found[fact.labels.get("outcome", fact.name.removeprefix("tests."))] += int(fact.value)
    return +found


def by_file(facts: list[Fact]) -> Counter[str]:
    found: Counter[str] = Counter()
    for fact in facts:
        if isinstance(fact, Measurement) and fact.name == "tests":
            found[fact.labels["path"]] += int(fact.value)
    return found


def by_group(facts: list[Fact]) -> dict[str, TestCount]:
    found = Tally()
    for fact in facts:
        if isinstance(fact, Measurement) and fact.name == "tests.group":
            found.add(fact, "made.xml")
    return {one.path: one for one in found.grouped(1)}


def value(facts: list[Fact], name: str) -> float | None:
    return next((fact.value for fact in facts if isinstance(fact, Measurement) and fact.name == name), None)


def warnings(facts: list[Fact]) -> dict[str, str]:
    return {fact.code: fact.message for fact in facts if isinstance(fact, Warning)}
