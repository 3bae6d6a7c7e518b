"""Reads benchmarks as pyperf writes them with `-o` (JSON 1.0, pyperf 1 and 2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from phasemetrics.errors import Refusal
from phasemetrics.escaping import visible
from phasemetrics.evidence.model import Fact, Kind, Machine, Report
from phasemetrics.reading import read_regular
from phasemetrics_collectors._bench import MOST, Benchmark, machine, no_benchmarks
from phasemetrics_collectors._bench_names import without_folders
from phasemetrics_collectors._json import parse
from phasemetrics_collectors._json_node import CODE, Node
from phasemetrics_collectors._outline import outline
from phasemetrics_collectors._system import system_name

KIND: Final[Kind] = "bench"
_MEND = "write it again with `-o`, or with `pyperf convert`"
_GZIP = b"\x1f\x8b"
_VERSION = "1.0"
_UNITS = {"second": "second", "byte": "byte", "integer": "count"}
_RECOGNISED = {"metadata.perf_version", *(f"benchmarks[].runs[].{key}" for key in ("metadata", "values", "warmups"))}
_IMPLEMENTATIONS = {"cpython": "CPython", "pypy": "PyPy", "graalpy": "GraalPy"}
_PYTHON = re.compile(r"(?:PyPy \S* \(Python )?(\d+\.\d+)")  # 3.11.7 (64-bit), PyPy 7.3.11 (Python 3.9.16) (64-bit)
_ARCHITECTURE = re.compile(r"(?<=-)(?:x86_64|amd64|arm64|aarch64|armv\w+|i[3-6]86|ppc64(?:le)?|s390x|riscv64)(?=-|\Z)")


def recognises(head: bytes) -> bool:
    """Return whether `head` begins JSON with runs of benchmarks, or with metadata that name pyperf; or a gzip file.

    pyperf writes gzip where the name ends in `.gz`; it is taken to say what is wrong with it.
    """
    paths = outline(head)
    return head.startswith(_GZIP) or bool(paths & _RECOGNISED)


def collect(report: Report) -> Iterator[Fact]:
    """Yield one `Machine` and, for each benchmark, `bench.NAME.STAT` (second, byte or count) and its `Options`.

    Each run with values is a worker process, and so a repetition; one without is a calibration and left out, as all
    warmups are. The label `run` is the earliest `date`, without a zone: pyperf writes local time and does not say
    which. Raises `Refusal` with the JSON path for what cannot be; `Warning` `no-benchmarks` where no run has values.
    Format: the JSON file format of pyperf's documentation, version 1.0.
    """
    root = _document(report)
    common = _Metadata().within(root)
    benchmarks = [(common.within(one), one) for one in root.need("benchmarks").items()]
    first = min((date for metadata, one in benchmarks for date in _dates(metadata, one)), default="")
    yield from _machine(common)
    names: set[str] = set()
    measured = False
    for metadata, one in benchmarks:
        benchmark = Benchmark(_name(metadata, one, names), first)
        processes = [list(_values(run)) for run in one.need("runs").items()]
        if any(processes):
            measured = True
            yield from benchmark.repetitions(processes, _unit(metadata))
            yield benchmark.options(_options(metadata))
    if not measured:
        yield no_benchmarks(report)


@dataclass(frozen=True, slots=True)
class _Metadata:
    """What is said of a part of the file: there, or of what it is a part of; pyperf says what is common only once."""

    levels: tuple[Node, ...] = ()

    def within(self, part: Node) -> _Metadata:
        said = part.find("metadata")
        return self if said is None else _Metadata((said, *self.levels))

    def find(self, key: str) -> Node | None:
        return next((found for level in self.levels if (found := level.find(key)) is not None), None)

    def text(self, key: str) -> str:
        found = self.find(key)
        return "" if found is None else found.text().strip()


def _document(report: Report) -> Node:
    content = read_regular(report.path, report.name, "json_size")
    if content.startswith(_GZIP):
        message = "is compressed with gzip, not JSON"
        raise Refusal(CODE, message, path=report.name, line=1, column=1, mend="decompress it first")
    root = parse(content, report.name, _MEND)
    version = root.need("version")
    if version.value != _VERSION:
        raise version.refuse(f'is not "{_VERSION}", the version of the format that is known here')
    return root


def _dates(metadata: _Metadata, benchmark: Node) -> Iterator[str]:
    for run in benchmark.need("runs").items():
        date = metadata.within(run).find("date")
        if date is not None:
            try:
                yield datetime.fromisoformat(date.text()).isoformat()
            except ValueError:
                raise date.refuse("is not a date and time (ISO 8601)") from None


def _name(metadata: _Metadata, benchmark: Node, names: set[str]) -> str:
    found = metadata.find("name")
    if found is None or not found.text():
        raise benchmark.refuse("has no `name`, neither in its metadata nor in those of the file")
    name = without_folders(found.text())
    if name in names:
        raise found.refuse("is the name of another benchmark of this file as well")
    names.add(name)
    return name


def _values(run: Node) -> Iterator[float]:
    values = run.find("values")
    for value in values.items() if values is not None else ():
        yield value.number(0, MOST)


def _unit(metadata: _Metadata) -> str:
    found = metadata.find("unit")
    if found is None:
        return "second"
    if found.text() not in _UNITS:
        raise found.refuse(f'is "{visible(found.text())}", expected second, byte or integer')
    return _UNITS[found.text()]


def _options(metadata: _Metadata) -> dict[str, object]:
    implementation, python = metadata.text("python_implementation"), _PYTHON.match(metadata.text("python_version"))
    runtime = (_IMPLEMENTATIONS.get(implementation, implementation), python[1] if python else "")
    return {
        "runtime": " ".join(filter(None, runtime)) or None,
        "timer": metadata.text("timer").partition(",")[0] or None,  # without its resolution, which is measured
        "aslr": metadata.text("aslr") or None,
        "python_gc": metadata.text("python_gc") or None,  # only there where a benchmark switched it off
        # How runs are calibrated and warmed up has changed with major versions.
        "perf_version": metadata.text("perf_version").partition(".")[0] or None,
    }


def _machine(common: _Metadata) -> Iterator[Machine]:
    """Yield the machine: what the benchmarks of one file do not have in common is not said for the whole of it."""
    platform, cpu, cores = common.text("platform"), common.text("cpu_model_name"), common.find("cpu_count")
    system, architectures = system_name(platform), _ARCHITECTURE.findall(platform.partition("-with-")[0].lower())
    if platform or cpu or cores is not None:
        yield machine(
            os=system,
            # A release of Linux may name one as well, and it comes first; macOS adds its processor at the end.
            arch=(architectures or [""])[0 if system in {"Darwin", "macOS"} else -1],
            cpu=cpu,
            cores=0 if cores is None else cores.integer(0, 10**6),
        )
