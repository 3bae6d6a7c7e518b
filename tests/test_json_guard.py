"""The JSON guard: what it lets through is what was written, and everything else is a refusal with its place."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phasemetrics.errors import Refusal
from phasemetrics.evidence.model import Report
from phasemetrics_collectors._json import looks_like_json, parse, read
from phasemetrics_collectors._json_node import Node, spelled

MEND = "write it again"


def refusal(content: bytes | str) -> Refusal:
    with pytest.raises(Refusal) as caught:
        parse(content.encode() if isinstance(content, str) else content, "report.json", MEND)
    assert caught.value.code == "bad-json"
    assert "report.json" in str(caught.value)
    return caught.value


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"a": {"b": 1, "b": 1}}', 'a has the key "b" twice'),
        ('{"a": 1, "a": 2}', 'the document has the key "a" twice'),
        ('{"a": [1, NaN]}', r"a\[1\] is NaN"),
        ('{"a": -Infinity}', "a is -Infinity"),
        ('{"a": 1e400}', "a is 1e400, which is too large"),
        ('{"a": 1' + "0" * 5000 + "}", "a is a number of 5001 characters, the limit is 30"),
        ('{"a": 0.' + "1" * 40 + "}", "a is a number of 42 characters"),
        ('{"a": 1} true', r"report.json:1:10: .*Extra data at line 1 column 10"),
        ('{"a": \n tru}', "report.json:2:2: "),
        ("", "report.json:1:1: "),
        ('{"a": "\t"}', "control character"),
        ("[" * 100_000 + "]" * 100_000, "nested too deeply"),
        ('{"totals": 1, "x": ' + '{"a":' * 50_000 + "1" + "}" * 50_000 + "}", "nested too deeply"),
        ('{"files": {"src/a.py": {"n": NaN}}}', r'files\["src/a.py"\].n is NaN'),
        ('{"files": {"a\\u202e\\n": [NaN]}}', r'files\["a\\u202e\\n"\]\[0\] is NaN'),
        ('{"\\ud800": NaN}', r'\["\\ud800"\] is NaN'),
    ],
)
def test_what_python_reads_and_nobody_should(content: str, said: str) -> None:
    assert re.search(said, str(refusal(content)), re.IGNORECASE)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"a": 1}'.encode("utf-16"), "UTF-16"),
        ('{"a": 1}'.encode("utf-16-le"), "UTF-16"),
        ('{"a": 1}'.encode("utf-16-be"), "UTF-16"),
        ('{"a": 1}'.encode("utf-32"), "UTF-16 or UTF-32"),
        (b'{"a":\n "caf\xe9"}', "report.json:2:6: byte 0xe9 is not UTF-8"),
    ],
)
def test_other_encodings(content: bytes, said: str) -> None:
    error = refusal(content)
    assert said in str(error)
    assert error.mend == "save it as UTF-8"


def test_the_first_of_several_faults_is_named() -> None:
    assert 'a["x y"][0]' in str(refusal('{"a": {"x y": [NaN], "z": 1e999}, "b": {"c": 1, "c": 2}}'))


def test_a_byte_order_mark_is_accepted() -> None:
    assert parse(b'\xef\xbb\xbf{"a": 1}', "r", MEND).need("a").integer(0, 9) == 1


def test_reading_a_file(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text('{"a": [1, 2.5, "x", null]}')
    root = read(Report(path, "report.json"), MEND)
    assert [item.value for item in root.need("a").items()] == [1, 2.5, "x", None]
    with pytest.raises(Refusal, match="no such file"):
        read(Report(tmp_path / "absent.json", "absent.json"), MEND)


Access = Callable[[Node], object]


@pytest.mark.parametrize(
    ("value", "access", "said"),
    [
        ("true", lambda n: n.integer(0, 9), "a is true or false, expected a whole number"),
        ("1.0", lambda n: n.integer(0, 9), "a is a number, expected a whole number"),
        ("-5", lambda n: n.integer(0, 9), "a is -5, expected 0 or more"),
        ("10", lambda n: n.integer(0, 9), "a is 10, expected 9 at most"),
        ("false", lambda n: n.number(0, 9), "a is true or false, expected a number"),
        ('"1"', lambda n: n.number(0, 9), "a is a string, expected a number"),
        ("null", lambda n: n.number(0, 9), "a is null, expected a number"),
        ("9.5", lambda n: n.number(0, 9), "a is 9.5, expected 9 at most"),
        ("5", lambda n: n.text(), "a is a number, expected a string"),
        ('"\\ud800"', lambda n: n.text(), "a holds half of a surrogate pair"),
        ("[]", lambda n: n.need("b"), "a is a list, expected an object"),
        ("{}", lambda n: n.need("b"), "a.b is missing"),
        ("{}", lambda n: list(n.items()), "a is an object, expected a list"),
        ("[]", lambda n: list(n.members()), "a is a list, expected an object"),
        ("[1, true]", lambda n: n.integers(0, 9), r"a\[1\] is true or false"),
        ("[1, 2, 10]", lambda n: n.integers(0, 9), r"a\[2\] is 10"),
    ],
)
def test_accessors_name_the_place(value: str, access: Access, said: str) -> None:
    node = parse(f'{{"a": {value}}}'.encode(), "report.json", MEND).need("a")
    with pytest.raises(Refusal, match=said) as caught:
        access(node)
    assert (caught.value.code, caught.value.path, caught.value.mend) == ("bad-json", "report.json", MEND)


def test_accessors_return_what_is_there() -> None:
    root = parse(b'{"i": 7, "n": 0.5, "t": "\\ud83d\\ude00", "l": [1, 2], "o": {"k": null}}', "r", MEND)
    assert root.need("i").integer(7, 7) == 7
    assert root.need("i").number(0, 9) == 7.0
    assert root.need("n").number(0, 1) == 0.5
    assert root.need("t").text() == "😀"
    assert root.need("l").integers(1, 2) == [1, 2]
    assert [(key, node.value) for key, node in root.need("o").members()] == [("k", None)]
    assert root.find("absent") is None


def test_what_may_be_json() -> None:
    assert all(looks_like_json(head) for head in (b"{", b" \r\n\t[", b"\xef\xbb\xbf {", '{"a"'.encode("utf-16")))
    assert not any(looks_like_json(head) for head in (b"", b"<coverage>", b"null", b"SQLite format 3\0", b"mode: set"))


def test_lone_surrogates_are_spelled() -> None:
    assert spelled("src/\ud800.py") == "src/\\ud800.py"
    assert spelled("src/é😀.py") == "src/é😀.py"


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**28), 10**28)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_honest_json_is_read_as_it_was_written(value: object) -> None:
    assert parse(json.dumps(value).encode(), "r", MEND).value == value


@given(st.binary(max_size=80) | st.text(alphabet='{}[]",:0123456789.eE+-\\ud8NaInfity \n', max_size=80).map(str.encode))
def test_nothing_but_a_refusal_escapes(content: bytes) -> None:
    try:
        value = parse(content, "r", MEND).value
    except Refusal as error:
        value = str(error).encode()
    assert not isinstance(value, float) or math.isfinite(value)
