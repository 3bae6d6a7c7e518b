"""The targets of the collectors: all that there are, each beginning with its own samples."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from fuzzing.invariants import check_facts, check_in_documents, check_snapshot, snapshot_of
from fuzzing.target import Target
from phasemetrics.errors import Refusal
from phasemetrics.evidence.cases import CaseBook
from phasemetrics.evidence.formats import builtin_collectors
from phasemetrics.evidence.grouping import Grouping, GroupRule
from phasemetrics.evidence.model import Collector, Report

SAMPLES = Path(__file__).parents[1] / "collectors"
# What a collector reads beside the report, from the report's folder on.
_BESIDE = {"criterion": ("sample.json", "benchmark.json"), "asv": ("../benchmarks.json",)}
_SHARES = {"coverage_data": 0.0005}  # starts a process for each file
_RULES = (GroupRule("edge cases", ("*edge*", "test_a*")), GroupRule("slow", (), frozenset({"slow", "unit"})))
_ONE_IN = 8  # of the snapshots is brought into documents, which takes longer than the reading


def reader_targets(scratch: Path) -> Iterator[Target]:
    """Yield a target for each collector, and for each file that one reads beside its report; all write in `scratch`."""
    for name, collector in builtin_collectors():
        nearby = _BESIDE.get(name, ())
        for beside in ("", *nearby):
            called = f"{name}-{Path(beside).stem}" if beside else name
            folder = scratch / called
            shutil.copytree(SAMPLES / name, folder, ignore=shutil.ignore_patterns("make.py", "expected.json"))
            samples = [path for path in sorted(folder.rglob("*")) if path.is_file() and _is_sample(collector, path)]
            report = _readable(
                collector, [one for one in samples if all((one.parent / near).is_file() for near in nearby)]
            )
            place = report.parent / beside if beside else report
            seeds = tuple(path.read_bytes() for path in ([place] if beside else samples))
            yield Target(called, seeds, _Reading(collector, folder, report, place).run, share=_SHARES.get(called, 1.0))


def _is_sample(collector: Collector, path: Path) -> bool:
    return path.suffix not in {".js", ".mjs", ".py", ".java"} and collector.recognises(path.read_bytes()[:4096])


def _readable(collector: Collector, samples: list[Path]) -> Path:
    for path in samples:
        try:
            list(collector.collect(Report(path, path.name)))
        except Refusal:
            continue
        return path
    raise LookupError(f"{collector} reads none of {samples}")


@dataclass
class _Reading:
    """One collector, a report in a folder with what lies beside it, and the `place` that the bytes are put into."""

    collector: Collector
    root: Path
    report: Path
    place: Path

    def __post_init__(self) -> None:
        self.groups = Grouping(_RULES, self.root)

    def run(self, content: bytes) -> None:
        """Read `content` as a report, or beside one, and hold what comes of it against all that has to hold."""
        self.collector.recognises(content[:4096])
        self.place.write_bytes(content)
        kind, book = self.collector.KIND, CaseBook()
        facts = list(self.collector.collect(Report(self.report, "report", self.groups, book)))
        check_facts(facts)
        snapshot = snapshot_of(facts, book, kind, self.root)
        check_snapshot(snapshot)
        if crc32(content) % _ONE_IN == 0:
            check_in_documents(snapshot)
