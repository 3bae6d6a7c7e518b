"""What can go wrong, said in one line with the place and the command that mends it."""

from __future__ import annotations

from phasemetrics.escaping import visible


class PhasemetricsError(Exception):
    """A refusal with its place; `str()` of it is the one line a person reads.

    `code` is a stable kebab-case name (part of the API), `path` is as the person would name the file, `line` and
    `column` count from 1, `mend` is a command or an instruction that mends it.
    """

    exit_code = 3

    def __init__(
        self,
        code: str,
        message: str,
        *,
        path: str | None = None,
        line: int | None = None,
        column: int | None = None,
        mend: str | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = visible(message, limit=500)
        self.path = None if path is None else visible(path, limit=500)
        self.line = line
        self.column = column
        self.mend = None if mend is None else visible(mend, limit=500)

    @property
    def place(self) -> str:
        """`file:line:column`, as far as it is known; empty when nothing is."""
        return ":".join(str(part) for part in (self.path, self.line, self.column) if part is not None)

    def __str__(self) -> str:
        place = f"{self.place}: " if self.place else ""
        mend = f"; {self.mend}" if self.mend else ""
        return f"error[{self.code}]: {place}{self.message}{mend}"


class UsageError(PhasemetricsError):
    """Wrong usage, configuration or template: exit 2."""

    exit_code = 2


class Refusal(PhasemetricsError):
    """Evidence or document missing, stale, partial, unreadable or unsafe; nothing was written: exit 3."""


def no_room(message: str) -> Refusal:
    """Return the refusal for what cannot be written in a temporary folder."""
    mend = "make room, or point TMPDIR at a directory that can be written"
    return Refusal("no-temporary-directory", message, mend=mend)
