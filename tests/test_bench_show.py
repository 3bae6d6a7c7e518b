"""Benchmarks on the terminal, rows that are about files, and rows that nothing is configured for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import nursery
from git_workshop import Workshop
from phasemetrics.cli.pictures import picture
from phasemetrics.evidence.comparing import compare
from phasemetrics.evidence.model import Metric, Snapshot
from phasemetrics.summary import Row

CONFIG = """
documents = ["README.md"]
bench = ["build/bench-*.json"]

[phase.1]
name = "One"

[[metric]]
name = "Parse"
from = "bench.parse"
target = "<= 2000 us"

[[metric]]
name = "Wheel"
from = "size.dist/*.whl"
"""
DOCUMENT = """# Phase 1

## Performance Metrics

### Actual (Phase 1 Results)

| Metric | Actual | Improvement | Status |
|--------|--------|-------------|--------|
| Parse | [Value] | +[XX]% | [✅/⚠️/❌] |
| Wheel | [Value] | +[XX]% | [✅/⚠️/❌] |
| Rendering (min) | [Value] | +[XX]% | [✅/⚠️/❌] |
"""


def results(root: Path, factor: float, **more: Any) -> None:
    (root / "build").mkdir(exist_ok=True)
    for run in range(6):
        entries = [
            {"name": name, "unit": "ms", "stat": stat, "value": round(value * factor * (1 + run / 1000), 6)}
            for name, stat, value in (("parse", "median", 1.5), ("render", "median", 9.0), ("render", "min", 8.0))
        ]
        (root / f"build/bench-{run}.json").write_text(json.dumps({"benchmarks": entries, **more}))


def ran(root: Path, *arguments: str, **variables: str) -> str:
    done = nursery.ran(root, *arguments, **variables)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def phase(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A phase in which parsing and rendering got twice as fast, and the wheel smaller."""
    workshop = Workshop(tmp_path_factory.mktemp("show"))
    root = workshop.root
    workshop.commit({"phasemetrics.toml": CONFIG, ".gitignore": "build/\ndist/\n", "README.md": DOCUMENT})
    (root / "dist").mkdir()
    (root / "dist/a-1.whl").write_bytes(b"x" * 4096)
    results(root, 1)
    ran(root, "baseline")
    (root / "dist/a-1.whl").rename(root / "dist/a-2.whl")
    (root / "dist/a-2.whl").write_bytes(b"x" * 3072)
    results(root, 0.5)
    ran(root, "fill")
    return root


def test_the_rows_of_the_phase(phase: Path) -> None:
    text = (phase / "README.md").read_text(encoding="utf-8")
    # In the unit of the target, the size is exact, and what nothing is configured for stays as it is.
    assert "| Parse | 752 µs | +50.0% median (p=0.002, n=6+6) | ✅ |" in text
    assert "| Wheel | 3.00 KiB | +25.0% | ✅ |" in text
    assert "| Rendering (min) | [Value] | +[XX]% | [✅/⚠️/❌] |" in text


def test_the_source_of_a_size_is_the_file(phase: Path) -> None:
    shown = ran(phase, "show", "README.md", "--line", "10")
    assert "from dist/a-2.whl, sha256 " in shown
    end = json.loads((phase / ".phasemetrics/phases/1/end.json").read_bytes())
    assert end["metrics"]["size.dist/*.whl"] == {"value": 3072, "unit": "byte"}
    assert {one["kind"] for one in end["sources"]} == {"bench", "size"}


def test_several_files_are_no_size(phase: Path) -> None:
    (phase / "dist/b.whl").write_bytes(b"x")
    try:
        shown = json.loads(ran(phase, "collect", "--json"))
        assert "size.dist/*.whl" not in shown["metrics"]
        assert [one["code"] for one in shown["warnings"]] == ["several-files"]
    finally:
        (phase / "dist/b.whl").unlink()


def test_an_empty_file_has_a_size(phase: Path, tmp_path: Path) -> None:
    (phase / "dist/zero.bin").touch()
    config = tmp_path / "own.toml"
    config.write_text('[[metric]]\nname = "a"\nfrom = "size.dist/zero.bin"\n')
    shown = json.loads(ran(phase, "collect", "--json", "--config", str(config), "--bench", "build/bench-0.json"))
    assert shown["metrics"]["size.dist/zero.bin"] == {"unit": "byte", "value": 0}
    (phase / "dist/zero.bin").unlink()


def test_a_link_out_of_the_project_has_no_size(phase: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"x" * 99)
    (phase / "dist/link.js").symlink_to(tmp_path / "secret")
    config = tmp_path / "own.toml"
    config.write_text('[[metric]]\nname = "a"\nfrom = "size.dist/link.js"\n')
    try:
        shown = json.loads(ran(phase, "collect", "--json", "--config", str(config), "--bench", "build/bench-0.json"))
        assert [name for name in shown["metrics"] if name.startswith("size.")] == []
    finally:
        (phase / "dist/link.js").unlink()


def test_doctor_suggests_a_metric_for_the_row_that_has_none(phase: Path) -> None:
    said = ran(phase, "doctor")
    assert "rows           2 configured, 1 in the documents without a metric" in said
    assert '# README.md:11\n[[metric]]\nname = "Rendering (min)"\nfrom = "bench.render.min"\n' in said
    assert "configuration  phasemetrics.toml" in said
    before = (phase / "README.md").read_bytes()
    assert (phase / "README.md").read_bytes() == before, "nothing is written"


def test_what_doctor_suggests_can_be_pasted(phase: Path, tmp_path: Path) -> None:
    suggested = ran(phase, "doctor").partition("# README.md:11\n")[2]
    copy = tmp_path / "copy.toml"
    copy.write_text(CONFIG + "\n" + suggested)
    assert "0 in the documents without a metric" in ran(phase, "doctor", "--config", str(copy))


def test_doctor_without_any_evidence_says_so(phase: Path) -> None:
    shown = ran(phase, "doctor", "--bench", "build/nothing-*.json", "-p", "1")
    assert "the recorded end of phase 1, for error[missing-report]" in shown


def test_pictures_of_both_ends(phase: Path) -> None:
    shown = ran(phase, "show", "--bench", COLUMNS="80", PYTHONIOENCODING="utf-8")
    _, _, drawn = shown.partition("Parse: ")
    lines = drawn.splitlines()
    assert lines[0] == "+50.0% median (p=0.002, n=6+6), 95% interval of the change -50.1% to -49.9%"
    before, after = lines[1], lines[2]
    assert before.startswith("  before ")
    assert before.endswith("1504 µs")
    assert after.startswith("  after  ●")
    assert after.endswith("752 µs")
    assert before.index("●") > after.index("●"), "one axis for both"
    assert "render.median: +50.0% median" in shown
    assert "render.min" not in shown, "its median speaks for it"


def test_pictures_without_unicode(phase: Path) -> None:
    shown = ran(phase, "show", "--bench", PYTHONIOENCODING="ascii")
    assert shown.isascii()
    assert "  after  o" in shown


def test_all_benchmarks_as_json(phase: Path) -> None:
    rows = {row["metric"]: row for row in json.loads(ran(phase, "show", "--bench", "--json"))["rows"]}
    row = rows["bench.render.median"]
    assert (row["verdict"], row["runs"], row["sessions"], row["p"]) == (
        "improved",
        [6, 6],
        [6, 6],
        0.0021645021645021645,
    )
    low, high = row["interval"]
    assert low == pytest.approx(0.498, abs=0.001)
    assert high == pytest.approx(0.502, abs=0.001)
    assert rows["size.dist/*.whl"]["verdict"] == "improved"


def side(*runs: float) -> Snapshot:
    return Snapshot(metrics={"bench.x.median": Metric(sorted(runs)[len(runs) // 2], "second", runs=runs)})


def test_a_picture_of_one_end_and_of_runs_that_are_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "43")
    new = compare("bench.x.median", None, side(2.0, 1.0, 3.0))
    first, before, after, _ = picture(Row("x", new))
    assert (first, before) == ("x: new", "  before —")
    assert after == "  after  ├─────────●────────┤  2.00 s"
    same = compare("bench.x.median", side(1.0, 1.0), side(1.0, 1.0))
    _, before, after, _ = picture(Row("x", same))
    assert before.split() == ["before", "●", "1.00", "s"]
    assert before.index("●") == after.index("●")


def test_runs_outside_of_the_interval_are_dots() -> None:
    runs = [float(value) for value in range(1, 11)]
    _, _, after, _ = picture(Row("x", compare("bench.x.median", None, side(*runs))))
    assert after.count("·") == 2, "the least and the largest of ten"


def test_a_number_keeps_the_unit_that_stands_in_its_row(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path / "p")
    root = workshop.root
    config = CONFIG.replace('target = "<= 2000 us"\n', "").partition('\n[[metric]]\nname = "Wheel"')[0]
    workshop.commit({"phasemetrics.toml": config, ".gitignore": "build/\n", "README.md": DOCUMENT})
    results(root, 1)
    ran(root, "baseline")
    ran(root, "fill")
    assert "| Parse | 1.50 ms | ~ unchanged (median within ±2%) | ⚠️ |" in (root / "README.md").read_text(
        encoding="utf-8"
    )
    results(root, 0.3)
    ran(root, "fill")
    # On its own it would be 451 µs.
    filled = (root / "README.md").read_text(encoding="utf-8")
    assert "| Parse | 0.451 ms | +70.0% median (p=0.002, n=6+6) | ✅ |" in filled
    # A person writes another unit beside a placeholder: that one counts from then on.
    fresh = DOCUMENT.replace("| Parse | [Value] |", "| Parse | 0.45 s |").replace("README", "OTHER")
    (root / "OTHER.md").write_text(fresh, encoding="utf-8")
    ran(root, "fill", "OTHER.md")
    assert "| Parse | 0.45 s | +[XX]% |" in (root / "OTHER.md").read_text(encoding="utf-8"), (
        "a person's row is left alone"
    )
