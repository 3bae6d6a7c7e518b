"""JaCoCo's XML against its own counters, and against files made up to be odd."""

from __future__ import annotations

from pathlib import Path

import pytest

from coverage_facts import GOLDEN, expected, files, read, totals, warnings, written
from phasemetrics.errors import Refusal
from phasemetrics.evidence.model import Branches, Fact
from phasemetrics_collectors import jacoco

EXPECTED = expected("jacoco")


def made(folder: Path, body: str) -> list[Fact]:
    return written(jacoco, folder, f'<report name="made">{body}</report>')


def of(package: str, name: str, *lines: str) -> str:
    return f'<package name="{package}"><sourcefile name="{name}">{"".join(lines)}</sourcefile></package>'


def line(number: object, instructions: object, missed: object = 0, taken: object = 0) -> str:
    return f'<line nr="{number}" mi="1" ci="{instructions}" mb="{missed}" cb="{taken}"/>'


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_samples_are_counted_as_their_counters_say(name: str) -> None:
    facts = read(jacoco, GOLDEN / "jacoco" / name)
    assert totals(facts) == EXPECTED[name]
    assert not warnings(facts)


def test_files_go_by_group_package_and_name(tmp_path: Path) -> None:
    groups = "".join(f'<group name="{name}">{of("com/acme", "A.java", line(1, 1))}</group>' for name in ("core", "web"))
    found = files(made(tmp_path, groups + of("", "B.java", line(1, 0))))
    assert sorted(found) == ["B.java", "core/com/acme/A.java", "web/com/acme/A.java"]


def test_a_partly_covered_line_is_covered_and_counts_once(tmp_path: Path) -> None:
    body = of("p", "A.java", line(1, 1, 1, 1), line(1, 0, 2, 0), line(2, 0))
    (found,) = files(made(tmp_path, body)).values()
    assert (found.covered, found.missing) == (frozenset({1}), frozenset({2}))
    assert found.branches == {1: Branches(2, 1)}


def test_lines_of_classes_and_methods_are_no_lines(tmp_path: Path) -> None:
    classes = '<package name="p"><class name="p/A"><method name="m" desc="()V" line="7"/></class></package>'
    assert totals(made(tmp_path, classes + of("p", "A.java", line(1, 1)))) == {"lines": [1, 1]}


def test_counters_are_only_held_against_the_lines(tmp_path: Path) -> None:
    facts = made(tmp_path, of("p", "A.java", line(1, 1)) + '<counter type="LINE" missed="3" covered="1"/>')
    assert totals(facts) == {"lines": [1, 1]}
    assert warnings(facts) == {
        "attribute-mismatch": 'the header says LINE missed="3" where 0 were counted; the lines were counted'
    }


def test_counters_alone_are_no_evidence(tmp_path: Path) -> None:
    assert set(warnings(made(tmp_path, '<counter type="INSTRUCTION" missed="0" covered="0"/>'))) == {"no-lines"}
    with pytest.raises(Refusal, match='INSTRUCTION missed="3"') as caught:
        made(tmp_path, '<counter type="INSTRUCTION" missed="3" covered="4"/>')
    assert caught.value.code == "no-lines"


@pytest.mark.parametrize("text", ["", "-1", "1.5", "nan", "1_0", "٥", "9" * 5000, "\u202e1"])
@pytest.mark.parametrize("field", range(4))
def test_a_count_that_cannot_be_is_refused_with_its_place(tmp_path: Path, field: int, text: str) -> None:
    fields: list[object] = [1, 1, 1, 1]
    fields[field] = text
    with pytest.raises(Refusal) as caught:
        made(tmp_path, of("p", "A.java", "\n", line(*fields)))
    assert (caught.value.code, caught.value.line, caught.value.column) == ("bad-count", 2, 1)
    assert str(caught.value).isprintable()


def test_a_source_file_needs_a_name(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="without a name"):
        made(tmp_path, "<sourcefile/>")


def test_the_guard_of_xml_holds(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="DTD of its own"):
        written(jacoco, tmp_path, '<!DOCTYPE report [<!ENTITY a "b">]><report>&a;</report>')
    with pytest.raises(Refusal, match="not well-formed"):
        written(jacoco, tmp_path, "<report><package>")
