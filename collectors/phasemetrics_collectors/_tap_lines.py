"""Single lines of TAP: a test point with its directive, and the YAML block that may follow it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from phasemetrics.evidence.model import Outcome

_POINT = re.compile(r"(not )?ok\b(?:\s+(\d{1,9})\b)?\s*(?:-\s)?(.*)", re.ASCII | re.DOTALL)
_PLAIN_POINT = re.compile(r"(?:not )?ok(?: \d{1,9}\b.*| - .*)?", re.ASCII | re.DOTALL)
# The first `#` between blanks that is not escaped. `time=` is no directive, and another may follow it.
_DIRECTIVE = re.compile(
    r"(?:^|(?<=\s))#(?:\s*time=(?P<time>\d{1,12}(?:\.\d{1,9})?)(?P<unit>m?s)|\s*(?P<word>skip|todo)\S*|\s)",
    re.ASCII | re.IGNORECASE,
)
_FILE = re.compile(r"[^\s:*?\"<>|]{1,500}\.(?:t|pl|bats|sh|lua|py|rb|php|[cm]?[jt]sx?)", re.IGNORECASE)
_DURATION = re.compile(r"duration_ms: (\d{1,12}(?:\.\d{1,9})?)", re.ASCII)
_BLOCK = re.compile(r"(\s+)---\s*")


@dataclass(frozen=True, slots=True)
class Point:
    """A test point: how it ended, its number and description, its seconds, whether it is TODO or opens a block."""

    outcome: Outcome
    number: int | None
    name: str
    seconds: float | None = None
    todo: bool = False
    opens: bool = False


def is_point(line: str) -> bool:
    """Return whether a line cannot well be anything but a test point: "ok, let us begin" is one to a parser only."""
    return _PLAIN_POINT.fullmatch(line) is not None


def point_of(line: str) -> Point | None:
    """Return the test point in a line without its indentation, None where it is none."""
    match = _POINT.fullmatch(line)
    if match is None:
        return None
    failed, number, text = bool(match[1]), match[2], match[3].strip()
    opens = text == "{" or text.endswith(" {")
    name, word, seconds = _taken_apart(text[:-1] if opens else text)
    outcome: Outcome = "failed" if failed else "passed"
    if word == "todo":
        outcome = "xfailed" if failed else "xpassed"
    elif word == "skip":
        outcome = "skipped"
    return Point(outcome, int(number) if number else None, name, seconds, word == "todo", opens)


def _taken_apart(text: str) -> tuple[str, str, float | None]:
    """Return the description, the directive in lower case or nothing, the seconds or None."""
    name, seconds = text, None
    for found in _DIRECTIVE.finditer(text):
        name = name if len(name) < len(text) else text[: found.start()]
        if found["time"] is None:
            return (name if found["word"] else text).strip(), (found["word"] or "").lower(), seconds
        seconds = float(found["time"]) / (1000 if found["unit"].lower() == "ms" else 1)
    return name.strip(), "", seconds


def file_in(name: str) -> str:
    """Return the file that the name of an outermost subtest or test is, or begins with, before ` > `."""
    first = name.partition(" > ")[0].strip()
    return first if _FILE.fullmatch(first) else ""


class Yaml:
    """A YAML block that is being read, for the one member that matters."""

    def __init__(self, indent: str) -> None:
        self.indent = indent
        self.seconds: float | None = None
        self.open = True

    @classmethod
    def begun_by(cls, line: str) -> Yaml | None:
        """Return the block that a line begins, None where it begins none."""
        match = _BLOCK.fullmatch(line)
        return None if match is None else cls(match[1])

    def holds(self, line: str) -> bool:
        """Take a line and return whether it is still of the block; one that stands further left is not."""
        if not self.open or (line.strip() and not line.startswith(self.indent)):
            return False
        text = line.removeprefix(self.indent).rstrip()
        self.open = text != "..."
        if found := _DURATION.fullmatch(text):
            self.seconds = float(found[1]) / 1000
        return True
