"""Bytes that nobody meant, made from bytes that are read: by their structure where they have one."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

from fuzzing import jsontext, xmltext
from fuzzing.hostile import NUMBERS, TEXTS

Change = Callable[[random.Random, bytes, bytes], bytes]

_NUMBER = re.compile(rb"\d+(?:\.\d+)?")
_WORD = re.compile(rb"[A-Za-z_][\w.-]*")
_MOST_BYTES = 64 << 10
_BY_STRUCTURE = 0.75
_BOTH = 0.15


def mutated(chance: random.Random, content: bytes, others: Sequence[bytes], longest: int = _MOST_BYTES) -> bytes:
    """Return what some accidents, or somebody who means harm, make of `content`; `others` are seeds to take from."""
    times = 1 + min(chance.getrandbits(2), chance.getrandbits(3))
    shaped = _shaped(chance, content, times) if chance.random() < _BY_STRUCTURE else None
    content = content if shaped is None else shaped
    if shaped is None or chance.random() < _BOTH:
        for _ in range(times):
            other = chance.choice(others) if others else content
            content = chance.choice(CHANGES)(chance, content, other)[:longest]
    return content[:longest]


def _shaped(chance: random.Random, content: bytes, times: int) -> bytes | None:
    head = content[:200].lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if head == b"<":
        return xmltext.mutated(chance, content, times)
    return jsontext.mutated(chance, content, times) if head in {b"{", b"["} else None


def _flip(chance: random.Random, content: bytes, _other: bytes) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + bytes([chance.getrandbits(8)]) + content[at + 1 :]


def _insert(chance: random.Random, content: bytes, _other: bytes) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + chance.choice(TEXTS) + content[at:]


def _cut(chance: random.Random, content: bytes, _other: bytes) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def _without(chance: random.Random, content: bytes, _other: bytes) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + content[at + chance.randint(1, 40) :]


def _number(chance: random.Random, content: bytes, _other: bytes) -> bytes:
    return _replaced(chance, content, _NUMBER, chance.choice(NUMBERS))


def _word(chance: random.Random, content: bytes, other: bytes) -> bytes:
    words = _WORD.findall(other[:4096])
    return _replaced(chance, content, _WORD, chance.choice([*words, *TEXTS]))


def _replaced(chance: random.Random, content: bytes, pattern: re.Pattern[bytes], new: bytes) -> bytes:
    start = chance.randrange(len(content) + 1)
    found = pattern.search(content, start) or pattern.search(content)
    return content[: found.start()] + new + content[found.end() :] if found else content + new


def _line(chance: random.Random, content: bytes, other: bytes) -> bytes:
    lines, more = content.split(b"\n"), other.split(b"\n")
    at, to = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(5):
        case 0:
            del lines[at]
        case 1:
            lines.insert(to, lines[at])
        case 2:
            lines[at], lines[to] = lines[to], lines[at]
        case 3:
            lines.insert(at, chance.choice(more))
        case _:
            lines[at] = lines[at].replace(b" ", b"\t", 1) if chance.getrandbits(1) else b" " + lines[at]
    return b"\n".join(lines)


def _spliced(chance: random.Random, content: bytes, other: bytes) -> bytes:
    at, start = chance.randrange(len(content) + 1), chance.randrange(len(other) + 1)
    return content[:at] + other[start : start + chance.randint(1, 400)] + content[at:]


def _repeated(chance: random.Random, content: bytes, _other: bytes) -> bytes:
    at = chance.randrange(len(content) + 1)
    piece = content[at : at + chance.randint(1, 60)]
    return content[:at] + piece * chance.choice((2, 3, 20, 500)) + content[at:]


def _encoded(chance: random.Random, content: bytes, _other: bytes) -> bytes:
    match chance.randrange(6):
        case 0:
            return b"\xef\xbb\xbf" + content
        case 1:
            return content.decode("latin-1").encode("utf-16")
        case 2:
            return content.replace(b"\n", b"\r\n")
        case 3:
            return content.replace(b"\n", b"\r")
        case 4:
            return content.decode("latin-1").encode("utf-8")
        case _:
            return b""


CHANGES: tuple[Change, ...] = (
    _flip, _flip, _insert, _insert, _cut, _without, _without, _number, _number, _number, _word, _word, _line, _line,
    _line, _spliced, _repeated, _encoded,
)  # fmt: skip
