"""Results of other people's runs: a document filled from six runs a side, and one sample of each tool."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import nursery
from git_workshop import Workshop
from phasemetrics.evidence.collecting import Evidence, collect_reports

CORPUS = Path(__file__).parents[1].parent / "shared/corpus/bench"
pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="../shared/corpus/bench is not here")
NAMES = ("test_checksum", "test_render", "test_unchanged")
DOCUMENT = """# Phase 1

## Performance Metrics

### Actual (Phase 1 Results)

| Metric | Actual | Improvement | Status |
|--------|--------|-------------|--------|
| [Metric 1] | [Value] | +[XX]% | [✅/⚠️/❌] |
"""


def ran(root: Path, *arguments: str) -> str:
    stale = ["--allow-stale"] if arguments[0] in {"baseline", "fill"} else []
    done = nursery.ran(root, *arguments, *stale)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("stat", ["median", "min"])
def test_real_changes_are_claimed_in_the_document_and_the_unchanged_one_is_not(tmp_path: Path, stat: str) -> None:
    rows = [f'[[metric]]\nname = "{name}"\nfrom = "bench.{name}.{stat}"\n' for name in NAMES]
    config = 'documents = ["README.md"]\n[phase.1]\nname = "One"\n' + "".join(rows)
    workshop = Workshop(tmp_path / "p")
    workshop.commit({"phasemetrics.toml": config, "README.md": DOCUMENT})
    ran(workshop.root, "baseline", "--bench", f"{CORPUS}/pytest-benchmark-runs/before-*.json")
    ran(workshop.root, "fill", "--bench", f"{CORPUS}/pytest-benchmark-runs/after-*.json")
    lines = (workshop.root / "README.md").read_text(encoding="utf-8").splitlines()
    cells = {
        line.split("|")[1].strip(): [one.strip() for one in line.split("|")[2:5]] for line in lines if "test_" in line
    }
    for name in ("test_checksum", "test_render"):
        _, improvement, status = cells[name]
        assert improvement.startswith("+")
        assert improvement.endswith(f"% {stat} (p=0.002, n=6+6)")
        assert status == "✅"
    assert cells["test_unchanged"][1].startswith("~ ")
    assert cells["test_unchanged"][2] == "⚠️"
    before = (workshop.root / "README.md").read_bytes()
    ran(workshop.root, "fill", "--bench", f"{CORPUS}/pytest-benchmark-runs/after-*.json")
    assert (workshop.root / "README.md").read_bytes() == before
    shown = {row["name"]: row for row in json.loads(ran(workshop.root, "show", "--json"))["rows"]}
    assert [shown[name]["verdict"] for name in ("test_checksum", "test_render")] == ["improved", "improved"]


@pytest.mark.parametrize(
    ("file", "collector", "metric", "value", "runs"),
    [
        ("google-benchmark-reps.json", "google_benchmark", "bench.BM_Copy/64.median", None, 5),
        ("hyperfine-two-commands.json", "hyperfine", "bench.sorted.median", 0.1986273235, 20),
        ("locust.json", "locust", "bench.GET /.total", 555, 1),
        ("pyperf-before.json", "pyperf", "bench.checksum_1000.median", None, 10),
        ("pytest-benchmark-before.json", "pytest_benchmark", "bench.test_checksum[1000].median", None, 1),
        ("vitest-bench.json", "vitest", "bench.math.bench.mjs > sort > native.median", None, 1),
        ("gobench-before.txt", "go_bench", "bench.Join/n=10.median", 90.705e-9, 6),
    ],
)
def test_a_sample_of_each_tool(file: str, collector: str, metric: str, value: float | None, runs: int) -> None:
    snapshot = collect_reports(Evidence(CORPUS, {"bench": (file,)}))
    assert [source.collector for source in snapshot.sources] == [collector]
    found = snapshot.metrics[metric]
    assert len(found.runs) == runs
    assert found.value > 0
    assert value is None or found.value == pytest.approx(value)
