"""The outline of a JSON document that may be cut off anywhere, against the document that was taken apart as a whole."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from phasemetrics_collectors._outline import outline

BOM = b"\xef\xbb\xbf"
# Keys and values of the same kind: whatever JSON uses as a mark, and what an escape is made of.
TRICKY = st.text(st.sampled_from('{}[]:,"\\/ \n\tab.é€😀\x00'), max_size=8)
PLAIN = st.sampled_from(["name", "stats", "a b", "files", "0"])
KEYS = st.one_of(PLAIN, TRICKY, st.text(max_size=4))
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=True), KEYS)
DOCUMENTS = st.recursive(
    st.one_of(st.dictionaries(KEYS, LEAVES, max_size=4), st.lists(LEAVES, max_size=4)),
    lambda inner: st.one_of(
        st.dictionaries(KEYS, st.one_of(LEAVES, inner), max_size=4), st.lists(st.one_of(LEAVES, inner), max_size=4)
    ),
    max_leaves=12,
)
SPACINGS = st.sampled_from(
    [{}, {"indent": 0}, {"indent": 1}, {"indent": 4}, {"indent": "\t"}, {"separators": (",", ":")}]
)


def written(document: object, spacing: dict[str, object], ascii_only: bool) -> bytes:
    text = json.dumps(document, ensure_ascii=ascii_only, **spacing)  # type: ignore[arg-type]
    return text.encode("utf-8", "surrogatepass")  # a program that is careless with half a character writes it so


def ways(value: object, ascii_only: bool, way: str = "", top: bool = True) -> Iterator[str]:
    """Yield the way to every key of a document, each key as it is written there."""
    if isinstance(value, dict):
        for key, inner in value.items():
            spelled = json.dumps(key, ensure_ascii=ascii_only)[1:-1].encode("utf-8", "surrogatepass")
            name = spelled.decode("utf-8", "replace")
            yield (inside := name if top else f"{way}.{name}")
            yield from ways(inner, ascii_only, inside, top=False)
    elif isinstance(value, list):
        for inner in value:
            yield from ways(inner, ascii_only, f"{way}[]", top=False)


def has_a_point_on_top(document: object) -> bool:
    """Return whether a key on top is empty or begins with a point: see the last test."""
    return isinstance(document, dict) and any(key[:1] in {"", "."} for key in document)


@given(DOCUMENTS.filter(lambda document: not has_a_point_on_top(document)), SPACINGS, st.booleans())
def test_the_outline_is_every_key_of_the_document(
    document: object, spacing: dict[str, object], ascii_only: bool
) -> None:
    assert outline(written(document, spacing, ascii_only)) == set(ways(document, ascii_only))


@given(DOCUMENTS, SPACINGS, st.booleans())
def test_what_is_cut_off_shows_no_key_that_is_not_there(
    document: object, spacing: dict[str, object], ascii_only: bool
) -> None:
    content = written(document, spacing, ascii_only)
    whole, before = outline(content), frozenset[str]()
    for length in range(len(content) + 1):
        shown = outline(content[:length])
        assert before <= shown <= whole
        before = shown


@given(DOCUMENTS, SPACINGS, st.booleans(), st.binary(max_size=6).map(lambda junk: bytes(one % 4 for one in junk)))
def test_what_stands_before_a_document_makes_no_difference(
    document: object, spacing: dict[str, object], ascii_only: bool, junk: bytes
) -> None:
    content = written(document, spacing, ascii_only)
    space = bytes(b" \t\r\n"[one] for one in junk)
    assert outline(space + content) == outline(content)
    assert outline(BOM + content) == outline(BOM + space + content) == outline(content)


@given(st.dictionaries(KEYS, DOCUMENTS, max_size=4))
def test_the_order_of_keys_makes_no_difference(document: dict[str, object]) -> None:
    turned = dict(reversed(document.items()))
    assert outline(json.dumps(turned).encode()) == outline(json.dumps(document).encode())


@given(st.binary(max_size=300))
@example(b"[]]]}}},,,::")
@example(b'{"a":}{"b":1')
@example(b'{"\\')
@example(b'{"a\xff": "\xc3')
def test_any_bytes_have_an_outline(head: bytes) -> None:
    for found in (outline(head), outline(b"{" + head), outline(b"[" + head)):
        assert all(isinstance(way, str) for way in found)


@given(st.binary(max_size=60))
def test_what_does_not_begin_as_json_has_no_keys(head: bytes) -> None:
    start = head.removeprefix(BOM).lstrip(b" \t\r\n\x0b\x0c")[:1]
    assert start in {b"{", b"["} or outline(head) == frozenset()


@pytest.mark.parametrize(
    ("head", "found"),
    [
        ("", set()),
        ("{}", set()),
        ("[]", set()),
        ('{"a": {"b": [{"c": 1', {"a", "a.b", "a.b[].c"}),
        ('[{"c": 1}, {"d": [[{"e": 2}]]}]', {"[].c", "[].d", "[].d[][].e"}),
        ('{"a": {"b": 1}, "c": 2}', {"a", "a.b", "c"}),
        ('{"a": [{"b": 1}], "c": [2, {"d": 3}]}', {"a", "a[].b", "c", "c[].d"}),
        ('{"a": [[1], {"b": 2}], "c": 3}', {"a", "a[].b", "c"}),
        ('{"a"', set()),
        ('{"a" ', set()),
        ('{"a":', {"a"}),
        ('{"a"\n :\t', {"a"}),
        ('{"a": "b"', {"a"}),
    ],
)
def test_ways_to_keys(head: str, found: set[str]) -> None:
    assert outline(head.encode()) == found


@pytest.mark.parametrize(
    "text",
    [
        '"b": 1', "b: {", '{"b": 1}', '[{"b": [', '\\"b\\": 1', '"', "\\", '\\\\"', '", "b": "', ",", "}]}", "a: \n{",
    ],
)  # fmt: skip
def test_a_text_that_looks_like_keys_is_a_text(text: str) -> None:
    content = json.dumps({"a": text, "z": [text, {"y": text}]}).encode()
    assert outline(content) == {"a", "z", "z[].y"}
    for length in range(len(content)):
        assert outline(content[:length]) <= {"a", "z", "z[].y"}


@pytest.mark.parametrize("key", ['a"b', "a\\", "a:b", "{", "[]", "a,b", "é", "\n", "😀", '":', '{"x": 1}'])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_a_key_is_written_as_it_stands(key: str, ascii_only: bool) -> None:
    content = json.dumps({"top": [{key: {"in": 1}}]}, ensure_ascii=ascii_only).encode()
    spelled = json.dumps(key, ensure_ascii=ascii_only)[1:-1]
    assert outline(content) == {"top", f"top[].{spelled}", f"top[].{spelled}.in"}


@pytest.mark.parametrize(
    "head",
    [
        "a: {", 'name: "x"', "<xml/>", '"a": 1', "// {", "\x00{", '\ufeff\ufeff{"a": 1}', 'x{"a": 1}',
        "BenchmarkJoin-2  100  89.6 ns/op", "null", "5", '"{\\"a\\": 1}"', ")]}',\n{\"a\": 1}",
    ],
)  # fmt: skip
def test_what_is_not_json_has_no_keys(head: str) -> None:
    assert outline(head.encode()) == frozenset()


def test_utf_16_has_no_keys() -> None:
    assert outline('{"a": 1}'.encode("utf-16")) == frozenset()


def test_lines_of_json_have_the_keys_of_all() -> None:
    assert outline(b'{"a": {"b": 1}}\n{"c": [{"d": 2}]}\n{"e": ') == {"a", "a.b", "c", "c[].d", "e"}


@pytest.mark.parametrize("head", [b'{"' + b'\\"' * 2047, b"[" * 4096, b'{"a":' * 800, b'{"a": "' + b"\\" * 4088])
def test_a_hostile_head_is_read_at_once(head: bytes) -> None:
    """A head is 4 KiB: what takes as long as its square is still a moment, what takes longer would hang here."""
    assert len(outline(head)) <= 800


@pytest.mark.parametrize(("head", "not_there"), [('{"": {"b": 1}}', "b"), ('{".a": {"b": 1}}', "a.b")])
def test_a_key_that_begins_with_a_point_hides_no_way(head: str, not_there: str) -> None:
    assert not_there not in outline(head.encode())
