"""What was measured: the facts a collector yields, and the snapshot they add up to."""

# Longer than a page because collectors and snapshots speak of the same things, and both look for them in one place.

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Literal, Protocol, TypeAlias

from phasemetrics.unitnames import Direction

Kind = Literal["junit", "coverage", "bench", "size"]
Outcome = Literal["passed", "failed", "errors", "skipped", "xfailed", "xpassed"]
OUTCOMES: tuple[Outcome, ...] = ("passed", "failed", "errors", "skipped", "xfailed", "xpassed")
FileStatus = Literal["created", "modified", "deleted"]
DependencyStatus = Literal["added", "raised", "lowered", "changed", "removed"]


class Groups(Protocol):
    """The configured groups of test cases: their `names`, and the `markers` that any of them asks for."""

    names: tuple[str, ...]
    markers: frozenset[str]

    def of(self, name: str, classname: str, path: str, markers: Collection[str]) -> tuple[str, ...]:
        """Return the groups of one case, by the names that its report gives it and the file that it lies in."""
        ...


class Named(Protocol):
    """Where the name of each test case goes; once it is `full`, no more of them is asked for."""

    full: bool

    def add(self, name: str, classname: str, path: str, outcome: Outcome) -> None:
        """Take note of one case, by the names that its report gives it and the file that it lies in."""
        ...


@dataclass(frozen=True, slots=True)
class Report:
    """A file to read: `path` to open it, `name` as the person would call it (relative, `/`-separated).

    `groups` are there where test cases are to be counted by group as well, `named` where each is to be told by name.
    `format` is the collector that a person named for it.
    """

    path: Path
    name: str
    groups: Groups | None = None
    named: Named | None = None
    format: str = ""


@dataclass(frozen=True, slots=True)
class Measurement:
    """One quantity as one report gave it, in its base unit (`count`, `second`, `ratio`, `byte`, `per_second`).

    Names and labels:
    `tests` (count; labels `outcome`, and `path` of the test file) ·
    `tests.group` (count; labels `group` and `outcome`; 0 for a group without a case, nothing for one not counted) ·
    `tests.flaky` (count) · `tests.duration`, `tests.wall` (second) ·
    `size.PATH` (byte) ·
    `bench.NAME.STAT` (labels `run`: what puts the sessions in order, an ISO date where the report has one; `better`
    where the report says which way is). What one report gives several times is what its repetitions came to, each a
    process or a count; STAT says which of these stands for the session: `min` the least, `median` that in the middle.
    """

    name: str
    value: float
    unit: str
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Branches:
    """The branches that leave one line: `total` of them, `covered`, and `taken` destinations where they are named.

    A destination is a line, or stands for a name, and is then above 10**9.
    """

    total: int
    covered: int
    taken: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class FileCoverage:
    """The lines of one file that could run and the ones that did; `branches` by line; None where not measured.

    `path` is as the report spells it, `/`-separated; merging makes it relative to the repository.
    """

    path: str
    covered: frozenset[int]
    missing: frozenset[int]
    branches: Mapping[int, Branches] | None = None


UNKNOWN = "unknown"  # a trait of a machine that no report gave; of its cores, 0


@dataclass(frozen=True, slots=True)
class Machine:
    """Where something was timed; no host or user name."""

    os: str
    arch: str
    cpu: str
    cores: int
    runtime: str


@dataclass(frozen=True, slots=True)
class Options:
    """How one benchmark was run, as far as its report says: what was run otherwise is not comparable.

    `values` by the name that the tool gives to each, such as `warmup` or `version`.
    """

    benchmark: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Warning:  # noqa: A001 - it is the contract's word, and this module is never star-imported
    """Something in a report that a person should know, though the report could be read."""

    code: str
    path: str
    message: str


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file that differs between two trees; `added` and `deleted` lines are 0 for a binary file."""

    path: str
    status: FileStatus
    source: str | None
    added: int
    deleted: int
    binary: bool


@dataclass(frozen=True, slots=True)
class Revision:
    """A commit: full object ids, committer date (ISO 8601, UTC, `Z`), and whether tracked files differed from it."""

    sha: str
    tree: str
    date: str
    dirty: bool


Fact: TypeAlias = Measurement | FileCoverage | Machine | Options | Warning


class Collector(Protocol):
    """What we expect of a module of `phasemetrics_collectors`, and of an entry point of `phasemetrics.collectors`."""

    KIND: Kind

    def recognises(self, head: bytes) -> bool:
        """Return whether a file that begins with `head` (up to 4 KiB) is in this collector's format."""
        ...

    def collect(self, report: Report) -> Iterator[Fact]:
        """Yield the facts of one report; raise `Refusal` with line and column for one that cannot be believed."""
        ...


@dataclass(frozen=True, slots=True)
class Metric:
    """One number of a snapshot, base unit; `covered` of `total` for a ratio, one value per run for a benchmark.

    `sessions` says how many of the `runs`, in their order, each session of measuring gave; empty where each gave one.
    `better` is there where the report itself says which way is.
    """

    value: float
    unit: str
    covered: int | None = None
    total: int | None = None
    runs: tuple[float, ...] = ()
    sessions: tuple[int, ...] = ()
    better: Direction | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A report that was read: its name, its kind and collector, the hash of its bytes, when it was written (UTC)."""

    path: str
    kind: Kind
    collector: str
    sha256: str
    modified: str


@dataclass(frozen=True, slots=True)
class PathCount:
    """Covered of total lines (and branches) of one file."""

    path: str
    covered: int
    total: int
    branches_covered: int = 0
    branches_total: int = 0


@dataclass(frozen=True, slots=True)
class TestCount:
    """The test cases of one test file, or of the group that `path` names: `failed` counts errors too.

    `total` counts what was skipped as well. `failed` is None where nobody recorded it.
    """

    __test__: ClassVar[bool] = False  # pytest takes every class of such a name for tests

    path: str
    passed: int
    failed: int | None
    total: int


@dataclass(frozen=True, slots=True, order=True)
class TestCase:
    """One test case: its file, its class without the module of that file, its name with parameters, its outcome."""

    __test__: ClassVar[bool] = False

    path: str
    classname: str
    name: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Dependency:
    """One requirement that differs between two trees: its version range `before` and `after` as the manifest has it.

    None where it is not there at all, empty where any version will do, `@` where it comes from a place (a URL, a
    folder) and not by its version; `path` is the manifest.
    """

    name: str
    status: DependencyStatus
    before: str | None
    after: str | None
    path: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that was measured at one revision. `files` and `dependencies` are None where no two trees were compared.

    `cases` are None where they were not told by name. `options` are those of each benchmark.
    """

    revision: Revision | None = None
    base: str | None = None
    sources: tuple[Source, ...] = ()
    metrics: Mapping[str, Metric] = field(default_factory=dict)
    files: tuple[FileChange, ...] | None = None
    coverage: tuple[PathCount, ...] = ()
    tests: tuple[TestCount, ...] = ()
    groups: tuple[TestCount, ...] = ()
    cases: tuple[TestCase, ...] | None = None
    dependencies: tuple[Dependency, ...] | None = None
    machine: Machine | None = None
    options: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    warnings: tuple[Warning, ...] = ()


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of work seen from its two ends; `before` is None where nobody recorded it."""

    number: str
    before: Snapshot | None
    after: Snapshot | None
