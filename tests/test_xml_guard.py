"""Hostile XML: one refusal that names the place, soon and in little memory; what is only unusual is read."""

from __future__ import annotations

import contextlib
import gzip
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phasemetrics.errors import Refusal
from phasemetrics.evidence.model import Fact, Report
from phasemetrics.limits import limits
from phasemetrics_collectors import coverage_xml, junit
from phasemetrics_collectors._xml import begins

Collect = Callable[[Report], Iterator[Fact]]
BODY = '<testsuites><testsuite name="s"><testcase classname="c" name="é" time="0.5"/></testsuite></testsuites>'
COVERAGE = '<coverage><packages><class filename="a.py"><line number="1" hits="1"/></class></packages></coverage>'
MIB = 1 << 20


@pytest.fixture
def report(tmp_path: Path) -> Report:
    return Report(tmp_path / "report.xml", "build/report.xml")


def facts(report: Report, content: bytes, collect: Collect = junit.collect) -> list[Fact]:
    report.path.write_bytes(content)
    return list(collect(report))


def refusal(report: Report, content: bytes, collect: Collect = junit.collect) -> Refusal:
    with pytest.raises(Refusal) as caught:
        facts(report, content, collect)
    assert caught.value.path == "build/report.xml"
    assert caught.value.line is not None
    assert caught.value.column is not None
    assert caught.value.mend
    return caught.value


def doctype(subset: str, text: str = "") -> bytes:
    root = f'<testsuites><testcase name="{text}">{text}</testcase></testsuites>'
    return f"<!DOCTYPE testsuites [{subset}]>{root}".encode()


LAUGHS = [f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in pairwise("abcdefghi")]
BOMB = '<!ENTITY a "ha">' + "".join(LAUGHS)


@pytest.mark.parametrize(
    "content",
    [
        doctype(BOMB, "&i;"),
        doctype(f'<!ENTITY a "{"A" * 60_000}">', "&a;" * 200),
        doctype('<!ENTITY a SYSTEM "file:///etc/hostname">', "&a;"),
        doctype('<!ENTITY % a SYSTEM "http://127.0.0.1:9/x"> %a;'),
        doctype("<!ATTLIST testcase name CDATA 'x'>"),
    ],
    ids=["bomb", "quadratic", "external", "parameter", "attlist"],
)
def test_declarations_are_refused(report: Report, content: bytes) -> None:
    error = refusal(report, content)
    assert error.code == "bad-xml"
    assert "DTD" in error.message
    assert error.line == 1


def test_external_dtd_is_named_but_never_fetched(report: Report) -> None:
    assert facts(report, f'<!DOCTYPE testsuites SYSTEM "http://127.0.0.1:9/a.dtd">{BODY}'.encode())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('<testsuites><testcase name="', '"/></testsuites>'),
        ("<testsuites><!--", "--></testsuites>"),
        ("<testsuites><?x ", "?></testsuites>"),
        ("<testsuites><", "/></testsuites>"),
    ],
    ids=["attribute", "comment", "instruction", "tag"],
)
def test_long_token_is_refused_at_once(report: Report, before: str, after: str) -> None:
    content = before.encode() + b"A" * (64 * MIB) + after.encode()
    honest = f"<testsuites><system-out>{'A' * 64 * MIB}</system-out><testcase name='a'/></testsuites>".encode()
    begun = time.process_time()
    assert facts(report, honest)
    reading = time.process_time() - begun
    report.path.write_bytes(content)
    begun = time.process_time()
    with pytest.raises(Refusal, match="longer than the limit of 1048576 bytes"):
        list(junit.collect(report))
    # Before expat 2.6 a token was scanned again with every piece of it: 56 s for this one, 0.5 s for the text.
    assert time.process_time() - begun < reading
    assert facts(report, before.encode() + b"A" * (MIB // 2) + after.encode())


LINUX = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@LINUX
def test_long_text_is_read_and_dropped(report: Report) -> None:
    text = b"<system-out>" + b"A line of output.\n" * (32 * MIB // 18) + b"</system-out>"
    data = b"<system-err><![CDATA[" + b"x" * (32 * MIB) + b"]]></system-err>"
    report.path.write_bytes(b"<testsuites><testcase name='a'>" + text + data + b"</testcase></testsuites>")
    grown = peak_mib(report.path)
    report.path.write_bytes(BODY.encode())
    assert grown < peak_mib(report.path) + 8


@LINUX
def test_memory_does_not_grow_with_the_cases(report: Report) -> None:
    cases = "".join(f'<testcase classname="tests.test_{i % 50}" name="test_{i}" time="{i}.5"/>' for i in range(200_000))
    report.path.write_text(f"<testsuites>{cases}</testsuites>")
    grown = peak_mib(report.path)
    report.path.write_bytes(BODY.encode())
    assert grown < peak_mib(report.path) + 8


def peak_mib(path: Path) -> float:
    # VmHWM, not ru_maxrss: that one begins with the memory of the process which started this one.
    script = (
        "import re, sys; from pathlib import Path\nfrom phasemetrics_collectors import junit\n"
        "from phasemetrics.evidence.model import Report\n"
        "list(junit.collect(Report(Path(sys.argv[1]), 'r')))\n"
        "print(re.search(r'VmHWM:\\s*(\\d+) kB', Path('/proc/self/status').read_text())[1])"
    )
    roots = [root for root in sys.path if root.endswith(("src", "collectors", "site-packages"))]
    command = [sys.executable, "-c", script, str(path)]
    environment = {"PYTHONPATH": ":".join(roots)}
    return int(subprocess.run(command, env=environment, check=True, capture_output=True).stdout) / 1024


def test_depth_has_a_limit(report: Report) -> None:
    def nested(depth: int) -> bytes:
        return b"<testsuite>" * depth + b"</testsuite>" * depth

    assert facts(report, nested(limits().nesting))
    assert "deeper than the limit" in refusal(report, nested(limits().nesting + 1)).message


def test_names_have_a_limit(report: Report) -> None:
    names = "".join(f"<n{i}/>" for i in range(50_000))
    assert "different names" in refusal(report, f"<testsuites>{names}</testsuites>".encode()).message


ODD = ["rot13", "idna", "utf-7", "punycode", "unicode_escape", "cp932", "iso-8859-99", "x" * 5000]


@pytest.mark.parametrize("encoding", ODD)
def test_odd_encodings_are_refused(report: Report, encoding: str) -> None:
    error = refusal(report, f'<?xml version="1.0" encoding="{encoding}"?>{BODY}'.encode())
    assert (error.code, error.line) == ("bad-xml", 1)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
@pytest.mark.parametrize("prolog", ["", "<!-- a comment -->\n", "<!DOCTYPE testsuites SYSTEM 'x.dtd'>", "<?pi x?>"])
def test_usual_encodings_are_read(report: Report, encoding: str, prolog: str) -> None:
    declared = encoding.removesuffix("-sig")
    content = f'<?xml version="1.0" encoding="{declared}"?>{prolog}{BODY}'.encode(encoding)
    assert facts(report, content)
    assert junit.recognises(content)
    assert not coverage_xml.recognises(content)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (BODY.encode() + b"\n\nlog", 3),
        (BODY.encode() * 2, 1),
        (b'<testsuites>\n<testcase name="\0"/></testsuites>', 2),
        (b'<testsuites>\n<testcase name="\xed\xa0\x80"/></testsuites>', 2),
        (b'<testsuites>\n<testcase name="\xe9"/></testsuites>', 2),
        (b"<testsuites>\n&undefined;</testsuites>", 2),
        (gzip.compress(BODY.encode(), mtime=0), 1),
        (b"{}", 1),
        (b" ", 1),
    ],
)
def test_broken_files_are_refused(report: Report, content: bytes, line: int) -> None:
    error = refusal(report, content)
    assert (error.code, error.line) == ("bad-xml", line)


@pytest.mark.parametrize(("content", "collect"), [(BODY, junit.collect), (COVERAGE, coverage_xml.collect)])
def test_every_cut_is_refused(report: Report, content: str, collect: Collect) -> None:
    whole = content.encode()
    for end in range(1, len(whole)):
        assert refusal(report, whole[:end], collect).code == "bad-xml"
    assert facts(report, whole, collect)


def test_other_roots_are_named(report: Report) -> None:
    error = refusal(report, b"<html/>")
    assert error.code == "wrong-format"
    assert "<html>" in error.message
    assert not junit.recognises(b"<html/>")
    assert "<report>" in refusal(report, b"<report/>", coverage_xml.collect).message


def test_a_namespace_makes_no_difference(report: Report) -> None:
    prefixed = BODY.replace("</", "</j:").replace("<test", "<j:test")
    prefixed = prefixed.replace("<j:testsuites>", '<j:testsuites xmlns:j="u">')
    assert facts(report, prefixed.encode()) == facts(report, BODY.encode())
    assert begins(prefixed.encode(), {"testsuites"})


def test_what_is_broken_before_its_root_is_still_taken() -> None:
    assert junit.recognises(b'<?xml version="1.0" encoding="rot13"?>' + BODY.encode())
    assert junit.recognises(gzip.compress(BODY.encode(), mtime=0))
    assert junit.recognises(doctype(BOMB, "&i;"))
    assert junit.recognises(b"<!--" + b"x" * 4092)
    assert not junit.recognises(b'{"tests": 1}')
    assert not junit.recognises(b"")


PIECES = [b"<testcase", b"&#0;", b'"', b"]]>", b"<!DOCTYPE a [", b"<![CDATA["]


@given(st.binary(max_size=300), st.booleans())
def test_random_bytes_are_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes, prefixed: bool) -> None:
    survives(tmp_path_factory, b"<testsuites>" + content if prefixed else content)


@given(st.data())
def test_changed_bytes_raise_nothing_else(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from([BODY, COVERAGE])).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        begin = data.draw(st.integers(0, len(content)))
        end = data.draw(st.integers(begin, min(begin + 8, len(content))))
        content[begin:end] = data.draw(st.one_of(st.binary(max_size=8), st.sampled_from(PIECES)))
    survives(tmp_path_factory, bytes(content))


def survives(factory: pytest.TempPathFactory, content: bytes) -> None:
    path = factory.getbasetemp() / "fuzzed.xml"
    path.write_bytes(content)
    for collector in (junit, coverage_xml):
        collector.recognises(content[:4096])
        with contextlib.suppress(Refusal):
            list(collector.collect(Report(path, "fuzzed.xml")))
