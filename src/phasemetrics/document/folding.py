"""Compares text the way a person would: blanks, emphasis, arrows, case and broken encodings do not count."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_ARROWS = re.compile(r"→|⟶|➜|=>|->")
_SIGNS = {"≤": "<=", "≥": ">="}
_BLANKS = re.compile(r"[ \t\u00a0]+")
_EMPHASIS = re.compile(r"\*\*|__|\*")
# A run is tried again at each of its characters, so it has to end: a longer one was not read wrongly.
_FOREIGN = re.compile(r"[^\x00-\x7f]{1,400}")
_LONGEST = 20_000  # characters of a line that a person could have compared with another
_KEPT = 256  # so that all that is kept stays below 100 MB
_SELECTOR = "\ufe0f"
_PHASE = re.compile(r"\bphase (\d+)\b")
_NUMBERING = re.compile(r"\s*\d+[.)]\s+")
HOLE = "\ue000"  # stands for a hole in a heading of a template: no document has it, and no parser minds it
_NO_WORD = re.compile(rf"[^\w{HOLE}]+")


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded `text`; where each of its characters (and its end) starts in the original, and where it ends."""

    text: str
    offsets: Sequence[int]
    ends: Sequence[int]

    def end_of(self, position: int) -> int:
        """Return the offset in the original after the first `position` characters."""
        return self.ends[position - 1] if position else 0

    def index_at(self, offset: int) -> int:
        """Return the position of the first character that does not start before `offset`."""
        return bisect_left(self.offsets, offset)


def fold(text: str, *, emphasis: bool = True) -> Folded:
    """Fold `text` for comparison; with `emphasis` its markers are dropped, which must not be done inside code.

    What has more than 20,000 characters stays as it is: it would take 80 times its size in memory.
    """
    if len(text) > _LONGEST:
        return Folded(text, range(len(text) + 1), range(1, len(text) + 1))
    return _kept(text, emphasis) if len(text) <= _KEPT else _fold(text, emphasis)


@lru_cache(maxsize=20_000)  # every line of a document is compared with many lines of templates
def _kept(text: str, emphasis: bool) -> Folded:
    return _fold(text, emphasis)


def _fold(text: str, emphasis: bool) -> Folded:
    out: list[str] = []
    offsets: list[int] = []
    ends: list[int] = []
    position = 0
    while position < len(text):
        folded, width = _next(text, position, emphasis)
        for character in folded:
            out.append(character)
            offsets.append(position)
            ends.append(position + width)
        position += width
    return Folded("".join(out), (*offsets, len(text)), tuple(ends))


def _next(text: str, position: int, emphasis: bool) -> tuple[str, int]:
    """Return the folded form of what stands at `position`, and how many characters it takes."""
    character = text[position]
    if character in " \t\u00a0":
        match = _BLANKS.match(text, position)
        return " ", len(match[0]) if match else 1
    if character in "→⟶➜=-" and (match := _ARROWS.match(text, position)):
        return "→", len(match[0])
    if character in _SIGNS:
        return _SIGNS[character], 1
    if emphasis and character in "*_" and (match := _EMPHASIS.match(text, position)):
        return "", len(match[0])
    if character > "\x7f" and (match := _FOREIGN.match(text, position)):
        run = match[0]
        mended = mend_mojibake(run)
        if mended != run:
            return mended.lower().replace(_SELECTOR, ""), len(run)
        return ("" if character == _SELECTOR else character.lower()), 1
    return character.lower(), 1


def mend_mojibake(run: str) -> str:
    """Return UTF-8 text that was read as Mac Roman as it was meant; anything else as it is.

    Used to compare, never to write. A false positive needs a run that is valid UTF-8 after re-encoding.
    """
    try:
        return run.encode("mac_roman").decode("utf-8")
    except UnicodeError:
        return run


def mojibake(text: str) -> str:
    """Return what UTF-8 text looks like after it was read as Mac Roman."""
    return text.encode().decode("mac_roman")


def folded(text: str) -> str:
    """Return only the folded text, without blanks at its ends."""
    return fold(text).text.strip()


def heading_key(text: str) -> str:
    """Return what a heading is called: no emphasis, numbering, symbols, case; HOLE stays."""
    unnumbered = _NUMBERING.sub("", text, count=1) if _NUMBERING.match(text) else text
    plain = fold(unnumbered.replace("`", "")).text
    return _NO_WORD.sub(" ", plain).strip()


def names_other_phase(key: str, phase: str) -> bool:
    """Return whether the key of a heading names a phase by its number, and not the one that is asked for."""
    return any(number != phase for number in _PHASE.findall(key))


def fits(pattern: str, key: str) -> bool:
    """Return whether `key` has the literal parts of `pattern` in order, with something at each HOLE."""
    if HOLE not in pattern:
        return pattern == key
    first, *rest = pattern.split(HOLE)
    if not key.startswith(first):
        return False
    position = len(first)
    for part in rest[:-1]:
        found = key.find(part, position + 1)
        if found < 0:
            return False
        position = found + len(part)
    last = rest[-1]
    return key.endswith(last) and len(key) - len(last) > position
