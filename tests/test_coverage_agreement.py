"""One run is counted the same whatever format reports it, in one piece or in many; other people's reports are, too."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage_facts import COLLECTORS, CORPUS, GOLDEN, expected, files, knowing, read, totals
from phasemetrics.errors import Refusal
from phasemetrics.evidence.collecting import Evidence, collect_reports
from phasemetrics.evidence.merging import Merged
from phasemetrics.evidence.model import Fact, Snapshot

SAMPLES = [GOLDEN / folder / name for folder in sorted(COLLECTORS) for name in expected(folder)]
SAME_RUNS = [
    ["coverage_xml/branch.xml", "lcov/python.info"],
    *([f"istanbul/{tool}.json", f"lcov/{tool}.info", f"clover/{tool}.xml", f"coverage_xml/{tool}.xml"]
      for tool in ("nyc", "c8")),
]  # fmt: skip
# Where we do not say what was expected, and why.
DISPUTES: dict[str, list[int] | str] = {
    # A header without a line under it is no evidence: refused, as nothing shows which 82 lines it means.
    "018_cobertura_empty.xml": "no-lines",
    # Only a declaration is listed (type "method"), under metrics that claim 18 statements.
    "045_clover_clover-declarative.xml": "no-lines",
    # Istanbul lists the line of each declaration under <methods>. Those are no statements: its own header, and the
    # LCOV and JSON of any such run, do not count them (11340 and 4 lines; 11839 and 5 with them).
    "004_cobertura_Cobertura_Istanbul.xml": [1452, 11340],
    "014_cobertura_cobertura-js.xml": [4, 4],
}


def facts_of(path: Path) -> list[Fact]:
    (name,) = knowing(path)
    return read(COLLECTORS[name], path)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_exactly_one_collector_knows_a_sample(path: Path) -> None:
    assert knowing(path) == [path.parent.name]
    assert path.stat().st_size < 20_000 or path.suffix == ".coverage", "samples stay small; a database is not"


@pytest.mark.parametrize("names", SAME_RUNS, ids=lambda names: names[0])
def test_the_samples_of_one_run_agree(names: list[str]) -> None:
    alone = [totals(read(COLLECTORS[name.split("/")[0]], GOLDEN / name)) for name in names]
    assert all(found == alone[0] for found in alone)
    merged = Merged()
    for name in names:
        for path, file in files(read(COLLECTORS[name.split("/")[0]], GOLDEN / name)).items():
            at = path.removeprefix("/project/").removeprefix("./")
            merged.add(type(file)(at, file.covered, file.missing, file.branches), name)
    found = merged.metrics({})
    pairs = {what: found[f"coverage.{what}"] for what in alone[0]}
    assert {what: [one.covered, one.total] for what, one in pairs.items()} == alone[0], "all of them together"
    assert not merged.doubts()


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository whose tests ran once, with that run in three formats of coverage.py."""
    root = tmp_path_factory.mktemp("measured") / "shop"
    package = root / "src" / "shop"
    (root / "tests").mkdir(parents=True)
    (package / "tax").mkdir(parents=True)
    sources = GOLDEN / "coverage_xml"
    shutil.copy(sources / "ledger.py", package / "ledger.py")
    (package / "__init__.py").write_text("NAME = 'shop'\n")
    (package / "tax" / "__init__.py").write_text("def rate(x):\n    if x:\n        return 1\n    return 2\n")
    (root / "tests" / "conftest.py").write_text(f"import sys\nsys.path.insert(0, {str(package)!r})\n")
    shutil.copy(sources / "ledger_cases.py", root / "tests" / "test_ledger.py")
    for command in (["init", "-q"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "a"]):
        subprocess.run(["git", *command], cwd=root, check=True, capture_output=True)
    environment = {key: text for key, text in os.environ.items() if not key.startswith(("PYTEST_", "COV"))}
    run = ["run", "--branch", "--source=src/shop", "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    for arguments in (run, ["json"], ["xml"], ["lcov"]):
        command = [sys.executable, "-m", "coverage", *arguments]
        subprocess.run(command, cwd=root, env=environment, check=True, capture_output=True)
    return root


def numbers(snapshot: Snapshot) -> dict[str, tuple[int | None, int | None]]:
    names = ("coverage.lines", "coverage.branches", "coverage.total")
    return {name: (snapshot.metrics[name].covered, snapshot.metrics[name].total) for name in names}


def test_one_run_of_coverage_in_three_formats(measured: Path) -> None:
    reports = ["coverage.json", "coverage.xml", "coverage.lcov"]
    said = json.loads((measured / "coverage.json").read_text())["totals"]
    snapshots = [collect_reports(Evidence(measured, {"coverage": (name,)})) for name in reports]
    snapshots += [collect_reports(Evidence(measured, {"coverage": tuple(names)})) for names in (reports, reports[::-1])]
    for snapshot in snapshots:
        assert numbers(snapshot)["coverage.lines"] == (said["covered_lines"], said["num_statements"])
        assert numbers(snapshot)["coverage.branches"] == (said["covered_branches"], said["num_branches"])
        assert [one for one in snapshot.coverage if one.total] == [one for one in snapshots[0].coverage if one.total]
        assert not snapshot.warnings
    assert "src/shop/tax/__init__.py" in {one.path for one in snapshots[1].coverage}


@pytest.mark.skipif(not CORPUS.is_dir(), reason="there is no ../shared/corpus here: other people's reports")
def test_corpus() -> None:
    found: dict[str, list[int] | str] = {}
    wanted: dict[str, list[int] | str] = {}
    for name, counts in json.loads((CORPUS / "expected.json").read_text()).items():
        wanted[name] = DISPUTES.get(name, [counts["covered"], counts.get("lines", counts.get("statements"))])
        try:
            found[name] = totals(read(COLLECTORS[knowing(CORPUS / name)[0]], CORPUS / name))["lines"]
        except Refusal as error:
            found[name] = error.code
        assert len(knowing(CORPUS / name)) == 1
    assert len(found) > 50
    assert found == wanted


# A run: which lines of which files there are, and how often each ran.
Run: TypeAlias = dict[tuple[str, int], int]
RUNS: st.SearchStrategy[Run] = st.dictionaries(
    st.tuples(st.sampled_from(["src/a.py", "src/b.py"]), st.integers(1, 9)), st.integers(0, 2), min_size=1, max_size=14
)


def by_file(run: Run) -> dict[str, dict[int, int]]:
    return {path: {line: hits for (at, line), hits in run.items() if at == path} for path, _ in sorted(run)}


def as_lcov(run: Run) -> str:
    records = [["TN:", f"SF:{path}", *(f"DA:{line},{hits}" for line, hits in lines.items()), "end_of_record", ""]
               for path, lines in by_file(run).items()]  # fmt: skip
    return "".join("\n".join(record) for record in records)


def as_cobertura(run: Run) -> str:
    classes = [f'<class filename="{path}"><lines>'
               + "".join(f'<line number="{line}" hits="{hits}"/>' for line, hits in lines.items()) + "</lines></class>"
               for path, lines in by_file(run).items()]  # fmt: skip
    return f"<coverage><packages><package><classes>{''.join(classes)}</classes></package></packages></coverage>"


def as_clover(run: Run) -> str:
    rows = [f'<file name="{path}">'
            + "".join(f'<line num="{line}" count="{hits}" type="stmt"/>' for line, hits in lines.items()) + "</file>"
            for path, lines in by_file(run).items()]  # fmt: skip
    return f"<coverage><project>{''.join(rows)}</project></coverage>"


def as_jacoco(run: Run) -> str:
    rows = [f'<sourcefile name="{Path(path).name}">'
            + "".join(f'<line nr="{line}" mi="1" ci="{hits}" mb="0" cb="0"/>' for line, hits in lines.items())
            + "</sourcefile>" for path, lines in by_file(run).items()]  # fmt: skip
    return f'<report name="a"><package name="src">{"".join(rows)}</package></report>'


def as_opencover(run: Run) -> str:
    listed = {path: number for number, path in enumerate(by_file(run))}
    files = "".join(f'<File uid="{number}" fullPath="{path}"/>' for path, number in listed.items())
    points = "".join(f'<SequencePoint vc="{hits}" sl="{line}" el="{line}" fileid="{listed[path]}"/>'
                     for (path, line), hits in run.items())  # fmt: skip
    return f"<CoverageSession><Modules><Module><Files>{files}</Files>{points}</Module></Modules></CoverageSession>"


def as_coverage_json(run: Run) -> str:
    listed = {path: {"executed_lines": [line for line, hits in lines.items() if hits],
                     "missing_lines": [line for line, hits in lines.items() if not hits]}
              for path, lines in by_file(run).items()}  # fmt: skip
    return json.dumps({"meta": {}, "files": listed})


def as_istanbul(run: Run) -> str:
    listed = {path: {"path": path, "statementMap": {str(line): {"start": {"line": line}} for line in lines},
                     "branchMap": {}, "s": {str(line): hits for line, hits in lines.items()}, "b": {}}
              for path, lines in by_file(run).items()}  # fmt: skip
    return json.dumps(listed)


def as_simplecov(run: Run) -> str:
    listed = {path: {"lines": [lines.get(line) for line in range(1, 10)]} for path, lines in by_file(run).items()}
    return json.dumps({"RSpec": {"coverage": listed, "timestamp": 1}})


WRITERS: list[Callable[[Run], str]] = [
    as_lcov, as_cobertura, as_clover, as_jacoco, as_opencover, as_coverage_json, as_istanbul, as_simplecov,
]  # fmt: skip
SHARDS = st.lists(st.tuples(RUNS, st.sampled_from(WRITERS)), min_size=1, max_size=5)


def merged(folder: Path, shards: list[tuple[Run, Callable[[Run], str]]]) -> list[tuple[str, int, int]]:
    found = Merged()
    path = folder / "shard"
    for run, writer in shards:
        path.write_text(writer(run), encoding="utf-8")
        for fact in facts_of(path):
            found.add(fact, writer.__name__)
    assert not found.doubts()
    return [(one.path, one.covered, one.total) for one in found.files()]


@given(SHARDS, st.randoms(use_true_random=False))
def test_any_split_in_any_formats_in_any_order(
    tmp_path_factory: pytest.TempPathFactory, shards: list[tuple[Run, Callable[[Run], str]]], random: Random
) -> None:
    folder = tmp_path_factory.getbasetemp()
    whole: Run = {}
    for run, _ in shards:
        whole |= {place: max(hits, whole.get(place, 0)) for place, hits in run.items()}
    counted = [(path, sum(bool(hits) for hits in lines.values()), len(lines)) for path, lines in by_file(whole).items()]
    assert merged(folder, shards) == counted
    random.shuffle(shards)
    assert merged(folder, shards) == counted


WAYS = st.dictionaries(st.tuples(st.integers(0, 2), st.integers(0, 1)), st.integers(0, 1), max_size=6)


def with_branches(ways: dict[tuple[int, int], int], writer: str) -> str:
    # Both ways of each of three conditions are always listed, as every tool does.
    full = {(block, way): ways.get((block, way), 0) for block in range(3) for way in range(2)}
    if writer == "lcov":
        rows = "".join(f"BRDA:{block + 1},{block},{way},{hits}\n" for (block, way), hits in full.items())
        return f"SF:a.js\nDA:1,1\n{rows}end_of_record\n"
    place = [{"start": {"line": block + 1}} for block in range(3)]
    entry = {
        "path": "a.js", "statementMap": {"0": place[0]}, "s": {"0": 1},
        "branchMap": {str(block): {"loc": place[block]} for block in range(3)},
        "b": {str(block): [full[block, 0], full[block, 1]] for block in range(3)},
    }  # fmt: skip
    return json.dumps({"a.js": entry})


@given(st.lists(st.tuples(WAYS, st.sampled_from(["lcov", "istanbul"])), min_size=1, max_size=5))
def test_branches_that_are_named_alike_are_united_exactly(
    tmp_path_factory: pytest.TempPathFactory, shards: list[tuple[dict[tuple[int, int], int], str]]
) -> None:
    found, path = Merged(), tmp_path_factory.getbasetemp() / "shard"
    for ways, writer in shards:
        path.write_text(with_branches(ways, writer))
        for fact in facts_of(path):
            found.add(fact, writer)
    taken = {way for ways, _ in shards for way, hits in ways.items() if hits}
    (file,) = found.files()
    assert (file.branches_covered, file.branches_total) == (len(taken), 6)
