"""What was recorded of every phase of a repository, one snapshot at a time."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

from phasemetrics.errors import Refusal
from phasemetrics.evidence import snapshot as codec
from phasemetrics.evidence.model import Snapshot
from phasemetrics.evidence.store import FOLDER, Side, is_phase, place
from phasemetrics.reading import read_regular


@dataclass(frozen=True, slots=True)
class Record:
    """One recorded snapshot as it is kept: `content` is its JSON, `repository` what its project is called.

    Such a name is `github.com/acme/api` where the place it was cloned from is known, else that of a folder.
    """

    repository: str
    phase: str
    side: Side
    content: bytes

    @property
    def sha256(self) -> str:
        """The hash of the bytes, which tells one record from another of the same end of a phase."""
        return hashlib.sha256(self.content).hexdigest()


def recorded_in(root: Path, repository: str) -> Iterator[Record]:
    """Yield what was recorded in a project, by phase, the baseline before the end; raise Refusal for what is no file.

    What lies there under another name is not ours. An empty file is one in which nothing was ever recorded.
    """
    for phase in sorted(_phases(root / FOLDER / "phases"), key=phase_order):
        for side in get_args(Side):
            path = root / place(phase, side)
            if path.is_symlink() or (path.exists() and path.stat().st_size):
                yield Record(repository, phase, side, read_regular(path, place(phase, side), "json_size"))


def _phases(folder: Path) -> list[str]:
    try:
        return [entry.name for entry in folder.iterdir() if is_phase(entry.name)]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        message = f"the recorded phases cannot be listed: {error.strerror}"
        raise Refusal("unreadable", message, path=f"{FOLDER}/phases") from None


def measured_at(record: Record) -> datetime:
    """Return when a record was measured (UTC, whole seconds): its latest report, or its commit where that is younger.

    The same reports may be read again when what they are of has been committed, and then that record counts. Only the
    content decides, so the same bytes have the same time everywhere. Raises Refusal for damaged content, and for a
    record that says neither.
    """
    name = place(record.phase, record.side)
    return time_of(codec.loads(record.content, name), name)


def time_of(snapshot: Snapshot, name: str) -> datetime:
    """Return what `measured_at` does of a record that was read, whose place is called `name`."""
    times = [source.modified for source in snapshot.sources]
    if snapshot.revision is not None:
        times.append(snapshot.revision.date)
    try:
        return max(_in_utc(time) for time in times)
    except (ValueError, OverflowError):
        message = "neither a report nor a commit says when it was measured"
        raise Refusal("damaged-store", message, path=name, mend="record it again") from None


def _in_utc(time: str) -> datetime:
    read = datetime.fromisoformat(time)
    # Without a zone it is not that of the machine that we run on now.
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC).replace(microsecond=0)


def end_order(repository: str, phase: str, side: Side) -> tuple[object, ...]:
    """Return the key that sorts the ends of phases of many repositories; it tells any two apart."""
    return repository, phase_order(phase), phase, side


def phase_order(name: str) -> tuple[tuple[int, int | str], ...]:
    """Return the key that sorts phases as people count them: 2, 2b, 10, final."""
    parts = re.split(r"(\d+)", name)
    return tuple((0, int(part)) if part.isdigit() else (1, part.lower()) for part in parts if part)
