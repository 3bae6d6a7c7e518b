"""Clover XML in its three dialects against the tools' own numbers, and against files made up to be odd."""

from __future__ import annotations

from pathlib import Path

import pytest

from coverage_facts import GOLDEN, expected, files, knowing, read, totals, warnings, written
from phasemetrics.errors import Refusal
from phasemetrics.evidence.model import Branches, Fact
from phasemetrics_collectors import clover

EXPECTED = expected("clover")


def made(folder: Path, body: str, metrics: str = "") -> list[Fact]:
    return written(clover, folder, f'<coverage clover="4.5.2"><project>{metrics}{body}</project></coverage>')


def of(path: str, *lines: str) -> str:
    return f'<file name="{path}">{"".join(lines)}</file>'


def line(number: object, count: object, kind: str = "stmt") -> str:
    return f'<line num="{number}" count="{count}" type="{kind}"/>'


def condition(number: object, true: object, false: object, count: str = "") -> str:
    return f'<line num="{number}" {count} type="cond" truecount="{true}" falsecount="{false}"/>'


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_samples_are_counted_as_the_tool_did(name: str) -> None:
    facts = read(clover, GOLDEN / "clover" / name)
    assert totals(facts) == EXPECTED[name]
    assert not warnings(facts)


def test_statements_and_conditions_count_declarations_do_not(tmp_path: Path) -> None:
    body = of("a", line(1, 9, "method"), line(2, 1), line(2, 0), condition(3, 0, 1), condition(4, 0, 0))
    (found,) = files(made(tmp_path, body)).values()
    assert (found.covered, found.missing) == (frozenset({2, 3}), frozenset({4}))


def test_what_truecount_means_goes_by_the_dialect(tmp_path: Path) -> None:
    counts = condition(1, 3, 1), condition(2, 2, 0)
    istanbul = files(made(tmp_path, of("a", *counts)))["a"].branches
    openclover = files(made(tmp_path, of("a", "<class/>", *counts)))["a"].branches
    assert istanbul == {1: Branches(4, 3), 2: Branches(2, 2)}
    assert openclover == {1: Branches(2, 2), 2: Branches(2, 1)}


def test_conditions_on_one_line_add_up_and_files_named_twice_do_not(tmp_path: Path) -> None:
    twice = of("a", "<class/>", condition(1, 3, 1), condition(1, 0, 0))
    assert files(made(tmp_path, twice + twice))["a"].branches == {1: Branches(4, 2)}


@pytest.mark.parametrize(
    ("attributes", "package", "expected_path"),
    [
        ('name="Cart.java"', "com.acme", "com/acme/Cart.java"),
        ('name="Cart.java"', "default-pkg", "Cart.java"),
        ('name="Cart.java" path="src/main/Cart.java"', "com.acme", "src/main/Cart.java"),
        ('name="/abs/Cart.php"', "global", "/abs/Cart.php"),
        ('name="C:\\src\\Cart.java"', "com.acme", "C:/src/Cart.java"),
    ],
)
def test_what_a_file_goes_by(tmp_path: Path, attributes: str, package: str, expected_path: str) -> None:
    body = f'<package name="{package}"><file {attributes}>{line(1, 1)}</file></package>'
    assert list(files(made(tmp_path, body))) == [expected_path]


@pytest.mark.parametrize(
    ("metrics", "message"),
    [
        ('statements="2" coveredstatements="1" conditionals="0" coveredconditionals="0"', None),
        ('statements="3" coveredstatements="1"', 'statements="3" where 2 were counted'),
        ('statements="2" coveredstatements="2"', 'coveredstatements="2" where 1 were counted'),
        ('statements="2" coveredstatements="many"', None),
        ('conditionals="4" coveredconditionals="0"', 'conditionals="4" where 0 were counted'),
    ],
)
def test_metrics_are_only_held_against_the_lines(tmp_path: Path, metrics: str, message: str | None) -> None:
    facts = made(tmp_path, of("a", line(1, 1), line(2, 0)), f"<metrics {metrics}/>")
    assert totals(facts) == {"lines": [1, 2]}
    assert (message or "") in warnings(facts).get("attribute-mismatch", "")
    assert set(warnings(facts)) == ({"attribute-mismatch"} if message else set())


def test_metrics_alone_are_no_evidence(tmp_path: Path) -> None:
    assert set(warnings(made(tmp_path, of("a", line(1, 1, "method"))))) == {"no-lines"}
    with pytest.raises(Refusal, match='statements="18"') as caught:
        made(tmp_path, "", '<metrics statements="18" coveredstatements="0"/>')
    assert caught.value.code == "no-lines"


@pytest.mark.parametrize("text", ["", "-1", "1.5", "nan", "1_0", "٥", "9" * 5000, "\u202e1"])
@pytest.mark.parametrize("name", ["num", "count", "truecount"])
def test_a_count_that_cannot_be_is_refused_with_its_place(tmp_path: Path, name: str, text: str) -> None:
    row = {"num": line(text, 1), "count": line(1, text), "truecount": condition(1, text, 1)}[name]
    with pytest.raises(Refusal) as caught:
        made(tmp_path, of("a", "\n", row))
    assert (caught.value.code, caught.value.line, caught.value.column) == ("bad-count", 2, 1)
    assert str(caught.value).isprintable()


def test_a_file_needs_a_name(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="without a path and a name"):
        made(tmp_path, "<file/>")


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("<coverage><project/></coverage>", ["clover"]),
        ("<coverage><testproject/></coverage>", ["clover"]),
        ('<coverage clover="1.3.13"><!-- cut off', ["clover"]),
        ("<coverage><packages/></coverage>", ["coverage_xml"]),
        ("<coverage><!-- cut off", ["coverage_xml"]),
        ("<coverage", ["coverage_xml"]),
        ("<project/>", []),
    ],
)
def test_clover_and_cobertura_have_one_root_and_are_told_apart(tmp_path: Path, text: str, known: list[str]) -> None:
    path = tmp_path / "made.xml"
    path.write_text(text)
    assert knowing(path) == known
