"""The first elements of an XML file, as far as they can be seen in its first bytes."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from xml.parsers import expat


@dataclass(frozen=True, slots=True)
class Element:
    """An element without its namespace prefix: its name and the names of its attributes."""

    name: str
    attributes: frozenset[str]


class _Enough(Exception):
    """Two elements were seen; the rest of the bytes does not matter."""


def first_elements(head: bytes) -> list[Element]:
    """Return the root element and the first one inside it; fewer where `head` is cut off, broken, or no XML."""
    found: list[Element] = []
    parser = expat.ParserCreate()

    def start(name: str, attributes: dict[str, str]) -> None:
        found.append(Element(name.rpartition(":")[2], frozenset(attributes)))
        if len(found) == 2:
            raise _Enough

    def doctype(_name: str, _system: str | None, _public: str | None, internal: bool) -> None:
        if internal:
            raise ValueError("nothing that a DTD declares is looked at")

    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = doctype
    # The last two: encodings that expat asks Python about, too.
    with suppress(_Enough, expat.ExpatError, LookupError, ValueError):
        parser.Parse(head, False)
    return found
