"""What a phase is compared with: looked for in the contract's order, refused when damaged, said where it was found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from git_workshop import Workshop
from measured import AFTER, BEFORE, LATER
from phasemetrics.errors import Refusal, UsageError
from phasemetrics.evidence.collecting import Evidence
from phasemetrics.evidence.measuring import collect_here, measure, read_at
from phasemetrics.evidence.model import Snapshot
from phasemetrics.evidence.snapshot import dumps
from phasemetrics.evidence.store import Baseline, Side, checked_phase, find_baseline, load, place

OWN = ".phasemetrics/phases/3/baseline.json"
END = ".phasemetrics/phases/2/end.json"
NAMED = replace(BEFORE, base="named", files=())
AT_BASE = replace(BEFORE, base="at base", files=())


def record(root: Path, name: str, content: Snapshot | bytes) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else dumps(content))
    return path


def looked_up(
    root: Path, named: str | None = None, base: dict[str, bytes] | None = None, previous: str | None = "2"
) -> Baseline:
    return find_baseline(root, "3", previous, named, (base or {}).get)


def never(path: str) -> bytes | None:
    raise AssertionError(f"asked the base revision for {path}")


def refused(find: Callable[[], object], code: str = "damaged-store") -> Refusal:
    with pytest.raises(Refusal) as caught:
        find()
    assert (caught.value.code, caught.value.exit_code) == (code, 3)
    assert caught.value.mend
    return caught.value


@pytest.fixture
def everything(tmp_path: Path) -> Path:
    """Return a project in which each step of the look-up would find something."""
    record(tmp_path, "old.json", NAMED)
    record(tmp_path, OWN, BEFORE)
    record(tmp_path, END, AFTER)
    return tmp_path


def test_each_step_in_the_order_of_the_contract(everything: Path) -> None:
    base = {OWN: dumps(AT_BASE)}
    assert looked_up(everything, "old.json", base) == Baseline(NAMED, "old.json")
    assert looked_up(everything, None, base) == Baseline(BEFORE, OWN)
    (everything / OWN).unlink()
    assert looked_up(everything, None, base) == Baseline(AT_BASE, f"{OWN} at the base revision")
    found = looked_up(everything)
    assert found == Baseline(AFTER, f"the end of phase 2, {END}")
    (everything / END).unlink()
    nothing = looked_up(everything)
    assert nothing.snapshot is None
    assert OWN in nothing.found
    assert "base revision" in nothing.found


def test_what_was_named_is_the_only_place_that_is_looked_at(everything: Path) -> None:
    record(everything, OWN, b"damaged")
    assert find_baseline(everything, "3", "2", "old.json", never).found == "old.json"
    (everything / "old.json").unlink()
    error = refused(lambda: find_baseline(everything, "3", "2", "old.json", never), "no-baseline")
    assert error.path == "old.json"
    assert "--before" in (error.mend or "")


def test_the_base_revision_is_asked_only_without_a_baseline_in_the_checkout(everything: Path) -> None:
    assert find_baseline(everything, "3", "2", None, never).snapshot == BEFORE


def test_a_named_phase_is_its_end(everything: Path) -> None:
    record(everything, ".phasemetrics/phases/1/end.json", LATER)
    assert looked_up(everything, "1") == Baseline(LATER, "the end of phase 1, .phasemetrics/phases/1/end.json")
    assert refused(lambda: looked_up(everything, "7"), "no-baseline").path == "7"
    record(everything, "1", NAMED)
    assert looked_up(everything, "1").found == "1", "a file of that name is what was named"


def test_a_folder_of_the_name_of_a_phase_is_no_snapshot(everything: Path) -> None:
    (everything / "2").mkdir()
    assert looked_up(everything, "2").snapshot == AFTER


def test_a_named_file_may_lie_anywhere(everything: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = record(tmp_path_factory.mktemp("ci"), "main.json", NAMED)
    assert looked_up(everything, str(elsewhere)).snapshot == NAMED


@pytest.mark.parametrize("named", ["", "no", "no.json", "../no.json", "a/b/c", "..", ".", "-x", "x" * 300])
def test_what_names_nothing_is_refused(everything: Path, named: str) -> None:
    assert refused(lambda: looked_up(everything, named), "no-baseline").path == named


@pytest.mark.parametrize("content", [b"{", b"null", b'{"schema": 2}', b"<<<<<<< HEAD\n", b" ", b"\0", b"\xff"])
def test_damage_is_refused_and_never_taken_for_nothing(tmp_path: Path, content: bytes) -> None:
    record(tmp_path, END, content)
    assert refused(lambda: looked_up(tmp_path)).path == END
    record(tmp_path, "old.json", content)
    assert refused(lambda: looked_up(tmp_path, "old.json")).path == "old.json"
    assert refused(lambda: looked_up(tmp_path, None, {OWN: content})).path == OWN
    record(tmp_path, OWN, content)
    assert refused(lambda: looked_up(tmp_path)).path == OWN
    assert refused(lambda: looked_up(tmp_path, "2")).path == END


def test_a_damaged_end_is_not_asked_for_where_a_baseline_is(tmp_path: Path) -> None:
    record(tmp_path, END, b"damaged")
    record(tmp_path, OWN, BEFORE)
    assert looked_up(tmp_path).snapshot == BEFORE


@pytest.mark.parametrize("side", ["baseline", "end"])
def test_an_empty_file_was_never_recorded(tmp_path: Path, side: Side) -> None:
    record(tmp_path, place("3", side), b"")
    assert load(tmp_path, "3", side) is None


def test_an_empty_file_is_passed_over_at_each_step(tmp_path: Path) -> None:
    record(tmp_path, OWN, b"")
    record(tmp_path, END, AFTER)
    assert looked_up(tmp_path, None, {OWN: dumps(AT_BASE)}).found == f"{OWN} at the base revision"
    assert looked_up(tmp_path, None, {OWN: b""}).snapshot == AFTER
    record(tmp_path, END, b"")
    assert looked_up(tmp_path).snapshot is None
    assert refused(lambda: looked_up(tmp_path, "2"), "no-baseline").path == "2"
    record(tmp_path, "old.json", b"")
    assert refused(lambda: looked_up(tmp_path, "old.json"), "empty-file").path == "old.json"


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: path.symlink_to(path), lambda path: path.symlink_to("no")])
def test_what_is_no_file_where_a_record_should_be_is_damage(tmp_path: Path, make: Callable[[Path], None]) -> None:
    (tmp_path / OWN).parent.mkdir(parents=True)
    make(tmp_path / OWN)
    assert refused(lambda: load(tmp_path, "3", "baseline")).path == OWN


def test_what_was_recorded_is_loaded(tmp_path: Path) -> None:
    assert load(tmp_path, "3", "end") is None
    record(tmp_path, ".phasemetrics/phases/3/end.json", AFTER)
    assert load(tmp_path, "3", "end") == AFTER
    assert load(tmp_path, "3", "baseline") is None


@pytest.mark.parametrize("name", ["3", "2.1", "alpha", "phase-3_b", "a" * 64, "0"])
def test_names_of_phases(name: str) -> None:
    assert checked_phase(name) == name
    assert place(name, "end") == f".phasemetrics/phases/{name}/end.json"


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../3",
        "a/b",
        "a\\b",
        "/3",
        "~",
        "-p",
        "_x",
        ".git",
        "3\n",
        "3 ",
        "é",
        "３",
        "a..b",
        "a" * 65,
        "a\0",
    ],
)
def test_a_name_that_could_be_another_folder_is_wrong_usage(tmp_path: Path, name: str) -> None:
    for attempt in (
        lambda: checked_phase(name),
        lambda: place(name, "baseline"),
        lambda: load(tmp_path, name, "end"),
        lambda: find_baseline(tmp_path, name, None, None, never),
        lambda: find_baseline(tmp_path, "3", name, None, lambda _: None),
    ):
        with pytest.raises(UsageError) as caught:
            attempt()
        assert (caught.value.code, caught.value.exit_code) == ("bad-phase", 2)
        assert "\n" not in str(caught.value)


# The base revision itself, asked of a real repository.


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    """Return a repository whose tag `start` holds a baseline that a later commit has removed."""
    shop = Workshop(tmp_path / "work")
    record(shop.root, OWN, AT_BASE)
    shop.commit({"a.py": "1\n"})
    shop.git("tag", "start")
    (shop.root / OWN).unlink()
    shop.commit({"a.py": "2\n3\n4\n", "b.py": "1\n"}, date="2026-11-03T12:00:00Z")
    return shop


def test_the_baseline_at_the_base_revision(shop: Workshop) -> None:
    start = shop.git("rev-parse", "start")
    usual: tuple[tuple[str | None, list[str]], ...] = (("start", []), (None, [start]), ("start", ["f" * 40]))
    for named, recorded in usual:
        measured = measure(Evidence(shop.root, base=named), recorded, [], [OWN, END])
        assert measured.at_base == {OWN: dumps(AT_BASE)}
        found = find_baseline(shop.root, "3", "2", None, measured.at_base.get)
        assert found == Baseline(AT_BASE, f"{OWN} at the base revision")
        assert measured.snapshot.base == start, "a name is recorded as what it named"
        counts = {name: metric.value for name, metric in measured.snapshot.metrics.items()}
        sizes = {"lines.added": 4, "lines.deleted": 1 + dumps(AT_BASE).count(b"\n"), "phase.days": 1}
        assert counts == sizes | dict.fromkeys(("files.created", "files.modified", "files.deleted"), 1)
    assert read_at(shop.root, start, OWN) == dumps(AT_BASE)


def test_a_recorded_base_that_is_gone_is_a_doubt_and_a_named_one_is_refused(shop: Workshop) -> None:
    gone = "f" * 40
    snapshot = measure(Evidence(shop.root), [gone], [], [OWN]).snapshot
    (doubt,) = snapshot.warnings
    assert "files and lines are not counted from there" in doubt.message
    assert (snapshot.files, snapshot.base, snapshot.metrics) == (None, None, {})
    refused(lambda: measure(Evidence(shop.root, base=gone)), doubt.code)
    assert measure(Evidence(shop.root)).snapshot.warnings == ()
    fallen_back = measure(Evidence(shop.root), [gone, "start"]).snapshot
    assert fallen_back.base == shop.git("rev-parse", "start")
    assert [one.code for one in fallen_back.warnings] == [doubt.code]


def test_the_documents_that_are_being_filled_make_nothing_dirty(shop: Workshop) -> None:
    shop.commit({"README.md": "1\n"})
    document = shop.write("README.md", "2\n")
    for beside, dirty in (([document], False), ([], True), ([shop.root.parent / "README.md"], True)):
        revision = measure(Evidence(shop.root), (), beside).snapshot.revision
        assert revision is not None
        assert (revision.sha, revision.dirty) == (shop.git("rev-parse", "HEAD"), dirty)


def test_what_was_collected_belongs_to_a_commit_where_there_is_one(shop: Workshop) -> None:
    here = collect_here(Evidence(shop.root))
    assert here.revision is not None
    assert (here.revision.sha, here.files, here.warnings) == (shop.git("rev-parse", "HEAD"), None, ())
    assert collect_here(Evidence(shop.root, base="start")).base == shop.git("rev-parse", "start")
    refused(lambda: collect_here(Evidence(shop.root, head="no-such-branch")), "bad-ref")
    outside = shop.root.parent
    nowhere = collect_here(Evidence(outside))
    assert nowhere.revision is None
    assert [one.code for one in nowhere.warnings] == ["not-a-repository"]
    refused(lambda: collect_here(Evidence(outside, base="start")), "not-a-repository")


def test_a_file_that_is_not_at_a_revision(shop: Workshop) -> None:
    start = shop.git("rev-parse", "start")
    for root, base, path in (
        (shop.root, None, OWN),
        (shop.root, "f" * 40, OWN),
        (shop.root, start, "b.py"),
        (shop.root, start, "../a.py"),
        (shop.root.parent, start, OWN),
    ):
        assert read_at(root, base, path) is None
