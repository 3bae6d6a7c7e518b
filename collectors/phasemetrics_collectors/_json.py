"""Reads JSON that a stranger may have written, and refuses what Python's reader lets pass."""

from __future__ import annotations

import gc
import json
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from phasemetrics.errors import Refusal
from phasemetrics.escaping import visible
from phasemetrics.evidence.model import Report
from phasemetrics.limits import raising
from phasemetrics.reading import read_regular
from phasemetrics.shape import excess
from phasemetrics_collectors._json_node import CODE, Node, Steps

LONGEST_NUMBER = 30  # characters: a double needs 24, and int() is quadratic in the length
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class _Unfit:
    """Stands in the parsed tree for something that JSON allows, or Python's reader does, and we do not."""

    problem: str


def looks_like_json(head: bytes) -> bool:
    """Return whether a file that begins with `head` may hold a JSON object or list.

    UTF-16 counts, so that the refusal that follows can say what is wrong with it.
    """
    return head.lstrip(_BOM + b"\xff\xfe\0 \t\r\n")[:1] in {b"{", b"["}


def read(report: Report, mend: str, *, constants: bool = False) -> Node:
    """Return the root of a JSON report; `mend` is what every error of its content tells the person to do."""
    return parse(read_regular(report.path, report.name, "json_size"), report.name, mend, constants=constants)


def parse(content: bytes, file: str, mend: str, *, constants: bool = False) -> Node:
    """Return the root of a JSON document (RFC 8259, UTF-8, a BOM is accepted).

    Raises `Refusal` for what is not JSON, and for what Python's reader lets pass: a key twice in one object, NaN and
    Infinity, a number that is not finite or longer than 30 characters; and for more objects and lists, or deeper ones,
    than the limits in force. With `constants` NaN and the infinities are in the tree, for formats that write them;
    `Node.number` still refuses them.
    """
    text = _decoded(content, file)
    if over := excess(content):
        raise Refusal(CODE, over[0], path=file, mend=raising(over[1]))
    unfit: list[_Unfit] = []

    def reject(problem: str) -> _Unfit:
        if not unfit or unfit[-1].problem != problem:  # one for a million NaN in a row
            unfit.append(_Unfit(problem))
        return unfit[-1]

    try:
        with _no_search_for_cycles():
            value: object = json.loads(
                text,
                object_pairs_hook=_members(reject),
                parse_int=_numeral(int, reject),
                parse_float=_numeral(float, reject),
                parse_constant=float if constants else lambda literal: reject(f"is {literal}, which is not a number"),
            )
    except json.JSONDecodeError as error:
        message = f"is not JSON: {error.msg} at line {error.lineno} column {error.colno}"
        raise Refusal(CODE, message, path=file, line=error.lineno, column=error.colno, mend=mend) from None
    except RecursionError:
        raise Refusal(CODE, "is nested too deeply to be read", path=file, mend=mend) from None
    root = Node(value, file, mend)
    if unfit:
        raise _first_unfit(root)
    return root


def _numeral(convert: Callable[[str], float], reject: Callable[[str], _Unfit]) -> Callable[[str], float | _Unfit]:
    def checked(literal: str) -> float | _Unfit:
        if len(literal) > LONGEST_NUMBER:
            return reject(f"is a number of {len(literal)} characters, the limit is {LONGEST_NUMBER}")
        number = convert(literal)
        return number if math.isfinite(number) else reject(f"is {literal}, which is too large for a number")

    return checked


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    # What is parsed holds none, and Python would look through all of it again and again: half of the time.
    searching = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searching:
            gc.enable()


def _decoded(content: bytes, file: str) -> str:
    mend = "save it as UTF-8"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in content[:4]:
        raise Refusal(CODE, "is UTF-16 or UTF-32, expected UTF-8", path=file, mend=mend)
    content = content.removeprefix(_BOM)
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        message = f"byte 0x{content[error.start]:02x} is not UTF-8"
        raise Refusal(CODE, message, path=file, line=line, column=column, mend=mend) from None


def _members(reject: Callable[[str], _Unfit]) -> Callable[[list[tuple[str, object]]], object]:
    def members(pairs: list[tuple[str, object]]) -> object:
        found = dict(pairs)
        if len(found) == len(pairs):
            return found
        # Python keeps the last of the two; a person who reads the file sees the first.
        return reject(f'has the key "{visible(_first_twice(pairs))}" twice')

    return members


def _first_twice(pairs: list[tuple[str, object]]) -> str:
    keys, seen = (key for key, _ in pairs), set[str]()
    while (key := next(keys)) not in seen:
        seen.add(key)
    return key


def _first_unfit(root: Node) -> Refusal:
    # One generator a level, not a list of all that waits: 64 MiB may hold 20 million values.
    waiting = [iter([(root.value, root.steps)])]
    while True:
        for value, steps in waiting[-1]:
            if isinstance(value, _Unfit):
                return Node(value, root.file, root.mend, steps).refuse(value.problem)
            if value and isinstance(value, dict | list):
                waiting.append(_inside(value, steps))
                break
        else:
            waiting.pop()


def _inside(value: dict[str, object] | list[object], steps: Steps) -> Iterator[tuple[object, Steps]]:
    for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield inner, (step, steps)
