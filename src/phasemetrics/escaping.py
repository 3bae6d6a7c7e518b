"""Makes text that a report, a path or a stranger supplied safe to print and to stand in Markdown."""

from __future__ import annotations

import re
import unicodedata

_LIMIT = 100
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
# U+02CB, U+2039, U+2223 and U+FF20 stand for what begins something inside a line (CommonMark 0.31 §6, GFM §4.10).
_LOOK_ALIKE = str.maketrans({"`": "\u02cb", "<": "\u2039", "|": "\u2223", "@": "\uff20"})
_BACKTICKS = re.compile(r"`+")
# What begins a block, a box or a link definition where it stands first (CommonMark 0.31 §4 and §5, GFM §5.3).
_OPENING = re.compile(
    r"#{1,6}(?=\s|$)|>|[-+*](?=\s|$)|(?:[-*_=]\s*)+$|`{3}|~{3}|\||<(?=[A-Za-z/!?])|\[[ xX]\](?=\s|$)|\[[^\]]*\]:"
)
_NUMBER = re.compile(r"(\d{1,9})(?=[.)](?:\s|$))")
_LEADING_CODE = re.compile(r"(`+)(?!`) ?(.+?) ?(?<!`)\1(?!`)(?=.)")
_CLOSING = re.compile(r"\s*(\*+|__+)$")


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


def plain(text: str, limit: int = _LIMIT) -> str:
    """Return a few words of a report for the middle of a sentence, where nothing of them may become more than words.

    No code span, comment, tag, border of a cell, link or mention begins in it: characters that begin one are those that
    look like them.
    """
    return visible(text, limit).translate(_LOOK_ALIKE).replace("](", "] (")


def cell(text: str) -> str:
    """Return `text` for a table cell: one line, `|` escaped as GFM asks (`\\|`, §4.10)."""
    return visible(text, limit=500).replace("\\|", "|").replace("|", "\\|")


def unescape_cell(text: str) -> str:
    """Return what a person reads in a cell: the opposite of `cell`."""
    return text.replace("\\|", "|")


def inert(text: str, limit: int = 500) -> str:
    """Return a person's words from another document as one line that builds nothing where it is put.

    In a line, emphasis that closes at its end counts as its dress, and a code span that leads as all of it: both go.
    """
    shown = visible(" ".join(text.split()), limit).replace("<!--", "\u2039!--")
    while (bare := _undressed(shown)) != shown:
        shown = bare
    if _OPENING.match(shown):
        return f"\\{shown}"
    return _NUMBER.sub(r"\1\\", shown, count=1) if _NUMBER.match(shown) else shown


def _undressed(text: str) -> str:
    if (closing := _CLOSING.search(text)) is not None:
        text = "".join(text[: closing.start()].rsplit(closing[1], 1))
    if (code := _LEADING_CODE.match(text)) is not None:
        text = code[2] + text[code.end() :]
    return " ".join(text.split())
