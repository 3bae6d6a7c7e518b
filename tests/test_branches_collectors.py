"""What collectors do in the rare cases that no report of a real tool brings about."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import cast

import pytest

from git_workshop import Workshop
from junit_workshop import by_group, counts, made, made_with, warnings
from limiting import limited
from phasemetrics.errors import Refusal
from phasemetrics.evidence.grouping import GroupRule
from phasemetrics.evidence.model import Collector, Report
from phasemetrics_collectors import _cases, coverage_data, coverage_xml, git, manifests, tap
from phasemetrics_collectors._cases import Case, Cases
from phasemetrics_collectors._json import parse
from phasemetrics_collectors._manifest_python import constraint
from phasemetrics_collectors._xml_head import first_elements

MARKED = '<testsuite name="s"><testcase name="a"><properties>{}</properties></testcase><testcase name="b"/></testsuite>'
COVERED = '<coverage>{}<packages><class filename="a.py"><line number="1" hits="1"/></class></packages></coverage>'


def test_a_file_too_many_is_no_file_in_particular(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_cases, "PLACES", 1)
    cases = Cases(Report(tmp_path / "report", "report"))
    for path in ("one.py", "two.py", "one.py", "three.py"):
        cases.add(Case("a", path=path), "passed")
    assert cases.counts == {("one.py", (), "passed"): 2, ("", (), "passed"): 2}


def test_json_that_is_deeper_than_the_stack(tmp_path: Path) -> None:
    with limited(nesting=1_000_000), pytest.raises(Refusal, match=r"bad-json.*nested too deeply to be read"):
        parse(b"[" * 100_000 + b"]" * 100_000, "report.json", "write it again")


@pytest.mark.parametrize("searching", [True, False])
def test_reading_json_leaves_the_search_for_cycles_as_it_was(searching: bool) -> None:
    before = gc.isenabled()
    try:
        (gc.enable if searching else gc.disable)()
        assert parse(b"[1]", "report.json", "write it again").value == [1]
        assert gc.isenabled() == searching
    finally:
        (gc.enable if before else gc.disable)()


def test_the_key_that_comes_a_second_time_first_is_named() -> None:
    with pytest.raises(Refusal, match='has the key "b" twice'):
        parse(b'{"a": 1, "b": 1, "b": 1, "a": 1}', "report.json", "write it again")


@pytest.mark.parametrize(
    ("inside", "marked"),
    [
        ('<property name="marker" value="quick"/>', 1),
        ('<property name="marker" value="slow"/>', 0),
        ('<property name="owner" value="quick"/>', 0),
    ],
)
def test_a_marker_puts_its_case_in_a_group(tmp_path: Path, inside: str, marked: int) -> None:
    found = by_group(made(tmp_path, MARKED.format(inside), GroupRule("quick", markers=frozenset({"quick"}))))
    assert found["quick"].total == marked


@pytest.mark.parametrize("text", ["", " , ", "^1 || "])
def test_a_constraint_of_nothing_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="is no version range"):
        constraint("x", text, "")


def test_a_plan_that_is_indented_too_far_is_text(tmp_path: Path) -> None:
    points = "TAP version 13\n1..1\nok 1 - a\n"
    facts = made_with(cast(Collector, tap), tmp_path, f"{points}{'    ' * 65}1..7\n")
    assert (counts(facts), warnings(facts)) == ({"passed": 1}, {})


def test_nothing_of_a_dtd_is_looked_at() -> None:
    head = '<!DOCTYPE a [<!ATTLIST a b CDATA "x">]><a><c/></a>'
    assert first_elements(head.encode()) == []
    assert [one.name for one in first_elements(b"<!DOCTYPE a SYSTEM 'a.dtd'><a><c/></a>")] == ["a", "c"]


def test_only_a_project_right_below_the_root_is_clover(tmp_path: Path) -> None:
    report = Report(tmp_path / "coverage.xml", "coverage.xml")
    report.path.write_text(COVERED.format(""))
    honest = list(coverage_xml.collect(report))
    report.path.write_text(COVERED.format("<x><project/></x>"))
    assert honest
    assert list(coverage_xml.collect(report)) == honest
    report.path.write_text(COVERED.format("<project/>"))
    with pytest.raises(Refusal, match=r"wrong-format.*Clover"):
        list(coverage_xml.collect(report))


def test_a_data_file_is_not_even_opened_with_the_rights_of_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_EVENT_NAME", "pull_request_target")
    with pytest.raises(Refusal, match=r"unsafe-event.*pull_request_target.*coverage json"):
        list(coverage_data.collect(Report(tmp_path / "missing", "missing")))


def test_a_manifest_that_git_has_lost_is_no_doubt_but_a_refusal(tmp_path: Path) -> None:
    shop = Workshop(tmp_path / "work")
    base = shop.commit({"requirements.txt": "rich\n"})
    head = shop.commit({"requirements.txt": "rich>=1\n"})
    lost = shop.git("rev-parse", f"{head}:requirements.txt")
    with git.open_repository(shop.root) as repository:
        changes = git.compare(repository, base, head)
    (shop.root / ".git/objects" / lost[:2] / lost[2:]).unlink()
    with git.open_repository(shop.root) as repository, pytest.raises(Refusal) as caught:
        manifests.compare(repository, base, head, changes)
    assert caught.value.code == "corrupt-repository"
