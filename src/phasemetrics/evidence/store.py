"""Where the snapshots of a phase are kept, and how the one to compare with is found."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from phasemetrics.errors import Refusal, UsageError
from phasemetrics.evidence import snapshot as codec
from phasemetrics.evidence.model import Snapshot, Warning
from phasemetrics.reading import read_regular

FOLDER = ".phasemetrics"
Side = Literal["baseline", "end"]
_PHASE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Stored:
    """A snapshot as a team's store keeps it, and in words which one it is."""

    found: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Baseline:
    """The snapshot a phase is compared with, and in words where it came from; `notes` say what was odd.

    `content` is its JSON where it came from a team's store.
    """

    snapshot: Snapshot | None
    found: str
    notes: tuple[Warning, ...] = ()
    content: bytes | None = None


def checked_phase(name: str) -> str:
    """Return the name of a phase that is safe as the name of a folder; raise UsageError for any other."""
    if not is_phase(name):
        raise UsageError("bad-phase", f"{name!r} cannot name a phase", mend="use letters, digits, `.`, `_` and `-`")
    return name


def is_phase(name: str) -> bool:
    """Return whether a phase can be called like this."""
    return _PHASE.fullmatch(name) is not None and ".." not in name


def place(phase: str, side: Side) -> str:
    """Return where a snapshot lies, relative to the project's root."""
    return f"{FOLDER}/phases/{checked_phase(phase)}/{side}.json"


def load(root: Path, phase: str, side: Side) -> Snapshot | None:
    """Return a recorded snapshot; None when nothing was recorded. Raises Refusal for a damaged one."""
    path = root / place(phase, side)
    if not path.exists() and not path.is_symlink():
        return None
    try:
        return codec.loads(read_regular(path, place(phase, side), "json_size"), place(phase, side))
    except Refusal as error:
        if error.code == "empty-file":
            return None  # nothing was ever recorded in it, so there is nothing that could be lost
        if error.code == "damaged-store":
            raise
        message = f"the stored snapshot cannot be read: {error.message}"
        raise Refusal("damaged-store", message, path=error.path, mend="mend or remove it") from None


def find_baseline(
    root: Path,
    phase: str,
    previous: str | None,
    named: str | None,
    at_base: Callable[[str], bytes | None],
    from_store: Callable[[], Stored | None] = lambda: None,
) -> Baseline:
    """Find what `phase` is compared with.

    Looks, in this order, at the snapshot that was `named` (a file, or a phase whose end it is), at the phase's own
    baseline in the checkout, at the same path at the base revision (`at_base` returns its bytes), at the end of the
    `previous` phase, and at what a team's store has (`from_store`; without it nobody is asked). Raises Refusal when
    what was named does not exist, or what was found is damaged.
    """
    if named is not None:
        return _named(root, named)
    own = place(phase, "baseline")
    for found, snapshot in _candidates(root, phase, previous, at_base):
        if snapshot is not None:
            return Baseline(snapshot, found)
    stored = from_store()
    if stored is not None:
        return Baseline(codec.loads(stored.content, stored.found), stored.found, content=stored.content)
    return Baseline(None, f"no baseline: looked for {own}, there and at the base revision")


def _candidates(
    root: Path, phase: str, previous: str | None, at_base: Callable[[str], bytes | None]
) -> Iterator[tuple[str, Snapshot | None]]:
    own = place(phase, "baseline")
    yield own, load(root, phase, "baseline")
    content = at_base(own)
    yield f"{own} at the base revision", codec.loads(content, own) if content else None
    if previous is not None:
        yield f"the end of phase {previous}, {place(previous, 'end')}", load(root, previous, "end")


def _named(root: Path, named: str) -> Baseline:
    path = root / named
    if os.path.isfile(path):  # noqa: PTH113 - Path.is_file raises for a name that is too long
        return Baseline(codec.loads(read_regular(path, named, "json_size"), named), named)
    if _PHASE.fullmatch(named) and (snapshot := load(root, named, "end")) is not None:
        return Baseline(snapshot, f"the end of phase {named}, {place(named, 'end')}")
    raise Refusal(
        "no-baseline", "names no snapshot and no phase with a recorded end", path=named,
        mend="record one with `phasemetrics baseline`, or name a file with --before",
    )  # fmt: skip
