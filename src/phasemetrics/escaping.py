"""Makes text that a report, a path or a stranger supplied safe to print and to stand in Markdown."""

from __future__ import annotations

import re
import unicodedata

_LIMIT = 100
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
# What begins something inside a line (CommonMark 0.31 §6, GFM §4.10 and §6.9), and what GitHub makes of words:
# mentions, references, emoji, formulas. Each becomes what looks like it, and only where it would begin something, so
# that `<= 120 ms`, `snake_case` and `a & b` stay what they are.
_BEGINS = re.compile(
    r"""
    [`*$]
    | (?!(?<=/)~(?=[A-Za-z0-9]) | (?:(?<=\s)|^)~(?=\s))~
    | <(?=[A-Za-z/!?]|$)
    | (?<![A-Za-z0-9_])_+ | _+(?![A-Za-z0-9_])
    | @(?=\S|$)
    | \#(?=\d) | (?:(?<=\s)|^)\#(?=\#*$) | (?<=\#)\#(?=\#*$)
    | (?<=GH)-(?=\d)
    | :(?=(?:[a-z+-][a-z0-9_+-]*|100|1234):)
    | (?<=/)/
    | (?<=www)\.
    | &(?=\#?\w+;)
    | \\(?=[!-/:-@\[-`{-~]|$)
    | \](?=[(\[:])
    | \[(?=\^)
    """,
    re.VERBOSE,
)
_NO_BORDER = "\u2223"
_ALIKE = dict(
    zip(
        " !\"#$&'()*,-./:<=>@[\\]^_`|~",
        "\u2005\u01c3\u2033\uff03\uff04\uff06\u2019\uff08\uff09\u2217\u201a\u2011\u2024\u2215\u2236"
        "\u2039\uff1d\u203a\uff20\uff3b\u2216\uff3d\uff3e\u02cd\u02cb\u2223\u223c",
        strict=True,
    )
)
_FURTHER = {"@": "\ufe6b", "\uff20": "\ufe6b", "~": "\u223d", "\u223c": "\u223d"}
_SAID = str.maketrans({other: one for one, other in (*_ALIKE.items(), ("@", "\ufe6b"), ("~", "\u223d"))})
_FENCE = re.compile(r"`{3,}|~{3,}")
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

    No code span, comment, tag, border of a cell, link, mention, emphasis or formula begins in it: characters that begin
    one are those that look like them.
    """
    return _alike(visible(text, limit)).replace("|", _NO_BORDER)


def _alike(text: str) -> str:
    return _BEGINS.sub(lambda found: "".join(map(look_alike, found[0])), text)


def said(text: str) -> str:
    """Return what a text stands for that was written so that it builds nothing."""
    return unescape_cell(text.translate(_SAID))


def look_alike(character: str) -> str:
    """Return a character that looks like one of ASCII and means nothing to anybody; itself where there is none."""
    return _ALIKE.get(character, character)


def other_look_alike(character: str) -> str:
    """Return what looks like a character, and is not what `plain` writes for it."""
    return _FURTHER.get(character) or look_alike(character)


def in_code(text: str, limit: int = 500) -> str:
    """Return `text` for a place between backticks: it holds none, and opens no comment."""
    return visible(text, limit).replace("`", "\u02cb").replace("<!--", "\u2039!--")


def in_fence(text: str, limit: int = 500) -> str:
    """Return `text` for a line of a fence, which no line of it closes (CommonMark 0.31 §4.5)."""
    shown = visible(text, limit).replace("<!--", "\u2039!--")
    return _FENCE.sub(lambda run: ("\u02cb" if run[0][0] == "`" else "\u223c") * len(run[0]), shown)


def cell(text: str) -> str:
    """Return `text` as `plain` does for a table cell, with `|` escaped as GFM asks (`\\|`, §4.10)."""
    return _alike(visible(text, limit=500).replace("\\|", "|")).replace("|", "\\|")


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
    return leading(shown)


def leading(text: str) -> str:
    """Return `text` for the place where a block begins: as it is, unless it would begin one."""
    if _OPENING.match(text):
        return f"\\{text}"
    return _NUMBER.sub(r"\1\\", text, count=1) if _NUMBER.match(text) else text


def _undressed(text: str) -> str:
    if (closing := _CLOSING.search(text)) is not None:
        text = "".join(text[: closing.start()].rsplit(closing[1], 1))
    if (code := _LEADING_CODE.match(text)) is not None:
        text = code[2] + text[code.end() :]
    return " ".join(text.split())
