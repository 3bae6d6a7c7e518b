"""Reads the lines of a text report that a stranger may have written, one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from phasemetrics.errors import Refusal
from phasemetrics.evidence.model import Report
from phasemetrics.limits import limits, raising
from phasemetrics.reading import open_regular

_BOM = b"\xef\xbb\xbf"
_BLANK = b" \t\r\n"


class TextLines:
    """The lines of one report; `mend` is how to get a report in its format."""

    def __init__(self, report: Report, mend: str) -> None:
        self.number = 0
        self._report = report
        self._mend = mend

    def __iter__(self) -> Iterator[str]:
        """Yield every line without its end; one that is not UTF-8 is taken for Latin-1, which every byte is.

        Raises Refusal `bad-record` for a line longer than a token may be, and for more lines than a report may have
        elements.
        """
        longest, most = limits().token_size, limits().elements
        with open_regular(self._report.path, self._report.name) as stream:
            for line in iter(partial(stream.readline, longest + 1), b""):
                self.number += 1
                if len(line) > longest:
                    raise self._over("token_size", f"is longer than the limit of {longest} bytes", longest)
                if self.number > most:
                    raise self._over("elements", f"is beyond the limit of {most} lines")
                yield _decoded(line.removeprefix(_BOM) if self.number == 1 else line).rstrip("\r\n")

    def refusal(self, code: str, problem: str, column: int = 1) -> Refusal:
        """Return the refusal of something in the current line."""
        return self._refusal(code, problem, column, self._mend)

    def _over(self, limit: str, problem: str, column: int = 1) -> Refusal:
        return self._refusal("bad-record", problem, column, raising(limit))

    def _refusal(self, code: str, problem: str, column: int, mend: str) -> Refusal:
        message = f"line {self.number}: {problem}"
        return Refusal(code, message, path=self._report.name, line=self.number, column=column, mend=mend)


def _decoded(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("latin-1")


def first_line(head: bytes) -> bytes:
    """Return the first line of a file that begins with `head` which is neither blank nor a comment (`#`)."""
    for line in head.removeprefix(_BOM).split(b"\n"):
        text = line.strip(_BLANK)
        if text and not text.startswith(b"#"):
            return text
    return b""
