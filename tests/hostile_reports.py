"""Reports that nobody wrote to be read: bombs, endless tokens, endless nesting, endless counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from phasemetrics.evidence.model import Kind

_MIB = 1 << 20
Content = Callable[[], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Case:
    """One hostile report: its title, its kind, the name of its file, and its content in pieces."""

    title: str
    kind: Kind
    name: str
    content: Content

    def write(self, path: Path) -> None:
        """Write it."""
        with path.open("wb") as stream:
            for piece in self.content():
                stream.write(piece)


def _laughs() -> Iterator[bytes]:
    lines = [f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in pairwise("abcdefghijkl")]
    yield f'<!DOCTYPE testsuites [<!ENTITY a "ha">{"".join(lines)}]><testsuites>&l;</testsuites>'.encode()


def _between(before: bytes, many: bytes, size: int, after: bytes = b"") -> Content:
    """Return content of about `size` bytes: `many` again and again."""

    def content() -> Iterator[bytes]:
        yield before
        piece = many * max(1, _MIB // len(many))
        for _ in range(max(1, size // len(piece))):
            yield piece
        yield after

    return content


def _numbered(before: bytes, pattern: bytes, count: int, after: bytes = b"") -> Content:
    """Return content with `count` copies of a pattern, each with a number of its own."""

    def content() -> Iterator[bytes]:
        yield before
        for number in range(0, count, 10_000):
            yield b"".join(pattern % one for one in range(number, min(count, number + 10_000)))
        yield after

    return content


_ROOT = b"<testsuites>"
_CASE = b"<testsuites><testcase "
_CTRF = b'{"reportFormat": "CTRF", "results": '

CASES = (
    Case("XML: billion laughs", "junit", "a.xml", _laughs),
    Case(
        "XML: quadratic entity",
        "junit",
        "a.xml",
        _between(b'<!DOCTYPE a [<!ENTITY a "', b"A", 4 * _MIB, b'">]><a>&a;</a>'),
    ),
    Case(
        "XML: attribute of 64 MiB", "junit", "a.xml", _between(_CASE + b'name="', b"A", 64 * _MIB, b'"/></testsuites>')
    ),
    Case("XML: comment of 64 MiB", "junit", "a.xml", _between(_ROOT + b"<!--", b"A", 64 * _MIB, b"--></testsuites>")),
    Case("XML: tag name of 64 MiB", "coverage", "a.xml", _between(b"<coverage><", b"A", 64 * _MIB, b"/></coverage>")),
    Case("XML: 10^6 levels", "junit", "a.xml", _between(_ROOT, b"<testsuite>", 11 * _MIB)),
    Case("XML: 60 M tiny elements", "junit", "a.xml", _between(_ROOT, b"<a/>", 240 * _MIB, b"</testsuites>")),
    Case("XML: 9 M cases", "junit", "a.xml", _between(_ROOT, b"<testcase name='a'/>", 180 * _MIB, b"</testsuites>")),
    Case(
        "XML: 1.9 M different cases",
        "junit",
        "a.xml",
        _numbered(_ROOT, b"<testcase classname='c%d' name='a'/>", 1_900_000, b"</testsuites>"),
    ),
    Case("XML: 10^6 names of elements", "junit", "a.xml", _numbered(_ROOT, b"<a%d/>", 10**6, b"</testsuites>")),
    Case("XML: 10^5 attributes of a tag", "junit", "a.xml", _numbered(_CASE, b"a%d='' ", 100_000, b"/></testsuites>")),
    Case("XML: attributes within 1 MiB", "junit", "a.xml", _numbered(_CASE, b"a%d='' ", 9_000, b"/></testsuites>")),
    Case("XML: gzip of zeros", "junit", "a.xml", _between(b"\x1f\x8b", b"\0", 64 * _MIB)),
    Case(
        "XML: 8 M lines of one class",
        "coverage",
        "a.xml",
        _numbered(
            b"<coverage><class filename='a'>", b"<line number='%d' hits='0'/>", 8_000_000, b"</class></coverage>"
        ),
    ),
    Case(
        "XML: 1.9 M lines of one class",
        "coverage",
        "a.xml",
        _numbered(
            b"<coverage><class filename='a'>", b"<line number='%d' hits='0'/>", 1_900_000, b"</class></coverage>"
        ),
    ),
    Case("JSON: 64 MiB of [", "junit", "a.json", _between(_CTRF, b"[", 63 * _MIB)),
    Case(
        "JSON: 32 MiB of [ and of ]",
        "coverage",
        "a.json",
        _between(b'{"files": ' + b"[" * (31 * _MIB), b"]", 31 * _MIB, b"}"),
    ),
    Case("JSON: 64 MiB of []", "junit", "a.json", _between(_CTRF + b"[[]", b",[]", 63 * _MIB, b"]}")),
    Case("JSON: 1.9 M of []", "junit", "a.json", _between(_CTRF + b"[[]", b",[]", 5 * _MIB, b"]}")),
    Case("JSON: a key 10 M times", "junit", "a.json", _between(_CTRF + b'{"a":1', b',"a":1', 60 * _MIB, b"}}")),
    Case("JSON: 4 M keys", "junit", "a.json", _numbered(_CTRF + b'{"a":1', b',"k%d":1', 4_000_000, b"}}")),
    Case("JSON: a number of 5000 digits", "junit", "a.json", _between(_CTRF, b"1" * 5000, 5000, b"}")),
    Case("JSON: a number of 63 MiB", "junit", "a.json", _between(_CTRF, b"1", 63 * _MIB, b"}")),
    Case(
        "JSON: 13 M numbers of 5000 digits",
        "bench",
        "a.json",
        _between(b'[{"name":"a","value":1},1', b"," + b"1" * 5000, 60 * _MIB, b"]"),
    ),
    Case("JSON: 32 M numbers", "junit", "a.json", _between(_CTRF + b"[1", b",1", 62 * _MIB, b"]}")),
    Case("JSON: 30 M escapes", "junit", "a.json", _between(_CTRF + b'"', b"\\n", 62 * _MIB, b'"}')),
    Case("JSON: 15 M strings of brackets", "junit", "a.json", _between(_CTRF + b'["["', b',"["', 62 * _MIB, b"]}")),
    Case("SQLite: no database", "coverage", "a.db", _between(b"SQLite format 3\0", b"\xff", 64 * _MIB)),
    Case(
        "SQLite: a header and zeros",
        "coverage",
        "a.db",
        _between(b"SQLite format 3\0\x10\0\x01\x01\0\x40\x20\x20", b"\0", 64 * _MIB),
    ),
    Case("TAP: one line of 240 MiB", "junit", "a.tap", _between(b"TAP version 14\nok ", b"A", 240 * _MIB)),
    Case("TAP: 80 M points", "junit", "a.tap", _between(b"TAP version 14\n", b"ok\n", 240 * _MIB)),
    Case("TAP: 1.9 M points", "junit", "a.tap", _between(b"TAP version 14\n", b"ok\n", 5 * _MIB)),
    Case("TAP: plans without an end", "junit", "a.tap", _between(b"TAP version 14\n", b"1..9\n", 64 * _MIB)),
    Case("TAP: blanks", "junit", "a.tap", _between(b"TAP version 14\n", b" " * 1000 + b"x\n", 64 * _MIB)),
    Case(
        "go test: one line of 240 MiB",
        "junit",
        "a.jsonl",
        _between(b'{"Action":"start","Package":"p"}\n{"Action":"output","Output":"', b"A", 240 * _MIB),
    ),
    Case(
        "go test: 1.9 M tests",
        "junit",
        "a.jsonl",
        _numbered(b'{"Action":"start","Package":"p"}\n', b'{"Action":"run","Package":"p","Test":"T%d"}\n', 1_900_000),
    ),
    Case(
        "go test: 1 M packages",
        "junit",
        "a.jsonl",
        _numbered(b'{"Action":"start","Package":"p"}\n', b'{"Action":"start","Package":"p%d"}\n', 1_000_000),
    ),
    Case(
        "go bench: 2 M benchmarks",
        "bench",
        "a.txt",
        _numbered(b"goos: linux\npkg: p\n", b"BenchmarkA%d 1 1.0 ns/op\n", 2_000_000),
    ),
    Case("LCOV: one line of 64 MiB", "coverage", "a.info", _between(b"SF:", b"A", 64 * _MIB)),
    Case("LCOV: 20 M lines", "coverage", "a.info", _numbered(b"SF:a\n", b"DA:%d,1\n", 20_000_000, b"end_of_record\n")),
    Case("LCOV: 1.9 M lines", "coverage", "a.info", _numbered(b"SF:a\n", b"DA:%d,1\n", 1_900_000, b"end_of_record\n")),
    Case("LCOV: 600,000 files", "coverage", "a.info", _numbered(b"", b"SF:a%d\nDA:1,1\nend_of_record\n", 600_000)),
    Case(
        "gocover: a block of 10^9 lines",
        "coverage",
        "a.out",
        _numbered(b"mode: set\n", b"a.go:%d.1,999999999.1 1 1\n", 1000),
    ),
)
