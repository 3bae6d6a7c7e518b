"""Reports that are older than the sources are refused, and no others: after a commit, a checkout, a rebase."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from git_workshop import Workshop
from journey import phasemetrics
from phasemetrics.errors import Refusal
from phasemetrics.evidence.collecting import Evidence
from phasemetrics.evidence.measuring import collect_here, measure
from phasemetrics.evidence.model import Warning

EDITED, TESTED, LATER, COMMITTED = (f"2026-11-01T{hour}:00:00Z" for hour in (10, 12, 14, 16))
REPORT = "build/junit.xml"


def seconds(date: str) -> float:
    return datetime.fromisoformat(date).timestamp()


def touch(shop: Workshop, name: str, date: str, content: str | None = None) -> None:
    if content is not None:
        shop.write(name, content)
    os.utime(shop.root / name, (seconds(date), seconds(date)))


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    """Return a repository whose files were edited, then committed, then tested; the report is not tracked."""
    shop = Workshop(tmp_path / "shop")
    files = {"src/cart.py": "1\n", "tests/test_cart.py": "1\n", "README.md": "text\n", ".gitignore": "build\n"}
    shop.commit(dict(files), date=EDITED)
    for name in files:
        touch(shop, name, EDITED)
    touch(shop, REPORT, TESTED, "<testsuite><testcase/></testsuite>")
    return shop


def doubts(shop: Workshop, *, allowed: bool = False, head: str = "HEAD", root: Path | None = None) -> list[Warning]:
    evidence = Evidence(root or shop.root, {"junit": (str(shop.root / REPORT),)}, head=head, allow_stale=allowed)
    found = [measure(evidence).snapshot.warnings, collect_here(evidence).warnings]
    assert found[0] == found[1]
    return list(found[0])


def refused(shop: Workshop, source: str, when: str) -> None:
    with pytest.raises(Refusal) as caught:
        doubts(shop)
    error = caught.value
    assert (error.code, error.path, error.exit_code) == ("stale-report", REPORT, 3)
    assert error.message == f"was written {TESTED}, before {source} was changed ({when})"
    assert "--allow-stale" in (error.mend or "")
    (doubt,) = doubts(shop, allowed=True)
    assert (doubt.code, doubt.path, doubt.message) == (error.code, error.path, error.message)


def test_tested_after_the_commit(shop: Workshop) -> None:
    assert doubts(shop) == []


def test_tested_then_committed(shop: Workshop) -> None:
    shop.write("src/cart.py", "2\n")
    touch(shop, "src/cart.py", EDITED)
    shop.commit(date=COMMITTED)
    assert doubts(shop) == []


def test_tested_then_amended_or_rebased(shop: Workshop) -> None:
    shop.git("commit", "-q", "--amend", "-m", "other words", date=COMMITTED)
    assert doubts(shop) == []


def test_edited_after_the_tests(shop: Workshop) -> None:
    touch(shop, "src/cart.py", LATER, "2\n")
    refused(shop, "src/cart.py", LATER)


def test_edited_after_the_tests_and_committed(shop: Workshop) -> None:
    touch(shop, "tests/test_cart.py", LATER, "2\n")
    shop.commit(date=COMMITTED)
    touch(shop, "tests/test_cart.py", LATER)
    refused(shop, "tests/test_cart.py", LATER)


def test_the_newest_source_is_named(shop: Workshop) -> None:
    touch(shop, "src/cart.py", LATER, "2\n")
    touch(shop, "tests/test_cart.py", COMMITTED, "2\n")
    refused(shop, "tests/test_cart.py", COMMITTED)


def test_a_fresh_checkout_of_what_was_tested(shop: Workshop) -> None:
    for name in ("src/cart.py", "tests/test_cart.py"):
        touch(shop, name, LATER)  # as after `git clone`: all files are new, and what they hold is not
    assert doubts(shop) == []
    touch(shop, "src/cart.py", LATER, "2\n")
    refused(shop, "src/cart.py", LATER)


def test_what_is_no_source_may_be_younger(shop: Workshop) -> None:
    for name in ("README.md", ".gitignore", "docs/phases/RETRO_3.md", ".phasemetrics/phases/3/baseline.json"):
        touch(shop, name, LATER, "new\n")
    shop.commit(date=COMMITTED)
    for name in ("README.md", ".gitignore"):
        touch(shop, name, LATER)
    touch(shop, "notes/untracked.py", LATER, "1\n")
    assert doubts(shop) == []
    touch(shop, "README.md", LATER, "newer\n")
    assert doubts(shop) == []


def test_a_report_older_than_all_there_is_gets_a_warning(shop: Workshop) -> None:
    for name in ("src/cart.py", "tests/test_cart.py"):
        (shop.root / name).unlink()
    shop.commit({"data.bin": "1\n"}, date=COMMITTED)
    for name in ("data.bin", "README.md", ".gitignore"):
        touch(shop, name, LATER)
    (doubt,) = doubts(shop)
    expected = f"was written {TESTED}, before the commit and every file of it ({LATER})"
    assert (doubt.code, doubt.path, doubt.message) == ("old-report", REPORT, expected)
    touch(shop, "README.md", EDITED)
    assert doubts(shop) == []


def test_a_source_that_is_gone_is_not_younger(shop: Workshop) -> None:
    (shop.root / "src" / "cart.py").unlink()
    assert doubts(shop) == []


def test_seconds_that_a_disk_rounds_are_not_held_against_a_report(shop: Workshop) -> None:
    touch(shop, "src/cart.py", TESTED, "2\n")
    os.utime(shop.root / "src" / "cart.py", (0, seconds(TESTED) + 2))
    assert doubts(shop) == []
    os.utime(shop.root / "src" / "cart.py", (0, seconds(TESTED) + 3))
    with pytest.raises(Refusal):
        doubts(shop)


def test_only_the_sources_below_the_project_count(shop: Workshop) -> None:
    shop.commit({"other/src/a.py": "1\n"}, date=EDITED)
    touch(shop, "src/cart.py", LATER, "2\n")
    assert doubts(shop, root=shop.root / "other") == []
    touch(shop, "other/src/a.py", LATER, "2\n")
    with pytest.raises(Refusal, match=r"before src/a\.py was changed"):
        doubts(shop, root=shop.root / "other")


def test_another_commit_than_the_one_that_lies_here_is_not_compared(shop: Workshop) -> None:
    first = shop.git("rev-parse", "HEAD")
    touch(shop, "src/cart.py", LATER, "2\n")
    shop.commit(date=COMMITTED)
    touch(shop, "src/cart.py", LATER)
    assert doubts(shop, head=first) == []
    with pytest.raises(Refusal):
        doubts(shop, head=shop.git("rev-parse", "HEAD"))


def test_a_report_that_is_tracked_is_no_source(shop: Workshop) -> None:
    (shop.root / ".gitignore").unlink()
    shop.git("add", "-A")
    (shop.root / "tests" / "golden").mkdir()
    shop.git("mv", REPORT, "tests/golden/junit.xml")
    shop.commit(date=EDITED)
    touch(shop, "tests/golden/junit.xml", LATER, "<testsuite><testcase/></testsuite>")
    evidence = Evidence(shop.root, {"junit": ("tests/golden/junit.xml",)})
    assert measure(evidence).snapshot.warnings == ()


def test_without_a_repository_or_a_report_nothing_is_compared(shop: Workshop, tmp_path: Path) -> None:
    touch(shop, "src/cart.py", LATER, "2\n")
    assert measure(Evidence(shop.root)).snapshot.warnings == ()
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "junit.xml").write_text("<testsuite><testcase/></testsuite>")
    found = collect_here(Evidence(outside, {"junit": ("junit.xml",)})).warnings
    assert [one.code for one in found] == ["not-a-repository"]


@pytest.mark.parametrize("command", [["collect"], ["baseline", "-p", "3"], ["fill", "-p", "3", "README.md"]])
def test_the_commands(shop: Workshop, command: list[str]) -> None:
    touch(shop, "src/cart.py", LATER, "2\n")
    given = [*command, "--junit", "build"]
    stale = phasemetrics(shop.root, *given)
    assert (stale.code, "error[stale-report]: build/junit.xml: was written" in stale.err) == (3, True)
    partial = phasemetrics(shop.root, *given, "--expect-shards", "2", "--allow-stale")
    assert (partial.code, "expected 2 test reports, found 1" in partial.err) == (3, True)
    assert phasemetrics(shop.root, *given, PHASEMETRICS_ALLOW_STALE="1", PHASEMETRICS_EXPECT_SHARDS="2").code == 3
    assert phasemetrics(shop.root, *given, "--expect-shards", "0").code == 2
    taken = phasemetrics(shop.root, *given, "--allow-stale", "--expect-shards", "1")
    assert (taken.code, "stale-report" in taken.err) == (0, True)


def test_dates_are_those_of_the_disk(shop: Workshop) -> None:
    found = datetime.fromtimestamp((shop.root / REPORT).stat().st_mtime, UTC)
    assert found.isoformat() == TESTED.replace("Z", "+00:00")
