"""Names that strangers may give to tests, files and benchmarks: pieces of attacks, joined and mutated at random."""

from __future__ import annotations

from random import Random

# Each does something where it is taken for more than text: in Markdown, HTML, a terminal, CI, a table of numbers.
ATTACKS = (
    *("|", "||", "\\|", "|---|", " | a | ", "a|b|c"),
    *("`", "``", "```", "````", "`x`", "``x` ``", "~~~", "```text", "~~~~ x"),
    *("\n", "\r", "\r\n", "\n\n", "\t", "    ", " ", "\v", "\f", "\x85", "\u2028", "\u2029", "\u00a0"),
    *("<!-- phasemetrics:end -->", "<!-- phasemetrics:trend x -->", "<!-- phasemetrics:off -->", "<!--", "-->", "--!>"),
    *("# x", "## x", "\n# Owned\n", "#", " #", "===", "\n===", "---", "\n---\n", "***", "___", "- x", "+ x", "* x"),
    *("☐", "☑ x", "✅", "⬜ ", "✓", "[X] x"),
    *("1. x", "2) x", "> x", "- [ ] x", "[x] done", "[ ]", "\n- item\n", "\n\n    code"),
    *("[a]: https://evil.example", "[a]", "[^1]", "[^1]: x", "[a](https://evil.example)", "![x](https://evil.example/p.png)"),
    *("[a](javascript:alert(1))", "](x", "][", "[", "]", "(", ")", "!", "[[wiki]]"),
    *("<https://evil.example>", "https://evil.example/x", "http://evil.example", "www.evil.example", "//evil.example"),
    *("ftp://evil.example", "mailto:a@evil.example", "xmpp:a@evil.example", "a@evil.example", "<a@evil.example>"),
    *("@octocat", "@org/team", "#1", "GH-1", "Closes #1", "a/b#1", "a/b@1234567", ":tada:", ":+1:", ":100:"),
    *("<b>", "</b>", "<img src=x onerror=alert(1)>", "</details></td></tr></table>", "<script>alert(1)</script>"),
    *("<?php", "<!DOCTYPE x>", "<![CDATA[x]]>", "<div>", "<style>", "</style>", "<!", "<", ">", "]]>"),
    *("&lt;", "&#60;", "&#x3c;script", "&amp;", "&nbsp;", "&copy;", "&", ";"),
    *("**b**", "*i*", "_i_", "__b__", "~~s~~", "~s~", "*", "**", "_", "__", "~", "~~"),
    *("$x$", "$$x$$", "$`x`$", "\\(x\\)"),
    *("\\", "\\\\", "\\`", "\\n", "\\x1b[31m", "\\u202e"),
    *("\x1b[31m", "\x1b]8;;https://evil.example\x1b\\x", "\x9b31m", "\x07", "\x08", "\x00", "\x7f", "\x1b[2J"),
    *("\u202e", "\u202a", "\u2066", "\u2069", "\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u200f", "\u061c"),
    *("\U000e0041\U000e0042", "\ue000", "\ufffe", "\ufdd0"),
    *("\ud800", "\udcff", "e\u0301", "a\u0308\u0323", "\ufe0f", "\u034f"),
    *("{{ 7*7 }}", "{% for i in x %}", "{# x #}", "{{", "}}", "{%", "%}"),
    *("[bold]", "[/]", "[/bold]", "[red]x[/red]", "[link=https://evil.example]x[/link]", ":warning:"),
    *("::error::x", "::error file=a.py,line=1::x", "\n::set-output name=a::b"),
    *("::stop-commands::x", "##[error]x", "%0A", "%25"),
    *("=cmd()", "=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(\"https://evil.example\")", "\t=1", "'", '"', "''", '""'),
    *("%s %(a)s %n", "{0}", "${HOME}", "$(id)", ";id", "--output=x", "-x", "../../etc/passwd", "/etc/passwd", "C:\\x"),
    *("[Metric 1]", "[filename]", "X", "X%", "–", "None", "[x]", "N/A", "→", "->"),
    *("(measured later, at 1)", "==1", "a: b", "# c"),
    *("%%{init: {}}%%", "%% x", "-->|x|", "subgraph", "end", "title x", "graph TD; a-->b"),
    *("ˋ", "‹", "∣", "＠", "é", "日本", "🎉", "ａ", "İ", "ß", "ǅ"),
)  # fmt: skip
_JOINERS = ("", "", "", " ", " ", "/", "-", ".", ":", "\n", "a")


def name(random: Random, number: int) -> str:
    """Return the name number `number`: up to five attacks, joined and mutated, and the number that tells it apart."""
    parts = [random.choice(ATTACKS) for _ in range(random.choice((1, 1, 1, 2, 2, 3, 5)))]
    parts.insert(random.randint(0, len(parts)), tame(number))
    return _mutated(random, random.choice(_JOINERS).join(parts), tame(number))


def tame(number: int) -> str:
    """Return the harmless name of the same number."""
    return f"n{number}n"


def _mutated(random: Random, text: str, kept: str) -> str:
    """Return `text` with up to three characters more or less, none of them in `kept`."""
    head, _, tail = text.partition(kept)
    ends = [head, tail]
    for _ in range(random.choice((0, 0, 0, 1, 2, 3))):
        which = random.randrange(2)
        own = ends[which]
        at = random.randint(0, len(own))
        more = random.choice(("", random.choice(ATTACKS)[:1], own[at : at + 1] * 2, chr(random.randrange(0x3000))))
        ends[which] = own[:at] + more + own[at + 1 :]
    return f"{ends[0]}{kept}{ends[1]}"
