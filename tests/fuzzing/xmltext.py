"""XML that is almost the XML it was made from: elements moved, lost, twice there, attributes that say nothing good."""

from __future__ import annotations

import random
import re

from fuzzing.hostile import LONG, NUMBERS, TEXTS

_TOKEN = re.compile(rb"<!--.*?-->|<[^>]*>|[^<]+|<", re.DOTALL)
_ATTRIBUTE = re.compile(rb'([\w:.-]+)="([^"]*)"')
_NAME = re.compile(rb"(</?)([\w:.-]+)")
_LEAVES = (
    b"<!-- x -->", b"<!--", b"-->", b"<![CDATA[<x>]]>", b"<![CDATA[", b"]]>", b"&amp;", b"&lol;", b"&#0;", b"&#55296;",
    b"<?xml version='1.0'?>", b"<?pi?>", b"<!DOCTYPE x>", b'<!DOCTYPE x [<!ENTITY a "b">]>', b'<!DOCTYPE x SYSTEM "y">',
    b"<x/>", b"<x xmlns='u'>", b"</x>", b"<x:y/>", b"\0", b"text", b"<a>" * 100, b"<a b='" + b"c" * LONG + b"'/>",
)  # fmt: skip


def mutated(chance: random.Random, content: bytes, times: int) -> bytes:
    """Return the document with as many changes."""
    tokens = _TOKEN.findall(content)
    for _ in range(times):
        if tokens:
            _change(chance, tokens)
    return b"".join(tokens) or chance.choice(_LEAVES)


def _change(chance: random.Random, tokens: list[bytes]) -> None:
    at, to = chance.randrange(len(tokens)), chance.randrange(len(tokens) + 1)
    match chance.randrange(9):
        case 0:
            del tokens[at]
        case 1:
            del tokens[at : _end(tokens, at)]
        case 2:
            tokens[to:to] = tokens[at : _end(tokens, at)]
        case 3:
            element = tokens[at : _end(tokens, at)]
            del tokens[at : at + len(element)]
            tokens[min(to, len(tokens)) : min(to, len(tokens))] = element
        case 4:
            tokens.insert(to, chance.choice(_LEAVES))
        case 5:
            other = (_NAME.findall(chance.choice(tokens)) or [(b"", b"x")])[0][1]
            tokens[at] = _NAME.sub(lambda match: match[1] + other, tokens[at])
        case _:
            at = _with_attributes(tokens, at)
            tokens[at] = _attribute(chance, tokens[at])


def _end(tokens: list[bytes], at: int) -> int:
    """Return where the element that begins at a token is over; the token after it where none begins."""
    depth = 0
    for index in range(at, min(len(tokens), at + 2000)):
        token = tokens[index]
        if token.startswith(b"</"):
            depth -= 1
        elif token.startswith(b"<") and not token.endswith(b"/>") and not token.startswith((b"<!", b"<?")):
            depth += 1
        if depth <= 0:
            return index + 1
    return at + 1


def _with_attributes(tokens: list[bytes], at: int) -> int:
    places = (*range(at, len(tokens)), *range(at))
    return next((place for place in places if _ATTRIBUTE.search(tokens[place])), at)


def _attribute(chance: random.Random, token: bytes) -> bytes:
    found = list(_ATTRIBUTE.finditer(token))
    if not found:
        return token
    one = chance.choice(found)
    match chance.randrange(6):
        case 0:
            new = b""
        case 1:
            new = one[0] + b" " + one[0]
        case 2:
            new = chance.choice(found)[1] + b'="' + one[2] + b'"'
        case 3:
            new = one[1] + b'="' + chance.choice(found)[2] + b'"'
        case 4:
            new = one[1] + b'="' + chance.choice(TEXTS) + b'"'
        case _:
            new = one[1] + b'="' + chance.choice(NUMBERS) + b'"'
    return token[: one.start()] + new + token[one.end() :]
