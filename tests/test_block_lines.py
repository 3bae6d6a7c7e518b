"""Lines are what two other parsers of Markdown say they are, but for what is written down here."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from block_lines import Kinds, by_cmark, by_comrak
from phasemetrics.document.markdown import LineKind, decode, parse
from shapes import without_front_matter

ROOT = Path(__file__).parents[1]
CORPUS = ROOT.parent / "shared" / "corpus" / "documents"
_DOCUMENTS = int(os.environ.get("DOCUMENTS", "400"))
_SAME: dict[LineKind, set[str | None]] = {
    "heading": {"heading"},
    "fence": {"code"},
    "hidden": {"code", "heading"},
    "header": {"header"},
    "delimiter": {"delimiter"},
    "row": {"row"},
    "text": {None},
    "html": {None},
}
_TABLE = ["header", "delimiter", "row"]
_PIECES = (
    *("# a", "## b #", "###### c", "####### d", "#e", "Set\n===", "Set\n---", "two\nlines\n---"),
    *("- a", "* b", "+ c", "1. d", "2) e", "- [ ] f", "  - g", "    - h"),
    *("> q", "> # s", "> - t", ">", "> ```\n> u\n> ```"),
    *("```\nx\n```", "```py\n# y\n```", "~~~\n```\n~~~", "````\n```\n````", "```", "  ```\n  z\n  ```", "``` `a` ```"),
    *("    code", "\tcode", "     more", "- a\n\n      code"),
    *("| a | b |\n|---|---|\n| 1 | 2 |", "a | b\n-|-\n1 | 2", "| a |\n| --- |", "| a | b |", "| `x|y` | \\| |"),
    *("<div>", "</div>", "<!-- a", "-->", "<!-- a -->", "<b>x</b>", "<pre>", "<?php", "?>", "<script>\n\n</script>"),
    *("---", "***", "___", "- - -", "", "", "", "text", "more text  ", "a\\", "[c](d)", "x\u2028y"),
)  # fmt: skip


Found = tuple[int, str, str, str | None]


def compared(text: str, parser: Callable[[str], Kinds]) -> Iterator[Found]:
    """Yield each line that is not blank, and something else to another parser: number, text, our kind, theirs."""
    kinds = parser(without_front_matter(text).removeprefix("\ufeff"))
    document = parse(text)
    front = [line.number for line in document.lines if line.kind == "front"]
    for line in document.lines[front[-1] + 2 if front else 0 :]:
        raw, found = document.raw(line), kinds.get(line.number)
        if raw.strip(" \t>") and found not in _SAME[line.kind]:
            yield line.number + 1, raw, line.kind, found


def disagreements(text: str) -> set[Found]:
    """Return the lines that both others take for the same thing; cmark-gfm often gives the wrong lines of a block."""
    return set(compared(text, by_comrak)) & set(compared(text, by_cmark))


def generated(seed: int) -> str:
    random = Random(seed)
    lines = [line for _ in range(random.randint(1, 14)) for line in random.choice(_PIECES).split("\n")]
    if random.random() < 0.3:
        prefix = random.choice(("  ", "> ", "- ", " "))
        at = random.randint(0, len(lines))
        lines[at:] = [prefix + line for line in lines[at:]]
    front = random.choice(("", "", "", "---\na: 1\n---\n", "\ufeff"))
    return front + random.choice(("\n", "\n", "\r\n", "\r")).join(lines) + random.choice(("", "\n"))


def documents() -> list[Path]:
    ours = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "tests" / "sample").rglob("*.md")]
    return sorted([*ours, *CORPUS.rglob("*.md"), *CORPUS.glob("seeds/*.txt")])


def test_lines_of_real_documents_are_what_they_are_to_another_parser() -> None:
    for path in documents():
        text = decode(path.read_bytes(), path.name).encode("utf-8", "replace").decode("utf-8")
        assert not list(compared(text, by_comrak)), path
        assert not disagreements(text), path


@pytest.mark.parametrize("part", range(4))
def test_lines_of_any_document_are_what_they_are_to_two_other_parsers(part: int) -> None:
    for seed in range(part * _DOCUMENTS // 4, (part + 1) * _DOCUMENTS // 4):
        text = generated(seed)
        assert not disagreements(text), text


# All that was found where both others agree, and we do not; each is rare, and makes a line no place, or one of a table.
_KNOWN = {
    "a header without a border makes no table of one column": ("a\n|-|\n| 1 |\n", ["text", "text", "text"]),
    "a line of U+00A0 ends a table": ("a | b\n-|-\n1 | 2\n\u00a0\nc\n", [*_TABLE, "text", "text"]),
    "a delimiter that is indented by four begins no table": ("- a\nb\na | b\n\t-|-\n\t1 | 2\n", ["text"] * 5),
    "a table begins below what was nearly one": ("| a | b |\n|---|\nc\n| d |\n|---|\n", ["text"] * 3 + _TABLE[:2]),
    "a tag does not end the lazy end of a quote": ("> q\n</pre>\n## b\n", ["text", "text", "heading"]),
    "code follows a definition at once": ("[a]: /b\n\tcode\n", ["text", "hidden"]),
}


@pytest.mark.parametrize(("text", "kinds"), _KNOWN.values(), ids=_KNOWN.keys())
def test_what_two_other_parsers_see_otherwise(text: str, kinds: list[str]) -> None:
    assert [line.kind for line in parse(text).lines] == kinds
    assert disagreements(text)
