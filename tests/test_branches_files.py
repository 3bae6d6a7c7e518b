"""What reading and writing do in the rare cases: another system, a file that changes meanwhile, a folder in the way."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import pytest

from measured import AFTER, BEFORE
from phasemetrics import reading
from phasemetrics.document import ledger as ledgers
from phasemetrics.document.ledger import Ledger
from phasemetrics.errors import Refusal
from phasemetrics.escaping import (
    cell,
    code_span,
    in_code,
    in_fence,
    inert,
    leading,
    look_alike,
    other_look_alike,
    plain,
    said,
    unescape_cell,
)
from phasemetrics.evidence.history import Record, end_order, measured_at, phase_order, recorded_in
from phasemetrics.evidence.model import Revision
from phasemetrics.evidence.snapshot import dumps
from phasemetrics.evidence.store import Side, Stored, find_baseline, place
from phasemetrics.opening import ledger_change, read_opened
from phasemetrics.scratch import scratch
from phasemetrics.writing import atomic, settlement
from phasemetrics.writing.guard import resolve_document
from phasemetrics.writing.journal import Entry
from phasemetrics.writing.settlement import Kept

PHASES = ".phasemetrics/phases"
LEDGER = ".phasemetrics/ledger/retro.md.json"
NOON = Revision("a" * 40, "b" * 40, "2026-11-01T12:00:00Z", dirty=False)
OURS = Ledger({"tests": ledgers.Entry("[XX]", "3")})
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="extended attributes as Linux has them")


def put(root: Path, name: str, content: bytes) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


# The text of others


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("**done", "**done"),
        ("**all of it**", "all of it"),
        ("**a** and __b__", "**a** and b"),
        ("`code` leads", "code leads"),
        ("only `code`", "only `code`"),
    ],
)
def test_words_lose_the_dress_at_their_ends(words: str, shown: str) -> None:
    assert inert(words) == shown


@pytest.mark.parametrize(
    ("escaped", "text", "shown"),
    [
        (code_span, "a|b <!--", "`a∣b ‹!--`"),
        (code_span, "``a", "``` ``a ```"),
        (code_span, "", "`  `"),
        (plain, "@team |", "＠team ∣"),
        (cell, "a | `b`", "a \\| ˋbˋ"),
        (in_code, "a`b<!--", "aˋb‹!--"),
        (in_fence, "``` ~~~ ``", "ˋˋˋ ∼∼∼ ``"),
        (leading, "# a", "\\# a"),
        (leading, "1. a", "1\\. a"),
        (leading, "a", "a"),
        (look_alike, "`", "ˋ"),
        (look_alike, "a", "a"),
        (other_look_alike, "@", "﹫"),
        (other_look_alike, "*", "∗"),
    ],
)
def test_what_a_stranger_wrote_is_spelled_by_its_place(escaped: Callable[[str], str], text: str, shown: str) -> None:
    assert escaped(text) == shown


def test_what_was_escaped_can_be_read_again() -> None:
    assert said(plain("@team `a`")) == "@team `a`"
    assert unescape_cell(cell("a | b")) == "a | b"


# What was recorded


def test_what_was_recorded_comes_by_phase_and_the_baseline_first(tmp_path: Path) -> None:
    recorded: tuple[tuple[str, Side], ...] = (("10", "end"), ("2", "end"), ("2", "baseline"))
    for phase, side in recorded:
        put(tmp_path, place(phase, side), dumps(BEFORE))
    put(tmp_path, place("3", "end"), b"")
    put(tmp_path, f"{PHASES}/not a phase!/end.json", dumps(BEFORE))
    found = list(recorded_in(tmp_path, "acme/api"))
    assert [(one.phase, one.side) for one in found] == [("2", "baseline"), ("2", "end"), ("10", "end")]
    assert {(one.repository, one.content) for one in found} == {("acme/api", dumps(BEFORE))}


def test_nothing_was_recorded_where_no_folder_is(tmp_path: Path) -> None:
    assert list(recorded_in(tmp_path, "acme/api")) == []
    put(tmp_path, PHASES, b"a file")
    assert list(recorded_in(tmp_path, "acme/api")) == []


def test_records_that_cannot_be_listed_or_lead_nowhere_are_refused(tmp_path: Path) -> None:
    (tmp_path / ".phasemetrics").mkdir()
    (tmp_path / PHASES).symlink_to("phases")
    with pytest.raises(Refusal, match=r"unreadable.*\.phasemetrics/phases.*cannot be listed"):
        list(recorded_in(tmp_path, "acme/api"))
    (tmp_path / PHASES).unlink()
    (tmp_path / PHASES / "2").mkdir(parents=True)
    (tmp_path / place("2", "end")).symlink_to("missing.json")
    with pytest.raises(Refusal, match="missing-file"):
        list(recorded_in(tmp_path, "acme/api"))


def test_a_record_is_as_old_as_the_latest_that_it_says() -> None:
    record = Record("acme/api", "2", "end", dumps(replace(BEFORE, sources=(), revision=NOON)))
    assert measured_at(record) == datetime(2026, 11, 1, 12, tzinfo=UTC)
    assert record.sha256 == hashlib.sha256(record.content).hexdigest()
    silent = replace(record, content=dumps(replace(BEFORE, sources=(), revision=None)))
    with pytest.raises(Refusal, match=r"damaged-store.*phases/2/end\.json.*neither a report nor a commit"):
        measured_at(silent)


def test_ends_of_phases_are_in_the_order_of_people() -> None:
    assert sorted(["final", "10", "2b", "2"], key=phase_order) == ["2", "2b", "10", "final"]
    assert end_order("a", "10", "baseline") > end_order("a", "2", "end")


def test_the_store_is_asked_last(tmp_path: Path) -> None:
    def nowhere(path: str) -> None:
        return None

    nothing = find_baseline(tmp_path, "3", None, None, nowhere)
    assert (nothing.snapshot, nothing.found.startswith("no baseline: ")) == (None, True)
    stored = Stored("the store", dumps(AFTER))
    found = find_baseline(tmp_path, "3", None, None, nowhere, lambda: stored)
    assert (found.snapshot, found.found, found.content) == (AFTER, "the store", stored.content)


# A document and its ledger


def test_a_document_is_opened_with_its_ledger(tmp_path: Path) -> None:
    document = put(tmp_path, "retro.md", b"- Tests: [XX]\n")
    bare = read_opened(tmp_path, document, "retro.md")
    assert (bare.content, bare.ledger, bare.ledger_content) == (b"- Tests: [XX]\n", Ledger(), None)
    never = ledger_change(tmp_path, bare, Ledger())
    assert (never.path, never.before, never.after) == (tmp_path / LEDGER, None, b"")
    assert ledger_change(tmp_path, bare, OURS).after == ledgers.dumps(OURS)

    put(tmp_path, LEDGER, ledgers.dumps(OURS))
    opened = read_opened(tmp_path, document, "retro.md")
    assert opened.ledger == OURS
    kept = ledger_change(tmp_path, opened, OURS)
    assert (kept.before, kept.after) == (ledgers.dumps(OURS), ledgers.dumps(OURS))


def test_a_ledger_that_cannot_be_read_is_damage(tmp_path: Path) -> None:
    document = put(tmp_path, "retro.md", b"- Tests: [XX]\n")
    (tmp_path / LEDGER).mkdir(parents=True)
    with pytest.raises(Refusal, match=r"damaged-ledger.*retro\.md\.json.*is a directory.*git checkout"):
        read_opened(tmp_path, document, "retro.md")


def test_a_ledger_knows_its_holes_and_rows() -> None:
    row = ledgers.Entry("| x |", "| 3 |", added=True)
    ledger = Ledger({"tests": OURS.entries["tests"], "files/[a.py]/lines": row, "files/[b.py]/lines": row})
    assert ledgers.loads(ledgers.dumps(ledger), LEDGER) == ledger
    assert (ledger.get("nothing", "tests"), ledger.get("nothing")) == (OURS.entries["tests"], None)
    assert ledger.keys_under("files") == ("a.py", "b.py")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b'{"schema": 2, "holes": {}}', "newer phasemetrics"),
        (b'{"schema": 1, "holes": {"a": {"placeholder": "N", "written": 3}}}', "something that cannot be"),
        (b'{"schema": 1, "holes": {"a": {}, "a": {}}}', "twice"),
        (b'{"schema": 1', "delimiter"),
        (b"[" * 100, "nested too deeply"),
    ],
)
def test_a_damaged_ledger_is_never_an_empty_one(content: bytes, why: str) -> None:
    with pytest.raises(Refusal, match=rf"damaged-ledger.*{why}"):
        ledgers.loads(content, LEDGER)


# Files that change meanwhile


def test_a_file_that_grows_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(tmp_path, "report.json", b"12345")
    opened = reading.open_regular

    def growing(path: Path, name: str, limit: int) -> BinaryIO:
        stream = opened(path, name, limit)
        with path.open("ab") as more:
            more.write(b"6")
        return stream

    assert reading.read_regular(path, "report.json", 5) == b"12345"
    monkeypatch.setattr(reading, "open_regular", growing)
    with pytest.raises(Refusal, match=r"too-large.*grew past the limit of 5 bytes"):
        reading.read_regular(path, "report.json", 5)


def test_a_document_that_goes_between_two_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document = put(tmp_path, "retro.md", b"- Tests: [XX]\n")
    looked = Path.stat

    def gone(path: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        document.unlink()
        return looked(path, follow_symlinks=follow_symlinks)

    with monkeypatch.context() as racing:
        racing.setattr(Path, "stat", gone)
        with pytest.raises(Refusal, match=r"unreadable.*retro\.md.*cannot be looked at"):
            resolve_document(tmp_path, document, "retro.md")


def test_a_save_that_cannot_be_moved_away_stays_where_it_is(tmp_path: Path) -> None:
    save = put(tmp_path, ".pm-01234567", b"saved by an editor")
    put(tmp_path, "state/displaced/pm-01234567/in the way", b"")
    entry = Entry(tmp_path / "retro.md", "retro.md", save, "0" * 64, "1" * 64)
    kept: Kept = []
    with pytest.raises(IsADirectoryError):
        settlement.rescue([entry], tmp_path / "state", kept)
    assert (save.read_bytes(), kept) == (b"saved by an editor", [])


def test_temporary_folders_lie_where_python_was_told_to_put_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with scratch() as folder:
        assert folder.parent == tmp_path
    assert list(tmp_path.iterdir()) == []


# Other systems


@pytest.fixture
def like(tmp_path: Path) -> Path:
    path = put(tmp_path, "retro.md", b"before")
    path.chmod(0o640)
    return path


def test_a_file_is_written_where_a_descriptor_has_no_mode(
    tmp_path: Path, like: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.delattr(os, "fchmod")
        atomic.stage(tmp_path / "new", b"after", like)
    assert (tmp_path / "new").read_bytes() == b"after"
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o600, "of nobody else, as it was made"


@on_linux
def test_attributes_are_those_of_linux(tmp_path: Path, like: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_or_skip(like, b"v")
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(sys, "platform", "darwin")
        atomic.stage(tmp_path / "new", b"after", like)
    assert (tmp_path / "new").read_bytes() == b"after"
    assert os.listxattr(tmp_path / "new") == []
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640


@on_linux
def test_an_attribute_that_is_there_already_is_not_set_again(
    tmp_path: Path, like: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where the folder gives it to every file in it: an access list that nobody but root may set."""
    set_or_skip(like, b"v")
    opened, give = os.open, os.setxattr

    def inheriting(path: Path, flags: int, mode: int = 0o777) -> int:
        descriptor = opened(path, flags, mode)
        give(descriptor, "user.k", b"v")
        return descriptor

    def forbidden(*_arguments: object) -> None:
        raise PermissionError

    with monkeypatch.context() as inherited:
        inherited.setattr(os, "open", inheriting)
        inherited.setattr(os, "setxattr", forbidden)
        atomic.stage(tmp_path / "new", b"after", like)
    assert os.getxattr(tmp_path / "new", "user.k") == b"v"


def set_or_skip(path: Path, value: bytes) -> None:
    """Give `path` an attribute; skip where the file system of the temporary folder keeps none."""
    try:
        os.setxattr(path, "user.k", value)
    except OSError:
        pytest.skip("no extended attributes here")
