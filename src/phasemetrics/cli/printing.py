"""Puts lines on the terminal: data on stdout, messages on stderr, never markup from a report."""

from __future__ import annotations

import difflib
import errno
import os
import select
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from phasemetrics.cli.options import Color
from phasemetrics.errors import Refusal
from phasemetrics.escaping import visible
from phasemetrics.evidence.model import Snapshot, Warning
from phasemetrics.units import quantity_text

if TYPE_CHECKING:  # what fills documents takes long to import, and many commands that print fill none
    from phasemetrics.document.ownership import Filling
    from phasemetrics.filling import Outcome

_LINE = 2000
_NO_READER = "nobody reads the output any more"
_NOTES = frozenset({"many-cases"})  # what is no fault of a report: there is nothing to mend


def say(line: str, paint: str = "") -> None:
    """Print one line of data; a line never begins with `::`, which a CI system would obey.

    `paint` is the control sequence that colours it.
    """
    shown = visible(line, _LINE)
    shown = f" {shown}" if shown.lstrip().startswith("::") else shown
    print_bytes((f"{paint}{shown}\x1b[0m" if paint else shown).encode(*_encoding()) + b"\n")


def _encoding() -> tuple[str, str]:
    return sys.stdout.encoding or "utf-8", "backslashreplace"


def can_print(text: str) -> bool:
    """Return whether stdout has all characters of a text."""
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def tell(line: str) -> None:
    """Print one message."""
    shown = visible(line, _LINE)
    with suppress(OSError):  # nobody reads messages any more, and the work goes on
        print(f" {shown}" if shown.lstrip().startswith("::") else shown, file=sys.stderr)


def print_bytes(content: bytes) -> None:
    """Print bytes as they are; raise Refusal when whoever read them has gone, or the disk is full."""
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    except OSError as error:
        why = _NO_READER if error.errno == errno.EPIPE else f"no output: {error.strerror}"
        raise _closed(why) from None


def require_reader() -> None:
    """Raise Refusal where it can be told already that nobody reads stdout: what is found would be lost."""
    with suppress(OSError, ValueError, AttributeError):  # stdout is no file of the system, or it knows no poll(2)
        watch = select.poll()
        watch.register(sys.stdout.fileno(), 0)
        if any(what & select.POLLERR for _, what in watch.poll(0)):  # poll(2): the read end of a pipe is closed
            raise _closed(_NO_READER)


def _closed(why: str) -> Refusal:
    # click takes an EPIPE for exit 1, which is ours for drift, and Python tries again at its end.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return Refusal("output-closed", why)


def print_warnings(warnings: Iterable[Warning], quiet: bool = False) -> None:
    """Print what a person should know about the reports."""
    for warning in warnings:
        if not quiet:
            place = f"{warning.path}: " if warning.path else ""
            word = "note" if warning.code in _NOTES else "warning"
            tell(f"{word}[{warning.code}]: {place}{warning.message}")


def show_snapshot(snapshot: Snapshot) -> None:
    """Print a snapshot as a few lines that a person can read."""
    metrics = snapshot.metrics
    if "tests.total" in metrics:
        words = [f"{int(metrics[f'tests.{name}'].value)} {name}" for name in ("passed", "failed", "errors", "skipped")]
        say(f"tests      {', '.join(words)} ({int(metrics['tests.total'].value)})")
    if "coverage.total" in metrics:
        names = [name for name in ("total", "lines", "branches") if f"coverage.{name}" in metrics]
        words = [f"{quantity_text(metrics[f'coverage.{name}'].value, 'ratio')} {name}" for name in names]
        say(f"coverage   {', '.join(words)}")
    medians = [name for name in metrics if name.startswith("bench.") and name.endswith(".median")]
    if medians:
        runs = max(len(metrics[name].runs) for name in medians)
        say(f"bench      {len(medians)} benchmarks, {runs} {'run' if runs == 1 else 'runs'}")
    if snapshot.files is not None:
        words = [f"{int(metrics[f'files.{name}'].value)} {name}" for name in ("created", "modified", "deleted")]
        added, deleted = int(metrics["lines.added"].value), int(metrics["lines.deleted"].value)
        say(f"files      {', '.join(words)}, +{added} -{deleted} lines since {(snapshot.base or '')[:12]}")
    if snapshot.revision is not None:
        dirty = ", with uncommitted changes" if snapshot.revision.dirty else ""
        say(f"commit     {snapshot.revision.sha[:12]} of {snapshot.revision.date[:10]}{dirty}")


def show_fillings(outcome: Outcome, verb: str, verbose: bool, claims: str = "", audited: bool = False) -> None:
    """Print what became of a document: one line for it, and one for each hole that a person should look at.

    `claims` says in words what became of the claims, which are not listed unless `verbose`. `audited`: contradictions
    are data, and are not said twice.
    """
    states = Counter(filling.state for filling in outcome.plan.fillings if filling.claim is None)
    wrote = states["filled"] + states["updated"]
    others = [
        f"{states[state]} {state}" for state in ("agrees", "kept", "stale", "unfilled", "ambiguous") if states[state]
    ]
    tell(f"{outcome.name}: {verb} {wrote}{', ' if others else ''}{', '.join(others)}{'; ' if claims else ''}{claims}")
    told = (one for one in outcome.plan.fillings if verbose or _is_to_be_seen(one))
    for filling in _merged(one for one in told if not (audited and one.contradicts)):
        tell(f"  {outcome.name}:{filling.line}:{filling.column}: {described(filling)}")


def _is_to_be_seen(one: Filling) -> bool:
    return one.claim is None and (one.state in {"kept", "stale", "unfilled", "ambiguous"} or bool(one.code))


def _merged(fillings: Iterable[Filling]) -> Iterator[Filling]:
    """Yield fillings; those of one line that say the same say it once."""
    for (_, state, *_), group in groupby(fillings, lambda one: (one.line, one.state, one.code, one.message)):
        first, *others = group
        if others and first.message and state == "unfilled":
            first = replace(first, old=" … ".join([first.old, others[-1].old]))
            others = []
        yield from (first, *others)


def described(filling: Filling) -> str:
    """Return one filling in words, with the command that mends it."""
    shown = visible(filling.new if filling.new is not None else filling.old, 60)
    code = f"[{filling.code}]" if filling.code else ""
    message = f": {filling.message}" if filling.message else ""
    mend = f"; {filling.mend}" if filling.mend else ""
    return f"{filling.state}{code} {shown!r}{message}{mend}"


def diff_of(outcomes: Sequence[Outcome]) -> Iterator[bytes]:
    """Yield the unified diff of what would change, byte for byte, a missing final newline marked as git does."""
    for outcome in outcomes:
        if outcome.before == outcome.after:
            continue
        name = visible(outcome.name, _LINE).encode()
        old, new = (content.splitlines(keepends=True) for content in (outcome.before, outcome.after))
        for line in difflib.diff_bytes(difflib.unified_diff, old, new, b"a/" + name, b"b/" + name, lineterm=b"\n"):
            yield line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n"


def use_colour(color: Color) -> bool:
    """Return whether stdout is to be coloured: NO_COLOR and a dumb terminal say no."""
    if color is not Color.auto:
        return color is Color.always
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def _seen(line: bytes) -> bytes:
    """Return a line of a diff for a terminal, which would obey what a document may hold; a patch is as it is."""
    parts = line.decode("utf-8", "surrogateescape").removesuffix("\n").removesuffix("\r").split("\t")
    return "\t".join(visible(part, 10 * len(part)) for part in parts).encode() + b"\n"


def print_diff(outcomes: Sequence[Outcome], color: Color) -> None:
    """Print the unified diff of what would change."""
    paint = {b"+": b"\x1b[32m", b"-": b"\x1b[31m", b"@": b"\x1b[36m"} if use_colour(color) else {}
    for line in map(_seen, diff_of(outcomes)) if sys.stdout.isatty() else diff_of(outcomes):
        start = paint.get(line[:1])
        print_bytes(start + line.rstrip(b"\n") + b"\x1b[0m\n" if start else line)
