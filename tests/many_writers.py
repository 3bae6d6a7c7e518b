"""A hundred writers at one store at once, a third of them killed in the middle: nothing lost, nothing doubled."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import import_module
from pathlib import Path

from phasemetrics.evidence.history import Record, measured_at, phase_order
from phasemetrics.evidence.model import Metric, Revision, Snapshot
from phasemetrics.evidence.snapshot import dumps
from phasemetrics.stores.opening import open_store

WRITERS = 100
_EACH = 2
_LOADED = ("obstore.store", "phasemetrics.stores.objects", "phasemetrics.stores.tables")
_START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def storm(url: str) -> Sequence[Record]:
    """Let the writers loose on the empty store at `url`, end a third of them with SIGKILL, and look at what is kept.

    Every record goes to several writers, and every end of a phase has two records. Asserts that each record whose
    writer was told that it is kept is there byte for byte, and after the killed ones were run again, that every end
    is there as it was measured last. Returns all records: that nothing else is there is for the caller to count.
    Credentials are taken from the environment.
    """
    records, work = _records(), _work()
    with tempfile.TemporaryDirectory() as name:
        said = subprocess.run([sys.executable, __file__, url, name], capture_output=True, text=True, check=False)
        assert said.returncode == 0, said.stderr
        reports = [(Path(name) / str(index)).read_text().split() for index in range(WRITERS)]
    kept = {int(number) for report in reports for number in report}
    cut_short = sum(len(report) < _EACH for report in reports)
    assert cut_short > WRITERS // 10, "too few writers were killed before their end"
    there = {_end(record): record for record in open_store(url).records()}
    for record in (records[number] for number in kept):
        found = there[_end(record)]
        assert found == record or measured_at(found) > measured_at(record)
    store = open_store(url)
    sent = [records[number] for number in sorted({number for numbers in work for number in numbers})]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(store.put, [records[number] for index in _victims() for number in work[index]]))
        assert not any(pool.map(store.put, sent)), "a record that is kept was taken for a new one"
    assert list(store.records()) == _newest(sent)
    return sent


def _work() -> list[list[int]]:
    """Return which records each writer has to put."""
    chance, numbers = random.Random(7), range(len(_records()))
    return [chance.sample(numbers, _EACH) for _ in range(WRITERS)]


def _victims() -> list[int]:
    return list(range(0, WRITERS, 3))


@cache
def _records() -> tuple[Record, ...]:
    """Return two records for each end of six phases of three repositories, the newer one second."""
    return tuple(
        Record(f"git.example/team/api-{project}", str(phase), side, _content(project * 100 + phase, minute))
        for project in range(3)
        for phase in range(8, 14)
        for side in ("baseline", "end")
        for minute in (0, 1)
    )


def _content(number: int, minute: int) -> bytes:
    when = (_START + timedelta(hours=number, minutes=minute)).isoformat().replace("+00:00", "Z")
    revision = Revision(f"{number:040x}", f"{minute:040x}", when, False)
    metrics = {f"bench.test_{one}.median": Metric(number + one / 7, "second") for one in range(60)}
    return dumps(Snapshot(revision=revision, metrics=metrics))


def _newest(records: Sequence[Record]) -> list[Record]:
    newest = {_end(record): record for record in sorted(records, key=measured_at)}
    return sorted(newest.values(), key=lambda one: (one.repository, phase_order(one.phase), one.side))


def _end(record: Record) -> tuple[str, str, str]:
    return record.repository, record.phase, record.side


def _main(url: str, folder: Path) -> None:
    """Be the writers: forked from one process, so that a hundred of them are there at once, and begin at one word."""
    for library in _LOADED:
        with suppress(ImportError):
            import_module(library)  # once, and not a hundred times
    records, work = _records(), _work()
    waiting, word = os.pipe()
    children = {}
    for index, numbers in enumerate(work):
        child = os.fork()
        if child == 0:
            os.close(word)
            os.read(waiting, 1)  # ends when nobody can write there any more
            _write(url, {number: records[number] for number in numbers}, folder / str(index), index)
        children[child] = index
    os.close(word)
    wrong = []
    for child, index in children.items():
        _, status = os.waitpid(child, 0)
        ended = os.waitstatus_to_exitcode(status)
        if ended != (-signal.SIGKILL if index in _victims() else 0):
            wrong.append(f"writer {index} ended with {ended}")
    sys.exit("\n".join(wrong) or 0)


def _write(url: str, records: dict[int, Record], report: Path, index: int) -> None:
    """Put records into the store, one after another, report each that is kept, and end the process."""
    code = 1
    try:
        descriptor = os.open(report, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        store = open_store(url)
        if index in _victims():
            # From much shorter to much longer than a record takes, whatever the store: a library that waits lets go.
            moment = 10 ** random.Random(index).uniform(-3.5, 0.2)
            threading.Timer(moment, os.kill, (os.getpid(), signal.SIGKILL)).start()
        for number, record in records.items():
            store.put(record)
            os.write(descriptor, f"{number}\n".encode())
        if index in _victims():
            signal.pause()
        code = 0
    except BaseException as error:
        print(f"writer {index}: {error!r}", file=sys.stderr)
    finally:
        os._exit(code)


if __name__ == "__main__":
    _main(sys.argv[1], Path(sys.argv[2]))
