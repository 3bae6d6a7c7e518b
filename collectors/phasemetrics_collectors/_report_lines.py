"""The lines of what a test runner printed, with whatever the tests printed in between."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator

from phasemetrics.evidence.model import Report
from phasemetrics.limits import limits
from phasemetrics.reading import open_regular

_ENCODINGS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}  # `>` of Windows PowerShell


def lines(report: Report) -> Iterator[tuple[int, str, bool]]:
    """Yield the number of each line, the line without its end, and whether that is all of it.

    What is longer than a token may be is cut.

    Format: UTF-8, or UTF-16 with a byte order mark; what is neither shows as U+FFFD. Raises what `open_regular` does.
    """
    longest = limits().token_size  # in characters
    with open_regular(report.path, report.name) as stream:
        encoding = _encoding(stream.read(2))
        stream.seek(0)
        with io.TextIOWrapper(stream, encoding, errors="replace") as text:
            number, whole = 1, True
            while line := text.readline(longest):
                ended = line.endswith("\n")
                if whole:
                    yield number, line.removesuffix("\n"), ended or len(line) < longest
                number, whole = number + ended, ended


def first_lines(head: bytes) -> list[str]:
    """Return the lines of a file that begins with `head`; the last one may be cut off."""
    return head.decode(_encoding(head[:2]), "replace").splitlines()


def _encoding(mark: bytes) -> str:
    return _ENCODINGS.get(mark, "utf-8-sig")
