"""Boxes and glyphs that are ticked or not: `[ ]` and `[x]`, `☐` and `☑`, `⬜` and `✅`."""

from __future__ import annotations

from phasemetrics.document.folding import mend_mojibake, mojibake

_PAIRS = (("[ ]", "[x]"), ("☐", "☑"), ("⬜", "✅"))
# They say yes, but nobody agrees on what stands there when it is no: these are read and never written.
_ONLY_TICKED = ("[X]", "✔", "✓")
_SELECTOR = "\ufe0f"  # asks for the coloured form of a glyph


def _spellings() -> dict[str, bool]:
    plain = {mark: ticked for pair in _PAIRS for ticked, mark in enumerate(pair)} | dict.fromkeys(_ONLY_TICKED, 1)
    return {spelling: bool(ticked) for mark, ticked in plain.items() for spelling in (mark, mojibake(mark))}


_TICKED = _spellings()
_SELECTORS = (_SELECTOR, mojibake(_SELECTOR))


def end_of_mark(text: str, start: int, end: int) -> int | None:
    """Return where the box or glyph that stands at `start` ends, or None when none does."""
    stop = next((start + len(mark) for mark in _TICKED if text.startswith(mark, start, end)), None)
    if stop is None:
        return None
    return next((stop + len(one) for one in _SELECTORS if text.startswith(one, stop, end)), stop)


def is_ticked(mark: str) -> bool | None:
    """Return whether a box or glyph is ticked; None for anything that is neither."""
    for selector in _SELECTORS:
        mark = mark.removesuffix(selector)
    return _TICKED.get(mark)


def turned(mark: str, *, ticked: bool) -> str | None:
    """Return the box or glyph that says the other thing, in the spelling of `mark`; None when nobody agrees on it."""
    if is_ticked(mark) is ticked:
        return mark
    bare = mend_mojibake(mark).removesuffix(_SELECTOR)
    partner = next((pair[ticked] for pair in _PAIRS if bare == pair[not ticked]), None)
    if partner is None:
        return None
    return partner if mend_mojibake(mark) == mark else mojibake(partner)
