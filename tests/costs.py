"""Measures what hostile and honest reports cost, time and memory: `python tests/costs.py [MIB]`, or `make costs`."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import honest_reports
import hostile_reports

_MIB = 1 << 20
_PATHS = [str(Path(__file__).parents[1] / name) for name in ("src", "collectors")]
_SCRIPT = """
import json, os, re, resource, sys
from pathlib import Path
sys.path[:0] = json.loads(sys.argv[1])
from phasemetrics.errors import PhasemetricsError
from phasemetrics.evidence.collecting import Evidence, collect_reports
from phasemetrics.evidence.formats import builtin_collectors
root, kind, name = Path(sys.argv[2]), *sys.argv[3:]
builtin_collectors()
began = sum(os.times()[:4])
try:
    said = f"read, {len(collect_reports(Evidence(root, {kind: (name,)})).metrics)} metrics"
except PhasemetricsError as error:
    said = f"{error.code}: {error.message}"
took = sum(os.times()[:4]) - began
# Not ru_maxrss of ourselves: that begins with the memory of whoever started us.
peak = int(re.search(r"VmHWM:\\s*(\\d+) kB", Path("/proc/self/status").read_text())[1])
peak = max(peak, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
print(json.dumps([took, peak / 1024, said]))
"""


def main() -> None:
    """Print one row for every report."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 4
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        print(f"{'hostile':34}{'MiB':>7}{'s':>8}{'MiB peak':>10}")
        for case in hostile_reports.CASES:
            case.write(root / case.name)
            _print_row(root, case.kind, case.name, case.title)
        print(f"\n{'honest':34}{'MiB':>7}{'s':>8}{'MiB peak':>10}{'s/MB':>8}{'MiB/MB':>8}")
        empty = cost(root, "junit", _written(root, "empty.xml", b"<testsuite/>"))[1]
        for name in honest_reports.FORMATS:
            _print_row(root, _kind(name), _written(root, name, honest_reports.grown(name, size * _MIB)), name, empty)
        print(f"\ngit: {_git_overhead(root / 'repository'):.0f} ms more than `git diff --numstat` of 5,000 files")


def _git_overhead(root: Path) -> float:
    """Return how many milliseconds more it takes to find a repository and to compare two commits than git's own diff.

    The best of several times, in this process.
    """
    sys.path[:0] = _PATHS
    from git_workshop import Workshop
    from phasemetrics_collectors import git

    shop = Workshop(root)
    base = shop.commit({"a.txt": "1"})
    head = shop.commit({f"folder-{number % 50}/{number}.txt": f"{number}\n" * 20 for number in range(5000)})

    def ours() -> None:
        with git.open_repository(root) as repository:
            assert len(git.compare(repository, base, head)) == 5000

    def plain() -> None:
        shop.git("diff", "--numstat", "-M", base, head)

    best = [min(_clocked(work) for _ in range(7)) for work in (ours, plain)]
    return (best[0] - best[1]) * 1000


def _clocked(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _kind(name: str) -> str:
    from importlib import import_module

    sys.path[:0] = _PATHS
    kind: str = import_module(f"phasemetrics_collectors.{name}").KIND
    return kind


def _written(root: Path, name: str, content: bytes) -> str:
    (root / name).write_bytes(content)
    return name


def _print_row(root: Path, kind: str, name: str, title: str, empty: float | None = None) -> None:
    size = (root / name).stat().st_size / 1e6
    took, peak, said = cost(root, kind, name)
    rates = "" if empty is None else f"{took / size:8.3f}{(peak - empty) / size:8.2f}"
    print(f"{title:34}{size / 1.048576:7.1f}{took:8.2f}{peak:10.0f}{rates}  {said[:90]}", flush=True)
    (root / name).unlink()


def cost(root: Path, kind: str, name: str) -> tuple[float, float, str]:
    """Return seconds of the processor, the peak of memory in MiB, and what became of it, in a process of its own."""
    command = [sys.executable, "-c", _SCRIPT, json.dumps(_PATHS), str(root), kind, name]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        return 0.0, 0.0, f"FAILED {ended.returncode}: {ended.stderr.strip().splitlines()[-1:]}"
    found: tuple[float, float, str] = tuple(json.loads(ended.stdout))
    return found


if __name__ == "__main__":
    main()
