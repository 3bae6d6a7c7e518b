"""Reads `requirements*.txt` in pip's format; a file that it includes is not opened."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from phasemetrics_collectors._manifest_python import elsewhere, requirement
from phasemetrics_collectors._manifest_wanted import Wanted, decoded, refusal

_COMMENT = re.compile(r"(?:^|\s)#.*$")
_LONGEST = 4096
_EGG = re.compile(r"#(?:.*&)?egg=(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)")
# A URL, a wheel or a folder: something that begins like none of the names of PEP 508, or is no name at its `:` or `/`.
_PLACE = re.compile(r"[./~\\]|[A-Za-z][A-Za-z0-9+.-]*:|[^\s@<>=!~;\[]*(?:[/\\]|\.(?:whl|zip|tar\.gz)$)")


def read(content: bytes, path: str) -> Iterator[Wanted]:
    """Yield the requirements of a file for `pip install -r` (pip's documentation, "Requirements File Format").

    Options (`-r`, `-c`, `--hash`, an index) are passed over; what is taken from a place has a name only if it ends in
    `#egg=name`. Raises `Refusal` (`bad-manifest`) for a line that is none of that.
    """
    for number, line in _joined(decoded(content, path).splitlines()):
        text = re.split(r"\s-", _COMMENT.sub("", line).strip(), maxsplit=1)[0]
        if len(text) > _LONGEST:
            raise refusal(path, f"is a line of {len(text)} characters, the limit is {_LONGEST}", number)
        editable = re.match(r"(?:-e|--editable)[\s=]", text)
        if editable or _PLACE.match(text):
            egg = _EGG.search(text)
            if egg:
                yield elsewhere(egg["name"], "")
        elif text and not text.startswith("-"):
            try:
                yield requirement(text, "")
            except ValueError as error:
                raise refusal(path, str(error), number) from None


def _joined(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Yield the lines with the number of their first one, joined where one ends in a backslash and is no comment."""
    first, parts = 0, list[str]()
    for number, line in enumerate(lines, 1):
        first = first if parts else number
        comment = line.lstrip().startswith("#")
        parts.append(f" {line}" if comment else line.removesuffix("\\"))
        if comment or not line.endswith("\\"):
            yield first, "".join(parts)
            parts = []
    if parts:
        yield first, "".join(parts)
