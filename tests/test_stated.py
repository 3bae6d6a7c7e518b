"""Numbers that somebody wrote down, held against two ends of a phase: the same, something else, or nothing to say."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from measured import AFTER, BEFORE, change, snapshot
from phasemetrics.evidence.filed import file_answer
from phasemetrics.evidence.fitting import Answer, Relation, Stated, fits
from phasemetrics.evidence.model import Metric, PathCount, Phase
from phasemetrics.evidence.stated import answer
from phasemetrics.units import rounded_to

PHASE = Phase("3", BEFORE, AFTER)
ENDS = {"before": BEFORE, "after": AFTER}


def written(text: str) -> Stated:
    """Return a number as it is written down here: `~92%`, `>=80%`, `40-50`, `45`."""
    relation: Relation = next((one for one in (">=", "<=", ">", "<", "~") if text.startswith(one)), "=")
    digits = text.removeprefix(relation).removesuffix("%")
    low, _, high = digits.partition("-")
    return Stated(Decimal(low), "range" if high else relation, Decimal(high) if high else None, text.endswith("%"))


def told(subject: str, side: str, text: str, phase: Phase = PHASE) -> Answer:
    return answer(phase, subject, side, written(text))


@pytest.mark.parametrize(
    ("text", "actual", "fit"),
    [
        ("147", "147", True),
        ("147", "146", False),
        ("81%", "80.5", True),  # rounded
        ("80%", "80.96", True),  # cut
        ("81%", "81.99", True),
        ("81%", "82", False),
        ("81%", "80.49", False),
        ("81.5%", "81.45", True),
        ("81.5%", "81.59", True),
        ("81.5%", "81.6", False),
        ("81.50%", "81.51", False),
        ("100%", "99.6", True),  # rounded up, as some tools do
        ("~300", "330", True),
        ("~300", "334", False),
        ("~92%", "93", True),
        ("~92%", "93.1", False),
        ("~92.5%", "93.6", False),
        (">=80%", "80", True),
        (">=80%", "79.9", False),
        (">50", "50", False),
        (">50", "51", True),
        ("<=50", "50", True),
        ("<=50", "51", False),
        ("<50", "50", False),
        ("<50", "49", True),
        ("40-50", "40", True),
        ("40-50", "50", True),
        ("40-50", "51", False),
        ("40-50%", "39.9", False),
    ],
)
def test_a_number_fits_at_the_precision_it_is_written_with(text: str, actual: str, fit: bool) -> None:
    assert fits(written(text), Decimal(actual)) is fit


def test_slack_is_for_exact_numbers_and_bounds() -> None:
    for text, fit in {"119": True, "121": True, "122": False, ">=121": True, "<=119": True, ">121": False}.items():
        assert fits(written(text), Decimal(120), Decimal(1)) is fit


shares = st.decimals(0, 100, places=4, allow_nan=False)


@given(shares, st.integers(0, 3))
def test_a_percentage_fits_rounded_and_cut(actual: Decimal, places: int) -> None:
    step = Decimal(1).scaleb(-places)
    cut = actual - actual % step
    for shown in (rounded_to(actual, places), cut.quantize(step)):
        assert fits(Stated(shown, percent=True), actual)
    assert not fits(Stated(cut.quantize(step) + 2 * step, percent=True), actual)
    assert not fits(Stated(cut.quantize(step) - step, percent=True), actual)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_count_fits_itself_alone(stated: int, actual: int) -> None:
    assert fits(Stated(Decimal(stated)), Decimal(actual)) is (stated == actual)


@given(shares, shares, st.booleans())
def test_bounds_say_what_their_signs_say(stated: Decimal, actual: Decimal, percent: bool) -> None:
    def holds(relation: Relation) -> bool:
        return fits(Stated(stated, relation, percent=percent), actual)

    assert (holds(">="), holds(">"), holds("<="), holds("<")) == (
        actual >= stated, actual > stated, actual <= stated, actual < stated,
    )  # fmt: skip


@given(shares, shares, shares)
def test_what_fits_exactly_fits_about_and_within_its_range(stated: Decimal, other: Decimal, actual: Decimal) -> None:
    low, high = sorted((stated, other))
    for percent in (True, False):
        if fits(Stated(stated, percent=percent), actual):
            assert fits(Stated(stated, "~", percent=percent), actual)
    assert fits(Stated(low, "range", high), actual) is (low <= actual <= high)
    assert not fits(Stated(low, "range"), actual)


@pytest.mark.parametrize(
    ("subject", "side", "text", "agrees"),
    [
        ("tests.total", "after", "147", True),
        ("tests.total", "after", "~140", True),
        ("tests.total", "after", ">=100", True),
        ("tests.total", "after", "140-150", True),
        ("tests.total", "after", "139", False),
        ("tests.total", "after", "99", None),  # so few may be those of a part
        ("tests.total", "after", ">=150", False),
        ("tests.total", "after", "121", None),  # what it was before
        ("tests.total", "after", "137", None),  # the unit tests
        ("tests.total", "before", "121", True),
        ("tests.total", "before", "300", False),
        ("tests.passed", "after", "146", True),
        ("tests.passed", "after", "147", None),  # all tests
        ("tests.passed", "after", "10", None),  # the integration tests
        ("tests.passed", "after", "3", None),  # a group
        ("tests.failed", "after", "0", True),
        ("tests.failed", "after", "2", None),  # what it was before
        ("tests.failed", "after", "77", False),
        ("tests.skipped", "after", "1", True),
        ("tests.skipped", "before", "77", False),
        ("tests.rate", "after", "99.3%", True),  # of all
        ("tests.rate", "after", "100%", True),  # of those that ran
        ("tests.rate", "after", "98%", False),
        ("tests.rate", "before", "97.5%", True),
        ("tests.rate", "before", ">=98%", True),  # 118 of the 120 that ran
        ("tests.rate", "before", "100%", False),
        ("coverage", "after", "84.6%", True),
        ("coverage", "after", "85%", True),
        ("coverage", "after", "84%", True),  # cut
        ("coverage", "after", "83%", False),
        ("coverage", "after", ">=80%", True),
        ("coverage", "after", "79%", None),  # one file
        ("coverage", "after", "78%", None),  # what it was before
        ("coverage", "before", "78.4%", True),
        ("coverage", "before", "55%", False),
        # The number of a part excuses only who wrote that very number.
        ("coverage", "after", ">=90%", False),
        ("tests.passed", "after", ">200", False),
    ],
)
def test_only_a_number_that_is_true_of_nothing_contradicts(
    subject: str, side: str, text: str, agrees: bool | None
) -> None:
    found = told(subject, side, text)
    assert found.agrees is agrees
    assert bool(found.why) is (agrees is None)
    assert found.said
    assert found.exact is not None
    kind = "coverage" if subject == "coverage" else "junit"
    revision = ENDS[side].revision
    assert revision is not None
    assert found.origin is not None
    assert (found.origin.path, found.origin.commit) == (f"build/{kind}.x", revision.sha)


@pytest.mark.parametrize(
    ("subject", "number", "of_all", "agrees"),
    [
        ("tests.total", 110, False, None),  # less than three quarters
        ("tests.total", 112, False, False),
        ("tests.total", 73, True, None),  # less than half, of all
        ("tests.total", 74, True, False),
        ("tests.passed", 109, False, None),
        ("tests.passed", 115, False, False),
        ("tests.failed", 77, False, False),
        ("tests.total", 900, True, False),
    ],
)
def test_a_number_of_tests_that_is_much_too_small_may_be_of_a_part(
    subject: str, number: int, of_all: bool, agrees: bool | None
) -> None:
    assert answer(PHASE, subject, "after", Stated(Decimal(number)), of_all=of_all).agrees is agrees


def test_the_measured_number_is_said_exactly() -> None:
    assert told("tests.total", "after", "1").exact == 147
    assert told("tests.total", "after", "999").said == "147 tests"
    assert told("coverage", "before", "5%").exact == Decimal("78.4")
    assert told("coverage", "before", "5%").said == "78.4% coverage"
    assert told("tests.rate", "after", "5%").said == "146 of 147 tests passed, 99.3%"


@pytest.mark.parametrize(
    ("subject", "text", "agrees", "exact"),
    [
        ("tests.total", "26", True, "26"),
        ("tests.total", "27", False, "26"),
        ("tests.passed", "28", True, "28"),
        ("tests.failed", "2", True, "-2"),  # written without its sign, or with it
        ("tests.failed", "3", False, "-2"),
        ("tests.added", "26", True, "26"),
        ("tests.added", "40", None, "26"),  # 14 others may have gone
        ("tests.added", "148", False, "26"),
        ("coverage", "6.2%", True, "6.2"),
        ("coverage", "6.3%", True, "6.2"),  # both ends were rounded
        ("coverage", "6%", True, "6.2"),
        ("coverage", "9%", None, "6.2"),  # percent of the percentage
    ],
)
def test_a_difference_is_held_against_both_ends(subject: str, text: str, agrees: bool | None, exact: str) -> None:
    found = told(subject, "change", text)
    assert (found.agrees, found.exact) == (agrees, Decimal(exact))
    assert bool(found.why) is (agrees is None)


def test_a_difference_says_both_ends() -> None:
    assert told("tests.total", "change", "9").said == "+26 (121 before, 147 after)"
    assert told("tests.failed", "change", "9").said == "-2 (2 before, 0 after)"
    assert told("coverage", "change", "9%").said == "+6.2 points"


def test_each_way_of_counting_coverage_may_be_meant() -> None:
    metrics = {**AFTER.metrics, "coverage.lines": Metric(0.91, "ratio"), "coverage.branches": Metric(0.6, "ratio")}
    phase = Phase("3", None, replace(AFTER, metrics=metrics))
    assert [told("coverage", "after", text, phase).agrees for text in ("84.6%", "91%", "60%", "66%")] == [
        True, True, True, False,
    ]  # fmt: skip
    assert told("coverage", "after", "91%", phase).exact == Decimal("84.6")


def test_errors_may_be_counted_among_the_failures() -> None:
    phase = Phase("3", None, replace(AFTER, metrics={**AFTER.metrics, "tests.errors": Metric(5, "count")}))
    assert [told("tests.failed", "after", text, phase).agrees for text in ("0", "5", "60")] == [True, True, False]


def test_the_tests_that_the_phase_touched_are_a_part() -> None:
    counts = (*AFTER.tests, *(replace(AFTER.tests[0], path=f"tests/e2e/{n}", passed=n, total=n) for n in (3, 5)))
    files = (change("tests/e2e/3", "created"), change("tests/e2e/5", "modified"))
    phase = Phase("3", None, replace(AFTER, tests=counts, files=files, groups=()))
    told_of = {text: told("tests.total", "after", text, phase).agrees for text in ("3", "5", "8", "13", "140")}
    assert told_of == {"3": None, "5": None, "8": None, "13": None, "140": False}


@pytest.mark.parametrize(
    ("subject", "text", "agrees"),
    [
        ("files.created", "5", True),
        ("files.created", "2", True),  # the code
        ("files.created", "1", True),  # the tests
        ("files.created", "3", True),  # code and tests
        ("files.created", "4", True),  # without documents
        ("files.created", "6", False),
        ("files.created", ">=5", True),
        ("files.modified", "2", True),
        ("files.modified", "3", False),
        ("files.deleted", "1", True),
        ("files.deleted", "0", True),  # no test
        ("files.changed", "8", True),
        ("files.changed", "5", None),  # fewer than all, and none of what people count
        ("files.changed", "9", False),
        ("files.changed", ">=9", False),
        ("lines.added", "557", True),
        ("lines.added", "517", True),  # without documents
        ("lines.added", "500", None),
        ("lines.added", "~500", True),
        ("lines.added", "558", False),
        ("lines.deleted", "152", True),
        ("lines.deleted", "150", True),  # the code
        ("lines.deleted", "153", False),
    ],
)
def test_only_what_exceeds_the_diff_contradicts(subject: str, text: str, agrees: bool | None) -> None:
    found = told(subject, "change", text)
    counts = {"files.created": 5, "files.modified": 2, "files.deleted": 1, "files.changed": 8,
              "lines.added": 557, "lines.deleted": 152}  # fmt: skip
    assert found.agrees is agrees
    assert found.exact == counts[subject]
    assert found.said == f"{counts[subject]} {subject.replace('.', ' ')}"
    assert bool(found.why) is (agrees is None)
    assert found.origin is not None
    assert found.origin.commit == "3" * 40


def test_our_own_records_may_be_left_out_of_the_diff() -> None:
    files = (change(".phasemetrics/phases/3/end.json", "created", 70), change("a.toml", "created", 5))
    phase = Phase("3", None, replace(AFTER, files=files))
    told_of = [told("lines.added", "change", text, phase).agrees for text in ("75", "5", "70", "0")]
    assert told_of == [True, True, None, True]


@pytest.mark.parametrize(
    ("subject", "side", "phase"),
    [
        ("tests.total", "before", Phase("3", None, AFTER)),
        ("tests.total", "after", Phase("3", BEFORE, None)),
        ("tests.total", "after", Phase("3", None, snapshot(without=("junit",)))),
        ("tests.rate", "after", Phase("3", None, snapshot(without=("junit",)))),
        ("coverage", "after", Phase("3", None, snapshot(without=("coverage",)))),
        ("coverage", "change", Phase("3", snapshot(without=("coverage",)), AFTER)),
        ("tests.total", "change", Phase("3", None, AFTER)),
        ("tests.added", "change", Phase("3", BEFORE, None)),
        ("files.created", "change", Phase("3", BEFORE, None)),
        ("files.created", "change", Phase("3", BEFORE, snapshot())),
        ("lines.total", "after", PHASE),
        ("lines.changed", "change", PHASE),
        ("files.listed", "after", PHASE),
    ],
)
def test_without_evidence_nothing_is_said(subject: str, side: str, phase: Phase) -> None:
    found = told(subject, side, "9%" if subject == "coverage" else "9", phase)
    assert (found.agrees, found.exact, found.origin, found.said) == (None, None, None, "")
    assert found.why


@given(
    st.sampled_from(["tests.total", "tests.passed", "tests.failed", "tests.skipped", "tests.added", "files.changed"]),
    st.sampled_from(["before", "after", "change"]),
    st.integers(0, 400),
)
def test_what_was_measured_never_contradicts_itself(subject: str, side: str, number: int) -> None:
    found = answer(PHASE, subject, side, Stated(Decimal(number)))
    assume(found.exact is not None)
    assert found.exact is not None
    assert answer(PHASE, subject, side, Stated(found.exact)).agrees
    if number == abs(found.exact):
        assert found.agrees


PATH = "tests/unit/test_parser.py"
CONTENT = b"def test_one():\n    pass\n\n\n    async def test_two(self):\n        pass\ndef helper(): ...\n"


def of_file(subject: str, text: str, side: str = "after", content: bytes | None = CONTENT, path: str = PATH) -> Answer:
    return file_answer(AFTER, path, content, subject, side, written(text))


@pytest.mark.parametrize(
    ("subject", "text", "agrees", "exact"),
    [
        ("lines.total", "7", True, 7),
        ("lines.total", "8", True, 7),  # an editor counts the line behind the last
        ("lines.total", "9", False, 7),
        ("lines.total", ">=8", True, 7),
        ("tests.total", "137", True, 137),  # cases
        ("tests.total", "2", True, 137),  # functions
        ("tests.total", "3", False, 137),
        ("tests.passed", "136", True, 136),
        ("tests.passed", "2", False, 136),
        ("lines.added", "30", True, 30),
        ("lines.added", "28", True, 30),  # what is left of them
        ("lines.added", "31", True, 30),  # one more or less
        ("lines.added", "20", None, 30),  # other work may have added the rest
        ("lines.added", "32", False, 30),
        ("lines.deleted", "2", True, 2),
        ("lines.deleted", "3", True, 2),
        ("lines.deleted", "4", False, 2),
    ],
)
def test_a_number_is_held_against_its_file(subject: str, text: str, agrees: bool | None, exact: int) -> None:
    found = of_file(subject, text, "change" if subject in {"lines.added", "lines.deleted"} else "after")
    assert found.agrees is agrees
    assert found.exact == exact
    assert PATH in found.said
    assert found.origin is not None
    assert found.origin.commit == "3" * 40


def test_the_coverage_of_a_file_is_held_with_and_without_its_branches() -> None:
    coverage = (PathCount(PATH, 79, 100, branches_covered=1, branches_total=20),)
    after = replace(AFTER, coverage=coverage)
    for text, agrees in {"79%": True, "66.7%": True, "66%": True, "70%": False}.items():
        assert file_answer(after, PATH, None, "coverage", "after", written(text)).agrees is agrees
    assert file_answer(after, PATH, None, "coverage", "after", written("9%")).said == f"66.7% of {PATH} is covered"


@pytest.mark.parametrize(
    ("subject", "side", "content", "path"),
    [
        ("lines.total", "before", CONTENT, PATH),
        ("lines.total", "change", CONTENT, PATH),
        ("lines.total", "after", None, PATH),
        ("lines.total", "after", b"a\0b\n", PATH),
        ("tests.total", "after", b"x = 1\n", "src/a.py"),
        ("tests.total", "after", b"def test_a\n", "src/a.txt"),
        ("tests.passed", "after", CONTENT, "src/a.py"),
        ("tests.failed", "after", CONTENT, PATH),
        ("lines.added", "change", CONTENT, "src/a.py"),
        ("coverage", "before", CONTENT, "parser/core.py"),
        ("coverage", "after", CONTENT, "src/a.py"),
    ],
)
def test_of_a_file_that_says_nothing_nothing_is_said(subject: str, side: str, content: bytes | None, path: str) -> None:
    found = of_file(subject, "9%" if subject == "coverage" else "9", side, content, path)
    assert (found.agrees, found.exact, found.said) == (None, None, "")
    assert found.why


def test_a_binary_file_has_no_lines() -> None:
    files = (replace(change("a.png", "modified"), binary=True),)
    assert file_answer(replace(AFTER, files=files), "a.png", None, "lines.added", "change", written("1")).agrees is None
    nothing = replace(AFTER, files=None, coverage=(PathCount("a.py", 0, 0),))
    assert file_answer(nothing, "a.py", b"", "lines.added", "change", written("1")).agrees is None
    assert file_answer(nothing, "a.py", b"", "coverage", "after", written("1%")).agrees is None
