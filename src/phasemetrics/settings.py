"""What can be configured: the tables and keys of the configuration, with their defaults."""

from __future__ import annotations

import datetime
import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, field_validator

from phasemetrics.limitkeys import LimitsTable

SUITES = ("unit", "integration", "e2e")  # those that documents know without any configuration

_BLOCK = re.compile(r"(?:#{1,6}|[-*+>])\s|>|~~~|```")


def _is_a_name(text: str) -> str:
    """Return a name that a line of a document can begin with; symbols alone would not be read back."""
    if not re.search(r"\w", text):
        raise ValueError(f"{text!r} has no letter or digit")
    if _BLOCK.match(text):
        raise ValueError(f"{text!r} begins like a heading, a list or a fence")
    return text


Words = Annotated[tuple[str, ...], Field(strict=False)]
# What documents print: blanks around it would not be read back.
Called = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_is_a_name)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class PhaseTable(_Table):
    """`[phase.3]`: what only people know about a phase."""

    name: Called | None = None
    status: Literal["not started", "in progress", "complete"] | None = None
    weeks: str | None = Field(default=None, pattern=r"^\d+(-\d+)?$")
    planned_days: int | None = Field(default=None, ge=0)
    date: datetime.date | None = None
    started: datetime.date | None = None
    ended: datetime.date | None = None
    step: Called | None = None

    @field_validator("weeks")
    @classmethod
    def _run_forwards(cls, weeks: str | None) -> str | None:
        first, _, last = (weeks or "").partition("-")
        if last and int(last) < int(first):
            raise ValueError(f"weeks {weeks} run backwards")
        return weeks


class MetricTable(_Table):
    """`[[metric]]`: one row of the metrics tables; `from` names a metric of the snapshot."""

    name: Called
    source: str = Field(alias="from", min_length=1)
    better: Literal["higher", "lower"] | None = None
    target: str | None = None
    tolerance: str = Field(default="3%", pattern=r"^\d+(\.\d+)?%$")
    aliases: tuple[str, ...] = Field(default=(), strict=False)

    @property
    def tolerance_ratio(self) -> float:
        """The tolerance as a ratio: 0.03 for `3%`."""
        return float(self.tolerance.rstrip("%")) / 100


class SuiteTable(_Table):
    """`[suite.unit]`: the test file that a document names, the glob of all its files, the coverage its gate needs."""

    path: str
    glob: str | None = None
    coverage: str | None = Field(default=None, pattern=r"^(100(\.0+)?|\d{1,2}(\.\d+)?)%$")


class GroupTable(_Table):
    """`[group."happy path"]`: which test cases a line such as `Happy path: [count] tests` counts.

    `names` are globs on the test's name, `markers` are names of pytest markers; a case belongs when one of either fits.
    """

    suite: str | None = None
    names: tuple[str, ...] = Field(default=(), strict=False)
    markers: tuple[str, ...] = Field(default=(), strict=False)


class ComponentTable(_Table):
    """`[[component]]`: one section of a document that describes its components."""

    name: Called
    path: str | None = None
    aliases: tuple[str, ...] = Field(default=(), strict=False)


class GatesTable(_Table):
    """`[gates]`: whether a tick that a person made is taken away when the evidence contradicts it."""

    write: bool = False


class CarryTable(_Table):
    """`[carry]`: what is carried over although it is no measurement: metrics into plans, words from the last phase."""

    metrics: bool = False
    words: bool = False


class CommandsTable(_Table):
    """`[commands]`: how the project is measured; only a command that says so runs them."""

    setup: str | None = None
    test: str | None = None
    bench: str | None = None


class PhrasebookTable(_Table):
    """`[phrasebook]`: a team's words for the numbers of a phase, by what they mean, beside those that we know.

    `generic` and `other` are words of headings: about the whole, about another time.
    """

    tests: Words = ()
    coverage: Words = ()
    files: Words = ()
    lines: Words = ()
    passed: Words = ()
    failed: Words = ()
    skipped: Words = ()
    rate: Words = ()
    created: Words = ()
    modified: Words = ()
    changed: Words = ()
    deleted: Words = ()
    before: Words = ()
    after: Words = ()
    target: Words = ()
    change: Words = ()
    value: Words = ()
    whole: Words = ()
    neutral: Words = ()
    parts: Words = ()
    generic: Words = ()
    other: Words = ()


class Config(_Table):
    """All of the configuration, with its defaults."""

    documents: tuple[str, ...] = Field(default=(), strict=False)
    templates: tuple[str, ...] = Field(default=(), strict=False)
    junit: tuple[str, ...] = Field(default=(), strict=False)
    coverage: tuple[str, ...] = Field(default=(), strict=False)
    bench: tuple[str, ...] = Field(default=(), strict=False)
    base: str | None = None
    plan: str | None = None
    module: str | None = None
    store: str | None = None
    repository: str | None = None
    phase: dict[str, PhaseTable] = Field(default_factory=dict)
    metric: tuple[MetricTable, ...] = Field(default=(), strict=False)
    suite: dict[str, SuiteTable] = Field(default_factory=dict)
    group: dict[str, GroupTable] = Field(default_factory=dict)
    component: tuple[ComponentTable, ...] = Field(default=(), strict=False)
    gates: GatesTable = GatesTable()
    carry: CarryTable = CarryTable()
    phrasebook: PhrasebookTable = PhrasebookTable()
    commands: CommandsTable = CommandsTable()
    limits: LimitsTable = LimitsTable()

    def files_of(self, suite: str | None) -> str | None:
        """Return the glob of a suite's test files; None where the configuration does not say it."""
        table = self.suite.get(suite) if suite is not None else None
        return None if table is None else table.glob or table.path


def tables() -> dict[str, type[BaseModel]]:
    """Return the tables of the configuration by the key that they stand under."""
    return {
        "phase": PhaseTable,
        "metric": MetricTable,
        "suite": SuiteTable,
        "group": GroupTable,
        "component": ComponentTable,
        "gates": GatesTable,
        "carry": CarryTable,
        "phrasebook": PhrasebookTable,
        "commands": CommandsTable,
        "limits": LimitsTable,
    }
