"""Values that break readers: what is no number, what is too large, what is more than text."""

from __future__ import annotations

LONG = 5000
NUMBERS: tuple[bytes, ...] = (
    b"0", b"-0", b"-0.0", b"1", b"-1", b"2", b"1.5", b"-1.5", b"NaN", b"nan", b"Infinity", b"-Infinity", b"inf",
    b"1e309", b"-1e309", b"1e308", b"1e-320", b"1e15", b"1.0000000001e15", b"9" * 25, b"9" * 30, b"9" * LONG,
    b"2147483648", b"4294967296", b"9007199254740993", b"9223372036854775807", b"9223372036854775808",
    b"18446744073709551616", b"1000000000", b"1000000001", b"999999999999", b"1_000", b"1,234.56", b"1.234,56",
    b"0x10", b"1e5", b"+5", b"05", b".5", b"5.", b"\xd9\xa5", b"\xc2\xb2", b"true", b"null", b'""', b"[]", b"{}", b"",
)  # fmt: skip
TEXTS: tuple[bytes, ...] = (
    b"", b" ", b"\t", b"\n", b"\r\n", b"\0", b"\x1b[31m", b"\x7f", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xe2\x80\xae",
    b"\xe2\x80\xa8", b"\xc2\x85", b"\xef\xbb\xbf", b"\xf0\x9f\x98\x80", b"\\ud800", b"\\u0000", b"<!--", b"-->",
    b"<![CDATA[", b"]]>", b"&amp;", b"&x;", b"&#0;", b"&#xD800;", b"| a |", b"`", b"```", b"~~~", b"# T", b"---", b"- ",
    b"[x](y)", b"@me", b"<b>", b"{{ x }}", b"{% for", b"%}", b"::error::x", b"..", b"../../etc/passwd", b"/etc/passwd",
    b"C:\\x", b"//", b"__proto__", b"constructor", b"'", b'"', b"\\", b"=", b":", b";", b",", b"#", b"%", b"$(x)",
    b"a" * LONG, b"\xc3\xa9" * 300, b"(" * 200, b"[" * 3000, b"{" * 3000, b"* " * 300, b"> " * 100, b"a." * 300,
)  # fmt: skip
