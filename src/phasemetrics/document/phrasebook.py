"""How people write down totals: their labels, their columns, the beginnings of their lines, as data."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from phasemetrics.document.folding import heading_key


@dataclass(frozen=True)
class Phrasebook:
    """The wordings by subject, the roles of columns, the words of headings about the whole; as keys."""

    labels: Mapping[str, str]
    columns: Mapping[str, str]
    generic: frozenset[str]
    phrases: tuple[re.Pattern[str], ...]


def phrasebook(data: Mapping[str, Mapping[str, Sequence[str]]]) -> Phrasebook:
    """Return the wordings as they compare."""
    labels = {heading_key(word): subject for subject, words in data["labels"].items() for word in words}
    columns = {heading_key(word): role for role, words in data["columns"].items() for word in words}
    phrases = tuple(map(_phrase, sorted(data["phrases"]["whole"], key=len, reverse=True)))
    return Phrasebook(labels, columns, frozenset(heading_key(word) for word in data["sections"]["generic"]), phrases)


def _phrase(text: str) -> re.Pattern[str]:
    """Return a wording with holes as a pattern for the beginning of a line; emphasis may stand around any word."""
    parts = re.split(r"({\w+}|[ ])", text)
    pattern = ""
    for part in parts:
        if part.startswith("{"):
            pattern += rf"(?P<{part[1:-1]}>\d{{1,3}}(?:,\d{{3}})+|\d+(?:\.\d+)?)"
        else:
            pattern += r"[*_ ]+" if part == " " else re.escape(part)
    return re.compile(rf"{pattern}(?=[*_]*\s*(?:\Z|[(,;.!✅🎉–—]|- ))", re.IGNORECASE)
