"""Reads XML that a stranger may have written: expat as a stream, with limits, and nothing of the text is kept."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from typing import TypeAlias
from xml.parsers import expat

from phasemetrics.errors import Refusal
from phasemetrics.escaping import visible
from phasemetrics.evidence.model import Report
from phasemetrics.limits import limits, raising
from phasemetrics.reading import open_regular

CHUNK = 64 << 10
NAME_LIMIT = 10_000  # different element and attribute names; expat remembers each of them

Start: TypeAlias = Callable[[dict[str, str]], None]
End: TypeAlias = Callable[[], None]

_GZIP = b"\x1f\x8b"
_BLANK = b"\xef\xbb\xbf\xfe\xff\0 \t\r\n"  # byte order marks, and the other half of a UTF-16 character
_AGAIN = "write the report again; it may have been cut off or changed after it was written"
_PLAIN = "write the report without a DTD of its own and without entities"
# One byte per character, or known to expat itself: what Python's other codecs do with bytes is not XML's business.
_ENCODING = re.compile(
    r"utf[-_]?8|utf-16(le|be)?|(us-)?ascii|latin-?1|iso-8859-\d{1,2}|(windows-|cp)(125\d|437|85\d|866)|koi8-[ru]",
    re.ASCII | re.IGNORECASE,
)


class XmlStream:
    """The elements of one report, in order, as calls.

    Names are local names, without a namespace prefix. `path` holds the names of the open elements, from the root to
    the current one. `roots` are the root elements that the format has, `mend` is how to get a report in that format.
    With `any_root` another root is read as well, and `foreign` is the refusal of it, for whoever finds nothing inside.
    Format: XML 1.0; UTF-8, UTF-16 with a byte order mark, or a declared single-byte encoding.
    """

    def __init__(self, report: Report, roots: Collection[str], mend: str, any_root: bool = False) -> None:
        self.path: list[str] = []
        self.foreign: Refusal | None = None
        self._any_root = any_root
        self._report = report
        self._roots = roots
        self._mend = mend
        self._parser = _guarded_parser(self.refusal)

    def read(self, starts: Mapping[str, Start], ends: Mapping[str, End]) -> None:
        """Read the whole report; call `starts[name](attributes)` and `ends[name]()`, the latter when it is closed.

        Raises `Refusal`: `bad-xml` for what is not well-formed, declares entities or goes over a limit,
        `wrong-format` for another root element, and what `open_regular` raises.
        """
        self._listen(starts, ends)
        try:
            self._feed()
        except expat.ExpatError as error:
            reason = f"is not well-formed XML: {expat.ErrorString(error.code)}"
            raise self._refusal_at("bad-xml", reason, _AGAIN, error.lineno, error.offset + 1) from None

    def listen(self, take: Callable[[str], None] | None) -> None:
        """Call `take` with the text that follows, in pieces, until None is given: text is not kept by itself."""
        self._parser.CharacterDataHandler = take

    def refusal(self, code: str, message: str, mend: str | None = None) -> Refusal:
        """Return a refusal that names the place the stream has come to."""
        line, column = self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber + 1
        return self._refusal_at(code, message, mend, line, column)

    def whole_number(self, name: str, text: str, digits: re.Pattern[str]) -> int:
        """Return the number that an attribute of the current element is; raise Refusal `bad-count` for another text."""
        if digits.fullmatch(text) is None:
            message = f'a <{self.path[-1]}> with {name}="{visible(text)}", not a whole number'
            raise self.refusal("bad-count", message, self._mend)
        return int(text)

    def _over(self, limit: str, message: str) -> Refusal:
        return self.refusal("bad-xml", message, raising(limit))

    def _refusal_at(self, code: str, message: str, mend: str | None, line: int, column: int) -> Refusal:
        return Refusal(code, f"line {line}: {message}", path=self._report.name, line=line, column=column, mend=mend)

    def _feed(self) -> None:
        parser, fed, reached, longest = self._parser, 0, 0, limits().token_size
        with open_regular(self._report.path, self._report.name) as stream:
            while chunk := stream.read(CHUNK):
                if not fed and chunk.startswith(_GZIP):
                    raise self._refusal_at("bad-xml", "is compressed with gzip, not XML", "decompress it first", 1, 1)
                parser.Parse(chunk, False)
                fed += len(chunk)
                # expat stays at the first byte of a token until it has all of it, and reads it again with every chunk:
                # without this, one attribute of 64 MiB takes a minute. Text and CDATA come in pieces and go through.
                reached = max(reached, parser.CurrentByteIndex)
                if fed - reached > longest:
                    raise self._over("token_size", f"a tag or comment is longer than the limit of {longest} bytes")
                if len(parser.intern) > NAME_LIMIT:
                    raise self.refusal("bad-xml", f"more than {NAME_LIMIT} different names, the limit", _AGAIN)
        parser.Parse(b"", True)

    def _listen(self, starts: Mapping[str, Start], ends: Mapping[str, End]) -> None:
        path, parser, left, deepest = self.path, self._parser, limits().elements, limits().nesting

        def first(name: str, attributes: dict[str, str]) -> None:
            root = name.rpartition(":")[2]
            if root not in self._roots:
                wanted = " or ".join(f"<{name}>" for name in sorted(self._roots))
                self.foreign = self.refusal("wrong-format", f"the root element is <{root}>, not {wanted}", self._mend)
                if not self._any_root:
                    raise self.foreign
            parser.StartElementHandler = start
            start(name, attributes)

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal left
            act = starts.get(name)
            if act is None and ":" in name:
                name = name.rpartition(":")[2]
                act = starts.get(name)
            path.append(name)
            if len(path) > deepest:
                raise self._over("nesting", f"elements nested deeper than the limit of {deepest}")
            left -= 1
            if left < 0:
                raise self._over("elements", f"more than {limits().elements} elements, the limit")
            if act is not None:
                act(attributes)

        def end(_name: str) -> None:
            act = ends.get(path.pop())
            if act is not None:
                act()

        parser.StartElementHandler = first
        parser.EndElementHandler = end


def begins(head: bytes, roots: Collection[str]) -> bool:
    """Return whether a file that begins with `head` is XML with one of these root elements.

    XML that is broken, or compressed, before its root can be seen counts as well: `XmlStream.read` says what is wrong
    with it and where, which nobody would hear if no collector took it.
    """
    found = seen(head)
    if not found:
        return head.startswith(_GZIP) or head.lstrip(_BLANK).startswith(b"<")
    return found[0] in roots


def seen(head: bytes) -> list[str]:
    """Return the names of the elements that can be seen in the first bytes of a file, in order, the root first."""
    parser = expat.ParserCreate()
    found: list[str] = []

    def doctype(_name: str, _system: str | None, _public: str | None, internal: bool) -> None:
        if internal:
            raise ValueError("nothing that a DTD declares is looked at, not even for a root's attribute")

    parser.StartElementHandler = lambda name, _attributes: found.append(name.rpartition(":")[2])
    parser.StartDoctypeDeclHandler = doctype
    with suppress(expat.ExpatError, LookupError, ValueError):  # the last two: encodings that expat asks Python about
        parser.Parse(head, False)
    return found


def _guarded_parser(refusal: Callable[[str, str, str | None], Refusal]) -> expat.XMLParserType:
    """Return a parser that refuses a DTD inside the file, with the entities it declares, and odd encodings."""
    parser = expat.ParserCreate()

    def doctype(_name: str, _system: str | None, _public: str | None, internal: bool) -> None:
        # Entities are declared in an internal subset only: without one there is nothing that could be expanded.
        # A bare SYSTEM identifier is what Cobertura's tools write. It is never fetched: no handler asks for it.
        if internal:
            raise refusal("bad-xml", "declares a DTD of its own (an internal DOCTYPE subset)", _PLAIN)

    def declaration(_version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and not _is_readable(encoding):
            raise refusal("bad-xml", f'declares encoding="{encoding}", which is not read', "write it as UTF-8")

    parser.StartDoctypeDeclHandler = doctype
    parser.XmlDeclHandler = declaration
    # expat 2.6 puts off reading an unfinished token again; the limit above needs to see every attempt.
    with suppress(AttributeError):  # before that there was nothing to turn off
        parser.SetReparseDeferralEnabled(False)
    return parser


def _is_readable(encoding: str) -> bool:
    try:
        return _ENCODING.fullmatch(encoding) is not None and bool(codecs.lookup(encoding))
    except LookupError:
        return False
