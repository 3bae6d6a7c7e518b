"""JSON that is almost the JSON it was made from: values swapped, lost, twice there, or not JSON at all."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from fuzzing.hostile import LONG, NUMBERS

_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+', re.DOTALL)
_DIGITS = re.compile(rb"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_MOST = 4000  # values of a document that are looked at
_STRINGS = tuple(
    json.dumps(text).encode()
    for text in (
        "", " ", "\0", "\n", "\ud800", "\udfff", "\u202e", "\ufeff", "\u2028", "<!--", "|", "`", "]]>", "::error::x",
        "..", "../../etc/passwd", "/etc/passwd", "C:\\x\\y", "file:///x", "a/b", "https://x/", "é" * 200, "x" * LONG,
        "NaN", "1", "1e309", "-1", "١", "true", "[x](y)", "@me", "%s", "{}", "2024-01-01T00:00:00Z", "9999-99-99",
        "0001-01-01", "passed", "failed", "ns", "ms", "s", "bytes", "1 (2)", "a::b::c", "__proto__", "name", "value",
    )
)  # fmt: skip
_VALUES = (b"null", b"true", b"[]", b"{}", b"[[]]", b'{"":[]}', b"[" * 3000, b'{"a":' * 1000, b"0", b"1", b"-1")
_SHAPES = (b"[%b]", b'{"x":%b}', b"%b%b", b"%b,%b", b'"%b"', b"[%b,%b]")

Edit = tuple[int, int, bytes]


class Node(NamedTuple):
    """A value between two offsets; `key` is where its member begins, and `colon` where the key ends, in an object."""

    depth: int
    start: int
    end: int
    key: int
    colon: int


def mutated(chance: random.Random, content: bytes, times: int) -> bytes | None:
    """Return the document with as many changes; None for what does not look like JSON."""
    nodes = scanned(content)
    if not nodes:
        return None
    out, position = list[bytes](), 0
    for start, end, new in sorted(_edit(chance, content, nodes) for _ in range(times)):
        if start >= position:
            out += content[position:start], new
            position = end
    return b"".join([*out, content[position:]])


@lru_cache(maxsize=1000)
def scanned(content: bytes) -> Sequence[Node]:
    """Return the values of a document, the outermost first; none where its brackets do not fit."""
    found: list[Node] = []
    opened: list[tuple[int, int, int]] = []  # start, key and colon of the lists and objects around
    key = colon = -1
    last = (0, 0)
    for match in _TOKEN.finditer(content):
        start, end = match.span()
        token = content[start : start + 1]
        if token == b":":
            key, colon = last
        elif token in {b"[", b"{"}:
            opened.append((start, key, colon))
            key = colon = -1
        elif token in {b"]", b"}"}:
            if not opened:
                return ()
            start, key, colon = opened.pop()
            found.append(Node(len(opened), start, end, key, colon))
            key = colon = -1
        elif token != b"," and content[end : end + 1] != b":":
            found.append(Node(len(opened), start, end, key, colon))
            key = colon = -1
        if len(found) > _MOST:
            break
        last = (start, end)
    return sorted(found)


def _edit(chance: random.Random, content: bytes, nodes: Sequence[Node]) -> Edit:
    # Of two the outer one: most values lie deep, and what stands around them decides what they are.
    one = nodes[min(chance.randrange(len(nodes)), chance.randrange(len(nodes)))]
    other = chance.choice(nodes)
    value = content[one.start : one.end]
    whole = one.key if one.key >= 0 else one.start
    match chance.randrange(13):
        case 0:
            comma = content[one.end : one.end + 1] == b","
            return whole, one.end + comma, b""
        case 1:
            return one.end, one.end, b"," + content[whole : one.end]
        case 2:
            return one.start, one.end, content[other.start : other.end]
        case 3 if one.key >= 0:
            known = content[other.key : other.colon] if other.key >= 0 else chance.choice(_STRINGS)
            return one.key, one.colon, chance.choice((known, chance.choice(_STRINGS)))
        case 3 | 4:
            return one.start, one.end, chance.choice(_SHAPES).replace(b"%b", value)
        case 5:
            return one.start, one.end, chance.choice(NUMBERS)
        case 6:
            return one.start, one.end, chance.choice(_STRINGS)
        case 7 | 8 | 9 | 10 | 11:
            return one.start, one.end, _alike(chance, value)
        case _:
            return one.start, one.end, chance.choice(_VALUES)


def _alike(chance: random.Random, value: bytes) -> bytes:
    """Return a value of the same kind: what is of the right type gets far."""
    if _DIGITS.fullmatch(value) and len(value) < 25:
        number = float(value)
        small = abs(number) < 1e15
        close = (number + 1, -number, number / 3, number * 1000, int(number) if small else 1, 0, 1, 1e-9, 1e14, 2**53)
        return repr(chance.choice(close)).encode()
    if value.startswith(b'"'):
        at = chance.randint(1, max(1, len(value) - 1))
        return value[:at] + chance.choice(_STRINGS)[1:-1][:20] + value[at + chance.randrange(2) :]
    return value[:1] + value[1:-1] + b"," + value[1:-1] + value[-1:]
