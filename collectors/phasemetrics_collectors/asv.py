"""Reads the results that `asv run` saves (airspeed velocity): `results/MACHINE/HASH-ENVIRONMENT.json`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from posixpath import join, normpath
from typing import Final

from phasemetrics.errors import Refusal
from phasemetrics.evidence.model import Fact, Kind, Machine, Measurement, Report
from phasemetrics_collectors._asv_json import is_nan, number, read
from phasemetrics_collectors._asv_results import Result, results
from phasemetrics_collectors._bench import MOST, Benchmark, in_base, machine, no_benchmarks, percentile
from phasemetrics_collectors._json_node import CODE, Node
from phasemetrics_collectors._outline import outline
from phasemetrics_collectors._system import system_name

KIND: Final[Kind] = "bench"
_MEND = "write it again with `asv run`, or bring it up to date with `asv update`"
_LISTED = "benchmarks.json"
_QUARTILES = {"q1": ("stats_q_25", 25), "q3": ("stats_q_75", 75)}
_ROUNDING = 1e-4  # asv keeps five digits of the quartiles
_UNKNOWN = "track"  # the unit of a number of which nobody says one
_DEFAULT = "unit"  # how asv itself calls that
_LAST_DATE = 253_402_300_799_999  # milliseconds, in the year 9999
_PREFIXES = (
    (re.compile(r"time(?:raw)?_|Time(?:raw)?[A-Z_]"), "seconds"),
    (re.compile(r"(?:peak)?mem_|(?:Peak)?Mem[A-Z_]"), "bytes"),
)
_PYTHON = re.compile(r"([a-z]*)-?(\d+\.\d+)[\w.+-]*", re.IGNORECASE)  # 3.11, pypy3.9
_IMPLEMENTATIONS = {"": "Python", "pypy": "PyPy"}


def recognises(head: bytes) -> bool:
    """Return whether `head` begins a JSON object about one commit, with columns or an environment.

    `machine.json` and `benchmarks.json`, which lie near it, are about no commit.
    """
    paths = outline(head)
    return "commit_hash" in paths and ("result_columns" in paths or {"params", "python", "requirements"} <= paths)


def collect(report: Report) -> Iterator[Fact]:
    """Yield one `Machine` and, for each combination of parameters, `bench.NAME.STAT`, its outcome and `Options`.

    From samples, where they were recorded; else `median`, `q1`, `q3` and `rounds`. Second, byte, or the benchmark's
    own unit: that is in `benchmarks.json` a folder up; where there is none, the name says it. Null failed, NaN was
    skipped and is left out. The label `run` is `date`, that of the commit. Raises `Refusal` with the JSON path for what
    cannot be; `Warning` `no-benchmarks` where nothing was measured. Format: asv's development documentation, version 2
    of results, and version 1.
    """
    root = read(report.path, report.name, _MEND)
    run, listed, options = _run(root.find("date")), _listed(report), _options(root)
    yield from _machine(root.find("params"))
    names: set[str] = set()
    measured = False
    for result in results(root):
        if result.name in names:
            raise result.place.refuse("has the name and parameters of another result of this file")
        names.add(result.name)
        value, benchmark = result.values.get("result"), Benchmark(result.name, run)
        if value is not None and is_nan(value):
            continue
        if value is not None:
            measured = True
            yield from _measured(benchmark, result, value, _unit(result.benchmark, listed))
        yield from benchmark.outcomes(int(value is None), 1)
        yield benchmark.options({"version": result.version or None, **options})
    if not measured:
        yield no_benchmarks(report)


def _measured(benchmark: Benchmark, result: Result, value: Node, spelling: str) -> Iterator[Measurement]:
    unit = in_base(0, spelling)[1]
    minimum = 0 if unit in {"second", "byte"} else -MOST

    def based(node: Node) -> float:
        return in_base(number(node, minimum), spelling)[0]

    samples = [based(sample) for sample in result.values["samples"].items()] if "samples" in result.values else []
    if samples:
        yield from benchmark.session(samples, unit)
        for stat, (_, percent) in _QUARTILES.items():
            yield benchmark.measured(stat, percentile(samples, percent), unit)
        return
    median = based(value)
    quartiles = {stat: based(result.values[key]) for stat, (key, _) in _QUARTILES.items() if key in result.values}
    slack = _ROUNDING * abs(median)
    if not quartiles.get("q1", median) - slack <= median <= quartiles.get("q3", median) + slack:
        raise value.refuse(f"is {value.value}, which does not lie between its quartiles")
    for stat, found in {"median": median, **quartiles}.items():
        yield benchmark.measured(stat, found, unit)
    if "stats_repeat" in result.values:
        yield benchmark.measured("rounds", result.values["stats_repeat"].integer(1, int(MOST)), "count")


def _listed(report: Report) -> Node | None:
    """Return what asv knows of its benchmarks, None where that does not lie at its place: a folder up."""
    name = normpath(join(report.name, "../..", _LISTED))
    try:
        return read(report.path.parent / ".." / _LISTED, name, _MEND)
    except Refusal as refusal:
        if refusal.code == CODE:
            raise  # without it, a number could change its unit from one side to the other
        return None


def _unit(benchmark: str, listed: Node | None) -> str:
    known = None if listed is None else listed.find(benchmark)
    said = None if known is None else known.find("unit")
    if said is not None:
        return _UNKNOWN if said.text().strip() in {"", _DEFAULT} else said.text()
    last = benchmark.rpartition(".")[2]
    return next((unit for prefix, unit in _PREFIXES if prefix.match(last)), _UNKNOWN)


def _run(date: Node | None) -> str:
    if date is None or date.value is None:
        return ""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=date.integer(0, _LAST_DATE))
    return moment.isoformat().replace("+00:00", "Z")


def _options(root: Node) -> dict[str, object]:
    python, wanted = _PYTHON.fullmatch(_said(root, "python")), root.find("requirements")
    names = [] if wanted is None else [f"{name} {_said(wanted, name)}".strip() for name, _ in wanted.members()]
    return {
        # Of an environment that was there before, its name is the path of its interpreter.
        "runtime": f"{_IMPLEMENTATIONS.get(python[1].lower(), python[1])} {python[2]}" if python else None,
        "requirements": ", ".join(sorted(name for name in names if not re.search(r"[/\\]", name))) or None,
    }


def _machine(params: Node | None) -> Iterator[Machine]:
    if params is None:
        return
    system, arch, cpu, cores = (_said(params, key) for key in ("os", "arch", "cpu", "num_cpu"))
    if system or arch or cpu or cores:
        known = int(cores) if re.fullmatch("[0-9]{1,7}", cores) else 0
        yield machine(os=system_name(system), arch=arch, cpu=cpu, cores=known)


def _said(node: Node, key: str) -> str:
    # A person may have written anything into the file that asv has these from, so nothing of it is a reason to refuse.
    found = node.find(key)
    return str(found.value).strip() if found is not None and type(found.value) in {str, int} else ""
