"""Which line is what, where its cells lie, and that a splice changes nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phasemetrics.document.markdown import Edit, decode, encode, parse
from phasemetrics.errors import Refusal

TEXT = """---
title: [Phase Name]
---
# Title

## One
- item
> quote

| A | B |
|---|---|
| 1 | `x|y` |
| 2 | a \\| b |
no pipes

### Two: [X]
```text
# not a heading
| not | a table |
```

    indented code

<!-- a comment
## not a heading
-->

Setext
------
last"""


def test_every_line_knows_what_it_is() -> None:
    document = parse(TEXT)
    found = {document.raw(line): (line.kind, line.path) for line in document.lines if document.raw(line)}
    assert found["title: [Phase Name]"] == ("front", ())
    assert found["---"] == ("hidden", ())
    assert found["# Title"] == ("heading", ())
    assert found["- item"] == ("text", ("One",))
    assert found["| A | B |"] == ("header", ("One",))
    assert found["|---|---|"] == ("delimiter", ("One",))
    assert found["| 1 | `x|y` |"] == ("row", ("One",))
    assert found["### Two: [X]"] == ("heading", ("One",))
    assert found["# not a heading"] == ("fence", ("One", "Two: [X]"))
    assert found["| not | a table |"][0] == "fence"
    assert found["    indented code"][0] == "hidden"
    assert found["## not a heading"][0] == "html"
    assert found["Setext"][0] == "hidden"
    assert found["last"] == ("text", ("Setext",))


def cells(row: str) -> list[str]:
    document = parse(f"| a | b |\n|---|---|\n{row}")
    return [document.text[cell.start : cell.end] for cell in document.cells(document.lines[2])]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("| 1 | 2 |", [" 1 ", " 2 "]),
        ("1 | 2", ["1 ", " 2"]),
        ("| a \\| b | c |", [" a \\| b ", " c "]),
        ("| `x|y` | z |", [" `x", "y` ", " z "]),  # GFM splits inside code as well
        ("|  |  |", ["  ", "  "]),
        ("| one |", [" one "]),
    ],
)
def test_cells_are_split_as_gfm_does(row: str, expected: list[str]) -> None:
    assert cells(row) == expected


def test_only_three_line_endings_end_a_line() -> None:
    document = parse("a\r\nb\rc\nd\x0be\x0cf\x85g\u2028h")
    assert [document.raw(line) for line in document.lines] == ["a", "b", "c", "d\x0be\x0cf\x85g\u2028h"]
    assert [line.eol for line in document.lines] == ["\r\n", "\r", "\n", ""]


def test_a_byte_order_mark_hides_no_heading() -> None:
    document = parse("\ufeff# Title\n\ntext\n")
    assert document.lines[0].kind == "heading"
    assert document.raw(document.lines[0]) == "# Title"


def test_an_unclosed_fence_holds_the_rest() -> None:
    document = parse("```\na\n## b\n")
    assert [line.kind for line in document.lines] == ["hidden", "fence", "fence"]


@given(st.binary(max_size=400).filter(lambda content: not content.startswith((b"\xff\xfe", b"\xfe\xff"))))
def test_bytes_survive_decoding(content: bytes) -> None:
    if content[:512].count(0) * 3 > len(content[:512]):
        with pytest.raises(Refusal):
            decode(content, "doc.md")
        return
    text = decode(content, "doc.md")
    assert encode(text) == content
    document = parse(text)
    assert document.spliced([]) == text
    assert "".join(document.raw(line) + line.eol for line in document.lines) == text.removeprefix("\ufeff")


@given(st.text(alphabet="ab|#`\n\r -*>[]", max_size=300), st.data())
def test_a_splice_changes_nothing_else(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    result = parse(text).spliced([Edit(start, end, "NEW")])
    assert result == text[:start] + "NEW" + text[end:]


def test_overlapping_edits_are_a_defect() -> None:
    with pytest.raises(ValueError, match="overlapping"):
        parse("abc").spliced([Edit(0, 2, "x"), Edit(1, 3, "y")])


@pytest.mark.parametrize(
    "content", ["text".encode("utf-16"), "text".encode("utf-16-be"), "a b c d".encode("utf-16-le")]
)
def test_utf_16_is_refused(content: bytes) -> None:
    with pytest.raises(Refusal, match="UTF-16"):
        decode(content, "doc.md")
