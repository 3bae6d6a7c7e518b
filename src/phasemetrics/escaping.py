"""Makes text that a report, a path or a stranger supplied safe to print and to stand in Markdown."""

from __future__ import annotations

import re
import unicodedata

_LIMIT = 100
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_BACKTICKS = re.compile(r"`+")


def _is_hidden(character: str) -> bool:
    # Cc controls, Cf bidi and zero-width marks, Cs lone surrogates, Zl/Zp line and paragraph separators,
    # Co/Cn private use and unassigned: none of them shows what it is, and some change what stands beside them.
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp", "Co", "Cn"}


def visible(text: str, limit: int = _LIMIT) -> str:
    """Return `text` with every hidden character spelled out (`\\n`, `\\u202e`) and cut to `limit` characters."""
    shown = []
    for character in text[: limit + 1]:
        if _is_hidden(character):
            code = ord(character)
            shown.append(_NAMED.get(character) or (f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"))
        else:
            shown.append(character)
    joined = "".join(shown)
    return joined if len(joined) <= limit else joined[: limit - 1] + "…"


def code_span(text: str) -> str:
    """Return `text` as a Markdown code span that no text can leave.

    The fence is longer than any run of backticks inside (CommonMark 0.31 §6.1); `|` becomes U+2223, which GFM does
    not take for a cell border (§4.10), so the span may stand in a table as well. Of six methods tried this is the
    only one that kept a document's structure under two parsers. `<!--` becomes `‹!--`, for tools that look for
    comments without a parser.
    """
    shown = visible(text).replace("|", "\u2223").replace("<!--", "\u2039!--")
    longest = max((len(run) for run in _BACKTICKS.findall(shown)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if shown.startswith(("`", " ")) or shown.endswith(("`", " ")) or not shown.strip() else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def cell(text: str) -> str:
    """Return `text` for a table cell: one line, `|` escaped as GFM asks (`\\|`, §4.10)."""
    return visible(text, limit=500).replace("\\|", "|").replace("|", "\\|")


def unescape_cell(text: str) -> str:
    """Return what a person reads in a cell: the opposite of `cell`."""
    return text.replace("\\|", "|")
