"""TRX, the test results of Visual Studio, in the shapes that its schema and vstest's logger give them."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import cast

import pytest

from junit_workshop import by_file, by_group, counts, made_with, read_with, value, warnings
from phasemetrics.errors import Refusal
from phasemetrics.evidence.grouping import GroupRule
from phasemetrics.evidence.model import Collector, Fact
from phasemetrics_collectors import junit, trx

TRX = cast(Collector, trx)
SAMPLES = Path(__file__).parent / "collectors" / "trx"
EXPECTED = json.loads((SAMPLES / "expected.json").read_text())
RUN = '<TestRun xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010">{}</TestRun>'


def made(tmp_path: Path, results: str, rest: str = "") -> list[Fact]:
    return made_with(TRX, tmp_path, RUN.format(f"<Results>{results}</Results>{rest}"))


def result(name: str, outcome: str = "Passed", inside: str = "", more: str = "") -> str:
    return f'<UnitTestResult testName="{name}" testId="{name}" outcome="{outcome}" {more}>{inside}</UnitTestResult>'


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_samples(name: str) -> None:
    facts = read_with(TRX, SAMPLES / name)
    assert counts(facts) == Counter(EXPECTED[name])
    assert by_file(facts) == {"Shop.Tests.CartTests": Counter(EXPECTED[name]).total()}
    assert trx.recognises((SAMPLES / name).read_bytes()[:4096])
    assert not junit.recognises((SAMPLES / name).read_bytes()[:4096])


def test_what_a_sample_says_besides() -> None:
    facts = read_with(TRX, SAMPLES / "shop.trx")
    assert (value(facts, "tests.duration"), value(facts, "tests.wall"), warnings(facts)) == (0.11, 1.5, {})
    assert set(warnings(read_with(TRX, SAMPLES / "aborted.trx"))) == {"cut-off"}


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ("Passed", "passed"), ("PassedButRunAborted", "passed"), ("Completed", "passed"), ("Warning", "passed"),
        ("Failed", "failed"), ("Error", "errors"), ("Timeout", "errors"), ("Aborted", "errors"),
        ("Disconnected", "errors"), ("InProgress", "errors"), ("NotExecuted", "skipped"), ("NotRunnable", "skipped"),
        ("Inconclusive", "skipped"), ("Pending", "skipped"),
    ],
)  # fmt: skip
def test_outcomes(tmp_path: Path, outcome: str, expected: str) -> None:
    facts = made(tmp_path, result("a", outcome))
    assert (counts(facts), warnings(facts)) == ({expected: 1}, {})


def test_an_outcome_that_nobody_knows_is_no_pass(tmp_path: Path) -> None:
    facts = made(tmp_path, result("a", "Gr\u202eeat") + result("b", "Odd"))
    assert counts(facts) == {"skipped": 2}
    assert warnings(facts)["unknown-status"].startswith(r'a test has the outcome "Gr\u202eeat" (and 1 more)')


def test_a_result_that_holds_others_counts_where_it_fails_by_itself(tmp_path: Path) -> None:
    rows = "<InnerResults>{}</InnerResults>"
    fails, passes = (result("rows", "Failed", rows.format(result("row", end))) for end in ("Failed", "Passed"))
    assert counts(made(tmp_path, fails)) == {"failed": 1}
    assert counts(made(tmp_path, passes)) == {"failed": 1, "passed": 1}
    assert counts(made(tmp_path, result("all", "Failed", rows.format(fails)))) == {"failed": 1}
    assert counts(made(tmp_path, result("all", "Passed", rows.format(result("a") + result("b"))))) == {"passed": 2}


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ('total="3" passed="1" failed="1"', None),
        ('total="5" passed="2" failed="2"', None),
        ('total="4"', 'total="4" where 3 were counted'),
        ('passed="7"', 'passed="7" where 1 were counted'),
        ('failed="many"', 'failed="many" where 1 were counted'),
    ],
)
def test_counters_are_only_held_against_the_results(tmp_path: Path, said: str, message: str | None) -> None:
    rows = f"<InnerResults>{result('row', 'Failed')}{result('row', 'NotExecuted')}</InnerResults>"
    results = result("rows", "Failed", rows) + result("a")
    wider = result("all", "Passed", f"<InnerResults>{results}</InnerResults>")
    facts = made(tmp_path, wider, f'<ResultSummary outcome="Failed"><Counters {said}/></ResultSummary>')
    assert counts(facts) == {"failed": 1, "skipped": 1, "passed": 1}
    assert message is None or message in warnings(facts)["attribute-mismatch"]
    assert message is not None or not warnings(facts)


def test_a_run_that_failed_without_a_failing_test(tmp_path: Path) -> None:
    facts = made(tmp_path, result("a"), '<ResultSummary outcome="Failed"/>')
    assert warnings(facts)["attribute-mismatch"].startswith('<ResultSummary> says outcome="Failed" where no case')


@pytest.mark.parametrize(
    ("duration", "seconds"),
    [
        ("00:00:01.5", 1.5), ("1.02:03:04.0000001", 93784.0000001), ("", None),
        ("-00:00:01", None), ("1,5", None), ("00:61:00", None), ("NaN", None), ("9" * 5000, None),
    ],
)  # fmt: skip
def test_durations(tmp_path: Path, duration: str, seconds: float | None) -> None:
    facts = made(tmp_path, result("a", more=f'duration="{duration}"'))
    assert value(facts, "tests.duration") == seconds
    assert set(warnings(facts)) == ({"bad-time"} if duration and seconds is None else set())


@pytest.mark.parametrize(
    ("times", "wall", "codes"),
    [
        ('start="2026-11-20T10:00:00.1234567+01:00" finish="2026-11-20T09:00:02.1234567Z"', 2, set()),
        ('start="2026-11-20T10:00:00Z" finish="2026-11-20T10:00:00Z"', None, set()),
        ('start="2026-11-20T10:00:01Z" finish="2026-11-20T10:00:00Z"', None, {"bad-time"}),
        ('start="2026-11-20T10:00:01Z" finish="2026-11-20T10:00:00"', None, {"bad-time"}),
        ('start="soon" finish="later"', None, {"bad-time"}),
        ("", None, set()),
    ],
)
def test_wall(tmp_path: Path, times: str, wall: float | None, codes: set[str]) -> None:
    facts = made(tmp_path, result("a"), f"<Times {times}/>")
    assert (value(facts, "tests.wall"), set(warnings(facts))) == (wall, codes)


def test_repeats_are_counted_and_named(tmp_path: Path) -> None:
    facts = made(tmp_path, result("a") * 2 + result("b"))
    assert (counts(facts), set(warnings(facts))) == ({"passed": 3}, {"repeated-case"})


def test_an_old_class_name_holds_its_assembly(tmp_path: Path) -> None:
    method = '<TestMethod className="Shop.CartTests, Shop.Tests, Version=1.0.0.0"/>'
    facts = made(tmp_path, result("a"), f'<TestDefinitions><UnitTest id="a">{method}</UnitTest></TestDefinitions>')
    assert by_file(facts) == {"Shop.CartTests": 1}


def test_groups_by_name_class_and_category() -> None:
    rules = [
        GroupRule("slow", markers=frozenset({"slow"})),
        GroupRule("rows", ("Rows*",)),
        GroupRule("cart", ("Shop.Tests.CartTests::Is*",)),
    ]
    found = by_group(read_with(TRX, SAMPLES / "shop.trx", *rules))
    assert {name: (one.passed, one.total) for name, one in found.items()} == {
        "slow": (1, 1), "rows": (2, 3), "cart": (2, 7),
    }  # fmt: skip


def test_no_results_is_evidence_of_zero(tmp_path: Path) -> None:
    assert set(warnings(made(tmp_path, ""))) == {"no-cases"}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("<TestRun><Results><UnitTestResult", "bad-xml"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><TestRun/>', "bad-xml"),
        ("<testsuites/>", "wrong-format"),
        ("<TestRun>" + "<a>" * 100, "bad-xml"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(tmp_path: Path, body: str, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        made_with(TRX, tmp_path, body)
    assert (caught.value.code, caught.value.line, bool(caught.value.column)) == (code, 1, True)
