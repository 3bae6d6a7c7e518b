"""Cobertura XML against what coverage.py itself says of the same run, and against files made up to be odd."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage_facts import GOLDEN, expected, files, read, totals, warnings
from phasemetrics.errors import Refusal
from phasemetrics.evidence.model import Branches, Fact, FileCoverage
from phasemetrics_collectors import coverage_xml

SAMPLES = GOLDEN / "coverage_xml"
EXPECTED = expected("coverage_xml")


def made(folder: Path, body: str, header: str = "") -> list[Fact]:
    path = folder / "made.xml"
    path.write_text(f"<coverage {header}><packages><classes>{body}</classes></packages></coverage>", encoding="utf-8")
    return read(coverage_xml, path)


def line(number: object, hits: object, branch: str = "", missing: str = "") -> str:
    named = f' missing-branches="{missing}"' if missing else ""
    taken = f' branch="true" condition-coverage="{branch}"{named}' if branch else ""
    return f'<line number="{number}" hits="{hits}"{taken}/>'


def of(filename: str, *lines: str) -> str:
    return f'<class filename="{filename}"><methods/><lines>{"".join(lines)}</lines></class>'


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_samples_are_counted_as_coverage_did(name: str) -> None:
    facts = read(coverage_xml, SAMPLES / name)
    assert totals(facts) == EXPECTED[name]
    assert not warnings(facts)
    ledger = ["ledger.py", "package/__init__.py", "package/dead.py", "test_ledger.py"]
    shop = ["src/cart.js", "src/unused.js"]
    assert sorted(files(facts)) == [
        f"/project/./{file}" for file in (shop if name in {"nyc.xml", "c8.xml"} else ledger)
    ]
    assert coverage_xml.recognises((SAMPLES / name).read_bytes()[:4096])


@pytest.mark.parametrize("options", [["--branch"], []])
def test_real_coverage_agrees(tmp_path: Path, options: list[str]) -> None:
    for source, target in (("ledger.py", "ledger.py"), ("ledger_cases.py", "test_ledger.py")):
        shutil.copy(SAMPLES / source, tmp_path / target)
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -p no:cacheprovider\n")
    script = [["run", *options, "--source=.", "-m", "pytest", "-q"], ["xml", "-q"], ["report", "--precision=9"]]
    environment = {key: text for key, text in os.environ.items() if not key.startswith(("PYTEST_", "COV"))}
    for arguments in script:
        command = [sys.executable, "-m", "coverage", *arguments]
        result = subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True, text=True)
    shown = result.stdout
    total = shown.splitlines()[-1].split()
    counted = totals(read(coverage_xml, tmp_path / "coverage.xml"))
    covered, statements = counted["lines"]
    assert [statements, statements - covered] == [int(total[1]), int(total[2])]
    assert ("branches" in counted) == bool(options)
    if options:  # columns: statements, missed, branches, partial
        assert counted["branches"][1] == int(total[3])
    summed = [sum(pair) for pair in zip(*counted.values(), strict=True)]
    assert 100 * summed[0] / summed[1] == pytest.approx(float(total[-1].rstrip("%")), abs=1e-8)


def test_classes_of_one_file_are_merged_by_line(tmp_path: Path) -> None:
    one = of("a.py", line(1, 0), line(2, 5), line(3, 0))
    two = of("a.py", line(1, 7), line(3, 0), line(4, 18446744073709551615))
    facts = made(tmp_path, one + of("b.py", line(1, 1)) + two)
    assert files(facts)["a.py"] == FileCoverage("a.py", frozenset({1, 2, 4}), frozenset({3}), None)
    assert totals(facts) == {"lines": [4, 5]}


def test_lines_of_methods_are_lines_of_the_class(tmp_path: Path) -> None:
    rows = [line(1, 1), line(2, 3), line(9, 1, "50% (1/2)")]
    methods = f"<methods><method><lines>{''.join(rows)}</lines></method></methods>"
    lines = f"<lines>{line(1, 1)}{line(2, 0)}</lines>"
    outside = f"<lines>{line(5, 1)}</lines>"
    # Line 9 declares a method, and is no statement: Istanbul's own totals, and its LCOV, do not count it.
    both = made(tmp_path, f'<class filename="a.py">{methods}{lines}</class>{outside}')
    assert totals(both) == {"lines": [2, 2]}, "line 2 was run: one element says so"
    alone = made(tmp_path, f'<class filename="a.py">{methods}<lines/></class>{outside}')
    assert totals(alone) == {"lines": [3, 3], "branches": [1, 2]}


@pytest.mark.parametrize(
    ("sources", "name", "path"),
    [
        ("<source>/app/src</source>", "pkg/a.py", "/app/src/./pkg/a.py"),
        ("<source>\n /app/src/ \n</source><source/>", "pkg/a.py", "/app/src/./pkg/a.py"),
        ("<source>C:\\app</source>", "pkg\\a.cs", "C:/app/./pkg/a.cs"),
        ("<source>/a&amp;b</source>", "a.py", "/a&b/./a.py"),
        ("<source>src/main/java</source>", "A.java", "src/main/java/./A.java"),
        ("<source>/app/src</source><source>/app/tests</source>", "a.py", "a.py"),
        ("<source>/app/src</source><source>/app/src</source>", "a.py", "/app/src/./a.py"),
        ("<source>/app</source>", "/abs/a.py", "/abs/a.py"),
        ("<source>/app</source>", "C:\\abs\\a.cs", "C:/abs/a.cs"),
        ("<source>D:\\</source>", "https://host/a.cs", "https://host/a.cs"),
        ("<source> </source>", "a.py", "a.py"),
        ("", "a.py", "a.py"),
    ],
)
def test_a_path_is_joined_to_the_one_source(tmp_path: Path, sources: str, name: str, path: str) -> None:
    report = tmp_path / "made.xml"
    body = f"<packages><classes>{of(name, line(1, 1))}</classes></packages>"
    report.write_text(f"<coverage><sources>{sources}</sources>{body}</coverage>", encoding="utf-8")
    assert list(files(read(coverage_xml, report))) == [path]


@pytest.mark.parametrize(
    ("first", "second", "merged"),
    [
        (("50% (1/2)", "7"), ("50% (1/2)", "9"), Branches(2, 2)),
        (("50% (1/2)", "7"), ("50% (1/2)", "7"), Branches(2, 1)),
        (("50% (1/2)", "exit"), ("0% (0/2)", "7,exit"), Branches(2, 1)),
        (("50% (1/2)", ""), ("50% (1/2)", ""), Branches(2, 1)),
        (("100% (2/2)", ""), ("0% (0/2)", ""), Branches(2, 2)),
        (("25.0% (1/4)", ""), ("66.7% (2/3)", ""), Branches(4, 2)),
    ],
)
def test_branches_of_one_line_are_merged(
    tmp_path: Path, first: tuple[str, str], second: tuple[str, str], merged: Branches
) -> None:
    facts = made(tmp_path, of("a.py", line(1, 1, *first)) + of("a.py", line(1, 1, *second)))
    assert files(facts)["a.py"].branches == {1: merged}


@pytest.mark.parametrize(
    ("header", "body", "branches"),
    [
        ('branches-valid="0"', line(1, 1), None),
        ("", line(1, 1), None),
        ('branches-valid="4"', line(1, 1), {}),
        ("", line(1, 1, "50% (1/2)"), {1: Branches(2, 1)}),
        ("", '<line number="1" hits="1" branch="True" condition-coverage="50% (1/2)"/>', {1: Branches(2, 1)}),
        ("", '<line number="1" hits="1" branch="false" condition-coverage="50% (1/2)"/>', None),
        ("", '<line number="1" hits="1" branch="true"/>', None),
    ],
)
def test_branches_that_were_not_measured_are_none(
    tmp_path: Path, header: str, body: str, branches: dict[int, Branches] | None
) -> None:
    assert files(made(tmp_path, of("a.py", body), header))["a.py"].branches == branches


@pytest.mark.parametrize("branch", ["half", "150% (3/2)", "50% (1/٢)", "(1/2", "x" * 100 + "(1/2)"])
def test_branches_that_cannot_be_read_are_left_out(tmp_path: Path, branch: str) -> None:
    facts = made(tmp_path, of("a.py", line(1, 1, branch)))
    assert totals(facts) == {"lines": [1, 1]}
    assert set(warnings(facts)) == {"bad-branches"}


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ('line-rate="0.6667" lines-valid="3" lines-covered="2" branches-valid="0" branch-rate="0"', None),
        ('line-rate="0.6666666666666666"', None),
        ('line-rate="0.67" lines-valid="3.0"', None),
        ('line-rate="1"', 'line-rate="1" where 0.6667 was counted'),
        ('line-rate="0,5"', 'line-rate="0,5"'),
        ('line-rate="nan"', 'line-rate="nan"'),
        ('line-rate="-0.6667"', 'line-rate="-0.6667"'),
        ('line-rate="0.66"', None),
        ('line-rate="0.6660"', 'line-rate="0.6660"'),
        ('line-rate="0.6666000000000001"', None),  # Istanbul cuts off at four decimals, and divides by 100
        ('line-rate="0.6666111111111111"', 'line-rate="0.6666111111111111"'),
        ('lines-valid="4"', 'lines-valid="4" where 3 were counted'),
        (f'lines-covered="{"9" * 5000}"', 'lines-covered="999'),
        ('branches-valid="2"', 'branches-valid="2" where 0 were counted'),
    ],
)
def test_the_header_is_only_held_against_the_lines(tmp_path: Path, header: str, message: str | None) -> None:
    facts = made(tmp_path, of("a.py", line(1, 1), line(2, 1), line(3, 0)), header)
    assert totals(facts)["lines"] == [2, 3]
    assert (message or "") in warnings(facts).get("attribute-mismatch", "")
    assert set(warnings(facts)) == ({"attribute-mismatch"} if message else set())


HEADERS = [
    'lines-valid="100" lines-covered="80"',
    'line-rate="0,8"',
    'line-rate="0.8"',
    'line-rate=""',
    'lines-covered="8"',
]


@pytest.mark.parametrize("header", HEADERS)
def test_a_header_alone_is_no_evidence(tmp_path: Path, header: str) -> None:
    with pytest.raises(Refusal, match=r"holds no <line>, though its header says line") as caught:
        made(tmp_path, "", header)
    assert caught.value.code == "no-lines"


def test_a_report_that_says_nothing_is_not_empty(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="no line-rate or lines-valid") as caught:
        made(tmp_path, "", 'version="7"')
    assert caught.value.code == "no-lines"


def test_an_empty_report_is_said_to_be_empty(tmp_path: Path) -> None:
    assert set(warnings(made(tmp_path, "", 'lines-valid="0" line-rate="1"'))) == {"no-lines"}


@pytest.mark.parametrize("text", ["", "-1", "1.5", "1_0", "٥", "many", "9" * 5000])
@pytest.mark.parametrize("name", ["number", "hits"])
def test_a_line_that_cannot_be_believed_is_refused(tmp_path: Path, name: str, text: str) -> None:
    row = line(text, 1) if name == "number" else line(1, text)
    with pytest.raises(Refusal, match=f'{name}="') as caught:
        made(tmp_path, of("a.py", "\n", row))
    assert (caught.value.code, caught.value.line, caught.value.path) == ("bad-count", 2, "made.xml")


def test_paths_are_as_the_report_spells_them(tmp_path: Path) -> None:
    names = ["pkg/a.py", "pkg\\b.py", "/abs/c.py", "../d.py", "ü.py"]
    found = files(made(tmp_path, "".join(of(name, line(1, 1)) for name in names)))
    assert sorted(found) == ["../d.py", "/abs/c.py", "pkg/a.py", "pkg/b.py", "ü.py"]
    with pytest.raises(Refusal, match="without a filename"):
        made(tmp_path, "<class/>")


def test_clover_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "clover.xml"
    path.write_text(
        '<coverage clover="3.2.0"><project><file name="a"><line num="1" count="1"/></file></project></coverage>'
    )
    with pytest.raises(Refusal, match="Clover") as caught:
        read(coverage_xml, path)
    assert (caught.value.code, caught.value.line) == ("wrong-format", 1)


Hits = dict[tuple[str, int], int]
HITS = st.dictionaries(st.tuples(st.sampled_from(["a.py", "b.py"]), st.integers(1, 6)), st.integers(0, 2), min_size=1)


@given(st.lists(HITS, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_lines_are_united_in_any_order(
    tmp_path_factory: pytest.TempPathFactory, runs: list[Hits], random: Random
) -> None:
    rows = [of(name, line(number, hits)) for run in runs for (name, number), hits in run.items()]
    random.shuffle(rows)
    lines = {place for run in runs for place in run}
    covered = {place for run in runs for place, hits in run.items() if hits}
    facts = made(tmp_path_factory.getbasetemp(), "".join(rows))
    assert {(name, number) for name, file in files(facts).items() for number in file.covered} == covered
    assert {(name, number) for name, file in files(facts).items() for number in file.missing} == lines - covered
