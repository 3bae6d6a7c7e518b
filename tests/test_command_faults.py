"""Every call of a real command that changes a file goes wrong in every way, in git's processes too."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import nursery
from faults import shim
from faults.sweep import Sweep
from faults.world import BASELINE, CHECK, DOCUMENT, END, FILL, LEDGER, World, folder, moments
from test_faults import save_by_rename, save_in_place

pytestmark = pytest.mark.skipif(bool(shim.missing()), reason=shim.missing())

WHOLE = "FAULTS" in os.environ  # `make faults`: all points, and not a draw of them
SLICE = {"fill": 20, "first": 12, "baseline": 7, "reset": 7}
# Where something was wrong once: it goes wrong in the slice, too.
FINDS = {"fill": ("EIO-ever", "/index.lock"), "first": ("kill-after", "/.phasemetrics/ledger")}
NOTE = b"a remark\n"


@pytest.fixture
def place() -> Iterator[Path]:
    with folder() as name:
        yield Path(name)


@pytest.mark.parametrize("name", SLICE)
def test_a_command_fails_at_any_call(place: Path, name: str, record_property: Callable[[str, object], None]) -> None:
    sweep = Sweep(moments()[name], place / "sweep")
    points = sweep.points
    assert len(points) > 200
    sweep.strike(points if WHOLE else random.Random(8).sample(points, SLICE[name]))
    sweep.strike([] if WHOLE else _finds(sweep, *FINDS.get(name, ("", ""))))
    said = ", ".join(f"{count} {what}" for what, count in sweep.found.items())
    record_property("table", f"{name}: {len(sweep.calls)} calls, {said}")
    assert sweep.found["points"] >= (len(points) if WHOLE else SLICE[name] + (name in FINDS))
    assert not sweep.bad, "\n".join(sweep.bad)


def _finds(sweep: Sweep, kind: str, suffix: str) -> list[tuple[str, int]]:
    there = {call.number for call in sweep.calls if call.path.endswith(suffix)}
    return [(one, at) for one, at in sweep.points if one == kind and at in there]


@pytest.mark.parametrize("name", ["fill", "first", "baseline", "reset"])
def test_all_is_durable_before_a_word_is_said(place: Path, name: str) -> None:
    """Written, synchronized, renamed, and the folder synchronized; the note of it all before any of that."""
    calls = Sweep(moments()[name], place / "sweep").calls
    said = next((at for at, call in enumerate(calls) if call.name == "say"), len(calls))
    steps = [(call.name.rstrip("2"), call.path.partition("/trial/project/")[2]) for call in calls[:said]]
    state = ".git/phasemetrics"
    noted = steps.index(("rename", f"{state}/pending.json"))
    assert ("fsync", state) in steps[noted:]
    first = steps.index(("fsync", state), noted)
    changed = {"baseline": [BASELINE], "reset": [DOCUMENT, LEDGER]}.get(name, [DOCUMENT, LEDGER, END])
    renamed = [at for at, (call, path) in enumerate(steps) if call.startswith("rename") and path in changed]
    assert sorted(steps[at][1] for at in renamed) == sorted(changed)
    for at in renamed:
        beside = steps[at][1].rpartition("/")[0]
        # The only temporary file of its folder.
        new = next(path for call, path in steps[first:] if call == "open" and path.startswith(f"{beside}/.pm-"))
        assert ("rename", new) not in steps
        before = [call for call, path in steps[first:at] if path == new]
        assert before.index("write") < before.index("fsync") == len(before) - 2 < before.index("close")
        assert ("fsync", beside) in steps[at:]
    for at, (call, path) in enumerate(steps):
        if call == "mkdir" and path:
            assert ("fsync", path.rpartition("/")[0]) in steps[at:]


# People.


@pytest.mark.parametrize("save", [save_by_rename, save_in_place])
def test_an_editor_saves_while_a_command_writes(place: Path, save: Callable[[Path, bytes], None]) -> None:
    """The command waits before one of its calls; meanwhile somebody saves what was loaded before, and a remark."""
    control = shim.Control(place / "control", [place / "trial"])
    world = moments()["fill"].copied(place / "trial")
    control.arm()
    assert world.run(*FILL, **control.variables()).code == 0
    calls = control.calls
    taken = next(call.number for call in calls if call.path.endswith("/lock"))
    last = max(call.number for call in calls)
    refused = 0
    points = list(range(taken, last + 1))
    for at in points if WHOLE else sorted(random.Random(8).sample(points, 8)):
        shutil.rmtree(world.place)
        world = moments()["fill"].copied(place / "trial")
        document = world.project / DOCUMENT
        text = document.read_bytes() + NOTE
        control.arm("pause", at)
        running = world.begin(*FILL, **control.variables())
        assert running.stopped()
        save(document, text)
        running.send(signal.SIGCONT)
        ended = running.ended()
        assert ended.code in {0, 3}, ended
        refused += ended.code == 3
        if ended.code == 3:
            assert "changed-meanwhile" in ended.err
            assert document.read_bytes() == text
        kept = list((world.project / ".git" / "phasemetrics").glob("displaced/*"))
        # Saved before it was read, it is what was filled.
        assert any(NOTE in path.read_bytes() for path in (document, *kept)), at
        assert world.run(*FILL).code == 0
        # Who saves last has the last word: old numbers that come back are a person's, and may contradict.
        assert world.run(*CHECK).code in ({0} if ended.code == 3 else {0, 1})
        left = [name for name in world.tree() if "/.pm-" in name or name.endswith("pending.json")]
        assert left == []
        assert any(NOTE in path.read_bytes() for path in (document, *kept)), at
    assert refused > len(points) // 3 if WHOLE else refused > 2


# Disks.


def test_nothing_can_be_written_at_all(place: Path) -> None:
    """A limit of 0 bytes for every file: for the program and for git, started from nothing."""
    world = moments()["fill"].copied(place / "trial")
    before = world.tree()
    environment = {**nursery.clean(), "TMPDIR": str(world.temporary), "HOME": str(world.place)}
    command = f'ulimit -f 0; exec "{nursery.PROGRAM}" {" ".join(FILL)}'
    ran = subprocess.run(
        ["sh", "-c", command], cwd=world.project, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 3, ran.stderr
    assert ran.stderr.startswith("error[")
    assert world.tree() == before
    assert world.run(*FILL).code == 0


@pytest.mark.skipif(getattr(os, "geteuid", lambda: 1)() != 0, reason="only root can mount")
@pytest.mark.parametrize("free", [0, 4096, 8192, 12288, 16384, 20480, 24576, 28672])
@pytest.mark.parametrize("temporary", ["tmp", ".."])
def test_the_disk_is_full(place: Path, free: int, temporary: str) -> None:
    """The project lies on a disk with some bytes left, and TMPDIR there too, or elsewhere."""
    disk = place / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)], check=False).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        world = moments()["fill"].copied(disk / "trial")
        before = world.tree()
        filler, room = disk / "filler", os.statvfs(disk)
        filler.write_bytes(b"x" * (room.f_bavail * room.f_frsize - free))
        elsewhere = place / "elsewhere"
        elsewhere.mkdir()
        ended = world.run(*FILL, TMPDIR=str(world.temporary if temporary == "tmp" else elsewhere))
        assert ended.code in {0, 3}, ended
        if ended.code == 3:
            assert re.match(
                r"error\[(cannot-write|no-temporary-directory)\]: .*(No space left|Out of diskspace)", ended.err
            )
            assert world.tree() == before
            assert list(elsewhere.iterdir()) == []
        filler.unlink()
        assert world.run(*FILL).code == 0
        assert world.run(*CHECK).code == 0
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.parametrize("closed", ["docs", ".phasemetrics/phases/1", ".git/phasemetrics"])
def test_a_folder_is_read_only(place: Path, closed: str) -> None:
    """For somebody who is not root: what may not be written is refused, and the rest is not written either."""
    user = 65534 if os.geteuid() == 0 else os.geteuid()
    world = World(moments()["fill"].copied(place / "trial").place, user)
    before = world.tree()
    (world.project / closed).chmod(0o555)
    for path in (place, world.place, *world.place.rglob("*")):
        os.chown(path, user, -1, follow_symlinks=False)
    ended = world.run(*FILL)
    assert ended.code == 3, ended
    assert re.match(r"error\[(cannot-write|read-only)\]", ended.err)
    assert world.tree() == before
    (world.project / closed).chmod(0o755)
    assert world.run(*FILL).code == 0
    assert world.run(*CHECK).code == 0
